//! From a file to samples, a block at a time, so that memory does not grow with the file. symphonia takes the containers
//! apart and decodes everything but Opus, which opus-decoder does; both are safe Rust.

use crate::source::Source;
use crate::stream::{self, Stream};
use crate::{AudioError, AudioFormat, Limits};
use opus_decoder::OpusMultistreamDecoder;
use std::path::Path;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, ReadBytes};
use symphonia::core::packet::Packet;
use symphonia::default::formats::{AiffReader, FlacReader, IsoMp4Reader, MpaReader, OggReader, WavReader};

/// The longest Opus packet, 120 ms, in samples of one channel at 48 kHz.
const OPUS_FRAMES_MAX: usize = 5760;
/// Broken packets in a row after which the rest is given up.
const BROKEN_IN_A_ROW_MAX: u32 = 500;

/// A file being decoded.
pub(crate) struct Decoder {
    pub(crate) stream: Stream,
    reader: Box<dyn FormatReader>,
    track: u32,
    codec: Codec,
    frames: u64,
    frames_max: u64,
    broken: u32,
    broken_in_a_row: u32,
}

enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Box<Opus>),
}

struct Opus {
    decoder: OpusMultistreamDecoder,
    channels: usize,
    /// Samples of each channel that the encoder put before the music and that are still to be dropped.
    skip: usize,
    gain: f32,
    block: Vec<f32>,
}

impl Decoder {
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, AudioError> {
        let source = Source::open(path, limits)?;
        let stream = stream::find(&source, limits)?;
        let window = source.window(stream.start, source.len())?;
        let mut bytes = MediaSourceStream::new(Box::new(window), Default::default());
        let options = FormatOptions::default();
        let reader: Result<Box<dyn FormatReader>, Error> = match stream.format {
            AudioFormat::Mp3 => MpaReader::try_new(bytes, options).map(|reader| Box::new(reader) as _),
            AudioFormat::Flac => FlacReader::try_new(bytes, options).map(|reader| Box::new(reader) as _),
            AudioFormat::Wav => WavReader::try_new(bytes, options).map(|reader| Box::new(reader) as _),
            AudioFormat::Aiff => AiffReader::try_new(bytes, options).map(|reader| Box::new(reader) as _),
            AudioFormat::Vorbis | AudioFormat::Opus => {
                OggReader::try_new(bytes, options).map(|reader| Box::new(reader) as _)
            }
            AudioFormat::Aac | AudioFormat::Alac => {
                // It expects to stand at the name of the first box, behind its length.
                bytes.read_quad_bytes().map_err(|error| AudioError::io("read", error))?;
                IsoMp4Reader::try_new(bytes, options).map(|reader| Box::new(reader) as _)
            }
        };
        let reader = reader.map_err(|error| AudioError::damaged(error.to_string()))?;
        let chosen =
            reader.default_track(TrackType::Audio).ok_or_else(|| AudioError::damaged("no audio track"))?;
        let track = chosen.id;
        let parameters = chosen.codec_params.as_ref().and_then(|parameters| parameters.audio());
        let parameters = parameters.ok_or_else(|| AudioError::damaged("no description of the audio"))?;
        let codec = if stream.format == AudioFormat::Opus {
            Codec::Opus(Box::new(Opus::new(parameters.extra_data.as_deref().unwrap_or(&[]))?))
        } else {
            let options = AudioDecoderOptions::default();
            let made = symphonia::default::get_codecs().make_audio_decoder(parameters, &options);
            Codec::Symphonia(made.map_err(|error| AudioError::unsupported(error.to_string()))?)
        };
        let frames_max = limits.duration_ms_max.saturating_mul(u64::from(stream.sample_rate)) / 1000;
        Ok(Self { stream, reader, track, codec, frames: 0, frames_max, broken: 0, broken_in_a_row: 0 })
    }

    /// Replaces `block` with the next samples, interleaved, between -1 and 1 save for what clips. False at the end.
    /// Broken packets are left out and counted.
    ///
    /// # Errors
    /// When the limit of duration is passed. A file that breaks off ends there.
    pub(crate) fn next(&mut self, block: &mut Vec<f32>) -> Result<bool, AudioError> {
        loop {
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) | Err(Error::ResetRequired) => return Ok(false),
                Err(Error::IoError(_)) => return Ok(false),
                Err(_) if self.count_broken() => continue,
                Err(_) => return Ok(false),
            };
            if packet.track_id != self.track {
                continue;
            }
            let channels = usize::from(self.stream.channels);
            let decoded = match &mut self.codec {
                Codec::Symphonia(decoder) => {
                    decode(decoder.as_mut(), &packet, &mut self.stream, self.frames, block)
                }
                Codec::Opus(opus) => opus.decode(&packet, channels, block),
            };
            if !decoded {
                if self.count_broken() {
                    continue;
                }
                return Ok(false);
            }
            self.broken_in_a_row = 0;
            if block.is_empty() {
                continue;
            }
            self.frames += (block.len() / usize::from(self.stream.channels)) as u64;
            if self.frames > self.frames_max {
                return Err(AudioError::too_large("decoded frames", self.frames, self.frames_max));
            }
            for sample in block.iter_mut() {
                // A float file may hold anything; what is not a number would poison every sum.
                *sample = if sample.is_finite() { sample.clamp(-4.0, 4.0) } else { 0.0 };
            }
            return Ok(true);
        }
    }

    /// Frames decoded so far: one sample of each channel.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Packets that could not be decoded.
    pub(crate) fn broken(&self) -> u32 {
        self.broken
    }

    fn count_broken(&mut self) -> bool {
        self.broken = self.broken.saturating_add(1);
        self.broken_in_a_row += 1;
        self.broken_in_a_row < BROKEN_IN_A_ROW_MAX
    }
}

/// False if the packet is broken or of another shape than the stream. The first one decides on the shape: some AAC
/// says it has half of its rate or one of its channels.
fn decode(
    decoder: &mut dyn AudioDecoder,
    packet: &Packet,
    stream: &mut Stream,
    frames: u64,
    block: &mut Vec<f32>,
) -> bool {
    let Ok(decoded) = decoder.decode(packet) else { return false };
    let channels = u16::try_from(decoded.spec().channels().count()).unwrap_or(0);
    let rate = decoded.spec().rate();
    if frames == 0 && (1..=stream::CHANNELS_MAX).contains(&channels) && stream::SAMPLE_RATES.contains(&rate) {
        (stream.channels, stream.sample_rate) = (channels, rate);
    }
    if (channels, rate) != (stream.channels, stream.sample_rate) {
        return false;
    }
    decoded.copy_to_vec_interleaved(block);
    true
}

impl Opus {
    /// From the identification header (RFC 7845, section 5.1).
    fn new(head: &[u8]) -> Result<Self, AudioError> {
        let broken = || AudioError::damaged("an Opus header");
        let head: &[u8] = head.get(..19).map(|_| head).ok_or_else(broken)?;
        let channels = usize::from(head[9]);
        let (streams, coupled, mapping) = match head[18] {
            0 if channels <= 2 => (1, usize::from(channels == 2), vec![0, 1][..channels].to_vec()),
            1 | 255 => {
                let mapping = head.get(21..21 + channels).ok_or_else(broken)?;
                (usize::from(head[19]), usize::from(head[20]), mapping.to_vec())
            }
            family => return Err(AudioError::unsupported(format!("Opus channel mapping family {family}"))),
        };
        let decoder = OpusMultistreamDecoder::new(48_000, channels, streams, coupled, &mapping);
        let gain_db = f32::from(i16::from_le_bytes([head[16], head[17]])) / 256.0;
        Ok(Self {
            decoder: decoder.map_err(|error| AudioError::damaged(error.to_string()))?,
            channels,
            skip: usize::from(u16::from_le_bytes([head[10], head[11]])),
            gain: 10f32.powf(gain_db / 20.0),
            block: vec![0.0; OPUS_FRAMES_MAX * channels],
        })
    }

    fn decode(&mut self, packet: &Packet, channels: usize, block: &mut Vec<f32>) -> bool {
        block.clear();
        if packet.data.is_empty() || channels != self.channels {
            return false;
        }
        let Ok(frames) = self.decoder.decode_float(&packet.data, &mut self.block, false) else {
            return false;
        };
        let end = frames.saturating_sub(usize::try_from(packet.trim_end.get()).unwrap_or(usize::MAX));
        let start = self.skip.min(end);
        self.skip -= start;
        block.extend(self.block[start * channels..end * channels].iter().map(|sample| sample * self.gain));
        true
    }
}
