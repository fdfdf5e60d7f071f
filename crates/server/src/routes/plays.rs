//! What a nest has played.

use crate::app::App;
use crate::error::Result;
use crate::extract::{Path, Query as Asked, Signed};
use crate::limits;
use crate::nests::{admitted, wire};
use crate::routes::history::HistoryQuery;
use axum::Json;
use axum::extract::State;
use database::nests as log;
use database::plays::{PlayFilter, find};
use identity::Scope;
use model::{NestCode, WallTime};
use nest::{Comment, Jam};
use protocol::http::{FilteredTrack, Play, PlayPage};
use protocol::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::IntoParams;

/// What a nest has played, newest first.
#[utoipa::path(get, operation_id = "list_plays", path = "/api/v1/nests/{code}/plays", tag = "nests", params(("code" = String, Path), HistoryQuery), responses(
    (status = 200, body = PlayPage), (status = 404, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Json<PlayPage>> {
    let caller = signed.with(Scope::Listen)?;
    let room = admitted(&app, code, &caller)?;
    // Many plays may have to be looked through for words.
    if query.text.is_some() {
        app.rates().search(caller.member.id)?;
    }
    let filter = PlayFilter { nest: Some(room.id), ..query.filter()? };
    let found = find(app.database(), &filter, query.cursor()?, query.limit()).await?;
    let plays = found.plays.iter().map(|play| as_of_now(&app, play)).collect();
    Ok(Json(PlayPage { plays, next_cursor: found.next.as_ref().map(cursor_text) }))
}

/// A play; what plays at the moment still gathers jams and comments.
pub(super) fn as_of_now(app: &App, play: &log::Play) -> Play {
    if play.ended.is_some() {
        return show(play);
    }
    let room = app.nests().all().into_iter().find(|room| room.id == play.nest);
    let nest = room.map(|room| room.state());
    let playing = nest.as_ref().and_then(|nest| nest.playing()).map(|playing| &playing.entry);
    match playing.filter(|entry| entry.id == play.entry) {
        Some(entry) => with_reactions(play, &entry.jams, &entry.comments),
        None => show(play),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ThrowbackQuery {
    /// How many, 1 to 100; 20 unless said.
    limit: Option<u32>,
}

/// What people played in a nest on the same weekday of past years, then of past weeks; of each song one play, drawn anew
/// each time. Days are those of the server's time zone.
#[utoipa::path(get, operation_id = "throwback", path = "/api/v1/nests/{code}/throwback", tag = "nests", params(("code" = String, Path), ThrowbackQuery), responses(
    (status = 200, body = PlayPage), (status = 404, body = Problem)
))]
pub(crate) async fn throwback(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
    Asked(query): Asked<ThrowbackQuery>,
) -> Result<Json<PlayPage>> {
    let caller = signed.with(Scope::Listen)?;
    let room = admitted(&app, code, &caller)?;
    app.rates().search(caller.member.id)?;
    let limit = query.limit.unwrap_or(20).clamp(1, limits::PAGE_ITEMS_MAX);
    let plays = crate::throwback::throwback(&app, room.id, limit as usize).await?;
    Ok(Json(PlayPage { plays: plays.iter().map(show).collect(), next_cursor: None }))
}

/// The tracks that people filtered and that are therefore not chosen, newest first: each can be taken back.
#[utoipa::path(get, operation_id = "list_filtered", path = "/api/v1/nests/{code}/filtered", tag = "nests", params(("code" = String, Path)), responses(
    (status = 200, body = Vec<FilteredTrack>), (status = 404, body = Problem)
))]
pub(crate) async fn filtered(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<Json<Vec<FilteredTrack>>> {
    let caller = signed.with(Scope::Listen)?;
    let nest = admitted(&app, code, &caller)?.state();
    let now = app.now();
    let people: BTreeSet<_> = nest.refused(now).filter_map(|refused| refused.by).collect();
    let names = database::members::names(app.database(), people).await?;
    let shown = nest.refused(now).map(|refused| {
        let by = refused.by.and_then(|id| names.get(&id)).map(String::as_str);
        wire::refused(refused, by, nest.filtered_until(refused.at))
    });
    Ok(Json(shown.collect()))
}

fn show(play: &log::Play) -> Play {
    with_reactions(play, &play.jams, &play.comments)
}

fn with_reactions(play: &log::Play, jams: &[Jam], comments: &[Comment]) -> Play {
    Play {
        id: play.id.to_string(),
        track: wire::track_summary(&play.track),
        added_by: wire::contributor(&play.added_by),
        because: play.because.as_deref().map(wire::because),
        nest: None,
        started_at_ms: play.started_at.millis(),
        outcome: play.ended.map(|(_, outcome)| wire::outcome(outcome)),
        jams: wire::jams(jams),
        comments: wire::comments(comments),
    }
}

/// The place a page ended: when its last play began, and which it was.
pub(super) fn cursor(text: &str) -> Option<log::PlayCursor> {
    let (started_at, id) = text.split_once('-')?;
    Some(log::PlayCursor {
        started_at: WallTime::from_micros(started_at.parse().ok()?),
        id: id.parse().ok()?,
    })
}

/// The same as text.
pub(super) fn cursor_text(cursor: &log::PlayCursor) -> String {
    format!("{}-{}", cursor.started_at.micros(), cursor.id)
}
