//! Samples between samples: a windowed sinc (Kaiser), looked up by phase. The place is given for each frame, so any
//! ratio, and one that changes all the time, is the same work.

/// Phases of the table; between them it is interpolated.
const PHASES: usize = 256;
/// Samples on each side of the place, when nothing has to be filtered away.
const HALF: usize = 16;
/// A song of 384 kHz on a card of 44.1 kHz needs this much more.
const WIDTH_MAX: usize = 9;
/// Passes up to this part of what can be passed.
const CUTOFF: f64 = 0.94;
/// Shape of the window: stop band at about −80 dB.
const KAISER_BETA: f64 = 8.0;

/// A table for songs of one ratio, roughly: the exact one is given with each frame.
#[derive(Debug)]
pub(super) struct Kernel {
    half: usize,
    /// `PHASES + 1` rows of `2 * half` weights.
    table: Vec<f32>,
}

impl Kernel {
    /// For reading `step` frames of the song for each of the card's.
    pub(super) fn new(step: f64) -> Self {
        let narrowing = step.clamp(1.0, WIDTH_MAX as f64);
        let half = (HALF as f64 * narrowing).ceil() as usize;
        let cutoff = CUTOFF / narrowing;
        let mut table = Vec::with_capacity((PHASES + 1) * 2 * half);
        for phase in 0..=PHASES {
            let between = phase as f64 / PHASES as f64;
            let weight = |tap: usize| {
                let x = tap as f64 - (half as f64 - 1.0) - between;
                let window = kaiser(x / half as f64);
                sinc(x * cutoff) * cutoff * window
            };
            let row: Vec<f64> = (0..2 * half).map(weight).collect();
            // Every phase passes a constant unchanged; otherwise there would be a faint tone.
            let sum: f64 = row.iter().sum();
            table.extend(row.iter().map(|weight| (weight / sum) as f32));
        }
        Self { half, table }
    }

    /// How many frames before the place's whole part, itself included, and as many after, are looked at.
    pub(super) fn half(&self) -> usize {
        self.half
    }

    /// The frame at `between` (0 to 1) after the frame `half - 1` of `around`, which has `2 * half` frames.
    pub(super) fn frame(&self, around: &[[f32; 2]], between: f64) -> [f32; 2] {
        let width = 2 * self.half;
        let place = between.clamp(0.0, 1.0) * PHASES as f64;
        let phase = (place as usize).min(PHASES - 1);
        let part = (place - phase as f64) as f32;
        let low = &self.table[phase * width..(phase + 1) * width];
        let high = &self.table[(phase + 1) * width..(phase + 2) * width];
        let mut sum = [0.0f32; 2];
        for ((frame, low), high) in around.iter().zip(low).zip(high) {
            let weight = low + (high - low) * part;
            sum[0] += frame[0] * weight;
            sum[1] += frame[1] * weight;
        }
        sum
    }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x) }
}

fn kaiser(x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { bessel(KAISER_BETA * (1.0 - x * x).sqrt()) / bessel(KAISER_BETA) }
}

/// The modified Bessel function of order zero, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)) * (x / 2.0 / f64::from(k));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a tone of `hz` at `rate`, `step` frames at a time; the largest difference from the true tone.
    fn error(hz: f64, rate: f64, step: f64) -> f64 {
        let kernel = Kernel::new(step);
        let tone = |at: f64| (std::f64::consts::TAU * hz * at / rate).sin();
        let song: Vec<[f32; 2]> = (0..20_000).map(|at| [tone(f64::from(at)) as f32, 0.5]).collect();
        let mut worst: f64 = 0.0;
        for number in 0..1_000 {
            let at = 500.0 + f64::from(number) * step;
            let first = at as usize + 1 - kernel.half();
            let frame = kernel.frame(&song[first..first + 2 * kernel.half()], at.fract());
            worst = worst.max((f64::from(frame[0]) - tone(at)).abs());
            assert!((frame[1] - 0.5).abs() < 1e-4, "a constant is not constant");
        }
        worst
    }

    #[test]
    fn what_can_be_heard_passes_unchanged_at_any_ratio() {
        for (rate, step) in
            [(44_100.0, 44_100.0 / 48_000.0), (48_000.0, 1.000_3), (96_000.0, 2.0), (8_000.0, 1.0 / 6.0)]
        {
            let worst = error(rate / 10.0 / f64::max(1.0, step), rate, step);
            assert!(worst < 1e-3, "{rate} by {step}: {worst}");
        }
    }

    #[test]
    fn what_the_card_cannot_play_is_filtered_away() {
        let kernel = Kernel::new(2.0);
        let song: Vec<[f32; 2]> =
            (0..4_000).map(|at| [(std::f64::consts::TAU * 0.4 * f64::from(at)).sin() as f32; 2]).collect();
        for at in (200..3_000).step_by(2) {
            let first = at + 1 - kernel.half();
            let frame = kernel.frame(&song[first..first + 2 * kernel.half()], 0.0);
            assert!(frame[0].abs() < 0.002, "{}", frame[0]);
        }
    }
}
