//! Whether a release can come at all: looked at before anything is touched, on the machine it comes to.

use super::Target;
use super::account::is_proven;
use super::change::Ordered;
use super::journal::{Kind, Step, read};
use crate::commands::slots::systemctl;
use crate::failure::Failure;
use crate::release_build::ask;
use crate::sealed;
use operations::{Layout, Target as Place};
use release::{Gap, Manifest, PROGRAM_PATH, ReleaseId, at};
use rustix::fs::statvfs;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What stays free of a disk, whatever is done: logs and people's music go on, in bytes.
const FREE_BYTES_MIN: u64 = 256 * 1024 * 1024;
/// How long a backup and its check, or a rehearsal, may take, in seconds.
const AS_SERVICE_SECONDS_MAX: u64 = 3600;

/// Looks at a placed release and at the machine; what was found, in a sentence.
///
/// # Errors
/// What stands in the way.
pub fn look(target: &Target, ordered: &Ordered, serving: Option<&str>) -> Result<String, Failure> {
    let Ordered { release: id, is_breaking, .. } = ordered;
    let keys = target.keys()?;
    let releases = target.releases();
    // Byte by byte: whatever happened to it since it came.
    let manifest = at(&releases, id, &keys)?;
    let program = releases.join(id.as_str()).join(PROGRAM_PATH);
    let facts = ask(&program)?;
    if facts != manifest.facts {
        return refuse(format!(
            "{id} says of itself that it is {facts:?}, and what was signed says {:?}",
            manifest.facts
        ));
    }
    upstream(target, ordered)?;
    declaration_is_read(target, &program)?;
    port_is_held(target)?;
    let mut found = format!("{} {}", manifest.facts.name, manifest.facts.version);
    let before = serving.and_then(|name| name.parse().ok()).map(|id: ReleaseId| at(&releases, &id, &keys));
    match before.transpose()? {
        Some(Manifest { facts: old, .. }) => match facts.takes_over(&old) {
            Err(gap @ (Gap::NoWayBack { .. } | Gap::Protocol { .. })) if *is_breaking => {
                let _ = write!(found, "; {gap}, which was accepted");
            }
            // Whoever goes back has a reason that is worth loading pages anew.
            Err(gap @ Gap::Protocol { .. }) if ordered.kind == Kind::Rollback => {
                let _ = write!(found, "; {gap}");
            }
            done => done.map_err(|gap| Failure::Deploy(gap.to_string()))?,
        },
        None => found.push_str("; what served before is not described, and was not compared with"),
    }
    contract_allows(target, ordered, serving, facts.schema.newest)?;
    let free = [releases, PathBuf::from(target.data()?)]
        .iter()
        .map(|path| free_bytes(path))
        .collect::<Result<Vec<_>, _>>()?;
    let least = free.into_iter().min().unwrap_or(0);
    if least < FREE_BYTES_MIN {
        return refuse(format!(
            "only {} MB are free on a disk; at least {} must be",
            least / 1_000_000,
            FREE_BYTES_MIN / 1_000_000
        ));
    }
    Ok(found)
}

/// Refuses what a contract has taken away the ground from: what the database asks for is asked of the release that serves.
fn contract_allows(
    target: &Target,
    ordered: &Ordered,
    serving: Option<&str>,
    knows: u32,
) -> Result<(), Failure> {
    match asked_by_database(target, serving) {
        Some(asked) if asked > knows => refuse(format!(
            "the database asks for a release that knows migration {asked}, since a contract took away what {} needs, which \
             knows {knows}: `rookery migrate down` puts it back, see docs/operations/migrations.md",
            ordered.release
        )),
        _ => Ok(()),
    }
}

/// What the database asks releases to know, by the word of the release that serves. `None`: it cannot tell; then the one that
/// comes finds out when it starts, before it takes anybody.
fn asked_by_database(target: &Target, serving: Option<&str>) -> Option<u32> {
    let said = as_service(target, serving?, &["migrate", "status", "--json"]).ok()?.ok()?;
    let said: serde_json::Value = serde_json::from_str(&said).ok()?;
    u32::try_from(said["known_at_least"].as_u64()?).ok()
}

/// Where releases come from another environment alone: if that is on this machine, it is asked. What is said instead counts
/// only where that environment is no machine that whoever brings the release could have asked.
fn upstream(target: &Target, ordered: &Ordered) -> Result<(), Failure> {
    let Some(from) = &target.environment()?.promote_from else { return Ok(()) };
    let (id, there) = (&ordered.release, Layout::of(from.clone()));
    // What is gone back to was proven here.
    let own = read(Path::new(&target.layout.deploys()))?;
    let was_here =
        own.iter().any(|line| line.release == *id && (line.kind, line.step) == (Kind::Deploy, Step::Done));
    if ordered.kind == Kind::Rollback && was_here {
        return Ok(());
    }
    if Path::new(&there.releases()).exists() {
        if is_proven(&read(Path::new(&there.deploys()))?, id) {
            return Ok(());
        }
        return refuse(format!(
            "{} takes releases that were proven in {from}, and {id} was not",
            target.name
        ));
    }
    let upstream = target.declaration.environments.get(from);
    let is_platform = upstream.is_some_and(|it| !matches!(it.target, Place::Ssh(_) | Place::Local));
    if is_platform && ordered.proven_by.is_none() {
        return refuse(format!(
            "{} takes releases that were proven in {from}: say where, --proven-by ADDRESS",
            target.name
        ));
    }
    Ok(())
}

/// The release reads the declaration itself: a key that it does not know would keep it from starting.
fn declaration_is_read(target: &Target, program: &Path) -> Result<(), Failure> {
    let (file, name) = (target.layout.declaration(), target.name.to_string());
    let asked = Command::new(program)
        .args(["--config", &file, "env", "show", &name])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::Deploy(format!("{}: {error}", program.display())))?;
    if asked.status.success() {
        return Ok(());
    }
    refuse(format!("the release cannot use {file}: {}", String::from_utf8_lossy(&asked.stderr).trim()))
}

fn port_is_held(target: &Target) -> Result<(), Failure> {
    let unit = target.layout.socket_unit();
    let state = systemctl(&["show", "--value", "-p", "ActiveState", &unit])?;
    if state == "active" {
        return Ok(());
    }
    refuse(format!("{unit} is {state}: `systemctl enable --now {unit}`"))
}

fn free_bytes(path: &Path) -> Result<u64, Failure> {
    let there = path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let found = statvfs(there).map_err(|error| Failure::Deploy(format!("{}: {error}", there.display())))?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

fn refuse<T>(why: String) -> Result<T, Failure> {
    Err(Failure::Deploy(why))
}

/// Makes a backup and restores it to see that it is one, as the user and with the release that serves; what was done.
///
/// # Errors
/// [`Failure::Deploy`] if there is none, unless that was accepted.
pub fn back_up(target: &Target, serving: Option<&str>, may_be_without: bool) -> Result<String, Failure> {
    let environment = target.environment()?;
    let Some(serving) = serving else { return Ok("nothing serves: there is nothing to back up".to_owned()) };
    if environment.backups.is_none() {
        if may_be_without {
            return Ok("no place for backups is declared, which was accepted".to_owned());
        }
        return refuse(format!(
            "no place for backups is declared: write `backups = {{ to = [\"s3:BUCKET\"] }}` under [environments.{}], or say \
             --without-backup",
            target.name
        ));
    }
    as_service(target, serving, &["backup", "create"])?
        .map_err(|why| Failure::Deploy(format!("the backup is none: {why}")))
}

/// Has the release that serves restore some instant of its backups and look whether it is sound; what was found, as JSON.
///
/// # Errors
/// [`Failure::Deploy`] if it is not.
pub fn drill(target: &Target) -> Result<String, Failure> {
    let serving = super::account(target)?.serving;
    let serving = serving.ok_or_else(|| Failure::Deploy("nothing serves that has backups".to_owned()))?;
    as_service(target, &serving, &["backup", "drill", "--json"])?
        .map_err(|why| Failure::Deploy(format!("the backups are not sound: {why}")))
}

/// Has the release that comes try its migrations on the backup that was made, and the one that serves work with the
/// result; what was done.
///
/// # Errors
/// [`Failure::Deploy`] if it does not work there.
pub fn rehearse(target: &Target, comes: &ReleaseId, serving: Option<&str>) -> Result<String, Failure> {
    let (Some(serving), Some(_)) = (serving, &target.environment()?.backups) else {
        return Ok("there is no backup to rehearse on".to_owned());
    };
    let before = target.releases().join(serving).join(PROGRAM_PATH).display().to_string();
    as_service(target, comes.as_str(), &["migrate", "rehearse", "--before", &before])?
        .map_err(|why| Failure::Deploy(format!("the release does not work on a copy: {why}")))
}

/// Runs a release's program as the user of the service, with its settings; what it says, or why it failed.
fn as_service(target: &Target, release: &str, words: &[&str]) -> Result<Result<String, String>, Failure> {
    let environment = target.environment()?;
    let user = environment.user.clone().unwrap_or_else(|| format!("rookery-{}", target.name));
    let program = target.releases().join(release).join(PROGRAM_PATH);
    let (file, data) = (target.layout.declaration(), target.data()?);
    let (uid, gid) = (number("-u", &user)?, number("-g", &user)?);
    let lent = Lent::of(target, uid, gid)?;
    // A program that hangs must not keep the change from ending.
    let mut command = Command::new("timeout");
    if let Some(Lent(folder)) = &lent {
        command.env("CREDENTIALS_DIRECTORY", folder);
    }
    let done = command
        .args(["--kill-after=5", &AS_SERVICE_SECONDS_MAX.to_string()])
        .arg(&program)
        .args(["--config", &file, "--environment", target.name.as_str(), "--data", &data])
        .args(words)
        .current_dir("/")
        .uid(uid)
        .gid(gid)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::Deploy(format!("{}: {error}", program.display())))?;
    let said = String::from_utf8_lossy(&done.stdout).trim().replace('\n', "; ");
    if done.status.success() {
        return Ok(Ok(said));
    }
    if done.status.code() == Some(124) {
        return Ok(Err(format!("it was not done within {AS_SERVICE_SECONDS_MAX} s")));
    }
    Ok(Err(format!("{said} {}", String::from_utf8_lossy(&done.stderr).trim())))
}

/// The machine's key, which opens sealed settings and is root's alone, lent to the service's user for one run, as systemd
/// does it for the service itself.
struct Lent(PathBuf);

impl Lent {
    fn of(target: &Target, uid: u32, gid: u32) -> Result<Option<Self>, Failure> {
        let failed =
            |error: std::io::Error| Failure::Deploy(format!("the machine's key cannot be lent: {error}"));
        let own = sealed::identity_file(&target.name, None);
        let key = match fs::read(&own) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            key => key.map_err(failed)?,
        };
        // In memory, beside what slots are told.
        let folder = PathBuf::from(format!("/run/rookery-{}/lent", target.name));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.parent().unwrap_or(&folder)).map_err(failed)?;
        DirBuilder::new().mode(0o700).create(&folder).map_err(failed)?;
        let lent = Self(folder);
        let path = lent.0.join(own.file_name().unwrap_or_default());
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path).map_err(failed)?;
        file.write_all(&key).map_err(failed)?;
        for path in [&path, &lent.0] {
            chown(path, Some(uid), Some(gid)).map_err(failed)?;
        }
        Ok(Some(lent))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The number of a user, or of its group.
fn number(which: &str, user: &str) -> Result<u32, Failure> {
    let asked = Command::new("id").args([which, "--", user]).stdin(Stdio::null()).output();
    let said = asked.ok().filter(|asked| asked.status.success());
    let number = said.and_then(|asked| String::from_utf8_lossy(&asked.stdout).trim().parse().ok());
    number.ok_or_else(|| Failure::Deploy(format!("there is no user {user} on this machine")))
}
