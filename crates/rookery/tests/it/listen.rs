//! The listener without a browser: the real program as a child beside the real server.

mod lines;
mod mpris;
mod sound;
mod view;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use testkit::{Rookery, since_1970};

/// A debug build on a busy machine does everything within this.
const SOON: Duration = Duration::from_secs(30);

/// A running `rookery listen --json`. Dropping it kills the process.
pub struct Listening {
    child: Child,
    lines: Receiver<String>,
    /// Everything it has said, for a failure's message.
    said: Vec<String>,
}

impl Listening {
    /// Starts it with these arguments, and these variables in its environment.
    pub fn start(args: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(crate::program());
        command.arg("listen").args(args).arg("--json").envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, lines) = sync_channel(1024);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines, said: Vec::new() }
    }

    /// The next line that `wanted` takes; those before it are passed over.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "a bound on waiting is no part of what is tested")]
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        while let Ok(line) = self.lines.recv_timeout(SOON.saturating_sub(began.elapsed())) {
            let read: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            self.said.push(line);
            if wanted(&read) {
                return read;
            }
        }
        panic!("it never said {what}; it said:\n{}", self.said.join("\n"))
    }

    /// The next line of this type that `wanted` takes.
    #[track_caller]
    pub fn line(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.until(kind, |line| line["type"] == kind && wanted(line))
    }

    /// Waits until it has ended by itself; its exit code.
    pub fn ends(&mut self) -> Option<i32> {
        testkit::eventually("the listener ends", SOON, || self.child.try_wait().unwrap()).code()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The real server with `--demo`.
pub fn with_demo() -> Rookery {
    let options = testkit::Options { args: vec!["--demo".to_owned()], ..testkit::Options::default() };
    Rookery::with(crate::program(), options)
}

/// The system's time in milliseconds since 1970.
pub fn now_ms() -> f64 {
    since_1970().as_micros() as f64 / 1000.0
}

/// Turns autofill off, so that nothing plays but what a test adds.
pub fn by_hand(host: &impl testkit::Actor) {
    drop(host.command("configure", json!({"autofill": false})).expect(200));
}
