//! The socket: `GET /api/v1/socket` speaks the Centrifugo client protocol, version 2, in JSON.
//!
//! The handshake is here; a connection's life is in [`connection`], what commands do in [`session`].

pub(crate) mod connection;
mod methods;
mod session;

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Visitor, same_site};
use crate::linger::Lingering;
use crate::send_file::FileSender;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use realtime::Wire;
use realtime::websocket::ACCEPT_SALT;
use sha1::{Digest as _, Sha1};
use std::future::Future;
use tokio_rustls::server::TlsStream;

/// Switches the connection to WebSocket (RFC 6455, section 4.2).
pub(crate) async fn upgrade(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    visitor: Result<Visitor, Error>,
    request: Request,
) -> Result<Response> {
    let open = visitor.map(|Visitor(caller)| {
        let app = app.clone();
        async move |stream, early: Bytes| connection::run(app, stream, &early, caller, from).await
    });
    switch(&app, request, open)
}

/// Answers a handshake, and lets `live` have the connection: its stream, and what came early. Whoever is not who they say
/// is told only once it is a handshake that our own page, or no page, sent.
pub(crate) fn switch<Live, Life>(app: &App, mut request: Request, live: Result<Live>) -> Result<Response>
where
    Live: FnOnce(Wire, Bytes) -> Life + Send + 'static,
    Life: Future<Output = ()> + Send,
{
    let headers = request.headers();
    let accept = accept_key(headers).ok_or(Error::NotAWebSocket)?;
    // A cookie says who somebody is, but not that our page opened this socket; only the origin says that.
    if !same_site(headers, app) {
        return Err(Error::CrossSite);
    }
    let live = live?;
    let upgrading = hyper::upgrade::on(&mut request);
    let visit = app.lifecycle().visit();
    app.lifecycle().spawn(async move {
        let _until_the_end = visit;
        let Ok(upgraded) = upgrading.await else { return };
        match wire(upgraded) {
            Some((wire, early)) => live(wire, early).await,
            None => tracing::error!("a socket was upgraded that is no connection of ours"),
        }
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    answer.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok(response)
}

/// The connection below HTTP, and what was read of it already.
fn wire(upgraded: Upgraded) -> Option<(Wire, Bytes)> {
    let upgraded = match upgraded.downcast::<TokioIo<FileSender>>() {
        Ok(parts) => return Some((Wire::plain(parts.io.into_inner().into_stream()), parts.read_buf)),
        Err(upgraded) => upgraded,
    };
    let parts = upgraded.downcast::<TokioIo<TlsStream<Lingering>>>().ok()?;
    let (connection, mut session) = parts.io.into_inner().into_inner();
    // What TLS has decrypted and HTTP has not read. That the connection has ended shows at the next read.
    let decrypted = realtime::taken(&mut session).ok().flatten().unwrap_or_default();
    let early = [parts.read_buf.as_ref(), &decrypted].concat();
    Some((Wire::tls(connection.into_stream(), session), early.into()))
}

fn accept_key(headers: &HeaderMap) -> Option<HeaderValue> {
    let has = |name, token: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(token))
    };
    let version = headers.get(header::SEC_WEBSOCKET_VERSION)?;
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?.to_str().ok()?;
    let fits = has(header::CONNECTION, "upgrade") && has(header::UPGRADE, "websocket") && version == "13";
    let is_key = STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16);
    if !(fits && is_key) {
        return None;
    }
    let digest = Sha1::new().chain_update(key).chain_update(ACCEPT_SALT).finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).ok()
}
