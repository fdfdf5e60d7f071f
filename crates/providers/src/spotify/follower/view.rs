//! What goes into the follower and what comes out of it.

use crate::Error;
use crate::spotify::PlaybackState;
use model::{TrackPosition, WallTime};
use std::time::Duration;

/// How far from its end a track counts as over: players stop a little early, services round, and starting a track for
/// its last seconds helps nobody.
pub(super) const END_MARGIN_MS: i64 = 5_000;

/// What the nest plays, as a Spotify device could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NestView {
    /// Nothing, or something that Spotify does not have: the device is to be silent.
    Silent,
    /// Paused.
    Paused {
        /// The track's URI.
        uri: String,
    },
    /// Playing.
    Running {
        /// The track's URI.
        uri: String,
        /// When its position 0 was, or will be, heard.
        started_at: WallTime,
        /// How long it is.
        duration: TrackPosition,
    },
}

/// What the device should do.
pub(super) enum Want {
    Silence,
    /// Leave it as it is: between two tracks, or just before one.
    Hold {
        until: Option<WallTime>,
    },
    Playing {
        uri: String,
        started_at: WallTime,
    },
}

impl NestView {
    pub(super) fn uri(&self) -> Option<&str> {
        match self {
            Self::Silent => None,
            Self::Paused { uri } | Self::Running { uri, .. } => Some(uri),
        }
    }

    pub(super) const fn started_at(&self) -> Option<WallTime> {
        match self {
            Self::Running { started_at, .. } => Some(*started_at),
            _ => None,
        }
    }

    pub(super) fn ends_at(&self) -> Option<WallTime> {
        match self {
            Self::Running { started_at, duration, .. } => Some(started_at.plus(duration.as_duration())),
            _ => None,
        }
    }

    /// `lead_ms` is how long a command takes: a track is commanded that much before it begins.
    pub(super) fn want(&self, now: WallTime, lead_ms: i64) -> Want {
        let Self::Running { uri, started_at, duration } = self else { return Want::Silence };
        let position_ms = now.position_of(*started_at).millis();
        if position_ms < -lead_ms {
            let lead = Duration::from_millis(u64::try_from(lead_ms).unwrap_or(0));
            return Want::Hold { until: Some(started_at.minus(lead)) };
        }
        if position_ms.saturating_add(END_MARGIN_MS) >= duration.millis() {
            return Want::Hold { until: None };
        }
        Want::Playing { uri: uri.clone(), started_at: *started_at }
    }
}

/// What the person's account plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceView {
    /// When this was true, by our clock.
    pub observed_at: WallTime,
    /// On which device.
    pub device: Option<String>,
    /// Whether sound comes out.
    pub is_playing: bool,
    /// What plays.
    pub uri: Option<String>,
    /// What was asked for, where Spotify plays another release of it.
    pub asked_uri: Option<String>,
    /// How far it is.
    pub position: TrackPosition,
}

impl From<&PlaybackState> for DeviceView {
    fn from(state: &PlaybackState) -> Self {
        Self {
            observed_at: state.observed_at,
            device: state.device.as_ref().and_then(|device| device.id.clone()),
            is_playing: state.is_playing,
            uri: state.uri.clone(),
            asked_uri: state.asked_uri.clone(),
            position: state.position,
        }
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this command, then tell [`super::Follower::done`].
    Do {
        /// To which device.
        device: String,
        /// What.
        command: FollowerCommand,
    },
    /// Ask what the account plays, then tell [`super::Follower::observed`].
    Look,
    /// Nothing before this time, unless the nest moves.
    Wait {
        /// When to step again.
        until: WallTime,
    },
}

/// A command for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowerCommand {
    /// Play this from here.
    Play {
        /// The track.
        uri: String,
        /// From where.
        position: TrackPosition,
    },
    /// Jump here.
    Seek {
        /// Where to.
        position: TrackPosition,
    },
    /// Be silent.
    Pause,
}

/// How a command, or a look, went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well.
    Done,
    /// Later.
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The device is gone.
    NoDevice,
    /// This track cannot be played for this person.
    NotPlayable,
    /// A free account.
    PremiumRequired,
    /// The person has to connect again.
    SignInAgain,
    /// The device does not do it.
    Refused,
    /// Nobody answered.
    Unreachable,
}

impl Outcome {
    /// What an error means to the follower. Refresh an expired token before this is asked.
    pub const fn of(error: &Error) -> Self {
        match error {
            Error::RateLimited { retry_after, .. } | Error::QuotaUsedUp { retry_after, .. } => {
                Self::RateLimited { retry_after: *retry_after }
            }
            Error::NoDevice => Self::NoDevice,
            Error::NotFound { .. } | Error::WrongMarket { .. } | Error::NotPlayable { .. } => {
                Self::NotPlayable
            }
            Error::PremiumRequired { .. } => Self::PremiumRequired,
            Error::SignInAgain { .. } | Error::ExpiredToken { .. } | Error::ScopeMissing { .. } => {
                Self::SignInAgain
            }
            Error::NotAllowed { .. } => Self::Refused,
            _ => Self::Unreachable,
        }
    }
}

/// What to tell the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowerState {
    /// The nest is silent, or plays what Spotify does not have.
    Waiting,
    /// The track was started; not yet known to be in step.
    Starting,
    /// In step.
    InStep,
    /// The device is not to be found: open Spotify on it.
    NoDevice,
    /// This track cannot be played on this account; the next one will be tried.
    NotPlayable,
    /// Spotify does not answer, or the device does not obey; it is tried again.
    Unreachable,
    /// The person took over; following goes on when they say so, or when they play the nest's track themselves.
    SteppedBack(SteppedBack),
    /// Following has ended.
    Off(SwitchedOff),
}

/// How the person took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SteppedBack {
    /// They paused.
    Paused,
    /// They went on while the nest was paused.
    Resumed,
    /// They play something else.
    OtherTrack,
    /// They jumped within the track, more than once.
    Jumped,
    /// They play on another device.
    OtherDevice,
}

/// Why following ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchedOff {
    /// Spotify lets only paying accounts be controlled.
    PremiumRequired,
    /// The account has to be connected again.
    SignInAgain,
    /// The device takes no commands.
    DeviceRefuses,
}

/// The manners of a follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowerSettings {
    /// How far the device may be off; Spotify cannot be held much better than a second.
    pub tolerance: Duration,
    /// A jump from in step to further off than this was made by hand.
    pub jump: Duration,
    /// How close somebody who comes back by themselves has to be.
    pub return_tolerance: Duration,
    /// Between two commands; fast skips of the nest become one command.
    pub command_gap: Duration,
    /// Between two corrections of a track.
    pub correction_gap: Duration,
    /// Corrections of one track; then it is left as it is.
    pub corrections_max: u32,
    /// From a command to the first look; what is seen before is the past.
    pub look_first: Duration,
    /// Between looks while something is to be made out.
    pub look_soon: Duration,
    /// Between looks while all is well.
    pub look_steady: Duration,
    /// Between looks while nothing is to be done.
    pub look_idle: Duration,
    /// The longest wait after failures.
    pub retry_max: Duration,
    /// Refusals in a row that end following.
    pub refusals_max: u32,
    /// How long a command is thought to take before it is known.
    pub lead: Duration,
}

impl Default for FollowerSettings {
    fn default() -> Self {
        Self {
            tolerance: Duration::from_millis(1500),
            jump: Duration::from_secs(8),
            return_tolerance: Duration::from_secs(5),
            command_gap: Duration::from_secs(1),
            correction_gap: Duration::from_secs(10),
            corrections_max: 5,
            look_first: Duration::from_secs(3),
            look_soon: Duration::from_secs(2),
            look_steady: Duration::from_secs(15),
            look_idle: Duration::from_secs(30),
            retry_max: Duration::from_secs(120),
            refusals_max: 4,
            lead: Duration::from_millis(400),
        }
    }
}
