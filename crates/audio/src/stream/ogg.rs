//! Vorbis and Opus in Ogg (RFC 3533, RFC 7845). The length is the last page's position, or a count of the packets where
//! that lies.

use super::{AudioFormat, Stream, frames_to_ms, is_implausible};
use crate::AudioError;
use crate::source::Source;

/// The last page is looked for in this many bytes: a page has 65 307 at most.
const TAIL_BYTES: usize = 128 * 1024;
/// Opus positions count at this rate, whatever the source had.
const OPUS_RATE: u32 = 48_000;
/// Assumed of Vorbis that lies about its length and does not say its rate.
const BITS_PER_SECOND_ASSUMED: u64 = 128_000;

struct Page {
    serial: [u8; 4],
    position: i64,
    /// Of the header with its lacing values.
    header_bytes: usize,
    body_bytes: usize,
}

fn page(bytes: &[u8]) -> Option<Page> {
    let fixed = bytes.get(..27).filter(|fixed| fixed.starts_with(b"OggS\0"))?;
    let lacing = bytes.get(27..27 + usize::from(fixed[26]))?;
    Some(Page {
        serial: fixed[14..18].try_into().ok()?,
        position: i64::from_le_bytes(fixed[6..14].try_into().ok()?),
        header_bytes: 27 + lacing.len(),
        body_bytes: lacing.iter().map(|&value| usize::from(value)).sum(),
    })
}

pub(super) fn find(source: &Source, start: u64) -> Result<Stream, AudioError> {
    let mut buffer = [0; 512];
    let head = source.read_at(start, &mut buffer)?;
    let first = page(head).ok_or_else(|| AudioError::damaged("an Ogg file without a first page"))?;
    let packet = &head[first.header_bytes..];
    let packet = &packet[..packet.len().min(first.body_bytes)];
    let word = |at: usize| packet.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let (format, channels, sample_rate, clock, skip) =
        if packet.starts_with(b"OpusHead") && packet.len() >= 19 {
            let skip = u64::from(u16::from_le_bytes([packet[10], packet[11]]));
            (AudioFormat::Opus, packet[9], OPUS_RATE, OPUS_RATE, skip)
        } else if packet.starts_with(b"\x01vorbis") && packet.len() >= 30 {
            (AudioFormat::Vorbis, packet[11], word(12), word(12), 0)
        } else {
            return Err(AudioError::unsupported("Ogg without Vorbis or Opus"));
        };
    let last = last_position(source, first.serial)?;
    let frames = u64::try_from(last).unwrap_or(0).saturating_sub(skip);
    let mut duration_ms = frames_to_ms(frames, clock);
    if duration_ms > 0 && is_implausible(source.len(), duration_ms) || last < 0 {
        duration_ms = if format == AudioFormat::Opus {
            frames_to_ms(count_opus(source, start, first.serial)?.saturating_sub(skip), clock)
        } else {
            let nominal = Some(u64::from(word(20))).filter(|rate| (8_000..1_000_000).contains(rate));
            source.len() * 8_000 / nominal.unwrap_or(BITS_PER_SECOND_ASSUMED)
        };
    }
    Ok(Stream {
        lead_s: 0.0,
        format,
        start,
        sample_rate,
        channels: u16::from(channels),
        bits_per_sample: None,
        duration_ms,
        browser_playable: true,
    })
}

/// The position of the last page of the stream that has one; 0 if there is none.
fn last_position(source: &Source, serial: [u8; 4]) -> Result<i64, AudioError> {
    let mut buffer = vec![0; TAIL_BYTES];
    let tail = source.read_at(source.len().saturating_sub(TAIL_BYTES as u64), &mut buffer)?;
    let position = (0..tail.len().saturating_sub(26)).rev().find_map(|at| {
        let found = (tail[at] == b'O').then(|| page(&tail[at..])).flatten()?;
        let whole = at + found.header_bytes + found.body_bytes <= tail.len();
        // -1 says that no packet ends on the page.
        (whole && found.serial == serial && found.position != -1).then_some(found.position)
    });
    Ok(position.unwrap_or(0))
}

/// The samples of all Opus packets, by their first bytes.
fn count_opus(source: &Source, start: u64, serial: [u8; 4]) -> Result<u64, AudioError> {
    let mut buffer = vec![0; 27 + 255 + 255 * 255];
    let (mut at, mut samples, mut packet_starts, mut packets) = (start, 0u64, true, 0u64);
    while let Some(found) = page(source.read_at(at, &mut buffer)?) {
        if found.serial == serial {
            let mut body = found.header_bytes;
            for lacing in 27..found.header_bytes {
                let len = usize::from(buffer[lacing]);
                // The first two packets are headers.
                if packet_starts && packets >= 2 && len > 0 {
                    samples += opus_samples(buffer[body], buffer.get(body + 1).copied());
                }
                packet_starts = len < 255;
                packets += u64::from(packet_starts);
                body += len;
            }
        }
        at += (found.header_bytes + found.body_bytes) as u64;
    }
    Ok(samples)
}

/// Samples at 48 kHz of a packet with this first byte (RFC 6716, section 3.1).
fn opus_samples(toc: u8, second: Option<u8>) -> u64 {
    let frame = match toc >> 3 {
        mode @ 0..12 => [480, 960, 1920, 2880][usize::from(mode % 4)],
        mode @ 12..16 => [480, 960][usize::from(mode % 2)],
        mode => [120, 240, 480, 960][usize::from(mode % 4)],
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(second.unwrap_or(0) & 63),
    };
    // A packet has 120 ms at most.
    (frame * count).min(5760)
}
