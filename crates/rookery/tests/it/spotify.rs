//! Accounts at Spotify: connected by their owners, five to a client id, renewed once, and never shown.

use crate::sources::{Stage, stage};
use fakes::{SpotifyAccount, spotify_id};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Browser, Request, eventually, guest, member, program as bot};

const CALLBACK: &str = "/authentication/spotify_callback";

/// Begins connecting: Spotify's page, and the cookies the browser has then.
fn begin(browser: &Browser, body: &Value) -> (String, String) {
    let reply = browser.post("/api/v1/me/spotify/connect", body.clone()).expect(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    let set = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let kept: Vec<_> = set.filter_map(|cookie| cookie.split(';').next()).collect();
    let cookies = format!("{}; {}", browser.cookie, kept.join("; "));
    (reply.json()["url"].as_str().unwrap().to_owned(), cookies)
}

/// Comes back from Spotify's page; the page of ours that the browser is sent to.
fn back(stage: &Stage, page: &str, cookies: &str) -> String {
    let page = fakes::visit("GET", page, &[], "");
    let to = page.location.unwrap_or_else(|| panic!("{}", page.json));
    let path = format!("{CALLBACK}{}", to.split_once(CALLBACK).unwrap().1);
    let reply = stage.app.site().send(Request::new("GET", path).header("cookie", cookies)).expect(303);
    assert_eq!((reply.header("cache-control"), reply.header("referrer-policy")), ("no-store", "no-referrer"));
    reply.header("location").to_owned()
}

/// Connects an account; where the person ends up.
pub fn connect(stage: &Stage, browser: &Browser, account: &str) -> String {
    stage.spotify.sign_in_as(Some(account));
    let (page, cookies) = begin(browser, &json!({}));
    back(stage, &page, &cookies)
}

fn renewals(stage: &Stage) -> usize {
    stage.spotify.server.seen().iter().filter(|seen| seen.path == "/api/token").count()
}

fn devices(browser: &Browser) -> Value {
    browser.get("/api/v1/me/spotify/devices").ok()
}

#[test]
fn an_account_is_connected_by_its_owner_and_its_tokens_are_nowhere_to_be_read() {
    let stage = stage();
    let before = stage.ada.get("/api/v1/me/spotify").ok();
    assert_eq!((&before["account"], &before["free_seats"]), (&Value::Null, &json!(5)));
    assert!(before["redirect_uri"].as_str().unwrap().ends_with(CALLBACK));
    stage.ada.get("/api/v1/me/spotify/devices").problem(409, "account_not_connected");
    stage.spotify.sign_in_as(Some("ana"));
    let (page, cookies) = begin(&stage.ada, &json!({"return_to": "/nest/main"}));
    for part in ["code_challenge_method=S256", "state=", "client_id=app-1", "scope=user-read-playback-state"]
    {
        assert!(page.contains(part), "{page}");
    }
    assert_eq!(back(&stage, &page, &cookies), "/nest/main");
    let connection = stage.ada.get("/api/v1/me/spotify").ok();
    let account = &connection["account"];
    assert_eq!((&account["ended"], &account["premium"]), (&json!(false), &Value::Null));
    assert_eq!((&account["can_use_devices"], &account["can_play_in_browser"]), (&json!(true), &json!(true)));
    assert_eq!(connection["free_seats"], 5, "one's own seat is free for oneself");
    let sources = stage.ada.get("/api/v1/sources").ok();
    assert_eq!(sources[0]["is_connected"], true);
    assert_eq!(devices(&stage.ada)[0]["id"], "ana-computer");
    let mine = format!("/api/v1/sources/spotify/playlist/{}", spotify_id("mine"));
    assert_eq!(stage.ada.get(&mine).ok()["collection"]["title"], "Ana's evening");
    let audit = stage.ada.get("/api/v1/audit").ok();
    let line = audit["entries"].as_array().unwrap().iter().find(|it| it["action"] == "account_connected");
    assert_eq!(line.unwrap()["by_name"], "Ada");
    let stored = ["rookery.db", "rookery.db-wal"].map(|name| std::fs::read(stage.app.folder().join(name)));
    let stored: Vec<u8> = stored.into_iter().flatten().flatten().collect();
    assert!(stored.windows(9).any(|part| part == b"streaming"), "the account is stored");
    let shown = format!("{connection}{audit}{sources}");
    for token in ["access-", "refresh-", "secret-of-app"] {
        assert!(!stored.windows(token.len()).any(|part| part == token.as_bytes()), "{token} is stored");
        assert!(!shown.contains(token), "{token} is shown");
    }
    stage.ada.delete("/api/v1/me/spotify").ok();
    stage.ada.get("/api/v1/me/spotify/devices").problem(409, "account_not_connected");
    stage.ada.delete("/api/v1/me/spotify").problem(409, "account_not_connected");
}

#[test]
fn only_the_browser_and_the_person_who_began_come_back() {
    let stage = stage();
    let ben = member(&stage.ada, "Ben");
    stage.spotify.sign_in_as(Some("ana"));
    let (page, cookies) = begin(&stage.ada, &json!({}));
    assert_eq!(
        back(&stage, &page, &stage.ada.cookie),
        "/settings?problem=sign_in_expired",
        "without the attempt"
    );
    let attempt = cookies.split_once("; ").unwrap().1;
    let of_ben = format!("{}; {attempt}", ben.cookie);
    assert_eq!(back(&stage, &page, &of_ben), "/settings?problem=sign_in_expired", "somebody else");
    let (other, _) = begin(&stage.ada, &json!({}));
    assert_eq!(back(&stage, &other, &cookies), "/settings?problem=sign_in_expired", "another state");
    stage.app.advance(Duration::from_secs(11 * 60));
    assert_eq!(back(&stage, &page, &cookies), "/settings?problem=sign_in_expired", "too late");
    stage.spotify.sign_in_as(None);
    let (page, cookies) = begin(&stage.ada, &json!({"return_to": "/nest/main?x=1"}));
    assert_eq!(back(&stage, &page, &cookies), "/nest/main?problem=sign_in_cancelled");
    // An attempt to connect is no attempt to sign in, and a page elsewhere is not gone to.
    stage.spotify.sign_in_as(Some("ana"));
    let (_, cookies) = begin(&stage.ada, &json!({"return_to": "https://evil.example/"}));
    let request = Request::new("GET", "/authentication/callback?code=x&state=y").header("cookie", cookies);
    let reply = stage.app.site().send(request).expect(303);
    assert!(reply.header("location").starts_with("/sign-in?problem="), "{}", reply.header("location"));
    assert_eq!(stage.ada.get("/api/v1/me/spotify").ok()["account"], Value::Null);
    let gus = guest(stage.app.site(), "Gus");
    gus.post("/api/v1/me/spotify/connect", json!({})).problem(403, "not_allowed");
    let program = bot(&stage.ada, &["administer"]);
    program.post("/api/v1/me/spotify/connect", json!({})).problem(403, "not_allowed");
}

#[test]
fn a_client_id_has_room_for_five_and_the_sixth_is_told_how_to_go_on() {
    let stage = stage();
    stage.spotify.add_account(SpotifyAccount::new("stranger"));
    assert_eq!(connect(&stage, &stage.ada, "stranger"), "/settings?problem=account_not_registered");
    assert_eq!(connect(&stage, &stage.ada, "ana"), "/settings");
    let people: Vec<_> = ["b", "c", "d", "e"].map(|name| (name, member(&stage.ada, name))).into();
    for (name, person) in &people {
        stage.spotify.add_account(SpotifyAccount::new(name));
        stage.spotify.register("app-1", name).unwrap();
        assert_eq!(connect(&stage, person, name), "/settings");
    }
    let frida = member(&stage.ada, "Frida");
    assert_eq!(frida.get("/api/v1/me/spotify").ok()["free_seats"], 0);
    let full = frida.post("/api/v1/me/spotify/connect", json!({})).problem(409, "no_seat_left");
    assert!(full["hint"].as_str().unwrap().contains("client id of your own"), "{full}");
    assert_eq!(connect(&stage, &people[0].1, "b"), "/settings", "again: their own seat");
    // Frida brings her own, without a secret.
    let own = "f".repeat(32);
    let redirect = frida.get("/api/v1/me/spotify").ok()["redirect_uri"].as_str().unwrap().to_owned();
    stage.spotify.add_app(&own, "unknown", &redirect);
    stage.spotify.add_account(SpotifyAccount::new("frida"));
    stage.spotify.register(&own, "frida").unwrap();
    let bring = |browser: &Browser, id: &str| {
        browser.send(Request::new("PUT", "/api/v1/me/spotify/client-id").json(&json!({"client_id": id})))
    };
    bring(&frida, "short").problem(422, "invalid_input");
    let brought = bring(&frida, &own).ok();
    assert_eq!((&brought["has_secret"], &brought["people"]), (&json!(false), &json!(0)));
    assert_eq!(connect(&stage, &frida, "frida"), "/settings");
    assert_eq!(devices(&frida)[0]["id"], "frida-computer");
    assert_eq!(frida.get("/api/v1/me/spotify").ok()["own_client_id"]["people"], 1);
    bring(&people[0].1, &own).problem(409, "client_id_taken");
    frida.delete("/api/v1/me/spotify/client-id").ok();
    frida.get("/api/v1/me/spotify/devices").problem(409, "account_ended");
    frida.delete("/api/v1/me/spotify/client-id").problem(404, "not_found");
}

#[test]
fn a_nest_brings_a_client_id_for_its_people() {
    let stage = stage();
    let ben = member(&stage.ada, "Ben");
    let nests = "e".repeat(32);
    let path = "/api/v1/nests/main/spotify-client-id";
    let put = |browser: &Browser| {
        browser.send(
            Request::new("PUT", path).json(&json!({"client_id": nests, "client_secret": "d".repeat(32)})),
        )
    };
    put(&ben).problem(403, "not_allowed");
    drop(stage.ada.get(path).expect(204));
    let brought = put(&stage.ada).ok();
    assert_eq!((&brought["client_id"], &brought["has_secret"]), (&json!(nests), &json!(true)));
    ben.get(path).problem(403, "not_allowed");
    // Nobody has left a seat of the server's: by the nest there is one.
    for name in ["v", "w", "x", "y"] {
        stage.spotify.add_account(SpotifyAccount::new(name));
        stage.spotify.register("app-1", name).unwrap();
        assert_eq!(connect(&stage, &member(&stage.ada, name), name), "/settings");
    }
    connect(&stage, &stage.ada, "ana");
    ben.post("/api/v1/me/spotify/connect", json!({})).problem(409, "no_seat_left");
    let (page, _) = begin(&ben, &json!({"nest": "main"}));
    assert!(page.contains(&nests), "{page}");
    stage.ada.delete(path).ok();
    ben.post("/api/v1/me/spotify/connect", json!({"nest": "main"})).problem(409, "no_seat_left");
}

#[test]
fn what_a_host_brought_ends_with_the_nest() {
    let stage = stage();
    let nest = stage.ada.post("/api/v1/nests", json!({"name": "Attic"})).expect(201).json();
    let code = nest["state"]["code"].as_str().or(nest["code"].as_str()).unwrap().to_owned();
    let body = json!({"client_id": "c".repeat(32)});
    let path = format!("/api/v1/nests/{code}/spotify-client-id");
    stage.ada.send(Request::new("PUT", path).json(&body)).ok();
    let main = Request::new("PUT", "/api/v1/nests/main/spotify-client-id").json(&body);
    stage.ada.send(main.clone()).problem(409, "client_id_taken");
    stage.ada.delete(&format!("/api/v1/nests/{code}")).ok();
    eventually("nobody has it any more", Duration::from_secs(10), || {
        (stage.ada.send(main.clone()).status == 200).then_some(())
    });
}

#[test]
fn many_requests_at_once_renew_a_token_once() {
    let stage = stage();
    connect(&stage, &stage.ada, "ana");
    let before = renewals(&stage);
    // Its time is over.
    stage.app.advance(Duration::from_secs(2 * 3600));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| devices(&stage.ada));
        }
    });
    assert_eq!(renewals(&stage) - before, 1);
    // Spotify ended it before its time.
    stage.spotify.end_access();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| devices(&stage.ada));
        }
    });
    assert_eq!(renewals(&stage) - before, 2);
}

#[test]
fn an_account_that_was_withdrawn_is_not_tried_again_and_can_be_connected_again() {
    let stage = stage();
    connect(&stage, &stage.ada, "ana");
    stage.spotify.withdraw("ana");
    stage.ada.get("/api/v1/me/spotify/devices").problem(409, "account_ended");
    assert_eq!(stage.ada.get("/api/v1/me/spotify").ok()["account"]["ended"], true);
    assert_eq!(stage.ada.get("/api/v1/sources").ok()[0]["is_connected"], false);
    let before = stage.spotify.server.seen().len();
    stage.ada.get("/api/v1/me/spotify/devices").problem(409, "account_ended");
    assert_eq!(stage.spotify.server.seen().len(), before, "nobody is asked what is known");
    assert_eq!(connect(&stage, &stage.ada, "ana"), "/settings");
    assert_eq!(devices(&stage.ada)[0]["name"], "ana's computer");
}

#[test]
fn a_token_for_the_player_in_the_browser_is_one_s_own_and_never_kept() {
    let stage = stage();
    connect(&stage, &stage.ada, "ana");
    let given = stage.ada.post("/api/v1/me/spotify/token", json!({})).expect(200);
    assert_eq!(given.header("cache-control"), "no-store");
    let token = given.json();
    assert!(token["access_token"].as_str().unwrap().starts_with("access-"));
    let left_ms = token["expires_at_ms"].as_i64().unwrap() - stage.app.now().millis();
    assert!((3_000_000..=3_600_000).contains(&left_ms), "{left_ms}");
    let ben = member(&stage.ada, "Ben");
    ben.post("/api/v1/me/spotify/token", json!({})).problem(409, "account_not_connected");
    bot(&stage.ada, &["administer"]).post("/api/v1/me/spotify/token", json!({})).problem(403, "not_allowed");
    // What was not granted is said.
    stage.spotify.grant_only(&["user-read-private"]);
    connect(&stage, &stage.ada, "ana");
    let account = stage.ada.get("/api/v1/me/spotify").ok()["account"].clone();
    assert_eq!(
        (&account["can_use_devices"], &account["can_play_in_browser"]),
        (&json!(false), &json!(false))
    );
    stage.ada.post("/api/v1/me/spotify/token", json!({})).problem(409, "account_ended");
    stage.ada.get("/api/v1/me/spotify/devices").problem(409, "account_ended");
}
