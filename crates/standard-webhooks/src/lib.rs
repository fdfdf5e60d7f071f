//! Standard Webhooks 1.0 without any IO: what a secret must be, how a message is signed, and whether one that came in was
//! signed by somebody who has the secret. Messages that go out and messages that come in share this one signature.
//!
//! - [`Secret`] is read strictly where somebody sets it, and has a [`Secret::fingerprint`] that both sides can compare.
//! - [`Message`] is what the headers say; Svix calls them otherwise and means the same.
//! - [`Keyring`] verifies a message against the secret, and against the one before while that is being replaced.
//! - [`compact`] takes the white space out of a JSON text, so that it fits into one line of a stream.
//!
//! Deliberately not here: requests, clocks, storing, sending.

mod json;
mod message;
mod secret;
mod verify;

pub use json::{DEPTH_MAX, JsonError, compact};
pub use message::{ID_BYTES_MAX, Message, MessageError};
pub use secret::{FINGERPRINT_COMMAND, NEW_SECRET_COMMAND, SECRET_PREFIX, Secret, SecretError};
pub use verify::{Keyring, KeyringError, Refusal, Signer, TOLERANCE_S};
