//! What is bad, written once: as Prometheus asks for it, and as it is asked of one process's own numbers.

use crate::message::span;
use crate::numbers::{Memory, Numbers, Sample};
use crate::rule::Rule;
use model::WallTime;
use std::time::Duration;

/// What the numbers of servers are called together at Prometheus.
const JOB: &str = "job=\"rookery\"";

/// How a number compares with its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Than {
    /// It is larger.
    Above,
    /// It is smaller.
    Below,
    /// It is the same.
    Is,
}

impl Than {
    const fn sign(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::Below => "<",
            Self::Is => "==",
        }
    }

    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Above => value > bound,
            Self::Below => value < bound,
            Self::Is => (value - bound).abs() < f64::EPSILON,
        }
    }
}

/// What is bad.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "a field is what its variant's sentence says")]
pub enum Condition {
    /// A number compares so with a bound; of each thing that it is told of.
    Level { number: &'static str, is: Than, bound: f64 },
    /// A number is not told at all.
    Absent { number: &'static str },
    /// A counter grew by more than this.
    Growth { number: &'static str, within: Duration, above: f64 },
    /// A number that can also fall rose by more than this.
    Change { number: &'static str, within: Duration, above: f64 },
    /// Of so many requests, more than this share were answered with a fault of ours.
    FailingShare { within: Duration, above: f64, of_at_least: f64 },
    /// Of so many requests, this part was faster than this, in seconds, and the others were not.
    Slow { quantile: f64, within: Duration, above: f64, of_at_least: f64 },
    /// A number is less than half of what it was, and was above this.
    Halved { number: &'static str, within: Duration, from_above: f64 },
    /// Of a certificate's life less than this part is left.
    LifeLeft { below: f64 },
    /// What a number says the beginning of, in seconds since 1970, is longer ago than this.
    Older { number: &'static str, than: Duration },
}

/// When certificates begin and end.
pub(crate) const CERTIFICATE: [&str; 2] = ["certificate_not_before_seconds", "certificate_not_after_seconds"];

impl Condition {
    /// As Prometheus asks for it.
    pub(crate) fn expression(&self, environment: Option<&str>) -> String {
        let labels =
            environment.map_or_else(|| JOB.to_owned(), |name| format!("{JOB},environment=\"{name}\""));
        let sum = |what: String| format!("sum by (environment) ({what})");
        match self {
            Self::Level { number, is, bound } => format!("{number}{{{labels}}} {} {bound}", is.sign()),
            Self::Absent { number } => format!("absent({number}{{{labels}}})"),
            Self::Growth { number, within, above } => {
                format!("increase({number}{{{labels}}}[{}]) > {above}", span(*within))
            }
            Self::Change { number, within, above } => {
                format!("delta({number}{{{labels}}}[{}]) > {above}", span(*within))
            }
            Self::FailingShare { within, above, of_at_least } => {
                let within = span(*within);
                let of = |labels: &str| sum(format!("rate(http_requests_total{{{labels}}}[{within}])"));
                let all = sum(format!("increase(http_requests_total{{{labels}}}[{within}])"));
                let failed = of(&format!("{labels},status=~\"5..\""));
                format!("{failed} / {} > {above} and {all} >= {of_at_least}", of(&labels))
            }
            Self::Slow { quantile, within, above, of_at_least } => {
                let within = span(*within);
                let buckets = format!(
                    "sum by (environment, le) (rate(http_request_seconds_bucket{{{labels}}}[{within}]))"
                );
                let all = format!("increase(http_request_seconds_bucket{{{labels},le=\"+Inf\"}}[{within}])");
                format!(
                    "histogram_quantile({quantile}, {buckets}) > {above} and {} >= {of_at_least}",
                    sum(all)
                )
            }
            Self::Halved { number, within, from_above } => {
                let now = sum(format!("{number}{{{labels}}}"));
                let before = sum(format!("{number}{{{labels}}} offset {}", span(*within)));
                format!("{now} < 0.5 * {before} and {before} > {from_above}")
            }
            Self::LifeLeft { below } => {
                let [begins, ends] = CERTIFICATE.map(|number| format!("{number}{{{labels}}}"));
                format!("({ends} - time()) / ({ends} - {begins}) < {below}")
            }
            Self::Older { number, than } => format!("time() - {number}{{{labels}}} > {}", than.as_secs()),
        }
    }

    /// As it is asked of a process's own numbers: each thing it can be said of, and what is bad about it.
    fn seen(&self, now: WallTime, numbers: &Numbers, memory: &Memory) -> Vec<(String, Option<String>)> {
        let bad = |is_bad: bool, value: String| is_bad.then_some(value);
        let one = |found: Option<String>| vec![(String::new(), found)];
        match self {
            Self::Level { number, is, bound } => {
                let of = |(about, value): (&str, f64)| {
                    (about.to_owned(), bad(is.holds(value, *bound), shown(number, value)))
                };
                numbers.series(number).map(of).collect()
            }
            Self::Absent { number } => {
                one(bad(numbers.series(number).next().is_none(), "it is not told".to_owned()))
            }
            Self::Growth { number, within, above } | Self::Change { number, within, above } => {
                let grown =
                    memory.over(*within).map_or(0.0, |(then, now)| now.sum(number) - then.sum(number));
                one(bad(grown > *above, format!("{grown:.0} in {}", span(*within))))
            }
            Self::FailingShare { within, above, of_at_least } => {
                let share = memory.over(*within).and_then(|(then, now)| failing(then, now, *of_at_least));
                let share = share.unwrap_or(0.0);
                one(bad(
                    share > *above,
                    format!("{:.1} % of the requests in {}", share * 100.0, span(*within)),
                ))
            }
            Self::Slow { quantile, within, above, of_at_least } => {
                let slowest = memory.over(*within).and_then(|(then, now)| {
                    let all = now.requests - then.requests;
                    (all >= *of_at_least)
                        .then(|| quantile_of(&then.buckets, &now.buckets, *quantile))
                        .flatten()
                });
                let slowest = slowest.unwrap_or(0.0);
                one(bad(slowest > *above, format!("{slowest:.2} s")))
            }
            Self::Halved { number, within, from_above } => {
                one(memory.since(*within).and_then(|(then, now)| {
                    let (then, now) = (then.sum(number), now.sum(number));
                    bad(then > *from_above && now < then / 2.0, format!("{now:.0}, and {then:.0} before"))
                }))
            }
            Self::LifeLeft { below } => life_left(now, numbers, *below),
            Self::Older { number, than } => {
                let of = |(about, since): (&str, f64)| {
                    let age = (now.micros() as f64 / 1_000_000.0 - since).max(0.0);
                    let age = Duration::from_secs(age as u64);
                    (about.to_owned(), bad(age > *than, format!("it is {} old", span(age))))
                };
                numbers.series(number).map(of).collect()
            }
        }
    }
}

/// What was looked at, and whether it is bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The rule's name.
    pub rule: &'static str,
    /// Of what: a disk, a certificate; empty where there is only one.
    pub about: String,
    /// How it is, if it is bad.
    pub bad: Option<String>,
}

/// Asks every rule of what is known now.
#[must_use]
pub fn look(rules: &[Rule], now: WallTime, numbers: &Numbers, memory: &Memory) -> Vec<Sighting> {
    let of = |rule: &Rule| {
        let name = rule.name;
        let seen = rule.condition.seen(now, numbers, memory).into_iter();
        seen.map(move |(about, bad)| Sighting { rule: name, about, bad }).collect::<Vec<_>>()
    };
    rules.iter().flat_map(of).collect()
}

/// A value, by its number's unit.
fn shown(number: &str, value: f64) -> String {
    if number.ends_with("_share") {
        format!("{:.1} %", value * 100.0)
    } else if number.ends_with("_bytes") {
        format!("{:.0} MiB", value / (1024.0 * 1024.0))
    } else if number.ends_with("_seconds") {
        span(Duration::from_secs(value.max(0.0) as u64))
    } else {
        format!("{value}")
    }
}

fn failing(then: &Sample, now: &Sample, of_at_least: f64) -> Option<f64> {
    let all = now.requests - then.requests;
    (all >= of_at_least).then(|| (now.failed - then.failed) / all)
}

/// The value below which this part lies, linear within its bucket as Prometheus takes it.
fn quantile_of(then: &[(f64, f64)], now: &[(f64, f64)], quantile: f64) -> Option<f64> {
    let before = |bound: f64| then.iter().find(|(le, _)| *le >= bound).map_or(0.0, |(_, count)| *count);
    let grown: Vec<(f64, f64)> = now.iter().map(|&(le, count)| (le, count - before(le))).collect();
    let all = grown.last()?.1;
    let wanted = all * quantile;
    let at = grown.iter().position(|&(_, count)| count >= wanted)?;
    let (low, below) = at.checked_sub(1).map_or((0.0, 0.0), |at| grown[at]);
    let (high, count) = grown[at];
    // Beyond the last bound nothing is known but that.
    let is_open = high.is_infinite() || count <= below;
    Some(if is_open { low } else { low + (high - low) * (wanted - below) / (count - below) })
}

fn life_left(now: WallTime, numbers: &Numbers, below: f64) -> Vec<(String, Option<String>)> {
    let [begins, ends] = CERTIFICATE;
    let now = now.micros() as f64 / 1_000_000.0;
    let of = |(name, end): (&str, f64)| {
        let (_, begin) = numbers.series(begins).find(|(other, _)| *other == name)?;
        let left = end - now;
        let is_old = left / (end - begin) < below;
        Some((
            name.to_owned(),
            is_old.then(|| format!("it ends in {}", span(Duration::from_secs(left.max(0.0) as u64)))),
        ))
    };
    numbers.series(ends).filter_map(of).collect()
}

#[cfg(test)]
mod tests;
