//! AT Protocol, as far as rookery speaks it: names and identities (handles, DIDs, their documents), signing in with OAuth as
//! the protocol wants it (client metadata, PAR, PKCE, DPoP), and one account that writes records with an app password.
//!
//! Everything that is asked was chosen by a stranger: it is asked through `providers`' guarded client, which reaches public
//! addresses alone, follows nothing, and bounds answers and time.
//!
//! Deliberately not here: who is let in (`access`), what is told (`sinks`), routes and cookies (`server`), and keeping
//! anybody's tokens: whoever signs in is known afterwards, and their token is given back.

mod account;
mod dns;
mod dpop;
mod error;
mod identity;
mod metadata;
mod name;
mod network;
mod sign_in;

pub use account::{Account, AccountOptions};
pub use dns::NameServer;
pub use dpop::Key;
pub use error::{Error, Result};
pub use metadata::Client;
pub use name::{Did, Handle, Named};
pub use network::Network;
pub use sign_in::{Attempt, Begun, SignIn, SignInOptions};

/// The directory of `did:plc`.
pub const PLC_DIRECTORY: &str = "https://plc.directory";
/// A service that looks handles up, by DNS too.
pub const HANDLE_RESOLVER: &str = "https://public.api.bsky.app";
/// Where most accounts write.
pub const BLUESKY: &str = "https://bsky.social";
