//! What people played on days like today. Every play counts the same, so what was played often comes often.
//!
//! Where plays lie is counted by day, then some are drawn, and only the days they lie on are read: the answer does not
//! wait for a hundred thousand plays.

use crate::nests::{Play, PlayRow, play_columns};
use crate::query::queries;
use crate::row::row;
use crate::value::Value;
use crate::{Database, Result};
use model::{Entropy as _, NestId, SeededEntropy, WallTime};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The most songs of one answer.
const SONGS_MAX: usize = 100;
/// How often is drawn again when what was drawn repeats songs.
const ROUNDS_MAX: usize = 12;

row! {
    struct DayRow { day: String, plays: i64 }
}

/// `cross join`: SQLite keeps its order, the few days first, and does not walk through all plays instead.
///
/// Two numbers of 20 digits, so that SQL can take them apart: the beginning and the end of a day.
macro_rules! of_a_day {
    () => {
        "plays.nest_id = $1 and plays.added_by is not null
           and plays.started_at >= cast(substr(days.value, 1, 20) as bigint)
           and plays.started_at < cast(substr(days.value, 22, 20) as bigint)"
    };
}

queries! {
    FIRST(Text) -> Option<i64> = "select min(started_at) from plays where nest_id = $1";
    COUNT(Text, Text) -> DayRow =
        concat!("select days.value as day, count(*) as plays from (select value from each($2)) as days
                 cross join plays where ", of_a_day!(), " group by days.value order by days.value");
    READ(Text, Text) -> PlayRow =
        concat!("select ", play_columns!(), " from (select value from each($2)) as days
                 cross join plays where ", of_a_day!(), " order by started_at, id");
}

/// The days to look at: beginning and end of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastDays {
    /// Days of past years: what was played then comes first.
    pub years: Vec<Range<WallTime>>,
    /// Days of the last weeks, if the years have not enough.
    pub weeks: Vec<Range<WallTime>>,
}

/// When the history of a nest begins; `None`: nothing was played.
///
/// # Errors
/// Whatever the engine says.
pub async fn first_play(database: &Database, nest: NestId) -> Result<Option<WallTime>> {
    Ok(FIRST.one(database, [nest.into()]).await?.map(WallTime::from_micros))
}

/// Plays on those days by people, drawn by `chance`, of each song the first that was drawn: at most `limit` (1 to 100).
///
/// # Errors
/// Whatever the engine says.
pub async fn throwback(
    database: &Database,
    nest: NestId,
    days: &PastDays,
    limit: usize,
    chance: u64,
) -> Result<Vec<Play>> {
    let mut drawing = Drawing {
        database,
        nest,
        limit: limit.clamp(1, SONGS_MAX),
        chance: SeededEntropy::from_seed(chance),
        songs: BTreeSet::new(),
        drawn: Vec::new(),
    };
    drawing.from(&days.years).await?;
    drawing.from(&days.weeks).await?;
    Ok(drawing.drawn)
}

struct Drawing<'a> {
    database: &'a Database,
    nest: NestId,
    limit: usize,
    chance: SeededEntropy,
    songs: BTreeSet<model::TrackId>,
    drawn: Vec<Play>,
}

impl Drawing<'_> {
    /// Draws from these days until there is enough or nothing left.
    async fn from(&mut self, days: &[Range<WallTime>]) -> Result<()> {
        if days.is_empty() || self.drawn.len() >= self.limit {
            return Ok(());
        }
        let list = Value::list(days.iter().map(day_text));
        let counted = COUNT.all(self.database, [self.nest.into(), list]).await?;
        let counts = counted.iter().map(|row| row.plays.unsigned_abs());
        let total = counts.clone().sum::<u64>();
        let mut lots = Lots::new(total);
        for _ in 0..ROUNDS_MAX {
            let missing = self.limit - self.drawn.len();
            let places = lots.draw(2 * missing as u64, &mut self.chance);
            if places.is_empty() || missing == 0 {
                break;
            }
            // The day, and which play of the day, of each place among all.
            let of_day = |place: u64| {
                let mut left = place;
                counts.clone().enumerate().find_map(|(at, count)| {
                    if left < count {
                        return Some((at, left as usize));
                    }
                    left -= count;
                    None
                })
            };
            let wanted: Vec<(usize, usize)> = places.into_iter().filter_map(of_day).collect();
            let read = self.read(wanted.iter().map(|(day, _)| &counted[*day].day)).await?;
            for (day, place) in wanted {
                let play = read.get(&counted[day].day).and_then(|plays| plays.get(place));
                if let Some(play) = play
                    && self.drawn.len() < self.limit
                    && self.songs.insert(play.track.id)
                {
                    self.drawn.push(play.clone());
                }
            }
        }
        Ok(())
    }

    /// The plays of days, each day's in order.
    async fn read<'d>(
        &self,
        days: impl Iterator<Item = &'d String>,
    ) -> Result<BTreeMap<&'d String, Vec<Play>>> {
        let days: BTreeSet<&String> = days.collect();
        let rows = READ.all(self.database, [self.nest.into(), Value::list(days.iter())]).await?;
        let mut read: BTreeMap<&String, Vec<Play>> = BTreeMap::new();
        for row in rows {
            let play = row.into_play()?;
            // The last day that begins before the play: days do not overlap.
            let beginning = format!("{:020}", play.started_at.micros());
            let day = days.iter().rev().find(|day| day[..20] <= *beginning);
            if let Some(&day) = day {
                read.entry(day).or_default().push(play);
            }
        }
        Ok(read)
    }
}

/// Before 1970 there are no days: nothing was played then.
fn day_text(day: &Range<WallTime>) -> String {
    format!("{:020}-{:020}", day.start.micros().max(0), day.end.micros().max(0))
}

/// Numbers below a total, drawn without putting them back.
struct Lots {
    total: u64,
    drawn: BTreeSet<u64>,
}

impl Lots {
    const fn new(total: u64) -> Self {
        Self { total, drawn: BTreeSet::new() }
    }

    /// Up to `count` more, in the order they are drawn.
    fn draw(&mut self, count: u64, chance: &mut SeededEntropy) -> Vec<u64> {
        let left = self.total - self.drawn.len() as u64;
        if left <= 4 * count {
            // So few that drawing would mostly hit what is gone: shuffle what is left (Fisher and Yates) and take of it.
            let mut rest: Vec<u64> = (0..self.total).filter(|lot| !self.drawn.contains(lot)).collect();
            for at in (1..rest.len()).rev() {
                rest.swap(at, chance.below(at as u64 + 1) as usize);
            }
            rest.truncate(count as usize);
            self.drawn.extend(&rest);
            return rest;
        }
        let mut lots = Vec::new();
        while (lots.len() as u64) < count {
            let lot = chance.below(self.total);
            if self.drawn.insert(lot) {
                lots.push(lot);
            }
        }
        lots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lot_is_drawn_once() {
        for total in [0, 1, 7, 1_000] {
            let (mut lots, mut chance) = (Lots::new(total), SeededEntropy::from_seed(3));
            let mut all: Vec<u64> = std::iter::repeat_with(|| lots.draw(13, &mut chance))
                .take_while(|drawn| !drawn.is_empty())
                .flatten()
                .collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..total));
        }
    }

    #[test]
    fn lots_are_drawn_alike() {
        let mut hits = [0_u32; 10];
        for seed in 0..10_000 {
            for lot in Lots::new(10).draw(1, &mut SeededEntropy::from_seed(seed)) {
                hits[lot as usize] += 1;
            }
        }
        assert!(hits.iter().all(|hits| (850..1_150).contains(hits)), "{hits:?}");
    }
}
