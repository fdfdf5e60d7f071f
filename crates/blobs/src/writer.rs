//! Storing bytes as they arrive: hashed while they are written, limited, and visible only when they are complete.

use crate::store::{Blobs, Stored, Temporary, blocking, sync_folder};
use crate::{BlobError, BlobKey};
use bytes::Bytes;
use model::BlobHash;
use sha2::{Digest, Sha256};
use std::io::Write;

/// Chunks are gathered up to this many bytes before they are hashed and written off the thread.
const GATHER_BYTES: usize = 256 * 1024;

/// Bytes on their way into the store. Dropping it leaves nothing behind.
pub struct BlobWriter {
    blobs: Blobs,
    /// Absent while a write is under way, and for ever if that write was cancelled or failed.
    open: Option<Open>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    bytes: u64,
    bytes_max: u64,
}

struct Open {
    temporary: Temporary,
    hasher: Sha256,
}

impl BlobWriter {
    pub(crate) fn new(blobs: Blobs, temporary: Temporary, bytes_max: u64) -> Self {
        let open = Some(Open { temporary, hasher: Sha256::new() });
        Self { blobs, open, gathered: Vec::new(), gathered_bytes: 0, bytes: 0, bytes_max }
    }

    /// Appends a chunk. Cancelling the wait closes the writer.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`] at the limit, [`BlobError::Full`] when the disk is; then the writer is closed.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), BlobError> {
        let bytes = self.bytes.saturating_add(chunk.len() as u64);
        if bytes > self.bytes_max {
            self.open = None;
            return Err(BlobError::TooLarge { bytes_max: self.bytes_max });
        }
        self.bytes = bytes;
        self.gathered_bytes += chunk.len();
        self.gathered.push(chunk);
        if self.gathered_bytes >= GATHER_BYTES || self.gathered.len() >= 256 {
            self.flush().await?;
        }
        if self.open.is_some() { Ok(()) } else { Err(BlobError::Closed) }
    }

    /// How many bytes were appended so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Makes the bytes durable under the name that `name` gives their hash: `BlobKey::Original` for what is named by
    /// itself, `|_| BlobKey::Playable(original)` for what is named by its source. If the name is taken, what is there
    /// stays.
    ///
    /// # Errors
    /// As [`BlobWriter::write`]; [`BlobError::WrongName`] for an original under another hash than its own.
    pub async fn commit(mut self, name: impl FnOnce(BlobHash) -> BlobKey) -> Result<Stored, BlobError> {
        self.flush().await?;
        let Open { temporary, hasher } = self.open.take().ok_or(BlobError::Closed)?;
        let hash = BlobHash::from_bytes(hasher.finalize().into());
        let key = name(hash);
        if matches!(key, BlobKey::Original(named) if named != hash) {
            return Err(BlobError::WrongName { key });
        }
        let (blobs, bytes) = (self.blobs.clone(), self.bytes);
        blocking(temporary.path.clone(), move || {
            temporary.file.sync_all().map_err(|error| BlobError::from_io("sync", &temporary.path, error))?;
            let (existed, folder) = blobs.place(temporary, key)?;
            sync_folder(&folder)?;
            Ok(Stored { key, hash, bytes, existed })
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), BlobError> {
        let chunks = std::mem::take(&mut self.gathered);
        self.gathered_bytes = 0;
        let mut open = self.open.take().ok_or(BlobError::Closed)?;
        if !chunks.is_empty() {
            let path = open.temporary.path.clone();
            open = blocking(path, move || {
                for chunk in &chunks {
                    open.hasher.update(chunk);
                    open.temporary
                        .file
                        .write_all(chunk)
                        .map_err(|error| BlobError::from_io("write", &open.temporary.path, error))?;
                }
                Ok(open)
            })
            .await?;
        }
        self.open = Some(open);
        Ok(())
    }
}
