//! How fast backfills go: batches small enough that nobody waits for them, a rest after each in proportion to how long it
//! took, and longer and longer rests after failures. It runs in its caller's future, a turn at a time: dropped in the
//! middle, the batch under way is undone.

use crate::backfill::{self, Backfill, Progress, Step};
use crate::{Database, Error, Result};
use model::{Clock, ServerInstant};
use std::sync::Arc;
use std::time::Duration;

/// How fast.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Rows of the first batch.
    pub rows_first: u32,
    /// The most rows of a batch.
    pub rows_max: u32,
    /// How long a batch should take: the next is made larger or smaller.
    pub aim: Duration,
    /// The rest after a batch is so many times as long as the batch took.
    pub rest_factor: u32,
    /// The longest rest between two batches.
    pub rest_max: Duration,
    /// For how long after a batch nobody else works on the backfill.
    pub held_for: Duration,
    /// How often is looked whether there is something to do.
    pub look_every: Duration,
    /// The rest after a first failure; it doubles with each that follows.
    pub retry_first: Duration,
    /// The longest of them.
    pub retry_max: Duration,
    /// A batch that takes longer is given up.
    pub batch_max: Duration,
}

impl Pace {
    /// Beside people who are served: a quarter of the time at most.
    pub const SERVING: Self = Self {
        rows_first: 50,
        rows_max: 1000,
        aim: Duration::from_millis(25),
        rest_factor: 3,
        rest_max: Duration::from_secs(5),
        held_for: Duration::from_secs(10),
        look_every: Duration::from_secs(30),
        retry_first: Duration::from_secs(1),
        retry_max: Duration::from_secs(300),
        batch_max: Duration::from_secs(20),
    };
    /// For somebody who waits for the end: half of the time.
    pub const BY_HAND: Self = Self {
        aim: Duration::from_millis(50),
        rest_factor: 1,
        look_every: Duration::from_secs(1),
        retry_max: Duration::from_secs(10),
        ..Self::SERVING
    };
}

/// The fewest rows of a batch.
const ROWS_MIN: u32 = 5;

/// Works on backfills.
pub struct Worker {
    database: Database,
    holder: String,
    clock: Arc<dyn Clock>,
    pace: Pace,
    works: Vec<Work>,
}

struct Work {
    backfill: &'static Backfill,
    rows: u32,
    due: ServerInstant,
    failures: u32,
    standing: Standing,
}

/// How one stands, as this process knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Open,
    Waits,
    Ended,
}

/// What came of a turn.
#[derive(Debug)]
pub struct Turn {
    /// The backfill, and what was done or why not; `None` if nothing was due.
    pub done: Option<(&'static Backfill, Result<Step>)>,
    /// How long to rest before the next.
    pub rest: Duration,
}

impl Worker {
    /// For these, under a name that no other process has.
    #[must_use]
    pub fn new(
        database: &Database,
        backfills: &'static [Backfill],
        holder: String,
        clock: Arc<dyn Clock>,
        pace: Pace,
    ) -> Self {
        let due = clock.instant();
        let work =
            |backfill| Work { backfill, rows: pace.rows_first, due, failures: 0, standing: Standing::Open };
        let works = backfills.iter().map(work).collect();
        Self { database: database.clone(), holder, clock, pace, works }
    }

    /// Does a batch of what is due, if anything is.
    pub async fn turn(&mut self) -> Turn {
        let began = self.clock.instant();
        let (pace, clock) = (self.pace, Arc::clone(&self.clock));
        let Some(work) = self.works.iter_mut().find(|work| work.due <= began) else {
            return Turn { done: None, rest: self.until_due() };
        };
        let step = backfill::step(
            &self.database,
            work.backfill,
            &self.holder,
            pace.held_for,
            work.rows,
            clock.wall(),
        );
        let done = tokio::time::timeout(pace.batch_max, step).await;
        let done = done.unwrap_or(Err(Error::Timeout { limit: pace.batch_max }));
        let took = clock.instant().since(began);
        let rest = work.judge(&pace, &done, took, clock.wall());
        work.due = after(clock.instant(), rest);
        if let Err(why) = &done {
            let noted = backfill::note_failure(&self.database, work.backfill, &why.to_string()).await;
            if let Err(error) = noted {
                tracing::debug!(%error, "the failure of a backfill could not be written down");
            }
        }
        let backfill = work.backfill;
        let rest = if matches!(done, Ok(Step::Batch { .. })) { rest } else { self.until_due() };
        Turn { done: Some((backfill, done)), rest }
    }

    /// Whether nothing is left that this process could do: each is finished, or waits for processes of older releases to go.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.works.iter().all(|work| work.standing != Standing::Open)
    }

    /// How far each is for which there is something to do.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn progress(&self) -> Result<Vec<Progress>> {
        let mut all = Vec::new();
        for work in &self.works {
            all.extend(backfill::progress(&self.database, work.backfill, self.clock.wall()).await?);
        }
        Ok(all)
    }

    /// Lets others go on at once.
    ///
    /// # Errors
    /// Whatever the engine says; then they go on when this process no longer counts as holding it.
    pub async fn let_go(&self) -> Result<()> {
        if self.works.is_empty() { Ok(()) } else { backfill::let_go(&self.database, &self.holder).await }
    }

    fn until_due(&self) -> Duration {
        let now = self.clock.instant();
        let next = self.works.iter().map(|work| work.due.since(now)).min();
        next.unwrap_or(self.pace.look_every)
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Worker").field("holder", &self.holder).finish_non_exhaustive()
    }
}

impl Work {
    /// How long to let it be.
    fn judge(&mut self, pace: &Pace, done: &Result<Step>, took: Duration, now: model::WallTime) -> Duration {
        let Ok(done) = done else {
            let rest = pace.retry_first.saturating_mul(2_u32.saturating_pow(self.failures));
            self.failures = self.failures.saturating_add(1);
            self.rows = (self.rows / 2).max(ROWS_MIN);
            self.standing = Standing::Open;
            return rest.min(pace.retry_max);
        };
        self.failures = 0;
        let (standing, rest) = match done {
            Step::Batch { .. } => {
                self.resize(pace, took);
                (Standing::Open, (took * pace.rest_factor).min(pace.rest_max))
            }
            Step::Held { until } => (Standing::Open, until.since(now).min(pace.look_every)),
            Step::Waits => (Standing::Waits, pace.look_every),
            Step::Finished | Step::Idle => (Standing::Ended, pace.look_every),
            // Somebody writes such rows: there is no hurry to follow them.
            Step::Again => (Standing::Open, pace.look_every),
        };
        self.standing = standing;
        rest
    }

    fn resize(&mut self, pace: &Pace, took: Duration) {
        self.rows = if took > pace.aim * 2 {
            self.rows / 2
        } else if took < pace.aim {
            self.rows.saturating_mul(2)
        } else {
            self.rows
        };
        self.rows = self.rows.clamp(ROWS_MIN, pace.rows_max.max(ROWS_MIN));
    }
}

fn after(instant: ServerInstant, rest: Duration) -> ServerInstant {
    let micros = u64::try_from(rest.as_micros()).unwrap_or(u64::MAX);
    ServerInstant::from_micros(instant.micros().saturating_add(micros))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::WallTime;

    static NAMES: Backfill = Backfill {
        number: 1,
        name: "names",
        table: "names",
        key: &["id"],
        lacks: "x is null",
        set: ["x = 1"; 2],
    };

    fn work() -> Work {
        let due = ServerInstant::from_micros(0);
        Work { backfill: &NAMES, rows: 50, due, failures: 0, standing: Standing::Open }
    }

    fn judge(work: &mut Work, done: Result<Step>, took_ms: u64) -> Duration {
        work.judge(&Pace::SERVING, &done, Duration::from_millis(took_ms), WallTime::from_micros(0))
    }

    #[test]
    fn the_rest_follows_the_batch_and_batches_find_their_size() {
        let mut work = work();
        let batch = || Ok(Step::Batch { seen: 50, changed: 50 });
        assert_eq!(judge(&mut work, batch(), 10), Duration::from_millis(30));
        assert_eq!(work.rows, 100);
        assert_eq!(judge(&mut work, batch(), 400), Duration::from_millis(1200));
        assert_eq!(work.rows, 50);
        assert_eq!(judge(&mut work, batch(), 30), Duration::from_millis(90));
        assert_eq!(work.rows, 50);
        assert_eq!(judge(&mut work, batch(), 9_000), Pace::SERVING.rest_max);
        for _ in 0..20 {
            judge(&mut work, batch(), 1);
        }
        assert_eq!(work.rows, Pace::SERVING.rows_max);
    }

    #[test]
    fn after_failures_it_rests_longer_and_longer_and_takes_smaller_batches() {
        let mut work = work();
        let rests: Vec<u64> =
            (0..12).map(|_| judge(&mut work, Err(Error::StorageFull), 1).as_secs()).collect();
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(work.rows, ROWS_MIN);
        judge(&mut work, Ok(Step::Batch { seen: 5, changed: 5 }), 1);
        assert_eq!(judge(&mut work, Err(Error::StorageFull), 1), Duration::from_secs(1));
    }

    #[test]
    fn what_another_process_holds_is_left_to_it() {
        let mut work = work();
        let until = WallTime::from_micros(7_000_000);
        assert_eq!(judge(&mut work, Ok(Step::Held { until }), 1), Duration::from_secs(7));
        assert_eq!(work.standing, Standing::Open);
        assert_eq!(judge(&mut work, Ok(Step::Waits), 1), Pace::SERVING.look_every);
        assert_eq!(work.standing, Standing::Waits);
    }
}
