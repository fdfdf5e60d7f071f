//! The sound of a track.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Streamer};
use crate::file::{self, FileRequest};
use crate::sources;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use blobs::BlobKey;
use database::external_tracks::{self, Song};
use http::{StatusCode, header};
use library::Playable;
use model::{BlobHash, TrackId, TrackSource};
use protocol::problem::Problem;

/// The sound of a track, as every browser plays it; of a song from elsewhere, the same song of the library,
/// else where its service has it. Single and multiple ranges, conditional requests, immutable.
#[utoipa::path(get, operation_id = "stream_track", path = "/api/v1/tracks/{id}/stream", tag = "library", params(("id" = String, Path)), responses(
    (status = 200, description = "All of it", content_type = "audio/*"),
    (status = 206, description = "The ranges asked for"),
    (status = 302, description = "A song of SoundCloud: to where its sound is, for minutes"),
    (status = 304, description = "What you have is current"),
    (status = 404, body = Problem, description = "No such track, or `plays_elsewhere`: only another service has it"),
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
        Err(asked) => match look_up(&app, id).await? {
            Found::Here(sound) => {
                app.sounds().remember(asked, id, sound);
                sound
            }
            Found::Elsewhere(source) => return to_the_service(&app, source).await,
        },
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

/// Where the sound of a song is.
enum Found {
    Here(Sound),
    /// Only its service has it.
    Elsewhere(TrackSource),
}

/// Sends the player on to where the service has the sound, for minutes: not to be remembered.
async fn to_the_service(app: &App, source: TrackSource) -> Result<Response> {
    let stream = sources::stream_address(app, source).await?;
    let headers = [
        (header::LOCATION, stream.url.reveal()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((StatusCode::FOUND, headers).into_response())
}

async fn look_up(app: &App, id: TrackId) -> Result<Found> {
    let track = match external_tracks::song(app.database(), id).await? {
        Some(Song::Library(track)) => *track,
        Some(Song::External(song)) => match external_tracks::library_match(app.database(), &song).await? {
            Some(same) => same,
            None => return Ok(Found::Elsewhere(song.source)),
        },
        None => return Err(Error::NotFound("track")),
    };
    let hash = track.original.hash;
    match &track.playable {
        Playable::Original => {
            let media_type = track.format.media_type();
            Ok(Found::Here(Sound { key: BlobKey::Original(hash), hash, media_type }))
        }
        Playable::Transcoded { format, .. } => {
            let media_type = format.media_type();
            Ok(Found::Here(Sound { key: BlobKey::Playable(hash), hash, media_type }))
        }
        Playable::Pending => Err(Error::TrackNotPlayable),
        Playable::Failed { reason } => Err(Error::DamagedFile(reason.clone())),
    }
}
