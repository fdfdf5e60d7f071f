//! What channels publish: the events of a nest and what changes about the server.
//!
//! A client folds a nest's publications over a snapshot, in offset order; `docs/realtime.md` states each fold.

use crate::http::{
    Comment, Entry, Following, Horn, NestSettings, NestSummary, Outcome, Playback, Preview, Standing, Track,
    VoteDirection,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
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
    /// Somebody jams along to an entry, queued or playing, or stopped.
    Jammed {
        /// The entry.
        entry: u64,
        /// Id of the person.
        member: String,
        /// Their name at that moment.
        name: String,
        /// Whether they jam along now. When they began is the publication's `at_ms`.
        on: bool,
    },
    /// Somebody said something about an entry, queued or playing.
    Commented {
        /// The entry.
        entry: u64,
        /// What.
        comment: Comment,
    },
    /// A comment was removed.
    CommentRemoved {
        /// The entry.
        entry: u64,
        /// The comment.
        comment: u64,
    },
    /// An entry has so many jams that whoever added it has one free horn more.
    FreeHornEarned {
        /// The entry.
        entry: u64,
        /// Id of the person.
        member: String,
    },
    /// A horn was blown: play its sound.
    HornBlown {
        /// The horn. If it is a free one, its person has one less.
        horn: Horn,
    },
    /// The room is louder or quieter.
    VolumeChanged {
        /// How loud, 0 to 100.
        percent: u8,
    },
    /// What the nest would choose next is known, or is not any more.
    AutofillPreviewed {
        /// What; absent: nothing yet.
        preview: Option<Preview>,
    },
    /// The nest has played on by itself for as long as it may. With the next entry that a person adds, or when settings
    /// change, it is ready again.
    AutofillRested,
    /// A person does not want to hear a track: it is not chosen for some days.
    TrackFiltered {
        /// Id of the track.
        track_id: String,
    },
    /// A filter was taken back: the track may be chosen again.
    TrackUnfiltered {
        /// Id of the track.
        track_id: String,
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
        /// Entries that got another score, because the ordering changed.
        rescored: Vec<Standing>,
    },
    /// The nest has another host.
    HostChanged {
        /// Id of the host.
        host: Option<String>,
    },
    /// Nobody comes in any more but who is there.
    Locked,
    /// People come in again.
    Unlocked,
    /// Somebody was put out. Their subscription ends.
    Kicked {
        /// Id of the person.
        member: String,
        /// Their name at that moment.
        name: String,
    },
    /// Somebody may come in although they were put out, or although the nest is locked.
    LetIn {
        /// Id of the person.
        member: String,
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

/// A publication on `person:ID`, which only that person hears.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PersonPublication {
    /// A device of mine that follows a nest fares otherwise, or follows it no longer.
    DeviceChanged {
        /// The nest's code.
        nest: String,
        /// How it fares; absent: none follows the nest any more.
        device: Option<Following>,
    },
}

/// A publication on `app:NAME`: what another application told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AppPublication {
    /// The webhook's id.
    pub id: String,
    /// When it came in.
    pub at_ms: i64,
    /// Its body: a JSON object or list, as its sender wrote it.
    #[schema(value_type = serde_json::Value)]
    pub body: Box<RawValue>,
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
