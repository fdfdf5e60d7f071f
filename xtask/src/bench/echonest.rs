//! The numbers EchoNest was measured by: its queue of twenty songs as bots ask for it, a change of the queue on fifty
//! sockets, the memory of everything that runs while nothing happens, and what the first page costs.

use super::http::Client;
use super::listeners::{QUIET, bearer, wait_for_music};
use super::memory::MIB;
use super::page;
use super::product::{Product, scratch};
use super::socket::Socket;
use super::{percentile, say};
use crate::step::Outcome;
use std::time::{Duration, Instant};

/// Songs that wait.
const ENTRIES: usize = 20;
/// Kept-alive connections that ask.
const CONNECTIONS: usize = 8;
const ASKING: Duration = Duration::from_secs(4);
const ROUNDS: usize = 3;
const SOCKETS: usize = 50;
const CHANGES: usize = 100;

pub async fn measure() -> Outcome {
    // The server has the first core; whoever measures keeps off it.
    let own = std::process::id().to_string();
    crate::step::output(".", "taskset", &["-cp", "1", &own])?;
    let data = scratch("echonest")?;
    let outcome = on(&data).await;
    let _ = std::fs::remove_dir_all(&data);
    outcome
}

async fn on(data: &std::path::Path) -> Outcome {
    let product = Product::start(data, Some(0), &["--demo"]).await?;
    let token = product.token().await?;
    wait_for_music(&product, &token).await?;
    tokio::time::sleep(QUIET).await;
    say(&format!("resident, idle, one process: {:.1} MiB", product.resident_bytes() as f64 / MIB));
    let (bytes, files) = page::first_load(product.port).await?;
    say(&format!("first page, before a sound is played: {:.1} kB in {files} files", bytes as f64 / 1e3));
    let track = fill(&product, &token).await?;
    for _ in 0..ROUNDS {
        let health = ask(&product, "/health").await?;
        let queue = ask(&product, "/queue/").await?;
        say(&format!(
            "/queue/ with {ENTRIES} songs: {:.0} requests/s, {:.1} us of processor each; /health: {:.0}, {:.1} us: {:.2} times",
            queue.per_second,
            queue.cpu_us,
            health.per_second,
            health.cpu_us,
            queue.cpu_us / health.cpu_us
        ));
    }
    let native = open(&product, &token, false).await?;
    changes(&product, &token, &track, native, "entry_added", "entry_removed", "the native socket").await?;
    let page = open(&product, &token, true).await?;
    changes(&product, &token, &track, page, "playlist_update", "playlist_update", "EchoNest's socket").await
}

/// Queues songs of the demo, and pauses so that none ends; the id of one.
async fn fill(product: &Product, token: &str) -> Outcome<String> {
    let mut client = Client::connect(product.port).await?;
    let bearer = bearer(token);
    let answer = client.get("/api/v1/tracks?limit=20", &bearer).await?;
    let page: serde_json::Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    let tracks = page["tracks"].as_array().cloned().unwrap_or_default();
    let ids: Vec<&str> = tracks.iter().filter_map(|track| track["id"].as_str()).collect();
    command(&mut client, &bearer, "configure", "{\"autofill\":false}").await?;
    command(&mut client, &bearer, "clear", "{}").await?;
    let playing = client.get("/api/v1/nests/main", &bearer).await?;
    let is_silent = String::from_utf8_lossy(&playing.body).contains("\"playing\":null");
    for id in ids.iter().cycle().take(ENTRIES + usize::from(is_silent)) {
        command(&mut client, &bearer, "add", &format!("{{\"track_id\":\"{id}\"}}")).await?;
    }
    command(&mut client, &bearer, "pause", "{}").await?;
    ids.first().map(|id| (*id).to_owned()).ok_or_else(|| "the demo has no songs".to_owned())
}

async fn command(client: &mut Client, bearer: &str, verb: &str, body: &str) -> Outcome<serde_json::Value> {
    let answer = client.post(&format!("/api/v1/nests/main/{verb}"), bearer, body).await?;
    if answer.status != 200 {
        return Err(format!(
            "{verb} was answered {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        ));
    }
    serde_json::from_slice(&answer.body).map_err(|error| error.to_string())
}

struct Rate {
    per_second: f64,
    cpu_us: f64,
}

/// As many requests as the server answers on its core.
async fn ask(product: &Product, path: &'static str) -> Outcome<Rate> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut client = Client::connect(product.port).await?;
        // Encoded once before it is measured.
        client.get(path, "").await?;
        clients.push(client);
    }
    let (began, cpu) = (now(), product.cpu_time());
    let local = tokio::task::LocalSet::new();
    let asking: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            local.spawn_local(async move {
                let mut answered = 0_u64;
                while began.elapsed() < ASKING {
                    if client.get(path, "").await?.status != 200 {
                        return Err(format!("{path} was refused"));
                    }
                    answered += 1;
                }
                Ok(answered)
            })
        })
        .collect();
    local.await;
    let mut answered = 0;
    for one in asking {
        answered += one.await.map_err(|error| error.to_string())??;
    }
    let (took, cpu) = (began.elapsed().as_secs_f64(), product.cpu_time().saturating_sub(cpu));
    Ok(Rate { per_second: answered as f64 / took, cpu_us: cpu.as_secs_f64() * 1e6 / answered as f64 })
}

async fn open(product: &Product, token: &str, is_page: bool) -> Outcome<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(SOCKETS);
    for _ in 0..SOCKETS {
        sockets.push(match is_page {
            true => Socket::page(product.port, token).await?,
            false => Socket::listen(product.port, token).await?,
        });
    }
    Ok(sockets)
}

/// A song more and a song less, again and again; until the last socket has it.
async fn changes(
    product: &Product,
    token: &str,
    track: &str,
    mut sockets: Vec<Socket>,
    more: &str,
    less: &str,
    name: &str,
) -> Outcome {
    let mut client = Client::connect(product.port).await?;
    let bearer = bearer(token);
    let (mut times, mut bytes) = (Vec::new(), Vec::new());
    for _ in 0..CHANGES {
        let began = now();
        let body = format!("{{\"track_id\":\"{track}\"}}");
        let added = command(&mut client, &bearer, "add", &body).await?["entry"].as_u64().ok_or("no entry")?;
        let mut last = began;
        for socket in &mut sockets {
            let arrived = socket.until(more).await?;
            last = last.max(arrived.at);
            bytes.push(arrived.bytes as f64);
        }
        times.push((last - began).as_secs_f64() * 1e3);
        command(&mut client, &bearer, "remove", &format!("{{\"entry\":{added}}}")).await?;
        for socket in &mut sockets {
            socket.until(less).await?;
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    times.sort_by(f64::total_cmp);
    bytes.sort_by(f64::total_cmp);
    let [half, most] = [0.5, 0.99].map(|share| percentile(&times, share));
    say(&format!(
        "a song is added, the last of {SOCKETS} sockets has it ({name}): p50 {half:.2} ms, p99 {most:.2} ms; {:.0} bytes each",
        percentile(&bytes, 0.5)
    ));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
fn now() -> Instant {
    Instant::now()
}
