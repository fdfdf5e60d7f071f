//! Covers.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Query, Signed};
use crate::file::{self, FileRequest};
use axum::extract::State;
use axum::response::Response;
use blobs::{ArtworkSize, BlobKey};
use identity::Scope;
use model::BlobHash;
use protocol::http as wire;
use protocol::problem::Problem;

/// A cover, at most 96, 320 or 640 pixels on its longer edge.
#[utoipa::path(get, operation_id = "get_artwork", path = "/api/v1/artwork/{hash}", tag = "library", params(("hash" = String, Path), wire::ArtworkSize), responses(
    (status = 200, description = "The picture", content_type = "image/*"), (status = 404, body = Problem)
))]
pub(crate) async fn artwork(
    State(app): State<App>,
    signed: Signed,
    Path(hash): Path<BlobHash>,
    Query(query): Query<wire::ArtworkSize>,
    request: FileRequest,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    let size = match query.size.unwrap_or(640) {
        0..=96 => ArtworkSize::Small,
        97..=320 => ArtworkSize::Medium,
        _ => ArtworkSize::Large,
    };
    let key = BlobKey::Artwork { hash, size };
    if !app.blobs().contains(key) {
        return Err(Error::NotFound("picture"));
    }
    file::answer(&app, key, hash, "image/jpeg", &request)
}
