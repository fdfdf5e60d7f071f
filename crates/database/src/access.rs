//! PINs and service tokens of a protected environment. Both are found by a keyed hash; a PIN is taken once.
//!
//! They are named bytes among the server's settings and have no table of their own: a handful of rows, in few
//! environments.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Database, Result, transaction};
use model::WallTime;

const PIN: &str = "access pin ";
const TOKEN: &str = "access token ";

row! {
    struct NamedRow { name: String, value: Vec<u8> }
}

queries! {
    ADD(Text, Blob) =
        "insert into server_settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    GET(Text) -> Vec<u8> = "select value from server_settings where name = $1";
    TAKE(Text) -> Vec<u8> = "delete from server_settings where name = $1 returning value";
    LIST(Text) -> NamedRow = "select name, value from server_settings where name like $1 order by name";
    REMOVE(Text) = "delete from server_settings where name = $1";
}

/// A service token, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceToken {
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: WallTime,
    key: String,
}

impl ServiceToken {
    fn read(row: NamedRow) -> Option<Self> {
        let text = String::from_utf8(row.value).ok()?;
        let (created_at, name) = text.split_once(' ')?;
        let created_at = WallTime::from_micros(created_at.parse().ok()?);
        Some(Self { name: name.to_owned(), created_at, key: row.name })
    }
}

/// Keeps a PIN until `expires_at`; those whose time is over are forgotten.
///
/// # Errors
/// Whatever the engine says.
pub async fn add_pin(database: &Database, hash: &str, now: WallTime, expires_at: WallTime) -> Result<()> {
    transaction!(database, |tx| {
        for row in LIST.all(&mut tx, [format!("{PIN}%").into()]).await? {
            if !is_ahead(&row.value, now) {
                REMOVE.run(&mut tx, [row.name.into()]).await?;
            }
        }
        let value = expires_at.micros().to_string();
        ADD.run(&mut tx, [format!("{PIN}{hash}").into(), value.as_bytes().into()]).await.map(drop)
    })
}

/// Uses a PIN up; whether there was one that still opens. Of several who use it at once, one is let in.
///
/// # Errors
/// Whatever the engine says.
pub async fn take_pin(on: impl Execute, hash: &str, now: WallTime) -> Result<bool> {
    let taken = TAKE.find(on, [format!("{PIN}{hash}").into()]).await?;
    Ok(taken.is_some_and(|value| is_ahead(&value, now)))
}

/// Adds a service token; `false`: there is one of that name.
///
/// # Errors
/// Whatever the engine says.
pub async fn add_token(database: &Database, name: &str, hash: &str, now: WallTime) -> Result<bool> {
    transaction!(database, |tx| {
        let known = LIST.all(&mut tx, [format!("{TOKEN}%").into()]).await?;
        if known.into_iter().filter_map(ServiceToken::read).any(|token| token.name == name) {
            return Ok(false);
        }
        let value = format!("{} {name}", now.micros());
        ADD.run(&mut tx, [format!("{TOKEN}{hash}").into(), value.as_bytes().into()]).await?;
        Ok(true)
    })
}

/// Whether there is a service token with this hash.
///
/// # Errors
/// Whatever the engine says.
pub async fn knows_token(on: impl Execute, hash: &str) -> Result<bool> {
    Ok(GET.find(on, [format!("{TOKEN}{hash}").into()]).await?.is_some())
}

/// All service tokens, the oldest first.
///
/// # Errors
/// Whatever the engine says.
pub async fn tokens(on: impl Execute) -> Result<Vec<ServiceToken>> {
    let rows = LIST.all(on, [format!("{TOKEN}%").into()]).await?;
    let mut tokens: Vec<ServiceToken> = rows.into_iter().filter_map(ServiceToken::read).collect();
    tokens.sort_by(|a, b| a.created_at.cmp(&b.created_at).then_with(|| a.name.cmp(&b.name)));
    Ok(tokens)
}

/// Revokes a service token; whether there was one of that name.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove_token(database: &Database, name: &str) -> Result<bool> {
    let Some(token) = tokens(database).await?.into_iter().find(|token| token.name == name) else {
        return Ok(false);
    };
    Ok(REMOVE.run(database, [token.key.into()]).await? > 0)
}

fn is_ahead(expires_at: &[u8], now: WallTime) -> bool {
    let micros = std::str::from_utf8(expires_at).ok().and_then(|text| text.parse().ok());
    micros.is_some_and(|micros| now < WallTime::from_micros(micros))
}
