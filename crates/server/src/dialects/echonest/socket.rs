//! `/socket/`, `/socket/CODE/` and `/volume/`: the framing of EchoNest's page. A message is `1` and a JSON list, the name of
//! an event and what goes with it; `0` says that somebody is still there.
//!
//! Who opens one has proved who they are by the handshake; nobody is let in to be closed at once. It begins with what the
//! nest is, so that one who comes back has missed nothing.

use super::ask::{Proven, Which};
use super::changes::{Change, changes};
use super::events::HORN_VOLUME;
use super::kept::{self, json};
use super::refused::{Answer, Refused};
use super::show::{self, View};
use super::{POSITION_EVERY, requests};
use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::Site;
use crate::lifecycle::Farewell;
use crate::limits;
use crate::listening::{self, Arrival, Counted, Heard, Listening};
use crate::nests::Room;
use crate::socket::switch;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use identity::{Caller, Scope};
use model::WallTime;
use nest::Nest;
use realtime::websocket::{Decoder, Message, close_frame, pong_frame, text_frame};
use realtime::{Outbox, OutboxState, Transport, Wire};
use std::io::ErrorKind;
use std::sync::Arc;
use tokio::time::Instant;

/// The close code for whoever does not speak this (RFC 6455, section 7.4.1), for whoever may not go on, and for the end.
const PROTOCOL_ERROR: u16 = 1002;
const POLICY: u16 = 1008;
const GOING_AWAY: u16 = 1001;

/// `/socket/`.
pub(super) async fn whole(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    site: Site,
    request: Request,
) -> Answer<Response> {
    upgrade(&app, which, proven, site, request, false)
}

/// `/volume/`: nothing but the room's volume.
pub(super) async fn volume(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    site: Site,
    request: Request,
) -> Answer<Response> {
    upgrade(&app, which, proven, site, request, true)
}

fn upgrade(
    app: &App,
    which: Which,
    proven: Proven,
    site: Site,
    request: Request,
    volume_alone: bool,
) -> Answer<Response> {
    let (caller, room) = proven.into(app, which, Scope::Listen)?;
    let place = app.listener_counts().enter(caller.member.id);
    let place = place.ok_or(Error::RateLimited { retry_after: limits::SOCKET_PING })?;
    let life = app.clone();
    let live = async move |stream: Wire, early: Bytes| {
        let client = Client { app: life, room, caller, site, volume_alone };
        if let Err(error) = live(client, stream, &early, place).await {
            tracing::debug!(code = error.code(), "a socket could not be served");
        }
    };
    switch(app, request, Ok(live)).map_err(Refused::from)
}

/// Who is at the other end, and what they look at.
pub(super) struct Client {
    pub(super) app: App,
    pub(super) room: Room,
    pub(super) caller: Caller,
    pub(super) site: Site,
    pub(super) volume_alone: bool,
}

struct Connection {
    client: Client,
    stream: Arc<Wire>,
    /// What is to be written.
    outbox: Arc<Outbox>,
    /// Only wakes: what happened is read from the state.
    wakes: Arc<Outbox>,
    decoder: Decoder,
    listening: Listening,
    /// When the token behind it ends.
    ends_at: Option<WallTime>,
    seen: Option<Arc<Nest>>,
    people: u32,
    tick_at: Instant,
    messages_this_second: u32,
    farewell: Farewell,
    _place: Counted,
}

/// Why a connection ends: the client is gone, or we close.
type End = Option<(u16, &'static str)>;

async fn live(client: Client, stream: Wire, early: &Bytes, place: Counted) -> Result<()> {
    let stream = Arc::new(stream);
    let outbox = Outbox::new(Transport::Socket(Arc::clone(&stream)));
    let wakes = Outbox::new(Transport::EventStream);
    let Client { app, room, caller, .. } = &client;
    let ends_at = listening::proof_ends_at(app, caller).await?;
    let arrival = Arrival { caller, client: None, hears_joins: false };
    let listener = listening::listener(app, &wakes, &arrival)?;
    let listening =
        listening::subscribe(app, Heard::Nest(room), caller, listener, None, |_, _| Bytes::new()).await?;
    room.admits(caller)?;
    let farewell = Farewell::new(app);
    let mut connection = Connection {
        client,
        stream,
        outbox,
        wakes,
        decoder: Decoder::default(),
        listening,
        ends_at,
        seen: None,
        people: 0,
        tick_at: Instant::now() + POSITION_EVERY,
        messages_this_second: 0,
        farewell,
        _place: place,
    };
    let end = match connection.feed(early).await {
        Ok(()) => connection.run().await,
        Err(end) => end,
    };
    if let Some((code, reason)) = end {
        connection.outbox.send_bytes(close_frame(code, reason));
        connection.outbox.flush();
    }
    Ok(())
}

impl Connection {
    async fn run(&mut self) -> End {
        loop {
            if let Err(error) = self.tell() {
                tracing::error!(%error, "a state could not be told");
                return Some((GOING_AWAY, "fault"));
            }
            let Self { client, stream, outbox, wakes, listening, ends_at, tick_at, farewell, .. } = self;
            let written = async {
                outbox.wait().await;
                if outbox.state() == OutboxState::Open {
                    // An error shows at the next write.
                    let _ = stream.writable().await;
                }
            };
            let is_readable = tokio::select! {
                biased;
                () = farewell.due(client.app.lifecycle()) => return Some((GOING_AWAY, "shutdown")),
                () = listening.ended(&client.app) => return Some((POLICY, "not admitted any more")),
                () = listening::until(&client.app, *ends_at) => return Some((POLICY, "the token has ended")),
                () = written => false,
                _ = stream.readable() => true,
                () = wakes.wait() => false,
                () = tokio::time::sleep_until(*tick_at) => false,
            };
            self.outbox.flush();
            drop(self.wakes.take());
            if self.outbox.state() != OutboxState::Open || self.wakes.state() != OutboxState::Open {
                return Some((POLICY, "too slow"));
            }
            if is_readable && let Err(end) = self.read().await {
                return end;
            }
        }
    }

    async fn read(&mut self) -> Result<(), End> {
        match self.stream.try_read() {
            Ok(read) if read.is_empty() => Err(None),
            Ok(read) => self.feed(&read).await,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(None),
        }
    }

    async fn feed(&mut self, read: &[u8]) -> Result<(), End> {
        let mut messages = Vec::new();
        let fed = self.decoder.feed(read, &mut messages);
        for message in messages {
            match message {
                Message::Text(text) => self.message(&text).await?,
                Message::Ping(payload) => self.outbox.send_bytes(pong_frame(&payload)),
                Message::Pong => {}
                Message::Close => return Err(None),
                Message::Binary(_) => return Err(Some((PROTOCOL_ERROR, "text is expected"))),
            }
        }
        fed.map_err(|error| Some((error.close_code(), "protocol error")))
    }

    async fn message(&mut self, text: &str) -> Result<(), End> {
        match text.split_at_checked(1) {
            Some(("0", _)) => Ok(()),
            Some(("1", list)) => {
                self.messages_this_second += 1;
                let answers = if self.messages_this_second > limits::SOCKET_COMMANDS_PER_S_MAX {
                    vec![requests::error("too many requests; wait a second")]
                } else {
                    // Boxed: a command's future is far larger than an idle socket, which would hold the room for it.
                    Box::pin(requests::answer(&self.client, list)).await
                };
                for answer in answers {
                    self.outbox.send_bytes(text_frame(&answer));
                }
                Ok(())
            }
            _ => Err(Some((PROTOCOL_ERROR, "a message begins with 0 or 1"))),
        }
    }

    /// Tells what is not as the client knows it, and once a second where what plays is.
    fn tell(&mut self) -> Result<()> {
        let state = self.client.room.state();
        if self.seen.as_ref().is_none_or(|seen| seen.sequence() != state.sequence()) {
            for change in changes(self.seen.as_deref(), &state) {
                for message in self.client.told(&change, &state)? {
                    self.outbox.send_bytes(text_frame(&message));
                }
            }
            self.seen = Some(Arc::clone(&state));
        }
        let app = &self.client.app;
        let people = app.hub().person_count(self.client.room.channel());
        if people != self.people && !self.client.volume_alone {
            self.people = people;
            self.outbox.send_bytes(text_frame(&message("member_update", &[json(&people)?])));
        }
        if Instant::now() >= self.tick_at {
            self.tick_at = Instant::now() + POSITION_EVERY;
            self.messages_this_second = 0;
            if let Some(at) = show::position(&state, app.now()).filter(|_| !self.client.volume_alone) {
                let parts = [json(&at.src)?, json(&at.trackid)?, json(&at.pos)?];
                self.outbox.send_bytes(text_frame(&message("player_position", &parts)));
            }
        }
        Ok(())
    }
}

impl Client {
    fn told(&self, change: &Change, state: &Nest) -> Result<Vec<Bytes>> {
        if self.volume_alone {
            return Ok(if *change == Change::Volume { vec![self.volume(state)?] } else { Vec::new() });
        }
        Ok(match change {
            Change::NowPlaying => vec![self.now_playing(state)?],
            Change::Queue => vec![self.playlist()?],
            Change::Volume => vec![self.volume(state)?],
            Change::Horn(horn) => {
                let parts = [json(&HORN_VOLUME.to_string())?, json(&horn.sound.echonest_name())?];
                vec![message("do_airhorn", &parts)]
            }
        })
    }

    pub(super) fn now_playing(&self, state: &Nest) -> Result<Bytes> {
        let view = View { base: &self.site.base, zone: &self.app.config().zone };
        Ok(message("now_playing_update", &[json(&view.now_playing(state, self.app.now()))?]))
    }

    pub(super) fn playlist(&self) -> Result<Bytes> {
        let queue = kept::queue(&self.app, &self.room, &self.site)?;
        Ok(message("playlist_update", std::slice::from_ref(&queue.rows)))
    }

    /// A number as a text, as it always was.
    pub(super) fn volume(&self, state: &Nest) -> Result<Bytes> {
        Ok(message("volume", &[json(&state.volume_percent().to_string())?]))
    }
}

/// `1` and the list of a name, which is plain, and parts that are JSON.
pub(super) fn message(name: &str, parts: &[Bytes]) -> Bytes {
    let mut text = format!("1[\"{name}\"").into_bytes();
    for part in parts {
        text.push(b',');
        text.extend_from_slice(part);
    }
    text.push(b']');
    text.into()
}
