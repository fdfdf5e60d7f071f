//! Keeps a person's device in step with a nest: starts, seeks, pauses, corrects politely, and steps back when the
//! person takes over by hand. Pure: nest changes, observations and the time come in, commands come out.
//!
//! The loop around it: `step` says what to do; a command is sent and its outcome told (`done`), a look is taken and
//! told (`observed`), a wait ends early when the nest moves (`nest_changed`).
//! Deliberately not here: tokens (whoever runs the loop refreshes them and tells [`Outcome::SignInAgain`] when that
//! fails), other people's devices, volume.

mod judge;
mod view;

pub use view::{
    DeviceView, FollowerCommand, FollowerSettings, FollowerState, NestView, Outcome, Step, SteppedBack,
    SwitchedOff,
};

use model::{TrackPosition, WallTime};
use std::time::Duration;
use view::Want;

/// Follows one nest on one device.
#[derive(Clone, Debug)]
pub struct Follower {
    device: String,
    settings: FollowerSettings,
    nest: NestView,
    mode: Mode,
    made: Made,
    /// What was handed out last and not yet told the outcome of.
    under_way: Option<FollowerCommand>,
    last_command_at: Option<WallTime>,
    not_before: WallTime,
    look_at: WallTime,
    seek_wanted: bool,
    /// Corrections of this track, and when the last was.
    corrections: u32,
    last_correction_at: Option<WallTime>,
    /// Jumps by hand within this track.
    jumps: u32,
    /// Looks in a row that did not show what was commanded.
    surprises: u32,
    /// The last look showed the device in step.
    was_in_step: bool,
    /// The next look is the first since a command: it teaches how long commands take.
    teaches: bool,
    play_lead_ms: i64,
    seek_lead_ms: i64,
    /// Failures in a row.
    failures: u32,
    trouble: Option<FollowerState>,
    unplayable: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    Following,
    SteppedBack(SteppedBack),
    Off(SwitchedOff),
}

/// What we made the device do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Made {
    /// Nothing yet, or it ended by itself.
    Nothing,
    /// It plays this; position 0 was meant to be heard at `started_at`.
    Playing { uri: String, started_at: WallTime },
    /// We paused this.
    Paused { uri: String },
}

impl Follower {
    /// Begins to follow on a device, at once.
    pub fn new(device: String, settings: FollowerSettings, nest: NestView, now: WallTime) -> Self {
        Self {
            device,
            play_lead_ms: millis(settings.lead),
            seek_lead_ms: millis(settings.lead),
            settings,
            nest,
            mode: Mode::Following,
            made: Made::Nothing,
            under_way: None,
            last_command_at: None,
            not_before: now,
            look_at: now,
            seek_wanted: false,
            corrections: 0,
            last_correction_at: None,
            jumps: 0,
            surprises: 0,
            was_in_step: false,
            teaches: false,
            failures: 0,
            trouble: None,
            unplayable: None,
        }
    }

    /// The nest moved.
    pub fn nest_changed(&mut self, nest: NestView, now: WallTime) {
        if nest.uri() != self.nest.uri() {
            self.corrections = 0;
            self.last_correction_at = None;
            self.jumps = 0;
            self.surprises = 0;
            self.unplayable = None;
            self.was_in_step = false;
        }
        self.seek_wanted = false;
        self.nest = nest;
        self.look_at = self.look_at.min(now.plus(self.settings.look_steady));
    }

    /// The person wants to follow again, on this device or another.
    pub fn follow(&mut self, device: String, now: WallTime) {
        *self = Self {
            play_lead_ms: self.play_lead_ms,
            seek_lead_ms: self.seek_lead_ms,
            ..Self::new(device, self.settings, self.nest.clone(), now)
        };
    }

    /// What to tell the person.
    pub fn state(&self) -> FollowerState {
        match (&self.mode, &self.trouble, &self.made) {
            (Mode::Off(why), ..) => FollowerState::Off(*why),
            (Mode::SteppedBack(why), ..) => FollowerState::SteppedBack(*why),
            (Mode::Following, ..) if self.is_unplayable() => FollowerState::NotPlayable,
            (Mode::Following, Some(trouble), _) => *trouble,
            (Mode::Following, None, Made::Playing { .. }) if self.was_in_step => FollowerState::InStep,
            (Mode::Following, None, Made::Playing { .. }) => FollowerState::Starting,
            (Mode::Following, None, Made::Nothing | Made::Paused { .. }) => FollowerState::Waiting,
        }
    }

    /// What to do now.
    pub fn step(&mut self, now: WallTime) -> Step {
        match self.mode {
            Mode::Off(_) => return Step::Wait { until: now.plus(Duration::from_secs(3600)) },
            _ if now < self.not_before => return Step::Wait { until: self.not_before },
            Mode::SteppedBack(_) => return self.look_or_wait(now, None),
            Mode::Following => {}
        }
        match (self.nest.want(now, self.play_lead_ms), self.made.clone()) {
            (Want::Silence, Made::Playing { .. }) => self.command(FollowerCommand::Pause, now),
            (Want::Silence, _) => self.look_or_wait(now, None),
            (Want::Hold { until }, _) => self.look_or_wait(now, until),
            (Want::Playing { .. }, made) if self.is_unplayable() => match made {
                // Rather silence than the wrong song.
                Made::Playing { .. } => self.command(FollowerCommand::Pause, now),
                _ => self.look_or_wait(now, None),
            },
            (Want::Playing { uri, started_at }, Made::Playing { uri: made, started_at: meant })
                if made == uri =>
            {
                let moved_ms = (meant.micros() - started_at.micros()).abs() / 1000;
                if moved_ms > millis(self.settings.tolerance) / 2 || self.seek_wanted {
                    let position = self.aim(started_at, self.seek_lead_ms, now);
                    return self.command(FollowerCommand::Seek { position }, now);
                }
                let ends_at = self.nest.ends_at();
                self.look_or_wait(now, ends_at)
            }
            (Want::Playing { uri, started_at }, _) => {
                let position = self.aim(started_at, self.play_lead_ms, now);
                self.command(FollowerCommand::Play { uri, position }, now)
            }
        }
    }

    /// A command was carried out, or not.
    pub fn done(&mut self, outcome: Outcome, now: WallTime) {
        let Some(command) = self.under_way.take() else { return };
        self.not_before = now.plus(self.settings.command_gap);
        match outcome {
            Outcome::Done => self.carried_out(command, now),
            // A device that is paused already refuses to pause.
            Outcome::Refused if command == FollowerCommand::Pause => self.carried_out(command, now),
            Outcome::RateLimited { retry_after } => self.not_before = now.plus(retry_after),
            Outcome::NotPlayable => match command {
                FollowerCommand::Play { uri, .. } => self.unplayable = Some(uri),
                // What was to be moved is gone from the device: it is started again.
                FollowerCommand::Seek { .. } => {
                    self.made = Made::Nothing;
                    self.fail(FollowerState::NoDevice, now);
                }
                FollowerCommand::Pause => self.fail(FollowerState::NoDevice, now),
            },
            Outcome::PremiumRequired => self.mode = Mode::Off(SwitchedOff::PremiumRequired),
            Outcome::SignInAgain => self.mode = Mode::Off(SwitchedOff::SignInAgain),
            Outcome::NoDevice => {
                self.made = Made::Nothing;
                self.fail(FollowerState::NoDevice, now);
            }
            Outcome::Refused => {
                self.fail(FollowerState::Unreachable, now);
                if self.failures >= self.settings.refusals_max {
                    self.mode = Mode::Off(SwitchedOff::DeviceRefuses);
                }
            }
            Outcome::Unreachable => self.fail(FollowerState::Unreachable, now),
        }
    }

    fn carried_out(&mut self, command: FollowerCommand, now: WallTime) {
        self.failures = 0;
        self.trouble = None;
        self.surprises = 0;
        self.last_command_at = Some(now);
        self.look_at = now.plus(self.settings.look_first);
        match command {
            FollowerCommand::Play { uri, .. } => {
                let started_at = self.nest.started_at().unwrap_or(now);
                self.made = Made::Playing { uri, started_at };
                self.was_in_step = false;
                self.teaches = true;
            }
            FollowerCommand::Seek { .. } => {
                if let (Made::Playing { started_at, .. }, Some(meant)) =
                    (&mut self.made, self.nest.started_at())
                {
                    *started_at = meant;
                }
                self.teaches = true;
                self.was_in_step = false;
            }
            FollowerCommand::Pause => {
                if let Made::Playing { uri, .. } = &self.made {
                    self.made = Made::Paused { uri: uri.clone() };
                }
            }
        }
    }

    /// Waits twice as long after each failure in a row.
    fn fail(&mut self, state: FollowerState, now: WallTime) {
        self.trouble = Some(state);
        let wait = Duration::from_secs(2 << self.failures.min(6)).min(self.settings.retry_max);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.plus(wait);
    }

    fn command(&mut self, command: FollowerCommand, now: WallTime) -> Step {
        if let FollowerCommand::Seek { .. } = command {
            if self.seek_wanted {
                self.corrections += 1;
                self.last_correction_at = Some(now);
            }
            self.seek_wanted = false;
        }
        self.under_way = Some(command.clone());
        Step::Do { device: self.device.clone(), command }
    }

    fn look_or_wait(&self, now: WallTime, until: Option<WallTime>) -> Step {
        if now >= self.look_at {
            return Step::Look;
        }
        let until = until.filter(|&until| until > now);
        Step::Wait { until: until.map_or(self.look_at, |until| until.min(self.look_at)) }
    }

    /// Where to send the device so that it is right when the command has had its effect.
    fn aim(&self, started_at: WallTime, lead_ms: i64, now: WallTime) -> TrackPosition {
        let position = now.position_of(started_at).millis().saturating_add(lead_ms).max(0);
        TrackPosition::from_millis(position)
    }

    fn is_unplayable(&self) -> bool {
        self.unplayable.is_some() && self.unplayable.as_deref() == self.nest.uri()
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
