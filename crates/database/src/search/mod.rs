//! Full-text search over tracks: FTS5 on SQLite and libSQL, a text vector on PostgreSQL, the same answers on all.
//!
//! A search runs in tiers: the title itself; all words exact in the title, then in the artist, then anywhere; then the
//! same with the last word as a prefix. Only when nothing at all is found are words that no track has replaced by
//! words that are close to them.

mod expression;
mod index;
mod vocabulary;

pub(crate) use index::{index, unindex};

use crate::engine::Engine;
use crate::query::{Statement, queries};
use crate::tracks::{TrackRow, track_columns};
use crate::value::Value;
use crate::{Database, Result};
use expression::{Expression, Part, Tier};
use library::{Field, SearchQuery, Track};

/// The most tracks a search returns.
pub const FOUND_MAX: u32 = 100;

/// One select that is a tier of the search.
macro_rules! tier {
    ($number:literal, $condition:literal) => {
        concat!(
            "select number, ",
            $number,
            " as tier from (select rowid as number from track_search where ",
            $condition,
            " order by rowid desc limit $1) as tier_",
            $number
        )
    };
}

macro_rules! search_sql {
    ($e3:literal, $e4:literal, $e5:literal, $e6:literal, $e7:literal, $e8:literal) => {
        concat!(
            "select ",
            track_columns!(),
            " from (select number, min(tier) as tier from (",
            "select number, 0 as tier from (select number from tracks where title_sort = $2
               order by number desc limit $1) as tier_0 union all ",
            tier!(1, $e3),
            " union all ",
            tier!(2, $e4),
            " union all ",
            tier!(3, $e5),
            " union all ",
            tier!(4, $e6),
            " union all ",
            tier!(5, $e7),
            " union all ",
            tier!(6, $e8),
            ") as hits group by number order by min(tier), number desc limit $1) as best
             join tracks on tracks.number = best.number order by best.tier, best.number desc"
        )
    };
}

queries! {
    SEARCH_SQLITE[Sqlite](Int, Text, Text, Text, Text, Text, Text, Text) -> TrackRow = search_sql!(
        "track_search match $3", "track_search match $4", "track_search match $5",
        "track_search match $6", "track_search match $7", "track_search match $8"
    );
    SEARCH_POSTGRES[Postgres](Int, Text, Text, Text, Text, Text, Text, Text) -> TrackRow = search_sql!(
        "document @@ cast(cast($3 as text) as tsquery)", "document @@ cast(cast($4 as text) as tsquery)",
        "document @@ cast(cast($5 as text) as tsquery)", "document @@ cast(cast($6 as text) as tsquery)",
        "document @@ cast(cast($7 as text) as tsquery)", "document @@ cast(cast($8 as text) as tsquery)"
    );
}

pub(crate) fn statements() -> impl Iterator<Item = &'static Statement> {
    [ALL, index::ALL, vocabulary::ALL].into_iter().flatten().copied()
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The tracks, best first; within a tier the latest added first.
    pub tracks: Vec<Track>,
    /// Whether misspelt words were replaced to find them.
    pub corrected: bool,
}

/// Finds at most `limit` tracks (1 to [`FOUND_MAX`]). An empty search finds nothing.
///
/// # Errors
/// Whatever the engine says.
pub async fn tracks(database: &Database, query: &SearchQuery, limit: u32) -> Result<Found> {
    let limit = limit.clamp(1, FOUND_MAX);
    if query.is_empty() {
        return Ok(Found { tracks: Vec::new(), corrected: false });
    }
    let parts: Vec<Part> = query.clauses.iter().map(Part::of).collect();
    let tracks = run(database, query, &parts, limit).await?;
    if !tracks.is_empty() {
        return Ok(Found { tracks, corrected: false });
    }
    match vocabulary::correct(database, parts).await? {
        Some(parts) => Ok(Found { tracks: run(database, query, &parts, limit).await?, corrected: true }),
        None => Ok(Found { tracks, corrected: false }),
    }
}

async fn run(database: &Database, query: &SearchQuery, parts: &[Part], limit: u32) -> Result<Vec<Track>> {
    let engine = database.engine();
    let expression = Expression { parts, year: query.year, postgres: engine == Engine::Postgres };
    let [a, b, c, d, e, f] = Tier::ALL.map(|tier| Value::from(expression.text(tier)));
    let values = [limit.into(), Value::from(whole_title(query)), a, b, c, d, e, f];
    let rows = match engine {
        Engine::Postgres => SEARCH_POSTGRES.all(database, values).await?,
        Engine::Sqlite | Engine::Libsql => SEARCH_SQLITE.all(database, values).await?,
    };
    rows.into_iter().map(TrackRow::into_track).collect()
}

/// The search as a title, or a text that is none if it asks for anything else.
fn whole_title(query: &SearchQuery) -> String {
    let only_words = query.year.is_none()
        && query.clauses.iter().all(|clause| matches!(clause.field, Field::Any | Field::Title));
    if !only_words {
        return expression::YEAR_MARK.to_string();
    }
    let words: Vec<&str> =
        query.clauses.iter().flat_map(|clause| &clause.words).map(String::as_str).collect();
    words.join(" ")
}
