//! A Redis, as Debian packages it.

use crate::{Server, free_ports, until};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A server that keeps nothing.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    tls_port: u16,
    args: Vec<String>,
    // Dropped in this order: the server stops before its folder goes.
    server: Option<Server>,
    folder: TempDir,
}

impl Redis {
    /// Starts one that lets everybody in.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// Starts one with these arguments, such as `--requirepass`.
    pub fn with(args: &[&str]) -> Self {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        let [port, tls_port] = free_ports();
        let folder = tempfile::tempdir().unwrap();
        let mut redis = Self { port, tls_port, args, server: None, folder };
        redis.run();
        redis
    }

    /// Starts one that speaks TLS too, with this certificate and key (both PEM).
    pub fn with_tls(certificate: &str, key: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [port, tls_port] = free_ports();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let (certificate, key) = (file("certificate.pem", certificate), file("key.pem", key));
        let words =
            ["--tls-port", &tls_port.to_string(), "--tls-cert-file", &certificate, "--tls-key-file", &key];
        let mut args: Vec<String> = words.map(str::to_owned).into();
        args.extend(["--tls-auth-clients", "no", "--tls-ca-cert-file", &certificate].map(str::to_owned));
        let mut redis = Self { port, tls_port, args, server: None, folder };
        redis.run();
        redis
    }

    /// How to reach it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its plain port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its port of TLS.
    pub const fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// Ends it at once (SIGKILL).
    pub fn kill(&mut self) {
        let mut server = self.server.take().expect("it runs");
        server.0.kill().unwrap();
        server.0.wait().unwrap();
    }

    /// Starts it again on the same port.
    pub fn restart(&mut self) {
        assert!(self.server.is_none(), "it still runs");
        self.run();
    }

    /// Whether somebody with this client name is connected and hears a channel; how many.
    pub fn listeners(&self) -> usize {
        let said = self.ask(&["CLIENT LIST"]).unwrap_or_default();
        let is_listener = |line: &&str| line.contains("name=rookery") && !line.contains(" sub=0");
        said.lines().filter(is_listener).count()
    }

    /// Says these commands as a stranger who may do everything, and returns what was answered.
    ///
    /// # Errors
    /// If it cannot be reached.
    pub fn ask(&self, commands: &[&str]) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let mut said = commands.join("\r\n");
        said.push_str("\r\nQUIT\r\n");
        stream.write_all(said.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn run(&mut self) {
        let child = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--port",
                &self.port.to_string(),
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .arg("--dir")
            .arg(Path::new(self.folder.path()))
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server runs: cargo xtask test installs it");
        self.server = Some(Server(child));
        // Who is not let in is answered all the same.
        until("Redis answers", || self.ask(&["PING"]).is_ok_and(|said| !said.is_empty()));
    }
}
