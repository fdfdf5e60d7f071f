//! The log of a nest: appending at the next sequence number, reading, and loading the state it folds to.

use super::NestRecord;
use super::event_record::{EventRecord, FORMAT};
use super::plays::{self, EndedPlay, Play};
use super::reactions;
use super::record::{Envelope, read_member};
use super::snapshot_record::SnapshotRecord;
use crate::query::{Write, queries};
use crate::row::row;
use crate::{Database, Engine, Error, Result, audit, changes, idempotency};
use model::{EntryId, NestId, Slug, WallTime};
use nest::{Entry, Event, EventKind, Horn, Nest, Outcome, Snapshot};
use std::sync::Arc;

/// A snapshot is stored about every this many events, so that loading folds no more than these.
pub const EVENTS_PER_SNAPSHOT: u64 = 200;
/// The most events [`read`] returns at once.
pub const EVENTS_READ_MAX: u32 = 1_000;

row! {
    struct EventRow { sequence: i64, at: i64, by_member: Option<String>, payload: String }
}
row! {
    struct SnapshotRow { payload: String }
}

queries! {
    OPEN(Text, Text, Text, Text, Int, Text) =
        "insert into nests (id, code, name, created_by, created_at, slug) values ($1, $2, $3, $4, $5, $6)";
    // No gap: the event before must be there. No fork: the primary key.
    APPEND(Text, Int, Int, Text, Text, Text) =
        "insert into nest_events (nest_id, sequence, at, by_member, kind, payload)
         select cast($1 as text), cast($2 as bigint), cast($3 as bigint), cast($4 as text), cast($5 as text),
                cast($6 as text)
         where $2 = 1 or exists (select 1 from nest_events where nest_id = $1 and sequence = $2 - 1)";
    /// Heard by other processes once it is committed.
    TELL [Postgres](Text) = "select pg_notify($1, '')";
    RENAME(Text, Text, Text) = "update nests set name = $2, slug = $3 where id = $1";
    CLOSE(Text, Int) = "update nests set closed_at = $2 where id = $1 and closed_at is null";
    SNAPSHOT(Text, Int, Text) =
        "insert into nest_snapshots (nest_id, sequence, payload) values ($1, $2, $3) on conflict do nothing";
    FORGET_SNAPSHOTS(Text, Int) = "delete from nest_snapshots where nest_id = $1 and sequence < $2";
    READ(Text, Int, Int) -> EventRow =
        "select sequence, at, by_member, payload from nest_events
         where nest_id = $1 and sequence >= $2 order by sequence limit $3";
    ENDINGS(Text, Int, Int) -> EventRow =
        "select sequence, at, by_member, payload from nest_events
         where nest_id = $1 and sequence > $2 and kind = 'playback_ended' order by sequence limit $3";
    HORNS(Text, Int, Int, Int) -> EventRow =
        "select sequence, at, by_member, payload from nest_events
         where nest_id = $1 and sequence > $2 and sequence <= $3 and kind = 'horn_blown' order by sequence limit $4";
    LATEST(Text) -> SnapshotRow =
        "select payload from nest_snapshots where nest_id = $1 order by sequence desc limit 1";
}

/// What changes beside the log, in the same transaction.
#[derive(Clone, Debug)]
pub enum Projection {
    /// A playing began.
    PlayStarted(Box<Play>),
    /// The playing of this entry ended.
    PlayEnded {
        /// Which entry.
        entry: EntryId,
        /// When.
        at: WallTime,
        /// How.
        outcome: Outcome,
    },
    /// The playing of this entry is over; its jams and comments are kept with the play.
    PlayReactions(Arc<Entry>),
    /// The nest has this name, and this word leads to it.
    Renamed(String, Option<Slug>),
    /// The nest was closed; its code is free again.
    Closed(WallTime),
    /// The state after the last of the events. See [`snapshot_is_due`].
    Snapshot(Box<Snapshot>),
    /// The answer to a request with a key, which these events carry out.
    Answered(idempotency::Answer),
}

/// Whether a snapshot should be stored with events that lead from `before` to `after`.
pub const fn snapshot_is_due(before: u64, after: u64) -> bool {
    before / EVENTS_PER_SNAPSHOT != after / EVENTS_PER_SNAPSHOT
}

/// Opens a nest: its row, and `first`, the event its log begins with.
///
/// # Errors
/// [`Error::SlugTaken`]; [`Error::Unique`] if the code is in use by an open nest or the id is taken: draw another;
/// whatever the engine says.
pub async fn open(database: &Database, record: &NestRecord, first: &Event) -> Result<()> {
    let Some(nest) = Nest::from_first(first) else {
        return Err(Error::unreadable("the first event of a nest", "it must be `Opened` with sequence 1"));
    };
    let values = [
        record.id.into(),
        record.code.into(),
        (&record.name).into(),
        record.created_by.into(),
        record.created_at.into(),
        nest.settings().slug.as_ref().map(Slug::as_str).into(),
    ];
    let mut writes = vec![OPEN.with(values)?, write_event(record.id, first)?];
    writes.extend(audit::of_event(record.id, first)?);
    writes.extend(tell(database)?);
    database.write_together(writes).await.map_err(known_slug)
}

/// The one thing about another nest that can be in the way.
fn known_slug(error: Error) -> Error {
    match error {
        Error::Unique { constraint } if constraint.contains("slug") => Error::SlugTaken,
        error => error,
    }
}

/// Appends events with their projections, all or nothing. The first event's sequence number says what the log must be at.
/// Without events, only the projections are written.
///
/// Returning `Ok` means that it is on disk. A caller that goes away before may or may not have appended; the log tells.
///
/// # Errors
/// [`Error::LogMoved`] if the log is not there: read on from it and decide again. [`Error::KeyTaken`] if one of the
/// requests was carried out before. [`Error::SlugTaken`]. [`Error::ForeignKey`] or [`Error::LogMoved`] if there is no such nest; whatever the
/// engine says.
pub async fn append(
    database: &Database,
    nest: NestId,
    events: &[Event],
    projections: &[Projection],
) -> Result<()> {
    if events.is_empty() && projections.is_empty() {
        return Ok(());
    }
    let expected = events.first().map_or(0, |event| event.sequence);
    let contiguous = events.iter().zip(expected..).all(|(event, sequence)| event.sequence == sequence);
    if !contiguous {
        return Err(Error::unreadable(
            "the events to append",
            "their sequence numbers do not follow each other",
        ));
    }
    let mut writes = Vec::with_capacity(events.len() + projections.len() + 1);
    for event in events {
        writes.push(write_event(nest, event)?);
        writes.extend(audit::of_event(nest, event)?);
    }
    for projection in projections {
        write_projection(nest, projection, &mut writes)?;
    }
    if !events.is_empty() {
        writes.extend(tell(database)?);
    }
    database.write_together(writes).await.map_err(|error| match error {
        Error::Unique { constraint } if constraint.contains("nest_events") => Error::LogMoved { expected },
        Error::Constraint { detail } if detail == APPEND.statement.name => Error::LogMoved { expected },
        Error::Constraint { detail } if idempotency::refused(&detail) => Error::KeyTaken,
        error => known_slug(error),
    })
}

/// What tells other processes that a log has grown, where they are to be told.
fn tell(database: &Database) -> Result<Option<Write>> {
    let is_told = database.engine() == Engine::Postgres;
    is_told.then(|| TELL.with([changes::CHANNEL.into()])).transpose()
}

fn write_event(nest: NestId, event: &Event) -> Result<Write> {
    let record = EventRecord::from(&event.kind);
    let payload = Envelope::seal(FORMAT, &record)?;
    let values = [
        nest.into(),
        event.sequence.into(),
        event.at.into(),
        event.by.into(),
        record.name().into(),
        payload.into(),
    ];
    Ok(APPEND.with(values)?.or_fail())
}

fn write_projection(nest: NestId, projection: &Projection, writes: &mut Vec<Write>) -> Result<()> {
    match projection {
        Projection::PlayStarted(play) => writes.push(plays::write_start(nest, play)?),
        Projection::PlayEnded { entry, at, outcome } => {
            writes.push(plays::write_end(nest, *entry, *at, *outcome)?);
        }
        Projection::PlayReactions(entry) => writes.extend(reactions::write(nest, entry)?),
        Projection::Renamed(name, slug) => {
            let slug = slug.as_ref().map(Slug::as_str);
            writes.push(RENAME.with([nest.into(), name.into(), slug.into()])?);
        }
        Projection::Closed(at) => writes.push(CLOSE.with([nest.into(), (*at).into()])?),
        Projection::Snapshot(snapshot) => {
            let payload = Envelope::seal(SnapshotRecord::FORMAT, &SnapshotRecord::from(&**snapshot))?;
            let sequence = snapshot.sequence;
            writes.push(SNAPSHOT.with([nest.into(), sequence.into(), payload.into()])?);
            writes.push(FORGET_SNAPSHOTS.with([nest.into(), sequence.into()])?);
        }
        Projection::Answered(answer) => writes.push(idempotency::write(answer)?),
    }
    Ok(())
}

/// Up to `limit` events (at most [`EVENTS_READ_MAX`]) from sequence number `from` on, in order.
///
/// # Errors
/// [`Error::Unreadable`] for an event of a kind this release does not know; whatever the engine says.
pub async fn read(database: &Database, nest: NestId, from: u64, limit: u32) -> Result<Vec<Event>> {
    let limit = limit.min(EVENTS_READ_MAX);
    let rows = READ.all(database, [nest.into(), from.into(), limit.into()]).await?;
    rows.into_iter().map(|row| read_event(nest, row)).collect()
}

/// The endings after event `after`, in their order, with what is known of the plays. At most `limit`.
///
/// # Errors
/// [`Error::Unreadable`] for an event of a kind this release does not know; whatever the engine says.
pub(crate) async fn plays_ended(
    database: &Database,
    nest: NestId,
    after: u64,
    limit: u32,
) -> Result<Vec<EndedPlay>> {
    let rows = ENDINGS.all(database, [nest.into(), after.into(), limit.into()]).await?;
    let events = rows.into_iter().map(|row| read_event(nest, row)).collect::<Result<Vec<_>>>()?;
    let ended = events.iter().filter_map(|event| match event.kind {
        EventKind::PlaybackEnded { entry, .. } => Some((event.sequence, entry)),
        _ => None,
    });
    let ended: Vec<(u64, EntryId)> = ended.collect();
    let entries: Vec<EntryId> = ended.iter().map(|(_, entry)| *entry).collect();
    let mut plays = plays::plays_of_entries(database, nest, &entries).await?;
    reactions::read_into(database, &mut plays).await?;
    let horns = horns(database, nest, &ended).await?;
    let of_entry = |(sequence, entry): (u64, EntryId)| EndedPlay {
        sequence,
        play: plays.iter().find(|play| play.entry == entry).cloned(),
        horns: horns.iter().filter(|horn| horn.entry == entry).cloned().collect(),
    };
    Ok(ended.into_iter().map(of_entry).collect())
}

/// The horns that were blown from when the first of these entries was added until the last one ended.
async fn horns(database: &Database, nest: NestId, ended: &[(u64, EntryId)]) -> Result<Vec<Horn>> {
    let from = ended.iter().map(|(_, entry)| entry.sequence()).min().unwrap_or_default();
    let until = ended.last().map_or(0, |(sequence, _)| *sequence);
    let values = [nest.into(), from.into(), until.into(), EVENTS_READ_MAX.into()];
    let mut horns = Vec::new();
    for row in HORNS.all(database, values).await? {
        if let EventKind::HornBlown { horn } = read_event(nest, row)?.kind {
            horns.push(horn);
        }
    }
    Ok(horns)
}

fn read_event(nest: NestId, row: EventRow) -> Result<Event> {
    let what = || format!("event {} of nest {nest}", row.sequence);
    let record: EventRecord =
        Envelope::open(FORMAT, &row.payload).map_err(|error| Error::unreadable(what(), error))?;
    let kind = EventKind::try_from(record).map_err(|error| Error::unreadable(what(), error))?;
    let by = row.by_member.as_deref().map(read_member).transpose();
    Ok(Event {
        sequence: row.sequence.unsigned_abs(),
        at: WallTime::from_micros(row.at),
        by: by.map_err(|error| Error::unreadable(what(), error))?,
        kind,
    })
}

/// The state of a nest: its latest snapshot and every event after it; `None`: there is no such log. The state knows its
/// sequence number.
///
/// # Errors
/// [`Error::Unreadable`] for an event of a kind this release does not know; whatever the engine says.
pub async fn load(database: &Database, nest: NestId) -> Result<Option<Nest>> {
    let row = LATEST.find(database, [nest.into()]).await?;
    let mut state = row.and_then(|row| read_snapshot(nest, &row.payload));
    loop {
        let next = state.as_ref().map_or(1, |state| state.sequence() + 1);
        let events = read(database, nest, next, EVENTS_READ_MAX).await?;
        let last = events.len() < EVENTS_READ_MAX as usize;
        for event in &events {
            match &mut state {
                Some(state) => state.apply(event),
                None => state = Nest::from_first(event),
            }
        }
        if last {
            return Ok(state);
        }
    }
}

/// A snapshot is only a short cut: one that cannot be read is left aside and the log is folded from its beginning.
fn read_snapshot(nest: NestId, payload: &str) -> Option<Nest> {
    let record = Envelope::open::<SnapshotRecord>(SnapshotRecord::FORMAT, payload);
    match record.and_then(Snapshot::try_from) {
        Ok(snapshot) => Some(Nest::from_snapshot(snapshot)),
        Err(error) => {
            tracing::warn!(%nest, error, "the snapshot cannot be read; folding the whole log");
            None
        }
    }
}
