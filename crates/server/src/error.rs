//! What a request can be answered instead of what was asked: refusals, which are expected, and faults, which are ours.
//! Statuses and words for the network are in `problem.rs`.

use std::time::Duration;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules of the nest say no.
    #[error(transparent)]
    Refused(#[from] nest::Refusal),
    /// Nobody is signed in, or the proof is not valid any more.
    #[error("sign in first")]
    NotSignedIn,
    /// The environment is not for everybody, and whoever asks carries no pass.
    #[error("this environment is not open to everybody")]
    AccessRequired,
    /// The caller may not do this.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// A browser sent this from another site.
    #[error("this request came from another site and was not carried out")]
    CrossSite,
    /// Something in the request makes no sense.
    #[error("{field}: {detail}")]
    InvalidInput {
        /// Which part of the request.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// It does not exist, or is gone.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The method does not fit the path.
    #[error("this path does not take that method")]
    MethodNotAllowed,
    /// A link that was used up, has ended, or never was.
    #[error("this link does not work any more")]
    LinkNotValid,
    /// There is an administrator already.
    #[error("this server has been set up already")]
    AlreadySetUp,
    /// More bytes than there may be.
    #[error("the {what} is larger than {bytes_max} bytes")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How large it may be.
        bytes_max: u64,
    },
    /// The body took too long to arrive.
    #[error("the request took too long to arrive")]
    TooSlow,
    /// The body ended before its announced length, or the connection broke.
    #[error("the request ended before it was complete")]
    Incomplete,
    /// A file that is no sound rookery knows.
    #[error("{0}")]
    UnsupportedFormat(String),
    /// A file that is damaged.
    #[error("{0}")]
    DamagedFile(String),
    /// A track that cannot be played (yet).
    #[error("this track cannot be played yet; it is being prepared")]
    TrackNotPlayable,
    /// A song that only another service has.
    #[error("this song plays on {service}; the library does not have it")]
    PlaysElsewhere {
        /// The service's name for people.
        service: &'static str,
    },
    /// A range that lies outside the file.
    #[error("the range lies outside the file of {size_bytes} bytes")]
    RangeOutside {
        /// The size of the file.
        size_bytes: u64,
    },
    /// A horn that makes no sound we know.
    #[error("there is no horn with that sound")]
    UnknownSound,
    /// Too many requests.
    #[error("too many requests of this kind; try again in a moment")]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// A service outside did not do what was asked.
    #[error(transparent)]
    Outside(#[from] providers::Error),
    /// A nest has as many webhooks as there may be.
    #[error("a nest has at most {} webhooks; remove one first", database::webhooks::WEBHOOKS_PER_NEST_MAX)]
    TooManyWebhooks,
    /// The word that is to lead to a nest leads to another one.
    #[error("another nest has this address; choose another one")]
    SlugTaken,
    /// As many nests are open as there may be.
    #[error("no more nests can be opened; close one first")]
    TooManyNests,
    /// Everything that does such work is busy.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// An idempotency key that was used for another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// A socket was wanted and the request is no handshake.
    #[error("this address speaks WebSocket; the request was no WebSocket handshake")]
    NotAWebSocket,
    /// Something was sent over plain http that is not read there.
    #[error("this server is reached over https alone: {base}")]
    HttpsOnly {
        /// Its https address.
        base: String,
    },
    /// The disk is full.
    #[error("the server's disk is full")]
    StorageFull,
    /// The database cannot be reached or answers too slowly.
    #[error("the database does not answer")]
    DatabaseAway(#[source] database::Error),
    /// A fault of the database.
    #[error("the database failed")]
    Database(#[source] database::Error),
    /// A fault of the blob store.
    #[error("the file store failed")]
    Blobs(#[source] blobs::BlobError),
    /// Signing in with another service did not go on.
    #[error(transparent)]
    SignIn(#[from] crate::sign_in::Fault),
    /// A service that has songs of its own was of no use.
    #[error(transparent)]
    Source(#[from] crate::sources::SourceFault),
    /// A webhook that came in is not taken.
    #[error(transparent)]
    Webhook(#[from] crate::channels::WebhookFault),
    /// A setting of a sign-in service cannot be used: at start.
    #[error("{0}")]
    SignInSettings(String),
    /// Another fault of ours.
    #[error("{0}")]
    Fault(&'static str),
}

impl From<database::Error> for Error {
    fn from(error: database::Error) -> Self {
        match error {
            database::Error::StorageFull => Self::StorageFull,
            database::Error::SlugTaken => Self::SlugTaken,
            database::Error::Unreachable { .. }
            | database::Error::Exhausted { .. }
            | database::Error::Timeout { .. }
            | database::Error::Credentials { .. } => Self::DatabaseAway(error),
            error => Self::Database(error),
        }
    }
}

impl From<blobs::BlobError> for Error {
    fn from(error: blobs::BlobError) -> Self {
        match error {
            blobs::BlobError::Full { .. } => Self::StorageFull,
            blobs::BlobError::TooLarge { bytes_max } => Self::TooLarge { what: "file", bytes_max },
            blobs::BlobError::NotFound { .. } => Self::NotFound("file"),
            error => Self::Blobs(error),
        }
    }
}

impl Error {
    /// An [`Error::InvalidInput`].
    pub fn invalid(field: &'static str, detail: impl ToString) -> Self {
        Self::InvalidInput { field, detail: detail.to_string() }
    }
}
