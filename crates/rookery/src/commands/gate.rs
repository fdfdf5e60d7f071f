//! `rookery gate`: what a machine does for those who deploy to it. It is the command of their key (`command="…"` in
//! `authorized_keys`), so that they get this and no shell.
//!
//! A change runs in a unit of its own: whoever asked for it may go away.

use super::print;
use super::slots::systemctl;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::release_settings::{ChangeCommand, Proof};
use crate::settings::Settings;
use crate::target::{
    Account, Kind, Line, Ordered, Outcome, Plan, Step, Target, Wanted, account, destroy as take_off, drill,
    is_left, logs, read, run as carry_out,
};
use model::Clock as _;
use operations::{EnvironmentName, Layout};
use release::{Manifest, ReleaseId};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Every so many looks systemd is asked whether the change goes on: that costs the machine much more than a look.
const LOOKS_WITHOUT_ASKING: u32 = 20;
/// How long a unit that does not run may take to write down how it ended.
const END_MAX: Duration = Duration::from_secs(10);

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Put,
    Fetch(ReleaseId),
    Deploy {
        release: ReleaseId,
        flags: Vec<String>,
    },
    Drill,
    Rollback(Option<ReleaseId>),
    Confirm(u64),
    Account,
    Logs(Wanted),
    /// Without a name: what would be done.
    Destroy(Option<EnvironmentName>),
}

const FLAGS: [&str; 3] = ["--breaking", "--without-backup", "--without-canary"];

/// Does what was asked for.
///
/// # Errors
/// What stands in the way.
pub async fn run(settings: &Settings, words: &str) -> Result<(), Failure> {
    let word = word(words).ok_or_else(|| {
        let words: String = words.chars().take(80).collect();
        Failure::Deploy(format!(
            "`{words}` is nothing that this key may: put, fetch, deploy, rollback, confirm, account, drill, logs or destroy"
        ))
    })?;
    if let Word::Destroy(name) = word {
        return destroy(settings, name.as_ref());
    }
    let target = Target::of(settings)?;
    match word {
        Word::Destroy(_) => Ok(()),
        Word::Put => put(&target),
        Word::Fetch(id) => {
            release::send(&target.releases().join(id.as_str()), &target.keys()?, std::io::stdout().lock())?;
            Ok(())
        }
        Word::Deploy { release, flags } => {
            refuse_serving(&target, &release)?;
            let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
            change_apart(&target, &[&["deploy", release.as_str()], &flags[..]].concat()).await
        }
        Word::Drill => {
            print(&format!("{}\n", drill(&target)?));
            Ok(())
        }
        Word::Rollback(release) => {
            let release = release.map_or_else(|| before(&target), Ok)?;
            refuse_serving(&target, &release)?;
            change_apart(&target, &["rollback", release.as_str()]).await
        }
        Word::Confirm(number) => confirm(&target, number).await,
        Word::Account => say(&account(&target)?),
        Word::Logs(wanted) => logs::tell(&target, wanted),
    }
}

fn word(words: &str) -> Option<Word> {
    let words: Vec<&str> = words.split(' ').collect();
    let id = |text: &str| text.parse::<ReleaseId>().ok();
    match words[..] {
        ["put"] => Some(Word::Put),
        ["account"] => Some(Word::Account),
        ["drill"] => Some(Word::Drill),
        ["fetch", release] => Some(Word::Fetch(id(release)?)),
        ["deploy", release, ref flags @ ..] => {
            let is_known = |flag: &&str| {
                let proof = flag.strip_prefix("--proven-by=").map(str::parse::<Proof>);
                FLAGS.contains(flag) || proof.is_some_and(|proof| proof.is_ok())
            };
            let flags = flags.iter().all(is_known).then(|| flags.iter().map(|it| (*it).to_owned()).collect());
            Some(Word::Deploy { release: id(release)?, flags: flags? })
        }
        ["rollback"] => Some(Word::Rollback(None)),
        ["rollback", release] => Some(Word::Rollback(Some(id(release)?))),
        ["logs", ref wanted @ ..] => Some(Word::Logs(Wanted::parse(wanted)?)),
        ["destroy"] => Some(Word::Destroy(None)),
        ["destroy", name] => Some(Word::Destroy(Some(name.parse().ok()?))),
        ["confirm", number] => Some(Word::Confirm(number.parse().ok()?)),
        _ => None,
    }
}

/// One change, or the end of one, in this process.
///
/// # Errors
/// [`Failure::Deploy`] unless it ends as it was meant to.
pub async fn change(settings: &Settings, command: &ChangeCommand) -> Result<(), Failure> {
    let target = Target::of(settings)?;
    let ordered = match command {
        ChangeCommand::Repair => None,
        ChangeCommand::Deploy { release, breaking, without_backup, without_canary, proven_by } => {
            Some(Ordered {
                kind: Kind::Deploy,
                release: release.clone(),
                is_breaking: *breaking,
                may_be_without_backup: *without_backup,
                is_without_canary: *without_canary,
                proven_by: proven_by.clone(),
            })
        }
        ChangeCommand::Rollback { release } => {
            let release = release.clone().map_or_else(|| before(&target), Ok)?;
            Some(Ordered {
                kind: Kind::Rollback,
                release,
                is_breaking: false,
                may_be_without_backup: true,
                is_without_canary: true,
                proven_by: None,
            })
        }
    };
    let is_repair = ordered.is_none();
    let Outcome(ended) = carry_out(&target, ordered).await?;
    print(&format!("{ended:?}\n"));
    if ended == Step::Done || is_repair {
        return Ok(());
    }
    Err(Failure::Deploy(format!("the change ended as {ended:?}")))
}

/// Says what would be done, or does it: the name must be this environment's.
fn destroy(settings: &Settings, name: Option<&EnvironmentName>) -> Result<(), Failure> {
    let own = settings.environment.clone();
    let own = own.ok_or_else(|| Failure::Deploy("say which: --environment NAME".to_owned()))?;
    let target = if Path::new(&Layout::of(own.clone()).declaration()).exists() {
        Some(Target::of(settings)?)
    } else {
        None
    };
    let now = release::Instant::from_seconds(SystemClock::start().wall().millis() / 1000);
    let now = now.map_or_else(String::new, |now| now.to_string().replace(':', ""));
    let Some(name) = name else {
        return match target.filter(|_| !is_left(&own)) {
            Some(target) => say(&Plan::of(&target, &now)?),
            None => say(&format!("{own} is gone on with")),
        };
    };
    if *name != own {
        return Err(Failure::Deploy(format!("this key is for {own}, not for {name}")));
    }
    take_off(&own, target.as_ref(), &now, |said| {
        // Whoever asked may have gone away; that changes nothing here.
        let _ = writeln!(std::io::stdout().lock(), "{said}");
    })
}

/// The release before the one that serves.
fn before(target: &Target) -> Result<ReleaseId, Failure> {
    let serving = account(target)?.serving;
    let lines = read(Path::new(&target.layout.deploys()))?;
    let before = serving.and_then(|serving| Account::before(&lines, &serving));
    let before = before.and_then(|name| name.parse().ok());
    before.ok_or_else(|| Failure::Deploy("which release served before is not known: name one".to_owned()))
}

fn refuse_serving(target: &Target, release: &ReleaseId) -> Result<(), Failure> {
    match account(target)?.serving.as_deref() == Some(release.as_str()) {
        true => Err(Failure::Deploy(format!("{release} serves already"))),
        false => Ok(()),
    }
}

/// Takes a release from standard input.
fn put(target: &Target) -> Result<(), Failure> {
    let releases = target.releases();
    fs::create_dir_all(&releases).map_err(failed)?;
    // One upload at a time; what others broke off goes.
    let lock = File::create(releases.with_extension("lock")).map_err(failed)?;
    lock.try_lock().map_err(|_| Failure::Deploy("another upload is under way".to_owned()))?;
    release::remove_leftovers(&releases)?;
    let placed = release::place(std::io::stdin().lock(), &releases, &target.keys()?)?;
    say::<Manifest>(&placed.manifest)
}

/// Starts a change in a unit of its own and tells what becomes of it, line by line.
async fn change_apart(target: &Target, words: &[&str]) -> Result<(), Failure> {
    let own = std::env::current_exe().map_err(Failure::OwnPath)?;
    let own = own.display().to_string();
    let name = target.name.to_string();
    let journal = target.layout.deploys();
    let before = read(Path::new(&journal))?.len();
    let unit = target.layout.deploy_unit();
    let after = format!("--property=ExecStopPost={own} --environment {name} change repair");
    let started = Command::new("systemd-run")
        .args(["--quiet", "--collect", &format!("--unit={unit}"), &after, "--"])
        .args([&own, "--environment", &name, "change"])
        .args(words)
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    if !started.status.success() {
        let said = String::from_utf8_lossy(&started.stderr).trim().to_owned();
        return Err(Failure::Deploy(format!(
            "the change cannot be started, or another is under way: {said}"
        )));
    }
    follow(Path::new(&journal), before, &unit).await
}

async fn follow(journal: &Path, mut told: usize, unit: &str) -> Result<(), Failure> {
    let mut silent = Duration::ZERO;
    for look in 0_u32.. {
        // Asked before the journal is read: whatever it wrote before it ended is there then.
        let is_asked = look.is_multiple_of(LOOKS_WITHOUT_ASKING);
        let state =
            is_asked.then(|| systemctl(&["show", "--value", "-p", "ActiveState", unit])).transpose()?;
        let lines = read(journal)?;
        for line in &lines[told.min(lines.len())..] {
            say(line)?;
            if line.step.is_last() {
                return ended(line);
            }
        }
        told = lines.len();
        if let Some(state) = state {
            let is_over = matches!(&*state, "inactive" | "failed");
            silent = if is_over { silent + LOOK_EVERY * LOOKS_WITHOUT_ASKING } else { Duration::ZERO };
        }
        if silent > END_MAX {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Failure::Deploy(format!("the change ended without a word: journalctl -u {unit}")))
}

fn ended(line: &Line) -> Result<(), Failure> {
    match line.step {
        Step::Done => Ok(()),
        step => Err(Failure::Deploy(format!("{step:?}: {}", line.said))),
    }
}

/// Says that a change does well, and waits until that was heard, or was too late.
async fn confirm(target: &Target, number: u64) -> Result<(), Failure> {
    let path = target.layout.confirmed();
    let draft = format!("{path}.next");
    let mut file = File::create(&draft).map_err(failed)?;
    file.write_all(format!("{number}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&draft, &path).map_err(failed)?;
    for _ in 0..END_MAX.as_millis() / LOOK_EVERY.as_millis() {
        let lines = read(Path::new(&target.layout.deploys()))?;
        if let Some(line) = lines.iter().find(|line| line.change == number && line.step.is_last()) {
            return ended(line);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Failure::Deploy(format!("nobody waits for change {number} to be confirmed")))
}

fn say<Value: serde::Serialize>(value: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(release::Error::Describe)?;
    // Whoever asked may have gone away; that changes nothing here.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    Ok(())
}

fn failed(error: std::io::Error) -> Failure {
    Failure::Deploy(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "20261121T210700Z-b50df30-ba7816bf";

    #[test]
    fn a_key_may_what_it_is_for() {
        let id: ReleaseId = ID.parse().unwrap();
        assert_eq!(word("put"), Some(Word::Put));
        assert_eq!(word(&format!("fetch {ID}")), Some(Word::Fetch(id.clone())));
        assert_eq!(
            word(&format!("deploy {ID} --breaking")),
            Some(Word::Deploy { release: id.clone(), flags: vec!["--breaking".to_owned()] })
        );
        assert_eq!(word("rollback"), Some(Word::Rollback(None)));
        assert_eq!(word(&format!("rollback {ID}")), Some(Word::Rollback(Some(id))));
        assert_eq!((word("confirm 7"), word("account")), (Some(Word::Confirm(7)), Some(Word::Account)));
    }

    #[test]
    fn a_key_may_nothing_else() {
        for words in [
            "",
            "sh",
            "put; sh",
            "put /etc/passwd",
            "fetch ../../etc",
            "fetch 20261121T210700Z-b50df30-ba7816bf/../x",
            "deploy",
            "deploy good",
            "deploy 20261121T210700Z-b50df30-ba7816bf --config=/tmp/x",
            "deploy 20261121T210700Z-b50df30-ba7816bf\n--breaking",
            "rollback $(reboot)",
            "confirm -1",
            "confirm 7 8",
            " put",
            "logs 10 info - --file=/etc/shadow",
            "logs",
            "destroy Beta",
            "destroy beta now",
            "drill --at now",
            "deploy 20261121T210700Z-b50df30-ba7816bf --proven-by=",
            "deploy 20261121T210700Z-b50df30-ba7816bf --proven-by=a;reboot",
        ] {
            assert_eq!(word(words), None, "{words:?}");
        }
    }
}
