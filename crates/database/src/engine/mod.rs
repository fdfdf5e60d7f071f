//! The three engines behind one pool and one connection. What differs between drivers ends here.

pub(crate) mod libsql;
mod pooler;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::query::Statement;
use crate::row::Row;
use crate::value::Value;
use crate::{Error, Options, Result};
use std::time::Duration;

/// Which engine stores the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in this process.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
    /// A libSQL server over HTTP.
    Libsql,
}

/// Connections to one of the engines.
#[derive(Debug)]
pub(crate) enum Pool {
    Sqlite(sqlite::Pool),
    Postgres(postgres::Pool),
    Libsql(libsql::Pool),
}

/// A connection of one of the engines.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(sqlite::Connection),
    Postgres(postgres::Connection),
    Libsql(libsql::Connection),
}

impl Pool {
    pub(crate) async fn open(url: &str, options: &Options, is_checked: bool) -> Result<Self> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" => sqlite::Pool::open(url, options, is_checked).await.map(Self::Sqlite),
            "postgres" | "postgresql" => postgres::Pool::open(url, options).await.map(Self::Postgres),
            "libsql" | "libsql+http" | "libsql+https" => {
                libsql::Pool::open(url, options).await.map(Self::Libsql)
            }
            _ => Err(Error::UnknownScheme { scheme: scheme.chars().take(20).collect() }),
        }
    }

    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
            Self::Libsql(_) => Engine::Libsql,
        }
    }

    /// A connection; SQLite has one that writes and several that only read.
    pub(crate) async fn lease(&self, writes: bool, limit: Duration) -> Result<Lease> {
        let connection = match self {
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire(writes).await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
            Self::Libsql(pool) => Connection::Libsql(pool.acquire().await?),
        };
        Ok(Lease { connection: Some(connection), limit, unsettled: false })
    }

    /// A connection for backups, which take their time: on SQLite none of those that serve.
    pub(crate) async fn lease_aside(&self, limit: Duration) -> Result<Lease> {
        match self {
            Self::Sqlite(pool) => {
                let connection = Some(Connection::Sqlite(pool.acquire_aside().await?));
                Ok(Lease { connection, limit, unsettled: false })
            }
            Self::Postgres(pool) => {
                let connection = Some(Connection::Postgres(pool.acquire_aside().await?));
                Ok(Lease { connection, limit, unsettled: false })
            }
            Self::Libsql(_) => self.lease(false, limit).await,
        }
    }

    /// What needs a session of its own has one.
    ///
    /// # Errors
    /// [`Error::Pooled`] if a pooler of PostgreSQL hands sessions around, and no way past it is known.
    pub(crate) fn has_sessions(&self, what: &'static str) -> Result<()> {
        match self {
            Self::Postgres(pool) => pool.has_sessions(what),
            Self::Sqlite(_) | Self::Libsql(_) => Ok(()),
        }
    }

    pub(crate) const fn sqlite(&self) -> Option<&sqlite::Pool> {
        match self {
            Self::Sqlite(pool) => Some(pool),
            Self::Postgres(_) | Self::Libsql(_) => None,
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
            Self::Libsql(pool) => pool.close().await,
        }
    }
}

impl Connection {
    /// Where what follows belongs together, the driver must know.
    pub(crate) const fn set_in_transaction(&mut self, is_in: bool) {
        match self {
            Self::Sqlite(_) => {}
            Self::Postgres(connection) => connection.set_in_transaction(is_in),
            Self::Libsql(connection) => connection.set_in_transaction(is_in),
        }
    }
}

/// A connection for a while. It goes back to the pool only if nothing is under way on it: dropped in the middle of a
/// statement or of a transaction, it is closed.
#[derive(Debug)]
pub(crate) struct Lease {
    connection: Option<Connection>,
    limit: Duration,
    unsettled: bool,
}

impl Lease {
    /// From now on the connection must not be reused, until [`Lease::settle`].
    pub(crate) const fn unsettle(&mut self) {
        self.unsettled = true;
    }

    pub(crate) const fn settle(&mut self) {
        self.unsettled = false;
    }

    pub(crate) fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or(Error::TransactionOver)
    }

    pub(crate) async fn rows(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let limit = self.limit;
        let settled = self.begin_statement();
        let answer = match self.connection()? {
            Connection::Sqlite(connection) => within(limit, connection.rows(statement, values)).await,
            Connection::Postgres(connection) => within(limit, connection.rows(statement, values)).await,
            Connection::Libsql(connection) => within(limit, connection.rows(statement, values)).await,
        };
        self.end_statement(settled, answer)
    }

    pub(crate) async fn run(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<u64> {
        let limit = self.limit;
        let settled = self.begin_statement();
        let answer = match self.connection()? {
            Connection::Sqlite(connection) => within(limit, connection.run(statement, values)).await,
            Connection::Postgres(connection) => within(limit, connection.run(statement, values)).await,
            Connection::Libsql(connection) => within(limit, connection.run(statement, values)).await,
        };
        self.end_statement(settled, answer)
    }

    /// Runs SQL without parameters, possibly several statements.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        let limit = self.limit;
        let settled = self.begin_statement();
        let answer = match self.connection()? {
            Connection::Sqlite(connection) => within(limit, connection.script(sql)).await,
            Connection::Postgres(connection) => within(limit, connection.script(sql)).await,
            Connection::Libsql(connection) => within(limit, connection.script(sql)).await,
        };
        self.end_statement(settled, answer)
    }

    pub(crate) const fn begin_statement(&mut self) -> bool {
        let settled = !self.unsettled;
        self.unsettled = true;
        settled
    }

    pub(crate) fn end_statement<T>(&mut self, settled: bool, answer: Result<T>) -> Result<T> {
        let broken = matches!(answer, Err(Error::Timeout { .. } | Error::Unreachable { .. }));
        if settled && !broken {
            self.unsettled = false;
        }
        answer
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.unsettled) {
            match connection {
                Connection::Sqlite(connection) => connection.discard(),
                Connection::Postgres(connection) => connection.discard(),
                Connection::Libsql(connection) => connection.discard(),
            }
        }
    }
}

async fn within<T>(limit: Duration, answer: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, answer).await.unwrap_or(Err(Error::Timeout { limit }))
}

/// Between two attempts to reach a server.
const REACH_PAUSE: Duration = Duration::from_millis(250);

/// Attempts to reach a server, again and again while nobody answers: it may be about to start.
///
/// # Errors
/// [`Error::Unreachable`] that says what was tried; at once, whatever else the server says.
async fn reach<F: Future<Output = Result<()>>>(
    place: &str,
    limit: Duration,
    mut attempt: impl FnMut() -> F,
) -> Result<()> {
    let (mut attempts, mut last) = (0_u32, None);
    let reached = async {
        loop {
            attempts += 1;
            match attempt().await {
                Err(Error::Unreachable { detail, .. }) => last = Some(detail),
                answer => return answer,
            }
            tokio::time::sleep(REACH_PAUSE).await;
        }
    };
    if let Ok(answer) = tokio::time::timeout(limit, reached).await {
        return answer;
    }
    let last = last.unwrap_or_else(|| "nothing answers".to_owned());
    let times = if attempts == 1 { "once" } else { &format!("{attempts} times") };
    let detail = format!("tried {times} within {limit:?}; {last}");
    Err(Error::Unreachable { place: place.to_owned(), detail })
}
