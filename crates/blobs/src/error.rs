//! What can go wrong with stored bytes.

use crate::BlobKey;
use std::io;
use std::path::{Path, PathBuf};

/// Why a blob could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The store's folder does not exist: perhaps its disk is not mounted.
    #[error("the folder {} does not exist; create it, or mount the disk that holds it", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// The store may not be written to.
    #[error("cannot write to {}: {source}", path.display())]
    ReadOnly {
        /// The file or folder that refused.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk or the quota is full.
    #[error("no space left for {}: {source}", path.display())]
    Full {
        /// What was being written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no blob of this name.
    #[error("no blob {key}")]
    NotFound {
        /// The name.
        key: BlobKey,
    },
    /// More bytes than the writer's limit.
    #[error("more than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// The file to import is a folder, a pipe, a device or a symbolic link, or its path leads outside.
    #[error("{} is not a regular file inside the folder", path.display())]
    NotRegular {
        /// The path as it was given.
        path: PathBuf,
    },
    /// An original was to be named by a hash that is not its own.
    #[error("the bytes do not have the hash that {key} says")]
    WrongName {
        /// The name that was asked for.
        key: BlobKey,
    },
    /// An earlier write failed or was cancelled, so the bytes are incomplete.
    #[error("the writer was closed by an earlier failure")]
    Closed,
    /// Anything else the system reports.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BlobError {
    /// Sorts an error of the system into the variants that need a different answer.
    pub(crate) fn from_io(action: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path, source },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { path, source }
            }
            _ => Self::Io { action, path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_full_disk_is_told_apart_from_a_broken_one() {
        let path = Path::new("/dev/full");
        let mut device = std::fs::File::options().write(true).open(path).unwrap();
        let refused = device.write_all(b"a").unwrap_err();
        assert!(matches!(BlobError::from_io("write", path, refused), BlobError::Full { .. }));
        let read_only = io::ErrorKind::ReadOnlyFilesystem.into();
        assert!(matches!(BlobError::from_io("write", path, read_only), BlobError::ReadOnly { .. }));
        let broken = io::Error::from_raw_os_error(5);
        assert!(matches!(BlobError::from_io("write", path, broken), BlobError::Io { .. }));
    }
}
