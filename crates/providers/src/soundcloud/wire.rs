//! What SoundCloud sends, as far as it is read.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Thing {
    Track(Box<Track>),
    Playlist(Playlist),
    User {},
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
pub struct Track {
    pub id: Option<u64>,
    pub urn: Option<String>,
    pub title: Option<String>,
    pub duration: Option<i64>,
    pub artwork_url: Option<String>,
    pub permalink_url: Option<String>,
    pub isrc: Option<String>,
    pub publisher_metadata: Option<PublisherMetadata>,
    pub streamable: Option<bool>,
    pub access: Option<String>,
    pub user: Option<User>,
}

#[derive(Deserialize)]
pub struct PublisherMetadata {
    pub artist: Option<String>,
    pub album_title: Option<String>,
    pub isrc: Option<String>,
    pub explicit: Option<bool>,
}

#[derive(Deserialize)]
pub struct User {
    pub username: Option<String>,
    pub avatar_url: Option<String>,
}

#[derive(Deserialize)]
pub struct Playlist {
    pub id: Option<u64>,
    pub title: Option<String>,
    pub artwork_url: Option<String>,
    pub track_count: Option<u32>,
    pub user: Option<User>,
    #[serde(default)]
    pub tracks: Vec<Track>,
}

#[derive(Deserialize)]
pub struct Page {
    #[serde(default)]
    pub collection: Vec<Track>,
}

#[derive(Deserialize)]
pub struct Streams {
    pub hls_aac_160_url: Option<String>,
    pub hls_aac_96_url: Option<String>,
    pub hls_mp3_128_url: Option<String>,
    pub http_mp3_128_url: Option<String>,
    pub preview_mp3_128_url: Option<String>,
}

#[derive(Deserialize)]
pub struct Failure {
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub errors: Vec<FailureDetail>,
}

#[derive(Deserialize)]
pub struct FailureDetail {
    #[serde(default)]
    pub error_message: String,
}
