//! Secrets that must be read again (tokens of other services, addresses) as they are stored: encrypted with a key that
//! is derived from the server's secret, and bound to what they are for, so that a sealed value means nothing in another
//! column or row.
//!
//! The form is `version (1) | nonce (24) | XChaCha20-Poly1305 of the text with its tag (16)`. What binds it (the version,
//! the purpose, the owner) is the associated data: it is not stored with it, but without it nothing opens.

use crate::ServerSecret;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::Entropy;
use sha2::Sha256;
use std::fmt;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// The longest text that is sealed, in bytes; a longer one is refused.
pub const SEALED_TEXT_BYTES_MAX: usize = 64 * 1024;

/// What a sealed text is for, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealFor<'a> {
    /// What it is, as in `spotify refresh token`: fixed in the code.
    pub purpose: &'static str,
    /// The id of the row it belongs to; empty if there is none.
    pub owner: &'a str,
}

/// An encrypted text, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

/// What a sealed text can be found by without opening it: the same for equal texts, and meaningless without the secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlindIndex([u8; 32]);

/// Seals, and opens what was sealed with the secret that is there now or, while it takes over, with the one before.
#[derive(Clone)]
pub struct Sealer {
    own: Keys,
    before: Option<Keys>,
}

#[derive(Clone)]
struct Keys {
    cipher: XChaCha20Poly1305,
    index_key: [u8; 32],
}

/// Why something could not be sealed or opened. It says nothing about the text or the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A text over the limit.
    #[error("a text of more than {SEALED_TEXT_BYTES_MAX} bytes is not sealed")]
    TooLong,
    /// It was sealed in a form that this release does not know.
    #[error("the value was sealed by a newer release")]
    UnknownVersion,
    /// It was sealed with another key or for another purpose or owner, or it was changed.
    #[error("the value cannot be opened: it was changed, or sealed with another key or for something else")]
    CannotOpen,
}

impl Sealed {
    /// As it was stored.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for BlindIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for BlindIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BlindIndex(..)")
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.0.len())
    }
}

impl Keys {
    fn of(secret: &ServerSecret) -> Self {
        let cipher = XChaCha20Poly1305::new(&Key::from(secret.derive("sealed values")));
        Self { cipher, index_key: secret.derive("blind indexes") }
    }

    fn index(&self, purpose: &'static str, text: &str) -> BlindIndex {
        let bound = bound(VERSION, SealFor { purpose, owner: "" });
        // A key of any length is a key.
        let mac = <Hmac<Sha256>>::new_from_slice(&self.index_key);
        let mac = mac.map(|mac| mac.chain_update(bound).chain_update(text.as_bytes()));
        BlindIndex(mac.map_or([0; 32], |mac| mac.finalize().into_bytes().into()))
    }

    fn open(&self, what: SealFor<'_>, sealed: &Sealed) -> Result<String, SealError> {
        let (&version, rest) = sealed.0.split_first().ok_or(SealError::CannotOpen)?;
        if version != VERSION {
            return Err(SealError::UnknownVersion);
        }
        if rest.len() < NONCE_BYTES + TAG_BYTES {
            return Err(SealError::CannotOpen);
        }
        let (nonce, hidden) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::CannotOpen)?;
        let bound = bound(version, what);
        let payload = Payload { msg: hidden, aad: &bound };
        let text = self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::CannotOpen)?;
        String::from_utf8(text).map_err(|_| SealError::CannotOpen)
    }
}

impl Sealer {
    /// With the keys that the server's secret, and the one it takes over from, have for this.
    pub fn new(secret: &ServerSecret) -> Self {
        Self { own: Keys::of(secret), before: secret.before().as_ref().map(Keys::of) }
    }

    /// What a text is found by among others of this purpose: HMAC-SHA-256 of both.
    pub fn index(&self, purpose: &'static str, text: &str) -> BlindIndex {
        self.own.index(purpose, text)
    }

    /// All that a text may be found by: by the key that is there now, and by the one before.
    pub fn indexes(&self, purpose: &'static str, text: &str) -> Vec<BlindIndex> {
        let all = std::iter::once(&self.own).chain(&self.before);
        all.map(|keys| keys.index(purpose, text)).collect()
    }

    /// What was sealed with the key before, sealed with the one that is there now. `None`: that is so already.
    ///
    /// # Errors
    /// As [`Sealer::open`].
    pub fn reseal(
        &self,
        what: SealFor<'_>,
        sealed: &Sealed,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Sealed>, SealError> {
        if self.own.open(what, sealed).is_ok() {
            return Ok(None);
        }
        let text = self.open(what, sealed)?;
        self.seal(what, &text, entropy).map(Some)
    }

    /// Encrypts. `entropy` must be the operating system's.
    ///
    /// # Errors
    /// [`SealError::TooLong`].
    pub fn seal(
        &self,
        what: SealFor<'_>,
        text: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SealError> {
        if text.len() > SEALED_TEXT_BYTES_MAX {
            return Err(SealError::TooLong);
        }
        let mut nonce = [0; NONCE_BYTES];
        for part in nonce.chunks_exact_mut(8) {
            part.copy_from_slice(&entropy.next_u64().to_le_bytes());
        }
        let bound = bound(VERSION, what);
        let payload = Payload { msg: text.as_bytes(), aad: &bound };
        let hidden =
            self.own.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::TooLong)?;
        Ok(Sealed([&[VERSION], &nonce[..], &hidden].concat()))
    }

    /// Decrypts.
    ///
    /// # Errors
    /// [`SealError::UnknownVersion`], [`SealError::CannotOpen`].
    pub fn open(&self, what: SealFor<'_>, sealed: &Sealed) -> Result<String, SealError> {
        match (self.own.open(what, sealed), &self.before) {
            (Err(SealError::CannotOpen), Some(before)) => before.open(what, sealed),
            (opened, _) => opened,
        }
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealer(..)")
    }
}

/// The associated data. Lengths stand before texts, so that no two pairs read alike.
fn bound(version: u8, what: SealFor<'_>) -> Vec<u8> {
    let length = |text: &str| (text.len() as u64).to_be_bytes();
    let (purpose, owner) = (what.purpose, what.owner);
    [&[version], &length(purpose)[..], purpose.as_bytes(), &length(owner)[..], owner.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    const WHAT: SealFor<'static> = SealFor { purpose: "spotify refresh token", owner: "ana" };
    const TEXT: &str = "AQDhunter2";

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&ServerSecret::new([byte; 32]))
    }

    fn sealed() -> Sealed {
        sealer(1).seal(WHAT, TEXT, &mut SeededEntropy::from_seed(1)).unwrap()
    }

    #[test]
    fn what_was_sealed_is_opened_and_two_seals_of_it_differ() {
        assert_eq!(sealer(1).open(WHAT, &sealed()).as_deref(), Ok(TEXT));
        let mut entropy = SeededEntropy::from_seed(1);
        let [first, second] = [(); 2].map(|()| sealer(1).seal(WHAT, TEXT, &mut entropy).unwrap());
        assert_ne!(first, second);
        let stored = Sealed::from_bytes(second.as_bytes().to_vec());
        assert_eq!(sealer(1).open(WHAT, &stored).as_deref(), Ok(TEXT));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let sealed = sealed();
        for at in 0..sealed.as_bytes().len() {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[at] ^= 1;
            assert!(sealer(1).open(WHAT, &Sealed::from_bytes(bytes)).is_err(), "byte {at}");
        }
        for length in 0..sealed.as_bytes().len() {
            let cut = Sealed::from_bytes(sealed.as_bytes()[..length].to_vec());
            assert!(sealer(1).open(WHAT, &cut).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_value_opens_for_its_purpose_and_owner_alone() {
        for other in [
            SealFor { purpose: "soundcloud refresh token", ..WHAT },
            SealFor { owner: "ben", ..WHAT },
            SealFor { owner: "", ..WHAT },
            // The same letters, cut elsewhere.
            SealFor { purpose: "spotify refresh tokena", owner: "na" },
        ] {
            assert_eq!(sealer(1).open(other, &sealed()), Err(SealError::CannotOpen), "{other:?}");
        }
    }

    #[test]
    fn another_key_opens_nothing() {
        assert_eq!(sealer(2).open(WHAT, &sealed()), Err(SealError::CannotOpen));
    }

    #[test]
    fn while_a_key_takes_over_what_the_one_before_sealed_opens_and_is_sealed_anew_once() {
        let (one, other) = (ServerSecret::new([1; 32]), ServerSecret::new([2; 32]));
        let both = Sealer::new(&other.after(&one));
        let mut entropy = SeededEntropy::from_seed(2);
        assert_eq!(both.open(WHAT, &sealed()).as_deref(), Ok(TEXT));
        let anew = both.reseal(WHAT, &sealed(), &mut entropy).unwrap().expect("it is of the key before");
        assert_eq!(sealer(2).open(WHAT, &anew).as_deref(), Ok(TEXT));
        assert_eq!(sealer(1).open(WHAT, &anew), Err(SealError::CannotOpen));
        assert_eq!(both.reseal(WHAT, &anew, &mut entropy), Ok(None));
        assert_eq!(sealer(2).open(WHAT, &both.seal(WHAT, TEXT, &mut entropy).unwrap()).as_deref(), Ok(TEXT));
        let strange = sealer(3).seal(WHAT, TEXT, &mut entropy).unwrap();
        assert_eq!(both.reseal(WHAT, &strange, &mut entropy), Err(SealError::CannotOpen));
        assert_eq!(both.open(SealFor { owner: "ben", ..WHAT }, &sealed()), Err(SealError::CannotOpen));
        let by = |byte| sealer(byte).index("address", "ana");
        assert_eq!(
            (both.index("address", "ana"), both.indexes("address", "ana")),
            (by(2), vec![by(2), by(1)])
        );
    }

    #[test]
    fn a_form_of_another_release_is_told_apart_from_damage() {
        let mut bytes = sealed().as_bytes().to_vec();
        bytes[0] = 2;
        assert_eq!(sealer(1).open(WHAT, &Sealed::from_bytes(bytes)), Err(SealError::UnknownVersion));
    }

    #[test]
    fn neither_text_nor_key_shows_itself() {
        let sealed = sealed();
        let shown = format!("{sealed:?} {:?} {}", sealer(1), SealError::CannotOpen);
        assert!(!shown.contains(TEXT) && !shown.contains("hunter"), "{shown}");
        let holds = sealed.as_bytes().windows(6).any(|part| part == b"hunter");
        assert!(!holds, "the text stands in what is stored");
    }

    #[test]
    fn a_text_over_the_limit_is_refused() {
        let long = "x".repeat(SEALED_TEXT_BYTES_MAX + 1);
        let refused = sealer(1).seal(WHAT, &long, &mut SeededEntropy::from_seed(1));
        assert_eq!(refused, Err(SealError::TooLong));
        assert!(sealer(1).seal(WHAT, &long[1..], &mut SeededEntropy::from_seed(1)).is_ok());
    }
}
