//! Listeners on sockets: memory, time from command to frame, and one event to thousands.

use super::crowd::{Crowd, MARK, Steering};
use super::floor::Floor;
use super::http::Client;
use super::memory::MIB;
use super::product::{Product, scratch};
use super::socket::Socket;
use super::{percentile, say};
use crate::step::Outcome;
use std::time::{Duration, Instant};

/// Idle is who has done nothing for a while.
pub(super) const QUIET: Duration = Duration::from_secs(15);
const LISTENERS: usize = 1_000;
const CROWD: usize = 5_000;
const COMMANDS: usize = 400;
const EVENTS: usize = 200;
/// Sockets of one person are limited, so a crowd is several people.
const SOCKETS_PER_TOKEN: usize = 190;

pub async fn measure(memory: bool, latency: bool, fanout: bool) -> Outcome {
    // The server has the first core; whoever measures keeps off it.
    let own = std::process::id().to_string();
    crate::step::output(".", "taskset", &["-cp", "1", &own])?;
    let data = scratch("listeners")?;
    let outcome = on(&data, memory, latency, fanout).await;
    let _ = std::fs::remove_dir_all(&data);
    outcome
}

async fn on(data: &std::path::Path, memory: bool, latency: bool, fanout: bool) -> Outcome {
    let product = Product::start(data, Some(0), &["--demo"]).await?;
    let token = product.token().await?;
    let tokens = crowd_tokens(&product, &token, CROWD / SOCKETS_PER_TOKEN + 1).await?;
    wait_for_music(&product, &token).await?;
    if memory {
        tokio::time::sleep(QUIET).await;
        say(&format!("resident, idle: {:.1} MiB", product.resident_bytes() as f64 / MIB));
    }
    if latency {
        quiet_nest(&product, &token).await?;
    }
    if memory {
        let sockets = open(&product, &tokens, LISTENERS).await?;
        tokio::time::sleep(QUIET).await;
        say(&format!("resident, {LISTENERS} listeners: {:.1} MiB", product.resident_bytes() as f64 / MIB));
        drop(sockets);
    }
    if fanout {
        crowd(&product, &token, &tokens).await?;
    }
    Ok(())
}

pub(super) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Tokens of invited members: one person may hold only so many sockets.
async fn crowd_tokens(product: &Product, token: &str, count: usize) -> Outcome<Vec<String>> {
    let mut client = Client::connect(product.port).await?;
    let parsed =
        |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).map_err(|error| error.to_string());
    let asked = format!("{{\"role\":\"member\",\"uses_max\":{count},\"expires_in_s\":3600}}");
    let made = client.post("/api/v1/invitations", &bearer(token), &asked).await?;
    let url = parsed(&made.body)?["url"].as_str().unwrap_or_default().to_owned();
    let secret = url.split('#').nth(1).ok_or("no invitation")?.to_owned();
    let mut tokens = Vec::new();
    while tokens.len() < count {
        let body = format!("{{\"token\":\"{secret}\",\"name\":\"Listener {}\"}}", tokens.len());
        let answer = client.post("/api/v1/invitations/redeem", "", &body).await?;
        if answer.status == 429 {
            tokio::time::sleep(Duration::from_secs(3)).await;
            continue;
        }
        let cookie = answer.header("set-cookie").ok_or("no cookie")?;
        let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap_or_default());
        let made = client.post("/api/v1/tokens", &cookie, r#"{"label":"bench","scopes":["listen"]}"#).await?;
        tokens.push(parsed(&made.body)?["secret"].as_str().ok_or("no token")?.to_owned());
    }
    Ok(tokens)
}

/// Until the demo is complete, measuring would be measuring the synthesiser.
pub(super) async fn wait_for_music(product: &Product, token: &str) -> Outcome {
    let mut client = Client::connect(product.port).await?;
    for _ in 0..600 {
        let answer = client.get("/api/v1/tracks?limit=20", &bearer(token)).await?;
        let page: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        let tracks = page["tracks"].as_array().cloned().unwrap_or_default();
        if tracks.len() >= 10 && tracks.iter().all(|track| !track["loudness_lufs"].is_null()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Err("the demo was not complete within five minutes".to_owned())
}

async fn open(product: &Product, tokens: &[String], count: usize) -> Outcome<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(count);
    for number in 0..count {
        sockets.push(Socket::listen(product.port, &tokens[number / SOCKETS_PER_TOKEN]).await?);
    }
    Ok(sockets)
}

/// Sends `configure` with a name nobody had; every listener can recognise it.
async fn rename(client: &mut Client, token: &str, name: &str) -> Outcome {
    let body = format!("{{\"name\":\"{name}\"}}");
    let answer = client.post("/api/v1/nests/main/configure", &bearer(token), &body).await?;
    if answer.status == 200 { Ok(()) } else { Err(format!("a command was answered {}", answer.status)) }
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
async fn quiet_nest(product: &Product, token: &str) -> Outcome {
    let mut listener = Socket::listen(product.port, token).await?;
    let mut client = Client::connect(product.port).await?;
    let mut times = Vec::new();
    for number in 0..COMMANDS {
        let name = format!("Name {number} of many");
        let began = Instant::now();
        let (sent, heard) = tokio::join!(rename(&mut client, token, &name), listener.until(&name));
        sent?;
        times.push((heard?.at - began).as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    times.sort_by(f64::total_cmp);
    let (half, most) = (percentile(&times, 0.5), percentile(&times, 0.99));
    say(&format!("command to frame, durable: p50 {half:.2} ms, p99 {most:.2} ms"));
    Ok(())
}

/// One event to everybody, beside a bare loop that writes as many bytes to as many sockets.
async fn crowd(product: &Product, token: &str, tokens: &[String]) -> Outcome {
    let mut sockets = open(product, tokens, CROWD).await?;
    let mut client = Client::connect(product.port).await?;
    // The frame as it arrives, header included, is what the bare loop writes.
    rename(&mut client, token, "Crowd 100 of many").await?;
    let mut frame_bytes = 0;
    for socket in &mut sockets {
        frame_bytes = socket.until("Crowd 100 of many").await?.bytes;
    }
    let floor = Floor::start(CROWD, text_frame(frame_bytes))?;
    let mut bare = Vec::with_capacity(CROWD);
    for _ in 0..CROWD {
        bare.push(Socket::connect(floor.port).await?);
    }
    let steering = Steering::on_second_core();
    let received =
        if steering.is_some() { "the second core" } else { "the server's core: not allowed to change it" };
    say(&format!("loopback is received on {received}"));
    let [mut ours, mut bare] = Crowd::listening([sockets, bare])?;
    // In turns, so that what disturbs the machine disturbs both.
    for number in 0..EVENTS {
        let began = now();
        rename(&mut client, token, &format!("Crowd {} of many", 101 + number)).await?;
        ours.all_heard(began)?;
        bare.all_heard(floor.write()?)?;
    }
    drop(steering);
    let (ours, bare, writing) = (ours.sorted(), bare.sorted(), floor.writing_ms());
    let said = [
        ("one event to so many sockets, last one reached", &ours),
        ("a bare loop, last one reached", &bare),
        ("of it, the loop's own writing", &writing),
    ];
    for (name, times) in said {
        let [half, most] = [0.5, 0.99].map(|share| percentile(times, share));
        say(&format!("{name}: p50 {half:.1} ms, p99 {most:.1} ms"));
    }
    let [half, most] = [0.5, 0.99].map(|share| percentile(&ours, share) / percentile(&bare, share));
    say(&format!("one event beside the bare loop: {half:.2} times at p50, {most:.2} times at p99"));
    Ok(())
}

/// A text frame of so many bytes, header included.
fn text_frame(bytes: usize) -> Vec<u8> {
    let mut frame = vec![0x81, 126];
    frame.extend(((bytes - 4) as u16).to_be_bytes());
    frame.extend(MARK.bytes().cycle().take(bytes - 4));
    frame
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
fn now() -> Instant {
    Instant::now()
}
