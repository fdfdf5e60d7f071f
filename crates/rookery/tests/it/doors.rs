//! Who comes into a nest, and how it is found: locked, put out, let in; by code, by a word, by a name that was thought of.

use crate::app;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Actor, Browser, EventStream, Request, TestApp, guest, member, sound};

struct Stage {
    app: TestApp,
    ada: Browser,
    ben: Browser,
    cleo: Browser,
    gus: Browser,
    nest: String,
}

/// A nest of Ben's, two other members and a guest; nobody listens yet.
fn stage() -> Stage {
    let app = app();
    let ada = app.administrator();
    let (ben, cleo) = (member(&ada, "Ben"), member(&ada, "Cleo"));
    let gus = guest(app.site(), "Gus");
    let nest = open(&ben, json!({"name": "Attic"}))["state"]["code"].as_str().unwrap().to_owned();
    Stage { app, ada, ben, cleo, gus, nest }
}

fn open(by: &impl Actor, body: Value) -> Value {
    by.post("/api/v1/nests", body).expect(201).json()
}

impl Stage {
    fn at(&self, verb: &str) -> String {
        format!("/api/v1/nests/{}/{verb}", self.nest)
    }

    fn look(&self, who: &impl Actor) -> testkit::Reply {
        who.get(&format!("/api/v1/nests/{}", self.nest))
    }

    fn listen(&self, who: &impl Actor) -> EventStream {
        let mut events = EventStream::of_nest(who, &self.nest, None);
        events.position();
        events
    }
}

/// Reads what is told until there is an event of this type, or the stream ends.
fn until(events: &mut EventStream, kind: &str) -> Option<Value> {
    while let Some(event) = events.next_event() {
        let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
        if data["event"]["type"] == kind {
            return Some(data["event"].clone());
        }
    }
    None
}

#[test]
fn a_locked_nest_keeps_who_was_there_and_lets_nobody_else_in() {
    let stage = stage();
    let mut gus = stage.listen(&stage.gus);
    stage.cleo.post(&stage.at("lock"), json!({})).problem(403, "not_allowed");
    stage.ben.post(&stage.at("lock"), json!({})).ok();
    assert!(until(&mut gus, "locked").is_some());
    assert_eq!(stage.look(&stage.gus).ok()["state"]["locked"], true);
    stage.look(&stage.cleo).problem(403, "nest_locked");
    stage.look(&stage.ada).ok();
    let knock = json!({"name": "Zoe", "nest": stage.nest});
    stage.app.anonymous().post("/api/v1/guests", knock.clone()).problem(403, "nest_locked");
    let shown = stage.cleo.get("/api/v1/nests").json();
    assert!(shown.as_array().unwrap().iter().all(|nest| nest["code"] != *stage.nest));
    stage.ben.post(&stage.at("let-in"), json!({"member": stage.cleo.person})).ok();
    stage.look(&stage.cleo).ok();
    stage.ben.post(&stage.at("unlock"), json!({})).ok();
    stage.app.anonymous().post("/api/v1/guests", knock).ok();
    stage.ada.command("lock", json!({})).problem(409, "permanent_nest");
}

#[test]
fn whoever_is_put_out_hears_nothing_more_until_they_are_let_in() {
    let stage = stage();
    let track = stage.cleo.add_track("tone.wav", &sound::wav(440, 60_000));
    stage.ben.post(&stage.at("add"), json!({"track_id": track})).ok();
    stage.cleo.post(&stage.at("add"), json!({"track_id": track})).ok();
    let (mut cleo, mut gus) = (stage.listen(&stage.cleo), stage.listen(&stage.gus));
    let kick = |by: &Browser, who: &Browser| by.post(&stage.at("kick"), json!({"member": who.person}));
    kick(&stage.gus, &stage.cleo).problem(403, "not_allowed");
    kick(&stage.ben, &stage.ada).problem(409, "host_stays");
    kick(&stage.ben, &stage.ben).problem(409, "host_stays");
    kick(&stage.ben, &stage.cleo).ok();
    let told = until(&mut gus, "kicked").expect("everybody hears it");
    assert_eq!((&told["name"], &told["member"]), (&json!("Cleo"), &json!(stage.cleo.person)));
    assert_eq!(until(&mut cleo, "nothing more"), None, "the stream ends");
    stage.look(&stage.cleo).problem(403, "kicked");
    stage.cleo.post(&stage.at("add"), json!({"track_id": track})).problem(403, "kicked");
    stage.cleo.get(&stage.at("kicked")).problem(403, "kicked");
    stage.gus.get(&stage.at("kicked")).problem(403, "not_allowed");
    let queue = stage.look(&stage.gus).ok()["state"]["queue"].clone();
    assert!(queue.as_array().unwrap().iter().all(|entry| entry["added_by"]["name"] != "Cleo"), "{queue}");
    let listed = stage.ben.get(&stage.at("kicked")).json();
    assert_eq!(listed, json!([{"id": stage.cleo.person, "name": "Cleo"}]));
    stage.ben.post(&stage.at("let-in"), json!({"member": stage.cleo.person})).ok();
    stage.look(&stage.cleo).ok();
    assert_eq!(stage.ben.get(&stage.at("kicked")).json(), json!([]));
    let audit = stage.ada.get("/api/v1/audit?limit=50").json();
    let acts: Vec<_> =
        audit["entries"].as_array().unwrap().iter().map(|line| line["action"].clone()).collect();
    assert!(acts.contains(&json!("nest_kicked")) && acts.contains(&json!("nest_let_in")), "{acts:?}");
}

#[test]
fn a_nest_without_a_name_gets_one_that_no_other_has() {
    let stage = stage();
    let mut names = BTreeSet::new();
    for _ in 0..6 {
        let nest = open(&stage.cleo, json!({}));
        let settings = &nest["state"]["settings"];
        assert_ne!(settings["autofill_rules"]["genre"], "", "{settings}");
        assert!(names.insert(settings["name"].as_str().unwrap().to_owned()));
    }
    let track = stage.cleo.add_track("tone.wav", &sound::wav(440, 60_000));
    open(&stage.cleo, json!({"name": "Seeded", "seed_track_id": track}));
    let nobody = "0".repeat(26);
    stage.cleo.post("/api/v1/nests", json!({"seed_track_id": nobody})).problem(404, "not_found");
}

#[test]
fn a_word_leads_to_one_nest_and_is_free_again_when_it_closes() {
    let stage = stage();
    let nest = open(&stage.ben, json!({"name": "Friday", "slug": "Friday-Night"}));
    assert_eq!(nest["state"]["settings"]["slug"], "friday-night");
    let code = nest["state"]["code"].as_str().unwrap();
    let lead = |path: &str| stage.app.site().send(Request::new("GET", path));
    for path in ["/friday-night", "/FRIDAY-night/", "/nest/friday-night"] {
        assert_eq!(lead(path).expect(307).header("location"), format!("/nest/{code}"), "{path}");
    }
    assert_eq!(lead("/friday-night?x=1").expect(307).header("location"), format!("/nest/{code}?x=1"));
    let take = |slug: &str| stage.ben.post(&stage.at("configure"), json!({"slug": slug}));
    take("friday-night").problem(409, "slug_taken");
    stage.cleo.post("/api/v1/nests", json!({"slug": "friday-night"})).problem(409, "slug_taken");
    for bad in ["library", "jazzy", "a b", "x", "-x", "é"] {
        let problem = take(bad).problem(422, "invalid_input");
        assert!(problem["detail"].as_str().unwrap().contains("slug"), "{problem}");
    }
    take("saturday").ok();
    drop(lead("/saturday").expect(307));
    take("").ok();
    drop(lead("/saturday").expect(404));
    drop(stage.ben.delete(&format!("/api/v1/nests/{code}")).expect(204));
    drop(lead("/friday-night").expect(404));
    take("friday-night").ok();
}

/// Another process has just given the word away: this one finds out only when it writes.
#[test]
fn a_race_for_a_word_refuses_whoever_wanted_it_and_nobody_else() {
    let stage = stage();
    let song = stage.ada.add_track("x.wav", &sound::wav(440, 60_000));
    let taken: Vec<_> = (0..4).map(|round| format!("taken-{round}")).collect();
    stage.app.open_elsewhere(&taken);
    for word in &taken {
        std::thread::scope(|scope| {
            let add = || stage.ben.post(&stage.at("add"), json!({"track_id": song}));
            let others: Vec<_> = (0..6).map(|_| scope.spawn(add)).collect();
            let wants = scope.spawn(|| stage.ben.post(&stage.at("configure"), json!({"slug": word})));
            let more: Vec<_> = (0..6).map(|_| scope.spawn(add)).collect();
            wants.join().unwrap().problem(409, "slug_taken");
            for other in others.into_iter().chain(more) {
                drop(other.join().unwrap().expect(200));
            }
        });
        stage.ben.post(&stage.at("clear"), json!({})).ok();
    }
}

#[test]
fn what_leads_nowhere_is_said_kindly_and_is_no_success() {
    let stage = stage();
    for path in ["/no-such-nest", "/nowhere/at/all"] {
        let page = stage.app.site().send(Request::new("GET", path)).expect(404);
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(page.text().contains("<script"), "the page itself says what to do");
    }
    for path in ["/", "/library", "/nest/main", &format!("/{}", stage.nest.to_lowercase())] {
        drop(stage.app.site().send(Request::new("GET", path)).expect(200));
    }
}
