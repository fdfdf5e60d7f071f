//! Nests: which there are, and their logs.

mod autofill_record;
mod event_record;
mod log;
mod plays;
mod reaction_record;
mod reactions;
mod record;
mod settings_record;
mod snapshot_record;

pub(crate) use log::plays_ended;
pub use log::{EVENTS_PER_SNAPSHOT, EVENTS_READ_MAX, Projection, append, load, open, read, snapshot_is_due};
pub use plays::{EndedPlay, PLAYS_PAGE_MAX, Play, PlayCursor, list_plays, plays_of_entries};
pub(crate) use plays::{PlayRow, outcome_name, play_columns};
pub(crate) use reactions::{COMMENT, JAM, read_into as read_reactions};

use crate::query::{Statement, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result};
use model::{MemberId, NestCode, NestId, WallTime};

row! {
    struct NestRow {
        id: String, code: String, name: String, created_by: Option<String>, created_at: i64, closed_at: Option<i64>,
        listened_at: Option<i64>,
    }
}

row! {
    struct HeadRow { id: String, sequence: i64 }
}

row! {
    struct ListenedRow { listened_at: Option<i64> }
}

queries! {
    BY_ID(Text) -> NestRow = "select id, code, name, created_by, created_at, closed_at, listened_at from nests where id = $1";
    BY_CODE(Text) -> NestRow =
        "select id, code, name, created_by, created_at, closed_at, listened_at from nests where code = $1 and closed_at is null";
    OPEN(Int) -> NestRow =
        "select id, code, name, created_by, created_at, closed_at, listened_at from nests where closed_at is null
         order by created_at, id limit $1";
    HEADS(Int) -> HeadRow =
        "select id, coalesce((select max(sequence) from nest_events where nest_id = nests.id), 0) as sequence
         from nests where closed_at is null order by created_at, id limit $1";
    OF_IDS(Text) -> NestRow =
        "select id, code, name, created_by, created_at, closed_at, listened_at from nests
         where id in (select value from each($1))";
    LISTENED(Text, Int) =
        "update nests set listened_at = $2 where id = $1 and (listened_at is null or listened_at < $2)";
    LISTENED_AT(Text) -> ListenedRow = "select listened_at from nests where id = $1";
}

pub(crate) fn statements() -> impl Iterator<Item = &'static Statement> {
    [ALL, log::ALL, plays::ALL, reactions::ALL].into_iter().flatten().copied()
}

/// A nest as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestRecord {
    /// Id.
    pub id: NestId,
    /// The code people name it by; unique among open nests.
    pub code: NestCode,
    /// Its name now.
    pub name: String,
    /// Who opened it.
    pub created_by: Option<MemberId>,
    /// When it was opened.
    pub created_at: WallTime,
    /// When it was closed.
    pub closed_at: Option<WallTime>,
    /// When somebody was last known to listen, see [`listened`].
    pub listened_at: Option<WallTime>,
}

impl NestRow {
    fn into_record(self) -> Result<NestRecord> {
        let created_by = self.created_by.map(|id| id.parse()).transpose();
        Ok(NestRecord {
            id: self.id.parse().map_err(|error| Error::unreadable("nests.id", error))?,
            code: self.code.parse().map_err(|error| Error::unreadable("nests.code", error))?,
            name: self.name,
            created_by: created_by.map_err(|error| Error::unreadable("nests.created_by", error))?,
            created_at: WallTime::from_micros(self.created_at),
            closed_at: self.closed_at.map(WallTime::from_micros),
            listened_at: self.listened_at.map(WallTime::from_micros),
        })
    }
}

/// The nest with this id, open or closed.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(database: &Database, id: NestId) -> Result<Option<NestRecord>> {
    BY_ID.find(database, [id.into()]).await?.map(NestRow::into_record).transpose()
}

/// The open nest with this code.
///
/// # Errors
/// Whatever the engine says.
pub async fn find_by_code(database: &Database, code: NestCode) -> Result<Option<NestRecord>> {
    BY_CODE.find(database, [code.into()]).await?.map(NestRow::into_record).transpose()
}

/// Open nests, oldest first, at most `limit`.
///
/// # Errors
/// Whatever the engine says.
pub async fn list_open(database: &Database, limit: u32) -> Result<Vec<NestRecord>> {
    OPEN.all(database, [limit.into()]).await?.into_iter().map(NestRow::into_record).collect()
}

/// How far the log of an open nest goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which nest.
    pub id: NestId,
    /// Its last sequence number.
    pub sequence: u64,
}

/// How far the logs of open nests go, oldest nest first, at most `limit`.
///
/// # Errors
/// Whatever the engine says.
pub async fn heads(database: &Database, limit: u32) -> Result<Vec<Head>> {
    let read = |row: HeadRow| {
        let id = row.id.parse().map_err(|error| Error::unreadable("nests.id", error))?;
        Ok(Head { id, sequence: row.sequence.unsigned_abs() })
    };
    HEADS.all(database, [limit.into()]).await?.into_iter().map(read).collect()
}

/// These nests, open or closed, in no order.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, ids: impl IntoIterator<Item = NestId>) -> Result<Vec<NestRecord>> {
    OF_IDS.all(database, [Value::list(ids)]).await?.into_iter().map(NestRow::into_record).collect()
}

/// Notes that somebody listened to this nest at this time. No part of its log: it says when the nest may end.
///
/// # Errors
/// Whatever the engine says.
pub async fn listened(database: &Database, id: NestId, at: WallTime) -> Result<()> {
    LISTENED.run(database, [id.into(), at.into()]).await.map(drop)
}

/// When somebody was last noted to listen to this nest, by whatever process; `None`: never.
///
/// # Errors
/// Whatever the engine says.
pub async fn listened_at(database: &Database, id: NestId) -> Result<Option<WallTime>> {
    let row = LISTENED_AT.find(database, [id.into()]).await?;
    Ok(row.and_then(|row| row.listened_at).map(WallTime::from_micros))
}
