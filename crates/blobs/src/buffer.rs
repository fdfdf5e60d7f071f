//! Read buffers that are used again. A fresh buffer costs page faults and zeroing, which is more than the copy from the
//! page cache; a recycled one costs neither.

use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};

/// The size of every pooled buffer.
pub(crate) const BUFFER_BYTES: usize = 128 * 1024;

/// Idle buffers kept for the next reader: 8 MiB at most.
const IDLE_BUFFERS_MAX: usize = 64;

/// Idle buffers, shared by all readers of a store.
#[derive(Clone, Default)]
pub(crate) struct BufferPool(Arc<Mutex<Vec<Box<[u8]>>>>);

impl BufferPool {
    /// A buffer to read into; its contents are whatever was read last.
    pub(crate) fn take(&self) -> Buffer {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = idle.unwrap_or_else(|| vec![0; BUFFER_BYTES].into_boxed_slice());
        Buffer { bytes, filled: 0, pool: self.clone() }
    }
}

/// One buffer, which goes back to its pool when the last `Bytes` made of it is dropped.
pub(crate) struct Buffer {
    bytes: Box<[u8]>,
    filled: usize,
    pool: BufferPool,
}

impl Buffer {
    /// The first `len` bytes, to be written.
    pub(crate) fn space(&mut self, len: usize) -> &mut [u8] {
        &mut self.bytes[..len]
    }

    /// Shares the first `filled` bytes.
    pub(crate) fn freeze(mut self, filled: usize) -> Bytes {
        self.filled = filled;
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut idle = self.pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_BUFFERS_MAX {
            idle.push(std::mem::take(&mut self.bytes));
        }
    }
}
