//! The jobs crate.
