//! Nests: their state, the commands they take and what they played. What people say and blow meanwhile is in
//! `reactions.rs`.

use super::{Autofill, AutofillRules, Because, Comment, Horn, Jam, TrackSummary};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Something a nest may allow or forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Add a track to the queue.
    Add,
    /// Vote entries up and down.
    Vote,
    /// Jam along to entries.
    Jam,
    /// Comment on entries.
    Comment,
    /// Blow horns.
    Horn,
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
    /// Say how loud the room is.
    Volume,
    /// Change the nest's settings.
    Configure,
}

/// In which order a nest plays what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ordering {
    /// Newcomers come in before others' n-th songs; votes move an entry by one place.
    Fair,
    /// The highest tally first, equals as they came.
    MostVotes,
    /// As they came; votes move an entry by one place.
    FirstCome,
}

/// What can be set about a nest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NestSettings {
    /// Name, 1 to 60 characters.
    pub name: String,
    /// The word that leads to it, `https://…/friday-night`, if its host chose one.
    #[serde(default)]
    pub slug: Option<String>,
    /// Whether the nest plays on from the library when the queue runs dry.
    pub autofill: bool,
    /// How it does so.
    pub autofill_rules: AutofillRules,
    /// Whether people who only give a name may take part.
    pub guests_allowed: bool,
    /// How many entries the queue may hold, 1 to 500.
    pub queue_entries_max: u32,
    /// In which order it plays what waits.
    pub ordering: Ordering,
    /// How many jams by others earn whoever added an entry a free horn, 0 to 100. 0: none are to be had.
    pub free_horn_jams: u32,
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
    /// Who jams along, in order of time. A playing entry keeps them.
    pub jams: Vec<Jam>,
    /// What people say about it, in order of time. A playing entry keeps them.
    pub comments: Vec<Comment>,
    /// Why the nest chose it; absent: a person did, or it was before reasons were kept.
    pub because: Option<Because>,
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
    /// What it does by itself.
    pub autofill: Autofill,
    /// The last horns, at most 50, in order of time.
    pub horns: Vec<Horn>,
    /// How many free horns people have: person id to a number above zero.
    pub free_horns: BTreeMap<String, u32>,
    /// How loud the room is, 0 to 100: a hint that players may follow.
    pub volume_percent: u8,
    /// Whether nobody comes in any more but who was there when it was locked.
    pub locked: bool,
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
    /// Whether nobody comes in any more but who was there when it was locked.
    pub locked: bool,
    /// When it was opened.
    pub created_at_ms: i64,
}

/// `POST /api/v1/nests`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenNestBody {
    /// Name, 1 to 60 characters. Absent: one that no open nest has, with a genre and a song that go with it.
    #[serde(default)]
    pub name: Option<String>,
    /// A word that leads to it: 2 to 40 letters a to z, digits and hyphens, which no open nest has. Whoever guesses it finds
    /// the nest.
    #[serde(default)]
    pub slug: Option<String>,
    /// Id of a track to play on from before anybody asks for something.
    #[serde(default)]
    pub seed_track_id: Option<String>,
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
    /// Id of a playable track; this or `source`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track_id: Option<String>,
    /// A song of a service, as in `spotify:track:…`, `spotify:episode:…`, `youtube:…` or `soundcloud:…`. What the service
    /// says of it is fetched by the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
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
    /// The word that leads to it; empty: none. The host's to say.
    pub slug: Option<String>,
    /// Whether the nest plays on from the library when the queue runs dry.
    pub autofill: Option<bool>,
    /// How it does so; all of it.
    pub autofill_rules: Option<AutofillRules>,
    /// Whether people who only give a name may take part.
    pub guests_allowed: Option<bool>,
    /// How many entries the queue may hold, 1 to 500.
    pub queue_entries_max: Option<u32>,
    /// In which order the nest plays what waits. Another one reorders the queue; votes keep their meaning.
    pub ordering: Option<Ordering>,
    /// How many jams by others earn a free horn, 0 to 100. 0: none are to be had.
    pub free_horn_jams: Option<u32>,
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

/// `POST /api/v1/nests/{code}/kick` and `…/let-in`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonBody {
    /// Id of the person.
    pub member: String,
}

/// Somebody who was put out of a nest, with the name at that moment. `GET /api/v1/nests/{code}/kicked`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kicked {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
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
    /// Why the nest chose it; absent: a person did, or it was before reasons were kept.
    pub because: Option<Because>,
    /// Where it was played; absent in the history of one nest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nest: Option<PlayNest>,
    /// When it began.
    pub started_at_ms: i64,
    /// How it ended; absent while it plays.
    pub outcome: Option<Outcome>,
    /// Who jammed along, in order of time.
    pub jams: Vec<Jam>,
    /// What people said about it, in order of time.
    pub comments: Vec<Comment>,
}

/// A nest in which something was played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlayNest {
    /// Its name, now or when it was closed.
    pub name: String,
    /// Its code, if it is open.
    pub code: Option<String>,
}

/// Where what was played came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaySource {
    /// The library.
    Library,
    /// Spotify.
    Spotify,
    /// YouTube.
    Youtube,
    /// SoundCloud.
    Soundcloud,
}

/// Who chose what was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// Somebody.
    People,
    /// The nest itself.
    Autofill,
}

/// One page of plays, newest first. `GET /api/v1/nests/{code}/plays`, `GET /api/v1/plays`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlayPage {
    /// The plays.
    pub plays: Vec<Play>,
    /// Give this as `cursor` to get the next page; absent on the last. A page of a search for words may be short, even
    /// empty, although another follows.
    pub next_cursor: Option<String>,
}
