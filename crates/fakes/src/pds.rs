//! A real PDS (`@atproto/pds`) with a real PLC directory as tests meet them: on this machine, with the accounts `alice.test`
//! and `bob.test`. They are installed by their lock file, once, with the Node that they need.

use crate::install::{install, lines_of};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// How long it may take to start, and to do as it is told, on a machine that has much else to do.
const TIME_MAX: Duration = Duration::from_secs(120);

/// A running PDS. Dropping it ends it.
pub struct Pds {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<String>,
    about: Value,
}

impl Pds {
    /// Starts one.
    pub fn start() -> Self {
        Self::launch(None)
    }

    /// Starts one that trusts an authority beside the system's, of this PEM file. Names below `rookery.dev` are this machine
    /// for it.
    pub fn trusting(root: &Path) -> Self {
        Self::launch(Some(root))
    }

    fn launch(root: Option<&Path>) -> Self {
        let folder = install("atproto");
        let kind = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
        let node = folder.join(format!("node_modules/node-linux-{kind}/bin/node"));
        let mut child = Command::new(node)
            .arg("pds.mjs")
            .env("LOG_ENABLED", "false")
            .envs(root.map(|root| ("NODE_EXTRA_CA_CERTS", root)))
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need the packages of peers/atproto");
        let input = child.stdin.take();
        let output = lines_of(child.stdout.take());
        let about = output.recv_timeout(TIME_MAX).expect("the PDS starts");
        let about = serde_json::from_str(&about).expect("it says where it is");
        Self { child, input, output, about }
    }

    /// Its address, which is also the issuer.
    pub fn origin(&self) -> String {
        self.text("pds")
    }

    /// The address of the directory of identities.
    pub fn directory(&self) -> String {
        self.text("plc")
    }

    /// The identity of `alice.test` or `bob.test`.
    pub fn did(&self, handle: &str) -> String {
        self.about["accounts"][handle].as_str().expect("an account").to_owned()
    }

    /// Goes through the PDS's own sign-in from the page that a browser was sent to, and agrees there or does not; where the
    /// browser is sent back to.
    pub fn sign_in(&mut self, page: &str, handle: &str, agrees: bool) -> String {
        let asked = json!({"do": "sign-in", "url": page, "handle": handle, "password": password(handle), "agrees": agrees});
        let answer = self.ask(&asked);
        answer["url"].as_str().unwrap_or_else(|| panic!("nobody is sent back: {answer}")).to_owned()
    }

    /// A new app password.
    pub fn app_password(&mut self, handle: &str) -> String {
        let answer = self.ask(&json!({"do": "app-password", "handle": handle, "password": password(handle)}));
        answer["password"].as_str().unwrap_or_else(|| panic!("no app password: {answer}")).to_owned()
    }

    /// How many tokens clients hold that were given by OAuth.
    pub fn tokens(&mut self) -> u64 {
        let answer = self.ask(&json!({"do": "tokens"}));
        answer["count"].as_u64().unwrap_or_else(|| panic!("no count: {answer}"))
    }

    /// Ends it before its time.
    pub fn stop(&mut self) {
        // It cleans up and goes when nobody speaks to it any more.
        drop(self.input.take());
        let _reaped = self.child.wait();
    }

    fn text(&self, name: &str) -> String {
        self.about[name].as_str().expect("it says so").to_owned()
    }

    fn ask(&mut self, what: &Value) -> Value {
        let mut input = self.input.as_ref().expect("the PDS runs");
        writeln!(input, "{what}").expect("the PDS listens");
        let answer = self.output.recv_timeout(TIME_MAX).expect("the PDS answers");
        serde_json::from_str(&answer).expect("JSON")
    }
}

fn password(handle: &str) -> String {
    format!("{}-pass-1", handle.trim_end_matches(".test"))
}

impl Drop for Pds {
    fn drop(&mut self) {
        self.stop();
    }
}
