//! What clients and bots of EchoNest send and read, in its shapes: numbers that are texts, empty texts for what is
//! missing, times without a zone.
//!
//! Deliberately not here: what any of it means; the dialect in `server` translates it.

use serde::{Deserialize, Serialize};

/// Something, or the empty text that stands for nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum OrEmpty<T> {
    /// Something.
    Some(T),
    /// `""`.
    Empty(&'static str),
}

impl<T> From<Option<T>> for OrEmpty<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty(""), Self::Some)
    }
}

/// Somebody who jams along.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Jam {
    /// Their name.
    pub user: String,
    /// When, by the clock of the server's zone.
    pub time: String,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comment {
    /// When, in seconds since 1970.
    pub time: f64,
    /// Their name.
    pub user: String,
    /// What.
    pub body: String,
}

/// A song in the queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct Row {
    pub id: String,
    pub title: String,
    pub artist: String,
    pub trackid: String,
    pub src: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub user: String,
    pub img: String,
    pub big_img: String,
    /// In seconds.
    pub duration: i64,
    pub vote: String,
    pub score: f64,
    pub auto: bool,
    pub background_color: String,
    pub foreground_color: &'static str,
    pub jam: Vec<Jam>,
    pub comments: Vec<Comment>,
}

/// What anybody may see of a song in the queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct PublicRow {
    pub artist: String,
    pub big_img: String,
    pub id: String,
    pub img: String,
    pub src: &'static str,
    pub title: String,
    pub trackid: String,
    pub user: String,
}

/// What plays. `now` less `starttime` is where it is, through pauses and seeks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct NowPlaying {
    pub artist: String,
    pub big_img: String,
    pub comments: Vec<Comment>,
    pub duration: OrEmpty<i64>,
    pub endtime: String,
    pub id: String,
    pub img: String,
    pub jam: Vec<Jam>,
    pub now: String,
    pub paused: bool,
    /// In seconds.
    pub pos: OrEmpty<i64>,
    pub src: &'static str,
    pub starttime: String,
    pub title: String,
    pub trackid: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub user: String,
    pub vote: String,
}

/// `GET /queue/`.
#[derive(Clone, Debug, Serialize)]
pub struct PublicQueue {
    /// In order.
    pub queue: Vec<PublicRow>,
}

/// Where what plays is, once a second.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct PlayerPosition {
    pub src: &'static str,
    pub trackid: String,
    /// In seconds.
    pub pos: i64,
}

/// A horn for everybody.
#[derive(Clone, Debug, Serialize)]
pub struct Airhorn {
    /// 0 to 1.
    pub volume: f64,
    /// EchoNest's name of the sound.
    pub name: &'static str,
}

/// How loud the room is.
#[derive(Clone, Debug, Serialize)]
pub struct Volume {
    /// 0 to 100.
    pub volume: u8,
}

/// A horn that was blown, for lists.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct BlownHorn {
    pub img: String,
    pub songid: String,
    pub name: &'static str,
    pub when: String,
    pub free: bool,
    pub user: String,
    pub artist: String,
    pub title: String,
    pub now: String,
}

/// `GET /airhorns/`.
#[derive(Clone, Debug, Serialize)]
pub struct CurrentHorns {
    /// Newest first.
    pub current_airhorns: Vec<BlownHorn>,
}

/// A song that was played.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct PastPlay {
    pub artist: String,
    pub auto: bool,
    pub big_img: String,
    pub comments: Vec<Comment>,
    pub duration: i64,
    pub endtime: String,
    pub id: String,
    pub img: String,
    pub jam: Vec<Jam>,
    pub src: &'static str,
    pub starttime: String,
    pub title: String,
    pub trackid: String,
    pub user: String,
    pub vote: String,
    pub now: String,
}

/// `GET /history/N`.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// Oldest first.
    pub plays: Vec<PastPlay>,
    /// How many were asked for.
    pub n_requested: u32,
    /// How many there are.
    pub n_retrieved: usize,
}

/// `GET /user_history/NAME`.
#[derive(Clone, Debug, Serialize)]
pub struct UserHistory {
    /// Oldest first.
    pub plays: Vec<PastPlay>,
    /// Who was asked for.
    pub userid_requested: String,
    /// How many there are.
    pub n_retrieved: usize,
}

/// A song that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// To be given to `POST /api/add_song`.
    pub uri: String,
    /// Its title.
    pub track_name: String,
    /// Its artist.
    pub artist: String,
    /// Its picture.
    pub images: Image,
}

/// A picture.
#[derive(Clone, Debug, Serialize)]
pub struct Image {
    /// In pixels; `null`: whatever it has.
    pub height: Option<u32>,
    /// In pixels; `null`: whatever it has.
    pub width: Option<u32>,
    /// Where it is; empty: there is none.
    pub url: String,
}

/// A nest.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct Nest {
    pub nest_id: String,
    pub code: String,
    pub name: String,
    pub creator: String,
    pub is_main: bool,
    pub created_at: String,
    pub ttl_minutes: Option<u64>,
    pub member_count: u32,
    pub now_playing: Option<NestSong>,
}

/// What plays in a nest.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are EchoNest's")]
pub struct NestSong {
    pub title: String,
    pub artist: String,
}

/// `GET /api/nests`.
#[derive(Clone, Debug, Serialize)]
pub struct Nests {
    /// The main one first.
    pub nests: Vec<Nest>,
}

/// It was done.
#[derive(Clone, Debug, Serialize)]
pub struct Done {
    /// `true`.
    pub ok: bool,
    /// The entry that was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A form was carried out.
#[derive(Clone, Debug, Serialize)]
pub struct Success {
    /// `true`.
    pub success: bool,
}

/// It was not done.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// A stable code.
    pub error: String,
    /// Words for people.
    pub message: String,
}

/// What an invite code buys.
#[derive(Clone, Debug, Serialize)]
pub struct SyncToken {
    /// The token.
    pub token: String,
    /// The address the client uses from now on.
    pub server: String,
}

/// What a linking code buys.
#[derive(Clone, Debug, Serialize)]
pub struct SyncLink {
    /// The person's name; never an address.
    pub email: String,
    /// A token of theirs.
    pub user_token: String,
}

/// A number as a number or a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum NumberOrText {
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
}

impl NumberOrText {
    /// The number, if it is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// `POST /api/add_song`.
#[derive(Clone, Debug, Deserialize)]
pub struct AddSong {
    /// `spotify:track:…`, what a search answered, or a Spotify id alone.
    pub track_uri: String,
}

/// `POST /api/queue/remove`.
#[derive(Clone, Debug, Deserialize)]
pub struct RemoveSong {
    /// Which entry.
    pub id: NumberOrText,
}

/// `POST /jam`.
#[derive(Clone, Debug, Deserialize)]
pub struct JamForm {
    /// Which entry.
    pub id: String,
}

/// `POST /blast_airhorn`.
#[derive(Clone, Debug, Deserialize)]
pub struct HornForm {
    /// EchoNest's name of the sound.
    pub name: String,
}

/// `POST /api/queue/vote`.
#[derive(Clone, Debug, Deserialize)]
pub struct Vote {
    /// On which entry.
    pub id: NumberOrText,
    /// For it, unless said.
    #[serde(default = "yes")]
    pub up: bool,
}

const fn yes() -> bool {
    true
}

/// `POST /api/sync-token`.
#[derive(Clone, Debug, Deserialize)]
pub struct InviteCode {
    /// The code.
    #[serde(default)]
    pub invite_code: String,
}

/// `POST /api/sync-link`.
#[derive(Clone, Debug, Deserialize)]
pub struct LinkCode {
    /// The code, in capitals or not.
    #[serde(default)]
    pub code: String,
}

/// `POST /api/nests`.
#[derive(Clone, Debug, Deserialize)]
pub struct NewNest {
    /// Its name.
    pub name: Option<String>,
}
