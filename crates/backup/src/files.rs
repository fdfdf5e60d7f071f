//! Files beside the database: music, play logs, keys. A file that has not changed since the last snapshot is not read
//! again.

use crate::content::{Progress, ReadAt, Writer};
use crate::error::{Error, Result, blocking};
use crate::manifest::FileEntry;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders deep that is looked.
const DEPTH_MAX: usize = 12;
/// Files of one snapshot.
const FILES_MAX: usize = 5_000_000;

/// A folder that belongs to the backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// What its files are put under when they are restored; nothing: the folder itself.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Files and folders that stay out, and files whose names begin with one of these paths.
    pub leave_out: Vec<PathBuf>,
}

struct Found {
    full: PathBuf,
    entry: FileEntry,
}

/// Stores the files of all roots, and says which there are.
///
/// # Errors
/// [`Error::Io`] for a folder that cannot be read. A file that goes while it is read is left out.
pub(crate) async fn store(
    writer: &Writer<'_>,
    roots: &[Root],
    before: &[FileEntry],
) -> Result<Vec<FileEntry>> {
    let roots = roots.to_vec();
    let found = blocking(move || {
        let mut found = Vec::new();
        for root in &roots {
            walk(root, &root.path, &root.name, DEPTH_MAX, &mut found)?;
        }
        Ok(found)
    })
    .await?;
    let before: BTreeMap<&str, &FileEntry> =
        before.iter().map(|entry| (entry.path.as_str(), entry)).collect();
    let mut entries = Vec::with_capacity(found.len());
    for Found { full, mut entry } in found {
        let same = before.get(entry.path.as_str()).filter(|old| {
            (old.bytes, old.modified_ns) == (entry.bytes, entry.modified_ns)
                && old.pieces.iter().all(|piece| writer.is_known(piece))
        });
        if let Some(same) = same {
            entry.pieces.clone_from(&same.pieces);
        } else {
            writer.tell(Progress::Found(entry.bytes));
            let Some(source) = open(&full)? else { continue };
            entry.pieces = writer.put_all(&source, entry.bytes).await?;
            entry.bytes = entry.pieces.iter().map(|piece| u64::from(piece.bytes)).sum();
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn open(path: &Path) -> Result<Option<ReadAt>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(|error| Error::io("open", path, error))?,
    };
    let path = path.to_owned();
    Ok(Some(Arc::new(move |into: &mut [u8], offset| {
        file.read_at(into, offset).map_err(|error| Error::io("read", &path, error))
    })))
}

fn walk(root: &Root, folder: &Path, inside: &str, depth: usize, found: &mut Vec<Found>) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| Error::io("read", folder, error))?,
    };
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("read", folder, error))?;
        let full = entry.path();
        let is_out = |out: &PathBuf| {
            full.as_os_str().as_encoded_bytes().starts_with(out.as_os_str().as_encoded_bytes())
        };
        let name = entry.file_name();
        // A name that is no text cannot be one of ours.
        let (Some(name), false) = (name.to_str(), root.leave_out.iter().any(is_out)) else { continue };
        let path = if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") };
        let data = match fs::symlink_metadata(&full) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            data => data.map_err(|error| Error::io("look at", &full, error))?,
        };
        if data.is_dir() && depth > 0 {
            walk(root, &full, &path, depth - 1, found)?;
        } else if data.is_file() && found.len() < FILES_MAX {
            let modified_ns = data.mtime().saturating_mul(1_000_000_000).saturating_add(data.mtime_nsec());
            let (bytes, mode) = (data.len(), data.mode() & 0o7777);
            found.push(Found {
                full,
                entry: FileEntry { path, bytes, modified_ns, mode, pieces: Vec::new() },
            });
        }
    }
    Ok(())
}
