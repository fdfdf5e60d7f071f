//! The private JSON form of a nest's state. A snapshot of another format is not read at all: the log is there.

use super::autofill_record::{AutofillRecord, PersonRecord};
use super::reaction_record::HornRecord;
use super::record::{EntryRecord, PlaybackRecord, Unread, read_member};
use super::settings_record::{OrderingRecord, SettingsRecord};
use model::{MemberId, TrackId, WallTime};
use nest::{Door, Pace, Playing, Removal, Snapshot, limits};
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
    #[serde(default)]
    autofill: AutofillRecord,
    #[serde(default)]
    horns: Vec<HornRecord>,
    /// Time and person.
    #[serde(default)]
    horn_pace: Vec<(i64, String)>,
    #[serde(default)]
    comment_pace: Vec<(i64, String)>,
    #[serde(default)]
    free_horns: Vec<(String, u32)>,
    #[serde(default = "volume_percent_default")]
    volume_percent: u8,
    #[serde(default)]
    locked_behind: Option<Vec<String>>,
    #[serde(default)]
    kicked: Vec<PersonRecord>,
    closed: bool,
}

const fn volume_percent_default() -> u8 {
    limits::VOLUME_PERCENT_DEFAULT
}

fn pace_record(pace: &Pace) -> Vec<(i64, String)> {
    pace.recent().map(|(at, by)| (at.micros(), by.to_string())).collect()
}

fn read_pace(record: Vec<(i64, String)>) -> Result<Pace, Unread> {
    let read = |(at, by): (i64, String)| Ok((WallTime::from_micros(at), read_member(&by)?));
    Ok(Pace::from_recent(record.into_iter().map(read).collect::<Result<Vec<_>, Unread>>()?))
}

fn read_free_horns((member, horns): (String, u32)) -> Result<(MemberId, u32), Unread> {
    Ok((read_member(&member)?, horns))
}

fn read_door(locked_behind: Option<Vec<String>>, kicked: Vec<PersonRecord>) -> Result<Door, Unread> {
    let read = |behind: Vec<String>| behind.iter().map(|id| read_member(id)).collect::<Result<_, Unread>>();
    Ok(Door {
        locked_behind: locked_behind.map(read).transpose()?.map(Arc::new),
        kicked: Arc::new(kicked.into_iter().map(TryInto::try_into).collect::<Result<_, Unread>>()?),
    })
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
    #[serde(default)]
    ordering: OrderingRecord,
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
            autofill_waits: snapshot.autofill.waits,
            autofill: (&snapshot.autofill).into(),
            horns: snapshot.horns.iter().map(|horn| HornRecord::from(&**horn)).collect(),
            horn_pace: pace_record(&snapshot.horn_pace),
            comment_pace: pace_record(&snapshot.comment_pace),
            free_horns: snapshot.free_horns.iter().map(|(id, horns)| (id.to_string(), *horns)).collect(),
            volume_percent: snapshot.volume_percent,
            locked_behind: (snapshot.door.locked_behind.as_deref())
                .map(|behind| behind.iter().map(ToString::to_string).collect()),
            kicked: snapshot.door.kicked.iter().map(PersonRecord::from).collect(),
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
            ordering: removal.ordering.into(),
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
            ordering: record.ordering.into(),
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
        let horn = |horn: HornRecord| horn.try_into().map(Arc::new);
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
            autofill: record.autofill.read(record.autofill_waits)?,
            horns: record.horns.into_iter().map(horn).collect::<Result<_, _>>()?,
            horn_pace: read_pace(record.horn_pace)?,
            comment_pace: read_pace(record.comment_pace)?,
            free_horns: record.free_horns.into_iter().map(read_free_horns).collect::<Result<_, _>>()?,
            volume_percent: record.volume_percent,
            door: read_door(record.locked_behind, record.kicked)?,
            closed: record.closed,
        })
    }
}
