//! Everything that can go wrong with backups, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a backup could not be made, checked or restored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The place of backups is none.
    #[error("`{text}` is no place for backups: {detail}; write file:PATH or s3:BUCKET/PREFIX")]
    Destination {
        /// As it was given.
        text: String,
        /// What is wrong.
        detail: String,
    },
    /// A store did not do what was asked.
    #[error("{place}: cannot {action} `{key}`: {detail}")]
    Store {
        /// Which store.
        place: String,
        /// What was attempted.
        action: &'static str,
        /// On which object.
        key: String,
        /// What the other side says.
        detail: String,
    },
    /// A store has no room.
    #[error("{place} is full: free some space, or keep fewer backups")]
    Full {
        /// Which store.
        place: String,
    },
    /// An object that should be there is not.
    #[error("{place} has no `{key}`")]
    Missing {
        /// Which store.
        place: String,
        /// Which object.
        key: String,
    },
    /// Bytes are not what was written.
    #[error("`{what}` is damaged: {detail}")]
    Damaged {
        /// Which object or file.
        what: String,
        /// How that was noticed.
        detail: String,
    },
    /// No key at hand opens it.
    #[error("no key here opens `{what}`: name the file of the right one with --identity")]
    WrongKey {
        /// Which object.
        what: String,
    },
    /// A key that is none.
    #[error("the backup key in {place} cannot be used: {detail}")]
    Key {
        /// Where it stands.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// A program that is needed.
    #[error("`{program}` failed: {detail}")]
    Program {
        /// Which.
        program: String,
        /// What it said.
        detail: String,
    },
    /// A file.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something is where the restored should go.
    #[error("{} is there already, and a restore never writes over anything: choose another place", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// No backup reaches back so far.
    #[error("there is no backup of {at} or before")]
    NothingBefore {
        /// The instant asked for.
        at: String,
    },
    /// No backup of this name.
    #[error("there is no backup `{id}`")]
    Unknown {
        /// Which.
        id: String,
    },
    /// Another process works on these backups.
    #[error("another process works on these backups ({})", path.display())]
    Busy {
        /// The file of its lease.
        path: PathBuf,
    },
    /// The log of writes went on without us: what was shipped and what is there do not fit together.
    #[error("the write-ahead log went on without the backup: {detail}")]
    LostTrack {
        /// How that was noticed.
        detail: String,
    },
    /// A copy is not what was copied.
    #[error("the restored copy is not what was backed up: {detail}")]
    Mismatch {
        /// The first differences.
        detail: String,
    },
    /// No database can be made to look at a copy in.
    #[error(
        "a backup was made and cannot be checked: the role {role} may not make a database to look at it in ({detail}). A \
         superuser says `ALTER ROLE {} CREATEDB`",
        quoted(role)
    )]
    MayNotMake {
        /// Of PostgreSQL.
        role: String,
        /// What the server said.
        detail: String,
    },
    /// What this engine cannot do.
    #[error("{0}")]
    NotPossible(&'static str),
}

impl From<wal::Error> for Error {
    fn from(error: wal::Error) -> Self {
        match error {
            wal::Error::Io { action, path, source } => Self::Io { action, path, source },
            wal::Error::Damaged { what, detail } => Self::damaged(what, detail),
        }
    }
}

/// A name as SQL has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    pub(crate) fn damaged(what: impl ToString, detail: impl ToString) -> Self {
        Self::Damaged { what: what.to_string(), detail: detail.to_string() }
    }
}

/// Runs work that keeps a thread busy where it holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(Error::damaged("work on a backup", error)),
    }
}
