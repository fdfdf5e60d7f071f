//! The command line: importing folders, links for administrators, the schema, the contract.

use crate::program;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use testkit::{Actor, Anonymous, Browser, Options, Rookery, run, sound};

/// Runs a command on a data folder.
fn run_on(data: &Path, args: &[&str]) -> Output {
    run(program(), &[args, &["--data", data.to_str().unwrap()]].concat(), Path::new("/"))
}

/// Runs a command on a data folder and answers what it printed.
fn said(data: &Path, args: &[&str]) -> String {
    let output = run_on(data, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_folder_is_imported_once_however_often_it_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let (music, data) = (home.path().join("music"), home.path().join("data"));
    fs::create_dir_all(music.join("deep/er")).unwrap();
    for at in 0..12 {
        fs::write(music.join(format!("deep/{at}.wav")), sound::wav(300 + at, 300)).unwrap();
    }
    fs::write(music.join("deep/er/again.wav"), sound::wav(300, 300)).unwrap();
    fs::write(music.join("broken\u{1b}[31m.mp3"), "no music").unwrap();
    fs::write(music.join("notes.txt"), "not looked at").unwrap();
    fs::write(music.join(".hidden.wav"), sound::wav(999, 300)).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", music.join("link.wav")).unwrap();
    let music = music.to_str().unwrap();
    let first = said(&data, &["import", music]);
    assert!(first.starts_with("12 added, 1 known already, 1 rejected: 14 files"), "{first}");
    assert!(first.contains("broken") && !first.contains('\u{1b}'), "{first}");
    let again = said(&data, &["import", music]);
    assert!(again.starts_with("0 added, 13 known already, 1 rejected"), "{again}");

    let rookery = Rookery::with(program(), Options { data: Some(data), ..Options::default() });
    let ada = rookery.administrator();
    assert_eq!(Anonymous(rookery.site().clone()).get("/api/v1/server").ok()["track_count"], 12);
    let track = ada.get("/api/v1/tracks?sort=title&limit=1").ok()["tracks"][0].clone();
    assert!(ada.get(track["stream_url"].as_str().unwrap()).expect(200).body == sound::wav(300, 300));
}

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\
    \0\0\0\x0cIDATx\xdac\xf8\x7f\x80\x01\0\x04\x81\x01\xc0I$\xd0\xb1\0\0\0\0IEND\xaeB`\x82";

#[test]
fn a_library_of_many_batches_and_covers_comes_in_whole() {
    const ALBUMS: u32 = 40;
    const SONGS: u32 = 25;
    let home = tempfile::tempdir().unwrap();
    let (music, data) = (home.path().join("music"), home.path().join("data"));
    for album in 0..ALBUMS {
        let folder = music.join(format!("album {album}"));
        fs::create_dir_all(&folder).unwrap();
        // What follows the end of a picture is not part of it, but of the file.
        fs::write(folder.join("cover.png"), [PIXEL, album.to_string().as_bytes()].concat()).unwrap();
        for song in 0..SONGS {
            let file = sound::wav(300 + album * SONGS + song, 50);
            fs::write(folder.join(format!("{song}.wav")), file).unwrap();
        }
    }
    let first = said(&data, &["import", music.to_str().unwrap()]);
    assert!(first.starts_with("1000 added, 0 known already, 0 rejected"), "{first}");
    let again = said(&data, &["import", music.to_str().unwrap()]);
    assert!(again.starts_with("0 added, 1000 known already, 0 rejected"), "{again}");
    let covers = fs::read_dir(data.join("blobs/artwork")).unwrap().count();
    assert!(covers > 0, "no cover was stored");
}

#[test]
fn imports_and_uploads_of_the_same_files_at_once_make_each_a_track_once() {
    const FILES: u32 = 10;
    let rookery = Rookery::start(program());
    let ada = rookery.administrator();
    let home = tempfile::tempdir().unwrap();
    let file = |at| sound::wav(300 + at, 2_000);
    for at in 0..FILES {
        fs::write(home.path().join(format!("{at}.wav")), file(at)).unwrap();
    }
    let data = rookery.data();
    let (imported, uploaded) = std::thread::scope(|scope| {
        let import = || scope.spawn(|| said(&data, &["import", home.path().to_str().unwrap()]));
        let imports = [import(), import()];
        let upload = |at| ada.upload(&format!("{at}.wav"), &file(at)).status;
        let uploaded = (0..FILES).rev().filter(|&at| upload(at) == 201).count();
        (imports.map(|import| import.join().unwrap()), uploaded)
    });
    let added = |said: &String| said.split_once(" added").unwrap().0.parse::<usize>().unwrap();
    let sum = imported.iter().map(added).sum::<usize>() + uploaded;
    assert_eq!(sum, FILES as usize, "{uploaded} were uploaded; {imported:?}");
    assert!(imported.iter().all(|said| said.contains(" 0 rejected")), "{imported:?}");
    assert_eq!(Anonymous(rookery.site().clone()).get("/api/v1/server").ok()["track_count"], FILES);
}

#[test]
fn a_link_for_the_administrator_works_also_while_the_server_runs() {
    let rookery = Rookery::start(program());
    let ada = rookery.administrator();
    let link = said(&rookery.data(), &["admin-link"]);
    let token = link.trim().split_once("/join#").expect("a /join link").1;
    let reply = Anonymous(rookery.site().clone())
        .post("/api/v1/invitations/redeem", serde_json::json!({"token": token}));
    let again = Browser::signed_in(rookery.site(), reply);
    assert_eq!(again.person, ada.person);
}

#[test]
fn a_restart_before_the_first_administrator_makes_a_new_link_and_ends_the_old() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let first = said(&data, &["admin-link"]);
    let second = said(&data, &["admin-link"]);
    assert_ne!(first, second);
    let rookery = Rookery::with(program(), Options { data: Some(data), ..Options::default() });
    let visitor = Anonymous(rookery.site().clone());
    for link in [first, second] {
        let token = link.trim().split_once("/welcome#").unwrap().1.to_owned();
        let body = serde_json::json!({"token": token, "name": "Eve"});
        visitor.post("/api/v1/setup", body).problem(410, "link_not_valid");
    }
    rookery.administrator();
}

#[test]
fn the_schema_goes_down_and_up_again() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    fs::create_dir(&data).unwrap();
    let pending = said(&data, &["migrate", "status"]);
    assert!(pending.lines().all(|line| line.starts_with("pending ")) && !pending.is_empty(), "{pending}");
    let count = pending.lines().count();
    assert_eq!(said(&data, &["migrate", "up"]).lines().count(), count);
    assert_eq!(said(&data, &["migrate", "up"]), "");
    assert_eq!(said(&data, &["migrate", "down", &count.to_string()]).lines().count(), count);
    assert_eq!(said(&data, &["migrate", "status"]), pending);
    said(&data, &["migrate", "up"]);
    let applied = said(&data, &["migrate", "status"]);
    assert!(applied.lines().all(|line| line.starts_with("applied ")), "{applied}");
}

#[test]
fn a_step_back_that_loses_something_needs_the_token_of_its_dry_run() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    fs::create_dir(&data).unwrap();
    said(&data, &["migrate", "up"]);
    said(&data, &["migrate", "check"]);
    let count = said(&data, &["migrate", "status"]).lines().count().to_string();
    let written = Command::new("sqlite3")
        .arg(data.join("rookery.db"))
        .arg("insert into server_settings (name, value) values ('of people', x'beef')")
        .output()
        .expect("sqlite3 runs");
    assert!(written.status.success(), "{written:?}");
    let seen = said(&data, &["migrate", "down", &count, "--dry-run"]);
    assert!(seen.contains("rows of server_settings"), "{seen}");
    let token = seen.split("--accept-loss ").nth(1).unwrap()[..12].to_owned();
    let refused = run_on(&data, &["migrate", "down", &count]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains(&token));
    said(&data, &["migrate", "check"]);
    let export = home.path().join("gone.jsonl");
    let done = said(
        &data,
        &["migrate", "down", &count, "--accept-loss", &token, "--export", export.to_str().unwrap()],
    );
    assert!(done.contains("gone.jsonl"), "{done}");
    let gone = fs::read_to_string(&export).unwrap();
    assert!(gone.contains(r#"{"name":"of people","value":"BEEF"}"#), "{gone}");
    assert!(!run_on(&data, &["migrate", "check"]).status.success(), "nothing is applied");
}

#[test]
fn the_contract_that_is_printed_is_the_one_that_is_served() {
    let home = tempfile::tempdir().unwrap();
    let printed: Value = serde_json::from_str(&said(home.path(), &["openapi"])).unwrap();
    let served = crate::app().anonymous().get("/api/v1/openapi.json").ok();
    assert!(printed == served);
}

#[test]
fn metrics_can_have_an_address_of_their_own() {
    let args = ["--metrics-listen", "127.0.0.1:0"].map(str::to_owned).into();
    let rookery = Rookery::with(program(), Options { args, ..Options::default() });
    Anonymous(rookery.site().clone()).get("/metrics").problem(404, "not_found");
}
