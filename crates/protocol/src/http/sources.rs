//! Songs of services elsewhere: what is set up here, looking for songs, and links that people paste.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A service that has songs of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the services")]
pub enum MusicService {
    Spotify,
    YouTube,
    SoundCloud,
}

/// What a service has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A song, or a video.
    Track,
    /// An episode of a show.
    Episode,
    /// An album.
    Album,
    /// An artist: the songs they are known for.
    Artist,
    /// A playlist or a set.
    Playlist,
    /// A show: its episodes, newest first.
    Show,
}

/// How a listener hears songs of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourcePlayback {
    /// On a device of the listener's own account.
    Device,
    /// In the service's own player, embedded by the id of the video.
    Embed,
    /// As a stream, whose place the server finds out: `GET /api/v1/tracks/{id}/outside-stream`.
    Stream,
}

/// A service that is set up here. `GET /api/v1/sources`: what is not set up is not listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Which one.
    pub service: MusicService,
    /// Its name for people.
    pub name: String,
    /// What can be searched for; empty: nothing can, only links and ids are read.
    pub search: Vec<SourceKind>,
    /// What can be opened by its id.
    pub opens: Vec<SourceKind>,
    /// How its songs are heard.
    pub playback: SourcePlayback,
    /// Whether the asker has connected an account, where the service needs one; absent where it needs none.
    pub is_connected: Option<bool>,
}

/// A song of a service, as it is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceTrack {
    /// What adds it: `source` of `POST /api/v1/nests/{code}/add`, as in `spotify:track:…`, `youtube:…`, `soundcloud:…`.
    pub source: String,
    /// Whose it is.
    pub service: MusicService,
    /// `track` or `episode`.
    pub kind: SourceKind,
    /// Title; never empty.
    pub title: String,
    /// Artist, channel or show; may be empty.
    pub artist: String,
    /// Album; may be empty.
    pub album: String,
    /// Length; absent for what has no end.
    pub duration_ms: Option<i64>,
    /// Where its picture is served, by this server; absent without one.
    pub artwork_url: Option<String>,
    /// Whether the service calls it explicit.
    pub explicit: bool,
    /// Its page at the service.
    pub page_url: String,
    /// Why it cannot be added; absent if it can.
    pub refused: Option<SourceRefusal>,
    /// The track of the library that is the same song: everybody hears that one.
    #[serde(rename = "match")]
    pub library_match: Option<String>,
    /// Its id here, by which its sound is asked for. Only of what `/api/v1/tracks/{id}/elsewhere` found.
    pub id: Option<String>,
}

/// Why a service does not give something: a problem without a status of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceRefusal {
    /// The stable code of the problem, as in `not_in_this_market` or `source_not_set_up`; of a text that is no link,
    /// `not_a_link`.
    pub code: String,
    /// What happened, for a person.
    pub detail: String,
    /// Seconds to wait before trying again, if waiting helps.
    pub retry_after_s: Option<u64>,
}

/// A list of songs that a service keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceCollection {
    /// Whose it is.
    pub service: MusicService,
    /// `album`, `artist`, `playlist` or `show`.
    pub kind: SourceKind,
    /// The service's id: open it with `GET /api/v1/sources/{source}/{kind}/{id}`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Who made it; may be empty.
    pub by: String,
    /// Where its picture is served, by this server; absent without one.
    pub artwork_url: Option<String>,
    /// How many songs it says it has.
    pub tracks_total: Option<u32>,
}

/// `GET /api/v1/sources/{source}/search`: best first within each kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceResults {
    /// Songs, then episodes.
    pub tracks: Vec<SourceTrack>,
    /// Albums, artists, playlists, shows.
    pub collections: Vec<SourceCollection>,
}

/// `GET /api/v1/sources/{source}/{kind}/{id}`: one song, or a page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourcePage {
    /// The list; absent for one song.
    pub collection: Option<SourceCollection>,
    /// The songs of this page, in order.
    pub tracks: Vec<SourceTrack>,
    /// How many songs can be paged through; at most 200 of a list.
    pub tracks_count: u32,
    /// How many the list has beyond these: those that cannot be read.
    pub left_out: u32,
    /// Give this as `offset` to get the next page; absent on the last.
    pub next_offset: Option<u32>,
}

/// `POST /api/v1/links`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinksBody {
    /// What was pasted: any text with links and URIs in it, at most 20,000 characters.
    pub text: String,
}

/// What the links of a text lead to, in their order. At most 20 are followed; further ones say so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Links {
    /// A link each.
    pub links: Vec<Link>,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// The page it leads to; of a text that is no link, the text, at most 200 characters.
    pub text: String,
    /// Whose it is, if that can be told.
    pub service: Option<MusicService>,
    /// The list it leads to; absent for one song.
    pub collection: Option<SourceCollection>,
    /// The songs, at most 200 of a list.
    pub tracks: Vec<SourceTrack>,
    /// How many a list has beyond these.
    pub left_out: u32,
    /// Why it leads nowhere; then there are no songs.
    pub refused: Option<SourceRefusal>,
}

/// A song of a service that is known here. `GET /api/v1/tracks/{id}` answers this for a song from elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutsideTrack {
    /// Its id here.
    pub id: String,
    /// Which song of which service it is, as in `spotify:track:…`.
    pub source: String,
    /// Whose it is.
    pub service: MusicService,
    /// Title; never empty.
    pub title: String,
    /// Artist, channel or show; may be empty.
    pub artist: String,
    /// Album; may be empty.
    pub album: String,
    /// Length.
    pub duration_ms: i64,
    /// Where its picture is served, by this server; absent without one.
    pub artwork_url: Option<String>,
    /// Whether the service calls it explicit.
    pub explicit: bool,
    /// Its page at the service, if its id leads to one.
    pub page_url: Option<String>,
    /// Where its sound is served: of the same song of the library, or by the service.
    pub stream_url: String,
    /// The track of the library that is the same song now.
    #[serde(rename = "match")]
    pub library_match: Option<String>,
    /// When the service said so.
    pub fetched_at_ms: i64,
}

/// How a stream of a service is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StreamForm {
    /// A playlist of pieces (HTTP Live Streaming).
    Hls,
    /// One file.
    File,
}

/// Where the sound of a song is at its service, for minutes. `GET /api/v1/tracks/{id}/outside-stream`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutsideStream {
    /// The address; whoever has it can listen.
    pub url: String,
    /// How it is made.
    pub form: StreamForm,
    /// As in `application/vnd.apple.mpegurl` or `audio/mpeg`.
    pub media_type: String,
}

/// The same song at other services. `GET /api/v1/tracks/{id}/elsewhere`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Elsewhere {
    /// The track of the library; it is heard before any other.
    pub library: Option<String>,
    /// One song a service, of those that are set up here; never of the song's own service.
    pub tracks: Vec<SourceTrack>,
}
