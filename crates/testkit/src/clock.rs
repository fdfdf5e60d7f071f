//! Time for tests: a clock that can be put forward, and waiting for something with a bound.

use model::{Clock, ServerInstant, WallTime};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The system's clock, put forward by as much as a test likes.
#[derive(Debug)]
pub struct ShiftedClock {
    started: Instant,
    started_at: WallTime,
    ahead_us: AtomicU64,
}

impl ShiftedClock {
    /// A clock that is right.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the server is given")]
    pub fn start() -> Self {
        let started_at = WallTime::from_micros(since_1970().as_micros() as i64);
        Self { started: Instant::now(), started_at, ahead_us: AtomicU64::new(0) }
    }

    /// Puts it forward.
    pub fn advance(&self, by: Duration) {
        self.ahead_us.fetch_add(by.as_micros() as u64, Ordering::SeqCst);
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed() + Duration::from_micros(self.ahead_us.load(Ordering::SeqCst))
    }
}

impl Clock for ShiftedClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(self.elapsed().as_micros() as u64)
    }

    fn wall(&self) -> WallTime {
        self.started_at.plus(self.elapsed())
    }
}

/// A clock that stands still and is set: what happens by it happens at the same moments again.
#[derive(Debug)]
pub struct StillClock {
    started_at: WallTime,
    now_us: AtomicI64,
}

impl StillClock {
    /// A clock that shows `now`.
    pub const fn at(now: WallTime) -> Self {
        Self { started_at: now, now_us: AtomicI64::new(now.micros()) }
    }

    /// Sets it; it never goes back.
    pub fn set(&self, now: WallTime) {
        self.now_us.fetch_max(now.micros(), Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(self.wall().since(self.started_at).as_micros() as u64)
    }

    fn wall(&self) -> WallTime {
        WallTime::from_micros(self.now_us.load(Ordering::SeqCst))
    }
}

/// The system's time, as a span since 1970.
#[expect(clippy::disallowed_methods, reason = "tests compare the server's clock with the system's")]
pub fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Asks again and again until there is an answer, more rarely the longer it takes: what is asked has work to do. Panics with
/// `what` after `within`.
#[expect(clippy::disallowed_methods, reason = "a bound on waiting is no part of what is tested")]
pub fn eventually<T>(what: &str, within: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < within, "{what}: not within {within:?}");
        let pause = (began.elapsed() / 16).clamp(Duration::from_millis(20), Duration::from_millis(250));
        std::thread::sleep(pause);
    }
}
