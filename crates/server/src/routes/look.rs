//! A stranger's look through the window of a nest that is open to them: for the page that asks whether to come in.
//!
//! Deliberately not here: names, titles, ids, and pictures that people brought. Those are for who has come in.

use crate::app::App;
use crate::avatar;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Path, Query};
use crate::file::{self, FileRequest};
use crate::idempotency;
use crate::limits;
use crate::nests::Room;
use crate::routes::outside_tracks;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use blobs::{ArtworkSize, BlobKey};
use database::external_tracks;
use http::{HeaderValue, header};
use model::{BlobHash, NestCode, TrackSummary};
use nest::Nest;
use protocol::http::{Face, NestLook};
use protocol::problem::Problem;
use protocol::publication::ListenerInfo;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;

/// The nest, if anybody could come in by giving a name. Of any other a stranger does not even hear that it is there.
fn open_to_strangers(app: &App, code: NestCode) -> Result<Room> {
    let room = app.nests().get(code)?;
    if room.state().is_open_to_strangers() { Ok(room) } else { Err(Error::NotFound("nest")) }
}

/// What a stranger sees of a nest that takes guests and is not locked.
#[utoipa::path(get, operation_id = "look_at_nest", path = "/api/v1/nests/{code}/look", tag = "nests", params(("code" = String, Path)), responses(
    (status = 200, body = NestLook), (status = 404, body = Problem, description = "There is none, or it is not open to strangers"), (status = 429, body = Problem)
))]
pub(crate) async fn look(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(code): Path<NestCode>,
) -> Result<Json<NestLook>> {
    let room = open_to_strangers(&app, code)?;
    app.rates().look(from)?;
    let nest = room.state();
    let address = |cover: Cover| format!("/api/v1/nests/{code}/look/cover?picture={}", cover.name());
    let cover_url = cover_of(&app, &nest).await?.map(address);
    Ok(Json(NestLook {
        name: nest.settings().name.to_string(),
        cover_url,
        listener_count: app.hub().person_count(room.channel()),
        faces: faces(&app, &room),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CoverQuery {
    /// Which one, from `cover_url`, so that another cover has another address. It is the one of what plays in any case.
    picture: Option<String>,
}

/// The cover of what plays in a nest that takes guests and is not locked, at most 320 pixels on its longer edge if it is
/// the library's.
#[utoipa::path(get, operation_id = "look_at_cover", path = "/api/v1/nests/{code}/look/cover", tag = "nests", params(("code" = String, Path), CoverQuery), responses(
    (status = 200, description = "The picture", content_type = "image/*"), (status = 404, body = Problem), (status = 429, body = Problem)
))]
pub(crate) async fn cover(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(code): Path<NestCode>,
    Query(query): Query<CoverQuery>,
    request: FileRequest,
) -> Result<Response> {
    let room = open_to_strangers(&app, code)?;
    app.rates().look(from)?;
    let none = || Error::NotFound("picture");
    let cover = cover_of(&app, &room.state()).await?.ok_or_else(none)?;
    // A look of before the song changed is over: nobody is shown another song's cover for it.
    if query.picture.is_some_and(|picture| picture != cover.name()) {
        return Err(none());
    }
    let mut response = match cover {
        Cover::Library(hash) => {
            let key = BlobKey::Artwork { hash, size: ArtworkSize::Medium };
            if !app.blobs().contains(key) {
                return Err(none());
            }
            file::answer(&app, key, hash, "image/jpeg", &request)?
        }
        Cover::Outside(url) => outside_tracks::shown(&app, &url).await?,
    };
    // The song changes, and the nest may be locked: nothing of it is kept.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Where the cover of what plays is.
enum Cover {
    Library(BlobHash),
    Outside(String),
}

impl Cover {
    /// Tells one cover from another, and says nothing of where it is.
    fn name(&self) -> String {
        let digest = match self {
            Self::Library(hash) => idempotency::digest(&[b"cover", hash.to_string().as_bytes()]),
            Self::Outside(url) => idempotency::digest(&[b"cover", url.as_bytes()]),
        };
        digest.chars().take(limits::COVER_NAME_CHARS).collect()
    }
}

async fn cover_of(app: &App, nest: &Nest) -> Result<Option<Cover>> {
    let Some(playing) = nest.playing() else { return Ok(None) };
    let TrackSummary { id, artwork, source, .. } = &*playing.entry.track;
    if let Some(hash) = artwork {
        return Ok(Some(Cover::Library(*hash)));
    }
    if source.service().is_none() {
        return Ok(None);
    }
    let song = external_tracks::get(app.database(), *id).await?;
    Ok(song.and_then(|song| song.artwork_url).map(Cover::Outside))
}

/// Some of who listens, each once, in an order that says nothing about them.
fn faces(app: &App, room: &Room) -> Vec<Face> {
    let there = app.hub().presence(room.channel()).map(|presence| presence.clients).unwrap_or_default();
    let people: BTreeMap<_, _> = there.iter().map(|client| (&client.user, client)).collect();
    let face = |(id, client): (&String, &protocol::socket::ClientInfo)| {
        let info: ListenerInfo = serde_json::from_str(client.conn_info.get()).ok()?;
        Some(Face { initials: avatar::initials(&info.name), hue: avatar::hue_of(id) })
    };
    let mut faces: Vec<_> = people
        .into_iter()
        .filter_map(|(id, client)| face((id, client)))
        .take(limits::LOOK_FACES_MAX)
        .collect();
    faces.sort();
    faces
}
