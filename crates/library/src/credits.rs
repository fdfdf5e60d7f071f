//! Who takes part in a track, from the one line that names its artist.

use crate::fold;

/// The most names that are read from one line.
pub const CREDITS_MAX: usize = 16;

/// What stands between two names. A word is one only between spaces: `Ft` may begin a name, and so may `X`.
const BETWEEN: [&str; 14] = [
    " featuring ",
    " feat. ",
    " feat ",
    " ft. ",
    " ft ",
    " with ",
    " vs. ",
    " vs ",
    " & ",
    " + ",
    " x ",
    " / ",
    ", ",
    ";",
];

/// The names that share the credit of `artist`, the first one first, each once however it is written: `A feat. B`, `A & B`,
/// `A, B`, `A x B`, `A (with B)`.
///
/// A band whose name looks like several names (`Simon & Garfunkel`) is read as several; nobody is known by the parts then,
/// and nothing is found for them. The whole line is not among the names if it can be split.
pub fn credits(artist: &str) -> Vec<String> {
    let plain: String =
        artist.chars().map(|c| if matches!(c, '(' | ')' | '[' | ']') { ' ' } else { c }).collect();
    // Spaces around, so that a mark at either end is one too.
    let mut rest = format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut names: Vec<String> = Vec::new();
    while !rest.trim().is_empty() && names.len() < CREDITS_MAX {
        // Lower case of ASCII alone: what is found stands at the same place in the original.
        let lower = rest.to_ascii_lowercase();
        let found = BETWEEN.iter().filter_map(|mark| Some((lower.find(mark)?, mark.len())));
        let (name, after) = match found.min_by_key(|&(at, length)| (at, std::cmp::Reverse(length))) {
            Some((at, length)) => {
                (rest[..at].trim().to_owned(), format!(" {}", rest[at + length..].trim_start()))
            }
            None => (rest.trim().to_owned(), String::new()),
        };
        rest = after;
        let folded = fold(&name);
        if !folded.is_empty() && !names.iter().any(|known| fold(known) == folded) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_share_a_credit_are_told_apart() {
        for (artist, names) in [
            ("Queen", vec!["Queen"]),
            ("Queen feat. David Bowie", vec!["Queen", "David Bowie"]),
            ("Queen Ft David Bowie", vec!["Queen", "David Bowie"]),
            ("Queen (featuring David Bowie)", vec!["Queen", "David Bowie"]),
            ("Queen & David Bowie", vec!["Queen", "David Bowie"]),
            ("A, B & C feat. D", vec!["A", "B", "C", "D"]),
            ("Björk; Arca", vec!["Björk", "Arca"]),
            ("Anna x Ben vs. Cleo / Dan", vec!["Anna", "Ben", "Cleo", "Dan"]),
            ("Ida with The Band", vec!["Ida", "The Band"]),
            ("İstanbul FEAT. Ölü", vec!["İstanbul", "Ölü"]),
        ] {
            assert_eq!(credits(artist), names, "{artist}");
        }
    }

    #[test]
    fn marks_within_a_name_do_not_split_it() {
        for name in ["AC/DC", "Xavier", "Featherstone", "R&B Kings", "Withered", "Vsevolod", "P!nk"] {
            assert_eq!(credits(name), [name]);
        }
    }

    #[test]
    fn a_name_counts_once_and_none_is_empty() {
        assert_eq!(credits("Queen & QUEEN feat. Queen"), ["Queen"]);
        assert_eq!(credits("  ,  & feat. "), Vec::<String>::new().as_slice());
        assert_eq!(credits(""), Vec::<String>::new().as_slice());
    }

    proptest! {
        #[test]
        fn any_line_is_read(artist in "\\PC{0,60}") {
            let names = credits(&artist);
            prop_assert!(names.len() <= CREDITS_MAX);
            prop_assert!(names.iter().all(|name| !fold(name).is_empty()));
        }

        #[test]
        fn names_come_back_however_they_are_joined(
            names in prop::collection::btree_set("[A-Z][a-z]{2,8}", 1..6),
            mark in prop::sample::select(vec![" & ", " feat. ", ", ", " x ", " / ", "; "]),
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let lower = names.iter().any(|name| ["With", "Feat"].contains(&name.as_str()));
            prop_assume!(!lower);
            prop_assert_eq!(credits(&names.join(mark)), names);
        }
    }
}
