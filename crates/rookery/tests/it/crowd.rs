//! A crowd: as many sockets as one evening could bring, all told of every event.

use crate::program;
use serde_json::json;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use testkit::{Actor, Options, Request, Rookery, since_1970};

const SOCKETS: usize = 10_000;
/// A person may hold 200.
const PEOPLE: usize = 51;
const THREADS: usize = 4;

/// A client's text frame, masked with zeros.
fn frame(text: &str) -> Vec<u8> {
    assert!(text.len() < 126);
    [&[0x81, 0x80 | text.len() as u8, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// Connects a socket and subscribes it to the main nest.
fn listen(address: SocketAddr, cookie: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "GET /api/v1/socket HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: {cookie}\r\n\r\n"
    );
    let commands = [r#"{"id":1,"connect":{}}"#, r#"{"id":2,"subscribe":{"channel":"nest:main"}}"#];
    stream.write_all(head.as_bytes()).unwrap();
    until(&mut stream, "\r\n\r\n");
    stream.write_all(&commands.map(frame).concat()).unwrap();
    until(&mut stream, r#""id":2,"subscribe""#);
    stream
}

/// Reads until the text has come; how much was read.
fn until(stream: &mut TcpStream, text: &str) -> usize {
    let mut all = Vec::new();
    let mut chunk = [0; 2048];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "closed before {text}: {}", String::from_utf8_lossy(&all));
        all.extend_from_slice(&chunk[..read]);
        if all.windows(text.len()).any(|part| part == text.as_bytes()) {
            return all.len();
        }
    }
}

/// Lets this process hold as many files as it may.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    assert!(
        limit.maximum.is_none_or(|files| files > SOCKETS as u64 + 500),
        "the file limit is too low: {limit:?}"
    );
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are worth reading")]
fn ten_thousand_sockets_all_hear_of_everything() {
    raise_file_limit();
    let options =
        Options { args: vec!["--trusted-proxies".to_owned(), "1".to_owned()], ..Options::default() };
    let rookery = Rookery::with(program(), options);
    let ada = rookery.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let site = rookery.site();
    let arrive = |at: usize| {
        let request = Request::new("POST", "/api/v1/guests").json(&json!({"name": "Guest", "nest": "main"}));
        let reply = site.send(request.header("x-forwarded-for", format!("10.0.0.{at}"))).expect(200);
        let cookie = reply.headers.get_all("set-cookie").iter().next_back().unwrap();
        cookie.to_str().unwrap().split(';').next().unwrap().to_owned()
    };
    let cookies: Vec<_> = (0..PEOPLE).map(arrive).collect();
    let address = site.address();
    let began = since_1970();
    let mut sockets: Vec<TcpStream> = std::thread::scope(|scope| {
        let some = |thread: usize| {
            let cookies = &cookies;
            let mine = (0..SOCKETS).filter(move |at| at % THREADS == thread);
            scope.spawn(move || mine.map(|at| listen(address, &cookies[at % PEOPLE])).collect::<Vec<_>>())
        };
        let threads: Vec<_> = (0..THREADS).map(some).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let connected = since_1970() - began;
    assert_eq!(sockets.len(), SOCKETS);
    let nests = ada.get("/api/v1/nests").ok();
    assert_eq!(nests[0]["listener_count"], PEOPLE);
    let began = since_1970();
    ada.command("configure", json!({"name": "Everybody hears this"})).ok();
    let answered = since_1970() - began;
    for socket in &mut sockets {
        until(socket, "Everybody hears this");
    }
    let heard = since_1970() - began;
    ada.get("/health").ok();
    let status = std::fs::read_to_string(format!("/proc/{}/status", rookery.pid())).unwrap();
    let memory = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default().to_owned();
    println!(
        "{SOCKETS} sockets in {connected:?}; published in {answered:?}, heard by all in {heard:?}; {memory}"
    );
    assert!(heard < Duration::from_secs(10), "{heard:?}");
}
