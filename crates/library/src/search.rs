//! The grammar of a search: words, `"quoted phrases"`, `artist:`, `album:`, `title:` and `genre:` before a word or a
//! phrase, and `year:1990`. Every text is a search; what cannot be understood is searched for as words.

use crate::terms;

/// The longest search that is read, in characters; the rest is ignored.
pub const QUERY_CHARS_MAX: usize = 200;
/// The most clauses of a search; the rest is ignored.
pub const CLAUSES_MAX: usize = 8;

/// Where a clause must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Anywhere.
    Any,
    /// In the title.
    Title,
    /// In the artist or the artist of the album.
    Artist,
    /// In the album.
    Album,
    /// In the genre.
    Genre,
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "title" => Some(Self::Title),
            "artist" => Some(Self::Artist),
            "album" => Some(Self::Album),
            "genre" => Some(Self::Genre),
            _ => None,
        }
    }
}

/// One thing that must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Where.
    pub field: Field,
    /// The folded words, in a row; at least one.
    pub words: Vec<String>,
    /// Whether the last word may go on: it is still being typed.
    pub prefix: bool,
}

/// A search: all clauses must be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// What must be found.
    pub clauses: Vec<Clause>,
    /// The year of release.
    pub year: Option<i32>,
}

impl SearchQuery {
    /// Reads a search. The last clause is a prefix, unless it ends with a quotation mark.
    pub fn parse(text: &str) -> Self {
        let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
        let mut query = Self::default();
        let mut rest = text.trim();
        while !rest.is_empty() && query.clauses.len() < CLAUSES_MAX {
            rest = query.read_clause(rest).trim_start();
        }
        query.clauses.truncate(CLAUSES_MAX);
        query
    }

    /// Whether it asks for nothing.
    pub const fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.year.is_none()
    }

    /// Reads one clause and returns what follows it.
    fn read_clause<'a>(&mut self, text: &'a str) -> &'a str {
        let (field, text) = self.read_field(text);
        if let Some(quoted) = text.strip_prefix('"') {
            let (phrase, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
            let words = terms(phrase);
            if !words.is_empty() {
                let closed = quoted.len() > phrase.len();
                self.clauses.push(Clause { field, words, prefix: !closed });
            }
            return rest;
        }
        let end = text.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        if field == Field::Any && self.read_year(word) {
            return rest;
        }
        let words = terms(word);
        let last = words.len().saturating_sub(1);
        let typing = rest.trim().is_empty();
        for (at, word) in words.into_iter().enumerate() {
            self.clauses.push(Clause { field, words: vec![word], prefix: typing && at == last });
        }
        rest
    }

    fn read_field<'a>(&self, text: &'a str) -> (Field, &'a str) {
        let named = text.split_once(':').and_then(|(name, rest)| Some((Field::named(name)?, rest)));
        match named {
            Some((field, rest)) if rest.starts_with(|c: char| !c.is_whitespace()) => (field, rest),
            _ => (Field::Any, text),
        }
    }

    fn read_year(&mut self, word: &str) -> bool {
        let year = word.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("year"));
        let year = year.and_then(|(_, digits)| digits.parse().ok()).filter(|year| (1..=9999).contains(year));
        self.year = year.or(self.year);
        year.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clause(field: Field, words: &[&str], prefix: bool) -> Clause {
        Clause { field, words: words.iter().map(|&word| word.to_owned()).collect(), prefix }
    }

    #[test]
    fn the_last_word_is_a_prefix() {
        let query = SearchQuery::parse("  Björk  Jóg");
        assert_eq!(
            query.clauses,
            [clause(Field::Any, &["bjork"], false), clause(Field::Any, &["jog"], true)]
        );
    }

    #[test]
    fn fields_phrases_and_the_year_are_understood() {
        let query = SearchQuery::parse("artist:\"Pink Floyd\" ALBUM:wall year:1979 \"run like hell\"");
        assert_eq!(query.year, Some(1979));
        assert_eq!(
            query.clauses,
            [
                clause(Field::Artist, &["pink", "floyd"], false),
                clause(Field::Album, &["wall"], false),
                clause(Field::Any, &["run", "like", "hell"], false),
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_words() {
        let query = SearchQuery::parse("artist: year:soon :: AC/DC");
        let words: Vec<_> = query.clauses.iter().map(|clause| clause.words.join(" ")).collect();
        assert_eq!(words, ["artist", "year", "soon", "ac", "dc"]);
        assert_eq!(query.year, None);
    }

    #[test]
    fn an_open_quotation_is_still_being_typed() {
        assert_eq!(
            SearchQuery::parse("\"wish you w").clauses,
            [clause(Field::Any, &["wish", "you", "w"], true)]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_bounded_search(text in "[a-z\":ö ]{0,80}|\\PC{0,300}") {
            let query = SearchQuery::parse(&text);
            prop_assert!(query.clauses.len() <= CLAUSES_MAX);
            prop_assert!(query.clauses.iter().all(|clause| !clause.words.is_empty()));
            prop_assert!(query.clauses.iter().rev().skip(1).all(|clause| !clause.prefix));
        }
    }
}
