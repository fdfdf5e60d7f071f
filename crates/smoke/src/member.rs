//! What members do, in small: a nest of its own, two songs, a vote, a horn, a socket that is cut and comes back, a stream
//! by pieces. The nest is closed at the end, whatever was found.

use crate::site::{Answer, Site, read, send};
use crate::socket::{Position, Socket};
use crate::{Report, Seen, Wrong};
use reqwest::header::{CONTENT_RANGE, ETAG, IF_RANGE, RANGE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What somebody beside the nest sees; other nests are not disturbed.
const NEST: &str = "Smoke test";
/// An event that takes longer to arrive is not heard in step.
const HEARD_MAX: Duration = Duration::from_secs(1);
const PIECE_BYTES: usize = 1024;

const SLOW: &str = "look at the machine's load, its disk (each event is written to it first), and at proxies that gather frames";
const NOT_SAID: &str =
    "this is a fault of the server: keep its log and its version, and go back to the release before";

const SIGNED_IN: &str = "the token signs in: GET /api/v1/session";
const OPENED: &str = "a nest can be opened: POST /api/v1/nests";
const QUEUED: &str = "songs are queued, and a socket hears of it";
const VOTED: &str = "a vote and a horn are heard";
const RESUMED: &str = "a socket that was cut hears what it missed, once and in order";
const EVENTS: &str = "so does an event stream, and nothing holds it back";
const STREAMED: &str = "sound comes by pieces";
const CLOSED: &str = "the nest is closed again";

pub(crate) async fn look(site: &Site, report: &mut Report<'_>) {
    if site.token().is_none() {
        for what in [SIGNED_IN, OPENED, QUEUED, VOTED, RESUMED, EVENTS, STREAMED] {
            report.leave_out(what, "no token was given (--token, or ROOKERY_TOKEN)");
        }
        return;
    }
    if !report.check(SIGNED_IN, signed_in(site)).await {
        return;
    }
    let mut code = String::new();
    if !report.check(OPENED, open(site, &mut code)).await {
        return;
    }
    let nest = Nest { site, code };
    let tracks = nest.tracks().await.unwrap_or_default();
    if let Some(track) = tracks.first() {
        if report.check(QUEUED, nest.queue(track)).await {
            report.check(VOTED, nest.react()).await;
        }
        report.check(STREAMED, nest.stream(track)).await;
    } else {
        for what in [QUEUED, VOTED, STREAMED] {
            report.leave_out(what, "the library has no song that plays");
        }
    }
    report.check(RESUMED, nest.resume()).await;
    report.check(EVENTS, nest.events()).await;
    report.check(CLOSED, nest.close()).await;
}

async fn signed_in(site: &Site) -> Seen {
    let answer = site.get("/api/v1/session").await?;
    answer.must_be(StatusCode::OK, "/api/v1/session")?;
    match answer.json()["person"]["name"].as_str() {
        Some(name) => Ok(format!("as {name}")),
        None => Err(Wrong::new(
            "nobody has this token",
            "make one in the settings, of a member, with listen, add and control",
        )),
    }
}

async fn open(site: &Site, code: &mut String) -> Seen {
    let opened = site.act(Method::POST, "/api/v1/nests", &json!({"name": NEST})).await?;
    *code = opened["state"]["code"].as_str().unwrap_or_default().to_owned();
    if code.is_empty() {
        return Err(Wrong::new("no code was answered", NOT_SAID));
    }
    let nest = Nest { site, code: code.clone() };
    nest.command("configure", &json!({"autofill": false})).await?;
    Ok(code.clone())
}

struct Nest<'a> {
    site: &'a Site,
    code: String,
}

impl Nest<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/nests/{}{rest}", self.code)
    }

    async fn command(&self, verb: &str, body: &Value) -> Result<Value, Wrong> {
        self.site.act(Method::POST, &self.path(&format!("/{verb}")), body).await
    }

    async fn tracks(&self) -> Result<Vec<Value>, Wrong> {
        let answer = self.site.get("/api/v1/tracks?limit=20").await?;
        let tracks = answer.json()["tracks"].as_array().cloned().unwrap_or_default();
        Ok(tracks.into_iter().filter(|track| track["playable"]["state"] == "ready").collect())
    }

    async fn socket(&self) -> Result<(Socket, Position), Wrong> {
        let mut socket = Socket::open(self.site).await?;
        let subscribed = socket.subscribe(&format!("nest:{}", self.code), None).await?;
        Ok((socket, subscribed.position))
    }

    async fn queue(&self, track: &Value) -> Seen {
        let (mut socket, at) = self.socket().await?;
        let mut slowest = Duration::ZERO;
        for _ in 0..2 {
            let began = now();
            self.command("add", &json!({"track_id": track["id"]})).await?;
            heard(&mut socket, "entry_added").await?;
            slowest = slowest.max(began.elapsed());
        }
        if slowest > HEARD_MAX {
            return Err(Wrong::new(format!("{} ms until it is heard", slowest.as_millis()), SLOW));
        }
        Ok(format!("after {} ms, from offset {}", slowest.as_millis(), at.offset))
    }

    async fn react(&self) -> Seen {
        let (mut socket, _) = self.socket().await?;
        let nest = self.site.get(&self.path("")).await?.json();
        let waiting = nest["state"]["queue"][0]["id"].clone();
        // For one's own song one can only vote down.
        self.command("vote", &json!({"entry": waiting, "direction": "down"})).await?;
        heard(&mut socket, "vote_cast").await?;
        let sounds = self.site.get("/api/v1/horns").await?.json();
        self.command("horn", &json!({"sound": sounds[0]["name"]})).await?;
        heard(&mut socket, "horn_blown").await?;
        Ok(format!("the horn `{}`", sounds[0]["name"].as_str().unwrap_or_default()))
    }

    /// The connection is dropped without a word; what happens meanwhile must come once, in order, when it is back.
    async fn resume(&self) -> Seen {
        let (socket, at) = self.socket().await?;
        drop(socket);
        for number in 1..=3 {
            self.command("configure", &json!({"name": format!("{NEST} {number}")})).await?;
        }
        let mut back = Socket::open(self.site).await?;
        let resumed = back.subscribe(&format!("nest:{}", self.code), Some(&at)).await?;
        let offsets: Vec<u64> = resumed.missed.iter().filter_map(|one| one["offset"].as_u64()).collect();
        let wanted: Vec<u64> = (1..=3).map(|ahead| at.offset + ahead).collect();
        if !resumed.recovered || offsets != wanted {
            let seen = format!("recovered: {}, offsets {offsets:?} instead of {wanted:?}", resumed.recovered);
            return Err(Wrong::new(seen, NOT_SAID));
        }
        Ok(format!("offsets {offsets:?}"))
    }

    async fn events(&self) -> Seen {
        let nest = self.site.get(&self.path("")).await?.json();
        let (epoch, offset) =
            (nest["epoch"].as_str().unwrap_or_default(), nest["offset"].as_u64().unwrap_or(0));
        self.command("configure", &json!({"name": format!("{NEST} 4")})).await?;
        let request = self
            .site
            .ask(Method::GET, &self.path("/events"))
            .header("Last-Event-ID", format!("{epoch}:{offset}"));
        let mut response = send(request).await?;
        if response.status() != StatusCode::OK {
            let (status, headers) = (response.status(), response.headers().clone());
            return Err(Answer { status, headers, body: Vec::new() }.refused("/events"));
        }
        let began = now();
        let wanted = format!("{epoch}:{}", offset + 1);
        let mut text = String::new();
        let held_back = || {
            Wrong::new(
                format!("no event after {} ms", began.elapsed().as_millis()),
                "a proxy gathers what is streamed: have it flush at once (Caddy: flush_interval -1; nginx: proxy_buffering off)",
            )
        };
        while !text.contains(&wanted) {
            let left = Duration::from_secs(5).saturating_sub(began.elapsed());
            let piece = tokio::time::timeout(left, response.chunk()).await.map_err(|_| held_back())?;
            let piece = piece.ok().flatten().ok_or_else(held_back)?;
            text.push_str(&String::from_utf8_lossy(&piece));
        }
        Ok(format!("{wanted} after {} ms", began.elapsed().as_millis()))
    }

    /// The whole in two pieces is the whole; what lies beyond its end is refused; a piece of something else is the whole.
    async fn stream(&self, track: &Value) -> Seen {
        let path = track["stream_url"].as_str().unwrap_or_default().to_owned();
        let piece = |range: String| read(self.site.ask(Method::GET, &path).header(RANGE, range));
        let first = piece(format!("bytes=0-{}", PIECE_BYTES - 1)).await?;
        first.must_be(StatusCode::PARTIAL_CONTENT, &path)?;
        let said = first.header(&CONTENT_RANGE).to_owned();
        let total: usize = said.rsplit('/').next().and_then(|total| total.parse().ok()).unwrap_or(0);
        let wrong = |seen: String| {
            Wrong::new(
                seen,
                "a proxy changes ranges or keeps pieces: have it pass `Range` on and keep nothing of /api",
            )
        };
        if first.body.len() != PIECE_BYTES.min(total) || !said.starts_with("bytes 0-") {
            return Err(wrong(format!("{} bytes, Content-Range `{said}`", first.body.len())));
        }
        let last = piece(format!("bytes=-{PIECE_BYTES}")).await?;
        last.must_be(StatusCode::PARTIAL_CONTENT, &path)?;
        let again = read(
            self.site
                .ask(Method::GET, &path)
                .header(RANGE, "bytes=0-1")
                .header(IF_RANGE, first.header(&ETAG)),
        )
        .await?;
        if again.status != StatusCode::PARTIAL_CONTENT || again.body.len() != 2 {
            return Err(wrong(format!("If-Range with its own ETag is answered {}", again.status.as_u16())));
        }
        let beyond = piece(format!("bytes={total}-")).await?;
        if beyond.status != StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(wrong(format!("a range beyond the end is answered {}", beyond.status.as_u16())));
        }
        Ok(format!("{total} bytes of `{}`", track["title"].as_str().unwrap_or_default()))
    }

    async fn close(&self) -> Seen {
        self.site.act(Method::DELETE, &self.path(""), &Value::Null).await?;
        Ok(self.code.clone())
    }
}

/// Waits for an event of this kind; others that come first are passed over.
async fn heard(socket: &mut Socket, kind: &str) -> Result<(), Wrong> {
    loop {
        let said = socket.publication().await?;
        if said["data"]["event"]["type"] == kind {
            return Ok(());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a server takes is what is looked at")]
fn now() -> Instant {
    Instant::now()
}
