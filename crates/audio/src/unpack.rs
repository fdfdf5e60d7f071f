//! A song as plain samples in a file, for a player: two channels of 16 bits, so that any place in it can be read at
//! once and none of it has to be kept in memory. The file may be read while it grows.

use crate::decode::Decoder;
use crate::{AudioError, Limits};
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Bytes before the first frame: a mark, the rate (32 bits, little endian), and zeros.
pub const UNPACKED_HEAD_BYTES: usize = 16;
/// Bytes of a frame: left and right, 16 bits each, little endian.
pub const UNPACKED_FRAME_BYTES: usize = 4;
const MARK: &[u8; 8] = b"rookery1";

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpacked {
    /// Frames a second.
    pub sample_rate: u32,
    /// How many.
    pub frames: u64,
}

/// Decodes `path` into the new file `target`. More than two channels are mixed down.
///
/// # Errors
/// Those of [`crate::analyse()`]; [`AudioError::Io`] if `target` exists or cannot be written. What was written of a
/// failed target stays: a player may be reading it.
pub fn unpack(path: &Path, target: &Path, limits: &Limits) -> Result<Unpacked, AudioError> {
    let mut decoder = Decoder::open(path, limits)?;
    let file = OpenOptions::new().write(true).create_new(true).open(target);
    let mut file =
        BufWriter::with_capacity(64 * 1024, file.map_err(|error| AudioError::io("create", error))?);
    let failed = |error| AudioError::io("write", error);
    let mut block = Vec::new();
    if !decoder.next(&mut block)? {
        return Err(AudioError::damaged("nothing in it can be decoded"));
    }
    let sample_rate = decoder.stream.sample_rate;
    file.write_all(MARK).map_err(failed)?;
    file.write_all(&sample_rate.to_le_bytes()).map_err(failed)?;
    file.write_all(&[0; 4]).map_err(failed)?;
    let lead = (decoder.stream.lead_s * f64::from(sample_rate)).round() as u64;
    let mut skip = usize::try_from(lead).unwrap_or(0);
    loop {
        let channels = usize::from(decoder.stream.channels).max(1);
        let frames = block.len() / channels;
        for frame in block.chunks_exact(channels).skip(skip) {
            for sample in two(frame) {
                let whole = (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16;
                file.write_all(&whole.to_le_bytes()).map_err(failed)?;
            }
        }
        skip = skip.saturating_sub(frames);
        if !decoder.next(&mut block)? {
            break;
        }
    }
    file.flush().map_err(failed)?;
    Ok(Unpacked { sample_rate, frames: decoder.frames().saturating_sub(lead) })
}

/// The rate that the head of an unpacked file says; `None` if that is no such head.
pub fn unpacked_rate(head: &[u8; UNPACKED_HEAD_BYTES]) -> Option<u32> {
    let rate = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    (head.starts_with(MARK) && rate > 0).then_some(rate)
}

/// A frame of any number of channels as left and right. The third is the centre, the fourth the low effects, which
/// players of two channels leave out; the rest are left and right in turn (ITU-R BS.775).
fn two(frame: &[f32]) -> [f32; 2] {
    const PART: f32 = std::f32::consts::FRAC_1_SQRT_2;
    match frame {
        [] => [0.0; 2],
        [one] => [*one; 2],
        [left, right] => [*left, *right],
        [left, right, centre, rest @ ..] => {
            let around = rest.get(1..).unwrap_or_default();
            let side = |first: usize| around.iter().skip(first).step_by(2).sum::<f32>();
            // Full scale on every channel at once would be too loud by this.
            let scale = 1.0 / (1.0 + PART + PART * around.len().div_ceil(2) as f32);
            [(left + PART * (centre + side(0))) * scale, (right + PART * (centre + side(1))) * scale]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_but_the_low_effects_is_heard_and_nothing_clips() {
        assert_eq!(two(&[0.5]), [0.5, 0.5]);
        assert_eq!(two(&[0.5, -0.5]), [0.5, -0.5]);
        let full = two(&[1.0; 6]);
        assert!(full.iter().all(|sample| (0.99..=1.0).contains(sample)), "{full:?}");
        let surround_left = two(&[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert!(surround_left[0] > 0.2 && surround_left[1] == 0.0);
        assert_eq!(two(&[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]), [0.0, 0.0]);
    }
}
