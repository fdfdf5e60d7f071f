//! TLS in front of a server in this process, under a name that others look up: what a proxy does. It knows requests without
//! a body alone, and remembers which came.

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub struct Front {
    name: &'static str,
    port: u16,
    root: PathBuf,
    shared: Arc<Shared>,
    _folder: tempfile::TempDir,
}

#[derive(Default)]
struct Shared {
    upstream: Mutex<Option<SocketAddr>>,
    asked: Mutex<Vec<String>>,
}

impl Front {
    pub fn start(name: &'static str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root.pem");
        std::fs::write(&root, certificate.pem()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config =
            config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (shared, config) = (Arc::new(Shared::default()), Arc::new(config));
        let known = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, known) = (Arc::clone(&config), Arc::clone(&known));
                std::thread::spawn(move || known.pass_on(stream, config));
            }
        });
        Self { name, port, root, shared, _folder: folder }
    }

    /// The certificate to be trusted.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The address that people use.
    pub fn base(&self) -> String {
        format!("https://{}:{}", self.name, self.port)
    }

    pub fn lead_to(&self, address: SocketAddr) {
        *self.shared.upstream.lock().unwrap() = Some(address);
    }

    /// Paths that were asked for, each once.
    pub fn asked(&self) -> Vec<String> {
        let mut asked = self.shared.asked.lock().unwrap().clone();
        asked.sort();
        asked.dedup();
        asked
    }
}

impl Shared {
    /// One request, and the end; whoever breaks off is nobody's loss.
    fn pass_on(&self, stream: TcpStream, config: Arc<ServerConfig>) -> Option<()> {
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let mut secure = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            secure.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).ok()?;
        self.asked.lock().unwrap().push(head.split(' ').nth(1)?.to_owned());
        let kept = head.trim_end().lines().filter(|line| !line.to_lowercase().starts_with("connection:"));
        let asked = kept.collect::<Vec<_>>().join("\r\n") + "\r\nconnection: close\r\n\r\n";
        let mut upstream = TcpStream::connect((*self.upstream.lock().unwrap())?).ok()?;
        upstream.write_all(asked.as_bytes()).ok()?;
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).ok()?;
        secure.write_all(&answer).ok()?;
        secure.conn.send_close_notify();
        secure.flush().ok()
    }
}
