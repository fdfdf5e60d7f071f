//! What can be done in a nest over HTTP, by whom, and that what was done once is not done twice.

use crate::app;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Actor, Browser, Request, TestApp, guest, member, sound};

struct Stage {
    app: TestApp,
    ada: Browser,
    ben: Browser,
    gus: Browser,
    tracks: Vec<String>,
}

/// A nest that does not play on by itself, three people and three long tracks.
fn stage() -> Stage {
    let app = app();
    let ada = app.administrator();
    let (ben, gus) = (member(&ada, "Ben"), guest(app.site(), "Gus"));
    ada.command("configure", json!({"autofill": false})).ok();
    let add = |hz| ada.add_track(&format!("{hz}.wav"), &sound::wav(hz, 60_000));
    let tracks = [440, 550, 660].map(add).into();
    Stage { app, ada, ben, gus, tracks }
}

fn queue(actor: &impl Actor) -> Vec<u64> {
    let nest = actor.main_nest();
    let queue = nest["state"]["queue"].as_array().unwrap();
    queue.iter().map(|entry| entry["id"].as_u64().unwrap()).collect()
}

fn playing(actor: &impl Actor) -> Option<u64> {
    actor.main_nest()["state"]["playing"]["entry"]["id"].as_u64()
}

#[test]
fn a_track_that_is_added_to_silence_starts_soon_for_everybody() {
    let Stage { app, ada, ben, tracks, .. } = stage();
    let before = app.now().millis();
    let entry = ben.add(&tracks[0]);
    let nest = ada.main_nest();
    assert_eq!(nest["state"]["playing"]["entry"]["id"], entry);
    assert_eq!(nest["state"]["playing"]["entry"]["added_by"]["name"], "Ben");
    let playback = &nest["state"]["playing"]["playback"];
    let started_at = playback["started_at_ms"].as_i64().unwrap();
    assert!((before + 800..app.now().millis() + 800).contains(&started_at), "{playback} {before}");
    assert_eq!(ada.main_nest()["state"]["queue"], json!([]));
}

#[test]
fn the_queue_is_fair_and_votes_move_it() {
    let Stage { app: _app, ada, ben, gus, tracks, .. } = stage();
    ada.add(&tracks[0]);
    let first = ada.add(&tracks[1]);
    let second = ada.add(&tracks[2]);
    let of_ben = ben.add(&tracks[1]);
    assert_eq!(queue(&gus), [first, of_ben, second], "who came later does not wait for all of another's");
    let vote = |actor: &Browser, entry: u64, way: &str| {
        actor.command("vote", json!({"entry": entry, "direction": way}))
    };
    vote(&gus, second, "up").ok();
    vote(&ben, second, "up").ok();
    assert_eq!(queue(&gus)[0], second);
    vote(&ada, second, "up").problem(409, "own_entry");
    let offset = ada.main_nest()["offset"].clone();
    vote(&gus, second, "up").ok();
    assert_eq!(ada.main_nest()["offset"], offset, "the same vote again is no event");
    vote(&gus, second, "none").ok();
    vote(&ben, 999, "up").problem(404, "unknown_entry");
    vote(&ben, second, "sideways").problem(422, "invalid_input");
}

#[test]
fn a_host_chooses_the_ordering_and_everybody_sees_the_queue_move() {
    let Stage { app, ada, ben, gus, tracks, .. } = stage();
    ada.add(&tracks[0]);
    let first = ada.add(&tracks[1]);
    let second = ada.add(&tracks[2]);
    let of_ben = ben.add(&tracks[1]);
    assert_eq!(ada.main_nest()["state"]["settings"]["ordering"], "fair");
    assert_eq!(queue(&gus), [first, of_ben, second]);
    let choose = |who: &Browser, ordering: &str| who.command("configure", json!({"ordering": ordering}));
    choose(&ben, "first_come").problem(403, "not_allowed");
    choose(&ada, "loudest").problem(422, "invalid_input");
    choose(&ada, "first_come").ok();
    assert_eq!(queue(&gus), [first, second, of_ben]);
    choose(&ada, "most_votes").ok();
    gus.command("vote", json!({"entry": of_ben, "direction": "up"})).ok();
    assert_eq!(queue(&gus), [of_ben, first, second]);
    ben.command("vote", json!({"entry": of_ben, "direction": "down"})).problem(409, "own_entry");
    gus.command("vote", json!({"entry": of_ben, "direction": "none"})).ok();
    assert_eq!(queue(&gus), [first, second, of_ben]);

    let since = format!("{}:{}", app_epoch(&ada), ada.main_nest()["offset"]);
    choose(&ada, "fair").ok();
    assert_eq!(queue(&gus), [first, of_ben, second]);
    let mut events = testkit::EventStream::open(&gus, Some(&since));
    let event: Value = serde_json::from_str(&events.next_event().unwrap().data).unwrap();
    let event = &event["event"];
    assert_eq!(event["type"], "settings_changed");
    let moved = event["rescored"].as_array().unwrap();
    assert!(moved.iter().any(|standing| standing["entry"] == of_ben), "{event}");
    drop(app);
}

fn app_epoch(actor: &impl Actor) -> String {
    actor.main_nest()["epoch"].as_str().unwrap().to_owned()
}

#[test]
fn a_removal_can_be_taken_back() {
    let Stage { app: _app, ada, ben, gus, tracks, .. } = stage();
    ada.add(&tracks[0]);
    let (one, two) = (ben.add(&tracks[1]), gus.add(&tracks[2]));
    gus.command("remove", json!({"entry": one})).problem(403, "not_allowed");
    gus.command("remove", json!({"entry": two})).ok();
    assert_eq!(queue(&ada), [one]);
    gus.command("remove", json!({"entry": two})).problem(404, "unknown_entry");
    gus.command("restore", json!({"entry": two})).ok();
    assert_eq!(queue(&ada), [one, two]);
    gus.command("restore", json!({"entry": two})).problem(409, "nothing_to_restore");
    ben.command("clear", json!({})).problem(403, "not_allowed");
    ada.command("clear", json!({})).ok();
    assert_eq!(queue(&ada), [0; 0]);
    ada.command("restore", json!({})).ok();
    assert_eq!(queue(&ada), [one, two]);
}

#[test]
fn a_pause_holds_the_position_and_a_seek_moves_it() {
    let Stage { app, ada, ben, gus, tracks } = stage();
    for verb in ["pause", "resume", "skip"] {
        ben.command(verb, json!({})).problem(409, "nothing_playing");
    }
    ada.add(&tracks[0]);
    app.advance(std::time::Duration::from_secs(10));
    gus.command("pause", json!({})).problem(403, "not_allowed");
    ben.command("pause", json!({})).ok();
    let position = || ada.main_nest()["state"]["playing"]["playback"]["position_ms"].as_i64().unwrap();
    let held = position();
    assert!((9_000..12_000).contains(&held), "{held}");
    app.advance(std::time::Duration::from_secs(10));
    assert_eq!(position(), held);
    ben.command("seek", json!({"position_ms": 30_000})).problem(403, "not_allowed");
    ada.command("seek", json!({"position_ms": 30_000})).ok();
    assert_eq!(position(), 30_000);
    for outside in [-1, 60_001] {
        ada.command("seek", json!({"position_ms": outside})).problem(422, "position_outside");
    }
    ben.command("resume", json!({})).ok();
    let nest = ada.main_nest();
    let started_at = nest["state"]["playing"]["playback"]["started_at_ms"].as_i64().unwrap();
    let heard = nest["server_time_ms"].as_i64().unwrap() - started_at;
    assert!((29_000..31_000).contains(&heard), "{heard}");
}

#[test]
fn a_skip_skips_what_was_meant_and_nothing_else() {
    let Stage { app: _app, ada, ben, tracks, .. } = stage();
    let one = ada.add(&tracks[0]);
    let two = ada.add(&tracks[1]);
    ben.command("skip", json!({"entry": two})).problem(409, "not_playing");
    ben.command("skip", json!({"entry": one})).ok();
    assert_eq!(playing(&ada), Some(two));
    ben.command("skip", json!({"entry": one})).problem(409, "not_playing");
    ben.command("skip", json!({})).ok();
    assert_eq!(playing(&ada), None);
    let plays = ada.get("/api/v1/nests/main/plays?limit=1").ok();
    assert_eq!(plays["plays"][0]["outcome"], "skipped");
    assert_eq!(plays["plays"][0]["track"]["id"], tracks[1]);
    let cursor = plays["next_cursor"].as_str().unwrap();
    let older = ada.get(&format!("/api/v1/nests/main/plays?limit=1&cursor={cursor}")).ok();
    assert_eq!(older["plays"][0]["track"]["id"], tracks[0]);
    assert_eq!(older["next_cursor"], Value::Null);
}

#[test]
fn what_plays_through_is_followed_by_the_next_without_a_gap() {
    let Stage { app, ada, tracks, .. } = stage();
    ada.add(&tracks[0]);
    let next = ada.add(&tracks[1]);
    let started_at = |nest: &Value| nest["state"]["playing"]["playback"]["started_at_ms"].as_i64().unwrap();
    let first = started_at(&ada.main_nest());
    ada.command("seek", json!({"position_ms": 59_800})).ok();
    let moved = started_at(&ada.main_nest());
    assert!(moved < first);
    testkit::eventually("the next plays", std::time::Duration::from_secs(10), || {
        (playing(&ada) == Some(next)).then_some(())
    });
    assert_eq!(started_at(&ada.main_nest()), moved + 60_000);
    assert!(app.now().millis() >= moved + 60_000);
    let plays = ada.get("/api/v1/nests/main/plays").ok();
    let of_first = plays["plays"].as_array().unwrap().iter().find(|play| play["track"]["id"] == tracks[0]);
    assert_eq!(of_first.unwrap()["outcome"], "finished");
}

#[test]
fn a_full_queue_says_so() {
    let Stage { app: _app, ada, gus, tracks, .. } = stage();
    ada.command("configure", json!({"queue_entries_max": 2})).ok();
    for _ in 0..3 {
        gus.add(&tracks[0]);
    }
    gus.command("add", json!({"track_id": tracks[1]})).problem(409, "queue_full");
    ada.command("configure", json!({"queue_entries_max": 0})).problem(422, "limit_outside");
    ada.command("configure", json!({"queue_entries_max": 501})).problem(422, "limit_outside");
    gus.command("add", json!({"track_id": "0".repeat(26)})).problem(404, "not_found");
}

#[test]
fn settings_are_the_host_s_and_permissions_take_effect_at_once() {
    let Stage { app: _app, ada, ben, gus, tracks, .. } = stage();
    ben.command("configure", json!({"name": "Mine"})).problem(403, "not_allowed");
    let body =
        json!({"name": "  The \t Nest ", "guest_actions": ["vote"], "member_actions": ["add", "configure"]});
    ada.command("configure", body).ok();
    assert_eq!(ada.main_nest()["state"]["settings"]["name"], "The Nest");
    gus.command("add", json!({"track_id": tracks[0]})).problem(403, "not_allowed");
    ben.command("configure", json!({"name": "Ours"})).ok();
    ben.command("configure", json!({"member_actions": ["add", "clear"]})).problem(403, "not_allowed");
    ada.command("configure", json!({"name": ""})).problem(422, "invalid_input");
    ada.command("configure", json!({"guest_actions": ["fly"]})).problem(422, "invalid_input");
    ada.command("hand-over", json!({"member": ben.person})).problem(409, "permanent_nest");
    ada.delete("/api/v1/nests/main").problem(409, "permanent_nest");
}

#[test]
fn a_nest_of_one_s_own_is_opened_handed_over_and_closed() {
    let Stage { app: _app, ada, ben, gus, .. } = stage();
    gus.post("/api/v1/nests", json!({"name": "Party"})).problem(403, "not_allowed");
    let opened = ben.post("/api/v1/nests", json!({"name": "Party"})).expect(201).json();
    let code = opened["state"]["code"].as_str().unwrap();
    assert_eq!(opened["state"]["host"], ben.person.as_str());
    let path = format!("/api/v1/nests/{}", code.to_lowercase());
    assert_eq!(gus.get(&path).ok()["epoch"], opened["epoch"]);
    gus.delete(&path).problem(403, "not_allowed");
    let hand_over = format!("{path}/hand-over");
    gus.post(&hand_over, json!({"member": gus.person})).problem(403, "not_allowed");
    ben.post(&hand_over, json!({"member": "0".repeat(26)})).problem(404, "not_found");
    ben.post(&hand_over, json!({"member": gus.person})).ok();
    assert_eq!(ada.get(&path).ok()["state"]["host"], gus.person.as_str());
    ben.delete(&path).problem(403, "not_allowed");
    gus.delete(&path).expect(204).ok();
    testkit::eventually("it is gone", std::time::Duration::from_secs(5), || {
        (ada.get(&path).status == 404).then_some(())
    });
    let codes: Vec<_> =
        ada.get("/api/v1/nests").ok().as_array().unwrap().iter().map(|it| it["code"].clone()).collect();
    assert_eq!(codes, ["main"]);
}

#[test]
fn a_key_makes_two_requests_one() {
    let Stage { app: _app, ada, ben, tracks, .. } = stage();
    let add = |actor: &Browser, key: &str, track: &str| {
        let request = Request::new("POST", "/api/v1/nests/main/add").json(&json!({"track_id": track}));
        actor.send(request.header("idempotency-key", key))
    };
    let first = add(&ada, "one", &tracks[0]).expect(200);
    let second = add(&ada, "one", &tracks[0]).expect(200);
    assert_eq!(second.body, first.body);
    assert_eq!(second.header("content-type"), first.header("content-type"));
    assert_eq!(ada.main_nest()["offset"], first.json()["offset"], "nothing happened the second time");
    add(&ada, "one", &tracks[1]).problem(422, "key_reused");
    let clear =
        Request::new("POST", "/api/v1/nests/main/clear").json(&json!({})).header("idempotency-key", "one");
    ada.send(clear).problem(422, "key_reused");
    assert_ne!(add(&ben, "one", &tracks[0]).ok(), first.json(), "another person's key is another key");
    add(&ada, "", &tracks[0]).problem(422, "invalid_input");
    add(&ada, &"x".repeat(129), &tracks[0]).problem(422, "invalid_input");
    // A refusal is no answer to keep: the same request may succeed later.
    add(&ada, "later", &"0".repeat(26)).problem(404, "not_found");
    add(&ada, "later", &tracks[2]).ok();
}

#[test]
fn a_command_that_would_be_refused_now_gets_the_answer_it_got_under_its_key() {
    let Stage { app, ada, tracks, .. } = stage();
    ada.add(&tracks[0]);
    let entry = ada.add(&tracks[1]);
    let remove = |key: &str| {
        let request = Request::new("POST", "/api/v1/nests/main/remove").json(&json!({"entry": entry}));
        ada.send(request.header("idempotency-key", key))
    };
    let pause = |key: &str| {
        let request = Request::new("POST", "/api/v1/nests/main/pause").json(&json!({}));
        ada.send(request.header("idempotency-key", key)).ok()
    };
    let first = remove("gone").ok();
    assert_eq!(remove("gone").ok(), first);
    remove("another").problem(404, "unknown_entry");
    // What was accepted and changed nothing changes nothing later either.
    pause("first");
    let nothing = pause("second");
    ada.command("resume", json!({})).ok();
    assert_eq!(pause("second"), nothing);
    assert!(ada.main_nest()["state"]["playing"]["playback"]["started_at_ms"].is_i64(), "it plays");
    // After a day it is another request.
    app.advance(std::time::Duration::from_secs(24 * 3600 + 1));
    remove("gone").problem(404, "unknown_entry");
}

#[test]
fn a_client_that_hangs_up_and_asks_again_hears_what_became_of_it() {
    let Stage { app, ada, tracks, .. } = stage();
    let before = ada.main_nest()["offset"].as_u64().unwrap();
    let body = json!({"track_id": tracks[0]}).to_string();
    let request = |key: usize| {
        Request::new("POST", "/api/v1/nests/main/add")
            .header("content-type", "application/json")
            .header("idempotency-key", format!("gone-{key}"))
            .bytes(body.clone())
    };
    for key in 0..20 {
        let (head, body) = ada.signed(request(key)).into_head();
        let mut raw = testkit::Raw::connect(app.site().address());
        raw.send(format!("{head}host: x\r\ncontent-length: {}\r\n\r\n", body.len())).send(&body);
        // Later and later: before, while and after it is carried out.
        std::thread::sleep(std::time::Duration::from_micros(200 * key as u64));
        drop(raw);
    }
    for key in 0..20 {
        ada.send(request(key)).ok();
    }
    // Twenty entries, of which the first started to play.
    assert_eq!(ada.main_nest()["offset"], before + 21);
}

#[test]
fn a_key_that_is_used_at_once_many_times_does_its_work_once() {
    let Stage { app: _app, ada, tracks, .. } = stage();
    let before = ada.main_nest()["offset"].as_u64().unwrap();
    let replies = std::thread::scope(|scope| {
        let ask = || {
            scope.spawn(|| {
                let body = json!({"track_id": tracks[0]});
                let request = Request::new("POST", "/api/v1/nests/main/add").json(&body);
                ada.send(request.header("idempotency-key", "race"))
            })
        };
        let asked: Vec<_> = (0..8).map(|_| ask()).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let done: BTreeSet<_> = replies.into_iter().map(|reply| reply.expect(200).text()).collect();
    assert_eq!(done.len(), 1, "{done:?}");
    // Added and started: two events, once.
    assert_eq!(ada.main_nest()["offset"], before + 2);
}
