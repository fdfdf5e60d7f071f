//! The real engines: each test gets servers and files of its own, gone when it ends.

use database::{Database, Options, migrate};
use model::WallTime;
use peers::{Libsql, Pgbouncer, Postgres};
use std::any::Any;

/// An engine that is ready to be opened.
pub struct Engine {
    pub url: String,
    pub options: Options,
    /// What ends with it.
    _stays: Box<dyn Any + Send + Sync>,
}

impl Engine {
    fn new(url: String, options: Options, stays: impl Any + Send + Sync) -> Self {
        Self { url, options, _stays: Box::new(stays) }
    }

    /// A migrated database on it.
    pub async fn open(&self) -> Database {
        let database = self.open_empty().await;
        migrate::up(&database, WallTime::from_micros(1)).await.expect("migrations");
        database
    }

    /// A database on it, as it is.
    pub async fn open_empty(&self) -> Database {
        Database::open(&self.url, self.options.clone()).await.expect("the engine opens")
    }
}

pub async fn sqlite() -> Engine {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let url = format!("sqlite:{}", folder.path().join("rookery.db").display());
    Engine::new(url, Options::default(), folder)
}

pub async fn memory() -> Engine {
    Engine::new("sqlite::memory:".into(), Options::default(), ())
}

pub async fn postgres() -> Engine {
    let server = Postgres::start();
    Engine::new(server.url().to_owned(), Options::default(), server)
}

/// PostgreSQL behind a pooler that hands so many sessions around.
pub async fn pooled(sessions: usize) -> Engine {
    let server = Postgres::start();
    let pooler = Pgbouncer::start(&server, sessions);
    Engine::new(pooler.url().to_owned(), Options::default(), (pooler, server))
}

pub async fn libsql() -> Engine {
    let server = Libsql::start();
    let options = Options { token: Some(server.token().to_owned()), ..Options::default() };
    Engine::new(server.url().to_owned(), options, server)
}
