//! Links that people paste: several at once, of any service, each read or reported on its own. Pure.

use crate::Provider;
use crate::limits::LINKS_MAX;
use crate::soundcloud::SoundcloudLink;
use crate::spotify::SpotifyLink;
use crate::youtube::YoutubeLink;
use reqwest::Url;

/// Something a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// On Spotify.
    Spotify(SpotifyLink),
    /// On YouTube.
    Youtube(YoutubeLink),
    /// On SoundCloud.
    Soundcloud(SoundcloudLink),
}

impl Link {
    /// Whose it is.
    pub const fn provider(&self) -> Provider {
        match self {
            Self::Spotify(_) => Provider::Spotify,
            Self::Youtube(_) => Provider::Youtube,
            Self::Soundcloud(_) => Provider::Soundcloud,
        }
    }

    /// The page it leads to, in its one spelling.
    pub fn text(&self) -> String {
        match self {
            Self::Spotify(link) => link.page(),
            Self::Youtube(YoutubeLink::Video { id, .. }) => format!("https://www.youtube.com/watch?v={id}"),
            Self::Youtube(YoutubeLink::Playlist(id)) => {
                format!("https://www.youtube.com/playlist?list={}", id.as_str())
            }
            Self::Soundcloud(link) => link.page().to_owned(),
        }
    }
}

/// A link that leads nowhere we can follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLink {
    /// As pasted, at most 200 characters.
    pub text: String,
    /// Why.
    pub fault: LinkFault,
}

/// Why a link cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// It is no link.
    NotALink,
    /// No service we know.
    UnknownService,
    /// The service is known; this page of it holds no track.
    NothingToPlay,
    /// The id in it cannot be one.
    BadId,
    /// A short link hides where it leads.
    ShortLink,
    /// A list that the service makes up for each person.
    PersonalMix,
    /// More links than are read at once.
    TooMany,
}

impl LinkFault {
    /// What to tell the person.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotALink => "This is not a link.",
            Self::UnknownService => "This link leads to a service that is not known here.",
            Self::NothingToPlay => "This page holds nothing that can be queued.",
            Self::BadId => "This link is incomplete: copy it again.",
            Self::ShortLink => {
                "Short links hide where they lead: open it, then copy the address of the page."
            }
            Self::PersonalMix => "Mixes are made up for each person: copy the link of one song.",
            Self::TooMany => "Too many links at once.",
        }
    }
}

/// Reads every link of a text; between links stand spaces, line ends, commas or semicolons.
pub fn parse_links(text: &str) -> Vec<Result<Link, BadLink>> {
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"'));
    let mut found = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let read = if found.len() < LINKS_MAX { parse(part) } else { Err(LinkFault::TooMany) };
        let is_last = read == Err(LinkFault::TooMany);
        found.push(read.map_err(|fault| BadLink { text: part.chars().take(200).collect(), fault }));
        if is_last {
            break;
        }
    }
    found
}

fn parse(text: &str) -> Result<Link, LinkFault> {
    if text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("spotify:")) {
        return SpotifyLink::from_uri(text).map(Link::Spotify);
    }
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).map_err(|_| LinkFault::NotALink)?;
    let host = url.host_str().unwrap_or("").trim_end_matches('.').to_ascii_lowercase();
    if !matches!(url.scheme(), "http" | "https") || !host.contains('.') {
        return Err(LinkFault::NotALink);
    }
    match host.as_str() {
        "open.spotify.com" | "play.spotify.com" | "embed.spotify.com" => {
            SpotifyLink::from_url(&url).map(Link::Spotify)
        }
        "spotify.link" | "spotify.app.link" | "on.soundcloud.com" | "snd.sc" => Err(LinkFault::ShortLink),
        "youtube.com"
        | "www.youtube.com"
        | "m.youtube.com"
        | "music.youtube.com"
        | "youtube-nocookie.com"
        | "www.youtube-nocookie.com"
        | "youtu.be"
        | "www.youtu.be" => YoutubeLink::from_url(&url).map(Link::Youtube),
        "soundcloud.com" | "www.soundcloud.com" | "m.soundcloud.com" => {
            SoundcloudLink::from_url(&url).map(Link::Soundcloud)
        }
        _ => Err(LinkFault::UnknownService),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_one_by_one_and_bad_ones_do_not_spoil_the_rest() {
        let text = "spotify:track:4uLU6hMCjMI75M1A2tKUQC, https://example.org/x\nhttps://youtu.be/dQw4w9WgXcQ hello \
                    https://spotify.link/abc <https://soundcloud.com/forss/flickermood>";
        let read = parse_links(text);
        assert_eq!(read.len(), 6);
        assert!(matches!(read[0], Ok(Link::Spotify(_))));
        assert_eq!(read[1].as_ref().unwrap_err().fault, LinkFault::UnknownService);
        assert!(matches!(read[2], Ok(Link::Youtube(_))));
        let bad = read[3].as_ref().unwrap_err();
        assert_eq!((bad.text.as_str(), bad.fault), ("hello", LinkFault::NotALink));
        assert_eq!(read[4].as_ref().unwrap_err().fault, LinkFault::ShortLink);
        assert!(matches!(read[5], Ok(Link::Soundcloud(_))));
    }

    #[test]
    fn a_host_that_only_looks_like_a_service_is_not_one() {
        for text in [
            "https://open.spotify.com.evil.example/track/4uLU6hMCjMI75M1A2tKUQC",
            "https://evil.example/open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
            "https://open.spotify.com@evil.example/track/4uLU6hMCjMI75M1A2tKUQC",
        ] {
            assert_eq!(parse(text), Err(LinkFault::UnknownService), "{text}");
        }
        assert_eq!(parse("javascript:alert(1)"), Err(LinkFault::NotALink));
        assert_eq!(parse("file:///etc/passwd"), Err(LinkFault::NotALink));
    }

    #[test]
    fn too_many_links_are_cut_and_said_so() {
        let text = "spotify:track:4uLU6hMCjMI75M1A2tKUQC ".repeat(LINKS_MAX + 50);
        let read = parse_links(&text);
        assert_eq!(read.len(), LINKS_MAX + 1);
        assert_eq!(read[LINKS_MAX].as_ref().unwrap_err().fault, LinkFault::TooMany);
    }
}
