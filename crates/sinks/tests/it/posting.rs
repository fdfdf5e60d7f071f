//! Posts of an account on a real PDS.

use crate::{NOW, bad};
use fakes::{Fault, Pds, Reply, Request, Server, visit};
use providers::{Outside, Secret};
use serde_json::{Value, json};
use sinks::{BlueskyOptions, Options, Sink};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn sink(service: &str, handle: &str, password: &str) -> Sink {
    let (handle, password) = (handle.to_owned(), Secret::new(password));
    let bluesky = Some(BlueskyOptions { service: Some(service.to_owned()), handle, password });
    let outside = Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] };
    let options = Options { bluesky, outside, ..Options::default() };
    assert!(!format!("{options:?}").contains("hunter2"));
    sinks::open(&options).unwrap().remove(0)
}

/// The posts of an account.
fn posts(pds: &Pds, handle: &str) -> Vec<Value> {
    let query = format!("repo={}&collection=app.bsky.feed.post", pds.did(handle));
    let url = format!("{}/xrpc/com.atproto.repo.listRecords?{query}", pds.origin());
    visit("GET", &url, &[], "").json["records"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_one_post_however_often_it_is_tried_to_tell_it() {
    let mut pds = Pds::start();
    let password = pds.app_password("alice.test");
    let sink = sink(&pds.origin(), "alice.test", &password);
    assert_eq!(sink.name(), "Bluesky as alice.test");
    let (watch, rules) = bad();
    let bulletin = watch.due(sink.name(), "https://music.example.org", NOW, &rules).unwrap();
    sink.send(&bulletin, NOW).await.unwrap();
    let first = posts(&pds, "alice.test");
    assert_eq!(first.len(), 1);
    let text = first[0]["value"]["text"].as_str().unwrap();
    assert!(text.starts_with("https://music.example.org: 1 alert (RookeryDown)"), "{text}");
    assert!(text.contains("connection refused"), "{text}");
    // Once more, as after an answer that was lost; and by a process that was started anew.
    let later = NOW.plus(Duration::from_secs(120));
    sink.send(&bulletin, later).await.unwrap();
    let anew = self::sink(&pds.origin(), "@alice.test", &password);
    anew.send(&bulletin, later).await.unwrap();
    assert_eq!(posts(&pds, "alice.test").len(), 1);
    // Other news are another post, in the same session.
    sink.send(&alerts::Bulletin::test("here", later), later).await.unwrap();
    assert_eq!(posts(&pds, "alice.test").len(), 2);
    // A wrong password is told, and says nothing of it.
    let wrong = self::sink(&pds.origin(), "bob.test", "hunter2-hunter2");
    let told = wrong.send(&bulletin, NOW).await.unwrap_err().to_string();
    assert!(told.contains("bob.test is not known there") && !told.contains("hunter2"), "{told}");
    assert_eq!(posts(&pds, "bob.test").len(), 0);
    // A PDS that is away is told.
    pds.stop();
    let told = sink.send(&bulletin, NOW).await.unwrap_err().to_string();
    assert!(told.contains("cannot be reached"), "{told}");
}

/// A server whose sessions are over after each record that was written in them.
fn forgetful() -> Arc<Server> {
    let session =
        |jwt: &str| json!({"did": "did:plc:x", "accessJwt": jwt, "refreshJwt": format!("{jwt}-more")});
    Arc::new(Server::of(move |request: &Request| {
        match (request.path.trim_start_matches("/xrpc/com.atproto."), request.header("authorization")) {
            ("server.createSession", _) => Reply::json(200, &session("one")),
            ("server.refreshSession", "Bearer one-more") => Reply::json(200, &session("two")),
            ("repo.putRecord", "Bearer one" | "Bearer two") => Reply::json(200, &json!({})),
            _ => Reply::json(400, &json!({"error": "ExpiredToken", "message": "Token has expired"})),
        }
    }))
}

#[tokio::test]
async fn a_session_is_used_again_renewed_and_begun_anew_when_it_is_over() {
    let server = forgetful();
    let sink = sink(&server.origin(), "ana.example.org", "hunter2");
    let asked = || {
        let seen = server.seen();
        server.forget();
        let name = |path: &str| path.rsplit('.').next().unwrap().to_owned();
        seen.iter().map(|seen| format!("{} {}", name(&seen.path), seen.status)).collect::<Vec<_>>()
    };
    let tell = async |seconds| {
        let now = NOW.plus(Duration::from_secs(seconds));
        sink.send(&alerts::Bulletin::test("here", now), now).await.unwrap();
    };
    tell(0).await;
    assert_eq!(asked(), ["createSession 200", "putRecord 200"]);
    tell(1).await;
    assert_eq!(asked(), ["putRecord 200"]);
    // The session is over: it is renewed, once.
    server.fail("/xrpc/com.atproto.repo.putRecord", Fault::Status(401));
    tell(2).await;
    assert_eq!(asked(), ["putRecord 401", "refreshSession 200", "putRecord 200"]);
    // It cannot be renewed any more.
    server.fail("/xrpc/com.atproto.repo.putRecord", Fault::Status(401));
    tell(3).await;
    assert_eq!(asked(), ["putRecord 401", "refreshSession 400", "createSession 200", "putRecord 200"]);
}

#[tokio::test]
async fn what_perhaps_arrived_keeps_its_key_however_late_it_is_tried_again() {
    let keys = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&keys);
    let server = Server::of(move |request: &Request| {
        if request.path.ends_with("createSession") {
            return Reply::json(200, &json!({"did": "did:plc:x", "accessJwt": "a", "refreshJwt": "b"}));
        }
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        seen.lock().unwrap().push(asked["rkey"].as_str().unwrap().to_owned());
        // The first one is written, and nobody hears of it.
        if seen.lock().unwrap().len() == 1 { Reply::empty(502) } else { Reply::json(200, &json!({})) }
    });
    let sink = sink(&server.origin(), "ana.example.org", "hunter2");
    let (watch, rules) = bad();
    let told = watch.due(sink.name(), "here", NOW, &rules).unwrap();
    let at = |hours: u64| {
        let at = NOW.plus(Duration::from_secs(hours * 3_600));
        (alerts::Bulletin { at, ..told.clone() }, at)
    };
    let (first, now) = at(0);
    assert!(sink.send(&first, now).await.is_err());
    for hours in [2, 6] {
        let (again, now) = at(hours);
        sink.send(&again, now).await.unwrap();
    }
    let keys = keys.lock().unwrap();
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[1], keys[2], "what arrived and is told once more is a reminder");
}
