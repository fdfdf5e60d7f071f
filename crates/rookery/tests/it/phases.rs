//! A change of the schema in three releases, through the real program: rows are brought along while it serves, is killed
//! and comes back, and what nobody needs is taken away when somebody asks for it.

use crate::program;
use database::backfill::{Backfill, Progress};
use database::{Database, Options, backfill};
use model::WallTime;
use release::{Facts, Instant, Manifest, Profile, Range, Schema, Sealed};
use serde_json::{Value, json};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;
use testkit::{Postgres, Rookery, eventually, run};

const ROWS: u64 = 3_000;
/// Long enough for a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// As the file describes it.
static FOLD: Backfill = Backfill {
    number: 9002,
    name: "fold_titles",
    table: "trial_songs",
    key: &["id"],
    lacks: "folded is null",
    set: [""; 2],
};

/// Some work for each row, so that it takes a while.
const FOLDED: &str = "touched = touched + 1, folded = (
    with recursive counted (n) as (
      select 1 + 0 * length(title) union all select n + 1 from counted where n < 1000)
    select lower(title) from counted where n = 1000)";

fn at_once<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

struct Scene {
    home: tempfile::TempDir,
    url: String,
    _postgres: Option<Postgres>,
}

impl Scene {
    /// A database of the first release, with songs in it.
    fn with_songs(rows: u64, postgres: Option<Postgres>) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("data")).unwrap();
        let own = format!("sqlite:{}", home.path().join("data/rookery.db").display());
        let url = postgres.as_ref().map_or(own, |postgres| postgres.url().to_owned());
        let scene = Self { home, url, _postgres: postgres };
        let songs = json!({"number": 9001, "name": "songs", "is_contract": false, "known_at_least": 15,
            "up": "create table trial_songs (id text not null primary key, title text)",
            "down": "drop table trial_songs"});
        let room = json!({"number": 9002, "name": "folded", "is_contract": false, "known_at_least": 15,
            "up": "alter table trial_songs add column folded text;
                   alter table trial_songs add column touched bigint not null default 0",
            "down": "alter table trial_songs drop column folded; alter table trial_songs drop column touched"});
        let contract = json!({"number": 9003, "name": "without_titles", "is_contract": true, "known_at_least": 9003,
            "up": "alter table trial_songs drop column title",
            "down": "alter table trial_songs add column title text"});
        let fold = json!({"number": 9002, "name": FOLD.name, "table": FOLD.table, "key": FOLD.key,
            "lacks": FOLD.lacks, "set": FOLDED});
        for (name, steps, backfills) in
            [("first", json!([songs]), json!([])), ("third", json!([songs, room, contract]), json!([fold]))]
        {
            let text = json!({"steps": steps, "backfills": backfills}).to_string();
            std::fs::write(scene.release(name), text).unwrap();
        }
        assert!(scene.say("first", &["migrate", "up"]).is_ok());
        let rows: Vec<String> = (0..rows).map(|row| format!("('song-{row:05}', 'Title {row}')")).collect();
        scene.script(&format!("insert into trial_songs (id, title) values {}", rows.join(", ")));
        scene
    }

    /// The file of a release's migrations.
    fn release(&self, name: &str) -> PathBuf {
        self.home.path().join(format!("{name}.json"))
    }

    fn args(&self, release: &str) -> Vec<String> {
        let file = self.release(release).display().to_string();
        ["--trial-migrations", &file, "--database-url", &self.url].map(str::to_owned).into()
    }

    /// A server of a release.
    fn server(&self, release: &str) -> Rookery {
        let data = Some(self.home.path().join("data"));
        let args = self.args(release);
        let options = testkit::Options { args, data, is_set_up: true, ..testkit::Options::default() };
        Rookery::with(program(), options)
    }

    /// What a command of a release says.
    fn say(&self, release: &str, words: &[&str]) -> Result<String, String> {
        let data = self.home.path().join("data").display().to_string();
        let own = [&["--data".to_owned(), data][..], &self.args(release)].concat();
        let args: Vec<&str> = own.iter().map(String::as_str).chain(words.iter().copied()).collect();
        let output = run(program(), &args, self.home.path());
        let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.say("third", &["migrate", "status", "--json"]).unwrap()).unwrap()
    }

    fn progress(&self) -> Progress {
        at_once(async {
            let database = Database::open(&self.url, Options::default()).await.unwrap();
            let found =
                backfill::progress(&database, &FOLD, WallTime::from_micros(0)).await.unwrap().unwrap();
            database.close().await;
            found
        })
    }

    fn script(&self, sql: &str) {
        at_once(async {
            let database = Database::open(&self.url, Options::default()).await.unwrap();
            database.run_script(sql).await.unwrap();
            database.close().await;
        });
    }

    /// No row of a table is so.
    fn none(&self, table: &str, condition: &str) {
        self.script(&format!(
            "create table trial_none (count bigint not null check (count = 0));
             insert into trial_none (count) select count(*) from {table} where {condition};
             drop table trial_none"
        ));
    }

    /// Puts the description of a release there that knows this much.
    fn kept_release(&self, newest: u32) -> (PathBuf, String) {
        let built_at = Instant::from_seconds(1_795_295_220).unwrap();
        let (commit, program) = ("b".repeat(40), Sealed::of(b"program"));
        let manifest = Manifest {
            format: release::FORMAT,
            id: format!("20261121T210700Z-bbbbbbb-{}", &program.sha256.to_string()[..8]).parse().unwrap(),
            commit,
            is_modified: false,
            built_at,
            facts: Facts {
                name: "rookery".to_owned(),
                version: "0.1.0".to_owned(),
                target: "x86_64-linux-gnu".to_owned(),
                profile: Profile::Release,
                schema: Schema { newest, known_at_least: 15 },
                protocol: Range { min: 2, max: 2 },
            },
            program,
            upload: Sealed::of(b"small"),
            components: Sealed::of(b"{}"),
            image: None,
        };
        let releases = self.home.path().join("releases");
        let folder = releases.join(manifest.id.as_str());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("release.json"), manifest.to_bytes().unwrap()).unwrap();
        (releases, manifest.id.to_string())
    }
}

/// Killed again and again, told to end in the middle, ended by hand: every row once.
fn every_row_is_brought_along_once(scene: &Scene) {
    let mut server = scene.server("third");
    let mut before = 0;
    for _ in 0..2 {
        eventually("the backfill goes on", PATIENCE, || (scene.progress().seen > before).then_some(()));
        server.kill();
        let found = scene.progress();
        before = found.seen;
        assert!(!found.is_finished && before < ROWS, "too fast to be killed in the middle: {found:?}");
        assert_eq!((found.changed, found.expected, found.round), (before, ROWS, 1));
        // The place that was reached, and the rows up to it.
        scene.none("trial_songs", "touched > 1 or (touched = 1) <> (folded is not null)");
        scene.none("trial_songs", &format!("(touched = 1) <> (id < 'song-{before:05}')"));
        server.restart();
    }
    eventually("the backfill goes on", PATIENCE, || (scene.progress().seen > before).then_some(()));
    let metrics = server.site().send(testkit::Request::new("GET", "/metrics")).text();
    assert!(metrics.contains("backfill_rows_seen{name=\"fold_titles\"}"), "{metrics}");
    assert_eq!(server.terminate().code, Some(0));
    scene.none("schema_backfills", "finished_at is not null or holder is not null");
    let said = scene.say("third", &["migrate", "backfill"]).unwrap();
    assert!(said.contains("backfill fold_titles is finished: 3000 rows were brought along"), "{said}");
    scene.none("trial_songs", "touched <> 1 or folded <> lower(title)");
    let status = &scene.status()["backfills"][0];
    assert_eq!((&status["round"], &status["is_finished"]), (&json!(1), &json!(true)), "{status}");
}

#[test]
fn a_backfill_that_is_killed_in_the_middle_brings_every_row_along_once() {
    every_row_is_brought_along_once(&Scene::with_songs(ROWS, None));
}

#[test]
fn a_backfill_that_is_killed_in_the_middle_brings_every_row_along_once_on_postgres() {
    every_row_is_brought_along_once(&Scene::with_songs(ROWS, Some(Postgres::start())));
}

#[test]
fn a_contract_waits_for_whoever_needs_what_goes_and_then_nobody_goes_back_behind_it() {
    let scene = Scene::with_songs(10, None);
    // The third release comes beside the first, and takes nothing away.
    let mut first = scene.server("first");
    let mut third = scene.server("third");
    eventually("the rows are brought along", PATIENCE, || (scene.progress().changed == 10).then_some(()));
    assert_eq!(scene.status()["contracts"], json!(["9003_without_titles"]));
    assert!(scene.say("third", &["migrate", "status"]).unwrap().contains("waits 9003_without_titles"));
    let dry = scene.say("third", &["migrate", "contract"]).unwrap();
    for said in
        ["lose trial_songs.title in 10 rows", "fold_titles is not finished", "knows migrations up to 9001"]
    {
        assert!(dry.contains(said), "{said}: {dry}");
    }
    let refused = scene.say("third", &["migrate", "contract", "--yes"]).unwrap_err();
    assert!(
        refused.contains("nothing was taken away") && refused.contains("no place for backups"),
        "{refused}"
    );
    first.terminate();
    eventually("the backfill ends with the first release", PATIENCE, || {
        scene.progress().is_finished.then_some(())
    });

    // A release that is kept to go back to, and no backup yet.
    let (releases, id) = scene.kept_release(9002);
    let place = format!("file:{}", scene.home.path().join("backups").display());
    let asked = |words: &[&str]| {
        let own = ["--backup-to", &place, "migrate", "contract", "--releases", releases.to_str().unwrap()];
        scene.say("third", &[&own, words].concat())
    };
    let refused = asked(&["--yes"]).unwrap_err();
    assert!(refused.contains(&id) && refused.contains("no backup was ever made"), "{refused}");
    scene.say("third", &["--backup-to", &place, "backup", "create"]).unwrap();
    let refused = asked(&["--yes"]).unwrap_err();
    assert!(refused.contains(&id) && !refused.contains("backup"), "{refused}");

    let gone = scene.home.path().join("gone.jsonl");
    let done = asked(&["--yes", "--without-way-back", "--export", gone.to_str().unwrap()]).unwrap();
    assert!(done.contains("9003_without_titles is done") && done.contains("gone.jsonl"), "{done}");
    assert_eq!(std::fs::read_to_string(&gone).unwrap().lines().count(), 10);
    assert_eq!(scene.status()["known_at_least"], 9003);
    third.terminate();
    third.restart();
    third.terminate();

    // The way back is closed, and says so.
    for words in [&["migrate", "check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let refused = scene.say("first", words).unwrap_err();
        assert!(refused.contains("was migrated by a newer release"), "{words:?}: {refused}");
    }
    // Until what was taken is put back, which the older release can do by itself.
    let back = scene.say("first", &["migrate", "down", "1", "--from", gone.to_str().unwrap()]).unwrap();
    assert!(back.contains("9003_without_titles") && back.contains("10 rows were put back"), "{back}");
    scene.none("trial_songs", "title is null or lower(title) <> folded");
    scene.say("first", &["migrate", "check"]).unwrap();
    assert!(Path::new(&scene.home.path().join("data")).exists());
}

#[test]
fn a_backfill_that_fails_is_counted_and_people_are_served_all_the_same() {
    let scene = Scene::with_songs(3, None);
    let text = std::fs::read_to_string(scene.release("third")).unwrap();
    let mut release: Value = serde_json::from_str(&text).unwrap();
    release["backfills"][0]["set"] = json!("folded = json(title)");
    std::fs::write(scene.release("wrong"), release.to_string()).unwrap();
    let server = scene.server("wrong");
    let ask = |path: &str| server.site().send(testkit::Request::new("GET", path));
    eventually("a batch failed", PATIENCE, || {
        ask("/metrics").text().contains("backfill_failures_total{name=\"fold_titles\"}").then_some(())
    });
    assert_eq!(ask("/ready").status, 200);
    scene.none("trial_songs", "folded is not null");
}
