//! What happened in a nest. Events carry results, not requests, so that folding them needs no rules.

use crate::{Comment, Entry, Horn, Person, Playback, Preview, Seed, Settings, Standing, VoteDirection};
use model::{CommentId, EntryId, MemberId, TrackId, WallTime};

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
        /// What it plays on from before anybody asks for something.
        seed: Option<Seed>,
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
    /// Somebody jams along to an entry, queued or playing, or stopped.
    Jammed {
        /// To which entry.
        entry: EntryId,
        /// Who.
        member: MemberId,
        /// Their name at that moment.
        name: String,
        /// Whether they jam along now.
        on: bool,
    },
    /// Somebody said something about an entry, queued or playing.
    Commented {
        /// About which entry.
        entry: EntryId,
        /// What.
        comment: Comment,
    },
    /// A comment was removed.
    CommentRemoved {
        /// From which entry.
        entry: EntryId,
        /// Which.
        comment: CommentId,
    },
    /// An entry earned whoever added it a free horn.
    FreeHornEarned {
        /// Which entry.
        entry: EntryId,
        /// Who has one more.
        member: MemberId,
    },
    /// A horn was blown.
    HornBlown {
        /// What is known of it.
        horn: Horn,
    },
    /// The room is louder or quieter.
    VolumeChanged {
        /// How loud, 0 to 100.
        percent: u8,
    },
    /// What the nest would choose next is known, or is not any more.
    AutofillPreviewed {
        /// What.
        preview: Option<Preview>,
    },
    /// The nest has played on by itself for as long as it may: it rests until a person adds something.
    AutofillRested,
    /// A person does not want to hear a track that the nest would choose.
    TrackFiltered {
        /// Which.
        track: TrackId,
    },
    /// A filtered track may be chosen again.
    TrackUnfiltered {
        /// Which.
        track: TrackId,
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
        /// Entries that got another score, because the ordering changed.
        rescored: Vec<Standing>,
    },
    /// The nest has another host.
    HostChanged {
        /// Who.
        host: MemberId,
    },
    /// Nobody comes in any more but these.
    Locked {
        /// Who was there.
        behind: Vec<MemberId>,
    },
    /// People come in again.
    Unlocked,
    /// Somebody was put out.
    Kicked {
        /// Who.
        person: Person,
    },
    /// Somebody may come in although they were put out, or although the nest is locked.
    LetIn {
        /// Who.
        member: MemberId,
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
