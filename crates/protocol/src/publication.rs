//! What channels publish: the events of a nest and what changes about the server.
//!
//! A client folds a nest's publications over a snapshot, in offset order; `docs/realtime.md` states each fold.

use crate::http::{Entry, NestSettings, NestSummary, Outcome, Playback, Standing, Track, VoteDirection};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A publication on `nest:CODE`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NestPublication {
    /// When it was decided.
    pub at_ms: i64,
    /// Id of the person who caused it; absent when the nest did so itself.
    pub by: Option<String>,
    /// What happened.
    pub event: NestEvent,
}

/// What happened in a nest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NestEvent {
    /// The nest was opened.
    Opened {
        /// Its settings.
        settings: NestSettings,
        /// Its host.
        host: Option<String>,
    },
    /// An entry joined the queue.
    EntryAdded {
        /// The entry.
        entry: Entry,
        /// Other entries whose score changed to make room; almost always empty.
        rescored: Vec<Standing>,
    },
    /// An entry left the queue.
    EntryRemoved {
        /// The entry.
        entry: u64,
    },
    /// A removed entry came back.
    EntryRestored {
        /// The entry.
        entry: Entry,
    },
    /// All entries left the queue.
    QueueCleared,
    /// A vote was cast, changed or taken back.
    VoteCast {
        /// The entry.
        entry: u64,
        /// Id of the voter.
        voter: String,
        /// The voter's vote now.
        direction: VoteDirection,
        /// The entry's tally after it.
        tally: i32,
        /// The entry's new place, and that of others if they had to make room.
        rescored: Vec<Standing>,
    },
    /// The first entry of the queue left it and plays.
    PlaybackStarted {
        /// The entry.
        entry: u64,
        /// The server time at which position 0 is heard.
        started_at_ms: i64,
    },
    /// Paused, resumed or moved: this is the clock now.
    PlaybackChanged {
        /// What was done.
        change: PlaybackChange,
        /// The clock.
        playback: Playback,
    },
    /// What was playing ended.
    PlaybackEnded {
        /// The entry.
        entry: u64,
        /// How.
        outcome: Outcome,
    },
    /// Settings changed.
    SettingsChanged {
        /// All of them.
        settings: NestSettings,
    },
    /// The nest has another host.
    HostChanged {
        /// Id of the host.
        host: Option<String>,
    },
    /// The nest was closed for good.
    Closed,
}

/// What was done to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaybackChange {
    /// Paused.
    Paused,
    /// Resumed.
    Resumed,
    /// Moved to another position.
    Seeked,
}

/// A publication on `server`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerPublication {
    /// A nest was opened, or what its list row shows changed.
    NestChanged {
        /// The nest.
        nest: NestSummary,
    },
    /// A nest was closed.
    NestClosed {
        /// Its code.
        code: String,
    },
    /// A track was added, or became playable, or was measured.
    TrackChanged {
        /// The track.
        track: Track,
    },
    /// A track was deleted.
    TrackDeleted {
        /// Its id.
        id: String,
    },
    /// Many tracks changed at once: load the library again.
    LibraryChanged {
        /// How many tracks the library has.
        track_count: u64,
    },
}

/// What presence and joins say of a listener (`conn_info`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ListenerInfo {
    /// Name.
    pub name: String,
}

/// The answer to the rpc `clock`: when the server read the question and when it wrote this.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClockSample {
    /// Microseconds since 1970 by the server's clock.
    pub received_us: i64,
    /// Microseconds since 1970 by the server's clock.
    pub sent_us: i64,
}
