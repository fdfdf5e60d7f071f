//! How people come in and go out: the first administrator, invitations, guests, devices.

use crate::app;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Browser, Request, guest, member};

fn token_of(link: &Value) -> String {
    link["url"].as_str().unwrap().split_once("/join#").expect("a /join link").1.to_owned()
}

fn invite(host: &Browser, uses_max: u32) -> (String, String) {
    let body = json!({"role": "member", "uses_max": uses_max, "expires_in_s": 60});
    let created = host.post("/api/v1/invitations", body).expect(201).json();
    (token_of(&created), created["invitation"]["id"].as_str().unwrap().to_owned())
}

#[test]
fn the_first_run_link_makes_one_administrator_and_no_second() {
    let app = app();
    let visitor = app.anonymous();
    assert_eq!(visitor.get("/api/v1/server").ok()["needs_setup"], true);
    let wrong = json!({"token": "rkl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "name": "Eve"});
    visitor.post("/api/v1/setup", wrong).problem(410, "link_not_valid");
    let unnamed = json!({"token": app.setup_token(), "name": " \u{200b} "});
    visitor.post("/api/v1/setup", unnamed).problem(422, "invalid_input");

    let ada = app.administrator();
    let session = ada.get("/api/v1/session").ok();
    assert_eq!(session["person"]["role"], "administrator");
    assert_eq!(session["person"]["name"], "Ada");
    assert_eq!(visitor.get("/api/v1/server").ok()["needs_setup"], false);
    let again = json!({"token": app.setup_token(), "name": "Eve"});
    visitor.post("/api/v1/setup", again).problem(409, "already_set_up");
    let body = json!({"token": app.setup_token(), "name": "Eve"});
    visitor.post("/api/v1/invitations/redeem", body).problem(410, "link_not_valid");
}

#[test]
fn the_first_run_link_is_no_invitation() {
    let app = app();
    let body = json!({"token": app.setup_token(), "name": "Eve"});
    app.anonymous().post("/api/v1/invitations/redeem", body).problem(410, "link_not_valid");
    app.administrator();
}

#[test]
fn an_invitation_brings_as_many_people_as_it_says() {
    let app = app();
    let ada = app.administrator();
    let (token, _) = invite(&ada, 2);
    let preview = app.anonymous().post("/api/v1/invitations/preview", json!({"token": token})).ok();
    assert_eq!(preview["invited_by"], "Ada");
    assert_eq!(preview["role"], "member");
    assert_eq!(preview["signs_in_as"], Value::Null);
    for name in ["Ben", "Cleo"] {
        let body = json!({"token": token, "name": name});
        let reply = app.anonymous().post("/api/v1/invitations/redeem", body);
        let browser = Browser::signed_in(app.site(), reply);
        assert_eq!(browser.get("/api/v1/session").ok()["person"]["role"], "member");
    }
    let body = json!({"token": token, "name": "Dan"});
    app.anonymous().post("/api/v1/invitations/redeem", body).problem(410, "link_not_valid");
    assert_eq!(ada.get("/api/v1/invitations").ok(), json!([]));
}

#[test]
fn an_invitation_that_two_people_follow_at_once_brings_one() {
    let app = app();
    let ada = app.administrator();
    let (token, _) = invite(&ada, 1);
    let statuses = std::thread::scope(|scope| {
        let ask = |name: &'static str| {
            let (visitor, body) = (app.anonymous(), json!({"token": token, "name": name}));
            scope.spawn(move || visitor.post("/api/v1/invitations/redeem", body).status)
        };
        let asked: Vec<_> = ["A", "B", "C", "D", "E", "F"].map(ask).into_iter().collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let let_in = statuses.iter().filter(|&&status| status == 200).count();
    assert_eq!((let_in, statuses.iter().filter(|&&status| status == 410).count()), (1, 5), "{statuses:?}");
}

#[test]
fn an_invitation_ends_with_its_time_and_when_it_is_revoked() {
    let app = app();
    let ada = app.administrator();
    let (token, id) = invite(&ada, 5);
    ada.delete(&format!("/api/v1/invitations/{id}")).expect(204).ok();
    ada.delete(&format!("/api/v1/invitations/{id}")).problem(404, "not_found");
    let follow = |token: &str| {
        app.anonymous().post("/api/v1/invitations/redeem", json!({"token": token, "name": "Ben"}))
    };
    follow(&token).problem(410, "link_not_valid");
    let (token, _) = invite(&ada, 5);
    app.advance(Duration::from_secs(61));
    app.anonymous()
        .post("/api/v1/invitations/preview", json!({"token": token}))
        .problem(410, "link_not_valid");
    follow(&token).problem(410, "link_not_valid");
}

#[test]
fn an_invitation_outside_its_limits_is_refused() {
    let app = app();
    let ada = app.administrator();
    for (role, uses_max, expires_in_s) in [
        ("guest", 1, 3600),
        ("member", 0, 3600),
        ("member", 101, 3600),
        ("member", 1, 59),
        ("member", 1, 30 * 24 * 3600 + 1),
        ("owner", 1, 3600),
    ] {
        let body = json!({"role": role, "uses_max": uses_max, "expires_in_s": expires_in_s});
        ada.post("/api/v1/invitations", body).problem(422, "invalid_input");
    }
}

#[test]
fn a_guest_comes_by_name_unless_the_nest_takes_none() {
    let app = app();
    let ada = app.administrator();
    let gus = guest(app.site(), "Gus");
    assert_eq!(gus.get("/api/v1/session").ok()["person"]["role"], "guest");
    gus.get("/api/v1/nests/main").ok();
    ada.command("configure", json!({"guests_allowed": false})).ok();
    let late = json!({"name": "Late", "nest": "main"});
    app.anonymous().post("/api/v1/guests", late).problem(403, "guests_not_allowed");
    gus.get("/api/v1/nests/main").problem(403, "guests_not_allowed");
    gus.command("add", json!({"track_id": "x"})).problem(403, "guests_not_allowed");
    assert_eq!(gus.get("/api/v1/nests").ok(), json!([]));
    let nowhere = json!({"name": "Lost", "nest": "ZZZZZ"});
    app.anonymous().post("/api/v1/guests", nowhere).problem(404, "not_found");
}

#[test]
fn a_sign_in_link_brings_another_device_of_the_same_person_once() {
    let app = app();
    let ada = app.administrator();
    let link = token_of(&ada.post("/api/v1/session/links", json!({})).ok());
    let preview = app.anonymous().post("/api/v1/invitations/preview", json!({"token": link})).ok();
    assert_eq!(preview["signs_in_as"], "Ada");
    let phone = Browser::signed_in(
        app.site(),
        app.anonymous().post("/api/v1/invitations/redeem", json!({"token": link})),
    );
    assert_eq!(phone.person, ada.person);
    assert_ne!(phone.device, ada.device);
    app.anonymous().post("/api/v1/invitations/redeem", json!({"token": link})).problem(410, "link_not_valid");
    let late = token_of(&ada.post("/api/v1/session/links", json!({})).ok());
    app.advance(Duration::from_secs(10 * 60));
    app.anonymous().post("/api/v1/invitations/redeem", json!({"token": late})).problem(410, "link_not_valid");
}

#[test]
fn a_device_is_listed_and_can_be_signed_out_from_another() {
    let app = app();
    let ada = app.administrator();
    let link = token_of(&ada.post("/api/v1/session/links", json!({})).ok());
    let request = Request::new("POST", "/api/v1/invitations/redeem")
        .json(&json!({"token": link}))
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    let phone = Browser::signed_in(app.site(), app.site().send(request));
    let devices = ada.get("/api/v1/session/devices").ok();
    let about =
        |id: &str| devices.as_array().unwrap().iter().find(|device| device["id"] == id).unwrap().clone();
    assert_eq!(about(&ada.device)["current"], true);
    assert_eq!(about(&phone.device)["current"], false);
    assert_eq!(about(&phone.device)["label"], "Firefox on Linux");

    let ben = member(&ada, "Ben");
    ben.delete(&format!("/api/v1/session/devices/{}", phone.device)).problem(404, "not_found");
    phone.get("/api/v1/session/devices").ok();
    ada.delete(&format!("/api/v1/session/devices/{}", phone.device)).expect(204).ok();
    phone.get("/api/v1/session/devices").problem(401, "not_signed_in");
    assert_eq!(phone.get("/api/v1/session").ok()["person"], Value::Null);
}

#[test]
fn signing_out_takes_the_cookie_back_and_ends_it() {
    let app = app();
    let ada = app.administrator();
    let reply = ada.delete("/api/v1/session").expect(204);
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    assert!(!cookies.is_empty() && cookies.iter().all(|cookie| cookie.contains("Max-Age=0")), "{cookies:?}");
    ada.get("/api/v1/tracks").problem(401, "not_signed_in");
    ada.delete("/api/v1/session").problem(401, "not_signed_in");
}

#[test]
fn a_device_that_was_away_for_ninety_days_is_signed_out() {
    let app = app();
    let ada = app.administrator();
    app.advance(Duration::from_secs(89 * 24 * 3600));
    ada.get("/api/v1/tracks").ok();
    app.advance(Duration::from_secs(89 * 24 * 3600));
    ada.get("/api/v1/tracks").ok();
    app.advance(Duration::from_secs(91 * 24 * 3600));
    ada.get("/api/v1/tracks").problem(401, "not_signed_in");
}

#[test]
fn a_name_can_be_changed_and_has_limits() {
    let app = app();
    let ada = app.administrator();
    let renamed = ada.patch("/api/v1/session", json!({"name": "  Ada \n Lovelace "})).ok();
    assert_eq!(renamed["person"]["name"], "Ada Lovelace");
    assert_eq!(ada.get("/api/v1/session").ok()["person"]["name"], "Ada Lovelace");
    for name in ["", " ", &"x".repeat(41)] {
        ada.patch("/api/v1/session", json!({"name": name})).problem(422, "invalid_input");
    }
}
