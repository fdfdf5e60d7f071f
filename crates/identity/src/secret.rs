//! Secrets that prove who somebody is: 256 random bits, shown once, kept only as a hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Entropy;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What a secret opens. The kind is part of the text, so that a leaked one can be recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A browser's session cookie.
    Device,
    /// An API token.
    ApiToken,
    /// An invitation, first-run or sign-in link.
    Link,
    /// A program's way into a protected environment.
    Access,
}

impl SecretKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Device => "rkd_",
            Self::ApiToken => "rkt_",
            Self::Link => "rkl_",
            Self::Access => "rka_",
        }
    }
}

/// A secret. It has no `Debug` that shows it; [`Secret::reveal`] is the only way out.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new secret of 256 bits. `entropy` must be the operating system's.
    pub fn generate(kind: SecretKind, entropy: &mut dyn Entropy) -> Self {
        let bytes: Vec<u8> = (0..4).flat_map(|_| entropy.next_u64().to_le_bytes()).collect();
        Self(format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads a secret of this kind; `None` if the text cannot be one.
    pub fn parse(kind: SecretKind, text: &str) -> Option<Self> {
        let body = text.strip_prefix(kind.prefix())?;
        let fits = body.len() == 43 && URL_SAFE_NO_PAD.decode(body).is_ok_and(|bytes| bytes.len() == 32);
        fits.then(|| Self(text.to_owned()))
    }

    /// The text to hand to its owner, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored. With 256 random bits a plain hash is enough: there is nothing to guess.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 of a secret's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash with these 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    #[test]
    fn a_secret_survives_its_text_and_keeps_its_kind() {
        let secret = Secret::generate(SecretKind::Link, &mut SeededEntropy::from_seed(1));
        assert_eq!(Secret::parse(SecretKind::Link, secret.reveal()), Some(secret.clone()));
        assert_eq!(Secret::parse(SecretKind::Device, secret.reveal()), None);
    }

    #[test]
    fn a_secret_does_not_show_itself_in_logs() {
        let secret = Secret::generate(SecretKind::Device, &mut SeededEntropy::from_seed(1));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn anything_else_is_no_secret() {
        for text in ["", "rkl_", "rkl_short", &format!("rkl_{}", "=".repeat(43))] {
            assert_eq!(Secret::parse(SecretKind::Link, text), None);
        }
    }
}
