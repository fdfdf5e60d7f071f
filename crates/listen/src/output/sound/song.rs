//! A song of the library on this machine: fetched whole over a network that may fail, then unpacked to samples by a
//! worker process, which hostile files cannot hurt. It can be read while it grows.

use super::stage::Samples;
use crate::connection::Api;
use crate::limits::{DOWNLOAD_SILENCE_MAX, SONG_BYTES_MAX};
use audio::{UNPACKED_FRAME_BYTES, UNPACKED_HEAD_BYTES, Workers, unpacked_rate};
use reqwest::header::{CONTENT_LENGTH, ETAG, HeaderValue, IF_RANGE, RANGE};
use reqwest::{StatusCode, Url};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;

/// A download that failed is taken up again after this, doubled each time without a byte.
const RETRY_FIRST: Duration = Duration::from_millis(300);
const RETRY_MAX: Duration = Duration::from_secs(8);
/// How often a growing song is measured.
const GROWN_EVERY: Duration = Duration::from_millis(20);

/// How far a song has come.
#[derive(Clone)]
pub(super) enum Loading {
    /// Being fetched.
    Fetching,
    /// The network fails; it is tried again.
    Interrupted(String),
    /// It can be played, at least its beginning.
    Ready(Arc<Song>),
    /// It cannot be had.
    Failed(String),
}

/// A song's samples in a file.
pub(super) struct Song {
    file: File,
    rate: u32,
    frames: AtomicU64,
    whole: AtomicBool,
}

impl Song {
    /// Opens what a worker writes, if the head is there already.
    fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let mut head = [0; UNPACKED_HEAD_BYTES];
        file.read_exact_at(&mut head, 0).ok()?;
        let song = Self {
            file,
            rate: unpacked_rate(&head)?,
            frames: AtomicU64::new(0),
            whole: AtomicBool::new(false),
        };
        song.measure();
        Some(song)
    }

    fn measure(&self) {
        let bytes = self.file.metadata().map_or(0, |about| about.len());
        let frames = bytes.saturating_sub(UNPACKED_HEAD_BYTES as u64) / UNPACKED_FRAME_BYTES as u64;
        self.frames.store(frames, Ordering::Release);
    }
}

impl Samples for Song {
    fn rate(&self) -> f64 {
        f64::from(self.rate)
    }

    fn read(&self, at: i64, frames: &mut [[f32; 2]]) -> bool {
        frames.fill([0.0; 2]);
        let whole = self.whole.load(Ordering::Acquire);
        let there = self.frames.load(Ordering::Acquire) as i64;
        let end = at + frames.len() as i64;
        if end > there && !whole {
            return false;
        }
        let (first, last) = (at.clamp(0, there), end.clamp(0, there));
        let count = (last - first) as usize;
        let mut bytes = vec![0; count * UNPACKED_FRAME_BYTES];
        let offset = UNPACKED_HEAD_BYTES as u64 + first as u64 * UNPACKED_FRAME_BYTES as u64;
        if self.file.read_exact_at(&mut bytes, offset).is_err() {
            return false;
        }
        let skipped = (first - at).max(0) as usize;
        let (read, _) = bytes.as_chunks::<UNPACKED_FRAME_BYTES>();
        for (frame, read) in frames.iter_mut().skip(skipped).zip(read) {
            let sample = |low, high| f32::from(i16::from_le_bytes([low, high])) / 32_768.0;
            *frame = [sample(read[0], read[1]), sample(read[2], read[3])];
        }
        true
    }
}

/// Loads a song into `folder`, whose files are its alone, and tells how far it is.
pub(super) async fn load(
    api: Api,
    workers: Workers,
    url: Url,
    folder: tempfile::TempDir,
    told: watch::Sender<Loading>,
) {
    let packed = folder.path().join("packed");
    if let Err(why) = fetch(&api, &url, &packed, &told).await {
        told.send_replace(Loading::Failed(why));
        return;
    }
    let unpacked = folder.path().join("samples");
    let mut song: Option<Arc<Song>> = None;
    let unpack = workers.unpack(&packed, &unpacked);
    tokio::pin!(unpack);
    let mut grown = tokio::time::interval(GROWN_EVERY);
    let done = loop {
        tokio::select! {
            done = &mut unpack => break done,
            _ = grown.tick() => look(&mut song, &unpacked, &told),
        }
    };
    look(&mut song, &unpacked, &told);
    match (done, song) {
        (Ok(_), Some(song)) => song.whole.store(true, Ordering::Release),
        // What was decoded before a fault plays; then there is silence.
        (Err(error), Some(song)) => {
            tracing::warn!(%error, "a song is damaged");
            song.whole.store(true, Ordering::Release);
        }
        (Err(error), None) => {
            told.send_replace(Loading::Failed(error.to_string()));
        }
        (Ok(_), None) => {
            told.send_replace(Loading::Failed("its samples cannot be read".to_owned()));
        }
    }
    // The song stays on disk as long as somebody wants it.
    told.closed().await;
}

fn look(song: &mut Option<Arc<Song>>, path: &Path, told: &watch::Sender<Loading>) {
    match song {
        Some(song) => song.measure(),
        None => {
            if let Some(opened) = Song::open(path).map(Arc::new) {
                told.send_replace(Loading::Ready(Arc::clone(&opened)));
                *song = Some(opened);
            }
        }
    }
}

/// Why an attempt to fetch ended.
enum Broken {
    /// The server will not give it, however often it is asked.
    Refused(String),
    /// It may work the next time.
    Passing(String),
}

/// Writes the song's file, however often the network fails.
async fn fetch(api: &Api, url: &Url, path: &Path, told: &watch::Sender<Loading>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("a scratch file cannot be written: {error}");
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    let mut etag: Option<HeaderValue> = None;
    let (mut received, mut wait) = (0u64, RETRY_FIRST);
    loop {
        let before = received;
        match attempt(api, url, &mut file, &mut received, &mut etag).await {
            Ok(()) => return file.flush().await.map_err(failed),
            Err(Broken::Refused(why)) => return Err(why),
            Err(Broken::Passing(why)) => {
                told.send_replace(Loading::Interrupted(why));
            }
        }
        if received > before {
            wait = RETRY_FIRST;
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(RETRY_MAX);
    }
}

async fn attempt(
    api: &Api,
    url: &Url,
    file: &mut tokio::fs::File,
    received: &mut u64,
    etag: &mut Option<HeaderValue>,
) -> Result<(), Broken> {
    use tokio::io::AsyncSeekExt;
    let passing = |error: &dyn std::fmt::Display| Broken::Passing(error.to_string());
    let failed =
        |error: std::io::Error| Broken::Refused(format!("a scratch file cannot be written: {error}"));
    let mut request = api.get(url);
    if let Some(etag) = etag.as_ref().filter(|_| *received > 0) {
        request = request.header(RANGE, format!("bytes={received}-")).header(IF_RANGE, etag);
    }
    let silent = |_| Broken::Passing("no answer in time".to_owned());
    let sent = tokio::time::timeout(DOWNLOAD_SILENCE_MAX, request.send()).await.map_err(silent)?;
    let mut response = sent.map_err(|error| passing(&error.without_url()))?;
    match response.status() {
        StatusCode::PARTIAL_CONTENT => {}
        StatusCode::OK => {
            *received = 0;
            file.set_len(0).await.map_err(failed)?;
            file.rewind().await.map_err(failed)?;
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            return Err(Broken::Refused("its file is not on the server any more".to_owned()));
        }
        status
            if status.is_server_error()
                || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) =>
        {
            return Err(passing(&format!("the server answers {status}")));
        }
        status => return Err(Broken::Refused(format!("the server does not give its file ({status})"))),
    }
    *etag = response.headers().get(ETAG).cloned();
    let length =
        response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let total = length.map(|length| *received + length);
    loop {
        let chunk = tokio::time::timeout(DOWNLOAD_SILENCE_MAX, response.chunk()).await.map_err(silent)?;
        let Some(chunk) = chunk.map_err(|error| passing(&error.without_url()))? else { break };
        *received += chunk.len() as u64;
        if *received > SONG_BYTES_MAX {
            return Err(Broken::Refused(format!("its file has more than {SONG_BYTES_MAX} bytes")));
        }
        file.write_all(&chunk).await.map_err(failed)?;
    }
    // A connection that was cut may look like an end.
    if total.is_some_and(|total| *received < total) {
        Err(passing(&"the connection was cut"))
    } else {
        Ok(())
    }
}
