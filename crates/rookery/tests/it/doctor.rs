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

/// Looks with these variables set, and programs of the test in front of the machine's.
fn doctor_with(folder: &Path, variables: &[&str], args: &[&str]) -> Vec<Value> {
    let program = program().to_str().unwrap();
    let words: Vec<&str> =
        variables.iter().copied().chain([program]).chain(args.iter().copied()).chain(["--json"]).collect();
    let output = run(Path::new("env"), &words, folder);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
    lines.unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_variable_of_other_software_is_told_with_what_stands_in_its_place() {
    let home = tempfile::tempdir().unwrap();
    let what = "no variable is set";
    let set = ["PORT=8080", "DOCKET_URL=rediss://somebody:very-secret@redis.example"];
    let checks = doctor_with(home.path(), &set, &["doctor"]);
    let found = find(&checks, what);
    let seen = found["seen"].as_str().unwrap();
    assert!(found["outcome"] == "wrong" && seen.starts_with("PORT: set ROOKERY_LISTEN"), "{found}");
    assert!(!checks.iter().any(|check| check.to_string().contains("very-secret")), "values are not told");
    // Where that is set, the rest does no harm.
    let checks = doctor_with(home.path(), &set, &["--listen", "127.0.0.1:4533", "doctor"]);
    let found = find(&checks, what);
    let seen = found["seen"].as_str().unwrap();
    assert!(found["outcome"] == "ok" && seen.starts_with("DOCKET_URL: no Redis is needed"), "{found}");
}

/// What `docker` answers in the test: the shape of the real ones' answers.
fn docker(folder: &Path, script: &str) {
    stand_in(folder, "docker", script);
}

fn stand_in(folder: &Path, name: &str, script: &str) {
    let path = folder.join("bin").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, format!("#!/bin/sh\necho \"$*\" >> \"{}/asked\"\n{script}", folder.display()))
        .unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn where_containers_run_docker_and_compose_are_asked_whether_they_are_new_enough() {
    let home = tempfile::tempdir().unwrap();
    let declaration =
        "[environments.beta]\nurl = \"http://127.0.0.1:9\"\ntarget = { compose = \"deploy@127.0.0.1\" }\n";
    std::fs::write(home.path().join("rookery.toml"), declaration).unwrap();
    let (bin, rest) = (home.path().join("bin"), std::env::var_os("PATH").unwrap().into_string().unwrap());
    let look = |path: String| {
        let checks = doctor_with(home.path(), &[&format!("PATH={path}")], &["doctor", "beta"]);
        ["docker", "compose"].map(|what| {
            let found = find(&checks, &format!("{what} is there"));
            let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
            (text("outcome"), text("seen"), text("advice"))
        })
    };
    let before = format!("{}:{rest}", bin.display());
    docker(home.path(), "case $1 in version) echo 28.2.2;; compose) echo 2.37.1+ds1;; esac\n");
    let [engine, compose] = look(before.clone());
    assert_eq!((engine.0.as_str(), engine.1.as_str()), ("ok", "docker 28.2.2"));
    assert_eq!((compose.0.as_str(), compose.1.as_str()), ("ok", "compose 2.37.1"));
    let asked = std::fs::read_to_string(home.path().join("asked")).unwrap();
    assert_eq!(asked, "version --format {{.Server.Version}}\ncompose version --short\n");

    docker(home.path(), "case $1 in version) echo 19.03.15;; compose) echo 1.29.2;; esac\n");
    let [engine, compose] = look(before.clone());
    assert_eq!((engine.0.as_str(), engine.1.as_str()), ("wrong", "docker 19.3.15, and 20.10.0 is needed"));
    assert_eq!((compose.0.as_str(), compose.1.as_str()), ("wrong", "compose 1.29.2, and 2.3.3 is needed"));

    // The engine does not run; the plugin is not there.
    let away = "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2";
    let no_plugin = "echo \"docker: 'compose' is not a docker command.\" >&2";
    docker(home.path(), &format!("case $1 in version) {away};; compose) {no_plugin};; esac\nexit 1\n"));
    let [engine, compose] = look(before);
    assert!(engine.0 == "wrong" && engine.1.starts_with("Cannot connect"), "{engine:?}");
    assert!(engine.2.contains("systemctl enable --now docker"), "{engine:?}");
    assert!(
        compose.1.contains("is not a docker command") && compose.2.contains("docker-compose-v2"),
        "{compose:?}"
    );

    let [engine, compose] = look(home.path().join("empty").display().to_string());
    for found in [engine, compose] {
        assert_eq!((found.0.as_str(), found.1.as_str()), ("wrong", "there is no docker"));
        assert!(found.2.contains("apt-get install docker.io"), "{found:?}");
    }
}

#[test]
fn the_caddy_in_front_is_there_new_enough_and_runs() {
    let home = tempfile::tempdir().unwrap();
    let declaration =
        "[environments.beta]\nurl = \"https://127.0.0.1:9\"\ntarget = { ssh = \"deploy@127.0.0.1\" }\n";
    std::fs::write(home.path().join("rookery.toml"), declaration).unwrap();
    let rest = std::env::var_os("PATH").unwrap().into_string().unwrap();
    let look = |path: &str| {
        let checks = doctor_with(home.path(), &[&format!("PATH={path}")], &["doctor", "beta"]);
        let found = find(&checks, "Caddy is there");
        ["outcome", "seen", "advice"].map(|key| found[key].as_str().unwrap_or_default().to_owned())
    };
    let before = format!("{}:{rest}", home.path().join("bin").display());
    // The real one, whose service nobody started here.
    stand_in(home.path(), "systemctl", "echo inactive; exit 3\n");
    let [outcome, seen, advice] = look(&before);
    assert_eq!((outcome.as_str(), seen.as_str()), ("wrong", "caddy.service is inactive"));
    assert!(advice.contains("systemctl enable --now caddy"), "{advice}");
    assert_eq!(std::fs::read_to_string(home.path().join("asked")).unwrap(), "is-active caddy\n");
    stand_in(home.path(), "systemctl", "echo active\n");
    let [outcome, seen, _] = look(&before);
    assert!(
        outcome == "ok" && seen.starts_with("caddy 2.") && seen.ends_with(", active"),
        "{outcome}: {seen}"
    );

    stand_in(home.path(), "caddy", "echo v2.4.6 h1:HGkGICFGvyrodcqOOclHKfvJC0qTU7vny/7FhYp9hNw=\n");
    let [outcome, seen, advice] = look(&before);
    assert_eq!((outcome.as_str(), seen.as_str()), ("wrong", "caddy 2.4.6, and 2.5.0 is needed"));
    assert!(advice.contains("newer Caddy"), "{advice}");

    let [outcome, ..] = look(&home.path().join("empty").display().to_string());
    assert_eq!(outcome, "left_out", "something else may end TLS");
}

#[test]
fn less_than_is_expected_is_found() {
    let rookery = Rookery::with(program(), Options::default());
    let _ada = rookery.administrator();
    let (data, home) = (rookery.data(), tempfile::tempdir().unwrap());
    let logs = home.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    for name in ["play_log_2017_11_02.json", "play_log_2018_05_09.json", "play_log.json", "notes.txt"] {
        std::fs::write(logs.join(name), "").unwrap();
    }
    let look = |expect: &str| {
        let declaration = format!(
            "[environments.production]\nurl = \"{}\"\nexpect = {expect}\n[environments.production.settings]\n\
             play_log_dir = \"{}\"\n",
            rookery.site().base(),
            logs.display()
        );
        std::fs::write(home.path().join("rookery.toml"), declaration).unwrap();
        let words = ["--data", data.to_str().unwrap(), "doctor", "production"];
        let (_, checks) = doctor(home.path(), &words);
        let found = find(&checks, "so much is there");
        ["outcome", "seen", "advice"].map(|key| found[key].as_str().unwrap_or_default().to_owned())
    };
    let [outcome, seen, _] = look("{ members = 1, play_log_files = 2 }");
    assert_eq!((outcome.as_str(), seen.as_str()), ("ok", "members: 1 of 1, play_log_files: 2 of 2"));
    let [outcome, seen, advice] = look("{ tracks = 0, plays = 11600, play_log_files = 3 }");
    assert_eq!(outcome, "wrong");
    assert_eq!(seen, "tracks: 0 of 0, plays: 0 of 11600, play_log_files: 2 of 3");
    assert!(advice.contains("rookery import play-logs"), "{advice}");
}
