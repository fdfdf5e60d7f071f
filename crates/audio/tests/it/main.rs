//! The crate against real files of every format, and against files made to break it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails by panicking")]

mod covers;
mod decoding;
mod demonstration;
mod fixtures;
mod horns;
mod inspection;
mod unpacking;
mod workers;
