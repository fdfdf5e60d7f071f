//! What plays and what waits, for programs with a token and for onlookers.

use super::ask::{Onlooker, Proven, Which};
use super::kept::{self, json};
use super::refused::Answer;
use super::show::View;
use crate::app::App;
use crate::error::Error;
use crate::extract::Site;
use crate::nests::Room;
use axum::Json;
use axum::extract::{RawPathParams, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header;
use identity::Scope;
use protocol::echonest as wire;

/// Bytes that are JSON.
pub(super) fn bytes(body: Bytes) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (headers, body).into_response()
}

fn now_playing(app: &App, room: &Room, site: &Site) -> wire::NowPlaying {
    View { base: &site.base, zone: &app.config().zone }.now_playing(&room.state(), app.now())
}

/// `GET /api/playing`.
pub(super) async fn playing_with_token(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    site: Site,
) -> Answer<Json<wire::NowPlaying>> {
    let (_, room) = proven.into(&app, which, Scope::Listen)?;
    Ok(Json(now_playing(&app, &room, &site)))
}

/// `GET /playing/`.
pub(super) async fn playing(
    State(app): State<App>,
    Onlooker(room): Onlooker,
    site: Site,
) -> Json<wire::NowPlaying> {
    Json(now_playing(&app, &room, &site))
}

/// `GET /api/queue`.
pub(super) async fn queue_with_token(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    site: Site,
) -> Answer<Response> {
    let (_, room) = proven.into(&app, which, Scope::Listen)?;
    let queue = kept::queue(&app, &room, &site)?;
    let now = json(&app.config().zone.text(app.now()))?;
    Ok(bytes([&b"{\"queue\":"[..], &queue.rows, b",\"now\":", &now, b"}"].concat().into()))
}

/// `GET /queue/`.
pub(super) async fn queue(State(app): State<App>, Onlooker(room): Onlooker, site: Site) -> Answer<Response> {
    Ok(bytes(kept::queue(&app, &room, &site)?.public.clone()))
}

/// `GET /queue/ID`: an entry that waits, or what plays.
pub(super) async fn entry(
    State(app): State<App>,
    Onlooker(room): Onlooker,
    site: Site,
    params: RawPathParams,
) -> Answer<Response> {
    let id = params.iter().find(|(name, _)| *name == "id").map_or("", |(_, id)| id);
    let state = room.state();
    let view = View { base: &site.base, zone: &app.config().zone };
    if state.playing().is_some_and(|playing| playing.entry.id.to_string() == id) {
        return Ok(Json(view.now_playing(&state, app.now())).into_response());
    }
    let waiting = state.queue().iter().find(|entry| entry.id.to_string() == id);
    let entry = waiting.ok_or(Error::NotFound("entry"))?;
    Ok(Json(view.row(entry)).into_response())
}
