//! The sound of a track.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Streamer};
use crate::file::{self, FileRequest};
use axum::extract::State;
use axum::response::Response;
use blobs::BlobKey;
use library::Playable;
use model::{BlobHash, TrackId};
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
    _: Streamer,
    Path(id): Path<TrackId>,
    request: FileRequest,
) -> Result<Response> {
    let Sound { key, hash, media_type } = match app.sounds().get(&id, app.clock().instant()) {
        Ok(sound) => sound,
        Err(asked) => {
            let sound = look_up(&app, id).await?;
            app.sounds().remember(asked, id, sound);
            sound
        }
    };
    file::answer(&app, key, hash, media_type, &request)
}

/// Where the sound of a track is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sound {
    key: BlobKey,
    hash: BlobHash,
    media_type: &'static str,
}

async fn look_up(app: &App, id: TrackId) -> Result<Sound> {
    let track = database::tracks::get(app.database(), id).await?.ok_or(Error::NotFound("track"))?;
    let hash = track.original.hash;
    match &track.playable {
        Playable::Original => {
            Ok(Sound { key: BlobKey::Original(hash), hash, media_type: track.format.media_type() })
        }
        Playable::Transcoded { format, .. } => {
            Ok(Sound { key: BlobKey::Playable(hash), hash, media_type: format.media_type() })
        }
        Playable::Pending => Err(Error::TrackNotPlayable),
        Playable::Failed { reason } => Err(Error::DamagedFile(reason.clone())),
    }
}
