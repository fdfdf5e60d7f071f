//! From a score to notes, and from notes to sound. Chance is seeded, so a piece is the same each time.

use super::instruments::{self, Note};
use super::{SAMPLE_RATE, drums, effects};
use crate::demo::Piece;
use model::{Entropy, SeededEntropy};

/// Stereo sound.
pub(super) type Sound = Vec<[f32; 2]>;

#[derive(Clone, Copy, Debug)]
pub(super) enum Chord {
    Major,
    Minor,
    Sus2,
    Add9,
    Major7,
    Minor7,
    Dominant7,
    Major9,
    Minor9,
}

impl Chord {
    fn intervals(self) -> &'static [i32] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Sus2 => &[0, 2, 7],
            Self::Add9 => &[0, 4, 7, 14],
            Self::Major7 => &[0, 4, 7, 11],
            Self::Minor7 => &[0, 3, 7, 10],
            Self::Dominant7 => &[0, 4, 7, 10],
            Self::Major9 => &[0, 4, 7, 11, 14],
            Self::Minor9 => &[0, 3, 7, 10, 14],
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Scale {
    Major,
    Minor,
    Dorian,
    Lydian,
    Pentatonic,
}

impl Scale {
    fn degrees(self) -> &'static [i32] {
        match self {
            Self::Major => &[0, 2, 4, 5, 7, 9, 11],
            Self::Minor => &[0, 2, 3, 5, 7, 8, 10],
            Self::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            Self::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            Self::Pentatonic => &[0, 2, 4, 7, 9],
        }
    }
}

/// What a layer plays.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// The chord, held for a bar.
    Chords,
    /// The chord in a syncopated rhythm.
    Comp,
    /// The chord, short, off the beat.
    Skank,
    /// The chord on the second and third of three beats.
    Waltz,
    /// The tones of the chord one after another, so many a beat.
    Arpeggio(u32),
    /// A guitarist's pattern of thumb and fingers.
    Picking,
    /// The root, held.
    Root,
    /// The root in eighths.
    Pulse,
    /// A bass that walks, so many notes a bar.
    Walking(u32),
    /// A tune of phrases that return, so many notes a bar.
    Melody(u32),
    Drums(Groove),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Groove {
    Lofi,
    Straight,
    FourOnTheFloor,
    Brushes,
    OneDrop,
    Shaker,
    Timpani,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Voice {
    Sine,
    Pad,
    Strings,
    Saw,
    SynthBass,
    UprightBass,
    Guitar,
    ElectricPiano,
    Bell,
    Marimba,
    Organ,
    Flute,
}

/// One player.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    pub(super) part: Part,
    pub(super) voice: Voice,
    pub(super) level: f32,
    /// -1 is left, 1 is right.
    pub(super) pan: f32,
    /// How much of it the room hears.
    pub(super) send: f32,
    /// The first bar and the bar after the last.
    pub(super) bars: (u32, u32),
    pub(super) octave: i32,
}

/// A note in musical time: where, how long (beats), how high (MIDI), how hard (0 to 1).
struct Event {
    beat: f32,
    beats: f32,
    pitch: i32,
    force: f32,
}

/// Seconds after the last bar, in which the room falls silent.
const TAIL_SECONDS: f32 = 4.0;

/// Plays a piece: all layers and the room around them.
pub(super) fn perform(piece: &Piece) -> Sound {
    let beats = (piece.bars * piece.beats_per_bar) as f32;
    let seconds = beats * 60.0 / piece.beats_per_minute + TAIL_SECONDS;
    let frames = (seconds * SAMPLE_RATE as f32) as usize;
    let mut dry: Sound = vec![[0.0; 2]; frames];
    let mut room: Sound = vec![[0.0; 2]; frames];
    for (number, layer) in piece.layers.iter().enumerate() {
        let mut chance = SeededEntropy::from_seed(piece.seed * 1000 + number as u64);
        play(piece, layer, &mut chance, &mut dry, &mut room);
    }
    effects::reverberate(&mut room, piece.room.0);
    for (dry, room) in dry.iter_mut().zip(&room) {
        (0..2).for_each(|side| dry[side] += room[side] * piece.room.1);
    }
    dry
}

/// A number between 0 and 1.
pub(super) fn fraction(chance: &mut SeededEntropy) -> f32 {
    chance.below(1 << 24) as f32 / (1 << 24) as f32
}

fn play(piece: &Piece, layer: &Layer, chance: &mut SeededEntropy, dry: &mut Sound, room: &mut Sound) {
    let beat_frames = 60.0 / piece.beats_per_minute * SAMPLE_RATE as f32;
    // Equal power, so that a layer is as loud wherever it stands.
    let angle = (layer.pan + 1.0) * std::f32::consts::FRAC_PI_4;
    let sides = [angle.cos(), angle.sin()];
    let events = match layer.part {
        Part::Drums(groove) => return drums::play(piece, layer, groove, beat_frames, chance, dry, room),
        Part::Melody(density) => melody(piece, layer, density, chance),
        part => (layer.bars.0..layer.bars.1).flat_map(|bar| accompany(piece, part, bar, chance)).collect(),
    };
    let mut sound = Vec::new();
    for event in events {
        let late = (fraction(chance) - 0.5) * 0.012 * SAMPLE_RATE as f32;
        let start = (swung(event.beat, piece.swing) * beat_frames + late).max(0.0) as usize;
        let note = Note {
            frequency: 440.0 * 2f32.powf((event.pitch + layer.octave * 12 - 69) as f32 / 12.0),
            frames: (event.beats * beat_frames) as usize,
            force: event.force * (0.9 + 0.2 * fraction(chance)),
        };
        sound.clear();
        instruments::play(layer.voice, &note, chance, &mut sound);
        for (at, sample) in sound.iter().enumerate().take(dry.len().saturating_sub(start)) {
            for side in 0..2 {
                let sample = sample * layer.level * sides[side];
                dry[start + at][side] += sample;
                room[start + at][side] += sample * layer.send;
            }
        }
    }
}

/// Moves the second half of each beat back.
pub(super) fn swung(beat: f32, swing: f32) -> f32 {
    let part = beat.fract();
    beat.floor()
        + if part < 0.5 {
            part * (1.0 + 2.0 * swing)
        } else {
            0.5 + swing + (part - 0.5) * (1.0 - 2.0 * swing)
        }
}

/// The tones of the bar's chord, folded into the octave around `centre` so that voices move little.
fn tones(piece: &Piece, bar: u32, centre: i32) -> Vec<i32> {
    let (root, chord) = piece.progression[bar as usize % piece.progression.len()];
    let fold = |pitch: i32| centre - 6 + (pitch - centre + 6).rem_euclid(12);
    let mut tones: Vec<i32> =
        chord.intervals().iter().map(|interval| fold(piece.key + root + interval)).collect();
    tones.sort_unstable();
    tones.dedup();
    tones
}

fn root(piece: &Piece, bar: u32) -> i32 {
    let (root, _) = piece.progression[bar as usize % piece.progression.len()];
    // Between E and D sharp, where basses are at home.
    52 + (piece.key + root - 52).rem_euclid(12)
}

fn accompany(piece: &Piece, part: Part, bar: u32, chance: &mut SeededEntropy) -> Vec<Event> {
    let start = (bar * piece.beats_per_bar) as f32;
    let length = piece.beats_per_bar as f32;
    let tones = tones(piece, bar, 60);
    let chord = |at: f32, beats: f32, force: f32| {
        let spread = |(number, &pitch): (usize, &i32)| Event {
            beat: start + at + number as f32 * 0.012,
            beats,
            pitch,
            force,
        };
        tones.iter().enumerate().map(spread).collect::<Vec<_>>()
    };
    let single =
        |at: f32, beats: f32, pitch: i32, force: f32| Event { beat: start + at, beats, pitch, force };
    let root = root(piece, bar);
    match part {
        Part::Chords => chord(0.0, length * 1.02, 0.7),
        Part::Comp if bar.is_multiple_of(2) => [chord(0.0, 1.4, 0.8), chord(2.5, 1.2, 0.6)].concat_events(),
        Part::Comp => [chord(0.5, 0.9, 0.6), chord(2.0, 0.4, 0.5), chord(3.5, 0.6, 0.7)].concat_events(),
        Part::Skank => (0..4).flat_map(|beat| chord(beat as f32 + 0.5, 0.16, 0.8)).collect(),
        Part::Waltz => [chord(1.0, 0.7, 0.6), chord(2.0, 0.7, 0.5)].concat_events(),
        Part::Arpeggio(rate) => {
            let steps = piece.beats_per_bar * rate;
            let upper: Vec<i32> = tones.iter().copied().chain(tones.iter().map(|tone| tone + 12)).collect();
            let turn = 2 * upper.len() as u32 - 2;
            let step = |step: u32| {
                let place = (step + bar * 3) % turn;
                let place = if place < upper.len() as u32 { place } else { turn - place };
                let accent = if step.is_multiple_of(rate) { 0.8 } else { 0.55 };
                single(step as f32 / rate as f32, 0.9 / rate as f32 + 0.1, upper[place as usize], accent)
            };
            (0..steps).map(step).collect()
        }
        Part::Picking => {
            let finger = |number: usize| tones[number.min(tones.len() - 1)];
            let pattern = [root, finger(1), finger(2), finger(1), root + 7, finger(2), finger(3), finger(1)];
            let pluck = |(step, &pitch): (usize, &i32)| {
                single(step as f32 * 0.5, 1.6, pitch, if step % 4 == 0 { 0.85 } else { 0.55 })
            };
            pattern.iter().enumerate().map(pluck).collect()
        }
        Part::Root => vec![single(0.0, length * 0.98, root, 0.8)],
        Part::Pulse => {
            let eighths = 0..piece.beats_per_bar * 2;
            let step = |at: u32| {
                single(
                    at as f32 * 0.5,
                    0.42,
                    if at % 8 == 7 { root + 12 } else { root },
                    if at.is_multiple_of(2) { 0.85 } else { 0.65 },
                )
            };
            eighths.map(step).collect()
        }
        Part::Walking(steps) => walk(piece, bar, steps, root, chance)
            .into_iter()
            .map(|(at, beats, pitch)| single(at, beats, pitch, 0.8))
            .collect(),
        Part::Melody(_) | Part::Drums(_) => Vec::new(),
    }
}

/// Several chords as one list.
trait ConcatEvents {
    fn concat_events(self) -> Vec<Event>;
}

impl<const N: usize> ConcatEvents for [Vec<Event>; N] {
    fn concat_events(self) -> Vec<Event> {
        self.into_iter().flatten().collect()
    }
}

/// Root, chord tones, and a step that leads to the next root.
fn walk(piece: &Piece, bar: u32, steps: u32, low: i32, chance: &mut SeededEntropy) -> Vec<(f32, f32, i32)> {
    let gap = piece.beats_per_bar as f32 / steps as f32;
    let next = root(piece, bar + 1);
    let third = tones(piece, bar, low + 5);
    let pitch = |step: u32, chance: &mut SeededEntropy| match step {
        0 => low,
        _ if step + 1 == steps && steps > 2 => next + if next > low { -1 } else { 1 },
        _ if step + 1 == steps => low + 7,
        _ => third[chance.below(third.len() as u64) as usize],
    };
    (0..steps).map(|step| (step as f32 * gap, gap * 0.92, pitch(step, chance))).collect()
}

/// A tune in the form A A' B A: each phrase is two bars of rhythm and direction, fitted to the chords where it comes
/// again.
fn melody(piece: &Piece, layer: &Layer, density: u32, chance: &mut SeededEntropy) -> Vec<Event> {
    let bar_beats = piece.beats_per_bar as f32;
    let mut phrase = || -> Vec<(f32, f32, i32)> {
        let mut notes = Vec::new();
        let mut at = if chance.below(3) == 0 { 0.5 } else { 0.0 };
        while at < bar_beats * 2.0 - 0.6 {
            let usual = bar_beats / density as f32;
            let beats = match chance.below(5) {
                0 => usual * 0.5,
                1 | 2 => usual,
                3 => usual * 1.5,
                _ => usual * 0.75,
            };
            let beats = ((beats * 2.0).round() * 0.5).max(0.5).min(bar_beats * 2.0 - at);
            notes.push((at, beats, [-2, -1, -1, 1, 1, 1, 2, 3][chance.below(8) as usize]));
            at += beats;
        }
        // The last note rests.
        if let Some(last) = notes.last_mut() {
            last.1 = (bar_beats * 2.0 - last.0 - 0.5).max(0.5);
        }
        notes
    };
    let phrases = [phrase(), phrase()];
    let ladder: Vec<i32> = (-1..3)
        .flat_map(|octave| piece.scale.degrees().iter().map(move |degree| degree + 12 * octave))
        .collect();
    let nearest = |pitch: i32| {
        let wanted = pitch - piece.key;
        (0..ladder.len()).min_by_key(|&at| (ladder[at] - wanted).abs()).unwrap_or(0)
    };
    let mut place = nearest(piece.key + 7);
    let mut events = Vec::new();
    for (number, bar) in (layer.bars.0..layer.bars.1.saturating_sub(1)).step_by(2).enumerate() {
        // Every fourth phrase is the other one; every eighth is a breath.
        if number % 8 == 7 {
            continue;
        }
        for &(at, beats, step) in &phrases[usize::from(number % 4 == 2)] {
            let target = place as i32 + step;
            // Beyond an octave and a half it turns round.
            place = if !(5..ladder.len() as i32 - 6).contains(&target) { place as i32 - step } else { target }
                .clamp(0, ladder.len() as i32 - 1) as usize;
            let mut pitch = piece.key + ladder[place];
            let strong = at.fract() == 0.0 && beats >= 1.0;
            if strong {
                let here = bar + (at / bar_beats) as u32;
                pitch = tones(piece, here, pitch)
                    .into_iter()
                    .min_by_key(|tone| (tone - pitch).abs())
                    .unwrap_or(pitch);
                place = nearest(pitch);
            }
            let beat = bar as f32 * bar_beats + at;
            events.push(Event { beat, beats: beats * 0.94, pitch, force: if strong { 0.8 } else { 0.62 } });
        }
    }
    events
}
