//! The audit log: every act with consequences, for administrators, without secrets.

use crate::{app, program};
use serde_json::{Value, json};
use testkit::{Actor, Browser, guest, member, program as bot, sound};

fn told(ada: &Browser, query: &str) -> Vec<String> {
    let page = ada.get(&format!("/api/v1/audit{query}")).ok();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let entries = page["entries"].as_array().unwrap().iter();
    entries.map(|line| format!("{} by {}", text(&line["action"]), text(&line["by_name"]))).collect()
}

#[test]
fn every_act_with_consequences_is_in_the_log_and_no_secret() {
    let app = app();
    let ada = app.administrator();
    let grace = member(&ada, "Grace");
    let gus = guest(app.site(), "Gus");
    let token = bot(&grace, &["listen"]);
    assert_eq!(grace.delete(&format!("/api/v1/tokens/{}", token.id)).status, 204);
    let body = json!({"role": "member", "uses_max": 2, "expires_in_s": 60});
    let made = ada.post("/api/v1/invitations", body).ok();
    let id = made["invitation"]["id"].as_str().unwrap();
    assert_eq!(ada.delete(&format!("/api/v1/invitations/{id}")).status, 204);
    let link = ada.post("/api/v1/session/links", json!({})).ok()["url"].as_str().unwrap().to_owned();
    let wrong = format!("rkl_{}", "A".repeat(43));
    let body = json!({"token": wrong, "name": "Eve"});
    app.anonymous().post("/api/v1/invitations/redeem", body).problem(410, "link_not_valid");
    let track = grace.add_track("song.wav", &sound::wav(440, 300));
    assert_eq!(grace.delete(&format!("/api/v1/tracks/{track}")).status, 204);
    let nest = grace.post("/api/v1/nests", json!({"name": "Attic"})).ok();
    let code = nest["state"]["code"].as_str().unwrap().to_owned();
    let verb = |verb: &str, body: Value| grace.post(&format!("/api/v1/nests/{code}/{verb}"), body).ok();
    verb("configure", json!({"name": "Cellar"}));
    verb("hand-over", json!({"member": ada.person}));
    assert_eq!(ada.delete(&format!("/api/v1/nests/{code}")).status, 204);
    let role = format!("/api/v1/members/{}", grace.person);
    assert_eq!(ada.patch(&role, json!({"role": "administrator"})).status, 204);
    assert_eq!(gus.delete("/api/v1/session").status, 204);

    let log = told(&ada, "?limit=100");
    for expected in [
        "signed_out by Gus",
        "role_changed by Ada",
        "nest_closed by Ada",
        "nest_handed_over by Grace",
        "nest_configured by Grace",
        "nest_opened by Grace",
        "track_deleted by Grace",
        "sign_in_failed by -",
        "sign_in_link_made by Ada",
        "invitation_revoked by Ada",
        "invitation_made by Ada",
        "token_revoked by Grace",
        "token_made by Grace",
        "member_joined by Gus",
        "signed_in by Grace",
        "member_joined by Grace",
        "invitation_used by Grace",
        "signed_in by Ada",
        "nest_opened by -",
    ] {
        assert!(log.contains(&expected.to_owned()), "{expected}: {log:#?}");
    }
    let text = ada.get("/api/v1/audit?limit=100").text();
    let secrets =
        [&token.secret, &link, made["url"].as_str().unwrap(), &wrong, app.setup_token(), &ada.cookie];
    for secret in secrets {
        let secret = secret.rsplit(['#', '=']).next().unwrap();
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("\"network\":\"loopback\"") && !text.contains("127.0.0.1"), "{text}");
}

#[test]
fn the_log_is_for_administrators_and_read_by_pages_and_filters() {
    let app = app();
    let ada = app.administrator();
    let grace = member(&ada, "Grace");
    for actor in [&grace, &guest(app.site(), "Gus")] {
        actor.get("/api/v1/audit").problem(403, "not_allowed");
    }
    app.anonymous().get("/api/v1/audit").problem(401, "not_signed_in");
    bot(&ada, &["listen"]).get("/api/v1/audit").problem(403, "not_allowed");

    let all = told(&ada, "?limit=100");
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("/api/v1/audit?limit=2{cursor}")).ok();
        paged.extend(page["entries"].as_array().unwrap().iter().map(|line| line["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged.len(), all.len());
    let ids: std::collections::BTreeSet<_> = paged.iter().map(Value::to_string).collect();
    assert_eq!(ids.len(), paged.len(), "no line twice");

    let used = ["invitation_used by Grace", "invitation_used by Ada"];
    assert_eq!(told(&ada, "?action=invitation_used"), used);
    let hers = told(&ada, &format!("?member={}", grace.person));
    assert!(!hers.is_empty() && hers.iter().all(|line| line.ends_with("by Grace")), "{hers:?}");
    for query in ["?action=nonsense", "?member=x", "?cursor=x", "?limt=1"] {
        ada.get(&format!("/api/v1/audit{query}")).problem(422, "invalid_input");
    }
}

#[test]
fn the_last_administrator_stays_one() {
    let app = app();
    let ada = app.administrator();
    let path = format!("/api/v1/members/{}", ada.person);
    ada.patch(&path, json!({"role": "member"})).problem(403, "not_allowed");
    ada.patch(&path, json!({"role": "guest"})).problem(422, "invalid_input");
    assert!(!told(&ada, "").iter().any(|line| line.starts_with("role_changed")));
    let grace = member(&ada, "Grace");
    grace.patch(&path, json!({"role": "member"})).problem(403, "not_allowed");
}

/// What is set wrongly about signing in is said at the start, by name, and never with a secret.
#[test]
fn settings_of_sign_in_that_do_not_go_together_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |args: &[&str], said: &str| {
        let args = [args, &["serve", "--listen", "127.0.0.1:0"]].concat();
        let output = testkit::run(program(), &args, folder.path());
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(said) && !text.contains("hunter2"), "{said}: {text}");
    };
    let bypass = ["--dev-auth-email", "dev@example.org"];
    let debug = [&bypass[..], &["--debug", "true"]].concat();
    refused(&bypass, "unless ROOKERY_ENVIRONMENT is `development`");
    refused(&[&debug[..], &["--environment", "production"]].concat(), "unless ROOKERY_ENVIRONMENT");
    refused(&[&debug[..], &["--trusted-proxies", "1"]].concat(), "behind a proxy");
    refused(&[&debug[..], &["--public-url", "https://music.example.org"]].concat(), "public URL");
    refused(&["--google-client-secret", "hunter2"], "GOOGLE_CLIENT_ID");
    refused(&["--oidc-issuer", "https://id.example.org"], "ROOKERY_OIDC_CLIENT_ID");
    refused(&["--oidc-issuer", "http://id.example.org", "--oidc-client-id", "x"], "https");
    refused(
        &[
            "--oidc-issuer",
            "https://id.example.org",
            "--oidc-client-id",
            "x",
            "--oidc-client-secret-file",
            "none",
        ],
        "ROOKERY_OIDC_CLIENT_SECRET_FILE",
    );
    let beyond = [&debug[..], &["--listen", "0.0.0.0:0", "serve"]].concat();
    let output = testkit::run(program(), &beyond, folder.path());
    assert!(String::from_utf8_lossy(&output.stderr).contains("listens beyond this machine"));
    let file = folder.path().join("rookery.toml");
    std::fs::write(&file, "oidc_issuer = \"https://id.example.org\"\n").unwrap();
    refused(&[], "ROOKERY_OIDC_CLIENT_ID");
    std::fs::write(&file, "oidc_isuer = \"https://id.example.org\"\n").unwrap();
    refused(&[], "oidc_isuer");
}
