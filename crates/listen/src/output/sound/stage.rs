//! What the sound thread looks at in every period, and what it says of itself. Times are the server's, in milliseconds.

use crate::clock::Timeline;
use std::sync::{Arc, Mutex, PoisonError};

/// A song's samples. Reading must be quick: it is done while a card waits.
pub(super) trait Samples: Send + Sync {
    /// Frames a second.
    fn rate(&self) -> f64;

    /// Fills `frames` from the frame `at` on; what lies before the song or after its end is silence. False if some of
    /// it is not there yet.
    fn read(&self, at: i64, frames: &mut [[f32; 2]]) -> bool;
}

/// A song and when it is heard.
#[derive(Clone)]
pub(super) struct Cue {
    /// The entry.
    pub(super) entry: u64,
    /// Its samples, as soon as there are any.
    pub(super) song: Option<Arc<dyn Samples>>,
    /// When its beginning is heard.
    pub(super) starts_at_ms: f64,
    /// When it gives way to the next.
    pub(super) ends_at_ms: f64,
}

/// What should sound.
#[derive(Clone, Default)]
pub(super) struct Stage {
    pub(super) timeline: Option<Timeline>,
    /// The song that runs; `None` too while it is paused.
    pub(super) now: Option<Cue>,
    /// What follows it.
    pub(super) then: Option<Cue>,
    /// How loud, 0 to 1.
    pub(super) gain: f32,
}

impl Stage {
    /// What sounds at a moment, and until when that holds if nothing is changed.
    pub(super) fn at(&self, server_ms: f64) -> (Option<&Cue>, f64) {
        for cue in [&self.now, &self.then].into_iter().flatten() {
            if server_ms < cue.starts_at_ms {
                return (None, cue.starts_at_ms);
            }
            if server_ms < cue.ends_at_ms {
                return (Some(cue), cue.ends_at_ms);
            }
        }
        (None, f64::INFINITY)
    }
}

/// How it goes on the card.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Report {
    /// What is wrong with the card; `None`: it plays.
    pub(super) trouble: Option<String>,
    /// Whether a song sounds.
    pub(super) sounds: bool,
    /// Whether a song should sound whose samples are not there yet.
    pub(super) waits: bool,
    /// How far ahead of the nest, in milliseconds.
    pub(super) off_ms: f64,
    /// How long what is written takes to be heard.
    pub(super) latency_ms: f64,
    /// How much faster than it says the card's clock goes.
    pub(super) card_ppm: f64,
    /// How often the card ran dry.
    pub(super) underruns: u32,
}

/// Both, shared between the sound thread and the rest.
#[derive(Default)]
pub(super) struct Shared {
    stage: Mutex<Stage>,
    report: Mutex<Report>,
}

impl Shared {
    pub(super) fn stage(&self) -> Stage {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    pub(super) fn report(&self) -> Report {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn say(&self, report: Report) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = report;
    }
}
