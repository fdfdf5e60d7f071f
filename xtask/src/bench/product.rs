//! The release binary, running on a folder of its own.

use super::http::Client;
use crate::step::{Outcome, root};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Product {
    child: Child,
    pub port: u16,
    pub data: PathBuf,
    link: Option<String>,
    /// From the start of the process to the first answer that it is ready.
    pub started_in: Duration,
}

pub fn binary() -> PathBuf {
    root().join("target/release/rookery")
}

/// A fresh folder that the caller removes.
pub fn scratch(name: &str) -> Outcome<PathBuf> {
    let folder = std::env::temp_dir().join(format!("rookery-bench-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

impl Product {
    /// Starts it; with `core`, on that core alone.
    #[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
    pub async fn start(data: &Path, core: Option<u32>, args: &[&str]) -> Outcome<Self> {
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let mut command = match core {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &core.to_string()]).arg(binary());
                command
            }
            None => Command::new(binary()),
        };
        let began = Instant::now();
        let mut child = command
            .args(["serve", "--listen", &listen, "--log", "warn", "--data"])
            .arg(data)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| format!("the release binary cannot be started: {error}"))?;
        let started_in = loop {
            if began.elapsed() > Duration::from_secs(30) {
                return Err("the server did not become ready within 30 s".to_owned());
            }
            if let Ok(mut client) = Client::connect(port).await
                && client.get("/ready", "").await.is_ok_and(|answer| answer.status == 200)
            {
                break began.elapsed();
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        let stdout = child.stdout.take().ok_or("no output")?;
        // The link is printed only while there is no administrator; later nothing more would come to read.
        let mut link = None;
        if !data.join("administrator").exists() {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            link = lines.find_map(|line| line.split_once('#').map(|(_, secret)| secret.to_owned()));
        }
        Ok(Self { child, port, data: data.to_owned(), link, started_in })
    }

    /// Becomes the administrator and makes an API token that may do everything.
    pub async fn token(&self) -> Outcome<String> {
        let link = self.link.as_ref().ok_or("the server has an administrator already")?;
        let mut client = Client::connect(self.port).await?;
        let body = format!("{{\"token\":\"{link}\",\"name\":\"Bench\"}}");
        let answer = client.post("/api/v1/setup", "", &body).await?;
        let cookie =
            answer.header("set-cookie").and_then(|cookie| cookie.split(';').next().map(str::to_owned));
        let cookie = format!("Cookie: {}\r\n", cookie.ok_or("no cookie")?);
        std::fs::write(self.data.join("administrator"), "").map_err(|error| error.to_string())?;
        let body = r#"{"label":"bench","scopes":["administer"]}"#;
        let answer = client.post("/api/v1/tokens", &cookie, body).await?;
        let token: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        token["secret"].as_str().map(str::to_owned).ok_or_else(|| "no token".to_owned())
    }

    /// How long the process (without its workers) has used a processor; the system counts hundredths of a second.
    pub fn cpu_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // After the name in brackets, which may hold anything: user and system time are the 12th and 13th.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
        let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(10 * ticks)
    }

    /// Resident memory of the process (without its workers), in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> Outcome<u16> {
    // Below the range from which the system takes ports for outgoing connections.
    (20_000..30_000)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| "no free port".to_owned())
}
