//! The server's time zone: what day it is for people here, and what moments the clocks on their walls mean.
//!
//! Deliberately not here: reading which zone that is (the binary does), and any other clock.

use database::plays::{PastDays, Stretch};
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use model::WallTime;
use std::ops::Range;
use std::time::Duration;

/// How far throwback looks back.
const WEEKS_MAX: i64 = 52 * 30;
/// From this many weeks on a day is one of past years.
const WEEKS_OF_A_YEAR: i64 = 52;
/// What was played within this time is no throwback.
const RECENT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Changes of the clock that are looked at in one time; more than a year has.
const CHANGES_MAX: usize = 16;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// A name that is no time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone called `{0}`; they are called like `Europe/Berlin`")]
pub struct ZoneError(String);

/// What the clock on a wall means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When.
    pub(crate) at: WallTime,
    /// When else: a time that a clock put back showed a second time.
    pub(crate) or: Option<WallTime>,
    /// What the clock showed, as if it stood in UTC: the same in every zone.
    pub(crate) shown: WallTime,
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    /// The zone of this machine; UTC if it has none.
    pub fn system() -> Self {
        Self(TimeZone::system())
    }

    /// The zone with this name (IANA), such as `Europe/Berlin`.
    ///
    /// # Errors
    /// [`ZoneError`] if there is none.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        TimeZone::get(name.trim()).map(Self).map_err(|_| ZoneError(name.chars().take(80).collect()))
    }

    fn shown(&self, at: WallTime) -> DateTime {
        let timestamp = Timestamp::from_microsecond(at.micros()).unwrap_or(Timestamp::UNIX_EPOCH);
        self.0.to_datetime(timestamp)
    }

    /// The day, as `2026_11_20`.
    pub(crate) fn day(&self, at: WallTime) -> String {
        self.shown(at).strftime("%Y_%m_%d").to_string()
    }

    /// What the clock shows, as `2026-11-20T21:45:12.732347`.
    pub(crate) fn text(&self, at: WallTime) -> String {
        self.shown(at).strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
    }

    /// What the clock shows, less a time: as if it was never put forward or back in between.
    pub(crate) fn text_earlier(&self, at: WallTime, by: Duration) -> String {
        let shown = self.shown(at);
        let earlier = shown.checked_sub(by).unwrap_or(shown);
        earlier.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
    }

    /// What the clock shows, and a time more, likewise.
    pub(crate) fn text_later(&self, at: WallTime, by: Duration) -> String {
        let shown = self.shown(at);
        let later = shown.checked_add(by).unwrap_or(shown);
        later.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
    }

    /// Reads what a clock here showed, or a moment with an offset of its own.
    pub(crate) fn read(&self, text: &str) -> Option<Moment> {
        let wall = |timestamp: Timestamp| WallTime::from_micros(timestamp.as_microsecond());
        let text = text.trim();
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            let at = wall(timestamp);
            return Some(Moment { at, or: None, shown: at });
        }
        let shown: DateTime = text.parse().ok()?;
        let ambiguous = self.0.to_ambiguous_timestamp(shown);
        let or = match ambiguous.offset() {
            AmbiguousOffset::Fold { after, .. } => after.to_timestamp(shown).ok().map(wall),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => None,
        };
        let as_utc = TimeZone::UTC.to_timestamp(shown).ok()?;
        Some(Moment { at: wall(ambiguous.compatible().ok()?), or, shown: wall(as_utc) })
    }

    /// The days of the same weekday, back to `first`, without what was within the last seven days.
    pub(crate) fn past_days(&self, now: WallTime, first: WallTime) -> PastDays {
        let today = self.shown(now).date();
        let until = now.minus(RECENT);
        let mut days = PastDays::default();
        for weeks in 1..=WEEKS_MAX {
            let day = Span::new().try_weeks(weeks).ok().and_then(|span| today.checked_sub(span).ok());
            let Some(Range { start, end }) = day.and_then(|day| self.range(day)) else { break };
            if end <= first {
                break;
            }
            let range = start..end.min(until);
            if range.start < range.end {
                if weeks >= WEEKS_OF_A_YEAR { days.years.push(range) } else { days.weeks.push(range) }
            }
        }
        days
    }

    /// The parts of a time in which the clocks kept their distance to UTC.
    pub(crate) fn stretches(&self, time: &Range<WallTime>) -> Vec<Stretch> {
        let timestamp =
            |at: WallTime| Timestamp::from_microsecond(at.micros()).unwrap_or(Timestamp::UNIX_EPOCH);
        let (start, end) = (timestamp(time.start), timestamp(time.end));
        let changes = self.0.following(start).map(|change| change.timestamp()).take_while(|&at| at < end);
        let mut edges: Vec<Timestamp> = vec![start];
        edges.extend(changes.take(CHANGES_MAX));
        edges.push(end);
        let wall = |timestamp: Timestamp| WallTime::from_micros(timestamp.as_microsecond());
        let stretch = |pair: &[Timestamp]| Stretch {
            beginning: wall(pair[0]),
            ending: wall(pair[1]),
            ahead_s: self.0.to_offset(pair[0]).seconds(),
        };
        edges.windows(2).map(stretch).collect()
    }

    /// The day, counted from 1970-01-01.
    pub(crate) fn day_number(&self, at: WallTime) -> i64 {
        let since = self.shown(at).date().since(jiff::civil::date(1970, 1, 1));
        since.map_or(0, |span| i64::from(span.get_days()))
    }

    /// The date of a day counted from 1970-01-01, as `2026-11-20`.
    pub(crate) fn date_of(&self, day: i64) -> String {
        let span = Span::new().try_days(day).ok();
        let date = span.and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span).ok());
        date.map(|date| date.to_string()).unwrap_or_default()
    }

    fn range(&self, day: Date) -> Option<Range<WallTime>> {
        let start = |day: Date| {
            let zoned = day.to_zoned(self.0.clone()).ok()?;
            Some(WallTime::from_micros(zoned.timestamp().as_microsecond()))
        };
        Some(start(day)?..start(day.tomorrow().ok()?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::named("Europe/Berlin").unwrap()
    }

    fn utc(text: &str) -> WallTime {
        Zone::default().read(text).unwrap().at
    }

    #[test]
    fn what_was_written_is_read_as_the_same_moment() {
        let at = utc("2026-11-20T20:45:12.732347");
        let text = berlin().text(at);
        assert_eq!(text, "2026-11-20T21:45:12.732347");
        assert_eq!(berlin().read(&text).unwrap().at, at);
        assert_eq!(berlin().day(utc("2026-11-20T23:30:00")), "2026_11_21");
        for (text, micros) in [
            ("2017-11-20T10:00:00", "2017-11-20T09:00:00"),
            ("2017-11-20 10:00:00.5", "2017-11-20T09:00:00.5"),
            ("2017-11-20T10:00:00Z", "2017-11-20T10:00:00"),
            ("2017-11-20T10:00:00-05:00", "2017-11-20T15:00:00"),
        ] {
            assert_eq!(berlin().read(text).map(|moment| moment.at), Some(utc(micros)), "{text}");
        }
        for text in ["", "yesterday", "2017-13-01T00:00:00", "1511172000"] {
            assert_eq!(berlin().read(text), None, "{text}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_has_two_moments() {
        let moment = berlin().read("2026-10-25T02:30:00").unwrap();
        assert_eq!((moment.at, moment.or), (utc("2026-10-25T00:30:00"), Some(utc("2026-10-25T01:30:00"))));
        assert_eq!(moment.shown, utc("2026-10-25T02:30:00"));
        assert_eq!(berlin().read("2026-03-29T02:30:00").unwrap().or, None, "an hour that never was");
    }

    #[test]
    fn past_days_are_of_the_same_weekday_and_not_of_the_last_week() {
        // A Friday noon in Berlin.
        let (now, first) = (utc("2026-11-20T11:00:00"), utc("2024-11-01T00:00:00"));
        let days = berlin().past_days(now, first);
        // The day a week ago counts until the same hour; a day with a change of the clock is longer.
        assert_eq!(days.weeks[0], utc("2026-11-12T23:00:00")..utc("2026-11-13T11:00:00"));
        assert_eq!(days.weeks[4], utc("2026-10-15T22:00:00")..utc("2026-10-16T22:00:00"));
        assert_eq!(days.weeks.len(), 51);
        assert_eq!(days.years[0].start, utc("2025-11-20T23:00:00"));
        assert!(days.years.last().is_some_and(|day| day.end > first && day.start < first.plus(RECENT)));
        let zone = berlin();
        for day in days.weeks.iter().chain(&days.years) {
            assert_eq!(zone.shown(day.start).weekday(), jiff::civil::Weekday::Friday);
        }
        assert_eq!(berlin().past_days(now, now), PastDays::default());
    }

    #[test]
    fn a_time_is_taken_apart_where_the_clock_changes() {
        let time = utc("2026-01-01T00:00:00")..utc("2026-12-31T00:00:00");
        let stretches = berlin().stretches(&time);
        let ahead: Vec<_> = stretches.iter().map(|stretch| stretch.ahead_s / 3600).collect();
        assert_eq!(ahead, [1, 2, 1]);
        assert_eq!((stretches[0].beginning, stretches[2].ending), (time.start, time.end));
        assert_eq!(stretches[1].beginning, utc("2026-03-29T01:00:00"));
        assert!(stretches.windows(2).all(|pair| pair[0].ending == pair[1].beginning));
        assert_eq!(Zone::default().stretches(&time).len(), 1);
        assert_eq!(berlin().date_of(20_777), "2026-11-20");
        // The day begins in Berlin an hour before it does in Greenwich.
        assert_eq!(berlin().day_number(utc("2026-11-19T22:59:59")), 20_776);
        assert_eq!(berlin().day_number(utc("2026-11-19T23:00:00")), 20_777);
    }

    #[test]
    fn a_zone_that_is_none_is_refused() {
        assert_eq!(Zone::named("Mars/Olympus").unwrap_err(), ZoneError("Mars/Olympus".into()));
    }
}
