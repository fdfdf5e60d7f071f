//! Content-addressed bytes on the local disk: originals, playable versions and artwork, each named by a typed key.
//!
//! A blob appears whole or not at all, and is durable before its name is visible. Deliberately not here: what the bytes
//! mean (see `audio`), who may read them, and which of them are still referenced (the database counts; a collector in
//! the server calls [`Blobs::remove`]).

mod buffer;
mod error;
mod import;
mod key;
mod reader;
mod store;
mod writer;

pub use error::BlobError;
pub use import::ImportSource;
pub use key::{ArtworkSize, BlobKey};
pub use reader::{BlobReader, READ_CHUNK_BYTES_MAX};
pub use store::{Blobs, Stored};
pub use writer::BlobWriter;
