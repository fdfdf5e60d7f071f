//! What a nest has played.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Query as Asked, Signed};
use crate::limits;
use crate::nests::{admitted, wire};
use axum::Json;
use axum::extract::State;
use database::nests as log;
use identity::Scope;
use model::{NestCode, WallTime};
use protocol::http::{Play, PlayPage};
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Where the last page ended.
    cursor: Option<String>,
    /// How many, 1 to 100; 50 unless said.
    limit: Option<u32>,
}

/// What a nest has played, newest first.
#[utoipa::path(get, operation_id = "list_plays", path = "/api/v1/nests/{code}/plays", tag = "nests", params(("code" = String, Path), PageQuery), responses(
    (status = 200, body = PlayPage), (status = 404, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<PlayPage>> {
    let caller = signed.with(Scope::Listen)?;
    let room = admitted(&app, code, &caller)?;
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ITEMS_MAX);
    let cursor = query
        .cursor
        .as_deref()
        .map(|text| cursor(text).ok_or_else(|| Error::invalid("cursor", "not a cursor")));
    let plays = log::list_plays(app.database(), Some(room.id), cursor.transpose()?, limit + 1).await?;
    let more = plays.len() > limit as usize;
    let plays = &plays[..plays.len().min(limit as usize)];
    let next_cursor =
        plays.last().filter(|_| more).map(|play| format!("{}-{}", play.started_at.micros(), play.id));
    let show = |play: &log::Play| Play {
        id: play.id.to_string(),
        track: wire::track_summary(&play.track),
        added_by: wire::contributor(&play.added_by),
        started_at_ms: play.started_at.millis(),
        outcome: play.ended.map(|(_, outcome)| wire::outcome(outcome)),
    };
    Ok(Json(PlayPage { plays: plays.iter().map(show).collect(), next_cursor }))
}

/// The place a page ended: when its last play began, and which it was.
fn cursor(text: &str) -> Option<log::PlayCursor> {
    let (started_at, id) = text.split_once('-')?;
    Some(log::PlayCursor {
        started_at: WallTime::from_micros(started_at.parse().ok()?),
        id: id.parse().ok()?,
    })
}
