//! The events of a nest, or of an application's channel, as server-sent events, for whoever has no socket: `curl -N`,
//! `EventSource`, scripts.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Path, Query as Asked, Signed};
use crate::lifecycle::Farewell;
use crate::limits;
use crate::listening::{self, Arrival, Counted, Heard, Listening};
use crate::nests::admitted;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, header};
use identity::{Caller, Scope};
use model::{ChannelName, NestCode, WallTime};
use protocol::problem::Problem;
use protocol::publication::{AppPublication, NestPublication};
use realtime::{Outbox, OutboxState, Position, Transport};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// `epoch:offset` to go on from, for clients that cannot send `Last-Event-ID`.
    since: Option<String>,
}

/// The events of a nest. Ids are `epoch:offset`; with `Last-Event-ID` the stream goes on from there. If that position
/// cannot be recovered, an event named `resync` says to load the nest again.
#[utoipa::path(get, operation_id = "stream_events", path = "/api/v1/nests/{code}/events", tag = "nests",
    params(("code" = String, Path), ("Last-Event-ID" = Option<String>, Header), EventsQuery), responses(
    (status = 200, body = NestPublication, content_type = "text/event-stream"), (status = 404, body = Problem)
))]
pub(crate) async fn events(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
    Asked(query): Asked<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let caller = signed.with(Scope::Listen)?;
    let room = admitted(&app, code, &caller)?;
    let since = since(&headers, query)?;
    let answer = open(&app, &caller, Heard::Nest(&room), since).await?;
    // Turned away since they were admitted: that was announced before anybody here listened to announcements.
    room.admits(&caller)?;
    Ok(answer)
}

/// What other applications tell on a channel, for members. Ids are `epoch:offset`; with `Last-Event-ID` the stream goes on
/// from there. If that position cannot be recovered, an event named `resync` says where the stream is now.
#[utoipa::path(get, operation_id = "stream_channel", path = "/api/v1/channels/{name}/events", tag = "channels",
    params(("name" = String, Path), ("Last-Event-ID" = Option<String>, Header), EventsQuery), responses(
    (status = 200, body = AppPublication, content_type = "text/event-stream"), (status = 404, body = Problem)
))]
pub(crate) async fn of_channel(
    State(app): State<App>,
    signed: Signed,
    Path(name): Path<ChannelName>,
    Asked(query): Asked<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let caller = signed.member(Scope::Listen)?;
    let since = since(&headers, query)?;
    open(&app, &caller, Heard::App(name), since).await
}

/// Where a client wants to go on.
fn since(headers: &HeaderMap, query: EventsQuery) -> Result<Option<Position>> {
    let last =
        headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned).or(query.since);
    last.map(|id| position(&id).ok_or_else(|| Error::invalid("last-event-id", "epoch:offset"))).transpose()
}

async fn open(app: &App, caller: &Caller, heard: Heard<'_>, since: Option<Position>) -> Result<Response> {
    let place = app.listener_counts().enter(caller.member.id);
    let place = place.ok_or(Error::RateLimited { retry_after: limits::SOCKET_PING })?;
    let ends_at = listening::proof_ends_at(app, caller).await?;
    let outbox = Outbox::new(Transport::EventStream);
    let arrival = Arrival { caller, client: None, hears_joins: false };
    let listener = listening::listener(app, &outbox, &arrival)?;
    let reply = |position: &Position, recovered: Option<&[Arc<realtime::Frame>]>| {
        greeting(position, recovered, since.is_some())
    };
    let listening = listening::subscribe(app, heard, caller, listener, since.as_ref(), reply).await?;
    let farewell = Farewell::new(app);
    let stream = Stream { app: app.clone(), outbox, listening, ends_at, farewell, _place: place };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(stream::unfold(stream, next))).into_response())
}

fn position(id: &str) -> Option<Position> {
    let (epoch, offset) = id.rsplit_once(':')?;
    Some(Position { epoch: epoch.to_owned(), offset: offset.parse().ok()? })
}

/// What a stream begins with: the reconnection time, and what was missed; or that it cannot be made up for.
fn greeting(position: &Position, recovered: Option<&[Arc<realtime::Frame>]>, was_asked: bool) -> Bytes {
    let mut text = b"retry: 1000\n".to_vec();
    match recovered {
        Some(frames) => {
            text.extend(b"\n");
            frames.iter().for_each(|frame| text.extend(frame.event_stream()));
        }
        None if was_asked => {
            let Position { epoch, offset } = position;
            text.extend(format!("event: resync\nid: {epoch}:{offset}\ndata: {{}}\n\n").bytes());
        }
        None => text.extend(format!("id: {}:{}\n\n", position.epoch, position.offset).bytes()),
    }
    text.into()
}

struct Stream {
    app: App,
    outbox: Arc<Outbox>,
    listening: Listening,
    /// When the token behind it ends.
    ends_at: Option<WallTime>,
    farewell: Farewell,
    _place: Counted,
}

/// The next piece: everything that waits, or a comment now and then so that proxies keep the connection.
async fn next(mut stream: Stream) -> Option<(Result<Bytes, std::io::Error>, Stream)> {
    let Stream { app, outbox, listening, ends_at, farewell, .. } = &mut stream;
    let waited = tokio::select! {
        biased;
        () = farewell.due(app.lifecycle()) => return None,
        () = listening.ended(app) => return None,
        () = listening::until(app, *ends_at) => return None,
        waited = tokio::time::timeout(limits::SOCKET_PING, outbox.wait()) => waited,
    };
    let piece: Bytes = match waited {
        Err(_) => Bytes::from_static(b": still here\n\n"),
        // Closing is how an event stream says: come back with the last id you have.
        Ok(()) if outbox.state() != OutboxState::Open => return None,
        Ok(()) => outbox.take().concat().into(),
    };
    Some((Ok(piece), stream))
}
