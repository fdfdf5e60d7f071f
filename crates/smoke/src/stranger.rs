//! What anybody sees: the server lives, is ready, shows its pages, keeps strangers out, and lets sockets through.

use crate::site::{Site, read, send};
use crate::socket::{Handshake, Socket};
use crate::{Report, Seen, Wrong};
use reqwest::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, ORIGIN,
    STRICT_TRANSPORT_SECURITY,
};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// What anybody finds who gets as far as the server itself.
pub(crate) async fn look(site: &Site, report: &mut Report<'_>) {
    report.check("its page comes, with a policy for its content: GET /", page(site)).await;
    report.check("its API is described: GET /docs and /api/v1/openapi.json", description(site)).await;
    report
        .check("what plays is told or kept, as the nest says: GET /playing/ and /queue/", playing(site))
        .await;
    report.check("nobody is signed in without proof: GET /api/v1/session", nobody(site)).await;
    report.check("pages of other sites may not read answers", other_sites(site)).await;
    sockets(site, report).await;
    if site.is_encrypted() {
        report.check("addresses without encryption lead to those with it, whole", redirect(site)).await;
        report.check("browsers are told to stay with encryption", strict(site)).await;
    } else {
        report
            .leave_out("addresses without encryption lead to those with it, whole", "the address is http://");
    }
}

/// Whether it lives; if it does, whether it is ready is looked at too.
pub(crate) async fn glance(site: &Site, report: &mut Report<'_>) -> bool {
    let lives = report.check("it lives: GET /health is {\"status\":\"ok\"}", health(site)).await;
    if lives {
        report.check("it is ready to serve: GET /ready", answers(site, "/ready")).await;
    }
    lives
}

/// Whether sockets come through whatever is in between.
pub(crate) async fn sockets(site: &Site, report: &mut Report<'_>) {
    report.check("sockets come through: GET /api/v1/socket", socket(site)).await;
}

async fn health(site: &Site) -> Seen {
    let answer = read(site.as_stranger(Method::GET, "/health")).await?;
    answer.must_be(StatusCode::OK, "/health")?;
    if answer.body == br#"{"status":"ok"}"# {
        return Ok("exactly".to_owned());
    }
    Err(Wrong::new(
        answer.shown(),
        "something else answers at this address: look what runs there, and where the proxy leads",
    ))
}

async fn answers(site: &Site, path: &str) -> Seen {
    read(site.as_stranger(Method::GET, path)).await?.must_be(StatusCode::OK, path)
}

async fn page(site: &Site) -> Seen {
    let answer = read(site.as_stranger(Method::GET, "/")).await?;
    answer.must_be(StatusCode::OK, "/")?;
    if !answer.header(&CONTENT_TYPE).starts_with("text/html") {
        return Err(Wrong::new(
            answer.shown(),
            "the web UI is not in this build: `cargo xtask run` builds it first",
        ));
    }
    if answer.header(&CONTENT_SECURITY_POLICY).is_empty() {
        return Err(Wrong::new(
            "no Content-Security-Policy",
            "a proxy takes headers away: have it pass them on",
        ));
    }
    Ok(format!("{} bytes of HTML", answer.body.len()))
}

async fn description(site: &Site) -> Seen {
    answers(site, "/docs").await?;
    let answer = read(site.as_stranger(Method::GET, "/api/v1/openapi.json")).await?;
    let version = answer.json()["info"]["version"].as_str().unwrap_or_default().to_owned();
    answer.must_be(StatusCode::OK, "/api/v1/openapi.json").map(|_| format!("version {version}"))
}

/// A nest that takes no guests tells strangers nothing (401); one that does tells what plays.
async fn playing(site: &Site) -> Seen {
    let mut seen = Vec::new();
    for path in ["/playing/", "/queue/"] {
        let answer = read(site.as_stranger(Method::GET, path)).await?;
        let is_told = answer.status == StatusCode::OK && !answer.json().is_null();
        if !is_told && answer.status != StatusCode::UNAUTHORIZED {
            return Err(answer.refused(path));
        }
        seen.push(answer.status.as_u16().to_string());
    }
    Ok(seen.join(", "))
}

async fn nobody(site: &Site) -> Seen {
    let answer = read(site.as_stranger(Method::GET, "/api/v1/session")).await?;
    answer.must_be(StatusCode::OK, "/api/v1/session")?;
    match &answer.json()["person"] {
        Value::Null => Ok("nobody".to_owned()),
        somebody => Err(Wrong::new(
            format!("a stranger is {}", somebody["name"]),
            "a proxy keeps answers of others, or adds a cookie: have it keep nothing of /api",
        )),
    }
}

async fn other_sites(site: &Site) -> Seen {
    let asked = site.as_stranger(Method::GET, "/api/v1/session").header(ORIGIN, "https://elsewhere.example");
    let answer = read(asked).await?;
    match answer.header(&ACCESS_CONTROL_ALLOW_ORIGIN) {
        "" => Ok("they may not".to_owned()),
        allowed => Err(Wrong::new(
            format!("Access-Control-Allow-Origin: {allowed}"),
            "a proxy adds this header: take it out there, the server sets its own where it is wanted",
        )),
    }
}

async fn socket(site: &Site) -> Seen {
    match Socket::shake_hands(site).await? {
        Handshake::Open(_) => Ok("101 Switching Protocols".to_owned()),
        Handshake::Refused(answer) => Err(Wrong::new(
            format!("the handshake is answered {}", answer.shown()),
            "a proxy does not let WebSockets through: have it pass `Upgrade` and `Connection` on and answer over HTTP/1.1 \
             (Caddy does by itself; nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade)",
        )),
    }
}

async fn redirect(site: &Site) -> Seen {
    let path = "/nest/main?from=smoke";
    let mut plain = site.base().join(path).unwrap_or_else(|_| site.base().clone());
    let wanted = plain.to_string();
    // Both ways of writing an address take both schemes.
    let _ = plain.set_scheme("http");
    let _ = plain.set_port(None);
    let answer = send(site.elsewhere(plain)).await?;
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    let status = answer.status().as_u16();
    if matches!(status, 301 | 308) && to == wanted {
        return Ok(format!("{status}"));
    }
    Err(Wrong::new(
        format!("{status} to `{to}`, where 301 or 308 to `{wanted}` is meant"),
        "redirect port 80 for good, with path and query",
    ))
}

async fn strict(site: &Site) -> Seen {
    let answer = read(site.as_stranger(Method::GET, "/")).await?;
    match answer.header(&STRICT_TRANSPORT_SECURITY) {
        "" => Err(Wrong::new(
            "no Strict-Transport-Security",
            "have whoever ends TLS add `Strict-Transport-Security: max-age=31536000`",
        )),
        said => Ok(said.to_owned()),
    }
}
