//! A process's own numbers, read as it tells them to Prometheus: what they are now, and what those were a while ago that
//! rules compare with now.

use crate::condition::{CERTIFICATE, Condition};
use crate::rule::Rule;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

const REQUESTS: &str = "http_requests_total";
const BUCKETS: &str = "http_request_seconds_bucket";
/// Series of one number that are kept; a number that is told of more things than this is not one that rules ask for.
const SERIES_MAX: usize = 200;
/// Samples that are kept, whatever the rules ask for.
const SAMPLES_MAX: usize = 1_000;

/// What the numbers are now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// By name, each with what it is told of.
    series: BTreeMap<&'static str, Vec<(String, f64)>>,
    sample: Sample,
}

/// What is remembered of a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    pub(crate) requests: f64,
    pub(crate) failed: f64,
    /// Requests at most this slow, by bound.
    pub(crate) buckets: Vec<(f64, f64)>,
    sums: BTreeMap<&'static str, f64>,
}

impl Sample {
    /// A number, of all things it is told of together; 0 if it is not told, as counters are not before they count.
    pub(crate) fn sum(&self, number: &str) -> f64 {
        self.sums.get(number).copied().unwrap_or(0.0)
    }
}

impl Numbers {
    /// Reads what these rules ask for out of the text for Prometheus (text format 0.0.4).
    #[must_use]
    pub fn read(rules: &[Rule], text: &str) -> Self {
        let mut wanted = BTreeSet::new();
        let mut summed = BTreeSet::new();
        for rule in rules {
            match rule.condition {
                Condition::Level { number, .. }
                | Condition::Absent { number }
                | Condition::Older { number, .. } => {
                    wanted.insert(number);
                }
                Condition::Growth { number, .. }
                | Condition::Change { number, .. }
                | Condition::Halved { number, .. } => {
                    summed.insert(number);
                }
                Condition::LifeLeft { .. } => wanted.extend(CERTIFICATE),
                Condition::FailingShare { .. } | Condition::Slow { .. } => {}
            }
        }
        let mut numbers = Self::default();
        let mut buckets = BTreeMap::<u64, (f64, f64)>::new();
        for (name, labels, value) in text.lines().filter_map(line) {
            if name == REQUESTS {
                numbers.sample.requests += value;
                let is_ours = label(labels, "status").is_some_and(|status| status.starts_with('5'));
                numbers.sample.failed += if is_ours { value } else { 0.0 };
            } else if name == BUCKETS
                && let Some(bound) = label(labels, "le").and_then(|le| le.parse::<f64>().ok())
            {
                // Bounds are not negative: their bits are in their order.
                buckets.entry(bound.to_bits()).or_insert((bound, 0.0)).1 += value;
            }
            if let Some(name) = summed.get(name) {
                *numbers.sample.sums.entry(name).or_default() += value;
            }
            if let Some(name) = wanted.get(name) {
                numbers.add(name, values(labels), value);
            }
        }
        numbers.sample.buckets = buckets.into_values().collect();
        numbers
    }

    fn add(&mut self, name: &'static str, about: String, value: f64) {
        let series = self.series.entry(name).or_default();
        if series.len() < SERIES_MAX {
            series.push((about, value));
        }
    }

    /// Says what a number is, of each thing, whatever the text said: for whoever measures it.
    pub fn set(&mut self, name: &'static str, values: impl IntoIterator<Item = (String, f64)>) {
        self.series.remove(name);
        for (about, value) in values {
            self.add(name, about, value);
        }
    }

    /// What a number is, for each thing it is told of.
    pub fn series(&self, number: &str) -> impl Iterator<Item = (&str, f64)> {
        self.series.get(number).into_iter().flatten().map(|(about, value)| (about.as_str(), *value))
    }
}

/// What the numbers were, as far back as rules ask.
#[derive(Debug)]
pub struct Memory {
    samples: VecDeque<(Duration, Sample)>,
    reach: Duration,
}

impl Memory {
    /// Nothing yet.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        let reach = rules.iter().map(|rule| match rule.condition {
            Condition::Growth { within, .. }
            | Condition::Change { within, .. }
            | Condition::FailingShare { within, .. }
            | Condition::Slow { within, .. }
            | Condition::Halved { within, .. } => within,
            Condition::Level { .. }
            | Condition::Absent { .. }
            | Condition::LifeLeft { .. }
            | Condition::Older { .. } => Duration::ZERO,
        });
        Self { samples: VecDeque::new(), reach: reach.max().unwrap_or_default() }
    }

    /// Remembers what they are. `at` is monotonic, counted from wherever: what was noted later than this is forgotten.
    pub fn note(&mut self, at: Duration, numbers: &Numbers) {
        while self.samples.back().is_some_and(|(last, _)| *last >= at) {
            self.samples.pop_back();
        }
        self.samples.push_back((at, numbers.sample.clone()));
        let from = at.saturating_sub(self.reach);
        // The one before the reach is what those within it are compared with.
        while self.samples.get(1).is_some_and(|(second, _)| *second <= from)
            || self.samples.len() > SAMPLES_MAX
        {
            self.samples.pop_front();
        }
    }

    /// What was this long ago, or at the beginning, and what is now. `None`: there is only now.
    pub(crate) fn over(&self, within: Duration) -> Option<(&Sample, &Sample)> {
        self.since(within).or_else(|| {
            let (first, last) = (self.samples.front()?, self.samples.back()?);
            (first.0 < last.0).then_some((&first.1, &last.1))
        })
    }

    /// What was this long ago, and what is now. `None`: nobody looked then.
    pub(crate) fn since(&self, within: Duration) -> Option<(&Sample, &Sample)> {
        let (now, last) = self.samples.back()?;
        let from = now.checked_sub(within)?;
        let then = self.samples.iter().rev().find(|(at, _)| *at <= from)?;
        Some((&then.1, last))
    }
}

/// One line: name, what stands in the braces, value.
fn line(text: &str) -> Option<(&str, &str, f64)> {
    if text.starts_with('#') {
        return None;
    }
    let (name_and_labels, value) = text.rsplit_once(' ')?;
    let (name, labels) = match name_and_labels.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}')?),
        None => (name_and_labels, ""),
    };
    Some((name, labels, value.parse().ok()?))
}

/// The labels of a series, name and value; with what is escaped in them.
fn labels(mut text: &str) -> impl Iterator<Item = (&str, String)> {
    std::iter::from_fn(move || {
        let (name, rest) = text.trim_start_matches(',').split_once("=\"")?;
        let mut value = String::new();
        let mut characters = rest.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    text = &rest[at + 1..];
                    return Some((name, value));
                }
                '\\' => match characters.next()?.1 {
                    'n' => value.push('\n'),
                    other => value.push(other),
                },
                other => value.push(other),
            }
        }
        None
    })
}

fn label(text: &str, wanted: &str) -> Option<String> {
    labels(text).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

fn values(text: &str) -> String {
    labels(text).map(|(_, value)| value).collect::<Vec<_>>().join(", ")
}
