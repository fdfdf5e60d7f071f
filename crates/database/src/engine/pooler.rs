//! Whether a pooler stands before PostgreSQL that hands its sessions around, one transaction to this connection and the next
//! to another, as PgBouncer's `pool_mode = transaction` does: then nothing of a session lasts longer than a transaction.
//!
//! It is found out by what a session is: of two connections each has a process of the server to itself, for as long as it
//! lasts. Whoever meets another's, or another one than before, is handed around.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::pin::pin;
use std::time::Duration;

/// How often is looked: others may use the same pool meanwhile.
const LOOKS: usize = 3;
/// For how long one waits for a session that another may have.
const WAIT_MAX: Duration = Duration::from_secs(1);
/// The word of an address that says it, as other software has it.
const WORD: &str = "pgbouncer=";

/// An address without the word about a pooler, and what that said.
pub(super) fn said(url: &str) -> (String, Option<bool>) {
    let Some((place, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (words, others): (Vec<&str>, Vec<&str>) = query.split('&').partition(|word| word.starts_with(WORD));
    let said = words.first().and_then(|word| word[WORD.len()..].parse().ok());
    let query = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
    (format!("{place}{query}"), said)
}

/// Whether this connection, and another one like it, are handed around.
///
/// # Errors
/// Whatever stands in the way.
pub(super) async fn is_before(
    mut one: PgConnection,
    connect: &PgConnectOptions,
) -> Result<bool, sqlx::Error> {
    // Where there is no second session to be had nothing can be told.
    let Ok(mut two) = connect.connect().await else { return Ok(false) };
    let first = process(&mut one).await?;
    let Ok(second) = tokio::time::timeout(WAIT_MAX, process(&mut two)).await else { return Ok(false) };
    let second = second?;
    let mut is_found = first == second;
    for _ in 0..LOOKS {
        if is_found {
            break;
        }
        sqlx::raw_sql("begin").execute(&mut two).await?;
        let held = process(&mut two).await?;
        let mut asked = pin!(process(&mut one));
        let answered = tokio::time::timeout(WAIT_MAX, &mut asked).await;
        sqlx::raw_sql("rollback").execute(&mut two).await?;
        let other = match answered {
            Ok(other) => other?,
            // It may have waited for the session that is free now.
            Err(_) => asked.await?,
        };
        is_found = held != second || other != first || other == held;
    }
    let _gone_either_way = (one.close().await, two.close().await);
    Ok(is_found)
}

/// The server's process that this connection has now.
async fn process(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql("select pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_say_it() {
        let same = "postgres://a:b@h/x?sslmode=require";
        assert_eq!(said(same), (same.to_owned(), None));
        assert_eq!(said("postgres://h/x?pgbouncer=true"), ("postgres://h/x".to_owned(), Some(true)));
        let both = "postgres://a:b@h/x?pgbouncer=false&sslmode=require";
        assert_eq!(said(both), (same.to_owned(), Some(false)));
        assert_eq!(said("postgres://h/x?pgbouncer=perhaps").1, None);
    }
}
