//! Songs as plain samples for a player: the right ones at the right place.

use crate::fixtures;
use audio::{
    AudioError, Limits, UNPACKED_FRAME_BYTES, UNPACKED_HEAD_BYTES, WorkerCommand, WorkerLimits, Workers,
    unpack, unpacked_rate,
};
use std::path::Path;

/// The rate of an unpacked file, and its frames.
fn read(path: &Path) -> (u32, Vec<[i16; 2]>) {
    let bytes = std::fs::read(path).unwrap();
    let (head, samples) = bytes.split_at(UNPACKED_HEAD_BYTES);
    let frames = samples.chunks_exact(UNPACKED_FRAME_BYTES);
    let frames = frames.map(|frame| [[frame[0], frame[1]], [frame[2], frame[3]]].map(i16::from_le_bytes));
    (unpacked_rate(head.try_into().unwrap()).unwrap(), frames.collect())
}

/// How many frames later the same sound is in `heard` than in `original`.
fn later(original: &[[i16; 2]], heard: &[[i16; 2]]) -> i64 {
    const FROM: i64 = 40_000;
    const LENGTH: i64 = 4_000;
    let alike = |lag: i64| -> f64 {
        (0..LENGTH)
            .map(|at| {
                let (a, b) = (original[(FROM + at) as usize][0], heard[(FROM + at + lag) as usize][0]);
                f64::from(a) * f64::from(b)
            })
            .sum()
    };
    (-3_000..=3_000).max_by(|a, b| alike(*a).total_cmp(&alike(*b))).unwrap()
}

#[tokio::test]
async fn what_encoders_put_before_the_music_is_left_out_so_that_all_formats_are_in_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let original = path("noise.wav");
    let noise = "anoisesrc=d=3:r=48000:a=0.5:seed=7:c=pink";
    fixtures::ffmpeg(&["-f", "lavfi", "-i", noise, "-ac", "2", original.to_str().unwrap()]);
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_audio-worker").into(), args: Vec::new() };
    let workers = Workers::new(command, 1, WorkerLimits::default());
    let made = workers.unpack(&original, &path("original")).await.unwrap();
    let (rate, first) = read(&path("original"));
    assert_eq!((rate, made.sample_rate, made.frames), (48_000, 48_000, first.len() as u64));
    assert_eq!(first.len(), 144_000);
    for (name, codec) in [
        ("noise.flac", "flac"),
        ("noise.mp3", "libmp3lame"),
        ("noise.ogg", "libvorbis"),
        ("noise.opus", "libopus"),
        ("noise.m4a", "aac"),
    ] {
        let encoded = path(name);
        let arguments = ["-i", original.to_str().unwrap(), "-c:a", codec, "-b:a", "192k"];
        fixtures::ffmpeg(&[&arguments[..], &[encoded.to_str().unwrap()]].concat());
        let target = path(&format!("{name}.samples"));
        workers.unpack(&encoded, &target).await.unwrap();
        let (rate, heard) = read(&target);
        assert_eq!(rate, 48_000);
        let later = later(&first, &heard);
        assert!(later.abs() <= 1, "{name} is {later} frames late");
    }
}

#[test]
fn a_target_that_exists_is_not_touched_and_one_channel_becomes_two() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("samples");
    let mono = fixtures::folder().join("mono.flac");
    unpack(&mono, &target, &Limits::default()).unwrap();
    let (_, frames) = read(&target);
    assert!(frames.iter().all(|[left, right]| left == right));
    assert!(frames.iter().any(|[left, _]| left.abs() > 5_000));
    let again = unpack(&mono, &target, &Limits::default());
    assert!(matches!(again, Err(AudioError::Io { .. })), "{again:?}");
    assert_eq!(read(&target).1, frames);
}
