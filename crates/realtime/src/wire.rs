//! The connection of a socket after its handshake: plain, or under TLS. Whoever publishes writes to it at once, without
//! waiting; so does the connection's own task with what it did not take.
//!
//! TLS encrypts a frame when it is written. What the socket then does not take stays here, at most
//! [`limits::SEALED_BYTES_MAX`], and nothing more is taken before it has left: a slow listener is noticed as on a plain
//! connection.

use crate::limits;
use rustls::ServerConnection;
use std::io::{self, IoSlice, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::net::TcpStream;

/// How much is read at once; it lives on the stack only while reading, so an idle socket holds no buffer.
const READ_BYTES: usize = 8 * 1024;

/// A connection.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    session: Option<Box<Mutex<ServerConnection>>>,
}

impl Wire {
    /// A plain one.
    pub const fn plain(stream: TcpStream) -> Self {
        Self { stream, session: None }
    }

    /// One under TLS, whose handshake is done.
    pub fn tls(stream: TcpStream, mut session: ServerConnection) -> Self {
        session.set_buffer_limit(Some(limits::SEALED_BYTES_MAX));
        Self { stream, session: Some(Box::new(Mutex::new(session))) }
    }

    /// Resolves when something may be read.
    ///
    /// # Errors
    /// Of the system.
    pub async fn readable(&self) -> io::Result<()> {
        self.stream.readable().await
    }

    /// Resolves when something may be written.
    ///
    /// # Errors
    /// Of the system.
    pub async fn writable(&self) -> io::Result<()> {
        self.stream.writable().await
    }

    /// What can be read now; empty: the client closed its half.
    ///
    /// # Errors
    /// `WouldBlock` if nothing is there; others when the connection is broken.
    pub fn try_read(&self) -> io::Result<Vec<u8>> {
        let Some(session) = &self.session else {
            let mut buffer = [0; READ_BYTES];
            let read = self.stream.try_read(&mut buffer)?;
            return Ok(buffer[..read].to_vec());
        };
        let mut session = lock(session);
        let is_closed = session.read_tls(&mut Socket(&self.stream))? == 0;
        if let Err(error) = session.process_new_packets() {
            // The client is told what was wrong, as far as it still listens.
            let _ = session.write_tls(&mut Socket(&self.stream));
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        match taken(&mut session)? {
            Some(bytes) => Ok(bytes),
            None if is_closed => Ok(Vec::new()),
            None => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Writes as much as is taken now.
    ///
    /// # Errors
    /// `WouldBlock` if nothing is taken; others when the connection is broken.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.try_write_vectored(&[IoSlice::new(bytes)])
    }

    /// Writes as much of several pieces as is taken now.
    ///
    /// # Errors
    /// As [`Wire::try_write`].
    pub fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let Some(session) = &self.session else { return self.stream.try_write_vectored(slices) };
        let mut session = lock(session);
        if !self.send(&mut session)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let written = session.writer().write_vectored(slices)?;
        self.send(&mut session)?;
        if written == 0 { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(written) }
    }

    /// Whether something that counts as written has not left yet.
    pub fn has_unsent(&self) -> bool {
        self.session.as_ref().is_some_and(|session| lock(session).wants_write())
    }

    /// Sends what has not left yet. `true`: nothing remains.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn send_unsent(&self) -> io::Result<bool> {
        self.session.as_ref().map_or(Ok(true), |session| self.send(&mut lock(session)))
    }

    /// Says that nothing more comes, and closes our half.
    pub fn shut_down(&self) {
        if let Some(session) = &self.session {
            let mut session = lock(session);
            session.send_close_notify();
            let _ = self.send(&mut session);
        }
        let _ = rustix::net::shutdown(&self.stream, rustix::net::Shutdown::Write);
    }

    fn send(&self, session: &mut ServerConnection) -> io::Result<bool> {
        while session.wants_write() {
            match session.write_tls(&mut Socket(&self.stream)) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

/// What a session has decrypted; empty: the client said that nothing more comes; `None`: nothing yet.
///
/// # Errors
/// If the connection ended without the client saying so.
pub fn taken(session: &mut ServerConnection) -> io::Result<Option<Vec<u8>>> {
    let mut all = Vec::new();
    let mut buffer = [0; READ_BYTES];
    loop {
        match session.reader().read(&mut buffer) {
            Ok(0) => return Ok(Some(all)),
            Ok(read) => all.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Ok((!all.is_empty()).then_some(all));
            }
            Err(error) if all.is_empty() => return Err(error),
            Err(_) => return Ok(Some(all)),
        }
    }
}

/// A panic elsewhere cannot leave a session half changed, so a poisoned lock is as good as any.
fn lock(session: &Mutex<ServerConnection>) -> MutexGuard<'_, ServerConnection> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The socket as TLS reads and writes it: never waiting.
struct Socket<'a>(&'a TcpStream);

impl Read for Socket<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Socket<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
