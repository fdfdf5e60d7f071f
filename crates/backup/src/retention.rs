//! Which snapshots stay: the newest of each hour, day, week and month, so many of each, and always the newest that
//! counts, however old it is.
//!
//! Deliberately not here: deleting, and what stays because instants are restored from it (`prune`).

use crate::manifest::SnapshotId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How many snapshots stay. Hours, days and weeks are those of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// One for each of so many hours.
    pub hourly: u16,
    /// One for each of so many days. For so many days any instant can be restored.
    pub daily: u16,
    /// One for each of so many weeks.
    pub weekly: u16,
    /// One for each of so many months.
    pub monthly: u16,
}

/// What snapshots of one hour, day, week or month have in common.
type Class = fn(&SnapshotId) -> String;

impl Default for Retention {
    fn default() -> Self {
        Self { hourly: 24, daily: 7, weekly: 4, monthly: 6 }
    }
}

impl From<[u16; 4]> for Retention {
    fn from([hourly, daily, weekly, monthly]: [u16; 4]) -> Self {
        Self { hourly, daily, weekly, monthly }
    }
}

impl Retention {
    /// How far back any instant can be restored.
    #[must_use]
    pub const fn any_instant(&self) -> Duration {
        Duration::from_secs(self.daily as u64 * 86_400)
    }

    /// Which stay, of snapshots that count or do not. Those that do not count stay only while they are newer than the
    /// newest that does: they may still be checked.
    #[must_use]
    pub fn keep(&self, snapshots: &BTreeMap<SnapshotId, bool>) -> BTreeSet<SnapshotId> {
        let counting: Vec<&SnapshotId> =
            snapshots.iter().filter(|(_, counts)| **counts).map(|(id, _)| id).collect();
        let newest = counting.last().copied();
        let mut kept: BTreeSet<SnapshotId> =
            snapshots.keys().filter(|id| newest.is_none_or(|newest| *id >= newest)).cloned().collect();
        let classes: [(u16, Class); 4] =
            [(self.hourly, hour), (self.daily, day), (self.weekly, week), (self.monthly, month)];
        for (count, class) in classes {
            let mut seen = BTreeSet::new();
            // The newest of each class stands for it.
            for id in counting.iter().rev() {
                let class = class(id);
                if seen.contains(&class) {
                    continue;
                }
                if seen.len() >= usize::from(count) {
                    break;
                }
                seen.insert(class);
                kept.insert((*id).clone());
            }
        }
        kept
    }
}

fn hour(id: &SnapshotId) -> String {
    id.as_str().get(..11).unwrap_or_default().to_owned()
}

fn day(id: &SnapshotId) -> String {
    id.as_str().get(..8).unwrap_or_default().to_owned()
}

fn month(id: &SnapshotId) -> String {
    id.as_str().get(..6).unwrap_or_default().to_owned()
}

fn week(id: &SnapshotId) -> String {
    let date = jiff::civil::Date::strptime("%Y%m%d", day(id));
    date.map_or_else(
        |_| day(id),
        |date| {
            let week = date.iso_week_date();
            format!("{}-{}", week.year(), week.week())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{SeededEntropy, WallTime};

    const HOUR_US: i64 = 3_600_000_000;
    /// 2026-01-01T00:00:00Z.
    const START_US: i64 = 1_767_225_600_000_000;

    fn hourly(count: i64, counts: impl Fn(i64) -> bool) -> BTreeMap<SnapshotId, bool> {
        let mut chance = SeededEntropy::from_seed(1);
        (0..count)
            .map(|at| {
                (
                    SnapshotId::generate(WallTime::from_micros(START_US + at * HOUR_US), &mut chance),
                    counts(at),
                )
            })
            .collect()
    }

    #[test]
    fn of_half_a_year_so_many_of_each_kind_stay() {
        let snapshots = hourly(24 * 180, |_| true);
        let kept = Retention::default().keep(&snapshots);
        assert!((30..=41).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept.last(), snapshots.keys().next_back());
        let ids: Vec<&SnapshotId> = snapshots.keys().collect();
        assert!(ids[ids.len() - 24..].iter().all(|id| kept.contains(*id)), "the last 24 hours");
        let months: BTreeSet<String> = kept.iter().map(month).collect();
        assert_eq!(months.len(), 6);
    }

    #[test]
    fn the_last_that_counts_stays_however_old_it_is() {
        let snapshots = hourly(24 * 60, |at| at == 3);
        let kept = Retention { hourly: 0, daily: 0, weekly: 0, monthly: 0 }.keep(&snapshots);
        let fourth = snapshots.keys().nth(3).unwrap();
        assert!(kept.contains(fourth));
        assert_eq!(kept.len(), 24 * 60 - 3, "what is newer may still be checked");
    }

    #[test]
    fn of_snapshots_none_of_which_counts_all_stay() {
        let snapshots = hourly(100, |_| false);
        assert_eq!(Retention::default().keep(&snapshots).len(), 100);
        assert!(Retention::default().keep(&BTreeMap::new()).is_empty());
    }
}
