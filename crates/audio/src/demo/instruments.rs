//! The instruments. Each turns a note into sound of one channel that begins and ends at zero.

use super::SAMPLE_RATE;
use super::score::{Voice, fraction};
use model::SeededEntropy;
use std::f32::consts::TAU;
use std::sync::LazyLock;

/// A note in real time.
pub(super) struct Note {
    pub(super) frequency: f32,
    pub(super) frames: usize,
    pub(super) force: f32,
}

const RATE: f32 = SAMPLE_RATE as f32;
const TABLE: usize = 2048;

/// One turn of a sine, and its first point again.
static SINE: LazyLock<Vec<f32>> =
    LazyLock::new(|| (0..=TABLE).map(|at| (at as f32 / TABLE as f32 * TAU).sin()).collect());

/// Saws of 2, 4, … 64 harmonics: a note takes the one that stays below what can be heard.
static SAWS: LazyLock<Vec<Vec<f32>>> = LazyLock::new(|| {
    let saw = |harmonics: u32| {
        // The higher partials are weakened a little more than in a pure saw, against ringing.
        let partial = |at: usize, k: u32| {
            let weight = (k as f32 / (harmonics as f32 + 1.0) * std::f32::consts::FRAC_PI_2).cos();
            (at as f32 / TABLE as f32 * TAU * k as f32).sin() * weight / k as f32
        };
        (0..=TABLE).map(|at| (1..=harmonics).map(|k| partial(at, k)).sum::<f32>() * 0.6).collect()
    };
    (1..=6).map(|power| saw(1 << power)).collect()
});

/// A table that is read at a steady pace.
struct Oscillator<'t> {
    table: &'t [f32],
    phase: f32,
    step: f32,
}

impl<'t> Oscillator<'t> {
    fn sine(frequency: f32, phase: f32) -> Oscillator<'static> {
        Oscillator { table: &SINE, phase, step: frequency / RATE }
    }

    fn saw(frequency: f32, phase: f32, brightness_hz: f32) -> Oscillator<'static> {
        let harmonics = (brightness_hz.min(16_000.0) / frequency).max(2.0);
        let table = (harmonics.log2() as usize).clamp(1, 6) - 1;
        Oscillator { table: &SAWS[table], phase, step: frequency / RATE }
    }

    /// The next sample; `bend` shifts the place of reading by so many turns.
    fn next(&mut self, bend: f32) -> f32 {
        let turn = self.phase + bend;
        let place = (turn - turn.floor()) * TABLE as f32;
        let at = (place as usize).min(TABLE - 1);
        let value = self.table[at] + (self.table[at + 1] - self.table[at]) * (place - at as f32);
        self.phase += self.step;
        self.phase -= self.phase.floor();
        value
    }
}

/// Plays a note of `voice`.
pub(super) fn play(voice: Voice, note: &Note, chance: &mut SeededEntropy, out: &mut Vec<f32>) {
    match voice {
        Voice::Sine => sustained(
            note,
            chance,
            out,
            &Timbre { voices: 1, saw: false, detune: 0.0, attack: 0.03, release: 0.15, bright: 2.0 },
        ),
        Voice::Pad => sustained(
            note,
            chance,
            out,
            &Timbre { voices: 4, saw: true, detune: 0.004, attack: 0.7, release: 1.4, bright: 5.0 },
        ),
        Voice::Strings => sustained(
            note,
            chance,
            out,
            &Timbre { voices: 5, saw: true, detune: 0.0028, attack: 0.32, release: 0.6, bright: 9.0 },
        ),
        Voice::Saw => sustained(
            note,
            chance,
            out,
            &Timbre { voices: 2, saw: true, detune: 0.0035, attack: 0.008, release: 0.12, bright: 10.0 },
        ),
        Voice::SynthBass => sustained(
            note,
            chance,
            out,
            &Timbre { voices: 2, saw: true, detune: 0.0015, attack: 0.006, release: 0.05, bright: 5.0 },
        ),
        Voice::Guitar => plucked(note, chance, out, 0.9965, 0.45),
        Voice::UprightBass => plucked(note, chance, out, 0.996, 0.16),
        Voice::ElectricPiano => struck(note, out, 1.0, 1.6, 1.6, (14.0, 0.09)),
        Voice::Bell => struck(note, out, 3.5, 1.1, 1.9, (1.0, 0.0)),
        Voice::Marimba => struck(note, out, 4.0, 0.5, 0.5, (1.0, 0.0)),
        Voice::Organ => organ(note, out),
        Voice::Flute => flute(note, chance, out),
    }
}

struct Timbre {
    voices: u32,
    saw: bool,
    detune: f32,
    attack: f32,
    release: f32,
    /// Harmonics that are left of a bright saw.
    bright: f32,
}

/// From 0 to 1 and back in smooth curves.
fn swell(at: usize, frames: usize, attack: f32, release: f32) -> f32 {
    let smooth = |x: f32| x * x * (3.0 - 2.0 * x);
    let rise = smooth((at as f32 / (attack * RATE)).min(1.0));
    let left = (frames as f32 + release * RATE - at as f32) / (release * RATE);
    rise * smooth(left.clamp(0.0, 1.0))
}

fn sustained(note: &Note, chance: &mut SeededEntropy, out: &mut Vec<f32>, timbre: &Timbre) {
    let count = timbre.voices;
    let mut oscillators: Vec<_> = (0..count)
        .map(|number| {
            let off = (number as f32 - (count - 1) as f32 / 2.0) * timbre.detune;
            let phase = if count == 1 { 0.0 } else { fraction(chance) };
            let frequency = note.frequency * (1.0 + off);
            let bright = note.frequency * timbre.bright * 2.0;
            if timbre.saw {
                Oscillator::saw(frequency, phase, bright)
            } else {
                Oscillator::sine(frequency, phase)
            }
        })
        .collect();
    let total = note.frames + (timbre.release * RATE) as usize;
    let gain = note.force / (count as f32).sqrt();
    // A low pass that opens with the note.
    let cutoff = (note.frequency * timbre.bright * (0.5 + note.force * 0.5)).min(9000.0);
    let (mut low, mut lower) = (0.0, 0.0);
    let pace = 1.0 - (-TAU * cutoff / RATE).exp();
    for at in 0..total {
        let value: f32 = oscillators.iter_mut().map(|oscillator| oscillator.next(0.0)).sum();
        low += (value - low) * pace;
        lower += (low - lower) * pace;
        out.push(
            if timbre.saw { lower } else { value }
                * gain
                * swell(at, note.frames, timbre.attack, timbre.release),
        );
    }
}

/// A string after Karplus and Strong: noise in a loop that loses its edge.
fn plucked(note: &Note, chance: &mut SeededEntropy, out: &mut Vec<f32>, keep: f32, bright: f32) {
    let period = RATE / note.frequency;
    // Half a sample is lost in the averaging.
    let len = (period - 0.5).floor().max(2.0) as usize;
    let rest = period - 0.5 - len as f32;
    let mut string = vec![0.0; len];
    let mut soft = 0.0;
    for value in &mut string {
        soft += (fraction(chance) * 2.0 - 1.0 - soft) * (bright + 0.35 * note.force).min(1.0);
        *value = soft;
    }
    let mean = string.iter().sum::<f32>() / len as f32;
    let total = note.frames + (0.25 * RATE) as usize;
    let (mut at, mut last, mut tuned, mut tuned_before) = (0, 0.0, 0.0, 0.0);
    // An all-pass for the part of a sample, so that it is in tune.
    let tuning = (1.0 - rest) / (1.0 + rest);
    let keep = keep.powf((220.0 / note.frequency).clamp(0.4, 2.0));
    for frame in 0..total {
        let value = string[at] - mean;
        let averaged = (value + last) * 0.5 * keep;
        last = value;
        let fed = tuning * (averaged - tuned) + tuned_before;
        (tuned_before, tuned) = (averaged, fed);
        string[at] = fed + mean;
        at = (at + 1) % len;
        out.push(value * note.force * 1.3 * swell(frame, note.frames, 0.002, 0.25));
    }
}

/// Two sines, of which one bends the other: electric pianos, bells, bars of wood. `tine` is a third, short one.
fn struck(note: &Note, out: &mut Vec<f32>, ratio: f32, depth: f32, seconds: f32, tine: (f32, f32)) {
    let mut carrier = Oscillator::sine(note.frequency, 0.0);
    let mut bender = Oscillator::sine(note.frequency * ratio, 0.0);
    let mut second = Oscillator::sine((note.frequency * tine.0).min(12_000.0), 0.0);
    let ring = seconds * (440.0 / note.frequency).clamp(0.35, 1.6).sqrt();
    let total = (note.frames + (0.3 * RATE) as usize).min((ring * 4.0 * RATE) as usize);
    let held = total.saturating_sub((0.3 * RATE) as usize);
    // High notes bend less, or their partials would fold back.
    let depth = depth * note.force * (1200.0 / note.frequency).min(1.0) / TAU;
    let (fade, fade_fast) = ((-1.0 / (ring * RATE)).exp(), (-1.0 / (ring * 0.25 * RATE)).exp());
    let (mut level, mut bend) = (1.0, 1.0);
    for at in 0..total {
        let bending = bender.next(0.0) * depth * bend;
        let value = carrier.next(bending) * level + second.next(0.0) * tine.1 * bend;
        level *= fade;
        bend *= fade_fast;
        out.push(value * note.force * swell(at, held, 0.003, 0.3));
    }
}

fn organ(note: &Note, out: &mut Vec<f32>) {
    let bars = [(0.5, 0.5), (1.0, 0.8), (1.5, 0.25), (2.0, 0.5), (3.0, 0.3), (4.0, 0.2)];
    let mut pipes: Vec<_> =
        bars.iter().map(|(ratio, level)| (Oscillator::sine(note.frequency * ratio, 0.0), level)).collect();
    let total = note.frames + (0.06 * RATE) as usize;
    let mut turning = Oscillator::sine(5.6, 0.0);
    for at in 0..total {
        let bend = turning.next(0.0) * 0.0006;
        let value: f32 = pipes.iter_mut().map(|(pipe, level)| pipe.next(bend) * **level).sum();
        out.push(value * 0.42 * note.force * swell(at, note.frames, 0.006, 0.06));
    }
}

fn flute(note: &Note, chance: &mut SeededEntropy, out: &mut Vec<f32>) {
    let mut tone = Oscillator::sine(note.frequency, 0.0);
    let mut overtone = Oscillator::sine(note.frequency * 2.0, 0.0);
    let mut vibrato = Oscillator::sine(5.1, 0.0);
    let (mut breath, mut depth) = (0.0, 0.0f32);
    let total = note.frames + (0.14 * RATE) as usize;
    for at in 0..total {
        // The vibrato comes when the note has settled.
        depth = (depth + 1.0 / (0.9 * RATE)).min(1.0);
        let bend = vibrato.next(0.0) * depth * note.frequency * 0.006 / (TAU * 5.1);
        breath += (fraction(chance) - 0.5 - breath) * 0.22;
        let value = tone.next(bend) + overtone.next(bend * 2.0) * 0.16 + breath * 0.12;
        out.push(value * note.force * 0.7 * swell(at, note.frames, 0.07, 0.14));
    }
}
