//! What happened in a nest. Events carry results, not requests, so that folding them needs no rules.

use crate::{Entry, Playback, Settings, Standing, VoteDirection};
use model::{EntryId, MemberId, WallTime};

/// One event of a nest's log.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its place in the log, counted from 1.
    pub sequence: u64,
    /// When it was decided. Never earlier than the event before it.
    pub at: WallTime,
    /// Who caused it; `None`: the nest itself.
    pub by: Option<MemberId>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// The nest was opened. Always the first event.
    Opened {
        /// Its settings.
        settings: Settings,
        /// Its host; `None` for the main nest.
        host: Option<MemberId>,
    },
    /// An entry joined the queue.
    EntryAdded {
        /// The entry.
        entry: Entry,
        /// Other entries that got another score.
        rescored: Vec<Standing>,
    },
    /// An entry left the queue.
    EntryRemoved {
        /// Which.
        entry: EntryId,
    },
    /// A removed entry came back with the score it had.
    EntryRestored {
        /// The entry, as it was.
        entry: Entry,
    },
    /// All entries left the queue.
    QueueCleared,
    /// A vote was cast, changed or taken back.
    VoteCast {
        /// On which entry.
        entry: EntryId,
        /// By whom.
        voter: MemberId,
        /// The voter's vote now; `None`: taken back.
        direction: Option<VoteDirection>,
        /// Whether it counts in the tally.
        counted: bool,
        /// The entry's tally after it.
        tally: i32,
        /// Entries that got another score, the voted one among them.
        rescored: Vec<Standing>,
    },
    /// An entry left the queue and plays.
    PlaybackStarted {
        /// Which.
        entry: EntryId,
        /// When its first sample is heard.
        started_at: WallTime,
    },
    /// Paused, resumed or moved.
    PlaybackChanged {
        /// What was done.
        change: PlaybackChange,
        /// The clock now.
        playback: Playback,
    },
    /// What was playing ended.
    PlaybackEnded {
        /// Which entry.
        entry: EntryId,
        /// How.
        outcome: Outcome,
    },
    /// Settings changed.
    SettingsChanged {
        /// All of them.
        settings: Settings,
    },
    /// The nest has another host.
    HostChanged {
        /// Who.
        host: MemberId,
    },
    /// The nest was closed for good.
    Closed,
}

/// What was done to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaybackChange {
    /// Paused.
    Paused,
    /// Resumed.
    Resumed,
    /// Moved to another position.
    Seeked,
}

/// How a playing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Played to its end.
    Finished,
    /// Somebody skipped it.
    Skipped,
    /// Its file could not be played.
    Unplayable,
}
