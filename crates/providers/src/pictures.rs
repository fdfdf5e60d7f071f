//! Pictures from elsewhere: avatars and covers whose address a person or a service chose. Fetched for the listener,
//! so that nobody's address leaks, and never from inside our own network.
//!
//! Every hop is checked: the scheme, a literal address, and whatever the name resolves to at the moment of connecting,
//! so that a name cannot change its mind in between. Deliberately not here: decoding and scaling (see `audio`).

use crate::http::{Http, HttpOptions};
use crate::{Error, Provider, Result};
use bytes::Bytes;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// Redirects that are followed.
const HOPS_MAX: usize = 3;

/// Where pictures may come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureSources {
    /// Addresses beside the public ones, which may also speak plain http: a server of the house, or a test's.
    pub also: Vec<IpAddr>,
}

impl PictureSources {
    fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || self.also.contains(&address)
    }
}

/// A picture as it came; its first bytes say that it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The file; at most [`crate::ANSWER_BYTES_MAX`].
    pub bytes: Bytes,
    /// As in `image/png`, by its first bytes: never SVG, which can hold programs.
    pub media_type: &'static str,
}

/// Fetches pictures.
#[derive(Clone, Debug)]
pub struct Pictures {
    http: Http,
    sources: Arc<PictureSources>,
}

impl Pictures {
    /// A pool of connections of its own, with the guard in it.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn new(options: &HttpOptions, sources: PictureSources) -> Result<Self> {
        let sources = Arc::new(sources);
        let http = Http::guarded(options, Guard { sources: Arc::clone(&sources) })?;
        Ok(Self { http, sources })
    }

    /// Fetches a picture. `provider` is who named the address.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for an address that is not https or not public, [`Error::UnexpectedAnswer`] for what is no
    /// picture, and those of any request.
    pub async fn fetch(&self, provider: Provider, address: &str) -> Result<Picture> {
        let not_allowed = |detail: &str| Error::NotAllowed { provider, detail: detail.to_owned() };
        let mut url = Url::parse(address).map_err(|_| not_allowed("the picture has no address"))?;
        for _hop in 0..=HOPS_MAX {
            if !self.may_ask(&url) {
                return Err(not_allowed("a picture must come from a public https address"));
            }
            let answer = self.http.send(provider, self.http.get(url.clone())).await?;
            if answer.status.is_redirection() {
                let next = answer.location.as_deref().and_then(|to| url.join(to).ok());
                url = next.ok_or_else(|| answer.unexpected("a redirect to nowhere"))?;
                continue;
            }
            if !answer.status.is_success() {
                return Err(answer.failure());
            }
            let media_type = media_type(&answer.body).ok_or_else(|| answer.unexpected("not a picture"))?;
            return Ok(Picture { bytes: answer.body, media_type });
        }
        Err(not_allowed("the picture's address leads round in circles"))
    }

    /// Names are judged when they are resolved; literal addresses are not resolved, so they are judged here.
    fn may_ask(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or("").trim_start_matches('[').trim_end_matches(']');
        let literal = host.parse::<IpAddr>().ok();
        let is_named = literal.is_some_and(|address| self.sources.also.contains(&address));
        let is_open = url.username().is_empty() && url.password().is_none();
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && is_named);
        is_open && scheme && literal.is_none_or(|address| self.sources.admits(address))
    }
}

/// Resolves names, and forgets every address that is not to be asked.
pub(crate) struct Guard {
    sources: Arc<PictureSources>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let sources = Arc::clone(&self.sources);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted: Vec<_> = found.filter(|address| sources.admits(address.ip())).collect();
            if admitted.is_empty() {
                return Err("no public address".into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is on the public network, by the registries of special addresses (RFC 6890 and later).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !is_special
}

/// Only global unicast, without the parts of it that hold an IPv4 address or are for documents.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global = first & 0xe000 == 0x2000;
    let is_tunnel = (first == 0x2001 && second < 0x0200) || first == 0x2002;
    let is_document = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    is_global && !is_tunnel && !is_document
}

fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_special_address_counts_as_public() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "192.1.0.1",
            "2606:4700::1",
            "2a00:1450:4001::1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_literal_address_in_any_spelling_is_judged() {
        let pictures = Pictures::new(&HttpOptions::default(), PictureSources::default()).unwrap();
        let may = |text: &str| Url::parse(text).is_ok_and(|url| pictures.may_ask(&url));
        assert!(may("https://example.org/a.png") && may("https://1.1.1.1/a.png"));
        for text in [
            "http://example.org/a.png",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://user@example.org/",
            "file:///etc/passwd",
            "data:image/png;base64,AA",
        ] {
            assert!(!may(text), "{text}");
        }
    }
}
