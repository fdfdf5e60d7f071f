//! A release that is tried on some people: their requests are answered by another process of this machine, which runs it.
//!
//! What goes there is reading, and the commands of nests: what those do is in the log, and comes back from it. Sockets and
//! event streams stay, as do sign-in, people and uploads: who is in a room, and whose proof was revoked a moment ago, is known to
//! one process. A person is chosen by a number that follows from who they are and from the trial, so the same ones are
//! chosen for as long as it lasts, and more of them as it grows.
//!
//! Nobody is to suffer from a release that does badly: what can be asked twice is asked here if it fails there. A trial
//! that is not said anew ends by itself.

use crate::accept::Peer;
use crate::app::App;
use crate::error::Error;
use crate::extract::Visitor;
use crate::lifecycle::Lifecycle;
use crate::limits;
use crate::local_socket;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use identity::{Caller, Proof};
use model::ServerInstant;
use protocol::http::{Canary, CanaryCohort};
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};

/// Who asks, told to the process that answers instead. Whoever comes from elsewhere cannot say it: it is set anew.
const PEER: HeaderName = HeaderName::from_static("rookery-peer");

/// The trial that runs, if one does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trials(Arc<RwLock<Option<Trial>>>);

#[derive(Clone, Debug)]
struct Trial {
    canary: Arc<Canary>,
    /// When it was last said.
    said: ServerInstant,
}

impl Trials {
    /// Begins a trial, or says anew that it goes on.
    pub(crate) fn begin(&self, canary: Canary, now: ServerInstant) {
        let trial = Trial { canary: Arc::new(canary), said: now };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(trial);
    }

    /// Ends it.
    pub(crate) fn end(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn running(&self, now: ServerInstant) -> Option<Arc<Canary>> {
        let trial = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let lasts = |trial: &&Trial| now.since(trial.said) < Duration::from_secs(trial.canary.seconds.into());
        trial.as_ref().filter(lasts).map(|trial| Arc::clone(&trial.canary))
    }
}

/// Whether somebody is among those a release is tried on.
fn chooses(canary: &Canary, caller: &Caller) -> bool {
    let name = caller.member.name.to_string();
    if canary.always.contains(&name) {
        return true;
    }
    let key = match (canary.cohort, caller.proof) {
        (CanaryCohort::Member, _) => caller.member.id.to_string(),
        (CanaryCohort::Session, Proof::Device(id)) => id.to_string(),
        (CanaryCohort::Session, Proof::Token(id, _)) => id.to_string(),
    };
    number(&canary.release, &key) < canary.percent
}

/// 0 to 99, as even as chance, and the same every time.
fn number(release: &str, key: &str) -> u8 {
    let digest = Sha256::new().chain_update(release).chain_update([0]).chain_update(key).finalize();
    let first = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    (first % 100) as u8
}

/// Whether another process may answer this.
fn may_go(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let streams = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == b"text/event-stream");
    if headers.contains_key(header::UPGRADE) || streams {
        return false;
    }
    let stays = path.starts_with("/api/v1/sign-in/")
        || path.starts_with("/authentication/")
        || path.ends_with("/events")
        || path.ends_with("/socket")
        || ["/health", "/health/deep", "/ready", "/metrics", "/api/v1/operations"].contains(&path);
    match *method {
        Method::GET | Method::HEAD => !stays,
        // A command of a nest: `/api/v1/nests/{code}/{command}`.
        Method::POST => path.strip_prefix("/api/v1/nests/").is_some_and(|rest| rest.contains('/') && !stays),
        _ => false,
    }
}

/// Has those who are chosen answered by the release that is tried, and counts how both do.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let trial = app.trials().running(app.clock().instant());
    let Some(canary) = trial.filter(|_| may_go(request.method(), request.uri().path(), request.headers()))
    else {
        return next.run(request).await;
    };
    let (mut head, body) = request.into_parts();
    let caller = Visitor::from_request_parts(&mut head, &app).await;
    let Ok(Visitor(Some(caller))) = caller else { return next.run(Request::from_parts(head, body)).await };
    let began = app.clock().instant();
    let is_chosen = chooses(&canary, &caller);
    let (answer, failed) = if is_chosen {
        elsewhere(&app, &canary, head, body, next).await
    } else {
        let answer = next.run(Request::from_parts(head, body)).await;
        let failed = answer.status().is_server_error();
        (answer, failed)
    };
    let group = if is_chosen { "canary" } else { "control" };
    let outcome = if failed { "failed" } else { "answered" };
    metrics::counter!("canary_requests_total", "group" => group, "outcome" => outcome).increment(1);
    let took = app.clock().instant().since(began);
    metrics::histogram!("canary_request_seconds", "group" => group).record(took.as_secs_f64());
    answer
}

/// Asks there, and here if it fails and may be asked twice. Whether it failed.
async fn elsewhere(app: &App, canary: &Canary, head: Parts, body: Body, next: Next) -> (Response, bool) {
    // Nothing was sent: whatever it is can be answered here.
    let Ok(stream) = UnixStream::connect(&canary.to).await else {
        return (next.run(Request::from_parts(head, body)).await, true);
    };
    let is_safe = matches!(head.method, Method::GET | Method::HEAD);
    let again = is_safe.then(|| head.clone());
    let asked = ask(app.lifecycle(), stream, head, body);
    let answer = match tokio::time::timeout(limits::CANARY_ANSWER_TIME_MAX, asked).await {
        Ok(Ok(answer)) if !answer.status().is_server_error() => return (answer, false),
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the release that is tried did not answer");
            None
        }
        Err(_) => None,
    };
    let answer = match (again, answer) {
        (Some(head), _) => next.run(Request::from_parts(head, Body::empty())).await,
        (None, Some(answer)) => answer,
        (None, None) => Error::Fault("the release that is tried did not answer").into_response(),
    };
    (answer, true)
}

/// One request on a connection of its own: nothing that is kept open can end at the wrong moment.
async fn ask(life: &Lifecycle, stream: UnixStream, head: Parts, body: Body) -> hyper::Result<Response> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    life.spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection to the release that is tried ended early");
        }
    });
    let mut answer = sender.send_request(told(head, body)).await?.map(Body::new);
    for name in [header::CONNECTION, header::TRANSFER_ENCODING] {
        answer.headers_mut().remove(name);
    }
    Ok(answer)
}

/// The request as the other process gets it.
fn told(mut head: Parts, body: Body) -> Request {
    if let Some(path) = head.uri.path_and_query().and_then(|path| path.as_str().parse().ok()) {
        head.uri = path;
    }
    head.version = Version::HTTP_11;
    let peer = head.extensions.get::<Peer>().map(|peer| peer.0.to_string());
    for name in [PEER, header::CONNECTION, HeaderName::from_static("keep-alive"), header::TE] {
        head.headers.remove(name);
    }
    if let Some(peer) = peer.and_then(|peer| HeaderValue::from_str(&peer).ok()) {
        head.headers.insert(PEER, peer);
    }
    head.extensions = http::Extensions::new();
    Request::from_parts(head, body)
}

/// Answers those whom the process that serves sends here, until the lifecycle stops. Nobody else can open this door.
pub async fn serve_chosen(listener: UnixListener, router: Router, lifecycle: Lifecycle) {
    let router = router.layer(axum::middleware::map_request(named));
    local_socket::serve(listener, router, lifecycle, true).await;
}

/// Whoever asks, as the process said that sent them.
async fn named(mut request: Request) -> Request {
    let peer = request.headers_mut().remove(PEER);
    if let Some(peer) = peer.and_then(|peer| peer.to_str().ok()?.parse::<SocketAddr>().ok()) {
        request.extensions_mut().insert(Peer(peer));
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_people_are_chosen_and_more_of_them_as_it_grows() {
        let numbers: Vec<u8> = (0..10_000).map(|person| number("r1", &person.to_string())).collect();
        let below = |percent: u8| numbers.iter().filter(|number| **number < percent).count();
        assert!(
            (below(1), below(100)) == (below(1), 10_000) && (850..1_150).contains(&below(10)),
            "{}",
            below(10)
        );
        assert_eq!(number("r1", "ada"), number("r1", "ada"));
        let others = (0..10_000).filter(|person| number("r2", &person.to_string()) == numbers[*person]);
        assert!(others.count() < 200, "another release is tried on others");
    }

    #[test]
    fn what_one_process_alone_knows_stays_with_it() {
        let none = HeaderMap::new();
        let goes = |method: &Method, path| may_go(method, path, &none);
        for path in ["/", "/_app/start.js", "/api/v1/tracks", "/api/v1/nests/main", "/queue/"] {
            assert!(goes(&Method::GET, path), "{path}");
        }
        assert!(goes(&Method::POST, "/api/v1/nests/main/vote"));
        for path in [
            "/health",
            "/ready",
            "/metrics",
            "/api/v1/operations",
            "/api/v1/nests/main/events",
            "/api/v1/sign-in/x/callback",
        ] {
            assert!(!goes(&Method::GET, path), "{path}");
        }
        for path in ["/api/v1/nests", "/api/v1/tokens", "/api/v1/uploads", "/api/v1/session/link"] {
            assert!(!goes(&Method::POST, path), "{path}");
        }
        assert!(!goes(&Method::DELETE, "/api/v1/session"));
        let upgrade = HeaderMap::from_iter([(header::UPGRADE, HeaderValue::from_static("websocket"))]);
        assert!(!may_go(&Method::GET, "/", &upgrade));
    }

    #[test]
    fn a_trial_that_is_not_said_anew_ends_and_nobody_names_a_peer_but_us() {
        let trials = Trials::default();
        let at = |seconds: u64| ServerInstant::from_micros(seconds * 1_000_000);
        let canary =
            Canary { to: "/x".into(), release: "r".into(), percent: 1, seconds: 5, ..Canary::default() };
        trials.begin(canary, at(10));
        assert!(trials.running(at(14)).is_some());
        assert!(trials.running(at(15)).is_none());
        let mut request = Request::new(Body::empty());
        request.headers_mut().insert(PEER, HeaderValue::from_static("127.0.0.1:1"));
        let (head, body) = request.into_parts();
        assert!(!told(head, body).headers().contains_key(PEER));
    }
}
