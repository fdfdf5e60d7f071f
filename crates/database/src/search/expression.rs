//! A search as the text each engine's full-text index understands. Words are folded: letters, digits and marks, so no
//! word can be taken for syntax; each is quoted all the same.

use library::{Clause, Field};

/// The mark before a year in the index. Folding removes it, so no word of a tag begins with it.
pub(super) const YEAR_MARK: char = '§';

/// Which fields a tier looks in, and whether the last word may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tier {
    field: Field,
    prefix: bool,
}

impl Tier {
    /// From the best to the weakest.
    pub(super) const ALL: [Self; 6] = [
        Self { field: Field::Title, prefix: false },
        Self { field: Field::Artist, prefix: false },
        Self { field: Field::Any, prefix: false },
        Self { field: Field::Title, prefix: true },
        Self { field: Field::Artist, prefix: true },
        Self { field: Field::Any, prefix: true },
    ];
}

/// A clause, and the words that may stand for it if it was misspelt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) field: Field,
    pub(super) words: Vec<String>,
    pub(super) prefix: bool,
    /// Words instead of the only one; empty: it is well spelt.
    pub(super) corrections: Vec<String>,
}

impl Part {
    pub(super) fn of(clause: &Clause) -> Self {
        Self {
            field: clause.field,
            words: clause.words.clone(),
            prefix: clause.prefix,
            corrections: Vec::new(),
        }
    }
}

/// All parts of a search.
pub(super) struct Expression<'a> {
    pub(super) parts: &'a [Part],
    pub(super) year: Option<i32>,
    pub(super) postgres: bool,
}

impl Expression<'_> {
    /// The expression of a tier. One that could only repeat a better tier matches nothing.
    pub(super) fn text(&self, tier: Tier) -> String {
        let repeats = (tier.field != Field::Title && !self.parts.iter().any(|part| part.field == Field::Any))
            || (tier.prefix && !self.parts.iter().any(|part| part.prefix));
        let nothing = self.term(Field::Genre, &[YEAR_MARK.to_string()], false);
        if repeats && !(self.parts.is_empty() && tier == Tier::ALL[0]) {
            return nothing;
        }
        let year = self.year.map(|year| self.term(Field::Genre, &[format!("{YEAR_MARK}{year}")], false));
        let parts = self.parts.iter().map(|part| {
            let field = if part.field == Field::Any { tier.field } else { part.field };
            self.part(part, field, tier.prefix)
        });
        let all: Vec<String> = parts.chain(year).collect();
        if all.is_empty() { nothing } else { all.join(if self.postgres { " & " } else { " AND " }) }
    }

    fn part(&self, part: &Part, field: Field, prefix: bool) -> String {
        if part.corrections.is_empty() {
            return self.term(field, &part.words, prefix && part.prefix);
        }
        let choices = part.corrections.iter().map(|word| self.term(field, std::slice::from_ref(word), false));
        format!("({})", choices.collect::<Vec<_>>().join(if self.postgres { " | " } else { " OR " }))
    }

    /// Words in a row in a field.
    fn term(&self, field: Field, words: &[String], prefix: bool) -> String {
        if !self.postgres {
            let column = match field {
                Field::Any => "",
                Field::Title => "title : ",
                Field::Artist => "artist : ",
                Field::Album => "album : ",
                Field::Genre => "genre : ",
            };
            let star = if prefix { " *" } else { "" };
            return format!("{column}\"{}\"{star}", words.join(" "));
        }
        let weight = match field {
            Field::Any => "",
            Field::Title => "A",
            Field::Artist => "B",
            Field::Album => "C",
            Field::Genre => "D",
        };
        let last = words.len().saturating_sub(1);
        let words = words.iter().enumerate().map(|(at, word)| {
            let star = if prefix && at == last { "*" } else { "" };
            let colon = if star.is_empty() && weight.is_empty() { "" } else { ":" };
            format!("'{word}'{colon}{star}{weight}")
        });
        format!("({})", words.collect::<Vec<_>>().join(" <-> "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use library::SearchQuery;

    fn texts(search: &str, postgres: bool) -> Vec<String> {
        let query = SearchQuery::parse(search);
        let parts: Vec<Part> = query.clauses.iter().map(Part::of).collect();
        let expression = Expression { parts: &parts, year: query.year, postgres };
        Tier::ALL.map(|tier| expression.text(tier)).into()
    }

    #[test]
    fn words_are_looked_for_in_each_tier() {
        assert_eq!(
            texts("wish year:1975 you", false)[..4],
            [
                "title : \"wish\" AND title : \"you\" AND genre : \"§1975\"",
                "artist : \"wish\" AND artist : \"you\" AND genre : \"§1975\"",
                "\"wish\" AND \"you\" AND genre : \"§1975\"",
                "title : \"wish\" AND title : \"you\" * AND genre : \"§1975\"",
            ]
        );
        assert_eq!(texts("\"wish you\"", true)[0], "('wish':A <-> 'you':A)");
        assert_eq!(texts("wis", true)[5], "('wis':*)");
    }

    #[test]
    fn a_tier_that_can_only_repeat_matches_nothing() {
        let nothing = "genre : \"§\"";
        assert_eq!(texts("artist:\"pink floyd\"", false)[1..], [nothing; 5]);
        assert_eq!(texts("year:1975", false)[0], "genre : \"§1975\"");
        assert_eq!(texts("year:1975", false)[1..], [nothing; 5]);
    }
}
