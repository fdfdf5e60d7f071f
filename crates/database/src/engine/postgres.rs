//! PostgreSQL through sqlx: a bounded pool, a time limit for statements that the server itself enforces.

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
use std::time::Duration;

/// Connections to one database.
#[derive(Debug)]
pub(crate) struct Pool {
    inner: PgPool,
    place: String,
    limit: Duration,
}

/// A connection of the pool.
#[derive(Debug)]
pub(crate) struct Connection {
    inner: sqlx::pool::PoolConnection<sqlx::Postgres>,
    place: String,
    limit: Duration,
}

impl Pool {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self> {
        let connect: PgConnectOptions =
            url.parse().map_err(|error: sqlx::Error| Error::Address { detail: error.to_string() })?;
        let place = format!("PostgreSQL at {}:{}", connect.get_host(), connect.get_port());
        let limit_ms = options.statement_timeout.as_millis().to_string();
        let connect = connect
            .application_name("rookery")
            .statement_cache_capacity(options.postgres_statement_cache)
            .disable_statement_logging();
        // Poolers refuse unknown startup parameters, so the limit is set by a statement.
        let set_limit: Arc<str> = format!("set statement_timeout = {limit_ms}").into();
        let pool = PgPoolOptions::new()
            .max_connections(options.connections_max)
            .acquire_timeout(options.acquire_timeout)
            .after_connect(move |connection, _| {
                let sql = AssertSqlSafe(set_limit.to_string());
                Box::pin(async move { sqlx::raw_sql(sql).execute(connection).await.map(drop) })
            });
        let limit = options.statement_timeout;
        super::reach(&place, options.connect_timeout, async || {
            let connected = connect.connect().await.map_err(|error| translate(error, &place, limit))?;
            let _gone_either_way = connected.close().await;
            Ok(())
        })
        .await?;
        let inner = pool.connect_lazy_with(connect);
        Ok(Self { inner, place, limit })
    }

    pub(crate) async fn acquire(&self) -> Result<Connection> {
        let waited = self.inner.options().get_acquire_timeout();
        let inner = self.inner.acquire().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => Error::Exhausted { limit: waited },
            error => translate(error, &self.place, self.limit),
        })?;
        Ok(Connection { inner, place: self.place.clone(), limit: self.limit })
    }

    /// A connection of its own that hears what is said on a channel.
    pub(crate) async fn listen(&self, channel: &str) -> Result<PgListener> {
        let own = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(self.inner.options().get_acquire_timeout());
        let own = own.connect_lazy_with((*self.inner.connect_options()).clone());
        let failed = |error| translate(error, &self.place, self.limit);
        let mut listener = PgListener::connect_with(&own).await.map_err(failed)?;
        listener.listen(channel).await.map_err(failed)?;
        Ok(listener)
    }

    pub(crate) async fn close(&self) {
        self.inner.close().await;
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
            sqlx::query_with(statement.text(super::Engine::Postgres), arguments).fetch_all(&mut *self.inner);
        read_rows(&rows.await.map_err(|error| translate(error, &self.place, self.limit))?)
    }

    pub(crate) async fn run(&mut self, statement: &'static Statement, values: Vec<Value>) -> Result<u64> {
        let arguments = arguments(statement, values)?;
        let done =
            sqlx::query_with(statement.text(super::Engine::Postgres), arguments).execute(&mut *self.inner);
        Ok(done.await.map_err(|error| translate(error, &self.place, self.limit))?.rows_affected())
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *self.inner);
        done.await.map(drop).map_err(|error| translate(error, &self.place, self.limit))
    }

    /// The rows of a statement that is made at run time.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<Row>> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut *self.inner);
        read_rows(&rows.await.map_err(|error| translate(error, &self.place, self.limit))?)
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
