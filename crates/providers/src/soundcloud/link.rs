//! Links of SoundCloud. Pure: only the service can tell what a link is, so a link is only cleaned here.

use crate::LinkFault;
use reqwest::Url;

/// The number of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SoundcloudId(pub u64);

impl SoundcloudId {
    /// Reads `123` or `soundcloud:tracks:123`.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_prefix("soundcloud:tracks:").unwrap_or(text);
        number.parse().ok().filter(|&number| number > 0).map(Self)
    }

    /// The name that the API takes.
    pub fn urn(self) -> String {
        format!("soundcloud:tracks:{}", self.0)
    }
}

/// A page of a track or a set, without anything that does not name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SoundcloudLink {
    page: String,
}

impl SoundcloudLink {
    /// The page, as in `https://soundcloud.com/forss/flickermood`.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Reads a link of one of SoundCloud's hosts: `/WHO/TRACK`, `/WHO/sets/SET`, each maybe with a secret part.
    pub(crate) fn from_url(url: &Url) -> Result<Self, LinkFault> {
        let parts: Vec<_> =
            url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let is_page = match parts.as_slice() {
            ["discover" | "charts" | "stream" | "you" | "search" | "upload" | "pages" | "stations", ..] => {
                false
            }
            [
                _,
                "tracks" | "albums" | "sets" | "reposts" | "likes" | "followers" | "following"
                | "popular-tracks",
            ] => false,
            [_, "sets", _] | [_, "sets", _, _] => true,
            [_, _] => true,
            [_, _, secret] => secret.starts_with("s-"),
            _ => false,
        };
        if !is_page {
            return Err(LinkFault::NothingToPlay);
        }
        Ok(Self { page: format!("https://soundcloud.com/{}", parts.join("/")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, LinkFault> {
        SoundcloudLink::from_url(&Url::parse(text).unwrap()).map(|link| link.page)
    }

    #[test]
    fn every_spelling_of_a_page_is_the_same_page() {
        for text in [
            "https://soundcloud.com/forss/flickermood",
            "http://m.soundcloud.com/forss/flickermood/?si=1#t=0:10",
        ] {
            assert_eq!(read(text).as_deref(), Ok("https://soundcloud.com/forss/flickermood"), "{text}");
        }
        assert_eq!(read("https://soundcloud.com/a/sets/b").as_deref(), Ok("https://soundcloud.com/a/sets/b"));
        assert_eq!(
            read("https://soundcloud.com/a/b/s-XyZ").as_deref(),
            Ok("https://soundcloud.com/a/b/s-XyZ")
        );
    }

    #[test]
    fn pages_without_a_track_say_so() {
        for text in [
            "https://soundcloud.com/",
            "https://soundcloud.com/forss",
            "https://soundcloud.com/forss/likes",
            "https://soundcloud.com/discover/sets/x",
            "https://soundcloud.com/forss/flickermood/comments",
        ] {
            assert_eq!(read(text), Err(LinkFault::NothingToPlay), "{text}");
        }
    }

    #[test]
    fn a_track_has_a_number() {
        assert_eq!(SoundcloudId::parse("soundcloud:tracks:293"), Some(SoundcloudId(293)));
        assert_eq!(
            SoundcloudId::parse("293").map(SoundcloudId::urn).as_deref(),
            Some("soundcloud:tracks:293")
        );
        assert_eq!(SoundcloudId::parse("soundcloud:users:1"), None);
        assert_eq!(SoundcloudId::parse("0"), None);
    }
}
