//! The socket of EchoNest's page: its framing, what is asked on it, and who may open one.

use crate::echonest::{PIANO_MAN, VIENNA, added, bot, stage};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use testkit::{Actor, Raw, Request, guest, program};

/// A socket, and on it what clients of EchoNest say.
pub struct Socket(TcpStream);

fn handshake(path: &str) -> Request {
    Request::new("GET", path)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

impl Socket {
    pub fn open(actor: &impl Actor, path: &str) -> Self {
        let (head, _) = actor.signed(handshake(path)).into_head();
        let mut raw = Raw::connect(actor.site().address());
        raw.send(format!("{head}host: {}\r\n\r\n", actor.site().address()));
        let mut stream = raw.into_stream();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        Self(stream)
    }

    /// Sends a text, masked with zeros as the standard allows.
    pub fn send_text(&mut self, text: &str) {
        let mut frame = vec![0x81];
        match u8::try_from(text.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | length),
            _ => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(text.bytes());
        self.0.write_all(&frame).unwrap();
    }

    pub fn send(&mut self, message: Value) {
        self.send_text(&format!("1{message}"));
    }

    /// The next text; `None`: the server closed.
    pub fn text(&mut self) -> Option<String> {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).ok()?;
        let length = match head[1] {
            126 => {
                let mut length = [0; 2];
                self.0.read_exact(&mut length).ok()?;
                u64::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.0.read_exact(&mut length).ok()?;
                u64::from_be_bytes(length)
            }
            length => length.into(),
        };
        let mut payload = vec![0; length as usize];
        self.0.read_exact(&mut payload).ok()?;
        (head[0] == 0x81).then(|| String::from_utf8(payload).unwrap())
    }

    /// The next message with this name, its arguments.
    pub fn wait_for(&mut self, name: &str) -> Vec<Value> {
        loop {
            let text = self.text().expect("the socket is open");
            let (kind, list) = text.split_at(1);
            let mut list: Vec<Value> = serde_json::from_str(list).unwrap();
            assert_eq!(kind, "1");
            if list.remove(0) == name {
                return list;
            }
        }
    }
}

#[test]
fn the_page_s_socket_tells_at_once_what_is_and_then_what_changes() {
    let (_app, ada) = stage();
    let bot = bot(&ada);
    added(&bot, PIANO_MAN);
    let mut socket = Socket::open(&ada, "/socket/");
    assert_eq!(socket.wait_for("now_playing_update")[0]["trackid"], PIANO_MAN);
    assert_eq!(socket.wait_for("playlist_update"), [json!([])]);
    assert_eq!(socket.wait_for("volume"), ["95"]);
    assert_eq!(socket.wait_for("member_update"), [1]);
    socket.send_text("0");
    socket.send(json!(["add-song", VIENNA, "spotify"]));
    let rows = socket.wait_for("playlist_update");
    let id = rows[0][0]["id"].as_str().unwrap().to_owned();
    assert_eq!((&rows[0][0]["user"], &rows[0][0]["vote"]), (&json!("Ada"), &json!("0")));
    socket.send(json!(["jam", id]));
    assert_eq!(socket.wait_for("playlist_update")[0][0]["jam"][0]["user"], "Ada");
    socket.send(json!(["jam", id]));
    assert_eq!(socket.wait_for("playlist_update")[0][0]["jam"], json!([]));
    socket.send(json!(["add_comment", id, "somebody@else", "one || two"]));
    assert_eq!(socket.wait_for("playlist_update")[0][0]["comments"][0]["body"], "one || two");
    socket.send(json!(["get_comments_for_song", id]));
    let comments = socket.wait_for("comments_for_song");
    assert_eq!((&comments[0], &comments[1][0]["user"]), (&json!(id), &json!("Ada")));
    let at = socket.wait_for("player_position");
    assert_eq!((&at[0], &at[1]), (&json!("spotify"), &json!(PIANO_MAN)));
    socket.send(json!(["pause"]));
    assert_eq!(socket.wait_for("now_playing_update")[0]["paused"], true);
    socket.send(json!(["unpause"]));
    socket.send(json!(["airhorn", "reemix"]));
    assert_eq!(socket.wait_for("do_airhorn"), ["0.4", "reemix"]);
    socket.send(json!(["airhorn", "../../evil"]));
    assert!(socket.wait_for("error")[0]["message"].as_str().is_some_and(|text| !text.is_empty()));
    socket.send(json!(["change_volume", 40]));
    assert_eq!(socket.wait_for("volume"), ["40"]);
    socket.send(json!(["fetch_search_token"]));
    assert_eq!(socket.wait_for("search_token_update")[0]["token"], Value::Null);
    socket.send(json!(["vote", "999", true]));
    socket.wait_for("error");
    socket.send(json!(["nobody_knows_this", 1, 2]));
    socket.send(json!(["kill_playing"]));
    assert_eq!(socket.wait_for("now_playing_update")[0]["trackid"], VIENNA);
    socket.send_text("x");
    while socket.text().is_some() {}
}

#[test]
fn two_tabs_of_one_person_are_one_member_until_the_last_is_closed() {
    let (app, ada) = stage();
    let gus = guest(app.site(), "Gus");
    let mut watching = Socket::open(&ada, "/socket/");
    assert_eq!(watching.wait_for("member_update"), [1]);
    let tabs = [Socket::open(&gus, "/socket/"), Socket::open(&gus, "/socket/")];
    assert_eq!(watching.wait_for("member_update"), [2]);
    let [first, second] = tabs;
    drop(first);
    ada.command("volume", json!({"percent": 50})).ok();
    watching.wait_for("volume");
    assert_eq!(app.anonymous().get("/get_volume/").expect(200).text(), "50");
    assert_eq!(ada.get("/api/v1/nests").ok()[0]["listener_count"], 2, "the other tab is still open");
    drop(second);
    assert_eq!(watching.wait_for("member_update"), [1]);
}

#[test]
fn nobody_opens_a_socket_or_moves_the_volume_without_having_come_in() {
    let (app, ada) = stage();
    for path in ["/socket/", "/socket/main/", "/volume/", "/volume/main"] {
        drop(app.anonymous().send(handshake(path)).expect(401));
        drop(ada.send(handshake(path).header("origin", "https://evil.example")).expect(403));
    }
    drop(ada.send(handshake("/socket/ZZZZZ/")).expect(404));
    let listener = program(&ada, &["listen"]);
    let mut socket = Socket::open(&listener, "/volume/");
    assert_eq!(socket.wait_for("volume"), ["95"]);
    for message in [json!(["change_volume", 10]), json!(["pause"])] {
        socket.send(message);
    }
    socket.wait_for("error");
    let mut loud = Socket::open(&bot(&ada), "/volume/main");
    loud.send(json!(["change_volume", "30"]));
    loud.send(json!(["change_volume", 1000]));
    loud.wait_for("error");
    assert_eq!(socket.wait_for("volume"), ["30"]);
    assert_eq!(ada.main_nest()["state"]["volume_percent"], 30);
    // A token that is revoked ends its socket.
    ada.delete(&format!("/api/v1/tokens/{}", listener.id)).ok();
    while socket.text().is_some() {}
}
