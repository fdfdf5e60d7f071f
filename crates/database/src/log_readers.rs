//! Readers of the logs that must miss nothing: how far each has come in each nest, and what is new for it.

use crate::nests::{self, EndedPlay};
use crate::query::queries;
use crate::row::row;
use crate::{Database, Error, Result};
use model::NestId;

row! {
    struct UnreadRow { nest_id: String, sequence: i64 }
}

queries! {
    IS_KNOWN(Text) -> i64 = "select count(*) from (select 1 from log_readers where reader = $1 limit 1) as one";
    BEGIN(Text) =
        "insert into log_readers (reader, nest_id, sequence)
         select cast($1 as text), nests.id, coalesce((select max(sequence) from nest_events where nest_id = nests.id), 0)
         from nests where true
         on conflict (reader, nest_id) do nothing";
    UNREAD(Text, Int) -> UnreadRow =
        "select nests.id as nest_id, coalesce(log_readers.sequence, 0) as sequence
         from nests left join log_readers on log_readers.nest_id = nests.id and log_readers.reader = $1
         where exists (select 1 from nest_events where nest_events.nest_id = nests.id
                         and nest_events.sequence > coalesce(log_readers.sequence, 0)
                         and nest_events.kind = 'playback_ended')
         order by nests.id limit $2";
    ADVANCE(Text, Text, Int, Int) =
        "insert into log_readers (reader, nest_id, sequence) values ($1, $2, $4)
         on conflict (reader, nest_id) do update set sequence = excluded.sequence where log_readers.sequence = $3";
}

/// A nest in which plays have ended that a reader does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which nest.
    pub nest: NestId,
    /// The last sequence number the reader knows.
    pub after: u64,
}

/// Lets a reader that is new begin at the end of all logs. For one that is known nothing changes.
///
/// # Errors
/// Whatever the engine says.
pub async fn begin(database: &Database, reader: &str) -> Result<()> {
    crate::transaction!(database, |tx| {
        if IS_KNOWN.one(&mut tx, [reader.into()]).await? == 0 {
            BEGIN.run(&mut tx, [reader.into()]).await?;
        }
        Ok(())
    })
}

/// Whether a reader has begun.
///
/// # Errors
/// Whatever the engine says.
pub async fn is_known(database: &Database, reader: &str) -> Result<bool> {
    Ok(IS_KNOWN.one(database, [reader.into()]).await? > 0)
}

/// Nests, open and closed, in which plays have ended that the reader does not know: at most `limit`.
///
/// # Errors
/// Whatever the engine says.
pub async fn unread(database: &Database, reader: &str, limit: u32) -> Result<Vec<Unread>> {
    let read = |row: UnreadRow| {
        let nest = row.nest_id.parse().map_err(|error| Error::unreadable("nests.id", error))?;
        Ok(Unread { nest, after: row.sequence.unsigned_abs() })
    };
    UNREAD.all(database, [reader.into(), limit.into()]).await?.into_iter().map(read).collect()
}

/// The endings of plays in a nest, in their order, with what is known of the plays. At most `limit`.
///
/// # Errors
/// [`Error::Unreadable`] for an event that this release does not know; whatever the engine says.
pub async fn plays_ended(database: &Database, unread: Unread, limit: u32) -> Result<Vec<EndedPlay>> {
    nests::plays_ended(database, unread.nest, unread.after, limit).await
}

/// Notes that the reader has come from one event to another; `false`: another process was first.
///
/// # Errors
/// Whatever the engine says.
pub async fn advance(database: &Database, reader: &str, from: Unread, to: u64) -> Result<bool> {
    let values = [reader.into(), from.nest.into(), from.after.into(), to.into()];
    Ok(ADVANCE.run(database, values).await? > 0)
}
