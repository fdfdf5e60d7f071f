//! Worker processes: what comes back, and what happens when a file or a worker goes wrong.

use crate::fixtures;
use audio::{AudioError, AudioFormat, WorkerCommand, WorkerLimits, Workers};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

fn command() -> WorkerCommand {
    WorkerCommand { program: env!("CARGO_BIN_EXE_audio-worker").into(), args: Vec::new() }
}

fn shell(script: &str) -> WorkerCommand {
    WorkerCommand { program: "/bin/sh".into(), args: ["-c", script].map(OsString::from).to_vec() }
}

fn quick() -> WorkerLimits {
    WorkerLimits { inspect_time_max: Duration::from_millis(300), ..WorkerLimits::default() }
}

#[tokio::test]
async fn a_worker_finds_what_the_library_finds_picture_included() {
    let workers = Workers::new(command(), 2, WorkerLimits::default());
    let path = fixtures::folder().join("cover.flac");
    let found = workers.inspect(&path).await.unwrap();
    assert_eq!(found, audio::inspect(&path, &audio::Limits::default()).unwrap());
    assert!(found.picture.is_some());
}

#[tokio::test]
async fn many_tasks_share_few_workers() {
    let workers = Workers::new(command(), 2, WorkerLimits::default());
    let folder = fixtures::folder();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (workers, path) = (workers.clone(), folder.join("music.opus"));
        tasks.spawn(async move { workers.inspect(&path).await.unwrap().format });
    }
    assert_eq!(tasks.join_all().await, [AudioFormat::Opus; 40]);
}

#[tokio::test]
async fn the_hostile_corpus_costs_no_crash_little_time_and_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = fixtures::hostile(folder.path());
    assert!(corpus.len() > 100);
    let workers = Workers::new(command(), 1, WorkerLimits::default());
    workers.inspect(&fixtures::folder().join("cbr.mp3")).await.unwrap();
    let before = peak_memory_kb(&workers);
    let work = async {
        for (path, must_refuse) in &corpus {
            let found = workers.inspect(path).await;
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(
                !matches!(
                    found,
                    Err(AudioError::Crashed { .. } | AudioError::TimedOut { .. } | AudioError::OutOfMemory)
                ),
                "{name}: {found:?}"
            );
            assert!(!(*must_refuse && found.is_ok()), "{name} was accepted: {found:?}");
            if let Ok(found) = found {
                // The music lasts three seconds; what cannot be told is at least held down to the size of the file.
                assert!(found.duration_ms <= 60_000, "{name} is said to last {} ms", found.duration_ms);
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), work).await.expect("ten seconds for the whole corpus");
    let grown_kb = peak_memory_kb(&workers) - before;
    assert!(grown_kb <= 64 * 1024, "the worker grew by {grown_kb} kB");
}

/// The peak resident memory of the only child of the pool.
fn peak_memory_kb(workers: &Workers) -> u64 {
    let pid = workers.process_ids()[0];
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn a_worker_that_hangs_is_stopped_and_the_next_one_works() {
    let workers = Workers::new(shell("sleep 60"), 1, quick());
    for _ in 0..2 {
        let found = workers.inspect(Path::new("/song.mp3")).await;
        assert_eq!(found, Err(AudioError::TimedOut { limit_ms: 300 }));
    }
}

#[tokio::test]
async fn a_worker_that_dies_is_reported_with_its_last_words_and_replaced() {
    let once = tempfile::tempdir().unwrap();
    let flag = once.path().join("died");
    let worker = env!("CARGO_BIN_EXE_audio-worker");
    let script = format!(
        "if [ -e {0} ]; then exec {worker}; fi; : > {0}; echo goodbye >&2; kill -SEGV $$",
        flag.display()
    );
    let workers = Workers::new(shell(&script), 1, WorkerLimits::default());
    let song = fixtures::folder().join("cbr.mp3");
    let died = workers.analyse(&song).await;
    assert!(matches!(&died, Err(AudioError::Crashed { reason }) if reason.contains("goodbye")), "{died:?}");
    assert!(workers.inspect(&song).await.is_ok());
}

#[tokio::test]
async fn with_however_little_memory_a_worker_answers_or_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large-picture.mp3");
    let picture = [b"\0image/jpeg\0\x03\0\xff\xd8\xff".as_slice(), &vec![0; 9 << 20]].concat();
    let bytes = [fixtures::id3(&fixtures::id3_frame(b"APIC", &picture)), fixtures::bytes("cbr.mp3")].concat();
    std::fs::write(&path, bytes).unwrap();
    let mut without_memory = 0;
    for megabytes in (8..80).step_by(4) {
        let limits = WorkerLimits { inspect_memory_bytes_max: megabytes << 20, ..WorkerLimits::default() };
        match Workers::new(command(), 1, limits).inspect(&path).await {
            // Without memory for the picture, it is left out.
            Ok(found) if found.picture.is_none() => without_memory += 1,
            Ok(found) => assert_eq!(found.picture.unwrap().bytes.len(), 3 + (9 << 20)),
            Err(AudioError::OutOfMemory) => without_memory += 1,
            Err(error) => panic!("{megabytes} MB: {error}"),
        }
    }
    assert!(without_memory > 0);
}

#[tokio::test]
async fn a_name_that_is_not_text_is_found_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let name: OsString = std::os::unix::ffi::OsStringExt::from_vec(b"\xff\xfe\n.mp3".to_vec());
    let path = folder.path().join(name);
    std::fs::copy(fixtures::folder().join("cbr.mp3"), &path).unwrap();
    let workers = Workers::new(command(), 1, WorkerLimits::default());
    assert_eq!(workers.inspect(&path).await.unwrap().format, AudioFormat::Mp3);
}

#[tokio::test]
async fn a_program_that_cannot_start_or_speaks_nonsense_is_an_error() {
    let missing = WorkerCommand { program: "/nonexistent/worker".into(), args: Vec::new() };
    let found = Workers::new(missing, 1, quick()).inspect(Path::new("/song.mp3")).await;
    assert!(matches!(found, Err(AudioError::NoWorker { .. })), "{found:?}");
    let babble = shell("head -c 100 /dev/zero | tr '\\0' 'x'; cat > /dev/null");
    let found = Workers::new(babble, 1, WorkerLimits::default()).inspect(Path::new("/song.mp3")).await;
    assert!(matches!(found, Err(AudioError::Crashed { .. })), "{found:?}");
}

#[tokio::test]
async fn a_task_that_is_given_up_does_not_spoil_the_next() {
    let workers = Workers::new(command(), 1, WorkerLimits::default());
    let song = fixtures::folder().join("cover.flac");
    for _ in 0..20 {
        let given_up = tokio::time::timeout(Duration::from_micros(200), workers.inspect(&song)).await;
        assert!(given_up.is_err() || given_up.unwrap().is_ok());
        assert_eq!(workers.inspect(&song).await.unwrap().format, AudioFormat::Flac);
    }
}
