//! Everything that can be wrong with a release, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a release could not be made, or is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was attempted.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The stream of an upload.
    #[error("the upload broke off: {0}")]
    Stream(io::Error),
    /// A stream that is no upload of a release.
    #[error("this is no upload of a release: {0}")]
    NoUpload(&'static str),
    /// A manifest that says nothing that is understood.
    #[error("the manifest cannot be read: {0}")]
    Manifest(String),
    /// A manifest of another time.
    #[error(
        "the manifest has format {found}, and this program knows {known}: use the rookery that made it, or a newer one"
    )]
    Format {
        /// The manifest's.
        found: u64,
        /// The one that is known.
        known: u64,
    },
    /// A name of a release that is none.
    #[error("`{0}` is no name of a release: 20261121T210700Z-b50df30-1a2b3c4d is one")]
    Id(String),
    /// A manifest whose id is not that of what it describes.
    #[error("the manifest is called {said} and describes {derived}")]
    OtherId {
        /// What it says.
        said: String,
        /// What follows from its contents.
        derived: String,
    },
    /// A signature that does not hold.
    #[error("the signature does not hold: {0}; nothing of this release is used")]
    Signature(String),
    /// No signature at all.
    #[error("the release is not signed: `rookery release build --key FILE` signs it")]
    Unsigned,
    /// A key that is none.
    #[error("{place} holds no key: {detail}; `rookery release keygen` makes a pair")]
    Key {
        /// Where it is.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// Bytes that are not those that were signed.
    #[error("{what} is not what was signed: {detail}")]
    Damaged {
        /// Which part.
        what: &'static str,
        /// How that was noticed.
        detail: String,
    },
    /// Something is larger than anything of its kind.
    #[error("{what} has {bytes} bytes; at most {bytes_max} are taken")]
    TooLarge {
        /// Which part.
        what: &'static str,
        /// How large.
        bytes: u64,
        /// How large it may be.
        bytes_max: u64,
    },
    /// Something in a release folder that is no part of a release.
    #[error("{} has `{name}`, which is no part of a release: take it away", folder.display())]
    Stray {
        /// Which folder.
        folder: PathBuf,
        /// What is there.
        name: String,
    },
    /// A folder that is taken.
    #[error("{} is there already: releases are never written over", .0.display())]
    Taken(PathBuf),
    /// A release that is not there.
    #[error("there is no release {id} in {}", folder.display())]
    Unknown {
        /// Which one.
        id: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Something that is no program of Linux.
    #[error("this is no program for Linux of 64 bits: {0}")]
    NoProgram(&'static str),
    /// A program that needs libraries beside it.
    #[error(
        "the program needs {0}, which an image has not: build it static (`cargo xtask release`), or make no image"
    )]
    NotStatic(String),
    /// What the program is made of is not known.
    #[error("what the program is made of cannot be read: {0}")]
    Components(String),
    /// JSON could not be written.
    #[error("the release cannot be described: {0}")]
    Describe(#[from] serde_json::Error),
}

impl Error {
    /// Something that did not go with a file.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
