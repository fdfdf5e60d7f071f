//! Two ways to listen, by the letter of what is written down: the event stream, and the socket in frames made by hand.

use super::view::View;
use crate::echonest_socket::Socket;
use protocol::http::NestSnapshot;
use protocol::publication::NestPublication;
use serde_json::{Value, json};
use std::collections::VecDeque;
use testkit::{Actor, EventStream};

pub const MAIN: &str = "/api/v1/nests/main";

/// The nest as the server serves it.
pub fn snapshot(actor: &impl Actor) -> NestSnapshot {
    serde_json::from_value(actor.get(MAIN).ok()).unwrap()
}

/// Somebody at an event stream.
pub struct Reader {
    pub view: View,
    stream: Option<EventStream>,
}

impl Reader {
    pub fn open(who: &'static str, actor: &impl Actor) -> Self {
        let view = View::load(who, snapshot(actor));
        let mut reader = Self { view, stream: None };
        reader.reconnect(actor);
        reader
    }

    /// Comes (back) with the position they have.
    pub fn reconnect(&mut self, actor: &impl Actor) {
        let position = format!("{}:{}", self.view.epoch, self.view.offset);
        self.stream = Some(EventStream::open(actor, Some(&position)));
    }

    pub fn lose_the_link(&mut self) {
        self.stream = None;
    }

    /// Reads until the state is that of `offset`; what came is given to `heard`.
    pub fn catch_up(&mut self, offset: u64, mut heard: impl FnMut(u64, &NestPublication)) {
        while self.view.offset < offset {
            let event = self.stream.as_mut().expect("connected").next_event().expect("the stream goes on");
            assert_eq!(event.name, "message", "{}: told to load again", self.view.who);
            let (epoch, at) = event.id.rsplit_once(':').unwrap();
            assert_eq!(epoch, self.view.epoch);
            let publication: NestPublication = serde_json::from_str(&event.data).unwrap();
            heard(at.parse().unwrap(), &publication);
            self.view.take(at.parse().unwrap(), publication);
        }
    }
}

/// Somebody at the native socket.
pub struct Talker {
    pub view: View,
    socket: Option<Socket>,
    waiting: VecDeque<Value>,
    commands: u64,
    /// How often something missed was brought by a recovery.
    pub recovered: usize,
}

impl Talker {
    pub fn open(who: &'static str, actor: &impl Actor) -> Self {
        let view = View::load(who, snapshot(actor));
        let mut talker = Self { view, socket: None, waiting: VecDeque::new(), commands: 0, recovered: 0 };
        talker.reconnect(actor);
        talker
    }

    pub fn lose_the_link(&mut self) {
        self.socket = None;
        self.waiting.clear();
    }

    /// Comes (back) and recovers from the position they have.
    pub fn reconnect(&mut self, actor: &impl Actor) {
        self.socket = Some(Socket::open(actor, "/api/v1/socket"));
        self.ask(json!({"connect": {}}));
        let (epoch, offset) = (self.view.epoch.clone(), self.view.offset);
        let since = json!({"channel": "nest:main", "recover": true, "epoch": epoch, "offset": offset});
        let reply = self.ask(json!({"subscribe": since}));
        let subscribed = &reply["subscribe"];
        assert_eq!(subscribed["recovered"], true, "{}: {reply}", self.view.who);
        for missed in subscribed["publications"].as_array().into_iter().flatten() {
            self.recovered += 1;
            self.publication(missed);
        }
    }

    /// Calls a method of the nest; its answer or the refusal.
    pub fn call(&mut self, verb: &str, mut body: Value) -> Result<Value, String> {
        body["nest"] = json!("main");
        let reply = self.ask(json!({"rpc": {"method": format!("nest.{verb}"), "data": body}}));
        match reply["error"]["message"].as_str() {
            Some(message) => Err(message.to_owned()),
            None => Ok(reply["rpc"]["data"].clone()),
        }
    }

    fn ask(&mut self, mut command: Value) -> Value {
        self.commands += 1;
        command["id"] = json!(self.commands);
        self.socket.as_mut().expect("connected").send_text(&command.to_string());
        loop {
            let message = self.message();
            if message["id"] == self.commands {
                return message;
            }
            self.push(&message);
        }
    }

    fn message(&mut self) -> Value {
        while self.waiting.is_empty() {
            let text = self.socket.as_mut().expect("connected").text().expect("the socket is open");
            self.waiting.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
        self.waiting.pop_front().unwrap()
    }

    fn push(&mut self, message: &Value) {
        if message.as_object().is_some_and(serde_json::Map::is_empty) {
            self.socket.as_mut().expect("connected").send_text("{}");
        }
        let push = &message["push"];
        if push["channel"] == "nest:main" && push["pub"].is_object() {
            self.publication(&push["pub"]);
        }
    }

    fn publication(&mut self, publication: &Value) {
        let offset = publication["offset"].as_u64().unwrap();
        self.view.take(offset, serde_json::from_value(publication["data"].clone()).unwrap());
    }

    pub fn catch_up(&mut self, offset: u64) {
        while self.view.offset < offset {
            let message = self.message();
            self.push(&message);
        }
    }
}
