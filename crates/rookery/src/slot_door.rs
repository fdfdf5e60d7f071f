//! Asking at the private door of a slot. What is behind it: `server::private_router`.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// Longer than any answer there takes.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// No answer there is longer, in bytes.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A private door.
pub struct Door(PathBuf);

/// How a slot is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Standing {
    /// `serving`, `waiting`, `leaving` or `ending`.
    pub stance: String,
    /// How many connections and sockets it has.
    pub visitors: u64,
    /// Its version.
    pub version: String,
    /// Its process.
    pub process: u32,
}

impl Door {
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Asks; the status and the body.
    ///
    /// # Errors
    /// If nobody is there, or nobody answers in time.
    pub fn ask(&self, method: &str, path: &str) -> io::Result<(u16, String)> {
        self.tell(method, path, "")
    }

    /// Asks with a body of JSON.
    ///
    /// # Errors
    /// As [`Door::ask`].
    pub fn tell(&self, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
        let mut stream = UnixStream::connect(&self.0)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: door\r\nconnection: close\r\ncontent-type: application/json\r\n\
            content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("an answer without a status"))?;
        Ok((status, body.to_owned()))
    }

    /// How the slot is; `None`: it does not run.
    pub fn standing(&self) -> Option<Standing> {
        let (_, body) = self.ask("GET", "/slot").ok().filter(|(status, _)| *status == 200)?;
        serde_json::from_str(&body).ok()
    }
}
