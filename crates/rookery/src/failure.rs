//! What can go wrong before or around serving, said so that the person at the terminal knows what to do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The settings file.
    #[error("the settings in {} cannot be used: {detail}", path.display())]
    Settings {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The public address.
    #[error("the public URL `{url}` must begin with https:// (or http://) and have no slash at its end")]
    PublicUrl {
        /// As given.
        url: String,
    },
    /// Settings of sign-in.
    #[error("{0}")]
    SignIn(String),
    /// The data folder.
    #[error("the data folder {} cannot be used: {source}; choose another with --data", path.display())]
    Data {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The secret key.
    #[error(
        "the secret key in {place} cannot be used: {detail}; it is 64 hexadecimal digits, as `openssl rand -hex 32` prints"
    )]
    SecretKey {
        /// Where it is.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// The database was used with another secret key.
    #[error(
        "the secret key in {place} is not the one this database was used with; put that one back, or run \
         `rookery accept-key` to go on with this one: what the old one encrypted is lost, nothing else"
    )]
    OtherSecretKey {
        /// Where it is.
        place: String,
    },
    /// The port.
    #[error("cannot listen on {address}: {source}; stop what uses the port, or choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The files.
    #[error(transparent)]
    Blobs(#[from] blobs::BlobError),
    /// The server.
    #[error(transparent)]
    Server(#[from] server::Error),
    /// The runtime.
    #[error("the asynchronous runtime cannot start: {0}")]
    Runtime(io::Error),
    /// The system's randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// The program's own path, needed to start workers.
    #[error("the path of this program is unknown: {0}")]
    OwnPath(io::Error),
    /// Metrics were set up twice.
    #[error("metrics cannot be set up: {0}")]
    Metrics(String),
    /// Something did not end in time.
    #[error("some work did not finish in time and was cut off; nothing acknowledged is lost")]
    Hurried,
}

/// Prints a failure with its causes.
#[expect(clippy::print_stderr, reason = "this is the command line")]
pub fn report(failure: &Failure) {
    eprintln!("rookery: {failure}");
    let mut cause = std::error::Error::source(failure);
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !failure.to_string().contains(&said) {
            eprintln!("  because: {said}");
        }
        cause = inner.source();
    }
}
