//! TLS in this process, through the real program, with clients that are not ours (curl, and TLS as any client speaks it):
//! certificates from an authority that speaks ACME (Pebble) and from files, renewal, redirects, HTTP/2, sockets.

mod at_work;
mod authority;

use crate::program;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Site, eventually};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// The name people use.
const NAME: &str = "music.test";

/// A server that ends TLS itself. Dropping it kills the process.
struct Secure {
    data: PathBuf,
    plain: u16,
    https: u16,
    args: Vec<String>,
    /// Whether systemd holds its ports and hands them over.
    is_handed_ports: bool,
    child: Option<Child>,
}

impl Secure {
    /// Starts it, and waits until it answers at its plain port.
    fn start(data: &Path, [plain, https]: [u16; 2], args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let data = data.to_owned();
        let mut secure = Self { data, plain, https, args, is_handed_ports: false, child: None };
        secure.launch();
        secure
    }

    /// The same with its ports handed over, as systemd does it for slots.
    fn start_with_ports(data: &Path, [plain, https]: [u16; 2], args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let data = data.to_owned();
        let mut secure = Self { data, plain, https, args, is_handed_ports: true, child: None };
        secure.launch();
        secure
    }

    fn launch(&mut self) {
        std::fs::create_dir_all(&self.data).unwrap();
        let log = std::fs::File::options().create(true).append(true).open(self.log_path()).unwrap();
        let [plain, https] = [self.plain, self.https].map(|port| format!("127.0.0.1:{port}"));
        let mut command = if self.is_handed_ports {
            let mut holder = Command::new("systemd-socket-activate");
            holder.args(["-l", &plain, "-l", &https, "--fdname=public:tls"]).arg(program()).arg("serve");
            holder
        } else {
            let mut command = Command::new(program());
            command.args(["serve", "--listen", &plain, "--tls-listen", &https]);
            command
        };
        let child = command
            .args(["--public-url", &self.base()])
            .args(["--environment", "staging", "--log-format", "json", "--data"])
            .arg(&self.data)
            .args(&self.args)
            .current_dir(&self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let site = self.plain_site();
        eventually("it lives", PATIENCE, || {
            site.try_send(testkit::Request::new("GET", "/health")).ok().filter(|reply| reply.status == 200)
        });
    }

    fn restart(&mut self) {
        self.end();
        self.launch();
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            testkit::ask_to_end(child.id());
            eventually("it ends", PATIENCE, || child.try_wait().unwrap());
        }
    }

    fn log_path(&self) -> PathBuf {
        self.data.join(format!("log-{}", self.https))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// The address people use.
    fn base(&self) -> String {
        format!("https://{NAME}:{}", self.https)
    }

    fn plain_site(&self) -> Site {
        Site::new(std::net::SocketAddr::from(([127, 0, 0, 1], self.plain)))
    }

    /// What curl is answered at one of the two ports, whatever the name; head and body.
    fn curl(&self, root: &Path, args: &[&str]) -> Result<String, String> {
        let said = self.try_curl(root, args);
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        if said.status.success() { Ok(text) } else { Err(String::from_utf8_lossy(&said.stderr).into_owned()) }
    }

    fn try_curl(&self, root: &Path, args: &[&str]) -> Output {
        let mut command = Command::new("curl");
        command.args(["-sS", "-i", "--max-time", "60", "--cacert"]).arg(root);
        for port in [self.plain, self.https] {
            command.args(["--resolve", &format!("*:{port}:127.0.0.1")]);
        }
        command.args(args).output().expect("this test needs curl")
    }

    /// Waits until https is answered with a certificate that comes from this root.
    fn is_met_with(&self, root: &Path) {
        let health = format!("{}/health", self.base());
        eventually("https is answered", PATIENCE, || self.curl(root, &[&health]).ok());
    }

    fn readiness(&self) -> (u16, Value) {
        let reply = self.plain_site().send(testkit::Request::new("GET", "/ready"));
        let checks: Value = serde_json::from_slice(&reply.body).unwrap();
        let of = |name: &str| {
            checks["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).cloned()
        };
        (reply.status, of("certificates").expect("it says how certificates are"))
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), self.log().as_bytes());
        }
    }
}

/// A certificate and its key in two files.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// Writes a certificate that comes from itself for these names; it is its own root.
fn write(folder: &TempDir, names: &[&str]) -> Files {
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    let files = Files { certificate: folder.path().join("own.pem"), key: folder.path().join("own.key") };
    std::fs::write(&files.key, key.serialize_pem()).unwrap();
    std::fs::write(&files.certificate, certificate.pem()).unwrap();
    files
}

/// How a client of our own speaks TLS that trusts this root.
fn client(root: &Path, speaks: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(root).unwrap()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = speaks.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

/// The name people use, as TLS says it.
fn name() -> ServerName<'static> {
    ServerName::try_from(NAME).unwrap()
}
