//! `rookery import DIR`: a folder of music becomes tracks, fast, and again without harm.
//!
//! Files are taken in batches. While one batch is looked at, the next is copied and hashed. What is in the library
//! already, by its bytes, is passed over, so an import that was interrupted is simply started again.

use super::{Intake, Rejection};
use crate::error::{Error, Result};
use blobs::{ImportSource, Stored};
use futures::{StreamExt as _, stream};
use library::{Blob, Origin, Track};
use model::BlobHash;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Files copied and made durable together.
const BATCH_FILES: usize = 200;
/// Files looked at together; more would only wait for a worker.
const LOOK_AT_ONCE: usize = 4;
/// Folders below folders; deeper ones are passed over with a note.
const DEPTH_MAX: usize = 40;
/// A picture lying beside the files, in bytes; a larger one is not used.
const COVER_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Endings that are worth a look. What a file is, its content decides.
const ENDINGS: [&str; 14] =
    ["mp3", "flac", "ogg", "oga", "opus", "m4a", "m4b", "mp4", "aac", "alac", "wav", "wave", "aif", "aiff"];
/// Names of pictures that lie beside music.
const COVERS: [&str; 6] = ["cover.jpg", "cover.png", "folder.jpg", "folder.png", "front.jpg", "front.png"];

/// What an import is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many files were found.
    Found(usize),
    /// So many more are done, one way or another.
    Done(usize),
}

/// What became of a folder.
#[derive(Debug, Default)]
pub struct Summary {
    /// New tracks.
    pub added: usize,
    /// Files that were in the library already.
    pub known: usize,
    /// Files that could not be taken, and why.
    pub rejected: Vec<(PathBuf, String)>,
    /// Folders and files that were passed over, and why.
    pub passed_over: Vec<(PathBuf, String)>,
}

/// An import of one folder.
pub struct Import<'a> {
    intake: &'a Intake,
    root: PathBuf,
    progress: &'a (dyn Fn(Progress) + Sync),
    bytes_max: u64,
}

impl Intake {
    /// Takes in every music file below a folder. Symbolic links are not followed.
    ///
    /// # Errors
    /// If the folder cannot be read, or the stores fail; single files that are wrong are in the summary.
    pub async fn import(
        &self,
        root: &Path,
        bytes_max: u64,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Summary> {
        let root = std::fs::canonicalize(root).map_err(|error| Error::invalid("folder", error))?;
        Import { intake: self, root, progress, bytes_max }.run().await
    }
}

impl Import<'_> {
    async fn run(&self) -> Result<Summary> {
        let mut summary = Summary::default();
        let mut files = Vec::new();
        self.walk(&self.root, 0, &mut files, &mut summary);
        (self.progress)(Progress::Found(files.len()));
        // While one batch is written down, the next is looked at and the one after it copied. Each stage goes on by
        // itself: one that waited for another with a connection in its hand would hold up both.
        let (stored, mut to_look) = mpsc::channel(1);
        let (looked, mut to_write) = mpsc::channel(1);
        let storing = async move {
            for batch in files.chunks(BATCH_FILES) {
                let batch = self.store(batch.to_vec()).await?;
                if stored.send(batch).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        let looking = async move {
            while let Some(batch) = to_look.recv().await {
                let batch = self.look(batch).await?;
                if looked.send(batch).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        let writing = async {
            while let Some(batch) = to_write.recv().await {
                let Summary { added, known, rejected, passed_over: _ } = self.write(batch).await?;
                (self.progress)(Progress::Done(added + known + rejected.len()));
                summary.added += added;
                summary.known += known;
                summary.rejected.extend(rejected);
            }
            Ok::<(), Error>(())
        };
        tokio::try_join!(storing, looking, writing)?;
        Ok(summary)
    }

    fn walk(&self, folder: &Path, depth: usize, files: &mut Vec<PathBuf>, summary: &mut Summary) {
        let mut pass_over = |path: PathBuf, why: String| summary.passed_over.push((path, why));
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) if depth <= DEPTH_MAX => entries,
            Ok(_) => return pass_over(folder.to_owned(), format!("more than {DEPTH_MAX} folders deep")),
            Err(error) => return pass_over(folder.to_owned(), error.to_string()),
        };
        let mut names: Vec<_> = entries.filter_map(Result::ok).collect();
        names.sort_by_key(std::fs::DirEntry::file_name);
        for entry in names {
            let path = entry.path();
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            match entry.file_type() {
                _ if hidden => {}
                Ok(kind) if kind.is_dir() => self.walk(&path, depth + 1, files, summary),
                Ok(kind) if kind.is_file() && sounds_like_music(&path) => files.push(path),
                Ok(_) | Err(_) => {}
            }
        }
    }

    async fn store(&self, batch: Vec<PathBuf>) -> Result<Vec<(PathBuf, Result<Stored, String>)>> {
        let source = |path: &PathBuf| match path.strip_prefix(&self.root) {
            Ok(relative) => ImportSource::Beneath { root: self.root.clone(), relative: relative.to_owned() },
            Err(_) => ImportSource::File(path.clone()),
        };
        let sources = batch.iter().map(source).collect();
        let stored = self.intake.blobs.import_files(sources, self.bytes_max).await?;
        let stored = stored.into_iter().map(|stored| stored.map_err(|error| error.to_string()));
        Ok(batch.into_iter().zip(stored).collect())
    }

    /// What a batch holds: tracks to be written down, and what became of the rest.
    async fn look(&self, batch: Vec<(PathBuf, Result<Stored, String>)>) -> Result<(Vec<Track>, Summary)> {
        let mut summary = Summary::default();
        let hashes: Vec<BlobHash> =
            batch.iter().flat_map(|(_, stored)| Some(stored.as_ref().ok()?.hash)).collect();
        let mut known = database::tracks::known_originals(&self.intake.database, &hashes).await?;
        let mut fresh = Vec::new();
        for (path, stored) in batch {
            match stored {
                Err(why) => summary.rejected.push((path, why)),
                Ok(stored) if !known.insert(stored.hash) => summary.known += 1,
                Ok(stored) => fresh.push((path, stored)),
            }
        }
        self.claim(&fresh).await?;
        let looks = stream::iter(fresh).map(|(path, stored)| async move {
            let looked = self.look_at(&path, &stored).await;
            (path, stored, looked)
        });
        let mut tracks: Vec<Track> = Vec::new();
        let mut looked = std::pin::pin!(looks.buffered(LOOK_AT_ONCE));
        while let Some((path, stored, looked)) = looked.next().await {
            match looked {
                Ok(track) => tracks.push(track),
                Err(Rejection::File(error)) => {
                    self.intake.drop_unused(&stored).await;
                    summary.rejected.push((path, error.to_string()));
                }
                Err(Rejection::Fault(error)) => return Err(error),
            }
        }
        Ok((tracks, summary))
    }

    /// Writes a batch down. The same bytes may have become a track meanwhile, here or in another process.
    async fn write(&self, (tracks, mut summary): (Vec<Track>, Summary)) -> Result<Summary> {
        let there = self.intake.insert(&tracks).await?.into_iter().flatten().count();
        summary.known += there;
        summary.added += tracks.len() - there;
        Ok(summary)
    }

    /// Says that these bytes are in use.
    async fn claim(&self, fresh: &[(PathBuf, Stored)]) -> Result<()> {
        let blobs = fresh.iter().map(|(_, stored)| Blob { hash: stored.hash, size_bytes: stored.bytes });
        let blobs: Vec<_> = blobs.collect();
        let claimed = database::blobs::claim_all(&self.intake.database, &blobs, self.intake.now()).await?;
        for (blob, claimed) in blobs.into_iter().zip(claimed) {
            if !claimed {
                self.intake.claim(blob).await?;
            }
        }
        Ok(())
    }

    async fn look_at(&self, path: &Path, stored: &Stored) -> Result<Track, Rejection> {
        let stem = path.file_stem().unwrap_or(OsStr::new("")).to_string_lossy();
        let beside = cover_beside(path);
        self.intake.look_at(stored, &stem, None, Origin::Import, beside.as_deref()).await
    }
}

fn sounds_like_music(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// A picture that lies beside a file. Only a small regular file, never through a link.
fn cover_beside(path: &Path) -> Option<Vec<u8>> {
    let folder = path.parent()?;
    COVERS.iter().find_map(|name| {
        let path = folder.join(name);
        let about = std::fs::symlink_metadata(&path).ok()?;
        (about.is_file() && about.len() <= COVER_BYTES_MAX).then(|| std::fs::read(&path).ok())?
    })
}
