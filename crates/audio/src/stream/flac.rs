//! FLAC (RFC 9639). The number of samples in the header is believed when a frame near the end of the file confirms it.

use super::{AudioFormat, Stream, frames_to_ms};
use crate::AudioError;
use crate::source::Source;

/// Metadata blocks before the audio; more is an attack.
const BLOCKS_MAX: usize = 1024;
/// The last frames are looked for in this many bytes.
const TAIL_BYTES: usize = 64 * 1024;
/// A frame is never smaller: header, one constant subframe, checksums.
const FRAME_BYTES_MIN: u64 = 11;

pub(super) fn find(source: &Source, start: u64) -> Result<Stream, AudioError> {
    let mut at = start + 4;
    let mut info: Option<[u8; 34]> = None;
    let mut complete = false;
    for _ in 0..BLOCKS_MAX {
        let Some([kind, a, b, c]) = source.array::<4>(at)? else { break };
        if info.is_none() && kind & 0x7f == 0 {
            info = source.array(at + 4)?;
        }
        at += 4 + u64::from(u32::from_be_bytes([0, a, b, c]));
        if kind & 0x80 != 0 {
            complete = true;
            break;
        }
    }
    let info = info.ok_or_else(|| AudioError::damaged("FLAC without stream information"))?;
    if !complete || at >= source.len() {
        return Err(AudioError::not_audio("FLAC metadata without audio"));
    }
    let packed =
        u64::from_be_bytes([info[10], info[11], info[12], info[13], info[14], info[15], info[16], info[17]]);
    let sample_rate = (packed >> 44) as u32;
    let channels = (packed >> 41 & 7) as u16 + 1;
    let bits = (packed >> 36 & 31) as u16 + 1;
    let claimed = packed & ((1 << 36) - 1);
    let block_max = u64::from(u16::from_be_bytes([info[2], info[3]]));
    if !super::SAMPLE_RATES.contains(&sample_rate) {
        return Err(AudioError::damaged(format!("a sample rate of {sample_rate} Hz")));
    }
    let possible = (source.len() - at).div_ceil(FRAME_BYTES_MIN).saturating_mul(block_max);
    let frames = match last_sample(source, at, block_max)? {
        Tail::Ends(ends) if claimed != 0 && ends.contains(&claimed) => claimed,
        Tail::Ends(ends) => ends.last().copied().unwrap_or(0),
        Tail::Unknown => claimed.min(possible),
    };
    Ok(Stream {
        lead_s: 0.0,
        format: AudioFormat::Flac,
        start,
        sample_rate,
        channels,
        bits_per_sample: Some(bits),
        duration_ms: frames_to_ms(frames, sample_rate),
        browser_playable: true,
    })
}

enum Tail {
    /// The sample numbers at which frames near the end of the file end.
    Ends(Vec<u64>),
    /// No run of frames was found.
    Unknown,
}

/// Looks for frames near the end that follow one another.
fn last_sample(source: &Source, audio: u64, block_max: u64) -> Result<Tail, AudioError> {
    let start = source.len().saturating_sub(TAIL_BYTES as u64).max(audio);
    let mut buffer = vec![0; TAIL_BYTES];
    let tail = source.read_at(start, &mut buffer)?;
    let mut previous_end = None;
    let mut ends = Vec::new();
    for at in 0..tail.len().saturating_sub(6) {
        if tail[at] != 0xff || tail[at + 1] & 0xfe != 0xf8 {
            continue;
        }
        let Some((first, count)) = frame_range(&tail[at..], block_max) else { continue };
        // A header by chance does not continue where another one ended. The only frame of a file begins at zero.
        if previous_end == Some(first) || (at == 0 && start == audio && first == 0) {
            ends.push(first + count);
        }
        previous_end = Some(first + count);
    }
    Ok(if ends.is_empty() { Tail::Unknown } else { Tail::Ends(ends) })
}

/// The first sample and the number of samples of the frame whose header this is.
fn frame_range(bytes: &[u8], block_max: u64) -> Option<(u64, u64)> {
    let (block_code, rate_code) = (bytes.get(2)? >> 4, bytes.get(2)? & 15);
    if rate_code == 15 || bytes.get(3)? & 1 != 0 || bytes.get(3)? >> 4 > 10 {
        return None;
    }
    let first_byte = *bytes.get(4)?;
    let more = match first_byte.leading_ones() {
        0 => 0,
        ones @ 2..=7 => ones as usize - 1,
        _ => return None,
    };
    let mut number = if more == 0 { u64::from(first_byte) } else { u64::from(first_byte & (0x3f >> more)) };
    for byte in bytes.get(5..5 + more)? {
        if byte & 0xc0 != 0x80 {
            return None;
        }
        number = number << 6 | u64::from(byte & 0x3f);
    }
    let mut at = 5 + more;
    let count = match block_code {
        1 => 192,
        2..=5 => 576 << (block_code - 2),
        6 => {
            at += 1;
            u64::from(*bytes.get(at - 1)?) + 1
        }
        7 => {
            at += 2;
            u64::from(u16::from_be_bytes([*bytes.get(at - 2)?, *bytes.get(at - 1)?])) + 1
        }
        8.. => 256 << (block_code - 8),
        0 => return None,
    };
    at += match rate_code {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    if crc8(bytes.get(..at)?) != *bytes.get(at)? {
        return None;
    }
    let variable = bytes[1] & 1 != 0;
    Some((if variable { number } else { number.checked_mul(block_max)? }, count))
}

fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 })
    })
}
