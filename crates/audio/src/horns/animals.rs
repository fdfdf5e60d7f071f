//! Who calls: birds of this rookery and their neighbours.

use super::tone::{Curve, Filter, Saw, Sine, Take, Throat, along, decay, held};
use std::f32::consts::TAU;

const WIDE: Curve<'static> = &[(0.0, 1_900.0)];

pub(super) fn caw(take: &mut Take) {
    for start in [0.0, 0.55] {
        Throat {
            pitch: &[(0.0, 360.0), (0.08, 470.0), (0.3, 400.0), (0.45, 300.0)],
            loud: &[(0.0, 0.0), (0.05, 1.0), (0.3, 0.8), (0.45, 0.0)],
            resonances: [
                (&[(0.0, 800.0), (0.12, 1_250.0), (0.45, 950.0)], 1.0),
                (WIDE, 0.8),
                (&[(0.0, 3_100.0)], 0.4),
            ],
            breath: 0.3,
            rough: (0.8, 78.0),
        }
        .sound(take, start, 0.46);
    }
}

pub(super) fn eagle(take: &mut Take) {
    let mut noise = take.noise();
    let (mut cry, mut over, mut air) = (Sine::default(), Sine::default(), Filter::default());
    take.add(0.0, 1.6, |time| {
        let pitch = along(&[(0.0, 2_100.0), (0.09, 3_050.0), (0.5, 2_750.0), (1.6, 1_650.0)], time);
        let shake = (time * TAU * 17.0).sin() * along(&[(0.0, 0.0), (0.5, 0.2), (1.2, 0.9)], time);
        let pitch = pitch * (1.0 + shake * 0.035);
        let loud = along(&[(0.0, 0.0), (0.06, 1.0), (0.9, 0.7), (1.6, 0.0)], time) * (1.0 - 0.3 * shake);
        let hoarse = air.next(noise.next(), pitch, 6.0).band;
        (cry.next(pitch, hoarse * 0.08) + over.next(pitch * 2.0, 0.0) * 0.25 + hoarse * 0.7) * loud
    });
    take.echo(0.23, 0.3);
}

pub(super) fn cuckoo(take: &mut Take) {
    for (start, hertz) in [(0.0, 784.0), (0.28, 622.3), (0.66, 784.0), (0.94, 622.3)] {
        let mut noise = take.noise();
        let (mut tone, mut over, mut breath) = (Sine::default(), Sine::default(), Filter::default());
        take.add(start, 0.26, |time| {
            let wind = breath.next(noise.next(), hertz, 3.0).band * 0.35;
            let sound = tone.next(hertz, 0.0) + over.next(hertz * 3.0, 0.0) * 0.08 + wind;
            sound * held(time, 0.26, 0.03, 0.09)
        });
    }
    take.echo(0.06, 0.18);
}

pub(super) fn rooster(take: &mut Take) {
    let syllables: [(f32, f32, Curve<'_>); 4] = [
        (0.0, 0.2, &[(0.0, 480.0), (0.1, 640.0), (0.2, 600.0)]),
        (0.24, 0.14, &[(0.0, 700.0), (0.14, 640.0)]),
        (0.42, 0.26, &[(0.0, 660.0), (0.13, 860.0), (0.26, 800.0)]),
        (0.7, 1.2, &[(0.0, 780.0), (0.12, 980.0), (0.6, 900.0), (1.2, 480.0)]),
    ];
    for (start, length, pitch) in syllables {
        Throat {
            pitch,
            loud: &[(0.0, 0.0), (0.04, 1.0), (length * 0.7, 0.9), (length, 0.0)],
            resonances: [
                (&[(0.0, 900.0), (0.15, 1_300.0), (1.2, 850.0)], 1.0),
                (&[(0.0, 2_300.0)], 0.9),
                (&[(0.0, 3_600.0)], 0.35),
            ],
            breath: 0.12,
            rough: (0.35, 55.0),
        }
        .sound(take, start, length);
    }
}

pub(super) fn duck(take: &mut Take) {
    for (start, length) in [(0.0, 0.24), (0.3, 0.22), (0.58, 0.36)] {
        Throat {
            pitch: &[(0.0, 250.0), (0.06, 290.0), (length, 180.0)],
            loud: &[(0.0, 0.0), (0.02, 1.0), (length * 0.6, 0.8), (length, 0.0)],
            resonances: [
                (&[(0.0, 700.0), (0.08, 1_150.0), (0.36, 800.0)], 1.0),
                (WIDE, 0.9),
                (&[(0.0, 2_900.0)], 0.5),
            ],
            breath: 0.08,
            rough: (0.3, 95.0),
        }
        .sound(take, start, length);
    }
}

pub(super) fn frog(take: &mut Take) {
    for start in [0.0, 0.6] {
        for (from, length, body, pulses) in [(0.0, 0.17, 620.0, 62.0), (0.2, 0.28, 900.0, 84.0)] {
            let (mut drum, mut throat) = (Filter::default(), Filter::default());
            take.add(start + from, length, |time| {
                // A row of clicks that a full cheek makes round.
                let click = decay((time * pulses).fract() / pulses, 0.0015);
                let sound = drum.next(click, body, 9.0).band + throat.next(click, body * 1.9, 7.0).band * 0.5;
                sound * held(time, length, 0.03, 0.06)
            });
        }
    }
}

pub(super) fn goat(take: &mut Take) {
    let mut bleat = Sine::default();
    let mut cords = Saw::default();
    let mut noise = take.noise();
    let mut mouth = [Filter::default(), Filter::default(), Filter::default()];
    take.add(0.0, 1.55, |time| {
        let shake = bleat.next(along(&[(0.0, 9.0), (0.5, 12.5), (1.5, 10.0)], time), 0.0);
        let depth = along(&[(0.0, 0.0), (0.2, 0.3), (0.4, 1.0)], time);
        let pitch = along(&[(0.0, 300.0), (0.2, 395.0), (1.0, 370.0), (1.55, 300.0)], time);
        let source = cords.next(pitch * (1.0 + 0.06 * shake * depth)) + noise.next() * 0.12;
        let open = along(&[(0.0, 350.0), (0.2, 850.0), (1.2, 800.0), (1.55, 450.0)], time);
        let heard: f32 = mouth
            .iter_mut()
            .zip([(1.0, 1.0), (1.9, 0.8), (3.3, 0.4)])
            .map(|(filter, (ratio, gain))| filter.next(source, open * ratio, 5.0).band * gain)
            .sum();
        let loud = along(&[(0.0, 0.0), (0.08, 0.8), (0.9, 1.0), (1.55, 0.0)], time);
        heard * loud * (1.0 - 0.55 * depth * (0.5 + 0.5 * shake))
    });
}
