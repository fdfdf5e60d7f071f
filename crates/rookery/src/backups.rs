//! Backups put together: places, keys, folders.

use crate::alert_settings::LOCK;
use crate::compose;
use crate::failure::Failure;
use crate::settings::Settings;
use backup::{Keeper, Keys, NameKey, Root, Store, Vault};
use database::Database;
use identity::ServerSecret;
use model::Clock;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const KEY_FILE: &str = "backup.key";
/// Names in the data folder that belong to no backup: the database, which is backed up by its own means, what is made on
/// the way, and the key that opens backups, which must be kept elsewhere.
const LEFT_OUT: [&str; 7] =
    ["rookery.db", "backup.lock", "backup-work.lock", LOCK, KEY_FILE, ".backup-", "blobs/incoming"];

/// Opens the places, with all that keeping backups there needs. `None`: no place is set.
///
/// # Errors
/// A [`Failure`] that says what to do.
pub async fn open(
    settings: &Settings,
    database: &Database,
    secret: &ServerSecret,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Keeper>, Failure> {
    if settings.backup.places()?.is_empty() {
        return Ok(None);
    }
    let keys = keys(settings)?;
    let names = NameKey::derive(&secret.derive("backup names"), keys.recipients());
    Ok(Some(Keeper {
        database: database.clone(),
        url: compose::session_url(settings),
        token: settings.database_token.clone(),
        vaults: vaults(settings, &keys, clock).await?,
        roots: roots(settings)?,
        scratch: settings.data(),
        environment: settings.environment().to_string(),
        release: env!("CARGO_PKG_VERSION").to_owned(),
        names,
        schedule: settings.backup.schedule()?,
        clock: Arc::clone(clock),
    }))
}

/// The places, with keys to them.
///
/// # Errors
/// [`Failure::Backup`], [`Failure::BackupSetting`].
pub async fn vaults(settings: &Settings, keys: &Keys, clock: &Arc<dyn Clock>) -> Result<Vec<Vault>, Failure> {
    let s3 = settings.backup.s3()?;
    let mut vaults = Vec::new();
    for place in settings.backup.places()? {
        vaults.push(Vault::new(Store::open(&place, s3.as_ref(), clock).await?, keys.clone()));
    }
    Ok(vaults)
}

/// The file of the key that opens backups here.
pub fn key_file(settings: &Settings) -> PathBuf {
    settings.backup.backup_key_file.clone().unwrap_or_else(|| settings.data().join(KEY_FILE))
}

/// The keys; the one in the data folder is made if it is not there.
fn keys(settings: &Settings) -> Result<Keys, Failure> {
    let file = key_file(settings);
    let failed = |error: std::io::Error| {
        Failure::Backup(backup::Error::Key { place: file.display().to_string(), detail: error.to_string() })
    };
    let text = match std::fs::read_to_string(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound && settings.backup.backup_key_file.is_none() => {
            let (text, recipient) = Keys::generate();
            make(&file, &text).map_err(failed)?;
            tracing::warn!(
                file = %file.display(),
                recipient,
                "a key for backups was made: keep a copy of the file elsewhere, without it no backup can be opened"
            );
            // Another process may have been faster.
            std::fs::read_to_string(&file).map_err(failed)?
        }
        text => text.map_err(failed)?,
    };
    Ok(Keys::read(&settings.backup.recipients(), &[(file.display().to_string(), text)])?)
}

/// Whole or not at all, and never over another.
fn make(file: &Path, text: &str) -> std::io::Result<()> {
    let draft = file.with_extension(format!("key-{}", std::process::id()));
    let mut opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    opened.write_all(text.as_bytes())?;
    opened.sync_all()?;
    let linked = std::fs::hard_link(&draft, file);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The data folder without what is backed up otherwise, and play logs that are elsewhere.
fn roots(settings: &Settings) -> Result<Vec<Root>, Failure> {
    // One spelling of each path, so that a place inside the data folder is recognised.
    let plain = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let data = plain(&settings.data());
    let mut leave_out: Vec<PathBuf> = LEFT_OUT.iter().map(|name| data.join(name)).collect();
    for place in settings.backup.places()? {
        if let backup::Destination::Folder(path) = place {
            leave_out.push(plain(&path));
        }
    }
    let mut roots = vec![Root { name: String::new(), path: data.clone(), leave_out }];
    let logs = settings.play_log_dir.clone().filter(|logs| !logs.as_os_str().is_empty());
    if let Some(logs) = logs.map(|logs| plain(&logs)).filter(|logs| !logs.starts_with(&data)) {
        roots.push(Root { name: "play-logs".to_owned(), path: logs, leave_out: Vec::new() });
    }
    Ok(roots)
}
