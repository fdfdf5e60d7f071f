//! SoundCloud: tokens by client credentials (few of them), resolving by redirect, tracks, sets, streams.

use crate::grant::{ACCESS_LIFETIME, Access, Form, Grants, basic};
use crate::server::{Reply, Request, Server, Service, lock};
use model::{Clock, WallTime};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The fake. Its client is `soundcloud-app` with the secret `soundcloud-secret`.
pub struct FakeSoundcloud {
    /// For faults and for what was asked.
    pub server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    world: Mutex<World>,
}

#[derive(Default)]
struct World {
    grants: Grants,
    tokens_given: usize,
    tracks: BTreeMap<u64, Track>,
    sets: BTreeMap<u64, (String, Vec<u64>)>,
    pages: BTreeMap<String, Page>,
    origin: String,
}

struct Track {
    title: String,
    duration_ms: u64,
    access: &'static str,
}

enum Page {
    Track(u64),
    Set(u64),
    User,
}

/// Tokens that a client gets in twelve hours.
const TOKENS_MAX: usize = 50;

impl FakeSoundcloud {
    /// Starts it, with a user page `forss` and nothing else.
    pub fn start(clock: Arc<dyn Clock>) -> Self {
        let mut world = World::default();
        world.pages.insert("https://soundcloud.com/forss/about".to_owned(), Page::User);
        let shared = Arc::new(Shared { clock, world: Mutex::new(world) });
        let service: Arc<dyn Service> = shared.clone();
        let server = Server::start(service);
        lock(&shared.world).origin = server.origin();
        Self { server, shared }
    }

    /// One more track by `forss`: its page is `https://soundcloud.com/forss/NAME`. `access` is `playable`, `preview`
    /// or `blocked`.
    pub fn add(&self, id: u64, name: &str, duration_ms: u64, access: &'static str) {
        let mut world = lock(&self.shared.world);
        world.tracks.insert(id, Track { title: name.to_owned(), duration_ms, access });
        world.pages.insert(format!("https://soundcloud.com/forss/{name}"), Page::Track(id));
    }

    /// One more set.
    pub fn add_set(&self, id: u64, name: &str, tracks: &[u64]) {
        let mut world = lock(&self.shared.world);
        world.sets.insert(id, (name.to_owned(), tracks.to_vec()));
        world.pages.insert(format!("https://soundcloud.com/forss/sets/{name}"), Page::Set(id));
    }

    /// Ends every access token now; refresh tokens stay good.
    pub fn end_access(&self) {
        lock(&self.shared.world).grants.access.clear();
    }

    /// How many tokens were given by client credentials.
    pub fn tokens_given(&self) -> usize {
        lock(&self.shared.world).tokens_given
    }
}

impl Service for Shared {
    fn answer(&self, request: &Request) -> Reply {
        let now = self.clock.wall();
        let mut world = lock(&self.world);
        if request.path == "/oauth/token" {
            return world.token(request, now);
        }
        // Where sound is, no token is asked for: whoever has the address can listen.
        if let Some(name) = request.path.strip_prefix("/media/") {
            return Reply { body: format!("the sound of {name}").into_bytes(), ..Reply::empty(200) };
        }
        let token = request.header("authorization").strip_prefix("OAuth ").unwrap_or("");
        if world.grants.good(token, now).is_none() {
            return failure(401, "Unauthorized");
        }
        let parts = request.parts();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        let number = |urn: &str, kind: &str| urn.strip_prefix(kind).unwrap_or(urn).parse::<u64>().ok();
        match parts.as_slice() {
            ["resolve"] => world.resolve(request),
            ["tracks", urn] => {
                let id = number(urn, "soundcloud:tracks:");
                id.and_then(|id| world.track(id)).map_or_else(missing, |track| Reply::json(200, &track))
            }
            ["tracks", urn, "streams"] => {
                number(urn, "soundcloud:tracks:").map_or_else(missing, |id| world.streams(id))
            }
            ["tracks"] => world.search(request),
            ["tracks", urn, "streams", name] => {
                let number = number(urn, "soundcloud:tracks:").filter(|id| world.tracks.contains_key(id));
                let to = number.map(|id| format!("{}/media/{id}/{name}?signed=1", world.origin));
                to.map_or_else(missing, |to| Reply::empty(302).with("location", to))
            }
            ["playlists", urn] => {
                let id = number(urn, "soundcloud:playlists:");
                id.and_then(|id| world.set(id)).map_or_else(missing, |set| Reply::json(200, &set))
            }
            _ => missing(),
        }
    }
}

impl World {
    fn token(&mut self, request: &Request, now: WallTime) -> Reply {
        let form: Form = request.form().into_iter().collect();
        let wrong = |status, error: &str| Reply::json(status, &json!({"error": error}));
        let (id, secret) = basic(request.header("authorization")).unwrap_or_else(|| {
            let part = |name: &str| form.get(name).cloned().unwrap_or_default();
            (part("client_id"), part("client_secret"))
        });
        if (id.as_str(), secret.as_str()) != ("soundcloud-app", "soundcloud-secret") {
            return wrong(401, "invalid_client");
        }
        let expires_at = now.plus(ACCESS_LIFETIME);
        match form.get("grant_type").map(String::as_str) {
            Some("client_credentials") if self.tokens_given >= TOKENS_MAX => {
                return wrong(429, "rate_limit_exceeded").with("retry-after", "43200".to_owned());
            }
            Some("client_credentials") => self.tokens_given += 1,
            Some("refresh_token") => {
                // Each is good once.
                let text = form.get("refresh_token").cloned().unwrap_or_default();
                if self.grants.refresh.remove(&text).is_none() {
                    return wrong(400, "invalid_grant");
                }
            }
            _ => return wrong(400, "unsupported_grant_type"),
        }
        let access = Access { client_id: id, account: None, scopes: BTreeSet::new(), expires_at };
        let given = self.grants.give(access, true);
        let body = json!({
            "access_token": given.access, "refresh_token": given.refresh, "expires_in": ACCESS_LIFETIME.as_secs(),
            "scope": "", "token_type": "Bearer",
        });
        Reply::json(200, &body)
    }

    fn resolve(&self, request: &Request) -> Reply {
        let Some(url) = request.parameter("url") else { return failure(400, "url is missing") };
        let to = match self.pages.get(url) {
            None => return missing(),
            Some(Page::Track(id)) => format!("tracks/soundcloud:tracks:{id}"),
            Some(Page::Set(id)) => format!("playlists/soundcloud:playlists:{id}"),
            Some(Page::User) => {
                return Reply::json(200, &json!({"kind": "user", "id": 1, "username": "Forss"}));
            }
        };
        let location = format!("{}/{to}", self.origin);
        Reply::json(302, &json!({"status": "302 - Found", "location": location})).with("location", location)
    }

    fn search(&self, request: &Request) -> Reply {
        if request.parameter("linked_partitioning") != Some("true") {
            return failure(400, "ask for a partitioned collection");
        }
        let words = request.parameter("q").unwrap_or("").to_lowercase();
        let limit = request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(50);
        let fits = |track: &Track| {
            // Who made it is searched as well.
            let text = format!("{} forss", track.title.to_lowercase());
            words.split_whitespace().all(|word| text.contains(word))
                && request.parameter("access").is_none_or(|access| access == track.access)
        };
        let found = self.tracks.iter().filter(|(_, track)| fits(track)).take(limit);
        let found: Vec<_> = found.filter_map(|(id, _)| self.track(*id)).collect();
        Reply::json(200, &json!({"collection": found, "next_href": null}))
    }

    fn track(&self, id: u64) -> Option<Value> {
        let track = self.tracks.get(&id)?;
        Some(json!({
            "kind": "track", "id": id, "urn": format!("soundcloud:tracks:{id}"), "title": track.title,
            "duration": track.duration_ms, "access": track.access, "streamable": true,
            "artwork_url": format!("https://i1.sndcdn.com/artworks-{id}-large.jpg"),
            "permalink_url": format!("https://soundcloud.com/forss/{}", track.title), "isrc": null, "genre": "",
            "user": {"kind": "user", "id": 1, "username": "Forss", "avatar_url": "https://i1.sndcdn.com/avatar-large.jpg"},
        }))
    }

    fn set(&self, id: u64) -> Option<Value> {
        let (title, tracks) = self.sets.get(&id)?;
        let tracks: Vec<_> = tracks.iter().filter_map(|id| self.track(*id)).collect();
        Some(json!({
            "kind": "playlist", "id": id, "title": title, "track_count": tracks.len(), "tracks": tracks,
            "artwork_url": null, "user": {"kind": "user", "id": 1, "username": "Forss"},
        }))
    }

    fn streams(&self, id: u64) -> Reply {
        let Some(track) = self.tracks.get(&id) else { return missing() };
        let at = |name: &str| format!("{}/tracks/soundcloud:tracks:{id}/streams/{name}", self.origin);
        Reply::json(
            200,
            &match track.access {
                "playable" => json!({
                    "hls_aac_160_url": at("aac"), "hls_mp3_128_url": at("mp3"), "http_mp3_128_url": at("file"),
                    "preview_mp3_128_url": at("preview"),
                }),
                "preview" => json!({"preview_mp3_128_url": at("preview")}),
                _ => json!({}),
            },
        )
    }
}

fn missing() -> Reply {
    failure(404, "404 - Not Found")
}

fn failure(status: u16, message: &str) -> Reply {
    let errors = json!([{"error_message": message}]);
    Reply::json(
        status,
        &json!({"code": status, "message": message, "link": "https://developers.soundcloud.com/docs", "errors": errors}),
    )
}
