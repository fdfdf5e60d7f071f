//! The thorough look at a file, which decodes all of it: the exact length, the loudness, and the shape to draw.

use crate::decode::Decoder;
use crate::{AudioError, Limits};
use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Bars of a waveform.
pub const WAVEFORM_BARS: usize = 800;
/// Peaks kept while the length is not known yet; more are merged in pairs.
const PEAKS_MAX: usize = 16 * WAVEFORM_BARS;
/// Frames of the first peaks.
const PEAK_FRAMES: u64 = 64;

/// What decoding a whole file tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Milliseconds of music that were decoded.
    pub duration_ms: u64,
    /// Integrated loudness in LUFS (EBU R 128); absent for silence and for less than 400 ms.
    pub loudness_lufs: Option<f32>,
    /// The highest true peak in dBTP (four times oversampled, ITU-R BS.1770); absent for silence.
    pub true_peak_dbtp: Option<f32>,
    /// The highest absolute sample in each of [`WAVEFORM_BARS`] equal parts, 255 being full scale.
    pub waveform: Vec<u8>,
    /// Packets that could not be decoded and were left out.
    pub broken_packets: u32,
}

/// Decodes a file and measures it.
///
/// # Errors
/// Those of [`crate::inspect()`]; [`AudioError::Damaged`] if nothing can be decoded.
pub fn analyse(path: &Path, limits: &Limits) -> Result<Analysis, AudioError> {
    let mut decoder = Decoder::open(path, limits)?;
    let mut block = Vec::new();
    let mut meter: Option<EbuR128> = None;
    let mut peaks = Peaks::default();
    while decoder.next(&mut block)? {
        let channels = u32::from(decoder.stream.channels);
        let meter = match &mut meter {
            Some(meter) => meter,
            None => meter.insert(
                EbuR128::new(
                    channels,
                    decoder.stream.sample_rate,
                    Mode::I | Mode::TRUE_PEAK | Mode::HISTOGRAM,
                )
                .map_err(|error| AudioError::unsupported(error.to_string()))?,
            ),
        };
        meter.add_frames_f32(&block).map_err(|error| AudioError::damaged(error.to_string()))?;
        block.chunks_exact(channels as usize).for_each(|frame| peaks.push(frame));
    }
    let Some(meter) = meter else { return Err(AudioError::damaged("nothing in it can be decoded")) };
    let loudness = meter.loudness_global().ok().filter(|loudness| loudness.is_finite());
    let peak = (0..meter.channels()).filter_map(|channel| meter.true_peak(channel).ok()).fold(0.0, f64::max);
    let rate = decoder.stream.sample_rate;
    Ok(Analysis {
        duration_ms: crate::stream::frames_to_ms(decoder.frames(), rate),
        loudness_lufs: loudness.map(|loudness| loudness as f32),
        true_peak_dbtp: (peak > 0.0).then(|| (20.0 * peak.log10()) as f32),
        waveform: peaks.bars(),
        broken_packets: decoder.broken(),
    })
}

/// Peaks of equal stretches of a piece whose length is not known. The stretches double when there are too many.
struct Peaks {
    highest: Vec<f32>,
    stretch: u64,
    in_current: u64,
}

impl Default for Peaks {
    fn default() -> Self {
        Self { highest: Vec::with_capacity(PEAKS_MAX), stretch: PEAK_FRAMES, in_current: PEAK_FRAMES }
    }
}

impl Peaks {
    fn push(&mut self, frame: &[f32]) {
        if self.in_current == self.stretch {
            if self.highest.len() == PEAKS_MAX {
                self.highest =
                    self.highest.chunks(2).map(|pair| pair.iter().copied().fold(0.0, f32::max)).collect();
                self.stretch *= 2;
            }
            self.highest.push(0.0);
            self.in_current = 0;
        }
        self.in_current += 1;
        if let Some(last) = self.highest.last_mut() {
            *last = frame.iter().fold(*last, |highest, sample| highest.max(sample.abs()));
        }
    }

    fn bars(&self) -> Vec<u8> {
        let count = self.highest.len();
        let bar = |number: usize| {
            let start = number * count / WAVEFORM_BARS;
            let end = ((number + 1) * count / WAVEFORM_BARS).max(start + 1).min(count);
            let highest = self.highest[start..end].iter().copied().fold(0.0, f32::max);
            (highest * 255.0).round().clamp(0.0, 255.0) as u8
        };
        (0..WAVEFORM_BARS).map(bar).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waveform_has_the_shape_of_the_music_however_long_it_is() {
        for frames in [100, 10_000, 3_000_000] {
            let mut peaks = Peaks::default();
            for at in 0..frames {
                let level = if at < frames / 2 { 0.25 } else { 1.0 };
                peaks.push(&[0.0, -level]);
            }
            let bars = peaks.bars();
            assert_eq!(bars.len(), WAVEFORM_BARS);
            assert!(peaks.highest.len() <= PEAKS_MAX);
            assert!(frames < 10_000 || bars[..390].iter().all(|&bar| bar == 64), "{frames}");
            assert!(bars[410..].iter().all(|&bar| bar == 255), "{frames}");
        }
    }
}
