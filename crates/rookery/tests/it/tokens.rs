//! API tokens: what they reach, and how they end.

use crate::app;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Request, eventually, guest, member, program, sound};

#[test]
fn a_token_reaches_as_far_as_its_scopes() {
    let app = app();
    let ada = app.administrator();
    let track = ada.add_track("tone.wav", &sound::wav(440, 60_000));
    let listen = program(&ada, &["listen"]);
    let add = program(&ada, &["add"]);
    let control = program(&ada, &["listen", "control"]);

    listen.main_nest();
    listen.command("add", json!({"track_id": track})).problem(403, "not_allowed");
    listen.post("/api/v1/nests", json!({"name": "Mine"})).problem(403, "not_allowed");
    listen.upload("a.wav", &sound::wav(441, 500)).problem(403, "not_allowed");

    assert!(add.add(&track) > 0);
    add.command("skip", json!({})).problem(403, "not_allowed");
    control.command("pause", json!({})).ok();
    for narrow in [&listen, &add, &control] {
        narrow.get("/api/v1/tokens").problem(403, "not_allowed");
        narrow.patch("/api/v1/session", json!({"name": "Eve"})).problem(403, "not_allowed");
        narrow.get("/api/v1/invitations").problem(403, "not_allowed");
        narrow.delete("/api/v1/session").problem(403, "not_allowed");
    }
    let all = program(&ada, &["administer"]);
    all.get("/api/v1/invitations").ok();
}

#[test]
fn a_token_of_a_member_does_not_administer() {
    let app = app();
    let ada = app.administrator();
    let ben = member(&ada, "Ben");
    let all = program(&ben, &["administer"]);
    all.get("/api/v1/tokens").ok();
    all.get("/api/v1/invitations").problem(403, "not_allowed");
    all.post("/api/v1/demo", json!({})).problem(403, "not_allowed");
}

#[test]
fn a_guest_makes_no_tokens() {
    let app = app();
    let gus = guest(app.site(), "Gus");
    let body = json!({"label": "mine", "scopes": ["listen"]});
    gus.post("/api/v1/tokens", body).problem(403, "not_allowed");
    gus.get("/api/v1/tokens").problem(403, "not_allowed");
}

#[test]
fn a_revoked_token_opens_nothing_any_more() {
    let app = app();
    let ada = app.administrator();
    let ben = member(&ada, "Ben");
    let bot = program(&ben, &["listen"]);
    bot.main_nest();
    let path = format!("/api/v1/tokens/{}", bot.id);
    ada.delete(&path).problem(404, "not_found");
    ben.delete(&path).expect(204).ok();
    bot.get("/api/v1/nests/main").problem(401, "not_signed_in");
    ben.delete(&path).problem(404, "not_found");
}

#[test]
fn a_token_ends_with_its_time() {
    let app = app();
    let ada = app.administrator();
    let body = json!({"label": "short", "scopes": ["listen"], "expires_in_s": 60});
    let made = ada.post("/api/v1/tokens", body).expect(201).json();
    let ask = || {
        let header = format!("Bearer {}", made["secret"].as_str().unwrap());
        app.site().send(Request::new("GET", "/api/v1/nests/main").header("authorization", header))
    };
    ask().ok();
    app.advance(Duration::from_secs(61));
    ask().problem(401, "not_signed_in");
}

#[test]
fn a_token_shows_its_secret_once_and_when_it_was_used() {
    let app = app();
    let ada = app.administrator();
    let bot = program(&ada, &["listen"]);
    let shown = ada.get("/api/v1/tokens");
    assert!(!shown.text().contains(&bot.secret[8..]), "{}", shown.text());
    assert_eq!(shown.ok()[0]["last_used_at_ms"], Value::Null);
    bot.main_nest();
    let used = eventually("it was used", Duration::from_secs(5), || {
        ada.get("/api/v1/tokens").ok()[0]["last_used_at_ms"].as_i64()
    });
    assert!(app.now().millis() - used < 60_000);
}

#[test]
fn a_token_outside_its_limits_is_refused() {
    let app = app();
    let ada = app.administrator();
    let year = 366 * 24 * 3600;
    for body in [
        json!({"label": "", "scopes": ["listen"]}),
        json!({"label": "x".repeat(81), "scopes": ["listen"]}),
        json!({"label": "a\u{7}b", "scopes": ["listen"]}),
        json!({"label": "x", "scopes": []}),
        json!({"label": "x", "scopes": ["everything"]}),
        json!({"label": "x", "scopes": ["listen"], "expires_in_s": 0}),
        json!({"label": "x", "scopes": ["listen"], "expires_in_s": year + 1}),
        json!({"label": "x"}),
    ] {
        ada.post("/api/v1/tokens", body).problem(422, "invalid_input");
    }
}
