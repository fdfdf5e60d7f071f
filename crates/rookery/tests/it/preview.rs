//! What a nest would choose next, seen from outside: the same for everybody, queued and filtered, with reasons that are
//! true, through restarts; and a nest that rests.

use crate::{app, program};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, Rookery, TestApp, eventually, guest, member, sound};

const SOON: Duration = Duration::from_secs(10);
const MINUTE: Duration = Duration::from_secs(60);

fn autofill(browser: &Browser) -> Value {
    browser.main_nest()["state"]["autofill"].clone()
}

/// The preview, once there is one that is not `other`.
fn preview(browser: &Browser, other: &Value) -> Value {
    eventually("there is a preview", SOON, || {
        let shown = autofill(browser)["preview"].clone();
        (!shown.is_null() && shown["track"]["id"] != *other).then_some(shown)
    })
}

fn rules(browser: &Browser, change: impl FnOnce(&mut Value)) {
    let mut rules = browser.main_nest()["state"]["settings"]["autofill_rules"].clone();
    change(&mut rules);
    browser.command("configure", json!({"autofill_rules": rules})).ok();
}

/// Only this strategy is asked.
fn only(rules: &mut Value, strategy: &str) {
    for (name, weight) in rules["weights"].as_object_mut().unwrap() {
        *weight = json!(if name == strategy { 100 } else { 0 });
    }
}

/// A refused command: the nest looks at its clock, which only tests move.
fn wake(browser: &Browser) {
    browser.command("vote", json!({"entry": 999_999, "direction": "up"})).problem(404, "unknown_entry");
}

/// Somebody listens to a nest that plays by itself, with so many songs of a minute.
fn stage(tracks: u32) -> (TestApp, Browser, Vec<String>, EventStream) {
    let app = app();
    let ada = app.administrator();
    let add = |at| ada.add_track(&format!("{at}.wav"), &sound::wav(400 + at, 60_000));
    let tracks = (0..tracks).map(add).collect();
    let mut listening = EventStream::open(&ada, None);
    listening.position();
    (app, ada, tracks, listening)
}

#[test]
fn two_people_see_the_same_preview_and_one_of_them_queues_it() {
    let (app, ada, _, _listening) = stage(8);
    let ben = guest(app.site(), "Ben");
    let shown = preview(&ada, &Value::Null);
    assert_eq!(preview(&ben, &Value::Null), shown);
    assert_eq!(shown["because"]["reason"]["kind"], "library");
    let id = shown["track"]["id"].clone();
    let accepted = ben.command("queue-preview", json!({"track_id": id})).ok();
    let state = ben.main_nest()["state"].clone();
    let queue = state["queue"].as_array().unwrap();
    let entry = queue.iter().find(|entry| entry["id"] == accepted["entry"]).unwrap();
    assert_eq!(entry["track"]["id"], id);
    assert_eq!(entry["added_by"]["name"], "Ben");
    assert_eq!(entry["jams"][0]["name"], "Ben");
    assert_eq!(entry["because"], shown["because"]);
    ada.command("queue-preview", json!({"track_id": id})).problem(409, "other_preview");
    let next = preview(&ada, &id);
    assert_eq!(preview(&ben, &id), next, "another follows, for both");
}

#[test]
fn a_filtered_preview_does_not_come_back_and_guests_cannot_filter() {
    let (app, ada, _, _listening) = stage(12);
    let ben = guest(app.site(), "Ben");
    let mut filtered = Vec::new();
    for _ in 0..3 {
        let shown = preview(&ada, filtered.last().unwrap_or(&Value::Null));
        let id = shown["track"]["id"].clone();
        assert!(!filtered.contains(&id));
        ben.command("filter-preview", json!({"track_id": id})).problem(403, "not_allowed");
        ada.command("filter-preview", json!({"track_id": id})).ok();
        filtered.push(id);
    }
    // Nor is it chosen in any other way.
    for _ in 0..5 {
        ada.command("skip", json!({})).ok();
        let shown = preview(&ada, &Value::Null);
        assert!(!filtered.contains(&shown["track"]["id"]));
    }
    let queue = ada.main_nest()["state"]["queue"].clone();
    assert!(queue.as_array().unwrap().iter().all(|entry| !filtered.contains(&entry["track"]["id"])));
}

#[test]
fn a_filter_is_listed_and_taken_back_by_whoever_may_skip() {
    let (app, ada, _, _listening) = stage(6);
    let (ben, gus) = (member(&ada, "Ben"), guest(app.site(), "Gus"));
    let filtered = |who: &Browser| who.get("/api/v1/nests/main/filtered").ok();
    assert_eq!(filtered(&gus), json!([]));
    let first = preview(&ada, &Value::Null)["track"].clone();
    ben.command("filter-preview", json!({"track_id": first["id"]})).ok();
    let second = preview(&ada, &first["id"])["track"].clone();
    ada.command("filter-preview", json!({"track_id": second["id"]})).ok();
    let listed = filtered(&gus);
    let shown: Vec<_> =
        listed.as_array().unwrap().iter().map(|one| (&one["track"], &one["by"]["name"])).collect();
    assert_eq!(shown, [(&second, &json!("Ada")), (&first, &json!("Ben"))]);
    let week = listed[1]["until_ms"].as_i64().unwrap() - listed[1]["at_ms"].as_i64().unwrap();
    assert_eq!(week, 7 * 24 * 3_600_000);
    let back = json!({"track_id": first["id"]});
    gus.command("unfilter", back.clone()).problem(403, "not_allowed");
    let mut told = EventStream::open(&ben, None);
    told.position();
    ada.command("unfilter", back.clone()).ok();
    let event: Value = serde_json::from_str(&told.next_event().unwrap().data).unwrap();
    assert_eq!(event["event"], json!({"type": "track_unfiltered", "track_id": first["id"]}));
    ada.command("unfilter", back).ok();
    assert_eq!(filtered(&ada).as_array().unwrap().len(), 1);
    ada.command("unfilter", json!({"track_id": "x"})).problem(404, "not_found");
}

#[test]
fn a_restart_keeps_the_preview_and_what_was_filtered() {
    let mut rookery = Rookery::start(program());
    let ada = rookery.administrator();
    for at in 0..8 {
        ada.add_track(&format!("{at}.wav"), &sound::wav(400 + at, 60_000));
    }
    let gone = preview(&ada, &Value::Null)["track"]["id"].clone();
    ada.command("filter-preview", json!({"track_id": gone})).ok();
    let shown = preview(&ada, &gone);
    // Nothing more is to happen.
    eventually("three are ready", SOON, || {
        (ada.main_nest()["state"]["queue"].as_array().unwrap().len() == 3).then_some(())
    });
    let shown = autofill(&ada)["preview"].as_object().map_or(shown, |now| Value::Object(now.clone()));
    let before = ada.main_nest();
    rookery.kill();
    rookery.restart();
    let ada = ada.at(rookery.site());
    let after = ada.main_nest();
    assert_eq!(after["state"]["autofill"]["preview"], shown);
    assert_eq!(after["state"]["queue"], before["state"]["queue"]);
    let filtered = ada.get("/api/v1/nests/main/filtered").ok();
    assert_eq!(filtered[0]["track"]["id"], gone);
}

#[test]
fn a_streak_without_people_ends_in_a_rest_until_somebody_adds() {
    let (app, ada, tracks, _listening) = stage(4);
    rules(&ada, |rules| {
        rules["depth"] = json!(1);
        rules["streak_minutes_max"] = json!(5);
    });
    let mut minutes = 0;
    let resting = || autofill(&ada)["state"] == "resting";
    while !resting() {
        minutes += 1;
        assert!(minutes < 12, "it never rests");
        // A song of a minute begins a moment after it is told.
        app.advance(MINUTE + Duration::from_secs(1));
        eventually("it settles", SOON, || {
            wake(&ada);
            let state = ada.main_nest()["state"].clone();
            let settled = state["autofill"]["state"] == "resting"
                || (!state["playing"].is_null() && !state["queue"].as_array().unwrap().is_empty());
            settled.then_some(())
        });
    }
    assert!((3..=7).contains(&minutes), "{minutes}");
    for _ in 0..4 {
        app.advance(MINUTE);
        wake(&ada);
    }
    eventually("silence", SOON, || ada.main_nest()["state"]["playing"].is_null().then_some(()));
    app.advance(10 * MINUTE);
    assert!(resting() && ada.main_nest()["state"]["playing"].is_null());
    ada.add(&tracks[0]);
    assert_eq!(autofill(&ada)["state"], "ready");
    eventually("it goes on", SOON, || {
        (!ada.main_nest()["state"]["queue"].as_array().unwrap().is_empty()).then_some(())
    });
}

#[test]
fn reasons_say_who_played_what_led_to_it() {
    let (_app, ada, tracks, _listening) = stage(6);
    // Untagged songs are alike in their sound alone, once measured; nobody else's artist or genre is invented.
    rules(&ada, |rules| only(rules, "sound"));
    ada.add(&tracks[0]);
    eventually("it plays", SOON, || {
        ada.command("skip", json!({})).ok();
        let playing = ada.main_nest()["state"]["playing"]["entry"].clone();
        (playing["added_by"]["name"] == "Ada").then_some(())
    });
    let shown = eventually("it follows the sound", Duration::from_secs(40), || {
        let shown = autofill(&ada)["preview"].clone();
        let because = &shown["because"];
        if because["reason"]["kind"] == "similar_sound" && because["seed"]["by"]["name"] == "Ada" {
            return Some(shown);
        }
        // Measuring takes its time: look again.
        if let Some(id) = shown["track"]["id"].as_str() {
            ada.command("filter-preview", json!({"track_id": id}));
        }
        rules(&ada, |rules| rules["filter_days"] = json!(1 - rules["filter_days"].as_u64().unwrap().min(1)));
        None
    });
    let seed = &shown["because"]["seed"];
    assert_eq!((&seed["track_id"], &seed["by"]["name"]), (&json!(tracks[0]), &json!("Ada")));
}

#[test]
fn a_throwback_is_credited_to_whoever_queued_it() {
    let (app, ada, tracks, _listening) = stage(5);
    // Nothing is kept ready: what would come next is only shown.
    rules(&ada, |rules| rules["depth"] = json!(0));
    ada.command("clear", json!({})).ok();
    let ben = guest(app.site(), "Ben");
    ben.add(&tracks[0]);
    eventually("Ben's song plays", SOON, || {
        let playing = ada.main_nest()["state"]["playing"]["entry"].clone();
        if playing["added_by"]["name"] == "Ben" {
            return Some(());
        }
        ada.command("skip", json!({})).ok();
        None
    });
    for _ in 0..2 {
        let before = ada.main_nest()["state"]["playing"]["entry"]["id"].clone();
        ada.command("skip", json!({})).ok();
        eventually("others play after it", SOON, || {
            let now = ada.main_nest()["state"]["playing"]["entry"]["id"].clone();
            (!now.is_null() && now != before).then_some(())
        });
    }
    // Four weeks later, on the same weekday.
    app.advance(Duration::from_secs(28 * 24 * 3600));
    rules(&ada, |rules| only(rules, "throwback"));
    let shown = eventually("the past comes back", SOON, || {
        let shown = autofill(&ada)["preview"].clone();
        (shown["because"]["reason"]["kind"] == "throwback").then_some(shown)
    });
    assert_eq!(shown["track"]["id"], tracks[0].as_str());
    assert_eq!(shown["because"]["reason"]["by"]["name"], "Ben");
    ada.command("queue-preview", json!({"track_id": tracks[0]})).ok();
    let state = ada.main_nest()["state"].clone();
    let entries = state["queue"].as_array().unwrap().iter().chain([&state["playing"]["entry"]]);
    let entry = entries.into_iter().find(|entry| entry["because"] == shown["because"]).unwrap();
    assert_eq!(entry["added_by"]["name"], "Ada");
    let jams: Vec<_> = entry["jams"].as_array().unwrap().iter().map(|jam| jam["name"].clone()).collect();
    assert_eq!(jams, ["Ben"]);
}

/// How often the library was asked for something to play.
fn draws(browser: &Browser) -> u64 {
    let text = browser.get("/metrics").text();
    let line = text.lines().find(|line| line.starts_with("autofill_draws_total"));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn an_empty_library_is_not_asked_in_a_circle() {
    let rookery = Rookery::start(program());
    let ada = rookery.administrator();
    let mut listening = EventStream::open(&ada, None);
    listening.position();
    let before = draws(&ada);
    // Every command is a reason to look again, and must not be one to draw again.
    (0..100).for_each(|_| wake(&ada));
    let drawn = draws(&ada) - before;
    assert!(drawn <= 40, "{drawn} draws");
}
