//! What was played in all nests, for members; and the words a history is filtered by, wherever it is.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Query as Asked, Signed};
use crate::limits;
use crate::routes::plays;
use axum::Json;
use axum::extract::State;
use database::nests::{self, Play, PlayCursor};
use database::plays::{self as stored, PlayFilter};
use identity::{Caller, Scope};
use model::{MemberId, MusicService, NestId, WallTime};
use protocol::http::{ChosenBy, PlayNest, PlayPage, PlaySource};
use protocol::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// Where the last page ended.
    pub(super) cursor: Option<String>,
    /// How many, 1 to 100; 50 unless said.
    pub(super) limit: Option<u32>,
    /// Id of who queued it.
    pub(super) by: Option<String>,
    /// Where it came from.
    pub(super) source: Option<PlaySource>,
    /// Whether people chose it, or the nest.
    pub(super) chosen_by: Option<ChosenBy>,
    /// Words, or beginnings of words, all in title, artist or album; case and accents do not matter.
    pub(super) text: Option<String>,
    /// Begun at this time or later.
    pub(super) from_ms: Option<i64>,
    /// Begun before this time.
    pub(super) to_ms: Option<i64>,
}

impl HistoryQuery {
    pub(super) fn limit(&self) -> u32 {
        self.limit.unwrap_or(50).clamp(1, limits::PAGE_ITEMS_MAX)
    }

    pub(super) fn cursor(&self) -> Result<Option<PlayCursor>> {
        let read = |text: &str| plays::cursor(text).ok_or_else(|| Error::invalid("cursor", "not a cursor"));
        self.cursor.as_deref().map(read).transpose()
    }

    pub(super) fn filter(&self) -> Result<PlayFilter> {
        let moment = |ms: i64| WallTime::from_micros(ms.saturating_mul(1_000));
        let chosen = Chosen { by: self.by.as_deref(), source: self.source, chosen_by: self.chosen_by };
        Ok(PlayFilter {
            since: self.from_ms.map(moment),
            until: self.to_ms.map(moment),
            ..chosen.filter(self.text.as_deref())?
        })
    }
}

/// What a history and a table of it are filtered by alike.
pub(super) struct Chosen<'a> {
    pub(super) by: Option<&'a str>,
    pub(super) source: Option<PlaySource>,
    pub(super) chosen_by: Option<ChosenBy>,
}

impl Chosen<'_> {
    pub(super) fn filter(&self, text: Option<&str>) -> Result<PlayFilter> {
        let by = self.by.map(str::parse::<MemberId>).transpose();
        let service = |service| stored::PlaySource::Service(service);
        let words = text.unwrap_or_default();
        if words.chars().count() > limits::HISTORY_TEXT_CHARS_MAX {
            return Err(Error::invalid(
                "text",
                format!("at most {} characters", limits::HISTORY_TEXT_CHARS_MAX),
            ));
        }
        Ok(PlayFilter {
            by: by.map_err(|_| Error::invalid("by", "the id of a person"))?,
            source: self.source.map(|source| match source {
                PlaySource::Library => stored::PlaySource::Library,
                PlaySource::Spotify => service(MusicService::Spotify),
                PlaySource::Youtube => service(MusicService::YouTube),
                PlaySource::Soundcloud => service(MusicService::SoundCloud),
            }),
            chosen_by: self.chosen_by.map(|chosen_by| match chosen_by {
                ChosenBy::People => stored::ChosenBy::People,
                ChosenBy::Autofill => stored::ChosenBy::Autofill,
            }),
            words: words.to_owned(),
            ..PlayFilter::default()
        })
    }
}

/// The open nests whose door is closed to the caller: what is played there is not theirs to see.
pub(super) fn closed_to(app: &App, caller: &Caller) -> Vec<NestId> {
    app.nests().all().into_iter().filter(|room| room.admits(caller).is_err()).map(|room| room.id).collect()
}

/// What was played in all nests the caller may enter or that have ended, newest first.
#[utoipa::path(get, operation_id = "list_all_plays", path = "/api/v1/plays", tag = "nests", params(HistoryQuery), responses(
    (status = 200, body = PlayPage), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Json<PlayPage>> {
    let caller = signed.member(Scope::Listen)?;
    app.rates().search(caller.member.id)?;
    let filter = PlayFilter { without: closed_to(&app, &caller), ..query.filter()? };
    let found = stored::find(app.database(), &filter, query.cursor()?, query.limit()).await?;
    let nests = nests_of(&app, &found.plays).await?;
    let shown = found.plays.iter().map(|play| {
        let mut shown = plays::as_of_now(&app, play);
        shown.nest = nests.get(&play.nest).cloned();
        shown
    });
    Ok(Json(PlayPage { plays: shown.collect(), next_cursor: found.next.as_ref().map(plays::cursor_text) }))
}

/// The nests of these plays, by id.
pub(super) async fn nests_of(app: &App, plays: &[Play]) -> Result<BTreeMap<NestId, PlayNest>> {
    let ids: std::collections::BTreeSet<_> = plays.iter().map(|play| play.nest).collect();
    let records = nests::list(app.database(), ids).await?;
    let shown = |record: nests::NestRecord| {
        let code = record.closed_at.is_none().then(|| record.code.to_string());
        (record.id, PlayNest { name: record.name, code })
    };
    Ok(records.into_iter().map(shown).collect())
}
