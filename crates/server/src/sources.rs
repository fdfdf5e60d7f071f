//! Services that have songs of their own: Spotify, YouTube and SoundCloud, as far as they are set up here.
//!
//! Deliberately not here: the services' own protocols (`providers`), and what a nest makes of a song.

pub(crate) mod account;
mod catalog;
pub(crate) mod client_ids;
mod config;
pub(crate) mod connect;
mod elsewhere;
mod fault;
mod follow;
pub(crate) mod following;
mod links;
mod pictures;
mod song;
mod stream;
mod wire;

pub(crate) use account::{sealed_access_token, sealed_refresh_token};
pub(crate) use catalog::{Asker, Kind, Search};
pub(crate) use client_ids::purpose as sealed_client_secret;
pub use config::{SoundcloudConfig, SourceAddresses, SourcesConfig};
pub use connect::CALLBACK as SPOTIFY_CALLBACK;
pub(crate) use elsewhere::elsewhere;
pub use fault::SourceFault;
pub(crate) use following::Followings;
pub(crate) use links::resolve as resolve_links;
pub use pictures::address as picture_address;
pub(crate) use pictures::named as picture_named;
pub(crate) use song::{external, song};
pub(crate) use stream::address as stream_address;
pub(crate) use wire::{page, refusal, results, same_tracks, source};

use crate::error::{Error, Result};
use crate::limits;
use crate::recent::Recent;
use catalog::Answers;
use model::{Clock, MusicService};
use providers::soundcloud::{Soundcloud, SoundcloudOptions};
use providers::spotify::{Spotify, SpotifyEndpoints, SpotifyOptions};
use providers::youtube::{Youtube, YoutubeOptions};
use providers::{BaseUrl, Calls, Http, HttpOptions, Outside, Picture, Pictures, Provider};
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The services as they run.
pub struct Sources {
    spotify: Spotify,
    youtube: Option<Youtube>,
    soundcloud: Option<Soundcloud>,
    /// Where SoundCloud keeps sound, as a Content-Security-Policy names it.
    soundcloud_media: String,
    answers: Answers,
    matches: elsewhere::Matches,
    pictures: Pictures,
    shown: Recent<String, Arc<Picture>>,
    questions: Semaphore,
    fetches: Semaphore,
    /// The client id of the settings at Spotify.
    own_client_id: Option<String>,
    renewing: account::Renewing,
    /// Calls to services that are not written down yet; pictures do not count.
    calls: Calls,
}

impl Sources {
    /// Sets the services up. Nothing is asked of them yet: starting needs no network.
    ///
    /// # Errors
    /// [`Error::Source`] that says which setting cannot be used.
    pub fn new(config: SourcesConfig, clock: &Arc<dyn Clock>, outside: Outside) -> Result<Self> {
        Self::built(config, clock, outside).map_err(|error| SourceFault::from(error).into())
    }

    fn built(config: SourcesConfig, clock: &Arc<dyn Clock>, outside: Outside) -> providers::Result<Self> {
        let SourcesConfig { market, spotify, youtube_key, soundcloud, addresses: at } = config;
        let options = HttpOptions::default();
        let calls = options.calls.clone();
        let http = Http::outside(&options, outside.clone())?;
        let own_client_id = spotify.as_ref().map(|app| app.client_id.clone());
        let spotify = SpotifyOptions {
            apps: spotify.into_iter().collect(),
            market,
            endpoints: SpotifyEndpoints::new(&at.spotify_api, &at.spotify_accounts)?,
        };
        let youtube = match youtube_key {
            Some(api_key) => {
                let api = BaseUrl::parse(Provider::Youtube, &at.youtube_api)?;
                let options = YoutubeOptions { api_key, market, api };
                Some(Youtube::new(http.clone(), Arc::clone(clock), options))
            }
            None => None,
        };
        let soundcloud = match soundcloud {
            Some(SoundcloudConfig { client_id, client_secret }) => {
                let api = BaseUrl::parse(Provider::Soundcloud, &at.soundcloud_api)?;
                let sign_in = BaseUrl::parse(Provider::Soundcloud, &at.soundcloud_sign_in)?;
                let options = SoundcloudOptions { client_id, client_secret, api, sign_in };
                Some(Soundcloud::new(http.clone(), Arc::clone(clock), options))
            }
            None => None,
        };
        Ok(Self {
            spotify: Spotify::new(http, Arc::clone(clock), spotify),
            youtube,
            soundcloud,
            soundcloud_media: stream::media_hosts(&at.soundcloud_api),
            answers: Answers::default(),
            matches: Recent::new(limits::SOURCE_MATCHES_KEPT_MAX, limits::SOURCE_MATCHES_KEPT),
            pictures: Pictures::new(&HttpOptions::default(), outside)?,
            shown: Recent::new(limits::SOURCE_PICTURES_KEPT_MAX, limits::SOURCE_PICTURES_KEPT),
            questions: Semaphore::new(limits::SOURCE_QUESTIONS_MAX),
            fetches: Semaphore::new(limits::PICTURES_AT_ONCE_MAX),
            own_client_id,
            renewing: Default::default(),
            calls,
        })
    }

    /// Calls that are not written down yet.
    pub(crate) const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The clients of Spotify.
    pub(crate) const fn spotify(&self) -> &Spotify {
        &self.spotify
    }

    /// Whether a service can be used here.
    pub(crate) fn is_set_up(&self, service: MusicService) -> bool {
        match service {
            MusicService::Spotify => !self.spotify.apps().is_empty(),
            MusicService::YouTube => self.youtube.is_some(),
            MusicService::SoundCloud => self.soundcloud.is_some(),
        }
    }

    /// The services that can be used here.
    pub(crate) fn set_up(&self) -> impl Iterator<Item = MusicService> {
        MusicService::ALL.into_iter().filter(|service| self.is_set_up(*service))
    }

    /// Refuses what is not set up.
    pub(crate) fn require(&self, service: MusicService) -> Result<()> {
        if self.is_set_up(service) { Ok(()) } else { Err(SourceFault::NotSetUp(service).into()) }
    }

    /// What can be searched for.
    pub(crate) fn searches(&self, service: MusicService) -> &'static [Kind] {
        match service {
            MusicService::Spotify if self.spotify.apps().iter().any(|app| app.can_search()) => &Kind::ALL,
            MusicService::YouTube | MusicService::SoundCloud if self.is_set_up(service) => &[Kind::Track],
            _ => &[],
        }
    }

    /// What can be opened by its id.
    pub(crate) fn opens(&self, service: MusicService) -> &'static [Kind] {
        match service {
            MusicService::Spotify => self.searches(service),
            _ => &[Kind::Track, Kind::Playlist],
        }
    }

    /// What pages must be allowed for the players of what is set up, as directives of a Content-Security-Policy.
    pub(crate) fn policy(&self) -> Policy<'_> {
        Policy {
            spotify: self.is_set_up(MusicService::Spotify),
            youtube: self.youtube.is_some(),
            soundcloud_media: self.soundcloud.as_ref().map(|_| self.soundcloud_media.as_str()),
        }
    }

    /// A place for one question; more than there may be at once are answered `busy`.
    fn place(&self) -> Result<SemaphorePermit<'_>> {
        self.questions.try_acquire().map_err(|_| Error::Busy)
    }
}

/// Which players pages may load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy<'a> {
    /// Spotify's player in the browser.
    pub(crate) spotify: bool,
    /// YouTube's embedded player.
    pub(crate) youtube: bool,
    /// Where SoundCloud's sound is.
    pub(crate) soundcloud_media: Option<&'a str>,
}

/// The service that a client of `providers` speaks to.
pub(crate) const fn service_of(provider: Provider) -> Option<MusicService> {
    match provider {
        Provider::Spotify => Some(MusicService::Spotify),
        Provider::Youtube => Some(MusicService::YouTube),
        Provider::Soundcloud => Some(MusicService::SoundCloud),
        Provider::SignIn | Provider::Webhook | Provider::Atproto => None,
    }
}

/// And back.
pub(crate) const fn provider_of(service: MusicService) -> Provider {
    match service {
        MusicService::Spotify => Provider::Spotify,
        MusicService::YouTube => Provider::Youtube,
        MusicService::SoundCloud => Provider::Soundcloud,
    }
}
