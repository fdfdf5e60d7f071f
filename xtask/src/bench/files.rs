//! Files: importing a library, starting on it, and streaming beside nginx.

use super::http::Client;
use super::memory::{MIB, Memory};
use super::product::{Product, binary, free_port, scratch};
use super::{percentile, say};
use crate::step::{Outcome, run as step};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LIBRARY_ROUNDS: usize = 5;
const FILES: usize = 2_000;
const STARTS: usize = 5;
const WINDOW_BYTES: u64 = 256 * 1024;
const STREAM_BYTES: u64 = 64 * 1024 * 1024;
const STREAM_TIME: Duration = Duration::from_secs(2);
const STREAM_ROUNDS: usize = 7;

/// Imports 2,000 files, then starts the server on a library of 10,000 tracks.
/// `library`: a folder of music to import besides, with whatever formats and covers it has.
pub async fn import_and_start(library: Option<&str>) -> Outcome {
    let folder = scratch("files")?;
    let outcome = async {
        for round in 0..LIBRARY_ROUNDS {
            let Some(library) = library else { break };
            import(&folder.join(format!("library-{round}")), Path::new(library))?;
        }
        let data = folder.join("data");
        for round in 0..5 {
            let music = folder.join(format!("music-{round}"));
            make_library(&folder, &music, round)?;
            let added = import(&data, &music)?;
            if added != FILES {
                return Err(format!("{added} files were added instead of {FILES}"));
            }
        }
        let mut times = Vec::new();
        for _ in 0..STARTS {
            let product = Product::start(&data, None, &[]).await?;
            times.push(product.started_in.as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        say(&format!("start to ready with {} tracks: median {:.0} ms", 5 * FILES, percentile(&times, 0.5)));
        Ok(())
    }
    .await;
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

/// Imports a folder, says how fast and with how much memory; how many tracks there are of it.
#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
fn import(data: &Path, music: &Path) -> Outcome<usize> {
    let began = Instant::now();
    let importing = Command::new(binary())
        .args(["--log", "warn", "--data"])
        .arg(data)
        .arg("import")
        .arg(music)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut memory = Memory::default();
    memory.watch(importing.id());
    let output = importing.wait_with_output().map_err(|error| error.to_string())?;
    let seconds = began.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stdout);
    let added = said.split(' ').next().and_then(|count| count.parse::<usize>().ok());
    let added =
        added.ok_or_else(|| format!("the import says: {said}{}", String::from_utf8_lossy(&output.stderr)))?;
    say(&format!(
        "import of {added} files: {:.0} files/s, at most {:.1} MiB, of it its workers {:.1} MiB",
        added as f64 / seconds,
        memory.all_max as f64 / MIB,
        memory.workers_max as f64 / MIB
    ));
    Ok(added)
}

/// Small mp3 files, each with its own tags and so its own bytes.
fn make_library(folder: &Path, music: &Path, round: usize) -> Outcome {
    let sound = folder.join("sound.mp3");
    if !sound.exists() {
        let path = sound.to_string_lossy().into_owned();
        let tone = "sine=frequency=330:duration=4";
        step(
            ".",
            "ffmpeg",
            &["-v", "error", "-f", "lavfi", "-i", tone, "-b:a", "128k", "-map_metadata", "-1", &path],
        )?;
    }
    let sound = std::fs::read(&sound).map_err(|error| error.to_string())?;
    for number in 0..FILES {
        let album = music.join(format!("artist {}/album {}", number % 90, number % 230));
        std::fs::create_dir_all(&album).map_err(|error| error.to_string())?;
        let title = format!("Song {number} of round {round}");
        let artist = format!("Artist {}", number % 90);
        let frames = [
            frame("TIT2", &title),
            frame("TPE1", &artist),
            frame("TALB", &format!("Album {}", number % 230)),
        ]
        .concat();
        let size = frames.len() as u32;
        let synchsafe = [
            (size >> 21) as u8 & 0x7f,
            (size >> 14) as u8 & 0x7f,
            (size >> 7) as u8 & 0x7f,
            size as u8 & 0x7f,
        ];
        let bytes = [b"ID3\x03\x00\x00".as_slice(), &synchsafe, &frames, &sound].concat();
        std::fs::write(album.join(format!("{number}.mp3")), bytes).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// An ID3v2.3 text frame in Latin-1.
fn frame(id: &str, text: &str) -> Vec<u8> {
    let length = (text.len() as u32 + 1).to_be_bytes();
    [id.as_bytes(), &length, &[0, 0, 0], text.as_bytes()].concat()
}

/// Streams one file by ranges from rookery and from nginx, in the same run.
pub async fn stream() -> Outcome {
    let folder = scratch("stream")?;
    let outcome = compare(&folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

async fn compare(folder: &Path) -> Outcome {
    let wav = folder.join("long.wav");
    let seconds = (STREAM_BYTES / 176_400).to_string();
    let noise = format!("anoisesrc=duration={seconds}:sample_rate=44100");
    let path = wav.to_string_lossy().into_owned();
    step(".", "ffmpeg", &["-v", "error", "-f", "lavfi", "-i", &noise, "-ac", "2", &path])?;
    let product = Product::start(&folder.join("data"), None, &[]).await?;
    let token = product.token().await?;
    let output = Command::new(binary())
        .args(["--log", "warn", "--data"])
        .arg(folder.join("data"))
        .arg("import")
        .arg(folder)
        .output();
    output.map_err(|error| error.to_string())?;
    let headers = format!("Authorization: Bearer {token}\r\n");
    let mut client = Client::connect(product.port).await?;
    let page = client.get("/api/v1/tracks?limit=1", &headers).await?;
    let page: serde_json::Value = serde_json::from_slice(&page.body).map_err(|error| error.to_string())?;
    let url = page["tracks"][0]["stream_url"].as_str().ok_or("the file was not imported")?.to_owned();
    let size = page["tracks"][0]["size_bytes"].as_u64().unwrap_or(STREAM_BYTES);
    let nginx = Nginx::start(folder)?;
    for connections in [8, 64] {
        // In turns, so that whatever else the machine does befalls both.
        let mut rounds = Vec::new();
        for _ in 0..STREAM_ROUNDS {
            let theirs = throughput(nginx.port, "/long.wav", "", size, connections).await?;
            let ours = throughput(product.port, &url, &headers, size, connections).await?;
            rounds.push([ours / theirs * 100.0, ours, theirs]);
        }
        let [ratio, ours, theirs] = [0, 1, 2].map(|figure| {
            let mut sorted: Vec<f64> = rounds.iter().map(|round| round[figure]).collect();
            sorted.sort_by(f64::total_cmp);
            percentile(&sorted, 0.5)
        });
        say(&format!(
            "range streaming, {connections} connections: {ours:.0} MB/s, nginx {theirs:.0} MB/s: {ratio:.0} % \
             (medians of {STREAM_ROUNDS} rounds)"
        ));
    }
    // An idle connection is closed after a while.
    first_bytes(&mut Client::connect(product.port).await?, &url, &headers).await
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
async fn first_bytes(client: &mut Client, url: &str, headers: &str) -> Outcome {
    let mut times = Vec::new();
    for _ in 0..300 {
        let began = Instant::now();
        let answer = client.get(url, &format!("{headers}Range: bytes=0-65535\r\n")).await?;
        if answer.body.len() != 65_536 {
            return Err(format!("a range was answered {} with {} bytes", answer.status, answer.body.len()));
        }
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    say(&format!(
        "first 64 kB, kept-alive: p50 {:.2} ms, p99 {:.2} ms",
        percentile(&times, 0.5),
        percentile(&times, 0.99)
    ));
    Ok(())
}

/// Megabytes a second over several connections, windows at changing places of the file.
#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
async fn throughput(port: u16, path: &str, headers: &str, size: u64, connections: u64) -> Outcome<f64> {
    let local = tokio::task::LocalSet::new();
    let began = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..connections {
        let (path, headers) = (path.to_owned(), headers.to_owned());
        tasks.push(local.spawn_local(async move {
            let mut client = Client::connect(port).await?;
            let (mut bytes, mut at) = (0u64, number * 7 * WINDOW_BYTES % (size - WINDOW_BYTES));
            while began.elapsed() < STREAM_TIME {
                let range = format!("{headers}Range: bytes={at}-{}\r\n", at + WINDOW_BYTES - 1);
                bytes += client.get(&path, &range).await?.body.len() as u64;
                at = (at + WINDOW_BYTES) % (size - WINDOW_BYTES);
            }
            Ok::<u64, String>(bytes)
        }));
    }
    local
        .run_until(async {
            let mut total = 0;
            for task in tasks {
                total += task.await.map_err(|error| error.to_string())??;
            }
            Ok(total as f64 / began.elapsed().as_secs_f64() / 1e6)
        })
        .await
}

struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    fn start(folder: &Path) -> Outcome<Self> {
        let port = free_port()?;
        let root = folder.display();
        let settings = format!(
            "daemon off; worker_processes 2; pid {root}/nginx.pid; error_log {root}/nginx.log; events {{}} \
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; \
             server {{ listen 127.0.0.1:{port}; root {root}; }} }}"
        );
        let path = folder.join("nginx.conf");
        std::fs::write(&path, settings).map_err(|error| error.to_string())?;
        let child =
            Command::new("nginx").arg("-c").arg(&path).spawn().map_err(|error| format!("nginx: {error}"))?;
        std::thread::sleep(Duration::from_millis(500));
        Ok(Self { child, port })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its master ends its workers when it is asked, not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}
