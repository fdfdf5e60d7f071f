//! A track in the queue, and what people think of it.

use crate::{Because, Comment, Jam};
use model::{Contributor, EntryId, MemberId, TrackSummary, WallTime};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A track somebody put into the nest.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Id: the sequence number of the event that added it.
    pub id: EntryId,
    /// The track as it was then.
    pub track: Arc<TrackSummary>,
    /// Who added it.
    pub added_by: Contributor,
    /// When.
    pub added_at: WallTime,
    /// Its place: the queue is ordered by `(score, id)`, ascending. Always finite.
    pub score: f64,
    /// The votes of others than the person who added it.
    pub votes: BTreeMap<MemberId, Vote>,
    /// Who jams along, in order of time; one a person.
    pub jams: Vec<Jam>,
    /// What people say about it, in order of time.
    pub comments: Vec<Comment>,
    /// Whether it has earned whoever added it a free horn: it does so once.
    pub free_horn_earned: bool,
    /// Why the nest chose it; `None`: a person did, or it was long ago.
    pub because: Option<Arc<Because>>,
}

/// Which way a vote goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteDirection {
    /// For.
    Up,
    /// Against.
    Down,
}

impl VoteDirection {
    /// The other way.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// One person's vote on an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Which way.
    pub direction: VoteDirection,
    /// Whether it counts in the tally. A vote against the last entry of a queue has nowhere to send it and does not.
    pub counted: bool,
}

impl Entry {
    /// Counted votes for, less counted votes against.
    pub fn tally(&self) -> i32 {
        self.votes.values().filter(|vote| vote.counted).fold(0, |tally, vote| match vote.direction {
            VoteDirection::Up => tally + 1,
            VoteDirection::Down => tally - 1,
        })
    }

    /// Whether this person jams along.
    pub fn is_jammed_by(&self, member: MemberId) -> bool {
        self.jams.iter().any(|jam| jam.by == member)
    }

    /// Whether this person added it.
    pub fn is_of(&self, member: MemberId) -> bool {
        self.added_by.member() == Some(member)
    }
}
