//! Expected answers that are not a yes. Each has a stable code, and says what to do.

use crate::limits;
use model::{Action, EntryId, TrackPosition};

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
    /// The queue limit lies outside what is possible.
    #[error("a queue may hold 1 to {} entries", limits::QUEUE_ENTRIES_MAX)]
    LimitOutside,
    /// The nest takes no guests.
    #[error("this nest takes no guests; ask for an invitation")]
    GuestsNotAllowed,
    /// The nest is closed.
    #[error("this nest is closed")]
    Closed,
    /// The main nest stays.
    #[error("the main nest cannot be closed or handed over")]
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
            Self::NotPlaying { .. } => "not_playing",
            Self::NothingPlaying => "nothing_playing",
            Self::PositionOutside { .. } => "position_outside",
            Self::NothingToRestore => "nothing_to_restore",
            Self::LimitOutside => "limit_outside",
            Self::GuestsNotAllowed => "guests_not_allowed",
            Self::Closed => "nest_closed",
            Self::Permanent => "permanent_nest",
        }
    }
}
