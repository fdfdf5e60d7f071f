//! Releases as people make and look at them, of this very program.

use crate::program;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;
use testkit::run;

/// This program is for whoever works on it, needs libraries, and may be of files in no commit.
const ALLOW: &str = "debug,dynamic,modified";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

fn rookery(folder: &Path, words: &[&str]) -> Result<String, String> {
    let output = run(program(), words, folder);
    if output.status.success() { Ok(said(&output)) } else { Err(said(&output)) }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// A folder with a pair of keys.
fn keys() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    rookery(folder.path(), &["release", "keygen", "--to", "key"]).unwrap();
    folder
}

fn build(folder: &Path, allow: &str, at: &str) -> Result<PathBuf, String> {
    let source = source();
    let [program, source] = [program(), &*source].map(|path| path.to_str().unwrap());
    let mut words =
        vec!["release", "build", "--binary", program, "--source", source, "--key", "key", "--built-at", at];
    words.extend(if allow.is_empty() { vec![] } else { vec!["--allow", allow] });
    let said = rookery(folder, &words)?;
    Ok(folder.join(said.lines().next().unwrap()))
}

#[test]
fn a_release_of_this_program_is_made_signed_shown_and_verified() {
    let folder = keys();
    let release = build(folder.path(), ALLOW, "1795295220").unwrap();
    let [path, other] = [release.to_str().unwrap(), "other"];
    let verified = rookery(folder.path(), &["release", "verify", path, "--key", "key.pub"]).unwrap();
    assert!(verified.contains("whole, and signed"), "{verified}");
    let shown: serde_json::Value =
        serde_json::from_str(&rookery(folder.path(), &["release", "show", path]).unwrap()).unwrap();
    assert_eq!(shown["id"], release.file_name().unwrap().to_str().unwrap());
    assert_eq!(shown["built_at"], "2026-11-21T21:07:00Z");
    assert_eq!(shown["program"]["bytes"], fs::metadata(program()).unwrap().len());
    assert_eq!(shown["facts"]["profile"], "debug");
    assert_eq!(shown["image"], serde_json::Value::Null);

    // What it is made of: what runs, and not what tests.
    let listed: serde_json::Value =
        serde_json::from_slice(&fs::read(release.join("components.cdx.json")).unwrap()).unwrap();
    let names: Vec<_> =
        listed["components"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    for (name, is_in) in
        [("tokio", true), ("sqlx", true), ("server", true), ("centrifuge", true), ("jsonschema", false)]
    {
        assert_eq!(names.contains(&name), is_in, "{name}");
    }
    let hashed = |it: &&serde_json::Value| it["purl"].as_str().unwrap().starts_with("pkg:cargo/tokio@");
    let tokio = listed["components"].as_array().unwrap().iter().find(hashed).unwrap();
    assert_eq!(tokio["hashes"][0]["content"].as_str().unwrap().len(), 64);

    rookery(folder.path(), &["release", "keygen", "--to", other]).unwrap();
    let refused = rookery(folder.path(), &["release", "verify", path, "--key", "other.pub"]).unwrap_err();
    assert!(refused.contains("not trusted here"), "{refused}");
}

#[test]
fn the_same_program_sources_and_instant_give_the_same_release() {
    let [one, other] = [keys(), keys()];
    let folders = [&one, &other].map(|folder| build(folder.path(), ALLOW, "1795295220").unwrap());
    for name in ["release.json", "rookery.zst", "components.cdx.json"] {
        let [one, other] = [&folders[0], &folders[1]].map(|folder| fs::read(folder.join(name)).unwrap());
        assert!(one == other, "{name} differs");
    }
    let again = build(one.path(), ALLOW, "1795295220").unwrap_err();
    assert!(again.contains("never written over"), "{again}");
    let left = fs::read_dir(one.path().join("releases")).unwrap().count();
    assert_eq!(left, 1, "something is left of what was not made");
}

#[test]
fn what_people_should_not_get_is_no_release_unless_that_was_said() {
    let folder = keys();
    let refused = build(folder.path(), "", "0").unwrap_err();
    assert!(refused.contains("--allow debug"), "{refused}");
    let refused = build(folder.path(), "debug,modified", "0").unwrap_err();
    assert!(refused.contains("--allow dynamic"), "{refused}");
    assert!(!folder.path().join("releases").exists());
}

#[test]
fn the_key_that_signs_is_its_owner_s_alone_and_never_written_over() {
    let folder = keys();
    let mode = fs::metadata(folder.path().join("key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(folder.path().join("key")).unwrap();
    assert!(rookery(folder.path(), &["release", "keygen", "--to", "key"]).is_err());
    assert_eq!(fs::read(folder.path().join("key")).unwrap(), before);
}

#[test]
fn a_program_that_is_no_rookery_is_no_release() {
    let folder = keys();
    let words = ["release", "build", "--binary", "/bin/true", "--source", ".", "--key", "key"];
    let refused = rookery(folder.path(), &words).unwrap_err();
    assert!(refused.contains("does not say what it is"), "{refused}");
}

#[test]
fn an_environment_that_takes_what_was_proven_elsewhere_takes_nothing_else() {
    let folder = keys();
    let declared = "[environments.staging]\nurl = \"https://stg.example.org\"\ntarget = { ssh = \"a@b\" }\n\
                    [environments.beta]\nurl = \"https://beta.example.org\"\ntarget = { ssh = \"a@d\" }\n\
                    [environments.production]\nurl = \"https://example.org\"\npromote_from = \"staging\"\n\
                    target = { ssh = \"a@c\" }\n\
                    [environments.cloud]\nurl = \"https://c.example.org\"\ntarget = { fly = \"app\" }\n\
                    [environments.after]\nurl = \"https://d.example.org\"\npromote_from = \"cloud\"\n\
                    target = { ssh = \"a@e\" }\n";
    fs::write(folder.path().join("rookery.toml"), declared).unwrap();
    let deploy = |name, more: &[&str]| {
        let words = [&["deploy", name, "release", "--key", "key.pub"], more].concat();
        rookery(folder.path(), &words).unwrap_err()
    };
    assert!(deploy("cloud", &[]).contains("takes images"));
    // Where a machine can be asked, it is (`promotion_same_digest…`); of a platform somebody says what shows it.
    let refused = deploy("after", &[]);
    assert!(refused.contains("proven in cloud") && refused.contains("--proven-by ADDRESS"), "{refused}");
    let refused = deploy("after", &["--proven-by", "it did; trust me"]);
    assert!(refused.contains("an address of plain letters"), "{refused}");
    let refused = deploy("after", &["--proven-by", "https://git.example.org/runs/7"]);
    assert!(!refused.contains("proven"), "{refused}");
    let refused = rookery(folder.path(), &["promote", "beta", "production"]).unwrap_err();
    assert!(refused.contains("does not take releases from beta"), "{refused}");
}
