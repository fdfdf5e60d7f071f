//! Letting go of old snapshots. What is deleted is named: ids that were listed and understood, segments of their lineages,
//! and parts to which no manifest refers any more. Never a folder, never by age of a file, never when something that
//! should be read cannot be.

use crate::error::{Error, Result};
use crate::manifest::{Manifest, SnapshotId};
use crate::retention::Retention;
use crate::segment::SegmentName;
use crate::vault::{Entry, Vault};
use model::WallTime;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// For so long segments stay that no snapshot leads to.
const GRACE: Duration = Duration::from_secs(2 * 3600);

/// What was let go of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Snapshots.
    pub snapshots: Vec<SnapshotId>,
    /// Segments of the log.
    pub segments: usize,
    /// Parts of files.
    pub parts: usize,
}

/// Deletes what need not stay. The caller has the lease: nobody takes a snapshot meanwhile.
///
/// # Errors
/// Those of the store; [`Error::WrongKey`] and [`Error::Damaged`] if the manifest of a snapshot that stays cannot be read: then
/// nothing but manifests of snapshots that go was deleted.
pub async fn prune(vault: &Vault, retention: &Retention, now: WallTime) -> Result<Pruned> {
    let entries = vault.snapshots().await?;
    let known: BTreeMap<SnapshotId, bool> =
        entries.iter().map(|entry| (entry.id.clone(), entry.counts())).collect();
    let kept = retention.keep(&known);
    // Manifests of those that stay, before anything is deleted.
    let mut stays = Stays::read(vault, &kept).await?;
    stays.begin_lineages(vault, &entries, now.minus(retention.any_instant())).await?;
    let kept = &stays.snapshots;
    let mut pruned = Pruned::default();
    for Entry { id, .. } in entries.iter().filter(|entry| !kept.contains_key(&entry.id)) {
        // The manifest first: without it the snapshot is not there, whatever happens next.
        vault.store.delete(&id.key()).await?;
        vault.store.delete(&id.mark()).await?;
        pruned.snapshots.push(id.clone());
    }
    pruned.segments = prune_segments(vault, &stays, retention, now).await?;
    for listed in vault.store.list("content/").await? {
        if !stays.parts.contains(listed.key.name()) {
            vault.store.delete(&listed.key).await?;
            pruned.parts += 1;
        }
    }
    Ok(pruned)
}

/// What the snapshots that stay refer to.
#[derive(Default)]
struct Stays {
    /// Each with its lineage, if it is of one.
    snapshots: BTreeMap<SnapshotId, Option<String>>,
    parts: BTreeSet<String>,
    /// The first place of each lineage from which a snapshot leads on, as run and frames.
    lineages: BTreeMap<String, (u64, u32)>,
}

impl Stays {
    async fn read(vault: &Vault, kept: &BTreeSet<SnapshotId>) -> Result<Self> {
        let mut stays = Self::default();
        for id in kept {
            stays.add(id, &vault.manifest(id).await?);
        }
        Ok(stays)
    }

    /// Keeps the first snapshot of every lineage too that began after `since`: the instants between it and the lineage's
    /// next snapshot can be restored from no other. Each start of a server begins a lineage.
    async fn begin_lineages(&mut self, vault: &Vault, entries: &[Entry], since: WallTime) -> Result<()> {
        let mut begun = BTreeSet::new();
        for Entry { id, .. } in entries.iter().filter(|entry| entry.counts() && entry.id.is_after(since)) {
            if let Some(lineage) = self.snapshots.get(id) {
                begun.extend(lineage.clone());
                continue;
            }
            let manifest = match vault.manifest(id).await {
                Ok(manifest) => manifest,
                // It leads nowhere. Had it to stay anyway, that was said already.
                Err(Error::Damaged { .. } | Error::WrongKey { .. } | Error::Unknown { .. }) => continue,
                Err(error) => return Err(error),
            };
            let Some(position) = manifest.base.position() else { continue };
            if begun.insert(position.lineage.clone()) {
                self.add(id, &manifest);
            }
        }
        Ok(())
    }

    fn add(&mut self, id: &SnapshotId, manifest: &Manifest) {
        let position = manifest.base.position();
        self.snapshots.insert(id.clone(), position.map(|position| position.lineage.clone()));
        self.parts.extend(manifest.pieces().map(|piece| piece.name.clone()));
        if let Some(position) = position {
            let place = (position.run, position.frames);
            let first = self.lineages.entry(position.lineage.clone()).or_insert(place);
            *first = place.min(*first);
        }
    }
}

/// Segments go when no snapshot that stays leads to them, or when they are older than any instant that is kept.
async fn prune_segments(vault: &Vault, stays: &Stays, retention: &Retention, now: WallTime) -> Result<usize> {
    let oldest_us = now.minus(retention.any_instant()).micros();
    let mut count = 0;
    for listed in vault.store.list("wal/").await? {
        let lineage = listed.key.as_str().split('/').nth(1).unwrap_or_default();
        let (Some(name), Ok(id)) = (SegmentName::parse(&listed.key), lineage.parse::<SnapshotId>()) else {
            continue;
        };
        let leads_on = stays.lineages.get(id.as_str()).is_some_and(|first| (name.run, name.end()) > *first);
        // A lineage that began just now may not have its snapshot yet.
        let is_new = name.until_us > now.minus(GRACE).micros();
        if (leads_on && name.until_us >= oldest_us) || is_new {
            continue;
        }
        vault.store.delete(&listed.key).await?;
        count += 1;
    }
    Ok(count)
}
