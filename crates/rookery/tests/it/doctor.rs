//! `rookery doctor`, at a server that is well and at what is not.

use crate::program;
use serde_json::Value;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use testkit::{Options, Rookery, run};

fn doctor(folder: &Path, args: &[&str]) -> (Output, Vec<Value>) {
    let words: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let output = run(program(), &words, folder);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
    (output, lines.unwrap_or_else(|_| panic!("{said}")))
}

/// The one check that begins so.
#[track_caller]
fn find<'a>(checks: &'a [Value], what: &str) -> &'a Value {
    let found =
        checks.iter().find(|check| check["check"].as_str().is_some_and(|said| said.starts_with(what)));
    found.unwrap_or_else(|| panic!("nothing of `{what}` in {checks:#?}"))
}

fn wrong(checks: &[Value]) -> Vec<&str> {
    let wrong = checks.iter().filter(|check| check["outcome"] == "wrong");
    // What else runs on the machine of the tests is not ours to judge.
    wrong
        .filter_map(|check| check["check"].as_str())
        .filter(|what| !what.starts_with("nothing listens"))
        .collect()
}

#[test]
fn a_server_that_is_well_is_found_well_and_left_as_it_was() {
    let rookery = Rookery::with(program(), Options::default());
    let (data, url) = (rookery.data(), rookery.site().base());
    let before = std::fs::read_dir(&data).unwrap().count();
    let (_, checks) = doctor(
        &data,
        &[
            "--data",
            data.to_str().unwrap(),
            "--public-url",
            &url,
            "--listen",
            &url["http://".len()..],
            "doctor",
        ],
    );
    assert_eq!(wrong(&checks), Vec::<&str>::new(), "{checks:#?}");
    assert_eq!(find(&checks, "the database")["outcome"], "ok");
    assert_eq!(find(&checks, "secrets are")["seen"], "1 files");
    assert_eq!(find(&checks, "a backup was restored")["outcome"], "left_out");
    assert_eq!(find(&checks, "sockets come through")["outcome"], "ok", "it ends with what a stranger sees");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), before);
}

#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let mut rookery = Rookery::with(program(), Options::default());
    let data = rookery.data();
    std::fs::set_permissions(data.join("secret.key"), Permissions::from_mode(0o644)).unwrap();
    rookery.terminate();
    let base =
        ["--data", data.to_str().unwrap(), "--public-url", "http://127.0.0.1:9", "--environment", "staging"];
    let (output, checks) = doctor(&data, &[&base[..], &["doctor"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let mode = find(&checks, "secrets are");
    assert!(mode["seen"].as_str().unwrap().contains("secret.key has mode 644"), "{mode}");
    assert!(mode["advice"].as_str().unwrap().contains("chmod 600"), "{mode}");
    let database = find(&checks, "the database");
    assert_eq!(database["outcome"], "wrong", "it belongs to production");
    let lives = find(&checks, "it lives");
    assert!(
        lives["outcome"] == "wrong" && lives["advice"].as_str().unwrap().contains("server runs"),
        "{lives}"
    );
}

#[test]
fn of_an_environment_that_runs_elsewhere_it_says_what_can_be_seen_from_here() {
    let home = tempfile::tempdir().unwrap();
    let declaration = "[environments.staging]\nurl = \"https://staging.invalid\"\ntarget = { ssh = \"deploy@192.0.2.7\" }\n\
        redirects = [\"old.invalid\"]\n[environments.beta]\nurl = \"https://beta.invalid\"\ntarget = { fly = \"beta\" }\n";
    std::fs::write(home.path().join("rookery.toml"), declaration).unwrap();
    let (output, checks) = doctor(home.path(), &["doctor", "staging"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(find(&checks, "the declaration")["outcome"], "ok");
    assert_eq!(find(&checks, "the machine")["outcome"], "left_out");
    let named: Vec<&str> = checks
        .iter()
        .filter(|check| check["check"] == "a name leads to the server" && check["outcome"] == "wrong")
        .filter_map(|check| check["seen"].as_str()?.split(':').next())
        .collect();
    assert_eq!(named, ["staging.invalid", "old.invalid"]);
    assert!(!home.path().join("data").exists(), "it makes nothing");

    let (output, _) = doctor(home.path(), &["doctor", "stagin"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("did you mean `staging`?"), "{said}");
}
