//! Small files of real sound, each different.

/// Samples a second of [`wav`].
pub const RATE: u32 = 8_000;

/// A WAV file of so many milliseconds of one tone (mono, 16 bits), tagged with nothing. Other `hz`, other bytes.
pub fn wav(hz: u32, duration_ms: u32) -> Vec<u8> {
    let samples = (u64::from(RATE) * u64::from(duration_ms) / 1000) as usize;
    // So many whole waves are in a second: every second is the same.
    let second: Vec<u8> = (0..RATE)
        .flat_map(|at| {
            let phase = f64::from(at) * f64::from(hz) * std::f64::consts::TAU / f64::from(RATE);
            ((phase.sin() * 12_000.0) as i16).to_le_bytes()
        })
        .collect();
    let mut data = second.repeat(samples.div_ceil(RATE as usize));
    data.truncate(samples * 2);
    let size = data.len() as u32;
    let mut file = Vec::with_capacity(44 + data.len());
    file.extend(b"RIFF");
    file.extend((36 + size).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1u16, 1].map(u16::to_le_bytes).concat());
    file.extend([RATE, RATE * 2].map(u32::to_le_bytes).concat());
    file.extend([2u16, 16].map(u16::to_le_bytes).concat());
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(data);
    file
}
