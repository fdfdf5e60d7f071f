//! The handle everything else holds: a pool of one engine, and the writers who commit together.

use crate::engine::{Engine, Lease, Pool};
use crate::query::{Execute, Statement};
use crate::row::Row;
use crate::together::Together;
use crate::value::Value;
use crate::{Result, Transaction};
use std::sync::Arc;
use std::time::Duration;

/// Limits and credentials of a database.
#[derive(Clone)]
pub struct Options {
    /// The token of a libSQL server.
    pub token: Option<String>,
    /// The most connections to a server.
    pub connections_max: u32,
    /// The most connections that read an SQLite file at once.
    pub readers_max: u32,
    /// For how long it is tried to reach a server before opening fails.
    pub connect_timeout: Duration,
    /// How long a caller waits for a connection.
    pub acquire_timeout: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
    /// How long SQLite waits for another process before it reports a conflict.
    pub busy_timeout: Duration,
    /// The address of the same PostgreSQL database past a pooler that hands sessions around, for what needs one of its own.
    pub postgres_direct: Option<String>,
    /// The most pages of 4 KiB an SQLite file may grow to; `None`: until the disk is full.
    pub pages_max: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            token: None,
            connections_max: 8,
            readers_max: 4,
            connect_timeout: Duration::from_secs(4),
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            busy_timeout: Duration::from_secs(5),
            postgres_direct: None,
            pages_max: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("connections_max", &self.connections_max)
            .field("readers_max", &self.readers_max)
            .finish_non_exhaustive()
    }
}

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    together: Together,
    statement_timeout: Duration,
}

impl Database {
    /// Opens `sqlite:PATH`, `sqlite::memory:`, `postgres://…`, `libsql://HOST`, `libsql+http://HOST` or
    /// `libsql+https://HOST`. A missing SQLite file is created; its folder is not.
    ///
    /// # Errors
    /// One variant for each thing an administrator can set right: unknown scheme, missing or read-only folder, damaged
    /// file, wrong credentials, server not reachable.
    pub async fn open(url: &str, options: Options) -> Result<Self> {
        Self::open_with(url, options, true).await
    }

    /// The same without a look at every page of an SQLite file.
    pub(crate) async fn open_unchecked(url: &str, options: Options) -> Result<Self> {
        Self::open_with(url, options, false).await
    }

    async fn open_with(url: &str, options: Options, is_checked: bool) -> Result<Self> {
        let pool = Pool::open(url, &options, is_checked).await?;
        let inner =
            Inner { pool, together: Together::default(), statement_timeout: options.statement_timeout };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.inner.pool.engine()
    }

    /// Whether a pooler of PostgreSQL hands sessions around, so that only a transaction has one to itself.
    pub fn is_pooled(&self) -> bool {
        matches!(self.pool(), Pool::Postgres(pool) if pool.is_pooled())
    }

    /// Sees to it that what needs a session of its own has one.
    ///
    /// # Errors
    /// [`Error::Pooled`](crate::Error::Pooled) if a pooler hands sessions around, and no way past it is known.
    pub fn has_sessions(&self, what: &'static str) -> Result<()> {
        self.pool().has_sessions(what)
    }

    /// Begins a transaction, serializable on every engine. See [`transaction!`](crate::transaction!) for one that is
    /// run again when it loses a race.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) or [`Error::Exhausted`](crate::Error::Exhausted) if another holds
    /// the database for too long; whatever the engine says.
    pub async fn begin(&self) -> Result<Transaction> {
        Transaction::begin(self.lease(true).await?, self.engine()).await
    }

    /// Waits for running statements and closes all connections. SQLite merges its write-ahead log into the file.
    pub async fn close(&self) {
        self.inner.pool.close().await;
    }

    /// Asks the engine for an answer: for readiness checks.
    ///
    /// # Errors
    /// Whatever stands in the way.
    pub async fn ping(&self) -> Result<()> {
        self.lease(false).await?.script("select 1").await
    }

    /// Runs SQL without parameters, possibly several statements, outside of any transaction: for maintenance such as
    /// `vacuum into`, and for tests. Nothing of the product's data goes through here.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn run_script(&self, sql: &str) -> Result<()> {
        self.lease(true).await?.script(sql).await
    }

    pub(crate) async fn lease(&self, writes: bool) -> Result<Lease> {
        self.inner.pool.lease(writes, self.inner.statement_timeout).await
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    pub(crate) fn together(&self) -> &Together {
        &self.inner.together
    }
}

impl Execute for &Database {
    async fn rows(self, statement: &'static Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        self.lease(!statement.reads()).await?.rows(statement, values).await
    }

    async fn run(self, statement: &'static Statement, values: Vec<Value>) -> Result<u64> {
        self.lease(true).await?.run(statement, values).await
    }
}
