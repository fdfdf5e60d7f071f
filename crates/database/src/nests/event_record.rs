//! The private JSON form of an event's kind.

use super::record::{
    DirectionRecord, EntryRecord, PlaybackRecord, SettingsRecord, StandingRecord, Unread, read_member,
    read_standings, standing_records,
};
use model::{EntryId, WallTime};
use nest::{EventKind, Outcome, PlaybackChange};
use serde::{Deserialize, Serialize};

/// The version of this form. It grows when an older release could misread what is written.
pub(super) const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum EventRecord {
    Opened {
        settings: SettingsRecord,
        host: Option<String>,
    },
    EntryAdded {
        entry: EntryRecord,
        rescored: Vec<StandingRecord>,
    },
    EntryRemoved {
        entry: u64,
    },
    EntryRestored {
        entry: EntryRecord,
    },
    QueueCleared,
    VoteCast {
        entry: u64,
        voter: String,
        direction: Option<DirectionRecord>,
        counted: bool,
        tally: i32,
        rescored: Vec<StandingRecord>,
    },
    PlaybackStarted {
        entry: u64,
        started_at: i64,
    },
    PlaybackChanged {
        change: ChangeRecord,
        playback: PlaybackRecord,
    },
    PlaybackEnded {
        entry: u64,
        outcome: OutcomeRecord,
    },
    SettingsChanged {
        settings: SettingsRecord,
    },
    HostChanged {
        host: String,
    },
    Closed,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChangeRecord {
    Paused,
    Resumed,
    Seeked,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeRecord {
    Finished,
    Skipped,
    Unplayable,
}

impl EventRecord {
    /// The name of the kind, as it stands in its own column.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::EntryAdded { .. } => "entry_added",
            Self::EntryRemoved { .. } => "entry_removed",
            Self::EntryRestored { .. } => "entry_restored",
            Self::QueueCleared => "queue_cleared",
            Self::VoteCast { .. } => "vote_cast",
            Self::PlaybackStarted { .. } => "playback_started",
            Self::PlaybackChanged { .. } => "playback_changed",
            Self::PlaybackEnded { .. } => "playback_ended",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::HostChanged { .. } => "host_changed",
            Self::Closed => "closed",
        }
    }
}

impl From<&EventKind> for EventRecord {
    fn from(kind: &EventKind) -> Self {
        match kind {
            EventKind::Opened { settings, host } => {
                Self::Opened { settings: settings.into(), host: host.map(|id| id.to_string()) }
            }
            EventKind::EntryAdded { entry, rescored } => {
                Self::EntryAdded { entry: entry.into(), rescored: standing_records(rescored) }
            }
            EventKind::EntryRemoved { entry } => Self::EntryRemoved { entry: entry.sequence() },
            EventKind::EntryRestored { entry } => Self::EntryRestored { entry: entry.into() },
            EventKind::QueueCleared => Self::QueueCleared,
            EventKind::VoteCast { entry, voter, direction, counted, tally, rescored } => Self::VoteCast {
                entry: entry.sequence(),
                voter: voter.to_string(),
                direction: direction.map(Into::into),
                counted: *counted,
                tally: *tally,
                rescored: standing_records(rescored),
            },
            EventKind::PlaybackStarted { entry, started_at } => {
                Self::PlaybackStarted { entry: entry.sequence(), started_at: started_at.micros() }
            }
            EventKind::PlaybackChanged { change, playback } => {
                Self::PlaybackChanged { change: (*change).into(), playback: (*playback).into() }
            }
            EventKind::PlaybackEnded { entry, outcome } => {
                Self::PlaybackEnded { entry: entry.sequence(), outcome: (*outcome).into() }
            }
            EventKind::SettingsChanged { settings } => Self::SettingsChanged { settings: settings.into() },
            EventKind::HostChanged { host } => Self::HostChanged { host: host.to_string() },
            EventKind::Closed => Self::Closed,
        }
    }
}

impl TryFrom<EventRecord> for EventKind {
    type Error = Unread;

    fn try_from(record: EventRecord) -> Result<Self, Unread> {
        Ok(match record {
            EventRecord::Opened { settings, host } => Self::Opened {
                settings: settings.try_into()?,
                host: host.as_deref().map(read_member).transpose()?,
            },
            EventRecord::EntryAdded { entry, rescored } => {
                Self::EntryAdded { entry: entry.try_into()?, rescored: read_standings(rescored) }
            }
            EventRecord::EntryRemoved { entry } => {
                Self::EntryRemoved { entry: EntryId::from_sequence(entry) }
            }
            EventRecord::EntryRestored { entry } => Self::EntryRestored { entry: entry.try_into()? },
            EventRecord::QueueCleared => Self::QueueCleared,
            EventRecord::VoteCast { entry, voter, direction, counted, tally, rescored } => Self::VoteCast {
                entry: EntryId::from_sequence(entry),
                voter: read_member(&voter)?,
                direction: direction.map(Into::into),
                counted,
                tally,
                rescored: read_standings(rescored),
            },
            EventRecord::PlaybackStarted { entry, started_at } => Self::PlaybackStarted {
                entry: EntryId::from_sequence(entry),
                started_at: WallTime::from_micros(started_at),
            },
            EventRecord::PlaybackChanged { change, playback } => {
                Self::PlaybackChanged { change: change.into(), playback: playback.into() }
            }
            EventRecord::PlaybackEnded { entry, outcome } => {
                Self::PlaybackEnded { entry: EntryId::from_sequence(entry), outcome: outcome.into() }
            }
            EventRecord::SettingsChanged { settings } => {
                Self::SettingsChanged { settings: settings.try_into()? }
            }
            EventRecord::HostChanged { host } => Self::HostChanged { host: read_member(&host)? },
            EventRecord::Closed => Self::Closed,
        })
    }
}

impl From<PlaybackChange> for ChangeRecord {
    fn from(change: PlaybackChange) -> Self {
        match change {
            PlaybackChange::Paused => Self::Paused,
            PlaybackChange::Resumed => Self::Resumed,
            PlaybackChange::Seeked => Self::Seeked,
        }
    }
}

impl From<ChangeRecord> for PlaybackChange {
    fn from(record: ChangeRecord) -> Self {
        match record {
            ChangeRecord::Paused => Self::Paused,
            ChangeRecord::Resumed => Self::Resumed,
            ChangeRecord::Seeked => Self::Seeked,
        }
    }
}

impl From<Outcome> for OutcomeRecord {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Finished => Self::Finished,
            Outcome::Skipped => Self::Skipped,
            Outcome::Unplayable => Self::Unplayable,
        }
    }
}

impl From<OutcomeRecord> for Outcome {
    fn from(record: OutcomeRecord) -> Self {
        match record {
            OutcomeRecord::Finished => Self::Finished,
            OutcomeRecord::Skipped => Self::Skipped,
            OutcomeRecord::Unplayable => Self::Unplayable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Envelope;
    use super::*;

    fn open(payload: &str) -> Result<EventKind, String> {
        Envelope::open::<EventRecord>(FORMAT, payload).and_then(EventKind::try_from)
    }

    #[test]
    fn fields_of_a_later_release_are_ignored() {
        let payload = r#"{"format":1,"body":{"kind":"entry_removed","entry":7,"why":"later"},"more":1}"#;
        assert_eq!(open(payload), Ok(EventKind::EntryRemoved { entry: EntryId::from_sequence(7) }));
    }

    #[test]
    fn a_kind_or_format_of_a_later_release_is_a_clear_error() {
        let unknown = open(r#"{"format":1,"body":{"kind":"entry_painted","entry":7}}"#).unwrap_err();
        assert!(unknown.contains("entry_painted"), "{unknown}");
        let newer = open(r#"{"format":2,"body":[]}"#).unwrap_err();
        assert!(newer.contains("newer release"), "{newer}");
    }

    #[test]
    fn the_first_release_can_still_be_read() {
        let payload = concat!(
            r#"{"format":1,"body":{"kind":"vote_cast","entry":3,"voter":"00000000000000000000000009","#,
            r#""direction":"down","counted":true,"tally":-1,"rescored":[{"entry":3,"score":0.1}]}}"#
        );
        let kind = open(payload).unwrap();
        let again = Envelope::seal(FORMAT, &EventRecord::from(&kind)).unwrap();
        assert_eq!(again, payload);
    }
}
