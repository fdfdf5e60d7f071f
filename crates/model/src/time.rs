//! Three times that are never mixed: a process's monotonic instant, the wall time that is stored, and a position in
//! a piece of music. Crossing from one to another takes a named function.

use std::time::Duration;

/// A monotonic instant, microseconds since the process started. Meaningless in another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerInstant(u64);

impl ServerInstant {
    /// The instant this many microseconds after the process started.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the process started.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// A stored moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(i64);

impl WallTime {
    /// The moment this many microseconds after 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The moment `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The position a track has now if it was at zero at `started_at`: negative before the start.
    pub const fn position_of(self, started_at: Self) -> TrackPosition {
        TrackPosition(self.0.saturating_sub(started_at.0).div_euclid(1000))
    }

    /// The moment at which a track that is at `position` now was at zero.
    #[must_use]
    pub const fn start_for(self, position: TrackPosition) -> Self {
        Self(self.0.saturating_sub(position.0.saturating_mul(1000)))
    }
}

/// A place in a piece of music, or its length, in milliseconds. Negative: it has yet to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackPosition(i64);

impl TrackPosition {
    /// The beginning.
    pub const ZERO: Self = Self(0);

    /// The place this many milliseconds after the beginning.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds after the beginning.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// As a length of time; zero if negative.
    pub fn as_duration(self) -> Duration {
        Duration::from_millis(u64::try_from(self.0).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_and_its_start_are_inverse() {
        let now = WallTime::from_micros(1_700_000_000_123_000);
        let position = TrackPosition::from_millis(61_500);
        assert_eq!(now.position_of(now.start_for(position)), position);
    }

    #[test]
    fn a_track_that_starts_later_has_a_negative_position() {
        let now = WallTime::from_micros(1_000_000);
        assert_eq!(now.position_of(now.plus(Duration::from_millis(400))), TrackPosition::from_millis(-400));
    }
}
