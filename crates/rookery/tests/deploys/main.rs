//! One release taking over from another under a real systemd, under load: what people notice of it is nothing.
//!
//! Needs root and systemd; see `testkit::Machine`. The names begin with what they accept (`docs/operations/slots.md`).
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

mod bare;
mod canary;
mod changes;
mod contracts;
mod cook;
mod crash;
mod driver;
mod encrypted;
mod host;
mod laptop;
mod listeners;
mod load;
mod ports;
mod postgres;
mod releases;
mod rollback;
mod sealed;
mod stage;
mod story;
mod units;
