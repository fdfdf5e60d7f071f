//! What every client may rely on: health, problems, request ids, strict bodies, and pages that keep to themselves.

use crate::app;
use serde_json::json;
use testkit::{Actor, Raw, Request, TestApp, guest};

#[test]
fn health_is_exactly_this() {
    let app = app();
    let reply = app.anonymous().get("/health").expect(200);
    assert_eq!(reply.text(), r#"{"status":"ok"}"#);
    assert_eq!(reply.header("content-type"), "application/json");
}

#[test]
fn ready_says_what_it_checked() {
    let app = app();
    let ready = app.anonymous().get("/ready").expect(200).json();
    assert_eq!(ready["ready"], true);
    let names: Vec<_> =
        ready["checks"].as_array().unwrap().iter().map(|check| check["name"].clone()).collect();
    assert_eq!(names, ["database", "files", "lifecycle"]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a line for each code")]
fn every_problem_code_stays_as_it_is() {
    let app = app();
    let page = app.anonymous().get("/docs/problems").expect(200).text();
    let entries = page.split("<dt id=\"").skip(1).filter_map(|rest| {
        let (code, rest) = rest.split_once('"')?;
        let (_, rest) = rest.split_once("</code> (")?;
        Some(format!("{} {code}", rest.split_once(')')?.0))
    });
    insta::assert_snapshot!(entries.collect::<Vec<_>>().join("\n"), @r"
    401 access_required
    409 account_ended
    409 account_not_connected
    403 account_not_registered
    403 address_unverified
    409 already_set_up
    503 busy
    409 client_id_taken
    403 cross_site
    422 damaged_file
    403 guests_not_allowed
    409 host_stays
    403 https_only
    409 identity_taken
    400 incomplete
    500 internal
    422 invalid_input
    422 key_reused
    403 kicked
    409 last_way_in
    422 limit_outside
    410 link_not_valid
    405 method_not_allowed
    410 nest_closed
    403 nest_locked
    409 no_device
    409 no_seat_left
    426 not_a_websocket
    403 not_allowed
    404 not_found
    409 not_in_this_market
    403 not_on_the_list
    409 not_playing
    401 not_signed_in
    409 nothing_playing
    409 nothing_to_restore
    409 other_preview
    502 outside_failed
    409 own_entry
    409 permanent_nest
    404 plays_elsewhere
    422 position_outside
    403 premium_required
    502 provider_away
    502 provider_misconfigured
    409 queue_full
    416 range_outside
    429 rate_limited
    403 sign_in_cancelled
    410 sign_in_expired
    403 sign_in_unproven
    409 slug_taken
    502 source_away
    404 source_has_none
    403 source_not_allowed
    409 source_not_offered
    409 source_not_playable
    404 source_not_set_up
    429 source_rate_limited
    502 source_refuses
    507 storage_full
    413 too_large
    409 too_many_channels
    409 too_many_comments
    409 too_many_identities
    409 too_many_jams
    409 too_many_kicked
    409 too_many_nests
    409 too_many_to_lock
    409 too_many_webhooks
    408 too_slow
    409 track_not_playable
    503 unavailable
    404 unknown_comment
    404 unknown_entry
    422 unknown_sound
    415 unsupported_format
    422 volume_outside
    401 webhook_signature_wrong
    401 webhook_time_outside
    401 webhook_unsigned
    404 webhooks_not_set_up
    ");
}

#[test]
fn every_answer_names_its_request() {
    let app = app();
    let (first, second) = (app.anonymous().get("/health"), app.anonymous().get("/api/v1/nests"));
    assert_eq!(first.header("x-request-id").len(), 26);
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    second.problem(401, "not_signed_in");
    let forged = Request::new("GET", "/health").header("x-request-id", "forged");
    assert_ne!(app.site().send(forged).header("x-request-id"), "forged");
}

#[test]
fn what_does_not_exist_is_a_problem_and_not_a_page() {
    let app = app();
    for path in ["/api/v1/nothing", "/api", "/api/", "/api/v2/server", "/_app/immutable/gone.js", "/logo.png"]
    {
        app.anonymous().get(path).problem(404, "not_found");
    }
    app.anonymous().delete("/api/v1/server").problem(405, "method_not_allowed");
    app.anonymous().post("/nest/main", json!({})).problem(405, "method_not_allowed");
    let gus = guest(app.site(), "Gus");
    for path in ["/api/v1/tracks/nonsense", "/api/v1/nests/no", "/api/v1/nests/%00%ff"] {
        gus.get(path).problem(404, "not_found");
    }
}

#[test]
fn a_page_keeps_to_itself() {
    let app = app();
    for path in ["/", "/nest/main", "/join", "/docs", "/docs/problems"] {
        let reply = app.anonymous().get(path).expect(200);
        let policy = reply.header("content-security-policy");
        for part in ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "same-origin");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin");
        assert!(reply.header("permissions-policy").contains("microphone=()"));
        assert!(reply.header("content-type").starts_with("text/html"), "{path}");
    }
}

#[test]
fn a_link_preview_escapes_a_nest_s_name() {
    let app = app();
    let ada = app.administrator();
    let name = "\"><script>alert(1)</script>";
    ada.command("configure", json!({"name": name})).ok();
    let page = app.anonymous().get("/nest/main").expect(200).text();
    assert!(!page.contains("<script>alert(1)"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    ada.command("configure", json!({"guests_allowed": false, "name": "Secret plans"})).ok();
    let page = app.anonymous().get("/nest/main").expect(200).text();
    assert!(!page.contains("Secret plans"), "a nest without guests does not tell its name to strangers");
}

#[test]
fn an_unknown_field_is_refused() {
    let app = app();
    let ada = app.administrator();
    for (path, body) in [
        ("/api/v1/guests", json!({"name": "x", "nest": "main", "admin": true})),
        ("/api/v1/invitations", json!({"role": "member", "uses_max": 1, "expires_in_s": 60, "x": 1})),
        ("/api/v1/tokens", json!({"label": "x", "scopes": ["listen"], "x": 1})),
        ("/api/v1/nests", json!({"name": "x", "code": "AAAAA"})),
        ("/api/v1/nests/main/add", json!({"track_id": "x", "x": 1})),
        ("/api/v1/nests/main/pause", json!({"x": 1})),
        ("/api/v1/nests/main/skip", json!({"entri": 1})),
        ("/api/v1/nests/main/configure", json!({"autofil": true})),
    ] {
        let problem = ada.post(path, body).problem(422, "invalid_input");
        assert!(problem["detail"].as_str().unwrap().contains("unknown field"), "{path}: {problem}");
    }
    ada.get("/api/v1/tracks?limt=1").problem(422, "invalid_input");
    ada.get("/api/v1/tracks?sort=random").problem(422, "invalid_input");
    ada.get("/api/v1/tracks?cursor=nonsense").problem(422, "invalid_input");
    ada.get("/api/v1/nests/main/plays?cursor=nonsense").problem(422, "invalid_input");
}

#[test]
fn a_body_of_the_wrong_kind_is_refused() {
    let app = app();
    let ada = app.administrator();
    let post = |kind: &str, body: &str| {
        let request = Request::new("POST", "/api/v1/nests/main/pause").header("content-type", kind);
        ada.send(request.bytes(body))
    };
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        post(kind, "{}").problem(422, "invalid_input");
    }
    for body in ["[]", "null", "{", "{}{}", "\"x\"", "\u{feff}{}"] {
        post("application/json", body).problem(422, "invalid_input");
    }
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    post("application/json", &deep).problem(422, "invalid_input");
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let app = app();
    let ada = app.administrator();
    let body = json!({"name": "x".repeat(70_000)});
    ada.post("/api/v1/nests", body).problem(413, "too_large");
}

#[test]
fn an_answer_before_the_whole_request_says_that_the_connection_closes() {
    let app = app();
    let gus = guest(app.site(), "Gus");
    // The body of the first lets itself be waited for; the server does not wait.
    let mut raw = Raw::connect(app.site().address());
    raw.send("POST /api/v1/nests/main/pause HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n");
    let answer = raw.head();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("connection: close"), "{answer}");
    // One that was read leaves the connection to the next.
    let reply = gus.command("pause", json!({})).expect(403);
    assert_eq!(reply.header("connection"), "");
    for _ in 0..200 {
        app.anonymous().command("pause", json!({})).problem(401, "not_signed_in");
    }
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let app = app();
    let mut raw = Raw::connect(app.site().address());
    raw.send(format!("GET /health HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n", "x".repeat(20_000)));
    assert!(raw.head().starts_with("HTTP/1.1 431"));
    app.anonymous().get("/health").ok();
}

#[test]
fn two_lengths_in_one_request_are_refused() {
    let app = app();
    let mut raw = Raw::connect(app.site().address());
    raw.send(
        "POST /api/v1/guests HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabcde",
    );
    assert!(raw.head().starts_with("HTTP/1.1 400"));
    let mut raw = Raw::connect(app.site().address());
    raw.send("GET /health HTTP/1.1\r\nhost : x\r\n\r\n");
    assert!(raw.head().starts_with("HTTP/1.1 400"));
}

#[test]
fn garbage_on_the_port_hurts_nobody() {
    let app = app();
    let mut state = 1_u64;
    for round in 0..100 {
        let mut bytes: Vec<u8> = (0..200 + round * 20)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect();
        match round % 4 {
            0 => {}
            1 => bytes.splice(0..0, *b"GET /").for_each(drop),
            2 => bytes.splice(0..0, *b"POST /api/v1/guests HTTP/1.1\r\nhost: x\r\n").for_each(drop),
            _ => bytes
                .splice(
                    0..0,
                    *b"POST /api/v1/guests HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",
                )
                .for_each(drop),
        }
        let answer = Raw::connect(app.site().address()).send(&bytes).finish().read_to_end();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{round}: {answer}");
    }
    app.anonymous().get("/health").ok();
}

#[test]
fn metrics_are_numbers_and_can_be_kept_from_the_public_port() {
    let app = app();
    let reply = app.anonymous().get("/metrics").expect(200);
    assert!(reply.header("content-type").starts_with("text/plain; version=0.0.4"));
    let config = server::Config { public_metrics: false, ..server::Config::default() };
    let app = TestApp::with(crate::program(), config);
    app.anonymous().get("/metrics").problem(404, "not_found");
}
