//! How often is too often, and that one who does too much is told when to come again.

use crate::app;
use serde_json::json;
use std::time::Duration;
use testkit::{Actor, Raw, Reply, Request, TestApp, guest, program};

/// Asks until it is too often; panics if it never is.
fn until_refused(attempts_max: u32, ask: impl Fn() -> Reply) -> u32 {
    for attempt in 0..attempts_max {
        let reply = ask();
        if reply.status == 429 {
            let wait: u64 = reply.header("retry-after").parse().unwrap();
            assert!((1..=120).contains(&wait), "{wait}");
            assert_eq!(reply.clone().problem(429, "rate_limited")["retry_after_s"], wait);
            return attempt;
        }
    }
    panic!("{attempts_max} times were not too often");
}

#[test]
fn guests_who_arrive_in_crowds_are_slowed_down() {
    let app = app();
    let arrive = || app.anonymous().post("/api/v1/guests", json!({"name": "x", "nest": "main"}));
    let let_in = until_refused(40, arrive);
    assert!((20..30).contains(&let_in), "{let_in}");
}

#[test]
fn wrong_secrets_are_counted() {
    let app = app();
    let token = format!("rkt_{}", "A".repeat(43));
    let guess = || {
        app.site()
            .send(Request::new("GET", "/api/v1/tracks").header("authorization", format!("Bearer {token}")))
    };
    let tried = until_refused(60, guess);
    assert!((30..45).contains(&tried), "{tried}");
    let link = json!({"token": format!("rkl_{}", "A".repeat(43))});
    app.anonymous().post("/api/v1/invitations/preview", link).problem(429, "rate_limited");
    app.anonymous().get("/api/v1/server").ok();
}

#[test]
fn an_administrator_s_rights_do_not_lift_the_limits() {
    let app = app();
    let ada = app.administrator();
    let open = || ada.post("/api/v1/tokens", json!({"label": "x", "scopes": ["listen"]}));
    let opened = until_refused(60, open);
    assert!((30..35).contains(&opened), "{opened}");
}

#[test]
fn a_storm_of_commands_of_one_person_does_not_stop_another() {
    let app = app();
    let ada = app.administrator();
    let gus = guest(app.site(), "Gus");
    let replies = std::thread::scope(|scope| {
        let storm = || {
            scope.spawn(|| (0..100).map(|_| gus.command("add", json!({"track_id": "x"}))).collect::<Vec<_>>())
        };
        let storms: Vec<_> = (0..4).map(|_| storm()).collect();
        storms.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(replies.iter().all(|reply| [404, 429].contains(&reply.status)));
    assert!(replies.iter().any(|reply| reply.status == 429), "400 commands were not too many");
    ada.command("configure", json!({"autofill": false})).ok();
}

#[test]
fn behind_a_trusted_proxy_each_visitor_counts_alone() {
    let config = server::Config { trusted_proxies: 1, ..server::Config::default() };
    let app = TestApp::with(crate::program(), config);
    for visitor in 0..40 {
        let request = Request::new("POST", "/api/v1/guests").json(&json!({"name": "x", "nest": "main"}));
        app.site().send(request.header("x-forwarded-for", format!("9.9.9.9, 10.0.0.{visitor}"))).ok();
    }
}

#[test]
fn without_a_trusted_proxy_a_forged_address_changes_nothing() {
    let app = app();
    let attempt = std::cell::Cell::new(0);
    let arrive = || {
        attempt.set(attempt.get() + 1);
        let request = Request::new("POST", "/api/v1/guests").json(&json!({"name": "x", "nest": "main"}));
        app.site().send(request.header("x-forwarded-for", format!("10.0.0.{}", attempt.get())))
    };
    until_refused(40, arrive);
}

#[test]
fn a_request_that_comes_drop_by_drop_is_cut_off_and_holds_up_nobody() {
    let app = app();
    let ada = app.administrator();
    let began = testkit::since_1970();
    let mut held: Vec<_> = (0..50)
        .map(|_| {
            let mut raw = Raw::connect(app.site().address());
            raw.send("GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ");
            raw
        })
        .collect();
    let mut slow_body = Raw::connect(app.site().address());
    slow_body.send(format!(
        "POST /api/v1/nests/main/pause HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\
         content-type: application/json\r\ncontent-length: 10\r\n\r\n{{",
        ada.cookie
    ));
    let mut idle = Raw::connect(app.site().address());
    idle.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(idle.head().starts_with("HTTP/1.1 200"));
    for _ in 0..20 {
        app.anonymous().get("/health").ok();
    }
    assert!(testkit::since_1970() - began < Duration::from_secs(8), "others waited");
    let answer = slow_body.head();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too_slow"), "{answer}");
    for raw in &mut held {
        let answer = String::from_utf8_lossy(&raw.read_to_end()).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert_eq!(idle.read_to_end(), b"", "a connection that asks nothing more is closed");
    let took = testkit::since_1970() - began;
    assert!((Duration::from_secs(9)..Duration::from_secs(25)).contains(&took), "{took:?}");
}

#[test]
fn a_search_too_often_is_refused_kindly() {
    let app = app();
    let ada = app.administrator();
    let bot = program(&ada, &["listen"]);
    let refused = std::thread::scope(|scope| {
        let search = || scope.spawn(|| (0..60).any(|_| bot.get("/api/v1/tracks?query=blue").status == 429));
        let searches: Vec<_> = (0..4).map(|_| search()).collect();
        searches.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(refused.iter().any(|refused| *refused), "240 searches at once were not too many");
    bot.get("/api/v1/tracks").ok();
}
