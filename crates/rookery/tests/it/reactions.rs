//! Jams, comments, horns and the volume, by two people over HTTP, the socket and the event stream; and by people who
//! try what should not work.

use crate::app;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Actor, Browser, EventStream, Request, TestApp, guest, member, program, sound};

struct Stage {
    app: TestApp,
    ada: Browser,
    ben: Browser,
    gus: Browser,
    /// What plays, and what waits.
    playing: u64,
    waiting: u64,
}

/// A nest in which Ada's song plays and Ben's waits.
fn stage() -> Stage {
    let app = app();
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let ben = member(&ada, "Ben");
    let gus = guest(app.site(), "Gus");
    let first = ada.add_track("first.wav", &sound::wav(440, 300_000));
    let second = ada.add_track("second.wav", &sound::wav(550, 300_000));
    let (playing, waiting) = (ada.add(&first), ben.add(&second));
    Stage { app, ada, ben, gus, playing, waiting }
}

impl Stage {
    fn nest(&self) -> Value {
        self.gus.main_nest()["state"].clone()
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

fn events(stream: &mut EventStream, count: usize) -> Vec<Value> {
    stream.take(count).iter().map(|event| serde_json::from_str(&event.data).unwrap()).collect()
}

#[test]
fn two_people_jam_along_and_everybody_sees_it_in_order() {
    let stage = stage();
    let mut stream = EventStream::open(&stage.ben, None);
    stream.position();
    for (who, entry, on) in [
        (&stage.gus, stage.waiting, true),
        (&stage.ada, stage.waiting, true),
        (&stage.ada, stage.waiting, true),
        (&stage.ben, stage.playing, true),
        (&stage.gus, stage.waiting, false),
    ] {
        who.command("jam", json!({"entry": entry, "on": on})).ok();
    }
    let heard = events(&mut stream, 4);
    let kinds: BTreeSet<_> = heard.iter().map(|event| event["event"]["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["jammed"]));
    let first = &heard[0];
    assert_eq!((&first["event"]["name"], &first["event"]["on"]), (&json!("Gus"), &json!(true)));
    assert_eq!(first["event"]["member"], stage.gus.person);
    let nest = stage.nest();
    assert_eq!(names(&nest["queue"][0]["jams"]), ["Ada"]);
    assert_eq!(names(&nest["playing"]["entry"]["jams"]), ["Ben"]);
    assert_eq!(nest["queue"][0]["jams"][0]["at_ms"], heard[1]["at_ms"]);
    stage.ben.command("jam", json!({"entry": 999, "on": true})).problem(404, "unknown_entry");
}

#[test]
fn comments_come_as_they_were_typed_whatever_that_is() {
    let stage = stage();
    let mut stream = EventStream::open(&stage.ada, None);
    stream.position();
    let said = [
        "left || right || ",
        "<script>alert('x')</script><img src=x onerror=alert(1)>",
        "\"quoted\" 'and' \\ {\"json\": [1]} $1 %s ; drop table plays; --",
        "👩‍👩‍👧 🏳️‍🌈 🪶",
        "שלום עולם — مرحبا بالعالم می‌خواهم",
        "Ça déjà vu — ﷽ 日本語",
    ];
    for text in said {
        stage.gus.command("comment", json!({"entry": stage.playing, "text": text})).ok();
    }
    let heard = events(&mut stream, said.len());
    let nest = stage.nest();
    let comments = nest["playing"]["entry"]["comments"].as_array().unwrap();
    assert_eq!(comments.len(), said.len());
    for ((text, comment), event) in said.iter().zip(comments).zip(&heard) {
        assert_eq!(comment["text"], text.trim());
        assert_eq!(&event["event"]["comment"], comment);
        assert_eq!((&comment["by"], &comment["name"]), (&json!(stage.gus.person), &json!("Gus")));
    }
    let accepted = stage.ben.command("comment", json!({"entry": stage.waiting, "text": "a\r\nb\u{202e}c"}));
    let nest = stage.nest();
    let comment = &nest["queue"][0]["comments"][0];
    assert_eq!((&comment["text"], &comment["id"]), (&json!("a bc"), &accepted.ok()["offset"]));
}

#[test]
fn what_is_no_comment_is_refused() {
    let stage = stage();
    let comment = |text: Value| stage.ben.command("comment", json!({"entry": stage.playing, "text": text}));
    for text in ["", " \n\t ", "\u{202e}\u{200b}\u{feff}", &"x".repeat(281), &"🪶".repeat(2_500)] {
        comment(json!(text)).problem(422, "invalid_input");
    }
    for text in [json!(null), json!(7), json!(["x"]), json!({"x": "y"})] {
        comment(text).problem(422, "invalid_input");
    }
    comment(json!("x".repeat(70_000))).problem(413, "too_large");
    let lone = br#"{"entry": 2, "text": "\ud83e"}"#;
    let request = Request::new("POST", "/api/v1/nests/main/comment").bytes(lone.as_slice());
    stage.ben.send(request.header("content-type", "application/json")).problem(422, "invalid_input");
    let forged = json!({"entry": stage.playing, "text": "x", "name": "Ada"});
    stage.ben.command("comment", forged).problem(422, "invalid_input");
    comment(json!("🪶".repeat(280))).ok();
    let nest = stage.nest();
    assert_eq!(nest["playing"]["entry"]["comments"].as_array().unwrap().len(), 1);
}

#[test]
fn a_comment_is_removed_by_its_author_or_a_host() {
    let stage = stage();
    let say = || {
        let said = stage.gus.command("comment", json!({"entry": stage.playing, "text": "Oh!"}));
        said.ok()["offset"].as_u64().unwrap()
    };
    let (first, second) = (say(), say());
    let remove = |who: &Browser, comment: u64| {
        who.command("remove-comment", json!({"entry": stage.playing, "comment": comment}))
    };
    remove(&stage.ben, first).problem(403, "not_allowed");
    remove(&stage.gus, first).ok();
    remove(&stage.gus, first).problem(404, "unknown_comment");
    remove(&stage.ada, second).ok();
    assert_eq!(stage.nest()["playing"]["entry"]["comments"], json!([]));
}

#[test]
fn an_entry_holds_so_many_comments_and_a_person_says_so_many_an_hour() {
    let stage = stage();
    let say = |who: &Browser, entry: u64| who.command("comment", json!({"entry": entry, "text": "again"}));
    (0..30).for_each(|_| drop(say(&stage.gus, stage.playing).ok()));
    let problem = say(&stage.gus, stage.playing).expect(429);
    let seconds: u64 = problem.header("retry-after").parse().unwrap();
    assert!((3_500..=3_601).contains(&seconds), "{seconds}");
    let problem = problem.json();
    assert_eq!((&problem["code"], &problem["retry_after_s"]), (&json!("rate_limited"), &json!(seconds)));
    assert!(problem["detail"].as_str().unwrap().contains("60 min"), "{problem}");
    (0..20).for_each(|_| drop(say(&stage.ben, stage.playing).ok()));
    say(&stage.ada, stage.playing).problem(409, "too_many_comments");
    say(&stage.ada, stage.waiting).ok();
}

#[test]
fn horns_are_known_ones_and_there_must_be_music() {
    let app = app();
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    ada.command("horn", json!({"sound": "duck"})).problem(409, "nothing_playing");
    let track = ada.add_track("A%20%26%20B.wav", &sound::wav(440, 300_000));
    let entry = ada.add(&track);
    for sound in ["", "airhorn", "DUCK", "../../../evil", "duck.mp3", "duck\u{0}", &"x".repeat(10_000)] {
        ada.command("horn", json!({"sound": sound})).problem(422, "unknown_sound");
    }
    let mut stream = EventStream::open(&ada, None);
    stream.position();
    ada.command("horn", json!({"sound": "duck"})).ok();
    let event = &events(&mut stream, 1)[0]["event"];
    assert_eq!((&event["type"], &event["horn"]["sound"]), (&json!("horn_blown"), &json!("duck")));
    let state = ada.main_nest()["state"].clone();
    assert_eq!(state["horns"], json!([event["horn"]]));
    let horn = &state["horns"][0];
    assert_eq!(
        (&horn["entry"], &horn["free"], &horn["by"]),
        (&json!(entry), &json!(false), &json!(ada.person))
    );
    assert_eq!(horn["title"], state["playing"]["entry"]["track"]["title"]);
}

#[test]
fn a_song_that_people_like_earns_a_horn_beyond_the_hour() {
    let stage = stage();
    stage.ada.command("configure", json!({"free_horn_jams": 2})).ok();
    for who in [&stage.ben, &stage.gus, &stage.ada] {
        who.command("jam", json!({"entry": stage.waiting, "on": true})).ok();
    }
    assert_eq!(stage.nest()["free_horns"], json!({&stage.ben.person: 1}));
    let blow = || stage.ben.command("horn", json!({"sound": "fanfare"}));
    (0..21).for_each(|_| drop(blow().ok()));
    blow().problem(429, "rate_limited");
    let nest = stage.nest();
    assert_eq!(nest["free_horns"], json!({}));
    let horns = nest["horns"].as_array().unwrap();
    let free: Vec<_> = horns.iter().map(|horn| horn["free"].as_bool().unwrap()).collect();
    assert_eq!((free.len(), free[20], free.iter().filter(|free| **free).count()), (21, true, 1));
    stage.gus.command("horn", json!({"sound": "gong"})).ok();
    stage.ada.command("configure", json!({"free_horn_jams": 101})).problem(422, "limit_outside");
}

#[test]
fn the_volume_is_for_members_and_has_its_bounds() {
    let stage = stage();
    assert_eq!(stage.nest()["volume_percent"], 95);
    stage.gus.command("volume", json!({"percent": 10})).problem(403, "not_allowed");
    stage.ben.command("volume", json!({"percent": 0})).ok();
    assert_eq!(stage.nest()["volume_percent"], 0);
    stage.ben.command("volume", json!({"percent": 101})).problem(422, "volume_outside");
    for percent in [json!(256), json!(-1), json!(0.5), json!("50")] {
        stage.ben.command("volume", json!({"percent": percent})).problem(422, "invalid_input");
    }
}

#[test]
fn what_was_said_and_jammed_is_in_the_history_of_what_played() {
    let stage = stage();
    let newest = || stage.gus.get("/api/v1/nests/main/plays?limit=1").ok()["plays"][0].clone();
    stage.ben.command("jam", json!({"entry": stage.playing, "on": true})).ok();
    stage.gus.command("comment", json!({"entry": stage.playing, "text": "Loud!"})).ok();
    let now = newest();
    assert_eq!((names(&now["jams"]), &now["comments"][0]["text"]), (vec!["Ben"], &json!("Loud!")));
    stage.ada.command("skip", json!({})).ok();
    let plays = stage.gus.get("/api/v1/nests/main/plays").ok()["plays"].clone();
    let ended = plays.as_array().unwrap().iter().find(|play| play["outcome"] == "skipped").unwrap();
    assert_eq!((&ended["jams"], &ended["comments"]), (&now["jams"], &now["comments"]));
    assert_eq!((&newest()["jams"], &newest()["comments"]), (&json!([]), &json!([])));
}

#[test]
fn a_request_that_is_sent_twice_says_and_blows_once() {
    let stage = stage();
    for (verb, body) in
        [("comment", json!({"entry": stage.playing, "text": "Once"})), ("horn", json!({"sound": "cuckoo"}))]
    {
        let send = || {
            let request = Request::new("POST", format!("/api/v1/nests/main/{verb}")).json(&body);
            stage.ben.send(request.header("idempotency-key", verb)).ok()
        };
        assert_eq!(send(), send());
    }
    let nest = stage.nest();
    assert_eq!(nest["playing"]["entry"]["comments"].as_array().unwrap().len(), 1);
    assert_eq!(nest["horns"].as_array().unwrap().len(), 1);
}

#[test]
fn the_host_closes_and_opens_each_of_them() {
    let stage = stage();
    let doors = [
        ("jam", "jam", json!({"entry": stage.playing, "on": true})),
        ("comment", "comment", json!({"entry": stage.playing, "text": "Hi"})),
        ("horn", "horn", json!({"sound": "frog"})),
        ("volume", "volume", json!({"percent": 3})),
    ];
    for (action, verb, body) in doors {
        stage.ada.command("configure", json!({"guest_actions": []})).ok();
        stage.gus.command(verb, body.clone()).problem(403, "not_allowed");
        stage.ada.command("configure", json!({"guest_actions": [action]})).ok();
        stage.gus.command(verb, body).ok();
    }
}

#[test]
fn every_horn_that_is_listed_can_be_fetched_once_and_kept() {
    let stage = stage();
    let horns = stage.gus.get("/api/v1/horns").ok();
    let horns = horns.as_array().unwrap();
    assert_eq!(horns.len(), 27);
    for horn in horns {
        let file = stage.gus.get(horn["url"].as_str().unwrap()).expect(200);
        assert_eq!(file.header("content-type"), "audio/wav");
        assert!(file.header("cache-control").contains("immutable"));
        let frames = (file.body.len() as u64 - 44) / 2;
        assert_eq!(frames * 1_000 / 22_050, horn["duration_ms"].as_u64().unwrap(), "{horn}");
        let request = Request::new("GET", horn["url"].as_str().unwrap());
        let again = stage.gus.send(request.header("if-none-match", file.header("etag"))).expect(304);
        assert!(again.body.is_empty());
    }
    let tags: BTreeSet<_> = horns
        .iter()
        .map(|horn| stage.gus.get(horn["url"].as_str().unwrap()).header("etag").to_owned())
        .collect();
    assert_eq!(tags.len(), 27);
    let head = stage.gus.send(Request::new("HEAD", "/api/v1/horns/duck.wav")).expect(200);
    assert!(head.body.is_empty() && head.header("content-length").parse::<u64>().unwrap() > 10_000);
    for name in ["evil.wav", "duck", "duck.mp3", "..%2f..%2fetc%2fpasswd.wav", "DUCK.wav"] {
        stage.gus.get(&format!("/api/v1/horns/{name}")).problem(404, "not_found");
    }
    stage.app.anonymous().get("/api/v1/horns").problem(401, "not_signed_in");
    let listens = program(&stage.ben, &["listen"]);
    assert_eq!(listens.get("/api/v1/horns/duck.wav").status, 200);
}
