//! What comes out of the sound card, compared with what the song has at the moment it is heard. The card is ALSA's own
//! `file` device, written to a pipe, so that each frame's moment is known; it has no clock, so the listener paces it.

use super::{Listening, by_hand, now_ms};
use crate::program;
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Actor, Browser, Rookery, eventually, sound};

/// Frames a millisecond on the card.
const PER_MS: f64 = 48.0;
/// Of the song's rate, 8 kHz, the card's is this many times.
const FINER: usize = 6;
/// What is compared at a time.
const WINDOW_MS: f64 = 100.0;
/// How far around the right place the song is searched for what was heard.
const SEARCH_MS: f64 = 150.0;
const SONG_MS: u32 = 90_000;
/// In step, for people in two rooms.
const OFF_MS_MAX: f64 = 20.0;
/// A listener that is not in step in any of so many seconds never will be.
const SECONDS_MAX: usize = 8;

/// A song of noise: every place in it is like no other. It is smooth enough to be like itself half a sample further.
fn noise(seed: u64) -> (Vec<u8>, Vec<f64>) {
    let mut file = sound::wav(440, SONG_MS);
    let (mut state, mut last) = (seed, [0i16; 4]);
    let mut song = Vec::new();
    for place in file[44..].chunks_exact_mut(2) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        last.rotate_right(1);
        last[0] = (state >> 48) as i16;
        let sample = (last.iter().map(|sample| i32::from(*sample)).sum::<i32>() / 8) as i16;
        place.copy_from_slice(&sample.to_le_bytes());
        song.push(f64::from(sample));
    }
    (file, song)
}

/// What the card was given, and when.
#[derive(Default)]
struct Tape {
    left: Vec<f64>,
    /// Local time, and how many frames there were by then.
    chunks: Vec<(f64, usize)>,
}

impl Tape {
    /// Records a pipe until its writer closes it.
    fn record(pipe: &Path) -> Arc<Mutex<Self>> {
        let tape = Arc::<Mutex<Self>>::default();
        let (writing, pipe) = (Arc::clone(&tape), pipe.to_owned());
        std::thread::spawn(move || {
            let mut pipe = File::open(pipe).unwrap();
            let mut bytes = Vec::new();
            let mut chunk = [0; 8192];
            while let Ok(count @ 1..) = pipe.read(&mut chunk) {
                bytes.extend_from_slice(&chunk[..count]);
                let whole = bytes.len() / 4 * 4;
                let mut tape = writing.lock().unwrap();
                let frames = bytes[..whole].chunks_exact(4);
                tape.left.extend(frames.map(|frame| f64::from(i16::from_le_bytes([frame[0], frame[1]]))));
                bytes.drain(..whole);
                let length = tape.left.len();
                tape.chunks.push((now_ms(), length));
            }
        });
        tape
    }

    /// The number of the frame that was heard at a moment. A chunk may be read late, never early.
    fn frame_at(&self, at_ms: f64) -> Option<usize> {
        let near = self.chunks.iter().filter(|(read_ms, _)| (read_ms - at_ms).abs() < 250.0);
        let begin_ms = near.map(|(read_ms, frames)| read_ms - *frames as f64 / PER_MS).reduce(f64::min)?;
        let frame = ((at_ms - begin_ms) * PER_MS) as usize;
        (frame + (WINDOW_MS * PER_MS) as usize <= self.left.len()).then_some(frame)
    }

    /// How many milliseconds ahead of the song that began at `started_ms` what was heard from `at_ms` on is, and how
    /// alike they are (1: the same).
    fn off_ms(&self, song: &[f64], started_ms: f64, at_ms: f64) -> Option<(f64, f64)> {
        let frame = self.frame_at(at_ms)?;
        let length = (WINDOW_MS * PER_MS) as usize;
        let heard: Vec<f64> = self.left[frame..frame + length].iter().step_by(FINER).copied().collect();
        let per_ms = PER_MS / FINER as f64;
        let right = ((at_ms - started_ms) * per_ms).round() as i64;
        let reach = (SEARCH_MS * per_ms) as i64;
        let alike = |lag: i64| {
            let from = usize::try_from(right + lag).ok()?;
            let there = song.get(from..from + heard.len())?;
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let size = (product(&heard, &heard) * product(there, there)).sqrt();
            Some((product(&heard, there) / size.max(1.0), lag))
        };
        let (alike, lag) = (-reach..=reach).filter_map(alike).max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some((lag as f64 / per_ms, alike))
    }

    fn is_silent(&self, from_ms: f64) -> bool {
        let Some(frame) = self.frame_at(from_ms) else { return false };
        self.left[frame..frame + (WINDOW_MS * PER_MS) as usize].iter().all(|sample| *sample == 0.0)
    }
}

/// An ALSA configuration whose only device writes into a pipe.
fn device(folder: &Path) -> (String, Arc<Mutex<Tape>>) {
    let pipe = folder.join("card");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let tape = Tape::record(&pipe);
    let text = format!(
        "pcm.!default {{ type file slave.pcm {{ type null }} file \"{}\" format \"raw\" }}\n",
        pipe.display()
    );
    let configuration = folder.join("asound.conf");
    std::fs::write(&configuration, text).unwrap();
    (configuration.display().to_string(), tape)
}

fn started_ms(ada: &Browser) -> f64 {
    ada.main_nest()["state"]["playing"]["playback"]["started_at_ms"].as_f64().expect("it runs")
}

/// Looks at seven places of the coming second; the middle one counts. A machine that is busy with other tests may let
/// the card run dry: then another second is looked at.
#[track_caller]
fn in_step(tape: &Mutex<Tape>, song: &[f64], started_ms: f64) {
    let mut seconds = Vec::new();
    while seconds.len() < SECONDS_MAX {
        let from_ms = now_ms() + 100.0;
        let mut found: Vec<f64> = (0..7)
            .map(|number| {
                let at_ms = from_ms + f64::from(number) * 100.0;
                let (off_ms, alike) = eventually("the card has come so far", Duration::from_secs(20), || {
                    let tape = tape.lock().unwrap();
                    let is_past = tape.chunks.last().is_some_and(|(read_ms, _)| *read_ms > at_ms + 300.0);
                    is_past.then(|| tape.off_ms(song, started_ms, at_ms)).flatten()
                });
                if alike > 0.9 { off_ms } else { f64::INFINITY }
            })
            .collect();
        found.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        if found[3].abs() <= OFF_MS_MAX {
            return;
        }
        seconds.push(found);
    }
    panic!("off by {seconds:?} ms");
}

#[test]
fn what_the_card_gets_is_the_song_at_the_moment_it_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let (configuration, tape) = device(folder.path());
    let server = Rookery::start(program());
    let ada = server.administrator();
    by_hand(&ada);
    let ((first_file, first), (second_file, second)) = (noise(1), noise(2));
    let tracks = [ada.add_track("first", &first_file), ada.add_track("second", &second_file)];
    ada.add(&tracks[0]);
    let last = ada.add(&tracks[1]);
    drop(ada.command("seek", json!({"position_ms": 30_000})).expect(200));

    let scratch = folder.path().display().to_string();
    let arguments = [&server.site().base(), "--scratch", &scratch];
    let mut listening = Listening::start(&arguments, &[("ALSA_CONFIG_PATH", &configuration)]);
    // It comes into the middle of the song.
    let playing = listening.line("output", |line| line["state"] == "playing");
    assert_eq!(playing["name"], "default");
    in_step(&tape, &first, started_ms(&ada));

    drop(ada.command("pause", json!({})).expect(200));
    listening.line("playing", |line| line["paused"] == true);
    listening.line("output", |line| line["state"] == "silent");
    let paused_ms = now_ms() + 200.0;
    eventually("the card is silent", Duration::from_secs(10), || {
        tape.lock().unwrap().is_silent(paused_ms).then_some(())
    });
    drop(ada.command("resume", json!({})).expect(200));
    listening.line("output", |line| line["state"] == "playing");
    in_step(&tape, &first, started_ms(&ada));

    drop(ada.command("seek", json!({"position_ms": 60_000})).expect(200));
    listening.line("playing", |line| line["position_ms"].as_i64().is_some_and(|at| at > 58_000));
    in_step(&tape, &first, started_ms(&ada));

    // The next song has been prepared, so that it sounds from its beginning on.
    drop(ada.command("skip", json!({})).expect(200));
    listening.line("playing", |line| line["entry"]["id"] == last);
    let started_ms = started_ms(&ada);
    let (off_ms, alike) = eventually("the next song sounds", Duration::from_secs(20), || {
        let tape = tape.lock().unwrap();
        let is_past = tape.chunks.last().is_some_and(|(read_ms, _)| *read_ms > started_ms + 500.0);
        is_past.then(|| tape.off_ms(&second, started_ms, started_ms + 50.0)).flatten()
    });
    assert!(alike > 0.9 && off_ms.abs() <= OFF_MS_MAX, "{off_ms} ms off, {alike} alike");

    testkit::ask_to_end(listening.pid());
    assert_eq!(listening.ends(), Some(0));
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("rookery-listen")), "{left:?}");
}

#[test]
fn a_card_that_is_not_there_is_said_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("asound.conf");
    std::fs::write(&configuration, "").unwrap();
    let server = Rookery::start(program());
    let ada = server.administrator();
    by_hand(&ada);
    ada.add(&ada.add_track("noise", &noise(3).0));
    let scratch = folder.path().display().to_string();
    let arguments = [&server.site().base(), "--scratch", &scratch];
    let environment = [("ALSA_CONFIG_PATH", configuration.to_str().unwrap())];
    let mut listening = Listening::start(&arguments, &environment);
    let trouble = listening.line("output", |line| line["state"] == "trouble");
    assert!(trouble["why"].as_str().unwrap().starts_with("default: "), "{trouble}");
    // It is plugged in.
    let text = "pcm.!default { type null }\n";
    std::fs::write(&configuration, text).unwrap();
    listening.line("output", |line| line["state"] == "playing");
}
