//! A sound card as the rest sees it, and one period of playing on it.

use super::render::Renderer;
use super::stage::{Report, Stage};
use super::timing::Timing;
use crate::connection::local_ms;
use model::Clock;

/// A period: so much is rendered and written at a time.
const PERIOD_MS: f64 = 10.0;
/// A look at the card that took longer than this is taken again: between its answer and our clock too much happened.
const LOOK_MS_MAX: f64 = 0.5;
const LOOKS_MAX: u32 = 4;

/// Why a card did not do what was asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CardError {
    /// It ran dry: start it again.
    Underrun,
    /// It cannot be used any more: open it again, later.
    Gone(String),
}

/// Something that plays frames of two channels one after the other by a clock of its own.
pub(super) trait Card {
    /// Frames a second, by its own account.
    fn rate(&self) -> u32;

    /// How many frames are heard before the next one that is written.
    fn queued(&mut self) -> Result<f64, CardError>;

    /// Writes frames; waits until there is room.
    fn write(&mut self, frames: &[[i16; 2]]) -> Result<(), CardError>;

    /// Starts it after it ran dry, with a buffer of silence.
    fn restart(&mut self) -> Result<(), CardError>;
}

/// Playing on one card.
pub(super) struct Deck<C> {
    card: C,
    timing: Timing,
    renderer: Renderer,
    frames: Vec<[f32; 2]>,
    whole: Vec<[i16; 2]>,
    underruns: u32,
}

impl<C: Card> Deck<C> {
    pub(super) fn new(card: C) -> Self {
        let rate = card.rate();
        let length = (f64::from(rate) * PERIOD_MS / 1000.0) as usize;
        Self {
            card,
            timing: Timing::new(rate),
            renderer: Renderer::default(),
            frames: vec![[0.0; 2]; length],
            whole: vec![[0; 2]; length],
            underruns: 0,
        }
    }

    /// Plays one period.
    ///
    /// # Errors
    /// A message, if the card is gone.
    pub(super) fn period(&mut self, clock: &dyn Clock, stage: &Stage) -> Result<Report, String> {
        match self.play(clock, stage) {
            Ok(report) => Ok(report),
            Err(CardError::Gone(why)) => Err(why),
            Err(CardError::Underrun) => {
                self.underruns = self.underruns.saturating_add(1);
                self.timing.lose();
                match self.card.restart() {
                    Ok(()) | Err(CardError::Underrun) => {
                        Ok(Report { underruns: self.underruns, ..Report::default() })
                    }
                    Err(CardError::Gone(why)) => Err(why),
                }
            }
        }
    }

    fn play(&mut self, clock: &dyn Clock, stage: &Stage) -> Result<Report, CardError> {
        let (now_ms, queued) = self.look(clock)?;
        let heard_at_ms = self.timing.measure(now_ms, queued);
        let frame_ms = self.timing.frame_ms();
        let rendered = self.renderer.render(stage, heard_at_ms, frame_ms, &mut self.frames);
        for (whole, frame) in self.whole.iter_mut().zip(&self.frames) {
            *whole = frame.map(|sample| (sample * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16);
        }
        self.card.write(&self.whole)?;
        self.timing.wrote(self.frames.len());
        Ok(Report {
            trouble: None,
            sounds: rendered.sounds,
            waits: rendered.waits,
            off_ms: self.renderer.off_ms(),
            latency_ms: queued * frame_ms,
            card_ppm: self.timing.skew_ppm(),
            underruns: self.underruns,
        })
    }

    /// What is queued, and when that was so.
    fn look(&mut self, clock: &dyn Clock) -> Result<(f64, f64), CardError> {
        let mut look = (local_ms(clock), 0.0);
        for _ in 0..LOOKS_MAX {
            let before_ms = local_ms(clock);
            let queued = self.card.queued()?;
            let after_ms = local_ms(clock);
            look = ((before_ms + after_ms) / 2.0, queued);
            if after_ms - before_ms <= LOOK_MS_MAX {
                break;
            }
        }
        Ok(look)
    }

    #[cfg(test)]
    pub(super) fn card(&mut self) -> &mut C {
        &mut self.card
    }
}
