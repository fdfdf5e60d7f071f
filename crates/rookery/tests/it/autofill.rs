//! A nest that plays on by itself: with little to choose from, and after somebody emptied its queue.

use crate::app;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, TestApp, eventually, sound};

const SOON: Duration = Duration::from_secs(10);

struct Stage {
    app: TestApp,
    ada: Browser,
    tracks: Vec<String>,
    _listening: EventStream,
}

/// Somebody listens to a nest with so many songs of a minute, and it plays.
fn stage(tracks: u32) -> Stage {
    let app = app();
    let ada = app.administrator();
    let mut rules = ada.main_nest()["state"]["settings"]["autofill_rules"].clone();
    assert_eq!(rules["depth"], 3, "the main nest keeps three songs ready; here one is enough");
    rules["depth"] = json!(1);
    ada.command("configure", json!({"autofill_rules": rules})).ok();
    let add = |at| ada.add_track(&format!("{at}.wav"), &sound::wav(400 + at, 60_000));
    let tracks = (0..tracks).map(add).collect();
    let mut listening = EventStream::open(&ada, None);
    listening.position();
    eventually("it plays", SOON, || playing(&ada)["id"].as_u64());
    Stage { app, ada, tracks, _listening: listening }
}

fn playing(ada: &Browser) -> Value {
    ada.main_nest()["state"]["playing"]["entry"].clone()
}

/// The queue, once the nest has had every reason to put something in: two commands that are refused.
fn settled_queue(ada: &Browser) -> Vec<Value> {
    for _ in 0..2 {
        ada.command("vote", json!({"entry": 999_999, "direction": "up"})).problem(404, "unknown_entry");
    }
    ada.main_nest()["state"]["queue"].as_array().unwrap().clone()
}

#[test]
fn the_only_song_there_is_comes_again_at_its_end_and_not_before() {
    let Stage { app, ada, tracks, _listening } = stage(1);
    let first = playing(&ada);
    assert_eq!(settled_queue(&ada), Vec::<Value>::new(), "it is not queued on top of itself");
    app.advance(Duration::from_secs(40));
    assert_eq!(settled_queue(&ada), Vec::<Value>::new());
    app.advance(Duration::from_secs(15));
    let queue =
        eventually("just before its end", SOON, || Some(settled_queue(&ada)).filter(|it| !it.is_empty()));
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0]["track"]["id"], tracks[0].as_str());
    assert_eq!(playing(&ada)["id"], first["id"]);
    app.advance(Duration::from_secs(6));
    eventually("without a pause", SOON, || {
        settled_queue(&ada).is_empty().then(|| playing(&ada)).filter(|it| it["id"] == queue[0]["id"])
    });
    // Cut short: silence is worse than the same song.
    let before = playing(&ada);
    ada.command("skip", json!({})).ok();
    eventually("it plays again", SOON, || playing(&ada)["id"].as_u64().filter(|&id| before["id"] != id));
    // And when there is another song, that one is next at once.
    let other = ada.add_track("other.wav", &sound::wav(999, 60_000));
    let queue = eventually("it is queued", SOON, || Some(settled_queue(&ada)).filter(|it| !it.is_empty()));
    assert_eq!(queue[0]["track"]["id"], other.as_str());
}

#[test]
fn two_songs_take_turns() {
    let Stage { app: _app, ada, _listening, .. } = stage(2);
    for _ in 0..4 {
        let now = playing(&ada);
        let queue = eventually("the other is next", SOON, || {
            Some(settled_queue(&ada)).filter(|queue| !queue.is_empty())
        });
        assert_ne!(queue[0]["track"]["id"], now["track"]["id"]);
        ada.command("skip", json!({})).ok();
    }
}

#[test]
fn a_cleared_queue_stays_empty_until_the_next_song_is_needed() {
    let Stage { app, ada, tracks, _listening } = stage(5);
    let now = playing(&ada);
    eventually("the next is shown", SOON, || Some(settled_queue(&ada)).filter(|queue| queue.len() == 1));
    let other = tracks.iter().find(|track| now["track"]["id"] != track.as_str()).unwrap();
    ada.add(other);
    ada.command("clear", json!({})).ok();
    assert_eq!(settled_queue(&ada), Vec::<Value>::new(), "what the nest had chosen went too");
    app.advance(Duration::from_secs(30));
    assert_eq!(settled_queue(&ada), Vec::<Value>::new());
    assert_eq!(playing(&ada)["id"], now["id"]);
    app.advance(Duration::from_secs(25));
    eventually("the music does not stop for it", SOON, || {
        Some(settled_queue(&ada)).filter(|queue| queue.len() == 1)
    });
    // Cleared and skipped: something plays all the same, and the one after it is shown as usual.
    ada.command("clear", json!({})).ok();
    ada.command("skip", json!({})).ok();
    eventually("it plays", SOON, || playing(&ada)["id"].as_u64().filter(|&id| now["id"] != id));
    eventually("the next is shown", SOON, || Some(settled_queue(&ada)).filter(|queue| queue.len() == 1));
}
