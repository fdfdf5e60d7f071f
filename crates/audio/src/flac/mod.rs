//! Writes FLAC (RFC 9639) frame by frame, so that memory does not grow with the music. The encoder is our own: of the
//! crates, one swells loud 24-bit music two hundredfold and the other wants the whole piece in memory (decision 0003).
//! It uses the fixed predictors only: some percent larger than the best, and many times faster.
//!
//! Deliberately not here: linear prediction, seek tables, reading.

mod bits;
mod subframe;

use crate::AudioError;
use bits::BitWriter;
use std::io::{Seek, SeekFrom, Write};

const BLOCK_FRAMES: usize = 4096;
/// The marker and the header of the first block of metadata.
const STREAM_INFO_AT: u64 = 8;
const CHANNELS_MAX: u16 = 8;

/// A block of metadata besides the stream's own: its kind (RFC 9639, section 8.1) and its content.
pub(crate) type Metadata = (u8, Vec<u8>);

/// A FLAC file being written.
pub(crate) struct FlacWriter<W> {
    out: W,
    sample_rate: u32,
    channels: usize,
    bits: u32,
    pending: Vec<i32>,
    planes: Vec<Vec<i32>>,
    blocks: u64,
    frames: u64,
    bytes: u64,
    frame_bytes: (usize, usize),
}

impl<W: Write + Seek> FlacWriter<W> {
    /// Begins a file with samples of 16 or 24 bits.
    pub(crate) fn new(
        mut out: W,
        sample_rate: u32,
        channels: u16,
        bits: u32,
        metadata: &[Metadata],
    ) -> Result<Self, AudioError> {
        if !(1..=CHANNELS_MAX).contains(&channels) || !matches!(bits, 16 | 24) || sample_rate >= 1 << 20 {
            return Err(AudioError::unsupported(format!(
                "FLAC of {channels} × {bits} bits at {sample_rate} Hz"
            )));
        }
        let mut head = b"fLaC".to_vec();
        head.extend([if metadata.is_empty() { 0x80 } else { 0 }, 0, 0, 34]);
        head.extend([0; 34]);
        for (number, (kind, content)) in metadata.iter().enumerate() {
            let last = if number + 1 == metadata.len() { 0x80 } else { 0 };
            let len = u32::try_from(content.len()).unwrap_or(u32::MAX);
            if len >> 24 != 0 {
                return Err(AudioError::too_large("metadata bytes", u64::from(len), (1 << 24) - 1));
            }
            head.push(kind | last);
            head.extend(&len.to_be_bytes()[1..]);
            head.extend(content);
        }
        out.write_all(&head).map_err(|error| AudioError::io("write", error))?;
        Ok(Self {
            out,
            sample_rate,
            channels: usize::from(channels),
            bits,
            pending: Vec::with_capacity(BLOCK_FRAMES * usize::from(channels) * 2),
            planes: vec![Vec::with_capacity(BLOCK_FRAMES); usize::from(channels)],
            blocks: 0,
            frames: 0,
            bytes: head.len() as u64,
            frame_bytes: (usize::MAX, 0),
        })
    }

    /// Appends interleaved samples.
    pub(crate) fn write(&mut self, samples: impl IntoIterator<Item = i32>) -> Result<(), AudioError> {
        self.pending.extend(samples);
        let block = BLOCK_FRAMES * self.channels;
        let mut pending = std::mem::take(&mut self.pending);
        let whole = pending.len() - pending.len() % block;
        pending[..whole].chunks_exact(block).try_for_each(|chunk| self.encode(chunk))?;
        pending.drain(..whole);
        self.pending = pending;
        Ok(())
    }

    /// The bytes written so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes what is left and completes the header.
    pub(crate) fn finish(mut self) -> Result<(W, u64), AudioError> {
        let rest = std::mem::take(&mut self.pending);
        if !rest.is_empty() {
            self.encode(&rest)?;
        }
        let packed = u64::from(self.sample_rate) << 44
            | (self.channels as u64 - 1) << 41
            | u64::from(self.bits - 1) << 36
            | self.frames & ((1 << 36) - 1);
        let block = (BLOCK_FRAMES as u16).to_be_bytes();
        let size = |size: usize| u32::try_from(size).unwrap_or(0).to_be_bytes();
        let mut info = Vec::with_capacity(34);
        info.extend([block, block].concat());
        info.extend(&size(self.frame_bytes.0)[1..]);
        info.extend(&size(self.frame_bytes.1)[1..]);
        info.extend(packed.to_be_bytes());
        // No checksum of all samples: each frame has its own.
        info.extend([0; 16]);
        let patched = self.out.seek(SeekFrom::Start(STREAM_INFO_AT)).and_then(|_| self.out.write_all(&info));
        patched.and_then(|()| self.out.flush()).map_err(|error| AudioError::io("write", error))?;
        Ok((self.out, self.bytes))
    }

    fn encode(&mut self, samples: &[i32]) -> Result<(), AudioError> {
        for (channel, plane) in self.planes.iter_mut().enumerate() {
            plane.clear();
            plane.extend(samples.iter().skip(channel).step_by(self.channels));
        }
        let count = self.planes[0].len();
        let assignment = match self.planes.as_mut_slice() {
            [left, right] => subframe::decorrelate(left, right),
            _ => self.channels as u32 - 1,
        };
        let mut bits = BitWriter::default();
        self.header(&mut bits, count, assignment);
        for (channel, plane) in self.planes.iter().enumerate() {
            // The difference of two channels needs one bit more.
            let side = matches!((assignment, channel), (8 | 10, 1) | (9, 0));
            subframe::write(&mut bits, plane, self.bits + u32::from(side));
        }
        let frame = bits.finish_frame();
        self.out.write_all(&frame).map_err(|error| AudioError::io("write", error))?;
        self.frame_bytes = (self.frame_bytes.0.min(frame.len()), self.frame_bytes.1.max(frame.len()));
        self.bytes += frame.len() as u64;
        self.blocks += 1;
        self.frames += count as u64;
        Ok(())
    }

    fn header(&self, bits: &mut BitWriter, count: usize, assignment: u32) {
        const RATES: [u32; 11] =
            [88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
        let rate = RATES.iter().position(|&rate| rate == self.sample_rate).map_or(0, |at| at as u32 + 1);
        let whole = count == BLOCK_FRAMES;
        bits.put(0xfff8, 16);
        bits.put(if whole { 12 } else { 7 }, 4);
        bits.put(rate, 4);
        bits.put(assignment, 4);
        bits.put(if self.bits == 16 { 4 } else { 6 }, 3);
        bits.put(0, 1);
        bits.put_number(self.blocks);
        if !whole {
            bits.put(count as u32 - 1, 16);
        }
        bits.finish_header();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Encodes and lets symphonia, an independent reader, decode.
    fn round_trip(samples: &[i32], channels: u16, bits: u32) -> usize {
        let mut writer = FlacWriter::new(Cursor::new(Vec::new()), 44_100, channels, bits, &[]).unwrap();
        samples.chunks(10_007).for_each(|chunk| writer.write(chunk.iter().copied()).unwrap());
        let (out, bytes) = writer.finish().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.flac");
        std::fs::write(&path, out.get_ref()).unwrap();
        assert_eq!(bytes, out.get_ref().len() as u64);
        let mut decoder = crate::decode::Decoder::open(&path, &crate::Limits::default()).unwrap();
        let (mut block, mut decoded) = (Vec::new(), Vec::new());
        let scale = (1 << (bits - 1)) as f32;
        while decoder.next(&mut block).unwrap() {
            decoded.extend(block.iter().map(|sample| (sample * scale) as i32));
        }
        assert_eq!(decoded.len(), samples.len());
        assert!(decoded == samples, "{channels} channels of {bits} bits differ");
        out.get_ref().len()
    }

    fn noise(count: usize, bits: u32) -> Vec<i32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.cast_signed() >> (32 - bits)
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn noise_of_any_width_survives_and_does_not_swell() {
        for (channels, bits) in [(1, 16), (2, 16), (1, 24), (2, 24), (3, 16), (8, 24)] {
            let samples = noise(20_000 * usize::from(channels), bits);
            let bytes = round_trip(&samples, channels, bits);
            let plain = samples.len() * bits as usize / 8;
            assert!(bytes < plain + plain / 100 + 200, "{bytes} of {plain}");
        }
    }

    #[test]
    fn extreme_samples_and_silence_survive() {
        for bits in [16, 24] {
            let (low, high) = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
            let square: Vec<i32> = (0..30_000).map(|at| if at / 3 % 2 == 0 { low } else { high }).collect();
            round_trip(&square, 2, bits);
            assert!(round_trip(&vec![0; 100_000], 2, bits) < 1000);
            assert!(round_trip(&vec![low; 100_000], 1, bits) < 1000);
        }
    }

    #[test]
    fn music_becomes_smaller() {
        let tone = |at: usize| (f64::from(at as u32 / 2) * 0.03).sin() * 12_000.0 + (at % 2) as f64 * 40.0;
        let samples: Vec<i32> = (0..200_000).map(|at| tone(at) as i32).collect();
        assert!(round_trip(&samples, 2, 16) < samples.len() * 2 * 45 / 100);
    }

    #[test]
    fn every_length_of_the_last_block_survives() {
        for last in [0, 1, 2, 3, 4, 5, 6, 15, 16, 17, 255, 256, 4095] {
            round_trip(&noise(4096 + last, 9), 1, 16);
        }
    }
}
