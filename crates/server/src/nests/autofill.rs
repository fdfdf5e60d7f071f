//! What a nest plays on with: some tracks drawn from the library, of which the nest's rule takes one.

use crate::app::App;
use crate::error::Result;
use model::{TrackId, TrackSummary};
use nest::Nest;

/// How many tracks are drawn for the rule to choose from: enough not to hear one artist twice in a row.
const CANDIDATES: usize = 4;

pub(super) async fn choose(app: &App, nest: &Nest) -> Result<Option<TrackSummary>> {
    let mut avoid: Vec<_> = nest.tracks_to_avoid().collect();
    let mut candidates = Vec::new();
    while candidates.len() < CANDIDATES {
        let Some(track) = draw(app, &avoid).await? else { break };
        avoid.push(track.id);
        candidates.push(track);
    }
    if candidates.is_empty() {
        // A small library: rather something again than silence.
        candidates.extend(draw(app, &[]).await?);
    }
    Ok(app.draw(|entropy| nest::autofill::choose(nest, &candidates, entropy).cloned()))
}

async fn draw(app: &App, avoid: &[TrackId]) -> Result<Option<TrackSummary>> {
    let chance = app.draw(|entropy| entropy.next_u64());
    let track = database::tracks::random_playable(app.database(), avoid, chance).await?;
    Ok(track.map(|track| track.summary()))
}
