//! The clock of what is playing: computed from a start, never stored ticking.

use crate::Entry;
use model::{TrackPosition, WallTime};
use std::sync::Arc;

/// What is playing. The entry is not in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Playing {
    /// The entry.
    pub entry: Arc<Entry>,
    /// Its clock.
    pub playback: Playback,
}

/// The clock of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    /// Position 0 was, or will be, heard at this time.
    Running {
        /// When.
        started_at: WallTime,
    },
    /// Paused here.
    Paused {
        /// Where.
        position: TrackPosition,
    },
}

impl Playing {
    /// The position at `now`; negative before the start, never beyond the track's length.
    pub fn position(&self, now: WallTime) -> TrackPosition {
        match self.playback {
            Playback::Running { started_at } => now.position_of(started_at).min(self.entry.track.duration),
            Playback::Paused { position } => position,
        }
    }

    /// When the track will have played through; `None` while it is paused.
    pub fn ends_at(&self) -> Option<WallTime> {
        match self.playback {
            Playback::Running { started_at } => {
                Some(started_at.plus(self.entry.track.duration.as_duration()))
            }
            Playback::Paused { .. } => None,
        }
    }
}
