//! When each migration was applied, for whoever looks. Applying and undoing is `migrate`.

use crate::query::queries;
use crate::row::row;
use crate::{Database, Result};
use model::WallTime;

/// A migration that is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// As in `0001_people`.
    pub name: String,
    /// The migration that a program must know at least to work with the schema after it.
    pub min_reader: u32,
    /// When.
    pub at: WallTime,
}

row! {
    struct HistoryRow { number: i64, name: String, known_at_least: i64, applied_at: i64 }
}

queries! {
    HISTORY() -> HistoryRow =
        "select number, name, known_at_least, applied_at from schema_migrations order by number";
}

/// What is applied, oldest first. The table is there once anything was ([`migrate::status`](crate::migrate::status)).
///
/// # Errors
/// Whatever the engine says.
pub async fn read(database: &Database) -> Result<Vec<Applied>> {
    let rows = HISTORY.all(database, []).await?;
    let known = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let of = |row: HistoryRow| Applied {
        name: format!("{:04}_{}", known(row.number), row.name),
        min_reader: known(row.known_at_least),
        at: WallTime::from_micros(row.applied_at),
    };
    Ok(rows.into_iter().map(of).collect())
}
