//! Where a song comes from: the community's library, or a service elsewhere that each listener has an account of.
//!
//! Deliberately not here: links that people paste (see `providers`), and what a service says of a song (see `library`).

use crate::IdError;
use std::fmt;
use std::str::FromStr;

const SPOTIFY_ID_CHARS: usize = 22;
const YOUTUBE_ID_CHARS: usize = 11;

/// A service that has songs of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MusicService {
    /// Spotify.
    Spotify,
    /// YouTube.
    YouTube,
    /// SoundCloud.
    SoundCloud,
}

impl MusicService {
    /// Every service.
    pub const ALL: [Self; 3] = [Self::Spotify, Self::YouTube, Self::SoundCloud];

    /// The short name: `spotify`, `youtube` or `soundcloud`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spotify => "spotify",
            Self::YouTube => "youtube",
            Self::SoundCloud => "soundcloud",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Spotify => "Spotify",
            Self::YouTube => "YouTube",
            Self::SoundCloud => "SoundCloud",
        }
    }
}

/// Where a song comes from. Its text names the service and the song: `library`, `spotify:track:…`, `spotify:episode:…`,
/// `youtube:…`, `soundcloud:…`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackSource {
    /// The community's own file.
    #[default]
    Library,
    /// A song of Spotify.
    Spotify(SpotifyTrackId),
    /// An episode of a podcast on Spotify.
    SpotifyEpisode(SpotifyEpisodeId),
    /// A video of YouTube.
    YouTube(YouTubeId),
    /// A track of SoundCloud.
    SoundCloud(SoundCloudId),
}

impl TrackSource {
    /// The service; `None` for the library.
    pub const fn service(&self) -> Option<MusicService> {
        match self {
            Self::Library => None,
            Self::Spotify(_) | Self::SpotifyEpisode(_) => Some(MusicService::Spotify),
            Self::YouTube(_) => Some(MusicService::YouTube),
            Self::SoundCloud(_) => Some(MusicService::SoundCloud),
        }
    }

    /// The id as the service writes it; `None` for the library.
    pub fn id_there(&self) -> Option<String> {
        match self {
            Self::Library => None,
            Self::Spotify(id) => Some(id.to_string()),
            Self::SpotifyEpisode(id) => Some(id.to_string()),
            Self::YouTube(id) => Some(id.to_string()),
            Self::SoundCloud(id) => Some(id.to_string()),
        }
    }

    /// The song's page at its service, for people; `None` for the library, and where a number alone leads to no page.
    pub fn page(&self) -> Option<String> {
        match self {
            Self::Library | Self::SoundCloud(_) => None,
            Self::Spotify(id) => Some(format!("https://open.spotify.com/track/{}", id.bare())),
            Self::SpotifyEpisode(id) => Some(format!("https://open.spotify.com/episode/{}", id.bare())),
            Self::YouTube(id) => Some(format!("https://www.youtube.com/watch?v={id}")),
        }
    }

    /// What this service means by this id.
    ///
    /// # Errors
    /// [`IdError`] if it is none of the service's ids.
    pub fn of(service: MusicService, id: &str) -> Result<Self, IdError> {
        match service {
            MusicService::Spotify if id.starts_with(SpotifyEpisodeId::PREFIX) => {
                id.parse().map(Self::SpotifyEpisode)
            }
            MusicService::Spotify => id.parse().map(Self::Spotify),
            MusicService::YouTube => id.parse().map(Self::YouTube),
            MusicService::SoundCloud => id.parse().map(Self::SoundCloud),
        }
    }
}

impl fmt::Display for TrackSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library => f.write_str("library"),
            // Spotify's own ids begin with the service's name.
            Self::Spotify(id) => id.fmt(f),
            Self::SpotifyEpisode(id) => id.fmt(f),
            Self::YouTube(id) => write!(f, "{}:{id}", MusicService::YouTube.name()),
            Self::SoundCloud(id) => write!(f, "{}:{id}", MusicService::SoundCloud.name()),
        }
    }
}

impl FromStr for TrackSource {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            None if text == "library" => Ok(Self::Library),
            Some(("spotify", _)) => Self::of(MusicService::Spotify, text),
            Some(("youtube", id)) => Self::of(MusicService::YouTube, id),
            Some(("soundcloud", id)) => Self::of(MusicService::SoundCloud, id),
            _ => Err(IdError::new("source", "`library` or `SERVICE:ID`")),
        }
    }
}

macro_rules! spotify_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $kind:literal;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; SPOTIFY_ID_CHARS]);

        impl $name {
            /// What stands before the 22 letters and digits.
            pub const PREFIX: &'static str = $prefix;

            /// The 22 letters and digits alone.
            pub fn bare(&self) -> String {
                self.0.iter().map(|&byte| char::from(byte)).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", Self::PREFIX, self.bare())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.bare())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = || IdError::new($kind, concat!("`", $prefix, "` and 22 letters and digits"));
                let bare = text.strip_prefix(Self::PREFIX).ok_or_else(error)?.as_bytes();
                let bytes = <[u8; SPOTIFY_ID_CHARS]>::try_from(bare).map_err(|_| error())?;
                if bytes.iter().all(u8::is_ascii_alphanumeric) { Ok(Self(bytes)) } else { Err(error()) }
            }
        }
    )+ };
}

spotify_ids! {
    /// A song of Spotify, as Spotify writes it: `spotify:track:` and 22 letters and digits.
    SpotifyTrackId = "spotify:track:", "Spotify track id";
    /// An episode of a podcast, as Spotify writes it: `spotify:episode:` and 22 letters and digits.
    SpotifyEpisodeId = "spotify:episode:", "Spotify episode id";
}

/// A video of YouTube, as YouTube writes it: 11 letters, digits, `-` and `_`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YouTubeId([u8; YOUTUBE_ID_CHARS]);

impl fmt::Display for YouTubeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.0.iter().map(|&byte| char::from(byte)).collect();
        f.write_str(&text)
    }
}

impl fmt::Debug for YouTubeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "YouTubeId({self})")
    }
}

impl FromStr for YouTubeId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = || IdError::new("YouTube id", "11 letters, digits, `-` and `_`");
        let bytes = <[u8; YOUTUBE_ID_CHARS]>::try_from(text.as_bytes()).map_err(|_| error())?;
        let is_fit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if bytes.iter().all(is_fit) { Ok(Self(bytes)) } else { Err(error()) }
    }
}

/// A track of SoundCloud, as SoundCloud writes it: a number above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SoundCloudId(u64);

impl SoundCloudId {
    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for SoundCloudId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SoundCloudId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        let number = text.parse().ok().filter(|_| is_plain);
        number.map(Self).ok_or(IdError::new("SoundCloud id", "a number above zero"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_survives_its_text_and_its_parts() {
        for text in [
            "spotify:track:3utq2FgD1pkmIoaWfjXWAU",
            "spotify:episode:512ojhOuo1ktJprKbVcKyQ",
            "youtube:dQw4w9WgXcQ",
            "youtube:-_w4w9WgXcQ",
            "soundcloud:424374522",
            "library",
        ] {
            let source: TrackSource = text.parse().unwrap();
            assert_eq!(source.to_string(), text);
            let parts = source.service().zip(source.id_there());
            let again = parts.map(|(service, id)| TrackSource::of(service, &id).unwrap());
            assert_eq!(again.unwrap_or_default(), source);
        }
    }

    #[test]
    fn ids_are_written_as_their_services_write_them() {
        let there = |text: &str| text.parse::<TrackSource>().unwrap().id_there();
        assert_eq!(there("youtube:dQw4w9WgXcQ").as_deref(), Some("dQw4w9WgXcQ"));
        assert_eq!(there("soundcloud:7").as_deref(), Some("7"));
        let spotify = "spotify:track:3utq2FgD1pkmIoaWfjXWAU";
        assert_eq!(there(spotify).as_deref(), Some(spotify));
    }

    #[test]
    fn what_no_service_would_write_is_refused() {
        for text in [
            "",
            "Library",
            "spotify:track:",
            "spotify:track:3utq2FgD1pkmIoaWfjXWA",
            "spotify:track:3utq2FgD1pkmIoaWfjXWAUU",
            "spotify:track:3utq2FgD1pkmIoaWfjXW-U",
            "spotify:album:3utq2FgD1pkmIoaWfjXWAU",
            "youtube:dQw4w9WgXc",
            "youtube:dQw4w9WgXc/",
            "youtube:äQw4w9WgXc",
            "soundcloud:0",
            "soundcloud:-1",
            "soundcloud:+1",
            "soundcloud:",
            "tape:1",
        ] {
            assert!(text.parse::<TrackSource>().is_err(), "{text}");
        }
    }
}
