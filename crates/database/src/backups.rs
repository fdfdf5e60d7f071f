//! What backups need of a database: one instant of it held still while it goes on, its file read without disturbing
//! SQLite's locks, checkpoints that lose nothing, counts to compare a copy by, and the recovery of a copied log.
//!
//! Why holding works: a read transaction of SQLite keeps its write-ahead log from beginning again, and keeps frames
//! behind its mark from being copied into the file. So the file as it is, with the log up to that mark laid over it, is
//! the database of that instant, whatever else happens meanwhile.
//!
//! Deliberately not here: where copies go, and the format of the log (`backup`).

use crate::engine::{Connection, Lease};
use crate::row::FromRow as _;
use crate::value::Value;
use crate::{Database, Engine, Error, Options, Result, migrate, nests};
use model::NestId;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement of a backup may take: whole tables are counted.
const STATEMENT_MAX: Duration = Duration::from_secs(600);
/// How many faults of one copy are told.
const FAULTS_MAX: usize = 20;
/// Nests whose logs are replayed when a copy is checked.
const REPLAYED_MAX: usize = 10_000;

/// An instant of the database, held still for as long as this is there. Dropped, it is let go.
#[derive(Debug)]
pub struct Held {
    lease: Lease,
    engine: Engine,
}

/// What a checkpoint did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Frames in the log.
    pub frames: u64,
    /// Frames of them that are in the file.
    pub copied: u64,
}

impl Database {
    /// The path of an embedded database; `None` for servers and for one in memory.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        self.pool().sqlite().and_then(crate::engine::sqlite::Pool::path)
    }

    /// Bytes of the embedded database's file now, without its log.
    ///
    /// # Errors
    /// [`Error::Unreachable`].
    pub fn file_bytes(&self) -> Result<u64> {
        let file = self.kept_file()?;
        Ok(file.metadata().map_err(|error| self.unreadable_file(&error))?.len())
    }

    /// Reads from the embedded database's file. It stays open for as long as the process lives: closing any handle of
    /// it would let go of SQLite's own locks (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
    ///
    /// # Errors
    /// [`Error::Unreachable`].
    pub fn read_file_at(&self, into: &mut [u8], offset: u64) -> Result<usize> {
        use std::os::unix::fs::FileExt as _;
        self.kept_file()?.read_at(into, offset).map_err(|error| self.unreadable_file(&error))
    }

    fn kept_file(&self) -> Result<&'static std::fs::File> {
        let pool = self.pool().sqlite().ok_or_else(|| Error::engine("this database is no file"))?;
        pool.kept_file().map_err(|error| self.unreadable_file(&error))
    }

    fn unreadable_file(&self, error: &std::io::Error) -> Error {
        let place = self.sqlite_path().map_or_else(String::new, |path| path.display().to_string());
        Error::Unreachable { place, detail: error.to_string() }
    }

    /// Holds this instant still, and runs `at_that_instant` while nobody can write: it must be short.
    ///
    /// # Errors
    /// [`Error::Conflict`] if writers leave no gap; whatever the engine says. A libSQL server cannot do this: it ends
    /// every transaction after some seconds.
    pub async fn hold<T>(&self, at_that_instant: impl FnOnce() -> T) -> Result<(Held, T)> {
        match self.engine() {
            Engine::Libsql => Err(Error::engine("a libSQL server holds nothing still")),
            Engine::Postgres => {
                self.has_sessions("a backup")?;
                let mut lease = self.aside().await?;
                lease.unsettle();
                lease.script("begin isolation level repeatable read read only").await?;
                lease.script("select 1 from schema_migrations limit 1").await?;
                Ok((Held { lease, engine: Engine::Postgres }, at_that_instant()))
            }
            Engine::Sqlite => {
                // The connection first: making one takes longer than writers should wait.
                let lease = self.aside().await?;
                let writers_wait = self.begin().await?;
                let held = Held::begin(lease).await?;
                let value = at_that_instant();
                writers_wait.rollback().await;
                Ok((held, value))
            }
        }
    }

    /// Lets go of what is held, copies the log into the file, and holds the instant at which that was done, so that the
    /// log begins again. Most is copied while others write; then they wait for the rest, and `at_that_instant` runs.
    /// Between both holds the log cannot begin again.
    ///
    /// # Errors
    /// Whatever the engine says. Then nothing is held any more, and the log may have begun again.
    pub async fn pass_on<T>(
        &self,
        held: Held,
        at_that_instant: impl FnOnce() -> T,
    ) -> Result<(Held, Checkpoint, T)> {
        let mut aside = self.aside().await?;
        let (next, meanwhile) = (self.aside().await?, Held::begin(self.aside().await?).await?);
        held.release().await?;
        checkpoint(&mut aside).await?;
        let writers_wait = self.begin().await?;
        let value = at_that_instant();
        meanwhile.release().await?;
        let checkpoint = checkpoint(&mut aside).await?;
        let held = Held::begin(next).await?;
        writers_wait.rollback().await;
        Ok((held, checkpoint, value))
    }

    /// Whether SQLite copies its log into the file whenever that has grown. `false` while something ships the log, which
    /// then does that itself.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn set_own_checkpoints(&self, are_on: bool) -> Result<()> {
        let pages = if are_on { 1000 } else { 0 };
        self.lease(true).await?.script(&format!("pragma wal_autocheckpoint = {pages}")).await
    }

    /// A connection beside those that serve.
    pub(crate) async fn aside(&self) -> Result<Lease> {
        self.pool().lease_aside(STATEMENT_MAX).await
    }
}

impl Held {
    async fn begin(mut lease: Lease) -> Result<Self> {
        lease.unsettle();
        // The first read takes the mark, not `begin`.
        lease.script("begin; select count(*) from sqlite_schema").await?;
        Ok(Self { lease, engine: Engine::Sqlite })
    }

    /// The rows of each table at that instant.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn counts(&mut self) -> Result<BTreeMap<String, u64>> {
        counts_on(&mut self.lease, self.engine).await
    }

    /// What a dump of PostgreSQL must be told to see the same instant.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn exported_snapshot(&mut self) -> Result<String> {
        let rows = self.lease.ask("select pg_export_snapshot()").await?;
        rows.into_iter().next().map(String::from_row).transpose()?.ok_or(Error::engine("no snapshot"))
    }

    /// Lets it go.
    ///
    /// # Errors
    /// Whatever the engine says; the connection is closed then, which lets go too.
    pub async fn release(mut self) -> Result<()> {
        self.lease.script("rollback").await?;
        self.lease.settle();
        Ok(())
    }
}

async fn checkpoint(lease: &mut Lease) -> Result<Checkpoint> {
    let rows = lease.ask("pragma wal_checkpoint(passive)").await?;
    let numbers: Vec<u64> = rows
        .first()
        .map(|row| row.values.iter())
        .into_iter()
        .flatten()
        .map(|value| if let Value::Int(number) = value { u64::try_from(*number).unwrap_or(0) } else { 0 })
        .collect();
    match numbers[..] {
        [_busy, frames, copied] => Ok(Checkpoint { frames, copied }),
        _ => Err(Error::engine("an unexpected answer of a checkpoint")),
    }
}

/// The rows of each table.
///
/// # Errors
/// Whatever the engine says.
pub async fn counts(database: &Database) -> Result<BTreeMap<String, u64>> {
    let mut lease = database.aside().await?;
    counts_on(&mut lease, database.engine()).await
}

/// The names of all tables. What an index of full texts keeps for itself is not among them: its virtual table is.
pub(crate) async fn tables(lease: &mut Lease, engine: Engine) -> Result<Vec<String>> {
    let sql = match engine {
        Engine::Sqlite | Engine::Libsql => {
            "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'
               and name not like 'libsql\\_%' escape '\\' and name not like '\\_%' escape '\\'
               and not exists (select 1 from sqlite_schema v where v.type = 'table' and v.sql like 'create virtual%'
                               and sqlite_schema.name like v.name || '\\_%' escape '\\') order by 1"
        }
        Engine::Postgres => {
            "select tablename from pg_tables where schemaname = current_schema() order by tablename"
        }
    };
    lease.ask(sql).await?.into_iter().map(String::from_row).collect()
}

async fn counts_on(lease: &mut Lease, engine: Engine) -> Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for name in tables(lease, engine).await? {
        let sql = format!("select count(*) from \"{}\"", name.replace('"', "\"\""));
        let count = lease.ask(&sql).await?.into_iter().next().map(i64::from_row).transpose()?.unwrap_or(0);
        counts.insert(name, u64::try_from(count).unwrap_or(0));
    }
    Ok(counts)
}

/// SHA-256 of the whole schema, as 64 hexadecimal digits.
///
/// # Errors
/// Whatever the engine says.
pub async fn schema_digest(database: &Database) -> Result<String> {
    let schema = migrate::schema(database).await?.join("\n");
    Ok(Sha256::digest(schema).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What is wrong inside a copy: pages, indexes, references, and logs of nests that cannot be replayed. Nothing: it is
/// sound.
///
/// # Errors
/// Whatever the engine says.
pub async fn faults(database: &Database) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if database.engine() != Engine::Postgres {
        let mut lease = database.aside().await?;
        for row in lease.ask(&format!("pragma integrity_check({FAULTS_MAX})")).await? {
            let said = String::from_row(row)?;
            if said != "ok" {
                found.push(said);
            }
        }
        for row in lease.ask("pragma foreign_key_check").await?.into_iter().take(FAULTS_MAX) {
            found.push(format!("a row of {} refers to one that is not there", String::from_row(row)?));
        }
    }
    if found.is_empty() {
        found.extend(logs_that_do_not_replay(database).await?);
    }
    Ok(found)
}

async fn logs_that_do_not_replay(database: &Database) -> Result<Vec<String>> {
    let ids = {
        let mut lease = database.aside().await?;
        lease.ask(&format!("select id from nests order by id limit {REPLAYED_MAX}")).await?
    };
    let mut found = Vec::new();
    for row in ids {
        let id = String::from_row(row)?;
        let Ok(nest) = id.parse::<NestId>() else {
            found.push(format!("a nest has the id `{}`", id.escape_debug()));
            continue;
        };
        match nests::load(database, nest).await {
            Ok(_) => {}
            Err(error @ Error::Unreadable { .. }) => found.push(format!("nest {id}: {error}")),
            Err(error) => return Err(error),
        }
        if found.len() >= FAULTS_MAX {
            break;
        }
    }
    Ok(found)
}

/// Has SQLite lay a log that was put beside a file over it, and removes the log. Says how many frames it took: SQLite
/// stops at the first that is damaged.
///
/// # Errors
/// [`Error::Damaged`] and others of opening.
pub async fn recover(path: &Path) -> Result<u64> {
    let options = Options { readers_max: 1, ..Options::default() };
    let database = Database::open_unchecked(&format!("sqlite:{}", path.display()), options).await?;
    let outcome = async {
        let mut lease = database.aside().await?;
        let done = checkpoint(&mut lease).await?;
        if done.copied < done.frames {
            return Err(Error::engine("the log could not be laid over the file"));
        }
        lease.script("pragma wal_checkpoint(truncate)").await?;
        Ok(done.frames)
    };
    let outcome = outcome.await;
    database.close().await;
    outcome
}

/// Makes a database for a trial beside a PostgreSQL database, or removes it again.
///
/// # Errors
/// Whatever the server says: this needs the right to create databases.
pub async fn set_scratch(database: &Database, name: &str, is_there: bool) -> Result<()> {
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(Error::engine("no name of a scratch database"));
    }
    database.has_sessions("a trial beside it")?;
    let sql = if is_there {
        format!("create database {name} template template0")
    } else {
        format!("drop database if exists {name} with (force)")
    };
    database.aside().await?.script(&sql).await
}

/// Runs the statements of a dump on an empty database.
///
/// # Errors
/// Whatever the engine says.
pub async fn load_dump(database: &Database, sql: &str) -> Result<()> {
    let mut lease = database.aside().await?;
    lease.unsettle();
    lease.script(sql).await?;
    lease.settle();
    Ok(())
}

impl Lease {
    /// The rows of a statement that is not known beforehand: names of tables are part of it.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<crate::row::Row>> {
        let settled = self.begin_statement();
        let answer = match self.connection()? {
            Connection::Sqlite(connection) => connection.ask(sql).await,
            Connection::Postgres(connection) => connection.ask(sql).await,
            Connection::Libsql(connection) => connection.ask(sql).await,
        };
        self.end_statement(settled, answer)
    }
}
