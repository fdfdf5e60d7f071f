//! What stands between people and the server: its certificate, hosts from which people are sent on, and the addresses to
//! which services send people back.

use model::WallTime;
use reqwest::header::LOCATION;
use reqwest::tls::TlsInfo;
use reqwest::{Response, StatusCode};
use smoke::{Report, Seen, Wrong};
use std::time::Duration;
use url::Url;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// Renewal begins a month before the end; two weeks before it, it has failed for two weeks.
const CERTIFICATE_LEFT_MIN: Duration = Duration::from_secs(14 * 86_400);
/// A path that says whether it was kept.
const SOMEWHERE: &str = "/nest/main?from=doctor";

/// What is to be looked at from outside.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The address people use.
    pub url: Url,
    /// Other addresses that lead to the same server.
    pub aliases: Vec<Url>,
    /// Hosts from which people are sent on.
    pub redirects: Vec<String>,
    /// Paths to which services send people back, each with the service's name.
    pub callbacks: Vec<(String, String)>,
}

/// Looks from outside. `now`: what time it is.
pub async fn outside(outside: &Outside, now: WallTime, report: &mut Report<'_>) {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIME_MAX)
        .tls_info(true)
        .user_agent(concat!("rookery-doctor/", env!("CARGO_PKG_VERSION")))
        .build();
    let Ok(client) = client else {
        report.leave_out("the server is seen from outside", "no connection can be made from here");
        return;
    };
    let addresses = std::iter::once(&outside.url).chain(&outside.aliases);
    for url in addresses.filter(|url| url.scheme() == "https") {
        report.check("a certificate holds for two weeks more", certificate(&client, url, now)).await;
    }
    for url in &outside.aliases {
        report.check("an alias leads to the server", alias(&client, url)).await;
    }
    for host in &outside.redirects {
        report
            .check("an old host sends people on, whole and for good", sent_on(&client, host, &outside.url))
            .await;
    }
    for (service, path) in &outside.callbacks {
        report.check("a service can send people back", callback(&client, &outside.url, service, path)).await;
    }
}

async fn get(client: &reqwest::Client, url: Url) -> Result<Response, Wrong> {
    client.get(url).send().await.map_err(|error| smoke::unreached(&error))
}

fn joined(base: &Url, path: &str) -> Url {
    // A path that begins with a slash joins any base.
    base.join(path).unwrap_or_else(|_| base.clone())
}

async fn certificate(client: &reqwest::Client, url: &Url, now: WallTime) -> Seen {
    let answer = get(client, joined(url, "/health")).await?;
    let shown = answer.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
    judge(url.host_str().unwrap_or_default(), shown.unwrap_or_default(), now)
}

/// How long a certificate holds, DER as it was shown.
fn judge(host: &str, shown: &[u8], now: WallTime) -> Seen {
    let certificate = Certificate::from_der(shown).map_err(|error| {
        Wrong::new(
            format!("{host} shows no certificate that can be read: {error}"),
            "look who ends TLS there",
        )
    })?;
    let until = certificate.tbs_certificate.validity.not_after.to_unix_duration();
    let now = Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0));
    let left = until.saturating_sub(now);
    let seen = format!("{host}: {} days", left.as_secs() / 86_400);
    if left < CERTIFICATE_LEFT_MIN {
        return Err(Wrong::new(
            seen,
            "it should have been renewed: look into the log of whoever ends TLS (`journalctl -u caddy`), and whether port 80 \
             is open for the authority's question",
        ));
    }
    Ok(seen)
}

async fn alias(client: &reqwest::Client, url: &Url) -> Seen {
    let answer = get(client, joined(url, "/health")).await?;
    if answer.status() == StatusCode::OK {
        return Ok(url.host_str().unwrap_or_default().to_owned());
    }
    Err(Wrong::new(
        format!("{url} answers {}", answer.status().as_u16()),
        "whoever ends TLS must know this host too, and lead to the same server",
    ))
}

async fn sent_on(client: &reqwest::Client, host: &str, url: &Url) -> Seen {
    let from = Url::parse(&format!("{}://{host}{SOMEWHERE}", url.scheme())).map_err(|error| {
        Wrong::new(format!("{host}: {error}"), "write `redirects` as hosts, without https://")
    })?;
    let answer = get(client, from).await?;
    let (wanted, status) = (joined(url, SOMEWHERE), answer.status().as_u16());
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    if matches!(status, 301 | 308) && to == wanted.as_str() {
        return Ok(format!("{host}: {status}"));
    }
    Err(Wrong::new(
        format!("{host} answers {status} to `{to}`, where 301 or 308 to `{wanted}` is meant"),
        "redirect this host for good, with path and query",
    ))
}

/// The address is not opened to its end: nobody is signed in by it. It must only be the server's, and be told.
async fn callback(client: &reqwest::Client, url: &Url, service: &str, path: &str) -> Seen {
    let address = joined(url, path);
    let answer = get(client, address.clone()).await?;
    match answer.status().as_u16() {
        401 | 403 | 404 | 500.. => Err(Wrong::new(
            format!("{address} answers {}", answer.status().as_u16()),
            "a proxy or a gate keeps people away from it who come back from the service: let this path through as it is",
        )),
        _ => Ok(format!("enter {address} at {service}, letter for letter")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `music.example.org`, until 2036-01-01T00:00:00Z.
    const CERTIFICATE: &[u8] = include_bytes!("../tests/certificate.der");

    fn at(text: i64) -> WallTime {
        WallTime::from_micros(text * 1_000_000)
    }

    #[test]
    fn a_certificate_that_should_have_been_renewed_is_named() {
        let until = 2_082_758_400;
        assert_eq!(
            judge("music.example.org", CERTIFICATE, at(until - 30 * 86_400)).unwrap(),
            "music.example.org: 30 days"
        );
        let wrong = judge("music.example.org", CERTIFICATE, at(until - 13 * 86_400)).unwrap_err();
        assert_eq!(wrong.seen, "music.example.org: 13 days");
        let over = judge("music.example.org", CERTIFICATE, at(until + 5)).unwrap_err();
        assert_eq!(over.seen, "music.example.org: 0 days");
        assert!(judge("music.example.org", b"none", at(0)).unwrap_err().seen.contains("no certificate"));
    }
}
