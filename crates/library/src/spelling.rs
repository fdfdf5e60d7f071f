//! Typing errors: how many are forgiven, and the forms by which a misspelt term finds the term that was meant.
//!
//! Symmetric deletion (Garbe 2012): two words within n edits of each other share a form that both reach by deleting at
//! most n characters. So a table from forms to terms answers "what is close to this" with equality alone.

/// Deletion forms are taken from this many characters at the start of a term, which bounds them to 29 for two edits.
pub const FORM_CHARS_MAX: usize = 7;

/// How many edits are forgiven in a term: none below four characters, one below eight, then two.
pub fn edits_forgiven(term: &str) -> usize {
    match term.chars().count() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// The start of `term` with up to as many characters deleted as there are edits forgiven, itself included. Sorted.
pub fn deletion_forms(term: &str) -> Vec<String> {
    let start: Vec<char> = term.chars().take(FORM_CHARS_MAX).collect();
    let mut forms = vec![start];
    let mut newest = 0..1;
    for _ in 0..edits_forgiven(term) {
        let before = forms.len();
        for at in newest {
            for deleted in 0..forms[at].len() {
                let mut form = forms[at].clone();
                form.remove(deleted);
                forms.push(form);
            }
        }
        newest = before..forms.len();
    }
    let mut forms: Vec<String> = forms.into_iter().map(|form| form.into_iter().collect()).collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The number of edits (insert, delete, replace, swap of neighbours) between two words, if it is at most `edits_max`.
pub fn distance_within(one: &str, other: &str, edits_max: usize) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > edits_max {
        return None;
    }
    last_row(&one, &other).last().copied().filter(|&edits| edits <= edits_max)
}

/// The number of edits between `typed` and the nearest beginning of `term`, if it is at most `edits_max`.
pub fn distance_of_prefix(typed: &str, term: &str, edits_max: usize) -> Option<usize> {
    let typed: Vec<char> = typed.chars().collect();
    let term: Vec<char> = term.chars().take(typed.len() + edits_max).collect();
    last_row(&typed, &term).into_iter().min().filter(|&edits| edits <= edits_max)
}

/// The distances between the whole of `one` and every beginning of `other` (optimal string alignment).
fn last_row(one: &[char], other: &[char]) -> Vec<usize> {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, &a) in one.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, &b) in other.iter().enumerate() {
            let mut best = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == other[j - 1] && one[i - 1] == b {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edits_are_counted_with_swaps() {
        assert_eq!(distance_within("metallica", "metalica", 2), Some(1));
        assert_eq!(distance_within("radiohead", "raidohead", 1), Some(1));
        assert_eq!(distance_within("queen", "green", 1), None);
        assert_eq!(distance_of_prefix("metalli", "metallica", 1), Some(0));
        assert_eq!(distance_of_prefix("matalli", "metallica", 1), Some(1));
        assert_eq!(distance_of_prefix("zzzz", "metallica", 1), None);
    }

    #[test]
    fn short_terms_forgive_nothing() {
        assert_eq!((edits_forgiven("abc"), edits_forgiven("abcd"), edits_forgiven("abcdefgh")), (0, 1, 2));
        assert_eq!(deletion_forms("abc"), ["abc"]);
        assert_eq!(deletion_forms("abcd").len(), 5);
        assert_eq!(deletion_forms("abcdefghijkl").len(), 29);
    }

    proptest! {
        #[test]
        fn a_term_with_one_error_shares_a_form_with_the_term(term in "[a-e]{5,12}", at in 0usize..12, kind in 0u8..4) {
            let mut letters: Vec<char> = term.chars().collect();
            let at = at % (letters.len() - 1);
            match kind {
                0 => { letters.remove(at); }
                1 => letters.insert(at, 'x'),
                2 => letters[at] = 'x',
                _ => letters.swap(at, at + 1),
            }
            let typed: String = letters.into_iter().collect();
            prop_assert!(distance_within(&typed, &term, 1).is_some());
            let known = deletion_forms(&term);
            prop_assert!(deletion_forms(&typed).iter().any(|form| known.contains(form)), "{typed} {term}");
        }
    }
}
