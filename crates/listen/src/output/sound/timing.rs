//! When what is written to a card is heard, by the local clock, and how fast the card's own clock goes.
//!
//! A card says how much is queued before the next frame, in steps of whole periods and read at uneven moments. A
//! delay-locked loop (F. Adriaensen, "Using a DLL to filter time", 2005) turns that into a smooth line: frame number
//! against local time. Pure.

/// A measurement further off than this is a jump: something was lost, or the card stopped.
const JUMP_MS: f64 = 25.0;
/// So many far measurements in a row make a jump; one may be a scheduler's hiccup.
const JUMPS_MAX: u32 = 3;
/// The loop follows quickly at first, then calmly; cycles a second.
const BANDWIDTH_FIRST_HZ: f64 = 1.0;
const BANDWIDTH_HZ: f64 = 0.05;
const SETTLING_MS: f64 = 3_000.0;
/// No card's clock is further off.
const SKEW_MAX: f64 = 1_000e-6;

#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    nominal_ms: f64,
    /// Length of a frame by the local clock.
    frame_ms: f64,
    locked: Option<Locked>,
}

#[derive(Clone, Copy, Debug)]
struct Locked {
    /// When the next frame that is written is heard.
    heard_at_ms: f64,
    since_ms: f64,
    measured_at_ms: f64,
    jumps: u32,
}

impl Timing {
    /// For a card of this many frames a second.
    pub(super) fn new(rate: u32) -> Self {
        let nominal_ms = 1000.0 / f64::from(rate.max(1));
        Self { nominal_ms, frame_ms: nominal_ms, locked: None }
    }

    /// Takes a measurement in: at `now_ms` so many frames were queued. When the next frame is heard.
    pub(super) fn measure(&mut self, now_ms: f64, queued: f64) -> f64 {
        let measured_ms = now_ms + queued * self.frame_ms;
        let Some(locked) = &mut self.locked else { return self.lock(now_ms, measured_ms) };
        let error_ms = measured_ms - locked.heard_at_ms;
        if error_ms.abs() > JUMP_MS {
            locked.jumps += 1;
            if locked.jumps >= JUMPS_MAX {
                return self.lock(now_ms, measured_ms);
            }
            return locked.heard_at_ms;
        }
        locked.jumps = 0;
        let passed_ms = (now_ms - locked.measured_at_ms).clamp(0.0, 200.0);
        locked.measured_at_ms = now_ms;
        let is_settling = now_ms - locked.since_ms < SETTLING_MS;
        let bandwidth_hz = if is_settling { BANDWIDTH_FIRST_HZ } else { BANDWIDTH_HZ };
        let omega = std::f64::consts::TAU * bandwidth_hz * passed_ms / 1000.0;
        locked.heard_at_ms += std::f64::consts::SQRT_2 * omega * error_ms;
        if passed_ms > 0.0 {
            // `passed_ms` is also what the loop predicted by, so this is a change of rate.
            self.frame_ms *= 1.0 + omega * omega * error_ms / passed_ms;
        }
        let (low, high) = (self.nominal_ms * (1.0 - SKEW_MAX), self.nominal_ms * (1.0 + SKEW_MAX));
        self.frame_ms = self.frame_ms.clamp(low, high);
        locked.heard_at_ms
    }

    /// So many frames were written.
    pub(super) fn wrote(&mut self, frames: usize) {
        if let Some(locked) = &mut self.locked {
            locked.heard_at_ms += frames as f64 * self.frame_ms;
        }
    }

    /// Forgets where frames are, not how fast the card goes: after an underrun.
    pub(super) fn lose(&mut self) {
        self.locked = None;
    }

    /// The length of a frame by the local clock, in milliseconds.
    pub(super) fn frame_ms(&self) -> f64 {
        self.frame_ms
    }

    /// How much faster than it says the card's clock goes, in parts per million.
    pub(super) fn skew_ppm(&self) -> f64 {
        (self.nominal_ms / self.frame_ms - 1.0) * 1e6
    }

    fn lock(&mut self, now_ms: f64, heard_at_ms: f64) -> f64 {
        self.locked = Some(Locked { heard_at_ms, since_ms: now_ms, measured_at_ms: now_ms, jumps: 0 });
        heard_at_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Entropy, SeededEntropy};
    use proptest::prelude::*;

    proptest! {
        /// A card off by up to 300 ppm that counts in periods of up to 10 ms and is asked at uneven moments.
        #[test]
        fn the_line_is_smooth_and_right_though_the_card_counts_in_periods(
            seed: u64, skew_ppm in -300.0..300.0f64, period in 1..480u32,
        ) {
            let chance = &mut SeededEntropy::from_seed(seed);
            let true_rate = 48.0 * (1.0 + skew_ppm / 1e6);
            let mut timing = Timing::new(48_000);
            let (mut now_ms, mut written) = (0.0f64, 3_840.0f64);
            let mut worst: f64 = 0.0;
            while now_ms < 90_000.0 {
                let played = now_ms * true_rate;
                // What a card says: whole periods.
                let said = (played / f64::from(period)).floor() * f64::from(period);
                let heard_at = timing.measure(now_ms, written - said);
                if now_ms > 60_000.0 {
                    let middle = f64::from(period) / 2.0;
                    worst = worst.max((heard_at - (written + middle) / true_rate).abs());
                }
                timing.wrote(480);
                written += 480.0;
                let next = (written - 3_840.0) / true_rate;
                now_ms = next.max(now_ms) + chance.below(2_000) as f64 / 1000.0;
            }
            // Where within its period the card stands cannot be seen.
            prop_assert!(worst < 0.7 + f64::from(period) / 64.0, "{} ms", worst);
            // Its period against ours makes a slow beat, which looks like a rate that wanders; it averages out.
            let wandering = if 480 % period == 0 { 60.0 } else { 300.0 };
            prop_assert!((timing.skew_ppm() - skew_ppm).abs() < wandering, "{} instead of {}", timing.skew_ppm(), skew_ppm);
        }
    }

    #[test]
    fn one_late_look_is_passed_over_and_a_real_jump_is_followed() {
        let mut timing = Timing::new(48_000);
        let mut now_ms = 0.0;
        for _ in 0..500 {
            timing.measure(now_ms, 3_840.0);
            timing.wrote(480);
            now_ms += 10.0;
        }
        let hiccup = timing.measure(now_ms + 60.0, 3_840.0);
        assert!((hiccup - (now_ms + 80.0)).abs() < 0.5, "{hiccup} at {now_ms}");
        for _ in 0..3 {
            timing.measure(now_ms + 60.0, 3_840.0);
        }
        let followed = timing.measure(now_ms + 60.0, 3_840.0);
        assert!((followed - (now_ms + 140.0)).abs() < 0.5, "{followed} at {now_ms}");
    }
}
