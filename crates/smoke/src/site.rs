//! The server at its address: requests with bounds on time and size, never through redirects nobody asked for.

use crate::{Proofs, Seen, Wrong};
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// In which a protected environment is told that one may come in.
const ACCESS_TOKEN: &str = "Rookery-Access-Token";
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// What is said of a server that does not answer.
pub(crate) const UNREACHED: &str = "check that the name leads to this machine (`dig NAME`), that ports 80 and 443 are open in its \
    firewall, and that the server runs (`systemctl status`, `docker compose ps`)";

/// Why there is nothing to look at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// It is no address.
    #[error("`{0}` is no address of a server; write https://music.example.org")]
    Address(String),
    /// The client cannot be made.
    #[error("no connection can be made from here: {0}")]
    Client(String),
}

/// A server, and who asks.
pub(crate) struct Site {
    base: Url,
    client: reqwest::Client,
    token: Option<String>,
    access_token: Option<String>,
}

/// What was answered, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Site {
    pub(crate) fn new(address: &str, proofs: Proofs<'_>) -> Result<Self, SiteError> {
        let wrong = || SiteError::Address(address.to_owned());
        let base = Url::parse(address).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() || base.path() != "/" {
            return Err(wrong());
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME_MAX)
            .user_agent(concat!("rookery-smoke/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| SiteError::Client(error.to_string()))?;
        // A secret that a workflow has not got is an empty text there.
        let access_token = proofs.access_token.filter(|token| !token.is_empty()).map(str::to_owned);
        Ok(Self { base, client, token: proofs.token.map(str::to_owned), access_token })
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Whether it may come into a protected environment.
    pub(crate) fn has_access_token(&self) -> bool {
        self.access_token.is_some()
    }

    /// A request with nothing in hand at all.
    pub(crate) fn as_nobody(&self, method: Method, path: &str) -> RequestBuilder {
        // A path that begins with a slash joins any base.
        let url = self.base.join(path).unwrap_or_else(|_| self.base.clone());
        self.client.request(method, url)
    }

    /// A request without proof of who asks, of somebody who may come in.
    pub(crate) fn as_stranger(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.as_nobody(method, path);
        match &self.access_token {
            Some(token) => request.header(ACCESS_TOKEN, token),
            None => request,
        }
    }

    /// A request to another address.
    pub(crate) fn elsewhere(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    /// A request with the token.
    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.as_stranger(method, path);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Wrong> {
        read(self.ask(Method::GET, path)).await
    }

    /// Does something and takes what is answered, which must be a success.
    pub(crate) async fn act(&self, method: Method, path: &str, body: &Value) -> Result<Value, Wrong> {
        let answer = read(self.ask(method, path).json(body)).await?;
        if !answer.status.is_success() {
            return Err(answer.refused(path));
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }
}

/// Sends a request, and waits for the head of its answer.
pub(crate) async fn send(request: RequestBuilder) -> Result<Response, Wrong> {
    request.send().await.map_err(|error| unreached(&error))
}

/// Sends a request, and reads what is answered.
pub(crate) async fn read(request: RequestBuilder) -> Result<Answer, Wrong> {
    let mut response = send(request).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unreached(&error))? {
        body.extend_from_slice(&piece);
        if body.len() > ANSWER_BYTES_MAX {
            return Err(Wrong::new(
                format!("an answer longer than {ANSWER_BYTES_MAX} bytes"),
                "something else answers at this address: look what runs there",
            ));
        }
    }
    Ok(Answer { status, headers, body })
}

/// What is wrong where nobody answers.
#[must_use]
pub fn unreached(error: &reqwest::Error) -> Wrong {
    use std::error::Error as _;
    let mut seen = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        seen.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    let is_certificate = seen.contains("certificate") || seen.contains("UnknownIssuer");
    let advice = if is_certificate {
        "look which certificate is served (`openssl s_client -connect HOST:443`), and whether it is of this name and not over"
    } else {
        UNREACHED
    };
    Wrong::new(seen, advice)
}

impl Answer {
    pub(crate) fn header(&self, name: &HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The first of what was answered, for a person.
    pub(crate) fn shown(&self) -> String {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(120).collect();
        format!("{} {}", self.status.as_u16(), text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(crate) fn refused(&self, path: &str) -> Wrong {
        let advice = match self.status.as_u16() {
            401 => {
                "the token is not known here: make one in the settings, of a member, with listen, add and control"
            }
            403 => {
                "the token does not reach that far: make one with listen, add and control, of a member who may open nests"
            }
            429 => "too much was asked from this address: wait a minute",
            502..=504 => {
                "a proxy answers in the server's place: look whether the server runs and where the proxy looks for it"
            }
            _ => "look into the server's log for this request",
        };
        Wrong::new(format!("{path} answered {}", self.shown()), advice)
    }

    /// What was seen, if it has this status.
    pub(crate) fn must_be(&self, status: StatusCode, path: &str) -> Seen {
        if self.status == status { Ok(format!("{}", status.as_u16())) } else { Err(self.refused(path)) }
    }
}
