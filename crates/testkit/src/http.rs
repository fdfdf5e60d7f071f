//! Requests and answers, as a plain HTTP client makes and reads them.

use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// Answers larger than this are a failure.
const REPLY_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// No request of a test takes longer.
const REPLY_TIME_MAX: Duration = Duration::from_secs(60);

/// A server's address, and connections to it. Clones share connections.
#[derive(Clone, Debug)]
pub struct Site {
    address: SocketAddr,
    agent: ureq::Agent,
}

/// A request that is being put together.
#[derive(Clone, Debug)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    asked: String,
}

impl Site {
    /// The server at an address.
    pub fn new(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(REPLY_TIME_MAX))
            .max_redirects(0)
            .proxy(None)
            .build();
        Self { address, agent: config.into() }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as people type it, without a slash at its end.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a request; panics if there is no answer.
    pub fn send(&self, request: Request) -> Reply {
        let asked = format!("{} {}", request.method, request.path);
        self.try_send(request).unwrap_or_else(|error| panic!("{asked}: {error}"))
    }

    /// Sends a request to a server that may be gone.
    ///
    /// # Errors
    /// What the client says when there is no whole answer.
    pub fn try_send(&self, request: Request) -> Result<Reply, String> {
        let Request { method, path, headers, body } = request;
        let asked = format!("{method} {path}");
        let mut builder = http::Request::builder().method(method).uri(format!("{}{path}", self.base()));
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let answered = match body {
            Some(body) => self.agent.run(builder.body(body).map_err(|error| error.to_string())?),
            None => self.agent.run(builder.body(()).map_err(|error| error.to_string())?),
        };
        let mut response = answered.map_err(|error| error.to_string())?;
        let body = response.body_mut().with_config().limit(REPLY_BYTES_MAX).read_to_vec();
        let body = body.map_err(|error| error.to_string())?;
        let headers = response.headers().clone();
        Ok(Reply { status: response.status().as_u16(), headers, body, asked })
    }
}

impl Request {
    /// A request without a body.
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string().into_bytes()).header("content-type", "application/json")
    }

    /// The request line and headers as bytes on a connection, without `Host` and the empty line; and the body.
    pub fn into_head(self) -> (String, Vec<u8>) {
        let headers: String =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        (format!("{} {} HTTP/1.1\r\n{headers}", self.method, self.path), self.body.unwrap_or_default())
    }

    /// Sets a body.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }
}

impl Reply {
    /// A header as text; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, whatever the status.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {} {error}: {}", self.asked, self.status, self.text()))
    }

    /// Checks the status.
    #[track_caller]
    #[must_use = "there may be more to check; otherwise `drop` it"]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        self
    }

    /// Checks that it went well and reads the JSON.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {} {}", self.asked, self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// Checks that it is a problem with this status and code, in the shape of RFC 9457.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{}", reply.asked);
        assert_eq!(reply.header("cache-control"), "no-store", "{}", reply.asked);
        let problem = reply.json();
        assert_eq!(problem["code"], code, "{}: {problem}", reply.asked);
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/docs/problems#{code}"));
        assert_eq!(problem["request_id"], reply.header("x-request-id"), "{problem}");
        for words in ["title", "detail"] {
            assert!(problem[words].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        problem
    }
}
