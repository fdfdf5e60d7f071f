//! Many who listen by socket, speaking the Centrifugo client protocol: told to come back, they do, from where they were.
//! And somebody whose doings they hear.

use crate::load::{Answer, exchange};
use futures::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// Between two publications: short beside the silence that is measured.
const EVERY: Duration = Duration::from_millis(50);
/// How long whoever could not come in waits.
const PAUSE: Duration = Duration::from_millis(10);
/// The code that says: come back.
const COME_BACK: u16 = 3001;

#[derive(Deserialize)]
struct Line {
    subscribe: Option<Subscribed>,
    push: Option<Push>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Subscribed {
    epoch: String,
    offset: u64,
    #[serde(default)]
    recovered: bool,
    #[serde(default)]
    publications: Vec<Publication>,
}

#[derive(Deserialize)]
struct Push {
    r#pub: Option<Publication>,
}

#[derive(Deserialize)]
struct Publication {
    offset: u64,
}

/// What one listener heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// The offset it began after, and the last it heard.
    pub first: u64,
    pub last: u64,
    pub missed: u64,
    pub doubled: u64,
    /// How often it came back, and how often it was not given what it had missed.
    pub came_back: u64,
    pub unrecovered: u64,
    /// How often its socket ended without a word.
    pub broken: u64,
    /// The longest time between two publications.
    pub silence: Duration,
    epoch: String,
    heard_at: Option<Instant>,
}

impl Heard {
    fn hear(&mut self, offset: u64) {
        let now = Instant::now();
        if let Some(before) = self.heard_at.replace(now) {
            self.silence = self.silence.max(now - before);
        }
        if offset <= self.last {
            self.doubled += 1;
            return;
        }
        self.missed += offset - self.last - 1;
        self.last = offset;
    }
}

/// Everybody who listens.
pub struct Audience {
    listeners: JoinSet<Heard>,
    goal: Arc<AtomicU64>,
    present: Arc<AtomicU64>,
}

impl Audience {
    /// `count` listeners, with these cookies in turn.
    pub fn gather(address: SocketAddr, count: usize, cookies: &[String]) -> Self {
        let goal = Arc::new(AtomicU64::new(u64::MAX));
        let present = Arc::new(AtomicU64::new(0));
        let mut listeners = JoinSet::new();
        for number in 0..count {
            let cookie = cookies[number % cookies.len()].clone();
            let (goal, present) = (Arc::clone(&goal), Arc::clone(&present));
            listeners.spawn(async move { listen(address, &cookie, &goal, &present).await });
        }
        Self { listeners, goal, present }
    }

    /// Resolves when all of them listen.
    pub async fn seated(&self) {
        while self.present.load(Ordering::Relaxed) < self.listeners.len() as u64 {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lets everybody listen up to this offset, and answers what they heard.
    pub async fn dismiss(mut self, goal: u64) -> Vec<Heard> {
        self.goal.store(goal, Ordering::Relaxed);
        let mut heard = Vec::new();
        while let Some(one) = self.listeners.join_next().await {
            heard.push(one.unwrap());
        }
        heard
    }
}

async fn listen(address: SocketAddr, cookie: &str, goal: &AtomicU64, present: &AtomicU64) -> Heard {
    let mut heard = Heard::default();
    loop {
        let is_first = heard.epoch.is_empty();
        let Ok(mut socket) = come_in(address, cookie, &heard).await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        heard.came_back += u64::from(!is_first);
        loop {
            if heard.last >= goal.load(Ordering::Relaxed) {
                let _ = socket.close(None).await;
                return heard;
            }
            let Ok(message) = tokio::time::timeout(EVERY * 4, socket.next()).await else { continue };
            match message {
                Some(Ok(Message::Text(text))) => {
                    for line in text.lines() {
                        if line == "{}" {
                            let _ = socket.send(Message::text("{}")).await;
                            continue;
                        }
                        take(&mut heard, serde_json::from_str(line).unwrap(), is_first, present);
                    }
                }
                Some(Ok(Message::Close(close))) => {
                    let code = close.map_or(0, |close| u16::from(close.code));
                    heard.broken += u64::from(code != COME_BACK);
                    break;
                }
                Some(Ok(_)) => {}
                None | Some(Err(_)) => {
                    heard.broken += 1;
                    break;
                }
            }
        }
    }
}

fn take(heard: &mut Heard, line: Line, is_first: bool, present: &AtomicU64) {
    assert!(line.error.is_none(), "{:?}", line.error);
    if let Some(subscribed) = line.subscribe {
        if is_first {
            heard.epoch = subscribed.epoch;
            heard.first = subscribed.offset;
            heard.last = subscribed.offset;
            present.fetch_add(1, Ordering::Relaxed);
        } else {
            heard.unrecovered += u64::from(!subscribed.recovered || subscribed.epoch != heard.epoch);
            for publication in subscribed.publications {
                heard.hear(publication.offset);
            }
        }
    }
    if let Some(publication) = line.push.and_then(|push| push.r#pub) {
        heard.hear(publication.offset);
    }
}

type Socket = WebSocketStream<TcpStream>;
type SocketError = tokio_tungstenite::tungstenite::Error;

async fn come_in(address: SocketAddr, cookie: &str, heard: &Heard) -> Result<Socket, SocketError> {
    let mut request = format!("ws://{address}/api/v1/socket").into_client_request()?;
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    let since = match heard.epoch.as_str() {
        "" => String::new(),
        epoch => format!(",\"recover\":true,\"epoch\":\"{epoch}\",\"offset\":{}", heard.last),
    };
    let hello = format!(
        "{{\"id\":1,\"connect\":{{}}}}\n{{\"id\":2,\"subscribe\":{{\"channel\":\"nest:main\"{since}}}}}"
    );
    socket.send(Message::text(hello)).await?;
    Ok(socket)
}

/// Somebody who turns the volume up and down, for everybody to hear of it.
pub struct Publisher {
    over: Arc<AtomicBool>,
    task: JoinHandle<Published>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Published {
    /// The offsets that were acknowledged.
    pub offsets: Vec<u64>,
    /// Requests that failed, and why.
    pub failed: Vec<String>,
    /// How long the slowest of them waited for its answer.
    pub longest: Duration,
}

impl Publisher {
    pub fn begin(runtime: &tokio::runtime::Handle, address: SocketAddr, cookie: &str) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (ends, cookie) = (Arc::clone(&over), cookie.to_owned());
        let task = runtime.spawn(async move { publish(address, &cookie, &ends).await });
        Self { over, task }
    }

    pub async fn end(self) -> Published {
        self.over.store(true, Ordering::Relaxed);
        self.task.await.unwrap()
    }
}

async fn publish(address: SocketAddr, cookie: &str, over: &AtomicBool) -> Published {
    let (mut published, mut kept) = (Published::default(), None);
    let mut next = Instant::now();
    for number in 0_u64.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let body = format!("{{\"percent\":{}}}", 10 + number % 50);
        let request = format!(
            "POST /api/v1/nests/main/volume HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let began = Instant::now();
        let asked = exchange(address, kept.take(), request.as_bytes()).await;
        published.longest = published.longest.max(began.elapsed());
        match asked {
            Ok(Answer { status: 200, body, connection }) => {
                let done: serde_json::Value = serde_json::from_slice(&body).unwrap();
                published.offsets.push(done["offset"].as_u64().unwrap());
                kept = connection;
            }
            Ok(answer) => published.failed.push(format!("status {}", answer.status)),
            Err(error) => published.failed.push(format!("{:?}", error.kind())),
        }
        next = (next + EVERY).max(Instant::now());
        tokio::time::sleep_until(next).await;
    }
    published
}
