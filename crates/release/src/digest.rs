//! SHA-256, as it stands in manifests: 64 hexadecimal digits, small letters.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::io::{self, Read, Write};

/// The digest of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let invalid = || format!("`{text}` is no SHA-256: 64 hexadecimal digits, small letters");
        let digit = |letter: u8| match letter {
            b'0'..=b'9' => Some(letter - b'0'),
            b'a'..=b'f' => Some(letter - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(invalid());
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte =
                digit(pair[0]).zip(digit(pair[1])).map(|(high, low)| high << 4 | low).ok_or_else(invalid)?;
        }
        Ok(Self(bytes))
    }
}

/// A part of a release as the manifest names it: which bytes, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Of all its bytes.
    pub sha256: Digest,
    /// How many there are.
    pub bytes: u64,
}

impl Sealed {
    /// These bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: Digest::of(bytes), bytes: bytes.len() as u64 }
    }

    /// Refuses other bytes than these.
    pub(crate) fn hold(&self, what: &'static str, found: &Self) -> Result<()> {
        if self == found {
            return Ok(());
        }
        let detail =
            format!("{} bytes, {}; signed were {}, {}", found.bytes, found.sha256, self.bytes, self.sha256);
        Err(Error::Damaged { what, detail })
    }
}

/// Counts and digests what goes through, to or from somewhere else.
pub(crate) struct Through<Inner> {
    inner: Inner,
    state: Sha256,
    bytes: u64,
}

impl<Inner> Through<Inner> {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner, state: Sha256::new(), bytes: 0 }
    }

    /// What went through, and where it came from or went.
    pub(crate) fn end(self) -> (Sealed, Inner) {
        (Sealed { sha256: Digest(self.state.finalize().into()), bytes: self.bytes }, self.inner)
    }

    fn saw(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<Inner: Read> Read for Through<Inner> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.saw(&into[..read]);
        Ok(read)
    }
}

impl<Inner: Write> Write for Through<Inner> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.saw(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written_and_in_no_other_way() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        assert_eq!(Digest::of(b"abc").to_string(), text);
        assert_eq!(Digest::try_from(text.clone()), Ok(Digest::of(b"abc")));
        for other in [text.to_uppercase(), text[1..].to_owned(), format!("{text}0"), text.replace('b', "g")] {
            assert!(Digest::try_from(other.clone()).unwrap_err().contains("no SHA-256"), "{other}");
        }
    }

    #[test]
    fn what_goes_through_is_counted_whichever_way_it_goes() {
        let mut from = Through::new(&b"some bytes"[..]);
        let mut to = Through::new(Vec::new());
        io::copy(&mut from, &mut to).unwrap();
        let ((read, _), (written, copy)) = (from.end(), to.end());
        assert_eq!((read, written), (Sealed::of(b"some bytes"), Sealed::of(&copy)));
    }
}
