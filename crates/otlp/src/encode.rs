//! Numbers as OTLP's JSON has them: whole numbers of 64 bits as texts, names in lower camel case, enumerations as numbers.

use crate::POINTS_MAX;
use crate::read::{Family, Kind, Labels, Spread};
use model::WallTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// `AGGREGATION_TEMPORALITY_CUMULATIVE`: everything since the start.
const CUMULATIVE: u8 = 2;
/// The longest text of a label that is sent, in letters.
const TEXT_CHARS_MAX: usize = 256;

/// Whose numbers they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// `deployment.environment.name`.
    pub environment: String,
    /// `service.version`.
    pub version: String,
    /// `service.instance.id`: which process, among several of one service.
    pub instance: String,
}

impl Resource {
    /// As attributes.
    pub(crate) fn attributes(&self) -> Vec<Value> {
        let about = [
            ("service.name", "rookery"),
            ("service.version", &self.version),
            ("service.instance.id", &self.instance),
            ("deployment.environment.name", &self.environment),
        ];
        about.map(|(key, value)| attribute(key, value)).into()
    }

    /// What counts and times.
    pub(crate) fn scope(&self) -> Value {
        json!({"name": "rookery", "version": self.version})
    }
}

/// What is sent, and how much.
pub(crate) struct Encoded {
    pub(crate) body: Value,
    pub(crate) points: usize,
    pub(crate) left_out: usize,
}

/// Over which time the numbers are counted.
#[derive(Clone, Copy)]
struct Span {
    start: WallTime,
    now: WallTime,
}

/// One request with everything.
pub(crate) fn encode(
    families: &BTreeMap<String, Family>,
    resource: &Resource,
    start: WallTime,
    now: WallTime,
) -> Encoded {
    let span = Span { start, now };
    let (mut metrics, mut points, mut left_out) = (Vec::new(), 0, 0);
    for (name, family) in families {
        let (field, mut data) = data(family, span);
        left_out += data.len();
        data.truncate(POINTS_MAX - points);
        left_out -= data.len();
        points += data.len();
        if data.is_empty() {
            continue;
        }
        let mut body = json!({"dataPoints": data});
        if matches!(field, "sum" | "histogram") {
            body["aggregationTemporality"] = CUMULATIVE.into();
        }
        if field == "sum" {
            body["isMonotonic"] = true.into();
        }
        let mut metric = json!({"name": name});
        metric[field] = body;
        metrics.push(metric);
    }
    let body = json!({"resourceMetrics": [{
        "resource": {"attributes": resource.attributes()},
        "scopeMetrics": [{"scope": resource.scope(), "metrics": metrics}],
    }]});
    Encoded { body, points, left_out }
}

/// The field that holds a family, and its points.
fn data(family: &Family, span: Span) -> (&'static str, Vec<Value>) {
    let field = match family.kind {
        Kind::Counter => "sum",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
    };
    let numbers = family.values.iter().filter(|(_, value)| value.is_finite());
    let numbers = numbers.map(|(labels, value)| {
        let mut point = point(labels, span, family.kind != Kind::Gauge);
        point["asDouble"] = json!(value);
        point
    });
    let spreads = family.spreads.iter().filter(|(_, spread)| spread.sum.is_finite());
    let spreads = spreads.filter_map(|(labels, spread)| {
        let mut point = point(labels, span, true);
        point["count"] = whole(spread.count).into();
        point["sum"] = json!(spread.sum);
        if family.kind == Kind::Histogram {
            let (bounds, counts) = buckets(spread)?;
            point["explicitBounds"] = json!(bounds);
            point["bucketCounts"] = json!(counts);
        } else {
            let finite = spread.parts.iter().filter(|(_, value)| value.is_finite());
            let values = finite.map(|(quantile, value)| json!({"quantile": quantile, "value": value}));
            point["quantileValues"] = values.collect();
        }
        Some(point)
    });
    (field, numbers.chain(spreads).collect())
}

fn point(labels: &Labels, span: Span, has_start: bool) -> Value {
    let attributes: Vec<Value> = labels.iter().map(|(key, value)| attribute(key, value)).collect();
    let mut point = json!({"attributes": attributes, "timeUnixNano": nanos(span.now)});
    if has_start {
        point["startTimeUnixNano"] = nanos(span.start).into();
    }
    point
}

/// Bounds without the last, which is infinite, and how many lie between each two. `None`: they do not rise, so somebody
/// counted while they were read; they are whole the next time.
fn buckets(spread: &Spread) -> Option<(Vec<f64>, Vec<String>)> {
    let (mut bounds, mut counts, mut below) = (Vec::new(), Vec::new(), 0.0);
    for (bound, at_most) in &spread.parts {
        if *at_most < below {
            return None;
        }
        counts.push(whole(at_most - below));
        below = *at_most;
        if bound.is_finite() {
            bounds.push(*bound);
        }
    }
    let is_whole = counts.len() == bounds.len() + 1
        && below == spread.count
        && bounds.windows(2).all(|pair| pair[0] < pair[1]);
    is_whole.then_some((bounds, counts))
}

pub(crate) fn attribute(key: &str, value: &str) -> Value {
    let value: String = value.chars().take(TEXT_CHARS_MAX).collect();
    json!({"key": key, "value": {"stringValue": value}})
}

pub(crate) fn nanos(at: WallTime) -> String {
    (i128::from(at.micros().max(0)) * 1_000).to_string()
}

fn whole(count: f64) -> String {
    format!("{:.0}", count.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::families;

    fn encoded(text: &str) -> Encoded {
        let at = WallTime::from_micros;
        let resource = Resource { environment: "beta".into(), version: "1".into(), instance: "i".into() };
        encode(&families(text), &resource, at(1_000_000), at(2_500_001))
    }

    #[test]
    fn numbers_are_written_as_the_protocol_has_them() {
        let text = "# TYPE a counter\na{x=\"1\"} 3\n# TYPE g gauge\ng -1.5\ng_bad NaN\n# TYPE t histogram\n\
            t_bucket{le=\"0.5\"} 2\nt_bucket{le=\"1\"} 2\nt_bucket{le=\"+Inf\"} 3\nt_sum 1.5\nt_count 3\n";
        let Encoded { body, points, left_out } = encoded(text);
        assert_eq!((points, left_out), (3, 0), "what is no number is left out");
        let resource = &body["resourceMetrics"][0]["resource"]["attributes"];
        assert_eq!(
            resource[3],
            json!({"key": "deployment.environment.name", "value": {"stringValue": "beta"}})
        );
        let metrics = &body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
        let (start, now) = ("1000000000", "2500001000");
        assert_eq!(
            metrics[0],
            json!({"name": "a", "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [{
                "attributes": [{"key": "x", "value": {"stringValue": "1"}}],
                "startTimeUnixNano": start, "timeUnixNano": now, "asDouble": 3.0}]}})
        );
        assert_eq!(
            metrics[1],
            json!({"name": "g", "gauge": {"dataPoints": [{"attributes": [], "timeUnixNano": now, "asDouble": -1.5}]}})
        );
        let point = &metrics[2]["histogram"]["dataPoints"][0];
        assert_eq!(
            (&point["explicitBounds"], &point["bucketCounts"]),
            (&json!([0.5, 1.0]), &json!(["2", "0", "1"]))
        );
        assert_eq!((&point["count"], &point["sum"]), (&json!("3"), &json!(1.5)));
    }

    #[test]
    fn buckets_that_changed_while_they_were_read_wait_for_the_next_time() {
        for text in [
            "t_bucket{le=\"0.5\"} 2\nt_bucket{le=\"+Inf\"} 3\nt_sum 1\nt_count 4\n",
            "t_bucket{le=\"0.5\"} 3\nt_bucket{le=\"+Inf\"} 2\nt_sum 1\nt_count 2\n",
            "t_bucket{le=\"0.5\"} 2\nt_sum 1\nt_count 2\n",
        ] {
            assert_eq!(encoded(&format!("# TYPE t histogram\n{text}")).points, 0, "{text}");
        }
    }

    #[test]
    fn more_points_than_are_sent_are_left_out_and_counted() {
        let mut text = "# TYPE a counter\n".to_owned();
        (0..POINTS_MAX + 7).for_each(|number| text.push_str(&format!("a{{x=\"{number}\"}} 1\n")));
        text.push_str("# TYPE b counter\nb 1\n");
        let Encoded { body, points, left_out } = encoded(&text);
        assert_eq!((points, left_out), (POINTS_MAX, 8));
        let metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap();
        assert_eq!(metrics.len(), 1);
        assert_eq!(metrics[0]["sum"]["dataPoints"].as_array().unwrap().len(), POINTS_MAX);
    }
}
