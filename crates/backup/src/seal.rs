//! Sealing: compressed with zstd, then encrypted with age (<https://age-encryption.org/v1>) to recipients. Whoever keeps
//! the backups, or steals them, can read nothing of them, and what was changed does not open.
//!
//! Deliberately not here: where keys come from; the binary reads their files.

use crate::error::{Error, Result};
use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use std::io::{Read as _, Write as _};

/// How hard is compressed: beyond this it costs more time than it saves room.
const LEVEL: i32 = 3;

/// The keys of backups: to which they are sealed, and which open them here.
#[derive(Clone)]
pub struct Keys {
    recipients: Vec<Recipient>,
    identities: Vec<Identity>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = (self.recipients.len(), self.identities.len());
        formatter.debug_tuple("Keys").field(&counts).finish()
    }
}

impl Keys {
    /// Reads recipients (`age1…`) and the texts of key files, as `age-keygen` writes them, each with the place to name in
    /// an error. Backups are sealed to the recipients and to whoever has one of the files.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn read(recipients: &[String], files: &[(String, String)]) -> Result<Self> {
        let mut keys = Self { recipients: Vec::new(), identities: Vec::new() };
        for text in recipients {
            let recipient = text.trim().parse();
            let bad = |detail: &str| Error::Key { place: text.clone(), detail: detail.to_owned() };
            keys.recipients.push(recipient.map_err(bad)?);
        }
        for (place, text) in files {
            let bad = |detail: &str| Error::Key { place: place.clone(), detail: detail.to_owned() };
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            let before = keys.identities.len();
            for line in lines {
                keys.identities.push(line.parse().map_err(bad)?);
            }
            if keys.identities.len() == before {
                return Err(bad("no key stands in it"));
            }
        }
        keys.recipients.extend(keys.identities.iter().map(Identity::to_public));
        keys.recipients.sort_by_key(ToString::to_string);
        keys.recipients.dedup_by_key(|recipient| recipient.to_string());
        if keys.recipients.is_empty() {
            return Err(Error::Key { place: "the settings".to_owned(), detail: "there is none".to_owned() });
        }
        Ok(keys)
    }

    /// A new key: the text of its file, and the recipient it opens for.
    #[must_use]
    pub fn generate() -> (String, String) {
        let identity = Identity::generate();
        let recipient = identity.to_public().to_string();
        (format!("# {recipient}\n{}\n", identity.to_string().expose_secret()), recipient)
    }

    /// To whom is sealed, in order.
    pub fn recipients(&self) -> impl Iterator<Item = String> + '_ {
        self.recipients.iter().map(ToString::to_string)
    }

    /// Whether what is sealed can be opened here, which checking needs.
    #[must_use]
    pub fn can_open(&self) -> bool {
        !self.identities.is_empty()
    }

    /// Seals.
    ///
    /// # Errors
    /// None is known; the libraries may report one.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>> {
        let bad = |error: &dyn std::fmt::Display| Error::damaged("a backup being sealed", error);
        let packed = zstd::bulk::compress(plain, LEVEL).map_err(|error| bad(&error))?;
        let recipients = self.recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(|error| bad(&error))?;
        let mut sealed = Vec::with_capacity(packed.len() + 512);
        let mut writer = encryptor.wrap_output(&mut sealed).map_err(|error| bad(&error))?;
        writer.write_all(&packed).map_err(|error| bad(&error))?;
        writer.finish().map_err(|error| bad(&error))?;
        Ok(sealed)
    }

    /// Opens what was sealed, if it has no more than `bytes_max` bytes.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::Damaged`].
    pub fn open(&self, what: &str, sealed: &[u8], bytes_max: usize) -> Result<Vec<u8>> {
        let damaged = |error: &dyn std::fmt::Display| Error::damaged(what, error);
        let decryptor = age::Decryptor::new(sealed).map_err(|error| damaged(&error))?;
        let identities = self.identities.iter().map(|identity| identity as &dyn age::Identity);
        let mut reader = decryptor.decrypt(identities).map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => Error::WrongKey { what: what.to_owned() },
            error => damaged(&error),
        })?;
        let mut packed = Vec::with_capacity(sealed.len());
        reader.read_to_end(&mut packed).map_err(|error| damaged(&error))?;
        let unpacked = zstd::stream::Decoder::new(packed.as_slice()).map_err(|error| damaged(&error))?;
        let mut plain = Vec::new();
        let read = unpacked.take(bytes_max as u64 + 1).read_to_end(&mut plain);
        read.map_err(|error| damaged(&error))?;
        if plain.len() > bytes_max {
            return Err(damaged(&"it is larger than anything of its kind"));
        }
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        let (file, _) = Keys::generate();
        Keys::read(&[], &[("a test".into(), file)]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_and_no_other() {
        let (one, other) = (keys(), keys());
        let plain = vec![7; 100_000];
        let sealed = one.seal(&plain).unwrap();
        assert!(sealed.len() < 2_000);
        assert_eq!(one.open("x", &sealed, 100_000).unwrap(), plain);
        assert!(matches!(other.open("x", &sealed, 100_000), Err(Error::WrongKey { .. })));
        assert!(matches!(one.open("x", &sealed, 99_999), Err(Error::Damaged { .. })));
    }

    #[test]
    fn every_recipient_can_open() {
        let (file, recipient) = Keys::generate();
        let (own, _) = Keys::generate();
        let writer = Keys::read(&[recipient], &[("own".into(), own)]).unwrap();
        let operator = Keys::read(&[], &[("operator".into(), file)]).unwrap();
        assert_eq!(operator.open("x", &writer.seal(b"song").unwrap(), 10).unwrap(), b"song");
        assert_eq!(writer.recipients().count(), 2);
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let keys = keys();
        let sealed = keys.seal(b"nothing but the truth").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keys.open("x", &changed, 100).is_err(), "byte {at}");
        }
        assert!(keys.open("x", &sealed[..sealed.len() - 1], 100).is_err());
        assert!(keys.open("x", b"", 100).is_err());
    }

    #[test]
    fn what_is_no_key_is_refused_by_its_place() {
        let error = Keys::read(&["age1nonsense".into()], &[]).unwrap_err().to_string();
        assert!(error.contains("age1nonsense"), "{error}");
        assert!(Keys::read(&[], &[]).is_err());
        let error = Keys::read(&[], &[("/etc/k".into(), "# nothing\n".into())]).unwrap_err().to_string();
        assert!(error.contains("/etc/k"), "{error}");
    }
}
