//! How much of what people have is in the database.

use crate::query::queries;
use crate::{Database, Result};

queries! {
    MEMBERS() -> i64 = "select count(*) from members";
    TRACKS() -> i64 = "select count(*) from tracks";
    PLAYS() -> i64 = "select count(*) from plays";
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// People.
    pub members: u64,
    /// Songs of the library.
    pub tracks: u64,
    /// Songs that were played.
    pub plays: u64,
}

/// Counts. It reads whole tables: for somebody who asks now and then.
///
/// # Errors
/// Whatever the engine says.
pub async fn count(database: &Database) -> Result<Stock> {
    Ok(Stock {
        members: MEMBERS.one(database, []).await?.unsigned_abs(),
        tracks: TRACKS.one(database, []).await?.unsigned_abs(),
        plays: PLAYS.one(database, []).await?.unsigned_abs(),
    })
}
