//! Frames of the socket: the Centrifugo client protocol, version 2, in JSON (one object a line).
//!
//! Source: centrifugal/protocol `client.proto` and the client protocol page of the Centrifugo documentation. A client
//! sends [`Command`]s; the server answers each with a [`Reply`] of the same id, and sends [`Push`]es unasked. An empty
//! object is a ping, and its answer the pong. What rookery has no use for (publishing by clients, deltas, tags) is not
//! here: such commands are answered with [`ErrorCode::NotAvailable`].

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What a client asks. Exactly one of the optional parts is set; none at all is a pong.
#[derive(Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "the fields are the commands of the protocol")]
pub struct Command {
    #[serde(default)]
    pub id: u32,
    pub connect: Option<ConnectRequest>,
    pub subscribe: Option<SubscribeRequest>,
    pub unsubscribe: Option<ChannelRequest>,
    pub publish: Option<ChannelRequest>,
    pub presence: Option<ChannelRequest>,
    pub presence_stats: Option<ChannelRequest>,
    pub history: Option<HistoryRequest>,
    pub ping: Option<Empty>,
    pub send: Option<Empty>,
    pub rpc: Option<RpcRequest>,
    pub refresh: Option<RefreshRequest>,
    pub sub_refresh: Option<ChannelRequest>,
}

/// Nothing; fields of it are ignored.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Empty {}

/// The first command on a socket.
#[derive(Debug, Default, Deserialize)]
pub struct ConnectRequest {
    /// A socket token, or an API token; not needed with a session cookie.
    #[serde(default)]
    pub token: String,
    /// What the client calls itself.
    #[serde(default)]
    pub name: String,
}

/// Listen to a channel.
#[derive(Debug, Default, Deserialize)]
pub struct SubscribeRequest {
    /// The channel.
    pub channel: String,
    /// Whether to recover from the position below.
    #[serde(default)]
    pub recover: bool,
    /// The stream's epoch the client knows.
    #[serde(default)]
    pub epoch: String,
    /// The last offset the client has.
    #[serde(default)]
    pub offset: u64,
    /// Whether the client wants to hear who joins and leaves.
    #[serde(default)]
    pub join_leave: bool,
}

/// A command that needs only a channel.
#[derive(Debug, Default, Deserialize)]
pub struct ChannelRequest {
    /// The channel.
    #[serde(default)]
    pub channel: String,
}

/// Read a channel's history.
#[derive(Debug, Default, Deserialize)]
pub struct HistoryRequest {
    /// The channel.
    pub channel: String,
    /// How many publications; 0: only the position; −1: as many as the server gives.
    #[serde(default)]
    pub limit: i32,
    /// From where, exclusive.
    pub since: Option<StreamPosition>,
    /// Newest first.
    #[serde(default)]
    pub reverse: bool,
}

/// A place in a channel's stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamPosition {
    /// Offset of a publication.
    #[serde(default)]
    pub offset: u64,
    /// The stream's epoch.
    #[serde(default)]
    pub epoch: String,
}

/// Call a method.
#[derive(Debug, Deserialize)]
pub struct RpcRequest {
    /// The method.
    #[serde(default)]
    pub method: String,
    /// Its argument.
    #[serde(default)]
    pub data: Option<Box<RawValue>>,
}

/// Give a new token on a live socket.
#[derive(Debug, Default, Deserialize)]
pub struct RefreshRequest {
    /// The token.
    #[serde(default)]
    pub token: String,
}

/// The answer to a command: an error, or the part that belongs to the command.
#[derive(Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the results of the protocol")]
pub struct Reply {
    pub id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<ConnectResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribe: Option<SubscribeResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<Empty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence: Option<PresenceResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_stats: Option<PresenceStatsResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ping: Option<Empty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpc: Option<RpcResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh: Option<RefreshResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_refresh: Option<RefreshResult>,
}

/// The protocol's errors that rookery answers with, by their standard codes; refusals have codes from 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// 100: a fault of the server.
    Internal,
    /// 101: not signed in.
    Unauthorized,
    /// 102: no such channel.
    UnknownChannel,
    /// 103: may not.
    PermissionDenied,
    /// 104: no such method.
    MethodNotFound,
    /// 105: already subscribed.
    AlreadySubscribed,
    /// 106: a limit of the connection is reached.
    LimitExceeded,
    /// 107: the command makes no sense.
    BadRequest,
    /// 108: rookery does not offer this.
    NotAvailable,
    /// 109: the token has expired: get another.
    TokenExpired,
    /// 111: too many requests.
    TooManyRequests,
    /// 112: the position cannot be recovered.
    UnrecoverablePosition,
}

impl ErrorCode {
    /// All of them, by number.
    pub const ALL: [Self; 12] = [
        Self::Internal,
        Self::Unauthorized,
        Self::UnknownChannel,
        Self::PermissionDenied,
        Self::MethodNotFound,
        Self::AlreadySubscribed,
        Self::LimitExceeded,
        Self::BadRequest,
        Self::NotAvailable,
        Self::TokenExpired,
        Self::TooManyRequests,
        Self::UnrecoverablePosition,
    ];

    /// The standard number.
    pub const fn number(self) -> u32 {
        match self {
            Self::Internal => 100,
            Self::Unauthorized => 101,
            Self::UnknownChannel => 102,
            Self::PermissionDenied => 103,
            Self::MethodNotFound => 104,
            Self::AlreadySubscribed => 105,
            Self::LimitExceeded => 106,
            Self::BadRequest => 107,
            Self::NotAvailable => 108,
            Self::TokenExpired => 109,
            Self::TooManyRequests => 111,
            Self::UnrecoverablePosition => 112,
        }
    }

    /// The standard message.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Internal => "internal server error",
            Self::Unauthorized => "unauthorized",
            Self::UnknownChannel => "unknown channel",
            Self::PermissionDenied => "permission denied",
            Self::MethodNotFound => "method not found",
            Self::AlreadySubscribed => "already subscribed",
            Self::LimitExceeded => "limit exceeded",
            Self::BadRequest => "bad request",
            Self::NotAvailable => "not available",
            Self::TokenExpired => "token expired",
            Self::TooManyRequests => "too many requests",
            Self::UnrecoverablePosition => "unrecoverable position",
        }
    }

    /// Whether trying again may help.
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::Internal | Self::TooManyRequests)
    }

    /// As it is sent.
    pub fn body(self) -> ErrorBody {
        ErrorBody { code: self.number(), message: self.message().to_owned(), temporary: self.is_temporary() }
    }
}

/// The number from which refusals of rookery's own rules count; their message is `code: sentence`.
pub const REFUSAL_CODE: u32 = 1000;

/// An error in a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct ErrorBody {
    pub code: u32,
    pub message: String,
    #[serde(skip_serializing_if = "is_false")]
    pub temporary: bool,
}

/// Why the server closes a socket. Codes 3000 to 3499 tell clients to reconnect, 3500 to 3999 not to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnect {
    /// 3000: closed by the client's own wish.
    Normal,
    /// 3001: the server is going away: reconnect, spread over some seconds.
    Shutdown,
    /// 3005: the connection's token ran out.
    Expired,
    /// 3008: the client read too slowly: reconnect and recover.
    Slow,
    /// 3009: writing failed.
    WriteError,
    /// 3012: no pong came.
    NoPong,
    /// 3500: the token is invalid: do not come back with it.
    InvalidToken,
    /// 3501: the frames make no sense.
    BadRequest,
    /// 3503: signed out, or the token was revoked.
    ForceDisconnect,
    /// 3504: too many connections.
    ConnectionLimit,
}

impl Disconnect {
    /// All of them, by code.
    pub const ALL: [Self; 10] = [
        Self::Normal,
        Self::Shutdown,
        Self::Expired,
        Self::Slow,
        Self::WriteError,
        Self::NoPong,
        Self::InvalidToken,
        Self::BadRequest,
        Self::ForceDisconnect,
        Self::ConnectionLimit,
    ];

    /// Whether a client of the protocol comes back by itself.
    pub const fn asks_to_reconnect(self) -> bool {
        self.code() < 3500
    }

    /// The close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Normal => 3000,
            Self::Shutdown => 3001,
            Self::Expired => 3005,
            Self::Slow => 3008,
            Self::WriteError => 3009,
            Self::NoPong => 3012,
            Self::InvalidToken => 3500,
            Self::BadRequest => 3501,
            Self::ForceDisconnect => 3503,
            Self::ConnectionLimit => 3504,
        }
    }

    /// The close reason.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Normal => "connection closed",
            Self::Shutdown => "shutdown",
            Self::Expired => "connection expired",
            Self::Slow => "slow",
            Self::WriteError => "write error",
            Self::NoPong => "no pong",
            Self::InvalidToken => "invalid token",
            Self::BadRequest => "bad request",
            Self::ForceDisconnect => "force disconnect",
            Self::ConnectionLimit => "connection limit",
        }
    }
}

/// Connected.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct ConnectResult {
    pub client: String,
    pub version: String,
    #[serde(skip_serializing_if = "is_false")]
    pub expires: bool,
    /// Seconds until the token ends.
    #[serde(skip_serializing_if = "is_zero")]
    pub ttl: u32,
    /// Seconds between pings.
    pub ping: u32,
    /// Whether pings are to be answered.
    pub pong: bool,
}

/// Subscribed.
#[derive(Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct SubscribeResult {
    #[serde(skip_serializing_if = "is_false")]
    pub recoverable: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub positioned: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub epoch: String,
    pub offset: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<Publication>,
    pub recovered: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub was_recovering: bool,
}

/// Something a channel published.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct Publication {
    pub data: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

/// A client on a channel.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct ClientInfo {
    pub user: String,
    pub client: String,
    pub conn_info: Box<RawValue>,
}

/// Who is on a channel.
#[derive(Debug, Serialize)]
pub struct PresenceResult {
    /// By client id.
    pub presence: BTreeMap<String, ClientInfo>,
}

/// How many are on a channel.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PresenceStatsResult {
    /// Connections.
    pub num_clients: u32,
    /// Different people.
    pub num_users: u32,
}

/// Some of a channel's history.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct HistoryResult {
    pub publications: Vec<Publication>,
    pub epoch: String,
    pub offset: u64,
}

/// What a method answered.
#[derive(Debug, Serialize)]
pub struct RpcResult {
    /// The answer.
    pub data: Box<RawValue>,
}

/// A new token was accepted.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct RefreshResult {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client: String,
    pub version: String,
    pub expires: bool,
    pub ttl: u32,
}

/// Something the server says unasked.
#[derive(Debug, Serialize)]
pub struct PushFrame<'a> {
    /// What.
    pub push: Push<'a>,
}

/// A push: about a channel, exactly one of the optional parts.
#[derive(Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the pushes of the protocol")]
pub struct Push<'a> {
    pub channel: &'a str,
    #[serde(rename = "pub", skip_serializing_if = "Option::is_none")]
    pub publication: Option<&'a Publication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<InfoPush<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leave: Option<InfoPush<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<UnsubscribePush>,
}

/// Who joined or left.
#[derive(Debug, Serialize)]
pub struct InfoPush<'a> {
    /// The client.
    pub info: &'a ClientInfo,
}

/// The server ended a subscription and the client is not to come back by itself.
pub const UNSUBSCRIBED_BY_SERVER: u32 = 2000;

/// The server ended a subscription. Codes from 2500 ask the client to subscribe again.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's")]
pub struct UnsubscribePush {
    pub code: u32,
    pub reason: &'static str,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_names_every_code_that_closes_a_socket_and_whether_one_comes_back() {
        let manual = include_str!("../../../docs/realtime.md");
        let table = manual.split("## How a connection ends").nth(1).unwrap_or_default();
        // Those two are never sent as a close frame: one is the client's own wish, the other has nobody to hear it.
        let sent = Disconnect::ALL
            .into_iter()
            .filter(|why| !matches!(why, Disconnect::Normal | Disconnect::WriteError));
        for why in sent {
            let row = table.lines().find(|line| line.starts_with(&format!("| {} |", why.code())));
            let back = row.and_then(|row| row.split('|').nth(3)).map(str::trim).unwrap_or_default();
            assert_eq!(back.starts_with("yes"), why.asks_to_reconnect(), "{}", why.code());
            assert!(back.starts_with("yes") || back.starts_with("no"), "{} is not in the manual", why.code());
        }
    }
}
