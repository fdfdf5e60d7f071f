//! The database crate.
