//! The private JSON form of an event's kind.

use super::autofill_record::{PersonRecord, PreviewRecord, SeedRecord, read_track};
use super::reaction_record::{CommentRecord, HornRecord};
use super::record::{
    DirectionRecord, EntryRecord, PlaybackRecord, StandingRecord, Unread, read_member, read_standings,
    standing_records,
};
use super::settings_record::SettingsRecord;
use model::{CommentId, EntryId, WallTime};
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
        #[serde(default)]
        seed: Option<SeedRecord>,
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
    Jammed {
        entry: u64,
        member: String,
        name: String,
        on: bool,
    },
    Commented {
        entry: u64,
        comment: CommentRecord,
    },
    CommentRemoved {
        entry: u64,
        comment: u64,
    },
    FreeHornEarned {
        entry: u64,
        member: String,
    },
    HornBlown {
        horn: HornRecord,
    },
    VolumeChanged {
        percent: u8,
    },
    AutofillPreviewed {
        preview: Option<PreviewRecord>,
    },
    AutofillRested,
    TrackFiltered {
        track: String,
    },
    TrackUnfiltered {
        track: String,
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
        #[serde(default)]
        rescored: Vec<StandingRecord>,
    },
    HostChanged {
        host: String,
    },
    Locked {
        behind: Vec<String>,
    },
    Unlocked,
    Kicked {
        person: PersonRecord,
    },
    LetIn {
        member: String,
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
            Self::Jammed { .. } => "jammed",
            Self::Commented { .. } => "commented",
            Self::CommentRemoved { .. } => "comment_removed",
            Self::FreeHornEarned { .. } => "free_horn_earned",
            Self::HornBlown { .. } => "horn_blown",
            Self::VolumeChanged { .. } => "volume_changed",
            Self::AutofillPreviewed { .. } => "autofill_previewed",
            Self::AutofillRested => "autofill_rested",
            Self::TrackFiltered { .. } => "track_filtered",
            Self::TrackUnfiltered { .. } => "track_unfiltered",
            Self::PlaybackStarted { .. } => "playback_started",
            Self::PlaybackChanged { .. } => "playback_changed",
            Self::PlaybackEnded { .. } => "playback_ended",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::HostChanged { .. } => "host_changed",
            Self::Locked { .. } => "locked",
            Self::Unlocked => "unlocked",
            Self::Kicked { .. } => "kicked",
            Self::LetIn { .. } => "let_in",
            Self::Closed => "closed",
        }
    }
}

impl From<&EventKind> for EventRecord {
    fn from(kind: &EventKind) -> Self {
        match kind {
            EventKind::Opened { settings, host, seed } => Self::Opened {
                settings: settings.into(),
                host: host.map(|id| id.to_string()),
                seed: seed.as_ref().map(Into::into),
            },
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
            EventKind::Jammed { entry, member, name, on } => Self::Jammed {
                entry: entry.sequence(),
                member: member.to_string(),
                name: name.clone(),
                on: *on,
            },
            EventKind::Commented { entry, comment } => {
                Self::Commented { entry: entry.sequence(), comment: comment.into() }
            }
            EventKind::CommentRemoved { entry, comment } => {
                Self::CommentRemoved { entry: entry.sequence(), comment: comment.sequence() }
            }
            EventKind::FreeHornEarned { entry, member } => {
                Self::FreeHornEarned { entry: entry.sequence(), member: member.to_string() }
            }
            EventKind::HornBlown { horn } => Self::HornBlown { horn: horn.into() },
            EventKind::VolumeChanged { percent } => Self::VolumeChanged { percent: *percent },
            EventKind::AutofillPreviewed { preview } => {
                Self::AutofillPreviewed { preview: preview.as_ref().map(Into::into) }
            }
            EventKind::AutofillRested => Self::AutofillRested,
            EventKind::TrackFiltered { track } => Self::TrackFiltered { track: track.to_string() },
            EventKind::TrackUnfiltered { track } => Self::TrackUnfiltered { track: track.to_string() },
            EventKind::PlaybackStarted { entry, started_at } => {
                Self::PlaybackStarted { entry: entry.sequence(), started_at: started_at.micros() }
            }
            EventKind::PlaybackChanged { change, playback } => {
                Self::PlaybackChanged { change: (*change).into(), playback: (*playback).into() }
            }
            EventKind::PlaybackEnded { entry, outcome } => {
                Self::PlaybackEnded { entry: entry.sequence(), outcome: (*outcome).into() }
            }
            EventKind::SettingsChanged { settings, rescored } => {
                Self::SettingsChanged { settings: settings.into(), rescored: standing_records(rescored) }
            }
            EventKind::HostChanged { host } => Self::HostChanged { host: host.to_string() },
            EventKind::Locked { behind } => {
                Self::Locked { behind: behind.iter().map(ToString::to_string).collect() }
            }
            EventKind::Unlocked => Self::Unlocked,
            EventKind::Kicked { person } => Self::Kicked { person: person.into() },
            EventKind::LetIn { member } => Self::LetIn { member: member.to_string() },
            EventKind::Closed => Self::Closed,
        }
    }
}

impl TryFrom<EventRecord> for EventKind {
    type Error = Unread;

    fn try_from(record: EventRecord) -> Result<Self, Unread> {
        Ok(match record {
            EventRecord::Opened { settings, host, seed } => Self::Opened {
                settings: settings.try_into()?,
                host: host.as_deref().map(read_member).transpose()?,
                seed: seed.map(TryInto::try_into).transpose()?,
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
            EventRecord::Jammed { entry, member, name, on } => {
                Self::Jammed { entry: EntryId::from_sequence(entry), member: read_member(&member)?, name, on }
            }
            EventRecord::Commented { entry, comment } => {
                Self::Commented { entry: EntryId::from_sequence(entry), comment: comment.try_into()? }
            }
            EventRecord::CommentRemoved { entry, comment } => Self::CommentRemoved {
                entry: EntryId::from_sequence(entry),
                comment: CommentId::from_sequence(comment),
            },
            EventRecord::FreeHornEarned { entry, member } => {
                Self::FreeHornEarned { entry: EntryId::from_sequence(entry), member: read_member(&member)? }
            }
            EventRecord::HornBlown { horn } => Self::HornBlown { horn: horn.try_into()? },
            EventRecord::VolumeChanged { percent } => Self::VolumeChanged { percent },
            EventRecord::AutofillPreviewed { preview } => {
                Self::AutofillPreviewed { preview: preview.map(TryInto::try_into).transpose()? }
            }
            EventRecord::AutofillRested => Self::AutofillRested,
            EventRecord::TrackFiltered { track } => Self::TrackFiltered { track: read_track(&track)? },
            EventRecord::TrackUnfiltered { track } => Self::TrackUnfiltered { track: read_track(&track)? },
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
            EventRecord::SettingsChanged { settings, rescored } => {
                Self::SettingsChanged { settings: settings.try_into()?, rescored: read_standings(rescored) }
            }
            EventRecord::HostChanged { host } => Self::HostChanged { host: read_member(&host)? },
            EventRecord::Locked { behind } => {
                Self::Locked { behind: behind.iter().map(|id| read_member(id)).collect::<Result<_, _>>()? }
            }
            EventRecord::Unlocked => Self::Unlocked,
            EventRecord::Kicked { person } => Self::Kicked { person: person.try_into()? },
            EventRecord::LetIn { member } => Self::LetIn { member: read_member(&member)? },
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
    fn settings_of_the_first_release_mean_the_fair_order() {
        let payload = concat!(
            r#"{"format":1,"body":{"kind":"settings_changed","settings":{"name":"Attic","autofill":true,"#,
            r#""guests_allowed":true,"queue_entries_max":9,"member_actions":["add"],"guest_actions":[]}}}"#
        );
        let Ok(EventKind::SettingsChanged { settings, rescored }) = open(payload) else {
            panic!("{payload}")
        };
        assert_eq!((settings.ordering, rescored), (nest::Ordering::Fair, Vec::new()));
    }

    #[test]
    fn a_comment_that_was_accepted_once_is_read_whatever_is_accepted_now() {
        let long = "x".repeat(nest::limits::COMMENT_CHARS_MAX + 1);
        let payload = format!(
            concat!(
                r#"{{"format":1,"body":{{"kind":"commented","entry":2,"comment":{{"id":9,"#,
                r#""by":"00000000000000000000000009","name":"Ana","at":1,"text":"{}"}}}}}}"#
            ),
            long
        );
        let Ok(EventKind::Commented { comment, .. }) = open(&payload) else { panic!("{payload}") };
        assert_eq!(comment.text.as_str(), long);
    }

    #[test]
    fn a_horn_of_a_later_release_is_a_clear_error() {
        let payload = concat!(
            r#"{"format":1,"body":{"kind":"horn_blown","horn":{"id":9,"by":"00000000000000000000000009","name":"Ana","#,
            r#""at":1,"sound":"vuvuzela","entry":2,"title":"Song","free":false}}}"#
        );
        let unknown = open(payload).unwrap_err();
        assert!(unknown.contains("vuvuzela"), "{unknown}");
        assert!(open(&payload.replace("vuvuzela", "duck")).is_ok());
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

    #[test]
    fn a_track_without_a_source_is_the_library_s_and_is_written_as_before() {
        let payload = concat!(
            r#"{"format":1,"body":{"kind":"entry_added","entry":{"id":2,"track":{"id":"00000000000000000000000007","#,
            r#""title":"Song","artist":"","album":"","duration_ms":1000,"artwork":null},"added_by":null,"#,
            r#""added_at":5,"score":1.0,"votes":[]},"rescored":[]}}"#
        );
        let kind = open(payload).unwrap();
        let EventKind::EntryAdded { entry, .. } = &kind else { panic!("{kind:?}") };
        assert_eq!((entry.track.source, entry.track.library_match), (model::TrackSource::Library, None));
        assert_eq!(Envelope::seal(FORMAT, &EventRecord::from(&kind)).unwrap(), payload);
        // And one from elsewhere comes back with its source.
        let source =
            r#""artwork":null,"source":"youtube:dQw4w9WgXcQ","library_match":"00000000000000000000000008"}"#;
        let payload = payload.replace(r#""artwork":null}"#, source);
        let kind = open(&payload).unwrap();
        let EventKind::EntryAdded { entry, .. } = &kind else { panic!("{kind:?}") };
        assert_eq!(entry.track.source.to_string(), "youtube:dQw4w9WgXcQ");
        assert_eq!(entry.track.library_match, Some(model::TrackId::from_u128(8)));
        assert_eq!(Envelope::seal(FORMAT, &EventRecord::from(&kind)).unwrap(), payload);
        let unknown = open(&payload.replace("youtube:dQ", "tape:dQ")).unwrap_err();
        assert!(unknown.contains("source"), "{unknown}");
    }
}
