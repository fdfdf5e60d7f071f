//! `rookery migrate contract`: what no release needs any more is taken away, once somebody has read what goes, and nothing
//! needs it: no row that is still to be brought along, no process, no release that is kept to go back to. And not without
//! a backup that was restored and found sound lately.

use super::migrate::Kept;
use crate::backups;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::migrate_settings::ContractArgs;
use crate::schema;
use crate::secret_key;
use crate::settings::Settings;
use database::Database;
use database::contract::{self, Contracting, Ended};
use model::{Clock, WallTime};
use operations::Layout;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How old a backup may be at most, as before a release comes.
const BACKUP_AGE_MAX: Duration = Duration::from_secs(26 * 3600);

/// Looks, and does it if that was said.
///
/// # Errors
/// [`Failure::NotContracted`] with what stands in the way.
pub async fn run(
    settings: &Settings,
    database: &Database,
    args: &ContractArgs,
) -> Result<Vec<String>, Failure> {
    let own = schema::own(settings)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let began = clock.instant();
    let Some(found) = contract::preview(database, &own, clock.wall()).await? else {
        return Ok(vec!["There is nothing to take away.".to_owned()]);
    };
    let took = clock.instant().since(began).as_secs_f64();
    let mut hindrances: Vec<String> = found.hindrances.iter().map(ToString::to_string).collect();
    if !args.without_way_back {
        hindrances.extend(releases(settings, args, &found)?);
    }
    if !args.without_backup {
        hindrances.extend(backed_up(settings, database, &clock).await?);
    }
    if !args.yes {
        return Ok(said(&found, &hindrances, took));
    }
    if !hindrances.is_empty() {
        return Err(Failure::NotContracted(hindrances.join("\n  ")));
    }
    let mut kept = Kept::new("contracted", args.export.clone(), settings.data());
    match contract::contract(database, &own, &mut kept, clock.wall()).await? {
        None => Ok(vec!["There is nothing to take away.".to_owned()]),
        Some(Ended::Refused(found)) => {
            let why: Vec<String> = found.hindrances.iter().map(ToString::to_string).collect();
            Err(Failure::NotContracted(why.join("\n  ")))
        }
        Some(Ended::Done(found)) => {
            let mut lines = vec![format!(
                "{} is done: releases that do not know migration {:04} cannot work with this database any more.",
                found.name, found.known_at_least
            )];
            lines.extend(kept.place());
            Ok(lines)
        }
    }
}

/// What it would do, for somebody who has to decide.
fn said(found: &Contracting, hindrances: &[String], took: f64) -> Vec<String> {
    let mut lines = vec![format!(
        "contract {}: afterwards a release must know migration {:04}; tried in {took:.1} s, during which nobody could write",
        found.name, found.known_at_least
    )];
    lines.extend(found.lost.iter().map(|loss| format!("lose {loss}; the rows are written to a file first")));
    lines.extend(hindrances.iter().map(|hindrance| format!("in the way: {hindrance}")));
    lines.push(if hindrances.is_empty() {
        "Nothing is in the way. Say --yes to do it.".to_owned()
    } else {
        "Nothing was done, and nothing will be while something is in the way.".to_owned()
    });
    lines
}

/// The releases that are kept here to go back to, and need what goes.
fn releases(settings: &Settings, args: &ContractArgs, found: &Contracting) -> Result<Vec<String>, Failure> {
    let own = settings.environment.clone().map(|name| PathBuf::from(Layout::of(name).releases()));
    let Some(folder) = args.releases.clone().or(own.filter(|folder| folder.is_dir())) else {
        return Ok(Vec::new());
    };
    let mut needing = Vec::new();
    for id in release::list(&folder)? {
        match release::described(&folder, &id) {
            Ok(manifest) if manifest.facts.schema.newest >= found.known_at_least => {}
            Ok(manifest) => needing.push(format!(
                "the release {id} is kept to go back to, knows migrations up to {:04}, and needs what goes: say \
                 --without-way-back to give that up",
                manifest.facts.schema.newest
            )),
            Err(error) => needing.push(format!(
                "the release {id} is kept to go back to, and nobody knows what it needs ({error}): say --without-way-back to \
                 give that up"
            )),
        }
    }
    Ok(needing)
}

/// Why there is no backup to rely on; nothing if there is one.
async fn backed_up(
    settings: &Settings,
    database: &Database,
    clock: &Arc<dyn Clock>,
) -> Result<Option<String>, Failure> {
    const ADVICE: &str = "`rookery backup create` makes one, or say --without-backup";
    if settings.backup.places()?.is_empty() {
        return Ok(Some("no place for backups is set: set `backup_to`, or say --without-backup".to_owned()));
    }
    if !backups::key_file(settings).exists() {
        return Ok(Some(format!("no backup was ever made: {ADVICE}")));
    }
    let secret = secret_key::open(settings, database).await?;
    let keeper = backups::open(settings, database, &secret, clock).await?;
    let mut newest: Option<WallTime> = None;
    for vault in keeper.iter().flat_map(|keeper| &keeper.vaults) {
        if let Some(last) = vault.last_verified().await? {
            newest = newest.max(Some(vault.manifest(&last.id).await?.taken_at()));
        }
    }
    let Some(newest) = newest else {
        return Ok(Some(format!("no backup was restored and found sound yet: {ADVICE}")));
    };
    let age = clock.wall().since(newest);
    let hours = age.as_secs() / 3600;
    Ok((age > BACKUP_AGE_MAX)
        .then(|| format!("the last backup that was restored and found sound is {hours} hours old: {ADVICE}")))
}
