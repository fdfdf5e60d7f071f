//! The client: one client id, one token for all requests.

use super::{SoundcloudId, SoundcloudLink, wire};
use crate::error::detail;
use crate::http::Answer;
use crate::limits::COLLECTION_TRACKS_MAX;
use crate::oauth::token_answer;
use crate::track::{isrc, length_ms, names, pictures, shown, title};
use crate::{
    Artwork, Availability, BaseUrl, Budget, Collection, CollectionKind, Error, Http, Provider, ProviderTrack,
    Result, Secret, Tokens, TrackKind, Urgency,
};
use http::StatusCode;
use model::{Clock, ServerInstant};
use reqwest::Url;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where the API is.
pub const SOUNDCLOUD_API: &str = "https://api.soundcloud.com";

/// Below which domains the sound is.
pub const SOUNDCLOUD_MEDIA: [&str; 2] = ["sndcdn.com", "soundcloud.cloud"];

/// Where tokens are given.
pub const SOUNDCLOUD_SIGN_IN: &str = "https://secure.soundcloud.com";

const PROVIDER: Provider = Provider::Soundcloud;

/// Requests at once, and in each second after: SoundCloud names no limit for look-ups.
const BURST: u32 = 20;
const PER_SECOND: u32 = 2;

/// How SoundCloud is used.
#[derive(Clone, Debug)]
pub struct SoundcloudOptions {
    /// From SoundCloud's page for developers.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// [`SOUNDCLOUD_API`], or what stands in for it.
    pub api: BaseUrl,
    /// [`SOUNDCLOUD_SIGN_IN`], or what stands in for it.
    pub sign_in: BaseUrl,
}

/// SoundCloud.
pub struct Soundcloud {
    http: Http,
    clock: Arc<dyn Clock>,
    options: SoundcloudOptions,
    state: Mutex<State>,
    renewing: tokio::sync::Mutex<()>,
}

struct State {
    tokens: Option<Tokens>,
    budget: Budget,
    waiting: Option<(ServerInstant, Error)>,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A track.
    Track(Box<ProviderTrack>),
    /// A set.
    Set(SoundcloudSet),
}

/// A set and its tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundcloudSet {
    /// The set.
    pub collection: Collection,
    /// Its tracks in order, at most [`COLLECTION_TRACKS_MAX`].
    pub tracks: Vec<ProviderTrack>,
}

/// Where the sound of a track is, for minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundcloudStream {
    /// The address; whoever has it can listen.
    pub url: Secret,
    /// What is there.
    pub format: StreamFormat,
    /// Whether only a part of the track is there.
    pub is_preview: bool,
}

/// Formats of sound, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamFormat {
    /// HLS, AAC 160 kbit/s.
    HlsAac160,
    /// HLS, AAC 96 kbit/s.
    HlsAac96,
    /// HLS, MP3 128 kbit/s.
    HlsMp3,
    /// One file, MP3 128 kbit/s.
    Mp3,
}

impl Soundcloud {
    /// Nothing is asked of SoundCloud yet.
    pub fn new(http: Http, clock: Arc<dyn Clock>, options: SoundcloudOptions) -> Self {
        let budget = Budget::new(BURST, PER_SECOND, clock.instant());
        let state = Mutex::new(State { tokens: None, budget, waiting: None });
        Self { http, clock, options, state, renewing: tokio::sync::Mutex::new(()) }
    }

    /// What a link leads to.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for what is private or no track; and those of any request.
    pub async fn resolve(&self, link: &SoundcloudLink, urgency: Urgency) -> Result<Resolved> {
        let what = format!("track at {}", link.page());
        let mut url = self.options.api.at(&["resolve"]);
        url.query_pairs_mut().append_pair("url", link.page());
        let mut answer = self.ask(url, urgency).await?;
        if answer.status == StatusCode::FOUND {
            let location = answer.location.as_deref().and_then(|text| Url::parse(text).ok());
            // The token goes along, so only to where it was meant for.
            let own = location.filter(|url| self.options.api.same_origin(url));
            let own = own.ok_or_else(|| answer.unexpected("a redirect to elsewhere"))?;
            answer = self.ask(own, urgency).await?;
        }
        if !answer.status.is_success() {
            return Err(failure(&answer, &what));
        }
        let nothing = || Error::NotFound { provider: PROVIDER, what: what.clone() };
        match answer.json()? {
            wire::Thing::Track(found) => track(*found).map(Box::new).map(Resolved::Track).ok_or_else(nothing),
            wire::Thing::Playlist(found) => set(found).map(Resolved::Set).ok_or_else(nothing),
            wire::Thing::User {} | wire::Thing::Other => Err(nothing()),
        }
    }

    /// A track.
    ///
    /// # Errors
    /// [`Error::NotFound`], and those of any request.
    pub async fn track(&self, id: SoundcloudId, urgency: Urgency) -> Result<ProviderTrack> {
        let what = format!("track {}", id.0);
        let answer = self.ask(self.options.api.at(&["tracks", &id.urn()]), urgency).await?;
        if !answer.status.is_success() {
            return Err(failure(&answer, &what));
        }
        track(answer.json()?).ok_or(Error::NotFound { provider: PROVIDER, what })
    }

    /// A set.
    ///
    /// # Errors
    /// The same.
    pub async fn set(&self, id: SoundcloudId, urgency: Urgency) -> Result<SoundcloudSet> {
        let what = format!("set {}", id.0);
        let urn = format!("soundcloud:playlists:{}", id.0);
        let answer = self.ask(self.options.api.at(&["playlists", &urn]), urgency).await?;
        if !answer.status.is_success() {
            return Err(failure(&answer, &what));
        }
        set(answer.json()?).ok_or(Error::NotFound { provider: PROVIDER, what })
    }

    /// Tracks by the words of their titles, best first, at most 50.
    ///
    /// # Errors
    /// Those of any request.
    pub async fn search(&self, text: &str, limit: u8, urgency: Urgency) -> Result<Vec<ProviderTrack>> {
        let text: String = text.trim().chars().take(250).collect();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let mut url = self.options.api.at(&["tracks"]);
        url.query_pairs_mut()
            .append_pair("q", &text)
            .append_pair("access", "playable")
            .append_pair("limit", &limit.clamp(1, 50).to_string())
            .append_pair("linked_partitioning", "true");
        let answer = self.ask(url, urgency).await?;
        if !answer.status.is_success() {
            return Err(failure(&answer, "such search"));
        }
        let found: wire::Page = answer.json()?;
        Ok(found.collection.into_iter().filter_map(track).take(usize::from(limit)).collect())
    }

    /// Where a browser gets the sound of a track, for minutes: the best of [`Soundcloud::streams`] that is the whole
    /// track, followed to where it can be had without our token.
    ///
    /// # Errors
    /// [`Error::NotPlayable`] if only a part of it may be heard, or the sound is somewhere strange; and those of any
    /// request.
    pub async fn address(&self, id: SoundcloudId) -> Result<SoundcloudStream> {
        let not_playable = |detail: &str| Error::NotPlayable {
            provider: PROVIDER,
            what: format!("track {}", id.0),
            detail: detail.to_owned(),
        };
        let streams = self.streams(id).await?;
        let whole = streams.into_iter().find(|stream| !stream.is_preview);
        let stream = whole.ok_or_else(|| not_playable("SoundCloud gives only a preview of it"))?;
        let strange = || not_playable("its sound is not where SoundCloud keeps sound");
        let mut url = Url::parse(stream.url.reveal()).map_err(|_| strange())?;
        if self.options.api.same_origin(&url) {
            let answer = self.ask(url, Urgency::Person).await?;
            if !answer.status.is_redirection() {
                return Err(failure(&answer, &format!("sound of track {}", id.0)));
            }
            url = answer.location.as_deref().and_then(|to| Url::parse(to).ok()).ok_or_else(strange)?;
        }
        if !self.keeps_sound(&url) {
            return Err(strange());
        }
        Ok(SoundcloudStream { url: Secret::new(url), ..stream })
    }

    /// Whether an address is one where SoundCloud keeps sound: see [`SOUNDCLOUD_MEDIA`].
    fn keeps_sound(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or("");
        let is_theirs = SOUNDCLOUD_MEDIA
            .iter()
            .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')));
        (url.scheme() == "https" && is_theirs) || self.options.api.same_origin(url)
    }

    /// Where the sound of a track is now, best format first. Each request counts towards 15,000 a day.
    ///
    /// # Errors
    /// [`Error::NotPlayable`] if there is none, [`Error::RateLimited`], and those of any request.
    pub async fn streams(&self, id: SoundcloudId) -> Result<Vec<SoundcloudStream>> {
        let what = format!("track {}", id.0);
        let url = self.options.api.at(&["tracks", &id.urn(), "streams"]);
        let answer = self.ask(url, Urgency::Person).await?;
        if !answer.status.is_success() {
            return Err(failure(&answer, &what));
        }
        let found: wire::Streams = answer.json()?;
        let all = [
            (found.hls_aac_160_url, StreamFormat::HlsAac160, false),
            (found.hls_aac_96_url, StreamFormat::HlsAac96, false),
            (found.hls_mp3_128_url, StreamFormat::HlsMp3, false),
            (found.http_mp3_128_url, StreamFormat::Mp3, false),
            (found.preview_mp3_128_url, StreamFormat::Mp3, true),
        ];
        let streams: Vec<_> = all
            .into_iter()
            .filter_map(|(url, format, is_preview)| {
                Some(SoundcloudStream { url: Secret::new(url?), format, is_preview })
            })
            .collect();
        if streams.is_empty() {
            let detail = "SoundCloud offers no sound of it".to_owned();
            return Err(Error::NotPlayable { provider: PROVIDER, what, detail });
        }
        Ok(streams)
    }

    async fn ask(&self, url: Url, urgency: Urgency) -> Result<Answer> {
        self.admit(urgency)?;
        let access = self.token().await?;
        let answer = self.send(url.clone(), &access).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // It ended earlier than announced: once more with a fresh one.
        if let Some(tokens) = &mut self.state().tokens
            && tokens.access == access
        {
            tokens.expires_at = self.clock.wall();
        }
        let access = self.token().await?;
        self.send(url, &access).await
    }

    async fn send(&self, url: Url, access: &Secret) -> Result<Answer> {
        let request = self.http.get(url).header("authorization", format!("OAuth {}", access.reveal()));
        let answer =
            self.http.send(PROVIDER, request.header("accept", "application/json; charset=utf-8")).await?;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let error = Error::RateLimited { provider: PROVIDER, retry_after: answer.retry_after() };
            self.wait(answer.retry_after(), error);
        }
        Ok(answer)
    }

    /// A token that is good for a while. SoundCloud gives 50 of them in twelve hours, so an old one is refreshed, and
    /// many requests share one.
    async fn token(&self) -> Result<Secret> {
        if let Some(access) = self.kept() {
            return Ok(access);
        }
        let _one_at_a_time = self.renewing.lock().await;
        if let Some(access) = self.kept() {
            return Ok(access);
        }
        let refresh = self.state().tokens.take().and_then(|tokens| tokens.refresh);
        let fetched = match refresh {
            Some(refresh) => match self.fetch(Some(&refresh)).await {
                Err(Error::SignInAgain { .. }) => self.fetch(None).await,
                fetched => fetched,
            },
            None => self.fetch(None).await,
        };
        match &fetched {
            Err(error @ Error::CredentialsRefused { .. }) => {
                self.wait(crate::limits::REFUSED_WAIT, error.clone())
            }
            Err(error @ Error::RateLimited { retry_after, .. }) => self.wait(*retry_after, error.clone()),
            _ => {}
        }
        let tokens = fetched?;
        let access = tokens.access.clone();
        self.state().tokens = Some(tokens);
        Ok(access)
    }

    async fn fetch(&self, refresh: Option<&Secret>) -> Result<Tokens> {
        let SoundcloudOptions { client_id, client_secret, sign_in, .. } = &self.options;
        let request = self.http.post(sign_in.at(&["oauth", "token"]));
        let request = match refresh {
            None => request
                .basic_auth(client_id, Some(client_secret.reveal()))
                .form(&[("grant_type", "client_credentials")]),
            Some(refresh) => request.form(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh.reveal()),
                ("client_id", client_id),
                ("client_secret", client_secret.reveal()),
            ]),
        };
        let answer = self.http.send(PROVIDER, request).await?;
        token_answer(PROVIDER, &answer)?.tokens(PROVIDER, self.clock.wall())
    }

    fn kept(&self) -> Option<Secret> {
        let now = self.clock.wall();
        let state = self.state();
        state.tokens.as_ref().filter(|tokens| !tokens.is_stale(now)).map(|tokens| tokens.access.clone())
    }

    fn admit(&self, urgency: Urgency) -> Result<()> {
        let now = self.clock.instant();
        let mut state = self.state();
        if let Some((until, error)) = state.waiting.as_ref().filter(|(until, _)| now < *until) {
            let retry_after = until.since(now);
            return Err(match error {
                Error::RateLimited { provider, .. } => {
                    Error::RateLimited { provider: *provider, retry_after }
                }
                error => error.clone(),
            });
        }
        let taken = state.budget.take(urgency, now);
        taken.map_err(|retry_after| Error::RateLimited { provider: PROVIDER, retry_after })
    }

    fn wait(&self, wait: Duration, error: Error) {
        let until = self.clock.instant().micros().saturating_add(wait.as_micros() as u64);
        self.state().waiting = Some((ServerInstant::from_micros(until), error));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn track(found: wire::Track) -> Option<ProviderTrack> {
    let id = found.urn.as_deref().and_then(SoundcloudId::parse).or(found.id.map(SoundcloudId))?;
    let user = found.user.as_ref();
    let published = found.publisher_metadata.as_ref();
    let artist =
        published.and_then(|published| published.artist.as_deref()).filter(|name| !name.trim().is_empty());
    let artist = artist.or_else(|| user?.username.as_deref());
    let code = found.isrc.as_deref().or_else(|| published?.isrc.as_deref());
    let picture = found.artwork_url.as_deref().or_else(|| user?.avatar_url.as_deref());
    Some(ProviderTrack {
        source: PROVIDER,
        id: id.0.to_string(),
        title: title(found.title.as_deref().unwrap_or_default()),
        artists: names(artist.into_iter()),
        album: published
            .and_then(|published| published.album_title.as_deref())
            .map(shown)
            .filter(|t| !t.is_empty()),
        duration: length_ms(found.duration),
        artwork: artwork(picture),
        isrc: code.and_then(isrc),
        explicit: published.and_then(|published| published.explicit).unwrap_or(false),
        kind: TrackKind::Track,
        availability: availability(found.access.as_deref(), found.streamable),
        link: found.permalink_url.filter(|url| url.starts_with("https://")).unwrap_or_default(),
    })
}

fn availability(access: Option<&str>, streamable: Option<bool>) -> Availability {
    let refused = |reason: &str| Availability::Refused { reason: reason.to_owned() };
    match (access, streamable) {
        (Some("blocked"), _) => refused("SoundCloud does not give it to this server"),
        (Some("preview"), _) => refused("SoundCloud gives only a preview of it"),
        (_, Some(false)) => refused("it cannot be streamed"),
        (Some("playable"), _) | (_, Some(true)) => Availability::Playable,
        _ => Availability::Unknown,
    }
}

/// SoundCloud names its 100 pixel picture; the same address with another word is the 500 pixel one.
fn artwork(url: Option<&str>) -> Vec<Artwork> {
    let found = url.into_iter().flat_map(|url| {
        let at = |url: String, pixels| Artwork { url, width: Some(pixels), height: Some(pixels) };
        [at(url.replace("-large.", "-t500x500."), 500), at(url.to_owned(), 100)]
    });
    pictures(found)
}

fn set(found: wire::Playlist) -> Option<SoundcloudSet> {
    let collection = Collection {
        source: PROVIDER,
        kind: CollectionKind::Playlist,
        id: found.id?.to_string(),
        title: title(found.title.as_deref().unwrap_or_default()),
        by: found.user.and_then(|user| user.username).map(|name| shown(&name)).unwrap_or_default(),
        artwork: artwork(found.artwork_url.as_deref()),
        tracks_total: found.track_count,
    };
    let tracks = found.tracks.into_iter().filter_map(track).take(COLLECTION_TRACKS_MAX).collect();
    Some(SoundcloudSet { collection, tracks })
}

fn failure(answer: &Answer, what: &str) -> Error {
    let said = answer.json::<wire::Failure>().ok().map(|failure| {
        let first = failure.errors.into_iter().next().map(|error| error.error_message).unwrap_or_default();
        detail(if failure.message.is_empty() { &first } else { &failure.message })
    });
    let provider = PROVIDER;
    match answer.status.as_u16() {
        404 => Error::NotFound { provider, what: what.to_owned() },
        403 => Error::NotAllowed { provider, detail: said.unwrap_or_else(|| "it is private".to_owned()) },
        400 | 422 => answer.unexpected(&said.unwrap_or_default()),
        _ => answer.failure(),
    }
}

impl std::fmt::Debug for Soundcloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Soundcloud").field("options", &self.options).finish_non_exhaustive()
    }
}
