//! A protected environment from the street: what strangers must not reach is closed, and what monitors, browsers and services
//! that sign people in must reach is open, so that its protection does not lock out its own sign-in.

use crate::site::{Answer, Site, read};
use crate::{Report, Seen, Wrong};
use reqwest::header::{ACCEPT, CACHE_CONTROL};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// Closed, each in another way that somebody might come.
const CLOSED: [&str; 9] = [
    "/",
    "/nest/main",
    "/api/v1/server",
    "/api/v1/session",
    "/api/v1/socket",
    "/connection/websocket",
    "/queue/",
    "/metrics",
    "/Health",
];
/// Open, and there.
const OPEN: [&str; 5] = ["/health", "/ready", "/docs", "/robots.txt", "/docs/problems"];
/// Open, whether it is there or not: they are asked for without signing in.
const LET_THROUGH: [&str; 5] = [
    "/manifest.webmanifest",
    "/icons/icon-192.png",
    "/.well-known/security.txt",
    "/.well-known/acme-challenge/smoke",
    CLIENT_METADATA,
];
/// What the environment says of itself to servers of AT Protocol, if people come in by it.
const CLIENT_METADATA: &str = "/oauth-client-metadata.json";

/// Looks from the street, if strangers are kept out or must be. Whether what is behind can be looked at.
pub(crate) async fn look(site: &Site, must_be_protected: bool, report: &mut Report<'_>) -> bool {
    let first = read(site.as_nobody(Method::GET, "/api/v1/session")).await;
    let is_protected = first.as_ref().is_ok_and(is_kept_out);
    if !is_protected && !must_be_protected {
        return true;
    }
    report.check("strangers are kept out of everything that is not open", closed(site)).await;
    if !is_protected {
        return true;
    }
    report.check("what monitors and sign-in services need is open", open(site)).await;
    if !site.has_access_token() {
        report.leave_out(
            "what is behind the gate",
            "no service token: `rookery access token create NAME` there, then --access-token here",
        );
        return false;
    }
    report.check("the service token opens the gate: GET /api/v1/session", token(site)).await
}

/// As rookery's own gate says it, or one in front that sends people to its sign-in.
fn is_kept_out(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::UNAUTHORIZED => answer.json()["code"] == "access_required",
        status => status.is_redirection() || status == StatusCode::FORBIDDEN,
    }
}

async fn closed(site: &Site) -> Seen {
    for path in CLOSED {
        let page = read(site.as_nobody(Method::GET, path).header(ACCEPT, "text/html")).await?;
        let data = read(site.as_nobody(Method::GET, path)).await?;
        let is_closed = |answer: &Answer| {
            matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
                || answer.status.is_redirection()
        };
        if !is_closed(&page) || !is_closed(&data) {
            return Err(Wrong::new(
                format!("{path} answered a stranger {}", data.shown()),
                "look whether the environment declares `access`, whether the server was started since, and what \
                 `rookery access test PATH` says; with Cloudflare: whether the host is proxied",
            ));
        }
        if page.header(&CACHE_CONTROL) != "no-store" && page.status == StatusCode::UNAUTHORIZED {
            return Err(Wrong::new(
                format!("{path} may be kept: Cache-Control is `{}`", page.header(&CACHE_CONTROL)),
                "a proxy changes this header: have it pass `no-store` on",
            ));
        }
    }
    Ok(format!("{} paths", CLOSED.len()))
}

async fn open(site: &Site) -> Seen {
    for path in OPEN {
        read(site.as_nobody(Method::GET, path)).await?.must_be(StatusCode::OK, path)?;
    }
    for path in LET_THROUGH {
        let answer = read(site.as_nobody(Method::GET, path)).await?;
        if !matches!(answer.status, StatusCode::OK | StatusCode::NOT_FOUND) {
            return Err(Wrong::new(
                format!("{path} answered a stranger {}", answer.shown()),
                "what stands in front keeps it closed: open it there, letter for letter (`rookery env files` lists the paths)",
            ));
        }
        if path == CLIENT_METADATA && answer.status == StatusCode::OK {
            is_of_a_client(&answer.json())?;
        }
    }
    Ok(format!("{} paths", OPEN.len() + LET_THROUGH.len()))
}

/// A server of AT Protocol takes the document for the client whose id is its address, by https; on this very machine for the
/// one that every server knows. Which of the environment's addresses was asked here says nothing.
fn is_of_a_client(document: &Value) -> Result<(), Wrong> {
    let id = document["client_id"].as_str().unwrap_or_default();
    let is_own = id.starts_with("https://") && id.ends_with(CLIENT_METADATA);
    if is_own || id.starts_with("http://localhost?") {
        return Ok(());
    }
    Err(Wrong::new(
        format!("{CLIENT_METADATA} names the client `{id}`"),
        "nobody comes in by AT Protocol: `url` of the environment must be the https address that people use",
    ))
}

async fn token(site: &Site) -> Seen {
    let answer = read(site.as_stranger(Method::GET, "/api/v1/session")).await?;
    if is_kept_out(&answer) {
        return Err(Wrong::new(
            answer.shown(),
            "the service token is not known there: `rookery access token list` on that machine; make another one",
        ));
    }
    answer.must_be(StatusCode::OK, "/api/v1/session")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_metadata_of_a_client_is_one_that_servers_take() {
        let is_taken = |id: &str| is_of_a_client(&json!({"client_id": id})).is_ok();
        assert!(is_taken("https://stg.example.org/oauth-client-metadata.json"));
        assert!(is_taken("http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%2Fback&scope=atproto"));
        for id in ["http://stg.example.org/oauth-client-metadata.json", "https://stg.example.org/", ""] {
            assert!(!is_taken(id), "{id}");
        }
        assert!(is_of_a_client(&Value::Null).is_err());
    }
}
