//! Expected answers that are not a yes. Each has a stable code, and says what to do.

use crate::limits;
use model::{Action, CommentId, EntryId, TrackId, TrackPosition};
use std::time::Duration;

/// Why a command was not carried out. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The role may not do this here.
    #[error("this nest does not let you do that; ask its host")]
    NotAllowed {
        /// What was attempted.
        action: Action,
    },
    /// The queue holds as many entries as it may.
    #[error("the queue is full ({entries_max} entries); wait for a song to be played, or remove one")]
    QueueFull {
        /// How many it may hold.
        entries_max: u32,
    },
    /// No such entry is in the queue.
    #[error("that entry is not in the queue; it may have been played or removed")]
    UnknownEntry {
        /// Which was asked for.
        entry: EntryId,
    },
    /// One's own entry cannot be voted up.
    #[error("you added this one; others can vote it up")]
    OwnEntry {
        /// Which.
        entry: EntryId,
    },
    /// No such comment is on the entry.
    #[error("that comment is gone")]
    UnknownComment {
        /// Which was asked for.
        comment: CommentId,
    },
    /// As many people jam along to the entry as may.
    #[error("{} people jam along to this one already; there is no more room", limits::JAMS_MAX)]
    TooManyJams,
    /// The entry holds as many comments as it may.
    #[error("this song has {} comments already; say it about the next one", limits::COMMENTS_MAX)]
    TooManyComments,
    /// The person, or everybody together, did so as often as may be in an hour.
    #[error("that is enough for now; try again in {} min", .retry_after.as_secs().div_ceil(60).max(1))]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The nest would choose another track by now, or none.
    #[error("something else comes next by now; look again")]
    OtherPreview {
        /// Which was meant.
        track: TrackId,
    },
    /// The volume lies outside what is possible.
    #[error("the volume must lie between 0 and {} percent", limits::VOLUME_PERCENT_MAX)]
    VolumeOutside,
    /// Another entry plays than the one the person meant.
    #[error("that is not playing any more")]
    NotPlaying {
        /// Which was meant.
        entry: EntryId,
    },
    /// Nothing plays.
    #[error("nothing is playing; add a song first")]
    NothingPlaying,
    /// The position lies outside the track.
    #[error("the position must lie between 0 and {} ms", .duration.millis())]
    PositionOutside {
        /// The track's length.
        duration: TrackPosition,
    },
    /// There is no removal to take back, or it is too long ago.
    #[error("there is nothing to bring back; a removal can be undone for {} minutes", limits::RESTORE_WITHIN.as_secs() / 60)]
    NothingToRestore,
    /// A number among the settings lies outside what is possible.
    #[error(
        "a queue may hold 1 to {} entries, a free horn may cost 0 to {} jams; autofill may keep 0 to {} entries ready, \
         play on for 0 to {} minutes, leave out for 0 to {} days, and weigh 0 to {}",
        limits::QUEUE_ENTRIES_MAX,
        limits::FREE_HORN_JAMS_MAX,
        limits::AUTOFILL_DEPTH_MAX,
        limits::AUTOFILL_STREAK_MINUTES_MAX,
        limits::AUTOFILL_FILTER_DAYS_MAX,
        limits::AUTOFILL_WEIGHT_MAX
    )]
    LimitOutside,
    /// The person was put out.
    #[error("the host put you out of this nest; only the host can let you in again")]
    Kicked,
    /// The nest lets nobody in for now.
    #[error("this nest is locked; ask its host to let you in")]
    Locked,
    /// The host cannot be put out.
    #[error("whoever hosts the nest cannot be put out")]
    HostStays,
    /// As many people were put out as can be remembered.
    #[error("{} people were put out already; let one in again, or lock the nest", limits::KICKED_MAX)]
    TooManyKicked,
    /// More people are there than a locked nest can remember.
    #[error("a locked nest remembers {} people, and more are here", limits::LOCKED_BEHIND_MAX)]
    TooManyToLock,
    /// The nest takes no guests.
    #[error("this nest takes no guests; ask for an invitation")]
    GuestsNotAllowed,
    /// The nest is closed.
    #[error("this nest is closed")]
    Closed,
    /// The main nest stays.
    #[error("the main nest cannot be closed, locked or handed over")]
    Permanent,
}

impl Refusal {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed { .. } => "not_allowed",
            Self::QueueFull { .. } => "queue_full",
            Self::UnknownEntry { .. } => "unknown_entry",
            Self::OwnEntry { .. } => "own_entry",
            Self::UnknownComment { .. } => "unknown_comment",
            Self::TooManyJams => "too_many_jams",
            Self::TooManyComments => "too_many_comments",
            Self::RateLimited { .. } => "rate_limited",
            Self::OtherPreview { .. } => "other_preview",
            Self::VolumeOutside => "volume_outside",
            Self::NotPlaying { .. } => "not_playing",
            Self::NothingPlaying => "nothing_playing",
            Self::PositionOutside { .. } => "position_outside",
            Self::NothingToRestore => "nothing_to_restore",
            Self::LimitOutside => "limit_outside",
            Self::Kicked => "kicked",
            Self::Locked => "nest_locked",
            Self::HostStays => "host_stays",
            Self::TooManyKicked => "too_many_kicked",
            Self::TooManyToLock => "too_many_to_lock",
            Self::GuestsNotAllowed => "guests_not_allowed",
            Self::Closed => "nest_closed",
            Self::Permanent => "permanent_nest",
        }
    }
}
