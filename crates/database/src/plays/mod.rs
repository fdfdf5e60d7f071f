//! The history of nests as a whole: taking in what was played before, counting what was played, and finding
//! what was played on days like today.
//!
//! Deliberately not here: single plays as nests make them (`nests`), and which days those are (the server knows its zone).

mod find;
mod import;
mod stats;
mod throwback;

pub use find::{ChosenBy, FoundPlays, PLAYS_SCANNED_MAX, PlayFilter, PlaySource, find};
pub use import::{IMPORT_PLAYS_MAX, Imported, PastPlay, PastSong, import, recorded};
pub use stats::{JamsBetween, LovedSong, STATS_ROWS_MAX, Stats, Stretch, stats};
pub use throwback::{PastDays, first_play, throwback};

use crate::query::Statement;

pub(crate) fn statements() -> impl Iterator<Item = &'static Statement> {
    [find::ALL, import::ALL, stats::ALL, throwback::ALL].into_iter().flatten().copied()
}
