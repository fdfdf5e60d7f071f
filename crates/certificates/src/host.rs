//! Names that certificates are issued for. They are names of files too, so nothing else gets past here.

use crate::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The longest name, in characters (RFC 1035, section 2.3.4).
const CHARS_MAX: usize = 253;
/// The longest label of one.
const LABEL_CHARS_MAX: usize = 63;

/// The name of a host, in small letters: `music.example.org`. Names beyond ASCII are written as `xn--…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host(String);

impl Host {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Host {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |detail| Err(Error::Host { name: text.to_owned(), detail });
        let name = text.to_ascii_lowercase();
        if name.parse::<IpAddr>().is_ok() || name.starts_with('[') {
            return refuse("it is an address; certificates are for names");
        }
        if name.is_empty() || name.len() > CHARS_MAX {
            return refuse("it has 1 to 253 characters");
        }
        let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let is_label = |label: &str| {
            (1..=LABEL_CHARS_MAX).contains(&label.len())
                && label.bytes().all(is_plain)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !name.split('.').all(is_label) {
            return refuse("letters, digits and `-`, with dots between them");
        }
        Ok(Self(name))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_small_letters_and_lead_nowhere_else() {
        assert_eq!("Music.Example.org".parse::<Host>().unwrap().as_str(), "music.example.org");
        let long = "a".repeat(64);
        for wrong in [
            "",
            "..",
            "a/b",
            "../etc",
            "a..b",
            ".a",
            "a.",
            "-a.org",
            "127.0.0.1",
            "[::1]",
            "::1",
            "a b",
            "müsic.org",
            "*.example.org",
            &long,
        ] {
            assert!(wrong.parse::<Host>().is_err(), "{wrong}");
        }
    }
}
