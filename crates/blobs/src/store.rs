//! The store itself: its folder, the sweep of what a crash left behind, and removal.

use crate::buffer::BufferPool;
use crate::reader::BlobReader;
use crate::writer::BlobWriter;
use crate::{BlobError, BlobKey};
use model::BlobHash;
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Where bytes are before they have a name.
const INCOMING: &str = "incoming";

/// A temporary file that nobody holds is swept only when it is this old: between its creation and its lock, another
/// process must not take it for a leftover.
const LEFTOVER_AGE: Duration = Duration::from_secs(60);

/// A folder of blobs. Cheap to clone; several processes may share one folder.
#[derive(Clone)]
pub struct Blobs {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    next_temporary: AtomicU64,
    buffers: BufferPool,
}

/// A blob that is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub key: BlobKey,
    /// The SHA-256 of the bytes that were written.
    pub hash: BlobHash,
    /// How many bytes were written.
    pub bytes: u64,
    /// It was there already, and was left as it was.
    pub existed: bool,
}

impl Blobs {
    /// Opens the store in an existing folder, checks that it can be written to, and removes what a crash left.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::ReadOnly`], [`BlobError::Full`], each with the path.
    pub async fn open(folder: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let folder = folder.into();
        blocking(folder.clone(), move || {
            if !folder.is_dir() {
                return Err(BlobError::Missing { path: folder });
            }
            let shared = Shared { folder, next_temporary: AtomicU64::new(0), buffers: BufferPool::default() };
            let blobs = Self { shared: Arc::new(shared) };
            let incoming = blobs.shared.folder.join(INCOMING);
            create_folder(&incoming)?;
            let mut probe = blobs.temporary()?;
            io::Write::write_all(&mut probe.file, b"rookery")
                .and_then(|()| probe.file.sync_data())
                .map_err(|error| BlobError::from_io("write", &probe.path, error))?;
            sweep(&incoming, &probe)?;
            Ok(blobs)
        })
        .await
    }

    /// A writer for new bytes, of which there may be `bytes_max`.
    ///
    /// # Errors
    /// As [`Blobs::open`].
    pub async fn writer(&self, bytes_max: u64) -> Result<BlobWriter, BlobError> {
        let blobs = self.clone();
        let temporary = blocking(self.shared.folder.clone(), move || blobs.temporary()).await?;
        Ok(BlobWriter::new(self.clone(), temporary, bytes_max))
    }

    /// Opens a blob for reading. Does not leave the thread: a name is looked up in memory nearly always.
    ///
    /// # Errors
    /// [`BlobError::NotFound`].
    pub fn reader(&self, key: BlobKey) -> Result<BlobReader, BlobError> {
        BlobReader::open(self.path(key), key, self.shared.buffers.clone())
    }

    /// Whether the blob is there.
    pub fn contains(&self, key: BlobKey) -> bool {
        self.path(key).is_file()
    }

    /// Where the blob is or would be, for a process that is handed files by path.
    pub fn path(&self, key: BlobKey) -> PathBuf {
        self.shared.folder.join(key.relative_path())
    }

    /// Removes a blob; says whether it was there. Readers that have it open keep it.
    ///
    /// # Errors
    /// If the folder cannot be written to.
    pub async fn remove(&self, key: BlobKey) -> Result<bool, BlobError> {
        let path = self.path(key);
        blocking(path.clone(), move || match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(BlobError::from_io("remove", &path, error)),
        })
        .await
    }

    /// The folder, for messages and for a check of free space.
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// A temporary file, locked so that no other process sweeps it.
    pub(crate) fn temporary(&self) -> Result<Temporary, BlobError> {
        loop {
            let number = self.shared.next_temporary.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}-{number}", std::process::id());
            let path = self.shared.folder.join(INCOMING).join(name);
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => {
                    let temporary = Temporary { file, path, placed: false };
                    flock(&temporary.file, FlockOperation::NonBlockingLockExclusive)
                        .map_err(|errno| BlobError::from_io("lock", &temporary.path, errno.into()))?;
                    return Ok(temporary);
                }
                // A process of another container may have had the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(BlobError::from_io("create", &path, error)),
            }
        }
    }

    /// Moves a complete, durable temporary file to its name. Says whether a blob was there already. The folder it
    /// returns still has to be synced.
    pub(crate) fn place(&self, mut temporary: Temporary, key: BlobKey) -> Result<(bool, PathBuf), BlobError> {
        let path = self.path(key);
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        if path.is_file() {
            return Ok((true, folder));
        }
        if let Err(error) = fs::rename(&temporary.path, &path) {
            if error.kind() != io::ErrorKind::NotFound {
                return Err(BlobError::from_io("rename", &path, error));
            }
            create_folder(&folder)?;
            fs::rename(&temporary.path, &path).map_err(|error| BlobError::from_io("rename", &path, error))?;
        }
        temporary.placed = true;
        Ok((false, folder))
    }
}

/// A file without a name of its own yet. Dropping it removes it, unless it was moved away.
pub(crate) struct Temporary {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    placed: bool,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Once placed, the temporary name may belong to another process.
        if !self.placed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Runs file work where it may wait.
pub(crate) async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(BlobError::from_io("work on", &path, io::Error::other(error))))
}

/// Makes the entries of a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), BlobError> {
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(|error| BlobError::from_io("sync", folder, error))
}

/// Creates a folder and makes its own entry durable.
fn create_folder(folder: &Path) -> Result<(), BlobError> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|error| BlobError::from_io("create", folder, error))?;
    folder.ancestors().skip(1).take(2).try_for_each(sync_folder)
}

/// Removes temporary files whose process is gone: nobody holds their lock. The probe tells the file system's time.
fn sweep(incoming: &Path, probe: &Temporary) -> Result<(), BlobError> {
    let error = |error| BlobError::from_io("sweep", incoming, error);
    let now = probe.file.metadata().and_then(|data| data.modified()).map_err(error)?;
    for entry in fs::read_dir(incoming).map_err(error)? {
        let path = entry.map_err(error)?.path();
        // A file that another process has just finished with may be gone by now.
        let Ok(file) = File::open(&path) else { continue };
        let Ok(modified) = file.metadata().and_then(|data| data.modified()) else { continue };
        let old = now.duration_since(modified).is_ok_and(|age| age >= LEFTOVER_AGE);
        if old && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}
