//! Links and URIs of Spotify. Pure.

use crate::LinkFault;
use reqwest::Url;
use std::fmt;

/// An id of Spotify: 22 letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpotifyId(String);

impl SpotifyId {
    /// Reads an id; `None` if the text cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SpotifyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an id belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpotifyKind {
    /// A track.
    Track,
    /// An episode of a show.
    Episode,
    /// An album.
    Album,
    /// An artist.
    Artist,
    /// A playlist; its tracks can be had only by whoever owns it.
    Playlist,
    /// A show.
    Show,
}

impl SpotifyKind {
    /// The word in links and URIs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Episode => "episode",
            Self::Album => "album",
            Self::Artist => "artist",
            Self::Playlist => "playlist",
            Self::Show => "show",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Track, Self::Episode, Self::Album, Self::Artist, Self::Playlist, Self::Show]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// What a link of Spotify leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpotifyLink {
    /// What it is.
    pub kind: SpotifyKind,
    /// Which one.
    pub id: SpotifyId,
}

impl SpotifyLink {
    /// The URI, as in `spotify:track:4uLU6hMCjMI75M1A2tKUQC`.
    pub fn uri(&self) -> String {
        format!("spotify:{}:{}", self.kind.word(), self.id)
    }

    /// The page for people.
    pub fn page(&self) -> String {
        format!("https://open.spotify.com/{}/{}", self.kind.word(), self.id)
    }

    /// Reads `spotify:KIND:ID`, and the old `spotify:user:NAME:playlist:ID`.
    ///
    /// # Errors
    /// Why it cannot be followed.
    pub fn from_uri(text: &str) -> Result<Self, LinkFault> {
        let parts: Vec<_> = text.split(':').skip(1).collect();
        Self::from_parts(&parts)
    }

    /// Reads a link of `open.spotify.com`; the language, an embed prefix and a query are left aside.
    pub(crate) fn from_url(url: &Url) -> Result<Self, LinkFault> {
        let mut parts: Vec<_> =
            url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
        while parts.first().is_some_and(|part| part.starts_with("intl-") || part.starts_with("embed")) {
            parts.remove(0);
        }
        Self::from_parts(&parts)
    }

    fn from_parts(parts: &[&str]) -> Result<Self, LinkFault> {
        let parts = match parts {
            ["user", _, rest @ ..] => rest,
            parts => parts,
        };
        let (kind, id) = match parts {
            [kind, id] | [kind, id, ""] => (kind, id),
            [_] => return Err(LinkFault::BadId),
            _ => return Err(LinkFault::NothingToPlay),
        };
        let kind = SpotifyKind::parse(kind).ok_or(LinkFault::NothingToPlay)?;
        let id = SpotifyId::parse(id).ok_or(LinkFault::BadId)?;
        Ok(Self { kind, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4uLU6hMCjMI75M1A2tKUQC";

    fn from_url(text: &str) -> Result<SpotifyLink, LinkFault> {
        SpotifyLink::from_url(&Url::parse(text).unwrap())
    }

    #[test]
    fn every_spelling_of_a_link_is_the_same_link() {
        let expected = SpotifyLink { kind: SpotifyKind::Track, id: SpotifyId::parse(ID).unwrap() };
        for text in ["", "intl-de/", "intl-pt-BR/", "embed/", "intl-fr/embed/", "embed-podcast/"] {
            assert_eq!(
                from_url(&format!("https://open.spotify.com/{text}track/{ID}?si=1")).as_ref(),
                Ok(&expected)
            );
        }
        assert_eq!(from_url(&format!("https://open.spotify.com/track/{ID}/")).as_ref(), Ok(&expected));
        assert_eq!(SpotifyLink::from_uri(&format!("spotify:track:{ID}")).as_ref(), Ok(&expected));
        assert_eq!(SpotifyLink::from_uri(&expected.uri()), Ok(expected));
    }

    #[test]
    fn playlists_of_old_links_are_found() {
        let expected = SpotifyLink { kind: SpotifyKind::Playlist, id: SpotifyId::parse(ID).unwrap() };
        assert_eq!(SpotifyLink::from_uri(&format!("spotify:user:ana:playlist:{ID}")), Ok(expected.clone()));
        assert_eq!(from_url(&format!("https://open.spotify.com/user/ana/playlist/{ID}")), Ok(expected));
    }

    #[test]
    fn what_holds_no_track_or_a_broken_id_says_so() {
        assert_eq!(from_url("https://open.spotify.com/"), Err(LinkFault::NothingToPlay));
        assert_eq!(from_url("https://open.spotify.com/track"), Err(LinkFault::BadId));
        assert_eq!(from_url("https://open.spotify.com/track/short"), Err(LinkFault::BadId));
        assert_eq!(from_url(&format!("https://open.spotify.com/genre/{ID}")), Err(LinkFault::NothingToPlay));
        assert_eq!(SpotifyLink::from_uri("spotify:track:4uLU6hMCjMI75M1A2tKUQ-"), Err(LinkFault::BadId));
        assert_eq!(SpotifyLink::from_uri(&format!("spotify:local:a:b:{ID}")), Err(LinkFault::NothingToPlay));
    }
}
