//! RIFF WAVE files with 16 bits of linear PCM (Microsoft and IBM, Multimedia Programming Interface 1.0, 1991).

use super::tone::SAMPLE_RATE;

const PCM: u16 = 1;
const CHANNELS: u16 = 1;
const SAMPLE_BYTES: u16 = 2;

pub(super) fn file(samples: &[i16]) -> Vec<u8> {
    let data_bytes = samples.len() as u32 * u32::from(SAMPLE_BYTES);
    let mut file = Vec::with_capacity(44 + data_bytes as usize);
    file.extend(b"RIFF");
    file.extend((36 + data_bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(PCM.to_le_bytes());
    file.extend(CHANNELS.to_le_bytes());
    file.extend(SAMPLE_RATE.to_le_bytes());
    file.extend((SAMPLE_RATE * u32::from(CHANNELS * SAMPLE_BYTES)).to_le_bytes());
    file.extend((CHANNELS * SAMPLE_BYTES).to_le_bytes());
    file.extend((SAMPLE_BYTES * 8).to_le_bytes());
    file.extend(b"data");
    file.extend(data_bytes.to_le_bytes());
    samples.iter().for_each(|sample| file.extend(sample.to_le_bytes()));
    file
}
