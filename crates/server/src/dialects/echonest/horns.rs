//! Airhorns: their sounds at the addresses EchoNest has them, their names, and who blew some.
//!
//! A name that is none of ours has no file: what a client makes a file name of is never what somebody typed.

use super::ask::Onlooker;
use super::refused::Answer;
use super::show::View;
use crate::app::App;
use crate::error::Error;
use crate::extract::Site;
use crate::file::{self, FileRequest};
use crate::horns::MEDIA_TYPE;
use axum::Json;
use axum::extract::{RawPathParams, State};
use axum::response::Response;
use model::HornSound;
use protocol::echonest as wire;

/// `GET /static/audio/NAME.wav`. There are no others; clients ask for `.mp3` first and take the 404 for an answer.
pub(super) async fn sound(
    State(app): State<App>,
    params: RawPathParams,
    request: FileRequest,
) -> Answer<Response> {
    let name = params.iter().find(|(name, _)| *name == "file").map_or("", |(_, file)| file);
    let sound = name.strip_suffix(".wav").and_then(HornSound::of_echonest);
    let sound = sound.ok_or(Error::NotFound("sound"))?;
    let horn = tokio::task::spawn_blocking(move || app.horns().get(sound));
    let horn = horn.await.map_err(|_| Error::Fault("a horn could not be made"))?;
    Ok(file::constant(horn.bytes, &horn.etag, MEDIA_TYPE, &request))
}

/// `GET /airhorns/`: newest first.
pub(super) async fn blown(
    State(app): State<App>,
    Onlooker(room): Onlooker,
    site: Site,
) -> Json<wire::CurrentHorns> {
    let (view, now) = (View { base: &site.base, zone: &app.config().zone }, app.now());
    let state = room.state();
    Json(wire::CurrentHorns {
        current_airhorns: state.horns().iter().rev().map(|horn| view.horn(horn, now)).collect(),
    })
}

/// `GET /airhorn_list`.
pub(super) async fn names(Onlooker(_): Onlooker) -> Json<Vec<&'static str>> {
    Json(HornSound::ALL.iter().map(|sound| sound.echonest_name()).collect())
}
