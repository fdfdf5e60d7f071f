//! Embedded SQLite: one connection that writes, several that only read, a write-ahead log synced at every commit.

use crate::query::Statement;
use crate::row::Row;
use crate::value::{Kind, Value};
use crate::{Error, Options, Result};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, ConnectOptions as _, Row as _, TypeInfo as _, ValueRef as _,
};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// A backup holds an instant on one connection, passes it on to another, and asks on a third; a snapshot meanwhile takes
/// one or two more.
const ASIDE_MAX: u32 = 6;

static MEMORY_DATABASES: AtomicU64 = AtomicU64::new(0);

/// One writer, a few readers.
#[derive(Debug)]
pub(crate) struct Pool {
    write: SqlitePool,
    read: SqlitePool,
    /// Connections that neither hold up the writer nor take a reader's place: for backups.
    aside: SqlitePool,
    /// The database's file, once a backup has read it. It is never closed: that would let go of SQLite's locks.
    file: OnceLock<&'static File>,
    /// Keeps a database in memory alive while no other connection is open.
    anchor: Option<SqlitePool>,
    place: String,
}

/// A connection of the pool.
#[derive(Debug)]
pub(crate) struct Connection {
    inner: sqlx::pool::PoolConnection<sqlx::Sqlite>,
    place: String,
}

impl Pool {
    pub(crate) async fn open(url: &str, options: &Options, is_checked: bool) -> Result<Self> {
        let path = url.trim_start_matches("sqlite:");
        let path = path.strip_prefix("//").unwrap_or(path);
        let in_memory = path == ":memory:";
        let place = if in_memory { "the database in memory".to_owned() } else { path.to_owned() };
        if !in_memory {
            check_folder(Path::new(path))?;
        }
        let connect = connect_options(path, in_memory, options);
        let pool = |connections: u32| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(options.acquire_timeout)
                .test_before_acquire(false)
                .max_lifetime(None)
                .idle_timeout(None)
        };
        let opened = |error| explain(error, &place, options);
        let anchor = if in_memory {
            Some(pool(1).min_connections(1).connect_with(connect.clone()).await.map_err(opened)?)
        } else {
            None
        };
        let write = pool(1).connect_with(connect.clone()).await.map_err(opened)?;
        let aside = pool(ASIDE_MAX).connect_lazy_with(connect.clone());
        let read = connect.read_only(!in_memory).create_if_missing(false).pragma("query_only", "true");
        let read = pool(options.readers_max).connect_with(read).await.map_err(opened)?;
        let pool = Self { write, read, aside, file: OnceLock::new(), anchor, place };
        if is_checked {
            pool.probe(options).await?;
        }
        Ok(pool)
    }

    /// Where the file is; `None` if it is in memory.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        self.anchor.is_none().then(|| PathBuf::from(&self.place))
    }

    /// The file itself, for reading what is in it.
    pub(crate) fn kept_file(&self) -> std::io::Result<&'static File> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let opened = File::open(self.path().ok_or(std::io::ErrorKind::Unsupported)?)?;
        // If another thread was faster, both stay open.
        Ok(self.file.get_or_init(|| Box::leak(Box::new(opened))))
    }

    /// A connection for backups.
    pub(crate) async fn acquire_aside(&self) -> Result<Connection> {
        Self::acquire_from(&self.aside, &self.place).await
    }

    /// Reads and writes nothing of weight, but finds a damaged file or one that may not be written.
    async fn probe(&self, options: &Options) -> Result<()> {
        let mut connection = self.acquire(true).await?;
        let explained = |error| explain(error, &self.place, options);
        let integrity: (String,) = sqlx::query_as("pragma quick_check(1)")
            .fetch_one(&mut *connection.inner)
            .await
            .map_err(explained)?;
        if integrity.0 != "ok" {
            return Err(Error::Damaged { place: self.place.clone(), detail: integrity.0 });
        }
        connection.script("begin immediate; rollback").await
    }

    pub(crate) async fn acquire(&self, writes: bool) -> Result<Connection> {
        Self::acquire_from(if writes { &self.write } else { &self.read }, &self.place).await
    }

    async fn acquire_from(pool: &SqlitePool, place: &str) -> Result<Connection> {
        let limit = pool.options().get_acquire_timeout();
        let inner = pool.acquire().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => Error::Exhausted { limit },
            error => translate(error, place),
        })?;
        Ok(Connection { inner, place: place.to_owned() })
    }

    /// Whether no other process can have it open.
    pub(crate) const fn is_in_memory(&self) -> bool {
        self.anchor.is_some()
    }

    /// A number that changes when anybody else commits. Asked on the one connection that writes here, so that our own
    /// commits do not change it.
    pub(crate) async fn commits_of_others(&self) -> Result<i64> {
        let mut connection = self.acquire(true).await?;
        let asked = sqlx::query_scalar("pragma data_version").fetch_one(&mut *connection.inner);
        asked.await.map_err(|error| translate(error, &self.place))
    }

    pub(crate) async fn close(&self) {
        self.aside.close().await;
        self.read.close().await;
        self.write.close().await;
        if let Some(anchor) = &self.anchor {
            anchor.close().await;
        }
    }
}

fn connect_options(path: &str, in_memory: bool, options: &Options) -> SqliteConnectOptions {
    let connect = SqliteConnectOptions::new()
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(options.busy_timeout)
        .statement_cache_capacity(200)
        .disable_statement_logging();
    if in_memory {
        // A name with a leading slash is shared between the connections of this process by the `memdb` VFS.
        let number = MEMORY_DATABASES.fetch_add(1, Ordering::Relaxed);
        return connect
            .filename(format!("/rookery-{number}"))
            .vfs("memdb")
            .journal_mode(SqliteJournalMode::Memory);
    }
    let connect = connect
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // What is acknowledged must survive a loss of power.
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-16000")
        .pragma("mmap_size", "268435456");
    match options.pages_max {
        Some(pages) => connect.pragma("max_page_count", pages.to_string()),
        None => connect,
    }
}

fn check_folder(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Error::FolderMissing { folder: folder.display().to_string() });
    }
    let refused = |place: &Path| Err(Error::ReadOnly { path: place.display().to_string() });
    if path.exists() && std::fs::OpenOptions::new().append(true).open(path).is_err() {
        return refused(path);
    }
    // The write-ahead log is a file beside the database: the folder itself must take new files.
    let probe = folder.join(format!(".rookery-probe-{}", std::process::id()));
    match std::fs::File::create(&probe) {
        Ok(_) => {
            let _gone = std::fs::remove_file(&probe);
            Ok(())
        }
        // Full is not read-only: SQLite itself reports that in its own words.
        Err(error) if error.kind() == std::io::ErrorKind::StorageFull => Ok(()),
        Err(_) => refused(folder),
    }
}

impl Connection {
    pub(crate) async fn rows(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let arguments = arguments(statement, values)?;
        let rows =
            sqlx::query_with(statement.text(super::Engine::Sqlite), arguments).fetch_all(&mut *self.inner);
        read_rows(&rows.await.map_err(|error| translate(error, &self.place))?)
    }

    pub(crate) async fn run(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<u64> {
        let arguments = arguments(statement, values)?;
        let done =
            sqlx::query_with(statement.text(super::Engine::Sqlite), arguments).execute(&mut *self.inner);
        Ok(done.await.map_err(|error| translate(error, &self.place))?.rows_affected())
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *self.inner);
        done.await.map(drop).map_err(|error| translate(error, &self.place))
    }

    /// The rows of a statement that is made at run time.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<Row>> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut *self.inner);
        read_rows(&rows.await.map_err(|error| translate(error, &self.place))?)
    }

    pub(crate) fn discard(mut self) {
        self.inner.close_on_drop();
    }

    pub(crate) fn driver(&mut self) -> &mut sqlx::SqliteConnection {
        &mut self.inner
    }
}

fn arguments(statement: &Statement, values: Vec<Value>) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Bool(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Blob(value) => arguments.add(value),
        }
        .map_err(|error| Error::Statement { statement: statement.name.into(), detail: error.to_string() })?;
    }
    Ok(arguments)
}

fn read_rows(rows: &[SqliteRow]) -> Result<Vec<Row>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let columns: Arc<[String]> = first.columns().iter().map(|column| column.name().to_owned()).collect();
    rows.iter()
        .map(|row| {
            let values = (0..columns.len()).map(|at| read_value(row, at).map_err(Error::engine));
            Ok(Row { columns: Arc::clone(&columns), values: values.collect::<Result<_>>()? })
        })
        .collect()
}

fn read_value(row: &SqliteRow, at: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    // Declared types are advice in SQLite; the kind of the value itself decides.
    let kind = Kind::of_type_name(raw.type_info().name());
    Ok(match kind {
        Some(Kind::Bool) => Value::Bool(row.try_get_unchecked(at)?),
        Some(Kind::Int) => Value::Int(row.try_get_unchecked(at)?),
        Some(Kind::Real) => Value::Real(row.try_get_unchecked(at)?),
        Some(Kind::Text) => Value::Text(row.try_get_unchecked(at)?),
        _ => Value::Blob(row.try_get_unchecked(at)?),
    })
}

/// An error while opening, where a file that cannot be opened says more than usual.
fn explain(error: sqlx::Error, place: &str, options: &Options) -> Error {
    match error {
        sqlx::Error::PoolTimedOut => Error::Exhausted { limit: options.acquire_timeout },
        error => translate(error, place),
    }
}

pub(crate) fn translate(error: sqlx::Error, place: &str) -> Error {
    let sqlx::Error::Database(database) = &error else { return Error::engine(error) };
    let detail = database.message().to_owned();
    let code: i32 = database.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    // The last table.column list of the message names the constraint.
    let named = || detail.rsplit(": ").next().unwrap_or_default().to_owned();
    match (code & 0xff, code) {
        (5 | 6, _) => Error::Conflict { detail },
        (8, _) => Error::ReadOnly { path: place.into() },
        (13, _) => Error::StorageFull,
        (11 | 26, _) => Error::Damaged { place: place.into(), detail },
        (10 | 14, _) => Error::Unreachable { place: place.into(), detail },
        (_, 1555 | 2067 | 2579) => Error::Unique { constraint: named() },
        (_, 787) => Error::ForeignKey,
        (19, _) => Error::Constraint { detail },
        _ => Error::Engine { detail },
    }
}
