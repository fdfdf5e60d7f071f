//! The sound of a track over HTTP, as RFC 9110 says.

use crate::app;
use testkit::{Actor, Browser, Raw, Reply, Request, TestApp, sound};

struct Stage {
    _app: TestApp,
    ada: Browser,
    path: String,
    file: Vec<u8>,
}

fn stage() -> Stage {
    let app = app();
    let ada = app.administrator();
    // More than two chunks of the reader.
    let file = sound::wav(440, 25_000);
    let path = format!("/api/v1/tracks/{}/stream", ada.add_track("tone.wav", &file));
    Stage { _app: app, ada, path, file }
}

impl Stage {
    fn ask(&self, headers: &[(&str, &str)]) -> Reply {
        let request = Request::new("GET", self.path.as_str());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
        self.ada.send(request)
    }
}

#[test]
fn the_whole_file_comes_as_it_was_uploaded() {
    let stage = stage();
    let reply = stage.ask(&[]).expect(200);
    assert!(reply.body == stage.file, "other bytes");
    assert_eq!(reply.header("content-length"), stage.file.len().to_string());
    assert_eq!(reply.header("accept-ranges"), "bytes");
    assert_eq!(reply.header("content-type"), "audio/wav");
    assert_eq!(reply.header("cache-control"), "private, max-age=31536000, immutable");
    let head = stage.ada.send(Request::new("HEAD", stage.path.as_str())).expect(200);
    assert!(head.body.is_empty());
    for name in ["content-length", "etag", "content-type", "accept-ranges"] {
        assert_eq!(head.header(name), reply.header(name), "{name}");
    }
}

#[test]
fn answers_on_one_connection_follow_each_other_exactly() {
    let app = app();
    let ada = app.administrator();
    // More than two parts that the system sends by itself, and more than a socket holds.
    let file = sound::wav(440, 380_000);
    assert!(file.len() > 6_000_000, "{}", file.len());
    let stream = format!("/api/v1/tracks/{}/stream", ada.add_track("long.wav", &file));
    let asked = [("bytes=7-1048600", 7..1_048_601), ("bytes=0-", 0..file.len()), ("bytes=5-5", 5..6)];
    let mut raw = Raw::connect(app.site().address());
    let cookie = &ada.cookie;
    for (at, (range, _)) in asked.iter().enumerate() {
        // All at once: what is not read yet waits behind what is being sent.
        let last = if at + 1 == asked.len() { "connection: close\r\n" } else { "" };
        raw.send(format!(
            "GET {stream} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\nrange: {range}\r\n{last}\r\n"
        ));
        raw.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n".repeat(usize::from(last.is_empty())));
    }
    let all = raw.read_to_end();
    let mut rest = all.as_slice();
    let next = |rest: &mut &[u8], length: usize| {
        let head = rest.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let text = String::from_utf8_lossy(&rest[..head]).into_owned();
        let body = rest[head..head + length].to_vec();
        *rest = &rest[head + length..];
        (text, body)
    };
    for (range, bytes) in asked {
        let (head, body) = next(&mut rest, bytes.len());
        assert!(head.starts_with("HTTP/1.1 206"), "{range}: {head}");
        assert!(body == file[bytes], "{range}: other bytes");
        if !rest.is_empty() {
            let (head, body) = next(&mut rest, r#"{"status":"ok"}"#.len());
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            assert_eq!(body, br#"{"status":"ok"}"#);
        }
    }
    assert!(rest.is_empty());
}

#[test]
fn a_range_is_exactly_those_bytes() {
    let stage = stage();
    let size = stage.file.len();
    for (asked, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=65530-65545", 65_530, 65_546),
        ("bytes=100000-", 100_000, size),
        ("bytes=-500", size - 500, size),
        ("bytes=-99999999", 0, size),
        ("bytes=399000-99999999", 399_000, size),
    ] {
        let reply = stage.ask(&[("range", asked)]).expect(206);
        assert!(reply.body == stage.file[from..to], "{asked}: {} bytes", reply.body.len());
        assert_eq!(reply.header("content-range"), format!("bytes {from}-{}/{size}", to - 1), "{asked}");
        assert_eq!(reply.header("content-length"), (to - from).to_string());
    }
}

#[test]
fn several_ranges_are_one_multipart_answer() {
    let stage = stage();
    let size = stage.file.len();
    let reply = stage.ask(&[("range", "bytes=0-9, 200-299,-5")]).expect(206);
    let kind = reply.header("content-type").to_owned();
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").expect("multipart");
    let mut expected = Vec::new();
    for (from, to) in [(0, 10), (200, 300), (size - 5, size)] {
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: audio/wav\r\nContent-Range: bytes {from}-{}/{size}\r\n\r\n",
            to - 1
        );
        expected.extend(head.bytes());
        expected.extend(&stage.file[from..to]);
    }
    expected.extend(format!("\r\n--{boundary}--\r\n").bytes());
    assert_eq!(String::from_utf8_lossy(&reply.body), String::from_utf8_lossy(&expected));
    assert_eq!(reply.header("content-length"), expected.len().to_string());
    assert_eq!(reply.header("content-range"), "");
}

#[test]
fn what_lies_outside_is_not_satisfiable() {
    let stage = stage();
    let size = stage.file.len();
    for asked in [&format!("bytes={size}-"), "bytes=-0", "bytes=99999999999999999999-"] {
        let reply = stage.ask(&[("range", asked)]);
        assert_eq!(reply.header("content-range"), format!("bytes */{size}"), "{asked}");
        reply.problem(416, "range_outside");
    }
}

#[test]
fn a_range_that_makes_no_sense_or_asks_too_much_is_the_whole() {
    let stage = stage();
    let many = format!(
        "bytes={}",
        (0..17).map(|at| format!("{}-{}", at * 10, at * 10 + 1)).collect::<Vec<_>>().join(",")
    );
    for asked in ["bytes=9-3", "items=0-4", "bytes=a-b", "bytes=0-,0-,0-", &many] {
        let reply = stage.ask(&[("range", asked)]).expect(200);
        assert_eq!(reply.body.len(), stage.file.len(), "{asked}");
    }
}

#[test]
fn what_the_client_has_is_not_sent_again() {
    let stage = stage();
    let etag = stage.ask(&[]).header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.len() == 66, "{etag}");
    for tags in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let reply = stage.ask(&[("if-none-match", &tags)]).expect(304);
        assert!(reply.body.is_empty());
        assert_eq!(reply.header("etag"), etag);
    }
    let reply = stage.ask(&[("if-none-match", "\"other\"")]).expect(200);
    assert_eq!(reply.body.len(), stage.file.len());
}

#[test]
fn a_range_of_another_version_is_the_whole() {
    let stage = stage();
    let etag = stage.ask(&[]).header("etag").to_owned();
    let ask = |version: &str| stage.ask(&[("range", "bytes=0-9"), ("if-range", version)]);
    assert_eq!(ask(&etag).expect(206).body.len(), 10);
    for version in ["\"other\"", &format!("W/{etag}"), "Wed, 21 Oct 2015 07:28:00 GMT"] {
        assert_eq!(ask(version).expect(200).body.len(), stage.file.len(), "{version}");
    }
}

#[test]
fn sound_is_for_those_who_are_signed_in() {
    let stage = stage();
    stage.ada.site().send(Request::new("GET", stage.path.as_str())).problem(401, "not_signed_in");
    let range = Request::new("GET", stage.path.as_str()).header("range", "bytes=0-9");
    stage.ada.site().send(range).problem(401, "not_signed_in");
}
