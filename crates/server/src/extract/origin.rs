//! Where a request comes from: its address, the site people use, and whether a browser sent it from another site.

use crate::accept::Peer;
use crate::app::App;
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

/// The address that asks, as far as trusted proxies say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
        Ok(Self(forwarded(&parts.headers, app.config().trusted_proxies).unwrap_or(peer)))
    }
}

/// The address that the last trusted proxy saw: each proxy appends one, so it is counted from the end.
fn forwarded(headers: &HeaderMap, trusted_proxies: u8) -> Option<IpAddr> {
    let hops: Vec<_> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let at = hops.len().checked_sub(usize::from(trusted_proxies))?;
    (trusted_proxies > 0).then(|| hops.get(at)?.parse().ok()).flatten()
}

/// Whether a request comes from this very machine, and from no proxy on it: the connection, the name that was asked for,
/// and no sign that somebody passed it on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nearby(pub(crate) bool);

impl FromRequestParts<App> for Nearby {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let is_peer = parts.extensions.get::<Peer>().is_some_and(|peer| peer.0.ip().is_loopback());
        let passed_on = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
        let is_direct = !passed_on.iter().any(|name| parts.headers.contains_key(*name));
        let asked = Site::named(format!("http://{}", host(&parts.headers)));
        Ok(Self(is_peer && is_direct && asked.is_loopback && Site::of(&parts.headers, app).is_loopback))
    }
}

/// The site a request was sent to.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// For links: `https://music.example.org`.
    pub(crate) base: String,
    /// Whether people reach it by https.
    pub(crate) is_https: bool,
    /// Whether it is this very machine: browsers then treat http like https.
    pub(crate) is_loopback: bool,
}

impl FromRequestParts<App> for Site {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, app))
    }
}

impl Site {
    pub(crate) fn of(headers: &HeaderMap, app: &App) -> Self {
        let host = host(headers);
        let base = app.config().public_url.clone().unwrap_or_else(|| {
            let https = app.config().trusted_proxies > 0
                && headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes() == b"https");
            format!("{}://{host}", if https { "https" } else { "http" })
        });
        Self::named(base)
    }

    fn named(base: String) -> Self {
        let name = base.split_once("://").map_or("", |(_, rest)| rest);
        let name =
            name.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(name, |(name, _)| name);
        let is_loopback = name == "localhost" || name == "[::1]" || name.starts_with("127.");
        Self { is_https: base.starts_with("https://"), is_loopback, base }
    }
}

/// The host a request names, if it looks like one; links are made with it.
fn host(headers: &HeaderMap) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .filter(|host| host.len() <= 255 && !host.is_empty() && host.chars().all(plain))
        .unwrap_or("localhost")
        .to_owned()
}

/// Whether a browser sent this from our own pages, or no browser sent it. Browsers always say one of the two headers on
/// requests that change something.
pub(crate) fn same_site(headers: &HeaderMap, app: &App) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().unwrap_or("");
    let ours = Site::of(headers, app).base;
    let named = host(headers);
    origin == ours || origin.split_once("://").is_some_and(|(_, rest)| rest == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded_for: &'static str) -> HeaderMap {
        [(header::HeaderName::from_static("x-forwarded-for"), http::HeaderValue::from_static(forwarded_for))]
            .into_iter()
            .collect()
    }

    #[test]
    fn a_forged_hop_is_ignored() {
        let seen = |text, trusted| forwarded(&headers(text), trusted).map(|address| address.to_string());
        assert_eq!(seen("9.9.9.9, 10.0.0.1", 1).as_deref(), Some("10.0.0.1"));
        assert_eq!(seen("9.9.9.9, 10.0.0.1", 0), None, "no proxy is trusted");
        assert_eq!(seen("10.0.0.1", 2), None, "fewer hops than proxies");
        assert_eq!(seen("nonsense", 1), None);
    }
}
