//! What was played as a table, for programs that calculate: of one nest or of all, filtered as the history is.

use crate::app::App;
use crate::error::Result;
use crate::extract::{Path, Query as Asked, Signed};
use crate::nests::admitted;
use crate::routes::history::{Chosen, closed_to, nests_of};
use crate::routes::stats::time;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use database::nests::{PLAYS_PAGE_MAX, Play, PlayCursor};
use database::plays::{PlayFilter, find};
use futures::{Stream, stream};
use http::header;
use identity::Scope;
use model::{Contributor, NestCode};
use protocol::http::{ChosenBy, PlaySource};
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TableQuery {
    /// From when; 30 days before the end unless said.
    from_ms: Option<i64>,
    /// Until when; now unless said. At most 366 days after the beginning.
    to_ms: Option<i64>,
    /// Id of who queued it.
    by: Option<String>,
    /// Where it came from.
    source: Option<PlaySource>,
    /// Whether people chose it, or the nest.
    chosen_by: Option<ChosenBy>,
    /// Words, or beginnings of words, all in title, artist or album; case and accents do not matter.
    text: Option<String>,
}

impl TableQuery {
    fn filter(&self, app: &App) -> Result<PlayFilter> {
        let time = time(app, self.from_ms, self.to_ms)?;
        let chosen = Chosen { by: self.by.as_deref(), source: self.source, chosen_by: self.chosen_by };
        let filter = chosen.filter(self.text.as_deref())?;
        Ok(PlayFilter { since: Some(time.start), until: Some(time.end), ..filter })
    }
}

/// What a nest has played, newest first, as a table with a head (RFC 4180). Times are those of the server's time zone.
#[utoipa::path(get, operation_id = "export_plays", path = "/api/v1/nests/{code}/plays.csv", tag = "nests", params(("code" = String, Path), TableQuery), responses(
    (status = 200, description = "The table", content_type = "text/csv"), (status = 404, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn table(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
    Asked(query): Asked<TableQuery>,
) -> Result<Response> {
    let caller = signed.member(Scope::Listen)?;
    app.rates().search(caller.member.id)?;
    let room = admitted(&app, code, &caller)?;
    let filter = PlayFilter { nest: Some(room.id), ..query.filter(&app)? };
    Ok(answer(app, filter))
}

/// What all nests have played that the caller may enter or that have ended, newest first, as such a table.
#[utoipa::path(get, operation_id = "export_all_plays", path = "/api/v1/plays.csv", tag = "nests", params(TableQuery), responses(
    (status = 200, description = "The table", content_type = "text/csv"), (status = 403, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn whole_table(
    State(app): State<App>,
    signed: Signed,
    Asked(query): Asked<TableQuery>,
) -> Result<Response> {
    let caller = signed.member(Scope::Listen)?;
    app.rates().search(caller.member.id)?;
    let filter = PlayFilter { without: closed_to(&app, &caller), ..query.filter(&app)? };
    Ok(answer(app, filter))
}

fn answer(app: App, filter: PlayFilter) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"plays.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(rows(app, filter))).into_response()
}

const HEAD: &str = "started_at,ended_at,title,artist,album,duration_s,added_by,outcome,votes,source,nest\r\n";

/// The table by pages, so that no more than one is in memory.
fn rows(app: App, filter: PlayFilter) -> impl Stream<Item = Result<Bytes>> {
    stream::unfold(Some((HEAD.to_owned(), None)), move |at| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let (text, before) = at?;
            match page(&app, &filter, text, before).await {
                Ok((text, next)) => Some((Ok(text), next.map(|next| (String::new(), Some(next))))),
                Err(error) => Some((Err(error), None)),
            }
        }
    })
}

async fn page(
    app: &App,
    filter: &PlayFilter,
    mut text: String,
    before: Option<PlayCursor>,
) -> Result<(Bytes, Option<PlayCursor>)> {
    let found = find(app.database(), filter, before, PLAYS_PAGE_MAX).await?;
    let nests = nests_of(app, &found.plays).await?;
    let nest = |play: &Play| nests.get(&play.nest).map_or("", |nest| nest.name.as_str());
    text.extend(found.plays.iter().map(|play| row(app, play, nest(play))));
    Ok((Bytes::from(text), found.next))
}

fn row(app: &App, play: &Play, nest: &str) -> String {
    let zone = &app.config().zone;
    let outcome = play.ended.map(|(_, outcome)| match outcome {
        nest::Outcome::Finished => "finished",
        nest::Outcome::Skipped => "skipped",
        nest::Outcome::Unplayable => "unplayable",
    });
    let added_by = match &play.added_by {
        Contributor::Person { name, .. } => name,
        Contributor::Autofill => "",
    };
    let track = &play.track;
    let cells = [
        zone.text(play.started_at),
        play.ended.map(|(at, _)| zone.text(at)).unwrap_or_default(),
        cell(&track.title),
        cell(&track.artist),
        cell(&track.album),
        (track.duration.millis() / 1_000).to_string(),
        cell(added_by),
        outcome.unwrap_or_default().to_owned(),
        play.tally.to_string(),
        track.source.to_string(),
        cell(nest),
    ];
    cells.join(",") + "\r\n"
}

/// A text as a cell: in quotation marks, and so that no program takes it for a formula.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
