//! Which addresses outside may be asked at all, when a person or a service chose them: public ones, so that nobody can
//! have this server knock inside its own network.
//!
//! A literal address is judged as it stands; a name by whatever it resolves to at the moment of connecting, so that it
//! cannot change its mind in between.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// The addresses that may be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Addresses beside the public ones, which may also speak plain http: a server of the house, or a test's.
    pub also: Vec<IpAddr>,
}

impl Outside {
    /// Whether an address may be asked as far as its text says: https (http for what is named in `also`), no user in it,
    /// and no address that is not public. A name is judged again when it is resolved.
    #[must_use]
    pub fn may_ask(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or("").trim_start_matches('[').trim_end_matches(']');
        let literal = host.parse::<IpAddr>().ok();
        // This name is this machine wherever it is resolved, so it counts as one of its addresses.
        let is_named = literal.is_some_and(|address| self.also.contains(&address))
            || (host == "localhost" && self.also.iter().any(IpAddr::is_loopback));
        let is_open = url.username().is_empty() && url.password().is_none();
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && is_named);
        is_open && scheme && literal.is_none_or(|address| self.admits(address))
    }

    fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || self.also.contains(&address)
    }
}

/// Resolves names, and forgets every address that is not to be asked.
pub(crate) struct Guard(pub Arc<Outside>);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let outside = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted: Vec<_> = found.filter(|address| outside.admits(address.ip())).collect();
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
        let outside = Outside::default();
        let may = |text: &str| Url::parse(text).is_ok_and(|url| outside.may_ask(&url));
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
        let home = Outside { also: vec!["127.0.0.1".parse().unwrap()] };
        let may = |text: &str| Url::parse(text).is_ok_and(|url| home.may_ask(&url));
        assert!(may("http://localhost:1/") && may("http://127.0.0.1:1/"));
        assert!(!may("http://127.0.0.2/") && !may("http://localhost.example.org/"));
        assert!(!outside.may_ask(&Url::parse("http://localhost/").unwrap()));
    }
}
