//! The nest crate.
