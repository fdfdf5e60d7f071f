//! Who may call what: every operation of the OpenAPI document has a line here, and each line is tried by everybody.

use crate::app;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Actor, Browser, Program, Request, TestApp, guest, member, program, sound};

/// The least that an operation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// Nothing. This list may only shrink.
    Public,
    /// To be signed in; a token needs this scope.
    Signed(&'static str),
    /// To be a member; a token needs this scope.
    Member(&'static str),
    /// To administer the server.
    Administrator,
    /// A signature with the server's webhook secret; whoever is signed in is nobody there.
    Webhook,
}
use Level::{Administrator, Member, Public, Signed, Webhook};

const OPERATIONS: [(&str, Level); 111] = [
    ("GET /health", Public),
    ("GET /ready", Public),
    ("GET /health/deep", Administrator),
    ("GET /api/v1/server", Public),
    ("POST /api/v1/setup", Public),
    ("GET /api/v1/session", Public),
    ("POST /api/v1/guests", Public),
    ("POST /api/v1/invitations/preview", Public),
    ("POST /api/v1/invitations/redeem", Public),
    ("POST /api/v1/sign-in/{provider}", Public),
    ("GET /api/v1/sign-in/{provider}/callback", Public),
    // What a stranger sees of a nest that is open to them, before they give a name.
    ("GET /api/v1/nests/{code}/look", Public),
    ("GET /api/v1/nests/{code}/look/cover", Public),
    ("POST /api/v1/demo", Administrator),
    ("GET /api/v1/audit", Administrator),
    ("GET /api/v1/operations", Administrator),
    ("GET /api/v1/operations/webhook-secrets", Administrator),
    ("GET /api/v1/members", Administrator),
    ("PATCH /api/v1/members/{id}", Administrator),
    ("DELETE /api/v1/members/{id}", Administrator),
    ("GET /api/v1/invitations", Administrator),
    ("POST /api/v1/invitations", Administrator),
    ("DELETE /api/v1/invitations/{id}", Administrator),
    ("PATCH /api/v1/session", Signed("administer")),
    ("DELETE /api/v1/session", Signed("administer")),
    ("GET /api/v1/session/devices", Signed("administer")),
    ("DELETE /api/v1/session/devices/{id}", Signed("administer")),
    ("GET /api/v1/session/identities", Signed("administer")),
    ("POST /api/v1/session/identities", Member("administer")),
    ("DELETE /api/v1/session/identities/{id}", Signed("administer")),
    ("GET /api/v1/members/{id}/avatar", Signed("listen")),
    ("POST /api/v1/session/links", Signed("administer")),
    ("POST /api/v1/session/socket-token", Signed("listen")),
    ("GET /api/v1/tokens", Member("administer")),
    ("POST /api/v1/tokens", Member("administer")),
    ("DELETE /api/v1/tokens/{id}", Signed("administer")),
    ("GET /api/v1/tracks", Signed("listen")),
    ("GET /api/v1/tracks/{id}", Signed("listen")),
    ("DELETE /api/v1/tracks/{id}", Member("control")),
    ("GET /api/v1/tracks/{id}/waveform", Signed("listen")),
    ("GET /api/v1/tracks/{id}/stream", Signed("listen")),
    ("GET /api/v1/artwork/{hash}", Signed("listen")),
    ("GET /api/v1/tracks/{id}/artwork", Signed("listen")),
    ("GET /api/v1/tracks/{id}/outside-stream", Signed("listen")),
    ("GET /api/v1/tracks/{id}/elsewhere", Signed("listen")),
    ("GET /api/v1/pictures/{name}", Signed("listen")),
    ("GET /api/v1/sources", Signed("listen")),
    ("GET /api/v1/sources/{source}/search", Signed("add")),
    ("GET /api/v1/sources/{source}/{kind}/{id}", Signed("add")),
    ("POST /api/v1/links", Signed("add")),
    ("GET /api/v1/me/spotify", Member("control")),
    ("DELETE /api/v1/me/spotify", Member("administer")),
    ("POST /api/v1/me/spotify/connect", Member("administer")),
    ("GET /api/v1/me/spotify/devices", Member("control")),
    ("POST /api/v1/me/spotify/token", Member("administer")),
    ("PUT /api/v1/me/spotify/client-id", Member("administer")),
    ("DELETE /api/v1/me/spotify/client-id", Member("administer")),
    ("GET /api/v1/nests/{code}/device", Member("control")),
    ("PUT /api/v1/nests/{code}/device", Member("control")),
    ("DELETE /api/v1/nests/{code}/device", Member("control")),
    // Hosts; of the main nest administrators.
    ("GET /api/v1/nests/{code}/spotify-client-id", Administrator),
    ("PUT /api/v1/nests/{code}/spotify-client-id", Administrator),
    ("DELETE /api/v1/nests/{code}/spotify-client-id", Administrator),
    ("POST /api/v1/uploads", Member("control")),
    ("GET /api/v1/nests", Signed("listen")),
    ("POST /api/v1/nests", Member("control")),
    ("GET /api/v1/nests/{code}", Signed("listen")),
    ("DELETE /api/v1/nests/{code}", Signed("control")),
    ("GET /api/v1/nests/{code}/plays", Signed("listen")),
    ("GET /api/v1/nests/{code}/events", Signed("listen")),
    ("GET /api/v1/channels/{name}/events", Member("listen")),
    ("POST /api/v1/channels/{name}/webhooks", Webhook),
    // Hosts; of the main nest administrators.
    ("GET /api/v1/nests/{code}/webhooks", Administrator),
    ("POST /api/v1/nests/{code}/webhooks", Administrator),
    ("DELETE /api/v1/webhooks/{id}", Member("control")),
    ("POST /api/v1/webhooks/{id}/test", Member("control")),
    ("POST /api/v1/webhooks/{id}/resume", Member("control")),
    ("GET /api/v1/nests/{code}/throwback", Signed("listen")),
    ("GET /api/v1/nests/{code}/filtered", Signed("listen")),
    ("GET /api/v1/nests/{code}/plays.csv", Member("listen")),
    ("GET /api/v1/plays", Member("listen")),
    ("GET /api/v1/plays.csv", Member("listen")),
    ("GET /api/v1/stats", Member("listen")),
    ("GET /api/v1/stats/providers", Member("listen")),
    ("GET /api/v1/stats/sign-ins", Administrator),
    ("GET /api/v1/horns", Signed("listen")),
    ("GET /api/v1/horns/{file}", Signed("listen")),
    ("POST /api/v1/nests/{code}/add", Signed("add")),
    ("POST /api/v1/nests/{code}/jam", Signed("add")),
    ("POST /api/v1/nests/{code}/comment", Signed("add")),
    ("POST /api/v1/nests/{code}/remove-comment", Signed("add")),
    ("POST /api/v1/nests/{code}/horn", Signed("add")),
    ("POST /api/v1/nests/{code}/queue-preview", Signed("add")),
    ("POST /api/v1/nests/{code}/filter-preview", Signed("control")),
    ("POST /api/v1/nests/{code}/unfilter", Signed("control")),
    ("POST /api/v1/nests/{code}/volume", Signed("control")),
    ("POST /api/v1/nests/{code}/restore", Signed("add")),
    ("POST /api/v1/nests/{code}/vote", Signed("add")),
    ("POST /api/v1/nests/{code}/remove", Signed("control")),
    ("POST /api/v1/nests/{code}/clear", Signed("control")),
    ("POST /api/v1/nests/{code}/pause", Signed("control")),
    ("POST /api/v1/nests/{code}/resume", Signed("control")),
    ("POST /api/v1/nests/{code}/skip", Signed("control")),
    ("POST /api/v1/nests/{code}/seek", Signed("control")),
    ("POST /api/v1/nests/{code}/configure", Signed("control")),
    ("POST /api/v1/nests/{code}/hand-over", Signed("control")),
    ("GET /api/v1/nests/{code}/kicked", Administrator),
    ("POST /api/v1/nests/{code}/lock", Administrator),
    ("POST /api/v1/nests/{code}/unlock", Administrator),
    ("POST /api/v1/nests/{code}/kick", Signed("control")),
    ("POST /api/v1/nests/{code}/let-in", Signed("control")),
];

const SCOPES: [&str; 4] = ["listen", "add", "control", "administer"];

/// A request that lacks nothing but rights.
fn request(operation: &str, track: &str) -> Request {
    let (method, path) = operation.split_once(' ').unwrap();
    let method =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].into_iter().find(|it| *it == method).unwrap();
    let nobody = "0".repeat(26);
    let path =
        path.replace("{provider}", "nobody").replace("{code}", "main").replace("{hash}", &"0".repeat(64));
    let path = path.replace("{source}", "spotify").replace("{kind}", "track").replace("{name}", "x");
    let path = path.replace("/search", "/search?query=x");
    let path = path.replace("tracks/{id}", &format!("tracks/{track}")).replace("{id}", &nobody);
    let body = match operation.rsplit('/').next().unwrap() {
        "uploads" => {
            return Request::new(method, path + "?name=x.wav").bytes(sound::wav(500, 300));
        }
        "{id}" if method == "PATCH" => json!({"role": "member"}),
        "identities" => json!({"provider": "nobody"}),
        "session" if method == "PATCH" => json!({"name": "Renamed"}),
        "invitations" => json!({"role": "member", "uses_max": 1, "expires_in_s": 60}),
        "tokens" => json!({"label": "x", "scopes": ["listen"]}),
        "nests" => json!({"name": "x"}),
        "webhooks" => json!({"url": "https://192.0.2.1/", "form": "slack", "events": ["paused"]}),
        "links" => json!({"text": "spotify:track:0000000000000000track1"}),
        "device" => json!({"device": "x"}),
        "client-id" | "spotify-client-id" => json!({"client_id": "0".repeat(32)}),
        "add" => json!({"track_id": nobody}),
        "queue-preview" | "filter-preview" | "unfilter" => json!({"track_id": nobody}),
        "remove" => json!({"entry": 999_999}),
        "vote" => json!({"entry": 999_999, "direction": "up"}),
        "jam" => json!({"entry": 999_999, "on": true}),
        "comment" => json!({"entry": 999_999, "text": "x"}),
        "remove-comment" => json!({"entry": 999_999, "comment": 1}),
        "horn" => json!({"sound": "duck"}),
        "volume" => json!({"percent": 50}),
        "seek" => json!({"position_ms": 0}),
        "hand-over" | "kick" | "let-in" => json!({"member": nobody}),
        "setup" => json!({"token": "x", "name": "x"}),
        "guests" => json!({"name": "x", "nest": "ZZZZZ"}),
        "preview" => json!({"token": "x"}),
        "redeem" => json!({"token": "x", "name": "x"}),
        _ => json!({}),
    };
    let request = Request::new(method, path);
    if ["POST", "PUT", "PATCH"].contains(&method) { request.json(&body) } else { request }
}

struct Cast {
    app: TestApp,
    ada: Browser,
    ben: Browser,
    gus: Browser,
    programs: Vec<(&'static str, Program)>,
    track: String,
}

fn cast() -> Cast {
    let secret =
        standard_webhooks::Secret::parse("whsec_kM3m8m5M0cU1lq0nH0c2yq5m3w8s4Xv9bJ7tQzR1LpE=").unwrap();
    let webhook_secrets = Some(standard_webhooks::Keyring::new(secret, None).unwrap());
    let config = server::Config { webhook_secrets, ..server::Config::default() };
    let app = TestApp::with(crate::program(), config);
    let ada = app.administrator();
    let ben = member(&ada, "Ben");
    let gus = guest(app.site(), "Gus");
    let programs = SCOPES.map(|scope| (scope, program(&ben, &[scope]))).into();
    let track = ada.add_track("tone.wav", &sound::wav(440, 300));
    Cast { app, ada, ben, gus, programs, track }
}

/// Sends a request; event streams are only asked how they begin.
fn status(actor: &impl Actor, request: Request) -> u16 {
    let request = actor.signed(request);
    let (head, body) = request.into_head();
    let mut raw = testkit::Raw::connect(actor.site().address());
    raw.send(format!(
        "{head}host: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        actor.site().address(),
        body.len()
    ));
    raw.send(body);
    let answer = raw.head();
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn every_operation_of_the_contract_has_a_line_here() {
    let document: Value = app().anonymous().get("/api/v1/openapi.json").ok();
    let mut documented = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let listed: BTreeSet<_> = OPERATIONS.into_iter().map(|(operation, _)| operation.to_owned()).collect();
    assert_eq!(listed, documented);
    let public = OPERATIONS.into_iter().filter(|(_, level)| *level == Public).count();
    assert!(public <= 12, "the list of what anybody may call may only shrink");
}

#[test]
fn a_stranger_is_refused_everything_that_is_not_public() {
    let cast = cast();
    for (operation, level) in OPERATIONS.into_iter() {
        let status = status(&cast.app.anonymous(), request(operation, &cast.track));
        assert_eq!(status == 401, level != Public, "{operation}: {status}");
    }
}

#[test]
fn a_guest_is_refused_what_is_for_members() {
    let cast = cast();
    for (operation, level) in OPERATIONS.into_iter() {
        let refused = match level {
            Member(_) | Administrator => true,
            Public | Signed(_) => false,
            // As for a stranger.
            Webhook => continue,
        };
        // What a nest's own permissions keep from guests, and signing out, have tests of their own.
        let elsewhere = operation.starts_with("POST /api/v1/nests/{code}")
            || operation.starts_with("DELETE /api/v1/nests");
        if operation == "DELETE /api/v1/session" || elsewhere {
            continue;
        }
        let status = status(&cast.gus, request(operation, &cast.track));
        assert_eq!(status == 403, refused, "{operation}: {status}");
        assert_ne!(status, 401, "{operation}");
    }
}

#[test]
fn a_member_is_refused_what_is_for_administrators() {
    let cast = cast();
    for (operation, level) in OPERATIONS.into_iter().filter(|(_, level)| *level == Administrator) {
        let of_ben = status(&cast.ben, request(operation, &cast.track));
        assert_eq!(of_ben, 403, "{operation} {level:?}");
        let of_ada = status(&cast.ada, request(operation, &cast.track));
        assert!(![401, 403].contains(&of_ada), "{operation}: {of_ada}");
    }
    let of_ben = status(&cast.ben, request("DELETE /api/v1/tracks/{id}", &cast.track));
    assert_eq!(of_ben, 403, "a track that somebody else added");
}

#[test]
fn a_token_that_does_not_reach_is_refused() {
    let cast = cast();
    for (operation, level) in OPERATIONS.into_iter() {
        let (Signed(needed) | Member(needed)) = level else { continue };
        let rank = |scope: &str| SCOPES.iter().position(|it| *it == scope).unwrap();
        for &(scope, ref bot) in &cast.programs {
            let status = status(bot, request(operation, &cast.track));
            assert_ne!(status, 401, "{operation} with {scope}");
            if rank(scope) < rank(needed) {
                assert_eq!(status, 403, "{operation} with {scope}");
            }
        }
    }
}
