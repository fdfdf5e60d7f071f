//! Things that go wrong on purpose.

use crate::server::Reply;
use std::time::Duration;

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This status, with an empty body.
    Status(u16),
    /// 429, with or without saying how long to wait.
    TooMany {
        /// Seconds.
        retry_after: Option<u64>,
    },
    /// 200 with a body that is no JSON.
    Garbage,
    /// 200 with a body of this many bytes.
    Huge(usize),
    /// No answer for this long, then the right one.
    Slow(Duration),
    /// A redirect to this address.
    Redirect(String),
}

impl Fault {
    /// The answer in place of the right one; `None` if that comes after all.
    pub(crate) fn reply(&self) -> Option<Reply> {
        match self {
            Self::Status(status) => Some(Reply::empty(*status)),
            Self::TooMany { retry_after } => {
                let reply = Reply::empty(429);
                Some(match retry_after {
                    Some(seconds) => reply.with("retry-after", seconds.to_string()),
                    None => reply,
                })
            }
            Self::Garbage => Some(Reply { body: b"<html>oops</html>".to_vec(), ..Reply::empty(200) }),
            Self::Huge(bytes) => Some(Reply { body: vec![b' '; *bytes], ..Reply::empty(200) }),
            Self::Slow(_) => None,
            Self::Redirect(to) => Some(Reply::empty(302).with("location", to.clone())),
        }
    }
}
