//! The clocks that read the system's. Wall time is read once and then carried on by the monotonic clock, so that a
//! step of the system's clock (a correction, a daylight-saving accident) moves no song.

use model::{Clock, ServerInstant, WallTime};
use rustix::time::{ClockId, clock_gettime};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    started_wall: WallTime,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
        Self { started: Instant::now(), started_wall: WallTime::from_micros(micros) }
    }
}

impl Clock for SystemClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(self.started.elapsed().as_micros() as u64)
    }

    fn wall(&self) -> WallTime {
        self.started_wall.plus(self.started.elapsed())
    }
}

/// A clock that goes on while the machine sleeps: a listener that wakes up knows at once how far the song has gone.
#[derive(Debug)]
pub struct BootClock {
    started_us: u64,
    started_wall: WallTime,
}

impl BootClock {
    pub fn start() -> Self {
        Self { started_us: since_boot_us(), started_wall: SystemClock::start().started_wall }
    }
}

impl Clock for BootClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(since_boot_us().saturating_sub(self.started_us))
    }

    fn wall(&self) -> WallTime {
        self.started_wall.plus(std::time::Duration::from_micros(self.instant().micros()))
    }
}

fn since_boot_us() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1000
}
