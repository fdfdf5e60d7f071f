//! Restoring to see whether it can be restored: every snapshot, before it counts.
//!
//! A check has three outcomes: the copy is sound, it is not, or it could not be had (the store does not answer, no key
//! opens it), which says nothing about the snapshot.

use crate::content::{Progress, Tell};
use crate::error::{Error, Result};
use crate::manifest::{Base, Manifest, Mark, SnapshotId};
use crate::programs::with_database;
use crate::restore::{Restored, Target, restore, restore_snapshot};
use crate::snapshot::{Source, scratch};
use crate::vault::Vault;
use database::backups;
use database::scratch::role;
use database::{Database, Options};
use model::WallTime;
use std::collections::BTreeMap;

/// Faults that are told one by one.
const FAULTS_SHOWN_MAX: usize = 5;

/// A snapshot that was restored and looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Which.
    pub id: SnapshotId,
    /// What was written down.
    pub mark: Mark,
}

/// Restores a snapshot into a folder that goes afterwards, compares it, and writes down what was found. `is_whole`: reads
/// every part of every file too; else it is seen to that they are there.
///
/// # Errors
/// If it could not be checked. What is wrong with the snapshot is no error but in the mark.
pub async fn verify(
    vault: &Vault,
    id: &SnapshotId,
    source: &Source<'_>,
    is_whole: bool,
    tell: Tell<'_>,
) -> Result<Verified> {
    let began = source.clock.instant();
    let fault = match look(vault, id, source, is_whole, tell).await {
        Ok(()) => None,
        Err(error) if says_something(&error) => Some(error.to_string()),
        Err(error) => return Err(error),
    };
    let took = source.clock.instant().since(began);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let mark = Mark { at_us: source.clock.wall().micros(), took_ms, is_whole, fault };
    vault.set_mark(id, &mark).await?;
    Ok(Verified { id: id.clone(), mark })
}

/// Whether an error is about the snapshot, and not about the way to it.
fn says_something(error: &Error) -> bool {
    match error {
        Error::Missing { .. } | Error::Damaged { .. } | Error::Mismatch { .. } => true,
        Error::Database(inner) => !matches!(
            inner,
            database::Error::StorageFull
                | database::Error::Unreachable { .. }
                | database::Error::Timeout { .. }
                | database::Error::Exhausted { .. }
                | database::Error::Credentials { .. }
                | database::Error::Pooled { .. }
        ),
        _ => false,
    }
}

async fn look(
    vault: &Vault,
    id: &SnapshotId,
    source: &Source<'_>,
    is_whole: bool,
    tell: Tell<'_>,
) -> Result<()> {
    let manifest = vault.manifest(id).await?;
    let looked = async {
        all_are_there(vault, &manifest).await?;
        let copy = Copy::restore(vault, &manifest, source, None, tell).await?;
        let compared = copy.compare(&manifest).await;
        copy.discard(source).await?;
        compared?;
        if is_whole {
            for piece in manifest.files.iter().flat_map(|file| &file.pieces) {
                vault.fetch(piece, &manifest.names).await?;
                tell(Progress::Done(piece.bytes.into()));
            }
        }
        Ok(())
    };
    looked.await.map_err(|error| match error {
        // Parts are sealed to whom their manifest is: it opened, so the seal is broken.
        Error::WrongKey { what } => Error::damaged(what, "its seal is broken"),
        error => error,
    })
}

/// Every part has an object with something in it.
async fn all_are_there(vault: &Vault, manifest: &Manifest) -> Result<()> {
    let listed = vault.store.list("content/").await?;
    let there: BTreeMap<&str, u64> = listed.iter().map(|listed| (listed.key.name(), listed.bytes)).collect();
    for piece in manifest.pieces() {
        let place = vault.place().to_owned();
        match there.get(piece.name.as_str()) {
            None => return Err(Error::Missing { place, key: piece.key().to_string() }),
            Some(0) => return Err(Error::damaged(piece.key(), "it is empty")),
            Some(_) => {}
        }
    }
    Ok(())
}

/// A database for a copy, beside the one it is of.
async fn make(database: &Database, name: &str) -> Result<()> {
    match backups::set_scratch(database, name, true).await {
        Err(database::Error::Credentials { detail, .. }) => {
            Err(Error::MayNotMake { role: role(database).await?, detail })
        }
        made => Ok(made?),
    }
}

/// A copy to look at.
pub(crate) struct Copy {
    pub(crate) database: Database,
    pub(crate) restored: Restored,
    /// The scratch database of a server.
    on_server: Option<String>,
    _folder: tempfile::TempDir,
}

impl Copy {
    pub(crate) async fn restore(
        vault: &Vault,
        manifest: &Manifest,
        source: &Source<'_>,
        at: Option<WallTime>,
        tell: Tell<'_>,
    ) -> Result<Self> {
        let folder = scratch(source.scratch)?;
        let on_server = match &manifest.base {
            Base::Postgres { .. } => Some(format!("rookery_check_{}", digits(&manifest.id))),
            Base::Sqlite { .. } | Base::Libsql { .. } => None,
        };
        let server = on_server.as_ref().map(|name| with_database(source.url, name)).transpose()?;
        if let Some(name) = &on_server {
            backups::set_scratch(source.database, name, false).await?;
            make(source.database, name).await?;
        }
        let inside = folder.path().join("copy");
        let target = Target { folder: &inside, postgres: server.as_deref(), with_files: false };
        let restored = match at {
            Some(at) => restore(vault, Some(at), &target, tell).await,
            None => restore_snapshot(vault, manifest, None, &target, tell).await,
        };
        let opened = match (&restored, &server) {
            (Ok(_), Some(url)) => Database::open(url, Options::default()).await,
            (Ok(restored), None) => {
                let path = restored.database.clone().unwrap_or_default();
                Database::open(&format!("sqlite:{}", path.display()), Options::default()).await
            }
            (Err(_), _) => Err(database::Error::StorageFull),
        };
        match (restored, opened) {
            (Ok(restored), Ok(database)) => Ok(Self { database, restored, on_server, _folder: folder }),
            (restored, opened) => {
                if let Some(name) = &on_server {
                    backups::set_scratch(source.database, name, false).await?;
                }
                restored?;
                opened?;
                Err(Error::NotPossible("a copy is there and is not"))
            }
        }
    }

    async fn compare(&self, manifest: &Manifest) -> Result<()> {
        let mut wrong = backups::faults(&self.database).await?;
        let counts = backups::counts(&self.database).await?;
        for (table, expected) in &manifest.counts {
            let found = counts.get(table).copied().unwrap_or(0);
            if found != *expected {
                wrong.push(format!("{table} has {found} rows, it had {expected}"));
            }
        }
        if backups::schema_digest(&self.database).await? != manifest.schema {
            wrong.push("the schema differs".to_owned());
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let more = wrong.len().saturating_sub(FAULTS_SHOWN_MAX);
        wrong.truncate(FAULTS_SHOWN_MAX);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        Err(Error::Mismatch { detail: wrong.join("; ") + &more })
    }

    pub(crate) async fn discard(self, source: &Source<'_>) -> Result<()> {
        self.database.close().await;
        if let Some(name) = &self.on_server {
            backups::set_scratch(source.database, name, false).await?;
        }
        Ok(())
    }
}

/// The letters of an id that a database may be named with.
fn digits(id: &SnapshotId) -> String {
    id.as_str().chars().filter(|c| c.is_ascii_digit() || c.is_ascii_lowercase()).collect()
}
