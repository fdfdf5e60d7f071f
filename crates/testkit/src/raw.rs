//! Bytes on a connection, for what no decent client sends.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection.
#[derive(Debug)]
pub struct Raw(TcpStream);

impl Raw {
    /// Connects; reads and writes give up after a minute.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server accepts connections");
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).unwrap();
        stream.set_write_timeout(patience).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Sends bytes. A server that has closed is no failure: what it said can still be read.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        match self.0.write_all(bytes.as_ref()) {
            Err(error) if !matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                panic!("{error}");
            }
            _ => self,
        }
    }

    /// Ends the sending half.
    pub fn finish(&mut self) -> &mut Self {
        let _ = self.0.shutdown(std::net::Shutdown::Write);
        self
    }

    /// Everything that comes until the server closes.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut chunk = [0; 16 * 1024];
        loop {
            match self.0.read(&mut chunk) {
                Ok(0) => return all,
                Ok(read) => all.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return all,
                Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&all)),
            }
        }
    }

    /// Reads until `mark` has come, or the server closes.
    pub fn read_until(&mut self, mark: &str) -> Vec<u8> {
        let mut all = Vec::new();
        let mut chunk = [0; 16 * 1024];
        while !all.ends_with(mark.as_bytes()) {
            match self.0.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => all.extend_from_slice(&chunk[..read]),
                Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&all)),
            }
        }
        all
    }

    /// The head of the next answer, and what of its body came with it.
    pub fn head(&mut self) -> String {
        let mut all = Vec::new();
        let mut chunk = [0; 16 * 1024];
        while !all.windows(4).any(|four| four == b"\r\n\r\n") {
            match self.0.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => all.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&all)),
            }
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// The connection itself.
    pub fn into_stream(self) -> TcpStream {
        self.0
    }
}
