//! A PostgreSQL server. Making a cluster takes seconds, so one is made for all tests, and each goes on from a copy.

use crate::{Server, free_port, until};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) const USER: &str = "rookery";
pub(crate) const PASSWORD: &str = "nest-egg";
/// What a cluster is made with. The smallest segments: it is copied often.
const MADE_WITH: [&str; 9] = [
    "-U",
    "rookery",
    "-A",
    "scram-sha-256",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
    "--wal-segsize=1",
];
/// What ends with a test need not outlive the machine.
const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=16MB",
];

/// For several clusters at a time, in bytes.
const ROOM_MIN: u64 = 1 << 30;

/// A server.
#[derive(Debug)]
pub struct Postgres {
    url: String,
    port: u16,
    // Dropped in this order: the server stops before its folder goes.
    _server: Server,
    _folder: TempDir,
}

impl Postgres {
    /// Starts one with nothing in it.
    pub fn start() -> Self {
        let folder = scratch();
        let owner = owner_of(folder.path());
        let data = folder.path().join("data");
        copy(&cluster(), &data);
        let port = free_port();
        let mut server = owner.command(&programs().join("postgres"), folder.path());
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        let sockets = format!("unix_socket_directories={}", folder.path().display());
        let server = Server(server.args(["-c", &sockets]).spawn().expect("postgres runs"));
        // It says so in this file; whoever connects before is refused.
        until("PostgreSQL is ready", || {
            std::fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|said| said.contains("ready"))
        });
        Self {
            url: format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"),
            port,
            _server: server,
            _folder: folder,
        }
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }
}

/// In memory, where there is room for it: a cluster is a thousand small files.
fn scratch() -> TempDir {
    let in_memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(in_memory).map_or(0, |about| about.f_bavail * about.f_frsize);
    let made = if room > ROOM_MIN { tempfile::tempdir_in(in_memory) } else { tempfile::tempdir() };
    made.unwrap()
}

/// A cluster that nobody writes to, beside the programs of the tests. It is made by the first who needs it.
fn cluster() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let place = program.parent().unwrap().join("peers-postgres");
    let made = place.join(MADE_WITH.concat());
    std::fs::create_dir_all(&place).unwrap();
    let lock = std::fs::File::create(place.join("lock")).unwrap();
    lock.lock().expect("one cluster at a time");
    if !made.exists() {
        let folder = tempfile::tempdir().unwrap();
        let owner = owner_of(folder.path());
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        owner.gets(&password);
        let created = owner
            .command(&programs().join("initdb"), folder.path())
            .args(MADE_WITH)
            .arg("--pwfile")
            .arg(&password)
            .arg("-D")
            .arg(folder.path().join("data"))
            .status()
            .expect("initdb runs");
        assert!(created.success(), "initdb failed: {created}");
        let unfinished = place.join("unfinished");
        let _nothing_was_left = std::fs::remove_dir_all(&unfinished);
        copy(&folder.path().join("data"), &unfinished);
        std::fs::rename(&unfinished, &made).unwrap();
    }
    made
}

/// With owners and modes, which std does not copy.
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status().expect("cp runs");
    assert!(copied.success(), "a cluster could not be copied: {copied}");
}

/// Whom the server runs as: it refuses root, and runs as the user `postgres` then.
pub(crate) struct Owner(Option<(u32, u32)>);

/// The owner, who gets the folder.
pub(crate) fn owner_of(folder: &Path) -> Owner {
    if !rustix::process::getuid().is_root() {
        return Owner(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let user =
        users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|user| user[0] == "postgres");
    let user = user.expect("the user `postgres` exists where tests run as root");
    let owner = Owner(Some((user[2].parse().unwrap(), user[3].parse().unwrap())));
    owner.gets(folder);
    owner
}

impl Owner {
    pub(crate) fn gets(&self, path: &Path) {
        if let Some((user, group)) = self.0 {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// A program that says nothing.
    pub(crate) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Where Debian puts the server programs of PostgreSQL 15, unless `ROOKERY_TEST_POSTGRES` says otherwise.
fn programs() -> PathBuf {
    let place = std::env::var_os("ROOKERY_TEST_POSTGRES")
        .map_or_else(|| PathBuf::from("/usr/lib/postgresql/15/bin"), PathBuf::from);
    assert!(
        place.join("postgres").exists(),
        "no PostgreSQL server in {}: install it (Debian: postgresql-15) or set ROOKERY_TEST_POSTGRES to the folder of \
         `postgres` and `initdb`",
        place.display()
    );
    place
}
