//! One change of releases, from being asked for to its end; and the end of one whose process died.
//!
//! Up to the switch nothing that people meet is touched. From there on the release that comes has to earn its place: by
//! doing well as people see it, by doing well for a while, and by the word of whoever brought it. Where one of them is
//! missing, the release before is put back, by this process or by the next one.

use super::account::Account;
use super::canary::Trial;
use super::journal::{Journal, Kind, Left, Line, Step, read};
use super::{Target, preflight, watch};
use crate::clock::SystemClock;
use crate::commands::slots::{Slots, release_of};
use crate::failure::Failure;
use crate::release_settings::Proof;
use crate::slot_door::Door;
use model::Clock as _;
use operations::{Rollback, SlotName};
use release::{Instant, ReleaseId};
use std::path::Path;
use std::time::Duration;

/// How long whoever brought a release may take to say that it does well, after it was watched.
const CONFIRM_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long a release is watched where nothing is declared.
const SOAK: Duration = Duration::from_secs(10);
/// Releases that are kept where nothing is declared.
const KEPT: u16 = 5;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// What kind of change.
    pub kind: Kind,
    /// Which release.
    pub release: ReleaseId,
    /// Whether it may come though there is no way back.
    pub is_breaking: bool,
    /// Whether it may come though no place for backups is declared.
    pub may_be_without_backup: bool,
    /// Whether it comes to everybody at once, though trying it on some is declared.
    pub is_without_canary: bool,
    /// What is said to show that it did well in the environment before.
    pub proven_by: Option<Proof>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome(pub Step);

/// Carries out a change, or, without one, ends what was cut off.
///
/// # Errors
/// [`Failure::Deploy`], [`Failure::Slots`] if the machine itself does not do what it should; the next run goes on from there.
pub async fn run(target: &Target, ordered: Option<Ordered>) -> Result<Outcome, Failure> {
    let journal = Journal::open(Path::new(&target.layout.deploys()))?;
    let slots = Slots::of(&target.name)?;
    let mut change = Change { target, journal, slots, line: None, clock: SystemClock::start() };
    let left = change.repair()?;
    match ordered {
        None => Ok(Outcome(left.unwrap_or(Step::Done))),
        Some(ordered) => change.carry_out(&ordered).await,
    }
}

struct Change<'a> {
    target: &'a Target,
    journal: Journal,
    slots: Slots,
    /// What the next line says but for its step.
    line: Option<Line>,
    clock: SystemClock,
}

impl Change<'_> {
    /// Ends what a run before left behind; how.
    fn repair(&mut self) -> Result<Option<Step>, Failure> {
        self.slots.repair()?;
        let Some(last) = self.journal.last().cloned() else { return Ok(None) };
        let (left, serves) = (last.step.left(), self.serving()?);
        let is_there = serves.as_deref() == Some(last.release.as_str());
        self.line = Some(last.clone());
        let ended = match left {
            Left::Nothing => return Ok(None),
            Left::Abandon => self.step(Step::Abandoned, "the run was cut off")?,
            Left::Look if !is_there => self.step(Step::Abandoned, "the run was cut off before it served")?,
            // Going back is finished: that is what it was asked for.
            _ if last.kind == Kind::Rollback && is_there => self.step(Step::Done, "the run was cut off")?,
            Left::Confirm if self.is_confirmed(last.change) => {
                self.step(Step::Done, "it had been confirmed")?
            }
            Left::Look | Left::Confirm | Left::Revert => {
                self.put_back("the run was cut off before it was confirmed")?
            }
        };
        Ok(Some(ended))
    }

    async fn carry_out(&mut self, ordered: &Ordered) -> Result<Outcome, Failure> {
        let previous = self.serving()?;
        if previous.as_deref() == Some(ordered.release.as_str()) {
            return Err(Failure::Deploy(format!("{} serves already", ordered.release)));
        }
        self.line = Some(Line {
            at: String::new(),
            change: self.journal.last().map_or(1, |line| line.change + 1),
            kind: ordered.kind,
            release: ordered.release.clone(),
            previous: previous.clone(),
            step: Step::Begun,
            said: String::new(),
        });
        self.step(Step::Begun, previous.as_deref().unwrap_or("nothing serves"))?;
        if let Err(failure) = self.bring(ordered, previous.as_deref()) {
            return Ok(Outcome(self.give_up(&failure.to_string())?));
        }
        self.step(Step::Smoking, self.target.environment()?.url.to_string().as_str())?;
        let seen = match (self.smoke().await?, ordered.kind) {
            (Ok(seen), Kind::Deploy) => seen,
            (Ok(seen), Kind::Rollback) => return Ok(Outcome(self.end(&seen)?)),
            (Err(wrong), Kind::Deploy) => return Ok(Outcome(self.put_back(&wrong)?)),
            // What somebody goes back to is not taken away again.
            (Err(wrong), Kind::Rollback) => return Ok(Outcome(self.step(Step::Held, &wrong)?)),
        };
        self.step(Step::Soaking, &seen)?;
        let span = self.target.environment()?.soak.map_or(SOAK, operations::Span::duration);
        let slot = self.slots.serving()?.unwrap_or(SlotName::Blue);
        let watched = match watch::soak(self.target, slot, span).await {
            Err(wrong) => return Ok(Outcome(self.put_back(&wrong)?)),
            Ok(watched) => watched,
        };
        self.step(Step::Waiting, &watched)?;
        let change = self.line.as_ref().map_or(0, |line| line.change);
        for _ in 0..CONFIRM_MAX.as_millis() / LOOK_EVERY.as_millis() {
            if self.is_confirmed(change) {
                return Ok(Outcome(self.end("confirmed")?));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let silent = format!("nobody confirmed it within {} s", CONFIRM_MAX.as_secs());
        Ok(Outcome(self.put_back(&silent)?))
    }

    /// Up to the point from which the release serves.
    fn bring(&mut self, ordered: &Ordered, previous: Option<&str>) -> Result<(), Failure> {
        let proof = ordered.proven_by.as_ref();
        let proven = proof.map_or_else(String::new, |proof| format!(", proven by {proof}, as was said"));
        self.step(Step::Checking, &format!("the release and the machine{proven}"))?;
        let found =
            if ordered.kind == Kind::Rollback && self.slots.have_standing_by(ordered.release.as_str())? {
                // It was looked at when it came, and whether the database still suits it is looked at when its gate opens.
                "it stands by".to_owned()
            } else {
                preflight::look(self.target, ordered, previous)?
            };
        let said = match ordered.kind {
            Kind::Deploy => {
                self.step(Step::BackingUp, &found)?;
                let kept = preflight::back_up(self.target, previous, ordered.may_be_without_backup)?;
                self.step(Step::Rehearsing, &kept)?;
                preflight::rehearse(self.target, &ordered.release, previous)?
            }
            // Whoever goes back has no time; what was there when the other one came is kept.
            Kind::Rollback => found,
        };
        let declared = self.target.environment()?.canary.clone();
        match (declared, self.slots.serving()?) {
            (Some(declared), Some(from)) if !ordered.is_without_canary => {
                self.try_on_some(&declared, from, &ordered.release, &said)
            }
            _ => {
                self.step(Step::Switching, &said)?;
                match ordered.kind {
                    Kind::Deploy => self.slots.switch(Some(ordered.release.as_str())),
                    Kind::Rollback => self.slots.back_to(ordered.release.as_str()),
                }
            }
        }
    }

    /// The same, but for some people first.
    fn try_on_some(
        &mut self,
        declared: &operations::Canary,
        from: SlotName,
        release: &ReleaseId,
        said: &str,
    ) -> Result<(), Failure> {
        self.step(Step::Trying, said)?;
        let to = self.slots.prepare(Some(release.as_str()))?;
        let trial = Trial::of(self.target, declared, from, to, release);
        let tried = trial.carry_out(|said| self.step(Step::Trying, said).map(drop));
        match tried.and_then(|seen| self.step(Step::Switching, &seen)) {
            Ok(_) => self.slots.hand_over(to),
            Err(failure) => {
                self.slots.undo(to)?;
                Err(failure)
            }
        }
    }

    /// The change came to nothing; if the release serves all the same, the one before is put back.
    fn give_up(&mut self, why: &str) -> Result<Step, Failure> {
        self.slots.repair()?;
        let comes = self.line.as_ref().map(|line| line.release.to_string());
        let is_there = comes.is_some() && self.serving()? == comes;
        if is_there { self.put_back(why) } else { self.step(Step::Abandoned, why) }
    }

    async fn smoke(&self) -> Result<Result<String, String>, Failure> {
        let environment = self.target.environment()?;
        let proofs = smoke::Proofs { must_be_protected: environment.access.is_some(), ..Default::default() };
        watch::smoke(&environment.url.to_string(), proofs).await
    }

    /// Has the release before serve again, unless there is none or people are to decide.
    fn put_back(&mut self, why: &str) -> Result<Step, Failure> {
        let previous = self.line.as_ref().and_then(|line| line.previous.clone());
        let Some(previous) = previous else {
            return self.step(Step::Held, &format!("{why}; there is none to put back"));
        };
        if self.target.environment()?.rollback == Rollback::Ask {
            return self.step(
                Step::Held,
                &format!("{why}; `rookery rollback {}` puts {previous} back", self.target.name),
            );
        }
        self.step(Step::Reverting, why)?;
        if self.serving()?.as_deref() != Some(&previous) {
            self.slots.back_to(&previous)?;
        }
        self.step(Step::Reverted, why)
    }

    /// It serves for good. What is no more needed goes.
    fn end(&mut self, said: &str) -> Result<Step, Failure> {
        let ended = self.step(Step::Done, said)?;
        self.prune()?;
        Ok(ended)
    }

    /// Keeps the newest releases, what serves, and what is gone back to.
    fn prune(&self) -> Result<(), Failure> {
        let releases = self.target.releases();
        let kept = usize::from(self.target.environment()?.retention.releases.unwrap_or(KEPT).max(2));
        let lines = read(Path::new(&self.target.layout.deploys()))?;
        let mut needed: Vec<String> =
            SlotName::ALL.into_iter().filter_map(|slot| release_of(&self.target.layout, slot)).collect();
        needed.extend(needed.clone().iter().filter_map(|serving| Account::before(&lines, serving)));
        let ids = release::list(&releases)?;
        let old = &ids[..ids.len().saturating_sub(kept)];
        for id in old.iter().filter(|id| !needed.iter().any(|needed| needed == id.as_str())) {
            release::remove(&releases, id)?;
        }
        Ok(())
    }

    /// The release that serves.
    fn serving(&self) -> Result<Option<String>, Failure> {
        Ok(self.slots.serving()?.and_then(|slot| {
            let is_there = Door::at(self.target.layout.admin_socket(slot)).standing().is_some();
            release_of(&self.target.layout, slot).filter(|_| is_there)
        }))
    }

    fn is_confirmed(&self, change: u64) -> bool {
        let said = std::fs::read_to_string(self.target.layout.confirmed()).unwrap_or_default();
        said.trim().parse() == Ok(change)
    }

    fn step(&mut self, step: Step, said: &str) -> Result<Step, Failure> {
        let Some(line) = self.line.as_mut() else { return Ok(step) };
        let now = Instant::from_seconds(self.clock.wall().millis() / 1000);
        line.at = now.map_or_else(String::new, |now| now.to_string());
        line.step = step;
        line.said = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.journal.write(line.clone())?;
        Ok(step)
    }
}
