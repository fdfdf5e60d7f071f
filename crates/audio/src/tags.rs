//! Titles, names and the embedded picture, as the file claims them: cleaned of what could mislead a reader and cut to
//! length, but neither believed nor escaped (whoever prints them escapes them).

use crate::source::Source;
use crate::stream::{self, Stream};
use crate::{AudioError, AudioFormat, Limits};
use lofty::config::{GlobalOptions, ParseOptions, ParsingMode, apply_global_options};
use lofty::file::{FileType, TaggedFile, TaggedFileExt};
use lofty::picture::PictureType;
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag};
use serde::{Deserialize, Serialize};
use std::io::BufReader;

/// The most that one item of a tag may allocate while it is read.
const ITEM_BYTES_MAX: usize = 12 << 20;
/// Frames of an ID3 tag; a file with more goes without tags.
const FRAMES_MAX: usize = 1000;
/// Bytes of all pictures, or of all other frames, of an ID3 tag: two covers as large as we would take.
const FRAMES_BYTES_MAX: u64 = 24 << 20;
/// Values joined for one field: artists of one track, for example.
const VALUES_MAX: usize = 8;

/// What a file says about itself. Empty texts are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// The title of the track.
    pub title: Option<String>,
    /// Its artists, joined with ", ".
    pub artist: Option<String>,
    /// The album.
    pub album: Option<String>,
    /// The artist of the album as a whole.
    pub album_artist: Option<String>,
    /// Genres, joined with ", ".
    pub genre: Option<String>,
    /// The year of the recording.
    pub year: Option<u16>,
    /// The number on the disc.
    pub track: Option<u16>,
    /// The number of the disc.
    pub disc: Option<u16>,
    /// The International Standard Recording Code, as it is written there.
    pub isrc: Option<String>,
}

/// An embedded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// By content.
    pub kind: PictureKind,
    /// As they are in the file.
    pub bytes: Vec<u8>,
}

/// The kinds of picture we take. Never SVG: it is a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureKind {
    /// image/jpeg
    Jpeg,
    /// image/png
    Png,
    /// image/webp
    WebP,
    /// image/gif
    Gif,
}

impl PictureKind {
    /// The kind by the first bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }
}

/// Reads tags as well as they can be read; never fails.
pub(crate) fn read(source: &Source, stream: &Stream, limits: &Limits) -> (Tags, Option<Picture>) {
    let weight = weigh(source, stream).unwrap_or(Weight::Excessive);
    // One picture that is too large must not cost the title: then it is read (again) without pictures.
    let file = match weight {
        Weight::Excessive => None,
        Weight::ExcessivePictures => parse(source, stream, false),
        Weight::Ordinary => parse(source, stream, true).or_else(|| parse(source, stream, false)),
    };
    let Some(file) = file else { return (Tags::default(), None) };
    let mut found: Vec<&Tag> = file.primary_tag().into_iter().collect();
    found.extend(file.tags().iter().filter(|tag| tag.tag_type() != file.primary_tag_type()));
    let text = |keys: &[ItemKey]| found.iter().find_map(|tag| joined(tag, keys, limits.text_chars_max));
    let number = |keys: &[ItemKey]| text(keys).and_then(|text| leading_number(&text));
    let tags = Tags {
        title: text(&[ItemKey::TrackTitle]),
        artist: text(&[ItemKey::TrackArtist, ItemKey::TrackArtists]),
        album: text(&[ItemKey::AlbumTitle]),
        album_artist: text(&[ItemKey::AlbumArtist]),
        genre: text(&[ItemKey::Genre]),
        year: number(&[ItemKey::RecordingDate, ItemKey::Year, ItemKey::OriginalReleaseDate]),
        track: number(&[ItemKey::TrackNumber]),
        disc: number(&[ItemKey::DiscNumber]),
        isrc: text(&[ItemKey::Isrc]),
    };
    (tags, found.iter().find_map(|tag| picture(tag, limits)))
}

/// What an ID3 tag would cost to read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Ordinary,
    /// The pictures are more than any cover; without them it is ordinary.
    ExcessivePictures,
    /// More frames than any real tag (the time to parse them grows with their square), compressed ones (a few bytes
    /// become gigabytes) or a huge one: the parser keeps frames whole, whatever its limit for allocations says.
    Excessive,
}

/// Goes from frame to frame by their headers alone.
fn weigh(source: &Source, stream: &Stream) -> Result<Weight, AudioError> {
    let mut at = stream::id3_chunk(source, stream)?.unwrap_or(0);
    let synchsafe = |bytes: &[u8]| bytes.iter().fold(0u64, |size, &byte| size << 7 | u64::from(byte & 0x7f));
    let (mut frames, mut texts_bytes, mut pictures_bytes) = (0, 0, 0);
    while let Some(header) = source.array::<10>(at)?.filter(|header| header.starts_with(b"ID3")) {
        let end = at + 10 + synchsafe(&header[6..10]);
        at += 10;
        while at < end {
            let Some(frame) = source.array::<10>(at)?.filter(|frame| frame[0] != 0) else { break };
            let (len, compressed) = match header[3] {
                2 => (6 + u64::from(u32::from_be_bytes([0, frame[3], frame[4], frame[5]])), false),
                3 => (
                    10 + u64::from(u32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]])),
                    frame[9] & 0x80 != 0,
                ),
                _ => (10 + synchsafe(&frame[4..8]), frame[9] & 0x08 != 0),
            };
            let is_picture = frame.starts_with(b"APIC") || header[3] == 2 && frame.starts_with(b"PIC");
            // What a frame claims beyond the end of the tag or the file is not there to be read.
            let there = len.min(end - at).min(source.len().saturating_sub(at));
            *(if is_picture { &mut pictures_bytes } else { &mut texts_bytes }) += there;
            frames += 1;
            at += len;
            if compressed || frames > FRAMES_MAX || texts_bytes > FRAMES_BYTES_MAX {
                return Ok(Weight::Excessive);
            }
        }
        at = end;
    }
    Ok(if pictures_bytes > FRAMES_BYTES_MAX { Weight::ExcessivePictures } else { Weight::Ordinary })
}

fn parse(source: &Source, stream: &Stream, pictures: bool) -> Option<TaggedFile> {
    let kind = match stream.format {
        AudioFormat::Mp3 => FileType::Mpeg,
        AudioFormat::Flac => FileType::Flac,
        AudioFormat::Vorbis => FileType::Vorbis,
        AudioFormat::Opus => FileType::Opus,
        AudioFormat::Aac | AudioFormat::Alac => FileType::Mp4,
        AudioFormat::Wav => FileType::Wav,
        AudioFormat::Aiff => FileType::Aiff,
    };
    // The limit belongs to the thread, so it is set before every use.
    apply_global_options(GlobalOptions::new().allocation_limit(ITEM_BYTES_MAX).use_custom_resolvers(false));
    let options = ParseOptions::new()
        .read_properties(false)
        .read_cover_art(pictures)
        .parsing_mode(ParsingMode::Relaxed)
        .max_junk_bytes(64 * 1024);
    let reader = BufReader::with_capacity(16 * 1024, source.window(0, source.len()).ok()?);
    Probe::with_file_type(reader, kind).options(options).read().ok()
}

fn joined(tag: &Tag, keys: &[ItemKey], chars_max: usize) -> Option<String> {
    keys.iter().find_map(|&key| {
        let mut values: Vec<String> = Vec::new();
        for value in tag.get_strings(key).flat_map(|text| text.split('\0')).take(VALUES_MAX) {
            values.extend(clean(value, chars_max).filter(|value| !values.contains(value)));
        }
        clean(&values.join(", "), chars_max)
    })
}

/// A text without control characters, reversed writing and invisible padding, with single spaces, and not longer than
/// `chars_max`. Marks that pile up on one letter are thinned.
fn clean(text: &str, chars_max: usize) -> Option<String> {
    let mut cleaned = String::new();
    let (mut chars, mut marks, mut space) = (0, 0, false);
    // Enough to find what is kept, however long the text is.
    for c in text.chars().take(chars_max.saturating_mul(4)) {
        let invisible = matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}');
        if c.is_whitespace() || c.is_control() {
            space = !cleaned.is_empty();
            continue;
        }
        let mark = matches!(c, '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}');
        marks = if mark { marks + 1 } else { 0 };
        if invisible || marks > 3 {
            continue;
        }
        if chars + usize::from(space) >= chars_max {
            break;
        }
        if space {
            cleaned.push(' ');
            chars += 1;
            space = false;
        }
        cleaned.push(c);
        chars += 1;
    }
    (!cleaned.is_empty()).then_some(cleaned)
}

/// The number a text begins with: "3/12" is 3, "2019-05-01" is 2019.
fn leading_number(text: &str) -> Option<u16> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..digits].parse().ok().filter(|&number| number > 0)
}

fn picture(tag: &Tag, limits: &Limits) -> Option<Picture> {
    let usable = |picture: &&lofty::picture::Picture| {
        picture.data().len() <= limits.picture_bytes_max && PictureKind::of(picture.data()).is_some()
    };
    let pictures = tag.pictures();
    let front = pictures.iter().filter(|picture| picture.pic_type() == PictureType::CoverFront).find(usable);
    let chosen = front.or_else(|| pictures.iter().find(usable))?;
    Some(Picture { kind: PictureKind::of(chosen.data())?, bytes: chosen.data().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cleaned_of_what_misleads() {
        assert_eq!(clean("a\r\nSet-Cookie: x=1", 300).as_deref(), Some("a Set-Cookie: x=1"));
        assert_eq!(clean("safe\u{202e}gpj.exe", 300).as_deref(), Some("safegpj.exe"));
        assert_eq!(clean("  \u{200b}\u{a0}  ", 300), None);
        assert_eq!(clean("\u{1b}[2Jx\0y", 300).as_deref(), Some("[2Jx y"));
        assert_eq!(clean("<b>静かな夜</b>", 300).as_deref(), Some("<b>静かな夜</b>"));
    }

    #[test]
    fn texts_are_cut_at_the_limit_however_long_they_are() {
        assert_eq!(clean(&"ab ".repeat(1_000_000), 7).as_deref(), Some("ab ab a"));
        let piled = clean(&format!("Z{}", "\u{301}".repeat(5000)), 300).unwrap();
        assert_eq!(piled.chars().count(), 4);
    }

    #[test]
    fn numbers_are_taken_from_their_beginning() {
        assert_eq!(leading_number("3/12"), Some(3));
        assert_eq!(leading_number("2019-05-01"), Some(2019));
        assert_eq!(leading_number("0"), None);
        assert_eq!(leading_number("99999999"), None);
        assert_eq!(leading_number("A1"), None);
    }
}
