//! What was looked up a moment ago: callers and tracks, so that a song that is fetched in a hundred ranges asks the
//! database once.
//!
//! A change made by this process is seen at once, because it forgets everything of that kind; one made by another
//! process within [`limits::REMEMBERED`].

use crate::limits;
use model::ServerInstant;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A small memory of answers, bounded in number and age.
#[derive(Debug)]
pub(crate) struct Recent<K, V>(Mutex<Known<K, V>>);

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

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Known { answers: BTreeMap::new(), changes: 0 }))
    }
}

impl<K: Ord, V: Clone> Recent<K, V> {
    /// The answer, if it was remembered a moment ago; else a note to give back with the answer.
    pub(crate) fn get(&self, key: &K, now: ServerInstant) -> Result<V, Asked> {
        let known = self.lock();
        match known.answers.get(key) {
            Some((at, value)) if now.since(*at) < limits::REMEMBERED => Ok(value.clone()),
            _ => Err(Asked { at: now, changes: known.changes }),
        }
    }

    /// Remembers an answer, unless something changed since it was asked for.
    pub(crate) fn remember(&self, asked: Asked, key: K, value: V) {
        let mut known = self.lock();
        if known.changes != asked.changes {
            return;
        }
        if known.answers.len() >= limits::REMEMBERED_MAX {
            known.answers.retain(|_, (at, _)| asked.at.since(*at) < limits::REMEMBERED);
        }
        if known.answers.len() < limits::REMEMBERED_MAX {
            known.answers.insert(key, (asked.at, value));
        }
    }

    /// Forgets everything: something changed.
    pub(crate) fn forget(&self) {
        let mut known = self.lock();
        known.changes += 1;
        known.answers.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Known<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn a_full_memory_lets_the_old_go_and_never_grows() {
        let recent = Recent::default();
        for number in 0..limits::REMEMBERED_MAX * 2 {
            recent.remember(asked(&recent, 0), number, ());
        }
        assert_eq!(recent.lock().answers.len(), limits::REMEMBERED_MAX);
        let later = asked(&recent, limits::REMEMBERED.as_micros() as u64);
        recent.remember(later, usize::MAX, ());
        assert_eq!(recent.lock().answers.len(), 1);
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
