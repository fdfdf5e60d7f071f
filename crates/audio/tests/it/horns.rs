//! Every sound of a horn is listened to.

use audio::{AudioFormat, Limits, horns};
use model::HornSound;
use std::f32::consts::TAU;

const RATE: f32 = 22_050.0;
const HEAD_BYTES: usize = 44;

/// The samples from -1 to 1.
fn heard(sound: HornSound) -> Vec<f32> {
    let file = horns::render(sound);
    let samples = file[HEAD_BYTES..].chunks_exact(2);
    samples.map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0).collect()
}

fn loudness(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
}

/// How much there is of one pitch (Goertzel 1958).
fn presence(samples: &[f32], hertz: f32) -> f32 {
    let turn = 2.0 * (TAU * hertz / RATE).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        (last, before) = (sample + turn * last - before, last);
    }
    ((last * last + before * before - turn * last * before).max(0.0)).sqrt() / samples.len() as f32
}

/// What is heard at 24 pitches in each of twelve parts of two and a half seconds.
fn print(samples: &[f32]) -> Vec<f32> {
    let mut whole = samples.to_vec();
    whole.resize((2.5 * RATE) as usize, 0.0);
    let pitches = (0..24).map(|step| 80.0 * 1.24_f32.powi(step));
    let parts: Vec<_> = whole.chunks(whole.len() / 12).collect();
    let print: Vec<f32> =
        pitches.flat_map(|hertz| parts.iter().map(move |part| presence(part, hertz).sqrt())).collect();
    let length = print.iter().map(|value| value * value).sum::<f32>().sqrt();
    print.iter().map(|value| value / length).collect()
}

#[test]
fn every_horn_is_a_short_file_of_the_length_it_says() {
    let folder = tempfile::tempdir().unwrap();
    for &sound in HornSound::ALL {
        let path = folder.path().join(sound.name());
        std::fs::write(&path, horns::render(sound)).unwrap();
        let found = audio::inspect(&path, &Limits::default()).unwrap();
        assert_eq!(
            (found.format, found.sample_rate, found.channels),
            (AudioFormat::Wav, 22_050, 1),
            "{sound}"
        );
        assert_eq!(u128::from(found.duration_ms), horns::duration(sound).as_millis(), "{sound}");
        assert!((500..=2_500).contains(&found.duration_ms) && horns::duration(sound) <= horns::DURATION_MAX);
    }
}

#[test]
fn every_horn_is_heard_does_not_clip_and_has_silent_ends() {
    for &sound in HornSound::ALL {
        let samples = heard(sound);
        assert_eq!((samples.first(), samples.last()), (Some(&0.0), Some(&0.0)), "{sound}");
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.25..0.86).contains(&peak), "{sound}: peak {peak}");
        let parts: Vec<_> = samples.chunks(RATE as usize / 10).map(loudness).collect();
        let loudest = parts.iter().copied().fold(0.0, f32::max);
        assert!((0.08..0.45).contains(&loudest), "{sound}: {loudest}");
        let pauses = parts.split(|part| *part >= loudest * 0.005).map(<[f32]>::len);
        let longest = pauses.max().unwrap_or(0);
        assert!(longest <= 2, "{sound}: {longest} tenths of a second are silent");
        let offset = samples.iter().sum::<f32>() / samples.len() as f32;
        assert!(offset.abs() < 0.01, "{sound}: it stands off by {offset}");
    }
}

#[test]
fn no_horn_sounds_like_another() {
    let prints: Vec<_> = HornSound::ALL.iter().map(|&sound| (sound, print(&heard(sound)))).collect();
    for (at, (one, a)) in prints.iter().enumerate() {
        for (other, b) in &prints[at + 1..] {
            let alike: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            assert!(alike < 0.95, "{one} and {other}: {alike}");
        }
    }
}

#[test]
fn a_horn_always_sounds_the_same() {
    for &sound in HornSound::ALL {
        assert!(horns::render(sound) == horns::render(sound), "{sound}");
    }
}
