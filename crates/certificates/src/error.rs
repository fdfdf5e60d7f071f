//! What can go wrong with certificates.

use std::io;
use std::path::PathBuf;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name that no certificate can be issued for.
    #[error("`{name}` is no name that certificates are issued for: {detail}")]
    Host {
        /// As given.
        name: String,
        /// Why not.
        detail: &'static str,
    },
    /// More names than there may be.
    #[error("a server has at most {max} names, and these are {count}")]
    TooManyNames {
        /// How many.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// The folder or a file in it.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate and key that cannot be used.
    #[error("{place}: {detail}")]
    Pair {
        /// Where they are.
        place: String,
        /// What is wrong with them.
        detail: String,
    },
    /// The authority, or the way to it.
    #[error("the authority: {0}")]
    Authority(String),
    /// The authority takes no more orders for now.
    #[error("the authority takes no more orders for now: {0}")]
    RateLimited(String),
    /// The authority did not find the answer to its challenge.
    #[error("the authority could not check the name: {0}")]
    Unproven(String),
    /// It took too long.
    #[error("the authority took longer than {seconds} s")]
    TooSlow {
        /// How long it was waited for.
        seconds: u64,
    },
    /// TLS itself.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

impl From<instant_acme::Error> for Error {
    fn from(error: instant_acme::Error) -> Self {
        let text = said(&error);
        match &error {
            instant_acme::Error::Api(problem) if is(problem, "rateLimited") => Self::RateLimited(text),
            _ => Self::Authority(text),
        }
    }
}

/// Whether the authority's problem is of this kind (RFC 8555, section 6.7).
pub(crate) fn is(problem: &instant_acme::Problem, kind: &str) -> bool {
    let kinds = problem.r#type.as_deref().and_then(|kind| kind.strip_prefix("urn:ietf:params:acme:error:"));
    kinds == Some(kind)
}

/// An error with its causes, in one line.
fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}
