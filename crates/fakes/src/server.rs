//! The server under every fake: HTTP on a thread of its own, a record of what was asked, and faults in between.

use crate::faults::Fault;
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request as HttpRequest, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

const REQUEST_BYTES_MAX: usize = 16 << 20;

/// A request, as a fake sees it.
pub struct Request {
    /// As in `GET`.
    pub method: String,
    /// Without the query, still escaped.
    pub path: String,
    /// In order, unescaped.
    pub query: Vec<(String, String)>,
    headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as a form.
    pub fn form(&self) -> Vec<(String, String)> {
        pairs(std::str::from_utf8(&self.body).unwrap_or(""))
    }

    /// The path without escapes, in parts.
    pub fn parts(&self) -> Vec<String> {
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        parts.map(|part| pairs(&format!("x={}", part.replace('+', "%2B"))).remove(0).1).collect()
    }
}

/// Reads `a=1&b=2`.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let uri: Result<Uri, _> = format!("/?{text}").parse();
    uri.ok().and_then(|uri| Query::try_from_uri(&uri).ok()).map(|Query(pairs)| pairs).unwrap_or_default()
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// The body; JSON unless it is a fault.
    pub body: Vec<u8>,
}

impl Reply {
    /// A status alone.
    pub const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A status with JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    /// One more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// What answers.
pub(crate) trait Service: Send + Sync + 'static {
    fn answer(&self, request: &Request) -> Reply;
}

/// A request that came in, for tests to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// As in `GET`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// In order.
    pub query: Vec<(String, String)>,
    /// What was answered.
    pub status: u16,
}

/// A running server. It ends when this is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    service: Arc<dyn Service>,
    faults: Mutex<VecDeque<(String, Fault)>>,
    seen: Mutex<Vec<Seen>>,
}

impl Server {
    pub(crate) fn start(service: Arc<dyn Service>) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared { service, faults: Mutex::default(), seen: Mutex::default() });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            let ended = axum::serve(listener, router).into_future();
            tokio::select! {
                _ = ended => {}
                _ = stopped => {}
            }
        };
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(serve);
        });
        Self { address, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// A server that a test makes up for itself.
    pub fn of(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(MadeUp(answer)))
    }

    /// Its address, as in `http://127.0.0.1:1234`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request whose path begins so goes wrong; several faults are used up in order.
    pub fn fail(&self, path: &str, fault: Fault) {
        lock(&self.shared.faults).push_back((path.to_owned(), fault));
    }

    /// How many of the requests that are to go wrong have not come yet.
    pub fn faults_left(&self) -> usize {
        lock(&self.shared.faults).len()
    }

    /// What was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }

    /// Forgets what was asked so far.
    pub fn forget(&self) {
        lock(&self.shared.seen).clear();
    }
}

struct MadeUp<F>(F);

impl<F: Fn(&Request) -> Reply + Send + Sync + 'static> Service for MadeUp<F> {
    fn answer(&self, request: &Request) -> Reply {
        (self.0)(request)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _already_gone = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _panicked_already_said = thread.join();
        }
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, REQUEST_BYTES_MAX).await.unwrap_or_default();
    let request = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: pairs(parts.uri.query().unwrap_or("")),
        headers: parts.headers,
        body,
    };
    let fault = shared.fault_for(&request.path);
    if let Some(Fault::Slow(wait)) = fault {
        tokio::time::sleep(wait.min(Duration::from_secs(30))).await;
    }
    let reply = fault.and_then(|fault| fault.reply()).unwrap_or_else(|| shared.service.answer(&request));
    let Request { method, path, query, .. } = request;
    lock(&shared.seen).push(Seen { method, path, query, status: reply.status });
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/json".parse().expect("a header"));
    for (name, value) in reply.headers {
        headers.insert(name, value.parse().expect("a header"));
    }
    let status = axum::http::StatusCode::from_u16(reply.status).expect("a status");
    (status, headers, reply.body).into_response()
}

impl Shared {
    fn fault_for(&self, path: &str) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let at = faults.iter().position(|(prefix, _)| path.starts_with(prefix.as_str()))?;
        faults.remove(at).map(|(_, fault)| fault)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
