//! What a stranger sees of a nest before coming in.

use crate::app;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use testkit::{Actor, EventStream, TestApp, eventually, guest, member, sound};

const LOOK: &str = "/api/v1/nests/main/look";

fn look(app: &TestApp) -> Value {
    app.anonymous().get(LOOK).ok()
}

#[test]
fn a_stranger_sees_faces_and_a_name_and_nothing_that_leads_further() {
    let app = app();
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false, "name": "Friday"})).ok();
    let ben = member(&ada, "Ben Lu");
    let empty = json!({"name": "Friday", "cover_url": null, "listener_count": 0, "faces": []});
    assert_eq!(look(&app), empty);
    let _listening: Vec<_> = [&ada, &ben, &ben]
        .map(|person| {
            let mut events = EventStream::open(person, None);
            events.position();
            events
        })
        .into();
    ada.add(&ada.add_track("secret-title.wav", &sound::wav(440, 60_000)));
    let seen = look(&app);
    assert_eq!(seen["listener_count"], 2);
    let initials: BTreeSet<_> =
        seen["faces"].as_array().unwrap().iter().map(|face| face["initials"].as_str().unwrap()).collect();
    assert_eq!(initials, BTreeSet::from(["A", "BL"]), "two tabs are one face");
    assert_eq!(seen["cover_url"], Value::Null, "this song has none");
    app.anonymous().get(&format!("{LOOK}/cover")).problem(404, "not_found");
    let keys: Vec<_> = seen.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["cover_url", "faces", "listener_count", "name"]);
    let text = seen.to_string();
    for secret in ["secret-title", "Ben", &ada.person, &ben.person] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn a_nest_that_is_not_open_to_strangers_is_not_there_for_them() {
    let app = app();
    let ada = app.administrator();
    let ben = member(&ada, "Ben");
    let nest = ben.post("/api/v1/nests", json!({"name": "Attic"})).expect(201).json();
    let code = nest["state"]["code"].as_str().unwrap().to_owned();
    let at = |verb: &str| format!("/api/v1/nests/{code}/{verb}");
    let gone = |what: &str| {
        for path in [at("look"), at("look/cover")] {
            let problem = app.anonymous().get(&path).problem(404, "not_found");
            assert!(!problem.to_string().contains("Attic"), "{what}: {problem}");
        }
    };
    app.anonymous().get(&at("look")).ok();
    ben.post(&at("lock"), json!({})).ok();
    gone("it is locked");
    ben.post(&at("unlock"), json!({})).ok();
    ben.post(&at("configure"), json!({"guests_allowed": false})).ok();
    gone("it takes no guests");
    ben.post(&at("configure"), json!({"guests_allowed": true})).ok();
    app.anonymous().get(&at("look")).ok();
    drop(ben.delete(&format!("/api/v1/nests/{code}")).expect(204));
    gone("it has ended");
    app.anonymous().get("/api/v1/nests/ZZZZZ/look").problem(404, "not_found");
}

#[test]
fn the_cover_of_what_plays_is_shown_and_no_other() {
    let app = app();
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    ada.post("/api/v1/demo", json!({})).expect(202).ok();
    let covers = eventually("two pieces are there", Duration::from_secs(90), || {
        let tracks = ada.get("/api/v1/tracks").ok()["tracks"].as_array().unwrap().clone();
        let pictures: BTreeSet<_> = tracks.iter().map(|track| track["artwork_url"].to_string()).collect();
        (pictures.len() > 1).then_some(tracks)
    });
    let id = |track: &Value| track["id"].as_str().unwrap().to_owned();
    ada.add(&id(&covers[0]));
    let shown = look(&app)["cover_url"].as_str().expect("a cover").to_owned();
    assert!(!shown.contains(covers[0]["artwork_url"].as_str().unwrap().rsplit('/').next().unwrap()));
    let picture = app.anonymous().get(&shown).expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert_eq!(picture.header("cache-control"), "no-store");
    assert!(picture.body.starts_with(&[0xff, 0xd8, 0xff]), "a JPEG");
    // The library itself stays closed, and so does the cover of what has played.
    app.anonymous().get(covers[0]["artwork_url"].as_str().unwrap()).problem(401, "not_signed_in");
    let other = covers.iter().find(|track| track["artwork_url"] != covers[0]["artwork_url"]);
    ada.add(&id(other.expect("two covers")));
    ada.command("skip", json!({})).ok();
    app.anonymous().get(&shown).problem(404, "not_found");
    assert_ne!(look(&app)["cover_url"], shown);
    guest(app.site(), "Gus").get(LOOK).ok();
}
