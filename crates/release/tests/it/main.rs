//! A release from its ingredients to the machine that runs it, and everything that must not get there.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

mod kitchen;
mod made;
mod placing;
