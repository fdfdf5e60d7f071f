//! How long nobody has listened to a temporary nest, and when it therefore ends.
//!
//! Counted from the last departure. Every process notes now and then, and when its last listener leaves, that somebody
//! listened; so a restart neither forgets the time nor ends a nest whose listeners are about to come back, and a process
//! without listeners does not end what another one's listeners hear.

use super::limits;
use model::WallTime;
use std::time::Duration;

/// What is known about the listeners of one nest.
#[derive(Clone, Debug)]
pub(super) struct Idle {
    /// How long a nest lasts without listeners; `None`: for ever.
    time_max: Option<Duration>,
    /// When somebody was last known to listen.
    heard_at: WallTime,
    /// When that was last noted in the database.
    noted_at: WallTime,
    /// Not before this, so that listeners find back after a restart.
    spared_until: WallTime,
    listens: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    /// Note in the database that somebody listened at this time.
    Note(WallTime),
    /// End the nest, unless somebody listened to another process after this time.
    End(WallTime),
}

impl Idle {
    /// Of a nest that this process opens at `now`; `heard_at`: when somebody last listened, or it was created.
    pub(super) fn new(time_max: Option<Duration>, heard_at: WallTime, now: WallTime) -> Self {
        let grace = time_max.map_or(Duration::ZERO, |time_max| time_max.min(limits::NEST_RETURN_TIME));
        let spared_until = if now.since(heard_at) > grace { now.plus(grace) } else { heard_at };
        Self { time_max, heard_at, noted_at: heard_at, spared_until, listens: false }
    }

    /// Somebody came or left.
    pub(super) fn moved(&mut self, now: WallTime) {
        self.heard_at = self.heard_at.max(now);
    }

    /// Another process noted this.
    pub(super) fn heard_elsewhere(&mut self, at: WallTime) {
        self.heard_at = self.heard_at.max(at);
        self.noted_at = self.noted_at.max(at);
    }

    /// What is to be done now.
    pub(super) fn look(&mut self, now: WallTime, listens: bool) -> Due {
        let Some(time_max) = self.time_max else { return Due::Nothing };
        if listens || self.listens {
            self.moved(now);
        }
        let changed = listens != self.listens;
        self.listens = listens;
        // Who comes and goes in a hurry need not be written down each time.
        let note_after = if changed || !listens { Self::settle(time_max) } else { Self::every(time_max) };
        if self.heard_at > self.noted_at && now.since(self.noted_at) >= note_after {
            self.noted_at = self.heard_at;
            return Due::Note(self.heard_at);
        }
        match self.ends_at() {
            Some(at) if at <= now => Due::End(self.heard_at),
            _ => Due::Nothing,
        }
    }

    /// When to look again; `None`: only when somebody comes or leaves.
    pub(super) fn next(&self) -> Option<WallTime> {
        let time_max = self.time_max?;
        if self.listens {
            return Some(self.noted_at.plus(Self::every(time_max)));
        }
        let note = (self.heard_at > self.noted_at).then(|| self.noted_at.plus(Self::settle(time_max)));
        self.ends_at().into_iter().chain(note).min()
    }

    fn ends_at(&self) -> Option<WallTime> {
        let time_max = self.time_max.filter(|_| !self.listens)?;
        Some(self.heard_at.plus(time_max).max(self.spared_until))
    }

    /// How often it is noted that somebody listens.
    fn every(time_max: Duration) -> Duration {
        (time_max / 4).min(limits::LISTENING_NOTED)
    }

    fn settle(time_max: Duration) -> Duration {
        (time_max / 4).min(limits::LISTENING_NOTED / 30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn minute(count: u64) -> WallTime {
        WallTime::from_micros(0).plus(Duration::from_secs(60 * count))
    }

    #[test]
    fn the_time_is_counted_from_the_last_departure() {
        let mut idle = Idle::new(Some(HOUR), minute(0), minute(0));
        assert_eq!(idle.next(), Some(minute(60)));
        assert_eq!(idle.look(minute(50), true), Due::Note(minute(50)));
        assert_eq!(idle.look(minute(300), true), Due::Note(minute(300)), "they still listen");
        assert_eq!(idle.look(minute(301), false), Due::Note(minute(301)));
        assert_eq!(idle.next(), Some(minute(361)));
        assert_eq!(idle.look(minute(360), false), Due::Nothing);
        assert_eq!(idle.look(minute(361), false), Due::End(minute(301)));
    }

    #[test]
    fn a_visit_too_short_to_be_seen_counts() {
        let mut idle = Idle::new(Some(HOUR), minute(0), minute(0));
        idle.moved(minute(59));
        assert_eq!(idle.look(minute(60), false), Due::Note(minute(59)));
        assert_eq!(idle.next(), Some(minute(119)));
    }

    #[test]
    fn a_restart_leaves_time_to_come_back_and_no_more() {
        let grace = limits::NEST_RETURN_TIME;
        let start = minute(600);
        let mut idle = Idle::new(Some(HOUR), minute(0), start);
        assert_eq!(idle.look(start, false), Due::Nothing, "not at once");
        assert_eq!(idle.next(), Some(start.plus(grace)), "nor another hour");
        assert_eq!(idle.look(start.plus(grace), false), Due::End(minute(0)));
        let mut idle = Idle::new(Some(HOUR), minute(590), start);
        assert_eq!(idle.look(minute(649), false), Due::Nothing);
        assert_eq!(idle.look(minute(650), false), Due::End(minute(590)), "the time before it counts");
    }

    #[test]
    fn what_another_process_noted_counts() {
        let mut idle = Idle::new(Some(HOUR), minute(0), minute(0));
        assert_eq!(idle.look(minute(60), false), Due::End(minute(0)));
        idle.heard_elsewhere(minute(58));
        assert_eq!(idle.look(minute(60), false), Due::Nothing);
        assert_eq!(idle.next(), Some(minute(118)));
    }

    #[test]
    fn listening_is_noted_now_and_then_and_not_for_every_coming_and_going() {
        let mut idle = Idle::new(Some(HOUR), minute(0), minute(0));
        let second = |count| minute(100).plus(Duration::from_secs(count));
        let looks = (0..3600).map(|at| idle.look(second(at), at % 2 == 0));
        let notes = looks.filter(|due| matches!(due, Due::Note(_))).count();
        assert!((300..=361).contains(&notes), "{notes}");
        let mut idle = Idle::new(Some(HOUR), minute(0), minute(0));
        let looks = (0..3600).map(|at| idle.look(second(at), true));
        let notes = looks.filter(|due| matches!(due, Due::Note(_))).count();
        assert!((12..=13).contains(&notes), "{notes}");
    }

    #[test]
    fn a_nest_without_an_end_has_nothing_to_do() {
        let mut idle = Idle::new(None, minute(0), minute(1_000_000));
        assert_eq!((idle.next(), idle.look(minute(2_000_000), false)), (None, Due::Nothing));
    }
}
