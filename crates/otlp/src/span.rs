//! One request as a span: where it belongs (W3C Trace Context), what is said of it (OpenTelemetry's semantic conventions of
//! HTTP servers), and how OTLP's JSON has it.

use crate::encode::{attribute, nanos};
use model::WallTime;
use serde_json::{Value, json};
use std::time::Duration;

/// `SPAN_KIND_SERVER`.
const SERVER: u8 = 2;
/// `STATUS_CODE_ERROR`.
const FAILED: u8 = 2;
/// Methods that are named; of others there is no end.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// What a request belongs to, as whoever passed it on says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    pub(crate) trace: u128,
    span: u64,
    pub(crate) is_sampled: bool,
}

impl Parent {
    /// Reads a header `traceparent`. What is not written as the specification has it is none.
    #[must_use]
    pub fn read(header: &str) -> Option<Self> {
        let mut parts = header.trim().split('-');
        let version = hex(parts.next()?, 2)?;
        let (trace, span) = (hex(parts.next()?, 32)?, hex(parts.next()?, 16)?);
        let flags = hex(parts.next()?, 2)?;
        let is_known = version != 0xff && (version != 0 || parts.next().is_none());
        let span = u64::try_from(span).ok()?;
        (is_known && trace != 0 && span != 0).then_some(Self { trace, span, is_sampled: flags & 1 == 1 })
    }
}

/// So many small hexadecimal digits.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == digits && text.bytes().all(is_hex)).then(|| u128::from_str_radix(text, 16).ok())?
}

/// A request that was answered.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its route as it is written in the program; never its path. `None`: it fits none.
    pub route: Option<&'a str>,
    /// The status of the answer.
    pub status: u16,
    /// The name it has in the log and in its answer.
    pub request_id: &'a str,
    /// What it belongs to, if somebody who is trusted says so.
    pub parent: Option<Parent>,
    /// When it came.
    pub began: WallTime,
    /// How long it took until the answer began.
    pub took: Duration,
}

impl Answered<'_> {
    /// Whether it was a fault of ours.
    pub(crate) const fn has_failed(&self) -> bool {
        self.status >= 500
    }
}

/// A span that waits to be sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span(Value);

impl Span {
    /// `trace` and `own` are its ids, which are not 0.
    pub(crate) fn of(answered: &Answered<'_>, trace: u128, own: u64) -> Self {
        let is_named = METHODS.contains(&answered.method);
        let method = if is_named { answered.method } else { "_OTHER" };
        let verb = if is_named { method } else { "HTTP" };
        let name = answered.route.map_or_else(|| verb.to_owned(), |route| format!("{verb} {route}"));
        let status = answered.status;
        let mut attributes = vec![
            attribute("http.request.method", method),
            json!({"key": "http.response.status_code", "value": {"intValue": status.to_string()}}),
            attribute("rookery.request.id", answered.request_id),
        ];
        attributes.extend(answered.route.map(|route| attribute("http.route", route)));
        let mut span = json!({
            "traceId": format!("{trace:032x}"), "spanId": format!("{own:016x}"), "name": name, "kind": SERVER,
            "startTimeUnixNano": nanos(answered.began),
            "endTimeUnixNano": nanos(answered.began.plus(answered.took)),
        });
        if let Some(parent) = answered.parent {
            span["parentSpanId"] = format!("{:016x}", parent.span).into();
        }
        if answered.has_failed() {
            attributes.push(attribute("error.type", &status.to_string()));
            span["status"] = json!({"code": FAILED});
        }
        span["attributes"] = attributes.into();
        Self(span)
    }

    pub(crate) const fn json(&self) -> &Value {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_as_the_specification_has_it_or_not_at_all() {
        let read = Parent::read(HEADER).unwrap();
        assert_eq!((read.trace >> 64, read.span), (0x4bf9_2f35_77b3_4da6, 0x00f0_67aa_0ba9_02b7));
        assert!(read.is_sampled && !Parent::read(&HEADER.replace("-01", "-00")).unwrap().is_sampled);
        // A later version may say more behind it.
        assert!(Parent::read(&HEADER.replacen("00", "01", 1).replace("-01", "-01-more")).is_some());
        for wrong in [
            "",
            "00",
            &HEADER.to_uppercase(),
            &format!("{HEADER}-more"),
            &HEADER.replacen("00", "ff", 1),
            &HEADER.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &HEADER.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &HEADER.replace("00f067aa0ba902b7", "f067aa0ba902b7"),
            &HEADER.replace("-01", "-1"),
            &HEADER.replace("-01", "-+1"),
            "00-4bf92f3577b34da6a3ce929d0e0e473\u{e9}-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Parent::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_span_says_the_route_and_what_became_of_it() {
        let answered = Answered {
            method: "GET",
            route: Some("/api/v1/nests/{nest}"),
            status: 503,
            request_id: "req-1",
            parent: Parent::read(HEADER),
            began: WallTime::from_micros(1_000_000),
            took: Duration::from_micros(1_500),
        };
        let span = Span::of(&answered, 0xab, 0xcd);
        let json = span.json();
        assert_eq!(json["name"], "GET /api/v1/nests/{nest}");
        assert_eq!((&json["kind"], &json["status"]), (&json!(2), &json!({"code": 2})));
        assert_eq!(json["traceId"], "000000000000000000000000000000ab");
        assert_eq!(
            (&json["spanId"], &json["parentSpanId"]),
            (&json!("00000000000000cd"), &json!("00f067aa0ba902b7"))
        );
        assert_eq!(
            (&json["startTimeUnixNano"], &json["endTimeUnixNano"]),
            (&json!("1000000000"), &json!("1001500000"))
        );
        let said = json["attributes"].to_string();
        for word in ["\"http.route\"", "\"intValue\":\"503\"", "\"error.type\"", "\"req-1\""] {
            assert!(said.contains(word), "{word}: {said}");
        }
        let plain = Answered { method: "BREW", route: None, status: 404, parent: None, ..answered };
        let span = Span::of(&plain, 1, 2);
        assert_eq!(span.json()["name"], "HTTP");
        assert!(span.json()["parentSpanId"].is_null() && span.json()["status"].is_null());
        let said = span.json().to_string();
        assert!(said.contains("_OTHER") && !said.contains("BREW") && !said.contains("http.route"), "{said}");
    }
}
