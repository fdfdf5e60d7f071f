//! An environment whose data is in PostgreSQL, changed on its machine: its backups are dumps, its migrations are rehearsed in
//! a database beside it, and what goes wrong there never touches the one that people use.

use crate::changes::{SOAK, STEP_MAX, WORKERS, bring, gate, goes_well, journal, open, said, serves, steps};
use crate::cook::{Cook, GOOD};
use crate::load::Load;
use crate::releases::runtime;
use crate::stage::Stage;
use database::scratch::{self, Left};
use database::{Database, Options};
use release::ReleaseId;
use serde_json::{Value, json};
use std::fs;
use testkit::{Actor as _, Browser, Postgres, eventually};

const BACKUPS: &str = "backups = { to = [\"file:/var/lib/rookery/test/backups\"] }";
/// Of a role that may do no more than it needs.
const PASSWORD: &str = "wren-and-lark";
const ADDED: &str =
    "create table trial_songs (id text not null primary key); insert into trial_songs (id) values ('a')";
const BROKEN: &str = "create table trial_chords (id text not null primary key); select no_such_function()";

/// A machine, the server its data is in, and the address that the environment has.
struct Scene {
    // The machine goes first: nobody is connected with what goes next.
    stage: Stage,
    cook: Cook,
    postgres: Postgres,
    url: String,
}

impl Scene {
    fn open() -> (Self, Browser) {
        let postgres = Postgres::start();
        let place = postgres.url().split_once('@').unwrap().1.replace("/postgres", "/choir");
        let url = format!("postgres://choir:{PASSWORD}@{place}");
        script(postgres.url(), &format!("create role choir login createdb password '{PASSWORD}'"));
        script(postgres.url(), "create database choir owner choir template template0");
        let (stage, ada, cook) = open(&format!("{SOAK}\n{BACKUPS}\ndatabase = \"{url}\""));
        (Self { stage, cook, postgres, url }, ada)
    }

    /// A release with a migration more than the ones before, put on the machine.
    fn with_migration(&self, minute: u32, name: &str, up: &str, down: &str) -> ReleaseId {
        let step = json!({"number": 9001, "name": name, "is_contract": false, "known_at_least": 15,
            "up": up, "down": down});
        let file = self.stage.machine.shared().join(format!("{name}.json"));
        fs::write(file, json!({"steps": [step], "backfills": []}).to_string()).unwrap();
        let program = format!("exec /machine/rookery --trial-migrations /machine/{name}.json \"$@\"\n");
        self.cook.put_changed(&self.stage, minute, &program, |facts| facts.schema.newest = 9001)
    }

    /// What a release says of the schema, asked as the service is.
    fn status(&self, release: &ReleaseId) -> Value {
        let program = format!("{}/{release}/bin/rookery", self.stage.layout.releases());
        let words = [&*program, "--config", "/etc/rookery/test/rookery.toml", "--environment", "test"];
        let words =
            [&words[..], &["--data", "/var/lib/rookery/test", "migrate", "status", "--json"]].concat();
        serde_json::from_str(&goes_well(&self.stage.machine.run(&words))).unwrap()
    }

    /// No rehearsal has left anything, on the server or on the disk.
    fn nothing_is_left(&self) {
        let left: Vec<Left> = at_once(async {
            let database = Database::open(&self.url, Options::default()).await.unwrap();
            let left = scratch::left(&database, "rookery_").await.unwrap();
            database.close().await;
            left
        });
        assert_eq!(left, []);
        let data = fs::read_dir(self.stage.machine.path("/var/lib/rookery/test")).unwrap().flatten();
        let scratch: Vec<_> = data.map(|entry| entry.file_name().display().to_string()).collect();
        assert!(scratch.iter().all(|name| !name.starts_with(".backup-")), "{scratch:?}");
        assert!(!scratch.iter().any(|name| name == "rookery.db"), "nothing of it is in SQLite: {scratch:?}");
    }
}

fn at_once<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn script(url: &str, sql: &str) {
    at_once(async {
        let database = Database::open(url, Options::default()).await.unwrap();
        database.run_script(sql).await.unwrap();
        database.close().await;
    });
}

/// What the nest is called by whoever answers.
fn named(ada: &Browser) -> Value {
    ada.main_nest()["state"]["settings"]["name"].clone()
}

fn what(stage: &Stage, change: u64, step: &str) -> String {
    let line = journal(stage).into_iter().rfind(|line| line["change"] == change && line["step"] == step);
    let line = line.unwrap();
    line["said"].as_str().unwrap().to_owned()
}

#[test]
fn an_environment_on_postgres_is_migrated_gone_back_from_and_nobody_notices() {
    let (scene, ada) = Scene::open();
    let stage = &scene.stage;
    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::gentle(stage.site.address(), WORKERS, &ada.cookie);

    let one = scene.cook.put(stage, 1, GOOD);
    goes_well(&bring(stage, &format!("deploy {one}"), 1));
    let backup = what(stage, 1, "rehearsing");
    assert!(backup.contains("restored and sound"), "{backup}");
    ada.command("configure", json!({"name": "Written by the first"})).ok();

    let two = scene.with_migration(2, "songs", ADDED, "drop table trial_songs");
    goes_well(&bring(stage, &format!("deploy {two}"), 2));
    serves(stage, two.as_str());
    let rehearsed = what(stage, 2, "switching");
    for part in ["9001_songs in ", "the release before works with the result", "would lose", "trial_songs"] {
        assert!(rehearsed.contains(part), "{part}: {rehearsed}");
    }
    assert_eq!(scene.status(&two)["pending"], json!([]));
    script(&scene.url, "insert into trial_songs (id) values ('b')");
    assert_eq!(named(&ada), "Written by the first");
    ada.command("configure", json!({"name": "Written by the second"})).ok();

    // The release before works on the database as it is, with what came since.
    goes_well(&gate(stage, "rollback"));
    serves(stage, one.as_str());
    assert_eq!(named(&ada), "Written by the second");
    assert_eq!(scene.status(&one)["unknown"], json!(["9001_songs"]));
    let load = runtime.block_on(load.end());
    drop(entered);
    assert!(load.answered() > 500, "{}", load.answered());
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    scene.nothing_is_left();
}

#[test]
fn a_migration_that_does_not_work_on_postgres_leaves_the_live_database_untouched() {
    let (scene, ada) = Scene::open();
    let stage = &scene.stage;
    ada.command("configure", json!({"name": "As it was"})).ok();
    let before = scene.status(&scene.cook.put(stage, 1, GOOD));
    let broken = scene.with_migration(2, "chords", BROKEN, "drop table trial_chords");
    let refused = bring(stage, &format!("deploy {broken}"), 1);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("no_such_function"), "{}", said(&refused));
    assert_eq!(steps(stage, 1), ["begun", "checking", "backing_up", "rehearsing", "abandoned"]);
    assert_eq!(scene.status(&broken)["pending"], json!(["9001_chords"]));
    assert_eq!(scene.status(&broken)["applied"], before["applied"]);
    // Not even the part that works.
    script(&scene.url, "create table trial_chords (id text)");
    serves(stage, crate::stage::GOOD);
    assert_eq!(named(&ada), "As it was");
    scene.nothing_is_left();
    // Nor where there is nothing to rehearse in: whoever may not make a database is told so before anything is done.
    script(scene.postgres.url(), "alter role choir nocreatedb");
    let refused = bring(stage, &format!("deploy {broken}"), 2);
    assert!(said(&refused).contains("CREATEDB"), "{}", said(&refused));
    eventually("it is abandoned", STEP_MAX, || {
        steps(stage, 2).last().is_some_and(|last| last == "abandoned").then_some(())
    });
    serves(stage, crate::stage::GOOD);
}
