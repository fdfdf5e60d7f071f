//! TLS that ends in the slots: two processes share the encrypted port as they share the plain one, and a change of releases
//! cuts nobody off.

use crate::stage::{GOOD, NEXT, Stage};
use operations::SlotName;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use testkit::free_port;

const NAME: &str = "music.example.org";
const FILES: &str = "/etc/rookery/test";
/// How people ask: a connection for each request, one for many, and one of HTTP/2 for many.
const WAYS: [&str; 4] =
    ["--http1.1 /health", "--http2 /health", "--http1.1 /health?[1-40]", "--http2 /health?[1-40]"];

/// People who ask over TLS until they are told to stop.
struct Visitors {
    folder: TempDir,
    port: u16,
    running: Vec<Child>,
}

impl Visitors {
    fn curl(&self, words: &str) -> String {
        format!(
            "curl --silent --max-time 20 --cacert {0}/ca.pem --resolve {NAME}:{1}:127.0.0.1 {words}",
            self.folder.path().display(),
            self.port
        )
    }

    fn once(&self, words: &str) -> Result<String, String> {
        let line = self.curl(&format!("--show-error --fail {words} https://{NAME}:{}/health", self.port));
        let done = Command::new("sh").args(["-c", &line]).output().unwrap();
        let said = String::from_utf8_lossy(if done.status.success() { &done.stdout } else { &done.stderr });
        if done.status.success() { Ok(said.into_owned()) } else { Err(said.into_owned()) }
    }

    fn begin(&mut self) {
        for (number, way) in WAYS.into_iter().enumerate() {
            let (version, path) = way.split_once(' ').unwrap();
            let told = "-o /dev/null -w '%{http_code} %{errormsg}\\n'";
            let ask = self.curl(&format!("{version} {told} 'https://{NAME}:{}{path}'", self.port));
            let line = format!(
                "cd {0} && while [ ! -e stop ]; do {ask}; done >{number}",
                self.folder.path().display()
            );
            let visitor = Command::new("sh").args(["-c", &line]).stderr(Stdio::null()).spawn().unwrap();
            self.running.push(visitor);
        }
    }

    /// How often each way was answered, and whatever was no answer as it should be.
    fn end(&mut self) -> (Vec<usize>, Vec<String>) {
        fs::write(self.folder.path().join("stop"), "").unwrap();
        for visitor in &mut self.running {
            visitor.wait().unwrap();
        }
        let read = |number: usize| fs::read_to_string(self.folder.path().join(number.to_string())).unwrap();
        let told: Vec<String> = (0..WAYS.len()).map(read).collect();
        let well = |text: &String| text.lines().filter(|line| line.starts_with("200")).count();
        let badly = told.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with("200"));
        (told.iter().map(well).collect(), badly.map(str::to_owned).collect())
    }
}

/// An authority that the visitors trust, and the server's certificate from it.
fn certificate(stage: &Stage, folder: &Path) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut own = rcgen::CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    own.distinguished_name.push(rcgen::DnType::CommonName, "an authority");
    own.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = own.self_signed(&key).unwrap();
    fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    let issuer = rcgen::Issuer::new(own, key);
    let key = rcgen::KeyPair::generate().unwrap();
    let signed =
        rcgen::CertificateParams::new(vec![NAME.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    stage.machine.write(&format!("{FILES}/certificate.pem"), &signed.pem());
    stage.machine.write(&format!("{FILES}/key.pem"), &key.serialize_pem());
    let done = stage.machine.run(&[
        "sh",
        "-c",
        &format!("chown rookery-test {FILES}/key.pem && chmod 400 {FILES}/key.pem"),
    ]);
    assert!(done.status.success());
}

#[test]
fn no_request_over_tls_fails_while_releases_change() {
    let port = free_port();
    let stage = Stage::declared(
        |unit| unit,
        &format!(
            "url = \"https://{NAME}:{port}\"\nsettings = {{ tls = \"files\", tls_listen = \"127.0.0.1:{port}\", \
             tls_certificate_file = \"{FILES}/certificate.pem\", tls_key_file = \"{FILES}/key.pem\" }}"
        ),
    );
    let mut visitors = Visitors { folder: tempfile::tempdir().unwrap(), port, running: Vec::new() };
    certificate(&stage, visitors.folder.path());
    let socket = stage.layout.tls_socket_unit();
    let done = stage.machine.try_systemctl(&["start", &socket]);
    let why = stage.machine.try_systemctl(&["status", "--full", &socket]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&why.stdout));
    stage.machine.systemctl(&["start", &stage.layout.slot_unit(SlotName::Blue)]);
    // It is ready: systemd was told so.
    assert_eq!(visitors.once("--http2").as_deref(), Ok("{\"status\":\"ok\"}"));
    visitors.begin();
    let mut slot = SlotName::Blue;
    for release in [NEXT, GOOD] {
        stage.point(slot.other(), release);
        slot = stage.switch(slot);
        assert_eq!(visitors.once("--http1.1").as_deref(), Ok("{\"status\":\"ok\"}"));
    }
    let (well, badly) = visitors.end();
    assert!(well.iter().all(|count| *count > 5), "{well:?}");
    assert!(badly.is_empty(), "{badly:?}");
}
