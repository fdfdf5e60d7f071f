//! Several ways at once: each hears everything once, whichever of them fails for a while.

use crate::{NOW, bad, see};
use fakes::{Reply, Request, Server};
use model::ServerInstant;
use providers::{Outside, Secret};
use serde_json::Value;
use sinks::{Desk, Options};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Path, id, signature and body of what came.
type Mail = Arc<Mutex<Vec<(String, String, String, Value)>>>;

fn receiver() -> (Server, Mail, Arc<AtomicBool>) {
    let (mail, is_away) = (Mail::default(), Arc::new(AtomicBool::new(false)));
    let (inbox, away) = (Arc::clone(&mail), Arc::clone(&is_away));
    let server = Server::of(move |request: &Request| {
        if request.path == "/second" && away.load(Ordering::SeqCst) {
            return Reply::empty(503);
        }
        let header = |name| request.header(name).to_owned();
        let body = serde_json::from_slice(&request.body).unwrap_or_default();
        let came = (request.path.clone(), header("webhook-id"), header("webhook-signature"), body);
        inbox.lock().unwrap().push(came);
        Reply::empty(204)
    });
    (server, mail, is_away)
}

fn options(server: &Server) -> Options {
    let webhooks = ["/first", "/second"].map(|path| format!("{}{path}", server.origin()));
    Options {
        webhooks: webhooks.to_vec(),
        secret: Some(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
        heartbeat: Some(format!("{}/beat", server.origin())),
        outside: Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] },
        ..Options::default()
    }
}

const fn after(seconds: u64) -> ServerInstant {
    ServerInstant::from_micros(seconds * 1_000_000)
}

#[tokio::test]
async fn each_receiver_hears_of_it_once_and_one_that_was_away_hears_later() {
    let (server, mail, is_away) = receiver();
    let mut desk = Desk::new(sinks::open(&options(&server)).unwrap());
    let (mut watch, rules) = bad();
    let paths = || mail.lock().unwrap().iter().map(|(path, ..)| path.clone()).collect::<Vec<_>>();
    is_away.store(true, Ordering::SeqCst);
    assert!(desk.tell(&mut watch, &rules, "here", NOW, after(0)).await);
    assert_eq!(paths(), ["/first"]);
    // It is not asked again at once, and the other one knows.
    is_away.store(false, Ordering::SeqCst);
    assert!(!desk.tell(&mut watch, &rules, "here", NOW, after(30)).await);
    assert_eq!(paths(), ["/first"]);
    assert!(desk.tell(&mut watch, &rules, "here", NOW, after(61)).await);
    assert_eq!(paths(), ["/first", "/second"]);
    {
        let mail = mail.lock().unwrap();
        assert_eq!(mail[0].1, mail[1].1, "the same news have the same id");
        assert!(mail[0].2.starts_with("v1,"), "signed: {}", mail[0].2);
        let told = &mail[0].3;
        assert_eq!(
            (&told["type"], &told["data"]["alerts"][0]["state"]),
            (&"alerts".into(), &"firing".into())
        );
        assert!(told["text"].as_str().unwrap().contains("What to do"), "{told}");
    }
    let later = NOW.plus(Duration::from_secs(30));
    see(&mut watch, &rules, later, None);
    assert!(desk.tell(&mut watch, &rules, "here", later, after(91)).await);
    let states: Vec<Value> =
        mail.lock().unwrap()[2..].iter().map(|came| came.3["data"]["alerts"][0]["state"].clone()).collect();
    assert_eq!(states, ["resolved", "resolved"]);
    assert!(!desk.tell(&mut watch, &rules, "here", later, after(200)).await, "everybody knows everything");
}

#[tokio::test]
async fn a_heartbeat_asks_the_address_and_only_public_ones_are_asked() {
    let (server, mail, _) = receiver();
    let heartbeat = sinks::Heartbeat::open(&options(&server)).unwrap().unwrap();
    heartbeat.beat().await.unwrap();
    assert_eq!(mail.lock().unwrap()[0].0, "/beat");
    let inside = Options { outside: Outside::default(), ..options(&server) };
    let refused = sinks::Heartbeat::open(&inside).unwrap_err().to_string();
    assert!(refused.contains("public network") && !refused.contains("/beat"), "{refused}");
    assert!(sinks::open(&inside).is_err());
    let debug = format!("{:?}", options(&server));
    assert!(!debug.contains("/first") && !debug.contains("whsec"), "{debug}");
}
