//! The session cookie: `__Host-rookery`, which browsers keep to this very host, over https only, out of scripts' reach.
//!
//! Over plain http on another machine of the house browsers refuse such a cookie, and some do on this machine; there
//! (and only there) it is also set under a plain name.

use crate::extract::Site;
use http::{HeaderMap, HeaderValue, header};
use identity::{DEVICE_IDLE_MAX, Secret};

const HOST_NAME: &str = "__Host-rookery";
const PLAIN_NAME: &str = "rookery";

/// The secrets that a request's cookies carry, the well-guarded one first.
pub(crate) fn session_secrets(headers: &HeaderMap) -> Vec<&str> {
    let mut found: Vec<(&str, &str)> = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == HOST_NAME || *name == PLAIN_NAME)
        .collect();
    found.sort_by_key(|(name, _)| *name != HOST_NAME);
    found.truncate(2);
    found.into_iter().map(|(_, value)| value).collect()
}

/// The headers that sign a browser in.
pub(crate) fn sign_in(site: &Site, secret: &Secret) -> Vec<HeaderValue> {
    set(site, secret.reveal(), DEVICE_IDLE_MAX.as_secs())
}

/// The headers that sign a browser out.
pub(crate) fn sign_out(site: &Site) -> Vec<HeaderValue> {
    set(site, "", 0)
}

fn set(site: &Site, value: &str, seconds: u64) -> Vec<HeaderValue> {
    let guarded = format!("{HOST_NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax; Secure");
    let plain = format!("{PLAIN_NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
    let cookies = match (site.is_https, site.is_loopback) {
        (true, _) => vec![guarded],
        (false, true) => vec![guarded, plain],
        (false, false) => vec![plain],
    };
    cookies.into_iter().filter_map(|cookie| HeaderValue::from_str(&cookie).ok()).collect()
}
