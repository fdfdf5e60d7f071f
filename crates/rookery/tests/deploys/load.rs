//! Many who ask at once, half of them on connections of their own for each request. Every answer but 200, and every
//! connection that ends before its answer, is a failure.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Longer than any answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// After a failure, so that a server that is away is not asked in a circle.
const PAUSE: Duration = Duration::from_millis(5);
/// Between the requests of a worker who is only there: what other tests need of the machine is theirs.
const GENTLE_PAUSE: Duration = Duration::from_millis(20);

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Failures by what they were.
    pub failed: Mutex<BTreeMap<String, u64>>,
    /// How long each answer took, in microseconds.
    pub took_us: Mutex<Vec<u64>>,
    answered: AtomicU64,
    over: AtomicBool,
}

impl Outcome {
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    pub fn failures(&self) -> u64 {
        self.failed.lock().unwrap().values().sum()
    }

    /// The percentile of answers' times.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut took = self.took_us.lock().unwrap().clone();
        took.sort_unstable();
        let at = (took.len() * percent / 100).min(took.len().saturating_sub(1));
        Duration::from_micros(took.get(at).copied().unwrap_or(0))
    }
}

/// Workers that ask until they are told to stop.
pub struct Load {
    pub outcome: Arc<Outcome>,
    workers: JoinSet<()>,
}

impl Load {
    /// `count` workers, who mostly ask whether the server lives and now and then for the main nest, as whoever has this
    /// cookie: as fast as they are answered.
    pub fn begin(address: SocketAddr, count: usize, cookie: &str) -> Self {
        Self::with_pause(address, count, cookie, Duration::ZERO)
    }

    /// The same people in no hurry: for what must go well while others are there, however many.
    pub fn gentle(address: SocketAddr, count: usize, cookie: &str) -> Self {
        Self::with_pause(address, count, cookie, GENTLE_PAUSE)
    }

    fn with_pause(address: SocketAddr, count: usize, cookie: &str, pause: Duration) -> Self {
        let outcome = Arc::new(Outcome::default());
        let mut workers = JoinSet::new();
        for number in 0..count {
            let (outcome, cookie) = (Arc::clone(&outcome), cookie.to_owned());
            let keeps = number.is_multiple_of(2);
            workers.spawn(async move { work(address, keeps, pause, &cookie, &outcome).await });
        }
        Self { outcome, workers }
    }

    /// Stops and waits for the last answers.
    pub async fn end(mut self) -> Arc<Outcome> {
        self.outcome.over.store(true, Ordering::Relaxed);
        while self.workers.join_next().await.is_some() {}
        self.outcome
    }
}

async fn work(address: SocketAddr, keeps: bool, pause: Duration, cookie: &str, outcome: &Outcome) {
    let mut kept = None;
    let close = if keeps { "" } else { "connection: close\r\n" };
    let mut took_us = Vec::new();
    for number in 0_u64.. {
        if outcome.over.load(Ordering::Relaxed) {
            break;
        }
        let path = if number.is_multiple_of(16) { "/api/v1/nests/main" } else { "/health" };
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n{close}\r\n");
        let began = Instant::now();
        let reused = kept.is_some();
        let asked =
            tokio::time::timeout(ANSWER_MAX, exchange(address, kept.take(), request.as_bytes())).await;
        let failure = match asked {
            Ok(Ok(Answer { status: 200, connection, .. })) => {
                outcome.answered.fetch_add(1, Ordering::Relaxed);
                took_us.push(began.elapsed().as_micros() as u64);
                kept = connection.filter(|_| keeps);
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                continue;
            }
            Ok(Ok(answer)) => format!("status {}", answer.status),
            Ok(Err(error)) => format!("{}{:?}", if reused { "kept connection: " } else { "" }, error.kind()),
            Err(_) => "no answer in time".to_owned(),
        };
        *outcome.failed.lock().unwrap().entry(failure).or_default() += 1;
        tokio::time::sleep(PAUSE).await;
    }
    outcome.took_us.lock().unwrap().extend(took_us);
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// The connection, if the server keeps it.
    pub connection: Option<TcpStream>,
}

/// One request and its whole answer, on a connection that is there or a new one.
pub async fn exchange(
    address: SocketAddr,
    kept: Option<TcpStream>,
    request: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = match kept {
        Some(stream) => stream,
        None => TcpStream::connect(address).await?,
    };
    stream.set_nodelay(true)?;
    stream.write_all(request).await?;
    let mut read = Vec::with_capacity(2_048);
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let value =
                |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            let length: usize = value("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if read.len() >= end + 4 + length {
                let status = head.get(9..12).and_then(|status| status.parse().ok());
                let status = status.ok_or_else(|| std::io::Error::other("no status"))?;
                let connection = (value("connection") != Some("close")).then_some(stream);
                return Ok(Answer { status, body: read.split_off(end + 4), connection });
            }
        }
        if stream.read_buf(&mut read).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}
