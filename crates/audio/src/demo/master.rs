//! The last step: no rumble, one loudness for all, no peak too high, soft edges, sixteen bits.

use super::SAMPLE_RATE;
use super::score::Sound;
use crate::AudioError;
use ebur128::{EbuR128, Mode};
use model::{Entropy, SeededEntropy};

/// What streaming services settle near.
const LOUDNESS_LUFS: f64 = -16.0;
/// -1.4 dBFS: room for what lies between the samples.
const CEILING: f32 = 0.85;
const FADE_IN_SECONDS: f32 = 0.03;
const FADE_OUT_SECONDS: f32 = 3.5;
/// The limiter works on blocks of about three milliseconds.
const BLOCK: usize = 128;

pub(super) fn finish(mut sound: Sound) -> Result<Vec<[i32; 2]>, AudioError> {
    remove_rumble(&mut sound);
    fade(&mut sound);
    // Limiting takes a little of the loudness, so it is measured again.
    for _ in 0..2 {
        let gain = 10f64.powf((LOUDNESS_LUFS - loudness(&sound)?) / 20.0) as f32;
        sound.iter_mut().flatten().for_each(|sample| *sample *= gain);
        limit(&mut sound);
    }
    let mut chance = SeededEntropy::from_seed(1);
    let mut dither = || {
        let bits = chance.next_u64();
        ((bits & 0xffff) as f32 - (bits >> 16 & 0xffff) as f32) / 65_536.0
    };
    let quantise = |sample: f32, dither: f32| {
        // Silence stays silence.
        if sample.abs() < 1e-6 {
            0
        } else {
            (sample * 32_767.0 + dither).round().clamp(-32_767.0, 32_767.0) as i32
        }
    };
    Ok(sound.iter().map(|[left, right]| [quantise(*left, dither()), quantise(*right, dither())]).collect())
}

/// A high pass at 25 Hz.
fn remove_rumble(sound: &mut Sound) {
    let keep = 1.0 - std::f32::consts::TAU * 25.0 / SAMPLE_RATE as f32;
    let mut state = [[0.0f32; 2]; 2];
    for frame in sound.iter_mut() {
        for side in 0..2 {
            let [before, out] = state[side];
            let filtered = frame[side] - before + keep * out;
            state[side] = [frame[side], filtered];
            frame[side] = filtered;
        }
    }
}

fn fade(sound: &mut Sound) {
    let curve = |x: f32| (1.0 - (x.clamp(0.0, 1.0) * std::f32::consts::PI).cos()) * 0.5;
    let (rise, fall) = (FADE_IN_SECONDS * SAMPLE_RATE as f32, FADE_OUT_SECONDS * SAMPLE_RATE as f32);
    let count = sound.len();
    for (at, frame) in sound.iter_mut().enumerate() {
        let gain = curve(at as f32 / rise) * curve((count - 1 - at) as f32 / fall);
        frame.iter_mut().for_each(|sample| *sample *= gain);
    }
}

fn loudness(sound: &Sound) -> Result<f64, AudioError> {
    let failed = |error: ebur128::Error| AudioError::io("measure", error);
    let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I).map_err(failed)?;
    meter.add_frames_f32(sound.as_flattened()).map_err(failed)?;
    meter.loudness_global().map_err(failed)
}

/// Turns loud blocks down, beginning a block before and glid between blocks, so that nothing clips and nothing clicks.
fn limit(sound: &mut Sound) {
    let needed = |block: &[[f32; 2]]| {
        let peak = block.iter().flatten().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        if peak > CEILING { CEILING / peak } else { 1.0 }
    };
    let needed: Vec<f32> = sound.chunks(BLOCK).map(needed).collect();
    let around = |at: usize| {
        let range = at.saturating_sub(2)..(at + 3).min(needed.len());
        needed[range].iter().copied().fold(1.0, f32::min)
    };
    let mut gains: Vec<f32> = (0..needed.len()).map(around).collect();
    // It recovers slowly.
    for at in 1..gains.len() {
        gains[at] = gains[at].min(gains[at - 1] + 0.012);
    }
    for (number, block) in sound.chunks_mut(BLOCK).enumerate() {
        let (from, to) = (gains[number], gains[(number + 1).min(gains.len() - 1)]);
        for (at, frame) in block.iter_mut().enumerate() {
            let gain = from + (to - from) * at as f32 / BLOCK as f32;
            frame.iter_mut().for_each(|sample| *sample *= gain);
        }
    }
}
