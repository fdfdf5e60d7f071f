//! Beginning and end of everything that runs: nothing is started but through [`Lifecycle::spawn`]; and where a process
//! stands towards people, because two may hold one port while one takes over from the other.
//!
//! *Serving*: connections are taken. *Waiting*: no new ones, but whoever is there stays: so a process begins that is to
//! take over, and so one stands back that may be needed again. *Leaving*: whoever is there is sent away: answers say
//! `Connection: close`, sockets and event streams are told, spread over a while, to come back (to the other process).
//! *Ending* is leaving for good; what runs finishes, within a bound.

use crate::app::App;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long answers ask connections to close before idle ones are closed, and a port of one's own with them.
pub const DRAIN: Duration = Duration::from_secs(1);
/// Over which time sockets are told to reconnect, at least.
const SPREAD_MIN: Duration = Duration::from_millis(1_500);
/// The time that each of them adds: whoever comes back costs the other process some work.
const SPREAD_EACH: Duration = Duration::from_millis(5);
/// Over which time at most, however many there are.
const SPREAD_MAX: Duration = Duration::from_secs(10);
/// How long running work may take to finish after that.
pub const FINISH_MAX: Duration = Duration::from_secs(10);

/// Where a process stands towards people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stance {
    /// It takes connections.
    #[default]
    Serving,
    /// It takes none, and keeps those it has.
    Waiting,
    /// It takes none, and sends away those it has.
    Leaving,
    /// The same, for good.
    Ending,
}

impl Stance {
    /// In one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Waiting => "waiting",
            Self::Leaving => "leaving",
            Self::Ending => "ending",
        }
    }

    const fn sends_away(self) -> bool {
        matches!(self, Self::Leaving | Self::Ending)
    }
}

/// A handle on the process's life. Clones are the same life.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    stance: Arc<watch::Sender<Stance>>,
    stopping: CancellationToken,
    tasks: TaskTracker,
    visitors: Arc<AtomicUsize>,
}

/// A connection that is there, until this is dropped.
#[derive(Debug)]
pub(crate) struct Visit(Arc<AtomicUsize>);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lifecycle {
    /// Starts a task that ends by itself soon after [`Lifecycle::stopping`], or was short anyway.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Where it stands.
    pub fn stance(&self) -> Stance {
        *self.stance.borrow()
    }

    /// Takes a stance; not any more once it is ending. The stance it then has.
    pub fn take(&self, wanted: Stance) -> Stance {
        self.stance.send_if_modified(|stance| {
            let changes = *stance != Stance::Ending && *stance != wanted;
            if changes {
                *stance = wanted;
            }
            changes
        });
        self.stance()
    }

    /// The stance as it changes.
    pub(crate) fn watch(&self) -> watch::Receiver<Stance> {
        self.stance.subscribe()
    }

    /// Resolves when the stance is one of these.
    pub async fn until(&self, is_wanted: impl Fn(Stance) -> bool) {
        // The sender lives as long as we do.
        let _ = self.stance.subscribe().wait_for(|stance| is_wanted(*stance)).await;
    }

    /// Whether this process is the one that acts: what a nest does by itself is done by whoever serves.
    pub(crate) fn is_serving(&self) -> bool {
        self.stance() == Stance::Serving
    }

    /// Resolves when those who are there are sent away.
    pub async fn draining(&self) {
        self.until(Stance::sends_away).await;
    }

    /// Whether those who are there are sent away.
    pub fn is_draining(&self) -> bool {
        self.stance().sends_away()
    }

    /// Resolves when a connection on which nothing is asked should be closed.
    pub(crate) async fn over(&self) {
        let drained = async {
            self.draining().await;
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            () = self.stopping() => {}
            () = drained => {}
        }
    }

    /// Resolves when everything should end.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// Whether everything should end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Counts a connection until the visit is dropped.
    pub(crate) fn visit(&self) -> Visit {
        self.visitors.fetch_add(1, Ordering::Relaxed);
        Visit(Arc::clone(&self.visitors))
    }

    /// How many connections and sockets there are.
    pub fn visitor_count(&self) -> usize {
        self.visitors.load(Ordering::Relaxed)
    }

    /// Over which time those who are there now are sent away.
    fn spread(&self) -> Duration {
        let count = u32::try_from(self.visitor_count()).unwrap_or(u32::MAX);
        SPREAD_EACH.saturating_mul(count).clamp(SPREAD_MIN, SPREAD_MAX)
    }

    /// Drains, stops, and waits for what runs. `false`: something did not finish within [`FINISH_MAX`].
    pub async fn shut_down(&self) -> bool {
        let spread = self.spread();
        let is_left = !self.is_serving() && self.visitor_count() == 0;
        self.stance.send_replace(Stance::Ending);
        if !is_left {
            tokio::time::sleep(DRAIN).await;
        }
        self.stopping.cancel();
        self.tasks.close();
        tokio::time::timeout(spread + FINISH_MAX, self.tasks.wait()).await.is_ok()
    }
}

/// When one listener is told to come back. Everybody at once would be a storm for the process they come to.
#[derive(Debug)]
pub(crate) struct Farewell {
    /// Where in the line, of 2³².
    place: u64,
    at: Option<Instant>,
}

impl Farewell {
    pub(crate) fn new(app: &App) -> Self {
        Self { place: app.draw(|entropy| entropy.below(1 << 32)), at: None }
    }

    /// Resolves when it is time. It may be dropped and asked again.
    pub(crate) async fn due(&mut self, lifecycle: &Lifecycle) {
        loop {
            let at = match self.at {
                Some(at) => at,
                None => {
                    lifecycle.draining().await;
                    let spread_us = lifecycle.spread().as_micros() as u64;
                    let wait = Duration::from_micros((spread_us * self.place) >> 32);
                    *self.at.insert(Instant::now() + wait)
                }
            };
            tokio::time::sleep_until(at).await;
            if lifecycle.is_draining() {
                return;
            }
            // It serves again: everybody stays.
            self.at = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_stood_back_can_serve_again_and_one_that_ends_cannot() {
        let life = Lifecycle::default();
        assert_eq!(life.take(Stance::Waiting), Stance::Waiting);
        assert!(!life.is_draining(), "whoever is there stays");
        assert_eq!(life.take(Stance::Leaving), Stance::Leaving);
        assert!(life.is_draining());
        assert_eq!(life.take(Stance::Serving), Stance::Serving);
        life.take(Stance::Ending);
        assert_eq!(life.take(Stance::Serving), Stance::Ending);
    }

    #[test]
    fn a_visit_counts_until_it_is_over() {
        let life = Lifecycle::default();
        let visit = life.visit();
        assert_eq!((life.visitor_count(), life.clone().visitor_count()), (1, 1));
        drop(visit);
        assert_eq!(life.visitor_count(), 0);
    }

    #[test]
    fn many_are_sent_away_over_a_longer_time_within_a_bound() {
        let life = Lifecycle::default();
        assert_eq!(life.spread(), SPREAD_MIN);
        let mut visits: Vec<_> = (0..400).map(|_| life.visit()).collect();
        assert_eq!(life.spread(), Duration::from_secs(2));
        visits.extend((0..10_000).map(|_| life.visit()));
        assert_eq!(life.spread(), SPREAD_MAX);
        // 10 s at most, 1 s before and 10 s after them: units give 30.
        assert!(DRAIN + SPREAD_MAX + FINISH_MAX < Duration::from_secs(30));
    }
}
