//! The secret that two sides share: `whsec_` and the base64 of 24 to 64 bytes of chance.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// What every secret begins with.
pub const SECRET_PREFIX: &str = "whsec_";
/// What prints a good secret.
pub const NEW_SECRET_COMMAND: &str = "echo \"whsec_$(openssl rand -base64 32)\"";
/// What prints the fingerprint of the secret in the variable `SECRET`, on the other side.
pub const FINGERPRINT_COMMAND: &str = "printf %s \"$SECRET\" | sha256sum | cut -c1-16";
/// Bytes of a secret, at least and at most (Standard Webhooks 1.0, "Signature scheme").
const BYTES_MIN: usize = 24;
const BYTES_MAX: usize = 64;
/// Different bytes among them, at least: chance has more.
const DIFFERENT_MIN: usize = 12;
/// Bytes of a fingerprint.
const FINGERPRINT_BYTES: usize = 8;
/// The secret of the specification's examples: everybody knows it.
const PUBLISHED: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Some write base64 without the signs at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A secret. Its `Debug` shows the fingerprint alone.
#[derive(Clone)]
pub struct Secret {
    key: Vec<u8>,
    fingerprint: String,
}

/// Why a text is no secret. The text itself is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It begins otherwise.
    #[error("it must begin with `whsec_`")]
    NoPrefix,
    /// What follows is not base64.
    #[error("what follows `whsec_` is not base64")]
    NotBase64,
    /// Too few or too many bytes.
    #[error("it must stand for 24 to 64 bytes, and stands for {0}")]
    Length(usize),
    /// The bytes are hardly different.
    #[error("it can be guessed: its bytes are hardly different")]
    Weak,
    /// It stands in a specification.
    #[error("it is the example of the specification, which everybody knows")]
    Published,
}

impl Secret {
    /// Reads a secret that somebody set, strictly.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let rest = text.strip_prefix(SECRET_PREFIX).ok_or(SecretError::NoPrefix)?;
        let key = BASE64.decode(rest).map_err(|_| SecretError::NotBase64)?;
        if !(BYTES_MIN..=BYTES_MAX).contains(&key.len()) {
            return Err(SecretError::Length(key.len()));
        }
        if rest == PUBLISHED {
            return Err(SecretError::Published);
        }
        if key.iter().collect::<BTreeSet<_>>().len() < DIFFERENT_MIN {
            return Err(SecretError::Weak);
        }
        Ok(Self::of(key, text))
    }

    /// Reads whatever can sign: messages that go out are signed with what their receiver gave, with the prefix or without.
    ///
    /// # Errors
    /// [`SecretError::NotBase64`].
    pub fn lenient(text: &str) -> Result<Self, SecretError> {
        let rest = text.strip_prefix(SECRET_PREFIX).unwrap_or(text);
        Ok(Self::of(BASE64.decode(rest).map_err(|_| SecretError::NotBase64)?, text))
    }

    /// Sixteen hexadecimal digits that both sides can compare: the beginning of the SHA-256 of the text. Nobody finds a
    /// secret by it, because that was drawn by chance. [`FINGERPRINT_COMMAND`] prints the same.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// `v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body` (Standard Webhooks 1.0, "Signature scheme").
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.code(id, timestamp, body).finalize().into_bytes()))
    }

    /// The code over a message, to be compared with what came in.
    pub(crate) fn code(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut code = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            code.update(part);
        }
        code
    }

    /// Whether it signs as another does, however both are written.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.key == other.key
    }

    fn of(key: Vec<u8>, text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let fingerprint = digest[..FINGERPRINT_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { key, fingerprint }
    }
}

/// What comes in with the signature `v1`.
pub(crate) fn decode(signature: &str) -> Option<Vec<u8>> {
    BASE64.decode(signature).ok()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drawn once, for tests alone.
    const GOOD: &str = "whsec_kM3m8m5M0cU1lq0nH0c2yq5m3w8s4Xv9bJ7tQzR1LpE=";

    #[test]
    fn a_secret_is_what_the_standard_says_and_no_example() {
        assert!(Secret::parse(GOOD).is_ok());
        assert!(Secret::parse(&format!(" {GOOD}\n")).is_ok(), "a file ends with a line break");
        assert!(Secret::parse(GOOD.trim_end_matches('=')).is_ok());
        for (text, error) in [
            ("", SecretError::NoPrefix),
            ("ws_secret_xxxx", SecretError::NoPrefix),
            ("kM3m8m5M0cU1lq0nH0c2yq5m3w8s4Xv9bJ7tQzR1LpE=", SecretError::NoPrefix),
            ("whsec_<your secret>", SecretError::NotBase64),
            ("whsec_your-secret-goes-here", SecretError::NotBase64),
            ("whsec_aGVsbG8=", SecretError::Length(5)),
            ("whsec_changeme", SecretError::Length(6)),
            ("whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", SecretError::Weak),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SecretError::Published),
        ] {
            assert_eq!(Secret::parse(text).unwrap_err(), error, "{text}");
        }
        let long = format!("whsec_{}", STANDARD.encode((0..65).collect::<Vec<u8>>()));
        assert_eq!(Secret::parse(&long).unwrap_err(), SecretError::Length(65));
    }

    #[test]
    fn a_signature_is_the_one_of_the_standard() {
        // The example of the Standard Webhooks specification and its libraries.
        let secret = Secret::lenient("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_fingerprint_is_what_the_printed_command_prints() {
        let said = FINGERPRINT_COMMAND.replace("$SECRET", GOOD);
        let output = std::process::Command::new("sh").args(["-c", &said]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let secret = Secret::parse(GOOD).unwrap();
        assert_eq!(secret.fingerprint(), printed.trim());
        assert_eq!(secret.fingerprint().len(), 16);
        assert!(!format!("{secret:?}").contains("kM3m"), "{secret:?}");
    }

    #[test]
    fn the_command_for_a_new_secret_prints_a_good_one() {
        let output = std::process::Command::new("sh").args(["-c", NEW_SECRET_COMMAND]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(Secret::parse(&printed).is_ok(), "{printed}");
    }
}
