//! Everything that can go wrong with a service outside, each with what to do about it. No variant holds a token.

use crate::Provider;
use crate::limits::DETAIL_CHARS_MAX;
use std::time::Duration;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a service did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A setting cannot be used.
    #[error("the settings for {provider} cannot be used: {detail}")]
    Configuration {
        /// Whose.
        provider: Provider,
        /// What is wrong; never a secret.
        detail: String,
    },
    /// The client id, its secret or the API key is refused. Asking again does not help.
    #[error(
        "{provider} refuses this server's own credentials ({detail}): check the client id, secret or key"
    )]
    CredentialsRefused {
        /// Who refuses.
        provider: Provider,
        /// What it said.
        detail: String,
    },
    /// The access token is too old or was withdrawn: refresh it, then ask again.
    #[error("the access to {provider} has expired: refresh it")]
    ExpiredToken {
        /// Whose.
        provider: Provider,
    },
    /// The refresh token is gone: only the person can help.
    #[error("{provider} does not accept the connection any more: connect the account again")]
    SignInAgain {
        /// Whose.
        provider: Provider,
    },
    /// The person did not grant this.
    #[error("the connection with {provider} does not include this ({detail}): connect the account again")]
    ScopeMissing {
        /// Whose.
        provider: Provider,
        /// What it said.
        detail: String,
    },
    /// The account, or the client id, may not do this.
    #[error("{provider} does not allow this: {detail}")]
    NotAllowed {
        /// Who.
        provider: Provider,
        /// What it said.
        detail: String,
    },
    /// The account is a free one.
    #[error("{provider} lets only paying accounts be controlled from elsewhere")]
    PremiumRequired {
        /// Who.
        provider: Provider,
    },
    /// No device is there to be controlled.
    #[error("no device is ready: open Spotify on the device and play something for a moment")]
    NoDevice,
    /// It says that it wants to hear no more.
    #[error("{provider} is not there any more")]
    Gone {
        /// Who.
        provider: Provider,
    },
    /// There is no such thing.
    #[error("{provider} has no {what}")]
    NotFound {
        /// Who was asked.
        provider: Provider,
        /// What for, as in "track 4uLU6hMCjMI75M1A2tKUQC".
        what: String,
    },
    /// It may not be played in this market.
    #[error("{what} cannot be played on {provider} in {market}")]
    WrongMarket {
        /// Who.
        provider: Provider,
        /// Its title or id.
        what: String,
        /// Two letters.
        market: String,
    },
    /// It cannot be played at all.
    #[error("{what} cannot be played on {provider}: {detail}")]
    NotPlayable {
        /// Who.
        provider: Provider,
        /// Its title or id.
        what: String,
        /// Why.
        detail: String,
    },
    /// We asked too often, or would: our own budget also answers with this.
    #[error("{provider} is asked too often: try again in {} s", retry_after.as_secs().max(1))]
    RateLimited {
        /// Who.
        provider: Provider,
        /// How long to wait.
        retry_after: Duration,
    },
    /// The day's allowance is used up.
    #[error("the day's allowance at {provider} is used up: it starts anew in {} min", retry_after.as_secs() / 60 + 1)]
    QuotaUsedUp {
        /// Who.
        provider: Provider,
        /// Until the next day begins there.
        retry_after: Duration,
    },
    /// Nobody answered in time, the connection broke, or the service has a fault.
    #[error("{provider} cannot be reached ({detail})")]
    Unreachable {
        /// Who.
        provider: Provider,
        /// What happened; without addresses, which can hold secrets.
        detail: String,
    },
    /// The answer is not what the service promises.
    #[error("{provider} gave an answer that cannot be understood: {detail}")]
    UnexpectedAnswer {
        /// Who.
        provider: Provider,
        /// What is wrong with it.
        detail: String,
    },
    /// The answer is larger than any we need.
    #[error("{provider} gave an answer of more than {bytes_max} bytes")]
    AnswerTooLarge {
        /// Who.
        provider: Provider,
        /// The limit.
        bytes_max: usize,
    },
    /// The person, or the service, ended the sign-in.
    #[error("{provider} did not sign anybody in: {detail}")]
    SignInRefused {
        /// Who.
        provider: Provider,
        /// The code of RFC 6749 section 4.1.2.1, as in `access_denied`.
        detail: String,
    },
    /// The answer belongs to another sign-in than the one this browser began.
    #[error("this sign-in was not begun here, or long ago: begin again")]
    StateMismatch {
        /// Who sent the person back.
        provider: Provider,
    },
    /// The id_token proves nothing.
    #[error("the proof of identity is not acceptable: {fault}")]
    IdToken {
        /// Why.
        fault: IdTokenFault,
    },
    /// The issuer does not vouch for the address.
    #[error("the sign-in service has not verified an e-mail address of this account: verify it there first")]
    EmailUnverified,
}

/// Why an id_token proves nothing (OpenID Connect Core 1.0, section 3.1.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenFault {
    /// It is no signed token.
    Malformed,
    /// Its algorithm is not one of RS256 and ES256.
    Algorithm,
    /// The issuer has no such key.
    UnknownKey,
    /// The signature is not the issuer's.
    Signature,
    /// Another issuer made it.
    Issuer,
    /// It is meant for another application.
    Audience,
    /// It was made for another application (`azp`).
    AuthorizedParty,
    /// It has expired.
    Expired,
    /// It is older than a sign-in takes, or from the future.
    IssuedAt,
    /// It belongs to another sign-in.
    Nonce,
    /// It names nobody.
    Subject,
}

impl std::fmt::Display for IdTokenFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is not a signed token",
            Self::Algorithm => "its algorithm is not one we accept",
            Self::UnknownKey => "the issuer has no such key",
            Self::Signature => "its signature is wrong",
            Self::Issuer => "another issuer made it",
            Self::Audience => "it is meant for another application",
            Self::AuthorizedParty => "it was made for another application",
            Self::Expired => "it has expired",
            Self::IssuedAt => "it was not made just now",
            Self::Nonce => "it belongs to another sign-in",
            Self::Subject => "it names nobody",
        })
    }
}

impl Error {
    /// How long to wait before asking again; `None` if waiting does not help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::QuotaUsedUp { retry_after, .. } => {
                Some(*retry_after)
            }
            Self::Unreachable { .. } => Some(Duration::from_secs(5)),
            _ => None,
        }
    }
}

/// What a service said, as it may be logged and shown: one line, bounded.
pub(crate) fn detail(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(DETAIL_CHARS_MAX).collect()
}
