//! The library crate.
