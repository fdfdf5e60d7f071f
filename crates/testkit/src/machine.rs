//! A machine with systemd as its first process, in namespaces of this one: units, sockets, notifications, restarts and
//! watchdogs are the real ones. It sees this machine's files and network; what it writes is gone with it. One that is
//! `bare` has a network of its own, a cable to a laptop, and nothing of ours on it.
//!
//! Needs root, cgroup v2 mounted somewhere, and systemd installed. Deliberately not here: what runs on it.

use crate::clock::eventually;
use rustix::process::{Pid, Signal, kill_process};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

const SCRIPT: &str = include_str!("machine.sh");
/// Units that every system has and this one does not need.
const TARGETS: [&str; 9] =
    ["machine", "sysinit", "basic", "shutdown", "umount", "final", "sockets", "network-online", "multi-user"];
/// A debug build on a busy machine.
const START_MAX: Duration = Duration::from_secs(40);
const COMMAND_MAX: &str = "60";

/// Where systemd finds units: what the test gives it, and nothing else.
const UNIT_PATH: &str = "/run/units";
/// On a bare machine: what is put there, what the test gives it, what the system brings.
const UNIT_PATH_BARE: &str = "/etc/systemd/system:/run/units:";
/// The addresses of a bare machine and of the laptop beside it.
const ADDRESSES: [&str; 2] = ["10.77.0.2", "10.77.0.1"];

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A machine. Dropping it ends everything on it.
pub struct Machine {
    home: TempDir,
    group: PathBuf,
    outer: Child,
    first: Pid,
    unit_path: &'static str,
    /// The network at the other end of the cable.
    laptop: Option<Child>,
}

/// What the private door of a slot said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Machine {
    /// Starts a machine with these units (name and text), whose services run as `user`.
    pub fn start(units: &[(String, String)], user: &str) -> Self {
        Self::begin(units, user, UNIT_PATH)
    }

    /// Starts a machine on which there is nothing but the system, and a laptop beside it that reaches it by its address.
    pub fn bare(units: &[(String, String)]) -> Self {
        let mut machine = Self::begin(units, "somebody", UNIT_PATH_BARE);
        machine.laptop = Some(machine.cable());
        machine
    }

    fn begin(units: &[(String, String)], user: &str, unit_path: &'static str) -> Self {
        let missing: Vec<_> = ["unshare", "nsenter", "setpriv", "systemctl", "systemd-analyze"]
            .into_iter()
            .filter(|program| !is_installed(program))
            .collect();
        assert!(missing.is_empty(), "a machine needs systemd and util-linux; missing: {missing:?}");
        assert!(rustix::process::geteuid().is_root(), "a machine needs root: it has namespaces of its own");
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        // Users of the machine pass through.
        set_mode(folder, 0o755);
        let shared = folder.join("shared");
        std::fs::create_dir_all(&shared).unwrap();
        set_mode(&shared, 0o755);
        let files = folder.join("units");
        std::fs::create_dir(&files).unwrap();
        for target in TARGETS {
            let text = format!("[Unit]\nDescription={target}\nDefaultDependencies=no\n");
            std::fs::write(files.join(format!("{target}.target")), text).unwrap();
        }
        for (name, text) in units {
            let path = files.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let script = folder.join("machine.sh");
        std::fs::write(&script, SCRIPT).unwrap();
        let group = new_group();
        let enter = "echo $$ >\"$1/cgroup.procs\"; net=$2; shift 2; exec setpriv --pdeathsig KILL unshare --mount --pid \
                     --fork --kill-child=KILL --uts --ipc --cgroup $net sh \"$@\"";
        let console = std::fs::File::create(folder.join("console")).unwrap();
        let outer = Command::new("sh")
            .args(["-c", enter, "sh"])
            .arg(&group)
            .arg(if unit_path == UNIT_PATH { "" } else { "--net" })
            .arg(&script)
            .arg(folder)
            .arg(user)
            .arg(&files)
            .arg(unit_path)
            .stdin(Stdio::null())
            .stdout(console.try_clone().unwrap())
            .stderr(console)
            .spawn()
            .unwrap();
        let children = format!("/proc/{0}/task/{0}/children", outer.id());
        let first = eventually("the machine has a first process", START_MAX, || {
            let children = std::fs::read_to_string(&children).unwrap_or_default();
            children.split_whitespace().next().and_then(|pid| Pid::from_raw(pid.parse().ok()?))
        });
        let machine = Self { home, group, outer, first, unit_path, laptop: None };
        eventually("systemd answers", START_MAX, || {
            assert!(machine.lives(), "the machine did not start: {}", machine.console());
            let asked = machine.try_systemctl(&["is-active", "machine.target"]);
            (asked.status.success()).then_some(())
        });
        machine
    }

    fn lives(&self) -> bool {
        Path::new(&format!("/proc/{}", self.first.as_raw_nonzero())).exists()
    }

    /// What systemd has said.
    pub fn console(&self) -> String {
        std::fs::read_to_string(self.home.path().join("console")).unwrap_or_default()
    }

    /// A path of the machine, as it is reached from here.
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.first.as_raw_nonzero()))
    }

    /// A folder that both see: `/machine` on it.
    pub fn shared(&self) -> PathBuf {
        self.home.path().join("shared")
    }

    /// Writes a file on the machine, with the folders it is in.
    pub fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs a program on the machine to its end, at most a minute.
    pub fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new("timeout");
        command.arg(COMMAND_MAX).args(self.entered()).args(words).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// The words before those that are to run on the machine.
    pub fn entered(&self) -> Vec<String> {
        let pid = self.first.as_raw_nonzero().to_string();
        let root = format!("--root=/proc/{pid}/root");
        let path = format!("SYSTEMD_UNIT_PATH={}", self.unit_path);
        let mut words = vec!["nsenter", "-t", &pid, "-m", "-p", "-u", "-i", "-C"];
        words.extend(self.laptop.is_some().then_some("-n"));
        words.extend([&*root, "env", "-C", "/", &*path]);
        words.into_iter().map(str::to_owned).collect()
    }

    /// The words before those that are to run on the laptop beside a bare machine: this one's files, its own network.
    pub fn on_the_laptop(&self) -> Vec<String> {
        let laptop = self.laptop.as_ref().expect("only a bare machine has a laptop beside it");
        ["nsenter", "-t", &laptop.id().to_string(), "-n"].map(str::to_owned).to_vec()
    }

    /// The address at which a laptop reaches a bare machine.
    pub const fn address(&self) -> &'static str {
        ADDRESSES[0]
    }

    /// A second network, with a cable to the machine's.
    fn cable(&self) -> Child {
        // Goes with whoever started it.
        let hold = ["--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity"];
        let laptop = Command::new("setpriv").args(hold).stdin(Stdio::null()).spawn().unwrap();
        let (own, other) = (self.first.as_raw_nonzero().to_string(), laptop.id().to_string());
        let network = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        eventually("the laptop has a network of its own", START_MAX, || {
            (network(&other) != network("self")).then_some(())
        });
        let ip = |pid: &str, words: &str| {
            let mut command = Command::new("nsenter");
            command.args(["-t", pid, "-n", "ip"]).args(words.split(' '));
            assert!(command.status().unwrap().success(), "ip {words}");
        };
        ip(&own, &format!("link add cable type veth peer name cable netns {other}"));
        for (pid, address) in [&*own, &*other].into_iter().zip(ADDRESSES) {
            ip(pid, &format!("address add {address}/24 dev cable"));
            ip(pid, "link set lo up");
            ip(pid, "link set cable up");
        }
        laptop
    }

    /// Tells systemd something, whatever it answers.
    pub fn try_systemctl(&self, words: &[&str]) -> Output {
        self.run(&[&["systemctl"], words].concat())
    }

    /// Tells systemd something and answers what it said.
    #[track_caller]
    pub fn systemctl(&self, words: &[&str]) -> String {
        let done = self.try_systemctl(words);
        let mut said = String::from_utf8_lossy(&done.stdout).into_owned();
        if !done.status.success() {
            let _ = write!(said, "{}\n{}", String::from_utf8_lossy(&done.stderr), self.logs());
            panic!("systemctl {words:?}: {} {said}", done.status);
        }
        said.trim().to_owned()
    }

    /// A property of a unit.
    #[track_caller]
    pub fn property(&self, unit: &str, name: &str) -> String {
        self.systemctl(&["show", "--value", "-p", name, unit])
    }

    /// The last of everything that was logged.
    pub fn logs(&self) -> String {
        let mut text = String::new();
        let files = std::fs::read_dir(self.shared()).into_iter().flatten().flatten();
        for file in files.filter(|file| file.path().extension().is_some_and(|it| it == "log")) {
            let log = std::fs::read_to_string(file.path()).unwrap_or_default();
            let from = log.char_indices().rev().nth(3_000).map_or(0, |(at, _)| at);
            let _ = writeln!(text, "--- {}\n{}", file.path().display(), &log[from..]);
        }
        text + "--- systemd\n" + &self.console()
    }

    /// Asks at a private door.
    ///
    /// # Errors
    /// If nobody is there.
    pub fn ask(&self, door: &str, method: &str, path: &str) -> std::io::Result<Said> {
        let mut stream = UnixStream::connect(self.path(door))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: door\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("no answer: {answer:?}")))?;
        Ok(Said { status, body: body.to_owned() })
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Captured by the test's harness and shown with its failure.
            let _ = std::io::stderr().write_all(self.logs().as_bytes());
        }
        // The first process of a namespace takes everything in it along.
        let _ = kill_process(self.first, Signal::KILL);
        let _ = self.outer.wait();
        if let Some(mut laptop) = self.laptop.take() {
            let _ = laptop.kill();
            let _ = laptop.wait();
        }
        remove_group(&self.group);
    }
}

fn is_installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).exists())
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// A control group of its own, wherever version 2 is mounted.
fn new_group() -> PathBuf {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let at = mounts.lines().find_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        kind.starts_with("cgroup2 ").then(|| mount.split(' ').nth(4))?
    });
    let at = at.expect("a machine needs cgroup v2: mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let group = Path::new(at).join(format!("rookery-machine-{}-{number}", std::process::id()));
    std::fs::create_dir(&group).unwrap();
    group
}

/// Control groups go from the inside out, once nothing runs in them.
fn remove_group(group: &Path) {
    let removed = || {
        for folder in inside_out(group) {
            let _ = std::fs::remove_dir(folder);
        }
        (!group.exists()).then_some(())
    };
    if !std::thread::panicking() {
        eventually("nothing runs on the machine any more", Duration::from_secs(10), removed);
    } else {
        let _ = removed();
    }
}

fn inside_out(folder: &Path) -> Vec<PathBuf> {
    let inner = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let inner = inner.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut folders: Vec<_> = inner.flat_map(|entry| inside_out(&entry.path())).collect();
    folders.push(folder.to_owned());
    folders
}
