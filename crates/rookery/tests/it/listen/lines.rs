//! What the listener tells scripts.

use super::{Listening, by_hand, now_ms, with_demo};
use crate::program;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Rookery, eventually, program as with_token, sound};

#[test]
fn a_guest_sees_what_plays_through_skips_pauses_votes_and_a_restart_of_the_server() {
    let mut server = with_demo();
    let ada = server.administrator();
    let demo = eventually("two demo pieces are there", Duration::from_secs(60), || {
        let tracks = ada.get("/api/v1/tracks").ok()["tracks"].as_array().unwrap().clone();
        (tracks.len() >= 2).then_some(tracks)
    });
    let link = format!("{}/nest/main", server.site().base());
    let mut listening = Listening::start(&[&link, "--output", "none", "--as", "Kitchen"], &[]);
    // The nest plays by itself as soon as there is a piece; the snapshot is there before the socket.
    listening.line("playing", |line| line["entry"]["title"].is_string());
    listening.line("state", |line| line["state"] == "connected");
    let people = listening.line("listeners", |line| line["names"] != json!([]));
    assert_eq!(people["names"], json!(["Kitchen"]));

    by_hand(&ada);
    drop(ada.command("clear", json!({})).expect(200));
    let second = ada.add(demo[1]["id"].as_str().unwrap());
    let queued = |line: &Value| line["entries"].as_array().unwrap().iter().any(|entry| entry["id"] == second);
    let queue = listening.line("queue", queued);
    let entry = queue["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == second).unwrap();
    assert_eq!(entry["title"], demo[1]["title"]);
    assert_eq!(entry["added_by"], "Ada");

    drop(ada.command("skip", json!({})).expect(200));
    let playing = listening.line("playing", |line| line["entry"]["id"] == second);
    assert_eq!(playing["paused"], false);
    let position = listening.line("position", |line| line["entry"] == second);
    let truth = ada.main_nest()["state"]["playing"]["playback"]["started_at_ms"].as_f64().unwrap();
    let said = position["server_time_ms"].as_f64().unwrap() - position["position_ms"].as_f64().unwrap();
    assert!((said - truth).abs() <= 1.0, "{position} {truth}");
    // Server and listener are on one machine here: the server's time is the system's.
    assert!((position["server_time_ms"].as_f64().unwrap() - now_ms()).abs() < 1_000.0);
    assert!(position["clock_error_ms"].as_f64().unwrap() < 100.0);

    drop(ada.command("pause", json!({})).expect(200));
    let paused = listening.line("playing", |line| line["paused"] == true);
    let at = paused["position_ms"].as_i64().unwrap();
    assert_eq!(ada.main_nest()["state"]["playing"]["playback"]["position_ms"], at);

    server.kill();
    let waiting = listening.line("state", |line| line["state"] == "waiting");
    assert!(waiting["wait_ms"].as_u64().unwrap() <= 30_000);
    server.restart();
    listening.line("state", |line| line["state"] == "connected");
    drop(ada.command("resume", json!({})).expect(200));
    let resumed = listening.line("playing", |line| line["paused"] == false);
    assert_eq!(resumed["entry"]["id"], second);
    testkit::ask_to_end(listening.pid());
    assert_eq!(listening.ends(), Some(0));
}

#[test]
fn what_was_missed_during_a_restart_is_made_up_for() {
    let mut server = Rookery::start(program());
    let ada = server.administrator();
    by_hand(&ada);
    let tracks: Vec<_> = (0..3).map(|at| ada.add_track("tone", &sound::wav(300 + at, 60_000))).collect();
    ada.add(&tracks[0]);
    let token = with_token(&ada, &["listen"]);
    let base = server.site().base();
    let mut listening = Listening::start(&[&base, "--output", "none"], &[("ROOKERY_TOKEN", &token.secret)]);
    listening.line("playing", |line| line["entry"].is_object());
    server.terminate();
    listening.line("state", |line| line["state"] == "waiting");
    server.restart();
    // Whether it is back before or after this, it has to know.
    let (second, third) = (ada.add(&tracks[1]), ada.add(&tracks[2]));
    let ids = |line: &Value| -> Vec<u64> {
        line["entries"].as_array().unwrap().iter().filter_map(|entry| entry["id"].as_u64()).collect()
    };
    listening.line("queue", |line| ids(line) == [second, third]);
}

#[test]
fn what_asking_again_cannot_change_ends_the_listener_with_a_reason() {
    let server = Rookery::start(program());
    let ada = server.administrator();
    let base = server.site().base();
    let wrong = [("ROOKERY_TOKEN", "rkt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")];
    let mut listening = Listening::start(&[&base, "--output", "none"], &wrong);
    listening.line("error", |line| line["message"].as_str().is_some_and(|text| !text.is_empty()));
    assert_eq!(listening.ends(), Some(1));

    let mut listening = Listening::start(&[&format!("{base}/nest/QWERT"), "--output", "none"], &[]);
    listening.line("error", |line| line["message"].is_string());
    assert_eq!(listening.ends(), Some(1));

    drop(ada.command("configure", json!({"guests_allowed": false})).expect(200));
    let mut listening = Listening::start(&[&base, "--output", "none"], &[]);
    let error = listening.line("error", |line| line["message"].is_string());
    assert!(error["message"].as_str().unwrap().contains("--token"), "{error}");
    assert_eq!(listening.ends(), Some(1));
}

#[test]
fn a_guest_who_is_turned_away_while_listening_is_told_so() {
    let server = Rookery::start(program());
    let ada = server.administrator();
    let mut listening = Listening::start(&[&server.site().base(), "--output", "none"], &[]);
    listening.line("state", |line| line["state"] == "connected");
    drop(ada.command("configure", json!({"guests_allowed": false})).expect(200));
    listening.line("error", |line| line["message"].as_str().is_some_and(|text| text.contains("guests")));
    assert_eq!(listening.ends(), Some(1));
}

#[test]
fn a_word_leads_to_its_nest() {
    let server = Rookery::start(program());
    let ada = server.administrator();
    drop(ada.post("/api/v1/nests", json!({"name": "Friday", "slug": "friday-night"})).expect(201));
    let base = server.site().base();
    let mut listening = Listening::start(&[&format!("{base}/friday-night"), "--output", "none"], &[]);
    let connected = listening.line("state", |line| line["state"] == "connected");
    assert_eq!(connected["nest"], "Friday");
    let mut listening = Listening::start(&[&format!("{base}/monday-night"), "--output", "none"], &[]);
    listening
        .line("error", |line| line["message"].as_str().is_some_and(|text| text.contains("monday-night")));
    assert_eq!(listening.ends(), Some(1));
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for() {
    let mut server = Rookery::start(program());
    let ada = server.administrator();
    server.terminate();
    let mut listening = Listening::start(&[&server.site().base(), "--output", "none"], &[]);
    listening.line("state", |line| line["state"] == "waiting");
    server.restart();
    listening.line("state", |line| line["state"] == "connected");
    drop(ada);
}
