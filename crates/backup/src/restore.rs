//! Restoring: beside what is there, never over it. The database's file is put together, the log that belongs to it laid
//! over it run by run by SQLite itself, up to the instant that was asked for; then the files; and only when all of it is
//! there does the folder get its name.

use crate::content::{Progress, Tell, fetch_into};
use crate::error::{Error, Result, blocking};
use crate::manifest::{Base, FileEntry, Manifest, Piece, Position, SnapshotId};
use crate::programs;
use crate::segment::{Segment, SegmentName};
use crate::snapshot::load_dump;
use crate::utc;
use crate::vault::Vault;
use database::backups;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use model::WallTime;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::cmp::Reverse;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wal::Wal;

/// The embedded database in a restored folder, where `serve` looks for it.
pub const RESTORED_DATABASE: &str = "rookery.db";
/// A dump that could not be put into a database because none was named.
const RESTORED_DUMP: &str = "rookery.dump";
/// Segments that are fetched at once.
const FETCHED_AT_ONCE: usize = 8;

/// Where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// A folder that is not there.
    pub folder: &'a Path,
    /// The address of an empty PostgreSQL database, for backups of one; without it the dump is put into the folder.
    pub postgres: Option<&'a str>,
    /// Whether the files are restored too, not only the database.
    pub with_files: bool,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// From which snapshot.
    pub id: SnapshotId,
    /// The newest instant that is in it.
    pub reached: WallTime,
    /// Frames of the log that were laid over it.
    pub frames: u64,
    /// Bytes of database and files.
    pub bytes: u64,
    /// The database, if it is a file.
    pub database: Option<PathBuf>,
}

/// Restores the state of an instant, or the newest.
///
/// # Errors
/// [`Error::Exists`], [`Error::NothingBefore`], [`Error::Damaged`] if something is missing on the way to that instant.
pub async fn restore(
    vault: &Vault,
    at: Option<WallTime>,
    target: &Target<'_>,
    tell: Tell<'_>,
) -> Result<Restored> {
    let manifest = newest_before(vault, at).await?;
    let until = at.unwrap_or(WallTime::from_micros(i64::MAX));
    restore_snapshot(vault, &manifest, Some(until), target, tell).await
}

/// The newest snapshot that shows an instant before `at`; an older one where the shipped log leads on from that to later
/// than the newest shows.
async fn newest_before(vault: &Vault, at: Option<WallTime>) -> Result<Manifest> {
    let mut newest: Option<Manifest> = None;
    let mut entries = vault.snapshots().await?;
    while let Some(entry) = entries.pop() {
        // Its name says the second.
        let second = at.map(crate::utc_basic);
        if second.as_deref().is_some_and(|second| entry.id.as_str().get(..second.len()) > Some(second)) {
            continue;
        }
        let manifest = vault.manifest(&entry.id).await?;
        if at.is_some_and(|at| manifest.taken_at() > at) {
            continue;
        }
        match (&manifest.base, newest.take()) {
            (Base::Sqlite { position: Some(position), .. }, Some(newer)) => {
                let listed = vault.store.list(&SegmentName::prefix(&position.lineage)).await?;
                let ends =
                    listed.iter().filter_map(|listed| SegmentName::parse(&listed.key)?.until_us.into());
                let leads_on = ends.max().is_some_and(|until_us: i64| until_us >= newer.taken_at_us);
                return Ok(if leads_on { manifest } else { newer });
            }
            (Base::Sqlite { position: None, .. }, newer) => newest = newer.or(Some(manifest)),
            (_, newer) => return Ok(newer.unwrap_or(manifest)),
        }
    }
    if let Some(newest) = newest {
        return Ok(newest);
    }
    let at = at.map_or_else(|| "any time".to_owned(), utc);
    Err(Error::NothingBefore { at })
}

/// Restores a snapshot and, if `until` is given, what followed it up to then.
pub(crate) async fn restore_snapshot(
    vault: &Vault,
    manifest: &Manifest,
    until: Option<WallTime>,
    target: &Target<'_>,
    tell: Tell<'_>,
) -> Result<Restored> {
    let exists = || Error::Exists { path: target.folder.to_owned() };
    if target.folder.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let draft = Draft::make(target.folder)?;
    let pieces = manifest
        .base
        .pieces()
        .chain(manifest.files.iter().filter(|_| target.with_files).flat_map(|file| &file.pieces));
    tell(Progress::Found(pieces.map(|piece| u64::from(piece.bytes)).sum()));
    let mut restored = database(vault, manifest, until, target, &draft.path, tell).await?;
    if target.with_files {
        for file in &manifest.files {
            restore_file(vault, manifest, file, &draft.path, tell).await?;
            restored.bytes += file.bytes;
        }
    }
    sync_folder(&draft.path)?;
    match renameat_with(CWD, &draft.path, CWD, target.folder, RenameFlags::NOREPLACE) {
        Ok(()) => {}
        Err(rustix::io::Errno::EXIST) => return Err(exists()),
        Err(errno) => return Err(Error::io("rename to", target.folder, errno.into())),
    }
    draft.keep();
    restored.database = restored.database.map(|_| target.folder.join(RESTORED_DATABASE));
    Ok(restored)
}

async fn database(
    vault: &Vault,
    manifest: &Manifest,
    until: Option<WallTime>,
    target: &Target<'_>,
    folder: &Path,
    tell: Tell<'_>,
) -> Result<Restored> {
    let mut restored = Restored {
        id: manifest.id.clone(),
        reached: manifest.taken_at(),
        frames: 0,
        bytes: 0,
        database: Some(folder.join(RESTORED_DATABASE)),
    };
    let path = folder.join(RESTORED_DATABASE);
    match &manifest.base {
        Base::Sqlite { file, log, frames, position } => {
            restored.bytes = fetch_file(vault, manifest, file, &path, tell).await?;
            let mut run = Run { path: path.clone(), log: Vec::new(), frames: 0, applied: 0 };
            if !log.is_empty() {
                run.log = fetch_all(vault, manifest, log, tell).await?;
                run.frames = *frames;
            }
            let reached = match (until, position) {
                (Some(until), Some(position)) => follow(vault, position, until, &mut run).await?,
                _ => None,
            };
            run.recover().await?;
            restored.frames = run.applied;
            restored.reached = restored.reached.max(reached.map_or(restored.reached, WallTime::from_micros));
        }
        Base::Postgres { dump } => {
            let file = folder.join(RESTORED_DUMP);
            restored.bytes = fetch_file(vault, manifest, dump, &file, tell).await?;
            restored.database = None;
            if let Some(url) = target.postgres {
                programs::pg_restore(url, &file).await?;
                fs::remove_file(&file).map_err(|error| Error::io("remove", &file, error))?;
            }
        }
        Base::Libsql { dump } => {
            let file = folder.join(RESTORED_DUMP);
            restored.bytes = fetch_file(vault, manifest, dump, &file, tell).await?;
            load_dump(&file, &path).await?;
            fs::remove_file(&file).map_err(|error| Error::io("remove", &file, error))?;
        }
    }
    Ok(restored)
}

/// One run of the log, put together beside the file.
struct Run {
    path: PathBuf,
    log: Vec<u8>,
    frames: u32,
    applied: u64,
}

impl Run {
    /// Has SQLite lay it over the file.
    async fn recover(&mut self) -> Result<()> {
        if self.frames == 0 {
            return Ok(());
        }
        let wal = Wal::of(&self.path).path().to_owned();
        let log = std::mem::take(&mut self.log);
        blocking({
            let wal = wal.clone();
            move || fs::write(&wal, log).map_err(|error| Error::io("write", &wal, error))
        })
        .await?;
        let taken = backups::recover(&self.path).await?;
        if taken != u64::from(self.frames) {
            let detail = format!("of {} frames SQLite takes {taken}", self.frames);
            return Err(Error::damaged("the log of the database", detail));
        }
        self.applied += taken;
        self.frames = 0;
        Ok(())
    }
}

/// Lays what was shipped behind a snapshot over it, up to an instant. Says what the last of it is from.
async fn follow(vault: &Vault, from: &Position, until: WallTime, run: &mut Run) -> Result<Option<i64>> {
    let lineage = &from.lineage;
    let listed = vault.store.list(&SegmentName::prefix(lineage)).await?;
    let mut names: Vec<SegmentName> = listed
        .iter()
        .filter_map(|listed| SegmentName::parse(&listed.key))
        .filter(|name| (name.run, name.end()) > (from.run, from.frames))
        .collect();
    // Of two that begin alike the longer one took the place of the other.
    names.sort_by_key(|name| (name.run, name.first, Reverse(name.count)));
    let mut wanted: Vec<SegmentName> = Vec::new();
    for name in names {
        if wanted.last().is_none_or(|last| (last.run, last.end()) < (name.run, name.end())) {
            wanted.push(name);
        }
    }
    // The first that ends after that instant may still begin before it; no other does.
    let end = wanted.iter().position(|name| name.until_us > until.micros());
    let wanted = wanted.into_iter().take(end.map_or(usize::MAX, |end| end + 1));
    let fetched = stream::iter(wanted.map(|name| async move {
        let key = name.key(lineage);
        let sealed = vault.store.get(&key).await?;
        let keys = vault.keys.clone();
        blocking(move || Segment::open(&key, &sealed, &keys)).await
    }));
    let mut fetched = std::pin::pin!(fetched.buffered(FETCHED_AT_ONCE));
    let (mut at_run, mut reached) = (from.run, None);
    while let Some(segment) = fetched.try_next().await? {
        let name = segment.name();
        let gap = |what: &str| {
            let since =
                reached.map_or_else(|| "the snapshot".to_owned(), |us| utc(WallTime::from_micros(us)));
            Error::damaged(name.key(lineage), format!("{what} is missing behind {since}"))
        };
        if name.run != at_run {
            if name.run != at_run + 1 || segment.head.frames_of_run_before != run.frames {
                return Err(gap("the end of a run"));
            }
            run.recover().await?;
            at_run = name.run;
        }
        if name.first > run.frames {
            return Err(gap("a part of the log"));
        }
        let Some(end) = segment.frames_at(until.micros()).filter(|end| *end > run.frames) else {
            if name.until_us > until.micros() { break } else { continue }
        };
        run.log.extend_from_slice(segment.slice(run.frames, end)?);
        run.frames = end;
        reached = segment.head.cuts.iter().rfind(|(_, cut)| *cut <= end).map(|(us, _)| *us);
        if end < name.end() {
            break;
        }
    }
    Ok(reached)
}

async fn restore_file(
    vault: &Vault,
    manifest: &Manifest,
    entry: &FileEntry,
    folder: &Path,
    tell: Tell<'_>,
) -> Result<()> {
    let path = folder.join(&entry.path);
    if let Some(parent) = path.parent() {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(parent);
        made.map_err(|error| Error::io("create", parent, error))?;
    }
    fetch_file(vault, manifest, &entry.pieces, &path, tell).await?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(entry.mode & 0o777);
    fs::set_permissions(&path, mode).map_err(|error| Error::io("set permissions of", &path, error))
}

async fn fetch_file(
    vault: &Vault,
    manifest: &Manifest,
    pieces: &[Piece],
    path: &Path,
    tell: Tell<'_>,
) -> Result<u64> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file = Arc::new(file.map_err(|error| Error::io("create", path, error))?);
    let bytes = fetch_into(vault, pieces, &manifest.names, (&file, path), tell).await?;
    let path = path.to_owned();
    blocking(move || file.sync_all().map_err(|error| Error::io("sync", &path, error))).await?;
    Ok(bytes)
}

async fn fetch_all(vault: &Vault, manifest: &Manifest, pieces: &[Piece], tell: Tell<'_>) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for piece in pieces {
        all.append(&mut vault.fetch(piece, &manifest.names).await?);
        tell(Progress::Done(piece.bytes.into()));
    }
    Ok(all)
}

fn sync_folder(folder: &Path) -> Result<()> {
    let synced = File::open(folder).and_then(|opened| opened.sync_all());
    synced.map_err(|error| Error::io("sync", folder, error))
}

/// The folder while it is not whole. Dropped, it is removed.
struct Draft {
    path: PathBuf,
    is_kept: bool,
}

impl Draft {
    fn make(folder: &Path) -> Result<Self> {
        let mut name = folder.as_os_str().to_owned();
        name.push(format!(".restoring-{}", std::process::id()));
        let path = PathBuf::from(name);
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => Ok(Self { path, is_kept: false }),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(Error::Exists { path }),
            Err(error) => Err(Error::io("create", &path, error)),
        }
    }

    fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_kept {
            let _gone_already = fs::remove_dir_all(&self.path);
        }
    }
}
