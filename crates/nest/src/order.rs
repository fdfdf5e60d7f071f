//! The fair order: newcomers come in before others' n-th songs, and votes move an entry by one place.
//!
//! Scores are real numbers so that an entry can go between two others without touching them. When two neighbours have
//! come so close that nothing fits between, the whole queue is numbered afresh; the order never changes by that.

use crate::{Entry, VoteDirection};
use model::{Contributor, EntryId, MemberId};
use std::borrow::Borrow;
use std::collections::BTreeMap;

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// The entry.
    pub entry: EntryId,
    /// Its score.
    pub score: f64,
}

/// How far before the first, or after the last, a vote sends an entry that passes it.
const BEYOND: f64 = 120.0;

/// The score that puts one more entry of `contributor` into its fair place: halfway between its neighbours there, or one
/// after the last.
pub fn fair_score<E: Borrow<Entry>>(queue: &[E], contributor: &Contributor) -> f64 {
    let owners: Vec<_> = queue.iter().map(|entry| entry.borrow().added_by.member()).collect();
    score_at(queue, fair_rank(&owners, contributor.member()))
}

/// The fair place of one more entry of `member` (`None`: of the nest itself) among entries of these owners.
///
/// With it the contributor would have n entries queued. It goes just before the first entry that is somebody's n+1-th;
/// if there is none, after the last. Entries of the nest itself count as one contributor's; its own always go last.
pub(crate) fn fair_rank(owners: &[Option<MemberId>], member: Option<MemberId>) -> usize {
    if member.is_none() {
        return owners.len();
    }
    let own = owners.iter().filter(|&&owner| owner == member).count();
    let mut counts = BTreeMap::<Option<MemberId>, usize>::new();
    let overtaken = owners.iter().position(|owner| {
        let count = counts.entry(*owner).or_default();
        *count += 1;
        *count == own + 2
    });
    overtaken.unwrap_or(owners.len())
}

/// The score that puts an entry at `rank`: halfway between its neighbours there, or one beyond the end.
pub(crate) fn score_at<E: Borrow<Entry>>(queue: &[E], rank: usize) -> f64 {
    let score = |at: usize| queue.get(at).map(|entry| entry.borrow().score);
    let before = rank.checked_sub(1).and_then(score);
    match (before, score(rank)) {
        (None, None) => 1.0,
        (None, Some(after)) => after - 1.0,
        (Some(before), None) => before + 1.0,
        (Some(before), Some(after)) => midpoint(before, after),
    }
}

/// Halfway, or `low` when nothing fits between: an entry placed there comes after `low`, and all are numbered afresh.
fn midpoint(low: f64, high: f64) -> f64 {
    let middle = low + (high - low) / 2.0;
    if middle < high { middle } else { low }
}

/// The queue's order while a decision is made: moves happen here, and what they changed is read off at the end.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    before: Vec<Standing>,
    now: Vec<Standing>,
}

impl Order {
    pub(crate) fn of<E: Borrow<Entry>>(queue: &[E]) -> Self {
        let now: Vec<_> = queue
            .iter()
            .map(|entry| Standing { entry: entry.borrow().id, score: entry.borrow().score })
            .collect();
        Self { before: now.clone(), now }
    }

    /// Puts an entry where `score` says, making room if its neighbours leave none.
    pub(crate) fn insert(&mut self, entry: EntryId, score: f64) {
        let at = self
            .now
            .partition_point(|other| other.score < score || (other.score == score && other.entry < entry));
        let fits = at == 0 || self.now[at - 1].score < score;
        self.now.insert(at, Standing { entry, score });
        if !fits {
            // The caller meant the place before what follows; an equal score must not let ids decide.
            self.renumber();
        }
    }

    /// Puts the entries into this order, of which each is one, and numbers them afresh.
    pub(crate) fn arrange(&mut self, entries: impl IntoIterator<Item = EntryId>) {
        self.now = entries.into_iter().map(|entry| Standing { entry, score: 0.0 }).collect();
        self.renumber();
    }

    /// Gives an entry this score, whatever the scores of the others are: ids decide between equals.
    pub(crate) fn rate(&mut self, entry: EntryId, score: f64) {
        self.now.retain(|standing| standing.entry != entry);
        let at = self
            .now
            .partition_point(|other| other.score < score || (other.score == score && other.entry < entry));
        self.now.insert(at, Standing { entry, score });
    }

    pub(crate) fn rank(&self, entry: EntryId) -> Option<usize> {
        self.now.iter().position(|standing| standing.entry == entry)
    }

    /// Moves an entry by one place. `false`: it is the last and was sent down, so nothing happened.
    pub(crate) fn shift(&mut self, rank: usize, direction: VoteDirection) -> bool {
        match direction {
            VoteDirection::Up => self.raise(rank),
            VoteDirection::Down if rank + 1 >= self.now.len() => return false,
            VoteDirection::Down => self.lower(rank),
        }
        true
    }

    fn raise(&mut self, rank: usize) {
        let score = |at: usize| self.now[at].score;
        match rank {
            0 if self.now.len() == 1 => self.now[0].score += BEYOND,
            // Already first: closer to the second, so that the next one to rise has less far to go.
            0 => {
                let closer = midpoint(score(0), score(1));
                if closer < score(1) {
                    self.now[0].score = closer;
                }
            }
            1 => self.place(1, 0, score(0) - BEYOND),
            _ => self.place(rank, rank - 1, midpoint(score(rank - 2), score(rank - 1))),
        }
    }

    fn lower(&mut self, rank: usize) {
        let score = |at: usize| self.now[at].score;
        let last = self.now.len() - 1;
        if rank + 1 == last {
            self.place(rank, last, score(last) + BEYOND);
        } else {
            self.place(rank, rank + 1, midpoint(score(rank + 1), score(rank + 2)));
        }
    }

    /// Takes the entry at `from` to `to` with `score`, and numbers everything afresh if the score does not say so.
    fn place(&mut self, from: usize, to: usize, score: f64) {
        let mut standing = self.now.remove(from);
        standing.score = score;
        self.now.insert(to, standing);
        let after_previous = to == 0 || self.now[to - 1].score < score;
        let before_next = self.now.get(to + 1).is_none_or(|next| score < next.score);
        if !(after_previous && before_next) {
            self.renumber();
        }
    }

    fn renumber(&mut self) {
        for (at, standing) in self.now.iter_mut().enumerate() {
            standing.score = (at + 1) as f64;
        }
    }

    /// The entries, in their order now.
    pub(crate) fn entries(&self) -> Vec<EntryId> {
        self.now.iter().map(|standing| standing.entry).collect()
    }

    /// The score an entry has now.
    pub(crate) fn score(&self, entry: EntryId) -> Option<f64> {
        self.rank(entry).map(|rank| self.now[rank].score)
    }

    /// The entries that were there before and whose score changed, in their order now.
    pub(crate) fn changes(&self) -> Vec<Standing> {
        let before: BTreeMap<_, _> =
            self.before.iter().map(|standing| (standing.entry, standing.score)).collect();
        self.now
            .iter()
            .filter(|standing| before.get(&standing.entry).is_some_and(|&score| score != standing.score))
            .copied()
            .collect()
    }
}
