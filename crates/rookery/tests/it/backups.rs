//! Backups of the real program: kept while it serves and is killed, and restored by somebody at a terminal.

use crate::program;
use database::{Database, Options};
use model::{Entropy as _, SeededEntropy};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use testkit::{Request, Rookery, eventually, run};

/// What a loss of the process and of the disk may lose, in microseconds.
const LOST_MAX_US: i64 = 1_000_000;

struct Scene {
    home: tempfile::TempDir,
    rookery: Rookery,
}

impl Scene {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let args = vec!["--backup-to".to_owned(), format!("file:{}", home.path().join("backups").display())];
        let options = testkit::Options { args, ..testkit::Options::default() };
        Self { rookery: Rookery::with(program(), options), home }
    }

    fn place(&self) -> String {
        format!("file:{}", self.home.path().join("backups").display())
    }

    /// What a command says, line by line.
    fn say(&self, words: &[&str]) -> (Option<i32>, Vec<Value>) {
        let (data, place) = (self.rookery.data(), self.place());
        let data = data.display().to_string();
        let mut args = vec!["--data", &data, "--backup-to", &place];
        args.extend(words);
        let output = run(program(), &args, self.home.path());
        let said = String::from_utf8(output.stdout).unwrap();
        let lines: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
        let lines = lines.unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code(), lines)
    }

    /// Waits until so many snapshots count.
    fn wait_for(&self, count: usize) {
        eventually("a backup counts", Duration::from_secs(60), || {
            let (_, lines) = self.say(&["backup", "list", "--json"]);
            let counting = lines.iter().filter(|line| line["counts"] == true).count();
            (counting >= count).then_some(())
        });
    }

    fn restore(&self, at_us: i64) -> PathBuf {
        let to = self.home.path().join(format!("restored-{at_us}"));
        let (second, micros) = (at_us.div_euclid(1_000_000), at_us.rem_euclid(1_000_000));
        let at = format!("{}.{micros:06}Z", utc(second));
        let (code, lines) = self.say(&["restore", "--json", "--at", &at, "--to", to.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{lines:?}");
        to
    }
}

/// As in `2026-11-21T14:03:00`, from seconds since 1970.
fn utc(second: i64) -> String {
    let days = second.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let rest = second.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

#[expect(clippy::disallowed_methods, reason = "backups of a real process are about real time")]
fn now_us() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
}

/// Writes numbers as another process does, and notes when each began and was acknowledged.
async fn storm(database: &Database, for_: Duration, acknowledged: &mut Vec<(u32, i64, i64)>) {
    let until = now_us() + i64::try_from(for_.as_micros()).unwrap();
    while now_us() < until {
        let number = u32::try_from(acknowledged.len()).unwrap();
        let mut value = vec![7; 3000];
        value[..4].copy_from_slice(&number.to_be_bytes());
        let began = now_us();
        database::settings::set(database, "number", &value).await.unwrap();
        acknowledged.push((number, began, now_us()));
    }
}

async fn open(folder: &Path) -> Database {
    let url = format!("sqlite:{}", folder.join("rookery.db").display());
    Database::open(&url, Options::default()).await.unwrap()
}

#[test]
fn any_instant_can_be_restored_although_the_server_was_killed_in_a_storm() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(killed_in_a_storm());
}

async fn killed_in_a_storm() {
    let mut scene = Scene::start();
    scene.wait_for(1);
    let first = now_us();
    let database = open(&scene.rookery.data()).await;
    let (mut acknowledged, mut killed) = (Vec::new(), Vec::new());
    for round in 1..=2 {
        storm(&database, Duration::from_secs(5), &mut acknowledged).await;
        scene.rookery.kill();
        killed.push(now_us());
        scene.rookery.restart();
        scene.wait_for(1 + round);
    }
    storm(&database, Duration::from_secs(2), &mut acknowledged).await;
    let last = now_us();
    database.close().await;
    scene.rookery.terminate();
    // For how long the disk held up a write, it may hold up each of the three steps of shipping too.
    let held_up = acknowledged.iter().map(|(_, began, done)| done - began).max().unwrap();
    let lost_max = LOST_MAX_US + 3 * held_up;
    let mut chance = SeededEntropy::from_seed(5);
    let span = u64::try_from(last - first).unwrap();
    for _ in 0..8 {
        let at = first + i64::try_from(chance.next_u64() % span).unwrap();
        let restored = open(&scene.restore(at)).await;
        let value = database::settings::get(&restored, "number").await.unwrap();
        restored.close().await;
        let found = value.map(|value| u32::from_be_bytes(value[..4].try_into().unwrap()));
        // What was not shipped when it was killed is in the next snapshot, not in the instants before that.
        let sure_at =
            killed.iter().copied().filter(|killed| *killed <= at).max().map_or(at, |killed| killed.min(at));
        let sure_at = if acknowledged.iter().any(|(_, began, _)| *began > sure_at && *began < at) {
            at
        } else {
            sure_at
        };
        let sure =
            acknowledged.iter().rfind(|(_, _, done)| *done <= sure_at - lost_max).map(|(number, ..)| *number);
        let possible = acknowledged.iter().rfind(|(_, began, _)| *began <= at).map(|(number, ..)| *number);
        assert!(found >= sure && found <= possible, "at {at}: {sure:?} <= {found:?} <= {possible:?}");
    }
}

#[test]
fn backups_are_taken_listed_checked_tried_and_let_go_of_while_the_server_runs() {
    let scene = Scene::start();
    let browser = scene.rookery.administrator();
    drop(browser);
    scene.wait_for(1);
    let metrics = scene.rookery.site().send(Request::new("GET", "/metrics")).text();
    for name in ["backup_verified_age_seconds", "backup_shipping 1", "backup_is_off_site 0"] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    let (code, lines) = scene.say(&["backup", "create", "--json"]);
    assert_eq!(code, Some(0), "{lines:?}");
    assert!(lines[0]["fault"].is_null() && lines[0]["off_site"] == false, "{lines:?}");
    let (_, checks) = scene.say(&["doctor", "--json"]);
    let tried =
        checks.iter().find(|check| check["check"] == "a place of backups gives back what it is given");
    assert!(tried.is_some_and(|check| check["outcome"] == "ok"), "{checks:#?}");
    let (code, lines) = scene.say(&["backup", "verify", "--all", "--whole", "--json"]);
    assert_eq!((code, lines.len()), (Some(0), 2), "{lines:?}");
    let (code, lines) = scene.say(&["backup", "drill", "--json"]);
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(lines[0]["faults"], serde_json::json!([]));
    let (code, lines) = scene.say(&["backup", "prune", "--json", "--backup-keep", "0,0,0,1"]);
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(lines[0]["snapshots"].as_array().map(Vec::len), Some(1), "{lines:?}");
    // The restored folder is a whole server.
    let to = scene.home.path().join("restored");
    let (code, lines) = scene.say(&["restore", "--json", "--to", to.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{lines:?}");
    assert!(to.join("secret.key").exists() && !to.join("backup.key").exists());
    let options = testkit::Options { data: Some(to), is_set_up: true, ..testkit::Options::default() };
    let restored = Rookery::with(program(), options);
    assert_eq!(restored.site().send(Request::new("GET", "/health")).status, 200);
    let (code, _) = scene.say(&["restore", "--json", "--to", restored.data().to_str().unwrap()]);
    assert_eq!(code, Some(1), "never over a folder that is there");
}

#[test]
fn a_release_is_rehearsed_on_a_restored_copy_before_the_database_is_touched() {
    let scene = Scene::start();
    scene.wait_for(1);
    let (data, place) = (scene.rookery.data(), scene.place());
    let say = |words: &[&str]| {
        let args = [&["--data", data.to_str().unwrap(), "--backup-to", &place], words].concat();
        run(program(), &args, scene.home.path())
    };
    let own = program().to_str().unwrap();
    let rehearsed = say(&["migrate", "rehearse", "--before", own]);
    let said = String::from_utf8_lossy(&rehearsed.stdout);
    assert!(said.contains("no migration") && said.contains("the release before works"), "{rehearsed:?}");
    // A release before that cannot work with the result.
    let refused = say(&["migrate", "rehearse", "--before", "/bin/false"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("cannot work with the result"), "{refused:?}");
    // A database of an earlier schema: the copy is brought up to date, and what people use is not.
    assert!(say(&["migrate", "down", "1"]).status.success());
    let done = eventually("the step down is shipped", Duration::from_secs(30), || {
        let said = String::from_utf8(say(&["migrate", "rehearse"]).stdout).unwrap();
        (!said.contains("no migration")).then_some(said)
    });
    assert!(done.contains("0016_app_channels"), "{done}");
    let status = String::from_utf8(say(&["migrate", "status"]).stdout).unwrap();
    assert!(status.contains("pending 0016_app_channels"), "{status}");
    let left = std::fs::read_dir(data).unwrap().flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("rehearsal")), "{left:?}");
}

#[test]
fn settings_of_backups_that_make_no_sense_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (args, says) in [
        (vec!["backup", "list"], "--backup-to"),
        (vec!["--backup-to", "ftp:x", "backup", "list"], "file:PATH or s3:BUCKET"),
        (vec!["--backup-to", "s3:bucket", "backup", "list"], "secret access key are not set"),
        (vec!["--backup-to", "file:b", "--backup-recipients", "age1x", "backup", "list"], "age1x"),
        (vec!["--backup-to", "file:b", "--backup-keep", "1,2", "backup", "prune"], "24,7,4,6"),
        (vec!["--backup-to", "file:b", "restore", "--to", "c", "--at", "yesterday"], "yesterday"),
    ] {
        let output = run(program(), &args, folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
    }
}
