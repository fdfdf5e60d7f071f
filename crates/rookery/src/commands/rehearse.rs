//! `rookery migrate rehearse`: this release's migrations on the newest backup, restored beside what is there, and then the
//! release before on the result. What is not possible shows here, and how long it takes, before people's database is
//! touched.

use super::print;
use crate::backups;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::schema;
use crate::settings::Settings;
use ::backup::{Keys, RESTORED_DATABASE, Target, restore, utc};
use database::migrate::Migrations;
use database::{Database, Options, backups as copies, undo};
use model::Clock;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// # Errors
/// [`Failure::Rehearsal`] with what does not work, and those of restoring.
pub async fn run(settings: &Settings, before: Option<&Path>) -> Result<(), Failure> {
    let scratch = Scratch(settings.data().join(format!(".backup-rehearsal-{}", std::process::id())));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let (database, restored) = newest(settings, &clock, &scratch.0).await?;
    let began = clock.instant();
    let tried = on(schema::own(settings)?, &database, &clock).await;
    database.close().await;
    let (done, lost) = tried.map_err(|error| Failure::Rehearsal(format!("on the backup: {error}")))?;
    let seconds = clock.instant().since(began).as_secs_f64();
    if let Some(program) = before {
        goes_on(program, &scratch.0)?;
    }
    let what = if done.is_empty() { "no migration".to_owned() } else { done.join(", ") };
    let also = if before.is_some() { "; the release before works with the result" } else { "" };
    print(&format!("Rehearsed on the backup of {restored}: {what} in {seconds:.1} s{also}{lost}.\n"));
    Ok(())
}

/// The newest backup that can be restored, in a folder that is not there, and of when it is.
async fn newest(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    folder: &Path,
) -> Result<(Database, String), Failure> {
    let file = backups::key_file(settings);
    let place = file.display().to_string();
    let text = std::fs::read_to_string(&file)
        .map_err(|error| ::backup::Error::Key { place: place.clone(), detail: error.to_string() })?;
    let keys = Keys::read(&[], &[(place, text)])?;
    let mut last = Failure::NoBackups;
    for vault in backups::vaults(settings, &keys, clock).await? {
        let target = Target { folder, postgres: None, with_files: false };
        match restore(&vault, None, &target, &|_| {}).await {
            Ok(restored) if restored.database.is_some() => {
                let url = format!("sqlite:{}", folder.join(RESTORED_DATABASE).display());
                return Ok((Database::open(&url, Options::default()).await?, utc(restored.reached)));
            }
            Ok(_) => {
                let why = "a dump of PostgreSQL is rehearsed on a database of its own: `rookery restore --into URL`, then \
                    `rookery --database-url URL migrate up`";
                return Err(Failure::Rehearsal(why.to_owned()));
            }
            Err(error) => {
                tracing::warn!(place = vault.place(), %error, "this place cannot restore it");
                last = error.into();
            }
        }
    }
    Err(last)
}

/// Up to date, and sound; which migrations that took, and what the way back would cost.
async fn on(
    own: Migrations,
    database: &Database,
    clock: &Arc<dyn Clock>,
) -> Result<(Vec<String>, String), Failure> {
    let done = own.up(database, clock.wall()).await?;
    own.verify(database).await?;
    let faults = copies::faults(database).await?;
    if !faults.is_empty() {
        return Err(Failure::Rehearsal(faults.join("; ")));
    }
    let back = undo::preview(database, done.len()).await?;
    let lost: Vec<String> = back.lost.iter().map(ToString::to_string).collect();
    let said = if lost.is_empty() {
        String::new()
    } else {
        format!("; the way back would lose {}", lost.join(", "))
    };
    Ok((done, said))
}

/// Has another release look at the result: it goes on while this one comes, and is what is gone back to.
fn goes_on(program: &Path, folder: &Path) -> Result<(), Failure> {
    let url = format!("sqlite:{}", folder.join(RESTORED_DATABASE).display());
    let (own, data) = (program.display(), folder.display().to_string());
    let asked = Command::new(program)
        .args(["--database-url", &url, "--data", &data, "migrate", "check"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::Rehearsal(format!("{own}: {error}")))?;
    if asked.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&asked.stderr).trim().replace('\n', "; ");
    Err(Failure::Rehearsal(format!("the release before cannot work with the result: {why}")))
}

/// Removed at the end, whatever happened.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
