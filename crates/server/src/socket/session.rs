//! What one client may do on its socket: connect, subscribe, ask. Each command is answered in the order it came.

use super::methods;
use crate::app::App;
use crate::channels;
use crate::error::Error;
use crate::extract::authenticate_bearer;
use crate::limits;
use crate::listening::{self, Arrival, Counted, Ending, Heard, Listening};
use crate::nests::admitted;
use crate::revocation::Revoked;
use crate::server_channel;
use bytes::Bytes;
use identity::{Caller, Scope, SocketTokenError};
use model::{Channel, ClientId, NestCode, WallTime};
use nest::Refusal;
use protocol::socket::{
    Command, ConnectRequest, ConnectResult, Disconnect, Empty, ErrorBody, ErrorCode, HistoryRequest,
    HistoryResult, PresenceResult, PresenceStatsResult, Push, REFUSAL_CODE, RefreshResult, Reply, RpcRequest,
    RpcResult, SubscribeRequest, SubscribeResult, UNSUBSCRIBED_BY_SERVER, UnsubscribePush,
};
use realtime::websocket::text_frame;
use realtime::{Frame, Listener, Outbox, Position};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;

pub(super) struct Session {
    app: App,
    outbox: Arc<Outbox>,
    from: IpAddr,
    client: ClientId,
    /// Whom the cookie or header of the handshake named.
    visitor: Option<Caller>,
    connected: Option<Connected>,
    subscriptions: BTreeMap<Channel, Subscription>,
    second: Instant,
    commands_this_second: u32,
}

struct Connected {
    caller: Caller,
    revoked: broadcast::Receiver<Revoked>,
    /// When the socket token or API token ends; `None`: the proof does not end by itself.
    ends_at: Option<WallTime>,
    _place: Counted,
}

enum Subscription {
    /// Of a nest, or of an application's channel.
    Logged(#[expect(dead_code, reason = "dropping it leaves the channel")] Box<Listening>),
    /// Of the server, or of the person.
    Plain(u64),
}

/// Who connects, and how long that holds.
struct Proven {
    caller: Caller,
    ends_at: Option<WallTime>,
    /// Whether the client is asked to refresh it: a socket token. A program's own token simply ends.
    refreshable: bool,
}

/// What ends while nobody asks.
pub(super) enum Ended {
    Connection(Disconnect),
    /// Somebody may have to leave this nest.
    Door(NestCode),
}

/// What becomes of the connection.
pub(super) enum Verdict {
    GoOn,
    Close(Disconnect),
}

/// Whether the answer to a command was sent already.
type Answer = Result<Option<Reply>, ErrorBody>;

impl Session {
    pub(super) fn new(app: App, outbox: Arc<Outbox>, visitor: Option<Caller>, from: IpAddr) -> Self {
        let client = app.generate(ClientId::generate);
        Self {
            app,
            outbox,
            from,
            client,
            visitor,
            connected: None,
            subscriptions: BTreeMap::new(),
            second: Instant::now(),
            commands_this_second: 0,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected.is_some()
    }

    /// Resolves when the token has ended, the proof was revoked, or a nest turns guests away.
    pub(super) async fn ended(&mut self) -> Ended {
        let Some(connected) = &mut self.connected else { return std::future::pending().await };
        let proof = connected.caller.proof;
        let expired =
            listening::until(&self.app, connected.ends_at.map(|at| at.plus(limits::SOCKET_EXPIRED_GRACE)));
        tokio::select! {
            () = expired => Ended::Connection(Disconnect::Expired),
            ending = listening::ending(&mut connected.revoked, proof) => match ending {
                Ending::Proof => Ended::Connection(Disconnect::ForceDisconnect),
                Ending::Door(code) => Ended::Door(code),
            },
        }
    }

    /// Takes somebody off a nest that does not admit them any more, and says so. The socket lives on.
    pub(super) fn turn_away(&mut self, code: NestCode) {
        let channel = Channel::Nest(code);
        let Some(connected) = &self.connected else { return };
        if !self.subscriptions.contains_key(&channel) {
            return;
        }
        let reason = match admitted(&self.app, code, &connected.caller) {
            Ok(_) => return,
            Err(Error::Refused(Refusal::Kicked)) => "kicked",
            Err(Error::Refused(Refusal::Locked)) => "nest locked",
            Err(_) => "guests not allowed",
        };
        self.subscriptions.remove(&channel);
        let unsubscribe = Some(UnsubscribePush { code: UNSUBSCRIBED_BY_SERVER, reason });
        let name = channel.to_string();
        self.outbox.send(&Frame::push(Push { channel: &name, unsubscribe, ..Push::default() }));
    }

    pub(super) fn leave(&mut self) {
        for (channel, subscription) in std::mem::take(&mut self.subscriptions) {
            if let Subscription::Plain(id) = subscription {
                self.app.hub().unsubscribe(channel, id);
            }
        }
    }

    pub(super) async fn command(&mut self, line: &str) -> Verdict {
        let received_at = self.app.now();
        let Ok(command) = serde_json::from_str::<Command>(line) else {
            return Verdict::Close(Disconnect::BadRequest);
        };
        let id = command.id;
        if id == 0 {
            // A pong, or a message that wants no answer.
            return Verdict::GoOn;
        }
        if self.too_many() {
            self.reply(id, Err(ErrorCode::TooManyRequests.body()));
            return Verdict::GoOn;
        }
        if let Some(request) = &command.connect {
            return self.connect(id, request).await;
        }
        if self.connected.is_none() {
            return Verdict::Close(Disconnect::BadRequest);
        }
        let answer = self.answer(&command, received_at).await;
        self.reply(id, answer);
        Verdict::GoOn
    }

    fn too_many(&mut self) -> bool {
        if self.second.elapsed() >= Duration::from_secs(1) {
            self.second = Instant::now();
            self.commands_this_second = 0;
        }
        self.commands_this_second += 1;
        self.commands_this_second > limits::SOCKET_COMMANDS_PER_S_MAX
    }

    async fn answer(&mut self, command: &Command, received_at: WallTime) -> Answer {
        if let Some(request) = &command.subscribe {
            return self.subscribe(command.id, request).await;
        }
        if let Some(request) = &command.unsubscribe {
            return self.unsubscribe(&request.channel);
        }
        if let Some(request) = &command.presence {
            let presence = self.presence(&request.channel)?;
            let clients = presence.clients.into_iter().map(|info| (info.client.clone(), info)).collect();
            return Ok(Some(Reply {
                presence: Some(PresenceResult { presence: clients }),
                ..Reply::default()
            }));
        }
        if let Some(request) = &command.presence_stats {
            let presence = self.presence(&request.channel)?;
            let stats =
                PresenceStatsResult { num_clients: presence.client_count, num_users: presence.person_count };
            return Ok(Some(Reply { presence_stats: Some(stats), ..Reply::default() }));
        }
        if let Some(request) = &command.history {
            return self.history(request).await;
        }
        if let Some(request) = &command.rpc {
            return self.rpc(request, received_at).await;
        }
        if let Some(request) = &command.refresh {
            return self.refresh(&request.token).await;
        }
        if command.ping.is_some() {
            return Ok(Some(Reply { ping: Some(Empty {}), ..Reply::default() }));
        }
        Err(ErrorCode::NotAvailable.body())
    }

    fn reply(&self, id: u32, answer: Answer) {
        let reply = match answer {
            Ok(None) => return,
            Ok(Some(reply)) => Reply { id, ..reply },
            Err(error) => Reply { id, error: Some(error), ..Reply::default() },
        };
        self.outbox.send_bytes(encode(&reply));
    }

    async fn connect(&mut self, id: u32, request: &ConnectRequest) -> Verdict {
        if self.connected.is_some() {
            return Verdict::Close(Disconnect::BadRequest);
        }
        let proven = match (request.token.as_str(), self.visitor.take()) {
            ("", Some(caller)) => self.proven(caller).await,
            ("", None) => Err(ErrorCode::Unauthorized),
            (token, _) => self.prove(token).await,
        };
        let Proven { caller, ends_at, refreshable } = match proven {
            Ok(proven) => proven,
            Err(code) => {
                self.reply(id, Err(code.body()));
                let is_expired = code == ErrorCode::TokenExpired;
                return if is_expired { Verdict::GoOn } else { Verdict::Close(Disconnect::InvalidToken) };
            }
        };
        let Some(place) = self.app.listener_counts().enter(caller.member.id) else {
            return Verdict::Close(Disconnect::ConnectionLimit);
        };
        let expires_at = ends_at.filter(|_| refreshable);
        let ttl = expires_at.map_or(0, |at| at.since(self.app.now()).as_secs() as u32);
        let result = ConnectResult {
            client: self.client.to_string(),
            version: concat!("rookery ", env!("CARGO_PKG_VERSION")).to_owned(),
            expires: expires_at.is_some(),
            ttl,
            ping: limits::SOCKET_PING.as_secs() as u32,
            pong: true,
        };
        let revoked = self.app.revocations().listen();
        self.connected = Some(Connected { caller, revoked, ends_at, _place: place });
        self.reply(id, Ok(Some(Reply { connect: Some(result), ..Reply::default() })));
        Verdict::GoOn
    }

    /// The caller behind a socket token, or an API token.
    async fn prove(&self, token: &str) -> Result<Proven, ErrorCode> {
        match self.app.socket_tokens().verify(token, self.app.now()) {
            Ok(claims) => {
                let caller = methods::caller_of(&self.app, &claims).await.map_err(|_| ErrorCode::Internal)?;
                let caller = caller.ok_or(ErrorCode::Unauthorized)?;
                Ok(Proven { caller, ends_at: Some(claims.expires_at), refreshable: true })
            }
            Err(SocketTokenError::Expired) => Err(ErrorCode::TokenExpired),
            Err(SocketTokenError::Forged) => match authenticate_bearer(&self.app, token, self.from).await {
                Ok(caller) => self.proven(caller).await,
                Err(Error::NotSignedIn | Error::RateLimited { .. }) => Err(ErrorCode::Unauthorized),
                Err(_) => Err(ErrorCode::Internal),
            },
        }
    }

    /// A caller whose proof is not for sockets alone.
    async fn proven(&self, caller: Caller) -> Result<Proven, ErrorCode> {
        let ends_at = listening::proof_ends_at(&self.app, &caller).await.map_err(|_| ErrorCode::Internal)?;
        Ok(Proven { caller, ends_at, refreshable: false })
    }

    async fn refresh(&mut self, token: &str) -> Answer {
        let Proven { caller, ends_at, refreshable } = self.prove(token).await.map_err(ErrorCode::body)?;
        let expires_at = ends_at.filter(|_| refreshable);
        let ttl = expires_at.map_or(0, |at| at.since(self.app.now()).as_secs() as u32);
        let Some(connected) = self.connected.as_mut().filter(|old| old.caller.member.id == caller.member.id)
        else {
            return Err(ErrorCode::PermissionDenied.body());
        };
        connected.caller = caller;
        connected.ends_at = ends_at;
        let version = concat!("rookery ", env!("CARGO_PKG_VERSION")).to_owned();
        let refresh =
            RefreshResult { client: self.client.to_string(), version, expires: expires_at.is_some(), ttl };
        Ok(Some(Reply { refresh: Some(refresh), ..Reply::default() }))
    }

    fn caller(&self, scope: Scope) -> Result<&Caller, ErrorBody> {
        let caller = self.connected.as_ref().map(|connected| &connected.caller);
        caller.filter(|caller| caller.reaches(scope)).ok_or_else(|| ErrorCode::PermissionDenied.body())
    }

    async fn subscribe(&mut self, id: u32, request: &SubscribeRequest) -> Answer {
        let channel = parse(&request.channel)?;
        if self.subscriptions.contains_key(&channel) {
            return Err(ErrorCode::AlreadySubscribed.body());
        }
        if self.subscriptions.len() >= realtime::limits::SUBSCRIPTIONS_MAX {
            return Err(ErrorCode::LimitExceeded.body());
        }
        let caller = self.caller(Scope::Listen)?;
        let arrival = Arrival { caller, client: Some(self.client), hears_joins: request.join_leave };
        let mut listener = listening::listener(&self.app, &self.outbox, &arrival).map_err(refused)?;
        let subscription = match channel {
            Channel::Nest(code) => {
                let room = admitted(&self.app, code, caller).map_err(refused)?;
                self.subscribe_logged(id, request, caller, Heard::Nest(&room), listener).await?
            }
            Channel::App(name) => {
                if caller.member.role == model::ServerRole::Guest {
                    return Err(ErrorCode::PermissionDenied.body());
                }
                listener.hears_joins = false;
                self.subscribe_logged(id, request, caller, Heard::App(name), listener).await?
            }
            Channel::Server | Channel::Person(_) => {
                let is_own = !matches!(channel, Channel::Person(id) if id != caller.member.id);
                if caller.member.role == model::ServerRole::Guest || !is_own {
                    return Err(ErrorCode::PermissionDenied.body());
                }
                if let Channel::Person(_) = channel {
                    server_channel::open_personal(&self.app, channel);
                }
                listener.hears_joins = false;
                let result = SubscribeResult::default();
                let reply = encode(&Reply { id, subscribe: Some(result), ..Reply::default() });
                let made = self.app.hub().subscribe(channel, listener, None, &[], |_, _| reply);
                Subscription::Plain(made.map_err(|_| ErrorCode::UnknownChannel.body())?.listener)
            }
        };
        self.subscriptions.insert(channel, subscription);
        // The reply went out from inside the hub, ahead of any publication.
        Ok(None)
    }

    /// Subscribes to what has a log. The reply goes out from inside the hub.
    async fn subscribe_logged(
        &self,
        id: u32,
        request: &SubscribeRequest,
        caller: &Caller,
        heard: Heard<'_>,
        listener: Listener,
    ) -> Result<Subscription, ErrorBody> {
        let since =
            request.recover.then(|| Position { epoch: request.epoch.clone(), offset: request.offset });
        let reply = |position: &Position, recovered: Option<&[Arc<Frame>]>| {
            let subscribe = Some(subscribed(position, recovered, since.is_some()));
            encode(&Reply { id, subscribe, ..Reply::default() })
        };
        let made = listening::subscribe(&self.app, heard, caller, listener, since.as_ref(), reply).await;
        made.map(|listening| Subscription::Logged(Box::new(listening))).map_err(refused)
    }

    fn unsubscribe(&mut self, channel: &str) -> Answer {
        let channel = parse(channel)?;
        if let Some(Subscription::Plain(id)) = self.subscriptions.remove(&channel) {
            self.app.hub().unsubscribe(channel, id);
        }
        Ok(Some(Reply { unsubscribe: Some(Empty {}), ..Reply::default() }))
    }

    /// A channel the client listens to; only of those may it ask more.
    fn subscribed_channel(&self, channel: &str) -> Result<Channel, ErrorBody> {
        let channel = parse(channel)?;
        if self.subscriptions.contains_key(&channel) {
            Ok(channel)
        } else {
            Err(ErrorCode::PermissionDenied.body())
        }
    }

    fn presence(&self, channel: &str) -> Result<realtime::Presence, ErrorBody> {
        match self.subscribed_channel(channel)? {
            Channel::Server | Channel::Person(_) | Channel::App(_) => Err(ErrorCode::NotAvailable.body()),
            channel @ Channel::Nest(_) => {
                self.app.hub().presence(channel).ok_or_else(|| ErrorCode::UnknownChannel.body())
            }
        }
    }

    async fn history(&self, request: &HistoryRequest) -> Answer {
        let channel = self.subscribed_channel(&request.channel)?;
        let limit = match request.limit {
            0 => 0,
            limit if limit < 0 => limits::RECOVERY_EVENTS_MAX,
            limit => (limit as u64).min(limits::RECOVERY_EVENTS_MAX),
        };
        let is_of = |epoch: &str| request.since.as_ref().is_none_or(|since| since.epoch == epoch);
        let (position, publications) = match channel {
            Channel::Nest(code) => {
                let room = self.app.nests().get(code).map_err(refused)?;
                let position = room.position();
                if !is_of(&position.epoch) {
                    return Err(ErrorCode::UnrecoverablePosition.body());
                }
                let publications = methods::history(&self.app, &room, request, limit).await;
                (position, publications.map_err(refused)?)
            }
            Channel::App(name) => {
                let position = channels::position(&self.app, name).await.map_err(refused)?;
                if !is_of(&position.epoch) {
                    return Err(ErrorCode::UnrecoverablePosition.body());
                }
                let publications = methods::of_channel(&self.app, name, &position, request, limit).await;
                (position, publications.map_err(refused)?)
            }
            Channel::Server | Channel::Person(_) => return Err(ErrorCode::NotAvailable.body()),
        };
        let Position { epoch, offset } = position;
        Ok(Some(Reply { history: Some(HistoryResult { publications, epoch, offset }), ..Reply::default() }))
    }

    async fn rpc(&self, request: &RpcRequest, received_at: WallTime) -> Answer {
        let Some(connected) = &self.connected else { return Err(ErrorCode::Unauthorized.body()) };
        let data = methods::call(&self.app, &connected.caller, request, received_at).await?;
        Ok(Some(Reply { rpc: Some(RpcResult { data }), ..Reply::default() }))
    }
}

fn parse(channel: &str) -> Result<Channel, ErrorBody> {
    channel.parse().map_err(|_| ErrorCode::UnknownChannel.body())
}

fn subscribed(
    position: &Position,
    recovered: Option<&[Arc<Frame>]>,
    was_recovering: bool,
) -> SubscribeResult {
    SubscribeResult {
        recoverable: true,
        positioned: true,
        epoch: position.epoch.clone(),
        offset: position.offset,
        publications: recovered.unwrap_or(&[]).iter().filter_map(|frame| frame.to_publication()).collect(),
        recovered: was_recovering && recovered.is_some(),
        was_recovering,
    }
}

fn encode(reply: &Reply) -> Bytes {
    match serde_json::to_vec(reply) {
        Ok(json) => text_frame(&json),
        Err(error) => {
            tracing::error!(%error, "a reply could not be encoded");
            Bytes::new()
        }
    }
}

/// An error of ours as the protocol says it: faults and missing rights by their standard codes, refusals by `REFUSAL_CODE`
/// and `code: sentence`.
pub(super) fn refused(error: Error) -> ErrorBody {
    match &error {
        Error::NotFound("nest" | "channel") => ErrorCode::UnknownChannel.body(),
        Error::NotSignedIn => ErrorCode::Unauthorized.body(),
        Error::Refused(Refusal::GuestsNotAllowed | Refusal::Kicked | Refusal::Locked) => {
            ErrorCode::PermissionDenied.body()
        }
        Error::RateLimited { .. } => ErrorCode::TooManyRequests.body(),
        error if error.to_problem().status >= 500 => {
            tracing::error!(%error, "a socket command failed");
            ErrorCode::Internal.body()
        }
        error => {
            let message = format!("{}: {error}", error.code());
            ErrorBody { code: REFUSAL_CODE, message, temporary: false }
        }
    }
}
