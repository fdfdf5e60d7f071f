//! Why a file could not be used. These cross the pipe between a worker and the server, so they hold plain values.

use serde::{Deserialize, Serialize};

/// What is wrong with one file, or with the process that looked at it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum AudioError {
    /// The bytes are not a piece of music in any format we know.
    #[error("not an audio file: {reason}")]
    NotAudio {
        /// What was found instead.
        reason: String,
    },
    /// A real format, but one that neither browsers nor we can play.
    #[error("unsupported: {what}")]
    Unsupported {
        /// The format or feature.
        what: String,
    },
    /// The container is of a known format, but broken.
    #[error("damaged: {what}")]
    Damaged {
        /// What is broken.
        what: String,
    },
    /// A folder, a pipe, a device or a symbolic link.
    #[error("not a regular file")]
    NotRegular,
    /// A limit was exceeded.
    #[error("too large: {what} is {found}, the limit is {limit}")]
    TooLarge {
        /// What was measured, with its unit.
        what: String,
        /// What the file has or claims.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The system could not read or write.
    #[error("{action}: {reason}")]
    Io {
        /// What was attempted.
        action: String,
        /// What the system said.
        reason: String,
    },
    /// The worker ended, or caught itself failing, because of this file.
    #[error("the worker crashed on this file: {reason}")]
    Crashed {
        /// Its last words.
        reason: String,
    },
    /// The file took too long.
    #[error("the worker was stopped after {limit_ms} ms")]
    TimedOut {
        /// The limit in milliseconds.
        limit_ms: u64,
    },
    /// The file needed more memory than a worker has.
    #[error("the worker ran out of memory")]
    OutOfMemory,
    /// No worker could be started.
    #[error("cannot start a worker: {reason}")]
    NoWorker {
        /// What the system said.
        reason: String,
    },
}

impl AudioError {
    pub(crate) fn io(action: &str, error: impl std::fmt::Display) -> Self {
        Self::Io { action: action.to_owned(), reason: error.to_string() }
    }

    pub(crate) fn not_audio(reason: impl Into<String>) -> Self {
        Self::NotAudio { reason: reason.into() }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    pub(crate) fn too_large(what: &str, found: u64, limit: u64) -> Self {
        Self::TooLarge { what: what.to_owned(), found, limit }
    }
}
