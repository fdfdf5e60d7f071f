//! Taking files that are already on this machine. The source is opened so that neither a symbolic link nor a pipe nor
//! a device can fool us, copied inside the kernel where possible, and hashed from the copy, so that a source that
//! changes meanwhile cannot get a name that is not its own.

use crate::store::{Blobs, Stored, Temporary, blocking, sync_folder};
use crate::{BlobError, BlobKey};
use model::BlobHash;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, copy_file_range, open, openat2, syncfs};
use rustix::io::Errno;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

const COPY_BYTES: usize = 256 * 1024;

/// A file to import.
#[derive(Clone, Debug)]
pub enum ImportSource {
    /// This file. Its folders may be symbolic links; itself it may not.
    File(PathBuf),
    /// A file below a folder: no component below the folder may be a symbolic link or lead outside.
    Beneath {
        /// The folder.
        root: PathBuf,
        /// The path from there.
        relative: PathBuf,
    },
}

impl Blobs {
    /// Imports one file as an original, durable when it returns. At most `bytes_max` bytes.
    ///
    /// # Errors
    /// [`BlobError::NotRegular`], [`BlobError::TooLarge`], [`BlobError::Full`] and what the disk reports.
    pub async fn import_file(&self, source: ImportSource, bytes_max: u64) -> Result<Stored, BlobError> {
        let mut stored = self.import_files(vec![source], bytes_max).await?;
        stored.pop().unwrap_or(Err(BlobError::Closed))
    }

    /// Imports many files; those that fail do not hinder the others. Many files are made durable by two flushes of
    /// the file system instead of two for each file, so batches of some hundred are much faster than single files.
    ///
    /// # Errors
    /// If the file system cannot be flushed; then none of the batch counts as stored.
    pub async fn import_files(
        &self,
        sources: Vec<ImportSource>,
        bytes_max: u64,
    ) -> Result<Vec<Result<Stored, BlobError>>, BlobError> {
        let blobs = self.clone();
        blocking(self.folder().to_owned(), move || blobs.import_now(&sources, bytes_max)).await
    }

    fn import_now(
        &self,
        sources: &[ImportSource],
        bytes_max: u64,
    ) -> Result<Vec<Result<Stored, BlobError>>, BlobError> {
        let copies: Vec<_> = sources.iter().map(|source| self.copy(source, bytes_max)).collect();
        let single = copies.len() == 1;
        if single {
            for copy in copies.iter().flatten() {
                let path = &copy.temporary.path;
                copy.temporary.file.sync_all().map_err(|error| BlobError::from_io("sync", path, error))?;
            }
        } else {
            self.flush()?;
        }
        let mut folders = BTreeSet::new();
        let mut stored = Vec::with_capacity(copies.len());
        for copy in copies {
            stored.push(copy.and_then(|Copy { temporary, hash, bytes }| {
                let key = BlobKey::Original(hash);
                let (existed, folder) = self.place(temporary, key)?;
                folders.insert(folder);
                Ok(Stored { key, hash, bytes, existed })
            }));
        }
        if single {
            folders.iter().try_for_each(|folder| sync_folder(folder))?;
        } else {
            self.flush()?;
        }
        Ok(stored)
    }

    fn flush(&self) -> Result<(), BlobError> {
        let error = |error| BlobError::from_io("flush", self.folder(), error);
        let folder = File::open(self.folder()).map_err(error)?;
        syncfs(folder).map_err(|errno| error(errno.into()))
    }

    fn copy(&self, source: &ImportSource, bytes_max: u64) -> Result<Copy, BlobError> {
        let (file, path) = open_regular(source)?;
        let stat = file.metadata().map_err(|error| BlobError::from_io("stat", path, error))?;
        if stat.len() > bytes_max {
            return Err(BlobError::TooLarge { bytes_max });
        }
        let mut temporary = self.temporary()?;
        let mut hasher = Sha256::new();
        let bytes = if stat.len() > COPY_BYTES as u64 && clone_range(&file, &temporary, bytes_max)? {
            let read = |error| BlobError::from_io("read", &temporary.path, error);
            let mut copied = &temporary.file;
            copied.rewind().map_err(read)?;
            let mut buffer = vec![0; COPY_BYTES];
            let mut bytes = 0;
            loop {
                let count = copied.read(&mut buffer).map_err(read)?;
                if count == 0 {
                    break bytes;
                }
                hasher.update(&buffer[..count]);
                bytes += count as u64;
            }
        } else {
            copy_through(&file, path, &mut temporary, &mut hasher, bytes_max)?
        };
        Ok(Copy { temporary, hash: BlobHash::from_bytes(hasher.finalize().into()), bytes })
    }
}

struct Copy {
    temporary: Temporary,
    hash: BlobHash,
    bytes: u64,
}

/// Opens without following, without waiting for a pipe's writer, and only what is a regular file.
fn open_regular(source: &ImportSource) -> Result<(File, &Path), BlobError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let (opened, path) = match source {
        ImportSource::File(path) => (open(path, flags, Mode::empty()), path),
        ImportSource::Beneath { root, relative } => {
            let folder_flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
            let opened = rustix::fs::openat(CWD, root, folder_flags, Mode::empty())
                .and_then(|folder| openat2(folder, relative, flags, Mode::empty(), resolve));
            (opened, relative)
        }
    };
    let file = File::from(opened.map_err(|errno| match errno {
        // A link, a way out, a socket or a device without a driver.
        Errno::LOOP | Errno::XDEV | Errno::NXIO => BlobError::NotRegular { path: path.clone() },
        _ => BlobError::Io { action: "open", path: path.clone(), source: errno.into() },
    })?);
    let stat = file.metadata().map_err(|error| BlobError::from_io("stat", path, error))?;
    if stat.is_file() { Ok((file, path)) } else { Err(BlobError::NotRegular { path: path.clone() }) }
}

/// Copies inside the kernel, sharing blocks where the file system can. False if it cannot copy at all.
fn clone_range(source: &File, temporary: &Temporary, bytes_max: u64) -> Result<bool, BlobError> {
    let mut copied = 0;
    loop {
        match copy_file_range(source, None, &temporary.file, None, 64 << 20) {
            Ok(0) => return Ok(copied > 0),
            Ok(count) => copied += count as u64,
            Err(Errno::INTR) => {}
            Err(Errno::XDEV | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if copied == 0 => {
                return Ok(false);
            }
            Err(errno) => return Err(BlobError::from_io("copy to", &temporary.path, errno.into())),
        }
        if copied > bytes_max {
            return Err(BlobError::TooLarge { bytes_max });
        }
    }
}

fn copy_through(
    mut source: &File,
    path: &Path,
    temporary: &mut Temporary,
    hasher: &mut Sha256,
    bytes_max: u64,
) -> Result<u64, BlobError> {
    let mut buffer = vec![0; COPY_BYTES];
    let mut bytes = 0;
    loop {
        let count = source.read(&mut buffer).map_err(|error| BlobError::from_io("read", path, error))?;
        if count == 0 {
            return Ok(bytes);
        }
        bytes += count as u64;
        if bytes > bytes_max {
            return Err(BlobError::TooLarge { bytes_max });
        }
        hasher.update(&buffer[..count]);
        temporary
            .file
            .write_all(&buffer[..count])
            .map_err(|error| BlobError::from_io("write", &temporary.path, error))?;
    }
}
