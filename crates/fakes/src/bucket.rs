//! Buckets that speak S3: whoever asks must sign with the right key, for this very request, at about the right time, and
//! the body must be the one that was signed.

use crate::server::{Reply, Request, Server, Service, lock};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::Clock;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How far a request's time may be from ours.
const SKEW_MAX: Duration = Duration::from_secs(15 * 60);

/// A service with one bucket.
pub struct FakeBucket {
    /// The server.
    pub server: Server,
    inner: Arc<Inner>,
}

struct Inner {
    bucket: String,
    access_key_id: String,
    secret_access_key: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    objects: BTreeMap<String, Vec<u8>>,
    /// Keys of one page of a listing.
    page: usize,
    /// Bytes that fit.
    room: usize,
    refused: usize,
}

impl FakeBucket {
    /// A service that knows one key and one bucket.
    pub fn start(bucket: &str, access_key_id: &str, secret_access_key: &str, clock: Arc<dyn Clock>) -> Self {
        let state = State { objects: BTreeMap::new(), page: 1000, room: usize::MAX, refused: 0 };
        let inner = Arc::new(Inner {
            bucket: bucket.to_owned(),
            access_key_id: access_key_id.to_owned(),
            secret_access_key: secret_access_key.to_owned(),
            clock,
            state: Mutex::new(state),
        });
        Self { server: Server::start(Arc::clone(&inner) as Arc<dyn Service>), inner }
    }

    /// Listings have so many keys a page.
    pub fn set_page(&self, keys: usize) {
        lock(&self.inner.state).page = keys;
    }

    /// No more than so many bytes fit.
    pub fn set_room(&self, bytes: usize) {
        lock(&self.inner.state).room = bytes;
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        lock(&self.inner.state).objects.keys().cloned().collect()
    }

    /// Changes an object behind everybody's back.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(lock(&self.inner.state).objects.get_mut(key).expect("the object"));
    }

    /// How many requests were refused for their signature.
    pub fn refused(&self) -> usize {
        lock(&self.inner.state).refused
    }
}

impl Service for Inner {
    fn answer(&self, request: &Request) -> Reply {
        if let Err(code) = self.judge(request) {
            lock(&self.state).refused += 1;
            return failure(403, code);
        }
        let path = unescape(&request.path);
        let Some(rest) = path.strip_prefix(&format!("/{}", self.bucket)) else {
            return failure(404, "NoSuchBucket");
        };
        let key = rest.trim_start_matches('/');
        let mut state = lock(&self.state);
        match (request.method.as_str(), key) {
            ("GET", "") if request.parameter("list-type") == Some("2") => list(&state, request),
            ("GET", key) => match state.objects.get(key) {
                Some(bytes) => Reply { status: 200, headers: Vec::new(), body: bytes.clone() },
                None => failure(404, "NoSuchKey"),
            },
            ("PUT", key) if !key.is_empty() => {
                let others = state.objects.iter().filter(|(other, _)| *other != key);
                let used: usize = others.map(|(_, bytes)| bytes.len()).sum();
                if used + request.body.len() > state.room {
                    return failure(507, "QuotaExceeded");
                }
                state.objects.insert(key.to_owned(), request.body.to_vec());
                Reply::empty(200)
            }
            ("DELETE", key) => {
                state.objects.remove(key);
                Reply::empty(204)
            }
            _ => failure(405, "MethodNotAllowed"),
        }
    }
}

impl Inner {
    /// Signature Version 4, computed from what arrived.
    fn judge(&self, request: &Request) -> Result<(), &'static str> {
        let header = request.header("authorization");
        let part = |name: &str| {
            let (_, rest) = header.split_once(&format!("{name}="))?;
            rest.split([',', ' ']).next()
        };
        let credential = part("Credential").ok_or("AccessDenied")?;
        let (id, scope) = credential.split_once('/').ok_or("AccessDenied")?;
        if id != self.access_key_id {
            return Err("InvalidAccessKeyId");
        }
        let time = request.header("x-amz-date");
        let [day, region, "s3", "aws4_request"] = scope.split('/').collect::<Vec<_>>()[..] else {
            return Err("AuthorizationHeaderMalformed");
        };
        if !time.starts_with(day) || !self.is_about_now(time) {
            return Err("RequestTimeTooSkewed");
        }
        let payload = hex(&Sha256::digest(&request.body));
        if request.header("x-amz-content-sha256") != payload {
            return Err("XAmzContentSHA256Mismatch");
        }
        let mut query: Vec<String> =
            request.query.iter().map(|(key, value)| format!("{}={}", escape(key), escape(value))).collect();
        query.sort();
        let signed = part("SignedHeaders").ok_or("AccessDenied")?;
        if ["host", "x-amz-content-sha256", "x-amz-date"]
            .iter()
            .any(|name| !signed.split(';').any(|n| n == *name))
        {
            return Err("AccessDenied");
        }
        let mut canonical = format!("{}\n{}\n{}\n", request.method, request.path, query.join("&"));
        for name in signed.split(';') {
            let _ = writeln!(canonical, "{name}:{}", request.header(name).trim());
        }
        let _ = write!(canonical, "\n{signed}\n{payload}");
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let first = format!("AWS4{}", self.secret_access_key).into_bytes();
        let key = [day, region, "s3", "aws4_request"].iter().fold(first, |key, word| mac(&key, word));
        if part("Signature") == Some(hex(&mac(&key, &text)).as_str()) {
            Ok(())
        } else {
            Err("SignatureDoesNotMatch")
        }
    }

    fn is_about_now(&self, time: &str) -> bool {
        let number =
            |range: std::ops::Range<usize>| time.get(range).and_then(|digits| digits.parse::<i64>().ok());
        let parts = (number(0..4), number(4..6), number(6..8), number(9..11), number(11..13), number(13..15));
        let (Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) = parts else {
            return false;
        };
        // Days since 1970, with years that begin in March.
        let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
        let said = ((days * 24 + hour) * 60 + minute) * 60 + second;
        let now = self.clock.wall().micros() / 1_000_000;
        said.abs_diff(now) <= SKEW_MAX.as_secs()
    }
}

fn list(state: &State, request: &Request) -> Reply {
    let prefix = request.parameter("prefix").unwrap_or("");
    let after = request.parameter("continuation-token").unwrap_or("");
    let mut matching =
        state.objects.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after).peekable();
    let mut text = String::from("<?xml version=\"1.0\"?><ListBucketResult>");
    let mut last = String::new();
    for _ in 0..state.page {
        let Some((key, bytes)) = matching.next() else { break };
        let _ = write!(text, "<Contents><Key>{key}</Key><Size>{}</Size></Contents>", bytes.len());
        last.clone_from(key);
    }
    if matching.peek().is_some() {
        let _ = write!(
            text,
            "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>"
        );
    }
    text.push_str("</ListBucketResult>");
    Reply { status: 200, headers: Vec::new(), body: text.into_bytes() }
}

fn failure(status: u16, code: &str) -> Reply {
    let body = format!("<Error><Code>{code}</Code></Error>").into_bytes();
    Reply { status, headers: Vec::new(), body }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn escape(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn unescape(text: &str) -> String {
    crate::server::pairs(&format!("x={}", text.replace('+', "%2B"))).remove(0).1
}
