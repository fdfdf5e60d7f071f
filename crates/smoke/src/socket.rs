//! A client of the socket, as the Centrifugo client protocol describes it (version 2, JSON, one object a line).

use crate::Wrong;
use crate::site::{Answer, Site, send};
use futures::{SinkExt as _, StreamExt as _};
use reqwest::header::{CONNECTION, UPGRADE};
use reqwest::{Method, StatusCode, Upgraded};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

/// Any sixteen bytes would do (RFC 6455, section 4.1).
const KEY: &str = "cm9va2VyeS1zbW9rZS1vaw==";
/// An answer that takes longer is held back somewhere.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

const HELD_BACK: &str = "a proxy holds frames back or cuts the connection: have it pass sockets on without buffers and without a time \
    below a minute (Caddy: flush_interval -1; nginx: proxy_buffering off, proxy_read_timeout 3600s)";

/// What became of a handshake.
pub(crate) enum Handshake {
    /// The socket is open.
    Open(Box<Socket>),
    /// Something answered as to any request.
    Refused(Answer),
}

/// Where a channel stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) epoch: String,
    pub(crate) offset: u64,
}

/// What a subscription was answered.
pub(crate) struct Subscribed {
    pub(crate) position: Position,
    pub(crate) recovered: bool,
    pub(crate) missed: Vec<Value>,
}

pub(crate) struct Socket {
    stream: WebSocketStream<Upgraded>,
    frames: VecDeque<Value>,
    last_id: u64,
}

impl Socket {
    pub(crate) async fn shake_hands(site: &Site) -> Result<Handshake, Wrong> {
        let request = site
            .as_stranger(Method::GET, "/api/v1/socket")
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", KEY);
        let response = send(request).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.bytes().await.map(|body| body.to_vec()).unwrap_or_default();
            return Ok(Handshake::Refused(Answer { status, headers, body }));
        }
        let upgraded = response.upgrade().await.map_err(|error| Wrong::new(error.to_string(), HELD_BACK))?;
        let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
        Ok(Handshake::Open(Box::new(Self { stream, frames: VecDeque::new(), last_id: 0 })))
    }

    /// A socket of whoever has the token.
    pub(crate) async fn open(site: &Site) -> Result<Self, Wrong> {
        match Self::shake_hands(site).await? {
            Handshake::Open(mut socket) => {
                socket.ask("connect", json!({"token": site.token()})).await?;
                Ok(*socket)
            }
            Handshake::Refused(answer) => Err(answer.refused("/api/v1/socket")),
        }
    }

    /// Listens to a channel, from a position on if there is one.
    pub(crate) async fn subscribe(
        &mut self,
        channel: &str,
        since: Option<&Position>,
    ) -> Result<Subscribed, Wrong> {
        let mut request = json!({"channel": channel});
        if let Some(since) = since {
            request["recover"] = json!(true);
            request["epoch"] = json!(since.epoch);
            request["offset"] = json!(since.offset);
        }
        let answer = self.ask("subscribe", request).await?;
        let epoch = answer["epoch"].as_str().unwrap_or_default().to_owned();
        Ok(Subscribed {
            position: Position { epoch, offset: answer["offset"].as_u64().unwrap_or(0) },
            recovered: answer["recovered"].as_bool().unwrap_or(false),
            missed: answer["publications"].as_array().cloned().unwrap_or_default(),
        })
    }

    /// Asks something and takes what is answered.
    pub(crate) async fn ask(&mut self, what: &str, request: Value) -> Result<Value, Wrong> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"id": id, what: request})).await?;
        loop {
            let is_answer = |frame: &Value| frame["id"].as_u64() == Some(id);
            let kept = self.frames.iter().position(is_answer).and_then(|at| self.frames.remove(at));
            let frame = match kept {
                Some(frame) => frame,
                None => self.next().await?,
            };
            if !is_answer(&frame) {
                self.frames.push_back(frame);
                continue;
            }
            if !frame["error"].is_null() {
                let seen = format!("`{what}` is refused: {}", frame["error"]);
                return Err(Wrong::new(seen, "look whether the token is known and has the scope `listen`"));
            }
            return Ok(frame[what].clone());
        }
    }

    /// The next publication.
    pub(crate) async fn publication(&mut self) -> Result<Value, Wrong> {
        let kept = self.frames.iter().position(|frame| !frame["push"]["pub"].is_null());
        if let Some(kept) = kept.and_then(|at| self.frames.remove(at)) {
            return Ok(kept["push"]["pub"].clone());
        }
        loop {
            let frame = self.next().await?;
            if !frame["push"]["pub"].is_null() {
                return Ok(frame["push"]["pub"].clone());
            }
        }
    }

    /// The next frame from the wire that is no ping.
    async fn next(&mut self) -> Result<Value, Wrong> {
        loop {
            let message = tokio::time::timeout(ANSWER_TIME_MAX, self.stream.next()).await.map_err(|_| {
                Wrong::new(format!("nothing comes for {} s", ANSWER_TIME_MAX.as_secs()), HELD_BACK)
            })?;
            let text = match message {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(why))) => {
                    let seen =
                        format!("the server closes: {}", why.map(|why| why.to_string()).unwrap_or_default());
                    return Err(Wrong::new(
                        seen,
                        "look whether the token is known and has the scope `listen`",
                    ));
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(Wrong::new(error.to_string(), HELD_BACK)),
                None => return Err(Wrong::new("the connection is cut", HELD_BACK)),
            };
            let mut frames = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let Some(first) = frames.next() else { continue };
            // What is left waits for whoever asks next; one message seldom holds more than one frame.
            let rest: Vec<Value> = frames.collect();
            self.frames.extend(rest);
            if first.as_object().is_some_and(serde_json::Map::is_empty) {
                self.send(&json!({})).await?;
                continue;
            }
            return Ok(first);
        }
    }

    async fn send(&mut self, frame: &Value) -> Result<(), Wrong> {
        let sent = self.stream.send(Message::text(frame.to_string())).await;
        sent.map_err(|error| Wrong::new(error.to_string(), HELD_BACK))
    }
}
