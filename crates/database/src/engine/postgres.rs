//! PostgreSQL through sqlx: a bounded pool, a time limit for statements that the server itself enforces. Behind a pooler
//! that hands sessions around ([`pooler`]) nothing is left in a session: no prepared statement, no setting.

use super::pooler;
use crate::query::Statement;
use crate::row::Row;
use crate::value::{Kind, Value};
use crate::{Error, Options, Result};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgListener, PgPool, PgPoolOptions, PgRow};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Row as _,
    TypeInfo as _, ValueRef as _,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 200;
/// The most connections past a pooler: to hear, to hold an instant still, and to look at a copy.
const DIRECT_MAX: u32 = 4;

/// Connections to one database.
#[derive(Debug)]
pub(crate) struct Pool {
    inner: PgPool,
    place: String,
    limit: Duration,
    /// Whether sessions are handed around, so that only a transaction has one to itself.
    is_pooled: bool,
    direct: Option<Box<Direct>>,
}

/// The way past a pooler.
#[derive(Debug)]
struct Direct {
    connect: PgConnectOptions,
    pool: OnceCell<PgPool>,
}

/// A connection of the pool.
#[derive(Debug)]
pub(crate) struct Connection {
    inner: sqlx::pool::PoolConnection<sqlx::Postgres>,
    place: String,
    limit: Duration,
    is_pooled: bool,
    is_in_transaction: bool,
}

impl Pool {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self> {
        let (connect, said) = parse(url)?;
        let place = place_of(&connect);
        let limit = options.statement_timeout;
        let is_pooled = AtomicBool::new(said.unwrap_or(false));
        super::reach(&place, options.connect_timeout, async || {
            let failed = |error| translate(error, &place, limit);
            let connected = connect.connect().await.map_err(failed)?;
            if said.is_some() {
                let _gone_either_way = connected.close().await;
            } else {
                let found = pooler::is_before(connected, &connect).await.map_err(failed)?;
                is_pooled.store(found, Ordering::Relaxed);
            }
            Ok(())
        })
        .await?;
        let is_pooled = is_pooled.into_inner();
        let direct = options.postgres_direct.as_deref().map(parse).transpose()?;
        let direct = direct.map(|(connect, _)| Box::new(Direct { connect, pool: OnceCell::new() }));
        let pool = PgPoolOptions::new()
            .max_connections(options.connections_max)
            .acquire_timeout(options.acquire_timeout);
        let inner = if is_pooled {
            pool.connect_lazy_with(connect.statement_cache_capacity(0))
        } else {
            with_limit(pool, limit).connect_lazy_with(connect)
        };
        Ok(Self { inner, place, limit, is_pooled, direct })
    }

    /// Whether only a transaction has a session to itself.
    pub(crate) const fn is_pooled(&self) -> bool {
        self.is_pooled
    }

    pub(crate) async fn acquire(&self) -> Result<Connection> {
        self.acquire_from(&self.inner, self.is_pooled).await
    }

    /// A connection past the pooler, where there is a way.
    pub(crate) async fn acquire_aside(&self) -> Result<Connection> {
        match self.direct().await? {
            Some(direct) => self.acquire_from(direct, false).await,
            None => self.acquire().await,
        }
    }

    async fn acquire_from(&self, pool: &PgPool, is_pooled: bool) -> Result<Connection> {
        let waited = pool.options().get_acquire_timeout();
        let inner = pool.acquire().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => Error::Exhausted { limit: waited },
            error => translate(error, &self.place, self.limit),
        })?;
        let (place, limit) = (self.place.clone(), self.limit);
        Ok(Connection { inner, place, limit, is_pooled, is_in_transaction: false })
    }

    /// What needs a session of its own has one.
    ///
    /// # Errors
    /// [`Error::Pooled`] if sessions are handed around and no way past that is known.
    pub(crate) fn has_sessions(&self, what: &'static str) -> Result<()> {
        if self.is_pooled && self.direct.is_none() {
            return Err(Error::Pooled { place: self.place.clone(), what });
        }
        Ok(())
    }

    /// Connections past the pooler, once they are needed. They must lead to the same database.
    async fn direct(&self) -> Result<Option<&PgPool>> {
        let Some(direct) = &self.direct else { return Ok(None) };
        let place = place_of(&direct.connect);
        let open = async || {
            let failed = |error| translate(error, &place, self.limit);
            let mut connected = direct.connect.connect().await.map_err(failed)?;
            let there = identity(&mut connected).await.map_err(failed)?;
            let is_pooled = pooler::is_before(connected, &direct.connect).await.map_err(failed)?;
            let mut here =
                self.inner.acquire().await.map_err(|error| translate(error, &self.place, self.limit))?;
            let here =
                identity(&mut here).await.map_err(|error| translate(error, &self.place, self.limit))?;
            let wrong = match (is_pooled, here == there) {
                (true, _) => "a pooler stands before it, too",
                (false, false) => "it leads to another database",
                (false, true) => {
                    let pool = PgPoolOptions::new().max_connections(DIRECT_MAX);
                    let pool = pool.acquire_timeout(self.inner.options().get_acquire_timeout());
                    return Ok(with_limit(pool, self.limit).connect_lazy_with(direct.connect.clone()));
                }
            };
            Err(Error::Address { detail: format!("the direct one, {place}: {wrong}") })
        };
        direct.pool.get_or_try_init(open).await.map(Some)
    }

    /// A connection of its own that hears what is said on a channel; nothing, where a pooler keeps it from hearing.
    pub(crate) async fn listen(&self, channel: &str) -> Result<Option<PgListener>> {
        let connect = match self.direct().await? {
            Some(direct) => direct.connect_options(),
            None if self.is_pooled => return Ok(None),
            None => self.inner.connect_options(),
        };
        let own = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(self.inner.options().get_acquire_timeout());
        let own = own.connect_lazy_with((*connect).clone());
        let failed = |error| translate(error, &self.place, self.limit);
        let mut listener = PgListener::connect_with(&own).await.map_err(failed)?;
        listener.listen(channel).await.map_err(failed)?;
        Ok(Some(listener))
    }

    pub(crate) async fn close(&self) {
        self.inner.close().await;
        if let Some(direct) = self.direct.as_ref().and_then(|direct| direct.pool.get()) {
            direct.close().await;
        }
    }
}

/// How an address is connected to, and what it says of a pooler.
fn parse(url: &str) -> Result<(PgConnectOptions, Option<bool>)> {
    let (url, said) = pooler::said(url);
    let connect: PgConnectOptions =
        url.parse().map_err(|error: sqlx::Error| Error::Address { detail: error.to_string() })?;
    let connect = connect
        .application_name("rookery")
        .statement_cache_capacity(STATEMENTS_MAX)
        // Poolers refuse to start a session with what they do not know.
        .extra_float_digits(None)
        .disable_statement_logging();
    Ok((connect, said))
}

fn place_of(connect: &PgConnectOptions) -> String {
    format!("PostgreSQL at {}:{}", connect.get_host(), connect.get_port())
}

/// Has every new connection of a pool keep the limit of a statement: by a statement, since poolers refuse it at the start.
fn with_limit(pool: PgPoolOptions, limit: Duration) -> PgPoolOptions {
    let set_limit: Arc<str> = format!("set statement_timeout = {}", limit.as_millis()).into();
    pool.after_connect(move |connection, _| {
        let sql = AssertSqlSafe(set_limit.to_string());
        Box::pin(async move { sqlx::raw_sql(sql).execute(connection).await.map(drop) })
    })
}

/// What tells a database of a running server from all others.
async fn identity(connection: &mut sqlx::PgConnection) -> Result<String, sqlx::Error> {
    let sql =
        "select extract(epoch from pg_postmaster_start_time())::text || ' ' || oid::text from pg_database
                where datname = current_database()";
    sqlx::raw_sql(sql).fetch_one(connection).await?.try_get(0)
}

impl Connection {
    pub(crate) async fn rows(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let arguments = arguments(statement, values)?;
        self.begin_alone().await?;
        let rows = sqlx::query_with(statement.text(super::Engine::Postgres), arguments)
            .persistent(!self.is_pooled)
            .fetch_all(&mut *self.inner)
            .await;
        read_rows(&self.end_alone(rows).await?)
    }

    pub(crate) async fn run(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<u64> {
        let arguments = arguments(statement, values)?;
        self.begin_alone().await?;
        let done = sqlx::query_with(statement.text(super::Engine::Postgres), arguments)
            .persistent(!self.is_pooled)
            .execute(&mut *self.inner)
            .await;
        Ok(self.end_alone(done).await?.rows_affected())
    }

    /// One message to the server, so that it has one session, whoever hands them around.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *self.inner);
        done.await.map(drop).map_err(|error| translate(error, &self.place, self.limit))
    }

    /// The rows of a statement that is made at run time.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<Row>> {
        self.begin_alone().await?;
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
            .persistent(!self.is_pooled)
            .fetch_all(&mut *self.inner)
            .await;
        read_rows(&self.end_alone(rows).await?)
    }

    /// How a transaction begins here: with the limit of its statements, where the session is another's afterwards.
    pub(crate) fn begin(&self, level: &str) -> String {
        if self.is_pooled {
            format!("begin{level}; set local statement_timeout = {}", self.limit.as_millis())
        } else {
            format!("begin{level}")
        }
    }

    pub(crate) const fn set_in_transaction(&mut self, is_in: bool) {
        self.is_in_transaction = is_in;
    }

    /// A statement takes several messages to the server. Where sessions are handed around they reach the same one only in a
    /// transaction.
    async fn begin_alone(&mut self) -> Result<()> {
        if self.is_pooled && !self.is_in_transaction {
            self.script(&self.begin("")).await?;
        }
        Ok(())
    }

    async fn end_alone<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T> {
        let answer = answer.map_err(|error| translate(error, &self.place, self.limit));
        if !self.is_pooled || self.is_in_transaction {
            return answer;
        }
        if answer.is_ok() {
            self.script("commit").await?;
        } else if self.script("rollback").await.is_err() {
            self.inner.close_on_drop();
        }
        answer
    }

    pub(crate) fn discard(mut self) {
        self.inner.close_on_drop();
    }

    pub(crate) fn driver(&mut self) -> &mut sqlx::PgConnection {
        &mut self.inner
    }
}

/// NULL is sent with the declared type: PostgreSQL infers nothing from a bare NULL.
fn arguments(statement: &Statement, values: Vec<Value>) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for (value, kind) in values.into_iter().zip(statement.parameters) {
        match (value, kind) {
            (Value::Null, Kind::Bool) => arguments.add(None::<bool>),
            (Value::Null, Kind::Int) => arguments.add(None::<i64>),
            (Value::Null, Kind::Real) => arguments.add(None::<f64>),
            (Value::Null, Kind::Text) => arguments.add(None::<String>),
            (Value::Null, Kind::Blob) => arguments.add(None::<Vec<u8>>),
            (Value::Bool(value), _) => arguments.add(value),
            (Value::Int(value), _) => arguments.add(value),
            (Value::Real(value), _) => arguments.add(value),
            (Value::Text(value), _) => arguments.add(value),
            (Value::Blob(value), _) => arguments.add(value),
        }
        .map_err(|error| Error::Statement { statement: statement.name.into(), detail: error.to_string() })?;
    }
    Ok(arguments)
}

fn read_rows(rows: &[PgRow]) -> Result<Vec<Row>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let columns: Arc<[String]> = first.columns().iter().map(|column| column.name().to_owned()).collect();
    rows.iter()
        .map(|row| {
            let values = (0..columns.len()).map(|at| read_value(row, at).map_err(Error::engine));
            Ok(Row { columns: Arc::clone(&columns), values: values.collect::<Result<_>>()? })
        })
        .collect()
}

fn read_value(row: &PgRow, at: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let type_info = raw.type_info().into_owned();
    Ok(match (type_info.name(), Kind::of_type_name(type_info.name())) {
        ("INT4", _) => Value::Int(row.try_get::<i32, _>(at)?.into()),
        (_, Some(Kind::Bool)) => Value::Bool(row.try_get(at)?),
        (_, Some(Kind::Int)) => Value::Int(row.try_get(at)?),
        (_, Some(Kind::Real)) => Value::Real(row.try_get(at)?),
        (_, Some(Kind::Text)) => Value::Text(row.try_get(at)?),
        (_, Some(Kind::Blob)) => Value::Blob(row.try_get(at)?),
        (name, None) => {
            let message = format!("PostgreSQL type {name} is not portable: cast it in the statement");
            return Err(sqlx::Error::ColumnDecode { index: at.to_string(), source: message.into() });
        }
    })
}

/// By SQLSTATE (PostgreSQL manual, appendix A).
pub(crate) fn translate(error: sqlx::Error, place: &str, limit: Duration) -> Error {
    let place = || place.to_owned();
    let database = match &error {
        sqlx::Error::Database(database) => database,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed => {
            return Error::Unreachable { place: place(), detail: error.to_string() };
        }
        _ => return Error::engine(error),
    };
    let detail = database.message().to_owned();
    let code = database.code().unwrap_or_default();
    match code.as_ref() {
        "40001" | "40P01" | "55P03" => Error::Conflict { detail },
        "23505" => Error::Unique { constraint: database.constraint().unwrap_or(&detail).to_owned() },
        "23503" => Error::ForeignKey,
        "53100" | "53200" => Error::StorageFull,
        "57014" => Error::Timeout { limit },
        "25006" => Error::ReadOnly { path: place() },
        "XX001" | "XX002" => Error::Damaged { place: place(), detail },
        "28P01" | "28000" | "42501" => Error::Credentials { place: place(), detail },
        "3D000" | "53300" => Error::Unreachable { place: place(), detail },
        code if code.starts_with("23") => Error::Constraint { detail },
        code if code.starts_with("57P") || code.starts_with("08") => {
            Error::Unreachable { place: place(), detail }
        }
        _ => Error::Engine { detail },
    }
}
