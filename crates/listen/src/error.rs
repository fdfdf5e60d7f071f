//! Why a listener ended, or one of its parts did not do its work.

use std::path::PathBuf;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address.
    #[error("`{address}` is no address of a server or link of a nest: {why}")]
    Address {
        /// As given.
        address: String,
        /// What is wrong.
        why: String,
    },
    /// The HTTP client.
    #[error("the HTTP client cannot start: {0}")]
    Client(reqwest::Error),
    /// The server says no, and would say so again.
    #[error("{0}")]
    Refused(String),
    /// The server cannot be reached, or answers what makes no sense. It is tried again.
    #[error("{0}")]
    Unreachable(String),
    /// A scratch file.
    #[error("{} cannot be used: {source}", path.display())]
    Scratch {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The sound card.
    #[error("{0}")]
    Card(String),
    /// The session bus, or the player on it.
    #[error("{0}")]
    Player(String),
    /// The terminal.
    #[error("the terminal cannot be used: {0}")]
    Terminal(std::io::Error),
    /// The output that lines are written to.
    #[error("standard output cannot be written: {0}")]
    Output(std::io::Error),
}
