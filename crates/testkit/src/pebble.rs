//! An authority of a test's own that speaks ACME (Pebble, Let's Encrypt's own for tests), with a name server beside it that
//! leads every name to this machine. Both on loopback, gone when they are dropped.

use crate::clock::eventually;
use peers::free_ports;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const START_MAX: Duration = Duration::from_secs(30);

/// An authority.
#[derive(Debug)]
pub struct Pebble {
    directory: String,
    management: u16,
    authority: Child,
    names: Child,
    folder: TempDir,
}

impl Pebble {
    /// Starts one that asks names at these ports, and whose certificates hold so long.
    pub fn start(http_port: u16, tls_port: u16, validity: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [port, management, names_port, names_management] = free_ports();
        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        std::fs::write(folder.path().join("own.pem"), own.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(folder.path().join("own.key"), key.serialize_pem()).unwrap();
        let config = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": folder.path().join("own.pem"),
            "privateKey": folder.path().join("own.key"),
            "httpPort": http_port,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": validity.as_secs(),
        }});
        std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        let names_at = format!("127.0.0.1:{names_port}");
        let names = Command::new("pebble-challtestsrv")
            .args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-dns01", &names_at])
            .args(["-management", &format!("127.0.0.1:{names_management}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs pebble-challtestsrv (Debian: pebble)");
        let log = File::create(folder.path().join("log")).unwrap();
        let authority = Command::new("pebble")
            .args(["-dnsserver", &names_at, "-config"])
            .arg(folder.path().join("config.json"))
            // It checks at once, and does not refuse one nonce in twenty to see whether clients try again.
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("this test needs pebble (Debian: pebble)");
        let directory = format!("https://127.0.0.1:{port}/dir");
        let pebble = Self { directory, management, authority, names, folder };
        for port in [port, management, names_management] {
            eventually("the authority listens", START_MAX, || TcpStream::connect(("127.0.0.1", port)).ok());
        }
        pebble
    }

    /// The address of its directory.
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// The file with the certificate that its own one comes from.
    pub fn own_root(&self) -> PathBuf {
        self.folder.path().join("own.pem")
    }

    /// A file with the certificate that those it issues come from.
    pub fn root(&self) -> PathBuf {
        let path = self.folder.path().join("root.pem");
        let address = format!("https://127.0.0.1:{}/roots/0", self.management);
        let mut command = Command::new("curl");
        command.args(["-sSf", "--cacert"]).arg(self.own_root()).arg(address);
        let said = command.output().expect("this test needs curl");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        std::fs::write(&path, said.stdout).unwrap();
        path
    }

    /// How many certificates it has issued.
    pub fn issued(&self) -> usize {
        self.log().matches("Issued certificate serial").count()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Takes it away.
    pub fn stop(&mut self) {
        end(&mut self.authority);
    }

    /// Its folder, for files that go when it goes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        end(&mut self.authority);
        end(&mut self.names);
    }
}

fn end(child: &mut Child) {
    if matches!(child.try_wait(), Ok(None)) {
        let _ = kill_process(Pid::from_child(child), Signal::KILL);
        let _ = child.wait();
    }
}
