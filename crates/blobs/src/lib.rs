//! The blobs crate.
