//! The names of blobs. A key is a value, never a formatted text, so that no request can name a file outside.

use model::BlobHash;
use std::fmt;
use std::path::PathBuf;

/// The name of one blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlobKey {
    /// Bytes as a member gave them, under their own hash.
    Original(BlobHash),
    /// The version browsers play of the original with this hash.
    Playable(BlobHash),
    /// A square picture made from the picture with this hash.
    Artwork {
        /// The hash of the picture it was made from.
        hash: BlobHash,
        /// Its size.
        size: ArtworkSize,
    },
}

/// The sizes in which artwork is kept: the longest side in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArtworkSize {
    /// 96 px, for rows of a list.
    Small,
    /// 320 px, for tiles.
    Medium,
    /// 640 px, for the player.
    Large,
}

impl ArtworkSize {
    /// Every size, smallest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The side in pixels.
    pub const fn pixels(self) -> u32 {
        match self {
            Self::Small => 96,
            Self::Medium => 320,
            Self::Large => 640,
        }
    }
}

impl BlobKey {
    /// The path below the store's folder: one folder a kind, 256 folders in it, so that a million blobs stay listable.
    pub(crate) fn relative_path(self) -> PathBuf {
        let (kind, hash, suffix) = match self {
            Self::Original(hash) => ("original", hash, ""),
            Self::Playable(hash) => ("playable", hash, ""),
            Self::Artwork { hash, size } => (
                "artwork",
                hash,
                match size {
                    ArtworkSize::Small => "-96",
                    ArtworkSize::Medium => "-320",
                    ArtworkSize::Large => "-640",
                },
            ),
        };
        let name = hash.to_string();
        let mut path = PathBuf::from(kind);
        path.push(&name[..2]);
        path.push(name + suffix);
        path
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.relative_path().display())
    }
}
