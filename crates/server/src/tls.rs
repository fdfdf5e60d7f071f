//! TLS in this process: the handshake, what the plain port answers beside it, and what is said over https alone.
//!
//! The plain port answers the challenges of an authority (RFC 8555, section 8.3), says whether the process lives and is
//! ready, and sends everybody else to the https address. Whoever comes by another name of this server is sent to the one
//! people use. Certificates come from `certificates`.

use crate::app::App;
use crate::error::Error;
use crate::limits;
use crate::linger::Lingering;
use crate::request_id;
use crate::routes;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use certificates::{ACME_TLS, Certificates};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use model::WallTime;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What was agreed on in the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    Http1,
    Http2,
}

/// TLS in this process. Clones are the same.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    certificates: Certificates,
    acceptor: TlsAcceptor,
    /// The address people use: `https://music.example.org`.
    base: String,
    /// `Strict-Transport-Security`, if it is said.
    strict: Option<HeaderValue>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tls").field("base", &self.0.base).finish_non_exhaustive()
    }
}

impl Tls {
    /// With these certificates, for the address people use. `strict`: for how long browsers remember to come over https
    /// alone (RFC 6797); zero: they are not told to.
    ///
    /// # Errors
    /// [`certificates::Error`] if the crypto library cannot do it.
    pub fn new(certificates: Certificates, base: &str, strict: Duration) -> certificates::Result<Self> {
        let acceptor = TlsAcceptor::from(certificates.server_config()?);
        let text = format!("max-age={}", strict.as_secs());
        let strict = HeaderValue::from_str(&text).ok().filter(|_| !strict.is_zero());
        Ok(Self(Arc::new(Inner { certificates, acceptor, base: base.to_owned(), strict })))
    }

    /// The handshake, within its time. `None`: it failed, or was no more than a proof for an authority.
    pub(crate) async fn greet(&self, stream: Lingering) -> Option<(TlsStream<Lingering>, Spoken)> {
        let greeted = timeout(limits::HANDSHAKE_TIME_MAX, self.0.acceptor.accept(stream)).await;
        let Ok(Ok(mut stream)) = greeted else {
            let reason = if greeted.is_err() { "slow" } else { "broken" };
            metrics::counter!("tls_handshakes_failed_total", "reason" => reason).increment(1);
            return None;
        };
        let spoken = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Spoken::Http2,
            Some(ACME_TLS) => {
                let _ = timeout(limits::LINGER_TIME_MAX, stream.shutdown()).await;
                return None;
            }
            _ => Spoken::Http1,
        };
        Some((stream, spoken))
    }

    /// Where to send whoever came by another name of this server.
    pub(crate) fn elsewhere(&self, head: &Parts) -> Option<Response> {
        let asked = host(&head.headers)?;
        let canonical = self.0.certificates.canonical();
        let is_another =
            |name: &certificates::Host| name != canonical && asked.eq_ignore_ascii_case(name.as_str());
        self.0.certificates.names().iter().any(is_another).then(|| {
            // What they sent came over https, so they may send it again: 308 keeps the method, as 301 does for these two.
            let is_read = matches!(head.method, Method::GET | Method::HEAD);
            let status = if is_read { StatusCode::MOVED_PERMANENTLY } else { StatusCode::PERMANENT_REDIRECT };
            self.moved(status, &head.uri)
        })
    }

    /// Adds what is said over https alone.
    pub(crate) fn mark(&self, answer: &mut Response) {
        if let Some(strict) = &self.0.strict {
            answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, strict.clone());
        }
    }

    /// Whether people can come in by the name they use, and what is wrong, even if they can. A process that does not serve
    /// yet orders nothing, so this is not what its readiness waits for.
    pub(crate) fn readiness(&self, now: WallTime, is_serving: bool) -> (bool, Option<String>) {
        let Inner { certificates, .. } = &*self.0;
        match certificates.concern(now) {
            Some(concern) => (!is_serving, Some(concern)),
            None => (true, certificates.trouble(certificates.canonical())),
        }
    }

    /// The same path and query at the address people use.
    fn moved(&self, status: StatusCode, asked: &Uri) -> Response {
        let path = asked.path_and_query().map_or("/", |path| path.as_str());
        let path = if path.starts_with('/') { path } else { "/" };
        (status, [(header::LOCATION, format!("{}{path}", self.0.base))]).into_response()
    }
}

/// The name a request was sent to, without its port.
fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    Some(host.rsplit_once(':').map_or(host, |(name, _)| name))
}

/// What the plain port answers while this process ends TLS itself.
pub fn plain_router(app: &App, tls: &Tls) -> Router {
    let (asked, sent) = (tls.clone(), tls.clone());
    let challenge = async move |Path(token): Path<String>| proof(&asked, &token);
    let away = async move |request: Request| away(&sent, &request);
    Router::new()
        .merge(routes::alive())
        .route("/.well-known/acme-challenge/{token}", get(challenge))
        .fallback(away)
        .layer(from_fn_with_state(app.clone(), request_id::layer))
        .with_state(app.clone())
}

fn proof(tls: &Tls, token: &str) -> Result<Response, Error> {
    let answer = tls.0.certificates.http_answer(token).ok_or(Error::NotFound("challenge"))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], Body::from(answer)).into_response())
}

/// Reading goes on at the https address. Whatever else was sent has crossed the network for all to see; that it was
/// carried out all the same would hide this for ever, so it is refused.
fn away(tls: &Tls, request: &Request) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        tls.moved(StatusCode::MOVED_PERMANENTLY, request.uri())
    } else {
        Error::HttpsOnly { base: tls.0.base.clone() }.into_response()
    }
}
