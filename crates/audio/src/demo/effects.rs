//! The room: a reverberator after Schroeder and Moorer, with the lengths that Jezar's Freeverb made common.

use super::SAMPLE_RATE;
use super::score::Sound;

const COMBS: [usize; 8] = [1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617];
const ALL_PASSES: [usize; 4] = [556, 441, 341, 225];
/// The right side is this much longer, so that the room is wide.
const SPREAD: usize = 23;
const DAMPING: f32 = 0.32;

struct Line {
    buffer: Vec<f32>,
    at: usize,
    low: f32,
    feedback: f32,
}

impl Line {
    fn new(len: usize, feedback: f32) -> Self {
        Self { buffer: vec![0.0; len], at: 0, low: 0.0, feedback }
    }

    fn comb(&mut self, input: f32) -> f32 {
        let out = self.buffer[self.at];
        self.low = out + (self.low - out) * DAMPING;
        self.buffer[self.at] = input + self.low * self.feedback;
        self.at = if self.at + 1 == self.buffer.len() { 0 } else { self.at + 1 };
        out
    }

    fn all_pass(&mut self, input: f32) -> f32 {
        let held = self.buffer[self.at];
        self.buffer[self.at] = input + held * 0.5;
        self.at = if self.at + 1 == self.buffer.len() { 0 } else { self.at + 1 };
        held - input
    }
}

/// Replaces a sound by its echo in a room that falls by 60 dB in `seconds`.
pub(super) fn reverberate(sound: &mut Sound, seconds: f32) {
    let feedback = |len: usize| 10f32.powf(-3.0 * len as f32 / (seconds * SAMPLE_RATE as f32));
    for side in 0..2 {
        let mut combs = COMBS.map(|len| Line::new(len + side * SPREAD, feedback(len)));
        let mut passes = ALL_PASSES.map(|len| Line::new(len + side * SPREAD, 0.5));
        for frame in sound.iter_mut() {
            let input = frame[side];
            let combed: f32 = combs.iter_mut().map(|comb| comb.comb(input)).sum();
            frame[side] = passes.iter_mut().fold(combed * 0.18, |value, pass| pass.all_pass(value));
        }
    }
}
