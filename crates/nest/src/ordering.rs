//! The three orders in which a nest can play what waits, and how a queue changes from one to another.
//!
//! In `Fair` and `FirstCome` a vote moves an entry by one place; in `MostVotes` the tally is the order. What a vote is
//! worth never changes: where the ordering changes, every counted vote is one place of its entry again, or one of its
//! tally.

use crate::order::{Order, fair_rank, fair_score, score_at};
use crate::{Entry, Standing, VoteDirection};
use model::EntryId;
use std::borrow::Borrow;

/// In which order a nest plays what waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ordering {
    /// Newcomers come in before others' n-th songs; votes move an entry by one place.
    #[default]
    Fair,
    /// The highest tally first, equals as they came.
    MostVotes,
    /// As they came; votes move an entry by one place.
    FirstCome,
}

impl Ordering {
    /// Whether a vote moves an entry by one place, instead of counting towards its rank.
    pub(crate) const fn votes_move(self) -> bool {
        !matches!(self, Self::MostVotes)
    }

    /// The score that puts `entry`, which is not in `queue`, into its place there.
    pub(crate) fn score<E: Borrow<Entry>>(self, queue: &[E], entry: &Entry) -> f64 {
        match self {
            Self::Fair => fair_score(queue, &entry.added_by),
            Self::MostVotes => rating(entry.tally()),
            Self::FirstCome => {
                let rank = queue.iter().position(|other| other.borrow().id > entry.id);
                score_at(queue, rank.unwrap_or(queue.len()))
            }
        }
    }

    /// What has to change so that `queue` stands in this order.
    pub(crate) fn rearrange<E: Borrow<Entry>>(self, queue: &[E]) -> Vec<Standing> {
        let mut arrived: Vec<&Entry> = queue.iter().map(Borrow::borrow).collect();
        arrived.sort_by_key(|entry| entry.id);
        let mut order = Order::of(queue);
        if self == Self::MostVotes {
            for entry in arrived {
                order.rate(entry.id, rating(entry.tally()));
            }
            return order.changes();
        }
        order.arrange(self.before_votes(&arrived));
        for entry in &arrived {
            repeat_votes(&mut order, entry);
        }
        order.arrange(order.entries());
        order.changes()
    }

    /// The order of entries that nobody voted on, given as they came.
    fn before_votes(self, arrived: &[&Entry]) -> Vec<EntryId> {
        let mut ids = Vec::with_capacity(arrived.len());
        let mut owners = Vec::with_capacity(arrived.len());
        for entry in arrived {
            let owner = entry.added_by.member();
            let rank = if self == Self::Fair { fair_rank(&owners, owner) } else { owners.len() };
            ids.insert(rank, entry.id);
            owners.insert(rank, owner);
        }
        ids
    }
}

/// The score of a tally: the most votes come first.
pub(crate) fn rating(tally: i32) -> f64 {
    -f64::from(tally)
}

fn repeat_votes(order: &mut Order, entry: &Entry) {
    let tally = entry.tally();
    let direction = if tally > 0 { VoteDirection::Up } else { VoteDirection::Down };
    for _ in 0..tally.unsigned_abs() {
        if let Some(rank) = order.rank(entry.id) {
            order.shift(rank, direction);
        }
    }
}
