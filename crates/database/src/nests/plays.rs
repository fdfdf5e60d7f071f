//! What was played, as a projection of the logs: it can be read without folding them.

use crate::query::{Write, queries};
use crate::row::row;
use crate::{Database, Error, Result};
use model::{Contributor, EntryId, NestId, PlayId, TrackPosition, TrackSummary, WallTime};
use nest::Outcome;

/// The longest page of plays.
pub const PLAYS_PAGE_MAX: u32 = 200;

row! {
    struct PlayRow {
        id: String, nest_id: String, entry: i64, track_id: String, title: String, artist: String, album: String,
        duration_ms: i64, artwork: Option<String>, added_by: Option<String>, added_name: Option<String>,
        started_at: i64, ended_at: Option<i64>, outcome: Option<String>,
    }
}

macro_rules! play_columns {
    () => {
        "id, nest_id, entry, track_id, title, artist, album, duration_ms, artwork, added_by, added_name, started_at, \
         ended_at, outcome"
    };
}

queries! {
    START(Text, Text, Int, Text, Text, Text, Text, Int, Text, Text, Text, Int) =
        "insert into plays (id, nest_id, entry, track_id, title, artist, album, duration_ms, artwork, added_by,
           added_name, started_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    END(Text, Int, Int, Text) =
        "update plays set ended_at = $3, outcome = $4 where nest_id = $1 and entry = $2 and ended_at is null";
    LIST(Int, Text) -> PlayRow =
        concat!("select ", play_columns!(), " from plays where nest_id = $2
                 order by started_at desc, id desc limit $1");
    LIST_BEFORE(Int, Text, Int, Text) -> PlayRow =
        concat!("select ", play_columns!(), " from plays where nest_id = $2 and (started_at, id) < ($3, $4)
                 order by started_at desc, id desc limit $1");
    LIST_ALL(Int) -> PlayRow =
        concat!("select ", play_columns!(), " from plays order by started_at desc, id desc limit $1");
    LIST_ALL_BEFORE(Int, Int, Text) -> PlayRow =
        concat!("select ", play_columns!(), " from plays where (started_at, id) < ($2, $3)
                 order by started_at desc, id desc limit $1");
}

/// One playing of a track in a nest.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// Id.
    pub id: PlayId,
    /// Where.
    pub nest: NestId,
    /// Which entry of the nest's log.
    pub entry: EntryId,
    /// The track as it was then.
    pub track: TrackSummary,
    /// Who added it.
    pub added_by: Contributor,
    /// When its first sample was heard.
    pub started_at: WallTime,
    /// When and how it ended; `None`: it plays.
    pub ended: Option<(WallTime, Outcome)>,
}

/// The place of a play in time: a page goes on before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayCursor {
    /// When the last play of the page began.
    pub started_at: WallTime,
    /// Its id.
    pub id: PlayId,
}

const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Finished => "finished",
        Outcome::Skipped => "skipped",
        Outcome::Unplayable => "unplayable",
    }
}

fn read_outcome(name: &str) -> Result<Outcome> {
    match name {
        "finished" => Ok(Outcome::Finished),
        "skipped" => Ok(Outcome::Skipped),
        "unplayable" => Ok(Outcome::Unplayable),
        other => Err(Error::unreadable("plays.outcome", other)),
    }
}

impl PlayRow {
    fn into_play(self) -> Result<Play> {
        fn read<T: std::str::FromStr<Err: ToString>>(column: &'static str, text: &str) -> Result<T> {
            text.parse().map_err(|error: T::Err| Error::unreadable(column, error))
        }
        let added_by = match self.added_by {
            Some(id) => Contributor::Person {
                id: read("plays.added_by", &id)?,
                name: self.added_name.unwrap_or_default(),
            },
            None => Contributor::Autofill,
        };
        let outcome = self.outcome.as_deref().map(read_outcome).transpose()?;
        Ok(Play {
            id: read("plays.id", &self.id)?,
            nest: read("plays.nest_id", &self.nest_id)?,
            entry: EntryId::from_sequence(self.entry.unsigned_abs()),
            track: TrackSummary {
                id: read("plays.track_id", &self.track_id)?,
                title: self.title,
                artist: self.artist,
                album: self.album,
                duration: TrackPosition::from_millis(self.duration_ms),
                artwork: self.artwork.map(|hash| read("plays.artwork", &hash)).transpose()?,
            },
            added_by,
            started_at: WallTime::from_micros(self.started_at),
            ended: self.ended_at.map(WallTime::from_micros).zip(outcome),
        })
    }
}

/// Plays of one nest or of all, latest first: at most `limit` (1 to [`PLAYS_PAGE_MAX`]) before `before`.
///
/// # Errors
/// Whatever the engine says.
pub async fn list_plays(
    database: &Database,
    nest: Option<NestId>,
    before: Option<PlayCursor>,
    limit: u32,
) -> Result<Vec<Play>> {
    let limit = limit.clamp(1, PLAYS_PAGE_MAX).into();
    let rows = match (nest, before) {
        (Some(nest), None) => LIST.all(database, [limit, nest.into()]).await?,
        (Some(nest), Some(before)) => {
            let values = [limit, nest.into(), before.started_at.into(), before.id.into()];
            LIST_BEFORE.all(database, values).await?
        }
        (None, None) => LIST_ALL.all(database, [limit]).await?,
        (None, Some(before)) => {
            LIST_ALL_BEFORE.all(database, [limit, before.started_at.into(), before.id.into()]).await?
        }
    };
    rows.into_iter().map(PlayRow::into_play).collect()
}

pub(super) fn write_start(nest: NestId, play: &Play) -> Result<Write> {
    let (member, name) = match &play.added_by {
        Contributor::Person { id, name } => (Some(*id), Some(name)),
        Contributor::Autofill => (None, None),
    };
    START.with([
        play.id.into(),
        nest.into(),
        play.entry.sequence().into(),
        play.track.id.into(),
        (&play.track.title).into(),
        (&play.track.artist).into(),
        (&play.track.album).into(),
        play.track.duration.into(),
        play.track.artwork.into(),
        member.into(),
        name.into(),
        play.started_at.into(),
    ])
}

pub(super) fn write_end(nest: NestId, entry: EntryId, at: WallTime, outcome: Outcome) -> Result<Write> {
    END.with([nest.into(), entry.sequence().into(), at.into(), outcome_name(outcome).into()])
}
