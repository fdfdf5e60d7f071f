//! Links of YouTube. Pure.

use crate::LinkFault;
use model::TrackPosition;
use reqwest::Url;
use std::fmt;

/// The id of a video: 11 letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YoutubeId(String);

impl YoutubeId {
    /// Reads an id; `None` if the text cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 11 && is_id(text)).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for YoutubeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a playlist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YoutubeListId(String);

impl YoutubeListId {
    /// Reads an id; `None` if the text cannot be one that everybody can open.
    pub fn parse(text: &str) -> Option<Self> {
        let is_everybodys = !Self::is_personal(text);
        ((12..=64).contains(&text.len()) && is_id(text) && is_everybodys).then(|| Self(text.to_owned()))
    }

    /// Mixes, "watch later" and "liked" are made for each person and cannot be read.
    fn is_personal(text: &str) -> bool {
        text.starts_with("RD") || matches!(text, "WL" | "LL" | "LM")
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_id(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// What a link of YouTube leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum YoutubeLink {
    /// A video.
    Video {
        /// Which one.
        id: YoutubeId,
        /// Where the link says to begin; zero if it does not say.
        start: TrackPosition,
        /// The playlist it was opened from, which the person may want instead.
        list: Option<YoutubeListId>,
    },
    /// A playlist.
    Playlist(YoutubeListId),
}

impl YoutubeLink {
    /// Reads a link of one of YouTube's hosts.
    pub(crate) fn from_url(url: &Url) -> Result<Self, LinkFault> {
        let parts: Vec<_> =
            url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let query =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let list = query("list");
        let is_short_host = url.host_str().is_some_and(|host| host.ends_with("youtu.be"));
        let video = match parts.as_slice() {
            [id] if is_short_host => Some((*id).to_owned()),
            ["watch"] => query("v"),
            ["watch" | "shorts" | "embed" | "live" | "v" | "e", id] if *id != "videoseries" => {
                Some((*id).to_owned())
            }
            _ => None,
        };
        if let Some(video) = video {
            let id = YoutubeId::parse(&video).ok_or(LinkFault::BadId)?;
            let start = query("t").or_else(|| query("start")).or_else(|| fragment_start(url));
            let start = start.and_then(|text| offset(&text)).unwrap_or(TrackPosition::ZERO);
            return Ok(Self::Video { id, start, list: list.and_then(|list| YoutubeListId::parse(&list)) });
        }
        match (parts.as_slice(), list) {
            (["playlist" | "watch"] | ["embed", "videoseries"], Some(list))
                if YoutubeListId::is_personal(&list) =>
            {
                Err(LinkFault::PersonalMix)
            }
            (["playlist" | "watch"] | ["embed", "videoseries"], Some(list)) => {
                YoutubeListId::parse(&list).map(Self::Playlist).ok_or(LinkFault::BadId)
            }
            (["watch" | "playlist" | "shorts" | "embed"], None) => Err(LinkFault::BadId),
            _ => Err(LinkFault::NothingToPlay),
        }
    }
}

fn fragment_start(url: &Url) -> Option<String> {
    url.fragment()?.strip_prefix("t=").map(str::to_owned)
}

/// `90`, `90s`, `1m30s`, `1h2m3s`.
fn offset(text: &str) -> Option<TrackPosition> {
    let text = text.to_ascii_uppercase();
    let seconds = text.strip_suffix('S').unwrap_or(&text);
    if let Ok(seconds) = seconds.parse::<u32>() {
        return Some(TrackPosition::from_millis(i64::from(seconds) * 1000));
    }
    super::parse_duration(&format!("PT{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "dQw4w9WgXcQ";

    fn read(text: &str) -> Result<YoutubeLink, LinkFault> {
        YoutubeLink::from_url(&Url::parse(text).unwrap())
    }

    fn video(start_s: i64, list: Option<&str>) -> Result<YoutubeLink, LinkFault> {
        let list = list.and_then(YoutubeListId::parse);
        let start = TrackPosition::from_millis(start_s * 1000);
        Ok(YoutubeLink::Video { id: YoutubeId::parse(ID).unwrap(), start, list })
    }

    #[test]
    fn every_spelling_of_a_video_is_the_same_video() {
        for path in [
            "https://youtu.be/dQw4w9WgXcQ?si=x",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&feature=share",
            "https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ",
            "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://youtube.com/shorts/dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0",
            "https://www.youtube.com/live/dQw4w9WgXcQ",
            "https://www.youtube.com/v/dQw4w9WgXcQ",
        ] {
            assert_eq!(read(path), video(0, None), "{path}");
        }
    }

    #[test]
    fn where_to_begin_is_kept() {
        for (query, seconds) in [
            ("t=90", 90),
            ("t=90s", 90),
            ("t=1m30s", 90),
            ("t=1h2m3s", 3723),
            ("start=7", 7),
            ("t=nonsense", 0),
        ] {
            assert_eq!(read(&format!("https://youtu.be/{ID}?{query}")), video(seconds, None), "{query}");
        }
        assert_eq!(read(&format!("https://www.youtube.com/watch?v={ID}#t=42")), video(42, None));
    }

    #[test]
    fn playlists_are_found_alone_and_beside_a_video() {
        let list = "PLBCF2DAC6FFB574DE";
        let alone = YoutubeLink::Playlist(YoutubeListId::parse(list).unwrap());
        assert_eq!(read(&format!("https://www.youtube.com/playlist?list={list}")), Ok(alone.clone()));
        assert_eq!(read(&format!("https://www.youtube.com/embed/videoseries?list={list}")), Ok(alone));
        assert_eq!(read(&format!("https://www.youtube.com/watch?v={ID}&list={list}")), video(0, Some(list)));
        assert_eq!(read(&format!("https://www.youtube.com/watch?v={ID}&list=RD{ID}")), video(0, None));
    }

    #[test]
    fn what_cannot_be_followed_says_why() {
        assert_eq!(read("https://www.youtube.com/playlist?list=RDdQw4w9WgXcQ"), Err(LinkFault::PersonalMix));
        assert_eq!(read("https://www.youtube.com/playlist?list=WL"), Err(LinkFault::PersonalMix));
        assert_eq!(read("https://youtu.be/short"), Err(LinkFault::BadId));
        assert_eq!(read("https://www.youtube.com/watch"), Err(LinkFault::BadId));
        assert_eq!(read("https://www.youtube.com/@somebody"), Err(LinkFault::NothingToPlay));
        assert_eq!(read("https://www.youtube.com/"), Err(LinkFault::NothingToPlay));
    }
}
