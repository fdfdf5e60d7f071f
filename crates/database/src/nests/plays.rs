//! What was played, as a projection of the logs: it can be read without folding them.

use super::autofill_record::BecauseRecord;
use super::reactions;
use super::record::Envelope;
use crate::query::{Write, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result};
use model::{Contributor, EntryId, NestId, PlayId, TrackPosition, TrackSource, TrackSummary, WallTime};
use nest::{Because, Comment, Horn, Jam, Outcome};
use std::sync::Arc;

/// The longest page of plays.
pub const PLAYS_PAGE_MAX: u32 = 200;

row! {
    #[derive(Debug)]
    struct Columns {
        id: String, nest_id: String, entry: i64, track_id: String, title: String, artist: String, album: String,
        duration_ms: i64, artwork: Option<String>, added_by: Option<String>, added_name: Option<String>,
        started_at: i64, ended_at: Option<i64>, outcome: Option<String>, source: Option<String>, tally: i64,
        because: Option<String>,
    }
}

/// A row of `plays`.
pub(crate) type PlayRow = Columns;

/// The columns of [`PlayRow`], as SQL.
macro_rules! play_columns {
    () => {
        "id, nest_id, entry, track_id, title, artist, album, duration_ms, artwork, added_by, added_name, started_at, \
         ended_at, outcome, source, tally, because"
    };
}
pub(crate) use play_columns;

queries! {
    START(Text, Text, Int, Text, Text, Text, Text, Int, Text, Text, Text, Int, Text, Int, Text) =
        "insert into plays (id, nest_id, entry, track_id, title, artist, album, duration_ms, artwork, added_by,
           added_name, started_at, source, tally, because)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    END(Text, Int, Int, Text) =
        "update plays set ended_at = $3, outcome = $4 where nest_id = $1 and entry = $2 and ended_at is null";
    OF_ENTRIES(Text, Text) -> PlayRow =
        concat!("select ", play_columns!(), " from plays where nest_id = $1
                   and entry in (select cast(value as bigint) from each($2))");
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
    /// Why the nest chose it; `None`: a person did, or it was before reasons were kept.
    pub because: Option<Arc<Because>>,
    /// Votes for it, less votes against it, when it began.
    pub tally: i32,
    /// When its first sample was heard.
    pub started_at: WallTime,
    /// When and how it ended; `None`: it plays.
    pub ended: Option<(WallTime, Outcome)>,
    /// Who jammed along, in order of time; none while it plays.
    pub jams: Vec<Jam>,
    /// What was said about it, in order of time; none while it plays.
    pub comments: Vec<Comment>,
}

/// A play that has ended, as its nest's log tells.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedPlay {
    /// The sequence number of the event that ended it.
    pub sequence: u64,
    /// The play, if it is still known.
    pub play: Option<Play>,
    /// The horns that were blown while it played, in order of time.
    pub horns: Vec<Horn>,
}

/// The place of a play in time: a page goes on before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayCursor {
    /// When the last play of the page began.
    pub started_at: WallTime,
    /// Its id.
    pub id: PlayId,
}

pub(crate) const fn outcome_name(outcome: Outcome) -> &'static str {
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

impl Columns {
    pub(crate) fn into_play(self) -> Result<Play> {
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
                source: self.source.map(|text| read("plays.source", &text)).transpose()?.unwrap_or_default(),
                library_match: None,
            },
            added_by,
            because: self.because.as_deref().map(read_because).transpose()?.map(Arc::new),
            tally: i32::try_from(self.tally).unwrap_or_default(),
            started_at: WallTime::from_micros(self.started_at),
            ended: self.ended_at.map(WallTime::from_micros).zip(outcome),
            jams: Vec::new(),
            comments: Vec::new(),
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
    let mut plays = rows.into_iter().map(PlayRow::into_play).collect::<Result<Vec<_>>>()?;
    reactions::read_into(database, &mut plays).await?;
    Ok(plays)
}

/// The plays of these entries of a nest, without their reactions.
///
/// # Errors
/// Whatever the engine says.
pub async fn plays_of_entries(database: &Database, nest: NestId, entries: &[EntryId]) -> Result<Vec<Play>> {
    let rows = OF_ENTRIES.all(database, [nest.into(), Value::list(entries)]).await?;
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
        source_value(play.track.source),
        play.tally.into(),
        play.because.as_deref().map(because_text).transpose()?.into(),
    ])
}

fn because_text(because: &Because) -> Result<String> {
    Envelope::seal(BecauseRecord::FORMAT, &BecauseRecord::from(because))
}

fn read_because(text: &str) -> Result<Because> {
    let record = Envelope::open::<BecauseRecord>(BecauseRecord::FORMAT, text);
    record.and_then(Because::try_from).map_err(|error| Error::unreadable("plays.because", error))
}

/// How a source stands in a column: null is the library.
fn source_value(source: TrackSource) -> Value {
    source.service().map(|_| source.to_string()).into()
}

pub(super) fn write_end(nest: NestId, entry: EntryId, at: WallTime, outcome: Outcome) -> Result<Write> {
    END.with([nest.into(), entry.sequence().into(), at.into(), outcome_name(outcome).into()])
}
