//! When two descriptions mean the same song, though one service writes `Heroes - 2017 Remaster` and a file says `"Heroes"`.
//!
//! The rule, after folding (case, accents and punctuation do not count):
//! - *title*: without remarks, which are a bracket or a part after a dash that speaks of a remaster or of who else takes
//!   part, and without `feat. …` at the end of any part. What else stands there (live, acoustic, a remix) makes another song;
//! - *artist*: the same, or the same first of several; `and`, `&` and a leading `the` do not count;
//! - *duration*: within [`DURATION_TOLERANCE_MS`].
//!
//! Deliberately not here: ISRCs, which say it outright, and looking for candidates (`database`).

use crate::fold;
use model::TrackPosition;

/// How far two durations of one song may lie apart, in milliseconds.
pub const DURATION_TOLERANCE_MS: i64 = 3_000;

/// What is compared of a song.
#[derive(Clone, Copy, Debug)]
pub struct SongFacts<'a> {
    /// Title.
    pub title: &'a str,
    /// Artist as shown.
    pub artist: &'a str,
    /// How long it plays.
    pub duration: TrackPosition,
}

/// Whether both mean the same song.
pub fn is_same_song(one: SongFacts<'_>, other: SongFacts<'_>) -> bool {
    let apart = (one.duration.millis() - other.duration.millis()).abs();
    apart <= DURATION_TOLERANCE_MS
        && is_same_title(one.title, other.title)
        && is_same_artist(one.artist, other.artist)
}

/// The folded beginning that the titles of one song have in common: what stands before the first remark. Titles of the
/// same song, folded, are this or begin with it and a space, but for a guest who is named in the middle of a title.
pub fn title_stem(title: &str) -> String {
    let parts = parts(title);
    let mut stems = parts.iter().map(|part| fold(without_guests(part.text)));
    stems.find(|stem| !stem.is_empty()).unwrap_or_default()
}

fn is_same_title(one: &str, other: &str) -> bool {
    let key = title_key(one);
    !key.is_empty() && key == title_key(other)
}

fn is_same_artist(one: &str, other: &str) -> bool {
    let same = |one: String, other: String| !one.is_empty() && one == other;
    same(artist_key(one), artist_key(other)) || same(artist_key(lead(one)), artist_key(lead(other)))
}

/// A part of a title: what stands in a bracket, after a dash, or before either.
struct Part<'a> {
    text: &'a str,
    is_bracket: bool,
}

/// Each is a dash only before a space: other ones are part of a word.
const DASHES: [&str; 3] = ["- ", "– ", "— "];

fn parts(title: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut rest, mut is_bracket) = (title, false);
    loop {
        let bracket = rest.find(['(', ')', '[', ']']).map(|at| (at, 1));
        let dashes = DASHES.iter().filter_map(|dash| Some((rest.find(dash)?, dash.len())));
        let Some((at, length)) = dashes.chain(bracket).min() else {
            parts.push(Part { text: rest, is_bracket });
            return parts;
        };
        parts.push(Part { text: &rest[..at], is_bracket });
        is_bracket = rest[at..].starts_with(['(', '[']);
        rest = &rest[at + length..];
    }
}

fn is_guest_word(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ':']);
    ["feat", "ft", "featuring"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// A text up to a `feat.` that is not its first word.
fn without_guests(text: &str) -> &str {
    let starts = text.split_whitespace().skip(1).find(|word| is_guest_word(word));
    // A word of `split_whitespace` lies in the text: its place is where it begins.
    starts.map_or(text, |word| &text[..word.as_ptr() as usize - text.as_ptr() as usize])
}

/// Whether a part only says who else takes part, or that the recording was worked over.
fn is_remark(part: &Part<'_>) -> bool {
    let first = part.text.split_whitespace().next().unwrap_or_default();
    is_guest_word(first)
        || (part.is_bracket && first.eq_ignore_ascii_case("with"))
        || fold(part.text).split(' ').any(|term| matches!(term, "remaster" | "remastered" | "remastering"))
}

fn title_key(title: &str) -> String {
    let mut key = String::new();
    for (at, part) in parts(title).iter().enumerate() {
        if at == 0 || !is_remark(part) {
            key.push_str(without_guests(part.text));
            key.push(' ');
        }
    }
    fold(&key)
}

/// The first of several artists.
fn lead(artist: &str) -> &str {
    let first = artist.split([',', ';']).next().unwrap_or_default();
    without_guests(first)
}

fn artist_key(artist: &str) -> String {
    let folded = fold(artist);
    let named = folded.strip_prefix("the ").unwrap_or(&folded);
    let terms: Vec<_> = named.split(' ').filter(|&term| term != "and").collect();
    terms.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn song<'a>(title: &'a str, artist: &'a str, seconds: i64) -> SongFacts<'a> {
        SongFacts { title, artist, duration: TrackPosition::from_millis(seconds * 1000) }
    }

    #[track_caller]
    fn same(one: (&str, &str), other: (&str, &str)) {
        assert!(is_same_song(song(one.0, one.1, 200), song(other.0, other.1, 200)), "{one:?} {other:?}");
        assert!(is_same_song(song(other.0, other.1, 200), song(one.0, one.1, 200)), "{other:?} {one:?}");
        let [stem, folded] = [title_stem(one.0), fold(other.0)];
        assert!(folded == stem || folded.starts_with(&format!("{stem} ")), "{stem} finds {folded}");
    }

    #[track_caller]
    fn other(one: (&str, &str), other: (&str, &str)) {
        assert!(!is_same_song(song(one.0, one.1, 200), song(other.0, other.1, 200)), "{one:?} {other:?}");
    }

    #[test]
    fn remasters_and_guests_do_not_make_another_song() {
        let bowie = "David Bowie";
        for title in [
            "\"Heroes\"",
            "HEROES",
            "Heroes - 2017 Remaster",
            "Heroes (Remastered)",
            "Heroes [Remastered 2017]",
            "Heroes – Remastered Version",
            "Heroes feat. Brian Eno",
            "Heroes (feat. Brian Eno)",
            "Heroes (with Brian Eno)",
            "Heroes ft. Brian Eno (2017 Remaster)",
        ] {
            same(("Heroes", bowie), (title, bowie));
            same((title, bowie), ("Heroes", bowie));
        }
        same(
            ("(I Can't Get No) Satisfaction", "Stones"),
            ("(I Can’t Get No) Satisfaction - Remastered", "Stones"),
        );
        same(("Song feat. X - Live", "A"), ("Song (Live)", "A"));
        same(("Björk's Café", "A"), ("Bjorks Cafe", "A"));
    }

    #[test]
    fn another_recording_is_another_song() {
        for title in ["Heroes (Live)", "Heroes - Acoustic", "Heroes (Remix)", "Heroes 2", "We Heroes", "Her"]
        {
            other(("Heroes", "A"), (title, "A"));
        }
        other(("Heroes", "David Bowie"), ("Heroes", "The Wallflowers"));
        other(("Heroes", ""), ("Heroes", ""));
        other(("…", "A"), ("!!!", "A"));
    }

    #[test]
    fn artists_are_the_same_however_they_are_joined() {
        for (one, another) in [
            ("Simon & Garfunkel", "Simon and Garfunkel"),
            ("The Beatles", "Beatles"),
            ("Queen, David Bowie", "Queen & David Bowie"),
            ("Queen, David Bowie", "Queen"),
            ("Queen feat. David Bowie", "Queen"),
            ("Earth, Wind & Fire", "Earth Wind and Fire"),
        ] {
            same(("Song", one), ("Song", another));
        }
        other(("Song", "Queensrÿche"), ("Song", "Queen"));
    }

    #[test]
    fn durations_may_lie_three_seconds_apart() {
        let at = |seconds| is_same_song(song("Song", "A", 200), song("Song", "A", seconds));
        assert!(at(197) && at(203) && !at(196) && !at(204));
    }

    proptest! {
        #[test]
        fn a_stem_finds_every_title_of_the_same_song(
            one in "(Song|\\(Oh\\) So|So) ?(- Live|\\(feat\\. B\\)|- Remastered|ft B)? ?(\\(Remaster\\)|- Live)?",
            two in "(Song|\\(Oh\\) So|So) ?(- Live|\\(feat\\. B\\)|- Remastered|ft B)? ?(\\(Remaster\\)|- Live)?",
        ) {
            if is_same_song(song(&one, "A", 200), song(&two, "A", 200)) {
                let [stem, folded] = [title_stem(&one), fold(&two)];
                prop_assert!(folded == stem || folded.starts_with(&format!("{stem} ")), "{} {}", stem, folded);
            }
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,40}") {
            let _stem = title_stem(&text);
            let _same = is_same_song(song(&text, &text, 1), song("Song", "A", 1));
        }
    }
}
