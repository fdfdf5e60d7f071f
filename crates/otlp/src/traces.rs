//! Which requests become spans, the bounded queue they wait in, and who takes them out. A request that is answered waits for
//! none of it; what does not fit is dropped, and counted.

use crate::encode::Resource;
use crate::span::{Answered, Span};
use crate::way::{Attempts, Error, Failed, Options, Pace, Way};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Spans that wait at most; a later one is dropped.
pub const SPANS_MAX: usize = 2_048;
/// Spans of one request to the receiver; so many are not waited for any longer.
const BATCH_MAX: usize = 512;
/// Failed requests that are kept beside those that are drawn, a minute.
const FAILED_PER_MINUTE_MAX: u32 = 60;
const MINUTE_US: i64 = 60_000_000;

/// Where spans of requests are put. Clones share one queue.
#[derive(Clone, Debug)]
pub struct Traces(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ratio: f64,
    queue: Mutex<Queue>,
    is_full: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    spans: VecDeque<Span>,
    /// The minute that is counted, and how many failed ones were kept in it.
    minute: i64,
    failed: u32,
}

impl Traces {
    /// Keeps this part of all requests, between 0 and 1.
    #[must_use]
    pub fn new(ratio: f64) -> Self {
        Self(Arc::new(Shared { ratio, queue: Mutex::default(), is_full: Notify::new() }))
    }

    /// Keeps a request, or does not. `chance` is asked for a number to decide by, unless the request belongs to something,
    /// and for the rest of its ids once it is kept.
    pub fn record(&self, answered: &Answered<'_>, mut chance: impl FnMut() -> u64) {
        let low = answered.parent.map_or_else(&mut chance, |parent| parent.trace as u64);
        let is_drawn = answered.parent.is_none_or(|parent| parent.is_sampled) && self.draws(low);
        let takes_failed = || answered.has_failed() && self.queue().takes_failed(answered.began.micros());
        if !(is_drawn || takes_failed()) {
            return;
        }
        let drawn = |high: u64| (u128::from(high) << 64) | u128::from(low);
        let trace = answered.parent.map_or_else(|| drawn(chance()), |parent| parent.trace).max(1);
        let span = Span::of(answered, trace, chance().max(1));
        let mut queue = self.queue();
        if queue.spans.len() >= SPANS_MAX {
            drop(queue);
            count("dropped", 1);
            return;
        }
        queue.spans.push_back(span);
        let is_enough = queue.spans.len() >= BATCH_MAX;
        drop(queue);
        if is_enough {
            self.0.is_full.notify_one();
        }
    }

    /// By the trace alone, so that all who take part in it and keep the same part decide alike: of its last 56 bits, which
    /// are those that are random in every trace.
    fn draws(&self, trace_low: u64) -> bool {
        if self.0.ratio >= 1.0 {
            return true;
        }
        let bits = trace_low & ((1 << 56) - 1);
        (bits as f64) < self.0.ratio * (1_u64 << 56) as f64
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Span> {
        let mut queue = self.queue();
        let count = queue.spans.len().min(BATCH_MAX);
        queue.spans.drain(..count).collect()
    }

    /// What could not be sent waits again, before the others, as far as there is room.
    fn put_back(&self, spans: Vec<Span>) {
        let mut queue = self.queue();
        let room = SPANS_MAX.saturating_sub(queue.spans.len());
        let dropped = spans.len().saturating_sub(room);
        spans.into_iter().skip(dropped).rev().for_each(|span| queue.spans.push_front(span));
        drop(queue);
        count("dropped", dropped as u64);
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.queue().spans.len()
    }
}

impl Queue {
    fn takes_failed(&mut self, at_us: i64) -> bool {
        let minute = at_us.div_euclid(MINUTE_US);
        if minute != self.minute {
            (self.minute, self.failed) = (minute, 0);
        }
        self.failed += 1;
        self.failed <= FAILED_PER_MINUTE_MAX
    }
}

/// Sends what waits.
#[derive(Debug)]
pub struct Sender {
    way: Way,
    traces: Traces,
    resource: Resource,
}

impl Sender {
    /// Of these spans.
    ///
    /// # Errors
    /// [`Error`] for settings that cannot be used.
    pub fn new(options: Options, traces: Traces) -> Result<Self, Error> {
        Ok(Self { way: Way::new(&options, "traces")?, traces, resource: options.resource })
    }

    /// Where requests are put.
    #[must_use]
    pub fn traces(&self) -> Traces {
        self.traces.clone()
    }

    /// Sends, every while and whenever there are many, until `stopping` resolves.
    pub async fn run(&self, pace: Pace, stopping: impl Future<Output = ()>) {
        let mut stopping = std::pin::pin!(stopping);
        let mut attempts = Attempts::new("spans", pace);
        let mut wait = pace.every;
        loop {
            tokio::select! {
                () = &mut stopping => return,
                () = tokio::time::sleep(wait) => {}
                // While nothing arrives nobody is asked sooner.
                () = self.traces.0.is_full.notified(), if !attempts.has_failed() => {}
            }
            let outcome = tokio::select! {
                () = &mut stopping => return,
                outcome = self.send_all() => outcome,
            };
            wait = attempts.ended(outcome);
        }
    }

    /// Sends what is left, at the end, and not for longer than this. What does not arrive then is dropped.
    pub async fn flush(&self, within: Duration) {
        let ended = tokio::time::timeout(within, self.send_all()).await;
        if !matches!(ended, Ok(Ok(()))) {
            let left = self.traces.queue().spans.drain(..).count();
            count("dropped", left as u64);
            tracing::debug!(left, "spans were not sent before the end");
        }
    }

    /// Batch by batch until nothing waits. What is being sent is still in the queue's care: whoever stops waiting loses none.
    async fn send_all(&self) -> Result<(), Failed> {
        loop {
            let mut batch = Batch { traces: &self.traces, spans: self.traces.take() };
            if batch.spans.is_empty() {
                return Ok(());
            }
            let sent = batch.spans.len() as u64;
            match self.way.send(&self.encoded(&batch.spans), "rejectedSpans").await {
                Ok(rejected) => {
                    batch.spans.clear();
                    count("rejected", rejected.min(sent));
                    count("taken", sent - rejected.min(sent));
                }
                // The same again would be refused again.
                Err(error @ Failed::Refused(_)) => {
                    batch.spans.clear();
                    count("dropped", sent);
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn encoded(&self, spans: &[Span]) -> Value {
        let spans: Vec<&Value> = spans.iter().map(Span::json).collect();
        json!({"resourceSpans": [{
            "resource": {"attributes": self.resource.attributes()},
            "scopeSpans": [{"scope": self.resource.scope(), "spans": spans}],
        }]})
    }
}

/// Spans on their way. Those that are still there when this is dropped wait again.
struct Batch<'a> {
    traces: &'a Traces,
    spans: Vec<Span>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if !self.spans.is_empty() {
            self.traces.put_back(std::mem::take(&mut self.spans));
        }
    }
}

fn count(outcome: &'static str, spans: u64) {
    if spans > 0 {
        metrics::counter!("otlp_spans_total", "outcome" => outcome).increment(spans);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Parent;
    use model::WallTime;

    /// Numbers in the order in which they are asked for: the trace's lower half, its upper half, the span's own.
    fn chance<const COUNT: usize>(numbers: [u64; COUNT]) -> impl FnMut() -> u64 {
        let mut numbers = numbers.into_iter();
        move || numbers.next().unwrap()
    }

    fn answered(status: u16, parent: Option<&str>) -> Answered<'static> {
        Answered {
            method: "GET",
            route: Some("/"),
            status,
            request_id: "r",
            parent: parent.and_then(Parent::read),
            began: WallTime::from_micros(0),
            took: Duration::from_millis(1),
        }
    }

    #[test]
    fn a_part_of_the_requests_is_kept_by_their_traces() {
        let traces = Traces::new(0.25);
        let step = 1 << 50;
        // 64 traces, evenly over what is random in them.
        (0..64).for_each(|number| traces.record(&answered(200, None), chance([number * step, 7, 1])));
        assert_eq!(traces.len(), 16);
        let (none, all) = (Traces::new(0.0), Traces::new(1.0));
        for traces in [&none, &all] {
            traces.record(&answered(200, None), chance([0, 0, 0]));
            traces.record(&answered(200, None), chance([u64::MAX; 3]));
        }
        assert_eq!((none.len(), all.len()), (0, 2));
        let ids = all.take()[0].json().clone();
        assert!(
            ids["traceId"].as_str().unwrap().ends_with('1') && ids["spanId"].as_str().unwrap().ends_with('1')
        );
        // Whoever passed it on keeps none of this trace: neither do we.
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0";
        all.record(&answered(200, Some(&format!("{header}0"))), chance([]));
        assert_eq!(all.len(), 0);
        all.record(&answered(200, Some(&format!("{header}1"))), chance([1]));
        let of = all.take().pop().unwrap();
        assert_eq!(of.json()["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn what_failed_is_kept_whatever_is_drawn_and_not_without_end() {
        let traces = Traces::new(0.0);
        let at = |minute: i64| Answered {
            began: WallTime::from_micros(minute * MINUTE_US),
            ..answered(500, None)
        };
        (0..100).for_each(|_| traces.record(&at(0), chance([1; 3])));
        assert_eq!(traces.len(), 60);
        (0..100).for_each(|_| traces.record(&at(1), chance([1; 3])));
        assert_eq!(traces.len(), 120);
        // To decide it takes one number, and no more for what is not kept.
        traces.record(&answered(404, None), chance([1]));
        assert_eq!(traces.len(), 120);
    }

    #[test]
    fn the_queue_has_an_end_and_what_comes_back_does_not_push_out_what_is_new() {
        let traces = Traces::new(1.0);
        (0..SPANS_MAX + 10)
            .for_each(|number| traces.record(&answered(200, None), chance([1, 1, number as u64 + 1])));
        assert_eq!(traces.len(), SPANS_MAX);
        let batch = traces.take();
        assert_eq!((batch.len(), traces.len()), (BATCH_MAX, SPANS_MAX - BATCH_MAX));
        (0..10).for_each(|_| traces.record(&answered(200, None), chance([1, 1, 9])));
        let last = batch.last().unwrap().clone();
        traces.put_back(batch);
        assert_eq!(traces.len(), SPANS_MAX);
        // Its first ten had no room any more; its last stands before the others.
        assert_eq!(traces.take()[BATCH_MAX - 11], last);
    }
}
