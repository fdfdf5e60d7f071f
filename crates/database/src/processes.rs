//! Which processes work with the database, and what their releases know of its schema. What an older one needs is not
//! taken away while it is there.
//!
//! A process says that it is there when it starts, seldom while it runs, so that an idle server writes next to nothing,
//! and takes its line away when it ends. One that was killed is believed to be there until it has been silent for long.
//! Releases from before there was this table are not in it.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Database, Result, backfill, migrate, transaction};
use migrate::Migrations;
use model::WallTime;
use std::time::Duration;

/// How often a process says that it is there.
pub const BEAT_EVERY: Duration = Duration::from_secs(5 * 60);
/// One that was silent for so long is not there any more.
pub const SILENCE_MAX: Duration = Duration::from_secs(15 * 60);

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Told from all others.
    pub id: String,
    /// Its release, as people call it.
    pub release: String,
    /// The newest migration that it knows.
    pub known: u32,
    /// When it was last heard of.
    pub seen_at: WallTime,
}

row! {
    struct ProcessRow { id: String, release: String, known: i64, seen_at: i64 }
}

queries! {
    ENTER(Text, Text, Int, Int) =
        "insert into schema_processes (id, release, known, started_at, seen_at) values ($1, $2, $3, $4, $4)
         on conflict (id) do update set seen_at = excluded.seen_at";
    LEAVE(Text) = "delete from schema_processes where id = $1";
    SWEEP(Int) = "delete from schema_processes where seen_at <= $1";
    THERE(Int) -> ProcessRow =
        "select id, release, known, seen_at from schema_processes where seen_at > $1 order by known, release, id";
    OLDER(Int, Int) -> i64 = "select count(*) from schema_processes where known < $1 and seen_at > $2";
}

/// Says that a process is there, at its start and now and then. What rows it may write that lack something is brought along
/// again.
///
/// # Errors
/// [`Error::DatabaseNewer`](crate::Error::DatabaseNewer) if the database does not take its release any more: it must end.
pub async fn enter(database: &Database, own: &Migrations, process: &Process) -> Result<()> {
    migrate::prepare(database).await?;
    transaction!(database, |tx| {
        // Not beside a contract, which looks who is there.
        migrate::lock(database, &mut tx).await?;
        own.refuse_newer(&migrate::applied(&mut tx).await?)?;
        SWEEP.run(&mut tx, [process.seen_at.minus(SILENCE_MAX).into()]).await?;
        backfill::reopen(&mut tx, process.known).await?;
        let values =
            [(&process.id).into(), (&process.release).into(), process.known.into(), process.seen_at.into()];
        ENTER.run(&mut tx, values).await.map(drop)
    })
}

/// Takes its line away.
///
/// # Errors
/// Whatever the engine says.
pub async fn leave(database: &Database, id: &str) -> Result<()> {
    LEAVE.run(database, [id.into()]).await.map(drop)
}

/// Which are there, those that know least first.
///
/// # Errors
/// Whatever the engine says.
pub async fn there(on: impl Execute, now: WallTime) -> Result<Vec<Process>> {
    let rows = THERE.all(on, [now.minus(SILENCE_MAX).into()]).await?;
    let process = |row: ProcessRow| Process {
        id: row.id,
        release: row.release,
        known: u32::try_from(row.known).unwrap_or(u32::MAX),
        seen_at: WallTime::from_micros(row.seen_at),
    };
    Ok(rows.into_iter().map(process).collect())
}

/// How many are there that do not know a migration.
pub(crate) async fn older(on: impl Execute, number: u32, now: WallTime) -> Result<u64> {
    let since = now.minus(SILENCE_MAX);
    Ok(OLDER.one(on, [number.into(), since.into()]).await?.unsigned_abs())
}
