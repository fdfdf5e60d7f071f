//! Throwback: what people played in a nest on the same weekday of past years and weeks, by the clocks here.

use crate::app::App;
use crate::error::Result;
use database::nests::Play;
use database::plays;
use model::NestId;

/// Plays of past years first, then of past weeks, none of the last seven days; of each song the first that was drawn. At
/// most `limit`. Every play is as likely as any other, so what was played often comes often.
pub(crate) async fn throwback(app: &App, nest: NestId, limit: usize) -> Result<Vec<Play>> {
    let Some(first) = plays::first_play(app.database(), nest).await? else { return Ok(Vec::new()) };
    let days = app.config().zone.past_days(app.now(), first);
    let chance = app.draw(|entropy| entropy.next_u64());
    Ok(plays::throwback(app.database(), nest, &days, limit, chance).await?)
}
