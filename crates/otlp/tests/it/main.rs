//! Numbers on their way to a real receiver, which refuses what the protocol forbids, is slow, busy, or away.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use fakes::{FakeCollector, Fault};
use model::{Clock, ServerInstant, WallTime};
use otlp::{
    Answered, Delivered, Exporter, Failed, Options, Pace, Parent, Resource, SPANS_MAX, Sender, Traces,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

const TEXT: &str = "# TYPE http_requests_total counter\nhttp_requests_total{route=\"/\",status=\"200\"} 41\n\
    http_requests_total{route=\"/\",status=\"500\"} 1\n# TYPE sockets gauge\nsockets 3\n\
    # TYPE http_request_seconds histogram\nhttp_request_seconds_bucket{le=\"0.1\"} 40\n\
    http_request_seconds_bucket{le=\"+Inf\"} 42\nhttp_request_seconds_sum 1.5\nhttp_request_seconds_count 42\n";
const NOW: WallTime = WallTime::from_micros(1_795_295_220_000_000);

fn options(endpoint: &str, token: Option<&str>) -> Options {
    let resource = Resource { environment: "staging".into(), version: "1.2.3".into(), instance: "a".into() };
    Options { endpoint: endpoint.into(), token: token.map(str::to_owned), resource }
}

fn exporter(endpoint: &str, token: Option<&str>) -> Exporter {
    Exporter::new(options(endpoint, token), WallTime::from_micros(NOW.micros() - 60_000_000)).unwrap()
}

/// Numbers in the order in which they are asked for: the trace's lower half, its upper half, the span's own.
fn chance<const COUNT: usize>(numbers: [u64; COUNT]) -> impl FnMut() -> u64 {
    let mut numbers = numbers.into_iter();
    move || numbers.next().unwrap()
}

/// What sends the spans of so many requests.
fn sender(endpoint: &str, count: u64) -> Sender {
    let traces = Traces::new(1.0);
    (0..count).for_each(|number| traces.record(&answered(None), chance([number, 7, number + 1])));
    Sender::new(options(endpoint, None), traces).unwrap()
}

fn answered(parent: Option<Parent>) -> Answered<'static> {
    let (route, took) = (Some("/api/v1/nests/{nest}"), Duration::from_millis(3));
    Answered { method: "GET", route, status: 200, request_id: "r-1", parent, began: NOW, took }
}

/// Until so many spans are taken.
async fn until_taken(collector: &FakeCollector, count: usize) {
    while collector.spans().len() < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_receiver_takes_what_is_sent_with_its_token_and_the_environment() {
    let collector = FakeCollector::start("Bearer secret");
    let sent = exporter(&collector.origin(), Some("Bearer secret")).push(TEXT, NOW).await;
    assert_eq!(sent, Ok(Delivered { taken: 4, rejected: 0, left_out: 0 }), "{:?}", collector.refused());
    assert_eq!((collector.value("http_requests_total"), collector.value("sockets")), (Some(42.0), Some(3.0)));
    let said = collector.taken()[0].to_string();
    assert!(said.contains("deployment.environment.name") && said.contains("staging"), "{said}");

    let sent = exporter(&collector.origin(), Some("Bearer other")).push(TEXT, NOW).await;
    assert_eq!(sent, Err(Failed::Refused(401)));
    collector.reject(3);
    let sent = exporter(&collector.origin(), Some("Bearer secret")).push(TEXT, NOW).await;
    assert_eq!(sent, Ok(Delivered { taken: 1, rejected: 3, left_out: 0 }), "it says what it did not take");
}

#[tokio::test]
async fn a_receiver_that_is_busy_broken_or_gone_costs_one_answer_and_nobody_is_led_elsewhere() {
    let collector = FakeCollector::start("");
    let exporter = exporter(&collector.origin(), None);
    collector.fail(Fault::TooMany { retry_after: Some(7) });
    assert_eq!(exporter.push(TEXT, NOW).await, Err(Failed::Later(Some(Duration::from_secs(7)))));
    collector.fail(Fault::Status(503));
    assert_eq!(exporter.push(TEXT, NOW).await, Err(Failed::Later(None)));
    collector.fail(Fault::Status(400));
    assert_eq!(exporter.push(TEXT, NOW).await, Err(Failed::Refused(400)));
    let other = FakeCollector::start("");
    collector.fail(Fault::Redirect(format!("{}/v1/metrics", other.origin())));
    assert_eq!(exporter.push(TEXT, NOW).await, Err(Failed::Refused(302)));
    assert!(other.seen().is_empty());
    for fault in [Fault::Garbage, Fault::Huge(1 << 20)] {
        collector.fail(fault);
        assert_eq!(exporter.push(TEXT, NOW).await.unwrap().taken, 4, "200 is 200, whatever the body");
    }
    drop(collector);
    assert!(matches!(exporter.push(TEXT, NOW).await, Err(Failed::Away(_))));
}

/// Stands still.
struct Still;

impl Clock for Still {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(0)
    }

    fn wall(&self) -> WallTime {
        NOW
    }
}

#[tokio::test]
async fn numbers_are_sent_again_and_again_and_the_newest_make_up_for_those_that_were_lost() {
    let collector = FakeCollector::start("");
    (0..2).for_each(|_| collector.fail(Fault::Status(502)));
    let exporter = exporter(&collector.origin(), None);
    let counted = AtomicU64::new(0);
    let render = || {
        let count = counted.fetch_add(1, Ordering::SeqCst) + 1;
        format!("# TYPE rows_total counter\nrows_total {count}\n")
    };
    let pace = Pace { every: Duration::from_millis(1), longest: Duration::from_millis(2) };
    let (stop, stopped) = oneshot::channel::<()>();
    let wait = async {
        while collector.taken().len() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.send(()).unwrap();
    };
    let stopping = async {
        let _ = stopped.await;
    };
    tokio::join!(exporter.run(render, &Still, pace, stopping), wait);
    let first = &collector.taken()[0];
    let point = &first["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["sum"]["dataPoints"][0];
    assert_eq!(point["asDouble"], 3.0, "two were lost, and the third has them in it");
}

#[tokio::test]
async fn whoever_waits_for_a_slow_receiver_can_be_ended_at_once() {
    let collector = FakeCollector::start("");
    collector.fail(Fault::Slow(Duration::from_secs(30)));
    let exporter = exporter(&collector.origin(), None);
    let (stop, stopped) = oneshot::channel::<()>();
    let run = exporter.run(|| TEXT.to_owned(), &Still, Pace::SERVING, async {
        let _ = stopped.await;
    });
    let mut run = std::pin::pin!(run);
    tokio::select! {
        () = &mut run => panic!("it ended by itself"),
        () = tokio::time::sleep(Duration::from_millis(50)) => {}
    }
    stop.send(()).unwrap();
    run.await;
}

#[tokio::test]
async fn spans_arrive_with_the_environment_and_what_they_belong_to() {
    let collector = FakeCollector::start("Bearer secret");
    let traces = Traces::new(1.0);
    let sender = Sender::new(options(&collector.origin(), Some("Bearer secret")), traces.clone()).unwrap();
    let parent = Parent::read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    traces.record(&answered(parent), chance([3]));
    traces.record(&answered(None), chance([2, 1, 4]));
    sender.flush(Duration::from_secs(60)).await;
    assert_eq!(collector.refused(), Vec::<String>::new());
    let spans = collector.spans();
    assert_eq!(spans[0]["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(spans[1]["traceId"], "00000000000000010000000000000002");
    let said = collector.traces()[0].to_string();
    for word in
        ["deployment.environment.name", "staging", "service.version", "1.2.3", "GET /api/v1/nests/{nest}"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    // Nothing waits, so nothing is sent.
    sender.flush(Duration::from_secs(60)).await;
    assert_eq!(collector.traces().len(), 1);
}

#[tokio::test]
async fn spans_that_do_not_arrive_wait_and_those_that_are_refused_do_not() {
    let collector = FakeCollector::start("");
    (0..2).for_each(|_| collector.fail(Fault::Status(503)));
    let sender = sender(&collector.origin(), 1_000);
    let pace = Pace { every: Duration::from_millis(1), longest: Duration::from_millis(2) };
    let (stop, stopped) = oneshot::channel::<()>();
    let stopping = async {
        let _ = stopped.await;
    };
    let wait = async {
        until_taken(&collector, 1_000).await;
        collector.fail(Fault::Status(400));
        sender.traces().record(&answered(None), chance([8; 3]));
        while collector.seen().iter().all(|seen| seen.status != 400) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sender.traces().record(&answered(None), chance([9; 3]));
        until_taken(&collector, 1_001).await;
        stop.send(()).unwrap();
    };
    tokio::join!(sender.run(pace, stopping), wait);
    let spans = collector.spans();
    assert_eq!(spans.len(), 1_001, "each once, and the one that was refused never");
    assert_eq!(spans[1_000]["spanId"], "0000000000000009");
    assert_eq!(collector.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_waits_for_a_slow_receiver_of_spans_can_be_ended_and_sends_them_at_the_end() {
    let collector = FakeCollector::start("");
    collector.fail(Fault::Slow(Duration::from_secs(30)));
    let sender = sender(&collector.origin(), SPANS_MAX as u64);
    let stopping = async {
        while collector.faults_left() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    sender.run(Pace { every: Duration::from_millis(1), longest: Duration::from_secs(1) }, stopping).await;
    sender.flush(Duration::from_secs(60)).await;
    assert_eq!(collector.spans().len(), SPANS_MAX, "in four requests: {}", collector.traces().len());
    // A receiver that is away at the end costs no more than what was agreed.
    sender.traces().record(&answered(None), chance([8; 3]));
    collector.fail(Fault::Slow(Duration::from_secs(30)));
    sender.flush(Duration::from_millis(50)).await;
    sender.flush(Duration::from_secs(60)).await;
    assert_eq!(collector.spans().len(), SPANS_MAX, "it was dropped");
}
