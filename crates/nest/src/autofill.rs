//! What the nest plays when nobody asked for anything. For now one strategy: something from the library that has not
//! just been played, and rather not the same artist twice in a row.

use crate::{Nest, limits};
use model::{Entropy, TrackSummary};

/// Chooses from `candidates`; `None` only if there are none.
///
/// Tracks that just played, or are queued, are avoided while there is anything else; so is the last artist.
pub fn choose<'a>(
    nest: &Nest,
    candidates: &'a [TrackSummary],
    entropy: &mut dyn Entropy,
) -> Option<&'a TrackSummary> {
    let last_artist = nest.playing().map(|playing| playing.entry.track.artist.to_lowercase());
    let avoid: std::collections::BTreeSet<_> = nest.tracks_to_avoid(limits::RECENT_TRACKS_MAX).collect();
    let penalty = |track: &TrackSummary| {
        let same_artist = last_artist
            .as_ref()
            .is_some_and(|artist| !artist.is_empty() && *artist == track.artist.to_lowercase());
        (avoid.contains(&track.id), same_artist)
    };
    let least = candidates.iter().map(penalty).min()?;
    let best: Vec<_> = candidates.iter().filter(|track| penalty(track) == least).collect();
    best.get(entropy.below(best.len() as u64) as usize).copied()
}
