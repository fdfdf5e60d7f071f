//! Releases on the machine that runs them: `releases/ID/`, put there whole or not at all, and never written over.
//!
//! A release is unpacked under a name that is none, each of its files is on disk before it is renamed, and the folder
//! after it. Whatever breaks off leaves at most such a name, which the next one takes away.

use crate::MANIFEST_BYTES_MAX;
use crate::digest::Through;
use crate::error::{Error, Result};
use crate::folder::{COMPONENTS, MANIFEST, PROGRAM, SIGNATURE, open, proven, read, unpack};
use crate::id::ReleaseId;
use crate::key::PublicKeys;
use crate::manifest::Manifest;
use crate::upload::announced;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Where the program is in a placed release.
pub const PROGRAM_PATH: &str = "bin/rookery";

/// How the names of releases begin that are not there yet, or no more.
const LEFTOVER: &str = ".partly-";

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// What came.
    pub manifest: Manifest,
    /// Whether it had been there before.
    pub was_there: bool,
}

/// Takes a release from a stream into the folder of releases.
///
/// # Errors
/// Everything that is wrong with it; then nothing of it is there.
pub fn place(mut from: impl Read, releases: &Path, keys: &PublicKeys) -> Result<Placed> {
    let announced = announced(&mut from, keys)?;
    let id = &announced.manifest.id;
    fs::create_dir_all(releases).map_err(Error::file("make", releases))?;
    let partly = releases.join(format!("{LEFTOVER}{id}"));
    clear(&partly)?;
    let bin = partly.join("bin");
    fs::create_dir_all(&bin).map_err(Error::file("make", &bin))?;
    let program = partly.join(PROGRAM_PATH);
    let filled = fill(&partly, &announced, &mut from, &program);
    if let Err(error) = filled {
        clear(&partly)?;
        return Err(error);
    }
    let folder = releases.join(id.as_str());
    let was_there = folder.exists();
    if was_there {
        // The same bytes, or the id were another; those that are there are looked at, because they will run.
        clear(&partly)?;
        at(releases, id, keys)?;
    } else {
        fs::rename(&partly, &folder).map_err(Error::file("name", &folder))?;
        sync(releases)?;
    }
    Ok(Placed { manifest: announced.manifest, was_there })
}

fn fill(
    partly: &Path,
    announced: &crate::upload::Announced,
    from: &mut impl Read,
    program: &Path,
) -> Result<()> {
    let packed = partly.join(PROGRAM);
    let mut file = create(program, 0o755)?;
    let mut copying = Copying { from, to: create(&packed, 0o644)? };
    unpack(&mut copying, &announced.manifest, &mut file)?;
    copying.to.sync_all().map_err(Error::file("write", &packed))?;
    file.sync_all().map_err(Error::file("write", program))?;
    for (name, bytes) in
        [(SIGNATURE, &announced.signature), (COMPONENTS, &announced.listed), (MANIFEST, &announced.described)]
    {
        let path = partly.join(name);
        let mut file = create(&path, 0o644)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::file("write", &path))?;
    }
    sync(&partly.join("bin"))?;
    sync(partly)
}

/// What is read is kept as it came: from here the release can be sent on.
struct Copying<'a, From> {
    from: &'a mut From,
    to: File,
}

impl<From: Read> Read for Copying<'_, From> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.to.write_all(&into[..read])?;
        Ok(read)
    }
}

fn create(path: &Path, mode: u32) -> Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    file.map_err(Error::file("make", path))
}

/// A folder's names are on disk when the folder is.
fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|it| it.sync_all()).map_err(Error::file("write", folder))
}

/// A placed release, looked at anew: its signature, and the program byte by byte.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Damaged`], and those of its signature.
pub fn at(releases: &Path, id: &ReleaseId, keys: &PublicKeys) -> Result<Manifest> {
    let folder = releases.join(id.as_str());
    if !folder.is_dir() {
        return Err(Error::Unknown { id: id.to_string(), folder: releases.to_owned() });
    }
    let (manifest, _, _) = proven(&folder, keys)?;
    if manifest.id != *id {
        return Err(Error::OtherId { said: id.to_string(), derived: manifest.id.to_string() });
    }
    let program = folder.join(PROGRAM_PATH);
    let mut found = Through::new(open(&program)?);
    io::copy(&mut found, &mut io::sink()).map_err(Error::file("read", &program))?;
    manifest.program.hold("the program", &found.end().0)?;
    Ok(manifest)
}

/// What a placed release says of itself, without a look at its signature and its program: for deciding what is kept for it,
/// never for running it.
///
/// # Errors
/// [`Error::File`], and those of [`Manifest::parse`].
pub fn described(releases: &Path, id: &ReleaseId) -> Result<Manifest> {
    let path = releases.join(id.as_str()).join(MANIFEST);
    Manifest::parse(&read(&path, "the manifest", MANIFEST_BYTES_MAX)?)
}

/// Releases that are there, oldest first.
///
/// # Errors
/// [`Error::File`].
pub fn list(releases: &Path) -> Result<Vec<ReleaseId>> {
    let mut ids: Vec<ReleaseId> = names(releases)?.iter().filter_map(|name| name.parse().ok()).collect();
    ids.sort();
    Ok(ids)
}

/// Takes a release away. Its folder loses its name first: half a release is none.
///
/// # Errors
/// [`Error::Unknown`], [`Error::File`].
pub fn remove(releases: &Path, id: &ReleaseId) -> Result<()> {
    let folder = releases.join(id.as_str());
    if !folder.is_dir() {
        return Err(Error::Unknown { id: id.to_string(), folder: releases.to_owned() });
    }
    let partly = releases.join(format!("{LEFTOVER}{id}"));
    clear(&partly)?;
    fs::rename(&folder, &partly).map_err(Error::file("take away", &folder))?;
    clear(&partly)
}

/// Takes away what broke off. Nobody may be placing a release meanwhile.
///
/// # Errors
/// [`Error::File`].
pub fn remove_leftovers(releases: &Path) -> Result<()> {
    let left: Vec<String> = names(releases)?.into_iter().filter(|name| name.starts_with(LEFTOVER)).collect();
    left.iter().try_for_each(|name| clear(&releases.join(name)))
}

fn names(releases: &Path) -> Result<Vec<String>> {
    match fs::read_dir(releases) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => {
            let entries = entries.map_err(Error::file("read", releases))?;
            Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        }
    }
}

fn clear(folder: &PathBuf) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::file("take away", folder)(error)),
        _ => Ok(()),
    }
}
