//! The sound of a track.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Signed};
use crate::file;
use axum::extract::State;
use axum::response::Response;
use blobs::BlobKey;
use http::{HeaderMap, Method};
use identity::Scope;
use library::Playable;
use model::TrackId;
use protocol::problem::Problem;

/// The sound of a track, as every browser plays it. Single and multiple ranges, conditional requests, immutable.
#[utoipa::path(get, operation_id = "stream_track", path = "/api/v1/tracks/{id}/stream", tag = "library", params(("id" = String, Path)), responses(
    (status = 200, description = "All of it", content_type = "audio/*"),
    (status = 206, description = "The ranges asked for"),
    (status = 304, description = "What you have is current"),
    (status = 409, body = Problem, description = "Not playable yet"),
    (status = 416, body = Problem)
))]
pub(crate) async fn stream(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<TrackId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    let track = database::tracks::get(app.database(), id).await?.ok_or(Error::NotFound("track"))?;
    let (key, hash, format) = match &track.playable {
        Playable::Original => (BlobKey::Original(track.original.hash), track.original.hash, track.format),
        Playable::Transcoded { format, .. } => {
            (BlobKey::Playable(track.original.hash), track.original.hash, *format)
        }
        Playable::Pending => return Err(Error::TrackNotPlayable),
        Playable::Failed { reason } => return Err(Error::DamagedFile(reason.clone())),
    };
    file::answer(&app, key, hash, format.media_type(), &method, &headers)
}
