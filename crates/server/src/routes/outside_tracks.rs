//! Songs from elsewhere that are known here: their pictures, where their sound is, and the same song at other services.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Signed};
use crate::sources;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use database::external_tracks;
use http::{StatusCode, header};
use identity::Scope;
use model::TrackId;
use protocol::http::{self as wire, Elsewhere, OutsideStream};
use protocol::problem::Problem;
use providers::soundcloud::StreamFormat;

/// The picture of a song from elsewhere: the service's, else the cover of the same song of the library.
#[utoipa::path(get, operation_id = "get_track_artwork", path = "/api/v1/tracks/{id}/artwork", tag = "sources", params(("id" = String, Path)), responses(
    (status = 200, description = "The picture", content_type = "image/*"), (status = 404, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn artwork(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<TrackId>,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    let song = external_tracks::get(app.database(), id).await?.ok_or(Error::NotFound("song"))?;
    if let Some(url) = &song.artwork_url {
        return shown(&app, url).await;
    }
    let same = external_tracks::library_match(app.database(), &song).await?;
    let cover = same.and_then(|track| track.artwork).ok_or(Error::NotFound("picture"))?;
    Ok((StatusCode::FOUND, [(header::LOCATION, format!("/api/v1/artwork/{cover}"))]).into_response())
}

/// A picture that an answer about services named. Nobody's browser asks the services for pictures.
#[utoipa::path(get, operation_id = "get_picture", path = "/api/v1/pictures/{name}", tag = "sources", params(("name" = String, Path)), responses(
    (status = 200, description = "The picture", content_type = "image/*"), (status = 404, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn picture(
    State(app): State<App>,
    signed: Signed,
    Path(name): Path<String>,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    shown(&app, &sources::picture_named(&app, &name)?).await
}

/// A picture as it came. What it says of itself is not believed: its media type is that of its first bytes.
pub(super) async fn shown(app: &App, url: &str) -> Result<Response> {
    let picture = app.sources().picture(app, url).await?;
    let headers = [
        (header::CONTENT_TYPE, picture.media_type),
        (header::CACHE_CONTROL, "private, max-age=604800"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, picture.bytes.clone()).into_response())
}

/// Where the sound of a song of SoundCloud is, for minutes. For players that fetch it piece by piece; others follow the
/// redirect of `/stream`.
#[utoipa::path(get, operation_id = "get_outside_stream", path = "/api/v1/tracks/{id}/outside-stream", tag = "sources", params(("id" = String, Path)), responses(
    (status = 200, body = OutsideStream), (status = 404, body = Problem, description = "No such song, or `plays_elsewhere`: its service has no streams"),
    (status = 409, body = Problem, description = "`source_not_playable`"), (status = 429, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn outside_stream(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<TrackId>,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    let song = external_tracks::get(app.database(), id).await?.ok_or(Error::NotFound("song"))?;
    let stream = sources::stream_address(&app, song.source).await?;
    let form = match stream.format {
        StreamFormat::Mp3 => wire::StreamForm::File,
        StreamFormat::HlsAac160 | StreamFormat::HlsAac96 | StreamFormat::HlsMp3 => wire::StreamForm::Hls,
    };
    let media_type = match form {
        wire::StreamForm::File => "audio/mpeg",
        wire::StreamForm::Hls => "application/vnd.apple.mpegurl",
    };
    let url = stream.url.reveal().to_owned();
    let stream = OutsideStream { url, form, media_type: media_type.to_owned() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(stream)).into_response())
}

/// The same song elsewhere: in the library, and at the other services that are set up here, found by its ISRC, else by
/// artist, title and length.
#[utoipa::path(get, operation_id = "get_elsewhere", path = "/api/v1/tracks/{id}/elsewhere", tag = "sources", params(("id" = String, Path)), responses(
    (status = 200, body = Elsewhere), (status = 404, body = Problem), (status = 429, body = Problem)
))]
pub(crate) async fn elsewhere(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<TrackId>,
) -> Result<Json<Elsewhere>> {
    let caller = signed.with(Scope::Listen)?;
    let song = external_tracks::get(app.database(), id).await?.ok_or(Error::NotFound("song"))?;
    let library = external_tracks::library_match(app.database(), &song).await?;
    app.rates().outside(caller.member.id)?;
    let found = sources::elsewhere(&app, &song).await;
    let tracks = sources::same_tracks(&app, &found).await?;
    Ok(Json(Elsewhere { library: library.map(|track| track.id.to_string()), tracks }))
}
