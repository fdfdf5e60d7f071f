//! What browsers cannot play (Apple Lossless, AIFF, exotic WAV) becomes FLAC, which all of them play and which loses
//! nothing. See decision 0003.

use crate::decode::Decoder;
use crate::flac::FlacWriter;
use crate::{AudioError, Limits};
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::BufWriter;
use std::path::Path;

/// A file that was made for browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcoded {
    /// Its size.
    pub bytes: u64,
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Samples a second.
    pub sample_rate: u32,
    /// How many.
    pub channels: u16,
    /// 16 or 24.
    pub bits_per_sample: u16,
}

/// Decodes `path` and writes it as FLAC to the new file `target`. Up to 24 bits nothing is lost; finer samples are
/// rounded. No tags are copied.
///
/// # Errors
/// Those of [`crate::analyse()`]; [`AudioError::Io`] if `target` exists or cannot be written. What was written of a
/// failed target is removed.
pub fn transcode(path: &Path, target: &Path, limits: &Limits) -> Result<Transcoded, AudioError> {
    let mut decoder = Decoder::open(path, limits)?;
    let file = OpenOptions::new().write(true).create_new(true).open(target);
    let file = file.map_err(|error| AudioError::io("create", error))?;
    let done = write(&mut decoder, BufWriter::with_capacity(256 * 1024, file), limits);
    if done.is_err() {
        // The first error is the one to report.
        let _ = std::fs::remove_file(target);
    }
    done
}

fn write(
    decoder: &mut Decoder,
    file: BufWriter<std::fs::File>,
    limits: &Limits,
) -> Result<Transcoded, AudioError> {
    let mut block = Vec::new();
    if !decoder.next(&mut block)? {
        return Err(AudioError::damaged("nothing in it can be decoded"));
    }
    let stream = &decoder.stream;
    let (sample_rate, channels) = (stream.sample_rate, stream.channels);
    let bits_per_sample = if stream.bits_per_sample.is_some_and(|bits| bits <= 16) { 16 } else { 24 };
    let mut writer = FlacWriter::new(file, sample_rate, channels, u32::from(bits_per_sample), &[])?;
    let scale = (1i32 << (bits_per_sample - 1)) as f32;
    loop {
        writer
            .write(block.iter().map(|sample| (sample * scale).round().clamp(-scale, scale - 1.0) as i32))?;
        if writer.bytes() > limits.file_bytes_max {
            return Err(AudioError::too_large("bytes written", writer.bytes(), limits.file_bytes_max));
        }
        if !decoder.next(&mut block)? {
            break;
        }
    }
    let (_, bytes) = writer.finish()?;
    let duration_ms = crate::stream::frames_to_ms(decoder.frames(), sample_rate);
    Ok(Transcoded { bytes, duration_ms, sample_rate, channels, bits_per_sample })
}
