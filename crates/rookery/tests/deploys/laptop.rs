//! From a laptop: the commands that people type, to a machine that they reach by ssh.

use crate::cook::{Cook, GOOD};
use crate::stage::Stage;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use testkit::Actor as _;

/// An environment on the same machine that takes what was proven in the stage's; nothing holds its port.
const NEXT: &str = "[environments.next]\nurl = \"http://127.0.0.1:9\"\npromote_from = \"test\"\n\
                    target = { ssh = \"deploy@127.0.0.2\" }\n";

/// A folder with a declaration and an `ssh` that leads to the stage's machine, and runs there what the key there runs.
struct Laptop(TempDir);

impl Laptop {
    fn of(stage: &Stage, cook: &Cook) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(stage.machine.path(&stage.layout.declaration())).unwrap();
        let text = text + NEXT;
        stage.machine.write("/etc/rookery/next/rookery.toml", &text);
        stage.machine.write("/etc/rookery/next/release.pub", &cook.pair.public);
        fs::write(folder.path().join("rookery.toml"), text).unwrap();
        fs::write(folder.path().join("release.pub"), &cook.pair.public).unwrap();
        let enter = stage.machine.entered().join(" ");
        let ssh = format!(
            "#!/bin/sh\necho \"$@\" >>{}/asked\ncase \"$*\" in *@127.0.0.2*) at=next ;; *) at=test ;; esac\n\
             for word; do :; done\nexec {enter} /machine/rookery --environment $at gate \"$word\"\n",
            folder.path().display()
        );
        let path = folder.path().join("ssh");
        fs::write(&path, ssh).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn types(&self, words: &[&str]) -> Output {
        let path =
            format!("{}:{}", self.0.path().display(), std::env::var_os("PATH").unwrap().to_str().unwrap());
        let mut command = Command::new("timeout");
        command.args(["240", env!("CARGO_BIN_EXE_rookery")]).args(words).env("PATH", path);
        command.current_dir(self.0.path()).output().unwrap()
    }
}

#[track_caller]
fn goes_well(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[expect(clippy::print_stderr, reason = "captured by the test's harness, and shown when asked for")]
#[test]
fn a_release_is_deployed_looked_at_listed_and_rolled_back_by_what_people_type() {
    let stage = Stage::declared(|unit| unit, "soak = \"1s\"");
    let ada = stage.first_start();
    let cook = Cook::of(&stage);
    let laptop = Laptop::of(&stage, &cook);
    let (one, first) = cook.release(1, GOOD, |_| {});
    let (two, second) = cook.release(2, GOOD, |_| {});
    for folder in [one, two] {
        let began = testkit::since_1970();
        let words = ["deploy", "test", folder.to_str().unwrap(), "--key", "release.pub", "--without-backup"];
        let said = goes_well(&laptop.types(&words));
        eprintln!("deployed in {:?}:\n{said}", testkit::since_1970().saturating_sub(began));
        assert!(said.contains("waiting to be confirmed") && said.contains("done: confirmed"), "{said}");
    }
    ada.main_nest();
    let listed = goes_well(&laptop.types(&["releases", "test"]));
    assert_eq!(listed, format!("{first}, proven\n{second}, serves, proven\n"));
    goes_well(&laptop.types(&["rollback", "test"]));
    let status = goes_well(&laptop.types(&["status", "test"]));
    assert!(status.starts_with(&format!("{first} serves in")), "{status}");
    let asked = fs::read_to_string(laptop.0.path().join("asked")).unwrap();
    assert!(
        asked.lines().all(|line| line.contains("BatchMode=yes") && line.contains(" -- deploy@127.0.0.1 ")),
        "{asked}"
    );
    let refused = laptop.types(&["deploy", "test", "/nowhere", "--key", "release.pub"]);
    assert!(!refused.status.success());
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn promotion_same_digest_and_nothing_that_was_not_proven_goes_further() {
    let stage = Stage::declared(|unit| unit, "soak = \"1s\"");
    let _ada = stage.first_start();
    let cook = Cook::of(&stage);
    let laptop = Laptop::of(&stage, &cook);
    let refusal = |words: &[&str]| {
        let output = laptop.types(words);
        assert!(!output.status.success(), "{words:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    // What serves was put there by hand.
    let refused = refusal(&["promote", "test", "next"]);
    assert!(refused.contains("was not proven there"), "{refused}");
    let (one, first) = cook.release(1, GOOD, |_| {});
    let folder = one.to_str().unwrap();
    let refused = refusal(&["deploy", "next", folder, "--key", "release.pub"]);
    assert!(refused.contains("rookery promote test next"), "{refused}");
    goes_well(&laptop.types(&["deploy", "test", folder, "--key", "release.pub", "--without-backup"]));
    // It gets there to the byte, and is stopped by what that environment lacks.
    let refused = refusal(&["promote", "test", "next"]);
    assert!(refused.contains("rookery-next.socket is inactive"), "{refused}");
    let placed = |name: &str| files(&stage.machine.path(&format!("/srv/rookery/{name}/releases/{first}")));
    assert_eq!(placed("test"), placed("next"));
    assert_eq!(placed("next").len(), 4);
    // Whoever goes around the command meets the machine's own memory.
    let (two, second) = cook.release(2, GOOD, |_| {});
    let mut stream = Vec::new();
    release::send(&two, &cook.keys, &mut stream).unwrap();
    fs::write(stage.machine.shared().join("upload"), stream).unwrap();
    let gate = |words: &str, from: &str| {
        let line = format!("/machine/rookery --environment next gate '{words}' < {from}");
        stage.machine.run(&["sh", "-c", &line])
    };
    goes_well(&gate("put", "/machine/upload"));
    let around = gate(&format!("deploy {second}"), "/dev/null");
    let said = String::from_utf8_lossy(&around.stderr).into_owned();
    assert!(said.contains("takes releases that were proven in test"), "{said}");
}
