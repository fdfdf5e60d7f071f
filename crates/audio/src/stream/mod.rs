//! What a file holds, decided from its bytes alone: format, rate, channels, length. Lengths that headers claim are
//! checked against the bytes that are there. Nothing is decoded here (see `decode`), and names are never looked at.

mod chunks;
mod flac;
mod mp4;
mod mpeg;
mod ogg;

use crate::source::Source;
use crate::{AudioError, Limits};
use serde::{Deserialize, Serialize};

/// The formats we take, by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AudioFormat {
    /// MPEG-1/2/2.5 layer III.
    Mp3,
    /// Native FLAC.
    Flac,
    /// Vorbis in Ogg.
    Vorbis,
    /// Opus in Ogg.
    Opus,
    /// AAC in MPEG-4.
    Aac,
    /// Apple Lossless in MPEG-4.
    Alac,
    /// RIFF WAVE.
    Wav,
    /// AIFF and AIFF-C with uncompressed samples.
    Aiff,
}

/// The audio stream of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stream {
    pub(crate) format: AudioFormat,
    /// Where the container begins, after any leading ID3v2 tags.
    pub(crate) start: u64,
    pub(crate) sample_rate: u32,
    pub(crate) channels: u16,
    /// Of the source, for lossless formats.
    pub(crate) bits_per_sample: Option<u16>,
    pub(crate) duration_ms: u64,
    /// Seconds that the encoder put before the music and that the decoder does not leave out by itself.
    pub(crate) lead_s: f64,
    pub(crate) browser_playable: bool,
}

/// Rates outside this do not occur in music.
pub(crate) const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 8_000..=384_000;
/// 7.1.4 is the widest layout in use.
pub(crate) const CHANNELS_MAX: u16 = 12;
/// Silence in the leanest codec still takes more; a stream that claims less lies about its length.
const BITS_PER_SECOND_MIN: u64 = 500;
/// Tags in a row before the audio; more is an attack.
const LEADING_TAGS_MAX: usize = 256;
/// Garbage that is tolerated before the first MP3 frame.
const JUNK_BYTES_MAX: usize = 64 * 1024;

/// Finds the stream, or says why there is none.
pub(crate) fn find(source: &Source, limits: &Limits) -> Result<Stream, AudioError> {
    let start = skip_id3(source)?;
    let mut buffer = [0; 64];
    let head = source.read_at(start, &mut buffer)?;
    let stream = if head.starts_with(b"fLaC") {
        flac::find(source, start)
    } else if head.starts_with(b"OggS") {
        ogg::find(source, start)
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
        chunks::find_wav(source, start)
    } else if head.starts_with(b"FORM") && matches!(head.get(8..12), Some(b"AIFF" | b"AIFC")) {
        chunks::find_aiff(source, start)
    } else if head.get(4..8) == Some(b"ftyp") {
        mp4::find(source, start)
    } else if let Some(what) = foreign(head) {
        Err(AudioError::not_audio(format!("this is {what}")))
    } else {
        mpeg::find(source, start, JUNK_BYTES_MAX)
    }?;
    stream.check(source.len(), limits)
}

/// Where the ID3 tag is that WAV and AIFF carry in a chunk.
pub(crate) fn id3_chunk(source: &Source, stream: &Stream) -> Result<Option<u64>, AudioError> {
    match stream.format {
        AudioFormat::Wav => chunks::find_id3(source, stream.start, u32::from_le_bytes),
        AudioFormat::Aiff => chunks::find_id3(source, stream.start, u32::from_be_bytes),
        _ => Ok(None),
    }
}

impl Stream {
    fn check(self, bytes: u64, limits: &Limits) -> Result<Self, AudioError> {
        if !SAMPLE_RATES.contains(&self.sample_rate) {
            return Err(AudioError::damaged(format!("a sample rate of {} Hz", self.sample_rate)));
        }
        if !(1..=CHANNELS_MAX).contains(&self.channels) {
            return Err(AudioError::damaged(format!("{} channels", self.channels)));
        }
        if self.duration_ms == 0 {
            return Err(AudioError::not_audio("there is no audio in it"));
        }
        if is_implausible(bytes, self.duration_ms) {
            let claim = format!("{} ms of audio in {bytes} bytes", self.duration_ms);
            return Err(AudioError::damaged(claim));
        }
        if self.duration_ms > limits.duration_ms_max {
            return Err(AudioError::too_large("duration ms", self.duration_ms, limits.duration_ms_max));
        }
        Ok(self)
    }
}

/// Whether so much time cannot be in so few bytes.
fn is_implausible(bytes: u64, duration_ms: u64) -> bool {
    bytes.saturating_mul(8_000) / duration_ms.max(1) < BITS_PER_SECOND_MIN
}

/// Milliseconds of `frames` at `rate`, rounded.
pub(crate) fn frames_to_ms(frames: u64, rate: u32) -> u64 {
    let rate = u128::from(rate.max(1));
    u64::try_from((u128::from(frames) * 1000 + rate / 2) / rate).unwrap_or(u64::MAX)
}

/// Where the content begins after the ID3v2 tags. A tag that claims more than the file has is taken for its header
/// alone, so that a lie costs nothing.
fn skip_id3(source: &Source) -> Result<u64, AudioError> {
    let mut start = 0;
    for _ in 0..LEADING_TAGS_MAX {
        let Some(header) = source.array::<10>(start)? else { break };
        if !header.starts_with(b"ID3") {
            break;
        }
        let size = header[6..10].iter().fold(0u64, |size, &byte| size << 7 | u64::from(byte & 0x7f));
        let footer = if header[5] & 0x10 == 0 { 0 } else { 10 };
        let end = start + 10 + size + footer;
        if end >= source.len() {
            return Err(AudioError::not_audio("nothing follows the ID3 tag"));
        }
        start = end;
    }
    Ok(start)
}

/// Content that is surely something else, so that a frame header by chance inside it is not looked for.
fn foreign(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 17] = [
        (b"GIF8", "a GIF picture"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"%PDF", "a PDF document"),
        (b"\x7fELF", "a program"),
        (b"MZ", "a program"),
        (b"#!", "a script"),
        (b"#EXTM3U", "a playlist"),
        (b"ffconcat", "a script for ffmpeg"),
        (b"\x1aE\xdf\xa3", "Matroska or WebM"),
        (b"wvpk", "WavPack"),
        (b"MAC ", "Monkey's Audio"),
        (b"0&\xb2u", "Windows Media"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    let text =
        head.len() > 15 && head.iter().all(|&byte| (0x20..0x7f).contains(&byte) || b"\t\r\n".contains(&byte));
    text.then_some("text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_and_never_overflow() {
        assert_eq!(frames_to_ms(44_100, 44_100), 1000);
        assert_eq!(frames_to_ms(22, 44_100), 0);
        assert_eq!(frames_to_ms(23, 44_100), 1);
        assert_eq!(frames_to_ms(u64::MAX, 1), u64::MAX);
        assert_eq!(frames_to_ms(5, 0), 5000);
    }

    #[test]
    fn what_is_surely_something_else_is_named() {
        assert_eq!(foreign(b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd"), Some("a playlist"));
        assert_eq!(foreign(b"<!doctype html><script>"), Some("text"));
        assert_eq!(foreign(b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n"), Some("text"));
        assert_eq!(foreign(b"\xff\xfb\x90\x64 and the rest of a frame"), None);
    }
}
