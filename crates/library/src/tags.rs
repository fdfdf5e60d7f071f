//! Clean-up of tags: files carry anything, lists and logs must stay readable.

use crate::fold::is_invisible;

/// The longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 300;
/// The longest artist, in characters.
pub const ARTIST_CHARS_MAX: usize = 300;
/// The longest album, in characters.
pub const ALBUM_CHARS_MAX: usize = 300;
/// The longest genre, in characters.
pub const GENRE_CHARS_MAX: usize = 100;

const UNTITLED: &str = "Untitled";
const NUMBER_MAX: u32 = 9999;

/// What a file says about itself, or what a member corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackTags {
    /// Title.
    pub title: String,
    /// Artist as shown.
    pub artist: String,
    /// Album.
    pub album: String,
    /// Artist of the whole album.
    pub album_artist: String,
    /// Genre.
    pub genre: String,
    /// Year of release.
    pub year: Option<i32>,
    /// Place on its disc.
    pub track_number: Option<u32>,
    /// Which disc of the album.
    pub disc_number: Option<u32>,
}

impl TrackTags {
    /// The same tags, fit to be stored and shown: one line each, within the limits, numbers between 1 and 9999. An
    /// empty title becomes the file's name without its ending.
    #[must_use]
    pub fn cleaned(self, file_stem: &str) -> Self {
        let title = [self.title.as_str(), file_stem, UNTITLED]
            .into_iter()
            .map(|text| clean_line(text, TITLE_CHARS_MAX))
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        let number = |number: Option<u32>| number.filter(|n| (1..=NUMBER_MAX).contains(n));
        Self {
            title,
            artist: clean_line(&self.artist, ARTIST_CHARS_MAX),
            album: clean_line(&self.album, ALBUM_CHARS_MAX),
            album_artist: clean_line(&self.album_artist, ARTIST_CHARS_MAX),
            genre: clean_line(&self.genre, GENRE_CHARS_MAX),
            year: self.year.filter(|year| (1..=9999).contains(year)),
            track_number: number(self.track_number),
            disc_number: number(self.disc_number),
        }
    }
}

/// One line of text without control characters, direction overrides and other invisible marks, white space runs as one
/// space, at most `chars_max` characters.
pub fn clean_line(text: &str, chars_max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(chars_max * 4));
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = length > 0;
        } else if !c.is_control() && !is_invisible(c) {
            let needed = if gap { 2 } else { 1 };
            if length + needed > chars_max {
                break;
            }
            if gap {
                line.push(' ');
            }
            line.push(c);
            length += needed;
            gap = false;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_title_becomes_the_file_name() {
        let tags = TrackTags { title: " \u{202e}\0 ".into(), ..TrackTags::default() };
        assert_eq!(tags.clone().cleaned("03 Wish").title, "03 Wish");
        assert_eq!(tags.cleaned("\n").title, "Untitled");
    }

    #[test]
    fn overrides_controls_and_runs_of_space_are_gone() {
        let raw = "  a\u{202e}b\u{200f}\u{7}\tc\n\nd\u{feff} ";
        assert_eq!(clean_line(raw, 100), "ab c d");
    }

    #[test]
    fn a_joined_emoji_keeps_its_joiner() {
        let family = "👩\u{200d}👧";
        assert_eq!(clean_line(family, 10), family);
    }

    #[test]
    fn numbers_out_of_range_are_dropped() {
        let tags = TrackTags {
            title: "x".into(),
            year: Some(-4),
            track_number: Some(0),
            disc_number: Some(3),
            ..TrackTags::default()
        }
        .cleaned("x");
        assert_eq!((tags.year, tags.track_number, tags.disc_number), (None, None, Some(3)));
    }

    proptest! {
        #[test]
        fn a_clean_line_is_within_its_limit_and_stays_as_it_is(text in "\\PC{0,40}|[\\s\\S]{0,40}", max in 1usize..20) {
            let clean = clean_line(&text, max);
            prop_assert!(clean.chars().count() <= max);
            prop_assert!(!clean.chars().any(char::is_control));
            prop_assert_eq!(clean.trim(), clean.as_str());
            prop_assert_eq!(clean_line(&clean, max), clean);
        }
    }
}
