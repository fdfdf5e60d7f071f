//! What can be set about services that have songs of their own, under the names EchoNest has for it.

use crate::failure::Failure;
use crate::sign_in_settings::{said, secret};
use clap::Args;
use providers::Market;
use providers::spotify::SpotifyAppOptions;
use serde::Deserialize;
use server::{SoundcloudConfig, SourcesConfig};
use std::fmt;
use std::path::PathBuf;

/// Settings of Spotify, YouTube and SoundCloud.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct SourcesSettings {
    /// Spotify's client id; with it, songs of Spotify are found, and up to five people connect their accounts.
    #[arg(long, global = true, env = "SPOTIFY_CLIENT_ID", value_name = "ID")]
    pub spotify_client_id: Option<String>,
    /// Its secret.
    #[arg(long, global = true, env = "SPOTIFY_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub spotify_client_secret: Option<String>,
    /// A file with its secret.
    #[arg(long, global = true, env = "SPOTIFY_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub spotify_client_secret_file: Option<PathBuf>,
    /// A key for YouTube's Data API.
    #[arg(long, global = true, env = "YT_API_KEY", value_name = "KEY", hide_env_values = true)]
    pub yt_api_key: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "YT_API_KEY_FILE", value_name = "FILE")]
    pub yt_api_key_file: Option<PathBuf>,
    /// SoundCloud's client id.
    #[arg(long, global = true, env = "SOUNDCLOUD_CLIENT_ID", value_name = "ID")]
    pub soundcloud_client_id: Option<String>,
    /// Its secret.
    #[arg(
        long,
        global = true,
        env = "SOUNDCLOUD_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub soundcloud_client_secret: Option<String>,
    /// A file with its secret.
    #[arg(long, global = true, env = "SOUNDCLOUD_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub soundcloud_client_secret_file: Option<PathBuf>,
    /// The country whose songs services offer here, two letters [default: US]
    #[arg(long, global = true, env = "ROOKERY_MARKET", value_name = "COUNTRY")]
    pub market: Option<String>,
}

impl fmt::Debug for SourcesSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("SourcesSettings");
        shown.field("spotify_client_id", &self.spotify_client_id);
        shown.field("market", &self.market).finish_non_exhaustive()
    }
}

impl SourcesSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            spotify_client_id: self.spotify_client_id.or(file.spotify_client_id),
            spotify_client_secret: self.spotify_client_secret.or(file.spotify_client_secret),
            spotify_client_secret_file: self.spotify_client_secret_file.or(file.spotify_client_secret_file),
            yt_api_key: self.yt_api_key.or(file.yt_api_key),
            yt_api_key_file: self.yt_api_key_file.or(file.yt_api_key_file),
            soundcloud_client_id: self.soundcloud_client_id.or(file.soundcloud_client_id),
            soundcloud_client_secret: self.soundcloud_client_secret.or(file.soundcloud_client_secret),
            soundcloud_client_secret_file: self
                .soundcloud_client_secret_file
                .or(file.soundcloud_client_secret_file),
            market: self.market.or(file.market),
        }
    }

    /// What the server needs to know of it.
    ///
    /// # Errors
    /// [`Failure::Sources`] or [`Failure::SignIn`] that names the settings.
    pub fn read(&self) -> Result<SourcesConfig, Failure> {
        let default = SourcesConfig::default();
        Ok(SourcesConfig {
            market: self.market(default.market)?,
            spotify: self.spotify()?,
            youtube_key: secret(self.yt_api_key.as_deref(), self.yt_api_key_file.as_deref(), "YT_API_KEY")?,
            soundcloud: self.soundcloud()?,
            ..default
        })
    }

    fn market(&self, default: Market) -> Result<Market, Failure> {
        let Some(text) = said(self.market.as_deref()) else { return Ok(default) };
        let wrong = || Failure::Sources(format!("ROOKERY_MARKET is a country in two letters, not `{text}`"));
        Market::parse(text).ok_or_else(wrong)
    }

    fn spotify(&self) -> Result<Option<SpotifyAppOptions>, Failure> {
        let client_secret = secret(
            self.spotify_client_secret.as_deref(),
            self.spotify_client_secret_file.as_deref(),
            "SPOTIFY_CLIENT_SECRET",
        )?;
        match (said(self.spotify_client_id.as_deref()), client_secret) {
            (None, None) => Ok(None),
            (Some(client_id), Some(client_secret)) => Ok(Some(SpotifyAppOptions {
                client_id: client_id.to_owned(),
                client_secret: Some(client_secret),
            })),
            _ => Err(Failure::Sources(
                "SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET go together: set both or neither".to_owned(),
            )),
        }
    }

    fn soundcloud(&self) -> Result<Option<SoundcloudConfig>, Failure> {
        let client_secret = secret(
            self.soundcloud_client_secret.as_deref(),
            self.soundcloud_client_secret_file.as_deref(),
            "SOUNDCLOUD_CLIENT_SECRET",
        )?;
        match (said(self.soundcloud_client_id.as_deref()), client_secret) {
            (None, None) => Ok(None),
            (Some(client_id), Some(client_secret)) => {
                Ok(Some(SoundcloudConfig { client_id: client_id.to_owned(), client_secret }))
            }
            _ => Err(Failure::Sources(
                "SOUNDCLOUD_CLIENT_ID and SOUNDCLOUD_CLIENT_SECRET go together: set both or neither"
                    .to_owned(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_pair_is_refused_and_what_is_empty_is_not_set() {
        let half = SourcesSettings { spotify_client_id: Some("id".into()), ..SourcesSettings::default() };
        assert!(matches!(half.read(), Err(Failure::Sources(said)) if said.contains("SPOTIFY_CLIENT_SECRET")));
        let half =
            SourcesSettings { soundcloud_client_secret: Some("x".into()), ..SourcesSettings::default() };
        assert!(matches!(half.read(), Err(Failure::Sources(said)) if said.contains("SOUNDCLOUD_CLIENT_ID")));
        let empty = SourcesSettings {
            spotify_client_id: Some(" ".into()),
            yt_api_key: Some(String::new()),
            ..SourcesSettings::default()
        };
        let read = empty.read().unwrap();
        assert!(read.spotify.is_none() && read.youtube_key.is_none() && read.soundcloud.is_none());
    }

    #[test]
    fn a_market_is_a_country() {
        let market = |text: &str| {
            SourcesSettings { market: Some(text.into()), ..SourcesSettings::default() }.read().ok()
        };
        assert_eq!(market("de").map(|read| read.market.as_str().to_owned()).as_deref(), Some("DE"));
        assert!(market("Germany").is_none());
    }

    #[test]
    fn settings_do_not_show_their_secrets() {
        let settings = SourcesSettings {
            yt_api_key: Some("hunter2".into()),
            spotify_client_secret: Some("hunter2".into()),
            ..SourcesSettings::default()
        };
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
