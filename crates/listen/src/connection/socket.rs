//! The WebSocket: opened on a connection of the HTTP client, so that there is one place for addresses, certificates
//! and proof. Each message is one or more lines, each line a frame.

use super::Ended;
use super::api::{Api, checked, lost, sent};
use crate::limits::{ANSWER_MAX, MESSAGE_BYTES_MAX};
use futures::{SinkExt, StreamExt};
use protocol::socket_client::{ClientCommand, ServerFrame};
use reqwest::header::{CONNECTION, UPGRADE};
use reqwest::{Method, StatusCode, Upgraded};
use std::collections::VecDeque;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// Any sixteen bytes would do: the key only shows that the server speaks WebSocket, which its status says too
/// (RFC 6455, section 4.1).
const KEY: &str = "cm9va2VyeS1saXN0ZW5zIQ==";
/// From this code on a server asks not to come back.
const REFUSED_FROM: u16 = 3500;
const SHUTDOWN: u16 = 3001;
const INVALID_TOKEN: u16 = 3500;

pub(super) struct Socket {
    stream: WebSocketStream<Upgraded>,
    read: VecDeque<ServerFrame>,
    is_guest: bool,
}

impl Socket {
    pub(super) async fn open(api: &Api) -> Result<Self, Ended> {
        let request = api
            .request(Method::GET, "api/v1/socket")?
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", KEY);
        let answered = tokio::time::timeout(ANSWER_MAX, sent(request)).await;
        let response =
            answered.map_err(|_| Ended::Lost { why: "no answer in time".to_owned(), soon: false })??;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            checked(response).await?;
            return Err(Ended::Refused(
                "the server does not open its socket: is a proxy in between?".to_owned(),
            ));
        }
        let upgraded = response.upgrade().await.map_err(|error| lost(&error))?;
        let config = WebSocketConfig::default().max_message_size(Some(MESSAGE_BYTES_MAX));
        let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
        Ok(Self { stream, read: VecDeque::new(), is_guest: api.is_guest() })
    }

    pub(super) async fn send(&mut self, command: &ClientCommand) -> Result<(), Ended> {
        let text = if command.id == 0 {
            "{}".to_owned()
        } else {
            serde_json::to_string(command).map_err(|error| Ended::Refused(error.to_string()))?
        };
        self.stream.send(Message::text(text)).await.map_err(|error| broken(&error))
    }

    /// The next frame. Nothing is lost if this is dropped while it waits.
    pub(super) async fn next(&mut self) -> Result<ServerFrame, Ended> {
        loop {
            if let Some(frame) = self.read.pop_front() {
                return Ok(frame);
            }
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    for line in text.lines().filter(|line| !line.is_empty()) {
                        let frame = serde_json::from_str(line).map_err(|error| Ended::Lost {
                            why: format!("a frame makes no sense: {error}"),
                            soon: false,
                        })?;
                        self.read.push_back(frame);
                    }
                }
                Some(Ok(Message::Close(close))) => {
                    let close = close.map(|close| (u16::from(close.code), close.reason.to_string()));
                    return Err(self.closed(close));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(broken(&error)),
                None => return Err(self.closed(None)),
            }
        }
    }

    fn closed(&self, close: Option<(u16, String)>) -> Ended {
        match close {
            Some((INVALID_TOKEN, _)) if self.is_guest => Ended::Forgotten,
            Some((INVALID_TOKEN, _)) => Ended::Refused("the server does not know this token".to_owned()),
            Some((code, why)) if (REFUSED_FROM..4000).contains(&code) => {
                Ended::Refused(format!("the server: {why}"))
            }
            Some((SHUTDOWN, _)) => Ended::Lost { why: "the server restarts".to_owned(), soon: true },
            Some((_, why)) if !why.is_empty() => {
                Ended::Lost { why: format!("the server: {why}"), soon: false }
            }
            _ => Ended::Lost { why: "the connection was closed".to_owned(), soon: false },
        }
    }
}

fn broken(error: &tokio_tungstenite::tungstenite::Error) -> Ended {
    Ended::Lost { why: error.to_string(), soon: false }
}
