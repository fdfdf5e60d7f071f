//! What a nest has played.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Query, Signed};
use crate::limits;
use crate::nests::{admitted, wire};
use axum::Json;
use axum::extract::State;
use identity::Scope;
use model::NestCode;
use protocol::http::{Play, PlayPage};
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// Where the last page ended.
    cursor: Option<String>,
    /// How many, 1 to 100; 50 unless said.
    limit: Option<u32>,
}

/// What a nest has played, newest first.
#[utoipa::path(get, path = "/api/v1/nests/{code}/plays", tag = "nests", params(("code" = String, Path), PageQuery), responses(
    (status = 200, body = PlayPage), (status = 404, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
    Query(query): Query<PageQuery>,
) -> Result<Json<PlayPage>> {
    let caller = signed.with(Scope::Listen)?;
    let room = admitted(&app, code, &caller)?;
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ITEMS_MAX);
    let cursor = query.cursor.as_deref().map(str::parse).transpose().map_err(|_| Error::invalid("cursor", "not a cursor"))?;
    let plays = database::nests::plays(app.database(), room.id, cursor, limit + 1).await?;
    let more = plays.len() > limit as usize;
    let plays = &plays[..plays.len().min(limit as usize)];
    let next_cursor = plays.last().filter(|_| more).map(|play| play.id.to_string());
    let show = |play: &database::nests::Play| Play {
        id: play.id.to_string(),
        track: wire::track_summary(&play.track),
        added_by: wire::contributor(&play.added_by),
        started_at_ms: play.started_at.millis(),
        outcome: play.outcome.map(wire::outcome),
    };
    Ok(Json(PlayPage { plays: plays.iter().map(show).collect(), next_cursor }))
}
