//! Beginning and end of everything that runs: nothing is started but through [`Lifecycle::spawn`], and stopping goes in
//! two steps.
//!
//! *Draining*: new connections are still taken, but every answer says `Connection: close`, and sockets are told, spread
//! over a while, to come back (to the next process). *Stopping*: no new connections; what runs finishes, within a bound.

use std::future::Future;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long answers ask connections to close before the port is closed.
pub const DRAIN: Duration = Duration::from_secs(1);
/// Over which time sockets are told to reconnect.
pub const SOCKET_SPREAD: Duration = Duration::from_millis(1_500);
/// How long running work may take to finish after that.
pub const FINISH_MAX: Duration = Duration::from_secs(10);

/// A handle on the process's life. Clones are the same life.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    draining: CancellationToken,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Starts a task that ends by itself soon after [`Lifecycle::stopping`], or was short anyway.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Resolves when draining begins.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Whether draining has begun.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Resolves when everything should end.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// Whether everything should end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Drains, stops, and waits for what runs. `false`: something did not finish within [`FINISH_MAX`].
    pub async fn shut_down(&self) -> bool {
        self.draining.cancel();
        tokio::time::sleep(DRAIN).await;
        self.stopping.cancel();
        self.tasks.close();
        tokio::time::timeout(SOCKET_SPREAD + FINISH_MAX, self.tasks.wait()).await.is_ok()
    }
}
