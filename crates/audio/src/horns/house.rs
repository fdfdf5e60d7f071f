//! What a kitchen, a street and a cupboard of old machines have to say.

use super::tone::{Filter, Saw, Sine, Take, along, decay, held};
use std::f32::consts::TAU;

/// A struck bar: two sines, of which one bends the other.
fn chime(take: &mut Take, start: f32, hertz: f32, ratio: f32, ring: f32) {
    let (mut bar, mut bend) = (Sine::default(), Sine::default());
    take.add(start, 2.0, |time| {
        let bending = bend.next(hertz * ratio, 0.0) * 0.2 * decay(time, ring * 0.3);
        bar.next(hertz, bending) * decay(time, ring) * (time / 0.002).min(1.0)
    });
}

/// A short piece of noise around a pitch.
fn tick(take: &mut Take, start: f32, hertz: f32, seconds: f32, force: f32) {
    let mut noise = take.noise();
    let mut filter = Filter::default();
    take.add(start, seconds * 6.0, |time| {
        filter.next(noise.next(), hertz, 1.5).band * decay(time, seconds) * force
    });
}

pub(super) fn doorbell(take: &mut Take) {
    chime(take, 0.0, 659.3, 3.5, 0.4);
    chime(take, 0.55, 523.3, 3.5, 0.55);
}

/// The spring, the bread, the bell.
pub(super) fn toaster(take: &mut Take) {
    tick(take, 0.0, 900.0, 0.012, 2.0);
    let mut coil = Sine::default();
    take.add(0.02, 0.25, |time| {
        let wobble = (time * TAU * 28.0).sin() * decay(time, 0.09);
        coil.next(240.0 * (1.0 + 0.35 * wobble), 0.0) * decay(time, 0.08) * 0.7
    });
    tick(take, 0.2, 500.0, 0.02, 1.6);
    chime(take, 0.3, 1_760.0, 2.76, 0.3);
}

/// A can is opened, and poured.
pub(super) fn soda(take: &mut Take) {
    tick(take, 0.0, 2_600.0, 0.01, 3.0);
    let mut noise = take.noise();
    let mut hiss = Filter::default();
    take.add(0.02, 1.5, |time| {
        let bright = along(&[(0.0, 7_500.0), (0.3, 5_200.0), (1.4, 3_600.0)], time);
        let loud = along(&[(0.0, 1.0), (0.25, 0.5), (0.5, 0.16), (1.5, 0.0)], time);
        hiss.next(noise.next(), bright, 0.9).band * loud
    });
    let mut places = take.noise();
    for bubble in 0..26 {
        let start = 0.35 + bubble as f32 * 0.042 + places.next() * 0.02;
        let hertz = 900.0 + 700.0 * places.next().abs() + 14.0 * bubble as f32;
        let mut drop = Sine::default();
        take.add(start, 0.05, |time| {
            drop.next(hertz * (1.0 + time * 14.0), 0.0) * held(time, 0.05, 0.004, 0.03) * 0.32
        });
    }
}

/// A tape is wound back, stopped, and the key goes down.
pub(super) fn reload(take: &mut Take) {
    let (mut chatter, mut motor, mut head) = (Saw::default(), Saw::default(), Filter::default());
    take.add(0.0, 0.72, |time| {
        let speed = along(&[(0.0, 500.0), (0.25, 1_500.0), (0.6, 2_100.0), (0.72, 240.0)], time);
        let words = (time * TAU * 23.0).sin() * (time * TAU * 7.1).cos();
        let sound = chatter.next(speed * (1.0 + 0.4 * words)) + motor.next(speed * 0.13) * 0.4;
        head.next(sound, speed * 1.6, 1.6).band * held(time, 0.72, 0.03, 0.03) * (0.6 + 0.4 * words)
    });
    tick(take, 0.78, 1_500.0, 0.01, 2.4);
    tick(take, 0.9, 420.0, 0.02, 2.6);
    tick(take, 0.905, 3_200.0, 0.008, 1.6);
}

pub(super) fn siren(take: &mut Take) {
    let (mut horn, mut under, mut cone) = (Saw::default(), Saw::at(0.5), Filter::default());
    take.add(0.0, 2.2, |time| {
        // Two slow turns and then three quick ones.
        let turns = along(&[(0.0, 0.0), (1.3, 2.0), (2.2, 5.0)], time);
        let pitch = 780.0 + 330.0 * -(turns * TAU).cos();
        let square = horn.next(pitch) - under.next(pitch);
        cone.next(square, 1_500.0, 1.1).band * held(time, 2.2, 0.02, 0.15)
    });
    take.echo(0.17, 0.2);
}

/// A ruler over the edge of a desk.
pub(super) fn spring(take: &mut Take) {
    let (mut ruler, mut desk) = (Sine::default(), Saw::default());
    let mut body = Filter::default();
    take.add(0.0, 0.98, |time| {
        let pitch = along(&[(0.0, 95.0), (0.3, 130.0), (0.98, 260.0)], time);
        let swing = (time * TAU * along(&[(0.0, 11.0), (0.98, 19.0)], time)).sin();
        let bend = swing * 0.35 * decay(time, 0.4);
        let sound = ruler.next(pitch * (1.0 + bend), bend) + desk.next(pitch * (1.0 + bend)) * 0.5;
        body.next(sound, 700.0 + 500.0 * swing, 2.0).low * decay(time, 0.33)
    });
    tick(take, 0.0, 1_200.0, 0.006, 1.5);
}

/// Muted strings through a pedal that goes up and down.
pub(super) fn wah_guitar(take: &mut Take) {
    let strokes: [(f32, f32, bool); 9] = [
        (0.0, 0.9, false),
        (0.12, 0.5, true),
        (0.24, 0.9, false),
        (0.36, 0.6, true),
        (0.48, 1.0, false),
        (0.72, 0.6, true),
        (0.84, 0.9, true),
        (0.96, 0.7, true),
        (1.08, 1.0, false),
    ];
    for (at, (start, force, muted)) in strokes.into_iter().enumerate() {
        let length = if muted {
            0.1
        } else if at == 8 {
            0.6
        } else {
            0.2
        };
        let mut strings: Vec<_> = (0..3).map(|string| Saw::at(string as f32 * 0.3)).collect();
        let mut noise = take.noise();
        let mut pedal = Filter::default();
        take.add(start, length, |time| {
            let ring: f32 =
                strings.iter_mut().zip([146.8, 174.6, 220.0]).map(|(saw, hertz)| saw.next(hertz)).sum();
            let scratch = noise.next() * decay(time, if muted { 0.03 } else { 0.008 });
            let sound = if muted { scratch * 1.6 + ring * 0.1 } else { ring * 0.5 + scratch };
            let up = (time / length).min(1.0);
            let hertz = if muted { 1_500.0 } else { 450.0 + 1_900.0 * (up * TAU * 0.5).sin() };
            pedal.next(sound, hertz, 4.0).band * force * held(time, length, 0.004, 0.05)
        });
    }
}
