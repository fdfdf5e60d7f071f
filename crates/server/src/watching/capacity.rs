//! How close the machine came to its ends, day by day, and what grows: so that somebody sees that it is time for a bigger
//! one before people feel it.
//!
//! Whoever watches notes the most that was taken; what is more than was written of a day is written, once a minute at most.
//! Processes and machines of one database raise the same numbers.

use super::machine::Machine;
use crate::app::App;
use crate::limits;
use database::daily_counts::{self, DailyCount, Subject};
use protocol::http::{CapacityState, Peak, PeakOf};
use std::collections::BTreeMap;
use tokio::time::timeout;

/// Shares are counted in millionths.
const WHOLE: f64 = 1_000_000.0;
const PROCESSOR: &str = "processor";
const MEMORY: &str = "memory";
const VISITORS: &str = "visitors";
const DISK: &str = "disk:";
/// From where on it is time for more.
const PROCESSOR_TIGHT: f64 = 0.8;
const MEMORY_TIGHT: f64 = 0.85;
const DISK_TIGHT: f64 = 0.85;
/// A disk that is full sooner than in so many days is tight.
const DAYS_LEFT_MIN: f64 = 60.0;
/// Days over which something must have grown before anything is said of when it ends.
const DAYS_GROWN_MIN: i64 = 3;

/// What was noted and not written down yet.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    day: i64,
    noted: BTreeMap<String, u64>,
    written: BTreeMap<String, u64>,
    written_at_us: Option<u64>,
}

impl Ledger {
    /// Notes how things are now.
    pub(super) async fn note(&mut self, app: &App, machine: &Machine, processor_share: Option<f64>) {
        let day = app.config().zone.day_number(app.now());
        if day != self.day {
            *self = Self { day, written_at_us: self.written_at_us, ..Self::default() };
        }
        let share = |share: f64| (share.clamp(0.0, 1.0) * WHOLE) as u64;
        let named = [(PROCESSOR, processor_share), (MEMORY, machine.memory_share)];
        let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), share(value?))));
        let disks = machine.disks.iter();
        let disks = disks.map(|disk| (format!("{DISK}{}", disk.name), share(1.0 - disk.free_share)));
        let visitors = [(VISITORS.to_owned(), app.lifecycle().visitor_count() as u64)];
        for (name, amount) in named.chain(disks).chain(visitors) {
            let most = self.noted.entry(name).or_default();
            *most = amount.max(*most);
        }
        // Who does not serve writes nothing.
        if app.lifecycle().is_serving() {
            self.write_down(app).await;
        }
    }

    async fn write_down(&mut self, app: &App) {
        let now = app.clock().instant().micros();
        let is_due = self.written_at_us.is_none_or(|before| {
            u128::from(now.saturating_sub(before)) >= limits::COUNTS_WRITTEN_EVERY.as_micros()
        });
        let more: Vec<DailyCount> = self
            .noted
            .iter()
            .filter(|(name, amount)| self.written.get(*name).is_none_or(|written| written < amount))
            .map(|(name, amount)| DailyCount {
                day: self.day,
                name: name.clone(),
                outcome: String::new(),
                amount: *amount,
            })
            .collect();
        if !is_due || more.is_empty() {
            return;
        }
        let raised = daily_counts::raise(app.database(), Subject::Peaks, &more);
        // What could not be written is noted still.
        if let Ok(Ok(())) = timeout(limits::DATABASE_ANSWER_TIME_MAX, raised).await {
            self.written.extend(more.into_iter().map(|count| (count.name, count.amount)));
            self.written_at_us = Some(now);
        }
    }
}

/// The highest of the last days, and where that leads.
pub(super) async fn report(app: &App) -> CapacityState {
    let zone = &app.config().zone;
    let today = zone.day_number(app.now());
    let days = today + 1 - i64::from(limits::CAPACITY_DAYS)..today + 1;
    let listed = daily_counts::list(app.database(), Subject::Peaks, days);
    match timeout(limits::DATABASE_ANSWER_TIME_MAX, listed).await {
        Ok(Ok(counts)) => {
            CapacityState { days: limits::CAPACITY_DAYS, peaks: peaks(&counts, |day| zone.date_of(day)) }
        }
        // That the database does not answer is told elsewhere on the page.
        Ok(Err(_)) | Err(_) => CapacityState { days: limits::CAPACITY_DAYS, peaks: Vec::new() },
    }
}

/// One for each of what was counted, in the order of the names.
fn peaks(counts: &[DailyCount], date: impl Fn(i64) -> String) -> Vec<Peak> {
    let mut of: BTreeMap<&str, Vec<&DailyCount>> = BTreeMap::new();
    for count in counts {
        of.entry(&count.name).or_default().push(count);
    }
    let peak = |(name, days): (&str, Vec<&DailyCount>)| {
        let highest = days.iter().max_by_key(|count| (count.amount, count.day))?;
        let value = highest.amount as f64;
        let plain = |what, value: f64, is_tight| Peak {
            what,
            name: String::new(),
            highest: value,
            date: date(highest.day),
            full_in_days: None,
            is_tight,
        };
        let share = value / WHOLE;
        Some(match name {
            PROCESSOR => plain(PeakOf::Processor, share, share >= PROCESSOR_TIGHT),
            MEMORY => plain(PeakOf::Memory, share, share >= MEMORY_TIGHT),
            VISITORS => plain(PeakOf::Visitors, value, false),
            _ => {
                let left = days_left(&days);
                let is_tight = share >= DISK_TIGHT || left.is_some_and(|days| days < DAYS_LEFT_MIN);
                Peak {
                    name: name.strip_prefix(DISK)?.to_owned(),
                    full_in_days: left.map(|days| days.min(f64::from(u32::MAX)) as u32),
                    ..plain(PeakOf::Disk, share, is_tight)
                }
            }
        })
    };
    of.into_iter().filter_map(peak).collect()
}

/// When it is full if it goes on as between the first and the last of these days; nothing if it does not grow, or was not
/// looked at for long enough.
fn days_left(days: &[&DailyCount]) -> Option<f64> {
    let (first, last) = (days.first()?, days.last()?);
    let passed = last.day - first.day;
    if passed < DAYS_GROWN_MIN || last.amount <= first.amount {
        return None;
    }
    let a_day = (last.amount - first.amount) as f64 / passed as f64;
    Some(((WHOLE - last.amount as f64) / a_day).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(day: i64, name: &str, amount: u64) -> DailyCount {
        DailyCount { day, name: name.to_owned(), outcome: String::new(), amount }
    }

    fn found(counts: &[DailyCount]) -> Vec<(PeakOf, String, f64, String, Option<u32>, bool)> {
        let read =
            |peak: Peak| (peak.what, peak.name, peak.highest, peak.date, peak.full_in_days, peak.is_tight);
        peaks(counts, |day| format!("day {day}")).into_iter().map(read).collect()
    }

    #[test]
    fn the_highest_of_all_days_is_told_with_its_day() {
        let counts = [
            count(1, PROCESSOR, 250_000),
            count(2, PROCESSOR, 810_000),
            count(2, VISITORS, 38),
            count(3, MEMORY, 500_000),
            count(3, PROCESSOR, 100_000),
            count(3, VISITORS, 12),
            count(3, "of a later release", 1),
        ];
        let none = String::new;
        let expected = [
            (PeakOf::Memory, none(), 0.5, "day 3".to_owned(), None, false),
            (PeakOf::Processor, none(), 0.81, "day 2".to_owned(), None, true),
            (PeakOf::Visitors, none(), 38.0, "day 2".to_owned(), None, false),
        ];
        assert_eq!(found(&counts), expected);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn a_disk_that_grows_is_full_on_a_day_and_one_that_does_not_never_is() {
        for (days, left, is_tight) in [
            (&[(1, 400_000), (11, 500_000)][..], Some(50), true),
            (&[(1, 400_000), (6, 410_000), (11, 410_000)], Some(590), false),
            (&[(1, 400_000), (2, 500_000)], None, false),
            (&[(1, 400_000), (11, 300_000)], None, false),
            (&[(1, 900_000)], None, true),
        ] {
            let counts: Vec<_> = days.iter().map(|(day, amount)| count(*day, "disk:data", *amount)).collect();
            let found = found(&counts);
            let [(PeakOf::Disk, name, _, _, full, tight)] = &found[..] else { panic!("{found:?}") };
            assert_eq!((name.as_str(), *full, *tight), ("data", left, is_tight), "{days:?}");
        }
    }
}
