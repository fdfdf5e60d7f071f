//! What an administrator can set about services that have songs of their own.

use providers::spotify::SpotifyAppOptions;
use providers::{Market, Secret};

/// Which services are set up, and where they are.
#[derive(Clone, Debug)]
pub struct SourcesConfig {
    /// The country whose songs services offer here.
    pub market: Market,
    /// The server's own client id at Spotify.
    pub spotify: Option<SpotifyAppOptions>,
    /// The key for YouTube's Data API.
    pub youtube_key: Option<Secret>,
    /// The server's client at SoundCloud.
    pub soundcloud: Option<SoundcloudConfig>,
    /// Where the services are.
    pub addresses: SourceAddresses,
}

/// A client at SoundCloud.
#[derive(Clone, Debug)]
pub struct SoundcloudConfig {
    /// From SoundCloud's page for developers.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

/// Where the services are: their own addresses, or those of what stands in for them in tests. No setting changes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAddresses {
    /// Spotify's Web API, with its version.
    pub spotify_api: String,
    /// Where people sign in to Spotify.
    pub spotify_accounts: String,
    /// YouTube's Data API, with its version.
    pub youtube_api: String,
    /// SoundCloud's API.
    pub soundcloud_api: String,
    /// Where SoundCloud gives tokens.
    pub soundcloud_sign_in: String,
}

impl Default for SourceAddresses {
    fn default() -> Self {
        Self {
            spotify_api: "https://api.spotify.com/v1".to_owned(),
            spotify_accounts: "https://accounts.spotify.com".to_owned(),
            youtube_api: providers::youtube::YOUTUBE_API.to_owned(),
            soundcloud_api: providers::soundcloud::SOUNDCLOUD_API.to_owned(),
            soundcloud_sign_in: providers::soundcloud::SOUNDCLOUD_SIGN_IN.to_owned(),
        }
    }
}

impl Default for SourcesConfig {
    fn default() -> Self {
        Self {
            market: Market::US,
            spotify: None,
            youtube_key: None,
            soundcloud: None,
            addresses: SourceAddresses::default(),
        }
    }
}
