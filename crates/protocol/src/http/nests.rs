//! Nests: their state, the commands they take and what they played.

use super::TrackSummary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something a nest may allow or forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Add a track to the queue.
    Add,
    /// Vote entries up and down.
    Vote,
    /// Remove an entry somebody else added. One's own may always be removed.
    RemoveOthers,
    /// Empty the queue.
    Clear,
    /// Pause and resume.
    Pause,
    /// Skip what is playing.
    Skip,
    /// Move within what is playing.
    Seek,
    /// Change the nest's settings.
    Configure,
}

/// What can be set about a nest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NestSettings {
    /// Name, 1 to 60 characters.
    pub name: String,
    /// Whether the nest plays on from the library when the queue runs dry.
    pub autofill: bool,
    /// Whether people who only give a name may take part.
    pub guests_allowed: bool,
    /// How many entries the queue may hold, 1 to 500.
    pub queue_entries_max: u32,
    /// What members may do. The host may always do everything.
    pub member_actions: Vec<Action>,
    /// What guests may do.
    pub guest_actions: Vec<Action>,
}

/// Who put something into a nest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Contributor {
    /// A member or named guest.
    Person {
        /// Id.
        id: String,
        /// The name at that moment.
        name: String,
    },
    /// The nest itself, because the queue had run dry.
    Autofill,
}

/// Who voted for and against an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Votes {
    /// Ids of the people who voted it up.
    pub up: Vec<String>,
    /// Ids of the people who voted it down.
    pub down: Vec<String>,
}

/// A track in a nest's queue, or playing. The queue is ordered by `(score, id)`, ascending.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Id, unique within the nest; later entries have larger ids.
    pub id: u64,
    /// The track.
    pub track: TrackSummary,
    /// Who added it.
    pub added_by: Contributor,
    /// When.
    pub added_at_ms: i64,
    /// Its place in the order.
    pub score: f64,
    /// Votes for, less votes against. A vote against the last entry has nowhere to send it and does not count.
    pub tally: i32,
    /// Who voted.
    pub votes: Votes,
}

/// Where an entry stands in the order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// The entry.
    pub entry: u64,
    /// Its place in the order.
    pub score: f64,
}

/// The clock of what is playing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Playback {
    /// Sounding: position = server time − `started_at_ms`. Negative: it begins then.
    Running {
        /// The server time at which position 0 was, or will be, heard.
        started_at_ms: i64,
    },
    /// Paused here.
    Paused {
        /// Position.
        position_ms: i64,
    },
}

/// What is playing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Playing {
    /// The entry; it is not in the queue.
    pub entry: Entry,
    /// Its clock.
    pub playback: Playback,
}

/// Everything a client needs to show a nest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NestState {
    /// Code.
    pub code: String,
    /// Settings.
    pub settings: NestSettings,
    /// Id of the host; absent for the main nest, which administrators host.
    pub host: Option<String>,
    /// What is playing.
    pub playing: Option<Playing>,
    /// What comes next, in order.
    pub queue: Vec<Entry>,
    /// Whether the nest has been closed for good.
    pub closed: bool,
}

/// A nest and the position of that state in its stream. `GET /api/v1/nests/{code}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NestSnapshot {
    /// The stream's epoch.
    pub epoch: String,
    /// The offset of the last event that is in `state`: subscribe from here.
    pub offset: u64,
    /// The server's time.
    pub server_time_ms: i64,
    /// The state.
    pub state: NestState,
}

/// A nest in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NestSummary {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// The link to hand on.
    pub url: String,
    /// How many people are listening.
    pub listener_count: u32,
    /// How many entries are queued.
    pub queue_count: u32,
    /// What is playing.
    pub playing: Option<TrackSummary>,
    /// Whether people who only give a name may take part.
    pub guests_allowed: bool,
    /// When it was opened.
    pub created_at_ms: i64,
}

/// `POST /api/v1/nests`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenNestBody {
    /// Name, 1 to 60 characters.
    pub name: String,
}

/// A command was accepted: it is in the log and will be, or was, published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// The nest's offset after the command.
    pub offset: u64,
    /// The entry that was added, for `add`.
    pub entry: Option<u64>,
}

/// `POST /api/v1/nests/{code}/add`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBody {
    /// Id of a playable track.
    pub track_id: String,
}

/// `POST /api/v1/nests/{code}/remove`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntriesBody {
    /// The entry.
    pub entry: u64,
}

/// `POST /api/v1/nests/{code}/restore`: take a removal back, within ten minutes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreBody {
    /// The entry that was removed; absent: all that the last `clear` removed.
    pub entry: Option<u64>,
}

/// Which way a vote goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoteDirection {
    /// For.
    Up,
    /// Against.
    Down,
    /// Take the vote back.
    None,
}

/// `POST /api/v1/nests/{code}/vote`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoteBody {
    /// The entry.
    pub entry: u64,
    /// Which way. Voting the same way again changes nothing and is no error.
    pub direction: VoteDirection,
}

/// `POST /api/v1/nests/{code}/skip`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkipBody {
    /// The entry the person wants to skip. If another plays by then, nothing is skipped and `not_playing` is answered.
    pub entry: Option<u64>,
}

/// `POST /api/v1/nests/{code}/seek`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeekBody {
    /// Where to, from 0 to the track's length.
    pub position_ms: i64,
}

/// `POST /api/v1/nests/{code}/configure`: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigureBody {
    /// Name, 1 to 60 characters.
    pub name: Option<String>,
    /// Whether the nest plays on from the library when the queue runs dry.
    pub autofill: Option<bool>,
    /// Whether people who only give a name may take part.
    pub guests_allowed: Option<bool>,
    /// How many entries the queue may hold, 1 to 500.
    pub queue_entries_max: Option<u32>,
    /// What members may do.
    pub member_actions: Option<Vec<Action>>,
    /// What guests may do.
    pub guest_actions: Option<Vec<Action>>,
}

/// `POST /api/v1/nests/{code}/hand-over`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    /// Id of the new host.
    pub member: String,
}

/// How a playing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Played to its end.
    Finished,
    /// Somebody skipped it.
    Skipped,
    /// Its file could not be played.
    Unplayable,
}

/// One playing of a track in a nest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Play {
    /// Id.
    pub id: String,
    /// The track.
    pub track: TrackSummary,
    /// Who had added it.
    pub added_by: Contributor,
    /// When it began.
    pub started_at_ms: i64,
    /// How it ended; absent while it plays.
    pub outcome: Option<Outcome>,
}

/// One page of plays, newest first. `GET /api/v1/nests/{code}/plays`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlayPage {
    /// The plays.
    pub plays: Vec<Play>,
    /// Give this as `cursor` to get the next page; absent on the last.
    pub next_cursor: Option<String>,
}
