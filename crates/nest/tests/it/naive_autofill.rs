//! What a nest remembers of playing on by itself, naively: every stretch that was heard is kept and counted again each
//! time, and so is everything that anybody ever added or filtered.

use crate::room::{Room, SONG};
use model::TrackId;
use nest::limits;
use std::collections::BTreeMap;

const WEEK_MICROS: i64 = 7 * 24 * 3_600_000_000;

/// Times are in microseconds.
#[derive(Clone, Debug, Default)]
pub struct NaiveAutofill {
    pub preview: Option<u64>,
    pub rests: bool,
    /// Track and when it was added or filtered last.
    filtered: BTreeMap<u64, i64>,
    /// The tracks among them that somebody filtered.
    refused: BTreeMap<u64, i64>,
    /// Stretches of its own songs since the last entry of a person.
    heard: Vec<(i64, i64)>,
    hears_since: Option<i64>,
    /// The last song of a person, or else of its own, and whether it is a person's.
    seed: Option<(u64, bool)>,
}

impl NaiveAutofill {
    /// A person's song came into the queue.
    pub fn added_by_person(&mut self, song: u64, now: i64) {
        self.filtered.insert(song, now);
        self.refused.remove(&song);
        self.awaken(now);
        if self.preview == Some(song) {
            self.preview = None;
        }
    }

    pub fn awaken(&mut self, now: i64) {
        self.rests = false;
        self.heard.clear();
        self.hears_since = self.hears_since.map(|since| since.max(now));
    }

    pub fn filter(&mut self, now: i64) {
        if let Some(song) = self.preview.take() {
            self.filtered.insert(song, now);
            self.refused.insert(song, now);
        }
    }

    /// A song that was filtered and not added since; the oldest, or the newest.
    pub fn refused(&self, oldest: bool) -> Option<u64> {
        let by_time = |(song, at): (&u64, &i64)| (*at, *song);
        let all = self.refused.iter().map(by_time);
        if oldest { all.min() } else { all.max() }.map(|(_, song)| song)
    }

    pub fn unfilter(&mut self, song: u64) {
        if self.refused.remove(&song).is_some() {
            self.filtered.remove(&song);
        }
    }

    pub fn is_filtered(&self, song: u64, now: i64) -> bool {
        self.filtered.get(&song).is_some_and(|at| now - at < WEEK_MICROS)
    }

    pub fn starts(&mut self, song: u64, by_person: bool, at: i64) {
        if by_person {
            self.rests = false;
            self.heard.clear();
        }
        self.hears_since = (!by_person).then_some(at);
        if by_person || self.seed.is_none_or(|(_, by_person)| !by_person) {
            self.seed = Some((song, by_person));
        }
    }

    pub fn stops(&mut self, at: i64, end: Option<i64>) {
        if let Some(since) = self.hears_since.take() {
            self.heard.push((since, end.map_or(at, |end| at.min(end))));
        }
    }

    pub fn goes_on(&mut self, at: i64) {
        self.hears_since = Some(at);
    }

    fn heard_until(&self, now: i64) -> i64 {
        let open = self.hears_since.map(|since| (since, now));
        self.heard.iter().copied().chain(open).map(|(from, to)| (to - from).max(0)).sum()
    }

    /// Whether the streak will be over once everything has played.
    pub fn is_over(
        &self,
        now: i64,
        left_of_own: Option<i64>,
        queue: &[Option<u64>],
        minutes_max: u32,
    ) -> bool {
        let song = SONG.as_micros() as i64;
        let after_last_person = queue.iter().rev().take_while(|owner| owner.is_none()).count() as i64;
        let all_own = queue.iter().all(Option::is_none);
        let before = if all_own { self.heard_until(now) + left_of_own.unwrap_or(0) } else { 0 };
        minutes_max > 0 && before + after_last_person * song >= i64::from(minutes_max) * 60_000_000
    }

    pub fn compare(&self, room: &Room, what: &str) {
        let autofill = room.nest.autofill();
        let now = room.now.micros();
        let number = |track: TrackId| track.as_u128() as u64;
        assert_eq!(autofill.preview.as_ref().map(|preview| number(preview.track.id)), self.preview, "{what}");
        assert_eq!(autofill.rests, self.rests, "{what}");
        assert_eq!(autofill.streak.at(room.now).as_micros() as i64, self.heard_until(now), "{what}");
        let seed = autofill.seed.as_ref().map(|seed| (number(seed.track), seed.by.member().is_some()));
        assert_eq!(seed, self.seed, "{what}");
    }

    /// What was filtered and refused. The lists are long, and what is wrong in them stays: not after every command.
    pub fn compare_lists(&self, room: &Room, what: &str) {
        let now = room.now.micros();
        let number = |track: TrackId| track.as_u128() as u64;
        let mut lately: Vec<_> = self
            .filtered
            .iter()
            .filter(|(_, at)| now - **at < WEEK_MICROS)
            .map(|(song, at)| (*at, *song))
            .collect();
        lately.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        lately.truncate(limits::AUTOFILL_FILTERED_MAX);
        let mut real: Vec<_> = room.nest.filtered(room.now).map(number).collect();
        let mut naive: Vec<_> = lately.into_iter().map(|(_, song)| song).collect();
        real.sort_unstable();
        naive.sort_unstable();
        assert_eq!(real, naive, "{what}");
        let refused = self.refused.iter().filter(|(_, at)| now - **at < WEEK_MICROS).map(|(song, _)| *song);
        let mut listed: Vec<_> =
            room.nest.refused(room.now).map(|refused| number(refused.track.id)).collect();
        listed.sort_unstable();
        assert_eq!(listed, refused.collect::<Vec<_>>(), "{what}");
    }
}
