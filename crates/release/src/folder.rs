//! A release folder as it lies on disk: signed, and looked at from end to end.

use crate::digest::{Sealed, Through};
use crate::error::{Error, Result};
use crate::key::{PublicKeys, SigningKey};
use crate::manifest::{Manifest, bound};
use crate::{COMPONENTS_BYTES_MAX, MANIFEST_BYTES_MAX, SIGNATURE_BYTES_MAX};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// What the release is.
pub const MANIFEST: &str = "release.json";
/// The manifest's signature, as minisign writes it.
pub const SIGNATURE: &str = "release.json.minisig";
/// The program, compressed with zstd.
pub const PROGRAM: &str = "rookery.zst";
/// What the program is made of, CycloneDX 1.5.
pub const COMPONENTS: &str = "components.cdx.json";
/// The image, an OCI layout.
pub const IMAGE: &str = "image.tar";

/// Compressed programs that would take more memory than this to open are not taken, in bytes as a power of two: 16 MiB.
const WINDOW_LOG_MAX: u32 = 24;

/// Signs a release folder.
///
/// # Errors
/// [`Error::Manifest`] and its like if it is none.
pub fn sign(folder: &Path, key: &SigningKey) -> Result<Manifest> {
    let bytes = read(&folder.join(MANIFEST), "the manifest", MANIFEST_BYTES_MAX)?;
    let manifest = Manifest::parse(&bytes)?;
    let signature = key.sign(&bytes, &format!("{} {}", manifest.facts.name, manifest.id))?;
    let path = folder.join(SIGNATURE);
    fs::write(&path, signature).map_err(Error::file("write", &path))?;
    Ok(manifest)
}

/// Looks at a release folder from end to end: the signature, every part's digest, the program's when it is opened, and that
/// there is nothing else.
///
/// # Errors
/// [`Error::Unsigned`], [`Error::Signature`], [`Error::Damaged`], [`Error::Stray`], those of [`Manifest::parse`].
pub fn verify(folder: &Path, keys: &PublicKeys) -> Result<Manifest> {
    let (manifest, _, _) = proven(folder, keys)?;
    stray(folder, &manifest)?;
    let listed = read(&folder.join(COMPONENTS), "the list of components", COMPONENTS_BYTES_MAX)?;
    manifest.components.hold("the list of components", &Sealed::of(&listed))?;
    let packed = open(&folder.join(PROGRAM))?;
    unpack(packed, &manifest, io::sink())?;
    if let Some(image) = &manifest.image {
        let mut found = Through::new(open(&folder.join(IMAGE))?.take(image.bytes + 1));
        io::copy(&mut found, &mut io::sink()).map_err(Error::file("read", &folder.join(IMAGE)))?;
        image.hold("the image", &found.end().0)?;
    }
    Ok(manifest)
}

/// The manifest of a folder, with the bytes that say it and the signature that proves it.
///
/// # Errors
/// As [`verify`], for these two alone.
pub(crate) fn proven(folder: &Path, keys: &PublicKeys) -> Result<(Manifest, Vec<u8>, Vec<u8>)> {
    let bytes = read(&folder.join(MANIFEST), "the manifest", MANIFEST_BYTES_MAX)?;
    let path = folder.join(SIGNATURE);
    if !path.exists() {
        return Err(Error::Unsigned);
    }
    let signature = read(&path, "the signature", SIGNATURE_BYTES_MAX)?;
    // What nobody signed is not even read.
    keys.verify(&bytes, &signature)?;
    Ok((Manifest::parse(&bytes)?, bytes, signature))
}

/// Opens the compressed program from a stream, which must hold it and nothing more, and writes it where it belongs.
///
/// # Errors
/// [`Error::Damaged`] if one of the digests is another.
pub(crate) fn unpack(packed: impl Read, manifest: &Manifest, into: impl Write) -> Result<()> {
    let damaged =
        |error: io::Error| Error::Damaged { what: "the compressed program", detail: error.to_string() };
    let mut packed = Through::new(packed.take(manifest.upload.bytes));
    let mut found = Through::new(into);
    {
        let mut opened = zstd::stream::read::Decoder::new(&mut packed).map_err(damaged)?.single_frame();
        opened.window_log_max(WINDOW_LOG_MAX).map_err(damaged)?;
        // One more than there may be: that is noticed, and costs no disk.
        io::copy(&mut opened.by_ref().take(manifest.program.bytes + 1), &mut found).map_err(damaged)?;
    }
    io::copy(&mut packed, &mut io::sink()).map_err(damaged)?;
    let (packed, rest) = packed.end();
    manifest.upload.hold("the compressed program", &packed)?;
    let mut rest = rest.into_inner();
    let mut one = [0];
    if rest.read(&mut one).map_err(damaged)? > 0 {
        return Err(Error::Damaged {
            what: "the compressed program",
            detail: "something follows it".to_owned(),
        });
    }
    let (found, mut into) = found.end();
    into.flush().map_err(damaged)?;
    manifest.program.hold("the program", &found)
}

/// Refuses a folder with something that is no part of its release.
fn stray(folder: &Path, manifest: &Manifest) -> Result<()> {
    let parts = [MANIFEST, SIGNATURE, PROGRAM, COMPONENTS];
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let entry = entry.map_err(Error::file("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let is_part = parts.contains(&name.as_str()) || (name == IMAGE && manifest.image.is_some());
        if !is_file || !is_part {
            return Err(Error::Stray { folder: folder.to_owned(), name });
        }
    }
    Ok(())
}

pub(crate) fn open(path: &Path) -> Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).map_err(Error::file("open", path))?))
}

/// A file that is no longer than it may be.
pub(crate) fn read(path: &Path, what: &'static str, bytes_max: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(bytes_max + 1).read_to_end(&mut bytes).map_err(Error::file("read", path))?;
    bound(what, bytes.len() as u64, bytes_max)?;
    Ok(bytes)
}
