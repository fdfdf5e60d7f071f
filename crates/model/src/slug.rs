//! A word that leads to a nest, `/friday-night`: chosen by whoever hosts it, and so known to everybody who guesses it.

use crate::NestCode;
use std::fmt;
use std::str::FromStr;

/// First parts of addresses that mean something else here, or soon may.
pub const RESERVED: [&str; 68] = [
    "about",
    "account",
    "add_song",
    "add-song",
    "admin",
    "airhorn_list",
    "airhorn-list",
    "airhorns",
    "api",
    "app",
    "artwork",
    "assets",
    "audit",
    "auth",
    "authentication",
    "beta",
    "blast_airhorn",
    "connection",
    "dashboard",
    "docs",
    "favicon",
    "get_volume",
    "guest",
    "health",
    "help",
    "history",
    "home",
    "icons",
    "index",
    "invite",
    "jam",
    "join",
    "last",
    "legal",
    "library",
    "listen",
    "login",
    "logout",
    "main",
    "manifest",
    "members",
    "metrics",
    "nest",
    "nests",
    "now",
    "null",
    "oauth",
    "playing",
    "privacy",
    "queue",
    "ready",
    "robots",
    "rookery",
    "root",
    "search",
    "settings",
    "setup",
    "sign-in",
    "signup",
    "socket",
    "spotify_connect",
    "static",
    "stats",
    "sync",
    "user_history",
    "volume",
    "welcome",
    "www",
];

/// A word that leads to a nest: 2 to [`Slug::CHARS_MAX`] of `a` to `z`, digits and hyphens, beginning with a letter; no
/// reserved word, and nothing that looks like a [`NestCode`]. Capitals do not count when it is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Why a text cannot lead to a nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Other characters, or too few or many.
    #[error(
        "an address has 2 to {} of the letters a to z, digits and single hyphens, and begins with a letter",
        Slug::CHARS_MAX
    )]
    Malformed,
    /// The address means something else here.
    #[error("this address is reserved; choose another")]
    Reserved,
    /// Five letters or digits may be the code of another nest.
    #[error("this looks like the code of a nest; choose a longer or shorter address")]
    LooksLikeCode,
}

impl Slug {
    /// The most characters.
    pub const CHARS_MAX: usize = 40;

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        let slug = text.to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if RESERVED.contains(&slug.as_str()) {
            return Err(SlugError::Reserved);
        }
        let well_formed = (2..=Self::CHARS_MAX).contains(&slug.len())
            && slug.starts_with(|first: char| first.is_ascii_lowercase())
            && slug.split('-').all(|word| !word.is_empty() && word.bytes().all(plain));
        if !well_formed {
            return Err(SlugError::Malformed);
        }
        if slug.parse::<NestCode>().is_ok() {
            return Err(SlugError::LooksLikeCode);
        }
        Ok(Self(slug))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_few_plain_words() {
        assert_eq!("Friday-Night".parse::<Slug>().unwrap().as_str(), "friday-night");
        assert_eq!("b2".parse::<Slug>().unwrap().to_string(), "b2");
        for text in ["", "a", "-a", "a-", "a--b", "7up", "café", "a b", "a/b", "a.b", &"a".repeat(41)] {
            assert_eq!(text.parse::<Slug>(), Err(SlugError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_no_slug() {
        assert_eq!("Library".parse::<Slug>(), Err(SlugError::Reserved));
        assert_eq!("add_song".parse::<Slug>(), Err(SlugError::Reserved));
        assert_eq!("jazzy".parse::<Slug>(), Err(SlugError::LooksLikeCode));
        assert!(RESERVED.is_sorted_by(|a, b| a.replace('_', "-") <= b.replace('_', "-")));
    }
}
