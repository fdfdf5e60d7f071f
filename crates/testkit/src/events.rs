//! A reader of server-sent events that reads as the HTML standard says, and nothing more.

use crate::Raw;
use crate::actor::Actor;
use crate::http::Request;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The last id that was said.
    pub id: String,
    /// `message` unless said otherwise.
    pub name: String,
    /// The data.
    pub data: String,
}

/// An open event stream.
#[derive(Debug)]
pub struct EventStream {
    lines: BufReader<TcpStream>,
    /// The last id that was said, with an event or without.
    pub last_id: String,
}

impl EventStream {
    /// Opens the events of the main nest, from a position if there is one.
    pub fn open(actor: &impl Actor, last_id: Option<&str>) -> Self {
        Self::of_nest(actor, "main", last_id)
    }

    /// Opens the events of a nest, from a position if there is one.
    pub fn of_nest(actor: &impl Actor, code: &str, last_id: Option<&str>) -> Self {
        Self::at(actor, &format!("/api/v1/nests/{code}/events"), last_id)
    }

    /// Opens the events at an address, from a position if there is one.
    pub fn at(actor: &impl Actor, path: &str, last_id: Option<&str>) -> Self {
        let request = actor.signed(Request::new("GET", path));
        let mut raw = Raw::connect(actor.site().address());
        let (mut head, _) = request.into_head();
        if let Some(id) = last_id {
            head.push_str(&format!("last-event-id: {id}\r\n"));
        }
        raw.send(format!("{head}host: {}\r\n\r\n", actor.site().address()));
        let mut lines = BufReader::new(raw.into_stream());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        while line != "\r\n" {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the head ended early");
            let lower = line.to_ascii_lowercase();
            assert!(!lower.starts_with("content-type") || lower.contains("text/event-stream"), "{line}");
        }
        Self { lines, last_id: String::new() }
    }

    /// The next event; `None` when the server ended the stream. Chunk sizes are skipped: a line of the stream is
    /// never only hexadecimal digits.
    pub fn next_event(&mut self) -> Option<Event> {
        let mut event = Event { name: "message".to_owned(), ..Event::default() };
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let ends_chunk = line.ends_with("\r\n");
            let text = line.trim_end_matches(['\r', '\n']);
            if ends_chunk && text == "0" {
                return None;
            }
            match text.split_once(':') {
                Some(("id", id)) => self.last_id = id.trim_start().to_owned(),
                Some(("event", name)) => event.name = name.trim_start().to_owned(),
                Some(("data", data)) => event.data = data.trim_start().to_owned(),
                None if text.is_empty() && !ends_chunk && !event.data.is_empty() => {
                    event.id.clone_from(&self.last_id);
                    return Some(event);
                }
                _ => {}
            }
        }
    }

    /// The next `count` events.
    pub fn take(&mut self, count: usize) -> Vec<Event> {
        (0..count).map(|_| self.next_event().expect("the stream goes on")).collect()
    }

    /// Reads until the stream has told its position.
    pub fn position(&mut self) -> String {
        while self.last_id.is_empty() {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the stream ended");
            if let Some(id) = line.trim_end().strip_prefix("id: ") {
                self.last_id = id.to_owned();
            }
        }
        self.last_id.clone()
    }
}
