//! Decisions about the queue: add, remove, restore, clear, vote.

use super::Decision;
use crate::order::Order;
use crate::ordering::rating;
use crate::{Actor, Because, Entry, EventKind, Refusal, Removal, Standing, Vote, VoteDirection, limits};
use model::{Action, EntryId, MemberId, TrackSummary};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Decision<'_> {
    pub(super) fn add(self, track: &TrackSummary) -> Result<Vec<EventKind>, Refusal> {
        let (decision, _) = self.add_because(track.clone().into(), None)?;
        // What is queued does not come next by itself as well.
        let preview = decision.nest.autofill.preview.as_ref();
        if preview.is_some_and(|preview| preview.track.id == track.id) {
            decision.without_preview()
        } else {
            decision
        }
        .done()
    }

    /// Adds a track, and says under which id.
    pub(super) fn add_because(
        self,
        track: Arc<TrackSummary>,
        because: Option<Arc<Because>>,
    ) -> Result<(Self, EntryId), Refusal> {
        self.require(Action::Add)?;
        self.require_room(1)?;
        let queue = &self.nest.queue;
        let mut entry = Entry {
            id: EntryId::from_sequence(self.next_sequence()),
            track,
            added_by: self.by.contributor(),
            added_at: self.now,
            score: 0.0,
            votes: BTreeMap::new(),
            jams: Vec::new(),
            comments: Vec::new(),
            free_horn_earned: false,
            because,
        };
        let id = entry.id;
        let rescored = self.place(&mut entry);
        let starts = self.nest.playing.is_none() && queue.is_empty();
        let started_at = self.now.plus(limits::START_LEAD);
        let decision = self.then(EventKind::EntryAdded { entry, rescored });
        let decision = if starts {
            decision.then(EventKind::PlaybackStarted { entry: id, started_at })
        } else {
            decision
        };
        Ok((decision, id))
    }

    /// Gives a new entry its score, and answers which others have to make room.
    fn place(&self, entry: &mut Entry) -> Vec<Standing> {
        let queue = &self.nest.queue;
        let ordering = self.nest.settings.ordering;
        entry.score = ordering.score(queue, entry);
        if !ordering.votes_move() {
            return Vec::new();
        }
        let mut order = Order::of(queue);
        order.insert(entry.id, entry.score);
        entry.score = order.score(entry.id).unwrap_or(entry.score);
        order.changes()
    }

    pub(super) fn remove(self, entry: EntryId) -> Result<Vec<EventKind>, Refusal> {
        let queued = self.nest.queued(entry).ok_or(Refusal::UnknownEntry { entry })?;
        if !self.by.member().is_some_and(|member| queued.is_of(member)) {
            self.require(Action::RemoveOthers)?;
        }
        self.then(EventKind::EntryRemoved { entry }).done()
    }

    pub(super) fn clear(self) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Clear)?;
        if self.nest.queue.is_empty() { self.done() } else { self.then(EventKind::QueueCleared).done() }
    }

    pub(super) fn restore(self, entry: Option<EntryId>) -> Result<Vec<EventKind>, Refusal> {
        let fresh = |removal: &&Removal| self.now.since(removal.at) <= limits::RESTORE_WITHIN;
        let chosen: Vec<&Removal> = match entry {
            Some(entry) => self.nest.removals.iter().filter(fresh).filter(|r| r.entry.id == entry).collect(),
            None => {
                let last = self.nest.removals.iter().filter(fresh).filter_map(|r| r.cleared_by_event).max();
                let last = last.ok_or(Refusal::NothingToRestore)?;
                self.nest.removals.iter().filter(|r| r.cleared_by_event == Some(last)).collect()
            }
        };
        if chosen.is_empty() {
            return Err(Refusal::NothingToRestore);
        }
        self.require_room(chosen.len())?;
        for removal in &chosen {
            self.require_own_removal(removal)?;
        }
        let restored: Vec<Entry> = chosen.iter().map(|removal| self.as_it_was(removal)).collect();
        let restore = |decision: Self, entry| decision.then(EventKind::EntryRestored { entry });
        restored.into_iter().fold(self, restore).done()
    }

    /// The entry with the score it had, or, where the ordering has changed since, with the one of its place.
    fn as_it_was(&self, removal: &Removal) -> Entry {
        let mut entry = (*removal.entry).clone();
        let ordering = self.nest.settings.ordering;
        if removal.ordering != ordering {
            entry.score = ordering.score(&self.nest.queue, &entry);
        }
        entry
    }

    /// A removal is taken back by who made it, by who had added the entry, or by who may remove others' entries.
    fn require_own_removal(&self, removal: &Removal) -> Result<(), Refusal> {
        let member = self.by.member();
        let own = member.is_some_and(|member| removal.by == Some(member) || removal.entry.is_of(member));
        if own { Ok(()) } else { self.require(Action::RemoveOthers) }
    }

    fn require_room(&self, entries: usize) -> Result<(), Refusal> {
        let entries_max = self.nest.settings.queue_entries_max;
        if self.nest.queue.len() + entries > entries_max as usize {
            Err(Refusal::QueueFull { entries_max })
        } else {
            Ok(())
        }
    }

    pub(super) fn vote(
        self,
        entry: EntryId,
        direction: Option<VoteDirection>,
    ) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Vote)?;
        let Actor::Person { id: voter, .. } = *self.by else { return self.done() };
        let queued = self.nest.queued(entry).ok_or(Refusal::UnknownEntry { entry })?;
        let moves = self.nest.settings.ordering.votes_move();
        let earlier = queued.votes.get(&voter).copied();
        // Where votes are the order, one that did not count before may do so now.
        let repeats = match earlier {
            Some(vote) => direction == Some(vote.direction) && (moves || vote.counted),
            None => direction.is_none(),
        };
        if queued.is_of(voter) {
            match direction {
                Some(VoteDirection::Down) if moves => {}
                Some(_) => return Err(Refusal::OwnEntry { entry }),
                None => return self.done(),
            }
        } else if repeats {
            return self.done();
        }
        let mut order = Order::of(&self.nest.queue);
        let (counted, tally) = if moves {
            if let Some(Vote { direction, counted: true }) = earlier {
                shift(&mut order, entry, direction.reversed());
            }
            let counted = direction.is_some_and(|direction| shift(&mut order, entry, direction));
            (counted, tally_after(queued, voter, direction.filter(|_| counted)))
        } else {
            let tally = tally_after(queued, voter, direction);
            order.rate(entry, rating(tally));
            (direction.is_some(), tally)
        };
        let rescored = order.changes();
        self.then(EventKind::VoteCast { entry, voter, direction, counted, tally, rescored }).done()
    }
}

/// The tally once this person's vote is `counted`; the adder's own never is.
fn tally_after(entry: &Entry, voter: MemberId, counted: Option<VoteDirection>) -> i32 {
    let value = |direction| if direction == VoteDirection::Up { 1 } else { -1 };
    let earlier = entry.votes.get(&voter).filter(|vote| vote.counted).map_or(0, |vote| value(vote.direction));
    let now = counted.filter(|_| !entry.is_of(voter)).map_or(0, value);
    entry.tally() - earlier + now
}

fn shift(order: &mut Order, entry: EntryId, direction: VoteDirection) -> bool {
    order.rank(entry).is_some_and(|rank| order.shift(rank, direction))
}
