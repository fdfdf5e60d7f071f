//! Reading blobs for streaming: from the page cache without leaving the thread, from the disk on the blocking pool.

use crate::buffer::{BUFFER_BYTES, BufferPool};
use crate::{BlobError, BlobKey};
use bytes::Bytes;
use rustix::fs::sendfile;
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

/// The most bytes one [`BlobReader::read_chunk`] returns.
pub const READ_CHUNK_BYTES_MAX: usize = BUFFER_BYTES;

/// An open blob. Cheap to clone; stays readable when the blob is removed meanwhile.
#[derive(Clone)]
pub struct BlobReader {
    file: Arc<File>,
    path: Arc<PathBuf>,
    len: u64,
    buffers: BufferPool,
}

impl BlobReader {
    pub(crate) fn open(path: PathBuf, key: BlobKey, buffers: BufferPool) -> Result<Self, BlobError> {
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BlobError::NotFound { key },
            _ => BlobError::from_io("open", &path, error),
        })?;
        let len = file.metadata().map_err(|error| BlobError::from_io("stat", &path, error))?.len();
        Ok(Self { file: Arc::new(file), path: Arc::new(path), len, buffers })
    }

    /// The length in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a length of bytes, not a collection")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Up to `len` bytes from `offset`: at least one unless `offset` is the end or `len` is 0, at most
    /// [`READ_CHUNK_BYTES_MAX`]; ask again from where it ended. The memory is lent from a pool, so drop it soon.
    ///
    /// # Errors
    /// If the disk fails, or the file has become shorter than it was when opened.
    pub async fn read_chunk(&self, offset: u64, len: usize) -> Result<Bytes, BlobError> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = len.min(READ_CHUNK_BYTES_MAX).min(left);
        if wanted == 0 {
            return Ok(Bytes::new());
        }
        let mut buffer = self.buffers.take();
        let mut spaces = [IoSliceMut::new(buffer.space(wanted))];
        match preadv2(&*self.file, &mut spaces, offset, ReadWriteFlags::NOWAIT) {
            Ok(0) => Err(self.cut_short()),
            Ok(count) => Ok(buffer.freeze(count)),
            // Not in the page cache, or a file system that cannot tell: wait where waiting is allowed.
            Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL | Errno::INTR) => {
                let file = self.file.clone();
                let read = tokio::task::spawn_blocking(move || {
                    file.read_at(buffer.space(wanted), offset).map(|count| (buffer, count))
                });
                let error = |error| BlobError::from_io("read", &self.path, error);
                match read.await.map_err(io::Error::other).map_err(error)?.map_err(error)? {
                    (_, 0) => Err(self.cut_short()),
                    (buffer, count) => Ok(buffer.freeze(count)),
                }
            }
            Err(errno) => Err(BlobError::from_io("read", &self.path, errno.into())),
        }
    }

    /// Waits until a part is in the page cache, as far as can be told, so that sending it does not hold up the thread.
    ///
    /// # Errors
    /// As [`BlobReader::read_chunk`].
    pub async fn prepare(&self, part: Range<u64>) -> Result<(), BlobError> {
        let cached = |offset| {
            let mut byte = [0];
            preadv2(&*self.file, &mut [IoSliceMut::new(&mut byte)], offset, ReadWriteFlags::NOWAIT) == Ok(1)
        };
        if part.is_empty() || cached(part.start) && cached(part.end - 1) {
            return Ok(());
        }
        let (file, mut buffer) = (self.file.clone(), self.buffers.take());
        let read = tokio::task::spawn_blocking(move || {
            let mut offset = part.start;
            while offset < part.end {
                let wanted = (part.end - offset).min(BUFFER_BYTES as u64) as usize;
                match file.read_at(buffer.space(wanted), offset)? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => offset += count as u64,
                }
            }
            Ok(())
        });
        let read = read.await.map_err(io::Error::other).flatten();
        read.map_err(|error| BlobError::from_io("read", &self.path, error))
    }

    /// Sends up to `len` bytes from `offset` to a socket without copying them, as many as it takes: at least one.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] if the socket takes nothing now; [`io::ErrorKind::UnexpectedEof`] if the file has
    /// become shorter than it was when opened; whatever the socket or the disk says.
    pub fn send(&self, socket: impl AsFd, mut offset: u64, len: usize) -> io::Result<usize> {
        match sendfile(socket, &*self.file, Some(&mut offset), len)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            sent => Ok(sent),
        }
    }

    fn cut_short(&self) -> BlobError {
        BlobError::from_io("read", &self.path, io::ErrorKind::UnexpectedEof.into())
    }
}
