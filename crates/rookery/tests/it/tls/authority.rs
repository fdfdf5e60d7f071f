//! Certificates from an authority: obtained by both kinds of proof, kept, renewed while connections stay open, and what
//! happens when the authority is away.

use super::{NAME, PATIENCE, Secure, client, name};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;
use testkit::{Pebble, eventually, free_ports};

const DAYS: Duration = Duration::from_secs(90 * 24 * 3600);

fn of(pebble: &Pebble) -> Vec<String> {
    let root = pebble.own_root().display().to_string();
    let words = ["--tls", "acme", "--acme-directory", pebble.directory(), "--acme-root-file", &root];
    words.map(str::to_owned).to_vec()
}

fn start(data: &Path, ports: [u16; 2], pebble: &Pebble, more: &[&str]) -> Secure {
    let args = of(pebble);
    let args: Vec<&str> = args.iter().map(String::as_str).chain(more.iter().copied()).collect();
    Secure::start(data, ports, &args)
}

#[test]
fn a_certificate_is_obtained_over_http_and_plain_http_leads_to_https() {
    let data = tempfile::tempdir().unwrap();
    let ports = free_ports::<2>();
    let pebble = Pebble::start(ports[0], ports[1], DAYS);
    let names = ["--tls-names", "old.test,www.music.test", "--acme-contact", "ada@example.org"];
    let mut server = start(data.path(), ports, &pebble, &names);
    let root = pebble.root();
    server.is_met_with(&root);
    let base = server.base();

    let answer = server.curl(&root, &[&format!("{base}/health")]).unwrap();
    assert!(answer.starts_with("HTTP/2 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=15552000\r\n"), "{answer}");
    let answer = server.curl(&root, &["--http1.1", &format!("{base}/api/v1/openapi.json")]).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security"), "{answer}");
    for version in ["1.2", "1.3"] {
        let args = ["--tls-max", version, &format!("--tlsv{version}"), &format!("{base}/health")];
        assert!(server.curl(&root, &args).is_ok(), "TLS {version}");
    }
    assert!(server.curl(&root, &["--tls-max", "1.1", "--tlsv1.0", &format!("{base}/health")]).is_err());

    let plain = format!("http://{NAME}:{}", ports[0]);
    let kept = "/nest/main?a=1&b=%20x";
    let answer = server.curl(&root, &[&format!("{plain}{kept}")]).unwrap();
    assert!(answer.starts_with("HTTP/1.1 301") && !answer.contains("strict-transport"), "{answer}");
    assert!(answer.contains(&format!("location: {base}{kept}\r\n")), "{answer}");
    let answer = server.curl(&root, &["-d", "{}", &format!("{plain}/api/v1/setup")]).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("https_only"), "{answer}");
    let answer = server.curl(&root, &[&format!("{plain}/.well-known/acme-challenge/nothing")]).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    let answer = server.curl(&root, &["-H", "host: evil.example", &plain]).unwrap();
    assert!(answer.contains(&format!("location: {base}/\r\n")), "it leads here alone: {answer}");

    for other in ["old.test", "WWW.music.test"] {
        let there = format!("https://{other}:{}{kept}", ports[1]);
        let answer = eventually("it has a certificate too", PATIENCE, || server.curl(&root, &[&there]).ok());
        assert!(answer.starts_with("HTTP/2 301"), "{answer}");
        assert!(answer.contains(&format!("location: {base}{kept}\r\n")), "{answer}");
        let answer = server.curl(&root, &["-d", "{}", &there]).unwrap();
        assert!(answer.starts_with("HTTP/2 308"), "{answer}");
    }
    let stranger = format!("https://stranger.test:{}/", ports[1]);
    assert!(server.curl(&root, &[&stranger]).is_err(), "a name that is not ours has no certificate");

    let (status, check) = server.readiness();
    assert_eq!((status, &check["ok"]), (200, &true.into()));
    let numbers = server.curl(&root, &[&format!("{base}/metrics")]).unwrap();
    for number in ["certificate_not_after_seconds", "certificate_not_before_seconds"] {
        assert!(numbers.contains(&format!("{number}{{name=\"{NAME}\"}} 1")), "{number}");
    }
    is_its_owner_s_alone(&data.path().join("certificates"));

    assert_eq!(pebble.issued(), 3, "one for each name");
    server.restart();
    server.is_met_with(&root);
    assert_eq!(pebble.issued(), 3, "what is kept is served");
    assert_eq!(server.log().matches("a certificate is ordered").count(), 3);
}

/// Every file and folder.
fn is_its_owner_s_alone(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            is_its_owner_s_alone(&path);
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
}

#[test]
fn a_certificate_is_obtained_in_the_handshake_of_tls() {
    let data = tempfile::tempdir().unwrap();
    let ports = free_ports::<2>();
    // Nobody listens where it would ask over http.
    let pebble = Pebble::start(1, ports[1], DAYS);
    let server = start(data.path(), ports, &pebble, &["--acme-challenge", "tls-alpn-01"]);
    server.is_met_with(&pebble.root());
    assert_eq!(pebble.issued(), 1, "{}", pebble.log());
}

#[test]
fn two_processes_of_one_environment_order_once() {
    let data = tempfile::tempdir().unwrap();
    let [plain, https, other_plain, other_https] = free_ports::<4>();
    let pebble = Pebble::start(plain, https, DAYS);
    // The second one orders as likely as the first; the proof is asked for at the first alone.
    let other = std::thread::scope(|scope| {
        let other = scope.spawn(|| start(data.path(), [other_plain, other_https], &pebble, &[]));
        let server = start(data.path(), [plain, https], &pebble, &[]);
        let root = pebble.root();
        server.is_met_with(&root);
        let other = other.join().unwrap();
        other.is_met_with(&root);
        (server, other)
    });
    assert_eq!(pebble.issued(), 1, "{}", pebble.log());
    drop(other);
}

/// A connection over TLS on which requests are made one after another.
struct Kept(rustls::StreamOwned<rustls::ClientConnection, TcpStream>);

impl Kept {
    fn open(server: &Secure, root: &Path) -> Option<Self> {
        let session = rustls::ClientConnection::new(client(root, &[b"http/1.1"]), name()).unwrap();
        let socket = TcpStream::connect(("127.0.0.1", server.https)).ok()?;
        let mut kept = Self(rustls::StreamOwned::new(session, socket));
        kept.ask().then_some(kept)
    }

    fn ask(&mut self) -> bool {
        let request = format!("GET /health HTTP/1.1\r\nhost: {NAME}\r\n\r\n");
        if self.0.write_all(request.as_bytes()).is_err() {
            return false;
        }
        let (mut all, mut some) = (Vec::new(), [0; 8 * 1024]);
        while !all.ends_with(b"}") {
            match self.0.read(&mut some) {
                Ok(0) | Err(_) => return false,
                Ok(read) => all.extend_from_slice(&some[..read]),
            }
        }
        all.starts_with(b"HTTP/1.1 200")
    }

    /// The certificate it was begun with.
    fn certificate(&self) -> Vec<u8> {
        self.0.conn.peer_certificates().unwrap()[0].to_vec()
    }
}

#[test]
fn a_certificate_is_renewed_while_connections_stay_and_the_last_good_one_is_served_when_it_cannot_be() {
    let data = tempfile::tempdir().unwrap();
    let ports = free_ports::<2>();
    // Due after 24 s.
    let mut pebble = Pebble::start(ports[0], ports[1], Duration::from_secs(36));
    let server = start(data.path(), ports, &pebble, &[]);
    let root = pebble.root();
    server.is_met_with(&root);
    let mut kept = Kept::open(&server, &root).expect("a connection");
    let first = kept.certificate();
    let second = eventually("another certificate is served", PATIENCE, || {
        // An open connection is used all the while, so that it is not closed for its silence.
        assert!(kept.ask(), "the open connection goes on");
        let certificate = Kept::open(&server, &root)?.certificate();
        (certificate != first).then_some(certificate)
    });
    assert!(kept.ask() && kept.certificate() == first, "who is there keeps what they began with");

    pebble.stop();
    eventually("it says that the authority is away", PATIENCE, || {
        server.log().contains("the last one is served").then_some(())
    });
    let (_, check) = server.readiness();
    assert!(check["detail"].as_str().is_some_and(|detail| detail.contains("authority")), "{check}");
    let seen = server.curl(&root, &["-k", &format!("{}/health", server.base())]).unwrap();
    assert!(seen.starts_with("HTTP/2 200"), "{seen}");
    let folder = std::fs::read_dir(data.path().join("certificates")).unwrap().next().unwrap().unwrap().path();
    let stored = std::fs::read(folder.join(format!("{NAME}.pem"))).unwrap();
    let stored = CertificateDer::from_pem_slice(&stored).unwrap();
    assert_eq!(stored.to_vec(), second, "nothing took its place");
}

#[test]
fn a_server_without_a_certificate_starts_says_what_it_waits_for_and_does_not_order_in_a_loop() {
    let data = tempfile::tempdir().unwrap();
    let [plain, https, nobody] = free_ports::<3>();
    let directory = format!("https://127.0.0.1:{nobody}/dir");
    let mut server =
        Secure::start(data.path(), [plain, https], &["--tls", "acme", "--acme-directory", &directory]);
    let says = |server: &Secure| {
        eventually("it says what it waits for", PATIENCE, || {
            let (status, check) = server.readiness();
            let detail = check["detail"].as_str().unwrap_or_default().to_owned();
            (status == 503 && detail.contains("it waits for the certificate of music.test: the authority"))
                .then_some(())
        });
    };
    says(&server);
    let answer = server.curl(Path::new("/dev/null"), &[&format!("http://{NAME}:{plain}/x")]).unwrap();
    assert!(answer.contains(&format!("location: https://{NAME}:{https}/x")), "{answer}");
    let tried = |server: &Secure| server.log().matches("a certificate is ordered").count();
    assert_eq!(tried(&server), 1);
    server.restart();
    let (status, _) = server.readiness();
    assert_eq!((status, tried(&server)), (503, 1), "the next attempt has its time, whoever starts it again");
}
