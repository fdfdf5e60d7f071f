//! libSQL over HTTP. A connection is a stream on the server that ends a transaction after some seconds; a transaction
//! whose stream was lost must never go on as single statements.

use crate::query::Statement;
use crate::row::Row;
use crate::value::Value;
use crate::{Error, Options, Result};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use turso_serverless as driver;

/// How long an abandoned transaction may take to be rolled back before its connection is forgotten.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(5);

/// Streams to one server; idle ones are kept for their TLS sessions.
#[derive(Debug)]
pub(crate) struct Pool {
    database: driver::Database,
    shelf: Arc<Mutex<Shelf>>,
    slots: Arc<Semaphore>,
    acquire_timeout: Duration,
    place: Arc<str>,
}

#[derive(Debug, Default)]
struct Shelf {
    idle: Vec<driver::Connection>,
    /// Dropped in the middle of a transaction: they hold the server's only write lock, so whoever comes next rolls
    /// them back first instead of waiting for the server to lose patience.
    abandoned: Vec<Abandoned>,
}

/// A connection that was dropped in the middle of something, with what was under way on it.
struct Abandoned {
    inner: driver::Connection,
    under_way: Option<UnderWay>,
}

/// A request to the server. It is not cut off when whoever wanted it goes away: its answer says how to go on with the
/// stream, and only who goes on with a transaction can roll it back.
type UnderWay = BoxFuture<'static, ()>;

impl std::fmt::Debug for Abandoned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Abandoned").field("under_way", &self.under_way.is_some()).finish_non_exhaustive()
    }
}

/// A stream of the pool.
pub(crate) struct Connection {
    inner: Option<driver::Connection>,
    under_way: Option<UnderWay>,
    shelf: Arc<Mutex<Shelf>>,
    in_transaction: bool,
    place: Arc<str>,
    _slot: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self> {
        let address = match url.split_once(':') {
            Some(("libsql+http", rest)) => format!("http:{rest}"),
            Some((_, rest)) => format!("https:{rest}"),
            None => return Err(Error::Address { detail: "no host".into() }),
        };
        let host = address.split_once("//").map(|(_, rest)| rest).unwrap_or_default();
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        if host.is_empty() {
            return Err(Error::Address { detail: "expected libsql://HOST".into() });
        }
        if host.contains('@') {
            return Err(Error::Address { detail: "give the token as an option, not in the address".into() });
        }
        let mut builder = driver::Builder::new_remote(address.as_str());
        if let Some(token) = &options.token {
            builder = builder.with_auth_token(token.clone());
        }
        let place: Arc<str> = format!("libSQL at {host}").into();
        let database = builder.build().await.map_err(|error| translate(error, &place, false))?;
        let pool = Self {
            database,
            shelf: Arc::default(),
            slots: Arc::new(Semaphore::new(options.connections_max as usize)),
            acquire_timeout: options.acquire_timeout,
            place,
        };
        super::reach(&pool.place, options.connect_timeout, async || {
            pool.acquire().await?.script("select 1").await
        })
        .await?;
        Ok(pool)
    }

    pub(crate) async fn acquire(&self) -> Result<Connection> {
        let slot = tokio::time::timeout(self.acquire_timeout, Arc::clone(&self.slots).acquire_owned());
        let slot = slot.await.map_err(|_| Error::Exhausted { limit: self.acquire_timeout })?;
        let slot = slot.map_err(|_| Error::Unreachable {
            place: self.place.to_string(),
            detail: "the pool is closed".into(),
        })?;
        self.roll_back_abandoned().await;
        let idle = lock(&self.shelf).idle.pop();
        let inner = match idle {
            Some(connection) => connection,
            None => self.database.connect().map_err(|error| translate(error, &self.place, false))?,
        };
        Ok(Connection {
            inner: Some(inner),
            under_way: None,
            shelf: Arc::clone(&self.shelf),
            in_transaction: false,
            place: Arc::clone(&self.place),
            _slot: slot,
        })
    }

    async fn roll_back_abandoned(&self) {
        loop {
            let Some(Abandoned { inner, under_way }) = lock(&self.shelf).abandoned.pop() else { return };
            let end = async {
                if let Some(under_way) = under_way {
                    under_way.await;
                }
                let _refused_when_already_over = inner.execute_batch("rollback").await;
                inner.close().await
            };
            let _given_up = tokio::time::timeout(ROLLBACK_TIMEOUT, end).await;
        }
    }

    pub(crate) async fn close(&self) {
        self.slots.close();
        self.roll_back_abandoned().await;
        lock(&self.shelf).idle.clear();
    }
}

fn lock(shelf: &Mutex<Shelf>) -> std::sync::MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Connection {
    pub(crate) async fn rows(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let text = statement.text(super::Engine::Libsql);
        let read = self.finish(async move |connection| {
            read_all(connection.query(text, parameters(values)).await?).await
        });
        let read = read.await?;
        self.still_in_transaction()?;
        Ok(read)
    }

    pub(crate) async fn run(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<u64> {
        let text = statement.text(super::Engine::Libsql);
        let changed =
            self.finish(async move |connection| connection.execute(text, parameters(values)).await).await?;
        self.still_in_transaction()?;
        Ok(changed)
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        let sql = sql.to_owned();
        self.finish(async move |connection| connection.execute_batch(sql).await).await
    }

    /// The rows of a statement that is made at run time.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<Row>> {
        let sql = sql.to_owned();
        self.finish(async move |connection| read_all(connection.query(sql, ()).await?).await).await
    }

    /// Makes a request that goes on, on the shelf, when its caller goes away.
    async fn finish<T, F>(&mut self, request: impl FnOnce(driver::Connection) -> F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, driver::Error>> + Send + 'static,
    {
        let request = request(self.inner()?.clone());
        let (answer, answered) = oneshot::channel();
        let under_way = async move {
            let _gone = answer.send(request.await);
        };
        self.under_way.insert(under_way.boxed()).await;
        self.under_way = None;
        let answer = answered.await.map_err(|_| Error::engine("a request was cut off"))?;
        answer.map_err(|error| self.translate(error))
    }

    /// Marks what follows as a transaction, or its end.
    pub(crate) const fn set_in_transaction(&mut self, in_transaction: bool) {
        self.in_transaction = in_transaction;
    }

    /// The server answers with autocommit once it has ended the transaction on its own.
    fn still_in_transaction(&self) -> Result<()> {
        let lost =
            self.in_transaction && self.inner()?.is_autocommit().map_err(|error| self.translate(error))?;
        if lost { Err(Error::Conflict { detail: "the server ended the transaction".into() }) } else { Ok(()) }
    }

    pub(crate) fn inner(&self) -> Result<&driver::Connection> {
        self.inner.as_ref().ok_or(Error::TransactionOver)
    }

    pub(crate) fn discard(mut self) {
        if let Some(inner) = self.inner.take() {
            lock(&self.shelf).abandoned.push(Abandoned { inner, under_way: self.under_way.take() });
        }
    }

    pub(crate) fn translate(&self, error: driver::Error) -> Error {
        translate(error, &self.place, self.in_transaction)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(connection) = self.inner.take() {
            lock(&self.shelf).idle.push(connection);
        }
    }
}

fn parameters(values: Vec<Value>) -> impl driver::IntoParams {
    driver::params_from_iter(values.into_iter().map(|value| match value {
        Value::Null => driver::Value::Null,
        Value::Bool(value) => driver::Value::Integer(value.into()),
        Value::Int(value) => driver::Value::Integer(value),
        Value::Real(value) => driver::Value::Real(value),
        Value::Text(value) => driver::Value::Text(value),
        Value::Blob(value) => driver::Value::Blob(value),
    }))
}

async fn read_all(mut rows: driver::Rows) -> Result<Vec<Row>, driver::Error> {
    let columns: Arc<[String]> = rows.column_names().into();
    let mut read = Vec::new();
    while let Some(row) = rows.next().await? {
        let values = (0..columns.len()).map(|at| row.get_value(at).map(read_value));
        let values = values.collect::<Result<_, driver::Error>>()?;
        read.push(Row { columns: Arc::clone(&columns), values });
    }
    Ok(read)
}

fn read_value(value: driver::Value) -> Value {
    match value {
        driver::Value::Null => Value::Null,
        driver::Value::Integer(value) => Value::Int(value),
        driver::Value::Real(value) => Value::Real(value),
        driver::Value::Text(value) => Value::Text(value),
        driver::Value::Blob(value) => Value::Blob(value),
    }
}

/// The driver keeps the kind of a constraint and the HTTP status only in its messages.
fn translate(error: driver::Error, place: &str, in_transaction: bool) -> Error {
    let detail = error.to_string();
    let place = || place.to_owned();
    let constraint = || detail.rsplit(": ").next().unwrap_or_default().to_owned();
    match error {
        driver::Error::Busy(_) | driver::Error::BusySnapshot(_) => Error::Conflict { detail },
        driver::Error::Constraint(_) if detail.contains("UNIQUE") => {
            Error::Unique { constraint: constraint() }
        }
        driver::Error::Constraint(_) if detail.contains("FOREIGN KEY") => Error::ForeignKey,
        driver::Error::Constraint(_) => Error::Constraint { detail },
        driver::Error::DatabaseFull(_) => Error::StorageFull,
        driver::Error::Readonly(_) => Error::ReadOnly { path: place() },
        driver::Error::NotAdb(_) | driver::Error::Corrupt(_) => Error::Damaged { place: place(), detail },
        driver::Error::Http(_) if detail.contains("status 401") || detail.contains("status 403") => {
            Error::Credentials { place: place(), detail }
        }
        // The stream of this transaction is gone, and the transaction with it.
        driver::Error::Http(_)
            if in_transaction && (detail.contains("status 40") || detail.contains("stream")) =>
        {
            Error::Conflict { detail }
        }
        driver::Error::Http(_) => Error::Unreachable { place: place(), detail },
        // The server ended a transaction that held its write lock for too long.
        _ if detail.contains("timed out") || detail.contains("timed-out") => Error::Conflict { detail },
        _ => Error::Engine { detail },
    }
}
