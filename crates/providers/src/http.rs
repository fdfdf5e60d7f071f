//! The one way out: TLS, timeouts, no redirects, bounded bodies, and error texts without addresses.
//!
//! Redirects are never followed here, so an answer cannot send us to an address inside our own network; where one is
//! meant to be followed (`soundcloud`, `pictures`) it is read and checked first.

use crate::calls::{CallOutcome, Calls};
use crate::error::detail;
use crate::guard::{Guard, Outside};
use crate::limits::{
    ANSWER_BYTES_MAX, CONNECT_TIMEOUT, REQUEST_TIMEOUT, RETRY_AFTER_DEFAULT, RETRY_AFTER_MAX,
};
use crate::{Error, Provider, Result};
use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};
use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, Url, redirect};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// How requests are made.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// For one request, its answer included.
    pub timeout: Duration,
    /// For opening a connection.
    pub connect_timeout: Duration,
    /// PEM certificates to trust beside the system's.
    pub extra_roots: Vec<Vec<u8>>,
    /// Names with a fixed address, for networks without names.
    pub resolve: BTreeMap<String, SocketAddr>,
    /// Where its calls are counted.
    pub calls: Calls,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: REQUEST_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            extra_roots: Vec::new(),
            resolve: BTreeMap::new(),
            calls: Calls::default(),
        }
    }
}

/// A pool of connections. Cheap to clone; one is enough for every client of this crate.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    calls: Calls,
}

impl Http {
    /// A pool.
    ///
    /// # Errors
    /// [`Error::Configuration`] if a certificate cannot be read or TLS cannot be set up.
    pub fn new(options: &HttpOptions) -> Result<Self> {
        Self::built(options, Client::builder())
    }

    /// A pool that reaches the public network alone, and what `outside` names beside it.
    ///
    /// # Errors
    /// The same.
    pub fn outside(options: &HttpOptions, outside: Outside) -> Result<Self> {
        Self::guarded(options, Guard(Arc::new(outside)))
    }

    /// A pool whose names are resolved, and refused, by a guard.
    pub(crate) fn guarded(options: &HttpOptions, guard: Guard) -> Result<Self> {
        Self::built(options, Client::builder().dns_resolver(Arc::new(guard)))
    }

    fn built(options: &HttpOptions, builder: ClientBuilder) -> Result<Self> {
        let wrong = |error: reqwest::Error| Error::Configuration {
            provider: Provider::SignIn,
            detail: detail(&error.without_url().to_string()),
        };
        let mut builder = builder
            .user_agent(concat!("rookery/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4)
            // Only the binary reads the environment.
            .no_proxy();
        for pem in &options.extra_roots {
            builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
        }
        for (name, address) in &options.resolve {
            builder = builder.resolve(name, *address);
        }
        Ok(Self { client: builder.build().map_err(wrong)?, calls: options.calls.clone() })
    }

    /// Begins a request that reads.
    pub fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub(crate) fn put(&self, url: Url) -> RequestBuilder {
        self.client.put(url)
    }

    /// Begins a request that sends.
    pub fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request and reads its whole answer, whatever its status.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::AnswerTooLarge`].
    pub async fn send(&self, provider: Provider, request: RequestBuilder) -> Result<Answer> {
        let mut call = Call { calls: &self.calls, provider, outcome: CallOutcome::Failed };
        let answer = exchange(provider, request).await?;
        call.outcome = CallOutcome::of(answer.status);
        Ok(answer)
    }
}

/// A call under way. It is counted when it is over, also if nobody waits for its answer any more.
struct Call<'a> {
    calls: &'a Calls,
    provider: Provider,
    outcome: CallOutcome,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.calls.count(self.provider, self.outcome, 1);
    }
}

async fn exchange(provider: Provider, request: RequestBuilder) -> Result<Answer> {
    let unreachable = |error: reqwest::Error| Error::Unreachable { provider, detail: what_happened(&error) };
    let too_large = Error::AnswerTooLarge { provider, bytes_max: ANSWER_BYTES_MAX };
    let mut response = request.send().await.map_err(unreachable)?;
    if response.content_length().is_some_and(|length| length > ANSWER_BYTES_MAX as u64) {
        return Err(too_large);
    }
    let header = |name: header::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let retry_after = header(header::RETRY_AFTER).and_then(|text| text.trim().parse().ok());
    let location = header(header::LOCATION);
    let dpop_nonce = header(header::HeaderName::from_static("dpop-nonce"));
    let status = response.status();
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    let retry_after = retry_after.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
    Ok(Answer { provider, status, retry_after, location, dpop_nonce, body: body.freeze() })
}

/// An answer.
pub struct Answer {
    provider: Provider,
    /// HTTP status.
    pub status: StatusCode,
    retry_after: Option<Duration>,
    pub(crate) location: Option<String>,
    /// The word to put into the next proof (RFC 9449 section 8).
    pub dpop_nonce: Option<String>,
    /// All of it.
    pub body: Bytes,
}

impl Answer {
    /// Reads the body as JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| self.unexpected(&error.to_string()))
    }

    /// How long to wait if this answer says "too many".
    pub(crate) fn retry_after(&self) -> Duration {
        self.retry_after.unwrap_or(RETRY_AFTER_DEFAULT)
    }

    /// An answer that the service does not promise.
    pub(crate) fn unexpected(&self, what: &str) -> Error {
        let detail = detail(&format!("status {}: {what}", self.status.as_u16()));
        Error::UnexpectedAnswer { provider: self.provider, detail }
    }

    /// What every service means by a status, where its body says no more.
    #[must_use]
    pub fn failure(&self) -> Error {
        let provider = self.provider;
        match self.status.as_u16() {
            401 => Error::ExpiredToken { provider },
            404 => Error::NotFound { provider, what: "such thing".to_owned() },
            429 => Error::RateLimited { provider, retry_after: self.retry_after() },
            500.. => Error::Unreachable { provider, detail: format!("status {}", self.status.as_u16()) },
            403 => Error::NotAllowed { provider, detail: "status 403".to_owned() },
            _ => self.unexpected("not an answer to this request"),
        }
    }
}

fn what_happened(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    what.to_owned()
}

/// Where a service is: https, or http on this machine alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads an address such as `https://api.spotify.com/v1`.
    ///
    /// # Errors
    /// [`Error::Configuration`] if it is no address, not https (http is for loopback), or holds a user or a query.
    pub fn parse(provider: Provider, text: &str) -> Result<Self> {
        let wrong = |why: &str| Error::Configuration { provider, detail: format!("the address {why}") };
        let url = Url::parse(text).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
        let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if !secure {
            return Err(wrong("must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(wrong("must not hold a user, a password or a query"));
        }
        Ok(Self(url))
    }

    /// The address of something below it; every segment is escaped.
    pub(crate) fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Whether an address is on the same host and port.
    pub(crate) fn same_origin(&self, other: &Url) -> bool {
        self.0.origin() == other.origin()
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        for good in
            ["https://api.spotify.com/v1", "http://127.0.0.1:21000", "http://localhost:1/x", "http://[::1]:1"]
        {
            assert!(BaseUrl::parse(Provider::Spotify, good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.spotify.com",
            "ftp://x",
            "nonsense",
            "https://user:pw@host",
            "https://x/?key=1",
            "http://10.0.0.1",
        ] {
            assert!(
                matches!(BaseUrl::parse(Provider::Spotify, bad), Err(Error::Configuration { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_segment_cannot_climb_or_add_a_query() {
        let base = BaseUrl::parse(Provider::Spotify, "https://api.spotify.com/v1/").unwrap();
        let url = base.at(&["tracks", "../me?x=1#y/z"]);
        assert_eq!(url.as_str(), "https://api.spotify.com/v1/tracks/..%2Fme%3Fx=1%23y%2Fz");
    }
}
