//! What every service has in common: a track that can be queued, a list of such tracks, and where it may be heard.

use crate::limits::{ARTISTS_MAX, TITLE_CHARS_MAX};
use crate::{Error, Result};
use model::TrackPosition;
use std::fmt;

/// A service outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Spotify.
    Spotify,
    /// YouTube.
    Youtube,
    /// SoundCloud.
    Soundcloud,
    /// An OpenID Connect issuer.
    SignIn,
    /// Whoever a webhook tells.
    Webhook,
    /// A server of AT Protocol, or its directory.
    Atproto,
}

impl Provider {
    /// Every one, in this order.
    pub const ALL: [Self; 6] =
        [Self::Spotify, Self::Youtube, Self::Soundcloud, Self::SignIn, Self::Webhook, Self::Atproto];
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spotify => "Spotify",
            Self::Youtube => "YouTube",
            Self::Soundcloud => "SoundCloud",
            Self::SignIn => "the sign-in service",
            Self::Webhook => "the webhook",
            Self::Atproto => "the AT Protocol server",
        })
    }
}

/// A track of a service: enough to queue it, show it, and find the same song elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderTrack {
    /// Where it comes from.
    pub source: Provider,
    /// The service's own id, without any prefix.
    pub id: String,
    /// Title; never empty, at most [`TITLE_CHARS_MAX`] characters.
    pub title: String,
    /// Artists, first one first; for a video its channel, for an episode its show. At most [`ARTISTS_MAX`].
    pub artists: Vec<String>,
    /// Album, or show of an episode.
    pub album: Option<String>,
    /// How long it plays, above zero; `None` if it has no end yet (a live stream) or the service does not say.
    pub duration: Option<TrackPosition>,
    /// Pictures, largest first.
    pub artwork: Vec<Artwork>,
    /// International Standard Recording Code, upper case, without hyphens.
    pub isrc: Option<String>,
    /// Whether the service marks it as explicit.
    pub explicit: bool,
    /// What it is.
    pub kind: TrackKind,
    /// Whether it may be played where we asked.
    pub availability: Availability,
    /// Its page for people.
    pub link: String,
}

impl ProviderTrack {
    /// The track, if it may be played where we asked and has a length.
    ///
    /// # Errors
    /// [`Error::WrongMarket`] or [`Error::NotPlayable`], each with what to tell the person.
    pub fn require_playable(self) -> Result<Self> {
        let provider = self.source;
        match &self.availability {
            Availability::Playable | Availability::Unknown => {}
            Availability::WrongMarket { market } => {
                return Err(Error::WrongMarket { provider, what: self.title, market: market.clone() });
            }
            Availability::Refused { reason } => {
                return Err(Error::NotPlayable { provider, what: self.title, detail: reason.clone() });
            }
        }
        if self.duration.is_none() {
            let detail = "it has no end: live streams cannot be queued".to_owned();
            return Err(Error::NotPlayable { provider, what: self.title, detail });
        }
        Ok(self)
    }

    /// The artists as one line.
    pub fn artist_line(&self) -> String {
        self.artists.join(", ")
    }
}

/// What a track is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackKind {
    /// Music, or a video.
    Track,
    /// An episode of a show: never filtered by autofill, never a seed.
    Episode,
}

/// Whether a track may be played where we asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It may.
    Playable,
    /// The service did not say; a player finds out.
    Unknown,
    /// Not in this market.
    WrongMarket {
        /// Two letters, ISO 3166-1.
        market: String,
    },
    /// Not at all, or only in part.
    Refused {
        /// Why, as a sentence's end: "only a preview may be played".
        reason: String,
    },
}

/// A picture on the service's own servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artwork {
    /// An https address.
    pub url: String,
    /// Pixels, if known.
    pub width: Option<u32>,
    /// Pixels, if known.
    pub height: Option<u32>,
}

/// A list of tracks that a service keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Where it comes from.
    pub source: Provider,
    /// What kind of list.
    pub kind: CollectionKind,
    /// The service's own id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Who made it; may be empty.
    pub by: String,
    /// Pictures, largest first.
    pub artwork: Vec<Artwork>,
    /// How many tracks it says it has.
    pub tracks_total: Option<u32>,
}

/// Kinds of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CollectionKind {
    /// An album.
    Album,
    /// An artist: what they are known for.
    Artist,
    /// A playlist, or a set.
    Playlist,
    /// A show: its episodes.
    Show,
}

/// A country, as services name it: two letters, ISO 3166-1 alpha-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Market([u8; 2]);

impl Market {
    /// The United States.
    pub const US: Self = Self(*b"US");

    /// Reads two letters, in any case; `None` if the text is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 2] = text.trim().as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphabetic).then(|| Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The two letters, upper case.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

/// A text of a service as we keep it: trimmed, without control characters, at most [`TITLE_CHARS_MAX`] characters.
pub(crate) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TITLE_CHARS_MAX).collect::<String>().trim().to_owned()
}

/// A title, which is never empty.
pub(crate) fn title(text: &str) -> String {
    let title = shown(text);
    if title.is_empty() { "Untitled".to_owned() } else { title }
}

/// At most [`ARTISTS_MAX`] names, empty ones left out.
pub(crate) fn names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(shown).filter(|name| !name.is_empty()).take(ARTISTS_MAX).collect()
}

/// An ISRC in its one spelling: two letters, three letters or digits, seven digits.
pub(crate) fn isrc(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect::<String>().to_uppercase();
    let bytes = code.as_bytes();
    let fits = bytes.len() == 12
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..5].iter().all(u8::is_ascii_alphanumeric)
        && bytes[5..].iter().all(u8::is_ascii_digit);
    fits.then_some(code)
}

/// A length above zero.
pub(crate) fn length_ms(millis: Option<i64>) -> Option<TrackPosition> {
    millis.filter(|&millis| millis > 0).map(TrackPosition::from_millis)
}

/// Only https pictures, largest first: a page that shows them stays secure.
pub(crate) fn pictures(found: impl Iterator<Item = Artwork>) -> Vec<Artwork> {
    let mut pictures: Vec<_> = found.filter(|picture| picture.url.starts_with("https://")).take(10).collect();
    pictures.sort_by_key(|picture| std::cmp::Reverse(picture.width.unwrap_or(0)));
    pictures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isrc_has_one_spelling() {
        assert_eq!(isrc("gb-aye-68-00011").as_deref(), Some("GBAYE6800011"));
        assert_eq!(isrc("GBAYE680001"), None);
        assert_eq!(isrc("GBAYE68000AB"), None);
    }

    #[test]
    fn a_market_is_two_letters() {
        assert_eq!(Market::parse("de").unwrap().as_str(), "DE");
        for wrong in ["", "D", "DEU", "1x", "é"] {
            assert_eq!(Market::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_track_without_an_end_or_from_elsewhere_is_not_queued() {
        let track = ProviderTrack {
            source: Provider::Youtube,
            id: "x".into(),
            title: "Radio".into(),
            artists: vec![],
            album: None,
            duration: None,
            artwork: vec![],
            isrc: None,
            explicit: false,
            kind: TrackKind::Track,
            availability: Availability::Playable,
            link: String::new(),
        };
        assert!(matches!(track.clone().require_playable(), Err(Error::NotPlayable { .. })));
        let elsewhere = ProviderTrack {
            duration: length_ms(Some(1000)),
            availability: Availability::WrongMarket { market: "DE".into() },
            ..track
        };
        assert!(matches!(elsewhere.clone().require_playable(), Err(Error::WrongMarket { .. })));
        let here = ProviderTrack { availability: Availability::Playable, ..elsewhere };
        assert_eq!(here.clone().require_playable(), Ok(here));
    }

    #[test]
    fn what_is_shown_has_no_control_characters_and_an_end() {
        assert_eq!(shown(" a\u{0}b\n "), "ab");
        assert_eq!(shown(&"x".repeat(9_000)).len(), TITLE_CHARS_MAX);
        assert_eq!(title("\u{7}"), "Untitled");
    }
}
