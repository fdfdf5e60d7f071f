//! The real program with PostgreSQL behind a pooler that hands its sessions around: it serves, is migrated and comes back, and
//! what cannot go through a pooler says so before it does any harm.

use crate::program;
use database::scratch;
use database::{Database, Options as Connecting};
use serde_json::{Value, json};
use std::path::PathBuf;
use testkit::{Actor as _, EventStream, Options, Pgbouncer, Postgres, Rookery, run, sound};

/// Few, so that nobody keeps one.
const SESSIONS: usize = 3;

struct Scene {
    home: tempfile::TempDir,
    pooler: Pgbouncer,
    postgres: Postgres,
}

impl Scene {
    fn start() -> Self {
        let postgres = Postgres::start();
        let pooler = Pgbouncer::start(&postgres, SESSIONS);
        Self { home: tempfile::tempdir().unwrap(), pooler, postgres }
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// What a command says, with the database behind the pooler.
    fn say(&self, words: &[&str]) -> Result<String, String> {
        let (data, place) = (self.data(), format!("file:{}", self.home.path().join("backups").display()));
        let own =
            ["--data", data.to_str().unwrap(), "--database-url", self.pooler.url(), "--backup-to", &place];
        let output = run(program(), &[&own[..], words].concat(), self.home.path());
        let [told, wrong] =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        if output.status.success() { Ok(told) } else { Err(told + &wrong) }
    }

    /// A server with the same data.
    fn server(&self, is_set_up: bool) -> Rookery {
        let args = ["--database-url", self.pooler.url()].map(str::to_owned).to_vec();
        let data = Some(self.data());
        Rookery::with(program(), Options { args, data, is_set_up, ..Options::default() })
    }
}

fn offset(position: &str) -> u64 {
    position.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[test]
fn two_servers_behind_a_pooler_serve_are_migrated_and_come_back() {
    let scene = Scene::start();
    let mut here = scene.server(false);
    let ada = here.administrator();
    let there = scene.server(true);
    let ada_there = ada.at(there.site());
    ada.command("configure", json!({"autofill": false})).ok();
    let track = ada.add_track("short.wav", &sound::wav(440, 60_000));

    let mut heard = EventStream::open(&ada_there, None);
    let mut last = offset(&heard.position());
    for percent in 1..=20 {
        let writer = if percent % 3 == 0 { &ada_there } else { &ada };
        let written = writer.command("volume", json!({"percent": percent})).ok()["offset"].as_u64().unwrap();
        while last < written {
            let event = heard.next_event().expect("the stream goes on");
            assert_eq!(offset(&event.id), last + 1, "a hole, or an event twice");
            last += 1;
        }
    }
    ada_there.add(&track);

    // While both serve.
    let step = json!({"number": 9001, "name": "songs", "is_contract": false, "known_at_least": 15,
        "up": "create table trial_songs (id text not null primary key)", "down": "drop table trial_songs"});
    let file = scene.home.path().join("next.json");
    std::fs::write(&file, json!({"steps": [step], "backfills": []}).to_string()).unwrap();
    let next = ["--trial-migrations", file.to_str().unwrap()];
    let done = scene.say(&[&next[..], &["migrate", "up"]].concat()).unwrap();
    assert!(done.contains("9001_songs"), "{done}");
    let status = scene.say(&[&next[..], &["migrate", "status", "--json"]].concat()).unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!((&status["pending"], &status["unknown"]), (&json!([]), &json!([])));
    let done = scene.say(&["migrate", "down"]).unwrap();
    assert!(done.contains("9001_songs"), "{done}");

    here.kill();
    ada_there.command("volume", json!({"percent": 77})).ok();
    here.restart();
    let nest = ada.at(here.site()).main_nest();
    assert_eq!(nest["offset"], ada_there.main_nest()["offset"], "{nest}");
    assert_eq!(nest["state"]["volume_percent"], 77, "{nest}");
    assert_eq!(nest["state"]["playing"]["entry"]["track"]["id"], track.as_str(), "{nest}");
    for server in [&here, &there] {
        let log = server.log();
        assert!(log.contains("a pooler hands connections to PostgreSQL around"), "{log}");
        assert!(!log.contains("ERROR") && !log.contains("prepared statement"), "{log}");
    }
}

#[test]
fn backups_and_rehearsals_get_past_a_pooler_or_say_how() {
    let scene = Scene::start();
    scene.say(&["migrate", "up"]).unwrap();
    let (direct, pooled) = (scene.postgres.url(), scene.pooler.url());
    let refused = scene.say(&["backup", "create"]).unwrap_err();
    assert!(
        refused.contains("a backup cannot go through it") && refused.contains("DATABASE_DIRECT_URL"),
        "{refused}"
    );
    let check = |more: &[&str]| {
        let words = ["--public-url", "http://127.0.0.1:9", "doctor", "--json"];
        let said = scene.say(&[more, &words].concat()).unwrap_err();
        let mut lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.find(|line| line["check"].as_str().is_some_and(|check| check.contains("pooler"))).unwrap()
    };
    let found = check(&[]);
    assert_eq!(found["outcome"], "wrong", "{found}");
    assert!(found["advice"].as_str().unwrap().contains("database_direct_url"), "{found}");

    let past = ["--database-direct-url", direct];
    let done = scene.say(&[&past[..], &["backup", "create"]].concat()).unwrap();
    assert!(done.contains("restored and sound"), "{done}");
    let done = scene.say(&[&past[..], &["migrate", "rehearse"]].concat()).unwrap();
    assert!(done.contains("Rehearsed on the backup"), "{done}");
    assert_eq!(check(&past)["outcome"], "ok");
    // What does not lead past it is no way.
    let refused = scene.say(&["--database-direct-url", pooled, "backup", "create"]).unwrap_err();
    assert!(refused.contains("a pooler stands before it, too"), "{refused}");
    // And nothing is restored through it: what `pg_restore` leaves in a session others would find.
    let refused = scene.say(&["migrate", "rehearse", "--into", pooled]).unwrap_err();
    assert!(refused.contains("a rehearsal cannot go through it"), "{refused}");
    let to = scene.home.path().join("restored");
    let refused = scene.say(&["restore", "--to", to.to_str().unwrap(), "--into", pooled]).unwrap_err();
    assert!(refused.contains("restoring cannot go through it") && !to.exists(), "{refused}");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let left = runtime.block_on(async {
        let database = Database::open(direct, Connecting::default()).await.unwrap();
        scratch::left(&database, "rookery_").await.unwrap()
    });
    assert_eq!(left, []);
}
