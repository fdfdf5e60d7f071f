//! From a laptop: the commands that people type, to a machine that they reach by ssh: a real client, a real server.

use crate::changes::{STEP_MAX, goes_well, serves, steps};
use crate::cook::{Cook, GOOD};
use crate::stage::Stage;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Actor as _, ROOTS_KEYS, SSHD_UNIT, SshKey, configure_sshd, eventually, free_port};

/// An environment on the same machine that takes what was proven in the stage's; nothing holds its port.
const NEXT: &str = "[environments.next]\nurl = \"http://127.0.0.1:9\"\npromote_from = \"test\"\n\
                    target = { ssh = \"root@127.0.0.2\" }\n";

/// A folder with a declaration, and keys for the stage's machine, each of which opens the gate of one environment there.
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
        reach(stage, folder.path());
        Self(folder)
    }

    fn command(&self, program: &str, words: &[&str]) -> Command {
        let path = std::env::var_os("PATH").unwrap();
        let path = format!("{}:{}", self.0.path().display(), path.to_str().unwrap());
        let mut command = Command::new("timeout");
        command.args(["240", program]).args(words).env("PATH", path).current_dir(self.0.path());
        command
    }

    fn types(&self, words: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_rookery"), words).output().unwrap()
    }

    /// One of OpenSSH's own programs, as the host that stands for a key.
    fn asks(&self, program: &str, words: &[&str]) -> Output {
        let own = ["-F", "ssh.config", "-o", "BatchMode=yes"];
        self.command(program, &[&own, words].concat()).stdin(Stdio::null()).output().unwrap()
    }
}

/// The hosts by which a laptop's user names the machine, by the key that is shown there.
const HOSTS: [(&str, &str); 3] = [("127.0.0.1", "test"), ("127.0.0.2", "next"), ("127.0.0.3", "free")];

/// Starts the machine's sshd, gives it the keys' lines as the manual has them, and sets the client up in a folder. One key
/// is tied to nothing.
fn reach(stage: &Stage, folder: &Path) {
    let port = free_port();
    let known = configure_sshd(&stage.machine.shared(), "127.0.0.1", port);
    fs::write(folder.join("known_hosts"), format!("machine {known}\n")).unwrap();
    let mut config = format!(
        "Host *\nHostName 127.0.0.1\nPort {port}\nHostKeyAlias machine\nStrictHostKeyChecking yes\nIdentitiesOnly yes\n\
         User root\nUserKnownHostsFile {0}/known_hosts\nGlobalKnownHostsFile none\n",
        folder.display()
    );
    let mut lines = String::new();
    for (host, name) in HOSTS {
        let key = SshKey::make(folder, name);
        writeln!(config, "Host {host}\nIdentityFile {}", key.file.display()).unwrap();
        let tied = format!(
            "restrict,command=\"/machine/rookery --environment {name} gate \\\"$SSH_ORIGINAL_COMMAND\\\"\" "
        );
        writeln!(lines, "{}{}", if name == "free" { "" } else { &tied }, key.public).unwrap();
    }
    fs::write(folder.join("ssh.config"), config).unwrap();
    stage.machine.write(ROOTS_KEYS, &lines);
    let ssh = format!(
        "#!/bin/sh\necho \"$@\" >>{0}/asked\nexec /usr/bin/ssh -F {0}/ssh.config \"$@\"\n",
        folder.display()
    );
    fs::write(folder.join("ssh"), ssh).unwrap();
    fs::set_permissions(folder.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    stage.machine.systemctl(&["start", SSHD_UNIT]);
    eventually("sshd listens", Duration::from_secs(20), || TcpStream::connect(("127.0.0.1", port)).ok());
}

#[expect(clippy::print_stderr, reason = "captured by the test's harness, and shown when asked for")]
#[test]
fn a_release_is_deployed_looked_at_listed_and_rolled_back_by_what_people_type() {
    let stage = Stage::declared(|unit| unit, "soak = \"1s\"");
    let ada = stage.first_start();
    let cook = Cook::of(&stage);
    let laptop = Laptop::of(&stage, &cook);
    let (one, first) = cook.release(1, GOOD, |_| {});
    // As long as a real one, and as hard to compress.
    let (two, second) = cook.release(2, &format!("{GOOD}{}", noise(20_000_000)), |_| {});
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
        asked.lines().all(|line| line.contains("BatchMode=yes") && line.contains(" -- root@127.0.0.1 ")),
        "{asked}"
    );
    let refused = laptop.types(&["deploy", "test", "/nowhere", "--key", "release.pub"]);
    assert!(!refused.status.success());
}

/// Letters that say nothing and cannot be said shorter than in three quarters of their length.
fn noise(length: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(LETTERS[usize::try_from(state >> 58).unwrap()])
    };
    (0..length).map(|_| letter()).collect()
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

#[test]
fn lost_deployer_auto_reverts() {
    let stage = Stage::declared(|unit| unit, "soak = \"5s\"");
    let _ada = stage.first_start();
    let cook = Cook::of(&stage);
    let laptop = Laptop::of(&stage, &cook);
    let (one, _) = cook.release(1, GOOD, |_| {});
    let words = ["deploy", "test", one.to_str().unwrap(), "--key", "release.pub", "--without-backup"];
    let mut deployer = laptop.command(env!("CARGO_BIN_EXE_rookery"), &words);
    let mut deployer = deployer.process_group(0).stdout(Stdio::null()).spawn().unwrap();
    eventually("it is watched", STEP_MAX, || steps(&stage, 1).contains(&"soaking".to_owned()).then_some(()));
    // The laptop is closed: the command and its ssh are gone at once, without a word.
    let group = format!("-{}", deployer.id());
    assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
    deployer.wait().unwrap();
    eventually("the release before is put back", 3 * STEP_MAX, || {
        steps(&stage, 1).last().is_some_and(|last| last == "reverted").then_some(())
    });
    assert!(steps(&stage, 1).contains(&"waiting".to_owned()));
    serves(&stage, crate::stage::GOOD);
    let late = laptop.asks("ssh", &["127.0.0.1", "confirm 1"]);
    let said = String::from_utf8_lossy(&late.stderr).into_owned();
    assert!(!late.status.success() && said.contains("Reverted"), "{said}");
}

#[test]
fn a_deployers_key_opens_the_gate_and_nothing_else() {
    let stage = Stage::declared(|unit| unit, "");
    let _ada = stage.first_start();
    let cook = Cook::of(&stage);
    let laptop = Laptop::of(&stage, &cook);
    fs::write(laptop.0.path().join("list"), "ls /\n").unwrap();
    let [tied, _, free] = HOSTS.map(|(host, _)| host);
    // Where it is looked at whether something was opened: the server's own port, and a file.
    let way = format!("127.0.0.1:{}", stage.site.address().port());
    let tries = |host: &str| {
        let copy = format!("{host}:/tmp/copied-{host}");
        [
            laptop.asks("ssh", &[host, "id"]),
            laptop.asks("ssh", &[host, "put; id"]),
            laptop.asks("ssh", &["-tt", host, "id"]),
            laptop.asks("ssh", &["-o", "SendEnv=*", host, "sh -c id"]),
            laptop.asks("scp", &["ssh.config", &copy]),
            laptop.asks("scp", &["-O", "ssh.config", &copy]),
            laptop.asks("sftp", &["-b", "list", host]),
        ]
    };
    for (number, done) in tries(tied).into_iter().enumerate() {
        let said = String::from_utf8_lossy(&[&done.stdout[..], &done.stderr[..]].concat()).into_owned();
        assert!(!done.status.success() && !said.contains("uid="), "{number}: {said}");
    }
    // The server would have let a key do that which is tied to nothing.
    for (number, done) in tries(free).into_iter().enumerate() {
        let said = String::from_utf8_lossy(&[&done.stdout[..], &done.stderr[..]].concat()).into_owned();
        assert!(done.status.success(), "{number}: {said}");
    }
    let copied = |host: &str| stage.machine.path(&format!("/tmp/copied-{host}")).exists();
    assert!(!copied(tied) && copied(free));
    // Ways through the machine, from here to there and from there to here.
    let through = |host: &str| {
        let there = ["-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:9"];
        let here = laptop.asks("ssh", &["-W", &way, host]);
        let back =
            laptop.command("timeout", &[&["5", "ssh"], &there[..], &[host]].concat()).output().unwrap();
        (
            String::from_utf8_lossy(&here.stderr).into_owned(),
            String::from_utf8_lossy(&back.stderr).into_owned(),
        )
    };
    let (here, back) = through(tied);
    assert!(here.contains("prohibited") && back.contains("forwarding failed"), "{here}{back}");
    let (here, back) = through(free);
    assert!(!here.contains("prohibited") && !back.contains("forwarding failed"), "{here}{back}");
    // What it is for.
    let account = laptop.asks("ssh", &[tied, "account"]);
    assert!(goes_well(&account).contains("\"serving\":\"good\""));
}
