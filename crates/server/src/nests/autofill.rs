//! What a nest plays on with: some tracks drawn from the library, of which the nest's rule takes one.

use crate::app::App;
use crate::error::Result;
use model::TrackSummary;
use nest::Nest;

pub(super) async fn choose(app: &App, nest: &Nest) -> Result<Option<TrackSummary>> {
    let avoid: Vec<_> = nest.tracks_to_avoid().collect();
    let chance: Vec<u64> =
        app.draw(|entropy| (0..nest::autofill::CANDIDATES_MAX).map(|_| entropy.next_u64()).collect());
    let mut tracks = database::tracks::random_playable(app.database(), &avoid, &chance).await?;
    if tracks.is_empty() {
        // A small library: rather something again than silence.
        tracks = database::tracks::random_playable(app.database(), &[], &chance).await?;
    }
    let candidates: Vec<_> = tracks.iter().map(library::Track::summary).collect();
    Ok(app.draw(|entropy| nest::autofill::choose(nest, &candidates, entropy).cloned()))
}
