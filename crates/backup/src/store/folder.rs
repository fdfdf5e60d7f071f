//! A folder as a store: a file an object, written aside, synced, and only then given its name.

use super::{Key, Listed};
use crate::error::{Error, Result, blocking};
use bytes::Bytes;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where objects are before they have a name. No key begins with a dot.
const INCOMING: &str = ".incoming";
/// Folders deep that a listing goes.
const DEPTH_MAX: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: Arc<PathBuf>,
    next: Arc<AtomicU64>,
}

impl Folder {
    pub(super) async fn open(root: &Path) -> Result<Self> {
        let root = root.to_owned();
        blocking(move || {
            let incoming = root.join(INCOMING);
            // The parent is not made: a disk that is not mounted should be noticed, not replaced.
            make(&root)?;
            make(&incoming)?;
            sweep(&incoming);
            Ok(Self { root: Arc::new(root), next: Arc::default() })
        })
        .await
    }

    pub(super) fn is_on_disk_of(&self, path: &Path) -> bool {
        let disk = |path: &Path| fs::metadata(path).map(|data| data.dev()).ok();
        disk(&self.root).is_some() && disk(&self.root) == disk(path)
    }

    pub(super) async fn put(&self, place: &str, key: &Key, bytes: Bytes) -> Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let draft = self.root.join(INCOMING).join(format!("{}-{number}", std::process::id()));
        let (path, root) = (self.root.join(key.as_str()), Arc::clone(&self.root));
        let translate = translator(place, key, "write");
        blocking(move || {
            let written = write(&draft, &path, &root, &bytes);
            if written.is_err() {
                let _gone = fs::remove_file(&draft);
            }
            written.map_err(translate)
        })
        .await
    }

    pub(super) async fn get(&self, place: &str, key: &Key) -> Result<Bytes> {
        let path = self.root.join(key.as_str());
        let translate = translator(place, key, "read");
        blocking(move || fs::read(path).map(Bytes::from).map_err(translate)).await
    }

    pub(super) async fn list(&self, place: &str, prefix: &str) -> Result<Vec<Listed>> {
        let (root, prefix) = (Arc::clone(&self.root), prefix.to_owned());
        let translate = translator(place, &Key::of("all"), "list");
        blocking(move || {
            let mut listed = Vec::new();
            // The deepest folder that all keys with this prefix are in.
            let inside = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
            walk(&root, inside, DEPTH_MAX, &mut listed).map_err(translate)?;
            listed.retain(|object| object.key.as_str().starts_with(&prefix));
            Ok(listed)
        })
        .await
    }

    pub(super) async fn delete(&self, place: &str, key: &Key) -> Result<()> {
        let path = self.root.join(key.as_str());
        let translate = translator(place, key, "remove");
        blocking(move || match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(translate(error)),
            _ => Ok(()),
        })
        .await
    }
}

fn write(draft: &Path, path: &Path, root: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let folder = path.parent().unwrap_or(root);
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        let made = folder.ancestors().skip(1).take_while(|above| above.starts_with(root));
        made.map(|above| File::open(above)?.sync_all()).collect::<std::io::Result<Vec<()>>>()?;
    }
    fs::rename(draft, path)?;
    File::open(folder)?.sync_all()
}

fn make(folder: &Path) -> Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::io("create", folder, error)),
        _ => Ok(()),
    }
}

/// Removes what processes that are gone left behind.
fn sweep(incoming: &Path) {
    for entry in fs::read_dir(incoming).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.split('-').next());
        let is_gone = process.is_some_and(|process| !Path::new("/proc").join(process).exists());
        if is_gone {
            let _gone_already = fs::remove_file(entry.path());
        }
    }
}

fn walk(root: &Path, inside: &str, depth: usize, listed: &mut Vec<Listed>) -> std::io::Result<()> {
    let entries = match fs::read_dir(root.join(inside)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let inside = if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") };
        let Some(key) = Key::parse(&inside) else { continue };
        let data = match entry.metadata() {
            // Another process may remove it meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            data => data?,
        };
        if data.is_dir() && depth > 0 {
            walk(root, &inside, depth - 1, listed)?;
        } else if data.is_file() {
            listed.push(Listed { key, bytes: data.len() });
        }
    }
    Ok(())
}

fn translator(place: &str, key: &Key, action: &'static str) -> impl Fn(std::io::Error) -> Error + use<> {
    let (place, key) = (place.to_owned(), key.to_string());
    move |error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Error::Full { place: place.clone() }
        }
        ErrorKind::NotFound if action == "read" => Error::Missing { place: place.clone(), key: key.clone() },
        _ => Error::Store { place: place.clone(), action, key: key.clone(), detail: error.to_string() },
    }
}
