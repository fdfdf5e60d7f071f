//! What is secret, whether a secret is any good, and how two are compared without showing either.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt::Write as _;

/// Endings of keys whose values nobody may see.
const SECRET_ENDINGS: [&str; 6] = ["_secret", "_token", "_key", "_password", "_credentials", "_codes"];
/// Addresses that are secrets: whoever has one can speak in the server's name.
const SECRET_ADDRESSES: [&str; 2] = ["alert_webhook", "heartbeat_url"];
/// Texts that stand where a value should.
const PLACEHOLDERS: [&str; 12] = [
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "replace",
    "todo",
    "example",
    "your-",
    "your_",
    "insert",
    "dummy",
    "password",
];
/// Letters that a secret somebody may guess at has at least.
const SECRET_CHARS_MIN: usize = 16;
/// Different letters of such a secret.
const SECRET_DIFFERENT_MIN: usize = 6;

/// Whether a setting's value is secret.
#[must_use]
pub fn is_secret(key: &str) -> bool {
    SECRET_ADDRESSES.contains(&key) || SECRET_ENDINGS.iter().any(|ending| key.ends_with(ending))
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is there.
    Empty,
    /// A text that stands for the value.
    Placeholder,
    /// It can be guessed.
    Weak,
    /// It is made for trying things out.
    ForTests,
}

impl Fault {
    /// In words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Empty => "nothing is there",
            Self::Placeholder => "a placeholder stands where the value should",
            Self::Weak => "it can be guessed",
            Self::ForTests => "a key made for trying things out",
        }
    }
}

/// What is wrong with a value, `is_production` or not. Values that are not secret can only be empty or a placeholder.
#[must_use]
pub fn faults(key: &str, value: &str, is_production: bool) -> Vec<Fault> {
    let text = value.trim();
    let folded = text.to_lowercase();
    let mut found = Vec::new();
    let is_bracketed =
        text.starts_with('<') && text.ends_with('>') || text.starts_with("${") && text.ends_with('}');
    let is_filler = text.len() >= 3 && folded.chars().all(|c| matches!(c, 'x' | '.' | '*' | '…' | '-' | '_'));
    if text.is_empty() {
        return vec![Fault::Empty];
    }
    if is_bracketed || is_filler {
        return vec![Fault::Placeholder];
    }
    if !is_secret(key) {
        return found;
    }
    if PLACEHOLDERS.iter().any(|word| folded.starts_with(word)) {
        return vec![Fault::Placeholder];
    }
    let different: std::collections::BTreeSet<char> = text.chars().collect();
    if text.chars().count() < SECRET_CHARS_MIN || different.len() < SECRET_DIFFERENT_MIN {
        found.push(Fault::Weak);
    }
    if is_production
        && ["test", "sk_test", "pk_test", "fake", "dev-", "dev_"].iter().any(|word| folded.starts_with(word))
    {
        found.push(Fault::ForTests);
    }
    found
}

/// Makes texts comparable that must not be shown: an HMAC under a key that only this comparison knows.
pub struct Fingerprints(Hmac<Sha256>);

/// Of the 32 bytes so many are kept: nobody finds two texts with the same by chance.
const FINGERPRINT_BYTES: usize = 8;

impl Fingerprints {
    /// With a key: of this run alone, or of the installation, when fingerprints are kept.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        Self(Hmac::new_from_slice(key).expect("a key"))
    }

    /// Sixteen hexadecimal digits that say nothing about the text but whether another is the same.
    #[must_use]
    pub fn of(&self, text: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        let mut shown = String::with_capacity(2 * FINGERPRINT_BYTES);
        for byte in &mac.finalize().into_bytes()[..FINGERPRINT_BYTES] {
            let _ = write!(shown, "{byte:02x}");
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_none_are_named() {
        for (key, value, fault) in [
            ("google_client_secret", "", Some(Fault::Empty)),
            ("google_client_secret", "  ", Some(Fault::Empty)),
            ("google_client_id", "<your client id>", Some(Fault::Placeholder)),
            ("google_client_id", "${GOOGLE}", Some(Fault::Placeholder)),
            ("spotify_client_id", "xxxx", Some(Fault::Placeholder)),
            ("spotify_client_secret", "changeme-please", Some(Fault::Placeholder)),
            ("secret_key", "hunter2", Some(Fault::Weak)),
            ("secret_key", "aaaaaaaaaaaaaaaaaaaaaaaa", Some(Fault::Weak)),
            ("secret_key", "0f3c9a7e5b1d2846c0a9f8e7d6b5a493", None),
            ("name", "Example", None),
        ] {
            assert_eq!(faults(key, value, false).first().copied(), fault, "{key}={value}");
        }
    }

    #[test]
    fn keys_for_tests_are_refused_in_production_alone() {
        let key = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
        assert_eq!(faults("stripe_key", key, true), [Fault::ForTests]);
        assert_eq!(faults("stripe_key", key, false), []);
    }

    #[test]
    fn fingerprints_compare_and_say_nothing() {
        let (one, other) = (Fingerprints::new(&[1; 32]), Fingerprints::new(&[2; 32]));
        assert_eq!(one.of("secret"), one.of("secret"));
        assert_ne!(one.of("secret"), one.of("secret2"));
        assert_ne!(one.of("secret"), other.of("secret"));
        assert!(!one.of("secret").contains("secret"));
    }
}
