//! `rookery slots`: which slot serves, and having the other one take over. Run by root on the machine itself.
//!
//! Every step is written down before it is taken, so that a run that was killed is finished, or undone, by the next one:
//! undone while the new slot had not been opened, finished once it had.
//!
//! The slot that served stands by afterwards: its process waits behind its gate, and going back is opening it again.

use super::print;
use crate::declared::Declared;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::slot_door::{Door, Standing};
use crate::slot_journal::{Journal, Record, Step};
use clap::{Args, Subcommand, ValueEnum};
use operations::{EnvironmentName, Layout, SlotName};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a release may take until it could serve; then it is given up.
const READY_MAX: Duration = Duration::from_secs(60);
/// How long people may take to leave.
const LEAVE_MAX: Duration = Duration::from_secs(15);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What a slot is told whose next process waits behind its gate.
const CLOSED: &str = "ROOKERY_GATE=closed\n";

/// What to do with slots.
#[derive(Debug, Subcommand)]
pub enum SlotsCommand {
    /// Prints the units of systemd, or writes them into a folder.
    Units {
        /// The folder, `/etc/systemd/system`.
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
    /// Says how each slot is.
    Status,
    /// Has the other slot take over.
    Switch {
        /// The release it runs, a folder of `/srv/rookery/ENV/releases` [default: the one that serves]
        #[arg(long, value_name = "ID")]
        release: Option<String>,
    },
    /// Finishes or undoes a change that was cut off.
    Repair,
    /// Ends the process that stands by; going back then starts it anew.
    Rest,
}

/// What one process of a server is told that shares its port and database with another. Nothing of it is in the settings'
/// file: that is both processes'.
#[derive(Debug, Args)]
pub struct SlotArgs {
    /// A socket at which this process is asked how it is, opens and closes its gate, and sends everybody away.
    #[arg(long, env = "ROOKERY_ADMIN_SOCKET", value_name = "PATH")]
    pub admin_socket: Option<PathBuf>,
    /// Whether it takes connections from the start, or waits to be told at its admin socket.
    #[arg(long, env = "ROOKERY_GATE", value_enum, default_value_t = Gate::Open)]
    pub gate: Gate,
}

/// Whether a process takes connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Gate {
    /// From the start.
    Open,
    /// Once it is told to.
    Closed,
}

/// Carries out a command about slots.
///
/// # Errors
/// [`Failure::Slots`], and what stands in the declaration's way.
pub fn run(settings: &Settings, command: &SlotsCommand) -> Result<(), Failure> {
    if let SlotsCommand::Units { into } = command {
        return units(settings, into.as_deref());
    }
    let name = settings.environment.as_ref();
    let name = name.ok_or_else(|| Failure::Slots("say which: --environment NAME".to_owned()))?;
    if matches!(command, SlotsCommand::Status) {
        return status(&Layout::of(name.clone()));
    }
    let mut slots = Slots::of(name)?;
    match command {
        SlotsCommand::Switch { release: Some(release) } => slots.back_to(release),
        SlotsCommand::Switch { release: None } => slots.switch(None),
        SlotsCommand::Rest => slots.rest(),
        _ => slots.repair(),
    }
}

/// Prints the units of an environment, or writes them.
fn units(settings: &Settings, into: Option<&Path>) -> Result<(), Failure> {
    let declared = Declared::read(settings.config.as_deref())?.ok_or(Failure::NothingDeclared)?;
    let name = declared.choose(settings.environment.as_ref())?;
    let environment = declared.declaration.environments.get(&name).ok_or(Failure::NothingDeclared)?;
    let units = operations::units(&declared.declaration, &name, environment);
    for unit in units.map_err(|error| Failure::Slots(error.to_string()))? {
        match into {
            None => print(&format!("# {}\n{}\n", unit.name, unit.text)),
            Some(folder) => fs::write(folder.join(&unit.name), unit.text).map_err(Failure::slots)?,
        }
    }
    Ok(())
}

/// Says how each slot is.
fn status(layout: &Layout) -> Result<(), Failure> {
    for slot in SlotName::ALL {
        let state = systemctl(&["show", "--value", "-p", "ActiveState", &layout.slot_unit(slot)])?;
        let standing = Door::at(layout.admin_socket(slot)).standing();
        let stands_by = Standby::noted(layout, slot);
        let stands_by =
            stands_by.filter(|noted| standing.as_ref().is_some_and(|at| at.process == noted.process));
        let release = stands_by.map(|noted| noted.release).or_else(|| release_of(layout, slot));
        let release = release.unwrap_or_else(|| "none".to_owned());
        let stance = standing.map_or_else(String::new, |at| {
            format!(", {}, {} connections, version {}", at.stance, at.visitors, at.version)
        });
        print(&format!("{slot}: release {release}, {state}{stance}\n"));
    }
    Ok(())
}

/// The release that a slot runs from its next start on.
pub fn release_of(layout: &Layout, slot: SlotName) -> Option<String> {
    let release = fs::read_link(layout.slot_link(slot)).ok()?;
    Some(release.file_name()?.to_str()?.to_owned())
}

/// The process of a slot that stands by. It is written where the slot is told how to start: should the process die, the one
/// after it begins behind its gate, runs what its link says, and is not the one that was meant.
#[derive(Debug, PartialEq, Eq)]
struct Standby {
    release: String,
    process: u32,
}

impl Standby {
    fn noted(layout: &Layout, slot: SlotName) -> Option<Self> {
        let orders = fs::read_to_string(layout.orders(slot)).ok()?;
        let (release, process) = orders.lines().find_map(|line| line.strip_prefix("# "))?.split_once(' ')?;
        Some(Self { release: release.to_owned(), process: process.parse().ok()? })
    }

    fn orders(&self) -> String {
        format!("{CLOSED}# {} {}\n", self.release, self.process)
    }
}

/// One environment's slots on this machine.
pub struct Slots {
    layout: Layout,
    journal: Journal,
}

impl Slots {
    /// Of this environment; only one run at a time has them.
    ///
    /// # Errors
    /// [`Failure::Slots`] if another run has them.
    pub fn of(name: &EnvironmentName) -> Result<Self, Failure> {
        let layout = Layout::of(name.clone());
        let journal = Journal::open(Path::new(&layout.journal()))?;
        Ok(Self { layout, journal })
    }

    /// Has the slot that does not serve take over, with another release if one is named.
    ///
    /// # Errors
    /// [`Failure::Slots`]: what stood in the way; the slot that served serves on.
    pub fn switch(&mut self, release: Option<&str>) -> Result<(), Failure> {
        let to = self.prepare(release)?;
        self.hand_over(to)
    }

    /// Has the slot that does not serve take over with a release: at once if that stands by, or else anew.
    ///
    /// # Errors
    /// As [`Slots::switch`].
    pub fn back_to(&mut self, release: &str) -> Result<(), Failure> {
        self.repair()?;
        let to = self.serving()?.map(SlotName::other).filter(|to| self.stands_by(*to, release));
        let Some(to) = to else { return self.switch(Some(release)) };
        self.journal.write(&Record { step: Step::Begun, to })?;
        self.point(to, release)?;
        self.hand_over(to)
    }

    /// Starts the slot that does not serve, up to where it could. What follows is [`Slots::hand_over`] or [`Slots::undo`].
    ///
    /// # Errors
    /// [`Failure::Slots`]: what stood in the way; the slot was ended again.
    pub fn prepare(&mut self, release: Option<&str>) -> Result<SlotName, Failure> {
        self.repair()?;
        let from = self.serving()?;
        let to = from.map_or(SlotName::Blue, SlotName::other);
        self.journal.write(&Record { step: Step::Begun, to })?;
        let pointed = release.map_or(Ok(()), |release| self.point(to, release));
        match pointed.and_then(|()| self.bring_up(to, from.is_some())) {
            Ok(()) => Ok(to),
            Err(failure) => {
                self.undo(to)?;
                Err(failure)
            }
        }
    }

    /// Finishes or undoes what a run before left behind.
    ///
    /// # Errors
    /// [`Failure::Slots`].
    pub fn repair(&mut self) -> Result<(), Failure> {
        match self.journal.last() {
            None | Some(Record { step: Step::Done | Step::Undone, .. }) => Ok(()),
            Some(Record { step: Step::Begun, to }) => {
                print(&format!("A run before was cut off before {to} was opened: it is undone.\n"));
                self.undo(to)
            }
            Some(Record { step: Step::Opening, to }) => {
                print(&format!("A run before was cut off after {to} was opened: it is finished.\n"));
                self.hand_over(to)
            }
        }
    }

    /// Starts a slot anew and waits until it could serve.
    fn bring_up(&self, to: SlotName, waits: bool) -> Result<(), Failure> {
        if waits {
            self.order(to, CLOSED)?;
        }
        let unit = self.layout.slot_unit(to);
        // It may run an earlier release, or try to.
        systemctl(&["stop", &unit])?;
        systemctl(&["start", "--no-block", &unit])?;
        if wait_for(READY_MAX, || self.is_ready(to)) {
            return Ok(());
        }
        Err(Failure::Slots(format!("{unit} did not become ready within {READY_MAX:?}: see its log")))
    }

    /// Opens one slot, closes the other, sends everybody over, and has the other stand by.
    ///
    /// # Errors
    /// [`Failure::Slots`]; the next run goes on from there.
    pub fn hand_over(&mut self, to: SlotName) -> Result<(), Failure> {
        let from = to.other();
        self.journal.write(&Record { step: Step::Opening, to })?;
        if self.standing(to).is_none() {
            // It died after it had been opened; whoever served before may still be there.
            let brought = self.bring_up(to, self.standing(from).is_some());
            if brought.is_err() {
                self.undo(to)?;
                return brought;
            }
        }
        if let Err(failure) = self.tell(to, "/accept/open") {
            // It may not serve this database any more, or died: whoever is there serves on.
            if self.standing(from).is_some() {
                self.undo(to)?;
            }
            return Err(failure);
        }
        let _ = fs::remove_file(self.layout.orders(to));
        match self.standing(from) {
            Some(at) => self.send_away(from, at.process)?,
            None => self.end(from)?,
        }
        self.park(from)?;
        self.journal.write(&Record { step: Step::Done, to })?;
        print(&format!("{to} serves.\n"));
        Ok(())
    }

    /// Closes a slot, sends everybody over to the other, and has it wait.
    fn send_away(&self, from: SlotName, process: u32) -> Result<(), Failure> {
        let is_noted = Standby::noted(&self.layout, from).is_some_and(|noted| noted.process == process);
        let release = release_of(&self.layout, from).filter(|_| !is_noted);
        if let Some(release) = release {
            self.order(from, &Standby { release, process }.orders())?;
        }
        self.tell(from, "/accept/close")?;
        self.tell(from, "/drain")?;
        if !wait_for(LEAVE_MAX, || self.standing(from).is_none_or(|at| at.visitors == 0)) {
            print(&format!("Somebody stays with {from}: what runs there has until it is ended.\n"));
        }
        // Whoever leaves does not come back to it by itself; whoever waits can be opened at once.
        let _it_may_have_died = self.tell(from, "/accept/close");
        Ok(())
    }

    /// Ends the process that stands by, if there is one.
    ///
    /// # Errors
    /// [`Failure::Slots`].
    pub fn rest(&mut self) -> Result<(), Failure> {
        self.repair()?;
        let serving = self.serving()?;
        let serving = serving.ok_or_else(|| Failure::Slots("neither slot serves".to_owned()))?;
        self.end(serving.other())
    }

    /// Ends a slot's process.
    fn end(&self, slot: SlotName) -> Result<(), Failure> {
        systemctl(&["stop", &self.layout.slot_unit(slot)])?;
        let _ = fs::remove_file(self.layout.orders(slot));
        Ok(())
    }

    /// Ends a slot that was not opened; the other one serves on.
    ///
    /// # Errors
    /// [`Failure::Slots`]; the next run goes on from there.
    pub fn undo(&mut self, to: SlotName) -> Result<(), Failure> {
        // Nobody is sent there any more. An earlier release does not know the word, and has sent nobody.
        let _ = self.door(to.other()).ask("POST", "/canary/end");
        self.end(to)?;
        if self.standing(to.other()).is_some() {
            self.tell(to.other(), "/accept/open")?;
            // Whoever serves starts open, should it die.
            let _ = fs::remove_file(self.layout.orders(to.other()));
        }
        self.park(to)?;
        self.journal.write(&Record { step: Step::Undone, to })
    }

    /// The slot that serves; `None`: neither does.
    pub fn serving(&self) -> Result<Option<SlotName>, Failure> {
        let serves = |slot: &SlotName| self.standing(*slot).is_some_and(|at| at.stance == "serving");
        let serving: Vec<_> = SlotName::ALL.into_iter().filter(serves).collect();
        match serving[..] {
            [] => Ok(None),
            [slot] => Ok(Some(slot)),
            _ => Err(Failure::Slots("both slots serve: close one at its private door".to_owned())),
        }
    }

    /// Whether the slot that does not serve has a process that only needs to be opened to serve this release.
    ///
    /// # Errors
    /// [`Failure::Slots`] if both serve.
    pub fn have_standing_by(&self, release: &str) -> Result<bool, Failure> {
        Ok(self.serving()?.is_some_and(|serving| self.stands_by(serving.other(), release)))
    }

    /// Whether a slot's process waits that runs this release, with what is declared now, and could serve.
    fn stands_by(&self, slot: SlotName, release: &str) -> bool {
        let noted = Standby::noted(&self.layout, slot).filter(|noted| noted.release == release);
        let standing = self.standing(slot).filter(|at| at.stance == "waiting");
        noted.zip(standing).is_some_and(|(noted, at)| noted.process == at.process)
            && self.is_declared_as_before(slot)
            && self.is_ready(slot)
    }

    /// Whether the declaration, with its secrets, is the one of the moment from which on a slot stands by.
    fn is_declared_as_before(&self, slot: SlotName) -> bool {
        let changed = |path: String| fs::metadata(path).and_then(|about| about.modified()).ok();
        changed(self.layout.declaration()) < changed(self.layout.orders(slot))
    }

    fn is_ready(&self, slot: SlotName) -> bool {
        self.door(slot).ask("GET", "/ready").is_ok_and(|(status, _)| status == 200)
    }

    /// Says how a slot is to start next.
    fn order(&self, slot: SlotName, orders: &str) -> Result<(), Failure> {
        let path = self.layout.orders(slot);
        let path = Path::new(&path);
        fs::create_dir_all(path.parent().unwrap_or(path)).map_err(Failure::slots)?;
        fs::write(path, orders).map_err(Failure::slots)
    }

    fn door(&self, slot: SlotName) -> Door {
        Door::at(self.layout.admin_socket(slot))
    }

    fn standing(&self, slot: SlotName) -> Option<Standing> {
        self.door(slot).standing()
    }

    fn tell(&self, slot: SlotName, path: &str) -> Result<(), Failure> {
        match self.door(slot).ask("POST", path) {
            Ok((200, _)) => Ok(()),
            Ok((status, body)) => {
                Err(Failure::Slots(format!("{slot} answered {path} with {status}: {body}")))
            }
            Err(error) => Err(Failure::Slots(format!("{slot} does not answer {path}: {error}"))),
        }
    }

    /// Has an idle slot run the release of the other one from its next start on: whoever starts it by knocking finds that
    /// one, not the one before and not one that was given up.
    fn park(&self, slot: SlotName) -> Result<(), Failure> {
        match release_of(&self.layout, slot.other()) {
            Some(release) => self.point(slot, &release),
            None => Ok(()),
        }
    }

    /// Has a slot run a release from its next start on: the link changes in one step.
    fn point(&self, slot: SlotName, release: &str) -> Result<(), Failure> {
        let is_name = !release.is_empty()
            && !release.starts_with('.')
            && release.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let program = format!("{}/{release}/bin/rookery", self.layout.releases());
        if !is_name || !Path::new(&program).exists() {
            return Err(Failure::Slots(format!(
                "there is no release `{release}` in {}",
                self.layout.releases()
            )));
        }
        let link = self.layout.slot_link(slot);
        let beside = format!("{link}.next");
        let _ = fs::remove_file(&beside);
        std::os::unix::fs::symlink(format!("../releases/{release}"), &beside).map_err(Failure::slots)?;
        fs::rename(&beside, &link).map_err(Failure::slots)
    }
}

fn wait_for(time: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let looks = time.as_millis() / LOOK_EVERY.as_millis();
    (0..looks).any(|_| {
        let so = is_so();
        if !so {
            std::thread::sleep(LOOK_EVERY);
        }
        so
    })
}

/// Tells systemd something.
///
/// # Errors
/// [`Failure::Slots`] with what it said.
pub fn systemctl(words: &[&str]) -> Result<String, Failure> {
    let asked =
        Command::new("systemctl").args(words).stdin(Stdio::null()).output().map_err(Failure::slots)?;
    if asked.status.success() {
        return Ok(String::from_utf8_lossy(&asked.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&asked.stderr).trim().to_owned();
    Err(Failure::Slots(format!("systemctl {}: {said}", words.join(" "))))
}
