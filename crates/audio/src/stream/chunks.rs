//! RIFF WAVE and AIFF: chunks of a name and a length. The length of the samples is what the file really holds.

use super::{AudioFormat, Stream, frames_to_ms};
use crate::AudioError;
use crate::source::Source;

/// Chunks that are looked at before giving up.
const CHUNKS_MAX: usize = 4096;

/// Calls `each` with the name, the place and the clamped length of every chunk until it says stop.
fn walk(
    source: &Source,
    start: u64,
    length: fn([u8; 4]) -> u32,
    mut each: impl FnMut(&[u8; 4], u64, u64) -> Result<bool, AudioError>,
) -> Result<(), AudioError> {
    let mut at = start + 12;
    for _ in 0..CHUNKS_MAX {
        let Some([a, b, c, d, e, f, g, h]) = source.array::<8>(at)? else { break };
        let claimed = u64::from(length([e, f, g, h]));
        let body = at + 8;
        if !each(&[a, b, c, d], body, claimed.min(source.len().saturating_sub(body)))? {
            break;
        }
        at = body + claimed + (claimed & 1);
    }
    Ok(())
}

pub(super) fn find_id3(
    source: &Source,
    start: u64,
    length: fn([u8; 4]) -> u32,
) -> Result<Option<u64>, AudioError> {
    let mut place = None;
    walk(source, start, length, |name, body, _| {
        if name.eq_ignore_ascii_case(b"id3 ") {
            place = Some(body);
        }
        Ok(place.is_none())
    })?;
    Ok(place)
}

pub(super) fn find_wav(source: &Source, start: u64) -> Result<Stream, AudioError> {
    let mut format = None;
    let mut bytes = None;
    walk(source, start, u32::from_le_bytes, |name, body, len| {
        match name {
            b"fmt " if len >= 16 => {
                let mut buffer = [0; 40];
                format = Some(source.read_at(body, &mut buffer[..len.min(40) as usize])?.to_vec());
            }
            b"data" => bytes = Some(len),
            _ => {}
        }
        Ok(bytes.is_none())
    })?;
    let format = format.ok_or_else(|| AudioError::damaged("a WAVE file without a format"))?;
    let bytes = bytes.ok_or_else(|| AudioError::not_audio("a WAVE file without samples"))?;
    let word = |at: usize| format.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
    let (channels, bits) = (word(2), word(14));
    let sample_rate = u32::from(word(4)) | u32::from(word(6)) << 16;
    let codec = if word(0) == 0xfffe { word(24) } else { word(0) };
    let browser_playable = match (codec, bits) {
        (1, 8 | 16 | 24 | 32) | (3, 32) => true,
        (3, 64) | (6 | 7, 8) => false,
        _ => return Err(AudioError::unsupported(format!("WAVE codec {codec} with {bits} bits"))),
    };
    let frame_bytes = u64::from(channels) * u64::from(bits / 8);
    let frames = bytes.checked_div(frame_bytes).ok_or_else(|| AudioError::damaged("no channels"))?;
    Ok(Stream {
        lead_s: 0.0,
        format: AudioFormat::Wav,
        start,
        sample_rate,
        channels,
        bits_per_sample: Some(bits),
        duration_ms: frames_to_ms(frames, sample_rate),
        browser_playable,
    })
}

pub(super) fn find_aiff(source: &Source, start: u64) -> Result<Stream, AudioError> {
    let mut common = None;
    let mut bytes = None;
    walk(source, start, u32::from_be_bytes, |name, body, len| {
        match name {
            b"COMM" if len >= 18 => {
                let mut buffer = [0; 22];
                common = Some(source.read_at(body, &mut buffer[..len.min(22) as usize])?.to_vec());
            }
            // An offset and a block size precede the samples.
            b"SSND" => bytes = Some(len.saturating_sub(8)),
            _ => {}
        }
        Ok(common.is_none() || bytes.is_none())
    })?;
    let common = common.ok_or_else(|| AudioError::damaged("an AIFF file without a description"))?;
    let bytes = bytes.ok_or_else(|| AudioError::not_audio("an AIFF file without samples"))?;
    let channels = u16::from_be_bytes([common[0], common[1]]);
    let claimed_frames = u32::from_be_bytes([common[2], common[3], common[4], common[5]]);
    let bits = u16::from_be_bytes([common[6], common[7]]);
    let sample_rate = extended_to_u32(&common[8..18]).unwrap_or(0);
    match common.get(18..22) {
        None
        | Some(b"NONE" | b"sowt" | b"twos" | b"fl32" | b"FL32" | b"fl64" | b"FL64" | b"in24" | b"in32") => {}
        Some(codec) => return Err(AudioError::unsupported(format!("AIFF-C codec {}", codec.escape_ascii()))),
    }
    let frame_bytes = u64::from(channels) * u64::from(bits.div_ceil(8));
    let frames = bytes.checked_div(frame_bytes).ok_or_else(|| AudioError::damaged("no channels"))?;
    Ok(Stream {
        lead_s: 0.0,
        format: AudioFormat::Aiff,
        start,
        sample_rate,
        channels,
        bits_per_sample: Some(bits),
        duration_ms: frames_to_ms(frames.min(u64::from(claimed_frames)), sample_rate),
        browser_playable: false,
    })
}

/// The integer in an 80-bit IEEE 754 number, as AIFF writes sample rates.
fn extended_to_u32(bytes: &[u8]) -> Option<u32> {
    let exponent = u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]);
    let mantissa = u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?);
    // 16383 is the bias; the binary point is after the first of 64 bits.
    let shift = 16_383 + 63 - i32::from(exponent);
    (32..=63).contains(&shift).then(|| u32::try_from(mantissa >> shift).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_rates_are_read_from_80_bit_numbers() {
        assert_eq!(extended_to_u32(&[0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0]), Some(44_100));
        assert_eq!(extended_to_u32(&[0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]), Some(48_000));
        let not_a_number = [0x7f, 0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(extended_to_u32(&not_a_number), None);
        assert_eq!(extended_to_u32(&[0; 10]), None);
    }
}
