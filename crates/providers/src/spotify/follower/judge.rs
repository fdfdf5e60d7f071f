//! What a look at the device means: in step, drifted, ended by itself, or taken over by hand.

use super::view::END_MARGIN_MS;
use super::{DeviceView, Follower, FollowerState, Made, Mode, Outcome, SteppedBack, SwitchedOff, millis};
use model::WallTime;
use std::time::Duration;

/// The longest a command is ever thought to take, in milliseconds.
const LEAD_MS_MAX: i64 = 3_000;

impl Follower {
    /// A look was taken; `None` if nothing has played for a while.
    pub fn observed(&mut self, view: Option<&DeviceView>, now: WallTime) {
        self.failures = 0;
        self.look_at = now.plus(self.settings.look_steady);
        if let Mode::SteppedBack(_) = self.mode {
            self.look_at = now.plus(self.settings.look_idle);
            if view.is_some_and(|view| self.came_back(view)) {
                self.mode = Mode::Following;
                self.surprises = 0;
                self.jumps = 0;
            }
            return;
        }
        let settled_at = self.last_command_at.map(|at| at.plus(self.settings.look_first / 2));
        if view.is_some_and(|view| settled_at.is_some_and(|at| view.observed_at < at)) {
            self.look_at = now.plus(self.settings.look_soon);
            return;
        }
        match (self.made.clone(), view) {
            (Made::Playing { .. }, None) => self.lost(now),
            (Made::Playing { uri, .. }, Some(view)) => self.judge_playing(&uri, view, now),
            (Made::Paused { .. }, Some(view)) if view.is_playing => {
                let is_own = self.nest.uri().is_some_and(|uri| plays(view, uri));
                let why = if is_own { SteppedBack::Resumed } else { SteppedBack::OtherTrack };
                self.surprise(why, now);
            }
            _ => {
                self.surprises = 0;
                self.look_at = now.plus(self.settings.look_idle);
            }
        }
    }

    /// A look could not be taken.
    pub fn look_failed(&mut self, outcome: Outcome, now: WallTime) {
        match outcome {
            Outcome::RateLimited { retry_after } => self.look_at = now.plus(retry_after),
            Outcome::SignInAgain => self.mode = Mode::Off(SwitchedOff::SignInAgain),
            Outcome::PremiumRequired => self.mode = Mode::Off(SwitchedOff::PremiumRequired),
            _ => {
                let wait = Duration::from_secs(4 << self.failures.min(5)).min(self.settings.retry_max);
                self.failures = self.failures.saturating_add(1);
                self.look_at = now.plus(wait);
            }
        }
    }

    fn judge_playing(&mut self, uri: &str, view: &DeviceView, now: WallTime) {
        let elsewhere = view.device.as_ref().is_some_and(|device| *device != self.device);
        if elsewhere {
            return if view.is_playing {
                self.surprise(SteppedBack::OtherDevice, now)
            } else {
                self.lost(now)
            };
        }
        if self.is_over(view) {
            // It ran out by itself; whatever it does now was nobody's doing.
            self.made = Made::Nothing;
            self.surprises = 0;
            return;
        }
        if !plays(view, uri) {
            return self.surprise(SteppedBack::OtherTrack, now);
        }
        if !view.is_playing {
            return self.surprise(SteppedBack::Paused, now);
        }
        self.surprises = 0;
        self.trouble = None;
        self.judge_position(view, now);
    }

    fn judge_position(&mut self, view: &DeviceView, now: WallTime) {
        // The nest may be about to be obeyed; then there is nothing to compare with yet.
        let Made::Playing { started_at, .. } = self.made else { return };
        let drift_ms = view.position.millis() - view.observed_at.position_of(started_at).millis();
        if std::mem::take(&mut self.teaches) {
            self.learn(drift_ms);
        }
        if drift_ms.abs() <= millis(self.settings.tolerance) {
            self.was_in_step = true;
            return;
        }
        if std::mem::replace(&mut self.was_in_step, false) && drift_ms.abs() > millis(self.settings.jump) {
            self.jumps += 1;
            if self.jumps >= 2 {
                self.step_back(SteppedBack::Jumped, now);
                return;
            }
        }
        let rested = self.last_correction_at.is_none_or(|at| now >= at.plus(self.settings.correction_gap));
        if self.corrections >= self.settings.corrections_max {
            return;
        }
        if rested {
            self.seek_wanted = true;
        } else {
            self.look_at = now.plus(self.settings.look_soon);
        }
    }

    /// A device that is late needs a longer lead. Half of what was seen, so that one slow answer does not overshoot.
    fn learn(&mut self, drift_ms: i64) {
        let lead_ms = if self.corrections == 0 { &mut self.play_lead_ms } else { &mut self.seek_lead_ms };
        if drift_ms.abs() < LEAD_MS_MAX * 2 {
            *lead_ms = (*lead_ms - drift_ms / 2).clamp(0, LEAD_MS_MAX);
        }
    }

    /// Whether the track we started has run out, in the nest or on the device.
    fn is_over(&self, view: &DeviceView) -> bool {
        let Some(ends_at) = self.nest.ends_at() else { return false };
        let Made::Playing { uri, .. } = &self.made else { return false };
        self.nest.uri() == Some(uri.as_str())
            && view.observed_at.plus(Duration::from_millis(END_MARGIN_MS as u64)) >= ends_at
            && !(plays(view, uri) && view.is_playing)
    }

    /// Once may be a hiccup of the service; twice in a row is a person.
    fn surprise(&mut self, why: SteppedBack, now: WallTime) {
        self.surprises += 1;
        if self.surprises >= 2 {
            self.step_back(why, now);
        } else {
            self.look_at = now.plus(self.settings.look_soon);
        }
    }

    fn step_back(&mut self, why: SteppedBack, now: WallTime) {
        self.mode = Mode::SteppedBack(why);
        self.made = Made::Nothing;
        self.seek_wanted = false;
        self.look_at = now.plus(self.settings.look_idle);
    }

    /// The device went away while it played: it is started once more after a pause, in case it only slept.
    fn lost(&mut self, now: WallTime) {
        self.made = Made::Nothing;
        self.trouble = Some(FollowerState::NoDevice);
        self.not_before = now.plus(self.settings.look_steady);
    }

    /// Whether somebody who had taken over plays the nest's track again, in step, on the device we know.
    fn came_back(&mut self, view: &DeviceView) -> bool {
        let (Some(uri), Some(started_at)) = (self.nest.uri(), self.nest.started_at()) else { return false };
        let drift_ms = view.position.millis() - view.observed_at.position_of(started_at).millis();
        let back = view.is_playing
            && view.device.as_deref() == Some(self.device.as_str())
            && plays(view, uri)
            && drift_ms.abs() <= millis(self.settings.return_tolerance);
        if back {
            self.made = Made::Playing { uri: uri.to_owned(), started_at };
        }
        back
    }
}

fn plays(view: &DeviceView, uri: &str) -> bool {
    view.uri.as_deref() == Some(uri) || view.asked_uri.as_deref() == Some(uri)
}
