//! Why a service does not give what was asked of it, as people are told.

use model::MusicService;
use std::time::Duration;

/// Why a service elsewhere was of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// The service is not set up on this server.
    #[error("{} is not set up here", .0.title())]
    NotSetUp(MusicService),
    /// The service cannot do that, or not here.
    #[error("{} cannot do that here: {why}", .service.title())]
    NotOffered {
        /// Which.
        service: MusicService,
        /// Why, as a sentence's end.
        why: &'static str,
    },
    /// The person has connected no account.
    #[error("connect your {} account first", .0.title())]
    NotConnected(MusicService),
    /// Five people use each client id that this person may use.
    #[error("every place at Spotify is taken: a client id has room for five people")]
    NoSeatLeft,
    /// The owner of the client id has not put this account on its list.
    #[error("this Spotify account is not on the list of the client id that was used")]
    NotRegistered,
    /// Somebody else brought this client id.
    #[error("somebody else has brought this client id already")]
    ClientIdTaken,
    /// What the service said, or our own restraint.
    #[error(transparent)]
    Service(providers::Error),
}

impl SourceFault {
    /// How long to wait before asking again, if waiting helps.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Service(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl From<providers::Error> for SourceFault {
    fn from(error: providers::Error) -> Self {
        Self::Service(error)
    }
}
