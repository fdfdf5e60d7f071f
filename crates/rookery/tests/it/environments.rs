//! Environments from one declaration: looked at, kept apart, and a database that knows which it belongs to.

use crate::program;
use std::path::Path;
use tempfile::TempDir;
use testkit::run;

const DECLARATION: &str = r#"
name = "Our music"

[environments.development]
trigger = "local"
url = "http://127.0.0.1:4533"
data = "dev"

[environments.staging]
trigger = { push = "main" }
url = "https://stg.example.org"
target = { ssh = "deploy@203.0.113.5" }
data = "stg"
[environments.staging.settings]
secret_key = "5e17a0c3b9d2486f5e17a0c3b9d2486f5e17a0c3b9d2486f5e17a0c3b9d2486f"
"#;

fn declared(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rookery.toml"), text).unwrap();
    folder
}

/// The exit code, and all that was said.
fn rookery(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = run(program(), args, folder);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn who_runs_elsewhere_is_asked_for_logs_by_the_command_of_that_place() {
    let folder = declared(
        "[environments.a]\nurl = \"https://a.example.org\"\ntarget = { fly = \"music-a\" }\n\
         [environments.b]\nurl = \"https://b.example.org\"\ntarget = { compose = \"deploy@203.0.113.5:2222\" }\n\
         [environments.c]\nurl = \"https://c.example.org\"\ntarget = { digitalocean = \"music-c\" }\n",
    );
    for (words, expected) in [
        (&["logs", "a"][..], "flyctl logs --app music-a --no-tail\n"),
        (&["logs", "a", "-f"], "flyctl logs --app music-a\n"),
        (
            &["logs", "b", "--since", "2h", "--lines", "7"],
            "ssh -p 2222 deploy@203.0.113.5 'docker compose --project-directory /srv/rookery/b logs --tail 7 --since 2h'\n",
        ),
        (&["logs", "c", "-f"], "doctl apps logs \"$APP_ID\" rookery --type run --tail 100 --follow\n"),
    ] {
        assert_eq!(rookery(folder.path(), words), (Some(0), expected.to_owned()));
    }
    for (words, why) in [
        (&["logs", "a", "--lines", "10001"][..], "10001"),
        (&["logs", "a", "--level", "loud"], "loud"),
        (
            &["bootstrap", "root@203.0.113.5", "--key", "x"],
            "no environment is declared to run on 203.0.113.5",
        ),
        (&["bootstrap", "root@h", "b", "--key", "x"], "x: "),
        (&["destroy", "a"], "fly.io/music-a"),
    ] {
        let (code, said) = rookery(folder.path(), words);
        assert!(code != Some(0) && said.contains(why), "{words:?}: {said}");
    }
}

#[test]
fn environments_are_listed_shown_and_compared_without_secrets() {
    let folder = declared(DECLARATION);
    let (code, said) = rookery(folder.path(), &["env", "list"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("staging") && said.contains("push to main") && said.contains("ssh 203.0.113.5"),
        "{said}"
    );
    let (code, said) = rookery(folder.path(), &["env", "show", "staging"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("name = Our music") && said.contains("secret_key = secret "), "{said}");
    assert!(!said.contains("5e17"), "{said}");
    let (code, said) = rookery(folder.path(), &["env", "diff", "development", "staging"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("https://stg.example.org") && !said.contains("Our music") && !said.contains("5e17"),
        "{said}"
    );
    let (code, said) = rookery(folder.path(), &["env", "show", "stagin"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("did you mean `staging`?"), "{said}");
}

#[test]
fn what_two_environments_share_fails_the_check() {
    let folder = declared(DECLARATION);
    let (code, said) = rookery(folder.path(), &["env", "check"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 environments share nothing") && said.contains("warning: secret_key"), "{said}");
    let folder = declared(
        &DECLARATION
            .replace("data = \"stg\"", "database = \"sqlite:dev/rookery.db\"\ndata = \"stg\"")
            .replace("target = { ssh = \"deploy@203.0.113.5\" }\n", ""),
    );
    let (code, said) = rookery(folder.path(), &["env", "check"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("`development` and `staging` share one database: dev/rookery.db"), "{said}");
    let (code, said) = rookery(tempfile::tempdir().unwrap().path(), &["env", "check"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no environments are declared"), "{said}");
}

#[test]
fn an_unknown_setting_is_refused_wherever_it_stands_with_what_was_meant() {
    for (text, says) in [
        ("nmae = \"x\"\n".to_owned(), "unknown key `nmae`; did you mean `name`?"),
        (
            DECLARATION.replace("secret_key =", "secret_kee ="),
            "in environments.staging.settings; did you mean `secret_key`?",
        ),
        (DECLARATION.replace("trigger = \"local\"", "triger = \"local\""), "did you mean `trigger`?"),
        ("upload_mib_max = \"many\"\n".to_owned(), "upload_mib_max"),
    ] {
        let (code, said) = rookery(declared(&text).path(), &["migrate", "status"]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("rookery.toml") && said.contains(says), "{said}");
    }
}

#[test]
fn a_process_takes_what_holds_in_its_environment_and_without_a_word_the_local_one() {
    let folder = declared(DECLARATION);
    let (code, said) = rookery(folder.path(), &["admin-link"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        folder.path().join("dev/rookery.db").exists() && said.contains("http://127.0.0.1:4533"),
        "{said}"
    );
    let (code, said) = rookery(folder.path(), &["--environment", "staging", "admin-link"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        folder.path().join("stg/rookery.db").exists() && said.contains("https://stg.example.org"),
        "{said}"
    );
    let unsure = declared(&DECLARATION.replace("trigger = \"local\"\n", ""));
    let (code, said) = rookery(unsure.path(), &["admin-link"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("--environment development` or `--environment staging"), "{said}");
}

#[test]
fn a_database_of_another_environment_is_not_touched() {
    let folder = declared("");
    let as_ = |environment, command: &[&str]| {
        rookery(folder.path(), &[&["--environment", environment][..], command].concat())
    };
    assert_eq!(as_("production", &["admin-link"]).0, Some(0));
    for command in
        [&["admin-link"][..], &["migrate", "down"], &["migrate", "up"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let (code, said) = as_("staging", command);
        assert_eq!(code, Some(1), "{command:?}: {said}");
        assert!(
            said.contains("belongs to the environment `production`") && said.contains("`staging`"),
            "{said}"
        );
    }
    let (code, said) = as_("staging", &["env", "stamp"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("belonged to `production` and belongs to `staging` now"), "{said}");
    assert_eq!(as_("staging", &["admin-link"]).0, Some(0));
    assert_eq!(as_("production", &["admin-link"]).0, Some(1));
}

#[test]
fn what_environments_cost_is_added_up_from_what_is_declared() {
    let declaration =
        DECLARATION.replace("data = \"stg\"", "data = \"stg\"\nbudget = { usd_month = 4, memory_mib = 120 }");
    let declaration = format!(
        "{declaration}[environments.production]\nurl = \"https://example.org\"\n\
         target = {{ ssh = \"deploy@203.0.113.6\" }}\ndata = \"prod\"\nbudget = {{ usd_month = 6.5, memory_mib = 160 }}\n\
         [environments.beta]\nurl = \"https://beta.example.org\"\ntarget = {{ fly = \"beta\" }}\n"
    );
    let (code, said) = rookery(declared(&declaration).path(), &["env", "cost"]);
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<Vec<&str>> = said.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[1], ["beta", "fly.io/beta", "–", "–"]);
    assert_eq!(lines[2], ["production", "203.0.113.6", "6.50", "160"]);
    assert_eq!(lines[3], ["staging", "203.0.113.5", "4.00", "120"]);
    assert_eq!(lines[4], ["together", "10.50"]);
    assert!(said.contains("No price is declared of `beta`"), "{said}");
    let alternative = "All on 203.0.113.6, the machine of `production`: 6.50 as it is declared, 4.00 less; its processes take \
                       440 MiB";
    assert!(said.contains(alternative), "{said}");
    assert!(said.contains("No memory is declared of `beta`"), "{said}");
    assert!(!said.contains("development"), "what is here costs nothing: {said}");
}
