//! When a certificate is renewed, and when an order that failed is tried again: time is an argument.

use crate::limits;
use model::WallTime;
use std::time::Duration;

/// How long until a certificate is to be renewed; zero: now. It is at two thirds of its life, so that a third remains for
/// whatever may be wrong.
#[must_use]
pub fn due(not_before: WallTime, not_after: WallTime, now: WallTime) -> Duration {
    let life = not_after.since(not_before);
    not_before.plus(life / 3 * 2).since(now)
}

/// How long after so many failures in a row the next attempt is made.
#[must_use]
pub fn backoff(failures: u32) -> Duration {
    let Some(before) = failures.checked_sub(1) else { return Duration::ZERO };
    let last = limits::ATTEMPTS_AFTER.len() - 1;
    limits::ATTEMPTS_AFTER[usize::try_from(before).unwrap_or(last).min(last)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_life() {
        let from = WallTime::from_micros(1_700_000_000_000_000);
        let to = from.plus(DAY * 90);
        assert_eq!(due(from, to, from), DAY * 60);
        assert_eq!(due(from, to, from.plus(DAY * 59)), DAY);
        for days in [60, 89, 90, 1_000] {
            assert_eq!(due(from, to, from.plus(DAY * days)), Duration::ZERO, "day {days}");
        }
        // A clock that was set back, and a certificate whose times are the wrong way round.
        assert_eq!(due(from, to, from.minus(DAY)), DAY * 61);
        assert_eq!(due(to, from, to), Duration::ZERO);
    }

    #[test]
    fn attempts_are_fewer_than_an_authority_takes_amiss() {
        assert_eq!(backoff(0), Duration::ZERO);
        let mut at = Duration::ZERO;
        let mut within_an_hour = 1;
        for failures in 1..=40 {
            assert!(backoff(failures) >= backoff(failures - 1));
            at += backoff(failures);
            within_an_hour += u32::from(at < Duration::from_secs(3600));
        }
        assert!(within_an_hour < 5, "{within_an_hour} within the first hour");
        assert_eq!(backoff(u32::MAX), Duration::from_secs(6 * 3600));
    }
}
