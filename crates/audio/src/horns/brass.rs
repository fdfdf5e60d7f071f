//! What is blown.

use super::tone::{Curve, Filter, Saw, Sine, Take, along, held};
use std::f32::consts::TAU;

/// Several saws a little apart, through a filter that opens as they get loud.
struct Brass<'a> {
    /// Hz over time.
    pitch: Curve<'a>,
    loud: Curve<'a>,
    /// The voices, as multiples of the pitch.
    voices: &'a [f32],
    /// How many times the pitch the filter lets through when it is loud.
    bright: f32,
}

impl Brass<'_> {
    fn sound(&self, take: &mut Take, start: f32, length: f32) {
        let mut saws: Vec<_> = (0..self.voices.len()).map(|at| Saw::at(at as f32 * 0.37 % 1.0)).collect();
        let mut filter = Filter::default();
        let gain = 1.0 / (self.voices.len() as f32).sqrt();
        take.add(start, length, |time| {
            let (pitch, loud) = (along(self.pitch, time), along(self.loud, time));
            let voices = saws.iter_mut().zip(self.voices);
            let sum: f32 = voices.map(|(saw, ratio)| saw.next(pitch * ratio)).sum();
            let open = pitch * (1.0 + self.bright * loud);
            filter.next(sum * gain, open, 0.9).low * loud * held(time, length, 0.012, 0.05)
        });
    }
}

/// Three trumpets of a compressed-air horn: a chord that is sharp from the first moment, and sags when the air is out.
const AIR: [f32; 6] = [0.997, 1.003, 1.189, 1.193, 1.498, 1.502];

fn air(take: &mut Take, start: f32, length: f32, bent: f32) {
    let pitch = [(0.0, 372.0), (0.05, 415.0), (length - 0.16, 413.0), (length, 415.0 * bent)];
    let loud = [(0.0, 0.0), (0.02, 1.0), (length - 0.1, 0.9), (length, 0.2)];
    Brass { pitch: &pitch, loud: &loud, voices: &AIR, bright: 9.0 }.sound(take, start, length);
}

pub(super) fn air_horn(take: &mut Take) {
    air(take, 0.0, 1.3, 0.8);
    take.shape(|sample| (sample * 2.2).tanh());
}

pub(super) fn triple_horn(take: &mut Take) {
    air(take, 0.0, 0.17, 0.95);
    air(take, 0.22, 0.17, 0.95);
    air(take, 0.44, 0.95, 0.75);
    take.shape(|sample| (sample * 2.2).tanh());
    take.echo(0.11, 0.25);
}

pub(super) fn winding_horn(take: &mut Take) {
    // Short ones that hurry, and a long one that runs down like a record that is stopped.
    let mut start = 0.0;
    for length in [0.16, 0.13, 0.1, 0.08, 0.06, 0.05] {
        air(take, start, length, 0.97);
        start += length;
    }
    let length = 1.15;
    let pitch = [(0.0, 415.0), (0.35, 415.0), (0.8, 190.0), (length, 45.0)];
    let loud = [(0.0, 1.0), (0.7, 0.9), (length, 0.0)];
    Brass { pitch: &pitch, loud: &loud, voices: &AIR, bright: 8.0 }.sound(take, start, length);
    take.shape(|sample| (sample * 2.0).tanh());
}

pub(super) fn ship_horn(take: &mut Take) {
    let pitch = [(0.0, 84.0), (0.25, 87.3), (2.4, 87.0)];
    let loud = [(0.0, 0.0), (0.3, 1.0), (1.9, 0.9), (2.4, 0.0)];
    let voices = [0.5, 0.998, 1.002, 1.26, 1.264, 1.5];
    Brass { pitch: &pitch, loud: &loud, voices: &voices, bright: 11.0 }.sound(take, 0.0, 2.4);
    take.shape(|sample| (sample * 1.8).tanh());
}

/// A tune of (MIDI note, seconds), each note a little detached.
fn tune(take: &mut Take, notes: &[(f32, f32)], voices: &[f32], bright: f32) {
    let mut start = 0.0;
    for &(note, length) in notes {
        let hertz = 440.0 * ((note - 69.0) / 12.0).exp2();
        let pitch = [(0.0, hertz * 0.97), (0.03, hertz)];
        let loud = [(0.0, 0.3), (0.03, 1.0), (0.12, 0.8), (length, 0.7)];
        Brass { pitch: &pitch, loud: &loud, voices, bright }.sound(take, start, length - 0.015);
        start += length;
    }
}

pub(super) fn bugle(take: &mut Take) {
    let call = [(67.0, 0.14), (72.0, 0.14), (76.0, 0.14), (79.0, 0.32), (76.0, 0.16), (79.0, 0.95)];
    tune(take, &call, &[0.998, 1.002], 7.0);
    take.echo(0.19, 0.22);
}

pub(super) fn fanfare(take: &mut Take) {
    let melody = [(72.0, 0.13), (72.0, 0.13), (72.0, 0.13), (77.0, 0.38), (74.0, 0.19), (79.0, 0.95)];
    for down in [0.0, 3.0, 8.0] {
        let part = melody.map(|(note, length)| (note - down, length));
        tune(take, &part, &[0.996, 1.004], 6.0);
    }
    take.echo(0.14, 0.2);
}

pub(super) fn sad_trombone(take: &mut Take) {
    let mut mute = Filter::default();
    let mut start = 0.0;
    for (at, hertz) in [233.1_f32, 220.0, 207.7, 196.0].into_iter().enumerate() {
        let last = at == 3;
        let length = if last { 1.2 } else { 0.4 };
        let mut saw = Saw::default();
        take.add(start, length, |time| {
            // A hand before the bell: wah. The last one does not end well.
            let hand = if last { (time * TAU * 4.2).sin() } else { -(time / length * TAU).cos() };
            let sag =
                if last { 1.0 - 0.1 * (time / length).powi(2) + 0.02 * hand } else { 1.0 - 0.02 * time };
            let sound = saw.next(hertz * sag);
            mute.next(sound, 650.0 + 420.0 * hand, 2.2).low * held(time, length, 0.03, 0.08)
        });
        start += length;
    }
}

pub(super) fn party_blower(take: &mut Take) {
    let mut noise = take.noise();
    let (mut reed, mut paper) = (Saw::default(), Filter::default());
    take.add(0.0, 0.9, |time| {
        // It unrolls, is full, and rolls up again.
        let pitch = along(&[(0.0, 290.0), (0.12, 420.0), (0.62, 450.0), (0.9, 260.0)], time);
        let loud = along(&[(0.0, 0.2), (0.1, 1.0), (0.65, 1.0), (0.9, 0.0)], time);
        let flutter = 1.0 - 0.5 * (time * TAU * 42.0).sin().max(0.0);
        let sound = reed.next(pitch) * 0.8 + noise.next() * 0.35;
        paper.next(sound * flutter, 1_450.0, 1.4).band * loud
    });
}

pub(super) fn kazoo(take: &mut Take) {
    let mut start = 0.0;
    for (note, length) in [(67.0_f32, 0.22), (64.0, 0.22), (67.0, 0.22), (64.0, 0.22), (72.0, 0.6)] {
        let hertz = 440.0 * ((note - 69.0) / 12.0).exp2();
        let (mut hum, mut membrane, mut buzz) = (Sine::default(), Saw::default(), Filter::default());
        take.add(start, length, |time| {
            let pitch = hertz * (1.0 + 0.012 * (time * TAU * 6.0).sin());
            // The membrane only buzzes while the hum pushes it.
            let push = hum.next(pitch, 0.0).max(0.0);
            let sound = membrane.next(pitch * 2.0) * push + push * 0.4;
            buzz.next(sound, 1_900.0, 1.8).band * held(time, length, 0.02, 0.04)
        });
        start += length;
    }
}
