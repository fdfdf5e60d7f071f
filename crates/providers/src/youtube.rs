//! YouTube: videos, playlists and search through the Data API v3, with this server's own key. Playing is the
//! browser's (IFrame player); nothing here touches sound.

mod client;
mod duration;
mod link;
mod wire;

pub use client::{YOUTUBE_API, Youtube, YoutubeOptions, YoutubePlaylist};
pub use duration::parse_duration;
pub use link::{YoutubeId, YoutubeLink, YoutubeListId};
