//! Who is told what, and when a way that failed is tried again: after a minute, then after twice as long, up to half an
//! hour. All ways are tried at the same time, so that one that hangs keeps no other waiting for long.

use crate::Sink;
use alerts::{Rule, Watch};
use futures::future::join_all;
use model::{ServerInstant, WallTime};
use std::collections::BTreeMap;
use std::time::Duration;

const PAUSE_FIRST: Duration = Duration::from_secs(60);
const PAUSE_MAX: Duration = Duration::from_secs(30 * 60);

/// The ways out, and what is known of each.
#[derive(Debug, Default)]
pub struct Desk {
    sinks: Vec<Sink>,
    retries: BTreeMap<String, Retry>,
}

#[derive(Debug)]
struct Retry {
    failed_at: ServerInstant,
    pause: Duration,
}

impl Desk {
    /// With these ways.
    #[must_use]
    pub const fn new(sinks: Vec<Sink>) -> Self {
        Self { sinks, retries: BTreeMap::new() }
    }

    /// The ways.
    #[must_use]
    pub fn sinks(&self) -> &[Sink] {
        &self.sinks
    }

    /// Tells everybody what they do not know; whether somebody was told. `instant` is the same moment as `now`.
    pub async fn tell(
        &mut self,
        watch: &mut Watch,
        rules: &[Rule],
        server: &str,
        now: WallTime,
        instant: ServerInstant,
    ) -> bool {
        let may = |sink: &&Sink| {
            let retry = self.retries.get(sink.name());
            retry.is_none_or(|retry| instant.since(retry.failed_at) >= retry.pause)
        };
        let due: Vec<_> = self
            .sinks
            .iter()
            .filter(may)
            .filter_map(|sink| Some((sink, watch.due(sink.name(), server, now, rules)?)))
            .collect();
        let attempts = due.into_iter().map(async |(sink, bulletin)| {
            let sent = sink.send(&bulletin, now).await;
            (sink.name().to_owned(), bulletin, sent)
        });
        let mut is_told = false;
        for (name, bulletin, sent) in join_all(attempts).await {
            match sent {
                Ok(()) => {
                    watch.told(&name, &bulletin);
                    self.retries.remove(&name);
                    is_told = true;
                }
                Err(error) => {
                    let pause = self.retries.get(&name).map_or(PAUSE_FIRST, |retry| retry.pause * 2);
                    let pause = pause.min(PAUSE_MAX);
                    tracing::warn!(to = name, %error, retry_in_s = pause.as_secs(), "an alert did not arrive");
                    self.retries.insert(name, Retry { failed_at: instant, pause });
                }
            }
        }
        is_told
    }
}
