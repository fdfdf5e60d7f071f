//! Drums: patterns of sixteen steps a bar, and how each of them sounds.

use super::SAMPLE_RATE;
use super::pieces::Piece;
use super::score::{Groove, Layer, Sound, fraction, swung};
use model::SeededEntropy;
use std::f32::consts::TAU;

const RATE: f32 = SAMPLE_RATE as f32;

#[derive(Clone, Copy)]
enum Drum {
    Kick,
    Snare,
    Rim,
    Hat,
    OpenHat,
    Shaker,
    Brush,
    Timpani,
}

/// Which drum, on which of sixteen steps: from 1 (a touch) to 9.
fn pattern(groove: Groove) -> &'static [(Drum, &'static [u8; 16])] {
    match groove {
        Groove::Lofi => &[
            (Drum::Kick, b"9000000700900000"),
            (Drum::Snare, b"0000800000008001"),
            (Drum::Hat, b"5030504050305030"),
        ],
        Groove::Straight => &[
            (Drum::Kick, b"9000000090400000"),
            (Drum::Snare, b"0000900000009000"),
            (Drum::Hat, b"5030503050305040"),
        ],
        Groove::FourOnTheFloor => &[
            (Drum::Kick, b"9000900090009000"),
            (Drum::Snare, b"0000600000006002"),
            (Drum::OpenHat, b"0050005000500050"),
            (Drum::Shaker, b"3020302030203020"),
        ],
        Groove::Brushes => &[
            (Drum::Kick, b"4000000030000000"),
            (Drum::Brush, b"5000703050007030"),
            (Drum::Rim, b"0000400000004000"),
        ],
        Groove::OneDrop => &[
            (Drum::Kick, b"0000000090000000"),
            (Drum::Rim, b"0000000080000020"),
            (Drum::Hat, b"4040504040405040"),
        ],
        Groove::Shaker => &[(Drum::Shaker, b"5030604050306040"), (Drum::Kick, b"5000000040000000")],
        Groove::Timpani => &[(Drum::Timpani, b"7000000000000034")],
    }
}

pub(super) fn play(
    piece: &Piece,
    layer: &Layer,
    groove: Groove,
    beat_frames: f32,
    chance: &mut SeededEntropy,
    dry: &mut Sound,
    room: &mut Sound,
) {
    let mut sound = Vec::new();
    for bar in layer.bars.0..layer.bars.1 {
        for (drum, steps) in pattern(groove) {
            for (step, hit) in steps.iter().enumerate().filter(|(_, hit)| **hit > b'0') {
                let beat = bar as f32 * piece.beats_per_bar as f32 + step as f32 / 4.0;
                let late = fraction(chance) * 0.006 * RATE;
                let start = (swung(beat, piece.swing) * beat_frames + late) as usize;
                let force = f32::from(hit - b'0') / 9.0 * (0.88 + 0.24 * fraction(chance));
                sound.clear();
                strike(*drum, chance, &mut sound);
                let pan = match drum {
                    Drum::Hat | Drum::OpenHat | Drum::Brush => [0.8, 1.0],
                    Drum::Shaker | Drum::Rim => [1.0, 0.75],
                    _ => [1.0, 1.0],
                };
                let send = if matches!(drum, Drum::Timpani) { 0.5 } else { layer.send };
                for (at, sample) in sound.iter().enumerate().take(dry.len().saturating_sub(start)) {
                    for side in 0..2 {
                        let sample = sample * force * layer.level * pan[side];
                        dry[start + at][side] += sample;
                        room[start + at][side] += sample * send;
                    }
                }
            }
        }
    }
}

/// What a drum is made of: a tone that falls, and noise between two filters.
struct Shape {
    seconds: f32,
    tone: f32,
    /// The pitch at the beginning above the pitch at the end, both in Hz, and how fast it falls (seconds).
    fall: (f32, f32, f32),
    noise: f32,
    /// The share of the lows that is taken from the noise, and how bright it may be; 0 to 1.
    filter: (f32, f32),
    attack: f32,
}

fn shape(drum: Drum) -> Shape {
    match drum {
        Drum::Kick => Shape {
            seconds: 0.32,
            tone: 0.95,
            fall: (95.0, 47.0, 0.035),
            noise: 0.02,
            filter: (0.0, 0.3),
            attack: 0.002,
        },
        Drum::Snare => Shape {
            seconds: 0.2,
            tone: 0.3,
            fall: (60.0, 185.0, 0.02),
            noise: 0.42,
            filter: (0.12, 0.7),
            attack: 0.001,
        },
        Drum::Rim => Shape {
            seconds: 0.06,
            tone: 0.4,
            fall: (200.0, 820.0, 0.01),
            noise: 0.14,
            filter: (0.2, 0.8),
            attack: 0.001,
        },
        Drum::Hat => Shape {
            seconds: 0.06,
            tone: 0.0,
            fall: (0.0, 1.0, 1.0),
            noise: 0.3,
            filter: (0.62, 0.95),
            attack: 0.001,
        },
        Drum::OpenHat => Shape {
            seconds: 0.22,
            tone: 0.0,
            fall: (0.0, 1.0, 1.0),
            noise: 0.28,
            filter: (0.6, 0.95),
            attack: 0.002,
        },
        Drum::Shaker => Shape {
            seconds: 0.09,
            tone: 0.0,
            fall: (0.0, 1.0, 1.0),
            noise: 0.26,
            filter: (0.5, 0.8),
            attack: 0.02,
        },
        Drum::Brush => Shape {
            seconds: 0.2,
            tone: 0.0,
            fall: (0.0, 1.0, 1.0),
            noise: 0.3,
            filter: (0.3, 0.5),
            attack: 0.025,
        },
        Drum::Timpani => Shape {
            seconds: 1.8,
            tone: 0.9,
            fall: (14.0, 61.7, 0.12),
            noise: 0.06,
            filter: (0.0, 0.06),
            attack: 0.004,
        },
    }
}

fn strike(drum: Drum, chance: &mut SeededEntropy, out: &mut Vec<f32>) {
    let shape = shape(drum);
    let total = (shape.seconds * RATE) as usize;
    let (mut phase, mut low, mut lower) = (0.0f32, 0.0f32, 0.0f32);
    for at in 0..total {
        let time = at as f32 / RATE;
        let (above, below, pace) = shape.fall;
        phase = (phase + (below + above * (-time / pace).exp()) / RATE).fract();
        let raw = fraction(chance) * 2.0 - 1.0;
        low += (raw - low) * shape.filter.1;
        lower += (low - lower) * shape.filter.0;
        let value = (phase * TAU).sin() * shape.tone + (low - lower) * shape.noise;
        let left = 1.0 - at as f32 / total as f32;
        let rise = (time / shape.attack).min(1.0);
        out.push(value * rise * left * left * (-2.2 * time / shape.seconds).exp());
    }
}
