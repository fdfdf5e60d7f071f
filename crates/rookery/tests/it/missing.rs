//! A disk that is not mounted: folders that are empty although the database knows what was in them.

use crate::program;
use serde_json::Value;
use std::fs;
use testkit::{Actor as _, Options, Request, Rookery, eventually, run, sound};

/// How many lines of errors the server has logged of this.
fn told(rookery: &Rookery, words: &str) -> usize {
    rookery.log().lines().filter(|line| line.contains("ERROR") && line.contains(words)).count()
}

#[test]
fn an_empty_folder_that_was_full_is_told_at_the_start_and_by_the_doctor_and_refused_where_data_is_required() {
    let logs = tempfile::tempdir().unwrap();
    let folder = logs.path().join("play_logs");
    let args = ["--play-log-dir", folder.to_str().unwrap()].map(str::to_owned);
    let mut rookery = Rookery::with(program(), Options { args: args.to_vec(), ..Options::default() });
    rookery.administrator().add_track("song.wav", &sound::wav(440, 2_000));
    eventually("play logs are kept", std::time::Duration::from_secs(30), || {
        folder.join(".play_log.lock").exists().then_some(())
    });
    rookery.terminate();
    let data = rookery.data();
    let base =
        [&["--data", data.to_str().unwrap()][..], &["--play-log-dir", folder.to_str().unwrap()]].concat();
    let look = || {
        let output = run(program(), &[&base[..], &["doctor", "--json"]].concat(), logs.path());
        let said = String::from_utf8(output.stdout).unwrap();
        let checks: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        checks.into_iter().find(|check| check["check"] == "what the database knows of is there").unwrap()
    };
    assert_eq!(look()["outcome"], "ok");
    rookery.restart();
    assert_eq!(told(&rookery, "is the disk mounted?"), 0);
    rookery.terminate();

    // The disks are away: where they were mounted there are empty folders.
    fs::rename(data.join("blobs"), logs.path().join("music")).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    let found = look();
    let seen = found["seen"].as_str().unwrap();
    assert_eq!(found["outcome"], "wrong");
    assert!(seen.contains("1 MiB of music") && seen.contains("play logs were written before"), "{seen}");
    let required = run(
        program(),
        &[&base[..], &["--data-required", "true", "serve", "--listen", "127.0.0.1:0"]].concat(),
        logs.path(),
    );
    let said = String::from_utf8_lossy(&required.stderr).into_owned();
    assert!(required.status.code() == Some(1) && said.contains("music and covers"), "{said}");
    assert!(!folder.join(".play_log.lock").exists(), "nothing was begun anew");
    rookery.restart();
    assert_eq!((told(&rookery, "music and covers"), told(&rookery, "play logs were written")), (1, 1));
    rookery.terminate();

    // They are there again.
    fs::remove_dir_all(data.join("blobs")).unwrap();
    fs::rename(logs.path().join("music"), data.join("blobs")).unwrap();
    assert_eq!(look()["outcome"], "ok");
    rookery.restart();
    assert_eq!(rookery.site().send(Request::new("GET", "/health")).status, 200);
}

#[test]
fn where_data_is_required_no_new_database_is_made() {
    let home = tempfile::tempdir().unwrap();
    let start = || {
        let words = ["--data-required", "true", "--data", "disk", "serve", "--listen", "127.0.0.1:0"];
        let output = run(program(), &words, home.path());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for mounted in [false, true] {
        if mounted {
            fs::create_dir(home.path().join("disk")).unwrap();
        }
        let (code, said) = start();
        assert!(code == Some(1) && said.contains("disk/rookery.db is not there"), "{said}");
        assert!(said.contains("see that the disk is mounted"), "{said}");
    }
    assert_eq!(fs::read_dir(home.path().join("disk")).unwrap().count(), 0, "nothing was made");
}
