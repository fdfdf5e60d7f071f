//! A device of one's own follows a nest: started, moved and paused as the nest is, and left to its owner.

use crate::echonest_socket::Socket;
use crate::sources::{Stage, VIDEO, stage, track};
use crate::spotify::connect;
use fakes::{Fault, SpotifyAccount};
use model::TrackPosition;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, Request, eventually, member};

const DEVICE: &str = "/api/v1/nests/main/device";
const PATIENCE: Duration = Duration::from_secs(20);

/// A stage whose administrator has connected `ana` and listens to the main nest.
fn listening() -> (Stage, EventStream) {
    let stage = stage();
    assert_eq!(connect(&stage, &stage.ada, "ana"), "/settings");
    let listens = EventStream::open(&stage.ada, None);
    (stage, listens)
}

fn follow(browser: &Browser, device: &str) -> testkit::Reply {
    browser.send(Request::new("PUT", DEVICE).json(&json!({"device": device})))
}

fn state(browser: &Browser) -> String {
    browser.get(DEVICE).ok()["state"].as_str().unwrap().to_owned()
}

#[track_caller]
fn becomes(browser: &Browser, wanted: &str) -> Value {
    eventually(wanted, PATIENCE, || (state(browser) == wanted).then_some(()));
    browser.get(DEVICE).ok()
}

#[track_caller]
fn hears(stage: &Stage, wanted: &str, playing: bool) -> TrackPosition {
    eventually(&format!("{wanted} {playing}"), PATIENCE, || {
        let (uri, is_playing, position) = stage.spotify.hears("ana")?;
        (uri == wanted && is_playing == playing).then_some(position)
    })
}

fn nest_position_ms(stage: &Stage) -> i64 {
    let playing = stage.ada.main_nest()["state"]["playing"].clone();
    stage.app.now().millis() - playing["playback"]["started_at_ms"].as_i64().unwrap()
}

#[test]
fn a_device_starts_seeks_pauses_and_goes_on_as_the_nest_does() {
    let (stage, _listens) = listening();
    drop(stage.ada.get(DEVICE).expect(204));
    let chosen = follow(&stage.ada, "ana-computer").ok();
    assert_eq!((&chosen["state"], &chosen["device_name"]), (&json!("nest_silent"), &json!("ana's computer")));
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    hears(&stage, &track("track1"), true);
    let in_step = becomes(&stage.ada, "in_step");
    assert_eq!(in_step["detail"], "in step");
    assert_eq!(stage.ada.get("/api/v1/me/spotify").ok()["account"]["premium"], true);
    stage.ada.command("seek", json!({"position_ms": 100_000})).ok();
    let moved = eventually("it is moved", PATIENCE, || {
        let position = stage.spotify.hears("ana")?.2;
        (position.millis() >= 99_000).then_some(position)
    });
    assert!((moved.millis() - nest_position_ms(&stage)).abs() < 2_000, "{moved:?}");
    stage.ada.command("pause", json!({})).ok();
    hears(&stage, &track("track1"), false);
    becomes(&stage.ada, "nest_silent");
    stage.ada.command("resume", json!({})).ok();
    hears(&stage, &track("track1"), true);
    stage.ada.command("add", json!({"source": track("track5")})).ok();
    stage.ada.command("skip", json!({})).ok();
    hears(&stage, &track("track5"), true);
    stage.ada.delete(DEVICE).ok();
    drop(stage.ada.get(DEVICE).expect(204));
    assert!(stage.spotify.hears("ana").unwrap().1, "it is left as it is");
    stage.ada.delete(DEVICE).problem(404, "not_found");
}

#[test]
fn what_is_heard_elsewhere_silences_the_device_and_says_why() {
    let (stage, _listens) = listening();
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    assert_eq!(follow(&stage.ada, "ana-computer").ok()["state"], "starting");
    hears(&stage, &track("track1"), true);
    stage.ada.command("add", json!({"source": format!("youtube:{VIDEO}")})).ok();
    stage.ada.command("skip", json!({})).ok();
    hears(&stage, &track("track1"), false);
    assert!(becomes(&stage.ada, "other_service_plays")["detail"].as_str().unwrap().contains("heard here"));
    let own = stage.ada.add_track("own.wav", &testkit::sound::wav(440, 60_000));
    stage.ada.add(&own);
    stage.ada.command("skip", json!({})).ok();
    becomes(&stage.ada, "library_plays");
    stage.ada.command("add", json!({"source": track("track5")})).ok();
    stage.ada.command("skip", json!({})).ok();
    hears(&stage, &track("track5"), true);
}

#[test]
fn whoever_takes_over_by_hand_is_left_alone_until_they_say_so() {
    let (stage, _listens) = listening();
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    follow(&stage.ada, "ana-computer").ok();
    becomes(&stage.ada, "in_step");
    stage.spotify.plays_by_hand("ana", "ana-computer", &track("track5"), TrackPosition::ZERO);
    // The device is looked at when the nest moves, or every quarter of a minute.
    stage.app.advance(Duration::from_secs(16));
    becomes(&stage.ada, "taken_over_other_track");
    let asked =
        |method: &str| stage.spotify.server.seen().iter().filter(|seen| seen.method == method).count();
    let (commands, looks) = (asked("PUT"), asked("GET"));
    stage.ada.command("add", json!({"source": track("track2")})).ok();
    stage.ada.command("skip", json!({})).ok();
    stage.app.advance(Duration::from_secs(31));
    eventually("it is looked at again", PATIENCE, || (asked("GET") > looks + 1).then_some(()));
    assert_eq!((asked("PUT"), state(&stage.ada).as_str()), (commands, "taken_over_other_track"));
    let again = follow(&stage.ada, "ana-computer").ok()["state"].clone();
    assert!(["starting", "in_step"].contains(&again.as_str().unwrap()), "{again}");
    hears(&stage, &track("track2"), true);
}

#[test]
fn a_device_is_let_go_when_its_owner_leaves() {
    let (stage, listens) = listening();
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    follow(&stage.ada, "ana-computer").ok();
    becomes(&stage.ada, "in_step");
    drop(listens);
    stage.app.advance(Duration::from_secs(30));
    assert_eq!(stage.ada.get(DEVICE).expect(200).status, 200, "a page may be loaded again");
    eventually("it is let go", PATIENCE, || {
        stage.app.advance(Duration::from_secs(20));
        (stage.ada.get(DEVICE).status == 204).then_some(())
    });
    let before = stage.spotify.server.seen().len();
    stage.ada.command("pause", json!({})).ok();
    assert_eq!(stage.spotify.server.seen().len(), before);
}

#[test]
fn free_accounts_and_missing_devices_are_told_so() {
    let (stage, _listens) = listening();
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    follow(&stage.ada, "ana-phone").problem(409, "no_device");
    let ben = member(&stage.ada, "Ben");
    follow(&ben, "ana-computer").problem(409, "account_not_connected");
    stage.spotify.add_account(SpotifyAccount::free("free"));
    stage.spotify.register("app-1", "free").unwrap();
    connect(&stage, &ben, "free");
    let _listens = EventStream::open(&ben, None);
    let refused = follow(&ben, "free-computer").problem(403, "premium_required");
    assert!(refused["hint"].as_str().unwrap().contains("Premium"), "{refused}");
    drop(ben.get(DEVICE).expect(204));
    assert_eq!(ben.get("/api/v1/me/spotify").ok()["account"]["premium"], false);
    assert_eq!(follow(&stage.ada, "ana-computer").ok()["state"], "starting", "others are not disturbed");
}

#[test]
fn trouble_at_spotify_passes_and_an_ended_account_ends_it() {
    let (stage, _listens) = listening();
    stage.spotify.server.fail("/v1/me/player/play", Fault::Status(503));
    stage.spotify.server.fail("/v1/me/player/play", Fault::Status(500));
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    assert_eq!(follow(&stage.ada, "ana-computer").ok()["state"], "unreachable");
    hears(&stage, &track("track1"), true);
    becomes(&stage.ada, "in_step");
    // A token that ended before its time is renewed on the way.
    stage.spotify.end_access();
    stage.ada.command("pause", json!({})).ok();
    hears(&stage, &track("track1"), false);
    stage.spotify.withdraw("ana");
    stage.ada.command("resume", json!({})).ok();
    becomes(&stage.ada, "ended_sign_in_again");
    stage.ada.delete("/api/v1/me/spotify").ok();
    drop(stage.ada.get(DEVICE).expect(204));
}

/// The next thing that a person is told on their own channel.
fn told(socket: &mut Socket) -> Value {
    loop {
        let text = socket.text().expect("the socket is open");
        for line in text.lines() {
            let said: Value = serde_json::from_str(line).unwrap();
            if said == json!({}) {
                socket.send_text("{}");
            } else if !said["push"]["pub"].is_null() {
                return said["push"]["pub"]["data"].clone();
            }
        }
    }
}

fn subscribe(socket: &mut Socket, person: &str) -> Value {
    socket.send_text(&json!({"id": 7, "subscribe": {"channel": format!("person:{person}")}}).to_string());
    serde_json::from_str(socket.text().unwrap().lines().next().unwrap()).unwrap()
}

fn socket(browser: &Browser) -> Socket {
    let mut socket = Socket::open(browser, "/api/v1/socket");
    socket.send_text(&json!({"id": 1, "connect": {}}).to_string());
    assert!(socket.text().unwrap().contains("connect"));
    socket
}

#[test]
fn how_a_device_fares_is_told_to_its_owner_alone() {
    let (stage, _listens) = listening();
    let ben = member(&stage.ada, "Ben");
    let (mut of_ada, mut of_ben) = (socket(&stage.ada), socket(&ben));
    assert_eq!(subscribe(&mut of_ben, &stage.ada.person)["error"]["code"], 103, "not Ben's to hear");
    assert!(subscribe(&mut of_ben, &ben.person)["subscribe"].is_object());
    assert!(subscribe(&mut of_ada, &stage.ada.person)["subscribe"].is_object());
    let gus = testkit::guest(stage.app.site(), "Gus");
    assert_eq!(subscribe(&mut socket(&gus), &gus.person)["error"]["code"], 103, "guests have no devices");
    follow(&stage.ada, "ana-computer").ok();
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    let mut states = Vec::new();
    while states.last().is_none_or(|state| state != "in_step") {
        let said = told(&mut of_ada);
        assert_eq!((&said["type"], &said["nest"]), (&json!("device_changed"), &json!("main")));
        assert_eq!(said["device"]["device"], "ana-computer");
        states.push(said["device"]["state"].as_str().unwrap().to_owned());
    }
    assert!(states.windows(2).all(|pair| pair[0] != pair[1]), "only what changes: {states:?}");
    stage.ada.delete(DEVICE).ok();
    assert_eq!(told(&mut of_ada), json!({"type": "device_changed", "nest": "main", "device": null}));
    // Ben is told what is said next, which is not about Ada.
    of_ben.send_text(&json!({"id": 9, "rpc": {"method": "clock"}}).to_string());
    let next = of_ben.text().unwrap();
    assert!(next.contains("received_us"), "{next}");
}

/// Restarts the server, in order; its administrator at the new address.
fn restarted(stage: &mut Stage) -> Browser {
    stage.app.restart();
    stage.ada.at(stage.app.site())
}

#[test]
fn a_restart_is_followed_on_without_the_page() {
    let (mut stage, _listens) = listening();
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    follow(&stage.ada, "ana-computer").ok();
    becomes(&stage.ada, "in_step");
    let ada = restarted(&mut stage);
    // Nobody has come back yet.
    becomes(&ada, "in_step");
    ada.command("pause", json!({})).ok();
    hears(&stage, &track("track1"), false);
    // And it ends as ever, when they do not.
    eventually("it is let go", PATIENCE, || {
        stage.app.advance(Duration::from_secs(20));
        (ada.get(DEVICE).status == 204).then_some(())
    });
    let ada = restarted(&mut stage);
    drop(ada.get(DEVICE).expect(204));
}

#[test]
fn after_a_long_night_a_device_is_left_alone_until_its_owner_listens() {
    let (mut stage, _listens) = listening();
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    follow(&stage.ada, "ana-computer").ok();
    becomes(&stage.ada, "in_step");
    stage.app.sleep(Duration::from_secs(8 * 3600));
    let ada = stage.ada.at(stage.app.site());
    let commands = || stage.spotify.server.seen().iter().filter(|seen| seen.method == "PUT").count();
    let before = commands();
    // What played has ended hours ago.
    ada.command("add", json!({"source": track("track2")})).ok();
    assert_eq!(ada.main_nest()["state"]["playing"]["entry"]["track"]["source"], track("track2"));
    assert_eq!(ada.get(DEVICE).ok()["device"], "ana-computer");
    assert_eq!(commands(), before, "nobody knows who is at the device by now");
    let _listens = EventStream::open(&ada, None);
    eventually("it is followed again", PATIENCE, || (commands() > before).then_some(()));
    hears(&stage, &track("track2"), true);
    ada.delete(DEVICE).ok();
}
