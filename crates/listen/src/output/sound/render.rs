//! What is written to the card, period by period: the right frames of the right song for the moment at which they will
//! be heard. Small errors are made up for by reading a little faster or slower, large ones by a splice. Pure.

use super::resample::Kernel;
use super::stage::{Cue, Samples, Stage};
use crate::correction::{Correction, Corrector};
use std::sync::Arc;

/// What begins or ends in the middle of sound does so within this.
const FADE_MS: f64 = 8.0;
/// How often it is asked whether to correct.
const DECIDE_EVERY_MS: f64 = 100.0;
/// A beginning that moved by more than this is a seek, not a better knowledge of the time.
const SEEK_MS: f64 = 0.5;
/// A table serves ratios that differ by this part: clocks do not move what it filters.
const KERNEL_TOLERANCE: f64 = 0.01;
/// How much of a new error goes into what is reported.
const SMOOTHING: f64 = 0.1;

/// A song that is being read.
#[derive(Clone)]
struct Head {
    entry: u64,
    song: Arc<dyn Samples>,
    kernel: Arc<Kernel>,
    starts_at_ms: f64,
    /// The song's frame that is read next.
    at: f64,
    /// Times its own speed.
    rate: f64,
    corrector: Corrector,
    decided_at_ms: f64,
    /// Frames until it is fully there.
    fade_in: usize,
}

/// What was rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rendered {
    /// A song sounds.
    pub(super) sounds: bool,
    /// A song should sound whose samples are not there.
    pub(super) waits: bool,
}

/// Reads songs for one card.
#[derive(Default)]
pub(super) struct Renderer {
    head: Option<Head>,
    /// What was cut off, and how many of its frames are left.
    leaving: Option<(Head, usize)>,
    gain: f32,
    off_ms: f64,
    /// The last table, and for which ratio it was made: songs of an album share it.
    kernel: Option<(f64, Arc<Kernel>)>,
    /// Frames of the song around what is rendered; kept for its memory.
    around: Vec<[f32; 2]>,
}

impl Renderer {
    /// How far ahead of the nest what sounds is, in milliseconds, smoothed.
    pub(super) fn off_ms(&self) -> f64 {
        self.off_ms
    }

    /// Fills `frames`, the first of which is heard at the local time `heard_at_ms`, each `frame_ms` long.
    pub(super) fn render(
        &mut self,
        stage: &Stage,
        heard_at_ms: f64,
        frame_ms: f64,
        frames: &mut [[f32; 2]],
    ) -> Rendered {
        frames.fill([0.0; 2]);
        let mut rendered = Rendered::default();
        if let Some(timeline) = stage.timeline {
            let server_frame_ms = frame_ms * timeline.rate();
            let mut at = 0;
            while at < frames.len() {
                let local_ms = heard_at_ms + at as f64 * frame_ms;
                let server_ms = timeline.server_at(local_ms);
                let (cue, until_ms) = stage.at(server_ms);
                let length = ((until_ms - server_ms) / server_frame_ms).ceil().clamp(1.0, 1e9) as usize;
                let end = frames.len().min(at + length);
                let block = &mut frames[at..end];
                match cue {
                    Some(cue) => {
                        let sounds = self.song(cue, server_ms, local_ms, server_frame_ms, block);
                        rendered.sounds |= sounds;
                        rendered.waits |= !sounds;
                    }
                    None => self.leave(frame_ms),
                }
                self.fade_out(server_frame_ms, block);
                at = end;
            }
        } else {
            self.leave(frame_ms);
            self.fade_out(frame_ms, frames);
        }
        self.loudness(stage.gain, frames);
        rendered
    }

    /// Renders a song; false if its samples are not there.
    fn song(
        &mut self,
        cue: &Cue,
        server_ms: f64,
        local_ms: f64,
        frame_ms: f64,
        frames: &mut [[f32; 2]],
    ) -> bool {
        let Some(song) = &cue.song else {
            self.leave(frame_ms);
            return false;
        };
        let place_ms = server_ms - cue.starts_at_ms;
        let ideal = place_ms * song.rate() / 1000.0;
        let is_same = self.head.as_ref().is_some_and(|head| {
            head.entry == cue.entry && (head.starts_at_ms - cue.starts_at_ms).abs() < SEEK_MS
        });
        if !is_same {
            self.leave(frame_ms);
            let fade_in = if place_ms < FADE_MS { 0 } else { fade(frame_ms) };
            self.head = Some(Head {
                entry: cue.entry,
                song: Arc::clone(song),
                kernel: self.kernel(song.rate() * frame_ms / 1000.0),
                starts_at_ms: cue.starts_at_ms,
                at: ideal,
                rate: 1.0,
                corrector: Corrector::default(),
                decided_at_ms: f64::NEG_INFINITY,
                fade_in,
            });
            self.off_ms = 0.0;
        }
        let Some(mut head) = self.head.take() else { return false };
        let error_ms = (head.at - ideal) / head.song.rate() * 1000.0;
        self.off_ms += (error_ms - self.off_ms) * SMOOTHING;
        if local_ms - head.decided_at_ms >= DECIDE_EVERY_MS {
            head.decided_at_ms = local_ms;
            match head.corrector.decide(error_ms, local_ms) {
                Correction::Rate(rate) => head.rate = rate,
                Correction::Move => {
                    self.leaving = Some((head.clone(), fade(frame_ms)));
                    (head.at, head.rate, head.fade_in) = (ideal, 1.0, fade(frame_ms));
                    self.off_ms = 0.0;
                }
            }
        }
        let sounds = self.read(&mut head, frame_ms, frames, |head, _| {
            let whole = fade(frame_ms).max(1);
            let gain = (whole - head.fade_in.min(whole)) as f32 / whole as f32;
            head.fade_in = head.fade_in.saturating_sub(1);
            gain
        });
        if sounds {
            self.head = Some(head);
        }
        sounds
    }

    fn kernel(&mut self, step: f64) -> Arc<Kernel> {
        match &self.kernel {
            Some((of, kernel)) if (of / step - 1.0).abs() < KERNEL_TOLERANCE => Arc::clone(kernel),
            _ => {
                let kernel = Arc::new(Kernel::new(step));
                self.kernel = Some((step, Arc::clone(&kernel)));
                kernel
            }
        }
    }

    /// What sounded is cut off, gently.
    fn leave(&mut self, frame_ms: f64) {
        if let Some(head) = self.head.take() {
            self.leaving = Some((head, fade(frame_ms)));
        }
    }

    fn fade_out(&mut self, frame_ms: f64, frames: &mut [[f32; 2]]) {
        let Some((mut head, left)) = self.leaving.take() else { return };
        let whole = fade(frame_ms).max(1) as f32;
        let count = left.min(frames.len());
        let sounds = self.read(&mut head, frame_ms, &mut frames[..count], |_, at| (left - at) as f32 / whole);
        if sounds && left > count {
            self.leaving = Some((head, left - count));
        }
    }

    /// Adds a song's next frames, each as loud as `gain` says; false, and nothing is added, if they are not there.
    fn read(
        &mut self,
        head: &mut Head,
        frame_ms: f64,
        frames: &mut [[f32; 2]],
        mut gain: impl FnMut(&mut Head, usize) -> f32,
    ) -> bool {
        let step = head.song.rate() * frame_ms / 1000.0 * head.rate;
        let half = head.kernel.half();
        let first = head.at.floor() as i64 + 1 - half as i64;
        let span = (frames.len() as f64 * step).ceil() as usize + 2 * half + 2;
        self.around.clear();
        self.around.resize(span, [0.0; 2]);
        if !head.song.read(first, &mut self.around) {
            return false;
        }
        for (number, frame) in frames.iter_mut().enumerate() {
            let place = head.at.floor();
            let from = usize::try_from(place as i64 + 1 - half as i64 - first).unwrap_or(0);
            let sample = head.kernel.frame(&self.around[from..from + 2 * half], head.at - place);
            let gain = gain(head, number);
            frame[0] += sample[0] * gain;
            frame[1] += sample[1] * gain;
            head.at += step;
        }
        true
    }

    /// Moves to the wanted loudness over the period, so that nothing clicks.
    fn loudness(&mut self, gain: f32, frames: &mut [[f32; 2]]) {
        let step = (gain - self.gain) / frames.len().max(1) as f32;
        for frame in frames {
            self.gain += step;
            frame[0] *= self.gain;
            frame[1] *= self.gain;
        }
        self.gain = gain;
    }
}

fn fade(frame_ms: f64) -> usize {
    (FADE_MS / frame_ms) as usize
}
