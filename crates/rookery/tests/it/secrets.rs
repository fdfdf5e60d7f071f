//! Secrets sealed beside the code: put in by whoever works on the declaration, taken out by the environment's machine
//! alone.

use crate::program;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use testkit::{Actor as _, Anonymous, Options, Rookery, free_port};

const SECRET: &str = "GOCSPX-4fJ0qhW7rN1sVb8kZtY2mLxA";

struct Place {
    home: TempDir,
}

impl Place {
    /// A declaration with staging and production, and a key for each, made on their machines.
    fn new() -> Self {
        let place = Self { home: tempfile::tempdir().unwrap() };
        let recipients = ["staging", "production"].map(|name| {
            let (code, said) =
                place.say(&["--identity-file", &place.key(name), "secrets", "keygen", name], "");
            assert_eq!(code, Some(0), "{said}");
            let from = said.find("age1").unwrap();
            said[from..].split('"').next().unwrap().to_owned()
        });
        place.declare(&recipients);
        place
    }

    fn declare(&self, recipients: &[String; 2]) {
        let [staging, production] = recipients;
        let text = format!(
            "[environments.staging]\nurl = \"https://stg.example.org\"\nrecipients = [\"{staging}\"]\n\
             target = {{ ssh = \"deploy@192.0.2.1\" }}\n\
             [environments.staging.settings]\ngoogle_client_id = \"stg.apps.example\"\n\
             allowed_email_domains = \"example.org\"\n\
             [environments.production]\nurl = \"https://music.example.org\"\nrecipients = [\"{production}\"]\n\
             data = \"/srv/p\"\n"
        );
        std::fs::write(self.path("rookery.toml"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn key(&self, name: &str) -> String {
        self.path(&format!("{name}.key")).display().to_string()
    }

    /// The exit code, and all that was said.
    fn say(&self, words: &[&str], input: &str) -> (Option<i32>, String) {
        say(self.home.path(), words, input)
    }

    fn sealed(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(&format!("secrets/{name}.toml"))).unwrap_or_default()
    }
}

fn say(folder: &Path, words: &[&str], input: &str) -> (Option<i32>, String) {
    let mut child = Command::new(program())
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever refuses before reading closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_sealed_secret_reaches_the_server_on_its_machine_and_nothing_else_shows_it() {
    let place = Place::new();
    let mode = std::fs::metadata(place.key("staging")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (code, said) =
        place.say(&["secrets", "set", "staging", "google_client_secret"], &format!("{SECRET}\n"));
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains(SECRET) && !place.sealed("staging").contains(SECRET));
    let (_, said) = place.say(&["secrets", "list", "staging"], "");
    assert_eq!(said, "google_client_secret\n");
    let (code, said) =
        place.say(&["--identity-file", &place.key("staging"), "secrets", "check", "staging"], "");
    assert!(code == Some(0) && said.contains("1 secrets open here"), "{said}");

    let config = place.path("rookery.toml").display().to_string();
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let here = format!("http://{address}");
    let key = place.key("staging");
    let args =
        ["--config", &config, "--environment", "staging", "--identity-file", &key, "--public-url", &here];
    let args = args.iter().chain(&["--log", "debug"]).map(ToString::to_string).collect();
    let mut rookery =
        Rookery::with(program(), Options { args, address: Some(address), ..Options::default() });
    let server = Anonymous(rookery.site().clone()).get("/api/v1/server").ok();
    assert_eq!(server["sign_in"][0]["id"], "google", "both halves are there: {server}");
    rookery.terminate();
    assert!(!rookery.log().contains(SECRET));
    for words in
        [&["env", "show", "staging"][..], &["env", "check"], &["env", "diff", "staging", "production"]]
    {
        let (_, said) = place.say(words, "");
        assert!(!said.contains(SECRET), "{words:?}: {said}");
    }
}

#[test]
fn another_machine_or_environment_cannot_open_it() {
    let place = Place::new();
    place.say(&["secrets", "set", "staging", "google_client_secret"], SECRET);
    let check = |key: &str, name: &str| place.say(&["--identity-file", key, "secrets", "check", name], "");
    let (code, said) = check(&place.key("production"), "staging");
    assert!(code == Some(1) && said.contains("sealed for other machines"), "{said}");
    let (code, said) = check(&place.key("nobody"), "staging");
    assert!(code == Some(1) && said.contains("secrets keygen"), "{said}");
    let (code, said) = place.say(&["--environment", "staging", "migrate", "status"], "");
    assert!(code == Some(1) && said.contains("/etc/rookery/staging/identity.key"), "{said}");
    // Its line, put where it does not belong.
    std::fs::write(place.path("secrets/production.toml"), place.sealed("staging")).unwrap();
    let (code, said) = check(&place.key("staging"), "production");
    assert!(code == Some(1) && said.contains("belongs to `google_client_secret` of `staging`"), "{said}");
}

#[test]
fn a_key_takes_over_from_another_and_what_is_no_secret_is_not_taken() {
    let place = Place::new();
    place.say(&["secrets", "set", "staging", "google_client_secret"], SECRET);
    let before = place.sealed("staging");
    let key = place.key("staging");
    let (code, said) = place.say(&["--identity-file", &key, "secrets", "keygen", "staging"], "");
    assert!(code == Some(1) && said.contains("--add"), "{said}");
    let (code, said) = place.say(&["--identity-file", &key, "secrets", "keygen", "staging", "--add"], "");
    assert_eq!(code, Some(0), "{said}");
    let new = said[said.find("age1").unwrap()..].split('"').next().unwrap().to_owned();
    let (code, said) = place.say(&["--identity-file", &key, "secrets", "check", "staging"], "");
    assert_eq!(code, Some(0), "the old key still opens: {said}");
    place.declare(&[new, "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".to_owned()]);
    let (code, said) = place.say(&["--identity-file", &key, "secrets", "reseal", "staging"], "");
    assert_eq!(code, Some(0), "{said}");
    assert_ne!(place.sealed("staging"), before);
    // The old key is the first of the two.
    let text = std::fs::read_to_string(&key).unwrap();
    let new_key = text.lines().skip(2).collect::<Vec<_>>().join("\n");
    std::fs::write(&key, new_key).unwrap();
    let (code, said) = place.say(&["--identity-file", &key, "secrets", "check", "staging"], "");
    assert_eq!(code, Some(0), "{said}");

    let kept = place.sealed("staging");
    for (key, value, says) in [
        ("google_client_secret", "changeme", "placeholder"),
        ("google_client_secret", "", "nothing is there"),
        ("secret_key", "abc", "guessed"),
        ("google_client_secre", SECRET, "did you mean `google_client_secret`?"),
        ("config", "x", "there is no setting"),
    ] {
        let (code, said) = place.say(&["secrets", "set", "staging", key], value);
        assert!(code == Some(1) && said.contains(says), "{key} {value}: {said}");
    }
    assert_eq!(place.sealed("staging"), kept);
    let (code, said) = place.say(&["secrets", "remove", "staging", "google_client_secret"], "");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(place.say(&["secrets", "list", "staging"], ""), (Some(0), String::new()));
}

#[test]
fn two_environments_do_not_share_a_recipient() {
    let place = Place::new();
    let text = std::fs::read_to_string(place.path("rookery.toml")).unwrap();
    let one = text.split('"').find(|part| part.starts_with("age1")).unwrap().to_owned();
    place.declare(&[one.clone(), one]);
    let (code, said) = place.say(&["env", "check"], "");
    assert!(code == Some(1) && said.contains("share one recipient of secrets"), "{said}");
}
