//! Two processes on one database, as during a change of releases: what happens at one is heard at the other, once, and a
//! listener who moves misses nothing. Under systemd and load: `tests/deploys`.

use crate::program;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, Options, Postgres, Rookery, eventually, sound};

/// What half of all events stay below: a machine that is busy with other tests, and far less than the time after which
/// the logs are looked at though nobody said anything. What was measured is printed.
const MEDIAN_MAX: Duration = Duration::from_millis(250);
const MOMENT_MAX: Duration = Duration::from_secs(5);

/// Two processes on one database, and the same person at each.
struct Pair {
    ada: Browser,
    ada_there: Browser,
    here: Rookery,
    there: Rookery,
    _postgres: Option<Postgres>,
}

fn start(postgres: Option<Postgres>) -> Pair {
    let args: Vec<String> =
        postgres.iter().flat_map(|server| ["--database-url".to_owned(), server.url().to_owned()]).collect();
    let here = Rookery::with(program(), Options { args: args.clone(), ..Options::default() });
    let ada = here.administrator();
    let data = Some(here.data());
    let there = Rookery::with(program(), Options { args, data, is_set_up: true, ..Options::default() });
    let ada_there = ada.at(there.site());
    ada.command("configure", json!({"autofill": false})).ok();
    Pair { ada, ada_there, here, there, _postgres: postgres }
}

fn volume(person: &Browser, percent: u64) -> u64 {
    person.command("volume", json!({"percent": percent})).ok()["offset"].as_u64().unwrap()
}

fn offset(position: &str) -> u64 {
    position.rsplit_once(':').unwrap().1.parse().unwrap()
}

/// What is written at one process is heard at the other within a moment, in order, once, whoever writes.
#[expect(clippy::print_stderr, reason = "captured by the test's harness, and shown when asked for")]
fn is_heard_at_the_other(pair: &Pair) {
    let mut heard = EventStream::open(&pair.ada_there, None);
    let mut last = offset(&heard.position());
    let mut delays = Vec::new();
    for percent in 1..=40 {
        let began = testkit::since_1970();
        // Now and then the other one writes, too.
        let writer = if percent % 5 == 0 { &pair.ada_there } else { &pair.ada };
        let written = volume(writer, percent);
        while last < written {
            let event = heard.next_event().expect("the stream goes on");
            assert_eq!(offset(&event.id), last + 1, "a hole, or an event twice");
            last += 1;
        }
        delays.push(testkit::since_1970().saturating_sub(began));
    }
    delays.sort_unstable();
    let (median, longest) = (delays[delays.len() / 2], delays[delays.len() - 1]);
    eprintln!(
        "heard at the other process: median {median:?}, longest {longest:?}, with the request that wrote it"
    );
    assert!(median < MEDIAN_MAX && longest < MOMENT_MAX, "median {median:?}, longest {longest:?}");
}

#[test]
fn what_one_process_writes_is_heard_at_the_other_within_a_moment_on_sqlite() {
    is_heard_at_the_other(&start(None));
}

#[test]
fn what_one_process_writes_is_heard_at_the_other_within_a_moment_on_postgres() {
    is_heard_at_the_other(&start(Some(Postgres::start())));
}

/// A listener who moves at once, with what was heard a moment ago, is given what comes after: never more, never less.
fn moves_without_loss(pair: &Pair) {
    let sides = [&pair.ada, &pair.ada_there];
    let mut at = EventStream::open(sides[0], None);
    let mut position = at.position();
    for round in 1..=30_usize {
        // Heard at the one that wrote it; the other may not know it yet.
        let written = volume(sides[(round + 1) % 2], round as u64);
        while offset(&position) < written {
            let event = at.next_event().expect("the stream goes on");
            assert_eq!((event.name.as_str(), offset(&event.id)), ("message", offset(&position) + 1));
            position = event.id;
        }
        at = EventStream::open(sides[round % 2], Some(&position));
    }
}

#[test]
fn a_listener_who_moves_to_the_other_process_recovers_on_sqlite() {
    moves_without_loss(&start(None));
}

#[test]
fn a_listener_who_moves_to_the_other_process_recovers_on_postgres() {
    moves_without_loss(&start(Some(Postgres::start())));
}

/// Both processes see that a song ends; it ends once.
fn songs_end_once(pair: &Pair) {
    const SONGS: usize = 5;
    let track = pair.ada.add_track("short.wav", &sound::wav(440, 1_000));
    let mut heard = EventStream::open(&pair.ada_there, None);
    heard.position();
    for _ in 0..SONGS {
        pair.ada.add(&track);
    }
    let mut counts: BTreeMap<(String, u64), usize> = BTreeMap::new();
    let mut ended = 0;
    while ended < SONGS {
        let event = heard.next_event().expect("the stream goes on");
        let data: serde_json::Value = serde_json::from_str(&event.data).unwrap();
        let kind = data["event"]["type"].as_str().unwrap().to_owned();
        let entry = &data["event"]["entry"];
        let entry = entry.as_u64().or(entry["id"].as_u64()).unwrap_or_default();
        if kind == "playback_started" || kind == "playback_ended" {
            ended += usize::from(kind == "playback_ended");
            *counts.entry((kind, entry)).or_default() += 1;
        }
    }
    assert_eq!(counts.len(), 2 * SONGS, "{counts:?}");
    assert!(counts.values().all(|&count| count == 1), "{counts:?}");
    let conflicts = conflicts(&pair.ada) + conflicts(&pair.ada_there);
    assert!(conflicts <= 2.0 * SONGS as f64, "{conflicts} conflicts for {SONGS} songs");
}

fn conflicts(person: &Browser) -> f64 {
    let metrics = person.get("/metrics").text();
    let line = metrics.lines().find(|line| line.starts_with("nest_conflicts_total "));
    line.map_or(0.0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

#[test]
fn a_song_ends_once_though_two_processes_watch_it_on_sqlite() {
    songs_end_once(&start(None));
}

#[test]
fn a_song_ends_once_though_two_processes_watch_it_on_postgres() {
    songs_end_once(&start(Some(Postgres::start())));
}

#[test]
fn a_nest_opened_or_closed_at_one_process_is_open_or_closed_at_the_other() {
    let pair = start(None);
    let opened = pair.ada.post("/api/v1/nests", json!({"name": "Attic"})).expect(201).json();
    let path = format!("/api/v1/nests/{}", opened["state"]["code"].as_str().unwrap());
    let there = eventually("it is open at the other", MOMENT_MAX, || {
        let reply = pair.ada_there.get(&path);
        (reply.status == 200).then(|| reply.json())
    });
    assert_eq!(there["state"]["settings"]["name"], "Attic");
    let here = pair.ada.get(&path).ok();
    assert_eq!((&here["epoch"], &here["offset"]), (&there["epoch"], &there["offset"]));
    assert!(pair.ada_there.delete(&path).status < 300);
    eventually("it is closed at the first", MOMENT_MAX, || (pair.ada.get(&path).status == 404).then_some(()));
    // A listener of a nest that somebody closes elsewhere is not left waiting, and its word is free again.
    let list = pair.ada.get("/api/v1/nests").ok();
    assert!(!list.to_string().contains("Attic"), "{list}");
}

/// Asks at a private door: the status and the body.
fn ask(door: &Path, method: &str, path: &str) -> (u16, String) {
    let mut stream = UnixStream::connect(door).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: door\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn is_answered(rookery: &Rookery, within: Duration) -> bool {
    let mut stream = TcpStream::connect(rookery.site().address()).unwrap();
    stream.set_read_timeout(Some(within)).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

#[test]
fn the_private_door_opens_and_closes_the_gate_and_sends_everybody_away() {
    let folder = tempfile::tempdir().unwrap();
    let door = folder.path().join("admin.sock");
    // Left behind by a process that was killed.
    drop(std::os::unix::net::UnixListener::bind(&door).unwrap());
    let args = vec!["--admin-socket".to_owned(), door.display().to_string()];
    let rookery = Rookery::with(program(), Options { args, ..Options::default() });
    let ada = rookery.administrator();
    assert_eq!(ask(&door, "GET", "/health"), (200, "{\"status\":\"ok\"}".to_owned()));
    assert_eq!(ask(&door, "GET", "/ready").0, 200);
    assert!(ask(&door, "GET", "/metrics").1.contains("http_requests_total"));
    assert_eq!(ask(&door, "GET", "/api/v1/nests").0, 404, "nothing else is behind it");
    assert_eq!(ask(&door, "GET", "/drain").0, 405);

    let mut listener = EventStream::open(&ada, None);
    let position = listener.position();
    let (status, said) = ask(&door, "POST", "/accept/close");
    assert!(status == 200 && said.contains("\"stance\":\"waiting\""), "{said}");
    assert!(!is_answered(&rookery, Duration::from_millis(300)), "new connections wait");
    assert_eq!(ask(&door, "GET", "/ready").0, 200);

    assert!(ask(&door, "POST", "/drain").1.contains("\"stance\":\"leaving\""));
    assert!(listener.next_event().is_none(), "who listens is sent away");
    eventually("everybody has left", Duration::from_secs(5), || {
        ask(&door, "GET", "/slot").1.contains("\"visitors\":0").then_some(())
    });
    assert_eq!(ask(&door, "GET", "/ready").0, 503);

    assert!(ask(&door, "POST", "/accept/open").1.contains("\"stance\":\"serving\""));
    assert!(is_answered(&rookery, Duration::from_secs(20)), "it can come back");
    let mut listener = EventStream::open(&ada, Some(&position));
    let written = volume(&ada, 20);
    assert_eq!(offset(&listener.next_event().unwrap().id), written);
}

#[test]
fn a_closed_gate_without_a_door_to_open_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        testkit::run(program(), &["serve", "--gate", "closed", "--listen", "127.0.0.1:0"], folder.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("--admin-socket"), "{said}");
}

#[test]
fn a_process_whose_gate_is_closed_follows_and_does_nothing_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let door = folder.path().join("admin.sock");
    let pair = start(None);
    let args = ["--admin-socket", &door.display().to_string()].map(str::to_owned).to_vec();
    let third = Options { args, data: Some(pair.here.data()), is_set_up: true, ..Options::default() };
    let third = Rookery::with(program(), third);
    ask(&door, "POST", "/accept/close");
    // Serves nobody, and yet nothing of what the others write is missing when it opens.
    let written = volume(&pair.ada, 33);
    let track = pair.ada.add_track("short.wav", &sound::wav(440, 500));
    let mut heard = EventStream::open(&pair.ada_there, None);
    heard.position();
    pair.ada.add(&track);
    while !heard.next_event().unwrap().data.contains("playback_ended") {}
    ask(&door, "POST", "/accept/open");
    let there = pair.ada.at(third.site());
    eventually("it has followed", MOMENT_MAX, || {
        (there.main_nest()["offset"] == pair.ada.main_nest()["offset"]).then_some(())
    });
    assert!(written < there.main_nest()["offset"].as_u64().unwrap());
    drop(pair.there);
}
