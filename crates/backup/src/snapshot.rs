//! Taking a snapshot: one instant of the database, with its rows counted at that very instant, and the files beside it.
//! Its manifest is written last, so that a snapshot is there whole or not at all.

use crate::content::{Progress, ReadAt, Tell, Writer};
use crate::error::{Error, Result};
use crate::files::{self, Root};
use crate::manifest::{Base, FORMAT, FileEntry, Manifest, NameKey, Piece, Position, SnapshotId};
use crate::programs;
use crate::ship::{Track, scan};
use crate::vault::Vault;
use database::backups::{self, Held};
use database::{Database, Engine, Options};
use model::{Clock, Entropy, WallTime};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use wal::{Cursor, Wal};

/// How often is waited for the shipper to notice that the log began again, and how long each time.
const POSITION_TRIES_MAX: u32 = 50;
const POSITION_PAUSE: Duration = Duration::from_millis(100);
/// How often a snapshot is begun anew because the log began again while it was copied.
const LOG_TRIES_MAX: u32 = 8;

/// What is backed up.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The database.
    pub database: &'a Database,
    /// Its address: programs of PostgreSQL and dumps of libSQL need it.
    pub url: &'a str,
    /// The token of a libSQL server.
    pub token: Option<&'a str>,
    /// Folders.
    pub roots: &'a [Root],
    /// A folder for what is made on the way.
    pub scratch: &'a Path,
    /// The environment it is of.
    pub environment: &'a str,
    /// The release that makes it.
    pub release: &'a str,
    /// Under which key parts are named.
    pub names: &'a NameKey,
    /// What time it is.
    pub clock: &'a dyn Clock,
}

/// A snapshot that was taken. It does not count before it is checked.
#[derive(Debug)]
pub struct Created {
    /// Its name.
    pub id: SnapshotId,
    /// The instant it shows.
    pub taken_at: WallTime,
    /// Bytes of everything in it.
    pub bytes: u64,
    /// What went wrong in each place, in the order they were given.
    pub failures: Vec<Option<Error>>,
}

/// What is known of the database of a snapshot.
struct Part {
    base: Base,
    taken_at: WallTime,
    counts: BTreeMap<String, u64>,
    schema: String,
}

/// Takes a snapshot into all places; one that fails does not keep it from the others. With a shipper's track it leads to
/// the instants after it.
///
/// # Errors
/// Those of the database and of files; if every place fails, what the first one says.
pub async fn create(
    source: &Source<'_>,
    vaults: &[Vault],
    track: Option<&Track>,
    entropy: &mut dyn Entropy,
    tell: Tell<'_>,
) -> Result<Created> {
    let writer = Writer::open(vaults, source.names, tell).await;
    let part = match source.database.engine() {
        Engine::Sqlite => sqlite(source, track, &writer).await?,
        Engine::Postgres => postgres(source, &writer).await?,
        Engine::Libsql => libsql(source, &writer).await?,
    };
    let before = before(vaults).await;
    let files = files::store(&writer, source.roots, &before).await?;
    let id = SnapshotId::generate(part.taken_at, entropy);
    let manifest = Manifest {
        format: FORMAT,
        id: id.clone(),
        taken_at_us: part.taken_at.micros(),
        release: source.release.to_owned(),
        environment: source.environment.to_owned(),
        names: source.names.clone(),
        base: part.base,
        counts: part.counts,
        schema: part.schema,
        files,
    };
    let text = manifest.write()?;
    let mut failures = writer.finish();
    for (vault, failure) in vaults.iter().zip(&mut failures) {
        if failure.is_none() {
            let sealed = vault.keys.seal(&text)?;
            *failure = vault.store.put_and_check(&id.key(), sealed.into()).await.err();
        }
    }
    if failures.iter().all(Option::is_some) {
        let first = failures.into_iter().flatten().next();
        return Err(first.unwrap_or(Error::NotPossible("there is no place for backups")));
    }
    Ok(Created { id, taken_at: part.taken_at, bytes: manifest.bytes(), failures })
}

/// The files of the last snapshot that can be read here.
async fn before(vaults: &[Vault]) -> Vec<FileEntry> {
    for vault in vaults.iter().filter(|vault| vault.keys.can_open()) {
        let last = vault.snapshots().await.ok().and_then(|mut entries| entries.pop());
        if let Some(last) = last
            && let Ok(manifest) = vault.manifest(&last.id).await
        {
            return manifest.files;
        }
    }
    Vec::new()
}

/// An instant of an SQLite file, and how much of its log belongs to it.
struct Still {
    held: Held,
    cursor: Option<Cursor>,
    position: Option<Position>,
    taken_at: WallTime,
}

async fn hold(source: &Source<'_>, wal: &Wal, track: Option<&Track>) -> Result<Still> {
    for _ in 0..POSITION_TRIES_MAX {
        // Most of the log is read while others write.
        let before = crate::error::blocking({
            let wal = wal.clone();
            move || scan(&wal, None)
        })
        .await?;
        let at_that_instant = || {
            let cursor = scan(wal, before)?;
            Ok((cursor, track.map(|track| track.position(cursor.as_ref())), source.clock.wall()))
        };
        let (held, found) = source.database.hold(at_that_instant).await?;
        let (cursor, position, taken_at) = match found {
            Ok(found) => found,
            Err(error) => return Err(error),
        };
        match position {
            None => return Ok(Still { held, cursor, position: None, taken_at }),
            Some(Some(position)) => return Ok(Still { held, cursor, position: Some(position), taken_at }),
            Some(None) => held.release().await?,
        }
        tokio::time::sleep(POSITION_PAUSE).await;
    }
    Err(Error::LostTrack { detail: "the shipper does not follow".to_owned() })
}

async fn sqlite(source: &Source<'_>, track: Option<&Track>, writer: &Writer<'_>) -> Result<Part> {
    let path =
        source.database.sqlite_path().ok_or(Error::NotPossible("a database in memory has no backup"))?;
    let wal = Wal::of(&path);
    for _ in 0..LOG_TRIES_MAX {
        let Still { mut held, cursor, position, taken_at } = hold(source, &wal, track).await?;
        let counts = held.counts().await?;
        let file_bytes = source.database.file_bytes()?;
        let cursor = cursor.filter(|cursor| cursor.frames() > 0);
        writer.tell(Progress::Found(file_bytes + cursor.map_or(0, |cursor| cursor.bytes())));
        // The log first: where all of it is in the file already, what is held keeps the file as it is, but not the log,
        // which begins again with the next write.
        let log = match cursor {
            Some(cursor) => put_log(&wal, &cursor, writer).await?,
            None => Some(Vec::new()),
        };
        let Some(log) = log else {
            held.release().await?;
            continue;
        };
        let database = source.database.clone();
        let read: ReadAt = Arc::new(move |into, offset| Ok(database.read_file_at(into, offset)?));
        let file = writer.put_all(&read, file_bytes).await?;
        held.release().await?;
        let frames = cursor.map_or(0, |cursor| cursor.frames());
        let schema = backups::schema_digest(source.database).await?;
        return Ok(Part { base: Base::Sqlite { file, log, frames, position }, taken_at, counts, schema });
    }
    Err(Error::LostTrack { detail: "the log begins again faster than it is copied".to_owned() })
}

/// The log up to here; nothing if it began again meanwhile. Its header is the first that is written over then.
async fn put_log(wal: &Wal, cursor: &Cursor, writer: &Writer<'_>) -> Result<Option<Vec<Piece>>> {
    let (opened, path) = (wal.file()?, wal.path().to_owned());
    let read: ReadAt = Arc::new(move |into, offset| {
        opened.read_at(into, offset).map_err(|error| Error::io("read", &path, error))
    });
    let log = writer.put_all(&read, cursor.bytes()).await?;
    let is_same = wal.header()?.is_some_and(|header| cursor.is_in(&header));
    Ok(is_same.then_some(log))
}

async fn postgres(source: &Source<'_>, writer: &Writer<'_>) -> Result<Part> {
    let scratch = scratch(source.scratch)?;
    let dump = scratch.path().join("dump");
    let (mut held, taken_at) = source.database.hold(|| source.clock.wall()).await?;
    let snapshot = held.exported_snapshot().await?;
    let counts = held.counts().await?;
    programs::pg_dump(source.url, &snapshot, &dump).await?;
    held.release().await?;
    let dump = put_file(writer, &dump).await?;
    let schema = backups::schema_digest(source.database).await?;
    Ok(Part { base: Base::Postgres { dump }, taken_at, counts, schema })
}

/// A libSQL server dumps one instant, but does not say which: the dump itself is counted, and must lie between what was
/// there before and after.
async fn libsql(source: &Source<'_>, writer: &Writer<'_>) -> Result<Part> {
    let scratch = scratch(source.scratch)?;
    let (dump, copy) = (scratch.path().join("dump.sql"), scratch.path().join("copy.db"));
    let before = backups::counts(source.database).await?;
    let taken_at = source.clock.wall();
    programs::libsql_dump(source.url, source.token, &dump).await?;
    let after = backups::counts(source.database).await?;
    load_dump(&dump, &copy).await?;
    let database = Database::open(&format!("sqlite:{}", copy.display()), Options::default()).await?;
    let counts = backups::counts(&database).await;
    let schema = backups::schema_digest(&database).await;
    database.close().await;
    let counts = counts?;
    for (table, count) in &counts {
        let at = |counts: &BTreeMap<String, u64>| counts.get(table).copied().unwrap_or(0);
        let (low, high) = (at(&before).min(at(&after)), at(&before).max(at(&after)));
        if !(low..=high).contains(count) {
            let detail = format!("the dump has {count} rows of {table}, the server had {low} to {high}");
            return Err(Error::Mismatch { detail });
        }
    }
    if let Some(table) = before.keys().find(|table| !counts.contains_key(*table)) {
        return Err(Error::Mismatch { detail: format!("the dump has no table {table}") });
    }
    let dump = put_file(writer, &dump).await?;
    Ok(Part { base: Base::Libsql { dump }, taken_at, counts, schema: schema? })
}

/// Makes an SQLite file of a dump.
pub(crate) async fn load_dump(dump: &Path, to: &Path) -> Result<()> {
    let sql = std::fs::read_to_string(dump).map_err(|error| Error::io("read", dump, error))?;
    let database = Database::open(&format!("sqlite:{}", to.display()), Options::default()).await?;
    let loaded = backups::load_dump(&database, &programs::mend_dump(&sql)).await;
    database.close().await;
    Ok(loaded?)
}

async fn put_file(writer: &Writer<'_>, path: &Path) -> Result<Vec<Piece>> {
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let bytes = file.metadata().map_err(|error| Error::io("look at", path, error))?.len();
    writer.tell(Progress::Found(bytes));
    let path = path.to_owned();
    let read: ReadAt = Arc::new(move |into, offset| {
        file.read_at(into, offset).map_err(|error| Error::io("read", &path, error))
    });
    writer.put_all(&read, bytes).await
}

/// A folder that goes when it is done with.
pub(crate) fn scratch(parent: &Path) -> Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix(".backup-")
        .tempdir_in(parent)
        .map_err(|error| Error::io("create a folder in", parent, error))
}
