//! The realtime crate.
