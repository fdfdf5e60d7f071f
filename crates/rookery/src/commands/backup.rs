//! `rookery backup`: taken, listed, checked, tried, let go of.

use super::print;
use crate::backups;
use crate::compose::{self, Stores};
use crate::failure::Failure;
use crate::secret_key;
use crate::settings::{BackupCommand, Settings};
use backup::{Keeper, Lease, Progress, SnapshotId, Vault, create, drill, prune, utc, verify, work_lease};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::time::Duration;

/// For so long is waited for a server that is at it.
const LEASE_TRIES_MAX: u32 = 600;
const LEASE_PAUSE: Duration = Duration::from_secs(1);

pub async fn run(settings: &Settings, command: &BackupCommand) -> Result<(), Failure> {
    let Stores { clock, database, .. } = compose::stores(settings).await?;
    let secret = secret_key::open(settings, &database).await?;
    let backups = backups::open(settings, &database, &secret, &clock).await?.ok_or(Failure::NoBackups)?;
    let done = carry_out(settings, &backups, command).await;
    database.close().await;
    done
}

async fn carry_out(settings: &Settings, backups: &Keeper, command: &BackupCommand) -> Result<(), Failure> {
    match command {
        BackupCommand::Create { json } => take(backups, *json).await,
        BackupCommand::List { json } => list(backups, *json).await,
        BackupCommand::Verify { id, all, whole, json } => {
            check(backups, id.as_deref(), *all, *whole, *json).await
        }
        BackupCommand::Drill { at, json } => {
            let at = at.as_deref().map(|at| super::past(settings, at)).transpose()?;
            let mut entropy = compose::entropy()?;
            let bar = bar();
            let mut faults = 0;
            for vault in &backups.vaults {
                let done =
                    drill(vault, at, &backups.source(), &mut *entropy, &|progress| tell(&bar, progress))
                        .await?;
                bar.reset();
                faults += done.faults.len();
                let (restored, checked) = (done.restored_in.as_secs_f64(), done.checked_in.as_secs_f64());
                say(
                    *json,
                    &json!({"place": vault.place(), "asked": utc(done.asked), "reached": utc(done.reached),
                        "snapshot": done.id.as_str(), "restored_seconds": restored, "checked_seconds": checked,
                        "faults": done.faults}),
                    &format!(
                        "{}: {} restored in {restored:.1} s up to {}, checked in {checked:.1} s: {}",
                        vault.place(),
                        utc(done.asked),
                        utc(done.reached),
                        if done.faults.is_empty() { "sound".to_owned() } else { done.faults.join("; ") }
                    ),
                );
            }
            bar.finish_and_clear();
            if faults > 0 { Err(Failure::BackupNotSound { count: faults }) } else { Ok(()) }
        }
        BackupCommand::Prune { json } => {
            let _works_alone = lease(backups).await?;
            for vault in &backups.vaults {
                let pruned = prune(vault, &backups.schedule.retention, backups.clock.wall()).await?;
                let ids: Vec<&str> = pruned.snapshots.iter().map(SnapshotId::as_str).collect();
                say(
                    *json,
                    &json!({"place": vault.place(), "snapshots": ids, "segments": pruned.segments, "parts": pruned.parts}),
                    &format!(
                        "{}: {} snapshots, {} segments and {} parts removed",
                        vault.place(),
                        ids.len(),
                        pruned.segments,
                        pruned.parts
                    ),
                );
            }
            Ok(())
        }
    }
}

/// Takes one, and checks it: before that it does not count.
async fn take(backups: &Keeper, as_json: bool) -> Result<(), Failure> {
    let _works_alone = lease(backups).await?;
    let mut entropy = compose::entropy()?;
    let bar = bar();
    let told = |progress| tell(&bar, progress);
    let source = backups.source();
    let created = create(&source, &backups.vaults, None, &mut *entropy, &told).await?;
    let mut bad = 0;
    for (vault, failure) in backups.vaults.iter().zip(&created.failures) {
        let fault = match failure {
            Some(failure) => Some(failure.to_string()),
            None => verify(vault, &created.id, &source, false, &told).await?.mark.fault,
        };
        bad += usize::from(fault.is_some());
        let near = vault.store().is_on_disk_of(&backups.scratch);
        let words = match (&fault, near) {
            (Some(fault), _) => format!("FAILED: {fault}"),
            (None, true) => {
                "restored and sound; on the disk of the data, which it does not outlive".to_owned()
            }
            (None, false) => "restored and sound".to_owned(),
        };
        say(
            as_json,
            &json!({"snapshot": created.id.as_str(), "taken_at": utc(created.taken_at), "bytes": created.bytes,
                "place": vault.place(), "off_site": !near, "fault": fault}),
            &format!("{} in {}, {:.1} MB: {words}", created.id, vault.place(), created.bytes as f64 / 1e6),
        );
    }
    bar.finish_and_clear();
    if bad > 0 { Err(Failure::BackupNotSound { count: bad }) } else { Ok(()) }
}

async fn list(backups: &Keeper, as_json: bool) -> Result<(), Failure> {
    for vault in &backups.vaults {
        for entry in vault.snapshots().await? {
            let checked = entry.mark.as_ref().map(|mark| utc(model::WallTime::from_micros(mark.at_us)));
            let fault = entry.mark.as_ref().and_then(|mark| mark.fault.clone());
            let words = match (&checked, &fault) {
                (None, _) => "never checked".to_owned(),
                (Some(at), None) => format!("restored and sound, {at}"),
                (Some(at), Some(fault)) => format!("NOT SOUND, {at}: {fault}"),
            };
            say(
                as_json,
                &json!({"snapshot": entry.id.as_str(), "place": vault.place(), "checked_at": checked,
                    "counts": entry.counts(), "fault": fault}),
                &format!("{}  {}  {words}", entry.id, vault.place()),
            );
        }
    }
    Ok(())
}

async fn check(
    backups: &Keeper,
    id: Option<&str>,
    all: bool,
    whole: bool,
    as_json: bool,
) -> Result<(), Failure> {
    let bar = bar();
    let mut bad = 0;
    for vault in &backups.vaults {
        for id in wanted(vault, id, all).await? {
            let checked =
                verify(vault, &id, &backups.source(), whole, &|progress| tell(&bar, progress)).await?;
            bad += usize::from(checked.mark.fault.is_some());
            let took = checked.mark.took_ms;
            let words =
                checked.mark.fault.as_ref().map_or("sound".to_owned(), |fault| format!("NOT SOUND: {fault}"));
            say(
                as_json,
                &json!({"snapshot": id.as_str(), "place": vault.place(), "took_ms": took, "fault": checked.mark.fault}),
                &format!(
                    "{id} in {}: restored and compared in {:.1} s: {words}",
                    vault.place(),
                    took as f64 / 1e3
                ),
            );
        }
    }
    bar.finish_and_clear();
    if bad > 0 { Err(Failure::BackupNotSound { count: bad }) } else { Ok(()) }
}

/// The one that is named, all, or the newest.
async fn wanted(vault: &Vault, id: Option<&str>, all: bool) -> Result<Vec<SnapshotId>, Failure> {
    if let Some(text) = id {
        let unknown = |_| backup::Error::Unknown { id: text.to_owned() };
        return Ok(vec![text.parse().map_err(unknown)?]);
    }
    let ids: Vec<SnapshotId> = vault.snapshots().await?.into_iter().map(|entry| entry.id).collect();
    let from = if all { 0 } else { ids.len().saturating_sub(1) };
    Ok(ids[from..].to_vec())
}

async fn lease(backups: &Keeper) -> Result<Lease, Failure> {
    let path = work_lease(&backups.scratch);
    for _ in 0..LEASE_TRIES_MAX {
        match Lease::take(&path) {
            Err(backup::Error::Busy { .. }) => tokio::time::sleep(LEASE_PAUSE).await,
            taken => return Ok(taken?),
        }
    }
    Ok(Lease::take(&path)?)
}

/// One line for programs or for people.
pub fn say(as_json: bool, value: &Value, words: &str) {
    print(&if as_json { format!("{value}\n") } else { format!("{words}\n") });
}

/// Bytes done of bytes found.
pub fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left")
    {
        bar.set_style(style);
    }
    bar
}

pub fn tell(bar: &ProgressBar, progress: Progress) {
    match progress {
        Progress::Found(bytes) => bar.inc_length(bytes),
        Progress::Done(bytes) => bar.inc(bytes),
    }
}
