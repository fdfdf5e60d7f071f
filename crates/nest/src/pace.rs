//! How often people did something within the last hour, from the log alone: every replica knows the same, through
//! restarts.

use model::{MemberId, WallTime};
use std::collections::VecDeque;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// How often something may be done in any hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceLimit {
    /// By one person.
    pub person_max: usize,
    /// By all of them.
    pub nest_max: usize,
}

/// Who did something of one kind, and when. Never more than [`PaceLimit::nest_max`] of what was asked about first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Oldest first.
    recent: VecDeque<(WallTime, MemberId)>,
}

impl Pace {
    /// What was stored, oldest first.
    pub fn from_recent(recent: impl IntoIterator<Item = (WallTime, MemberId)>) -> Self {
        Self { recent: recent.into_iter().collect() }
    }

    /// Everything of the last hour before the latest of it, oldest first.
    pub fn recent(&self) -> impl Iterator<Item = (WallTime, MemberId)> {
        self.recent.iter().copied()
    }

    /// How long this person must wait; `None`: not at all.
    pub(crate) fn wait(&self, member: MemberId, now: WallTime, limit: PaceLimit) -> Option<Duration> {
        let newest_first = || self.recent.iter().rev().filter(|(at, _)| now.since(*at) < HOUR);
        let by_person = newest_first().filter(|(_, by)| *by == member).nth(limit.person_max - 1);
        let by_all = newest_first().nth(limit.nest_max - 1);
        let wait = |(at, _): &(WallTime, MemberId)| HOUR - now.since(*at);
        by_person.into_iter().chain(by_all).map(wait).max()
    }

    pub(crate) fn note(&mut self, member: MemberId, at: WallTime) {
        self.recent.push_back((at, member));
        while self.recent.front().is_some_and(|(first, _)| at.since(*first) >= HOUR) {
            self.recent.pop_front();
        }
    }
}
