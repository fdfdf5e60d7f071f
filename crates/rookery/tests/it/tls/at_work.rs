//! What goes through TLS: files and their parts, sockets, requests of both versions of HTTP; and that whoever misuses the
//! port harms nobody else. Certificates come from files here, and are read again when they change.

use super::{NAME, PATIENCE, Secure, client, name, write};
use crate::program;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use testkit::{Actor as _, Browser, Options, Program, Rookery, eventually, free_ports, sound};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::Message;

fn files<'a>(files: &'a super::Files, args: &'a mut Vec<String>) -> Vec<&'a str> {
    let certificate = files.certificate.display().to_string();
    args.extend(["--tls", "files", "--tls-certificate-file", &certificate].map(str::to_owned));
    args.extend(["--tls-key-file".to_owned(), files.key.display().to_string()]);
    args.iter().map(String::as_str).collect()
}

/// A library with a track, its administrator and a program that listens; then the same library under TLS.
struct Set {
    server: Secure,
    root: std::path::PathBuf,
    ada: Browser,
    bot: Program,
    track: String,
    sound: Vec<u8>,
    _plain: Rookery,
    _folder: tempfile::TempDir,
}

fn set() -> Set {
    let args = ["--environment", "staging"].map(str::to_owned).to_vec();
    let mut plain = Rookery::with(program(), Options { args, ..Options::default() });
    let ada = plain.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let bot = testkit::program(&ada, &["listen"]);
    let sound = sound::wav(440, 30_000);
    let track = ada.add_track("tone.wav", &sound);
    plain.terminate();
    let folder = tempfile::tempdir().unwrap();
    let own = write(&folder, &[NAME]);
    let mut args = Vec::new();
    let server = Secure::start(&plain.data(), free_ports(), &files(&own, &mut args));
    server.is_met_with(&own.certificate);
    let root = own.certificate;
    Set { server, root, ada, bot, track, sound, _plain: plain, _folder: folder }
}

#[test]
fn sound_goes_through_tls_whole_and_in_parts_over_both_versions_of_http() {
    let Set { server, root, bot, track, sound, .. } = &set();
    let url = format!("{}/api/v1/tracks/{track}/stream", server.base());
    let proof = format!("authorization: Bearer {}", bot.secret);
    for version in ["--http1.1", "--http2"] {
        let fetch = |more: &[&str]| {
            let args = [&[version, "-H", &proof][..], more, &[&url]].concat();
            let said = server.try_curl(root, &args);
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
            let at = said.stdout.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            said.stdout[at..].to_vec()
        };
        assert!(fetch(&[]) == *sound, "{version}: the whole");
        assert!(fetch(&["-r", "1000-400999"]) == sound[1000..=400_999], "{version}: a part");
    }
}

#[test]
fn a_socket_under_tls_hears_what_is_published_and_answers() {
    let Set { server, root, ada, bot, .. } = &set();
    let volume = |percent: u64| {
        let (cookie, body) = (format!("cookie: {}", ada.cookie), json!({"percent": percent}).to_string());
        let url = format!("{}/api/v1/nests/main/volume", server.base());
        let args = ["-H", &cookie, "-H", "content-type: application/json", "-d", &body, &url];
        let answer = server.curl(root, &args).unwrap();
        assert!(answer.starts_with("HTTP/2 200"), "{answer}");
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", server.https)).await.unwrap();
        let tls = TlsConnector::from(client(root, &[b"http/1.1"])).connect(name(), stream).await.unwrap();
        let url = format!("wss://{NAME}:{}/api/v1/socket", server.https);
        let (mut socket, _) = tokio_tungstenite::client_async(url, tls).await.unwrap();
        let commands = [
            json!({"id": 1, "connect": {"token": bot.secret}}),
            json!({"id": 2, "subscribe": {"channel": "nest:main"}}),
        ];
        let commands: Vec<String> = commands.iter().map(Value::to_string).collect();
        socket.send(Message::text(commands.join("\n"))).await.unwrap();
        let mut heard = String::new();
        while !heard.contains("\"id\":2") {
            heard += socket.next().await.unwrap().unwrap().to_text().unwrap();
        }
        assert!(!heard.contains("error"), "{heard}");
        for percent in [11, 12, 13] {
            volume(percent);
        }
        let mut heard = String::new();
        while !heard.contains("\"percent\":13") {
            heard += socket.next().await.unwrap().unwrap().to_text().unwrap();
        }
        let places = ["11", "12", "13"].map(|percent| heard.find(&format!("\"percent\":{percent}")));
        assert!(places.is_sorted() && places[0].is_some(), "{heard}");
        socket.close(None).await.unwrap();
    });
}

#[test]
fn whoever_misuses_the_port_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let own = write(&folder, &[NAME]);
    let mut args = Vec::new();
    let server = Secure::start(&folder.path().join("data"), free_ports(), &files(&own, &mut args));
    let connect = || TcpStream::connect(("127.0.0.1", server.https)).unwrap();
    // Some say nothing, some stop in the middle, some say something else.
    let silent: Vec<TcpStream> = (0..200).map(|_| connect()).collect();
    let hello_of_a_kilobyte = [0x16, 0x03, 0x01, 0x04, 0x00, 0x01, 0x00];
    let slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = connect();
            stream.write_all(&hello_of_a_kilobyte).unwrap();
            stream
        })
        .collect();
    for garbage in
        [b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".as_slice(), &[0xff; 4096], &[0x16, 0x03, 0x01, 0xff, 0xff]]
    {
        let mut stream = connect();
        let _ = stream.write_all(garbage);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP"), "plain words are not answered there");
    }
    server.is_met_with(&own.certificate);
    // Whoever does not go on is sent away.
    for mut stream in silent.into_iter().chain(slow) {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let ended = stream.read(&mut [0; 64]);
        assert!(matches!(ended, Ok(0)) || ended.is_err_and(|error| !is_timeout(&error)));
    }
    let numbers = server.curl(&own.certificate, &[&format!("{}/metrics", server.base())]).unwrap();
    assert!(numbers.contains("tls_handshakes_failed_total{reason=\"slow\"} 400"), "{numbers}");
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}

#[test]
fn a_certificate_in_files_is_read_again_when_it_changes_and_what_is_none_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(&folder, &[NAME]);
    let root = |to: &str| {
        let copy = folder.path().join(to);
        std::fs::copy(&first.certificate, &copy).unwrap();
        copy
    };
    let first_root = root("first.pem");
    let mut args = Vec::new();
    let args = files(&first, &mut args);
    let mut server = Secure::start(&folder.path().join("data"), free_ports(), &args);
    server.is_met_with(&first_root);
    write(&folder, &[NAME]);
    let second_root = root("second.pem");
    server.is_met_with(&second_root);
    assert!(server.curl(&first_root, &[&server.base()]).is_err(), "the first one is not served any more");

    std::fs::write(&first.certificate, "nonsense").unwrap();
    eventually("it says so", PATIENCE, || server.log().contains("no new certificate").then_some(()));
    server.is_met_with(&second_root);
    assert_eq!(server.readiness().0, 200, "people come in");
    server.end();
    let args = [&args[..], &["--public-url", "https://music.test"]].concat();
    assert!(refuses(&folder.path().join("data"), &args).contains("there is no certificate in it"));
}

#[test]
fn ports_that_are_handed_over_are_told_apart_and_one_alone_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let own = write(&folder, &[NAME]);
    let mut args = Vec::new();
    let args = files(&own, &mut args);
    let data = folder.path().join("data");
    let mut server = Secure::start_with_ports(&data, free_ports(), &args);
    server.is_met_with(&own.certificate);
    let answer = server.curl(&own.certificate, &[&format!("http://{NAME}:{}/x", server.plain)]).unwrap();
    assert!(answer.contains(&format!("location: {}/x\r\n", server.base())), "{answer}");
    server.end();

    let [port] = free_ports();
    let mut command = std::process::Command::new("systemd-socket-activate");
    command.args(["-l", &format!("127.0.0.1:{port}"), "--fdname=public"]).arg(program()).arg("serve");
    command.args(["--public-url", "https://music.test", "--data"]).arg(&data).args(&args);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    // Whoever comes has it started.
    let status = eventually("it ends", PATIENCE, || {
        drop(TcpStream::connect(("127.0.0.1", port)));
        child.try_wait().unwrap()
    });
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!status.success() && said.contains("handed over one"), "{said}");
}

/// What the program says that does not start.
fn refuses(data: &Path, args: &[&str]) -> String {
    let data = data.display().to_string();
    let common = ["serve", "--data", &data];
    let said = testkit::run(program(), &[&common[..], args].concat(), Path::new("/"));
    assert_eq!(said.status.code(), Some(1));
    String::from_utf8_lossy(&said.stderr).into_owned()
}

#[test]
fn tls_that_cannot_be_is_refused_before_anything_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let said = refuses(&data, &["--tls", "files", "--public-url", "https://music.test"]);
    assert!(said.contains("--tls-certificate-file and --tls-key-file"), "{said}");
    let said =
        refuses(&data, &["--tls", "acme", "--tls-hsts", "1000d", "--public-url", "https://music.test"]);
    assert!(said.contains("two years at most"), "{said}");
    let said = refuses(&data, &["--tls", "acme", "--public-url", "http://music.test"]);
    assert!(said.contains("--public-url https://"), "{said}");
    assert!(!data.join("rookery.db").exists(), "nothing was made");
}
