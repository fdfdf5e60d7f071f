//! `rookery migrate backfill`: rows brought along to the end by hand, and what is said of them.

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::schema;
use database::Database;
use database::backfill::{self, Progress};
use database::backfill_worker::{Pace, Worker};
use database::migrate::Migrations;
use indicatif::{ProgressBar, ProgressStyle};
use model::Clock as _;
use std::sync::Arc;

/// Batches that fail one after another before it gives up.
const FAILURES_MAX: u32 = 5;

/// Goes on until nothing is left that can be done now.
///
/// # Errors
/// [`Failure::Database`] if batches go on failing.
pub async fn run(own: &Migrations, database: &Database) -> Result<Vec<String>, Failure> {
    own.verify(database).await?;
    let clock = Arc::new(SystemClock::start());
    let mut worker =
        Worker::new(database, own.backfills, schema::unique_name()?, Arc::clone(&clock) as _, Pace::BY_HAND);
    let bar = bar();
    let mut failures = 0;
    while !worker.is_done() {
        let turn = worker.turn().await;
        match turn.done {
            Some((_, Err(error))) => {
                failures += 1;
                if failures >= FAILURES_MAX {
                    return Err(error.into());
                }
                tracing::warn!(%error, "a batch failed and is tried again");
            }
            Some((backfill, Ok(_))) => {
                failures = 0;
                if let Some(progress) = backfill::progress(database, backfill, clock.wall()).await? {
                    bar.set_length(progress.expected);
                    bar.set_position(progress.seen);
                    bar.set_message(progress.name);
                }
            }
            None => {}
        }
        tokio::time::sleep(turn.rest).await;
    }
    bar.finish_and_clear();
    worker.let_go().await?;
    lines(own, database).await
}

/// A line about each backfill for which there is something to do, or was.
pub async fn lines(own: &Migrations, database: &Database) -> Result<Vec<String>, Failure> {
    Ok(progress(own, database).await?.iter().map(said).collect())
}

/// How far each is.
pub async fn progress(own: &Migrations, database: &Database) -> Result<Vec<Progress>, Failure> {
    let now = SystemClock::start().wall();
    let mut all = Vec::new();
    for backfill in own.backfills {
        all.extend(backfill::progress(database, backfill, now).await?);
    }
    Ok(all)
}

fn said(progress: &Progress) -> String {
    let Progress { name, seen, expected, changed, round, older, .. } = progress;
    let mut said = match (progress.is_finished, round) {
        (true, _) => format!("backfill {name} is finished: {changed} rows were brought along"),
        (false, 0) => format!("backfill {name} has not begun"),
        (false, 1) => format!("backfill {name}: {seen} of {expected} rows"),
        (false, _) => format!("backfill {name}: {seen} of {expected} rows, round {round}"),
    };
    if !progress.is_finished && *older > 0 {
        said += &format!("; it ends when {older} processes of older releases are gone");
    }
    if let Some(failure) = &progress.failure {
        said += &format!("; a batch failed: {failure}");
    }
    said
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} rows, {eta} left") {
        bar.set_style(style);
    }
    bar
}
