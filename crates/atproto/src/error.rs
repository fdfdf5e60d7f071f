//! What can go wrong, each with what to do about it. No variant holds a token or a password.

use crate::{Did, Handle};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why somebody is not known, or something was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A setting cannot be used.
    #[error("{what}: {detail}")]
    Setting {
        /// Which.
        what: &'static str,
        /// Why; never a secret.
        detail: String,
    },
    /// Neither a handle nor a DID.
    #[error("this is no handle: it looks like `ana.example.org`")]
    NoName,
    /// Nobody has this handle, as far as anybody says.
    #[error("nobody has the handle {0}")]
    UnknownHandle(Handle),
    /// Records in DNS name several accounts for one handle.
    #[error("DNS names more than one account for the handle {0}: leave one record `did=` at `_atproto.{0}`")]
    Ambiguous(Handle),
    /// The handle says which account, and the account does not say this handle.
    #[error("the account {did} does not call itself {handle}")]
    NotMutual {
        /// What was typed.
        handle: Handle,
        /// Whom it leads to.
        did: Did,
    },
    /// There is no such identity, or its document says nothing that can be used.
    #[error("the identity {did} cannot be used: {detail}")]
    Identity {
        /// Whose.
        did: Did,
        /// Why.
        detail: String,
    },
    /// An address that is not to be asked: not https, or not public.
    #[error("an address that is named there is not asked: {0}")]
    NotAsked(String),
    /// An answer that the protocol does not promise.
    #[error("{whose} answered what cannot be used: {detail}")]
    Answer {
        /// Whose answer.
        whose: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// Somebody else answers than was asked, or for somebody else.
    #[error("{0}")]
    NotTheOne(&'static str),
    /// The server says no.
    #[error("the server refuses: {0}")]
    Refused(String),
    /// The handle or the app password is wrong.
    #[error("{0} is not known there, or the app password is another one: make a new one and set it")]
    Password(String),
    /// It was not begun here, or was called off.
    #[error(transparent)]
    Other(#[from] providers::Error),
    /// All of it took too long.
    #[error("no answer in {0} s")]
    TooSlow(u64),
}
