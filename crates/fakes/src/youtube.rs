//! YouTube's Data API v3: videos, playlists, search; keys, parts, limits and the day's allowance as Google counts it.

use crate::server::{Reply, Request, Server, Service, lock};
use model::{Clock, WallTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A video.
#[derive(Clone, Debug)]
pub struct FakeVideo {
    /// 11 characters.
    pub id: String,
    /// Title.
    pub title: String,
    /// Channel.
    pub channel: String,
    /// ISO 8601, as in `PT3M21S`; `P0D` for a live stream.
    pub duration: String,
    /// Whether other pages may show it.
    pub is_embeddable: bool,
    /// Countries where it is blocked.
    pub blocked: Vec<String>,
    /// Only for signed-in adults.
    pub is_age_restricted: bool,
}

impl FakeVideo {
    /// A video that everybody may see.
    pub fn new(id: &str, title: &str, duration: &str) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            channel: "Rook Films".to_owned(),
            duration: duration.to_owned(),
            is_embeddable: true,
            blocked: Vec::new(),
            is_age_restricted: false,
        }
    }
}

/// The fake. Its key is `youtube-key`.
pub struct FakeYoutube {
    /// For faults and for what was asked.
    pub server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    world: Mutex<World>,
}

struct World {
    videos: Vec<FakeVideo>,
    playlists: BTreeMap<String, Vec<String>>,
    units_max: u64,
    units: u64,
    day: i64,
}

/// Google's allowance for a new key.
const UNITS_MAX: u64 = 10_000;

impl FakeYoutube {
    /// Starts it, empty.
    pub fn start(clock: Arc<dyn Clock>) -> Self {
        let world = World {
            videos: Vec::new(),
            playlists: BTreeMap::new(),
            units_max: UNITS_MAX,
            units: 0,
            day: i64::MIN,
        };
        let shared = Arc::new(Shared { clock, world: Mutex::new(world) });
        let service: Arc<dyn Service> = shared.clone();
        Self { server: Server::start(service), shared }
    }

    /// Where its API is.
    pub fn api(&self) -> String {
        format!("{}/youtube/v3", self.server.origin())
    }

    /// One more video.
    pub fn add(&self, video: FakeVideo) {
        lock(&self.shared.world).videos.push(video);
    }

    /// A playlist of these videos; ids of videos that are gone stay in it.
    pub fn add_playlist(&self, id: &str, videos: &[&str]) {
        let videos = videos.iter().map(|id| (*id).to_owned()).collect();
        lock(&self.shared.world).playlists.insert(id.to_owned(), videos);
    }

    /// Units a day.
    pub fn limit(&self, units: u64) {
        lock(&self.shared.world).units_max = units;
    }

    /// Units used today.
    pub fn units(&self) -> u64 {
        lock(&self.shared.world).units
    }
}

impl Service for Shared {
    fn answer(&self, request: &Request) -> Reply {
        let key = match request.header("x-goog-api-key") {
            "" => request.parameter("key").unwrap_or(""),
            key => key,
        };
        match key {
            "youtube-key" => {}
            "" => return failure(403, "forbidden", "Method doesn't allow unregistered callers"),
            _ => return failure(400, "badRequest", "API key not valid. Please pass a valid API key."),
        }
        let mut world = lock(&self.world);
        let Some(what) = request.path.strip_prefix("/youtube/v3/").filter(|_| request.method == "GET") else {
            return failure(404, "notFound", "Not Found");
        };
        let cost = if what == "search" { 100 } else { 1 };
        if !world.pay(cost, self.clock.wall()) {
            return failure(
                403,
                "quotaExceeded",
                "The request cannot be completed because you have exceeded your quota.",
            );
        }
        if request.parameter("part").is_none_or(str::is_empty) {
            return failure(400, "missingRequiredParameter", "No filter selected: part");
        }
        let limit = request.parameter("maxResults").map_or(Ok(5), str::parse::<usize>);
        if !limit.as_ref().is_ok_and(|limit| *limit <= 50) {
            return failure(400, "invalidParameter", "Invalid value for maxResults");
        }
        let limit = limit.unwrap_or(5);
        match what {
            "videos" => world.list_videos(request),
            "playlists" => world.list_playlists(request),
            "playlistItems" => world.list_items(request, limit),
            "search" => world.search(request, limit),
            _ => failure(404, "notFound", "Not Found"),
        }
    }
}

impl World {
    /// A day begins at midnight in California, in winter.
    fn pay(&mut self, cost: u64, now: WallTime) -> bool {
        let day = (now.micros() - 8 * 3_600_000_000).div_euclid(86_400_000_000);
        if day != self.day {
            (self.day, self.units) = (day, 0);
        }
        let fits = self.units + cost <= self.units_max;
        self.units += if fits { cost } else { 0 };
        fits
    }

    fn list_videos(&self, request: &Request) -> Reply {
        let ids: Vec<_> = request.parameter("id").unwrap_or("").split(',').collect();
        if ids.len() > 50 {
            return failure(400, "invalidParameter", "Too many ids");
        }
        let parts: Vec<_> = request.parameter("part").unwrap_or("").split(',').collect();
        let found = ids.iter().filter_map(|id| self.videos.iter().find(|video| video.id == *id));
        list("youtube#videoListResponse", found.map(|found| video(found, &parts)).collect(), None, None)
    }

    fn list_playlists(&self, request: &Request) -> Reply {
        let id = request.parameter("id").unwrap_or("");
        let item = |id: &String| {
            let snippet =
                json!({"title": format!("List {id}"), "channelTitle": "Rook Films", "thumbnails": {}});
            json!({"kind": "youtube#playlist", "id": id, "snippet": snippet})
        };
        let found = self.playlists.keys().filter(|known| *known == id).map(item).collect();
        list("youtube#playlistListResponse", found, None, None)
    }

    fn list_items(&self, request: &Request, limit: usize) -> Reply {
        let Some(ids) = self.playlists.get(request.parameter("playlistId").unwrap_or("")) else {
            return failure(404, "playlistNotFound", "The playlist cannot be found.");
        };
        let from = match request.parameter("pageToken").map(|token| token.strip_prefix("page-")) {
            None => 0,
            Some(token) => match token.and_then(|token| token.parse().ok()) {
                Some(from) => from,
                None => return failure(400, "invalidPageToken", "Invalid page token"),
            },
        };
        let items = ids.iter().skip(from).take(limit.max(1));
        let item = |id: &String| json!({"kind": "youtube#playlistItem", "contentDetails": {"videoId": id}});
        let next = from + limit.max(1);
        let next = (next < ids.len()).then(|| format!("page-{next}"));
        list("youtube#playlistItemListResponse", items.map(item).collect(), next, Some(ids.len()))
    }

    fn search(&self, request: &Request, limit: usize) -> Reply {
        if request.parameter("videoEmbeddable").is_some() && request.parameter("type") != Some("video") {
            return failure(400, "invalidSearchFilter", "videoEmbeddable needs type=video");
        }
        let text = request.parameter("q").unwrap_or("").to_lowercase();
        let only_embeddable = request.parameter("videoEmbeddable") == Some("true");
        let fits = |video: &&FakeVideo| {
            let title = video.title.to_lowercase();
            text.split_whitespace().all(|word| title.contains(word))
                && (video.is_embeddable || !only_embeddable)
        };
        let item = |found: &FakeVideo| {
            let id = json!({"kind": "youtube#video", "videoId": found.id});
            json!({"kind": "youtube#searchResult", "id": id, "snippet": snippet(found)})
        };
        list(
            "youtube#searchListResponse",
            self.videos.iter().filter(fits).take(limit).map(item).collect(),
            None,
            None,
        )
    }
}

fn snippet(video: &FakeVideo) -> Value {
    let picture = |name: &str, width: u32, height: u32| json!({"url": format!("https://i.ytimg.com/vi/{}/{name}.jpg", video.id), "width": width, "height": height});
    json!({
        "title": video.title, "channelTitle": video.channel,
        "liveBroadcastContent": if video.duration == "P0D" { "live" } else { "none" },
        "thumbnails": {"default": picture("default", 120, 90), "high": picture("hqdefault", 480, 360)},
    })
}

fn video(video: &FakeVideo, parts: &[&str]) -> Value {
    let mut found = json!({"kind": "youtube#video", "etag": "1", "id": video.id});
    for part in parts {
        match *part {
            "snippet" => found["snippet"] = snippet(video),
            "contentDetails" => {
                let rating =
                    if video.is_age_restricted { json!({"ytRating": "ytAgeRestricted"}) } else { json!({}) };
                let mut details =
                    json!({"duration": video.duration, "definition": "hd", "contentRating": rating});
                if !video.blocked.is_empty() {
                    details["regionRestriction"] = json!({"blocked": video.blocked});
                }
                found["contentDetails"] = details;
            }
            "status" => {
                found["status"] = json!({"embeddable": video.is_embeddable, "privacyStatus": "public"})
            }
            _ => {}
        }
    }
    found
}

fn list(kind: &str, items: Vec<Value>, next: Option<String>, total: Option<usize>) -> Reply {
    let info = json!({"totalResults": total.unwrap_or(items.len()), "resultsPerPage": items.len()});
    let mut body = json!({"kind": kind, "etag": "1", "pageInfo": info, "items": items});
    if let Some(next) = next {
        body["nextPageToken"] = json!(next);
    }
    Reply::json(200, &body)
}

fn failure(status: u16, reason: &str, message: &str) -> Reply {
    let error = json!({"message": message, "domain": "youtube.quota", "reason": reason});
    Reply::json(status, &json!({"error": {"code": status, "message": message, "errors": [error]}}))
}
