//! Files go from the page cache to the socket by `sendfile`, without passing through this process.
//!
//! hyper frames answers and writes the bytes it is given. For a part of a file it is given a stand-in: as many bytes of
//! memory that nobody reads. Where hyper wants to write the stand-in, the connection sends the part. A stand-in must
//! never be copied, so only bodies that go straight to hyper hold one; if one was copied all the same, the connection
//! breaks at the next flush rather than go on with wrong bytes.

use crate::linger::Lingering;
use blobs::BlobReader;
use bytes::Bytes;
use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// The longest part that one stand-in stands for. Between two parts the body looks whether the next one is in memory.
pub(crate) const PART_BYTES_MAX: u64 = STAND_IN.len() as u64;

/// Never read and never written, so it takes an address range and no memory.
static STAND_IN: [u8; 512 * 1024] = [0; 512 * 1024];

/// The parts of files that a connection is to send, in order. Cheap to clone; requests carry it as an extension.
#[derive(Clone, Default)]
pub(crate) struct FileParts(Arc<Mutex<VecDeque<Part>>>);

struct Part {
    file: Arc<BlobReader>,
    range: Range<u64>,
}

impl FileParts {
    /// Notes a part of at most [`PART_BYTES_MAX`] as the next to be sent; the answer stands for it in a body.
    pub(crate) fn push(&self, file: Arc<BlobReader>, range: Range<u64>) -> Bytes {
        let length = (range.end - range.start).min(PART_BYTES_MAX);
        let range = range.start..range.start + length;
        self.lock().push_back(Part { file, range });
        Bytes::from_static(&STAND_IN[..length as usize])
    }

    /// Sends what the socket takes of the first part, at most `bytes_max`.
    fn send(&self, socket: &TcpStream, bytes_max: usize) -> io::Result<usize> {
        let mut parts = self.lock();
        let part = parts.front_mut().ok_or_else(|| io::Error::other("a stand-in without its part"))?;
        let length = (part.range.end - part.range.start).min(bytes_max as u64);
        let sent = part.file.send(socket, part.range.start, length as usize)?;
        part.range.start += sent as u64;
        if part.range.is_empty() {
            parts.pop_front();
        }
        Ok(sent)
    }

    /// Whether everything noted was sent.
    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// A panic elsewhere cannot leave the queue half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_stand_in(bytes: &[u8]) -> bool {
    STAND_IN.as_ptr_range().contains(&bytes.as_ptr())
}

/// A connection that sends parts of files where their stand-ins are written.
pub(crate) struct FileSender {
    connection: Lingering,
    parts: FileParts,
}

impl FileSender {
    pub(crate) const fn new(connection: Lingering, parts: FileParts) -> Self {
        Self { connection, parts }
    }

    pub(crate) fn into_stream(self) -> TcpStream {
        self.connection.into_stream()
    }

    /// Writes as soon as the socket can be written to.
    fn poll_when_writable(
        &self,
        context: &mut Context<'_>,
        mut write: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let socket = self.connection.stream();
        loop {
            ready!(socket.poll_write_ready(context))?;
            match socket.try_io(Interest::WRITABLE, || write(socket)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return Poll::Ready(written),
            }
        }
    }
}

impl AsyncRead for FileSender {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_read(context, buffer)
    }
}

impl AsyncWrite for FileSender {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match slices.iter().position(|slice| is_stand_in(slice)) {
            None => Pin::new(&mut self.connection).poll_write_vectored(context, slices),
            Some(0) => {
                let length = slices[0].len();
                self.poll_when_writable(context, |socket| self.parts.send(socket, length))
            }
            // The head of an answer travels in one packet with the beginning of the part.
            Some(own) => self.poll_when_writable(context, |socket| {
                let more = SendFlags::MORE | SendFlags::NOSIGNAL;
                Ok(sendmsg(socket, &slices[..own], &mut SendAncillaryBuffer::default(), more)?)
            }),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// hyper flushes when it has written everything, stand-ins too.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.parts.is_empty() {
            return Poll::Ready(Err(io::Error::other("a stand-in for a part of a file was copied")));
        }
        Pin::new(&mut self.connection).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(context)
    }
}
