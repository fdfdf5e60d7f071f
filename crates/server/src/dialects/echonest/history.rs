//! What a nest has played, for onlookers. People are asked for and shown by name.

use super::ask::Onlooker;
use super::refused::Answer;
use super::show::View;
use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Site};
use crate::nests::Room;
use axum::Json;
use axum::extract::{RawPathParams, State};
use axum::response::{IntoResponse, Redirect, Response};
use database::nests::{self as log, PLAYS_PAGE_MAX, Play};
use model::{Contributor, NestCode};
use protocol::echonest as wire;
use std::net::IpAddr;

/// The last plays that have ended, newest first. Anybody may ask, so nobody may ask too often.
async fn ended(app: &App, room: &Room, from: IpAddr, count: u32) -> Result<Vec<Play>> {
    app.rates().stranger(from)?;
    // One may be playing.
    let count = count.clamp(1, PLAYS_PAGE_MAX - 1);
    let mut plays = log::list_plays(app.database(), Some(room.id), None, count + 1).await?;
    plays.retain(|play| play.ended.is_some());
    plays.truncate(count as usize);
    Ok(plays)
}

fn show<'a>(app: &App, site: &Site, plays: impl Iterator<Item = &'a Play>) -> Vec<wire::PastPlay> {
    let (view, now) = (View { base: &site.base, zone: &app.config().zone }, app.now());
    plays.map(|play| view.past(play, now)).collect()
}

fn param<'a>(params: &'a RawPathParams, wanted: &str) -> &'a str {
    params.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value)
}

/// `GET /last/`: what ended last; `{}` if nothing did.
pub(super) async fn last(
    State(app): State<App>,
    Onlooker(room): Onlooker,
    ClientAddress(from): ClientAddress,
    site: Site,
) -> Answer<Response> {
    let plays = ended(&app, &room, from, 1).await?;
    match show(&app, &site, plays.iter()).pop() {
        Some(play) => Ok(Json(play).into_response()),
        None => Ok(Json(serde_json::json!({})).into_response()),
    }
}

/// `GET /history/N`: oldest first. With a nest's code it is where our own page once was, which leads on.
pub(super) async fn history(
    State(app): State<App>,
    onlooker: Answer<Onlooker>,
    ClientAddress(from): ClientAddress,
    site: Site,
    params: RawPathParams,
) -> Answer<Response> {
    let asked = param(&params, "count");
    let count = match (asked.parse(), asked.parse::<NestCode>()) {
        (Ok(count), _) => count,
        (Err(_), Ok(code)) => {
            return Ok(Redirect::permanent(&format!("/nest/{code}/history")).into_response());
        }
        (Err(_), Err(_)) => return Err(Error::NotFound("number").into()),
    };
    let Onlooker(room) = onlooker?;
    let plays = ended(&app, &room, from, count).await?;
    let plays = show(&app, &site, plays.iter().rev());
    Ok(Json(wire::History { n_requested: count, n_retrieved: plays.len(), plays }).into_response())
}

/// `GET /user_history/NAME`: what somebody queued among the last plays, oldest first.
pub(super) async fn of_person(
    State(app): State<App>,
    Onlooker(room): Onlooker,
    ClientAddress(from): ClientAddress,
    site: Site,
    params: RawPathParams,
) -> Answer<Json<wire::UserHistory>> {
    let name = param(&params, "name");
    let plays = ended(&app, &room, from, PLAYS_PAGE_MAX).await?;
    let is_theirs = |play: &&Play| match &play.added_by {
        Contributor::Person { name: theirs, .. } => theirs == name,
        Contributor::Autofill => name == super::NOBODY,
    };
    let plays = show(&app, &site, plays.iter().rev().filter(is_theirs));
    Ok(Json(wire::UserHistory { userid_requested: name.to_owned(), n_retrieved: plays.len(), plays }))
}
