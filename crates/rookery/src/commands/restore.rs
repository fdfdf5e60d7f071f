//! `rookery restore`: the state of an instant, beside what is there. It needs no server, no database and no data folder:
//! only the places and the key.

use super::backup::{bar, say, tell};
use crate::backups;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::settings::Settings;
use ::backup::{Keys, Target, restore, utc};
use clap::Args;
use database::{Database, Options};
use model::Clock;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// What to restore, and where to.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The instant: 2026-11-17T14:03:00Z, or "2026-11-17 14:03" by the clocks here [default: the newest]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// A folder that is not there; it becomes a data folder.
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// Where the backup is: file:PATH, s3:BUCKET/PREFIX [default: where backups go]
    #[arg(long, value_name = "PLACE")]
    pub from: Option<String>,
    /// The file of the key [default: that of the settings]
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// An empty PostgreSQL database for what was one; without it the dump is put into the folder.
    #[arg(long = "into", value_name = "URL")]
    pub database: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
}

pub async fn run(settings: &Settings, args: &RestoreArgs) -> Result<(), Failure> {
    let at = args.at.as_deref().map(|at| super::past(settings, at)).transpose()?;
    let file = args.identity.clone().unwrap_or_else(|| backups::key_file(settings));
    let place = file.display().to_string();
    let bad =
        |error: std::io::Error| ::backup::Error::Key { place: place.clone(), detail: error.to_string() };
    let text = std::fs::read_to_string(&file).map_err(bad)?;
    let keys = Keys::read(&[], &[(place.clone(), text)])?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let mut settings = settings.clone();
    settings.backup.backup_to = args.from.clone().or(settings.backup.backup_to);
    let vaults = backups::vaults(&settings, &keys, &clock).await?;
    if let Some(url) = &args.database {
        let database = Database::open(url, Options::default()).await?;
        let has_sessions = database.has_sessions("restoring");
        database.close().await;
        has_sessions?;
    }
    let target = Target { folder: &args.to, postgres: args.database.as_deref(), with_files: true };
    let bar = bar();
    let began = clock.instant();
    let mut last = Failure::NoBackups;
    // The first place that has what is asked for.
    for vault in &vaults {
        match restore(vault, at, &target, &|progress| tell(&bar, progress)).await {
            Ok(restored) => {
                bar.finish_and_clear();
                let seconds = clock.instant().since(began).as_secs_f64();
                say(
                    args.json,
                    &json!({"snapshot": restored.id.as_str(), "place": vault.place(), "reached": utc(restored.reached),
                        "frames": restored.frames, "bytes": restored.bytes, "seconds": seconds,
                        "to": args.to.display().to_string()}),
                    &format!(
                        "Restored up to {} from {} in {} into {}, {:.1} MB in {seconds:.1} s.\nLook at it: rookery --data {} serve",
                        utc(restored.reached),
                        restored.id,
                        vault.place(),
                        args.to.display(),
                        restored.bytes as f64 / 1e6,
                        args.to.display()
                    ),
                );
                return Ok(());
            }
            Err(error @ ::backup::Error::Exists { .. }) => return Err(error.into()),
            Err(error) => {
                bar.reset();
                tracing::warn!(place = vault.place(), %error, "this place cannot restore it");
                last = error.into();
            }
        }
    }
    Err(last)
}
