//! A clock that moves only by hand, so that expiry and rates can be tested without waiting.

use model::{Clock, ServerInstant, WallTime};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock that stands still until it is put forward. It begins on 2026-11-21 at noon, UTC.
#[derive(Debug, Default)]
pub struct HandClock {
    elapsed_us: AtomicU64,
}

const BEGIN_US: i64 = 1_795_262_400_000_000;

impl HandClock {
    /// Puts it forward.
    pub fn advance(&self, by: Duration) {
        self.elapsed_us.fetch_add(u64::try_from(by.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(self.elapsed_us.load(Ordering::SeqCst))
    }

    fn wall(&self) -> WallTime {
        WallTime::from_micros(BEGIN_US).plus(Duration::from_micros(self.elapsed_us.load(Ordering::SeqCst)))
    }
}
