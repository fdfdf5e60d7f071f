//! What a nest plays on with. A proposal is looked for in the background, strategy by strategy, and becomes the nest's
//! preview; where none is ready when something is needed, tracks drawn from the whole library have to do.

mod drive;
mod outside;
mod proposal;

pub(super) use drive::Looking;
use proposal::propose;

use crate::app::App;
use crate::error::Result;
use database::external_tracks::{self, Song};
use model::{TrackId, TrackSummary, WallTime};
use nest::{Because, Nest, Preview, Reason, limits};
use std::sync::Arc;

/// How many tracks are drawn for the rule to choose from: enough not to hear one artist twice in a row.
const CANDIDATES: usize = 4;
/// How many of the tracks that played last are avoided; the fewer there are to choose from, the fewer.
const RECENT: [usize; 5] = [limits::RECENT_TRACKS_MAX, 16, 4, 1, 0];

/// Draws a track at once, because one is needed; `None`: there is none.
async fn draw_at_once(app: &App, nest: &Nest) -> Result<Option<Preview>> {
    if let Some(found) = draw_unfiltered(app, nest).await? {
        return Ok(Some(found));
    }
    // What people have just added or filtered is better than silence.
    if let Some(found) = draw_from(app, nest, &[]).await? {
        return Ok(Some(found));
    }
    // And so is the same again.
    Ok(draw(app, &[]).await?.map(drawn))
}

/// Draws a track that nobody added or filtered lately.
async fn draw_unfiltered(app: &App, nest: &Nest) -> Result<Option<Preview>> {
    let filtered: Vec<_> = nest.filtered(app.now()).collect();
    draw_from(app, nest, &filtered).await
}

async fn draw_from(app: &App, nest: &Nest, without: &[TrackId]) -> Result<Option<Preview>> {
    let mut candidates = Vec::new();
    for recent_max in RECENT {
        let mut avoid: Vec<_> = nest.tracks_to_avoid(recent_max).chain(without.iter().copied()).collect();
        while candidates.len() < CANDIDATES {
            let Some(track) = draw(app, &avoid).await? else { break };
            avoid.push(track.id);
            candidates.push(track);
        }
        if !candidates.is_empty() {
            break;
        }
    }
    let chosen =
        app.draw(|entropy| nest::autofill::choose(nest, &candidates, |track| track, entropy).cloned());
    Ok(chosen.map(drawn))
}

fn drawn(track: TrackSummary) -> Preview {
    let because = Because { reason: Reason::Library, seed: None };
    Preview { track: Arc::new(track), because: Arc::new(because) }
}

/// Whether there is nothing to follow what plays, and no time to look for it.
pub(super) fn is_urgent(nest: &Nest, now: WallTime) -> bool {
    nest.queue().is_empty() && nest.next_needed_at().is_some_and(|at| at <= now)
}

async fn draw(app: &App, avoid: &[TrackId]) -> Result<Option<TrackSummary>> {
    metrics::counter!("autofill_draws_total").increment(1);
    let chance = app.draw(|entropy| entropy.next_u64());
    let track = database::tracks::random_playable(app.database(), avoid, chance).await?;
    Ok(track.map(|track| track.summary()))
}

/// Whether what a nest would choose next is still there to be played.
pub(super) async fn is_playable(app: &App, preview: &Preview) -> Result<bool> {
    Ok(match external_tracks::song(app.database(), preview.track.id).await? {
        Some(Song::Library(track)) => track.is_playable(),
        Some(Song::External(_)) => true,
        None => false,
    })
}
