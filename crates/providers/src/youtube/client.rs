//! The client: one key, and a memory of when its day's allowance is used up.

use super::{YoutubeId, YoutubeListId, parse_duration, wire};
use crate::error::detail;
use crate::http::Answer;
use crate::limits::{COLLECTION_TRACKS_MAX, YOUTUBE_BATCH_MAX};
use crate::track::{names, pictures, shown, title};
use crate::{
    Artwork, Availability, BaseUrl, Budget, Collection, CollectionKind, Error, Http, Market, Provider,
    ProviderTrack, Result, Secret, TrackKind, Urgency,
};
use model::{Clock, WallTime};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Where the Data API is.
pub const YOUTUBE_API: &str = "https://www.googleapis.com/youtube/v3";

const PROVIDER: Provider = Provider::Youtube;

/// Requests at once, and in each second after: YouTube counts a day's units, so this only keeps a mistake from using
/// them up within minutes.
const BURST: u32 = 30;
const PER_SECOND: u32 = 1;

/// How YouTube is used.
#[derive(Clone, Debug)]
pub struct YoutubeOptions {
    /// The key, from Google's console.
    pub api_key: Secret,
    /// Where listeners are, for what is blocked in some countries.
    pub market: Market,
    /// [`YOUTUBE_API`], or what stands in for it.
    pub api: BaseUrl,
}

/// YouTube.
pub struct Youtube {
    http: Http,
    clock: Arc<dyn Clock>,
    options: YoutubeOptions,
    /// Nothing is asked before this: the allowance is used up.
    closed_until: Mutex<Option<WallTime>>,
    budget: Mutex<Budget>,
}

/// A playlist and its videos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YoutubePlaylist {
    /// The playlist.
    pub collection: Collection,
    /// Its videos in order, at most [`COLLECTION_TRACKS_MAX`]; deleted and private ones are left out.
    pub tracks: Vec<ProviderTrack>,
}

impl Youtube {
    /// Nothing is asked of YouTube yet.
    pub fn new(http: Http, clock: Arc<dyn Clock>, options: YoutubeOptions) -> Self {
        let budget = Mutex::new(Budget::new(BURST, PER_SECOND, clock.instant()));
        Self { http, clock, options, closed_until: Mutex::new(None), budget }
    }

    /// A video. Costs one unit of the day's allowance.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::QuotaUsedUp`], [`Error::RateLimited`], [`Error::CredentialsRefused`], and those
    /// of any request.
    pub async fn video(&self, id: &YoutubeId) -> Result<ProviderTrack> {
        let found = self.videos(std::slice::from_ref(id)).await?;
        let nothing = || Error::NotFound { provider: PROVIDER, what: format!("video {id}") };
        found.into_iter().next().ok_or_else(nothing)
    }

    /// A playlist with its videos. Costs three units for each 50 videos.
    ///
    /// # Errors
    /// The same.
    pub async fn playlist(&self, id: &YoutubeListId) -> Result<YoutubePlaylist> {
        let nothing = || Error::NotFound { provider: PROVIDER, what: format!("playlist {}", id.as_str()) };
        let query = [("part", "snippet".to_owned()), ("id", id.as_str().to_owned())];
        let lists: wire::List<wire::Playlist> = self.get("playlists", &query).await?;
        let list = lists.items.into_iter().find(|list| list.id == id.as_str()).ok_or_else(nothing)?;
        let (ids, total) = self.playlist_ids(id).await?;
        let tracks = self.videos(&ids).await?;
        let snippet = list.snippet;
        let collection = Collection {
            source: PROVIDER,
            kind: CollectionKind::Playlist,
            id: list.id,
            title: title(snippet.as_ref().map_or("", |snippet| &snippet.title)),
            by: shown(snippet.as_ref().map_or("", |snippet| &snippet.channel_title)),
            artwork: snippet.map(|snippet| thumbnails(snippet.thumbnails)).unwrap_or_default(),
            tracks_total: total,
        };
        Ok(YoutubePlaylist { collection, tracks })
    }

    /// Videos that can be embedded, best first; at most 50. Costs 101 units: the dearest request there is.
    ///
    /// # Errors
    /// The same.
    pub async fn search(&self, text: &str, limit: u8) -> Result<Vec<ProviderTrack>> {
        let text: String = text.trim().chars().take(250).collect();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let query = [
            ("part", "snippet".to_owned()),
            ("type", "video".to_owned()),
            ("videoEmbeddable", "true".to_owned()),
            ("regionCode", self.options.market.as_str().to_owned()),
            ("maxResults", usize::from(limit).clamp(1, YOUTUBE_BATCH_MAX).to_string()),
            ("q", text),
        ];
        let found: wire::List<wire::Found> = self.get("search", &query).await?;
        let ids = found.items.into_iter().filter_map(|found| YoutubeId::parse(&found.id.video_id?));
        // A search says neither how long a video is nor where it may be played.
        self.videos(&ids.collect::<Vec<_>>()).await
    }

    async fn playlist_ids(&self, id: &YoutubeListId) -> Result<(Vec<YoutubeId>, Option<u32>)> {
        let (mut ids, mut total, mut page) = (Vec::new(), None, None::<String>);
        loop {
            let mut query = vec![
                ("part", "contentDetails".to_owned()),
                ("playlistId", id.as_str().to_owned()),
                ("maxResults", YOUTUBE_BATCH_MAX.to_string()),
            ];
            query.extend(page.take().map(|token| ("pageToken", token)));
            let found: wire::List<wire::PlaylistItem> = self.get("playlistItems", &query).await?;
            total = total.or(found.page_info.and_then(|info| info.total_results));
            let before = ids.len();
            let videos = found.items.into_iter().filter_map(|item| item.content_details?.video_id);
            ids.extend(videos.filter_map(|id| YoutubeId::parse(&id)));
            page = found.next_page_token;
            if page.is_none() || ids.len() >= COLLECTION_TRACKS_MAX || ids.len() == before {
                ids.truncate(COLLECTION_TRACKS_MAX);
                return Ok((ids, total));
            }
        }
    }

    /// These videos, in this order, without those that are gone.
    async fn videos(&self, ids: &[YoutubeId]) -> Result<Vec<ProviderTrack>> {
        let mut found = BTreeMap::new();
        for batch in ids.chunks(YOUTUBE_BATCH_MAX) {
            let ids: Vec<_> = batch.iter().map(YoutubeId::as_str).collect();
            let query = [("part", "snippet,contentDetails,status".to_owned()), ("id", ids.join(","))];
            let videos: wire::List<wire::Video> = self.get("videos", &query).await?;
            found.extend(videos.items.into_iter().map(|video| (video.id.clone(), video)));
        }
        let market = self.options.market;
        Ok(ids
            .iter()
            .filter_map(|id| found.get(id.as_str()).and_then(|video| track(video, market)))
            .collect())
    }

    async fn get<T: DeserializeOwned>(&self, what: &str, query: &[(&str, String)]) -> Result<T> {
        let now = self.clock.wall();
        if let Some(until) = self.closed_until().filter(|until| now < *until) {
            return Err(Error::QuotaUsedUp { provider: PROVIDER, retry_after: until.since(now) });
        }
        self.admit()?;
        // The key goes into a header, not into the address, which ends up in logs.
        let request = self.http.get(self.options.api.at(&[what])).query(query);
        let request = request.header("x-goog-api-key", self.options.api_key.reveal());
        let answer = self.http.send(PROVIDER, request).await?;
        if answer.status.is_success() {
            return answer.json();
        }
        let error = failure(&answer, now);
        if let Error::QuotaUsedUp { retry_after, .. } = &error {
            *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(now.plus(*retry_after));
        }
        Err(error)
    }

    fn admit(&self) -> Result<()> {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = budget.take(Urgency::Person, self.clock.instant());
        taken.map_err(|retry_after| Error::RateLimited { provider: PROVIDER, retry_after })
    }

    fn closed_until(&self) -> Option<WallTime> {
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn track(video: &wire::Video, market: Market) -> Option<ProviderTrack> {
    let id = YoutubeId::parse(&video.id)?;
    let snippet = video.snippet.as_ref()?;
    let details = video.content_details.as_ref();
    let duration = details.and_then(|details| parse_duration(details.duration.as_deref()?));
    let is_live = matches!(snippet.live_broadcast_content.as_str(), "live" | "upcoming");
    let rating = details.and_then(|details| details.content_rating.as_ref()?.yt_rating.as_deref());
    let thumbnails = snippet.thumbnails.values();
    let thumbnails =
        thumbnails.map(|found| Artwork { url: found.url.clone(), width: found.width, height: found.height });
    Some(ProviderTrack {
        source: PROVIDER,
        title: title(&snippet.title),
        // Channels that YouTube makes for artists are called "NAME - Topic".
        artists: names(std::iter::once(snippet.channel_title.trim_end_matches(" - Topic"))),
        album: None,
        duration: duration.filter(|duration| duration.millis() > 0 && !is_live),
        artwork: pictures(thumbnails),
        isrc: None,
        explicit: rating == Some("ytAgeRestricted"),
        kind: TrackKind::Track,
        availability: availability(video, rating, market),
        link: format!("https://www.youtube.com/watch?v={id}"),
        id: id.as_str().to_owned(),
    })
}

fn availability(video: &wire::Video, rating: Option<&str>, market: Market) -> Availability {
    let refused = |reason: &str| Availability::Refused { reason: reason.to_owned() };
    let status = video.status.as_ref();
    if status.and_then(|status| status.embeddable) == Some(false) {
        return refused("its owner allows it on YouTube's own pages only");
    }
    if status.and_then(|status| status.privacy_status.as_deref()) == Some("private") {
        return refused("it is private");
    }
    if rating == Some("ytAgeRestricted") {
        return refused("YouTube shows it only to signed-in adults");
    }
    let country = market.as_str();
    let region = video.content_details.as_ref().and_then(|details| details.region_restriction.as_ref());
    let is_outside = region.is_some_and(|region| match (&region.allowed, &region.blocked) {
        (Some(allowed), _) => !allowed.iter().any(|code| code == country),
        (None, Some(blocked)) => blocked.iter().any(|code| code == country),
        (None, None) => false,
    });
    if is_outside {
        return Availability::WrongMarket { market: country.to_owned() };
    }
    Availability::Playable
}

fn thumbnails(found: BTreeMap<String, wire::Thumbnail>) -> Vec<Artwork> {
    let found = found.into_values();
    pictures(found.map(|found| Artwork { url: found.url, width: found.width, height: found.height }))
}

fn failure(answer: &Answer, now: WallTime) -> Error {
    let provider = PROVIDER;
    let said = answer.json::<wire::Failure>().ok().map(|failure| failure.error);
    let (message, reasons) = said.map(|said| (detail(&said.message), said.errors)).unwrap_or_default();
    let reason = reasons.first().map_or("", |reason| reason.reason.as_str());
    match (answer.status.as_u16(), reason) {
        (_, "quotaExceeded" | "dailyLimitExceeded" | "dailyLimitExceededUnreg") => {
            Error::QuotaUsedUp { provider, retry_after: until_next_day(now) }
        }
        (_, "rateLimitExceeded" | "userRateLimitExceeded" | "servingLimitExceeded") => {
            Error::RateLimited { provider, retry_after: answer.retry_after() }
        }
        (_, "keyInvalid" | "keyExpired" | "accessNotConfigured" | "ipRefererBlocked" | "API_KEY_INVALID")
        | (401, _) => Error::CredentialsRefused { provider, detail: message },
        (400, "badRequest") if message.to_lowercase().contains("api key") => {
            Error::CredentialsRefused { provider, detail: message }
        }
        (404, _) => Error::NotFound { provider, what: "such video or playlist".to_owned() },
        (403, _) => Error::NotAllowed { provider, detail: message },
        (400, _) => answer.unexpected(&message),
        _ => answer.failure(),
    }
}

/// Allowances begin anew at midnight in California. This reckons with its winter time, UTC-8:
/// in summer it waits an hour longer than needed.
fn until_next_day(now: WallTime) -> Duration {
    const DAY_US: i64 = 86_400_000_000;
    const MIDNIGHT_US: i64 = 8 * 3_600_000_000;
    let into_day_us = (now.micros() - MIDNIGHT_US).rem_euclid(DAY_US);
    Duration::from_micros((DAY_US - into_day_us).unsigned_abs())
}

impl std::fmt::Debug for Youtube {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Youtube").field("options", &self.options).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_begins_anew_at_eight_in_the_morning_utc() {
        let at = |hour: i64, minute: i64| {
            WallTime::from_micros((20_000 * 24 + hour) * 3_600_000_000 + minute * 60_000_000)
        };
        assert_eq!(until_next_day(at(7, 59)), Duration::from_secs(60));
        assert_eq!(until_next_day(at(8, 0)), Duration::from_secs(24 * 3600));
        assert_eq!(until_next_day(at(20, 30)), Duration::from_secs(11 * 3600 + 1800));
    }
}
