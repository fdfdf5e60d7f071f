//! The frames of `socket.rs` from the other side: what a client sends, and what it reads of the answers. Fields that
//! the protocol has and a client of ours does not need are passed over.

use crate::socket::StreamPosition;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A command as a client sends it: an id and one of the parts. Without any part it is a pong.
#[derive(Debug, Default, Serialize)]
pub struct ClientCommand {
    /// Above zero; the reply carries it.
    pub id: u32,
    /// The first command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<Connect>,
    /// Listen to a channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribe: Option<Subscribe>,
    /// Ask who is on a channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence: Option<OfChannel>,
    /// Call a method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpc: Option<Rpc>,
    /// Give a new token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Connect>,
}

/// A token.
#[derive(Debug, Default, Serialize)]
pub struct Connect {
    /// A socket token or an API token.
    pub token: String,
    /// What the client calls itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Listen to a channel from a position on.
#[derive(Debug, Serialize)]
pub struct Subscribe {
    /// The channel.
    pub channel: String,
    /// Whether what was missed since the position is wanted.
    pub recover: bool,
    /// The position.
    #[serde(flatten)]
    pub since: StreamPosition,
    /// Whether to hear who joins and leaves.
    pub join_leave: bool,
}

/// A channel.
#[derive(Debug, Serialize)]
pub struct OfChannel {
    /// Its name.
    pub channel: String,
}

/// A method and its argument.
#[derive(Debug, Serialize)]
pub struct Rpc {
    /// The method.
    pub method: &'static str,
    /// Its argument.
    pub data: serde_json::Value,
}

/// What the server sends: a reply (its id is above zero), a push, or a ping (neither).
#[derive(Debug, Default, Deserialize)]
pub struct ServerFrame {
    /// The command's.
    #[serde(default)]
    pub id: u32,
    /// Why the command failed.
    pub error: Option<Refused>,
    /// Connected.
    pub connect: Option<Connected>,
    /// Subscribed.
    pub subscribe: Option<Subscribed>,
    /// Who is there, by client id.
    pub presence: Option<Presence>,
    /// What the method answered.
    pub rpc: Option<Answered>,
    /// Refreshed.
    pub refresh: Option<Connected>,
    /// Said unasked.
    pub push: Option<Pushed>,
}

/// An error of a command.
#[derive(Clone, Debug, Deserialize)]
pub struct Refused {
    /// By the protocol, or from [`crate::socket::REFUSAL_CODE`] on by rookery's rules.
    pub code: u32,
    /// In words.
    #[serde(default)]
    pub message: String,
}

/// How the connection stands.
#[derive(Debug, Default, Deserialize)]
pub struct Connected {
    /// Whether the token ends.
    #[serde(default)]
    pub expires: bool,
    /// In so many seconds.
    #[serde(default)]
    pub ttl: u32,
    /// Seconds between pings; 0: none come.
    #[serde(default)]
    pub ping: u32,
}

/// How the subscription stands.
#[derive(Debug, Deserialize)]
pub struct Subscribed {
    /// What was missed, in order.
    #[serde(default)]
    pub publications: Vec<Published>,
    /// Whether that is all that was missed.
    #[serde(default)]
    pub recovered: bool,
    /// Whether recovery was asked for.
    #[serde(default)]
    pub was_recovering: bool,
}

/// A publication.
#[derive(Debug, Deserialize)]
pub struct Published {
    /// What.
    pub data: Box<RawValue>,
    /// Its place in the stream.
    #[serde(default)]
    pub offset: u64,
}

/// Who is on a channel.
#[derive(Debug, Deserialize)]
pub struct Presence {
    /// By client id.
    pub presence: BTreeMap<String, Present>,
}

/// A client on a channel.
#[derive(Debug, Deserialize)]
pub struct Present {
    /// The person's id.
    pub user: String,
    /// The connection's id.
    pub client: String,
    /// What is said of them.
    pub conn_info: Option<Box<RawValue>>,
}

/// A method's answer.
#[derive(Debug, Deserialize)]
pub struct Answered {
    /// The answer.
    pub data: Box<RawValue>,
}

/// Something said unasked about a channel.
#[derive(Debug, Default, Deserialize)]
pub struct Pushed {
    /// The channel.
    #[serde(default)]
    pub channel: String,
    /// It published.
    #[serde(rename = "pub")]
    pub publication: Option<Published>,
    /// Somebody came.
    pub join: Option<Whom>,
    /// Somebody left.
    pub leave: Option<Whom>,
    /// The subscription was ended.
    pub unsubscribe: Option<Unsubscribed>,
}

/// Whom a push is about.
#[derive(Debug, Deserialize)]
pub struct Whom {
    /// The client.
    pub info: Present,
}

/// Why a subscription was ended.
#[derive(Debug, Deserialize)]
pub struct Unsubscribed {
    /// From 2500 on: subscribe again.
    pub code: u32,
    /// In words.
    #[serde(default)]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::{Command, ConnectResult, Reply};

    #[test]
    fn what_a_client_sends_is_what_the_server_reads() {
        let since = StreamPosition { offset: 7, epoch: "e".to_owned() };
        let subscribe = Subscribe { channel: "nest:main".to_owned(), recover: true, since, join_leave: true };
        let command = ClientCommand { id: 3, subscribe: Some(subscribe), ..ClientCommand::default() };
        let text = serde_json::to_string(&command).unwrap();
        let read: Command = serde_json::from_str(&text).unwrap();
        let request = read.subscribe.unwrap();
        assert_eq!((read.id, request.offset, request.epoch.as_str()), (3, 7, "e"));
        assert!(request.recover && request.join_leave && read.connect.is_none());
        assert_eq!(serde_json::to_string(&ClientCommand::default()).unwrap(), r#"{"id":0}"#);
    }

    #[test]
    fn what_the_server_sends_is_what_a_client_reads() {
        let result = ConnectResult {
            client: "c".to_owned(),
            version: "v".to_owned(),
            expires: true,
            ttl: 600,
            ping: 25,
            pong: true,
        };
        let reply = Reply { id: 1, connect: Some(result), ..Reply::default() };
        let text = serde_json::to_string(&reply).unwrap();
        let frame: ServerFrame = serde_json::from_str(&text).unwrap();
        let connected = frame.connect.unwrap();
        assert_eq!((frame.id, connected.expires, connected.ttl, connected.ping), (1, true, 600, 25));
        let ping: ServerFrame = serde_json::from_str("{}").unwrap();
        assert!(ping.id == 0 && ping.push.is_none());
    }
}
