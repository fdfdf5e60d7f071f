//! A real OpenID provider (panva/oidc-provider) as tests meet it: in node, on this machine, with the accounts that tests
//! name. It comes from the peers of `providers`, installed by their lock file.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

const START_MAX: Duration = Duration::from_secs(60);

/// A running provider. Dropping it ends it.
pub struct Issuer {
    child: Child,
    origin: String,
}

impl Issuer {
    /// The client's id there.
    pub const CLIENT_ID: &str = "rookery";
    /// And its secret.
    pub const CLIENT_SECRET: &str = "secret of rookery: with + and %";

    /// Starts one that sends people back to any of these addresses. It signs in whoever `login_hint` names.
    pub fn start(redirect_uris: &[String]) -> Self {
        let folder = install();
        let mut child = Command::new("node")
            .args(["issuer.mjs", "rs256", "in-token", "post"])
            .env("REDIRECT_URIS", redirect_uris.join(" "))
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need node");
        let output = child.stdout.take().unwrap();
        let (sender, lines) = sync_channel(8);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let origin = lines.recv_timeout(START_MAX).expect("the provider starts");
        Self { child, origin }
    }

    /// Its address, which is the issuer.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Installs what the lock file says, once, whoever comes first.
fn install() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../providers/tests/peers");
    let lock = std::fs::File::create(std::env::temp_dir().join("rookery-oidc-peer.lock")).unwrap();
    lock.lock().unwrap();
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
