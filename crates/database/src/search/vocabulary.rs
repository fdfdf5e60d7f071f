//! Misspelt words: which words of a search no track has, and which words of the library are close to them.

use super::expression::Part;
use crate::query::queries;
use crate::row::row;
use crate::value::Value;
use crate::{Database, Result};
use library::{deletion_forms, distance_of_prefix, distance_within, edits_forgiven};

/// How many words may stand for a misspelt one.
const CORRECTIONS_MAX: usize = 5;

row! {
    struct TermRow { term: String, tracks: i64 }
}

queries! {
    BEGINS(Text, Text) -> String = "select term from search_terms where term >= $1 and term < $2 limit 1";
    CLOSE(Text) -> TermRow =
        "select distinct search_terms.term, search_terms.tracks from search_deletes
         join search_terms on search_terms.term = search_deletes.term
         where search_deletes.form in (select value from each($1))";
}

/// The parts with misspelt words replaced; `None`: nothing is misspelt, or nothing is close.
pub(super) async fn correct(database: &Database, mut parts: Vec<Part>) -> Result<Option<Vec<Part>>> {
    let mut corrected = false;
    for part in &mut parts {
        let [word] = part.words.as_slice() else { continue };
        if edits_forgiven(word) == 0 || is_known(database, word).await? {
            continue;
        }
        part.corrections = close_to(database, word, part.prefix).await?;
        if part.corrections.is_empty() {
            return Ok(None);
        }
        corrected = true;
    }
    Ok(corrected.then_some(parts))
}

async fn is_known(database: &Database, word: &str) -> Result<bool> {
    let behind = format!("{word}\u{10ffff}");
    Ok(BEGINS.find(database, [word.into(), behind.into()]).await?.is_some())
}

/// The closest words, those in most tracks first.
async fn close_to(database: &Database, word: &str, prefix: bool) -> Result<Vec<String>> {
    let edits_max = edits_forgiven(word);
    let rows = CLOSE.all(database, [Value::list(deletion_forms(word))]).await?;
    let mut close: Vec<(usize, i64, String)> = rows
        .into_iter()
        .filter_map(|row| {
            let whole = distance_within(word, &row.term, edits_max);
            let edits =
                if prefix { whole.or_else(|| distance_of_prefix(word, &row.term, edits_max)) } else { whole };
            Some((edits?, -row.tracks, row.term))
        })
        .collect();
    close.sort_unstable();
    close.truncate(CORRECTIONS_MAX);
    Ok(close.into_iter().map(|(_, _, term)| term).collect())
}
