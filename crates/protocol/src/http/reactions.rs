//! What people do while they listen: jams, comments, horns, and how loud the room is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who jams along to an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jam {
    /// Person id.
    pub by: String,
    /// The name at that moment.
    pub name: String,
    /// When.
    pub at_ms: i64,
}

/// What somebody says about an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Comment {
    /// Id, unique within the nest: the offset of the event that brought it.
    pub id: u64,
    /// Person id.
    pub by: String,
    /// The name at that moment.
    pub name: String,
    /// When.
    pub at_ms: i64,
    /// What they say: one line of 1 to 280 characters, as typed. Text, never markup.
    pub text: String,
}

/// A horn that was blown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Horn {
    /// Id, unique within the nest: the offset of the event that brought it.
    pub id: u64,
    /// Person id. Whoever does not want to hear somebody's horns leaves them out by this.
    pub by: String,
    /// The name at that moment.
    pub name: String,
    /// When.
    pub at_ms: i64,
    /// Which sound: a name of `GET /api/v1/horns`.
    pub sound: String,
    /// The entry that played.
    pub entry: u64,
    /// The title of its track.
    pub title: String,
    /// Whether it was a free one, blown beyond what a person may in an hour.
    pub free: bool,
}

/// A sound that horns can make. `GET /api/v1/horns`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HornSound {
    /// Its name in commands and events.
    pub name: String,
    /// What people call it, in English.
    pub label: String,
    /// How long it is, at most 2,500.
    pub duration_ms: u64,
    /// Where it is: a WAV file that never changes.
    pub url: String,
}

/// `POST /api/v1/nests/{code}/jam`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JamBody {
    /// The entry: queued, or playing.
    pub entry: u64,
    /// Whether to jam along, or to stop. The same again changes nothing and is no error.
    pub on: bool,
}

/// `POST /api/v1/nests/{code}/comment`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentBody {
    /// The entry: queued, or playing.
    pub entry: u64,
    /// What to say, 1 to 280 characters in one line. Line breaks become spaces; what controls the text around is dropped.
    pub text: String,
}

/// `POST /api/v1/nests/{code}/remove-comment`: one's own, or any by the host.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveCommentBody {
    /// The entry.
    pub entry: u64,
    /// The comment.
    pub comment: u64,
}

/// `POST /api/v1/nests/{code}/horn`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HornBody {
    /// Which sound: a name of `GET /api/v1/horns`.
    pub sound: String,
}

/// `POST /api/v1/nests/{code}/volume`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeBody {
    /// How loud the room is, 0 to 100: a hint that players may follow.
    pub percent: u8,
}
