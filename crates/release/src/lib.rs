//! A release: the program, what it is, and the proof of both.
//!
//! A **release folder** holds the program (compressed), a manifest that says what it is, a detached signature of the
//! manifest, a list of what the program is made of, and, for a program that needs nothing beside it, an image that
//! containers run. The manifest names every other file by digest and size, so one signature covers all. Everything but
//! the signature is made from its ingredients alone: the same ingredients, the same bytes.
//!
//! A machine that runs releases takes them as one stream ([`send`], [`place`]), which has no names in it and no paths:
//! where a release lies follows from its id, and the id from what was signed.
//!
//! A map: `manifest`, `id` and `digest` say what there is; `key` signs and verifies; `components` lists, `image` packs,
//! `make` puts a folder together, `folder` looks at one, `upload` carries it, `placed` keeps it on a machine.
//!
//! Deliberately not here: building programs, running them, ssh, slots (`rookery`), and declarations (`operations`).

mod components;
mod digest;
mod error;
mod folder;
mod id;
mod image;
mod key;
mod make;
mod manifest;
mod placed;
mod program;
mod upload;

pub use components::{Parts, components};
pub use digest::{Digest, Sealed};
pub use error::{Error, Result};
pub use folder::{COMPONENTS, IMAGE, MANIFEST, PROGRAM, SIGNATURE, sign, verify};
pub use id::{Instant, ReleaseId};
pub use key::{KeyPair, PublicKeys, SigningKey};
pub use make::{Ingredients, make};
pub use manifest::{FORMAT, Facts, Gap, Manifest, Profile, Range, Schema};
pub use placed::{PROGRAM_PATH, Placed, at, described, list, place, remove, remove_leftovers};
pub use program::loader;
pub use upload::send;

/// Bytes of a manifest at most.
pub const MANIFEST_BYTES_MAX: u64 = 64 * 1024;
/// Bytes of a signature at most.
pub const SIGNATURE_BYTES_MAX: u64 = 1024;
/// Bytes of the list of components at most.
pub const COMPONENTS_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Bytes of a program at most.
pub const PROGRAM_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Bytes of a compressed program, and of an image, at most.
pub const UPLOAD_BYTES_MAX: u64 = 512 * 1024 * 1024;
