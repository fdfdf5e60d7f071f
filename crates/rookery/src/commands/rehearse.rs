//! `rookery migrate rehearse`: this release's migrations on the newest backup, restored beside what is there, and then the
//! release before on the result. What is not possible shows here, and how long it takes, before people's database is
//! touched.

use super::print;
use super::rehearse_server::Server;
use super::serve::asked_to_end;
use crate::backups;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::schema;
use crate::settings::Settings;
use ::backup::{Keys, Target, restore, utc};
use database::migrate::Migrations;
use database::{Database, Options, backups as copies, undo};
use model::Clock;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::Command;

/// How the names of folders begin in which is rehearsed; backups leave them out.
const FOLDER: &str = ".backup-rehearsal-";
/// Why a dump stays one.
const NO_SERVER: &str = "the newest backup is a dump of PostgreSQL: name an empty database for it, `rookery migrate rehearse --into URL`";

/// # Errors
/// [`Failure::Rehearsal`] with what does not work, and those of restoring.
pub async fn run(settings: &Settings, before: Option<&Path>, into: Option<&str>) -> Result<(), Failure> {
    let scratch = Scratch::make(&settings.data())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let folder = scratch.path.join("copy");
    let stage = Stage { settings, clock: &clock, folder: &folder, before };
    // From here on: whoever calls it off while a database is made gets it removed, too.
    let called_off = asked_to_end()?;
    let server = Server::prepare(settings, into, &clock).await?;
    let tried = tokio::select! {
        tried = stage.rehearse(server.as_ref()) => tried,
        () = called_off => Err(Failure::Rehearsal("it was called off".to_owned())),
    };
    let left = match server {
        Some(server) => server.clean_up().await,
        None => String::new(),
    };
    let said = tried.map_err(|failure| with(failure, &left))?;
    print(&format!("{said}{left}.\n"));
    Ok(())
}

/// What failed, and what is left of it.
fn with(failure: Failure, left: &str) -> Failure {
    match failure {
        Failure::Rehearsal(why) => Failure::Rehearsal(why + left),
        other => other,
    }
}

/// What a rehearsal needs.
struct Stage<'a> {
    settings: &'a Settings,
    clock: &'a Arc<dyn Clock>,
    folder: &'a Path,
    before: Option<&'a Path>,
}

impl Stage<'_> {
    /// What was done, in a sentence.
    async fn rehearse(&self, server: Option<&Server>) -> Result<String, Failure> {
        let own = schema::own(self.settings)?;
        let (copy, restored) = self.newest(server).await?;
        let began = self.clock.instant();
        let tried = on(own, &copy.database, self.clock).await;
        copy.database.close().await;
        let (done, lost) = tried.map_err(|error| Failure::Rehearsal(format!("on the backup: {error}")))?;
        let seconds = self.clock.instant().since(began).as_secs_f64();
        if let Some(program) = self.before {
            goes_on(program, &copy.url, self.folder).await?;
        }
        let what = if done.is_empty() { "no migration".to_owned() } else { done.join(", ") };
        let also = if self.before.is_some() { "; the release before works with the result" } else { "" };
        Ok(format!("Rehearsed on the backup of {restored}: {what} in {seconds:.1} s{also}{lost}"))
    }

    /// The newest backup that can be restored, and of when it is.
    async fn newest(&self, server: Option<&Server>) -> Result<(Copy, String), Failure> {
        let file = backups::key_file(self.settings);
        let place = file.display().to_string();
        let text = std::fs::read_to_string(&file)
            .map_err(|error| ::backup::Error::Key { place: place.clone(), detail: error.to_string() })?;
        let keys = Keys::read(&[], &[(place, text)])?;
        let mut last = Failure::NoBackups;
        for vault in backups::vaults(self.settings, &keys, self.clock).await? {
            let postgres = server.map(Server::url);
            let target = Target { folder: self.folder, postgres, with_files: false };
            match restore(&vault, None, &target, &|_| {}).await {
                Ok(restored) => {
                    let url = match (&restored.database, postgres) {
                        (Some(path), _) => format!("sqlite:{}", path.display()),
                        (None, Some(url)) => url.to_owned(),
                        (None, None) => return Err(Failure::Rehearsal(NO_SERVER.to_owned())),
                    };
                    let database = Database::open(&url, Options::default()).await?;
                    return Ok((Copy { database, url }, utc(restored.reached)));
                }
                Err(error) => {
                    tracing::warn!(place = vault.place(), %error, "this place cannot restore it");
                    last = error.into();
                }
            }
        }
        Err(last)
    }
}

/// A backup, restored.
struct Copy {
    database: Database,
    url: String,
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
async fn goes_on(program: &Path, url: &str, folder: &Path) -> Result<(), Failure> {
    let (own, data) = (program.display(), folder.display().to_string());
    let asked = Command::new(program)
        .args(["--data", &data, "migrate", "check"])
        // Not as an argument: those can be seen by everybody on the machine.
        .env("DATABASE_URL", url)
        .env_remove("DATABASE_DIRECT_URL")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| Failure::Rehearsal(format!("{own}: {error}")))?;
    if asked.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&asked.stderr).trim().replace('\n', "; ");
    Err(Failure::Rehearsal(format!("the release before cannot work with the result: {why}")))
}

/// A folder for what is restored, locked for as long as somebody rehearses in it and removed at the end. What a rehearsal that
/// was killed has left is locked by nobody, and goes with the next.
struct Scratch {
    path: PathBuf,
    _lock: File,
}

impl Scratch {
    fn make(data: &Path) -> Result<Self, Failure> {
        Self::try_make(data, &format!("{FOLDER}{}", schema::unique_name()?))
            .map_err(|error| Failure::Rehearsal(format!("no folder for it in {}: {error}", data.display())))
    }

    fn try_make(data: &Path, name: &str) -> io::Result<Self> {
        // One at a time, so that nobody finds a folder that is not locked yet.
        let alone = File::open(data)?;
        alone.lock()?;
        for left in fs::read_dir(data)? {
            let left = left?;
            let is_ours =
                left.file_name().to_string_lossy().starts_with(FOLDER) && left.file_type()?.is_dir();
            if is_ours && File::open(left.path()).is_ok_and(|folder| folder.try_lock().is_ok()) {
                match fs::remove_dir_all(left.path()) {
                    Ok(()) => {
                        tracing::info!(folder = %left.path().display(), "removed what a rehearsal before had left");
                    }
                    Err(error) => {
                        let folder = left.path();
                        tracing::warn!(folder = %folder.display(), %error, "what a rehearsal before had left stays");
                    }
                }
            }
        }
        let path = data.join(name);
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        let lock = File::open(&path)?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
