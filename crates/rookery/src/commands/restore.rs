//! `rookery restore`: the state of an instant, beside what is there. It needs no server, no database and no data folder:
//! only the places and the key.

use super::backup::{bar, say, tell};
use crate::backups;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::settings::{RestoreArgs, Settings};
use ::backup::{Keys, Target, restore, utc};
use model::Clock;
use serde_json::json;
use std::sync::Arc;

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
