//! What a nest plays on with: some tracks drawn from the library, of which the nest's rule takes one.

use crate::app::App;
use crate::error::Result;
use model::{TrackId, TrackSummary};
use nest::{Nest, limits};

/// How many tracks are drawn for the rule to choose from: enough not to hear one artist twice in a row.
const CANDIDATES: usize = 4;
/// How many of the tracks that played last are avoided; the fewer there are to choose from, the fewer.
const RECENT: [usize; 5] = [limits::RECENT_TRACKS_MAX, 16, 4, 1, 0];

/// Chooses a track; `None`: there is none, or only what plays now, and its end is not near.
pub(super) async fn choose(app: &App, nest: &Nest) -> Result<Option<TrackSummary>> {
    let mut candidates = Vec::new();
    for recent_max in RECENT {
        let mut avoid: Vec<_> = nest.tracks_to_avoid(recent_max).collect();
        while candidates.len() < CANDIDATES {
            let Some(track) = draw(app, &avoid).await? else { break };
            avoid.push(track.id);
            candidates.push(track);
        }
        if !candidates.is_empty() {
            break;
        }
    }
    if candidates.is_empty() && nest.next_needed_at().is_some_and(|at| at <= app.now()) {
        // Rather the same again than silence.
        candidates.extend(draw(app, &[]).await?);
    }
    Ok(app.draw(|entropy| nest::autofill::choose(nest, &candidates, entropy).cloned()))
}

async fn draw(app: &App, avoid: &[TrackId]) -> Result<Option<TrackSummary>> {
    let chance = app.draw(|entropy| entropy.next_u64());
    let track = database::tracks::random_playable(app.database(), avoid, chance).await?;
    Ok(track.map(|track| track.summary()))
}
