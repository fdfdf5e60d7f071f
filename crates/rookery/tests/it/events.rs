//! A nest's events as server-sent events.

use crate::app;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, Raw, TestApp, eventually, guest, sound};

fn stage() -> (TestApp, Browser, String) {
    let app = app();
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let track = ada.add_track("tone.wav", &sound::wav(440, 60_000));
    (app, ada, track)
}

fn offset(id: &str) -> u64 {
    id.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[test]
fn events_come_in_order_with_their_positions() {
    let (_app, ada, track) = stage();
    let nest = ada.main_nest();
    let mut stream = EventStream::open(&ada, None);
    assert_eq!(stream.position(), format!("{}:{}", nest["epoch"].as_str().unwrap(), nest["offset"]));
    ada.add(&track);
    ada.command("pause", json!({})).ok();
    let events = stream.take(3);
    let from = nest["offset"].as_u64().unwrap();
    let offsets: Vec<_> = events.iter().map(|event| offset(&event.id)).collect();
    assert_eq!(offsets, [from + 1, from + 2, from + 3]);
    let kinds: Vec<Value> = events.iter().map(|event| serde_json::from_str(&event.data).unwrap()).collect();
    let kinds: Vec<_> = kinds.iter().map(|event| event["event"]["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["entry_added", "playback_started", "playback_changed"]);
    assert!(events.iter().all(|event| event.name == "message"));
}

#[test]
fn a_stream_that_comes_back_gets_exactly_what_it_missed() {
    let (_app, ada, track) = stage();
    let mut stream = EventStream::open(&ada, None);
    stream.position();
    ada.add(&track);
    let seen = stream.take(2);
    drop(stream);
    ada.command("pause", json!({})).ok();
    ada.command("resume", json!({})).ok();
    let mut stream = EventStream::open(&ada, Some(&seen[1].id));
    let missed = stream.take(2);
    assert_eq!(offset(&missed[0].id), offset(&seen[1].id) + 1);
    assert!(missed[0].data.contains("\"paused\"") && missed[1].data.contains("\"resumed\""), "{missed:?}");
    ada.command("pause", json!({})).ok();
    assert_eq!(offset(&stream.take(1)[0].id), offset(&missed[1].id) + 1, "and then what is new");
}

#[test]
fn a_position_that_is_unknown_is_told_to_load_again() {
    let (_app, ada, _track) = stage();
    let nest = ada.main_nest();
    let epoch = nest["epoch"].as_str().unwrap();
    for id in [format!("{}:1", "0".repeat(26)), format!("{epoch}:999999")] {
        let event = EventStream::open(&ada, Some(&id)).next_event().unwrap();
        assert_eq!((event.name.as_str(), event.data.as_str()), ("resync", "{}"));
        assert_eq!(event.id, format!("{epoch}:{}", nest["offset"]));
    }
    let mut raw = Raw::connect(ada.site().address());
    raw.send(format!(
        "GET /api/v1/nests/main/events?since=nonsense HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n",
        ada.cookie
    ));
    assert!(raw.head().starts_with("HTTP/1.1 422"));
}

#[test]
fn signing_out_ends_the_stream() {
    let (app, _ada, _track) = stage();
    let gus = guest(app.site(), "Gus");
    let mut stream = EventStream::open(&gus, None);
    stream.position();
    gus.delete("/api/v1/session").expect(204).ok();
    assert_eq!(stream.next_event(), None);
}

#[test]
fn a_token_s_end_ends_the_stream() {
    let (_app, ada, _track) = stage();
    let body = json!({"label": "short", "scopes": ["listen"], "expires_in_s": 2});
    let made = ada.post("/api/v1/tokens", body).expect(201).json();
    let mut raw = Raw::connect(ada.site().address());
    raw.send(format!(
        "GET /api/v1/nests/main/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
        made["secret"].as_str().unwrap()
    ));
    assert!(raw.head().starts_with("HTTP/1.1 200"));
    let began = testkit::since_1970();
    let rest = String::from_utf8_lossy(&raw.read_until("0\r\n\r\n")).into_owned();
    assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
    assert!(testkit::since_1970() - began < Duration::from_secs(6));
}

#[test]
fn one_person_cannot_hold_all_the_streams() {
    let (app, ada, _track) = stage();
    let gus = guest(app.site(), "Gus");
    let ask = |who: &Browser| {
        let mut raw = Raw::connect(app.site().address());
        raw.send(format!(
            "GET /api/v1/nests/main/events HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n",
            who.cookie
        ));
        let head = raw.head();
        (raw, head)
    };
    let mut held: Vec<_> = (0..200).map(|_| ask(&gus)).collect();
    assert!(held.iter().all(|(_, head)| head.starts_with("HTTP/1.1 200")));
    let (_, refused) = ask(&gus);
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("retry-after"), "{refused}");
    assert!(ask(&ada).1.starts_with("HTTP/1.1 200"), "another person is not concerned");
    held.clear();
    eventually("there is room again", Duration::from_secs(10), || {
        ask(&gus).1.starts_with("HTTP/1.1 200").then_some(())
    });
}

#[test]
fn a_guest_who_is_not_allowed_any_more_hears_nothing_more() {
    let (app, ada, track) = stage();
    let gus = guest(app.site(), "Gus");
    let mut stream = EventStream::open(&gus, None);
    stream.position();
    ada.command("configure", json!({"guests_allowed": false})).ok();
    ada.add(&track);
    let mut heard = Vec::new();
    while let Some(event) = stream.next_event() {
        heard.push(event.data);
        assert!(heard.len() < 3, "a guest goes on hearing a nest that takes no guests: {heard:?}");
    }
    assert!(!heard.iter().any(|data| data.contains("entry_added")), "{heard:?}");
}
