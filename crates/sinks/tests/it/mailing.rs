//! E-mail to a real server, over TLS and after STARTTLS, and what is said when it does not take it.

use crate::{NOW, bad};
use model::WallTime;
use providers::Secret;
use serde_json::Value;
use sinks::{MailOptions, Options, Sink};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// A running mail server. Dropping it ends it.
struct Mailbox {
    process: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
    root: Vec<u8>,
    _folder: TempDir,
}

impl Mailbox {
    fn open(mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let root = own.self_signed(&key).unwrap().pem();
        let (certificate, key_file) = (folder.path().join("own.pem"), folder.path().join("own.key"));
        std::fs::write(&certificate, &root).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut process = Command::new(here.join("../../target/python/bin/python3"))
            .arg(here.join("tests/mailbox.py"))
            .arg(mode)
            .args([&certificate, &key_file])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("this test needs Python with aiosmtpd: {error}; see `cargo xtask test rust`")
            });
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let port = line(&mut lines).trim().parse().unwrap();
        Self { process, lines, port, root: root.into_bytes(), _folder: folder }
    }

    fn sink(&self, scheme: &str, password: &str, is_trusted: bool) -> Sink {
        let mail = MailOptions {
            server: format!("{scheme}://ops@localhost:{}", self.port),
            password: Some(Secret::new(password)),
            root: is_trusted.then(|| self.root.clone()),
            from: Some("Rookery <rookery@example.org>".to_owned()),
            to: vec!["ops@example.org".to_owned()],
        };
        sinks::open(&Options { mail: Some(mail), ..Options::default() }).unwrap().remove(0)
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn line(lines: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    line
}

#[tokio::test]
async fn an_alert_is_mailed_over_tls_and_after_starttls() {
    for (mode, scheme) in [("starttls", "smtp"), ("tls", "smtps")] {
        let mut mailbox = Mailbox::open(mode);
        let sink = mailbox.sink(scheme, "correct horse", true);
        assert_eq!(sink.name(), "e-mail to ops@example.org");
        let (watch, rules) = bad();
        let due = watch.due(sink.name(), "music.example.org", NOW, &rules).unwrap();
        sink.send(&due, NOW).await.unwrap();
        let mail: Value = serde_json::from_str(&line(&mut mailbox.lines)).unwrap();
        assert_eq!(mail["from"], "rookery@example.org");
        assert_eq!(mail["to"], serde_json::json!(["ops@example.org"]));
        let text = mail["text"].as_str().unwrap();
        for expected in [
            "Subject: music.example.org: 1 alert (RookeryDown)",
            "Date: Wed, 18 Nov 2026 11:06:40",
            "PAGE RookeryDown of https://music.example.org: The server does not answer.",
            "connection refused, since 2026-11-18T11:06:40Z",
            "docs/operations/runbooks.md#it-does-not-start",
        ] {
            assert!(text.contains(expected), "{mode}: `{expected}` is not in {text}");
        }
    }
}

#[tokio::test]
async fn mail_goes_to_nobody_but_the_server_that_is_meant_and_a_refusal_is_told() {
    let mailbox = Mailbox::open("starttls");
    let test = alerts::Bulletin::test("here", WallTime::from_micros(NOW.micros()));
    let stranger =
        mailbox.sink("smtp", "correct horse", false).send(&test, NOW).await.unwrap_err().to_string();
    assert!(stranger.contains("certificate"), "{stranger}");
    let wrong = mailbox.sink("smtp", "a wrong secret", true).send(&test, NOW).await.unwrap_err().to_string();
    assert!(wrong.contains("535") || wrong.contains("Authentication"), "{wrong}");
    assert!(!wrong.contains("a wrong secret"), "{wrong}");
    let open = MailOptions {
        server: format!("smtp+plain://localhost:{}", mailbox.port),
        password: None,
        root: None,
        from: None,
        to: vec!["ops@example.org".to_owned()],
    };
    let open = sinks::open(&Options { mail: Some(open), ..Options::default() }).unwrap();
    let refused = open[0].send(&test, NOW).await.unwrap_err().to_string();
    assert!(refused.contains("STARTTLS") || refused.contains("530"), "{refused}");
}
