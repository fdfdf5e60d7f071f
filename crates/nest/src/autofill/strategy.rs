//! The ways to find a track, and the weighted draw among them.

use crate::limits;
use model::Entropy;

/// A way to find what may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    /// Of the same genre.
    Genre,
    /// By the same artist.
    Artist,
    /// On the same album.
    Album,
    /// By artists who share a credit.
    Collaborators,
    /// About as loud.
    Sound,
    /// Loved, and not played for long.
    Favourites,
    /// Played on such a day.
    Throwback,
    /// Anything.
    Library,
}

impl Strategy {
    /// Every strategy, in the order settings show them.
    pub const ALL: [Self; 8] = [
        Self::Genre,
        Self::Artist,
        Self::Album,
        Self::Collaborators,
        Self::Sound,
        Self::Favourites,
        Self::Throwback,
        Self::Library,
    ];
}

/// How often each strategy is asked, relative to the others: 0 (never) to [`limits::AUTOFILL_WEIGHT_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights([u8; Strategy::ALL.len()]);

impl Weights {
    /// How a nest starts.
    pub const DEFAULT: Self = Self([35, 20, 5, 10, 10, 15, 30, 5]);

    /// The weight that `weight` says of each.
    pub fn from_each(weight: impl FnMut(Strategy) -> u8) -> Self {
        Self(Strategy::ALL.map(weight))
    }

    /// The weight of one.
    pub const fn of(&self, strategy: Strategy) -> u8 {
        self.0[strategy as usize]
    }

    pub(crate) fn are_within_limits(&self) -> bool {
        self.0.iter().all(|&weight| weight <= limits::AUTOFILL_WEIGHT_MAX)
    }

    /// Draws a strategy that is not among `tried`, each as likely as its weight says; `None`: all that have a weight were
    /// tried.
    pub fn draw(&self, tried: &[Strategy], entropy: &mut dyn Entropy) -> Option<Strategy> {
        let left = || Strategy::ALL.into_iter().filter(|strategy| !tried.contains(strategy));
        let total: u64 = left().map(|strategy| u64::from(self.of(strategy))).sum();
        if total == 0 {
            return None;
        }
        let mut lot = entropy.below(total);
        left().find(|&strategy| {
            let weight = u64::from(self.of(strategy));
            let hit = lot < weight;
            lot = lot.saturating_sub(weight);
            hit
        })
    }
}
