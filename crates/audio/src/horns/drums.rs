//! What is struck.

use super::tone::{Filter, Sine, Take, along, decay};

fn stick(take: &mut Take, start: f32, force: f32, hertz: f32) {
    let mut noise = take.noise();
    let (mut wood, mut body) = (Sine::default(), Filter::default());
    take.add(start, 0.12, |time| {
        let knock = wood.next(hertz, 0.0) * decay(time, 0.018);
        (knock + body.next(noise.next(), hertz * 1.4, 2.0).band * decay(time, 0.006)) * force
    });
}

fn snare(take: &mut Take, start: f32, force: f32) {
    let mut noise = take.noise();
    let (mut skin, mut wires) = (Sine::default(), Filter::default());
    take.add(start, 0.22, |time| {
        let head = skin.next(along(&[(0.0, 300.0), (0.03, 190.0)], time), 0.0) * decay(time, 0.05);
        (head * 0.8 + wires.next(noise.next(), 1_800.0, 0.7).high * decay(time, 0.07)) * force
    });
}

fn tom(take: &mut Take, start: f32, hertz: f32) {
    let mut skin = Sine::default();
    take.add(start, 0.3, |time| skin.next(hertz * (1.0 + 0.6 * decay(time, 0.03)), 0.0) * decay(time, 0.1));
}

fn crash(take: &mut Take, start: f32, force: f32, ring: f32) {
    let mut noise = take.noise();
    let mut bronze = [Filter::default(), Filter::default(), Filter::default()];
    take.add(start, 2.5, |time| {
        let hiss = noise.next();
        let tones = [3_100.0, 5_400.0, 7_900.0];
        let sum: f32 = bronze.iter_mut().zip(tones).map(|(f, hertz)| f.next(hiss, hertz, 1.2).band).sum();
        sum * decay(time, ring) * force * (time / 0.004).min(1.0)
    });
}

/// Four clicks of the sticks, and the first beat.
pub(super) fn count_in(take: &mut Take) {
    for beat in 0..4 {
        stick(take, beat as f32 * 0.3, 1.0, if beat == 0 { 2_300.0 } else { 1_900.0 });
    }
    tom(take, 1.2, 62.0);
    crash(take, 1.2, 0.5, 0.16);
}

pub(super) fn drumroll(take: &mut Take) {
    let mut at = 0.0;
    let mut hand = 0;
    while at < 1.65 {
        let swell = 0.15 + 0.6 * at / 1.65;
        snare(take, at, if hand % 2 == 0 { swell } else { swell * 0.85 });
        at += 0.034;
        hand += 1;
    }
    tom(take, 1.7, 58.0);
    snare(take, 1.7, 1.2);
    crash(take, 1.7, 0.9, 0.25);
}

/// For a joke that was not as good as all that.
pub(super) fn rim_shot(take: &mut Take) {
    tom(take, 0.0, 150.0);
    snare(take, 0.0, 0.5);
    tom(take, 0.17, 105.0);
    snare(take, 0.34, 1.0);
    crash(take, 0.36, 0.7, 0.2);
}

pub(super) fn gong(take: &mut Take) {
    // Partials of a plate of bronze; the high ones come late and go early.
    let partials = [
        (1.0, 1.0),
        (1.47, 0.6),
        (2.09, 0.75),
        (2.56, 0.5),
        (3.39, 0.45),
        (4.08, 0.35),
        (5.31, 0.3),
        (7.13, 0.26),
        (9.42, 0.22),
        (13.1, 0.18),
        (17.6, 0.12),
    ];
    for (number, (ratio, level)) in partials.into_iter().enumerate() {
        let (mut tone, mut beat) = (Sine::default(), Sine::default());
        let high = number as f32;
        take.add(0.0, 2.5, |time| {
            let bloom = (time / (0.01 + 0.05 * high)).min(1.0);
            let hertz = 98.0 * ratio * (1.0 + 0.02 * decay(time, 0.2));
            let sound = tone.next(hertz, 0.0) + beat.next(hertz * 1.006, 0.0) * 0.6;
            sound * level * bloom * decay(time, 1.3 / (1.0 + 0.28 * high))
        });
    }
    let mut noise = take.noise();
    let mut mallet = Filter::default();
    take.add(0.0, 0.3, |time| mallet.next(noise.next(), 320.0, 0.8).low * decay(time, 0.04) * 3.0);
}
