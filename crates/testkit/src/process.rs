//! The real program, started, stopped, killed and started again, as an operating system does it.

use crate::actor::{self, Browser};
use crate::clock::eventually;
use crate::http::{Request, Site};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;
use tempfile::TempDir;

/// A debug build on a busy machine starts within this.
const START_MAX: Duration = Duration::from_secs(30);
/// How long a command may take from its beginning to its end, on a machine that has much else to do.
const RUN_MAX: Duration = Duration::from_secs(120);

/// How to start the program.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Arguments after `serve`.
    pub args: Vec<String>,
    /// Command words put before the program, for example `prlimit --fsize=…`.
    pub wrapper: Vec<String>,
    /// Where it listens; anywhere if absent.
    pub address: Option<SocketAddr>,
    /// The data folder; one of its own if absent.
    pub data: Option<PathBuf>,
    /// Whether the data folder has an administrator, so that no first-run link is printed.
    pub is_set_up: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The exit code; absent: a signal.
    pub code: Option<i32>,
    /// How long it took to end.
    pub took: Duration,
}

/// A running server with a data folder. Dropping it kills the process and removes the folder.
pub struct Rookery {
    program: PathBuf,
    options: Options,
    home: TempDir,
    child: Option<Child>,
    site: Site,
    setup_token: String,
}

impl Rookery {
    /// Starts the program on a new folder and a free port.
    pub fn start(program: &Path) -> Self {
        Self::with(program, Options::default())
    }

    /// Starts the program with these options.
    pub fn with(program: &Path, options: Options) -> Self {
        let home = tempfile::tempdir().unwrap();
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let site = Site::new(options.address.unwrap_or(anywhere));
        let setup_token = String::new();
        let mut rookery = Self { program: program.to_owned(), options, home, child: None, site, setup_token };
        rookery.launch();
        rookery
    }

    /// How to reach it.
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// Sets the server up.
    pub fn administrator(&self) -> Browser {
        actor::administrator(&self.site, &self.setup_token)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.options.data.clone().unwrap_or_else(|| self.home.path().join("data"))
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Ends it at once, as a power failure would (SIGKILL).
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        let _ = child.kill();
        child.wait().unwrap();
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub fn terminate(&mut self) -> Exit {
        let mut child = self.child.take().expect("it runs");
        let pid = Pid::from_child(&child);
        let asked_at = crate::since_1970();
        // It may have been asked before, and be gone already.
        let _ = kill_process(pid, Signal::TERM);
        let status = eventually("the process ends", Duration::from_secs(30), || child.try_wait().unwrap());
        Exit { code: status.code(), took: crate::since_1970().saturating_sub(asked_at) }
    }

    /// Starts it again on the same folder and port.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "it still runs");
        self.launch();
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join("log")
    }

    fn launch(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.log_path()).unwrap();
        let mut words = self.options.wrapper.iter();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = Command::new(first);
                command.args(words).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        command.args(["serve", "--listen", &self.site.address().to_string(), "--data"]);
        command.arg(self.data()).args(&self.options.args).current_dir(self.home.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let lines = lines_of(&mut child);
        self.child = Some(child);
        let base = self.line_with(&lines, "Rookery listens at http://");
        let address = base.rsplit("//").next().map(|address| address.replace("localhost", "127.0.0.1"));
        let address = address.and_then(|address| address.parse().ok()).unwrap();
        self.site = Site::new(address);
        if self.setup_token.is_empty() && !self.options.is_set_up {
            let link = self.line_with(&lines, "/welcome#");
            self.setup_token = link.split_once('#').unwrap().1.to_owned();
        }
        eventually("it answers", START_MAX, || {
            self.site.try_send(Request::new("GET", "/health")).ok().filter(|reply| reply.status == 200)
        });
    }

    fn line_with(&self, lines: &Receiver<String>, mark: &str) -> String {
        loop {
            match lines.recv_timeout(START_MAX) {
                Ok(line) if line.contains(mark) => return line,
                Ok(_) => {}
                Err(_) => panic!("the program did not say `{mark}`; its log: {}", self.log()),
            }
        }
    }
}

impl Drop for Rookery {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let cut = log.len().saturating_sub(4_000);
            let tail = log.get(cut..).unwrap_or(&log);
            // Captured by the test's harness and shown with its failure.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), tail.as_bytes());
        }
    }
}

/// Ends a process at once, as a power failure would (SIGKILL). For a thread that has not got the [`Rookery`].
pub fn kill(pid: u32) {
    signal(pid, Signal::KILL);
}

/// Asks a process to end (SIGTERM). For a thread that has not got the [`Rookery`].
pub fn ask_to_end(pid: u32) {
    signal(pid, Signal::TERM);
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// The program's output, line by line, read to its end so that it never waits for us.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let output = child.stdout.take().expect("a pipe");
    let (sender, lines) = sync_channel(64);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Runs the program to its end; it is killed, and the test fails, if that takes longer than any test waits for.
pub fn run(program: &Path, args: &[&str], folder: &Path) -> Output {
    let child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = Pid::from_child(&child);
    let (done, ended) = sync_channel::<()>(1);
    let watching = std::thread::spawn(move || {
        let is_too_long = ended.recv_timeout(RUN_MAX).is_err();
        if is_too_long {
            let _ = kill_process(pid, Signal::KILL);
        }
        is_too_long
    });
    // Reads while it waits: a program that prints much must not wait for us.
    let output = child.wait_with_output().unwrap();
    let _ = done.send(());
    assert!(!watching.join().unwrap(), "{args:?} did not end within {RUN_MAX:?}");
    output
}
