//! The product from outside: its API in process, and the real program with real signals.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking"
)]

mod access;
mod arrival;
mod atproto;
mod audit;
mod authorisation;
mod autofill;
mod backups;
mod bus;
mod channels;
mod commands;
mod contract;
mod crossing;
mod crowd;
mod doctor;
mod doors;
mod echonest;
mod echonest_socket;
mod endings;
mod environments;
mod evening;
mod events;
mod faults;
mod files;
mod following;
mod history;
mod library;
mod listen;
mod look;
mod members;
mod missing;
mod moving;
mod nests;
mod numbers;
mod operations;
mod phases;
mod pooler;
mod preview;
mod rates;
mod reactions;
mod rehearsals;
mod releases;
mod secret_key;
mod secrets;
mod sign_in;
mod slots;
mod smoke;
mod sockets;
mod sources;
mod spotify;
mod storm;
mod streaming;
mod tls;
mod tokens;
mod uploads;
mod watching;
mod webhooks;

use std::path::Path;

/// The built program.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_rookery"))
}

/// A server in this process.
pub fn app() -> testkit::TestApp {
    testkit::TestApp::start(program())
}
