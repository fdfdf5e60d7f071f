//! A polite pace: a token bucket over the monotonic clock. Pure; the time is an argument.

use model::ServerInstant;
use std::time::Duration;

/// How much a request matters when the pace is tight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person waits for the answer: may use the whole bucket.
    Person,
    /// Nobody waits (autofill, previews): leaves half of the bucket to people.
    Background,
}

/// A bucket of requests that fills evenly.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Microrequests: a request is a million, so that filling needs no fractions.
    level: u64,
    capacity: u64,
    refill_per_second: u64,
    filled_at: ServerInstant,
}

const ONE: u64 = 1_000_000;

impl Budget {
    /// A full bucket of `capacity` requests which gains `refill_per_second`; both at least one.
    pub fn new(capacity: u32, refill_per_second: u32, now: ServerInstant) -> Self {
        let capacity = u64::from(capacity.max(1)) * ONE;
        Self {
            level: capacity,
            capacity,
            refill_per_second: u64::from(refill_per_second.max(1)),
            filled_at: now,
        }
    }

    /// Takes one request.
    ///
    /// # Errors
    /// How long to wait until one can be taken.
    pub fn take(&mut self, urgency: Urgency, now: ServerInstant) -> Result<(), Duration> {
        self.fill(now);
        let reserve = match urgency {
            Urgency::Person => 0,
            Urgency::Background => self.capacity / 2,
        };
        let needed = reserve.saturating_add(ONE).min(self.capacity);
        if self.level >= needed {
            self.level -= ONE;
            return Ok(());
        }
        Err(Duration::from_micros((needed - self.level).div_ceil(self.refill_per_second)))
    }

    /// How many requests a person could make at once.
    pub fn left(&mut self, now: ServerInstant) -> u64 {
        self.fill(now);
        self.level / ONE
    }

    fn fill(&mut self, now: ServerInstant) {
        // One microsecond gives as many microrequests as a second gives requests.
        let elapsed_us = u64::try_from(now.since(self.filled_at).as_micros()).unwrap_or(u64::MAX);
        self.level =
            self.level.saturating_add(elapsed_us.saturating_mul(self.refill_per_second)).min(self.capacity);
        self.filled_at = now.max(self.filled_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> ServerInstant {
        ServerInstant::from_micros(millis * 1000)
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_pace_holds() {
        let mut budget = Budget::new(3, 2, at(0));
        assert!((0..3).all(|_| budget.take(Urgency::Person, at(0)).is_ok()));
        assert_eq!(budget.take(Urgency::Person, at(0)), Err(Duration::from_millis(500)));
        assert_eq!(budget.take(Urgency::Person, at(499)), Err(Duration::from_millis(1)));
        assert_eq!(budget.take(Urgency::Person, at(500)), Ok(()));
    }

    #[test]
    fn background_work_leaves_half_to_people() {
        let mut budget = Budget::new(4, 1, at(0));
        assert_eq!(budget.take(Urgency::Background, at(0)), Ok(()));
        assert_eq!(budget.take(Urgency::Background, at(0)), Ok(()));
        assert_eq!(budget.take(Urgency::Background, at(0)), Err(Duration::from_secs(1)));
        assert_eq!(budget.take(Urgency::Person, at(0)), Ok(()));
        assert_eq!(budget.left(at(0)), 1);
    }

    #[test]
    fn in_any_minute_no_more_is_taken_than_the_bucket_and_its_filling() {
        let mut budget = Budget::new(10, 2, at(0));
        let taken = (0..60_000).filter(|&ms| budget.take(Urgency::Person, at(ms)).is_ok()).count();
        assert!((128..=130).contains(&taken), "{taken}");
    }

    #[test]
    fn a_clock_that_stands_still_or_goes_back_gives_nothing() {
        let mut budget = Budget::new(1, 1, at(5_000));
        assert!(budget.take(Urgency::Person, at(5_000)).is_ok());
        assert!(budget.take(Urgency::Person, at(0)).is_err());
        assert!(budget.take(Urgency::Person, at(5_999)).is_err());
    }
}
