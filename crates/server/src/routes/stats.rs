//! What was played, and how services and sign-ins fared, in numbers; without anybody's address.

use crate::app::App;
use crate::counts;
use crate::error::{Error, Result};
use crate::extract::{Query as Asked, Signed};
use crate::limits;
use crate::nests::admitted;
use axum::Json;
use axum::extract::State;
use database::plays;
use identity::Scope;
use model::{NestCode, WallTime};
use protocol::http::{Credit, DayStats, JamStats, PersonStats, ProviderStats, SignInStats, SongStats, Stats};
use protocol::problem::Problem;
use serde::Deserialize;
use std::ops::Range;
use std::time::Duration;
use utoipa::IntoParams;

/// How far back is looked unless said.
const TIME_DEFAULT: Duration = Duration::from_secs(30 * 24 * 3600);
/// People and songs that are named.
const ROWS: u32 = 25;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsQuery {
    /// The code of a nest; all nests unless said.
    nest: Option<String>,
    /// From when; 30 days before the end unless said.
    from_ms: Option<i64>,
    /// Until when; now unless said. At most 366 days after the beginning.
    to_ms: Option<i64>,
}

/// What was played, in numbers. Days and hours are those of the server's time zone.
#[utoipa::path(get, operation_id = "get_stats", path = "/api/v1/stats", tag = "nests", params(StatsQuery), responses(
    (status = 200, body = Stats), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn show(
    State(app): State<App>,
    signed: Signed,
    Asked(query): Asked<StatsQuery>,
) -> Result<Json<Stats>> {
    let caller = signed.member(Scope::Listen)?;
    app.rates().search(caller.member.id)?;
    let nest = match query.nest.as_deref().map(str::parse::<NestCode>) {
        Some(Ok(code)) => Some(admitted(&app, code, &caller)?.id),
        Some(Err(_)) => return Err(Error::NotFound("nest")),
        None => None,
    };
    let time = time(&app, query.from_ms, query.to_ms)?;
    let zone = &app.config().zone;
    let stretches = zone.stretches(&time);
    let counted = plays::stats(app.database(), nest, &stretches, ROWS).await?;
    let day = |(day, plays)| DayStats { date: zone.date_of(day), plays };
    let person =
        |(id, name, plays): (model::MemberId, String, u64)| PersonStats { id: id.to_string(), name, plays };
    let song = |song: plays::LovedSong| SongStats {
        track_id: song.track.to_string(),
        source: song.source.service().map(|_| song.source.to_string()),
        title: song.title,
        artist: song.artist,
        plays: song.plays,
        tally: song.tally,
    };
    let credit = |(id, name): (model::MemberId, String)| Credit { id: id.to_string(), name };
    let jams = |of: plays::JamsBetween| JamStats { by: credit(of.by), of: credit(of.of), jams: of.jams };
    Ok(Json(Stats {
        from_ms: time.start.millis(),
        to_ms: time.end.millis(),
        days: counted.days.into_iter().map(day).collect(),
        hours: counted.hours.to_vec(),
        people: counted.people.into_iter().map(person).collect(),
        songs: counted.songs.into_iter().map(song).collect(),
        jams: counted.jams.into_iter().map(jams).collect(),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TimeQuery {
    /// From when; 30 days before the end unless said.
    from_ms: Option<i64>,
    /// Until when; now unless said. At most 366 days after the beginning.
    to_ms: Option<i64>,
}

/// How often this server asked services for something, day by day, and how that went. Whole days of the server's time
/// zone.
#[utoipa::path(get, operation_id = "get_provider_stats", path = "/api/v1/stats/providers", tag = "server", params(TimeQuery), responses(
    (status = 200, body = ProviderStats), (status = 403, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn providers(
    State(app): State<App>,
    signed: Signed,
    Asked(query): Asked<TimeQuery>,
) -> Result<Json<ProviderStats>> {
    let caller = signed.member(Scope::Listen)?;
    app.rates().search(caller.member.id)?;
    let time = time(&app, query.from_ms, query.to_ms)?;
    let calls = counts::provider_calls(&app, &time).await?;
    Ok(Json(ProviderStats { from_ms: time.start.millis(), to_ms: time.end.millis(), calls }))
}

/// How often people signed in with other services, day by day, and how that went. Whole days of the server's time zone.
#[utoipa::path(get, operation_id = "get_sign_in_stats", path = "/api/v1/stats/sign-ins", tag = "server", params(TimeQuery), responses(
    (status = 200, body = SignInStats), (status = 403, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn sign_ins(
    State(app): State<App>,
    signed: Signed,
    Asked(query): Asked<TimeQuery>,
) -> Result<Json<SignInStats>> {
    let caller = signed.administrator()?;
    app.rates().search(caller.member.id)?;
    let time = time(&app, query.from_ms, query.to_ms)?;
    let sign_ins = counts::sign_ins(&app, &time).await?;
    Ok(Json(SignInStats { from_ms: time.start.millis(), to_ms: time.end.millis(), sign_ins }))
}

pub(super) fn time(app: &App, from_ms: Option<i64>, to_ms: Option<i64>) -> Result<Range<WallTime>> {
    let moment = |ms: i64| WallTime::from_micros(ms.saturating_mul(1_000));
    let end = to_ms.map_or_else(|| app.now(), moment);
    let start = from_ms.map_or_else(|| end.minus(TIME_DEFAULT), moment);
    if start >= end || end.since(start) > limits::STATS_TIME_MAX {
        return Err(Error::invalid(
            "from_ms",
            "the time has to begin before its end, and at most 366 days before",
        ));
    }
    Ok(start..end)
}
