//! Cookies: the session and, for minutes, an attempt to sign in. The session is `__Host-rookery`, which browsers keep to this very host, over https only, out of scripts' reach.
//!
//! Over plain http on another machine of the house browsers refuse such a cookie, and some do on this machine; there
//! (and only there) it is also set under a plain name.

use crate::extract::Site;
use http::{HeaderMap, HeaderValue, header};
use identity::{DEVICE_IDLE_MAX, SIGN_IN_ATTEMPT_LIFETIME, Secret};
use std::time::Duration;

/// The two names of a cookie.
struct Names<'a> {
    host: &'a str,
    plain: &'a str,
}

const SESSION: Names<'static> = Names { host: "__Host-rookery", plain: "rookery" };
const ATTEMPT: Names<'static> = Names { host: "__Host-rookery-attempt", plain: "rookery-attempt" };
const GATE_ATTEMPT: Names<'static> =
    Names { host: "__Host-rookery-gate-attempt", plain: "rookery-gate-attempt" };

/// The secrets that a request's cookies carry, the well-guarded one first.
pub(crate) fn session_secrets(headers: &HeaderMap) -> Vec<&str> {
    values(headers, &SESSION)
}

/// The sign-in attempts that a request's cookies carry, likewise.
pub(crate) fn attempts(headers: &HeaderMap) -> Vec<&str> {
    values(headers, &ATTEMPT)
}

fn values<'a>(headers: &'a HeaderMap, names: &Names<'_>) -> Vec<&'a str> {
    let mut found: Vec<(&str, &str)> = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == names.host || *name == names.plain)
        .collect();
    found.sort_by_key(|(name, _)| *name != names.host);
    found.truncate(2);
    found.into_iter().map(|(_, value)| value).collect()
}

/// The passes into a protected environment, likewise. Their name carries the environment's.
pub(crate) fn passes<'a>(headers: &'a HeaderMap, environment: &str) -> Vec<&'a str> {
    let (host, plain) = pass_names(environment);
    values(headers, &Names { host: &host, plain: &plain })
}

/// The attempts to get one that wait for another service, likewise.
pub(crate) fn gate_attempts(headers: &HeaderMap) -> Vec<&str> {
    values(headers, &GATE_ATTEMPT)
}

/// The headers that keep a pass in this browser.
pub(crate) fn keep_pass(site: &Site, environment: &str, pass: &str, lifetime: Duration) -> Vec<HeaderValue> {
    let (host, plain) = pass_names(environment);
    set(site, &Names { host: &host, plain: &plain }, pass, lifetime.as_secs())
}

/// The headers that keep an attempt to get one.
pub(crate) fn keep_gate_attempt(site: &Site, sealed: &str) -> Vec<HeaderValue> {
    set(site, &GATE_ATTEMPT, sealed, SIGN_IN_ATTEMPT_LIFETIME.as_secs())
}

/// The headers that forget it.
pub(crate) fn forget_gate_attempt(site: &Site) -> Vec<HeaderValue> {
    set(site, &GATE_ATTEMPT, "", 0)
}

fn pass_names(environment: &str) -> (String, String) {
    (format!("__Host-rookery-gate-{environment}"), format!("rookery-gate-{environment}"))
}

/// The headers that sign a browser in.
pub(crate) fn sign_in(site: &Site, secret: &Secret) -> Vec<HeaderValue> {
    set(site, &SESSION, secret.reveal(), DEVICE_IDLE_MAX.as_secs())
}

/// The headers that sign a browser out.
pub(crate) fn sign_out(site: &Site) -> Vec<HeaderValue> {
    set(site, &SESSION, "", 0)
}

/// The headers that keep a sign-in attempt in this browser.
pub(crate) fn keep_attempt(site: &Site, sealed: &str) -> Vec<HeaderValue> {
    set(site, &ATTEMPT, sealed, SIGN_IN_ATTEMPT_LIFETIME.as_secs())
}

/// The headers that forget it.
pub(crate) fn forget_attempt(site: &Site) -> Vec<HeaderValue> {
    set(site, &ATTEMPT, "", 0)
}

fn set(site: &Site, names: &Names<'_>, value: &str, seconds: u64) -> Vec<HeaderValue> {
    let Names { host, plain } = names;
    let guarded = format!("{host}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax; Secure");
    let plain = format!("{plain}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
    let cookies = match (site.is_https, site.is_loopback) {
        (true, _) => vec![guarded],
        (false, true) => vec![guarded, plain],
        (false, false) => vec![plain],
    };
    cookies.into_iter().filter_map(|cookie| HeaderValue::from_str(&cookie).ok()).collect()
}
