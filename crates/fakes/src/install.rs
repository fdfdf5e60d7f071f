//! Packages of npm that real peers are made of, as their lock files say; and what such a peer says.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{ChildStdout, Command};
use std::sync::mpsc::{Receiver, sync_channel};

/// What a peer says, line by line.
pub(crate) fn lines_of(said: Option<ChildStdout>) -> Receiver<String> {
    let (sender, lines) = sync_channel(8);
    let said = said.expect("it is piped");
    std::thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Installs what a folder of `peers` names, once, whoever comes first.
pub(crate) fn install(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers").join(name);
    let file = format!("rookery-peers-{}.lock", name.trim_matches('.'));
    let lock = std::fs::File::create(std::env::temp_dir().join(file)).expect("a file to wait at");
    lock.lock().expect("others are done some time");
    if !folder.join("node_modules/.package-lock.json").exists() {
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("these tests need node and npm");
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    }
    folder
}
