//! The one clock that reads the system's. Wall time is read once and then carried on by the monotonic clock, so that a
//! step of the system's clock (a correction, a daylight-saving accident) moves no song.

use model::{Clock, ServerInstant, WallTime};
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
