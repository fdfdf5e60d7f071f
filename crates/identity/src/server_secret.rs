//! The one secret of a server, from which it derives a key for each use. It is not in the database, so a copy
//! of the database alone gives nothing away.
//!
//! While a secret takes over from another it knows the one before: everything new is made with its own keys, and what was
//! made with those of the one before is read all the same, until that is taken away.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;

/// 256 random bits, and those it takes over from.
#[derive(Clone)]
pub struct ServerSecret {
    own: [u8; Self::BYTES],
    before: Option<[u8; Self::BYTES]>,
}

/// Why a text is no server secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret key is 64 hexadecimal digits")]
pub struct ServerSecretError;

impl ServerSecret {
    /// How many bytes it has.
    pub const BYTES: usize = 32;

    /// A secret of random bytes.
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self { own: bytes, before: None }
    }

    /// The same, taking over from another.
    #[must_use]
    pub const fn after(self, before: &Self) -> Self {
        Self { own: self.own, before: Some(before.own) }
    }

    /// The secret it takes over from.
    #[must_use]
    pub const fn before(&self) -> Option<Self> {
        match self.before {
            Some(own) => Some(Self { own, before: None }),
            None => None,
        }
    }

    /// Reads 64 hexadecimal digits; blanks around them do not count.
    ///
    /// # Errors
    /// [`ServerSecretError`].
    pub fn parse(text: &str) -> Result<Self, ServerSecretError> {
        let digits = text.trim().as_bytes();
        let mut bytes = [0; Self::BYTES];
        if digits.len() != 2 * bytes.len() {
            return Err(ServerSecretError);
        }
        let value =
            |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8).ok_or(ServerSecretError);
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Ok(Self::new(bytes))
    }

    /// As [`ServerSecret::parse`] reads it. Only for the file it is kept in.
    pub fn reveal(&self) -> String {
        self.own.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key for one use: HMAC-SHA-256 of its name (RFC 5869 without salt, one block).
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        // A key of any length is a key.
        let mac = <Hmac<Sha256>>::new_from_slice(&self.own).map(|mac| mac.chain_update(purpose.as_bytes()));
        mac.map_or([0; 32], |mac| mac.finalize().into_bytes().into())
    }

    /// Tells two secrets apart without saying anything about them.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.derive("fingerprint")
    }
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ServerSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_written_and_never_printed() {
        let secret = ServerSecret::new([0xa7; 32]);
        let text = secret.reveal();
        assert_eq!(text, "a7".repeat(32));
        assert_eq!(ServerSecret::parse(&format!(" {text}\n")).unwrap().own, secret.own);
        assert!(!format!("{secret:?}").contains("a7"));
        for bad in ["", "a7", &"g7".repeat(32), &"a7".repeat(33), &"ä".repeat(32)] {
            assert_eq!(ServerSecret::parse(bad).unwrap_err(), ServerSecretError, "{bad}");
        }
    }

    #[test]
    fn a_secret_that_takes_over_knows_the_one_before_and_derives_its_own_keys() {
        let (one, other) = (ServerSecret::new([1; 32]), ServerSecret::new([2; 32]));
        let both = other.clone().after(&one);
        assert_eq!(both.derive("a"), other.derive("a"));
        assert_eq!(both.before().unwrap().derive("a"), one.derive("a"));
        assert!(other.before().is_none() && both.before().unwrap().before().is_none());
    }

    #[test]
    fn every_use_has_a_key_of_its_own() {
        let (one, other) = (ServerSecret::new([1; 32]), ServerSecret::new([2; 32]));
        assert_eq!(one.derive("a"), one.derive("a"));
        assert_ne!(one.derive("a"), one.derive("b"));
        assert_ne!(one.derive("a"), other.derive("a"));
        assert_ne!(one.fingerprint(), other.fingerprint());
    }
}
