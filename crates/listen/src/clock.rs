//! What time it is at the server, from timestamped questions and answers.
//!
//! A sample is wrong by at most half its round trip, whatever the network did: that is the bound, and how a jump of
//! either clock is noticed. Within it, samples of small round trip are believed most. A line through them gives offset
//! and rate. Pure: when questions are asked is decided in `connection`. Times are milliseconds: local ones of this
//! process's monotonic clock, the server's since 1970.

use std::collections::VecDeque;

/// Older samples are forgotten.
const WINDOW_MS: f64 = 300_000.0;
/// Of each such stretch the quickest sample is kept.
const BUCKET_MS: f64 = 5_000.0;
/// Clocks of two computers rarely differ by more; the estimate leans on it until it knows better.
const SKEW_EXPECTED: f64 = 40e-6;
/// What a rate may be wrong by between two looks, for the bound.
const SKEW_UNKNOWN: f64 = 150e-6;
/// Even of the quickest exchange this part may have been lost on one of its sides.
const LOPSIDED: f64 = 0.125;
/// How much a rate changes within the window, which makes old samples weigh less.
const WANDER: f64 = 4e-6;
/// Beyond this it is no crystal but a fault.
const SKEW_MAX: f64 = 500e-6;
/// What timestamps are exact to.
const RESOLUTION_MS: f64 = 0.05;
/// What a sample may contradict the estimate by, beyond half its round trip.
const DISAGREEMENT_MS: f64 = 2.0;
/// So many contradicting samples in a row mean that a clock has jumped.
const DISAGREEMENTS_MAX: usize = 2;

/// One question and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Local time when the question left.
    pub sent_ms: f64,
    /// Local time when the answer was here.
    pub received_ms: f64,
    /// Server time when it read the question.
    pub server_received_ms: f64,
    /// Server time when it wrote the answer.
    pub server_sent_ms: f64,
}

/// The server's time as a line over local time: small enough to hand to another thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timeline {
    origin_ms: f64,
    offset_ms: f64,
    skew: f64,
}

impl Timeline {
    #[cfg(test)]
    /// A server whose clock is ahead of the local one by this.
    pub const fn fixed(offset_ms: f64) -> Self {
        Self { origin_ms: 0.0, offset_ms, skew: 0.0 }
    }

    /// Server time at a local time.
    pub fn server_at(&self, local_ms: f64) -> f64 {
        local_ms + self.offset_at(local_ms)
    }

    /// Local time at which the server's clock shows `server_ms`.
    pub fn local_at(&self, server_ms: f64) -> f64 {
        self.origin_ms + (server_ms - self.offset_ms - self.origin_ms) / (1.0 + self.skew)
    }

    /// How much faster the server's clock goes: 1 is equally fast.
    pub fn rate(&self) -> f64 {
        1.0 + self.skew
    }

    fn offset_at(&self, local_ms: f64) -> f64 {
        self.offset_ms + self.skew * (local_ms - self.origin_ms)
    }
}

#[derive(Clone, Copy, Debug)]
struct Point {
    at_ms: f64,
    offset_ms: f64,
    round_trip_ms: f64,
}

impl Point {
    fn of(sample: &Sample) -> Option<Self> {
        let busy_ms = sample.server_sent_ms - sample.server_received_ms;
        let round_trip_ms = sample.received_ms - sample.sent_ms - busy_ms;
        let there = sample.server_received_ms - sample.sent_ms;
        let back = sample.server_sent_ms - sample.received_ms;
        let offset_ms = (there + back) / 2.0;
        let is_plausible = offset_ms.is_finite() && round_trip_ms >= -2.0 * RESOLUTION_MS && busy_ms >= 0.0;
        let at_ms = (sample.sent_ms + sample.received_ms) / 2.0;
        is_plausible.then_some(Self { at_ms, offset_ms, round_trip_ms: round_trip_ms.max(0.0) })
    }
}

/// Estimates the server's clock.
#[derive(Debug, Default)]
pub struct ServerClock {
    points: VecDeque<Point>,
    disagreeing: Vec<Point>,
    line: Option<Timeline>,
    #[cfg(test)]
    restarts: u32,
}

impl ServerClock {
    /// Takes a sample in; one that cannot be is passed over. True if a clock had jumped and the estimate began anew.
    pub fn add(&mut self, sample: &Sample) -> bool {
        let Some(point) = Point::of(sample) else { return false };
        if self.contradicts(&point) {
            self.disagreeing.push(point);
            if self.disagreeing.len() < DISAGREEMENTS_MAX {
                return false;
            }
            self.points.clear();
            for held in std::mem::take(&mut self.disagreeing) {
                self.keep(held);
            }
            #[cfg(test)]
            {
                self.restarts += 1;
            }
            self.fit(point.at_ms);
            return true;
        }
        self.disagreeing.clear();
        self.keep(point);
        self.fit(point.at_ms);
        false
    }

    /// The estimate; `None` before the first sample.
    pub fn timeline(&self) -> Option<Timeline> {
        self.line
    }

    /// The most by which the estimate can be wrong at a local time; `None` before the first sample.
    pub fn error_bound_ms(&self, local_ms: f64) -> Option<f64> {
        let line = self.line?;
        let of = |point: &Point| {
            let age_ms = (local_ms - point.at_ms).abs();
            point.round_trip_ms / 2.0
                + (line.offset_at(point.at_ms) - point.offset_ms).abs()
                + age_ms * SKEW_UNKNOWN
        };
        Some(self.points.iter().map(of).fold(f64::INFINITY, f64::min) + RESOLUTION_MS)
    }

    #[cfg(test)]
    /// How often a jump of a clock made the estimate begin anew.
    pub fn restarts(&self) -> u32 {
        self.restarts
    }

    /// Whether the true offset, anywhere within half the sample's round trip, cannot be what the estimate says.
    fn contradicts(&self, point: &Point) -> bool {
        let Some(line) = self.line else { return false };
        let gap_ms = self.points.back().map_or(0.0, |newest| (point.at_ms - newest.at_ms).max(0.0));
        let best_ms = self.points.iter().map(|held| held.round_trip_ms / 2.0).fold(f64::INFINITY, f64::min);
        let tolerance_ms =
            point.round_trip_ms / 2.0 + best_ms + DISAGREEMENT_MS + gap_ms * SKEW_EXPECTED * 5.0;
        (point.offset_ms - line.offset_at(point.at_ms)).abs() > tolerance_ms
    }

    fn keep(&mut self, point: Point) {
        let bucket = |point: &Point| (point.at_ms / BUCKET_MS).floor();
        match self.points.iter_mut().find(|held| bucket(held) == bucket(&point)) {
            Some(held) if point.round_trip_ms <= held.round_trip_ms => *held = point,
            Some(_) => {}
            None => self.points.push_back(point),
        }
        self.points.retain(|held| point.at_ms - held.at_ms <= WINDOW_MS);
    }

    /// Least squares, weighted, with "the rates are nearly equal" as one more observation.
    fn fit(&mut self, now_ms: f64) {
        let Some(first) = self.points.front() else { return };
        let base_ms = first.offset_ms;
        let quickest_ms = self.points.iter().map(|point| point.round_trip_ms).fold(f64::INFINITY, f64::min);
        let weighted: Vec<(f64, f64, f64)> = self
            .points
            .iter()
            .map(|point| {
                // What a round trip has above the quickest may have been lost on one of its sides.
                let deviation_ms = RESOLUTION_MS
                    + quickest_ms * LOPSIDED
                    + (point.round_trip_ms - quickest_ms) / 2.0
                    + (now_ms - point.at_ms).abs() * WANDER;
                ((deviation_ms * deviation_ms).recip(), point.at_ms - now_ms, point.offset_ms - base_ms)
            })
            .collect();
        let sum: f64 = weighted.iter().map(|(weight, _, _)| weight).sum();
        let mean_at = weighted.iter().map(|(weight, at, _)| weight * at).sum::<f64>() / sum;
        let mean_offset = weighted.iter().map(|(weight, _, offset)| weight * offset).sum::<f64>() / sum;
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (weight, at, offset) in weighted {
            covariance += weight * (at - mean_at) * (offset - mean_offset);
            variance += weight * (at - mean_at) * (at - mean_at);
        }
        let prior = (SKEW_EXPECTED * SKEW_EXPECTED).recip();
        let skew = (covariance / (variance + prior)).clamp(-SKEW_MAX, SKEW_MAX);
        self.line =
            Some(Timeline { origin_ms: now_ms, offset_ms: base_ms + mean_offset - skew * mean_at, skew });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Entropy, SeededEntropy};
    use proptest::prelude::*;

    struct World {
        offset_ms: f64,
        skew_ppm: f64,
        jitter_ms: f64,
    }

    impl World {
        fn server(&self, local_ms: f64) -> f64 {
            local_ms * (1.0 + self.skew_ppm / 1e6) + self.offset_ms
        }

        fn ask(&self, clock: &mut ServerClock, chance: &mut SeededEntropy, at_ms: f64) -> bool {
            let mut delay =
                || 1.0 + self.jitter_ms * -(1.0 - chance.below(1 << 30) as f64 / (1u64 << 30) as f64).ln();
            let (there, back) = (delay(), delay());
            let server = self.server(at_ms + there);
            clock.add(&Sample {
                sent_ms: at_ms,
                received_ms: at_ms + there + back,
                server_received_ms: server,
                server_sent_ms: server,
            })
        }

        /// Bursts of eight each 10 s; the worst error seen from the second burst on.
        fn follow(
            &self,
            clock: &mut ServerClock,
            chance: &mut SeededEntropy,
            from_ms: f64,
            to_ms: f64,
        ) -> f64 {
            let mut worst: f64 = 0.0;
            let mut burst = from_ms;
            while burst < to_ms {
                for probe in 0..8 {
                    self.ask(clock, chance, burst + f64::from(probe) * 50.0);
                }
                for later in [500.0, 4_000.0, 9_500.0] {
                    let at = burst + later;
                    let error = (clock.timeline().unwrap().server_at(at) - self.server(at)).abs();
                    assert!(error <= clock.error_bound_ms(at).unwrap() + 1e-3, "beyond its bound: {error}");
                    worst = worst.max(error);
                }
                burst += 10_000.0;
            }
            worst
        }
    }

    proptest! {
        #[test]
        fn the_estimate_stays_within_its_bound_whatever_the_network(
            seed: u64, offset_ms in -1e12..2e12f64, skew_ppm in -100.0..100.0f64, jitter_ms in 0.0..15.0f64,
        ) {
            let world = World { offset_ms, skew_ppm, jitter_ms };
            let worst = world.follow(&mut ServerClock::default(), &mut SeededEntropy::from_seed(seed), 0.0, 120_000.0);
            prop_assert!(worst < 1.0 + jitter_ms, "{}", worst);
        }

        #[test]
        fn a_jump_of_a_clock_is_noticed_within_a_burst_and_only_a_jump(seed: u64, jump_ms in 60.0..1e8f64, back: bool) {
            let chance = &mut SeededEntropy::from_seed(seed);
            let clock = &mut ServerClock::default();
            let world = World { offset_ms: 5e4, skew_ppm: 20.0, jitter_ms: 3.0 };
            world.follow(clock, chance, 0.0, 60_000.0);
            prop_assert_eq!(clock.restarts(), 0);
            let jumped = World { offset_ms: 5e4 + if back { -jump_ms } else { jump_ms }, ..world };
            prop_assert!(jumped.follow(clock, chance, 60_000.0, 80_000.0) < 8.0);
            prop_assert_eq!(clock.restarts(), 1);
        }
    }

    #[test]
    fn local_and_server_time_are_inverse() {
        let clock = &mut ServerClock::default();
        let world = World { offset_ms: 1.8e12, skew_ppm: 80.0, jitter_ms: 0.1 };
        world.follow(clock, &mut SeededEntropy::from_seed(3), 0.0, 60_000.0);
        let line = clock.timeline().unwrap();
        assert!((line.local_at(line.server_at(61_234.0)) - 61_234.0).abs() < 0.01);
    }

    #[test]
    fn one_answer_that_took_seconds_changes_nothing() {
        let chance = &mut SeededEntropy::from_seed(4);
        let clock = &mut ServerClock::default();
        let world = World { offset_ms: 9e5, skew_ppm: 0.0, jitter_ms: 0.0 };
        world.follow(clock, chance, 0.0, 30_000.0);
        let server = world.server(30_001.0);
        clock.add(&Sample {
            sent_ms: 30_000.0,
            received_ms: 32_900.0,
            server_received_ms: server,
            server_sent_ms: server,
        });
        assert!((clock.timeline().unwrap().server_at(33_000.0) - world.server(33_000.0)).abs() < 0.2);
    }
}
