//! A PostgreSQL server of a test's own, on loopback, gone when it is dropped.

use crate::clock::eventually;
use crate::pebble::free_port;
use rustix::process::{Pid, Signal, kill_process};
use std::net::TcpStream;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const START_MAX: Duration = Duration::from_secs(40);
const PASSWORD: &str = "nest-egg";

/// A server.
#[derive(Debug)]
pub struct Postgres {
    url: String,
    server: Child,
    _folder: TempDir,
}

impl Postgres {
    /// Starts one with nothing in it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = programs();
        let owner = unprivileged_owner(folder.path());
        let as_owner = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        if let Some((user, group)) = owner {
            chown(&password, Some(user), Some(group)).unwrap();
        }
        let data = folder.path().join("data");
        let created = as_owner("initdb")
            .args([
                "-U",
                "rookery",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .arg("--pwfile")
            .arg(&password)
            .status()
            .expect("initdb runs");
        assert!(created.success(), "initdb failed: {created}");
        let port = free_port();
        let server = as_owner("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c"])
            .arg(format!("unix_socket_directories={}", folder.path().display()))
            .spawn()
            .expect("postgres runs");
        let url = format!("postgres://rookery:{PASSWORD}@127.0.0.1:{port}/postgres");
        // Whoever opens it waits for it to be ready; here it is enough that somebody is there.
        eventually("PostgreSQL listens", START_MAX, || TcpStream::connect(("127.0.0.1", port)).ok());
        Self { url, server, _folder: folder }
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Without waiting for those who are connected.
        let _ = kill_process(Pid::from_child(&self.server), Signal::INT);
        let _ = self.server.wait();
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

/// The server refuses to run as root: then it runs as the user `postgres`, who gets the folder.
fn unprivileged_owner(folder: &Path) -> Option<(u32, u32)> {
    if !rustix::process::getuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let user =
        users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|user| user[0] == "postgres");
    let user = user.expect("the user `postgres` exists where tests run as root");
    let (user, group) = (user[2].parse().unwrap(), user[3].parse().unwrap());
    chown(folder, Some(user), Some(group)).unwrap();
    Some((user, group))
}
