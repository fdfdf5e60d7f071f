//! Hearing that another process may have written into a nest's log.
//!
//! Each engine has its own way: SQLite counts the commits of others, which is asked often because it costs next to nothing;
//! PostgreSQL tells ([`crate::nests::append`] notifies in its transaction); libSQL over HTTP can only be asked now and
//! then, and so can PostgreSQL behind a pooler that hands sessions around, where nothing is told to anybody. What was
//! written is read from the logs ([`crate::nests::heads`]): this only says when to look.

use crate::engine::Pool;
use crate::{Database, Error, Result};
use sqlx::postgres::PgListener;
use std::time::Duration;

/// The PostgreSQL channel that says: a log has grown.
pub(crate) const CHANNEL: &str = "rookery_nest_events";
/// How often SQLite is asked: half of what a listener of another process notices.
const SQLITE_ASKED_EVERY: Duration = Duration::from_millis(20);
/// After this long without a word from PostgreSQL the logs are looked at all the same: a word may have been lost with a
/// connection.
const POSTGRES_SILENCE_MAX: Duration = Duration::from_secs(2);
/// How often logs are looked at behind libSQL, and behind a pooler.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(500);

/// A place to hear from. See [`Database::changes`].
#[derive(Debug)]
pub struct Changes {
    database: Database,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// The commits of others, as last counted.
    Counted(Option<i64>),
    Told(Box<PgListener>),
    AskedNowAndThen,
    /// In memory there is nobody else.
    Never,
}

impl Database {
    /// Begins to hear of what other processes write. What happened before is not told.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn changes(&self) -> Result<Changes> {
        let way = match self.pool() {
            Pool::Sqlite(pool) if pool.is_in_memory() => Way::Never,
            Pool::Sqlite(pool) => Way::Counted(Some(pool.commits_of_others().await?)),
            Pool::Postgres(pool) => match pool.listen(CHANNEL).await {
                Ok(Some(listener)) => Way::Told(Box::new(listener)),
                Ok(None) => Way::AskedNowAndThen,
                Err(error) if pool.is_pooled() => {
                    tracing::warn!(%error, "the way past the pooler is of no use: what others write is asked for");
                    Way::AskedNowAndThen
                }
                Err(error) => return Err(error),
            },
            Pool::Libsql(_) => Way::AskedNowAndThen,
        };
        Ok(Changes { database: self.clone(), way })
    }
}

impl Changes {
    /// Resolves when another process may have written. It may be dropped and asked again without missing anything.
    ///
    /// # Errors
    /// Whatever the engine says: begin again with [`Database::changes`].
    pub async fn wait(&mut self) -> Result<()> {
        match &mut self.way {
            Way::Never => std::future::pending().await,
            Way::AskedNowAndThen => {
                tokio::time::sleep(LOOKED_AT_EVERY).await;
                Ok(())
            }
            Way::Told(listener) => match tokio::time::timeout(POSTGRES_SILENCE_MAX, listener.recv()).await {
                Ok(Err(error)) => Err(Error::engine(error)),
                Ok(Ok(_)) | Err(_) => Ok(()),
            },
            Way::Counted(known) => {
                let Pool::Sqlite(pool) = self.database.pool() else { return Ok(()) };
                loop {
                    tokio::time::sleep(SQLITE_ASKED_EVERY).await;
                    let count = Some(pool.commits_of_others().await?);
                    if count != *known {
                        *known = count;
                        return Ok(());
                    }
                }
            }
        }
    }
}
