//! Requests that a browser makes for another site, and cookies that stay where they belong.

use crate::app;
use serde_json::json;
use testkit::{Actor, Raw, Request};

#[test]
fn a_post_from_another_site_is_refused_though_the_cookie_came_along() {
    let app = app();
    let ada = app.administrator();
    let pause = || Request::new("POST", "/api/v1/nests/main/configure").json(&json!({"autofill": false}));
    let host = app.site().address().to_string();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "nonsense"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", &format!("http://{host}.evil.example")),
        ("origin", &format!("http://evil.example/?{host}")),
        ("origin", ""),
    ] {
        ada.send(pause().header(name, value)).problem(403, "cross_site");
    }
    assert_eq!(ada.main_nest()["state"]["settings"]["autofill"], true, "nothing was carried out");
    ada.send(pause().header("origin", format!("http://{host}")).header("sec-fetch-site", "same-origin")).ok();
    assert_eq!(ada.main_nest()["state"]["settings"]["autofill"], false);
}

#[test]
fn signing_somebody_in_from_another_site_is_refused() {
    let app = app();
    let ada = app.administrator();
    let link = ada.post("/api/v1/session/links", json!({})).ok()["url"].as_str().unwrap().to_owned();
    let token = link.split_once('#').unwrap().1;
    for (path, body) in [
        ("/api/v1/guests", json!({"name": "x", "nest": "main"})),
        ("/api/v1/invitations/redeem", json!({"token": token})),
    ] {
        let request = Request::new("POST", path).json(&body).header("sec-fetch-site", "cross-site");
        let reply = app.site().send(request);
        assert!(!reply.headers.contains_key("set-cookie"));
        reply.problem(403, "cross_site");
    }
}

#[test]
fn the_first_run_link_is_not_followed_from_another_site() {
    let app = app();
    let body = json!({"token": app.setup_token(), "name": "Eve"});
    let request = Request::new("POST", "/api/v1/setup").json(&body).header("sec-fetch-site", "cross-site");
    app.site().send(request).problem(403, "cross_site");
}

#[test]
fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let app = app();
    let body = json!({"name": "Gus", "nest": "main"});
    let reply = app.anonymous().post("/api/v1/guests", body).expect(200);
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    for cookie in &cookies {
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=7776000"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert!(cookies[0].starts_with("__Host-rookery=") && cookies[0].contains("; Secure"), "{cookies:?}");
    assert_eq!(reply.header("cache-control"), "no-store");
}

#[test]
fn behind_https_only_the_guarded_cookie_is_set() {
    let config = server::Config {
        public_url: Some("https://music.example.org".to_owned()),
        ..server::Config::default()
    };
    let app = testkit::TestApp::with(crate::program(), config);
    let body = json!({"name": "Gus", "nest": "main"});
    let reply = app.anonymous().post("/api/v1/guests", body).expect(200);
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(cookies[0].starts_with("__Host-rookery=") && cookies[0].contains("; Secure"), "{cookies:?}");
}

fn handshake(app: &testkit::TestApp, headers: &str) -> String {
    let mut raw = Raw::connect(app.site().address());
    raw.send(format!(
        "GET /api/v1/socket HTTP/1.1\r\nhost: {}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\n{headers}\r\n",
        app.site().address()
    ));
    raw.head()
}

const KEY: &str = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[test]
fn a_socket_opened_by_another_site_is_refused() {
    let app = app();
    let ada = app.administrator();
    let cookie = format!("{KEY}cookie: {}\r\n", ada.cookie);
    let refused = handshake(&app, &format!("{cookie}origin: https://evil.example\r\n"));
    assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("cross_site"), "{refused}");
    let opened = handshake(&app, &format!("{cookie}origin: http://{}\r\n", app.site().address()));
    assert!(opened.starts_with("HTTP/1.1 101"), "{opened}");
    // The example of RFC 6455, section 1.3.
    assert!(opened.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{opened}");
}

#[test]
fn what_is_no_handshake_is_told_so() {
    let app = app();
    for headers in ["", "sec-websocket-key: short\r\n", "sec-websocket-key: not base64!!\r\n"] {
        let answer = handshake(&app, headers);
        assert!(answer.starts_with("HTTP/1.1 426") && answer.contains("upgrade: websocket"), "{answer}");
    }
    let reply = app.anonymous().get("/api/v1/socket");
    assert_eq!(reply.header("upgrade"), "websocket");
    reply.problem(426, "not_a_websocket");
}
