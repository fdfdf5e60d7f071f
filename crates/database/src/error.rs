//! Everything that can go wrong with storage, each with what to do about it. Drivers' own errors end at the engine.

use std::time::Duration;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why storage did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address does not begin with a scheme this build knows.
    #[error(
        "unknown database scheme `{scheme}`: use sqlite:PATH, postgres://USER@HOST/NAME or libsql://HOST"
    )]
    UnknownScheme {
        /// What stands before the first colon.
        scheme: String,
    },
    /// The address cannot be read.
    #[error("the database address cannot be read: {detail}")]
    Address {
        /// What is wrong with it; never a password.
        detail: String,
    },
    /// The folder of an SQLite file does not exist.
    #[error("the folder {folder} for the database does not exist: create it or choose another path")]
    FolderMissing {
        /// The folder.
        folder: String,
    },
    /// The folder or file cannot be written.
    #[error("{path} cannot be written: give this user write permission to the folder and the file in it")]
    ReadOnly {
        /// The folder or file.
        path: String,
    },
    /// The file is damaged or belongs to another program.
    #[error(
        "{place} is damaged or is not an SQLite database ({detail}): restore a backup or choose another path"
    )]
    Damaged {
        /// The file or server.
        place: String,
        /// What the engine said.
        detail: String,
    },
    /// The server does not accept the user, password or token.
    #[error("{place} refused the credentials ({detail}): check user and password, or the token")]
    Credentials {
        /// The server, without credentials.
        place: String,
        /// What the server said.
        detail: String,
    },
    /// Nobody answers, or the connection broke. A commit that was under way may have happened.
    #[error("{place} cannot be reached ({detail}): check the address and that the server runs")]
    Unreachable {
        /// The server or file.
        place: String,
        /// What the driver said.
        detail: String,
    },
    /// A pooler hands sessions around, and this needs one of its own.
    #[error(
        "a pooler stands before {place} that hands connections around, and {what} cannot go through it: say the server's own \
         address, too, as DATABASE_DIRECT_URL"
    )]
    Pooled {
        /// The pooler.
        place: String,
        /// What cannot.
        what: &'static str,
    },
    /// No connection became free in time: too much is waiting.
    #[error("no database connection became free within {limit:?}")]
    Exhausted {
        /// How long was waited.
        limit: Duration,
    },
    /// A statement took longer than it may.
    #[error("a statement took longer than {limit:?} and was given up")]
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// There is no room left to write.
    #[error("the disk or the storage quota of the database is full: free some space")]
    StorageFull,
    /// A race was lost: nothing happened, the same may be tried again.
    #[error("another transaction was faster: {detail}")]
    Conflict {
        /// What the engine said.
        detail: String,
    },
    /// An append expected to be next in a nest's log, and was not. Catch up and decide again.
    #[error("the log is not at sequence {expected}")]
    LogMoved {
        /// The sequence number the append wanted.
        expected: u64,
    },
    /// An append carried the answer to a request that has been answered already. Look the answer up.
    #[error("a request with this key was carried out before")]
    KeyTaken,
    /// The word that is to lead to a nest leads to another one.
    #[error("another nest has this address")]
    SlugTaken,
    /// A row with this key exists.
    #[error("already present: {constraint}")]
    Unique {
        /// The constraint, or the columns of it.
        constraint: String,
    },
    /// A row that is referred to does not exist, or one that is in use was to go.
    #[error("a row that is referred to is missing or in use")]
    ForeignKey,
    /// A value that the schema forbids.
    #[error("a constraint of the schema was violated: {detail}")]
    Constraint {
        /// Which one.
        detail: String,
    },
    /// A transaction was used after a statement of it had failed.
    #[error("the transaction has failed and can only be rolled back")]
    TransactionOver,
    /// The database was migrated by a newer release that this one cannot work with.
    #[error(
        "the database was migrated by a newer release (to {newest:04}, this one knows {known:04}): run that release, or step the database back with this one"
    )]
    DatabaseNewer {
        /// The newest migration applied.
        newest: u32,
        /// The newest migration this binary has.
        known: u32,
    },
    /// A migration failed or was edited after it had been applied.
    #[error("migration {name}: {detail}")]
    Migration {
        /// Its number and name.
        name: String,
        /// What is wrong.
        detail: String,
    },
    /// A stored value is not what this release understands.
    #[error("{what} in the database cannot be read: {detail}")]
    Unreadable {
        /// Which column or record.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A statement the engine does not accept: a fault of ours.
    #[error("statement {statement}: {detail}")]
    Statement {
        /// Its name.
        statement: String,
        /// What the engine said.
        detail: String,
    },
    /// Anything else an engine says.
    #[error("the database engine says: {detail}")]
    Engine {
        /// Its words.
        detail: String,
    },
}

impl Error {
    /// Whether the same may succeed when it is simply tried again now.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether a row with this key existed already.
    pub const fn is_unique(&self) -> bool {
        matches!(self, Self::Unique { .. })
    }

    pub(crate) fn engine(detail: impl ToString) -> Self {
        Self::Engine { detail: detail.to_string() }
    }

    pub(crate) fn unreadable(what: impl Into<String>, detail: impl ToString) -> Self {
        Self::Unreadable { what: what.into(), detail: detail.to_string() }
    }
}
