//! What the nest plays when nobody asked for anything: the rules a host sets, which strategy comes next, and which of what
//! a strategy proposes is taken.
//!
//! Deliberately not here: what the strategies propose, which is looked up where the library is.

mod because;
mod state;
mod strategy;

pub use because::{Because, Person, Preview, Reason, Seed};
pub use state::{AutofillState, Refused, Streak};
pub use strategy::{Strategy, Weights};

use crate::{Nest, limits};
use model::{Entropy, TrackSummary};
use std::fmt;
use std::time::Duration;

/// How a nest plays on by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many entries are kept ready, 0 to [`limits::AUTOFILL_DEPTH_MAX`]. 0: one, when it is needed.
    pub depth: u32,
    /// After how many minutes without an entry of a person the nest falls silent, 0 to
    /// [`limits::AUTOFILL_STREAK_MINUTES_MAX`]. 0: never.
    pub streak_minutes_max: u32,
    /// For how many days what a person added or filtered is not chosen, 0 to [`limits::AUTOFILL_FILTER_DAYS_MAX`].
    pub filter_days: u32,
    /// What it starts from before anything was played; may be empty.
    pub genre: Genre,
    /// How often each strategy is asked.
    pub weights: Weights,
}

impl Rules {
    /// How a nest starts.
    pub const DEFAULT: Self = Self {
        depth: limits::AUTOFILL_DEPTH_DEFAULT,
        streak_minutes_max: limits::AUTOFILL_STREAK_MINUTES_DEFAULT,
        filter_days: limits::AUTOFILL_FILTER_DAYS_DEFAULT,
        genre: Genre(String::new()),
        weights: Weights::DEFAULT,
    };

    /// Whether every number is one that may be set.
    pub(crate) fn are_within_limits(&self) -> bool {
        self.depth <= limits::AUTOFILL_DEPTH_MAX
            && self.streak_minutes_max <= limits::AUTOFILL_STREAK_MINUTES_MAX
            && self.filter_days <= limits::AUTOFILL_FILTER_DAYS_MAX
            && self.weights.are_within_limits()
    }

    /// The longest streak; `None`: there is none.
    pub(crate) fn streak_max(&self) -> Option<Duration> {
        let minutes = u64::from(self.streak_minutes_max);
        (minutes > 0).then(|| Duration::from_secs(60 * minutes))
    }

    /// How long what a person added or filtered is left out.
    pub(crate) fn filter_time(&self) -> Duration {
        Duration::from_secs(24 * 3600 * u64::from(self.filter_days))
    }
}

/// A genre as a host names it: a line of at most [`limits::AUTOFILL_GENRE_CHARS_MAX`] characters, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Genre(String);

/// A text too long to be a genre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a genre has at most {} characters", limits::AUTOFILL_GENRE_CHARS_MAX)]
pub struct GenreError;

impl Genre {
    /// Reads a genre, of which [`model::visible_line`] is kept.
    ///
    /// # Errors
    /// [`GenreError`] if that is too much.
    pub fn parse(text: &str) -> Result<Self, GenreError> {
        let line = model::visible_line(text);
        if line.chars().count() <= limits::AUTOFILL_GENRE_CHARS_MAX {
            Ok(Self(line))
        } else {
            Err(GenreError)
        }
    }

    /// The text; empty: none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Genre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Chooses from `candidates`, of which `track` tells the track; `None` only if there are none.
///
/// Tracks that just played, or are queued, are avoided while there is anything else; so is the last artist.
pub fn choose<'a, T>(
    nest: &Nest,
    candidates: &'a [T],
    track: impl Fn(&T) -> &TrackSummary,
    entropy: &mut dyn Entropy,
) -> Option<&'a T> {
    let last_artist = nest.playing().map(|playing| playing.entry.track.artist.to_lowercase());
    let avoid: std::collections::BTreeSet<_> = nest.tracks_to_avoid(limits::RECENT_TRACKS_MAX).collect();
    let penalty = |candidate: &T| {
        let track = track(candidate);
        let same_artist = last_artist
            .as_ref()
            .is_some_and(|artist| !artist.is_empty() && *artist == track.artist.to_lowercase());
        (avoid.contains(&track.id), same_artist)
    };
    let least = candidates.iter().map(penalty).min()?;
    let best: Vec<_> = candidates.iter().filter(|candidate| penalty(candidate) == least).collect();
    best.get(entropy.below(best.len() as u64) as usize).copied()
}
