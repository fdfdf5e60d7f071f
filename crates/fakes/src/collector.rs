//! A receiver of OTLP metrics and traces over HTTP, with JSON: it refuses what the specification forbids, and keeps what it
//! took.
//!
//! Source: OpenTelemetry Protocol Specification 1.x, its `metrics.proto` and its `trace.proto`.

use crate::faults::Fault;
use crate::server::{Reply, Request, Seen, Server, Service, lock};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// A running receiver.
pub struct FakeCollector {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    authorization: String,
    taken: Mutex<Vec<Value>>,
    traced: Mutex<Vec<Value>>,
    refused: Mutex<Vec<String>>,
    rejects: Mutex<u64>,
}

impl FakeCollector {
    /// Takes requests with this value of `Authorization` alone; empty: any.
    pub fn start(authorization: &str) -> Self {
        let shared = Arc::new(Shared { authorization: authorization.to_owned(), ..Shared::default() });
        Self { server: Server::start(Arc::clone(&shared) as Arc<dyn Service>), shared }
    }

    /// Its base address.
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// The next request goes wrong.
    pub fn fail(&self, fault: Fault) {
        self.server.fail("/", fault);
    }

    /// Says of every request from now on that so many of its points were not taken.
    pub fn reject(&self, points: u64) {
        *lock(&self.shared.rejects) = points;
    }

    /// How many of the requests that are to go wrong have not come yet.
    pub fn faults_left(&self) -> usize {
        self.server.faults_left()
    }

    /// The requests with spans that were taken.
    pub fn traces(&self) -> Vec<Value> {
        lock(&self.shared.traced).clone()
    }

    /// All spans that were taken.
    pub fn spans(&self) -> Vec<Value> {
        let spans = |traces: &Value| {
            let spans = traces.pointer("/resourceSpans/0/scopeSpans/0/spans").and_then(Value::as_array);
            spans.cloned().unwrap_or_default()
        };
        self.traces().iter().flat_map(spans).collect()
    }

    /// The requests with numbers that were taken.
    pub fn taken(&self) -> Vec<Value> {
        lock(&self.shared.taken).clone()
    }

    /// Why others were not.
    pub fn refused(&self) -> Vec<String> {
        lock(&self.shared.refused).clone()
    }

    /// Everything that was asked.
    pub fn seen(&self) -> Vec<Seen> {
        self.server.seen()
    }

    /// The newest value of a number, of all its series together.
    pub fn value(&self, name: &str) -> Option<f64> {
        let taken = self.taken();
        let metrics = taken.last()?.pointer("/resourceMetrics/0/scopeMetrics/0/metrics")?.as_array()?;
        let metric = metrics.iter().find(|metric| metric["name"] == name)?;
        let points = ["sum", "gauge"].iter().find_map(|field| metric[field]["dataPoints"].as_array())?;
        Some(points.iter().filter_map(|point| point["asDouble"].as_f64()).sum())
    }
}

impl Service for Shared {
    fn answer(&self, request: &Request) -> Reply {
        let refuse = |status: u16, why: String| {
            lock(&self.refused).push(why.clone());
            Reply::json(status, &json!({"code": 3, "message": why}))
        };
        let (check, taken): (fn(&Value) -> Checked, _) = match request.path.as_str() {
            "/v1/metrics" => (check, &self.taken),
            "/v1/traces" => (check_traces, &self.traced),
            other => return refuse(404, format!("nothing is at {other}")),
        };
        if request.method != "POST" {
            return refuse(405, request.method.clone());
        }
        if !self.authorization.is_empty() && request.header("authorization") != self.authorization {
            return refuse(401, "another token".to_owned());
        }
        if request.header("content-type") != "application/json" {
            return refuse(415, request.header("content-type").to_owned());
        }
        let body = serde_json::from_slice::<Value>(&request.body).map_err(|error| error.to_string());
        match body.and_then(|body| check(&body).map(|()| body)) {
            Ok(body) => lock(taken).push(body),
            Err(why) => return refuse(400, why),
        }
        let rejected = *lock(&self.rejects);
        let said =
            json!({"partialSuccess": {"rejectedDataPoints": rejected.to_string(), "errorMessage": "some"}});
        Reply::json(200, if rejected > 0 { &said } else { &Value::Null })
    }
}

type Checked = Result<(), String>;

fn check(body: &Value) -> Checked {
    for resource in list(body, "resourceMetrics")? {
        attributes(&resource["resource"])?;
        for scope in list(resource, "scopeMetrics")? {
            scope["scope"]["name"].as_str().ok_or("a scope without a name")?;
            let mut names = BTreeSet::new();
            for metric in list(scope, "metrics")? {
                let name = metric["name"]
                    .as_str()
                    .filter(|name| !name.is_empty())
                    .ok_or("a metric without a name")?;
                if !names.insert(name) {
                    return Err(format!("{name} twice"));
                }
                self::metric(metric).map_err(|why| format!("{name}: {why}"))?;
            }
        }
    }
    Ok(())
}

fn check_traces(body: &Value) -> Checked {
    let mut seen = BTreeSet::new();
    for resource in list(body, "resourceSpans")? {
        attributes(&resource["resource"])?;
        for scope in list(resource, "scopeSpans")? {
            scope["scope"]["name"].as_str().ok_or("a scope without a name")?;
            for span in list(scope, "spans")? {
                self::span(span)?;
                if !seen.insert((span["traceId"].to_string(), span["spanId"].to_string())) {
                    return Err(format!("{} twice", span["spanId"]));
                }
            }
        }
    }
    Ok(())
}

fn span(span: &Value) -> Checked {
    id(&span["traceId"], 32)?;
    id(&span["spanId"], 16)?;
    if !span["parentSpanId"].is_null() {
        id(&span["parentSpanId"], 16)?;
    }
    span["name"].as_str().filter(|name| !name.is_empty()).ok_or("a span without a name")?;
    if !span["kind"].as_u64().is_some_and(|kind| (1..=5).contains(&kind)) {
        return Err(format!("a span of the kind {}", span["kind"]));
    }
    let (start, end) = (whole(span, "startTimeUnixNano")?, whole(span, "endTimeUnixNano")?);
    if start == 0 || end < start {
        return Err(format!("a span from {start} to {end}"));
    }
    let code = &span["status"]["code"];
    if !code.is_null() && code.as_u64().is_none_or(|code| code > 2) {
        return Err(format!("a span with the status {code}"));
    }
    attributes(span)
}

/// Bytes in hexadecimal digits, not all 0.
fn id(id: &Value, digits: usize) -> Checked {
    let is_id = |text: &str| {
        text.len() == digits
            && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            && text.bytes().any(|byte| byte != b'0')
    };
    id.as_str().is_some_and(is_id).then_some(()).ok_or_else(|| format!("the id {id}"))
}

fn metric(metric: &Value) -> Checked {
    let kinds = ["sum", "gauge", "histogram", "summary"];
    let given: Vec<&str> = kinds.into_iter().filter(|kind| metric[kind].is_object()).collect();
    let [kind] = given.as_slice() else { return Err(format!("kinds {given:?}")) };
    let data = &metric[kind];
    if matches!(*kind, "sum" | "histogram") && data["aggregationTemporality"] != 2 {
        return Err(format!("temporality {}", data["aggregationTemporality"]));
    }
    let mut seen = BTreeSet::new();
    for point in list(data, "dataPoints")? {
        attributes(point)?;
        if !seen.insert(point["attributes"].to_string()) {
            return Err("one series twice".to_owned());
        }
        let at = whole(point, "timeUnixNano")?;
        if at == 0 || *kind != "gauge" && whole(point, "startTimeUnixNano")? > at {
            return Err(format!("at {at}"));
        }
        match *kind {
            "histogram" => histogram(point)?,
            "summary" => summary(point)?,
            _ => {
                let value = point["asDouble"].as_f64().ok_or("no value")?;
                if data["isMonotonic"] == true && value < 0.0 {
                    return Err(format!("a sum of {value}"));
                }
            }
        }
    }
    Ok(())
}

fn histogram(point: &Value) -> Checked {
    let bounds: Option<Vec<f64>> = list(point, "explicitBounds")?.iter().map(Value::as_f64).collect();
    let bounds = bounds.ok_or("a bound that is no number")?;
    let counts: Option<Vec<u64>> =
        list(point, "bucketCounts")?.iter().map(|count| count.as_str()?.parse().ok()).collect();
    let counts = counts.ok_or("a count that is no text of a whole number")?;
    if counts.len() != bounds.len() + 1 || !bounds.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(format!("{} counts for the bounds {bounds:?}", counts.len()));
    }
    let count = whole(point, "count")?;
    if counts.iter().sum::<u64>() != count || !point["sum"].is_f64() {
        return Err(format!("{counts:?} are {count}"));
    }
    Ok(())
}

fn summary(point: &Value) -> Checked {
    whole(point, "count")?;
    let is_quantile = |value: &Value| value["quantile"].as_f64().is_some_and(|at| (0.0..=1.0).contains(&at));
    if !list(point, "quantileValues")?.iter().all(is_quantile) {
        return Err(format!("quantiles {}", point["quantileValues"]));
    }
    Ok(())
}

fn attributes(of: &Value) -> Checked {
    let mut keys = BTreeSet::new();
    for attribute in list(of, "attributes")? {
        let key =
            attribute["key"].as_str().filter(|key| !key.is_empty()).ok_or("an attribute without a key")?;
        let value = &attribute["value"];
        let is_whole = value["intValue"].as_str().is_some_and(|text| text.parse::<i64>().is_ok());
        if !(value["stringValue"].is_string() || is_whole) || !keys.insert(key) {
            return Err(format!("the attribute {attribute}"));
        }
    }
    Ok(())
}

fn list<'a>(of: &'a Value, field: &str) -> Result<&'a Vec<Value>, String> {
    of[field].as_array().ok_or_else(|| format!("no {field}"))
}

/// A whole number of 64 bits, which JSON has as a text.
fn whole(of: &Value, field: &str) -> Result<u64, String> {
    let text = of[field].as_str().ok_or_else(|| format!("{field} is {}", of[field]))?;
    text.parse().map_err(|_| format!("{field} is {text}"))
}
