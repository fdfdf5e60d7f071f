//! As much of HTTP/1.1 as a load generator needs: one kept-alive connection, answers with a length.

use crate::step::Outcome;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub struct Client {
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<String> {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    }
}

impl Client {
    pub async fn connect(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    pub async fn get(&mut self, path: &str, headers: &str) -> Outcome<Answer> {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n")).await
    }

    pub async fn post(&mut self, path: &str, headers: &str, body: &str) -> Outcome<Answer> {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
        self.ask(&format!("{head}Content-Length: {length}\r\n{headers}\r\n{body}")).await
    }

    async fn ask(&mut self, request: &str) -> Outcome<Answer> {
        self.stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.fill().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while self.buffer.len() < end + length {
            self.fill().await?;
        }
        answer.body = self.buffer[end..end + length].to_vec();
        self.buffer.drain(..end + length);
        Ok(answer)
    }

    async fn fill(&mut self) -> Outcome {
        let read = self.stream.read_buf(&mut self.buffer).await.map_err(|error| error.to_string())?;
        if read == 0 { Err("the server closed the connection".to_owned()) } else { Ok(()) }
    }
}
