//! A real OpenID provider (panva/oidc-provider) as tests meet it: in node, on this machine, with the accounts that tests
//! name. It is installed by its lock file, once.

use crate::install::{install, lines_of};
use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// How long it may take to install, to start, and to do as it is told.
const TIME_MAX: Duration = Duration::from_secs(60);

/// How a provider does what the standard leaves open.
#[derive(Clone, Debug)]
pub struct IssuerOptions {
    /// How it signs: `rs256` or `es256`.
    pub algorithm: &'static str,
    /// Where it says the address: `in-token` or `in-userinfo`.
    pub claims: &'static str,
    /// How it wants to be told the client's secret: `post` or `basic`; `public`: there is none.
    pub authentication: &'static str,
    /// Where it sends people back to.
    pub redirect_uris: Vec<String>,
}

/// A running provider. It signs in whoever `login_hint` names. Dropping it ends it.
pub struct Issuer {
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
    origin: String,
}

impl Issuer {
    /// The client's id there.
    pub const CLIENT_ID: &str = "rookery";
    /// And its secret.
    pub const CLIENT_SECRET: &str = "secret of rookery: with + and %";

    /// Starts one that sends people back to any of these addresses.
    pub fn start(redirect_uris: &[String]) -> Self {
        let redirect_uris = redirect_uris.to_vec();
        Self::with(&IssuerOptions {
            algorithm: "rs256",
            claims: "in-token",
            authentication: "post",
            redirect_uris,
        })
    }

    /// Starts one that does so.
    pub fn with(options: &IssuerOptions) -> Self {
        let mut child = Command::new("node")
            .args(["issuer.mjs", options.algorithm, options.claims, options.authentication])
            .env("REDIRECT_URIS", options.redirect_uris.join(" "))
            .current_dir(install("."))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need node");
        let input = child.stdin.take().expect("it is piped");
        let output = lines_of(child.stdout.take());
        let origin = output.recv_timeout(TIME_MAX).expect("the provider starts");
        Self { child, input, output, origin }
    }

    /// Its address, which is the issuer.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Gives it new keys.
    pub fn rotate(&mut self) {
        self.input.write_all(b"rotate\n").expect("the provider listens");
        assert_eq!(self.output.recv_timeout(TIME_MAX).as_deref(), Ok("rotated"));
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
