//! What Spotify sends. Every field may be missing: fields have been taken away before.

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Track {
    pub id: Option<String>,
    pub name: Option<String>,
    #[serde(default)]
    pub artists: Vec<Artist>,
    pub album: Option<Album>,
    pub duration_ms: Option<i64>,
    pub explicit: Option<bool>,
    pub external_ids: Option<ExternalIds>,
    pub is_playable: Option<bool>,
    pub restrictions: Option<Restrictions>,
    pub is_local: Option<bool>,
    pub linked_from: Option<LinkedFrom>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub uri: Option<String>,
    /// Of episodes.
    pub show: Option<Show>,
    /// Of episodes.
    #[serde(default)]
    pub images: Vec<Image>,
}

#[derive(Deserialize)]
pub struct Artist {
    pub id: Option<String>,
    pub name: Option<String>,
    #[serde(default)]
    pub images: Vec<Image>,
}

#[derive(Deserialize)]
pub struct Album {
    pub id: Option<String>,
    pub name: Option<String>,
    #[serde(default)]
    pub artists: Vec<Artist>,
    #[serde(default)]
    pub images: Vec<Image>,
    pub total_tracks: Option<u32>,
    pub tracks: Option<Page<Track>>,
}

#[derive(Deserialize)]
pub struct Show {
    pub id: Option<String>,
    pub name: Option<String>,
    pub publisher: Option<String>,
    #[serde(default)]
    pub images: Vec<Image>,
    pub total_episodes: Option<u32>,
    pub episodes: Option<Page<Track>>,
}

#[derive(Deserialize)]
pub struct Playlist {
    pub id: Option<String>,
    pub name: Option<String>,
    pub owner: Option<Owner>,
    pub images: Option<Vec<Image>>,
    /// Missing for whoever does not own it.
    pub items: Option<Page<PlaylistItem>>,
}

#[derive(Deserialize)]
pub struct PlaylistItem {
    pub item: Option<Track>,
}

#[derive(Deserialize)]
pub struct Owner {
    pub display_name: Option<String>,
}

#[derive(Deserialize)]
pub struct Image {
    pub url: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

#[derive(Deserialize)]
pub struct ExternalIds {
    pub isrc: Option<String>,
}

#[derive(Deserialize)]
pub struct Restrictions {
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct LinkedFrom {
    pub uri: Option<String>,
}

/// A page of a list; some of its items are null.
#[derive(Deserialize)]
pub struct Page<T> {
    #[serde(default = "Vec::new")]
    pub items: Vec<Option<T>>,
    pub next: Option<String>,
    pub total: Option<u32>,
}

#[derive(Deserialize)]
pub struct Search {
    pub tracks: Option<Page<Track>>,
    pub episodes: Option<Page<Track>>,
    pub albums: Option<Page<Album>>,
    pub artists: Option<Page<Artist>>,
    pub playlists: Option<Page<Playlist>>,
    pub shows: Option<Page<Show>>,
}

#[derive(Deserialize)]
pub struct Devices {
    pub devices: Vec<Device>,
}

#[derive(Deserialize)]
pub struct Device {
    pub id: Option<String>,
    #[serde(default)]
    pub is_active: bool,
    #[serde(default)]
    pub is_private_session: bool,
    #[serde(default)]
    pub is_restricted: bool,
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub volume_percent: Option<u8>,
    #[serde(default)]
    pub supports_volume: bool,
}

#[derive(Deserialize)]
pub struct Playback {
    pub device: Option<Device>,
    pub progress_ms: Option<i64>,
    #[serde(default)]
    pub is_playing: bool,
    pub item: Option<Track>,
}

#[derive(Deserialize)]
pub struct Profile {
    pub id: String,
    pub display_name: Option<String>,
    #[serde(default)]
    pub images: Vec<Image>,
}

#[derive(Deserialize)]
pub struct Failure {
    pub error: FailureDetail,
}

#[derive(Deserialize)]
pub struct FailureDetail {
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub reason: String,
}
