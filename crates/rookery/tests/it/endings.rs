//! Temporary nests end by themselves, some time after their last listener left.

use crate::program;
use database::{Database, Options, nests as log};
use model::NestId;
use nest::{Event, EventKind};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, Options as Start, Rookery, TestApp, eventually, sound};

const SOON: Duration = Duration::from_secs(20);

fn app(nest_idle_max: Duration) -> TestApp {
    TestApp::with(program(), server::Config { nest_idle_max, ..server::Config::default() })
}

/// Opens a nest that does not play on by itself; its code and its id.
fn open(host: &Browser) -> (String, NestId) {
    let opened = host.post("/api/v1/nests", json!({"name": "Attic"})).expect(201).json();
    let code = opened["state"]["code"].as_str().or(opened["code"].as_str()).unwrap().to_owned();
    host.post(&format!("/api/v1/nests/{code}/configure"), json!({"autofill": false})).ok();
    (code, opened["epoch"].as_str().unwrap().parse().unwrap())
}

/// Wakes a nest, whose timer does not know that the clock was put forward: a command that is refused.
fn wake(person: &Browser, code: &str) {
    let body = json!({"entry": 999_999, "direction": "up"});
    let reply = person.post(&format!("/api/v1/nests/{code}/vote"), body);
    assert_eq!(reply.status, 404, "{}", reply.text());
}

fn show(person: &Browser, code: &str) -> Option<Value> {
    let reply = person.get(&format!("/api/v1/nests/{code}"));
    (reply.status == 200).then(|| reply.json())
}

fn listener_count(person: &Browser, code: &str) -> u64 {
    let nests = person.get("/api/v1/nests").ok();
    let nest = nests.as_array().unwrap().iter().find(|nest| nest["code"] == code).cloned().unwrap();
    nest["listener_count"].as_u64().unwrap()
}

fn in_database<T>(data: &Path, work: impl AsyncFnOnce(&Database) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", data.join("rookery.db").display());
        let database = Database::open(&url, Options::default()).await.unwrap();
        let done = work(&database).await;
        database.close().await;
        done
    })
}

fn last_event(data: &Path, nest: NestId) -> Event {
    in_database(data, async |database| log::read(database, nest, 1, 1_000).await.unwrap().pop().unwrap())
}

#[test]
fn a_nest_ends_some_time_after_its_last_listener_left_though_its_song_plays() {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let app = app(minutes(2));
    let ada = app.administrator();
    let track = ada.add_track("long.wav", &sound::wav(440, 480_000));
    let (code, id) = open(&ada);
    ada.post(&format!("/api/v1/nests/{code}/add"), json!({"track_id": track})).ok();
    let mut stream = EventStream::of_nest(&ada, &code, None);
    stream.position();
    app.advance(minutes(3));
    wake(&ada, &code);
    wake(&ada, &code);
    assert!(show(&ada, &code).is_some(), "somebody listens");
    // One of two leaves; then the other.
    let second = EventStream::of_nest(&ada, &code, None);
    drop(stream);
    app.advance(minutes(1));
    wake(&ada, &code);
    drop(second);
    eventually("the last one left", SOON, || (listener_count(&ada, &code) == 0).then_some(()));
    wake(&ada, &code);
    app.advance(minutes(2) - Duration::from_secs(20));
    wake(&ada, &code);
    wake(&ada, &code);
    let nest = show(&ada, &code).expect("its time is not over");
    assert_eq!(nest["state"]["playing"]["entry"]["track"]["id"], track.as_str(), "the song is not over");
    app.advance(Duration::from_secs(21));
    wake(&ada, &code);
    eventually("it ended", SOON, || show(&ada, &code).is_none().then_some(()));
    let last = last_event(app.folder(), id);
    assert_eq!((last.kind, last.by), (EventKind::Closed, None), "as if its host had closed it");
    assert!(show(&ada, "main").is_some(), "the main nest never ends");
}

#[test]
fn a_nest_nobody_came_to_ends_by_its_own_timer_and_one_with_a_listener_does_not() {
    let app = app(Duration::from_secs(3));
    let ada = app.administrator();
    let (heard, _) = open(&ada);
    let mut stream = EventStream::of_nest(&ada, &heard, None);
    stream.position();
    let (unheard, _) = open(&ada);
    eventually("it ends", SOON, || show(&ada, &unheard).is_none().then_some(()));
    let (next, _) = open(&ada);
    eventually("another ends", SOON, || show(&ada, &next).is_none().then_some(()));
    assert!(show(&ada, &heard).is_some(), "twice the time has passed");
    // It goes once its listener is gone, whose stream says nothing more than that.
    drop(stream);
    eventually("it ends too", SOON, || show(&ada, &heard).is_none().then_some(()));
}

#[test]
fn a_restart_neither_ends_a_nest_at_once_nor_forgets_when_it_was_heard() {
    let args = vec!["--nest-idle-minutes-max".to_owned(), "60".to_owned()];
    let mut rookery = Rookery::with(program(), Start { args, ..Start::default() });
    let ada = rookery.administrator();
    let (code, id) = open(&ada);
    let mut stream = EventStream::of_nest(&ada, &code, None);
    stream.position();
    drop(stream);
    rookery.terminate();
    let heard = in_database(&rookery.data(), async |database| {
        let created_at = log::get(database, id).await.unwrap().unwrap().created_at;
        (created_at, log::listened_at(database, id).await.unwrap())
    });
    assert!(heard.1.is_none_or(|at| at >= heard.0), "{heard:?}");
    // As if it had stood still for a long time.
    in_database(&rookery.data(), async |database| {
        database.run_script("update nests set listened_at = 1, created_at = 1").await.unwrap();
    });
    rookery.restart();
    let ada = ada.at(rookery.site());
    wake(&ada, &code);
    wake(&ada, &code);
    assert!(show(&ada, &code).is_some(), "its listeners have time to come back");
    // They do, and it goes on.
    let mut stream = EventStream::of_nest(&ada, &code, None);
    stream.position();
    eventually("that is noted", SOON, || {
        wake(&ada, &code);
        let noted =
            in_database(&rookery.data(), async |database| log::listened_at(database, id).await.unwrap());
        noted.filter(|at| at.micros() > 1)
    });
}

#[test]
fn a_process_without_listeners_leaves_the_nests_of_another_alone() {
    let idle_max = Duration::from_secs(2);
    let app = app(idle_max);
    let ada = app.administrator();
    let (code, id) = open(&ada);
    // Another process notes that somebody hears it there.
    let heard_at = app.now().plus(Duration::from_secs(3));
    in_database(app.folder(), async |database| log::listened(database, id, heard_at).await.unwrap());
    eventually("it ends", SOON, || show(&ada, &code).is_none().then_some(()));
    let closed_at = last_event(app.folder(), id).at;
    assert!(closed_at >= heard_at.plus(idle_max), "{heard_at:?} {closed_at:?}");
}

#[test]
fn no_time_at_all_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let args = ["serve", "--nest-idle-minutes-max", "0", "--data", home.path().to_str().unwrap()];
    let output = testkit::run(program(), &args, home.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("--nest-idle-minutes-max"), "{said}");
}
