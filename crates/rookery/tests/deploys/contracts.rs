//! What no release needs any more is taken away on a machine: not while something there still needs it, and afterwards what
//! needs it does not come back until it is put back.

use crate::changes::{SOAK, STEP_MAX, WORKERS, bring, gate, goes_well, open, said, serves, steps};
use crate::cook::{Cook, GOOD};
use crate::load::Load;
use crate::releases::runtime;
use crate::stage::Stage;
use release::ReleaseId;
use serde_json::{Value, json};
use std::fs;
use std::process::Output;
use testkit::eventually;

/// Migrations of the release that comes: room for something else, and what then takes the old away.
fn steps_of_next() -> Value {
    json!({"steps": [
        {"number": 9001, "name": "songs", "is_contract": false, "known_at_least": 15,
         "up": "create table trial_songs (id text not null primary key, title text); \
                insert into trial_songs (id, title) values ('a', 'Rooks at dawn')",
         "down": "drop table trial_songs"},
        {"number": 9002, "name": "without_titles", "is_contract": true, "known_at_least": 9002,
         "up": "alter table trial_songs drop column title",
         "down": "alter table trial_songs add column title text"}
    ], "backfills": []})
}

struct Scene {
    stage: Stage,
    one: ReleaseId,
    two: ReleaseId,
    /// The newest migration that the first of them knows.
    known: u32,
}

impl Scene {
    /// With a release, and the one that will not need what goes, both on the machine.
    fn put(stage: Stage, cook: &Cook) -> Self {
        let file = stage.machine.shared().join("next.json");
        fs::write(file, steps_of_next().to_string()).unwrap();
        let one = cook.put(&stage, 1, GOOD);
        let next = "exec /machine/rookery --trial-migrations /machine/next.json \"$@\"\n";
        let mut known = 0;
        let two = cook.put_changed(&stage, 2, next, |facts| {
            known = std::mem::replace(&mut facts.schema.newest, 9002);
        });
        Self { stage, one, two, known }
    }

    /// A command of the release that comes, run as the service is.
    fn as_service(&self, words: &[&str]) -> Output {
        let program = format!("{}/{}/bin/rookery", self.stage.layout.releases(), self.two);
        let own = ["runuser", "-u", "rookery-test", "--", &program];
        let own =
            [&own[..], &["--config", "/etc/rookery/test/rookery.toml", "--environment", "test"]].concat();
        self.stage.machine.run(&[&own[..], &["--data", "/var/lib/rookery/test", "migrate"], words].concat())
    }

    fn contract(&self, more: &[&str]) -> Output {
        self.as_service(&[&["contract", "--yes", "--without-backup"], more].concat())
    }

    /// The contract was refused for these reasons, and nothing was touched.
    #[track_caller]
    fn is_refused(&self, refused: &Output, reasons: &[&str]) {
        let said = said(refused);
        assert!(!refused.status.success(), "{said}");
        for reason in reasons {
            assert!(said.contains(reason), "{reason}: {said}");
        }
        assert_eq!(self.status()["contracts"], json!(["9002_without_titles"]));
    }

    fn status(&self) -> Value {
        serde_json::from_str(&goes_well(&self.as_service(&["status", "--json"]))).unwrap()
    }
}

#[test]
fn a_contract_waits_for_every_older_release_and_then_keeps_them_from_coming() {
    let (stage, ada, cook) = open(SOAK);
    let scene = Scene::put(stage, &cook);
    let Scene { stage, one, two, known } = &scene;
    goes_well(&bring(stage, &format!("deploy {one} --without-backup"), 1));
    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::gentle(stage.site.address(), WORKERS, &ada.cookie);

    // The older one serves, and is kept.
    scene.is_refused(&scene.contract(&["--without-way-back"]), &["9001_songs is not applied"]);
    goes_well(&scene.as_service(&["up"]));
    let needs = format!("knows migrations up to {known:04}");
    scene.is_refused(&scene.contract(&["--without-way-back"]), &["a process of release", &needs]);
    serves(stage, one.as_str());

    // The newer one serves, and the older one stands by, to be gone back to.
    goes_well(&bring(stage, &format!("deploy {two} --without-backup"), 2));
    let kept = format!("the release {one} is kept to go back to");
    scene.is_refused(&scene.contract(&[]), &[&kept, "--without-way-back"]);
    for release in [one, two] {
        goes_well(&gate(stage, &format!("rollback {release}")));
        serves(stage, release.as_str());
    }

    // Nobody wants to go back any more.
    let rows = "/var/lib/rookery/test/titles.jsonl";
    let done =
        eventually("the older one says that it is gone, and nobody writes meanwhile", STEP_MAX, || {
            let done = scene.contract(&["--without-way-back", "--export", rows]);
            done.status.success().then(|| goes_well(&done))
        });
    assert!(done.contains("9002_without_titles is done"), "{done}");
    // Neither what stands by, nor the same started anew, nor brought as if it were new.
    let refused = said(&gate(stage, &format!("rollback {one}")));
    assert!(refused.contains("/accept/open with 409"), "{refused}");
    serves(stage, two.as_str());
    goes_well(&stage.machine.run(&["/machine/rookery", "--environment", "test", "slots", "rest"]));
    for (words, number) in [(format!("rollback {one}"), 6), (format!("deploy {one} --without-backup"), 7)] {
        let refused = said(&gate(stage, &words));
        let asked = format!(
            "the database asks for a release that knows migration 9002, since a contract took away what {one} needs, which \
             knows {known}: `rookery migrate down` puts it back"
        );
        assert!(refused.contains(&asked), "{refused}");
        eventually("it is abandoned", STEP_MAX, || {
            steps(stage, number).last().is_some_and(|last| last == "abandoned").then_some(())
        });
        assert_eq!(steps(stage, number), ["begun", "checking", "abandoned"]);
        serves(stage, two.as_str());
    }

    // Put back, with what was in it: from then on the older one may come again.
    goes_well(&scene.as_service(&["down", "1", "--from", rows]));
    assert_eq!(scene.status()["contracts"], json!(["9002_without_titles"]));
    goes_well(&gate(stage, &format!("rollback {one}")));
    serves(stage, one.as_str());
    let load = runtime.block_on(load.end());
    drop(entered);
    assert!(load.answered() > 500, "{}", load.answered());
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    let title = "import sqlite3; print(sqlite3.connect('/var/lib/rookery/test/rookery.db').execute('select title from \
                 trial_songs').fetchall())";
    let titles = goes_well(&stage.machine.run(&["python3", "-c", title]));
    assert_eq!(titles.trim(), "[('Rooks at dawn',)]");
}
