//! The stamp in a database that says which environment it belongs to: a process of another one, whose address of the
//! database is wrong, does nothing with it, and least of all migrates it.

use crate::failure::Failure;
use crate::settings::Settings;
use database::{Database, migrate};

const STAMP: &str = "environment";
/// The migration that made the table of the server's settings, in which the stamp is.
const SETTINGS: &str = "0003_work";

/// Refuses a database of another environment; one that is new, or was never stamped, is let pass.
///
/// # Errors
/// [`Failure::OtherEnvironment`].
pub async fn refuse_other(settings: &Settings, database: &Database) -> Result<(), Failure> {
    if !migrate::status(database).await?.applied.iter().any(|name| name == SETTINGS) {
        return Ok(());
    }
    match database::settings::get(database, STAMP).await? {
        Some(stamped) => compare(settings, &stamped),
        None => Ok(()),
    }
}

/// Stamps a database that has no stamp yet; refuses one of another environment.
///
/// # Errors
/// [`Failure::OtherEnvironment`].
pub async fn verify(settings: &Settings, database: &Database) -> Result<(), Failure> {
    let own = settings.environment();
    let stamped = database::settings::get_or_set(database, STAMP, own.as_str().as_bytes()).await?;
    compare(settings, &stamped)
}

/// Stamps a database whatever it was before; says what it was.
///
/// # Errors
/// Those of the database.
pub async fn set(settings: &Settings, database: &Database) -> Result<Option<String>, Failure> {
    let before = database::settings::get(database, STAMP).await?;
    database::settings::set(database, STAMP, settings.environment().as_str().as_bytes()).await?;
    Ok(before.map(|before| String::from_utf8_lossy(&before).into_owned()))
}

fn compare(settings: &Settings, stamped: &[u8]) -> Result<(), Failure> {
    let own = settings.environment();
    if stamped == own.as_str().as_bytes() {
        return Ok(());
    }
    Err(Failure::OtherEnvironment { stamped: String::from_utf8_lossy(stamped).into_owned(), own })
}
