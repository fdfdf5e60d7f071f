//! Writes the demonstration pieces and their covers to a folder:
//! `cargo run --release -p audio --example demo -- FOLDER`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement reads the clock and prints"
)]

use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| ".".into()));
    let all = Instant::now();
    for piece in audio::demo::pieces() {
        let start = Instant::now();
        let rendered = audio::demo::render(piece)?;
        println!(
            "{:?} for {} ms, {} bytes: {}",
            start.elapsed(),
            rendered.duration_ms,
            rendered.file.len(),
            piece.title
        );
        std::fs::write(folder.join(format!("{}.flac", piece.title)), rendered.file)?;
        std::fs::write(folder.join(format!("{}.jpg", piece.title)), rendered.cover)?;
    }
    println!("{:?} for all", all.elapsed());
    Ok(())
}
