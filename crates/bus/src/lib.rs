//! The bus: processes on one database tell each other over Redis that something was written, so that nobody has to wait
//! until the database is asked again.
//!
//! What goes over it is a word and never data: "look". Everything is in the database; a word that is lost, doubled or made
//! up by a stranger changes nothing but when somebody looks. So Redis may be lost at any moment, need not be backed up,
//! and is not trusted: what it sends is read within bounds ([`wire`](self)), and what is no word of ours is dropped.
//!
//! Deliberately not here: what is looked at, and how often at most (that is the server's), and how processes hear each
//! other without a bus (`database::Changes`).

mod address;
mod connection;
mod link;
mod probe;
mod wire;

pub use address::{Address, AddressError};
pub use connection::Error;
pub use link::{Bus, State, channel};
pub use probe::{Answered, probe};

use std::time::Duration;

/// How long it may take to be connected, greeted and subscribed.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// How long of this the handshake of TLS may take: what does not speak it often says nothing at all.
pub const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(3);
/// How long an answer to a command may take.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// After so long without a word of our own it is asked whether the other side is still there.
pub const ASKED_EVERY: Duration = Duration::from_secs(10);
/// Between two words of our own: many commits in a moment are one word.
pub const SAID_EVERY_MIN: Duration = Duration::from_millis(5);
/// Before the first attempt to connect again; doubled with each that fails.
pub const PAUSE_MIN: Duration = Duration::from_millis(250);
/// Before any attempt, at most.
pub const PAUSE_MAX: Duration = Duration::from_secs(15);
