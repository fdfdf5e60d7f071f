//! A song that another service has: what the service says of it, kept so that its id here stays the same.

use crate::{ALBUM_CHARS_MAX, ARTIST_CHARS_MAX, SongFacts, TITLE_CHARS_MAX, clean_line};
use model::{TrackId, TrackPosition, TrackSource, TrackSummary, WallTime};
use std::fmt;
use std::str::FromStr;

/// The longest address of a picture, in bytes.
pub const ARTWORK_URL_BYTES_MAX: usize = 2_048;

const ISRC_CHARS: usize = 12;
const UNTITLED: &str = "Untitled";

/// The International Standard Recording Code of a recording (ISO 3901): the same wherever the recording is sold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Isrc([u8; ISRC_CHARS]);

/// A text that is not an ISRC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an ISRC is two letters, three letters or digits, and seven digits")]
pub struct IsrcError;

impl FromStr for Isrc {
    type Err = IsrcError;

    /// Reads it in capitals or small letters, with or without hyphens.
    fn from_str(text: &str) -> Result<Self, IsrcError> {
        let plain = text.bytes().filter(|byte| !matches!(byte, b'-' | b' '));
        let plain: Vec<u8> = plain.map(|byte| byte.to_ascii_uppercase()).take(ISRC_CHARS + 1).collect();
        let bytes = <[u8; ISRC_CHARS]>::try_from(plain).map_err(|_| IsrcError)?;
        let is_one = bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..5].iter().all(u8::is_ascii_alphanumeric)
            && bytes[5..].iter().all(u8::is_ascii_digit);
        if is_one { Ok(Self(bytes)) } else { Err(IsrcError) }
    }
}

impl fmt::Display for Isrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.0.iter().map(|&byte| char::from(byte)).collect();
        f.write_str(&text)
    }
}

impl fmt::Debug for Isrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Isrc({self})")
    }
}

/// A song that another service has. Its texts are clean, see [`ExternalTrack::cleaned`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalTrack {
    /// Its id here; no track of the library has it.
    pub id: TrackId,
    /// The service and its name of the song; never the library.
    pub source: TrackSource,
    /// Title; never empty.
    pub title: String,
    /// Artist as shown, or the name of the show; may be empty.
    pub artist: String,
    /// Album; may be empty.
    pub album: String,
    /// How long it plays; at least a millisecond.
    pub duration: TrackPosition,
    /// Which recording it is.
    pub isrc: Option<Isrc>,
    /// Where the service shows its picture; always https.
    pub artwork_url: Option<String>,
    /// Whether the service calls it explicit.
    pub is_explicit: bool,
    /// When the service said so.
    pub fetched_at: WallTime,
}

impl ExternalTrack {
    /// The same, fit to be stored and shown: one line each, within the limits, a duration above zero, and a picture only
    /// where it is safe to load one.
    #[must_use]
    pub fn cleaned(self) -> Self {
        let title = clean_line(&self.title, TITLE_CHARS_MAX);
        Self {
            title: if title.is_empty() { UNTITLED.to_owned() } else { title },
            artist: clean_line(&self.artist, ARTIST_CHARS_MAX),
            album: clean_line(&self.album, ALBUM_CHARS_MAX),
            duration: self.duration.max(TrackPosition::from_millis(1)),
            artwork_url: self.artwork_url.filter(|url| is_safe_address(url)),
            ..self
        }
    }

    /// What tells whether it is the same song as another.
    pub fn facts(&self) -> SongFacts<'_> {
        SongFacts { title: &self.title, artist: &self.artist, duration: self.duration }
    }

    /// What a nest needs to know of it. `library_match`: the same song in the library.
    pub fn summary(&self, library_match: Option<TrackId>) -> TrackSummary {
        TrackSummary {
            id: self.id,
            title: self.title.clone(),
            artist: self.artist.clone(),
            album: self.album.clone(),
            duration: self.duration,
            artwork: None,
            source: self.source,
            library_match,
        }
    }
}

/// An address that a page may load a picture from: https, and nothing in it that ends an attribute or a style.
fn is_safe_address(url: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`');
    url.len() <= ARTWORK_URL_BYTES_MAX
        && url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && url.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isrc_is_read_however_it_is_written() {
        for text in ["GBAYE0601498", "gb-aye-06-01498", "GB AYE 06 01498"] {
            assert_eq!(text.parse::<Isrc>().map(|isrc| isrc.to_string()), Ok("GBAYE0601498".into()));
        }
        for text in ["", "GBAYE060149", "GBAYE06014988", "1BAYE0601498", "GBAYE06O1498", "GBÄYE0601498"] {
            assert_eq!(text.parse::<Isrc>(), Err(IsrcError), "{text}");
        }
    }

    #[test]
    fn what_a_service_says_is_made_fit_to_be_shown() {
        let said = ExternalTrack {
            id: TrackId::from_u128(1),
            source: "youtube:dQw4w9WgXcQ".parse().unwrap(),
            title: " \u{202e}\n ".into(),
            artist: "Ana\tLu".into(),
            album: "x".repeat(400),
            duration: TrackPosition::ZERO,
            isrc: None,
            artwork_url: None,
            is_explicit: false,
            fetched_at: WallTime::from_micros(0),
        };
        let clean = said.clone().cleaned();
        assert_eq!((clean.title.as_str(), clean.artist.as_str()), ("Untitled", "Ana Lu"));
        assert_eq!((clean.album.len(), clean.duration.millis()), (ALBUM_CHARS_MAX, 1));
        let picture = |url: &str| {
            ExternalTrack { artwork_url: Some(url.into()), ..said.clone() }.cleaned().artwork_url.is_some()
        };
        assert!(picture("https://i.scdn.co/image/ab67?x=1"));
        for url in [
            "http://i.scdn.co/a",
            "javascript:alert(1)",
            "https://",
            "https:///a",
            "https://a/\"><b",
            "https://a/ b",
        ] {
            assert!(!picture(url), "{url}");
        }
    }
}
