//! Whole files, decoded: compared with ffmpeg, which shares no code with us.

use crate::fixtures;
use audio::{AudioError, Limits, WorkerCommand, WorkerLimits, Workers, analyse, transcode};
use std::path::Path;
use std::process::Command;

/// What ffmpeg decodes a file to.
fn reference(path: &Path) -> Vec<f32> {
    let mut ffmpeg = Command::new("ffmpeg");
    let output = ffmpeg
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(path)
        .args(["-map", "0:a", "-f", "f32le", "-"])
        .output()
        .expect("these tests need ffmpeg");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.as_chunks::<4>().0.iter().map(|sample| f32::from_le_bytes(*sample)).collect()
}

/// The integrated loudness and the true peak by ffmpeg's own meter.
fn reference_loudness(path: &Path) -> (f32, f32) {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-hide_banner", "-i"]).arg(path);
    let output =
        ffmpeg.args(["-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-"]).output().unwrap();
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = report.split("Summary:").nth(1).unwrap();
    let value = |name: &str| summary.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
    let number = |text: &str| text.split_whitespace().next().unwrap().parse::<f32>().unwrap();
    (number(value("I:")), number(value("Peak:")))
}

const NAMES: [&str; 12] = [
    "cbr.mp3",
    "vbr.mp3",
    "music.flac",
    "music.ogg",
    "music.opus",
    "music.m4a",
    "fast.m4a",
    "alac.m4a",
    "music.wav",
    "float.wav",
    "music.aiff",
    "mono.flac",
];

#[test]
fn every_format_is_analysed_as_ffmpeg_hears_it() {
    for name in NAMES {
        let path = fixtures::folder().join(name);
        let analysis = analyse(&path, &Limits::default()).unwrap();
        let (loudness, peak) = reference_loudness(&path);
        assert!((analysis.loudness_lufs.unwrap() - loudness).abs() < 0.25, "{name}: {analysis:?} {loudness}");
        assert!((analysis.true_peak_dbtp.unwrap() - peak).abs() < 0.5, "{name}: {analysis:?} {peak}");
        assert_eq!(analysis.broken_packets, 0, "{name}");
        assert_eq!(analysis.waveform.len(), audio::WAVEFORM_BARS);
        // A steady tone of 0.4 (mixed down, 0.3) of full scale.
        let middle = &analysis.waveform[100..700];
        let expected = if name == "mono.flac" { 40..=90 } else { 84..=118 };
        assert!(middle.iter().all(|bar| expected.contains(bar)), "{name}: {middle:?}");
        let lossy = name.ends_with("mp3") || (name.ends_with("m4a") && name != "alac.m4a");
        let off = analysis.duration_ms.abs_diff(fixtures::DURATION_MS);
        assert!(off <= if lossy { 60 } else { 0 }, "{name}: {} ms", analysis.duration_ms);
    }
}

/// Nothing that can be installed makes HE-AAC: these two are of the same tones, with a quiet one of 12 kHz that only the
/// upper band carries, by the FDK encoder, with SBR, and with SBR and parametric stereo.
#[test]
fn he_aac_is_recognised_and_measured_by_its_lower_band() {
    // One channel that is to be heard from both sides is 3 LU less.
    for (name, off_lu) in [("he-aac.m4a", 0.5), ("he-aac-v2.m4a", 3.5)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let found = audio::inspect(&path, &Limits::default()).unwrap();
        assert_eq!((found.format, found.browser_playable), (audio::AudioFormat::Aac, true), "{name}");
        assert!(found.duration_ms.abs_diff(fixtures::DURATION_MS) <= 150, "{name}: {found:?}");
        let analysis = analyse(&path, &Limits::default()).unwrap();
        assert_eq!(analysis.broken_packets, 0, "{name}");
        assert!(analysis.duration_ms.abs_diff(found.duration_ms) <= 150, "{name}: {analysis:?}");
        let (loudness, _) = reference_loudness(&path);
        assert!(
            (analysis.loudness_lufs.unwrap() - loudness).abs() < off_lu,
            "{name}: {analysis:?} {loudness}"
        );
    }
}

#[test]
fn what_browsers_cannot_play_becomes_flac_without_losing_a_bit() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("deep.m4a");
    fixtures::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "anoisesrc=d=2:r=96000:a=0.9:seed=7",
        "-ac",
        "2",
        "-c:a",
        "alac",
        "-sample_fmt",
        "s32p",
        deep.to_str().unwrap(),
    ]);
    let sources = ["alac.m4a", "music.aiff", "mono.flac"].map(|name| fixtures::folder().join(name));
    for path in sources.iter().chain([&deep]) {
        let target = folder.path().join("out.flac");
        let made = transcode(path, &target, &Limits::default()).unwrap();
        assert_eq!(made.bytes, std::fs::metadata(&target).unwrap().len());
        assert_eq!(made.bits_per_sample, if path == &deep || path.ends_with("mono.flac") { 24 } else { 16 });
        let (before, after) = (reference(path), reference(&target));
        assert_eq!(before.len(), after.len(), "{}", path.display());
        assert!(before == after, "{} differs", path.display());
        // Its own checksum of the samples holds too, by another decoder.
        let analysis = analyse(&target, &Limits::default()).unwrap();
        assert_eq!((analysis.broken_packets, analysis.duration_ms), (0, made.duration_ms));
        let found = audio::inspect(&target, &Limits::default()).unwrap();
        assert!(found.browser_playable && found.duration_ms == made.duration_ms);
        std::fs::remove_file(&target).unwrap();
    }
}

#[test]
fn a_target_that_exists_is_not_touched_and_one_that_fails_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.flac");
    std::fs::write(&target, "precious").unwrap();
    let alac = fixtures::folder().join("alac.m4a");
    assert!(matches!(transcode(&alac, &target, &Limits::default()), Err(AudioError::Io { .. })));
    assert_eq!(std::fs::read(&target).unwrap(), b"precious");
    std::fs::remove_file(&target).unwrap();
    let tight = Limits { file_bytes_max: 180_000, ..Limits::default() };
    let aiff = fixtures::folder().join("music.aiff");
    assert!(transcode(&aiff, &target, &tight).is_err());
    assert!(!target.exists());
}

#[test]
fn silence_has_no_loudness_and_numbers_that_are_none_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("silence.wav");
    fixtures::ffmpeg(&["-f", "lavfi", "-i", "anullsrc=d=1", "-c:a", "pcm_f32le", path.to_str().unwrap()]);
    let analysis = analyse(&path, &Limits::default()).unwrap();
    assert_eq!((analysis.loudness_lufs, analysis.true_peak_dbtp), (None, None));
    assert!(analysis.waveform.iter().all(|&bar| bar == 0));
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.len() / 2 / 4 * 4;
    for (number, sample) in bytes[at..at + 4000].as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *sample = [f32::NAN, f32::INFINITY, f32::MAX, -0.0][number % 4].to_le_bytes();
    }
    std::fs::write(&path, bytes).unwrap();
    let analysis = analyse(&path, &Limits::default()).unwrap();
    assert!(analysis.loudness_lufs.is_none_or(f32::is_finite));
    assert!(analysis.true_peak_dbtp.is_some_and(f32::is_finite));
}

#[test]
fn a_file_of_an_hour_is_decoded_up_to_the_limit_only() {
    let short = Limits { duration_ms_max: 2000, ..Limits::default() };
    let refused = analyse(&fixtures::folder().join("music.ogg"), &short);
    assert!(matches!(refused, Err(AudioError::TooLarge { .. })), "{refused:?}");
}

#[tokio::test]
async fn the_hostile_corpus_can_be_decoded_in_a_worker_without_harm_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = fixtures::hostile(folder.path());
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_audio-worker").into(), args: Vec::new() };
    let workers = Workers::new(command, 1, WorkerLimits::default());
    workers.analyse(&fixtures::folder().join("cbr.mp3")).await.unwrap();
    let pid = workers.process_ids();
    for (path, _) in &corpus {
        let found = workers.analyse(path).await;
        let name = path.file_name().unwrap().to_string_lossy();
        // A decoder may panic on nonsense; that is caught. It may not end the process or take for ever.
        assert!(
            !matches!(found, Err(AudioError::TimedOut { .. } | AudioError::OutOfMemory)),
            "{name}: {found:?}"
        );
        if let Ok(found) = found {
            assert!(found.duration_ms <= 60_000, "{name}: {} ms", found.duration_ms);
        }
    }
    assert_eq!(workers.process_ids(), pid, "a worker was lost");
}
