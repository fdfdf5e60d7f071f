//! `/api/nests`: the nests there are, opening one, renaming and closing it.

use super::ask::{Proven, Said, Which};
use super::refused::{Answer, Refused};
use super::show::minutes;
use crate::app::App;
use crate::command::{self, Verb};
use crate::error::Error;
use crate::nests::{self as rooms, Opening, Room, admitted};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use identity::Scope;
use nest::{NestName, Refusal};
use protocol::echonest as wire;
use serde_json::json;

async fn shown(app: &App, room: &Room) -> Answer<wire::Nest> {
    let state = room.state();
    let host = match state.host() {
        Some(host) => database::members::get(app.database(), host).await?,
        None => None,
    };
    let is_main = room.code.is_main();
    let now_playing = state.playing().map(|playing| wire::NestSong {
        title: playing.entry.track.title.clone(),
        artist: playing.entry.track.artist.clone(),
    });
    Ok(wire::Nest {
        nest_id: room.code.to_string(),
        code: room.code.to_string(),
        name: state.settings().name.to_string(),
        creator: host.map_or_else(String::new, |host| host.name.to_string()),
        is_main,
        created_at: app.config().zone.text(room.created_at),
        ttl_minutes: (!is_main).then_some(minutes(app.config().nest_idle_max)),
        member_count: app.hub().person_count(room.channel()),
        now_playing,
    })
}

/// `GET /api/nests`: those the caller may enter, the main one first.
pub(super) async fn list(State(app): State<App>, proven: Proven) -> Answer<Json<wire::Nests>> {
    let caller = proven.with(Scope::Listen)?;
    let mut rooms = app.nests().all();
    rooms.retain(|room| room.admits(&caller).is_ok());
    rooms.sort_by_key(|room| (!room.code.is_main(), room.created_at));
    let mut nests = Vec::with_capacity(rooms.len());
    for room in &rooms {
        nests.push(shown(&app, room).await?);
    }
    Ok(Json(wire::Nests { nests }))
}

/// `POST /api/nests`.
pub(super) async fn open(
    State(app): State<App>,
    proven: Proven,
    Said(body): Said<wire::NewNest>,
) -> Answer<Json<wire::Nest>> {
    let caller = proven.member(Scope::Control)?;
    app.rates().opening(caller.member.id)?;
    let name = body.name.filter(|name| !name.trim().is_empty());
    let name = name.as_deref().map(NestName::parse).transpose().map_err(|error| {
        Refused::with(Error::invalid("name", error), StatusCode::BAD_REQUEST, "invalid_request")
    })?;
    let room = rooms::open(&app, &caller, Opening { name, ..Opening::default() }).await?;
    Ok(Json(shown(&app, &room).await?))
}

/// `GET /api/nests/CODE`.
pub(super) async fn show(
    State(app): State<App>,
    proven: Proven,
    Which(code): Which,
) -> Answer<Json<wire::Nest>> {
    let room = admitted(&app, code, &proven.with(Scope::Listen)?)?;
    Ok(Json(shown(&app, &room).await?))
}

/// `PATCH /api/nests/CODE`: its name.
pub(super) async fn rename(
    State(app): State<App>,
    proven: Proven,
    Which(code): Which,
    Said(body): Said<wire::NewNest>,
) -> Answer<Json<wire::Nest>> {
    let caller = proven.with(Verb::Configure.scope())?;
    let change = json!({"name": body.name}).to_string();
    command::run(&app, &caller, code, Verb::Configure, change.as_bytes(), None).await?;
    Ok(Json(shown(&app, &app.nests().get(code)?).await?))
}

/// `DELETE /api/nests/CODE`: by its host or an administrator; the main one stays.
pub(super) async fn close(
    State(app): State<App>,
    proven: Proven,
    Which(code): Which,
) -> Answer<Json<wire::Done>> {
    let caller = proven.with(Scope::Control)?;
    let room = admitted(&app, code, &caller)?;
    match rooms::close(&room, &caller).await {
        Err(Error::Refused(Refusal::Permanent)) => {
            Err(Refused::with(Refusal::Permanent.into(), StatusCode::FORBIDDEN, "forbidden"))
        }
        done => {
            done?;
            Ok(Json(wire::Done { ok: true, id: None }))
        }
    }
}
