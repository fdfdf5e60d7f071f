//! Data that must be there: a folder that is missing or empty although the database knows that something was in it. A disk
//! that was not mounted looks like that, and a server that begins anew there seems well while everything is gone.
//!
//! It is said at each start and by the doctor. With `data_required` the start is refused, also where the embedded database
//! itself would be made anew.

use crate::failure::Failure;
use crate::settings::Settings;
use database::{Database, blobs, log_readers};
use std::path::Path;

/// Folders below the one that is looked into, at most: the store of blobs has two.
const DEPTH_MAX: u8 = 3;

/// Refuses to make a new database where there must be one.
///
/// # Errors
/// [`Failure::DataMissing`].
pub fn refuse_new(settings: &Settings) -> Result<(), Failure> {
    let Some(file) = settings.embedded_database().filter(|file| is_required(settings) && !file.exists())
    else {
        return Ok(());
    };
    Err(Failure::DataMissing(format!("the database {} is not there", file.display())))
}

/// Says what is missing; refuses to go on where it must be there.
///
/// # Errors
/// [`Failure::DataMissing`], [`Failure::Database`].
pub async fn attend(settings: &Settings, database: &Database) -> Result<(), Failure> {
    let missing = missing(settings, database).await?;
    if is_required(settings) && !missing.is_empty() {
        return Err(Failure::DataMissing(missing.join("; ")));
    }
    for what in missing {
        tracing::error!("{what}: is the disk mounted?");
    }
    Ok(())
}

/// What the database knows of and is not there, in words.
///
/// # Errors
/// [`Failure::Database`].
pub async fn missing(settings: &Settings, database: &Database) -> Result<Vec<String>, Failure> {
    let mut missing = Vec::new();
    let music = settings.data().join("blobs");
    let bytes = blobs::total_bytes(database).await?;
    if bytes > 0 && !holds_a_file(&music, DEPTH_MAX) {
        let mib = bytes.div_ceil(1024 * 1024);
        missing.push(format!(
            "{} is empty, and the database knows {mib} MiB of music and covers",
            music.display()
        ));
    }
    let logs = settings.play_log_dir.as_deref().filter(|logs| !logs.as_os_str().is_empty());
    if let Some(logs) = logs
        && !holds_a_file(logs, 0)
        && log_readers::is_known(database, server::play_log::READER).await?
    {
        missing.push(format!("{} is empty, and play logs were written before", logs.display()));
    }
    Ok(missing)
}

fn is_required(settings: &Settings) -> bool {
    settings.data_required.unwrap_or(false)
}

/// Whether there is any file, here or in folders so far below.
fn holds_a_file(folder: &Path, depth: u8) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.filter_map(Result::ok).any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => depth > 0 && holds_a_file(&entry.path(), depth - 1),
        Ok(_) => true,
        Err(_) => false,
    })
}
