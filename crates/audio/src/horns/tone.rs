//! What sounds are made of: oscillators, noise, filters, curves, and the last step that makes them fit to be heard.

use model::{Entropy as _, SeededEntropy};
use std::f32::consts::{PI, TAU};

/// Frames a second.
pub(super) const SAMPLE_RATE: u32 = 22_050;
const RATE: f32 = SAMPLE_RATE as f32;

/// The highest sample, and the loudness of the loud parts that all sounds come near.
const PEAK: f32 = 0.85;
const LOUD: f32 = 0.22;
const FADE_IN_SECONDS: f32 = 0.003;
const FADE_OUT_SECONDS: f32 = 0.02;

/// A value over time: points of (seconds, value), joined by straight lines.
pub(super) type Curve<'a> = &'a [(f32, f32)];

/// The value of a curve at a time; before its first point and after its last one it does not change.
pub(super) fn along(curve: Curve<'_>, seconds: f32) -> f32 {
    let mut before: Option<(f32, f32)> = None;
    for &(at, value) in curve {
        if seconds < at {
            return match before {
                Some((from, start)) => start + (value - start) * (seconds - from) / (at - from),
                None => value,
            };
        }
        before = Some((at, value));
    }
    before.map_or(0.0, |(_, value)| value)
}

/// Falls to a third in `seconds`.
pub(super) fn decay(time: f32, seconds: f32) -> f32 {
    (-time / seconds).exp()
}

/// Rises within `attack` seconds, and falls within `release` to the end of `length`.
pub(super) fn held(time: f32, length: f32, attack: f32, release: f32) -> f32 {
    let smooth = |x: f32| x * x * (3.0 - 2.0 * x);
    smooth((time / attack).clamp(0.0, 1.0)) * smooth(((length - time) / release).clamp(0.0, 1.0))
}

/// A sound of one channel in the making.
pub(super) struct Take {
    samples: Vec<f32>,
    seed: u64,
}

impl Take {
    pub(super) fn of(millis: u64, seed: u64) -> Self {
        let frames = millis * u64::from(SAMPLE_RATE) / 1_000;
        Self { samples: vec![0.0; usize::try_from(frames).unwrap_or(0)], seed }
    }

    /// Adds a voice from `start` for `length` seconds, as far as there is room; it is told its own time.
    pub(super) fn add(&mut self, start: f32, length: f32, mut voice: impl FnMut(f32) -> f32) {
        let frames = (length * RATE) as usize;
        let from = (start * RATE) as usize;
        for (at, sample) in self.samples.iter_mut().skip(from).take(frames).enumerate() {
            *sample += voice(at as f32 / RATE);
        }
    }

    /// Noise that nothing else in this sound has.
    pub(super) fn noise(&mut self) -> Noise {
        self.seed += 101;
        Noise(SeededEntropy::from_seed(self.seed))
    }

    /// Passes everything so far through `change`.
    pub(super) fn shape(&mut self, mut change: impl FnMut(f32) -> f32) {
        self.samples.iter_mut().for_each(|sample| *sample = change(*sample));
    }

    /// Repeats everything after `seconds`, each time weaker.
    pub(super) fn echo(&mut self, seconds: f32, keep: f32) {
        let delay = (seconds * RATE) as usize;
        for at in delay..self.samples.len() {
            self.samples[at] += self.samples[at - delay] * keep;
        }
    }
}

/// White noise from -1 to 1.
pub(super) struct Noise(SeededEntropy);

impl Noise {
    pub(super) fn next(&mut self) -> f32 {
        self.0.below(1 << 24) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// A sine.
#[derive(Default)]
pub(super) struct Sine(f32);

impl Sine {
    /// The next sample; `bend` shifts the place of reading by so many turns.
    pub(super) fn next(&mut self, hertz: f32, bend: f32) -> f32 {
        let value = ((self.0 + bend) * TAU).sin();
        self.0 = (self.0 + hertz / RATE).fract();
        value
    }
}

/// A saw whose edge is rounded over two samples (PolyBLEP, Välimäki and Huovilainen 2007), against aliases.
#[derive(Default)]
pub(super) struct Saw(f32);

impl Saw {
    pub(super) fn at(phase: f32) -> Self {
        Self(phase)
    }

    pub(super) fn next(&mut self, hertz: f32) -> f32 {
        let step = (hertz / RATE).clamp(1e-6, 0.45);
        let phase = self.0;
        self.0 = (phase + step).fract();
        let edge = if phase < step {
            let x = phase / step;
            x + x - x * x - 1.0
        } else if phase > 1.0 - step {
            let x = (phase - 1.0) / step;
            x * x + x + x + 1.0
        } else {
            0.0
        };
        2.0 * phase - 1.0 - edge
    }
}

/// A filter of two poles with three ways out (trapezoidal state variables, Simper 2013).
#[derive(Default)]
pub(super) struct Filter {
    first: f32,
    second: f32,
}

/// What comes out of a [`Filter`]; `band` has its peak at 1.
pub(super) struct Bands {
    pub(super) low: f32,
    pub(super) band: f32,
    pub(super) high: f32,
}

impl Filter {
    pub(super) fn next(&mut self, input: f32, hertz: f32, sharpness: f32) -> Bands {
        let g = (PI * hertz.clamp(20.0, 0.45 * RATE) / RATE).tan();
        let k = 1.0 / sharpness;
        let a = 1.0 / (1.0 + g * (g + k));
        let rest = input - self.second;
        let band = a * (self.first + g * rest);
        let low = self.second + g * band;
        self.first = 2.0 * band - self.first;
        self.second = 2.0 * low - self.second;
        Bands { low, band: band * k, high: input - k * band - low }
    }
}

/// A throat or a horn: a saw with noise in it, shaped by up to three resonances.
pub(super) struct Throat<'a> {
    /// Pitch in Hz.
    pub(super) pitch: Curve<'a>,
    /// Loudness.
    pub(super) loud: Curve<'a>,
    /// The resonances: Hz over time, and how strong.
    pub(super) resonances: [(Curve<'a>, f32); 3],
    /// How much breath is in it, 0 to 1.
    pub(super) breath: f32,
    /// How hoarse it is: the depth and the Hz of its roughness.
    pub(super) rough: (f32, f32),
}

impl Throat<'_> {
    pub(super) fn sound(&self, take: &mut Take, start: f32, length: f32) {
        let mut noise = take.noise();
        let (mut cords, mut roughness, mut wander) = (Saw::default(), Sine::default(), 0.0);
        let mut filters = [Filter::default(), Filter::default(), Filter::default()];
        take.add(start, length, |time| {
            let breath = noise.next();
            wander += (breath - wander) * 0.01;
            let pitch = along(self.pitch, time) * (1.0 + wander * 0.25);
            let (depth, hertz) = self.rough;
            let rough = 1.0 - depth * (0.5 + 0.5 * roughness.next(hertz, wander));
            let source = cords.next(pitch) * rough * (1.0 - self.breath) + breath * self.breath;
            let heard: f32 = filters
                .iter_mut()
                .zip(&self.resonances)
                .map(|(filter, (hertz, strength))| {
                    filter.next(source, along(hertz, time), 5.0).band * strength
                })
                .sum();
            heard * along(self.loud, time) * held(time, length, 0.006, 0.02)
        });
    }
}

/// Makes a sound fit to be heard: no rumble, as loud as the others, no peak too high, silence at both ends.
pub(super) fn finish(take: Take) -> Vec<i16> {
    let mut samples = take.samples;
    let mut rumble = Filter::default();
    samples.iter_mut().for_each(|sample| *sample = rumble.next(*sample, 45.0, 0.7).high);
    let count = samples.len();
    for (at, sample) in samples.iter_mut().enumerate() {
        let rise = at as f32 / (FADE_IN_SECONDS * RATE);
        let fall = (count - 1 - at) as f32 / (FADE_OUT_SECONDS * RATE);
        *sample *= rise.min(1.0) * fall.min(1.0);
    }
    let peak = samples.iter().fold(1e-6_f32, |peak, sample| peak.max(sample.abs()));
    let gain = (LOUD / loudest(&samples)).min(PEAK / peak);
    samples.iter().map(|sample| (sample * gain * f32::from(i16::MAX)).round() as i16).collect()
}

/// The root mean square of the loudest fifth of a second.
fn loudest(samples: &[f32]) -> f32 {
    let power = |part: &[f32]| part.iter().map(|sample| sample * sample).sum::<f32>() / part.len() as f32;
    let length = (RATE * 0.2) as usize;
    samples
        .chunks(length / 2)
        .zip(samples.chunks(length / 2).skip(1))
        .fold(1e-6_f32, |most, (a, b)| most.max(((power(a) + power(b)) * 0.5).sqrt()))
}
