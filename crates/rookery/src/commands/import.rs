//! `rookery import DIR`: a folder of music becomes part of the library, with a progress bar and a summary.

use crate::compose::{self, Stores};
use crate::failure::Failure;
use crate::settings::Settings;
use indicatif::{ProgressBar, ProgressStyle};
use server::intake::{Intake, Progress, Summary};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Reasons shown one by one; more are counted.
const REASONS_SHOWN_MAX: usize = 20;

pub async fn run(settings: &Settings, folder: &Path) -> Result<(), Failure> {
    let Stores { clock, database, blobs, workers } = compose::stores(settings).await?;
    let entropy = Arc::new(Mutex::new(compose::entropy()?));
    let intake = Intake::new(database.clone(), blobs, workers, Arc::clone(&clock), entropy);
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    let progress = |progress: Progress| match progress {
        Progress::Found(count) => bar.set_length(count as u64),
        Progress::Done(count) => bar.inc(count as u64),
    };
    let began = clock.instant();
    let summary = intake.import(folder, settings.server()?.upload_bytes_max, &progress).await?;
    bar.finish_and_clear();
    let took = clock.instant().since(began);
    super::print(&report(&summary, took.as_secs_f64()));
    database.close().await;
    Ok(())
}

fn report(summary: &Summary, seconds: f64) -> String {
    let Summary { added, known, rejected, passed_over } = summary;
    let files = added + known + rejected.len();
    let mut text = format!(
        "{added} added, {known} known already, {} rejected: {files} files in {seconds:.1} s ({:.0} files/s)\n",
        rejected.len(),
        files as f64 / seconds.max(0.001)
    );
    let troubles: Vec<_> = rejected.iter().chain(passed_over).collect();
    for (path, why) in troubles.iter().take(REASONS_SHOWN_MAX) {
        // A file's name is a stranger's text: a terminal must not act on it.
        let _ = writeln!(text, "  {:?}: {why}", path.display().to_string());
    }
    if troubles.len() > REASONS_SHOWN_MAX {
        let _ = writeln!(text, "  and {} more", troubles.len() - REASONS_SHOWN_MAX);
    }
    text
}
