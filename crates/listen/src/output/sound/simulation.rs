//! A card and a clock in virtual time, for properties of playing: what a listener in the room would hear, compared
//! with what the nest says.

use super::card::{Card, CardError, Deck};
use super::stage::{Cue, Samples, Stage};
use crate::clock::Timeline;
use model::{Clock, ServerInstant, WallTime};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const RATE: u32 = 48_000;
const BUFFER: f64 = 3_840.0;

/// Virtual local time in nanoseconds, so that a frame is not rounded away.
#[derive(Default)]
struct VirtualClock(AtomicU64);

impl VirtualClock {
    fn ms(&self) -> f64 {
        self.0.load(Ordering::Relaxed) as f64 / 1e6
    }

    fn advance(&self, ms: f64) {
        self.0.fetch_add((ms.max(0.0) * 1e6) as u64, Ordering::Relaxed);
    }
}

impl Clock for VirtualClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros((self.ms() * 1000.0) as u64)
    }

    fn wall(&self) -> WallTime {
        WallTime::from_micros((self.ms() * 1000.0) as i64)
    }
}

/// A card whose clock goes wrong by some, that counts in periods, and whose buffer runs dry when nobody writes.
struct VirtualCard {
    clock: Arc<VirtualClock>,
    skew_ppm: f64,
    period: f64,
    started_ms: f64,
    written: f64,
    /// What was heard: local time of the frame, left sample.
    heard: Vec<(f64, i16)>,
    /// How long the next write is delayed by a busy machine.
    hiccup_ms: f64,
}

impl VirtualCard {
    fn per_ms(&self) -> f64 {
        f64::from(RATE) / 1000.0 * (1.0 + self.skew_ppm / 1e6)
    }

    fn played(&self) -> f64 {
        (self.clock.ms() - self.started_ms) * self.per_ms()
    }
}

impl Card for VirtualCard {
    fn rate(&self) -> u32 {
        RATE
    }

    fn queued(&mut self) -> Result<f64, CardError> {
        let played = (self.played() / self.period).floor() * self.period;
        if played > self.written { Err(CardError::Underrun) } else { Ok(self.written - played) }
    }

    fn write(&mut self, frames: &[[i16; 2]]) -> Result<(), CardError> {
        let room_at = self.written + frames.len() as f64 - BUFFER;
        self.clock.advance((room_at - self.played()) / self.per_ms() + std::mem::take(&mut self.hiccup_ms));
        if self.played() > self.written {
            return Err(CardError::Underrun);
        }
        for (number, frame) in frames.iter().enumerate() {
            let at = self.started_ms + (self.written + number as f64) / self.per_ms();
            self.heard.push((at, frame[0]));
        }
        self.written += frames.len() as f64;
        Ok(())
    }

    fn restart(&mut self) -> Result<(), CardError> {
        (self.started_ms, self.written) = (self.clock.ms(), BUFFER);
        Ok(())
    }
}

/// A song in which every place can be told from its sample: a ramp over each second.
struct Ramp {
    rate: f64,
    ready: bool,
}

const RAMP_MS: f64 = 1_000.0;

fn ramp(place_ms: f64) -> f64 {
    (place_ms.rem_euclid(RAMP_MS) / RAMP_MS) * 0.8 - 0.4
}

impl Samples for Ramp {
    fn rate(&self) -> f64 {
        self.rate
    }

    fn read(&self, at: i64, frames: &mut [[f32; 2]]) -> bool {
        for (number, frame) in frames.iter_mut().enumerate() {
            let place_ms = (at + number as i64) as f64 / self.rate * 1000.0;
            *frame = [if place_ms < 0.0 { 0.0 } else { ramp(place_ms) as f32 }; 2];
        }
        self.ready
    }
}

/// A room with a card in it.
struct Room {
    clock: Arc<VirtualClock>,
    deck: Deck<VirtualCard>,
    timeline: Timeline,
    song: Arc<dyn Samples>,
}

impl Room {
    fn new(skew_ppm: f64, period: f64, song_rate: f64, server_ahead_ms: f64) -> Self {
        let clock = Arc::new(VirtualClock::default());
        clock.advance(1_000.0);
        let card = VirtualCard {
            clock: Arc::clone(&clock),
            skew_ppm,
            period,
            started_ms: clock.ms(),
            written: BUFFER,
            heard: Vec::new(),
            hiccup_ms: 0.0,
        };
        let song = Arc::new(Ramp { rate: song_rate, ready: true });
        Self { clock, deck: Deck::new(card), timeline: Timeline::fixed(server_ahead_ms), song }
    }

    fn server_ms(&self) -> f64 {
        self.timeline.server_at(self.clock.ms())
    }

    fn cue(&self, entry: u64, starts_at_ms: f64, length_ms: f64) -> Cue {
        Cue { entry, song: Some(Arc::clone(&self.song)), starts_at_ms, ends_at_ms: starts_at_ms + length_ms }
    }

    fn stage(&self, now: Option<Cue>, then: Option<Cue>) -> Stage {
        Stage { timeline: Some(self.timeline), now, then, gain: 1.0 }
    }

    fn play(&mut self, stage: &Stage, for_ms: f64) {
        let until = self.clock.ms() + for_ms;
        while self.clock.ms() < until {
            self.deck.period(&*self.clock, stage).unwrap();
        }
    }

    /// What was heard since the last look: server time and sample.
    fn heard(&mut self) -> Vec<(f64, f64)> {
        let heard = std::mem::take(&mut self.deck.card().heard);
        let of = |(at, sample): (f64, i16)| (self.timeline.server_at(at), f64::from(sample) / 32_767.0);
        heard.into_iter().map(of).collect()
    }
}

/// How far off, in milliseconds, each sample is from the song that began at `starts_at_ms`; not around the ramp's edge.
fn off_ms(heard: &[(f64, f64)], starts_at_ms: f64) -> Vec<f64> {
    let mut off = Vec::new();
    for (at, sample) in heard {
        let place_ms = at - starts_at_ms;
        let within = place_ms.rem_euclid(RAMP_MS);
        if place_ms > 0.0 && (150.0..850.0).contains(&within) {
            off.push((sample - ramp(place_ms)) * RAMP_MS / 0.8);
        }
    }
    off
}

fn worst(off: &[f64]) -> f64 {
    assert!(off.len() > 1_000, "hardly anything was heard");
    off.iter().fold(0.0, |worst, off| worst.max(off.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the card's clock and however it counts, once settled nobody is off by more than a few milliseconds:
    /// after coming in late, after a seek, and through a hiccup that lets the card run dry.
    #[test]
    fn what_is_heard_is_in_step_whatever_the_card(
        skew_ppm in -300.0..300.0f64,
        period in prop_oneof![Just(1.0), Just(240.0), Just(480.0)],
        song_rate in prop_oneof![Just(44_100.0), Just(48_000.0), Just(96_000.0), Just(8_000.0)],
        joins_ms in 0.0..200_000.0f64,
        seek_ms in -60_000.0..60_000.0f64,
        hiccup_ms in 100.0..900.0f64,
    ) {
        let mut room = Room::new(skew_ppm, period, song_rate, 1.7e12);
        // A card that counts in periods says up to one too much, and nobody can see how much.
        let allowed = 3.5 + period / 48.0;
        let begins = room.server_ms() - joins_ms;
        let stage = room.stage(Some(room.cue(1, begins, 1e9)), None);
        room.play(&stage, 6_000.0);
        room.heard();
        room.play(&stage, 8_000.0);
        let off = worst(&off_ms(&room.heard(), begins));
        prop_assert!(off < allowed, "{} ms off after joining", off);

        let moved = begins - seek_ms;
        let stage = room.stage(Some(room.cue(1, moved, 1e9)), None);
        room.play(&stage, 250.0);
        room.heard();
        room.play(&stage, 3_000.0);
        let heard = room.heard();
        if moved < heard[0].0 {
            let off = worst(&off_ms(&heard, moved));
            prop_assert!(off < allowed + 1.0, "{} ms off after a seek", off);
        }

        room.deck.card().hiccup_ms = hiccup_ms;
        room.play(&stage, 4_000.0);
        room.heard();
        room.play(&stage, 4_000.0);
        let heard = room.heard();
        if moved < heard[0].0 {
            let off = worst(&off_ms(&heard, moved));
            prop_assert!(off < allowed + 1.0, "{} ms off after running dry", off);
        }
    }

    /// When the server's clock turns out to be elsewhere, small differences are made up for unheard, large ones at once.
    #[test]
    fn a_better_knowledge_of_the_time_is_followed(jump_ms in -2_000.0..2_000.0f64) {
        let mut room = Room::new(50.0, 1.0, 44_100.0, 0.0);
        let begins = room.server_ms() - 10_000.0;
        let stage = room.stage(Some(room.cue(1, begins, 1e9)), None);
        room.play(&stage, 3_000.0);
        room.timeline = Timeline::fixed(jump_ms);
        let stage = room.stage(Some(room.cue(1, begins, 1e9)), None);
        room.play(&stage, 12_000.0);
        room.heard();
        room.play(&stage, 2_000.0);
        let off = worst(&off_ms(&room.heard(), begins));
        prop_assert!(off < 1.5, "{} ms off", off);
    }
}

#[test]
fn the_next_song_begins_on_the_frame_where_the_playing_one_ends() {
    let mut room = Room::new(120.0, 1.0, 44_100.0, 0.0);
    let begins = room.server_ms() + 300.0;
    let now = room.cue(1, begins, 5_400.0);
    let then = room.cue(2, begins + 5_400.0, 5_000.0);
    let stage = room.stage(Some(now), Some(then));
    room.play(&stage, 9_000.0);
    let heard = room.heard();
    let (before, after): (Vec<_>, Vec<_>) = heard.iter().partition(|(at, _)| *at < begins + 5_399.9);
    assert!(worst(&off_ms(&before, begins)) < 2.0);
    // From its first sample on.
    assert!(worst(&off_ms(&after, begins + 5_400.0)) < 2.0);
    let count_in = heard.iter().filter(|(at, _)| *at < begins - 1.0);
    assert!(count_in.clone().count() > 1_000 && count_in.clone().all(|(_, sample)| *sample == 0.0));
}

#[test]
fn a_pause_is_silent_after_a_fade_and_nothing_clicks() {
    let mut room = Room::new(0.0, 1.0, 48_000.0, 0.0);
    let begins = room.server_ms() - 200.0;
    let stage = room.stage(Some(room.cue(1, begins, 1e9)), None);
    room.play(&stage, 400.0);
    room.heard();
    let silence = room.stage(None, None);
    room.play(&silence, 200.0);
    let heard = room.heard();
    let steps = heard.windows(2).map(|pair| (pair[1].1 - pair[0].1).abs());
    assert!(steps.fold(0.0, f64::max) < 0.01, "it clicks");
    assert!(heard.iter().rev().take(4_000).all(|(_, sample)| *sample == 0.0));
    assert!(heard[0].1 != 0.0);
}

#[test]
fn a_song_that_is_not_there_yet_is_silence_and_is_said_to_be_waited_for() {
    let mut room = Room::new(0.0, 1.0, 48_000.0, 0.0);
    let begins = room.server_ms() - 500.0;
    let mut cue = room.cue(1, begins, 1e9);
    cue.song = Some(Arc::new(Ramp { rate: 48_000.0, ready: false }));
    let stage = room.stage(Some(cue), None);
    let report = room.deck.period(&*room.clock, &stage).unwrap();
    assert!(report.waits && !report.sounds);
    let stage = room.stage(Some(room.cue(1, begins, 1e9)), None);
    let report = room.deck.period(&*room.clock, &stage).unwrap();
    assert!(report.sounds && !report.waits);
}

#[test]
fn muting_is_heard_within_a_period_and_does_not_click() {
    let mut room = Room::new(0.0, 1.0, 48_000.0, 0.0);
    let begins = room.server_ms() - 200.0;
    let mut stage = room.stage(Some(room.cue(1, begins, 1e9)), None);
    room.play(&stage, 300.0);
    room.heard();
    stage.gain = 0.0;
    room.play(&stage, 100.0);
    let heard = room.heard();
    assert!(heard.iter().skip(960).all(|(_, sample)| *sample == 0.0));
    assert!(heard.windows(2).all(|pair| (pair[1].1 - pair[0].1).abs() < 0.01));
}
