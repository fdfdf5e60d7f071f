//! A bucket that speaks S3, whoever keeps it: four requests, addressed by path, signed here.

use super::signing::{Signer, ToSign, escape};
use super::{Key, Listed};
use crate::error::{Error, Result};
use crate::{hex, utc_basic};
use bytes::Bytes;
use model::Clock;
use reqwest::{Client, Method, Response, StatusCode};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long one request may take: an object has a few MiB.
const REQUEST_MAX: Duration = Duration::from_secs(60);
/// Attempts of one request, and the first pause between two.
const ATTEMPTS_MAX: u32 = 4;
const PAUSE_FIRST: Duration = Duration::from_millis(150);
/// Bytes of an answer that are read at all.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Objects of one prefix that are listed at all.
const LISTED_MAX: usize = 2_000_000;

/// How a bucket is reached.
#[derive(Clone)]
pub struct S3Options {
    /// As in `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// As in `eu-central-1`, or `auto`.
    pub region: String,
    /// The id of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
}

impl std::fmt::Debug for S3Options {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("S3Options").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

pub(super) struct Bucket {
    client: Client,
    signer: Signer,
    /// Scheme and host, without a slash at the end.
    origin: String,
    host: String,
    bucket: String,
    prefix: String,
    place: String,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Bucket").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Bucket {
    pub(super) fn new(
        options: &S3Options,
        bucket: &str,
        prefix: &str,
        place: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let bad = |detail: String| Error::Destination { text: options.endpoint.clone(), detail };
        let url = Url::parse(&options.endpoint).map_err(|error| bad(error.to_string()))?;
        let name = url.host_str().ok_or_else(|| bad("no host".to_owned()))?;
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        let is_near = name == "localhost" || name.starts_with("127.") || name == "[::1]";
        if url.scheme() != "https" && !(url.scheme() == "http" && is_near) {
            return Err(bad("credentials go over https:// alone".to_owned()));
        }
        let client = Client::builder()
            .timeout(REQUEST_MAX)
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| bad(error.to_string()))?;
        let signer = Signer {
            access_key_id: options.access_key_id.clone(),
            secret_access_key: options.secret_access_key.clone(),
            region: options.region.clone(),
        };
        Ok(Self {
            client,
            signer,
            origin: format!("{}://{host}", url.scheme()),
            host,
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            place: place.to_owned(),
            clock,
        })
    }

    pub(super) async fn put(&self, key: &Key, bytes: Bytes) -> Result<()> {
        self.ask(&Method::PUT, "write", key.as_str(), "", bytes).await.map(drop)
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Bytes> {
        self.ask(&Method::GET, "read", key.as_str(), "", Bytes::new()).await
    }

    pub(super) async fn delete(&self, key: &Key) -> Result<()> {
        match self.ask(&Method::DELETE, "remove", key.as_str(), "", Bytes::new()).await {
            Ok(_) | Err(Error::Missing { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<Listed>> {
        let mut listed = Vec::new();
        let mut from: Option<String> = None;
        loop {
            // Sorted, as the signature wants it.
            let mut query = String::new();
            if let Some(token) = &from {
                query.push_str(&format!("continuation-token={}&", escape(token, false)));
            }
            let wanted = escape(&format!("{}{prefix}", self.prefix), false);
            query.push_str(&format!("list-type=2&prefix={wanted}"));
            let answer = self.ask(&Method::GET, "list", "", &query, Bytes::new()).await?;
            let text = String::from_utf8_lossy(&answer);
            for object in between(&text, "Contents") {
                let key = between(object, "Key").next().map(unescape).unwrap_or_default();
                let bytes = between(object, "Size").next().and_then(|size| size.trim().parse().ok());
                let key = key.strip_prefix(&self.prefix).and_then(Key::parse);
                // What has another shape is not ours.
                if let (Some(key), Some(bytes)) = (key, bytes) {
                    listed.push(Listed { key, bytes });
                }
            }
            from = between(&text, "NextContinuationToken")
                .next()
                .map(unescape)
                .filter(|token| !token.is_empty());
            if from.is_none() || listed.len() >= LISTED_MAX {
                return Ok(listed);
            }
        }
    }

    /// Makes a request, again if the other side is in trouble.
    async fn ask(
        &self,
        method: &Method,
        action: &'static str,
        key: &str,
        query: &str,
        body: Bytes,
    ) -> Result<Bytes> {
        let mut pause = PAUSE_FIRST;
        let mut attempt = 1;
        loop {
            let (detail, may_pass) = match self.send(method, key, query, body.clone()).await {
                Ok(response) => match self.read(action, key, response).await {
                    Answer::Done(answer) => return answer,
                    Answer::Refused { detail, may_pass } => (detail, may_pass),
                },
                Err(error) => (error.without_url().to_string(), true),
            };
            if !may_pass || attempt >= ATTEMPTS_MAX {
                let (place, key) = (self.place.clone(), key.to_owned());
                return Err(Error::Store { place, action, key, detail });
            }
            tokio::time::sleep(pause).await;
            (pause, attempt) = (pause * 3, attempt + 1);
        }
    }

    async fn send(&self, method: &Method, key: &str, query: &str, body: Bytes) -> reqwest::Result<Response> {
        let object = if key.is_empty() { String::new() } else { format!("/{}{key}", self.prefix) };
        let path = escape(&format!("/{}{object}", self.bucket), true);
        let payload = hex(&Sha256::digest(&body));
        let time = utc_basic(self.clock.wall());
        let to_sign = ToSign {
            method: method.as_str(),
            host: &self.host,
            path: &path,
            query,
            payload: &payload,
            time: &time,
        };
        let authorization = self.signer.authorization(&to_sign);
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let request = self
            .client
            .request(method.clone(), format!("{}{path}{query}", self.origin))
            .header("x-amz-date", &time)
            .header("x-amz-content-sha256", payload)
            .header("authorization", authorization);
        let request = if method == Method::PUT { request.body(body) } else { request };
        request.send().await
    }

    async fn read(&self, action: &'static str, key: &str, mut response: Response) -> Answer {
        let status = response.status();
        let mut read = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if (read.len() + chunk.len()) as u64 <= ANSWER_BYTES_MAX => {
                    read.extend(chunk)
                }
                Ok(Some(_)) => {
                    return Answer::Refused { detail: "a far too long answer".into(), may_pass: false };
                }
                Ok(None) => break,
                Err(error) => {
                    return Answer::Refused { detail: error.without_url().to_string(), may_pass: true };
                }
            }
        }
        if status.is_success() {
            return Answer::Done(Ok(read.into()));
        }
        let text = String::from_utf8_lossy(&read);
        let code = between(&text, "Code").next().map(unescape).unwrap_or_default();
        if status == StatusCode::NOT_FOUND && action != "list" && code != "NoSuchBucket" {
            return Answer::Done(Err(Error::Missing { place: self.place.clone(), key: key.to_owned() }));
        }
        if status == StatusCode::INSUFFICIENT_STORAGE || code == "QuotaExceeded" {
            return Answer::Done(Err(Error::Full { place: self.place.clone() }));
        }
        let may_pass = status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
        Answer::Refused { detail: format!("{} {code}", status.as_u16()).trim_end().to_owned(), may_pass }
    }
}

enum Answer {
    Done(Result<Bytes>),
    Refused { detail: String, may_pass: bool },
}

/// What stands between `<name>` and `</name>`, each time. Listings nest nothing of the same name.
fn between<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (inner, after) = after.split_once(&close)?;
        rest = after;
        Some(inner)
    })
}

fn unescape(text: &str) -> String {
    let plain =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    plain.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_read() {
        let text =
            "<R><Contents><Key>a&amp;b</Key><Size>3</Size></Contents><Contents><Key>c</Key></Contents></R>";
        let objects: Vec<&str> = between(text, "Contents").collect();
        assert_eq!(objects.len(), 2);
        assert_eq!(between(objects[0], "Key").next().map(unescape).as_deref(), Some("a&b"));
        assert_eq!(between(objects[1], "Size").next(), None);
        assert_eq!(between("<Key>never closed", "Key").next(), None);
    }
}
