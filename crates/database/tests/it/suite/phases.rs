//! Steps by phases: what only adds, rows that are brought along, and what is taken away on demand.

use super::script;
use crate::sample::NOW;
use database::backfill::{self, Backfill, Step};
use database::backfill_worker::{Pace, Worker};
use database::contract::{self, Contracting, Ended, Hindrance};
use database::give_back::Back;
use database::migrate::{Migration, Migrations, OWN, Phase};
use database::processes::{self, Process, SILENCE_MAX};
use database::undo::{self, Keep};
use database::{Database, Error, backups, migrate};
use model::{Clock, ServerInstant, WallTime};
use std::io;
use std::sync::Arc;
use std::time::Duration;

const ROWS: u32 = 700;
const HELD: Duration = Duration::from_secs(10);

const fn step(
    number: u32,
    name: &'static str,
    phase: Phase,
    asks: u32,
    up: &'static str,
    down: &'static str,
) -> Migration {
    Migration { number, name, phase, known_at_least: asks, up: [up; 2], down: [down; 2] }
}

/// A change in three releases: the first has songs, the second folds their titles, the third does without the titles.
static STEPS: [Migration; 4] = [
    step(
        9001,
        "songs",
        Phase::Expand,
        15,
        "create table trial_songs (shelf text not null, number bigint not null, title text,
                                   primary key (shelf, number))",
        "drop table trial_songs",
    ),
    step(
        9002,
        "folded",
        Phase::Expand,
        15,
        "alter table trial_songs add column folded text;
         alter table trial_songs add column touched bigint not null default 0",
        "alter table trial_songs drop column folded; alter table trial_songs drop column touched",
    ),
    step(
        9003,
        "without_titles",
        Phase::Contract,
        9003,
        "alter table trial_songs drop column title",
        "alter table trial_songs add column title text",
    ),
    step(9004, "later", Phase::Expand, 15, "create table trial_later (id text)", "drop table trial_later"),
];

static BACKFILLS: [Backfill; 1] = [Backfill {
    number: 9002,
    name: "fold_titles",
    table: "trial_songs",
    key: &["shelf", "number"],
    lacks: "folded is null",
    set: ["folded = lower(title), touched = touched + 1"; 2],
}];
static FOLD: &Backfill = &BACKFILLS[0];

fn release(steps: usize, backfills: &'static [Backfill]) -> Migrations {
    let all: Vec<Migration> = OWN.steps.iter().chain(&STEPS[..steps]).copied().collect();
    Migrations { steps: Box::leak(all.into_boxed_slice()), backfills }
}

/// The release that has the contract.
fn newest() -> Migrations {
    release(4, &BACKFILLS)
}

/// The release before the backfill.
fn older() -> Migrations {
    release(1, &[])
}

/// Songs of the older release, and the newest one's steps over them.
async fn with_songs(database: &Database) {
    older().up(database, NOW).await.unwrap();
    let shelf = |number: u32| if number.is_multiple_of(2) { "it''s" } else { "Ähm" };
    let rows: Vec<String> =
        (0..ROWS).map(|number| format!("('{}', {number}, 'Title {number}')", shelf(number))).collect();
    script(database, &format!("insert into trial_songs (shelf, number, title) values {}", rows.join(", ")))
        .await;
    newest().up(database, NOW).await.unwrap();
}

/// No row of the songs is so.
async fn none(database: &Database, condition: &str) {
    script(
        database,
        &format!(
            "create table trial_none (count bigint not null check (count = 0));
             insert into trial_none (count) select count(*) from trial_songs where {condition};
             drop table trial_none"
        ),
    )
    .await;
}

fn process(id: &str, known: u32, seen_at: WallTime) -> Process {
    Process { id: id.into(), release: format!("release-{id}"), known, seen_at }
}

struct Ticking(tokio::time::Instant);

impl Clock for Ticking {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(u64::try_from(self.0.elapsed().as_micros()).unwrap())
    }

    fn wall(&self) -> WallTime {
        NOW.plus(self.0.elapsed())
    }
}

fn worker(database: &Database, holder: &str) -> Worker {
    let pace = Pace {
        rest_factor: 0,
        held_for: Duration::from_secs(2),
        look_every: Duration::from_millis(20),
        retry_first: Duration::from_millis(20),
        retry_max: Duration::from_millis(20),
        rows_max: 100,
        ..Pace::BY_HAND
    };
    let clock = Arc::new(Ticking(tokio::time::Instant::now()));
    Worker::new(database, &BACKFILLS, holder.to_owned(), clock, pace)
}

async fn to_the_end(worker: &mut Worker) {
    while !worker.is_done() {
        let turn = worker.turn().await;
        if let Some((_, done)) = turn.done {
            done.unwrap();
        }
        tokio::time::sleep(turn.rest).await;
    }
}

async fn one_step(database: &Database, holder: &str, at: WallTime) -> Step {
    backfill::step(database, FOLD, holder, HELD, 100, at).await.unwrap()
}

#[derive(Default)]
struct Rows(Vec<String>);

impl Keep for Rows {
    fn row(&mut self, line: &str) -> io::Result<()> {
        self.0.push(line.to_owned());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub async fn contracts_wait_until_somebody_asks_for_them(database: &Database) {
    let newest = newest();
    assert_eq!(newest.range(), (9004, 15));
    assert_eq!(newest.up(database, NOW).await.unwrap(), ["9001_songs", "9002_folded", "9004_later"]);
    assert_eq!(newest.up(database, NOW).await.unwrap(), Vec::<String>::new());
    let status = newest.status(database).await.unwrap();
    assert_eq!((status.pending, status.contracts), (Vec::new(), vec!["9003_without_titles".to_owned()]));
    assert_eq!(status.known_at_least, 15);
    newest.verify(database).await.unwrap();
    // The release before goes on as if nothing had happened.
    older().verify(database).await.unwrap();
    older().up(database, NOW).await.unwrap();
}

pub async fn a_backfill_brings_every_row_along_once_and_says_how_far_it_is(database: &Database) {
    with_songs(database).await;
    let progress = async || backfill::progress(database, FOLD, NOW).await.unwrap().unwrap();
    assert_eq!((progress().await.round, progress().await.is_finished), (0, false));
    assert_eq!(one_step(database, "one", NOW).await, Step::Batch { seen: 100, changed: 100 });
    let half = progress().await;
    assert_eq!((half.seen, half.expected, half.batches), (100, ROWS.into(), 1));
    to_the_end(&mut worker(database, "one")).await;
    let done = progress().await;
    assert!(done.is_finished, "{done:?}");
    assert_eq!((done.seen, done.changed, done.round), (ROWS.into(), ROWS.into(), 1));
    none(database, "touched <> 1 or folded is null or folded <> lower(title)").await;
    assert_eq!(one_step(database, "one", NOW).await, Step::Finished);
    // Undone and done again, it begins anew.
    assert_eq!(migrate::down(database, 2).await.unwrap(), ["9004_later", "9002_folded"]);
    assert_eq!(backfill::progress(database, FOLD, NOW).await.unwrap(), None);
    assert_eq!(one_step(database, "one", NOW).await, Step::Idle);
    newest().up(database, NOW).await.unwrap();
    assert_eq!(one_step(database, "one", NOW).await, Step::Batch { seen: 100, changed: 100 });
}

pub async fn a_backfill_that_was_cut_off_goes_on_where_it_was(database: &Database) {
    with_songs(database).await;
    let mut cut = 0;
    for attempt in 0_u64..60 {
        let step = backfill::step(database, FOLD, "one", HELD, 10, NOW);
        // Dropped at another place each time, as when a process ends in the middle.
        if tokio::time::timeout(Duration::from_micros(attempt * 150), step).await.is_err() {
            cut += 1;
        }
    }
    assert!(cut > 0, "no batch was cut off");
    let before = backfill::progress(database, FOLD, NOW).await.unwrap().unwrap();
    // The place and the rows were written together.
    none(database, "touched > 1 or (touched = 1) <> (folded is not null)").await;
    assert_eq!(before.seen, before.changed);
    to_the_end(&mut worker(database, "one")).await;
    let after = backfill::progress(database, FOLD, NOW).await.unwrap().unwrap();
    assert_eq!((after.seen, after.changed, after.round), (ROWS.into(), ROWS.into(), 1));
    none(database, "touched <> 1").await;
}

pub async fn of_two_processes_one_works_and_the_other_takes_over(database: &Database) {
    with_songs(database).await;
    assert_eq!(one_step(database, "one", NOW).await, Step::Batch { seen: 100, changed: 100 });
    let until = NOW.plus(HELD);
    assert_eq!(one_step(database, "other", NOW).await, Step::Held { until });
    // The first was killed: after a while the other goes on where it was.
    assert_eq!(one_step(database, "other", until).await, Step::Batch { seen: 100, changed: 100 });
    // And when it ends, the next need not wait.
    backfill::let_go(database, "other").await.unwrap();
    assert_eq!(one_step(database, "one", until).await, Step::Batch { seen: 100, changed: 100 });
    backfill::let_go(database, "one").await.unwrap();
    // Both at once.
    let (mut one, mut other) = (worker(database, "one"), worker(database, "other"));
    tokio::join!(to_the_end(&mut one), to_the_end(&mut other));
    none(database, "touched <> 1").await;
    let done = backfill::progress(database, FOLD, NOW).await.unwrap().unwrap();
    assert_eq!((done.changed, done.round, done.is_finished), (ROWS.into(), 1, true));
}

pub async fn rows_that_an_older_release_writes_meanwhile_are_brought_along_too(database: &Database) {
    with_songs(database).await;
    let before = process("before", 9001, NOW);
    processes::enter(database, &older(), &before).await.unwrap();
    to_the_end(&mut worker(database, "one")).await;
    let caught_up = backfill::progress(database, FOLD, NOW).await.unwrap().unwrap();
    assert_eq!((caught_up.is_finished, caught_up.older), (false, 1));
    // A row behind the place that was reached.
    script(database, "insert into trial_songs (shelf, number, title) values ('A', 1, 'Late')").await;
    assert_eq!(one_step(database, "one", NOW).await, Step::Again);
    to_the_end(&mut worker(database, "one")).await;
    none(database, "touched <> 1 or folded is null").await;
    assert_eq!(one_step(database, "one", NOW).await, Step::Waits);
    processes::leave(database, "before").await.unwrap();
    assert_eq!(one_step(database, "one", NOW).await, Step::Finished);
    // Somebody goes back to the older release, whose process is killed then.
    processes::enter(database, &older(), &before).await.unwrap();
    script(database, "insert into trial_songs (shelf, number, title) values ('A', 2, 'Later')").await;
    to_the_end(&mut worker(database, "one")).await;
    assert_eq!(one_step(database, "one", NOW).await, Step::Waits);
    assert_eq!(one_step(database, "one", NOW.plus(SILENCE_MAX)).await, Step::Finished);
    none(database, "touched <> 1 or folded is null").await;
}

pub async fn a_batch_that_fails_is_told_and_tried_again(database: &Database) {
    with_songs(database).await;
    script(
        database,
        "create unique index trial_once on trial_songs (folded);
         insert into trial_songs (shelf, number, title, folded) values ('zzz', 1, 'x', 'title 13')",
    )
    .await;
    let mut one = worker(database, "one");
    let failed = loop {
        let turn = one.turn().await;
        if let Some((_, Err(error))) = turn.done {
            break error;
        }
        tokio::time::sleep(turn.rest).await;
    };
    assert!(matches!(failed, Error::Unique { .. }), "{failed:?}");
    assert!(!one.is_done());
    let told = backfill::progress(database, FOLD, NOW).await.unwrap().unwrap();
    assert!(told.failures > 0 && told.failure.is_some() && !told.is_finished, "{told:?}");
    let hindrances = contract::preview(database, &newest(), NOW).await.unwrap().unwrap().hindrances;
    assert!(matches!(&hindrances[..], [Hindrance::Unfinished { .. }]), "{hindrances:?}");
    // What stood in the way goes, and it goes on.
    script(database, "delete from trial_songs where shelf = 'zzz'").await;
    to_the_end(&mut one).await;
    let done = backfill::progress(database, FOLD, NOW).await.unwrap().unwrap();
    assert!(done.is_finished && done.failure.is_none(), "{done:?}");
    none(database, "touched <> 1").await;
    // A row that it does not bring along is no success, and no reason to go round for ever.
    script(
        database,
        "drop index trial_once; insert into trial_songs (shelf, number) values ('zzz', 2);
         update schema_backfills set finished_at = null",
    )
    .await;
    let failed = loop {
        match backfill::step(database, FOLD, "one", HELD, 100, NOW).await {
            Ok(Step::Finished) => panic!("a row lacks still"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(failed.to_string().contains("fold_titles"), "{failed}");
}

pub async fn a_contract_is_refused_while_something_needs_what_goes(database: &Database) {
    older().up(database, NOW).await.unwrap();
    let newest = newest();
    let look = async |at| -> Contracting { contract::preview(database, &newest, at).await.unwrap().unwrap() };
    let pending = look(NOW).await.hindrances;
    assert_eq!(pending[..2], ["9002_folded", "9004_later"].map(|name| Hindrance::Pending(name.into())));
    with_songs(database).await;
    assert_eq!(
        look(NOW).await.hindrances,
        [Hindrance::Unfinished { backfill: "fold_titles".into(), seen: 0, expected: 0 }]
    );
    to_the_end(&mut worker(database, "one")).await;
    // Processes: one knows enough, one does not.
    processes::enter(database, &newest, &process("new", 9004, NOW)).await.unwrap();
    assert_eq!(look(NOW).await.hindrances, []);
    processes::enter(database, &older(), &process("old", 9002, NOW)).await.unwrap();
    let old = Hindrance::Process { release: "release-old".into(), known: 9002 };
    assert_eq!(look(NOW).await.hindrances, [old]);
    assert!(look(NOW).await.hindrances[0].to_string().contains("release-old"));
    // It was killed: for a while it counts.
    assert_eq!(look(NOW.plus(SILENCE_MAX)).await.hindrances, []);
    processes::leave(database, "old").await.unwrap();
    // A row that a release wrote which is in no book.
    script(database, "insert into trial_songs (shelf, number, title) values ('A', 1, 'Late')").await;
    let lacking = [Hindrance::Lacking("fold_titles".into())];
    assert_eq!(look(NOW).await.hindrances, lacking);
    let mut rows = Rows::default();
    let refused = contract::contract(database, &newest, &mut rows, NOW).await.unwrap();
    assert!(matches!(refused, Some(Ended::Refused(found)) if found.hindrances == lacking));
    assert!(rows.0.is_empty());
    none(database, "title is null").await;
}

pub async fn a_contract_is_done_once_and_undone_before_what_was_there_when_it_came(database: &Database) {
    with_songs(database).await;
    let newest = newest();
    to_the_end(&mut worker(database, "one")).await;
    let schema = migrate::schema(database).await.unwrap();
    let found = contract::preview(database, &newest, NOW).await.unwrap().unwrap();
    let said: Vec<String> = found.lost.iter().map(ToString::to_string).collect();
    assert_eq!((said, found.hindrances), (vec![format!("trial_songs.title in {ROWS} rows")], Vec::new()));
    assert_eq!(migrate::schema(database).await.unwrap(), schema, "looking changes nothing");

    let mut rows = Rows::default();
    let done = contract::contract(database, &newest, &mut rows, NOW).await.unwrap();
    assert!(matches!(done, Some(Ended::Done(_))), "{done:?}");
    assert_eq!(rows.0.len(), ROWS as usize);
    assert!(rows.0.iter().any(|row| row.contains("\"Title 13\"")), "{:?}", rows.0.first());
    assert_eq!(contract::preview(database, &newest, NOW).await.unwrap(), None);
    assert_eq!(newest.status(database).await.unwrap().known_at_least, 9003);
    newest.up(database, NOW).await.unwrap();
    newest.verify(database).await.unwrap();
    assert_eq!(one_step(database, "one", NOW).await, Step::Idle);

    // The release before is refused in whatever it does.
    for refused in [
        release(2, &[]).verify(database).await,
        release(2, &[]).up(database, NOW).await.map(drop),
        processes::enter(database, &release(2, &[]), &process("back", 9002, NOW)).await,
    ] {
        assert!(matches!(refused, Err(Error::DatabaseNewer { known: 9002, .. })), "{refused:?}");
    }

    // The way back: the contract first, though a step of a higher number was there when it came.
    let undone = undo::preview(database, 1).await.unwrap();
    assert_eq!((undone.undone, undone.lost), (vec!["9003_without_titles".to_owned()], Vec::new()));
    // With the rows that were written to a file: the titles are there again, for whoever comes back.
    script(database, "insert into trial_songs (shelf, number, folded) values ('A', 1, 'of the newest')")
        .await;
    let mut lines = rows.0.iter().cloned().map(Ok);
    let mut back = Back { lines: &mut lines, rows: 0 };
    let undone =
        undo::undo_and_give_back(database, 1, None, &mut Rows::default(), Some(&mut back)).await.unwrap();
    assert!(matches!(undone, undo::Ended::Done(_)), "{undone:?}");
    assert_eq!(back.rows, u64::from(ROWS));
    none(database, "shelf <> 'A' and (title is null or lower(title) <> folded)").await;
    none(database, "shelf = 'A' and title is not null").await;
    script(database, "delete from trial_songs where shelf = 'A'").await;
    assert_eq!(
        contract::preview(database, &newest, NOW).await.unwrap().unwrap().hindrances,
        [],
        "it can be done again"
    );
    let done = contract::contract(database, &newest, &mut Rows::default(), NOW).await.unwrap();
    assert!(matches!(done, Some(Ended::Done(_))), "{done:?}");
    assert_eq!(release(2, &[]).step_back(database).await.unwrap(), ["9003_without_titles", "9004_later"]);
    release(2, &[]).verify(database).await.unwrap();
    let counts = backups::counts(database).await.unwrap();
    assert_eq!(counts["trial_songs"], u64::from(ROWS));
}
