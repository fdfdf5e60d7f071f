//! The product from outside: its API in process, and the real program with real signals.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking"
)]

mod arrival;
mod audit;
mod authorisation;
mod autofill;
mod commands;
mod contract;
mod crossing;
mod crowd;
mod endings;
mod events;
mod faults;
mod library;
mod nests;
mod rates;
mod secret_key;
mod sign_in;
mod sockets;
mod storm;
mod streaming;
mod tokens;
mod uploads;

use std::path::Path;

/// The built program.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_rookery"))
}

/// A server in this process.
pub fn app() -> testkit::TestApp {
    testkit::TestApp::start(program())
}
