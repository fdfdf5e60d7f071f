//! The trial of the emergency: some instant is restored and looked at, once a week beside a server, and whenever somebody
//! wants. What came of it is kept with the backups, so that whoever looks knows when it was tried last.

use crate::check::Copy;
use crate::content::Tell;
use crate::error::{Error, Result};
use crate::manifest::SnapshotId;
use crate::snapshot::Source;
use crate::store::Key;
use crate::utc;
use crate::vault::Vault;
use database::backups;
use model::{Entropy, WallTime};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long after the last drill, or after the first backup, the next one is due.
const EVERY: Duration = Duration::from_secs(7 * 86_400);
/// Where the last one is written down.
const KEY: &str = "drills/last";
/// Bytes of the largest record that is read.
const RECORD_BYTES_MAX: usize = 64 * 1024;

/// A trial of the emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// The instant that was asked for.
    pub asked: WallTime,
    /// The newest instant that is in the copy.
    pub reached: WallTime,
    /// From which snapshot.
    pub id: SnapshotId,
    /// How long it took to restore.
    pub restored_in: Duration,
    /// How long it took to look at it.
    pub checked_in: Duration,
    /// What is wrong with the copy; nothing: it is sound.
    pub faults: Vec<String>,
}

/// What is kept of the last drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drilled {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// The instant that was to be restored.
    pub asked_us: i64,
    /// How long restoring and looking took.
    pub took_ms: u64,
    /// What was wrong; nothing if the copy was sound.
    pub faults: Vec<String>,
}

/// Restores an instant by chance, or this one, looks at it, and writes down what came of it.
///
/// # Errors
/// As [`restore`](crate::restore()): then this is what is written down.
pub async fn drill(
    vault: &Vault,
    at: Option<WallTime>,
    source: &Source<'_>,
    entropy: &mut dyn Entropy,
    tell: Tell<'_>,
) -> Result<Drill> {
    let now = source.clock.wall();
    let began = source.clock.instant();
    let entries = vault.snapshots().await?;
    let oldest = entries.iter().find(|entry| entry.counts()).or(entries.first());
    let oldest = oldest.ok_or_else(|| Error::NothingBefore { at: utc(now) })?;
    let asked = match at {
        Some(at) => at,
        None => {
            let first = vault.manifest(&oldest.id).await?.taken_at();
            let span = u64::try_from(now.since(first).as_micros()).unwrap_or(u64::MAX).max(1);
            first.plus(Duration::from_micros(entropy.next_u64() % span))
        }
    };
    let newest = &entries.last().unwrap_or(oldest).id;
    let done = restore_and_look(vault, newest, asked, source, tell).await;
    let faults = match &done {
        Ok(done) => done.faults.clone(),
        Err(error) => vec![error.to_string()],
    };
    let took_ms = u64::try_from(source.clock.instant().since(began).as_millis()).unwrap_or(u64::MAX);
    let record = Drilled { at_us: now.micros(), asked_us: asked.micros(), took_ms, faults };
    vault.set_drilled(&record).await?;
    done
}

async fn restore_and_look(
    vault: &Vault,
    newest: &SnapshotId,
    asked: WallTime,
    source: &Source<'_>,
    tell: Tell<'_>,
) -> Result<Drill> {
    let newest = vault.manifest(newest).await?;
    let began = source.clock.instant();
    let copy = Copy::restore(vault, &newest, source, Some(asked), tell).await?;
    let restored_in = source.clock.instant().since(began);
    let faults = backups::faults(&copy.database).await;
    let checked_in = source.clock.instant().since(began).saturating_sub(restored_in);
    let (id, reached) = (copy.restored.id.clone(), copy.restored.reached);
    copy.discard(source).await?;
    Ok(Drill { asked, reached, id, restored_in, checked_in, faults: faults? })
}

impl Vault {
    /// What came of the last drill; nothing if there was none, or no key here opens what is written of it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn last_drill(&self) -> Result<Option<Drilled>> {
        let sealed = match self.store.get(&Key::of(KEY)).await {
            Err(Error::Missing { .. }) => return Ok(None),
            sealed => sealed?,
        };
        let opened = self.keys.open(KEY, &sealed, RECORD_BYTES_MAX).ok();
        Ok(opened.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    async fn set_drilled(&self, record: &Drilled) -> Result<()> {
        let text = serde_json::to_vec(record).map_err(|error| Error::damaged(KEY, error))?;
        self.store.put_and_check(&Key::of(KEY), self.keys.seal(&text)?.into()).await
    }
}

/// Whether it is time for one, where the oldest snapshot that counts was taken at `first`.
pub(crate) fn is_due(first: WallTime, last: Option<&Drilled>, now: WallTime) -> bool {
    let since = last.map_or(first, |last| WallTime::from_micros(last.at_us));
    now.since(since) >= EVERY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_due_a_week_after_the_first_backup_and_a_week_after_each_other() {
        let day = |days: u64| WallTime::from_micros(0).plus(Duration::from_secs(days * 86_400));
        let at = |days| Drilled { at_us: day(days).micros(), asked_us: 0, took_ms: 1, faults: Vec::new() };
        assert!(!is_due(day(1), None, day(7)));
        assert!(is_due(day(1), None, day(8)));
        assert!(!is_due(day(1), Some(&at(8)), day(14)));
        assert!(is_due(day(1), Some(&at(8)), day(15)));
    }
}
