//! The sounds that horns can make.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Signed};
use crate::file::{self, FileRequest};
use crate::horns::MEDIA_TYPE;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use identity::Scope;
use model::HornSound;
use protocol::http as wire;
use protocol::problem::Problem;

/// Every sound there is.
#[utoipa::path(get, operation_id = "list_horns", path = "/api/v1/horns", tag = "nests", responses(
    (status = 200, body = [wire::HornSound])
))]
pub(crate) async fn list(signed: Signed) -> Result<Json<Vec<wire::HornSound>>> {
    signed.with(Scope::Listen)?;
    let show = |sound: &HornSound| wire::HornSound {
        name: sound.name().to_owned(),
        label: sound.label().to_owned(),
        duration_ms: audio::horns::duration(*sound).as_millis() as u64,
        // A release may sound different: its files have addresses of their own.
        url: format!("/api/v1/horns/{sound}.wav?v={}", env!("CARGO_PKG_VERSION")),
    };
    Ok(Json(HornSound::ALL.iter().map(show).collect()))
}

/// A sound as a WAV file: one channel, 16 bits, 22.05 kHz. `file` is its name and `.wav`.
#[utoipa::path(get, operation_id = "get_horn", path = "/api/v1/horns/{file}", tag = "nests", params(("file" = String, Path)), responses(
    (status = 200, description = "The sound", content_type = "audio/wav"),
    (status = 304, description = "What you have is current"),
    (status = 404, body = Problem)
))]
pub(crate) async fn sound(
    State(app): State<App>,
    signed: Signed,
    Path(name): Path<String>,
    request: FileRequest,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    let sound: HornSound =
        name.strip_suffix(".wav").and_then(|name| name.parse().ok()).ok_or(Error::NotFound("sound"))?;
    let horn = tokio::task::spawn_blocking(move || app.horns().get(sound));
    let horn = horn.await.map_err(|_| Error::Fault("a horn could not be made"))?;
    Ok(file::constant(horn.bytes, &horn.etag, MEDIA_TYPE, &request))
}
