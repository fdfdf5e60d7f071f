//! The history of all nests, filtered and as a table; and what is counted day by day.

use crate::app;
use crate::sources::{Stage, stage, track};
use fakes::Fault;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, EventStream, guest, member, sound};

fn titles(by: &impl Actor, path: &str) -> Vec<String> {
    let page = by.get(path).ok();
    let title = |play: &Value| play["track"]["title"].as_str().unwrap().to_owned();
    page["plays"].as_array().unwrap().iter().map(title).collect()
}

#[test]
fn the_history_of_all_nests_is_filtered_and_leaves_out_what_is_behind_a_locked_door() {
    let app = app();
    let ada = app.administrator();
    let (ben, cleo) = (member(&ada, "Ben"), member(&ada, "Cleo"));
    ada.command("configure", json!({"autofill": false})).ok();
    // While there is nothing that it could play by itself.
    let attic = ben.post("/api/v1/nests", json!({"name": "Attic"})).expect(201).json();
    let attic = attic["state"]["code"].as_str().unwrap().to_owned();
    let at = |verb: &str| format!("/api/v1/nests/{attic}/{verb}");
    ben.post(&at("configure"), json!({"autofill": false})).ok();
    let songs = [("Adagio", 400), ("Ballad", 500)]
        .map(|(name, hz)| ada.add_track(&format!("{name}.wav"), &sound::wav(hz, 60_000)));
    ada.add(&songs[0]);
    ben.add(&songs[1]);
    ada.command("skip", json!({})).ok();
    ben.post(&at("add"), json!({"track_id": songs[0]})).ok();

    assert_eq!(titles(&cleo, "/api/v1/plays"), ["Adagio", "Ballad", "Adagio"]);
    let page = cleo.get("/api/v1/plays?limit=2").ok();
    let nests: Vec<_> = page["plays"].as_array().unwrap().iter().map(|play| play["nest"].clone()).collect();
    assert_eq!(nests[0], json!({"name": "Attic", "code": attic}));
    assert_eq!(nests[1]["code"], "main");
    let cursor = page["next_cursor"].as_str().expect("one more");
    let rest = format!("/api/v1/plays?limit=2&cursor={cursor}");
    assert_eq!(titles(&cleo, &rest), ["Adagio"]);
    assert_eq!(cleo.get(&rest).ok()["next_cursor"], Value::Null);
    let by_ben = format!("by={}", ben.person);
    for (query, found) in [
        (by_ben.as_str(), vec!["Adagio", "Ballad"]),
        ("text=BALL", vec!["Ballad"]),
        ("text=adag&source=library", vec!["Adagio", "Adagio"]),
        ("source=spotify", vec![]),
        ("chosen_by=autofill", vec![]),
        ("chosen_by=people&limit=1", vec!["Adagio"]),
        ("to_ms=1000", vec![]),
    ] {
        assert_eq!(titles(&cleo, &format!("/api/v1/plays?{query}")), found, "{query}");
    }
    let here = format!("/api/v1/nests/main/plays?{by_ben}");
    assert_eq!(titles(&cleo, &here), ["Ballad"]);
    assert_eq!(cleo.get(&here).ok()["plays"][0]["nest"], Value::Null);
    for wrong in ["by=x", "source=tape", "chosen_by=me", "cursor=x", "more=1"] {
        cleo.get(&format!("/api/v1/plays?{wrong}")).problem(422, "invalid_input");
    }
    cleo.get(&format!("/api/v1/plays?text={}", "x".repeat(201))).problem(422, "invalid_input");
    // What has just begun begins in a moment, and the table ends now.
    app.advance(Duration::from_secs(5));
    let table = cleo.get(&format!("/api/v1/plays.csv?{by_ben}")).expect(200).text();
    let rows: Vec<_> = table.split("\r\n").collect();
    assert_eq!(rows.len(), 4, "{table}");
    assert!(rows[0].ends_with(",source,nest") && rows[1].ends_with(",\"Attic\""), "{table}");

    // Cleo was not there when it was locked.
    ben.post(&at("lock"), json!({})).ok();
    assert_eq!(titles(&cleo, "/api/v1/plays"), ["Ballad", "Adagio"]);
    assert!(!cleo.get("/api/v1/plays.csv").expect(200).text().contains("Attic"));
    assert_eq!(titles(&ben, "/api/v1/plays").len(), 3);
    drop(ben.delete(&format!("/api/v1/nests/{attic}")).expect(204));
    let ended = cleo.get("/api/v1/plays").ok()["plays"][0]["nest"].clone();
    assert_eq!(ended, json!({"name": "Attic", "code": null}), "what has ended is everybody's");
    guest(app.site(), "Gus").get("/api/v1/plays").problem(403, "not_allowed");
}

#[test]
fn why_the_nest_chose_a_song_stands_in_its_history() {
    let app = app();
    let ada = app.administrator();
    for at in 0..4 {
        ada.add_track(&format!("{at}.wav"), &sound::wav(300 + at, 60_000));
    }
    let mut listening = EventStream::open(&ada, None);
    listening.position();
    let playing = testkit::eventually("it plays on", Duration::from_secs(20), || {
        let playing = ada.main_nest()["state"]["playing"].clone();
        (!playing.is_null()).then_some(playing)
    });
    assert_eq!(playing["entry"]["because"]["reason"]["kind"], "library");
    let play = ada.get("/api/v1/nests/main/plays").ok()["plays"][0].clone();
    assert_eq!(play["because"], playing["entry"]["because"]);
    assert_eq!(titles(&ada, "/api/v1/plays?chosen_by=autofill").len(), 1);
}

fn calls(stage: &Stage, provider: &str) -> Vec<(String, u64)> {
    let stats = stage.ada.get("/api/v1/stats/providers").ok();
    let of = |row: &&Value| row["provider"] == provider;
    let counted = |row: &Value| (row["outcome"].as_str().unwrap().to_owned(), row["calls"].as_u64().unwrap());
    stats["calls"].as_array().unwrap().iter().filter(of).map(counted).collect()
}

#[test]
fn every_call_to_a_service_is_counted_by_how_it_went() {
    let stage = stage();
    assert_eq!(calls(&stage, "spotify"), []);
    stage.ada.command("add", json!({"source": track("track1")})).ok();
    let seen = || stage.spotify.server.seen().len() as u64;
    assert_eq!(calls(&stage, "spotify"), [("answered".to_owned(), seen())]);
    stage.spotify.server.fail("/v1/tracks", Fault::TooMany { retry_after: Some(1) });
    stage.ada.command("add", json!({"source": track("track2")})).problem(429, "source_rate_limited");
    let counted = calls(&stage, "spotify");
    assert_eq!(counted.iter().map(|(_, calls)| calls).sum::<u64>(), seen(), "{counted:?}");
    assert!(counted.contains(&("limited".to_owned(), 1)), "{counted:?}");
    stage.youtube.server.fail("/youtube", Fault::Status(503));
    assert!(stage.ada.get("/api/v1/sources/youtube/search?query=rooks").status >= 500);
    let failed = calls(&stage, "youtube");
    assert_eq!(failed, [("failed".to_owned(), stage.youtube.server.seen().len() as u64)]);
    let today = stage.ada.get("/api/v1/stats/providers").ok();
    let date = today["calls"][0]["date"].as_str().unwrap();
    assert_eq!(date.len(), "2026-11-20".len());
    // A month ago nothing was asked.
    let then = stage.app.now().millis() - 40 * 24 * 3_600_000;
    let before = format!("/api/v1/stats/providers?to_ms={then}");
    assert_eq!(stage.ada.get(&before).ok()["calls"], json!([]));
    let ben = member(&stage.ada, "Ben");
    assert_eq!(ben.get("/api/v1/stats/providers").ok()["calls"], today["calls"]);
    ben.get("/api/v1/stats/sign-ins").problem(403, "not_allowed");
}
