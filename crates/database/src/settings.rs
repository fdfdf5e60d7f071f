//! Named bytes of the server itself: whether it was set up, its keys. Secrets are encrypted by the caller.

use crate::query::{Execute, queries};
use crate::{Database, Result};

queries! {
    GET(Text) -> Vec<u8> = "select value from server_settings where name = $1";
    SET(Text, Blob) =
        "insert into server_settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    ADD(Text, Blob) = "insert into server_settings (name, value) values ($1, $2) on conflict (name) do nothing";
    REPLACE(Text, Blob, Blob) = "update server_settings set value = $3 where name = $1 and value = $2";
    REMOVE(Text) = "delete from server_settings where name = $1";
}

/// The value, if it was set.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(on: impl Execute, name: &str) -> Result<Option<Vec<u8>>> {
    GET.find(on, [name.into()]).await
}

/// Sets a value.
///
/// # Errors
/// Whatever the engine says.
pub async fn set(on: impl Execute, name: &str, value: &[u8]) -> Result<()> {
    SET.run(on, [name.into(), value.into()]).await.map(drop)
}

/// Sets a value unless there is one, and returns the one that holds: several processes that start at once agree.
///
/// # Errors
/// Whatever the engine says.
pub async fn get_or_set(database: &Database, name: &str, value: &[u8]) -> Result<Vec<u8>> {
    if ADD.run(database, [name.into(), value.into()]).await? > 0 {
        return Ok(value.to_vec());
    }
    Ok(get(database, name).await?.unwrap_or_else(|| value.to_vec()))
}

/// Sets a value if it is still as it was read; `false`: somebody was faster. `None`: there was none.
///
/// # Errors
/// Whatever the engine says.
pub async fn replace(database: &Database, name: &str, read: Option<&[u8]>, value: &[u8]) -> Result<bool> {
    let changed = match read {
        Some(read) => REPLACE.run(database, [name.into(), read.into(), value.into()]).await?,
        None => ADD.run(database, [name.into(), value.into()]).await?,
    };
    Ok(changed > 0)
}

/// Removes a value; whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(database: &Database, name: &str) -> Result<bool> {
    Ok(REMOVE.run(database, [name.into()]).await? > 0)
}
