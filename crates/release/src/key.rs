//! Keys and signatures in the format of minisign: Ed25519 over a BLAKE2b digest, so that other tools verify them too.

use crate::SIGNATURE_BYTES_MAX;
use crate::error::{Error, Result};
use crate::manifest::bound;
use minisign::{PublicKey, SecretKey, SecretKeyBox, SignatureBox};
use std::io::Cursor;

/// Public keys that a machine may trust at once: the one in use, the next, and some to spare.
const KEYS_MAX: usize = 8;
/// Base64 of a signature with its algorithm and key's number, and of a signature alone.
const SIGNATURE_CHARS: [usize; 2] = [100, 88];
const COMMENT: &str = "untrusted comment:";

/// A pair as it is written to files.
pub struct KeyPair {
    /// What signs. Whoever has it decides what runs.
    pub signing: String,
    /// What verifies.
    pub public: String,
}

impl KeyPair {
    /// A pair that nobody else has. The key that signs is not encrypted: programs use it.
    ///
    /// # Errors
    /// [`Error::Key`] if the system gives no randomness.
    pub fn generate() -> Result<Self> {
        let failed = |error: minisign::PError| Error::Key {
            place: "a new pair".to_owned(),
            detail: error.to_string(),
        };
        let pair = minisign::KeyPair::generate_unencrypted_keypair().map_err(failed)?;
        let signing = pair.sk.to_box(Some("signs releases of rookery: keep it secret")).map_err(failed)?;
        let public = pair.pk.to_box().map_err(failed)?;
        Ok(Self { signing: signing.into_string(), public: public.into_string() })
    }
}

/// What signs releases.
pub struct SigningKey(SecretKey);

impl SigningKey {
    /// Reads a file of minisign's; with its password, if it has one.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn parse(place: &str, text: &str, password: Option<&str>) -> Result<Self> {
        let failed = |detail: String| Error::Key { place: place.to_owned(), detail };
        let boxed = SecretKeyBox::from_string(text).map_err(|error| failed(error.to_string()))?;
        let key = match password {
            Some(password) => boxed.into_secret_key(Some(password.to_owned())),
            None => boxed.into_unencrypted_secret_key(),
        };
        Ok(Self(key.map_err(|error| failed(error.to_string()))?))
    }

    /// Signs. `comment` is signed too: one line.
    ///
    /// # Errors
    /// [`Error::Signature`] if the system gives no randomness.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> Result<String> {
        let signed =
            minisign::sign(None, &self.0, Cursor::new(bytes), Some(comment), Some("release of rookery"));
        Ok(signed.map_err(|error| Error::Signature(error.to_string()))?.into_string())
    }
}

/// The keys whose releases are taken.
pub struct PublicKeys(Vec<PublicKey>);

impl PublicKeys {
    /// Reads one or several, one below the other, as minisign writes them; comments may be left out.
    ///
    /// # Errors
    /// [`Error::Key`] if there is none, or something else.
    pub fn parse(place: &str, text: &str) -> Result<Self> {
        let failed = |detail: String| Error::Key { place: place.to_owned(), detail };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(COMMENT));
        let keys = lines.map(PublicKey::from_base64).collect::<Result<Vec<_>, _>>();
        let keys = keys.map_err(|error| failed(error.to_string()))?;
        match keys.len() {
            0 => Err(failed("it is empty".to_owned())),
            1..=KEYS_MAX => Ok(Self(keys)),
            more => Err(failed(format!("it has {more} keys; at most {KEYS_MAX} are trusted"))),
        }
    }

    /// Refuses bytes that none of the keys has signed.
    ///
    /// # Errors
    /// [`Error::Signature`].
    pub fn verify(&self, bytes: &[u8], signature: &[u8]) -> Result<()> {
        let refuse = |detail: &str| Error::Signature(detail.to_owned());
        bound("the signature", signature.len() as u64, SIGNATURE_BYTES_MAX)?;
        let text = std::str::from_utf8(signature).map_err(|_| refuse("it is no text"))?;
        let lines: Vec<&str> = text.lines().collect();
        let [_, signed, _, all] = lines[..] else { return Err(refuse("it has not four lines")) };
        let are_whole = signed.ends_with('=') && all.ends_with("==");
        if [signed.len(), all.len()] != SIGNATURE_CHARS || !are_whole {
            return Err(refuse("its lines have the wrong length"));
        }
        let signature = SignatureBox::from_string(text).map_err(|error| refuse(&error.to_string()))?;
        // One signature has one spelling.
        if signature.to_string().trim_end() != text.trim_end() {
            return Err(refuse("it is not written as minisign writes it"));
        }
        let key = self.0.iter().find(|key| key.keynum() == signature.keynum());
        let key = key.ok_or_else(|| refuse("it was made with a key that is not trusted here"))?;
        let verified = minisign::verify(key, &signature, Cursor::new(bytes), true, false, false);
        verified.map_err(|error| refuse(&error.to_string()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn pair() -> (SigningKey, PublicKeys) {
        let pair = KeyPair::generate().unwrap();
        let signing = SigningKey::parse("test", &pair.signing, None).unwrap();
        (signing, PublicKeys::parse("test", &pair.public).unwrap())
    }

    #[test]
    fn what_was_signed_is_verified_here_and_by_other_code() {
        let pair = KeyPair::generate().unwrap();
        let signature =
            SigningKey::parse("test", &pair.signing, None).unwrap().sign(b"bytes", "of 0.1.0").unwrap();
        PublicKeys::parse("test", &pair.public).unwrap().verify(b"bytes", signature.as_bytes()).unwrap();
        let other = minisign_verify::PublicKey::decode(&pair.public).unwrap();
        let decoded = minisign_verify::Signature::decode(&signature).unwrap();
        other.verify(b"bytes", &decoded, false).unwrap();
        assert_eq!(decoded.trusted_comment(), "of 0.1.0");
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let (signing, public) = pair();
        let signature = signing.sign(b"bytes", "of 0.1.0").unwrap();
        for at in 0..5 {
            let mut bytes = *b"bytes";
            bytes[at] ^= 1;
            assert!(public.verify(&bytes, signature.as_bytes()).is_err(), "byte {at}");
        }
        let comment = signature.lines().next().unwrap().len() + 1;
        for at in comment..signature.trim_end().len() {
            let mut bytes = signature.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert!(public.verify(b"bytes", &bytes).is_err(), "letter {at} of {signature}");
        }
    }

    #[test]
    fn only_trusted_keys_count_and_several_may_be_trusted_at_once() {
        let (old, next, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap(), pair().0);
        let both = PublicKeys::parse("test", &format!("{}\n{}", old.public, next.public)).unwrap();
        for pair in [&old, &next] {
            let signature =
                SigningKey::parse("test", &pair.signing, None).unwrap().sign(b"bytes", "x").unwrap();
            both.verify(b"bytes", signature.as_bytes()).unwrap();
        }
        let refused = both.verify(b"bytes", other.sign(b"bytes", "x").unwrap().as_bytes()).unwrap_err();
        assert!(refused.to_string().contains("not trusted here"), "{refused}");
    }

    #[test]
    fn what_is_no_key_and_no_signature_is_refused() {
        assert!(PublicKeys::parse("test", "untrusted comment: nothing\n").is_err());
        assert!(PublicKeys::parse("test", "not a key").is_err());
        let many = (0..=KEYS_MAX).map(|_| KeyPair::generate().unwrap().public).collect::<String>();
        assert!(PublicKeys::parse("test", &many).is_err());
        let (signing, public) = pair();
        let good = signing.sign(b"bytes", "x").unwrap();
        assert!(SigningKey::parse("test", &good, None).is_err());
        for bad in
            ["", "\n\n\n\n", &format!("{good}{good}"), &format!("{good}more\n"), &good.replace('\n', "")]
        {
            assert!(public.verify(b"bytes", bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert!(matches!(public.verify(b"bytes", &[b'a'; 2000]), Err(Error::TooLarge { .. })));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_refused_as_a_signature_and_never_crashes(text in "(untrusted comment: [a-z]*\n)?[A-Za-z0-9+/=]{0,110}\n(trusted comment: )?[a-z]{0,9}\n[A-Za-z0-9+/=]{0,100}\n?") {
            proptest::prop_assert!(pair().1.verify(b"bytes", text.as_bytes()).is_err());
        }
    }
}
