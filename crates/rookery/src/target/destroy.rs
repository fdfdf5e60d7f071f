//! An environment is taken off its machine: after a backup that was restored and compared, in steps that can be taken
//! twice, so that whoever is cut off takes them again.
//!
//! What stays: the backups, the keys without which they cannot be opened, and everything of other environments.

use super::journal::Journal;
use super::{Target, preflight};
use crate::commands::slots::{release_of, systemctl};
use crate::failure::Failure;
use operations::{Environment, EnvironmentName, Layout, Needs, SlotName, Trigger, needs};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where plans and kept keys are; no environment's name begins like that.
const KEPT: &str = "/srv/rookery/.destroyed";
const UNITS: &str = "/etc/systemd/system";
/// Files of an environment without which its backups are of no use, by where they lie in its folder of data.
const KEYS: [&str; 2] = ["backup.key", "secret.key"];

/// What goes, and what stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The environment.
    pub environment: String,
    /// Whether real people are used to it: then its name is typed.
    pub is_production: bool,
    /// What goes, for people.
    pub goes: Vec<String>,
    /// What stays, for people.
    pub stays: Vec<String>,
    /// As whom it ran.
    user: String,
    /// Folders that go.
    folders: Vec<PathBuf>,
    /// Units that stop, those that hold ports first.
    units: Vec<String>,
    /// Files that are copied before their folders go.
    keys: Vec<PathBuf>,
    /// Where to.
    kept: PathBuf,
    /// What was said of the backup, once it is made.
    backup: Option<String>,
}

impl Plan {
    /// What would be done.
    ///
    /// # Errors
    /// [`Failure::Deploy`] if the backups would go, too, or there is no place for any.
    pub fn of(target: &Target, at: &str) -> Result<Self, Failure> {
        let (name, environment) = (&target.name, target.environment()?);
        let Needs { user, data, folders, sockets, .. } = needs(&target.declaration, name, environment)
            .map_err(|error| Failure::Deploy(error.to_string()))?;
        let layout = &target.layout;
        let places = &environment.backups.as_ref().map(|backups| backups.to.clone()).unwrap_or_default();
        let folders = folders_that_go(name, folders, places)?;
        let kept = Path::new(KEPT).join(format!("{name}-{at}"));
        let mut units: Vec<String> = sockets.into_iter().map(|(unit, _, _)| unit).collect();
        units.extend(SlotName::ALL.map(|slot| layout.slot_unit(slot)));
        let mut goes = vec![format!("units: {}", units.join(", "))];
        goes.extend(folders.iter().map(|folder| format!("the folder {}", folder.display())));
        goes.push(format!("the user {user}"));
        goes.push(format!("keys that may deploy to {name} on this machine"));
        let mut stays: Vec<String> = places.iter().map(|place| format!("the backups in {place}")).collect();
        stays.push(format!("the keys that open them, and the declaration: {}", kept.display()));
        if let Some(url) = &environment.database
            && !url.starts_with("sqlite:")
        {
            stays.push("the database, which is on a server of its own".to_owned());
        }
        stays.push("other environments of this machine, its firewall, its accounts".to_owned());
        stays.push(format!("names of {} that lead here, its entry in rookery.toml", environment.url));
        Ok(Self {
            environment: name.to_string(),
            is_production: is_production(name, environment),
            keys: KEYS.iter().map(|key| Path::new(&data).join(key)).collect(),
            goes,
            stays,
            user,
            folders,
            units,
            kept,
            backup: None,
        })
    }

    /// What was begun and not finished.
    fn left(name: &EnvironmentName) -> Result<Option<Self>, Failure> {
        let (file, declared) = (file(name), PathBuf::from(Layout::of(name.clone()).declaration()));
        let text = match fs::read_to_string(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.map_err(failed)?,
        };
        let changed = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
        // It was set up again since: what is there now is in no backup.
        if changed(&declared) > changed(&file) {
            return Ok(None);
        }
        serde_json::from_str(&text).map(Some).map_err(|error| Failure::Deploy(error.to_string()))
    }

    fn write(&self, name: &EnvironmentName) -> Result<(), Failure> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.kept).map_err(failed)?;
        let text = serde_json::to_string(self).map_err(|error| Failure::Deploy(error.to_string()))?;
        whole(&file(name), text.as_bytes())
    }
}

/// Folders that go; a place of backups among them is one that does not outlive what it is for.
fn folders_that_go(
    name: &EnvironmentName,
    data: Vec<String>,
    places: &[String],
) -> Result<Vec<PathBuf>, Failure> {
    let mut folders: Vec<PathBuf> = data.into_iter().map(PathBuf::from).collect();
    folders.push(PathBuf::from(format!("/srv/rookery/{name}")));
    folders.push(PathBuf::from(format!("/run/rookery-{name}")));
    folders.sort();
    folders.dedup();
    let near = places.iter().filter_map(|place| place.strip_prefix("file:")).find_map(|place| {
        let place = Path::new(place);
        let place = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        folders.iter().find(|folder| place.starts_with(folder)).map(|folder| (place.clone(), folder.clone()))
    });
    if let Some((place, folder)) = near {
        return Err(Failure::Deploy(format!(
            "the backups in {} would go with {}: declare a place elsewhere first",
            place.display(),
            folder.display()
        )));
    }
    Ok(folders)
}

fn is_production(name: &EnvironmentName, environment: &Environment) -> bool {
    *name == EnvironmentName::production() || matches!(environment.trigger, Trigger::Release(_))
}

/// The plan that is under way.
fn file(name: &EnvironmentName) -> PathBuf {
    Path::new(KEPT).join(format!("{name}.json"))
}

/// Whether somebody began and was cut off.
pub fn is_left(name: &EnvironmentName) -> bool {
    Plan::left(name).is_ok_and(|left| left.is_some())
}

/// Takes the environment off the machine, and tells each step. `target`: as it is declared, unless that is gone already.
///
/// # Errors
/// [`Failure::Deploy`] before anything is touched if there is no backup; later if the machine does not do what it should.
/// The next run goes on from there.
pub fn destroy(
    name: &EnvironmentName,
    target: Option<&Target>,
    at: &str,
    mut tell: impl FnMut(&str),
) -> Result<(), Failure> {
    // No change of releases meanwhile.
    let layout = Layout::of(name.clone());
    let is_there = Path::new(&layout.releases()).exists();
    let _turn = is_there.then(|| Journal::open(Path::new(&layout.deploys()))).transpose()?;
    let plan = match (Plan::left(name)?, target) {
        (Some(plan), _) => {
            tell("a run before was cut off: it is gone on with");
            Some(plan)
        }
        (None, Some(target)) => {
            let mut plan = Plan::of(target, at)?;
            let backup = back_up(target)?;
            tell(&format!("backed up: {backup}"));
            plan.backup = Some(backup);
            keep(&plan, target)?;
            plan.write(name)?;
            tell(&format!("kept: {}", plan.kept.display()));
            Some(plan)
        }
        (None, None) => None,
    };
    if let Some(plan) = plan {
        stop(&plan)?;
        tell("stopped, and does not start any more");
        for folder in &plan.folders {
            gone(folder)?;
            tell(&format!("gone: {}", folder.display()));
        }
        if number(&plan.user) {
            run("userdel", &[&plan.user])?;
        }
        tell(&format!("gone: the user {}", plan.user));
        gone(Path::new(&format!("/etc/rookery/{name}")))?;
        tell(&format!("gone: /etc/rookery/{name}"));
        // From here on nothing of it is there but the keys that lead to the gate: they are last, so that a run which was
        // cut off could be asked for again.
        fs::remove_file(file(name)).map_err(failed)?;
    }
    close(name)?;
    tell("gone: keys that may deploy");
    Ok(())
}

/// A backup that was restored and compared, by what serves; or, where nothing ever did, none.
fn back_up(target: &Target) -> Result<String, Failure> {
    let serving = super::account(target)?.serving;
    let idle = || SlotName::ALL.into_iter().find_map(|slot| release_of(&target.layout, slot));
    match serving.or_else(idle) {
        Some(release) => preflight::back_up(target, Some(&release), false),
        None => {
            let data = target.data()?;
            let is_empty = fs::read_dir(&data).is_ok_and(|mut entries| entries.next().is_none());
            if is_empty || !Path::new(&data).exists() {
                return Ok("nothing ever served: there is nothing to back up".to_owned());
            }
            Err(Failure::Deploy(format!("no release is there that could back {data} up: bring one first")))
        }
    }
}

/// Copies what opens the backups, and what was declared.
fn keep(plan: &Plan, target: &Target) -> Result<(), Failure> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&plan.kept).map_err(failed)?;
    let mut files = plan.keys.clone();
    let own = format!("/etc/rookery/{}", target.name);
    files.extend(["rookery.toml", "identity.key"].map(|name| Path::new(&own).join(name)));
    files.push(Path::new(&own).join("secrets").join(format!("{}.toml", target.name)));
    for path in files {
        match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            bytes => {
                let name = path.file_name().unwrap_or_default();
                whole(&plan.kept.join(name), &bytes.map_err(failed)?)?;
            }
        }
    }
    Ok(())
}

/// Nothing of it runs, and nobody who knocks starts it.
fn stop(plan: &Plan) -> Result<(), Failure> {
    for unit in &plan.units {
        // Ports first: whoever knocks would start a slot again. One that is not known any more is stopped.
        let _ = systemctl(&["disable", "--quiet", unit]);
        let _ = systemctl(&["stop", unit]);
        let state = systemctl(&["show", "--value", "-p", "ActiveState", unit])?;
        if !matches!(&*state, "inactive" | "failed") {
            return Err(Failure::Deploy(format!("{unit} is {state} and does not stop")));
        }
        let template = unit.split_once('@').map(|(name, _)| format!("{name}@.service"));
        let path = Path::new(UNITS).join(template.as_deref().unwrap_or(unit));
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(failed(error));
        }
    }
    systemctl(&["daemon-reload"]).map(drop)
}

/// A folder loses its name first: what is left of it then is nothing that starts.
fn gone(folder: &Path) -> Result<(), Failure> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let partly = folder.with_file_name(format!(".gone-{name}"));
    for path in [&partly, folder] {
        if path == folder && path.exists() {
            fs::rename(folder, &partly).map_err(failed)?;
        }
        match fs::remove_dir_all(&partly) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(())
}

/// Nobody's key opens the gate of this environment any more.
fn close(name: &EnvironmentName) -> Result<(), Failure> {
    let rule = PathBuf::from(format!("/etc/sudoers.d/rookery-{name}"));
    let mark = format!("--environment {name} gate ");
    let passwd = fs::read_to_string("/etc/passwd").map_err(failed)?;
    let homes = passwd.lines().filter_map(|line| line.split(':').nth(5));
    let mut files: Vec<PathBuf> = homes.map(|home| Path::new(home).join(".ssh/authorized_keys")).collect();
    files.sort();
    files.dedup();
    for file in files {
        // Root writes nothing where somebody's link leads.
        if !file.symlink_metadata().is_ok_and(|about| about.is_file()) {
            continue;
        }
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let is_other = |line: &&str| !(line.contains("command=\"") && line.contains(&mark));
        let others: String = text.lines().filter(is_other).map(|line| format!("{line}\n")).collect();
        if others.lines().count() != text.lines().count() {
            // In place: whose it is and who may read it stays.
            fs::write(&file, others).map_err(failed)?;
        }
    }
    match fs::remove_file(&rule) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(error)),
        _ => Ok(()),
    }
}

/// Whether there is such a user.
fn number(user: &str) -> bool {
    let asked = Command::new("id").args(["-u", "--", user]).stdin(Stdio::null()).output();
    asked.is_ok_and(|asked| asked.status.success())
}

fn run(program: &str, words: &[&str]) -> Result<(), Failure> {
    let done = Command::new(program).args(words).stdin(Stdio::null()).output().map_err(failed)?;
    if done.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(Failure::Deploy(format!("{program} {}: {why}", words.join(" "))))
}

/// For root alone; whole or not at all.
fn whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let draft = path.with_extension("next");
    let mut options = fs::OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(&draft);
    let written = opened.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(&draft, path)).map_err(failed)
}

fn failed(error: std::io::Error) -> Failure {
    Failure::Deploy(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_that_would_go_too_stand_in_the_way() {
        let name: EnvironmentName = "beta".parse().unwrap();
        let data = vec!["/var/lib/rookery/beta".to_owned()];
        let of = |place: &str| folders_that_go(&name, data.clone(), &[place.to_owned()]);
        for near in
            ["file:/var/lib/rookery/beta/backups", "file:/srv/rookery/beta", "file:/var/lib/rookery/beta"]
        {
            assert!(of(near).unwrap_err().to_string().contains("would go with"), "{near}");
        }
        for far in ["s3:backups", "file:/var/lib/rookery/beta-backups", "file:/mnt/backups"] {
            assert_eq!(of(far).unwrap().len(), 3, "{far}");
        }
    }

    #[test]
    fn a_folder_is_gone_also_when_it_was_cut_off_half_way() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data");
        for half in ["data/a", ".gone-data/b"] {
            fs::create_dir_all(home.path().join(half)).unwrap();
        }
        gone(&folder).unwrap();
        gone(&folder).unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
