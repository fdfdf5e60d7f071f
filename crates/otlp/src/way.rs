//! The way to a receiver: where it is, what is said there, and one request within a bound.

use crate::encode::Resource;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;
use std::time::Duration;
use url::{Host, Url};

/// How long one request may take, its answer included.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// What a receiver may ask us to wait, at most.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);

/// Where it goes, and whose it is.
#[derive(Clone, Default)]
pub struct Options {
    /// The base address, to which `/v1/metrics` or `/v1/traces` is added.
    pub endpoint: String,
    /// The value of `Authorization`, if one is wanted.
    pub token: Option<String>,
    /// Whose it is.
    pub resource: Resource,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Options").field("resource", &self.resource).finish_non_exhaustive()
    }
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two requests.
    pub every: Duration,
    /// Between two at most, while none arrives.
    pub longest: Duration,
}

impl Pace {
    /// Of a server's numbers.
    pub const SERVING: Self = Self { every: Duration::from_secs(30), longest: Duration::from_secs(600) };
    /// Of a server's spans.
    pub const SPANS: Self = Self { every: Duration::from_secs(5), longest: Duration::from_secs(600) };

    /// Twice as long after each failure, or as long as the receiver says.
    fn after(self, failures: u32, error: &Failed) -> Duration {
        let doubled = self.every.saturating_mul(2_u32.saturating_pow(failures)).min(self.longest);
        match error {
            Failed::Later(Some(wait)) => (*wait).max(self.every),
            _ => doubled,
        }
    }
}

/// How it has gone lately: when to send again, and what the log is told, once each way.
#[derive(Debug)]
pub(crate) struct Attempts {
    /// What is sent.
    what: &'static str,
    pace: Pace,
    failures: u32,
}

impl Attempts {
    pub(crate) const fn new(what: &'static str, pace: Pace) -> Self {
        Self { what, pace, failures: 0 }
    }

    /// Whether the last one failed.
    pub(crate) const fn has_failed(&self) -> bool {
        self.failures > 0
    }

    /// How long to wait after one.
    pub(crate) fn ended<T>(&mut self, outcome: Result<T, Failed>) -> Duration {
        let what = self.what;
        match outcome {
            Ok(_) => {
                if self.has_failed() {
                    tracing::info!("{what} arrive at the OTLP endpoint again");
                }
                self.failures = 0;
                self.pace.every
            }
            Err(error) => {
                if !self.has_failed() {
                    tracing::warn!(%error, "{what} do not arrive at the OTLP endpoint");
                }
                self.failures += 1;
                self.pace.after(self.failures, &error)
            }
        }
    }
}

/// Why nothing can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address.
    #[error("the endpoint is no address: write https://HOST, without /v1/metrics")]
    Endpoint,
    /// A token for everybody to read.
    #[error("the token would cross the network in the open: the endpoint must be https, or on this machine")]
    Open,
    /// The token.
    #[error("the token cannot stand in a header")]
    Token,
    /// TLS.
    #[error("no way out: {0}")]
    Client(#[source] reqwest::Error),
}

/// Why a request did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The receiver does not want it like this.
    #[error("the receiver answered {0}")]
    Refused(u16),
    /// It wants to be asked later.
    #[error("the receiver is busy")]
    Later(Option<Duration>),
    /// Nobody answered.
    #[error("{0}")]
    Away(String),
}

/// The way to one receiver.
#[derive(Debug)]
pub(crate) struct Way {
    client: Client,
    pub(crate) address: Url,
    authorization: Option<HeaderValue>,
}

impl Way {
    /// To what takes this below the base address: `metrics`, `traces`.
    pub(crate) fn new(options: &Options, what: &str) -> Result<Self, Error> {
        let mut address = Url::parse(options.endpoint.trim()).map_err(|_| Error::Endpoint)?;
        if !matches!(address.scheme(), "http" | "https") || address.query().is_some() {
            return Err(Error::Endpoint);
        }
        let path = format!("{}/v1/{what}", address.path().trim_end_matches('/'));
        address.set_path(&path);
        if options.token.is_some() && address.scheme() == "http" && !is_near(&address) {
            return Err(Error::Open);
        }
        let header = |token: &String| {
            let mut value = HeaderValue::from_str(token.trim()).map_err(|_| Error::Token)?;
            value.set_sensitive(true);
            Ok(value)
        };
        let authorization = options.token.as_ref().map(header).transpose()?;
        // A token is not carried elsewhere.
        let client = Client::builder().timeout(ANSWER_TIME_MAX).redirect(redirect::Policy::none());
        let client = client.build().map_err(Error::Client)?;
        Ok(Self { client, address, authorization })
    }

    /// Sends a body, once; how many of what is in it the receiver says it did not take, by the name of that number.
    pub(crate) async fn send(&self, body: &Value, rejected: &str) -> Result<u64, Failed> {
        let request = self.client.post(self.address.clone()).header(CONTENT_TYPE, "application/json");
        let request = match &self.authorization {
            Some(token) => request.header(AUTHORIZATION, token.clone()),
            None => request,
        };
        let away = |error: reqwest::Error| Failed::Away(error.without_url().to_string());
        let answer = request.body(body.to_string()).send().await.map_err(away)?;
        let status = answer.status();
        if !status.is_success() {
            return Err(refusal(status, &answer));
        }
        Ok(not_taken(answer, rejected).await)
    }
}

/// The statuses after which a client may ask again, as the specification lists them.
fn refusal(status: StatusCode, answer: &Response) -> Failed {
    if !matches!(status.as_u16(), 429 | 502 | 503 | 504) {
        return Failed::Refused(status.as_u16());
    }
    let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Failed::Later(wait.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX)))
}

/// What it says unclearly is nothing.
async fn not_taken(mut answer: Response, rejected: &str) -> u64 {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return 0;
        }
        body.extend_from_slice(&chunk);
    }
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let count = &said["partialSuccess"][rejected];
    // Whole numbers of 64 bits are texts; some write numbers all the same.
    count.as_str().and_then(|text| text.parse().ok()).or_else(|| count.as_u64()).unwrap_or(0)
}

fn is_near(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_a_receiver_may_ask_for_a_longer_one() {
        let pace = Pace { every: Duration::from_secs(30), longest: Duration::from_secs(100) };
        let away = Failed::Away(String::new());
        let waits: Vec<u64> = (1..5).map(|failures| pace.after(failures, &away).as_secs()).collect();
        assert_eq!(waits, [60, 100, 100, 100]);
        assert_eq!(pace.after(u32::MAX, &away).as_secs(), 100);
        assert_eq!(pace.after(1, &Failed::Later(Some(Duration::from_secs(200)))).as_secs(), 200);
        assert_eq!(pace.after(1, &Failed::Later(Some(Duration::from_secs(1)))).as_secs(), 30);
        assert_eq!(pace.after(1, &Failed::Later(None)).as_secs(), 60);
    }
}
