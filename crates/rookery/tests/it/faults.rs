//! Things that go wrong around the program: full and read-only disks, damaged files, taken ports, wrong addresses.
//! Each is told in a sentence that says what to do, and nothing that can still work stops.

use crate::program;
use serde_json::json;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;
use testkit::{Actor, Options, Request, Rookery, eventually, run, sound};

/// Runs the program in a mount namespace of its own, where `folder` is a small disk that goes away with it.
fn on_small_disk(folder: &Path, options: &str) -> Vec<String> {
    let mount = format!("mount -t tmpfs -o {options} none {} && exec \"$@\"", folder.display());
    let mut words = vec!["unshare", "--mount"];
    if !rustix::process::geteuid().is_root() {
        words.push("--map-root-user");
    }
    words.extend(["sh", "-c", &mount, "sh"]);
    words.into_iter().map(str::to_owned).collect()
}

/// The folder as the process sees it.
fn inside(rookery: &Rookery) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{}", rookery.pid(), rookery.data().display()))
}

#[test]
fn a_full_disk_refuses_what_is_new_and_serves_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        wrapper: on_small_disk(folder.path(), "size=8m"),
        data: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let rookery = Rookery::with(program(), options);
    let ada = rookery.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let small = sound::wav(440, 30_000);
    let track = ada.add_track("small.wav", &small);
    ada.upload("large.wav", &sound::wav(441, 600_000)).problem(507, "storage_full");

    // Now really full: not one page more for the database either.
    let filler = inside(&rookery).join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    drop(file);
    ada.upload("another.wav", &sound::wav(442, 1_000)).problem(507, "storage_full");
    let refused = eventually("a command finds the disk full", Duration::from_secs(20), || {
        let reply = ada.command("add", json!({"track_id": track}));
        (reply.status != 200).then_some(reply)
    });
    refused.problem(507, "storage_full");
    let before = ada.main_nest();
    let path = format!("/api/v1/tracks/{track}/stream");
    assert!(ada.get(&path).expect(200).body == small, "music goes on");
    ada.get("/api/v1/tracks?query=small").ok();
    ada.get("/health").ok();
    let ready = ada.get("/ready");
    assert!([200, 503].contains(&ready.status), "{}", ready.text());

    std::fs::remove_file(&filler).unwrap();
    eventually("commands are taken again", Duration::from_secs(10), || {
        (ada.command("add", json!({"track_id": track})).status == 200).then_some(())
    });
    assert!(ada.main_nest()["offset"].as_u64() > before["offset"].as_u64());
    ada.upload("another.wav", &sound::wav(442, 1_000)).expect(201).ok();
}

/// Starts a server that must not start, and answers what it says.
fn refusal(args: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    let output = run(program(), &[&["serve", "--listen", "127.0.0.1:0"], args].concat(), home.path());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let said = said.split_once("rookery: ").map(|(_, said)| said.to_owned());
    said.expect("the last word is `rookery: …`")
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let home = tempfile::tempdir().unwrap();
    let mut words = on_small_disk(home.path(), "ro");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data"].map(str::to_owned);
    words.push(program().display().to_string());
    words.extend(serve);
    words.push(home.path().display().to_string());
    let args: Vec<_> = words[1..].iter().map(String::as_str).collect();
    let output = run(Path::new(&words[0]), &args, Path::new("/"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&home.path().display().to_string()), "{said}");
    assert!(said.contains("choose another with --data"), "{said}");
    let file = home.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let said = refusal(&["--data", file.to_str().unwrap()]);
    assert!(said.contains("a-file") && said.contains("choose another with --data"), "{said}");
}

#[test]
fn a_damaged_database_is_named_and_left_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("rookery.db");
    let damaged = b"This is no database, but somebody's diary. ".repeat(500);
    std::fs::write(&file, &damaged).unwrap();
    let said = refusal(&["--data", home.path().to_str().unwrap()]);
    assert!(said.contains("rookery.db") && said.contains("restore a backup"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), damaged);
}

#[test]
fn a_database_that_was_cut_off_is_not_served() {
    let mut rookery = Rookery::start(program());
    rookery.administrator();
    rookery.terminate();
    let file = rookery.data().join("rookery.db");
    let size = std::fs::metadata(&file).unwrap().len();
    std::fs::File::options().write(true).open(&file).unwrap().set_len(size / 2 / 4096 * 4096).unwrap();
    let data = rookery.data();
    let said = refusal(&["--data", data.to_str().unwrap()]);
    assert!(said.contains("damaged"), "{said}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = tempfile::tempdir().unwrap();
    let output = run(program(), &["serve", "--listen", &address], home.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
    assert!(!home.path().join("data").exists(), "nothing was touched");
}

#[test]
fn an_unknown_kind_of_database_is_told_which_are_known() {
    let said = refusal(&["--database-url", "mysql://root:hunter2@localhost/x"]);
    assert!(said.contains("mysql") && said.contains("postgres://") && said.contains("libsql://"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_database_server_that_does_not_answer_is_named_without_its_password() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = refusal(&["--database-url", &format!("postgres://ada:hunter2@{closed}/x")]);
    assert!(said.contains(&closed.to_string()) && said.contains("cannot be reached"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let said = refusal(&["--public-url", "music.example.org"]);
    assert!(said.contains("https://"), "{said}");
    let said = refusal(&["--config", "missing.toml"]);
    assert!(said.contains("missing.toml"), "{said}");
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("r.toml");
    std::fs::write(&file, "lisen = \"127.0.0.1:1\"\n").unwrap();
    let said = refusal(&["--config", file.to_str().unwrap()]);
    assert!(said.contains("lisen") && said.contains("r.toml"), "{said}");
}

#[test]
fn no_secret_is_ever_logged() {
    let options = Options { args: vec!["--log".to_owned(), "debug".to_owned()], ..Options::default() };
    let mut rookery = Rookery::with(program(), options);
    let ada = rookery.administrator();
    let bot = testkit::program(&ada, &["listen"]);
    bot.main_nest();
    let ben = testkit::member(&ada, "Ben");
    let link = ada.post("/api/v1/session/links", json!({})).ok()["url"].as_str().unwrap().to_owned();
    let token =
        ada.post("/api/v1/session/socket-token", json!({})).ok()["token"].as_str().unwrap().to_owned();
    let wrong = format!("rkt_{}", "A".repeat(43));
    let header = format!("Bearer {wrong}");
    ada.site()
        .send(Request::new("GET", "/api/v1/tracks").header("authorization", header))
        .problem(401, "not_signed_in");
    rookery.terminate();
    let log = rookery.log();
    assert!(log.contains("answered"), "the log is on: {}", log.len());
    let link = link.split_once('#').unwrap().1.to_owned();
    let cookie = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
    for secret in [bot.secret, link, token, wrong, cookie(&ada.cookie), cookie(&ben.cookie)] {
        assert!(!log.contains(&secret), "a secret is in the log");
    }
}
