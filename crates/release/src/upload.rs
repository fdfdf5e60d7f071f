//! A release as one stream: what it is, its signature, what it is made of, and the compressed program.
//!
//! A word that says what comes, two lengths of four bytes (big-endian), and the four parts, behind each other, of which
//! the last two are as long as the manifest says. The stream ends there. There are no names in it: nothing it says
//! decides where a byte is written.

use crate::digest::Sealed;
use crate::error::{Error, Result};
use crate::folder::{COMPONENTS, PROGRAM, open, proven, read, unpack};
use crate::key::PublicKeys;
use crate::manifest::{Manifest, bound};
use crate::{COMPONENTS_BYTES_MAX, MANIFEST_BYTES_MAX, SIGNATURE_BYTES_MAX};
use std::io::{self, Read, Write};
use std::path::Path;

/// How a stream begins.
const WORD: &[u8; 18] = b"rookery release 1\n";

/// Sends a release folder, which is looked at first as far as it is sent; the number of bytes.
///
/// # Errors
/// Those of [`crate::verify`], and [`Error::Stream`].
pub fn send(folder: &Path, keys: &PublicKeys, mut to: impl Write) -> Result<u64> {
    let (manifest, described, signature) = proven(folder, keys)?;
    let listed = read(&folder.join(COMPONENTS), "the list of components", COMPONENTS_BYTES_MAX)?;
    manifest.components.hold("the list of components", &Sealed::of(&listed))?;
    unpack(open(&folder.join(PROGRAM))?, &manifest, io::sink())?;
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    let head =
        [&WORD[..], &length(&described), &length(&signature), &described, &signature, &listed].concat();
    to.write_all(&head).map_err(Error::Stream)?;
    let sent = io::copy(&mut open(&folder.join(PROGRAM))?, &mut to).map_err(Error::Stream)?;
    to.flush().map_err(Error::Stream)?;
    Ok(head.len() as u64 + sent)
}

/// What stands before the program in a stream.
pub(crate) struct Announced {
    pub(crate) manifest: Manifest,
    pub(crate) described: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) listed: Vec<u8>,
}

/// Reads up to the program. What nobody signed is not read further.
///
/// # Errors
/// [`Error::NoUpload`], [`Error::Signature`], [`Error::Damaged`], [`Error::TooLarge`], [`Error::Stream`].
pub(crate) fn announced(from: &mut impl Read, keys: &PublicKeys) -> Result<Announced> {
    let mut word = [0; WORD.len()];
    from.read_exact(&mut word).map_err(Error::Stream)?;
    if &word != WORD {
        return Err(Error::NoUpload("it begins with something else"));
    }
    let mut length = || {
        let mut bytes = [0; 4];
        from.read_exact(&mut bytes).map(|()| u64::from(u32::from_be_bytes(bytes))).map_err(Error::Stream)
    };
    let (described, signature) = (length()?, length()?);
    bound("the manifest", described, MANIFEST_BYTES_MAX)?;
    bound("the signature", signature, SIGNATURE_BYTES_MAX)?;
    let mut part = |bytes: u64| {
        let mut part = Vec::new();
        let read = from.by_ref().take(bytes).read_to_end(&mut part).map_err(Error::Stream)?;
        if read as u64 == bytes { Ok(part) } else { Err(Error::Stream(io::ErrorKind::UnexpectedEof.into())) }
    };
    let (described, signature) = (part(described)?, part(signature)?);
    keys.verify(&described, &signature)?;
    let manifest = Manifest::parse(&described)?;
    let listed = part(manifest.components.bytes)?;
    manifest.components.hold("the list of components", &Sealed::of(&listed))?;
    Ok(Announced { manifest, described, signature, listed })
}
