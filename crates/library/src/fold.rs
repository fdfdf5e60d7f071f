//! Folding: the form of a text that search compares. Lower case, accents taken off, punctuation to spaces.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest term that is indexed, in characters; longer ones are cut.
pub const TERM_CHARS_MAX: usize = 40;

/// The folded text: terms of letters and digits, one space between.
///
/// Marks that are accents (Latin, Greek, Cyrillic, Hebrew, Arabic) are removed; marks that are part of the spelling
/// (vowel signs of Indic scripts, kana voicing) are kept. Apostrophes vanish, so that `don't` is `dont`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfkd().filter(|&c| !is_accent(c)).flat_map(char::to_lowercase).nfc() {
        if is_apostrophe(c) || is_accent(c) || is_invisible(c) {
            continue;
        }
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            gap = !folded.is_empty();
            continue;
        }
        if gap {
            folded.push(' ');
            gap = false;
        }
        match plain_letters(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        }
    }
    folded
}

/// The terms of a text, folded, each at most [`TERM_CHARS_MAX`] characters.
pub fn terms(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|term| !term.is_empty()).map(cut).collect()
}

fn cut(term: &str) -> String {
    term.chars().take(TERM_CHARS_MAX).collect()
}

/// Letters that Unicode does not take apart but people type without their stroke.
const fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ŧ' => "t",
        'ƶ' => "z",
        _ => return None,
    })
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '‘' | '’' | 'ʼ' | 'ʹ' | '＇')
}

/// Combining diacritics and the points of Hebrew and Arabic.
const fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}'
        | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Characters that draw nothing and reorder or hide others: direction marks, overrides and isolates, the byte order
/// mark, interlinear and tag characters. The joiners U+200C and U+200D stay: scripts and emoji need them.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        for (text, folded) in [
            ("Björk", "bjork"),
            ("Sigur Rós – Ágætis byrjun", "sigur ros agaetis byrjun"),
            ("STRASSE Straße", "strasse strasse"),
            ("Mötley Crüe", "motley crue"),
            ("AC/DC", "ac dc"),
            ("Don’t Stop", "dont stop"),
            ("Łódź", "lodz"),
            ("Beyoncé & JAY‐Z", "beyonce jay z"),
            ("ﬁre", "fire"),
            ("İstanbul", "istanbul"),
            ("Ёлка", "елка"),
            ("  ...  ", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn marks_that_spell_are_kept() {
        assert_eq!(fold("हिन्दी"), "हिन्दी");
        assert_eq!(fold("ガンダム"), "ガンダム");
        assert_eq!(fold("한국"), "한국");
    }

    #[test]
    fn a_long_term_is_cut() {
        assert_eq!(terms(&"a".repeat(100)), ["a".repeat(TERM_CHARS_MAX)]);
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,30}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn terms_hold_no_syntax(text in "[\\s\\S]{0,40}") {
            for term in terms(&text) {
                let foreign = term.chars().find(|&c| !c.is_alphanumeric() && !is_combining_mark(c));
                prop_assert_eq!(foreign, None);
            }
        }
    }
}
