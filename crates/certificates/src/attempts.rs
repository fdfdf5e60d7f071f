//! What became of the orders of a name so far, kept on disk, so that a server that is started again and again orders no
//! more often than one that runs.

use crate::due::backoff;
use crate::limits;
use model::WallTime;
use serde_json::{Value, json};
use std::time::Duration;

/// What became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// How many failed since the last that did not.
    pub(crate) failures: u32,
    /// The next one is not made before.
    pub(crate) not_before: WallTime,
    /// When the last certificate was issued.
    pub(crate) issued_at: WallTime,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { failures: 0, not_before: WallTime::from_micros(0), issued_at: WallTime::from_micros(0) }
    }
}

impl Attempts {
    /// After one that failed.
    pub(crate) fn failed(self, now: WallTime, is_rate_limited: bool) -> Self {
        let failures = self.failures.saturating_add(1);
        let least = if is_rate_limited { limits::RATE_LIMITED_WAIT } else { Duration::ZERO };
        Self { failures, not_before: now.plus(backoff(failures).max(least)), ..self }
    }

    /// After a certificate with such a life was issued. Whatever is wrong with a clock or with what was issued, the next
    /// one is not ordered in the first third of its life.
    pub(crate) fn succeeded(now: WallTime, life: Duration) -> Self {
        Self { failures: 0, not_before: now.plus(life / 3), issued_at: now }
    }

    /// Whether the next order may be made. `has_certificate`: one is there; if it was lost, another may be had sooner.
    pub(crate) fn allow(self, has_certificate: bool, now: WallTime) -> bool {
        let is_lost = !has_certificate && self.failures == 0;
        let not_before = if is_lost { self.issued_at.plus(limits::LOST_WAIT) } else { self.not_before };
        not_before <= now
    }

    /// As it is stored. What cannot be read counts as nothing: at worst one order more is made.
    pub(crate) fn parse(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let failures = value["failures"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
        let not_before = WallTime::from_micros(value["not_before_us"].as_i64().unwrap_or(0));
        Self {
            failures,
            not_before,
            issued_at: WallTime::from_micros(value["issued_at_us"].as_i64().unwrap_or(0)),
        }
    }

    pub(crate) fn to_text(self) -> String {
        let Self { failures, not_before, issued_at } = self;
        json!({
            "failures": failures, "not_before_us": not_before.micros(), "issued_at_us": issued_at.micros()
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_orders_is_kept() {
        let now = WallTime::from_micros(1_000_000);
        let twice = Attempts::default().failed(now, false).failed(now, false);
        assert_eq!((twice.failures, twice.not_before.since(now)), (2, Duration::from_secs(900)));
        assert_eq!(Attempts::parse(&twice.to_text()), twice);
        assert_eq!(Attempts::parse("nonsense"), Attempts::default());
        let limited = Attempts::default().failed(now, true);
        assert_eq!(limited.not_before.since(now), limits::RATE_LIMITED_WAIT);
    }

    #[test]
    fn a_certificate_that_is_due_at_once_is_not_ordered_again_and_again() {
        let now = WallTime::from_micros(1_000_000);
        let life = Duration::from_secs(90 * 24 * 3600);
        let issued = Attempts::succeeded(now, life);
        let soon = now.plus(life / 4);
        assert!(!issued.allow(true, soon) && issued.allow(true, now.plus(life / 3)));
        assert!(issued.allow(false, soon) && !issued.allow(false, now), "it was lost");
        let failed = issued.failed(soon, false);
        assert!(!failed.allow(false, soon) && failed.allow(false, soon.plus(Duration::from_secs(60))));
    }
}
