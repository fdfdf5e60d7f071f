//! What the Data API sends, as far as it is read.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub struct List<T> {
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
    #[serde(rename = "nextPageToken")]
    pub next_page_token: Option<String>,
    #[serde(rename = "pageInfo")]
    pub page_info: Option<PageInfo>,
}

#[derive(Deserialize)]
pub struct PageInfo {
    #[serde(rename = "totalResults")]
    pub total_results: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Video {
    pub id: String,
    pub snippet: Option<Snippet>,
    pub content_details: Option<ContentDetails>,
    pub status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snippet {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub channel_title: String,
    #[serde(default)]
    pub live_broadcast_content: String,
    #[serde(default)]
    pub thumbnails: BTreeMap<String, Thumbnail>,
}

#[derive(Deserialize)]
pub struct Thumbnail {
    pub url: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentDetails {
    pub duration: Option<String>,
    pub region_restriction: Option<RegionRestriction>,
    pub content_rating: Option<ContentRating>,
}

#[derive(Deserialize)]
pub struct RegionRestriction {
    pub allowed: Option<Vec<String>>,
    pub blocked: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentRating {
    pub yt_rating: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub embeddable: Option<bool>,
    pub privacy_status: Option<String>,
}

#[derive(Deserialize)]
pub struct Playlist {
    pub id: String,
    pub snippet: Option<Snippet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistItem {
    pub content_details: Option<PlaylistItemDetails>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistItemDetails {
    pub video_id: Option<String>,
}

#[derive(Deserialize)]
pub struct Found {
    pub id: FoundId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundId {
    pub video_id: Option<String>,
}

#[derive(Deserialize)]
pub struct Failure {
    pub error: FailureBody,
}

#[derive(Deserialize)]
pub struct FailureBody {
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub errors: Vec<FailureReason>,
}

#[derive(Deserialize)]
pub struct FailureReason {
    #[serde(default)]
    pub reason: String,
}
