//! Migrations tried on a backup of PostgreSQL, through the real program: in a database that is made on the same server and is
//! gone afterwards, however it ends, or in one that somebody has made.

use crate::program;
use database::scratch::{self, Left};
use database::{Database, Options};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::future::Future;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use testkit::{Postgres, eventually, run};

/// Long enough for a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(120);
const PREFIX: &str = "rookery_rehearsal_";
/// Migrations of a release that comes: one that works, one that does not, one that takes its time.
const GOOD: &str =
    "create table trial_songs (id text not null primary key); insert into trial_songs (id) values ('a')";
const BAD: &str = "create table trial_songs (id text not null primary key); select no_such_function()";
const SLOW: &str = "select pg_sleep(3)";

fn at_once<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The databases for rehearsals of whoever connects so.
fn left_by(url: &str) -> Vec<Left> {
    at_once(async {
        let database = Database::open(url, Options::default()).await.unwrap();
        let left = scratch::left(&database, PREFIX).await.unwrap();
        database.close().await;
        left
    })
}

/// A database of PostgreSQL with a backup, and releases that would come.
struct Scene {
    home: tempfile::TempDir,
    postgres: Postgres,
}

impl Scene {
    fn start() -> Self {
        let scene = Self { home: tempfile::tempdir().unwrap(), postgres: Postgres::start() };
        for (name, up) in [("good", GOOD), ("bad", BAD), ("slow", SLOW)] {
            let step = json!({"number": 9001, "name": "songs", "is_contract": false, "known_at_least": 15,
                "up": up, "down": "drop table if exists trial_songs"});
            let text = json!({"steps": [step], "backfills": []}).to_string();
            std::fs::write(scene.home.path().join(format!("{name}.json")), text).unwrap();
        }
        scene.say(scene.postgres.url(), &["migrate", "up"]).unwrap();
        scene.say(scene.postgres.url(), &["backup", "create"]).unwrap();
        scene
    }

    fn args(&self, url: &str) -> Vec<String> {
        let (data, place) = (self.home.path().join("data"), self.home.path().join("backups"));
        let (data, place) = (data.display().to_string(), format!("file:{}", place.display()));
        ["--data", &data, "--backup-to", &place, "--database-url", url].map(str::to_owned).into()
    }

    fn release(&self, name: &str) -> [String; 2] {
        ["--trial-migrations".to_owned(), self.home.path().join(format!("{name}.json")).display().to_string()]
    }

    /// What a command says.
    fn say(&self, url: &str, words: &[&str]) -> Result<String, String> {
        let own = self.args(url);
        let args: Vec<&str> = own.iter().map(String::as_str).chain(words.iter().copied()).collect();
        let output = run(program(), &args, self.home.path());
        let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// What a rehearsal of a release says.
    fn rehearse(&self, release: &str, words: &[&str]) -> Result<String, String> {
        let [flag, file] = self.release(release);
        self.say(self.postgres.url(), &[&[&*flag, &*file, "migrate", "rehearse"], words].concat())
    }

    /// A rehearsal that takes its time, when its database is there.
    fn under_way(&self) -> Child {
        let child = Command::new(program())
            .args(self.args(self.postgres.url()))
            .args(self.release("slow"))
            .args(["migrate", "rehearse"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually("a rehearsal is under way", PATIENCE, || (!self.left().is_empty()).then_some(()));
        child
    }

    /// The address of another database there, for another role if need be.
    fn other(&self, database: &str, role: Option<&str>) -> String {
        let url = self.postgres.url().replace("/postgres", &format!("/{database}"));
        role.map_or(url.clone(), |role| url.replace("//rookery:", &format!("//{role}:")))
    }

    fn script(&self, sql: &str) {
        at_once(async {
            let database = Database::open(self.postgres.url(), Options::default()).await.unwrap();
            database.run_script(sql).await.unwrap();
            database.close().await;
        });
    }

    fn left(&self) -> Vec<Left> {
        left_by(self.postgres.url())
    }

    fn names_left(&self) -> Vec<String> {
        self.left().into_iter().map(|left| left.name).collect()
    }

    /// Nobody has touched what people use.
    fn is_untouched(&self) {
        let [flag, file] = self.release("good");
        let status = self.say(self.postgres.url(), &[&flag, &file, "migrate", "status", "--json"]).unwrap();
        let status: Value = serde_json::from_str(&status).unwrap();
        assert_eq!(status["pending"], json!(["9001_songs"]), "{status}");
    }
}

#[test]
fn a_release_is_rehearsed_on_postgres_in_a_database_of_its_own() {
    let scene = Scene::start();
    let own = program().to_str().unwrap();
    let said = scene.rehearse("good", &["--before", own]).unwrap();
    for part in ["9001_songs in ", "the release before works with the result", "would lose", "trial_songs"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    scene.is_untouched();
    assert_eq!(scene.names_left(), Vec::<String>::new());
    // A release before that cannot work with it.
    let refused = scene.rehearse("good", &["--before", "/bin/false"]).unwrap_err();
    assert!(refused.contains("cannot work with the result"), "{refused}");
    assert_eq!(scene.names_left(), Vec::<String>::new());
    // And no dump is left on the disk.
    let left = std::fs::read_dir(scene.home.path().join("data")).unwrap().flatten();
    assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().contains("rehearsal")));
}

#[test]
fn a_migration_that_fails_on_the_copy_leaves_postgres_as_it_was() {
    let scene = Scene::start();
    let said = scene.rehearse("bad", &[]).unwrap_err();
    assert!(
        said.contains("the rehearsal failed: on the backup:") && said.contains("no_such_function"),
        "{said}"
    );
    scene.is_untouched();
    assert_eq!(scene.names_left(), Vec::<String>::new());
}

#[test]
fn what_a_killed_rehearsal_left_on_postgres_goes_with_the_next() {
    let scene = Scene::start();
    // Asked to end, it cleans up itself.
    let mut child = scene.under_way();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(!child.wait().unwrap().success());
    assert_eq!(scene.names_left(), Vec::<String>::new());
    // Killed, it cannot; the server works on for a moment, and the next one after that removes it.
    let mut child = scene.under_way();
    child.kill().unwrap();
    child.wait().unwrap();
    let [killed] = &scene.left()[..] else { panic!("{:?}", scene.left()) };
    assert!(killed.about.as_ref().unwrap().starts_with("rookery rehearsal, begun 2"), "{killed:?}");
    eventually("the server notices", PATIENCE, || (!scene.left()[0].is_used).then_some(()));
    // Beside it: one that was left long ago by somebody whose connection hangs; one in which somebody rehearses; one that
    // is anybody's.
    for (name, about) in [
        ("old", "rookery rehearsal, begun 2020-01-01T00:00:00Z"),
        ("used", "rookery rehearsal, begun 2999-01-01T00:00:00Z"),
        ("theirs", "of ours"),
    ] {
        scene.script(&format!("create database {PREFIX}{name} template template0"));
        scene.script(&format!("comment on database {PREFIX}{name} is '{about}'"));
    }
    let connected = |name: &str| {
        let url = scene.other(&format!("{PREFIX}{name}"), None);
        Command::new("psql").arg(url).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
    };
    let mut connections = [connected("old"), connected("used")];
    eventually("both are connected", PATIENCE, || {
        (scene.left().iter().filter(|left| left.is_used).count() == 2).then_some(())
    });
    scene.rehearse("good", &[]).unwrap();
    assert_eq!(scene.names_left(), [format!("{PREFIX}theirs"), format!("{PREFIX}used")]);
    for connection in &mut connections {
        let _gone_already = connection.kill();
        connection.wait().unwrap();
    }
}

#[test]
fn a_role_that_may_not_make_databases_is_told_what_to_grant_or_rehearses_in_one_that_is_named() {
    let scene = Scene::start();
    let url = scene.postgres.url();
    let password = url.split_once("//rookery:").unwrap().1.split_once('@').unwrap().0;
    scene.script(&format!("create role singer login password '{password}'"));
    scene.script("create database choir owner singer template template0");
    scene.script("create database hall owner singer template template0");
    let choir = scene.other("choir", Some("singer"));
    scene.say(&choir, &["migrate", "up"]).unwrap();
    let [flag, file] = scene.release("good");
    let rehearse =
        |words: &[&str]| scene.say(&choir, &[&[&*flag, &*file, "migrate", "rehearse"], words].concat());
    let said = rehearse(&[]).unwrap_err();
    for part in ["the role singer may not make a database", "ALTER ROLE \"singer\" CREATEDB", "--into URL"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains(password), "{said}");
    // What people use is never what is named.
    let said = rehearse(&["--into", &choir]).unwrap_err();
    assert!(said.contains("is not empty: nothing was touched"), "{said}");
    let said = rehearse(&["--into", "sqlite:x"]).unwrap_err();
    assert!(said.contains("--into is the address of a database of PostgreSQL"), "{said}");
    // One that is empty is so again, and serves the next time too.
    let hall = scene.other("hall", Some("singer"));
    for _ in 0..2 {
        let said = rehearse(&["--into", &hall]).unwrap();
        assert!(said.contains("9001_songs in ") && !said.contains("could not"), "{said}");
    }
    scene.script("alter role singer createdb");
    let said = rehearse(&[]).unwrap();
    assert!(said.contains("9001_songs in "), "{said}");
    scene.is_untouched();
    assert_eq!(left_by(&choir), []);
}

/// The folders of rehearsals in a data folder.
fn folders(data: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(data).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".backup-rehearsal-")).collect()
}

#[test]
fn the_folder_that_a_killed_rehearsal_left_goes_with_the_next_and_that_of_another_stays() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let place = format!("file:{}", home.path().join("backups").display());
    let own = ["--data", data.to_str().unwrap(), "--backup-to", &place];
    let say = |words: &[&str]| {
        let output = run(program(), &[&own[..], words].concat(), home.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    std::fs::create_dir(&data).unwrap();
    say(&["migrate", "up"]);
    say(&["backup", "create"]);
    // A release before that takes its time: for as long as it is asked.
    let slow = home.path().join("slow");
    std::fs::write(&slow, "#!/bin/sh\nwhile kill -0 $PPID 2>/dev/null; do sleep 0.1; done\n").unwrap();
    std::fs::set_permissions(&slow, std::fs::Permissions::from_mode(0o755)).unwrap();
    let begin = |there: usize| {
        let words = ["migrate", "rehearse", "--before", slow.to_str().unwrap()];
        let mut command = Command::new(program());
        command.args(own).args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        eventually("it has a folder", PATIENCE, || (folders(&data).len() == there).then_some(()));
        child
    };
    let mut killed = begin(1);
    let left = folders(&data);
    let mut other = begin(2);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(folders(&data).is_superset(&left));
    say(&["migrate", "rehearse"]);
    assert_eq!(folders(&data).len(), 1);
    assert!(folders(&data).is_disjoint(&left));
    kill_process(Pid::from_child(&other), Signal::TERM).unwrap();
    assert!(!other.wait().unwrap().success());
    assert_eq!(folders(&data), BTreeSet::new());
}
