//! The private JSON form of a nest's state. A snapshot of another format is not read at all: the log is there.

use super::record::{EntryRecord, PlaybackRecord, SettingsRecord, Unread, read_member};
use model::{TrackId, WallTime};
use nest::{Playing, Removal, Snapshot};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Serialize, Deserialize)]
pub(super) struct SnapshotRecord {
    sequence: u64,
    last_event_at: i64,
    last_person_at: i64,
    settings: SettingsRecord,
    host: Option<String>,
    queue: Vec<EntryRecord>,
    playing: Option<PlayingRecord>,
    removals: Vec<RemovalRecord>,
    recent: Vec<String>,
    #[serde(default)]
    autofill_waits: bool,
    closed: bool,
}

#[derive(Serialize, Deserialize)]
struct PlayingRecord {
    entry: EntryRecord,
    playback: PlaybackRecord,
}

#[derive(Serialize, Deserialize)]
struct RemovalRecord {
    entry: EntryRecord,
    at: i64,
    by: Option<String>,
    cleared_by_event: Option<u64>,
}

impl SnapshotRecord {
    /// The version of this form.
    pub(super) const FORMAT: u32 = 1;
}

impl From<&Snapshot> for SnapshotRecord {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            sequence: snapshot.sequence,
            last_event_at: snapshot.last_event_at.micros(),
            last_person_at: snapshot.last_person_at.micros(),
            settings: (&snapshot.settings).into(),
            host: snapshot.host.map(|id| id.to_string()),
            queue: snapshot.queue.iter().map(|entry| EntryRecord::from(&**entry)).collect(),
            playing: snapshot.playing.as_ref().map(|playing| PlayingRecord {
                entry: EntryRecord::from(&*playing.entry),
                playback: playing.playback.into(),
            }),
            removals: snapshot.removals.iter().map(RemovalRecord::from).collect(),
            recent: snapshot.recent.iter().map(ToString::to_string).collect(),
            autofill_waits: snapshot.autofill_waits,
            closed: snapshot.closed,
        }
    }
}

impl From<&Removal> for RemovalRecord {
    fn from(removal: &Removal) -> Self {
        Self {
            entry: EntryRecord::from(&*removal.entry),
            at: removal.at.micros(),
            by: removal.by.map(|id| id.to_string()),
            cleared_by_event: removal.cleared_by_event,
        }
    }
}

impl TryFrom<RemovalRecord> for Removal {
    type Error = Unread;

    fn try_from(record: RemovalRecord) -> Result<Self, Unread> {
        Ok(Self {
            entry: Arc::new(record.entry.try_into()?),
            at: WallTime::from_micros(record.at),
            by: record.by.as_deref().map(read_member).transpose()?,
            cleared_by_event: record.cleared_by_event,
        })
    }
}

impl TryFrom<SnapshotRecord> for Snapshot {
    type Error = Unread;

    fn try_from(record: SnapshotRecord) -> Result<Self, Unread> {
        let playing = |playing: PlayingRecord| {
            let entry = Arc::new(playing.entry.try_into()?);
            Ok::<_, Unread>(Playing { entry, playback: playing.playback.into() })
        };
        let entry = |entry: EntryRecord| entry.try_into().map(Arc::new);
        let track = |id: String| id.parse::<TrackId>().map_err(|error| error.to_string());
        Ok(Self {
            sequence: record.sequence,
            last_event_at: WallTime::from_micros(record.last_event_at),
            last_person_at: WallTime::from_micros(record.last_person_at),
            settings: record.settings.try_into()?,
            host: record.host.as_deref().map(read_member).transpose()?,
            queue: record.queue.into_iter().map(entry).collect::<Result<_, _>>()?,
            playing: record.playing.map(playing).transpose()?,
            removals: record.removals.into_iter().map(Removal::try_from).collect::<Result<_, _>>()?,
            recent: record.recent.into_iter().map(track).collect::<Result<_, _>>()?,
            autofill_waits: record.autofill_waits,
            closed: record.closed,
        })
    }
}
