//! Measures the quick look at every file of a folder, here and through workers:
//! `cargo run --release -p audio --example measure -- FOLDER`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement reads the clock and prints"
)]

use audio::{Limits, WorkerCommand, WorkerLimits, Workers, inspect};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn files(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() { files(&entry.path(), into)? } else { into.push(entry.path()) }
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let program = std::env::current_exe()?.with_file_name("").join("../audio-worker");
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths)?;
    let workers = Workers::new(WorkerCommand { program, args: Vec::new() }, 2, WorkerLimits::default());
    let mut by_outcome = BTreeMap::<String, (u32, Duration)>::new();
    let start = Instant::now();
    let mut slowest = (Duration::ZERO, PathBuf::new());
    for path in &paths {
        let before = Instant::now();
        let name = match workers.inspect(path).await {
            Ok(found) => format!("{:?}", found.format),
            Err(error) => error.to_string().chars().take(60).collect(),
        };
        let took = before.elapsed();
        let sum = by_outcome.entry(name).or_default();
        *sum = (sum.0 + 1, sum.1 + took);
        slowest = slowest.max((took, path.clone()));
    }
    println!(
        "{} files through one worker at a time: {:?}; slowest {slowest:?}",
        paths.len(),
        start.elapsed()
    );
    for (name, (count, took)) in by_outcome {
        println!("{count:6} {:?} each: {name}", took / count);
    }
    for pid in workers.process_ids() {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        println!(
            "worker peak: {}",
            status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("unknown")
        );
    }
    let start = Instant::now();
    let good = paths.iter().filter(|path| inspect(path, &Limits::default()).is_ok()).count();
    println!(
        "{good} good, in this process: {:?} a file",
        start.elapsed() / u32::try_from(paths.len()).unwrap_or(1)
    );
    Ok(())
}
