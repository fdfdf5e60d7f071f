//! The least of a browser: one request, one answer, no redirects followed, so that a test sees where it is sent.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// An answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Where the browser is sent.
    pub location: Option<String>,
    /// Cookies it sets: name and value.
    pub cookies: Vec<(String, String)>,
    /// The body as JSON; null if it is none.
    pub json: Value,
}

/// Asks a server on this machine.
pub fn visit(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Page {
    let rest = url.strip_prefix("http://").expect("http on this machine");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let request = format!(
        "{method} /{path} HTTP/1.0\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let named = |wanted: &'static str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
    };
    let location = named("location").next();
    let pairs = named("set-cookie").filter_map(|cookie| {
        let (name, value) = cookie.split(';').next()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    let cookies = pairs.collect();
    Page { status, location, cookies, json: serde_json::from_str(body).unwrap_or(Value::Null) }
}

/// Goes from page to page, keeping cookies, until it is sent to an address that begins with `goal`; that address.
pub fn follow(page: &str, goal: &str) -> String {
    let mut url = page.to_owned();
    let mut jar = BTreeMap::new();
    for _hop in 0..10 {
        if url.starts_with(goal) {
            return url;
        }
        let cookie: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let page = visit("GET", &url, &[("cookie", &cookie.join("; "))], "");
        jar.extend(page.cookies);
        let to =
            page.location.unwrap_or_else(|| panic!("{url} leads nowhere: {} {}", page.status, page.json));
        let origin: String = url.split('/').take(3).collect::<Vec<_>>().join("/");
        url = if to.starts_with('/') { format!("{origin}{to}") } else { to };
    }
    panic!("{page} goes round in circles");
}
