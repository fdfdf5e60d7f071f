//! `rookery smoke`, at servers that are well and behind proxies that are not.

use crate::{app, program};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Output;
use std::thread;
use testkit::{Actor, Browser, TestApp, member, program as token, sound};

/// What a proxy in between does wrongly.
#[derive(Clone, Copy)]
enum Meddling {
    /// It takes the wish for a socket away.
    NoSockets,
    /// It gives an event stream on when it is over.
    GathersEvents,
}

/// A proxy on loopback; it lives as long as the test's process.
fn proxy(to: &str, meddling: Meddling) -> String {
    let to: SocketAddr = to.trim_start_matches("http://").parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || pass(client, to, meddling));
        }
    });
    address
}

fn pass(mut client: TcpStream, to: SocketAddr, meddling: Meddling) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if client.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        head.extend(byte);
    }
    let text = String::from_utf8(head).unwrap();
    let gathers = matches!(meddling, Meddling::GathersEvents) && text.contains("/events");
    let text = match meddling {
        Meddling::NoSockets => text.replace("upgrade: websocket\r\n", ""),
        Meddling::GathersEvents => text,
    };
    // One request a connection keeps this short.
    let text = if text.contains("upgrade: websocket") {
        text
    } else {
        text.replacen("\r\n", "\r\nconnection: close\r\n", 1)
    };
    let mut server = TcpStream::connect(to).unwrap();
    server.write_all(text.as_bytes()).unwrap();
    let (mut up, mut from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut up));
    if gathers {
        let mut all = Vec::new();
        let _ = server.read_to_end(&mut all);
        let _ = client.write_all(&all);
    } else {
        let _ = std::io::copy(&mut server, &mut client);
    }
}

fn smoke(url: &str, token: Option<&str>) -> (Output, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let mut args = vec!["smoke", url, "--json"];
    args.extend(token.into_iter().flat_map(|token| ["--token", token]));
    let output = testkit::run(program(), &args, folder.path());
    let lines = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (output, lines)
}

/// The checks that came to this.
fn which<'a>(checks: &'a [Value], outcome: &str) -> Vec<&'a str> {
    checks
        .iter()
        .filter(|check| check["outcome"] == outcome)
        .filter_map(|check| check["check"].as_str())
        .collect()
}

fn stage() -> (TestApp, Browser, String) {
    let app = app();
    let ada = app.administrator();
    ada.add_track("own.wav", &sound::wav(440, 60_000));
    let ben = member(&ada, "Ben");
    let bot = token(&ben, &["listen", "add", "control"]);
    (app, ada, bot.secret)
}

#[test]
fn a_server_that_is_well_passes_and_is_left_as_it_was() {
    let (app, ada, secret) = stage();
    let (output, checks) = smoke(&app.site().base(), Some(&secret));
    assert!(output.status.success(), "{checks:#?}");
    assert_eq!(which(&checks, "wrong"), Vec::<&str>::new());
    assert_eq!(which(&checks, "left_out"), ["addresses without encryption lead to those with it, whole"]);
    assert_eq!(checks.len(), 17, "{checks:#?}");
    let nests = ada.get("/api/v1/nests").ok();
    assert!(!nests.to_string().contains("Smoke"), "{nests}");
}

#[test]
fn a_brief_look_is_at_life_and_readiness_alone_and_fails_where_nobody_answers() {
    let (app, ..) = stage();
    let folder = tempfile::tempdir().unwrap();
    let look = |url: &str| testkit::run(program(), &["smoke", "--brief", "--json", url], folder.path());
    let output = look(&app.site().base());
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2, "{output:?}");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(look(&format!("http://{nobody}")).status.code(), Some(1));
}

#[test]
fn without_a_token_it_says_what_it_could_not_look_at() {
    let (app, ..) = stage();
    let (output, checks) = smoke(&app.site().base(), None);
    assert!(output.status.success(), "{checks:#?}");
    assert_eq!(which(&checks, "left_out").len(), 8);
}

#[test]
fn a_token_that_is_none_is_told_from_a_server_that_is_ill() {
    let (app, ..) = stage();
    let (output, checks) = smoke(&app.site().base(), Some("rk_nothing"));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(which(&checks, "wrong"), ["the token signs in: GET /api/v1/session"]);
    let said = checks.last().unwrap()["advice"].as_str().unwrap();
    assert!(said.contains("make one in the settings"), "{said}");
}

#[test]
fn a_proxy_that_lets_no_sockets_through_is_found_out() {
    let (app, _, secret) = stage();
    let between = proxy(&app.site().base(), Meddling::NoSockets);
    let (output, checks) = smoke(&between, Some(&secret));
    assert_eq!(output.status.code(), Some(1));
    let wrong = which(&checks, "wrong");
    assert_eq!(wrong.first(), Some(&"sockets come through: GET /api/v1/socket"), "{checks:#?}");
    let advice = checks.iter().find(|check| check["outcome"] == "wrong").unwrap()["advice"].to_string();
    assert!(advice.contains("proxy_set_header Upgrade"), "{advice}");
    assert!(which(&checks, "ok").contains(&"sound comes by pieces"), "{checks:#?}");
}

#[test]
fn a_proxy_that_gathers_what_is_streamed_is_found_out() {
    let (app, _, secret) = stage();
    let between = proxy(&app.site().base(), Meddling::GathersEvents);
    let (_, checks) = smoke(&between, Some(&secret));
    assert_eq!(
        which(&checks, "wrong"),
        ["so does an event stream, and nothing holds it back"],
        "{checks:#?}"
    );
}

#[test]
fn nobody_at_the_address_and_somebody_else_there_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = free.local_addr().unwrap();
    drop(free);
    let (output, checks) = smoke(&format!("http://{nobody}"), None);
    assert_eq!((output.status.code(), checks.len()), (Some(1), 1));
    assert!(checks[0]["advice"].as_str().unwrap().contains("firewall"), "{checks:?}");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let somebody = other.local_addr().unwrap();
    thread::spawn(move || {
        for mut client in other.incoming().flatten() {
            let _ = client.read(&mut [0; 4096]);
            let _ =
                client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello");
        }
    });
    let (_, checks) = smoke(&format!("http://{somebody}"), None);
    assert_eq!(checks.len(), 1);
    assert!(checks[0]["advice"].as_str().unwrap().contains("something else answers"), "{checks:?}");
}

#[test]
fn an_address_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["music.example.org", "ftp://music.example.org", "https://music.example.org/nest"] {
        let output = testkit::run(program(), &["smoke", address], folder.path());
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("is no address of a server"), "{address}");
    }
}
