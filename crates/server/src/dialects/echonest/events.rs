//! `GET /api/events`: what happens in a nest, as server-sent events that the desktop client follows.
//!
//! A listener hears of a new song before of a position in it. It begins with what plays and what waits, so that one who
//! comes back has missed nothing.

use super::ask::{Proven, Which};
use super::changes::{Change, changes};
use super::kept::{self, json};
use super::refused::Answer;
use super::show::{self, View};
use super::{KEEPALIVE, POSITION_EVERY};
use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::Site;
use crate::lifecycle::Farewell;
use crate::limits;
use crate::listening::{self, Arrival, Counted, Heard, Listening};
use crate::nests::Room;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::header;
use identity::Scope;
use model::{MusicService, WallTime};
use nest::Nest;
use protocol::echonest as wire;
use realtime::{Outbox, OutboxState, Transport};
use std::sync::Arc;
use tokio::time::Instant;

/// How loud horns are, as EchoNest has it.
pub(super) const HORN_VOLUME: f64 = 0.4;

struct Stream {
    app: App,
    room: Room,
    site: Site,
    /// What the listener knows.
    seen: Option<Arc<Nest>>,
    /// Only wakes: what happened is read from the state.
    outbox: Arc<Outbox>,
    listening: Listening,
    /// When the token behind it ends.
    ends_at: Option<WallTime>,
    told_at: Instant,
    position_at: Instant,
    farewell: Farewell,
    _place: Counted,
}

pub(super) async fn events(
    State(app): State<App>,
    which: Which,
    proven: Proven,
    site: Site,
) -> Answer<Response> {
    let (caller, room) = proven.into(&app, which, Scope::Listen)?;
    let place = app.listener_counts().enter(caller.member.id);
    let place = place.ok_or(Error::RateLimited { retry_after: limits::SOCKET_PING })?;
    let ends_at = listening::proof_ends_at(&app, &caller).await?;
    let outbox = Outbox::new(Transport::EventStream);
    let arrival = Arrival { caller: &caller, client: None, hears_joins: false };
    let listener = listening::listener(&app, &outbox, &arrival)?;
    let listening =
        listening::subscribe(&app, Heard::Nest(&room), &caller, listener, None, |_, _| Bytes::new()).await?;
    // Turned away since they were admitted: that was announced before anybody here listened to announcements.
    room.admits(&caller)?;
    let (now, farewell) = (Instant::now(), Farewell::new(&app));
    let begun = Stream {
        app,
        room,
        site,
        seen: None,
        outbox,
        listening,
        ends_at,
        told_at: now,
        position_at: now,
        farewell,
        _place: place,
    };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(stream::unfold(begun, next))).into_response())
}

/// The next piece: what changed, where what plays is, or a comment so that proxies keep the connection.
async fn next(mut stream: Stream) -> Option<(Result<Bytes, std::io::Error>, Stream)> {
    loop {
        let piece = stream.piece().ok()?;
        if !piece.is_empty() {
            stream.told_at = Instant::now();
            return Some((Ok(piece), stream));
        }
        let wake_at = stream.wake_at();
        let Stream { app, outbox, listening, ends_at, farewell, .. } = &mut stream;
        tokio::select! {
            biased;
            () = farewell.due(app.lifecycle()) => return None,
            () = listening.ended(app) => return None,
            () = listening::until(app, *ends_at) => return None,
            () = outbox.wait() => {}
            () = tokio::time::sleep_until(wake_at) => {}
        }
        // Closing is how a listener who read too slowly is told to come back.
        if outbox.state() != OutboxState::Open {
            return None;
        }
        drop(outbox.take());
    }
}

impl Stream {
    fn wake_at(&self) -> Instant {
        let keepalive = self.told_at + KEEPALIVE;
        if self.position().is_some() { keepalive.min(self.position_at + POSITION_EVERY) } else { keepalive }
    }

    /// Clients steer nothing but Spotify by these.
    fn position(&self) -> Option<wire::PlayerPosition> {
        let nest = self.seen.as_ref()?;
        show::position(nest, self.app.now()).filter(|position| position.src == MusicService::Spotify.name())
    }

    fn piece(&mut self) -> Result<Bytes> {
        let state = self.room.state();
        let mut text = Vec::new();
        if self.seen.is_none() {
            text.extend_from_slice(b": rookery\n\n");
        }
        if self.seen.as_ref().is_none_or(|seen| seen.sequence() != state.sequence()) {
            for change in changes(self.seen.as_deref(), &state) {
                self.tell(&change, &state, &mut text)?;
            }
            self.seen = Some(state);
        }
        if self.position_at.elapsed() >= POSITION_EVERY {
            if let Some(position) = self.position() {
                event(&mut text, "player_position", &json(&position)?);
            }
            self.position_at = Instant::now();
        }
        if text.is_empty() && self.told_at.elapsed() >= KEEPALIVE {
            text.extend_from_slice(b": still here\n\n");
        }
        Ok(text.into())
    }

    fn tell(&self, change: &Change, state: &Nest, text: &mut Vec<u8>) -> Result<()> {
        let view = View { base: &self.site.base, zone: &self.app.config().zone };
        match change {
            Change::NowPlaying => {
                event(text, "now_playing", &json(&view.now_playing(state, self.app.now()))?);
            }
            Change::Queue => {
                event(text, "queue_update", &kept::queue(&self.app, &self.room, &self.site)?.rows)
            }
            Change::Volume => {
                event(text, "volume", &json(&wire::Volume { volume: state.volume_percent() })?);
            }
            Change::Horn(horn) => {
                let airhorn = wire::Airhorn { volume: HORN_VOLUME, name: horn.sound.echonest_name() };
                event(text, "airhorn", &json(&airhorn)?);
            }
        }
        Ok(())
    }
}

fn event(text: &mut Vec<u8>, name: &str, data: &[u8]) {
    for part in [b"event: ", name.as_bytes(), b"\ndata: ", data, b"\n\n"] {
        text.extend_from_slice(part);
    }
}
