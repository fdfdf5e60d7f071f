//! Channels of other applications: each a log of what was published, at the next sequence number of its stream, with the
//! ids of the webhooks that brought it, so that one that is sent again publishes nothing.
//!
//! A publication, its id and the channel's new position are one transaction: once it is committed, all of it is there.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Engine, Error, Result, changes, transaction};
use model::{ChannelName, WallTime};
use std::time::Duration;

/// How many channels there may be.
pub const CHANNELS_MAX: u32 = 1_000;
/// Publications of a channel that are kept.
pub const PUBLICATIONS_KEPT_MAX: u64 = 1_000;
/// Bytes of a channel's publications that are kept, looked at now and then: some more may be there for a while.
pub const PUBLICATIONS_KEPT_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long they are.
pub const PUBLICATIONS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long the ids of webhooks are remembered: senders try again for days.
pub const WEBHOOK_IDS_KEPT: Duration = Duration::from_secs(8 * 24 * 3600);
/// How long a channel lasts to which nothing comes.
pub const CHANNEL_SILENT_MAX: Duration = Duration::from_secs(90 * 24 * 3600);
/// The most publications [`read`] returns at once.
pub const PUBLICATIONS_READ_MAX: u32 = 1_000;
/// After so many publications a channel's bytes are added up.
const WEIGHED_EVERY: u64 = 16;
/// How often it is tried again if another process publishes the same at the same moment.
const ATTEMPTS_MAX: u32 = 3;

row! {
    struct HeadRow { name: String, epoch: String, sequence: i64 }
}
row! {
    struct PublicationRow { sequence: i64, at: i64, webhook_id: String, body: String }
}

queries! {
    KNOWN(Text, Text) -> i64 = "select sequence from app_webhook_ids where channel = $1 and id = $2";
    HEAD(Text) -> HeadRow = "select name, epoch, sequence from app_channels where name = $1";
    HEADS(Text) -> HeadRow =
        "select name, epoch, sequence from app_channels where name in (select value from each($1))";
    COUNT() -> i64 = "select count(*) from app_channels";
    OPEN(Text, Text, Int) =
        "insert into app_channels (name, epoch, sequence, created_at, published_at) values ($1, $2, 0, $3, $3)";
    ADVANCE(Text, Int, Int, Int) =
        "update app_channels set sequence = $3, published_at = $4 where name = $1 and sequence = $2";
    PUBLISH(Text, Int, Int, Int, Text, Text) =
        "insert into app_publications (channel, sequence, at, size_bytes, webhook_id, body)
         values ($1, $2, $3, $4, $5, $6)";
    REMEMBER(Text, Text, Int, Int) =
        "insert into app_webhook_ids (channel, id, sequence, at) values ($1, $2, $3, $4)";
    FORGET(Text, Int) = "delete from app_publications where channel = $1 and sequence <= $2";
    // The newest publication that does not fit any more, with all before it.
    FORGET_HEAVY(Text, Int) =
        "delete from app_publications where channel = $1 and sequence <= (
           select coalesce(max(sequence), 0) from (
             select sequence, sum(size_bytes) over (order by sequence desc) as so_far
             from app_publications where channel = $1) as weighed
           where so_far > cast($2 as bigint))";
    /// Heard by other processes once it is committed.
    TELL [Postgres](Text) = "select pg_notify($1, '')";
    READ(Text, Int, Int, Int) -> PublicationRow =
        "select sequence, at, webhook_id, body from app_publications
         where channel = $1 and sequence >= $2 and sequence <= $3 order by sequence limit $4";
    SWEEP_PUBLICATIONS(Int) = "delete from app_publications where at < $1";
    SWEEP_IDS(Int) = "delete from app_webhook_ids where at < $1";
    SWEEP_CHANNELS(Int) = "delete from app_channels where published_at < $1";
}

/// Where a channel's stream stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The channel.
    pub name: ChannelName,
    /// The stream's epoch: a channel that went and came again has another.
    pub epoch: String,
    /// The last publication's number.
    pub sequence: u64,
}

/// What a webhook brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Its number in the channel's stream.
    pub sequence: u64,
    /// When it came.
    pub at: WallTime,
    /// The webhook's id.
    pub webhook_id: String,
    /// JSON, in one line.
    pub body: String,
}

/// Something to be published.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Where.
    pub channel: ChannelName,
    /// The epoch of the stream, if this begins it.
    pub epoch: String,
    /// When it came.
    pub at: WallTime,
    /// The webhook's id.
    pub webhook_id: String,
    /// JSON, in one line.
    pub body: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is on disk, with this number.
    Published(u64),
    /// A webhook with this id was, with this number.
    Known(u64),
    /// There are [`CHANNELS_MAX`] others.
    TooManyChannels,
}

/// Publishes what a webhook brought, unless it was already. Returning `Ok` means that it is on disk.
///
/// # Errors
/// Whatever the engine says.
pub async fn append(database: &Database, arrived: &Arrived) -> Result<Appended> {
    let mut attempts = 1;
    loop {
        match append_once(database, arrived).await {
            // Another process was first, with this message or with the channel's first.
            Err(Error::Unique { .. } | Error::Constraint { .. }) if attempts < ATTEMPTS_MAX => attempts += 1,
            done => return done,
        }
    }
}

async fn append_once(database: &Database, arrived: &Arrived) -> Result<Appended> {
    let Arrived { channel, at, webhook_id, body, .. } = arrived;
    let name = || Value::from(channel.as_str());
    transaction!(database, |tx| {
        if let Some(known) = KNOWN.find(&mut tx, [name(), webhook_id.into()]).await? {
            return Ok(Appended::Known(known.unsigned_abs()));
        }
        let before = match HEAD.find(&mut tx, [name()]).await? {
            Some(head) => head.sequence.unsigned_abs(),
            None if COUNT.one(&mut tx, []).await? >= i64::from(CHANNELS_MAX) => {
                return Ok(Appended::TooManyChannels);
            }
            None => {
                OPEN.run(&mut tx, [name(), (&arrived.epoch).into(), (*at).into()]).await?;
                0
            }
        };
        let sequence = before + 1;
        let moved = [name(), before.into(), sequence.into(), (*at).into()];
        if ADVANCE.run(&mut tx, moved).await? == 0 {
            return Err(Error::Constraint { detail: ADVANCE.statement.name.into() });
        }
        let size = Value::from(body.len() as u64);
        let values = [name(), sequence.into(), (*at).into(), size, webhook_id.into(), body.into()];
        PUBLISH.run(&mut tx, values).await?;
        REMEMBER.run(&mut tx, [name(), webhook_id.into(), sequence.into(), (*at).into()]).await?;
        FORGET.run(&mut tx, [name(), sequence.saturating_sub(PUBLICATIONS_KEPT_MAX).into()]).await?;
        if sequence.is_multiple_of(WEIGHED_EVERY) {
            FORGET_HEAVY.run(&mut tx, [name(), PUBLICATIONS_KEPT_BYTES_MAX.into()]).await?;
        }
        if database.engine() == Engine::Postgres {
            TELL.run(&mut tx, [changes::CHANNEL.into()]).await?;
        }
        Ok(Appended::Published(sequence))
    })
}

/// Where a channel stands, if there is one.
///
/// # Errors
/// Whatever the engine says.
pub async fn head(on: impl Execute, channel: ChannelName) -> Result<Option<Head>> {
    HEAD.find(on, [channel.as_str().into()]).await?.map(HeadRow::into_head).transpose()
}

/// Where these channels stand; those that are not there are left out.
///
/// # Errors
/// Whatever the engine says.
pub async fn heads(on: impl Execute, channels: &[ChannelName]) -> Result<Vec<Head>> {
    HEADS.all(on, [Value::list(channels)]).await?.into_iter().map(HeadRow::into_head).collect()
}

/// The publications from number `from` to `until` that are kept, in order, at most `limit` and
/// [`PUBLICATIONS_READ_MAX`].
///
/// # Errors
/// Whatever the engine says.
pub async fn read(
    on: impl Execute,
    channel: ChannelName,
    from: u64,
    until: u64,
    limit: u32,
) -> Result<Vec<Publication>> {
    let limit = limit.min(PUBLICATIONS_READ_MAX);
    let rows = READ.all(on, [channel.as_str().into(), from.into(), until.into(), limit.into()]).await?;
    let read = |row: PublicationRow| Publication {
        sequence: row.sequence.unsigned_abs(),
        at: WallTime::from_micros(row.at),
        webhook_id: row.webhook_id,
        body: row.body,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Removes what is over: publications, ids, and channels to which nothing comes any more.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, now: WallTime) -> Result<()> {
    SWEEP_PUBLICATIONS.run(database, [now.minus(PUBLICATIONS_KEPT).into()]).await?;
    SWEEP_IDS.run(database, [now.minus(WEBHOOK_IDS_KEPT).into()]).await?;
    SWEEP_CHANNELS.run(database, [now.minus(CHANNEL_SILENT_MAX).into()]).await?;
    Ok(())
}

impl HeadRow {
    fn into_head(self) -> Result<Head> {
        let name = self.name.parse().map_err(|error| Error::unreadable("app_channels.name", error))?;
        Ok(Head { name, epoch: self.epoch, sequence: self.sequence.unsigned_abs() })
    }
}
