//! Keeping the index: the folded text of each track, the vocabulary, and the forms misspelt words are found by.

use super::expression::YEAR_MARK;
use crate::query::queries;
use crate::row::row;
use crate::value::Value;
use crate::{Result, Transaction};
use library::{Track, deletion_forms, terms};
use std::collections::{BTreeMap, BTreeSet};

/// How many items one statement takes.
const ITEMS_MAX: usize = 2_000;

row! {
    struct TextRow { title: String, artist: String, album: String, genre: String }
}
row! {
    struct TermRow { term: String, tracks: i64 }
}

queries! {
    ADD_TEXT(Int, Text, Text, Text, Text) =
        "insert into track_search (rowid, title, artist, album, genre) values ($1, $2, $3, $4, $5)";
    GET_TEXT(Int) -> TextRow = "select title, artist, album, genre from track_search where rowid = $1";
    REMOVE_TEXT(Int) = "delete from track_search where rowid = $1";
    ADD_TERMS(Text, Int) -> TermRow =
        "insert into search_terms (term, tracks) select value, cast($2 as bigint) from each($1) where true
         on conflict (term) do update set tracks = search_terms.tracks + excluded.tracks
         returning term, tracks";
    DROP_TERMS(Text) = "update search_terms set tracks = tracks - 1 where term in (select value from each($1))";
    REMOVE_TERMS(Text) -> String =
        "delete from search_terms where tracks <= 0 and term in (select value from each($1)) returning term";
    // An item is the length of the form as one digit, the form, the term.
    ADD_FORMS(Text) =
        "insert into search_deletes (form, term)
         select substr(value, 2, cast(substr(value, 1, 1) as integer)),
                substr(value, 2 + cast(substr(value, 1, 1) as integer))
         from each($1) where true on conflict do nothing";
    REMOVE_FORMS(Text, Text) =
        "delete from search_deletes where form in (select value from each($1)) and term = $2";
}

/// What the index holds of a track.
struct Text {
    title: String,
    artist: String,
    album: String,
    genre: String,
}

impl Text {
    fn of(track: &Track) -> Self {
        let words = |texts: &[&str]| texts.iter().flat_map(|text| terms(text)).collect::<Vec<_>>().join(" ");
        let album_artist = if track.album_artist == track.artist { "" } else { &track.album_artist };
        let mut genre = words(&[&track.genre]);
        if let Some(year) = track.year {
            genre = format!("{genre} {YEAR_MARK}{year}");
        }
        Self {
            title: words(&[&track.title]),
            artist: words(&[&track.artist, album_artist]),
            album: words(&[&track.album]),
            genre,
        }
    }

    fn vocabulary(&self) -> BTreeSet<&str> {
        [&self.title, &self.artist, &self.album, &self.genre]
            .into_iter()
            .flat_map(|text| text.split(' '))
            .filter(|term| !term.is_empty() && !term.starts_with(YEAR_MARK))
            .collect()
    }
}

/// Adds tracks by their number.
pub(crate) async fn index(tx: &mut Transaction, tracks: &[(i64, &Track)]) -> Result<()> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for (number, track) in tracks {
        let text = Text::of(track);
        for term in text.vocabulary() {
            *counts.entry(term.to_owned()).or_default() += 1;
        }
        let Text { title, artist, album, genre } = text;
        let values = [(*number).into(), title.into(), artist.into(), album.into(), genre.into()];
        ADD_TEXT.run(&mut *tx, values).await?;
    }
    // A statement adds one number to many terms, so terms are gathered by their number.
    let mut by_count: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (term, count) in counts {
        by_count.entry(count).or_default().push(term);
    }
    for (count, terms) in by_count {
        for terms in terms.chunks(ITEMS_MAX) {
            let rows = ADD_TERMS.all(&mut *tx, [Value::list(terms), count.into()]).await?;
            let fresh = rows.into_iter().filter(|row| row.tracks == count).map(|row| row.term);
            add_forms(tx, fresh.collect()).await?;
        }
    }
    Ok(())
}

async fn add_forms(tx: &mut Transaction, terms: Vec<String>) -> Result<()> {
    let items: Vec<String> = terms
        .iter()
        .filter(|term| library::edits_forgiven(term) > 0)
        .flat_map(|term| {
            deletion_forms(term).into_iter().map(move |form| format!("{}{form}{term}", form.chars().count()))
        })
        .collect();
    for items in items.chunks(ITEMS_MAX) {
        ADD_FORMS.run(&mut *tx, [Value::list(items)]).await?;
    }
    Ok(())
}

/// Removes a track by its number.
pub(crate) async fn unindex(tx: &mut Transaction, number: i64) -> Result<()> {
    let Some(row) = GET_TEXT.find(&mut *tx, [number.into()]).await? else { return Ok(()) };
    let text = Text { title: row.title, artist: row.artist, album: row.album, genre: row.genre };
    let vocabulary = Value::list(text.vocabulary());
    REMOVE_TEXT.run(&mut *tx, [number.into()]).await?;
    DROP_TERMS.run(&mut *tx, [vocabulary.clone()]).await?;
    for term in REMOVE_TERMS.all(&mut *tx, [vocabulary]).await? {
        REMOVE_FORMS.run(&mut *tx, [Value::list(deletion_forms(&term)), term.into()]).await?;
    }
    Ok(())
}
