//! Databases for a trial beside a PostgreSQL database: made, found again when whoever made them was killed, and removed.
//!
//! Deliberately not here: what is tried in them, and who waits how long (`rookery`).

use crate::row::{FromRow as _, Row};
use crate::value::Value;
use crate::{Database, Engine, Error, Result, backups};

/// A database that somebody made for a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its name.
    pub name: String,
    /// What was written down about it; nothing, if whoever made it did not get to that.
    pub about: Option<String>,
    /// Whether anybody is connected with it.
    pub is_used: bool,
}

/// Makes one, and writes down what it is.
///
/// # Errors
/// [`Error::Credentials`] if this role may not create databases; whatever else the server says.
pub async fn make(database: &Database, name: &str, about: &str) -> Result<()> {
    backups::set_scratch(database, name, true).await?;
    let about = about.replace('\'', "''");
    let described = database.aside().await?.script(&format!("comment on database {name} is '{about}'")).await;
    if described.is_err() {
        remove(database, name).await?;
    }
    described
}

/// Removes one, whoever is connected with it. One that is not there is no error.
///
/// # Errors
/// Whatever the server says.
pub async fn remove(database: &Database, name: &str) -> Result<()> {
    backups::set_scratch(database, name, false).await
}

/// Those of this role whose names begin so.
///
/// # Errors
/// Whatever the server says.
pub async fn left(database: &Database, prefix: &str) -> Result<Vec<Left>> {
    if !prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        return Err(Error::engine("no prefix of scratch databases"));
    }
    let sql = format!(
        "select d.datname::text, shobj_description(d.oid, 'pg_database')::text,
                exists (select 1 from pg_stat_activity a where a.datid = d.oid)::int
           from pg_database d
          where starts_with(d.datname::text, '{prefix}') and pg_get_userbyid(d.datdba) = current_user
          order by 1"
    );
    let rows = database.aside().await?.ask(&sql).await?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Left> {
    match <[Value; 3]>::try_from(row.values) {
        Ok([Value::Text(name), about, Value::Int(is_used)]) => {
            let about = if let Value::Text(about) = about { Some(about) } else { None };
            Ok(Left { name, about, is_used: is_used != 0 })
        }
        _ => Err(Error::engine("an unexpected answer about databases")),
    }
}

/// As whom the server knows this connection.
///
/// # Errors
/// Whatever the server says.
pub async fn role(database: &Database) -> Result<String> {
    let rows = database.aside().await?.ask("select current_user::text").await?;
    rows.into_iter().next().map(String::from_row).transpose()?.ok_or(Error::engine("no role"))
}

/// Whether there is no table in it.
///
/// # Errors
/// Whatever the server says.
pub async fn is_empty(database: &Database) -> Result<bool> {
    Ok(backups::tables(&mut database.aside().await?, database.engine()).await?.is_empty())
}

/// Makes a database empty that was so before a trial.
///
/// # Errors
/// Whatever the server says: this needs the database to be this role's own.
pub async fn empty(database: &Database) -> Result<()> {
    if database.engine() != Engine::Postgres {
        return Err(Error::engine("no scratch database of PostgreSQL"));
    }
    database.aside().await?.script("drop schema public cascade; create schema public").await
}
