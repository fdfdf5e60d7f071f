//! What was looked up a moment ago: callers and tracks, so that a song that is fetched in a hundred ranges asks the
//! database once; and answers of services, because many people ask the same, and services count what they are asked.
//!
//! A change made by this process is seen at once, because it forgets everything of that kind; one made by another
//! process when the answer's time is over.

use crate::limits;
use model::ServerInstant;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A small memory of answers, bounded in number and age. At its bound the oldest answer goes.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    known: Mutex<Known<K, V>>,
    lifetime: Duration,
    answers_max: usize,
}

#[derive(Debug)]
struct Known<K, V> {
    answers: BTreeMap<K, (ServerInstant, V)>,
    /// How often everything was forgotten.
    changes: u64,
}

/// Says when an answer was asked for: one that was asked for before a change is not remembered after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    at: ServerInstant,
    changes: u64,
}

/// For what the database said: [`limits::REMEMBERED`].
impl<K: Ord + Clone, V: Clone> Default for Recent<K, V> {
    fn default() -> Self {
        Self::new(limits::REMEMBERED_MAX, limits::REMEMBERED)
    }
}

impl<K: Ord + Clone, V: Clone> Recent<K, V> {
    pub(crate) const fn new(answers_max: usize, lifetime: Duration) -> Self {
        let known = Known { answers: BTreeMap::new(), changes: 0 };
        Self { known: Mutex::new(known), lifetime, answers_max }
    }

    /// The answer, if it was remembered a moment ago; else a note to give back with the answer.
    pub(crate) fn get(&self, key: &K, now: ServerInstant) -> Result<V, Asked> {
        let known = self.lock();
        match known.answers.get(key) {
            Some((at, value)) if now.since(*at) < self.lifetime => Ok(value.clone()),
            _ => Err(Asked { at: now, changes: known.changes }),
        }
    }

    /// Remembers an answer, unless something changed since it was asked for.
    pub(crate) fn remember(&self, asked: Asked, key: K, value: V) {
        let mut known = self.lock();
        if known.changes == asked.changes {
            self.insert(&mut known, asked.at, key, value);
        }
    }

    /// Remembers an answer that no change here makes wrong.
    pub(crate) fn keep(&self, key: K, value: V, now: ServerInstant) -> V {
        self.insert(&mut self.lock(), now, key, value.clone());
        value
    }

    fn insert(&self, known: &mut Known<K, V>, at: ServerInstant, key: K, value: V) {
        let answers = &mut known.answers;
        if answers.len() >= self.answers_max && !answers.contains_key(&key) {
            answers.retain(|_, (other, _)| at.since(*other) < self.lifetime);
            let oldest = answers.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest.filter(|_| answers.len() >= self.answers_max) {
                answers.remove(&oldest);
            }
        }
        answers.insert(key, (at, value));
    }

    /// Forgets everything: something changed.
    pub(crate) fn forget(&self) {
        let mut known = self.lock();
        known.changes += 1;
        known.answers.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Known<K, V>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> ServerInstant {
        ServerInstant::from_micros(micros)
    }

    fn asked<V: Clone>(recent: &Recent<usize, V>, micros: u64) -> Asked {
        recent.get(&usize::MAX, at(micros)).err().expect("nobody remembered this one")
    }

    #[test]
    fn an_answer_is_known_for_a_moment_and_not_longer() {
        let recent = Recent::default();
        recent.remember(asked(&recent, 0), 1, "one");
        let end = limits::REMEMBERED.as_micros() as u64;
        assert_eq!(recent.get(&1, at(end - 1)).ok(), Some("one"));
        assert_eq!(recent.get(&1, at(end)).ok(), None);
    }

    #[test]
    fn at_the_bound_the_oldest_goes_and_nothing_grows() {
        let recent = Recent::new(3, Duration::from_micros(10));
        for number in 0..6_u64 {
            assert_eq!(recent.keep(number, number * 2, at(number)), number * 2);
        }
        let known = |now| (0..6).filter_map(|number| recent.get(&number, at(now)).ok()).collect::<Vec<_>>();
        assert_eq!(known(6), [6, 8, 10]);
        // One that is known already takes nobody's place; what is too old goes first.
        recent.keep(4, 1, at(7));
        assert_eq!(known(7), [6, 1, 10]);
        recent.keep(9, 2, at(15));
        assert_eq!(recent.lock().answers.keys().copied().collect::<Vec<_>>(), [4, 9]);
    }

    #[test]
    fn a_change_forgets_everything_even_what_was_just_being_looked_up() {
        let recent = Recent::default();
        recent.remember(asked(&recent, 0), 1, "one");
        let under_way = asked(&recent, 0);
        recent.forget();
        recent.remember(under_way, 2, "two");
        assert_eq!(recent.get(&1, at(0)).ok(), None);
        assert_eq!(recent.get(&2, at(0)).ok(), None);
    }
}
