//! A listener on the socket: connects, subscribes, and notes when publications arrive.

use crate::step::Outcome;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A publication that came.
pub struct Arrived {
    /// When its last byte was read.
    pub at: Instant,
    /// Its frame, with the header of a frame of medium length.
    pub bytes: usize,
}

pub struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Socket {
    /// Connects and says nothing.
    pub async fn connect(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Connects with an API token and subscribes to the main nest.
    pub async fn listen(port: u16, token: &str) -> Outcome<Self> {
        let mut socket = Self::connect(port).await?;
        socket.shake_hands("/api/v1/socket", "").await?;
        socket.send(&format!("{{\"id\":1,\"connect\":{{\"token\":\"{token}\"}}}}")).await?;
        socket.until("\"connect\"").await?;
        socket.send("{\"id\":2,\"subscribe\":{\"channel\":\"nest:main\"}}").await?;
        socket.until("\"subscribe\"").await?;
        Ok(socket)
    }

    /// Connects as a page of EchoNest's does, and waits until it knows the main nest.
    pub async fn page(port: u16, token: &str) -> Outcome<Self> {
        let mut socket = Self::connect(port).await?;
        socket.shake_hands("/socket/", &format!("Authorization: Bearer {token}\r\n")).await?;
        socket.until("playlist_update").await?;
        Ok(socket)
    }

    /// The connection itself, for whoever reads many.
    pub fn into_stream(self) -> Outcome<std::net::TcpStream> {
        self.stream.into_std().map_err(|error| error.to_string())
    }

    async fn shake_hands(&mut self, path: &str, headers: &str) -> Outcome {
        let handshake = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        self.write(handshake.as_bytes()).await?;
        while !self.buffer.windows(4).any(|window| window == b"\r\n\r\n") {
            self.fill().await?;
        }
        let end = self.buffer.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(0) + 4;
        self.buffer.drain(..end);
        Ok(())
    }

    /// Waits for a frame with this text. Answers pings.
    #[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
    pub async fn until(&mut self, text: &str) -> Outcome<Arrived> {
        loop {
            while let Some(payload) = self.frame() {
                if payload == b"{}" {
                    self.send("{}").await?;
                } else if String::from_utf8_lossy(&payload).contains(text) {
                    return Ok(Arrived { at: Instant::now(), bytes: payload.len() + 4 });
                }
            }
            self.fill().await?;
        }
    }

    /// The next whole frame, if it has arrived.
    fn frame(&mut self) -> Option<Vec<u8>> {
        let &[_, length, ..] = self.buffer.as_slice() else { return None };
        let (start, length) = match length {
            126 => (4, usize::from(u16::from_be_bytes(self.buffer.get(2..4)?.try_into().ok()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(self.buffer.get(2..10)?.try_into().ok()?)).ok()?),
            length => (2, usize::from(length)),
        };
        let payload = self.buffer.get(start..start + length)?.to_vec();
        self.buffer.drain(..start + length);
        self.buffer.shrink_to(256);
        Some(payload)
    }

    async fn send(&mut self, text: &str) -> Outcome {
        let mut frame = vec![0x81];
        match text.len() {
            length @ 0..=125 => frame.push(0x80 | length as u8),
            length => {
                frame.push(0x80 | 126);
                frame.extend((length as u16).to_be_bytes());
            }
        }
        // A mask of zeros is a mask.
        frame.extend([0; 4]);
        frame.extend(text.bytes());
        self.write(&frame).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Outcome {
        self.stream.write_all(bytes).await.map_err(|error| error.to_string())
    }

    async fn fill(&mut self) -> Outcome {
        let read = self.stream.read_buf(&mut self.buffer).await.map_err(|error| error.to_string())?;
        if read == 0 { Err("the server closed the socket".to_owned()) } else { Ok(()) }
    }
}
