//! Names of releases: when, of which commit, which bytes. They sort by time, are folders' names, and lead nowhere else.

use crate::digest::Digest;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Letters of a whole commit's name.
pub(crate) const COMMIT_CHARS: usize = 40;

/// An instant in whole seconds, written in UTC as RFC 3339 has it: `2026-11-21T21:07:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(jiff::Timestamp);

impl Instant {
    /// So many seconds after the beginning of 1970.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        jiff::Timestamp::from_second(seconds).ok().map(Self)
    }

    /// Seconds since the beginning of 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.as_second()
    }

    fn basic(self) -> String {
        self.0.strftime("%Y%m%dT%H%M%SZ").to_string()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.to_string()
    }
}

impl TryFrom<String> for Instant {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parsed = text.parse::<jiff::Timestamp>().map(Self).ok();
        // One spelling for one instant.
        parsed
            .filter(|instant| instant.to_string() == text && instant.0.subsec_nanosecond() == 0)
            .ok_or_else(|| format!("`{text}` is no instant in UTC and whole seconds"))
    }
}

/// The name of a release: `20261121T210700Z-b50df30-1a2b3c4d`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseId(String);

impl ReleaseId {
    pub(crate) fn of(built_at: Instant, commit: &str, program: Digest) -> Self {
        let short = |text: &str, count: usize| text.chars().take(count).collect::<String>();
        Self(format!("{}-{}-{}", built_at.basic(), short(commit, 7), short(&program.to_string(), 8)))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for ReleaseId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let is_hex = |text: &str, count: usize| text.len() == count && text.bytes().all(is_hex_digit);
        let parts: Vec<&str> = text.split('-').collect();
        let is_id = match parts[..] {
            [at, commit, digest] => is_basic(at) && is_hex(commit, 7) && is_hex(digest, 8),
            _ => false,
        };
        if is_id { Ok(Self(text.to_owned())) } else { Err(Error::Id(text.chars().take(80).collect())) }
    }
}

impl TryFrom<String> for ReleaseId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<ReleaseId> for String {
    fn from(id: ReleaseId) -> Self {
        id.0
    }
}

/// A whole commit's name, as git prints it.
pub(crate) fn is_commit(text: &str) -> bool {
    text.len() == COMMIT_CHARS && text.bytes().all(is_hex_digit)
}

fn is_hex_digit(letter: u8) -> bool {
    matches!(letter, b'0'..=b'9' | b'a'..=b'f')
}

fn is_basic(text: &str) -> bool {
    let fits = |(letter, form): (u8, u8)| if form == b'0' { letter.is_ascii_digit() } else { letter == form };
    text.len() == 16 && text.bytes().zip(*b"00000000T000000Z").all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_when_which_commit_and_which_bytes() {
        let at = Instant::from_seconds(1_795_295_220).unwrap();
        assert_eq!(at.to_string(), "2026-11-21T21:07:00Z");
        let id = ReleaseId::of(at, "b50df30aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Digest::of(b"abc"));
        assert_eq!(id.as_str(), "20261121T210700Z-b50df30-ba7816bf");
        assert_eq!(id.as_str().parse::<ReleaseId>().unwrap(), id);
    }

    #[test]
    fn nothing_that_leads_elsewhere_is_an_id() {
        for text in [
            "",
            ".",
            "..",
            "../20261121T210700Z-b50df30-ba7816bf",
            "20261121T210700Z-b50df30-ba7816bf/..",
            "/20261121T210700Z-b50df30-ba7816bf",
            "20261121T210700Z-b50df30-ba7816bg",
            "20261121T210700Z-b50df30-ba7816bf\n",
            "20261121T210700Z-B50DF30-ba7816bf",
            "20261121t210700z-b50df30-ba7816bf",
            "20261121T210700Z--b50df30-ba7816bf",
            "٢0261121T210700Z-b50df30-ba7816bf",
        ] {
            assert!(text.parse::<ReleaseId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn one_instant_has_one_spelling() {
        for text in ["2026-11-21T21:07:00.5Z", "2026-11-21T21:07:00+00:00", "2026-11-21 21:07:00Z", "today"] {
            assert!(Instant::try_from(text.to_owned()).is_err(), "{text}");
        }
        let at = Instant::try_from("2026-11-21T21:07:00Z".to_owned()).unwrap();
        assert_eq!(Instant::from_seconds(at.seconds()), Some(at));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_an_id_of_its_own_letters_or_none(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<ReleaseId>() {
                proptest::prop_assert!(id.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
            }
        }
    }
}
