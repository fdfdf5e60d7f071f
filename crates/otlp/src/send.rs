//! Sending numbers: one request at a time, once, within a bound; what does not arrive is counted and not kept.

use crate::encode::{Encoded, Resource, encode};
use crate::read::families;
use crate::way::{Attempts, Error, Failed, Options, Pace, Way};
use model::{Clock, WallTime};

/// What arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Points that were taken.
    pub taken: u64,
    /// That the receiver did not take.
    pub rejected: u64,
    /// That were not sent, because there were too many.
    pub left_out: u64,
}

/// Sends the numbers of one process.
#[derive(Debug)]
pub struct Exporter {
    way: Way,
    resource: Resource,
    start: WallTime,
}

impl Exporter {
    /// Everything is counted since `start`.
    ///
    /// # Errors
    /// [`Error`] for settings that cannot be used.
    pub fn new(options: Options, start: WallTime) -> Result<Self, Error> {
        Ok(Self { way: Way::new(&options, "metrics")?, resource: options.resource, start })
    }

    /// Sends what `render` says, every while, until `stopping` resolves.
    pub async fn run(
        self,
        render: impl Fn() -> String,
        clock: &dyn Clock,
        pace: Pace,
        stopping: impl Future<Output = ()>,
    ) {
        let mut stopping = std::pin::pin!(stopping);
        let mut attempts = Attempts::new("numbers", pace);
        loop {
            let text = render();
            let outcome = tokio::select! {
                () = &mut stopping => return,
                outcome = self.push(&text, clock.wall()) => outcome,
            };
            count(&outcome);
            let wait = attempts.ended(outcome);
            tokio::select! {
                () = &mut stopping => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Sends the numbers of a moment, once.
    ///
    /// # Errors
    /// [`Failed`] if they did not arrive.
    pub async fn push(&self, text: &str, now: WallTime) -> Result<Delivered, Failed> {
        let Encoded { body, points, left_out } = encode(&families(text), &self.resource, self.start, now);
        let rejected = self.way.send(&body, "rejectedDataPoints").await?.min(points as u64);
        Ok(Delivered { taken: points as u64 - rejected, rejected, left_out: left_out as u64 })
    }
}

fn count(outcome: &Result<Delivered, Failed>) {
    let points =
        |outcome, count| metrics::counter!("otlp_points_total", "outcome" => outcome).increment(count);
    match outcome {
        Ok(delivered) => {
            metrics::counter!("otlp_exports_total", "outcome" => "delivered").increment(1);
            points("taken", delivered.taken);
            points("rejected", delivered.rejected);
            points("left_out", delivered.left_out);
        }
        Err(_) => metrics::counter!("otlp_exports_total", "outcome" => "failed").increment(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_sent_in_the_open_and_the_address_is_a_base() {
        let open = |endpoint: &str, token: Option<&str>| {
            let options =
                Options { endpoint: endpoint.into(), token: token.map(str::to_owned), ..Options::default() };
            Exporter::new(options, WallTime::from_micros(0)).map(|exporter| exporter.way.address.to_string())
        };
        assert_eq!(
            open("https://otlp.example.org", Some("t")).unwrap(),
            "https://otlp.example.org/v1/metrics"
        );
        assert_eq!(
            open("http://127.0.0.1:4318/otlp/", Some("t")).unwrap(),
            "http://127.0.0.1:4318/otlp/v1/metrics"
        );
        assert_eq!(open("http://collector:4318", None).unwrap(), "http://collector:4318/v1/metrics");
        assert!(matches!(open("http://collector:4318", Some("t")), Err(Error::Open)));
        assert!(matches!(open("https://x.example", Some("a\nb")), Err(Error::Token)));
        for wrong in ["", "otlp.example.org", "grpc://otlp.example.org", "https://x.example/?key=1"] {
            assert!(matches!(open(wrong, None), Err(Error::Endpoint)), "{wrong}");
        }
    }
}
