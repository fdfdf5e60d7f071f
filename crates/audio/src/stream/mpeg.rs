//! MP3: a chain of frames without a container. The length comes from the Xing, Info or VBRI header where it fits the
//! file, from the bitrate where that is constant, and from counting the frames otherwise.

use super::{AudioFormat, Stream, frames_to_ms};
use crate::AudioError;
use crate::source::Source;

/// Frames that must follow one another for bytes to be MP3.
const CHAIN_FRAMES: usize = 3;
/// Frames with one bitrate after which it is taken to be constant.
const CONSTANT_FRAMES: usize = 48;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Header {
    mpeg1: bool,
    sample_rate: u32,
    bitrate: u32,
    channels: u16,
    bytes: usize,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        const KILOBITS_1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const KILOBITS_2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let &[sync, b, c, d, ..] = bytes else { return None };
        // Eleven bits of sync, then layer III.
        if sync != 0xff || b & 0xe0 != 0xe0 || b >> 1 & 3 != 1 {
            return None;
        }
        let divisor = match b >> 3 & 3 {
            3 => 1,
            2 => 2,
            0 => 4,
            _ => return None,
        };
        let mpeg1 = divisor == 1;
        let rate = [44_100, 48_000, 32_000].get(usize::from(c >> 2 & 3))? / divisor;
        let kilobits = *(if mpeg1 { &KILOBITS_1 } else { &KILOBITS_2 }).get(usize::from(c >> 4))?;
        // Free format has no bitrate and does not occur in the wild; emphasis 2 is reserved.
        if kilobits == 0 || d & 3 == 2 {
            return None;
        }
        let padding = usize::from(c >> 1 & 1);
        let frame = (if mpeg1 { 144_000 } else { 72_000 }) * kilobits / rate;
        let channels = if d >> 6 == 3 { 1 } else { 2 };
        Some(Self {
            mpeg1,
            sample_rate: rate,
            bitrate: kilobits * 1000,
            channels,
            bytes: frame as usize + padding,
        })
    }

    fn follows(&self, first: &Self) -> bool {
        self.mpeg1 == first.mpeg1 && self.sample_rate == first.sample_rate
    }

    fn samples(&self) -> u64 {
        if self.mpeg1 { 1152 } else { 576 }
    }
}

pub(super) fn find(source: &Source, start: u64, junk_bytes_max: usize) -> Result<Stream, AudioError> {
    let mut buffer = vec![0; junk_bytes_max + 8192];
    let head = source.read_at(start, &mut buffer)?;
    let place = (0..head.len().min(junk_bytes_max))
        .find(|&at| head[at] == 0xff && is_chain(&head[at..], start + at as u64, source));
    let place = place.ok_or_else(|| AudioError::not_audio("no format we know"))?;
    let first = Header::parse(&head[place..]).ok_or_else(|| AudioError::not_audio("no format we know"))?;
    let audio = start + place as u64;
    let end = source.len()
        - if source.array::<3>(source.len().saturating_sub(128))? == Some(*b"TAG") { 128 } else { 0 };
    let frames = match claimed_samples(&head[place..], &first, end.saturating_sub(audio)) {
        Some(samples) => samples,
        None => measured_samples(source, audio, end, &first)?,
    };
    Ok(Stream {
        lead_s: 0.0,
        format: AudioFormat::Mp3,
        start: audio,
        sample_rate: first.sample_rate,
        channels: first.channels,
        bits_per_sample: None,
        duration_ms: frames_to_ms(frames, first.sample_rate),
        browser_playable: true,
    })
}

/// Whether frames follow one another from here. A file of one or two frames, which ends with the last, counts too.
fn is_chain(bytes: &[u8], offset: u64, source: &Source) -> bool {
    let Some(first) = Header::parse(bytes) else { return false };
    let mut at = first.bytes;
    for _ in 1..CHAIN_FRAMES {
        if offset + at as u64 == source.len() {
            return true;
        }
        match bytes.get(at..).and_then(Header::parse) {
            Some(next) if next.follows(&first) => at += next.bytes,
            _ => return false,
        }
    }
    true
}

/// The samples that the first frame says there are, if that can be true of `bytes` bytes.
fn claimed_samples(head: &[u8], first: &Header, bytes: u64) -> Option<u64> {
    let side = match (first.mpeg1, first.channels) {
        (true, 2) => 32,
        (true, _) | (false, 2) => 17,
        _ => 9,
    };
    let word = |at: usize| head.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let at = 4 + side;
    let (frames, claimed_bytes, trim) = match head.get(at..at + 4)? {
        b"Xing" | b"Info" => {
            let flags = word(at + 4)?;
            let frames = (flags & 1 != 0).then(|| word(at + 8)).flatten()?;
            let mut next = at + 12;
            let claimed_bytes = (flags & 2 != 0).then(|| word(next)).flatten()?;
            next += 4 + if flags & 4 != 0 { 100 } else { 0 } + if flags & 8 != 0 { 4 } else { 0 };
            // The encoder's delay and padding, 12 bits each, stand 21 bytes into its own field.
            let delays = head.get(next + 21..next + 24).filter(|_| matches!(head.get(next), Some(b'L')));
            let trim = delays.map_or(0, |b| u64::from(b[0]) << 4 | u64::from(b[1] >> 4))
                + delays.map_or(0, |b| u64::from(b[1] & 15) << 8 | u64::from(b[2]));
            (frames, claimed_bytes, trim)
        }
        _ if head.get(36..40) == Some(b"VBRI") => (word(50)?, word(46)?, 0),
        _ => return None,
    };
    let near = bytes.abs_diff(u64::from(claimed_bytes)) <= bytes / 50 + 4096;
    let per_frame = bytes.checked_div(u64::from(frames))?;
    // 8 and 320 kbit/s at the lowest and the highest rate.
    let possible = (24..=1500).contains(&per_frame);
    (near && possible).then(|| (u64::from(frames) * first.samples()).saturating_sub(trim))
}

/// Counts frames; stops early when the bitrate does not change.
fn measured_samples(source: &Source, audio: u64, end: u64, first: &Header) -> Result<u64, AudioError> {
    const BLOCK: usize = 64 * 1024;
    let mut buffer = vec![0; BLOCK];
    let (mut at, mut frames, mut constant) = (audio, 0u64, true);
    while at + 4 <= end {
        let block = source.read_at(at, &mut buffer)?;
        if block.len() < 4 {
            break;
        }
        let mut inside = 0;
        while inside + 4 <= block.len() {
            match Header::parse(&block[inside..]).filter(|header| header.follows(first)) {
                Some(header) => {
                    constant &= header.bitrate == first.bitrate;
                    frames += 1;
                    inside += header.bytes;
                }
                None => inside += 1,
            }
            if constant && frames == CONSTANT_FRAMES as u64 {
                let seconds_8 = u128::from(end - audio) * 8 * u128::from(first.sample_rate);
                return Ok(u64::try_from(seconds_8 / u128::from(first.bitrate)).unwrap_or(u64::MAX));
            }
        }
        at += inside as u64;
    }
    Ok(frames * first.samples())
}
