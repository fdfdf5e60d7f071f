//! Being the only one: a locked file, let go by the system when the process ends, however it ends.

use crate::error::{Error, Result};
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::path::Path;

/// Held for as long as this is there.
#[derive(Debug)]
pub struct Lease {
    _file: File,
}

impl Lease {
    /// Takes the lease whose file this is.
    ///
    /// # Errors
    /// [`Error::Busy`] if another process has it; [`Error::Io`].
    pub fn take(path: &Path) -> Result<Self> {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = opened.map_err(|error| Error::io("open", path, error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Error::Busy { path: path.to_owned() }),
            Err(errno) => Err(Error::io("lock", path, errno.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lease");
        let first = Lease::take(&path).unwrap();
        assert!(matches!(Lease::take(&path), Err(Error::Busy { .. })));
        drop(first);
        Lease::take(&path).unwrap();
    }
}
