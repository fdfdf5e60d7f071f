//! A second, naive implementation of the rules, and random commands that drive both.
//!
//! The naive queue is a plain list: no scores, entries are moved by swapping neighbours. The real one must show the
//! same order, the same votes and the same clock after every command.

use crate::room::{Room, person, track};
use model::{Entropy, EntryId, Role, SeededEntropy, TrackPosition};
use nest::{Actor, Command, EventKind, Nest, Playback, VoteDirection, limits};
use proptest::prelude::*;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
struct NaiveEntry {
    id: EntryId,
    owner: Option<u64>,
    /// Voter, direction, counted.
    votes: Vec<(u64, VoteDirection, bool)>,
}

#[derive(Clone, Debug, Default)]
struct Naive {
    queue: Vec<NaiveEntry>,
    playing: Option<EntryId>,
    /// Microseconds of the wall clock at position 0 while running, else the paused position in milliseconds.
    started_at: i64,
    paused_at: Option<i64>,
}

impl Naive {
    fn add(&mut self, id: EntryId, owner: Option<u64>, now: i64) {
        let entry = NaiveEntry { id, owner, votes: Vec::new() };
        let nth = 1 + self.queue.iter().filter(|other| other.owner == owner).count();
        let overtaken = (0..self.queue.len()).find(|&at| {
            let other = self.queue[at].owner;
            at > 0
                && owner.is_some()
                && self.queue[..=at].iter().filter(|e| e.owner == other).count() == nth + 1
        });
        let idle = self.playing.is_none() && self.queue.is_empty();
        self.queue.insert(overtaken.unwrap_or(self.queue.len()), entry);
        if idle {
            self.start(now + limits::START_LEAD.as_micros() as i64);
        }
    }

    fn start(&mut self, started_at: i64) {
        self.playing = None;
        self.paused_at = None;
        if !self.queue.is_empty() {
            self.playing = Some(self.queue.remove(0).id);
            self.started_at = started_at;
        }
    }

    /// Swaps with a neighbour; whether the move counts.
    fn shift(&mut self, id: EntryId, direction: VoteDirection) -> bool {
        let at = self.queue.iter().position(|entry| entry.id == id).expect("queued");
        match direction {
            VoteDirection::Up if at > 0 => self.queue.swap(at, at - 1),
            VoteDirection::Up => {}
            VoteDirection::Down if at + 1 < self.queue.len() => self.queue.swap(at, at + 1),
            VoteDirection::Down => return false,
        }
        true
    }

    fn vote(&mut self, id: EntryId, voter: u64, direction: Option<VoteDirection>) {
        let entry = self.queue.iter_mut().find(|entry| entry.id == id).expect("queued");
        let own = entry.owner == Some(voter);
        let earlier = entry.votes.iter().position(|vote| vote.0 == voter).map(|at| entry.votes.remove(at));
        if let Some((_, direction, true)) = earlier {
            self.shift(id, direction.reversed());
        }
        if let Some(direction) = direction {
            let counted = self.shift(id, direction);
            let entry = self.queue.iter_mut().find(|entry| entry.id == id).expect("queued");
            if !own {
                entry.votes.push((voter, direction, counted));
                entry.votes.sort_by_key(|vote| vote.0);
            }
        }
    }
}

/// Chooses commands by chance, runs them on both, and compares after each.
struct Duel {
    room: Room,
    naive: Naive,
    chance: SeededEntropy,
}

impl Duel {
    fn with_seed(seed: u64) -> Self {
        Self { room: Room::open(), naive: Naive::default(), chance: SeededEntropy::from_seed(seed) }
    }

    fn some_entry(&mut self) -> Option<EntryId> {
        let queue = self.room.order();
        queue.get(self.chance.below(queue.len() as u64) as usize).copied()
    }

    fn step(&mut self) {
        let passed = Duration::from_millis(self.chance.below(20_000));
        self.room.pass(passed);
        let now = self.room.now.micros();
        let member = 1 + self.chance.below(8);
        let who = person(member, Role::Host);
        match self.chance.below(20) {
            0..=6 => self.add(Some(member), &who, now),
            7 => self.add(None, &Actor::Nest, now),
            8..=12 => self.vote(member, &who),
            13 => {
                if let Some(entry) = self.some_entry() {
                    self.room.must(&who, &Command::Remove(entry));
                    self.naive.queue.retain(|other| other.id != entry);
                }
            }
            14 => self.remove_and_restore(&who),
            15 => self.pause_or_resume(&who, now),
            16 => {
                if self.room.run(&who, &Command::Skip(None)).is_ok() {
                    self.naive.start(now + limits::START_LEAD.as_micros() as i64);
                }
            }
            17 => self.seek(&who, now),
            _ => self.advance(now),
        }
    }

    fn add(&mut self, owner: Option<u64>, who: &Actor, now: i64) {
        if self.room.order().len() < 60 {
            let song = self.chance.below(1_000_000);
            let id = self.room.add_as(who, song);
            self.naive.add(id, owner, now);
        }
    }

    fn vote(&mut self, member: u64, who: &Actor) {
        let Some(entry) = self.some_entry() else { return };
        let direction =
            [None, Some(VoteDirection::Up), Some(VoteDirection::Down)][self.chance.below(3) as usize];
        let changed = self.room.run(who, &Command::Vote(entry, direction));
        if let Ok(events) = &changed
            && let Some(EventKind::VoteCast { tally, .. }) = events.first().map(|event| &event.kind)
        {
            assert_eq!(Some(*tally), self.room.nest.queued(entry).map(|entry| entry.tally()));
        }
        if changed.is_ok_and(|events| !events.is_empty()) {
            self.naive.vote(entry, member, direction);
        }
    }

    fn remove_and_restore(&mut self, who: &Actor) {
        if let Some(entry) = self.some_entry() {
            self.room.must(who, &Command::Remove(entry));
            self.room.must(who, &Command::Restore(Some(entry)));
        }
    }

    fn pause_or_resume(&mut self, who: &Actor, now: i64) {
        if self.naive.playing.is_none() {
            return;
        }
        match self.naive.paused_at {
            None => {
                self.room.must(who, &Command::Pause);
                self.naive.paused_at = Some((now - self.naive.started_at).div_euclid(1000).clamp(0, 180_000));
            }
            Some(position) => {
                self.room.must(who, &Command::Resume);
                self.naive.started_at = now + limits::CHANGE_LEAD.as_micros() as i64 - position * 1000;
                self.naive.paused_at = None;
            }
        }
    }

    fn seek(&mut self, who: &Actor, now: i64) {
        let position = self.chance.below(180_001) as i64;
        if self.room.run(who, &Command::Seek(TrackPosition::from_millis(position))).is_ok() {
            match &mut self.naive.paused_at {
                Some(paused_at) => *paused_at = position,
                None => {
                    self.naive.started_at = now + limits::CHANGE_LEAD.as_micros() as i64 - position * 1000
                }
            }
        }
    }

    fn advance(&mut self, now: i64) {
        self.room.must(&Actor::Nest, &Command::Advance);
        let lead = limits::START_LEAD.as_micros() as i64;
        let end = self.naive.started_at + 180_000_000;
        if self.naive.playing.is_none() {
            self.naive.start(now + lead);
        } else if self.naive.paused_at.is_none() && end <= now {
            let punctual = now - end <= limits::CATCH_UP_MAX.as_micros() as i64;
            self.naive.start(if punctual { end } else { now + lead });
        }
    }

    fn compare(&self, what: &str) {
        let real = self.room.nest.queue().iter().map(|entry| {
            let votes = entry
                .votes
                .iter()
                .map(|(voter, vote)| (voter.as_u128() as u64, vote.direction, vote.counted));
            let owner = entry.added_by.member().map(|owner| owner.as_u128() as u64);
            NaiveEntry { id: entry.id, owner, votes: votes.collect() }
        });
        assert_eq!(real.collect::<Vec<_>>(), self.naive.queue, "{what}");
        assert_eq!(self.room.playing(), self.naive.playing, "{what}");
        if let Some(playing) = self.room.nest.playing() {
            match playing.playback {
                Playback::Paused { position } => {
                    assert_eq!(Some(position.millis()), self.naive.paused_at, "{what}")
                }
                Playback::Running { started_at } => {
                    assert_eq!(
                        (started_at.micros(), None),
                        (self.naive.started_at, self.naive.paused_at),
                        "{what}"
                    );
                }
            }
        }
        let scores = self.room.scores();
        assert!(scores.iter().all(|score| score.is_finite()), "{what}");
    }

    /// The fold of the log, and of a snapshot and the rest of the log, is the state.
    fn replay(&self) {
        let log = &self.room.log;
        let mut replayed = Nest::from_first(&log[0]).expect("a first event");
        let middle = log.len() / 2;
        let mut resumed = None;
        for (at, event) in log.iter().enumerate().skip(1) {
            replayed.apply(event);
            if at == middle {
                resumed = Some(Nest::from_snapshot(replayed.snapshot()));
            } else if let Some(resumed) = &mut resumed {
                resumed.apply(event);
            }
        }
        assert_eq!(replayed, self.room.nest);
        assert!(resumed.is_none_or(|resumed| resumed == self.room.nest));
    }
}

fn duel(seed: u64, steps: u64) {
    let mut duel = Duel::with_seed(seed);
    for step in 0..steps {
        duel.step();
        duel.compare(&format!("seed {seed}, step {step}"));
    }
    duel.replay();
}

/// Seeds that once showed something, and a spread of others. Two million commands in all.
#[test]
fn the_nest_agrees_with_the_naive_model_over_millions_of_commands() {
    for seed in 0..400 {
        duel(seed, 5_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_nest_agrees_with_the_naive_model_for_any_seed(seed: u64) {
        duel(seed, 400);
    }

    #[test]
    fn no_command_of_a_stranger_panics(seed: u64, millis in any::<i64>(), sequence in any::<u64>()) {
        let mut duel = Duel::with_seed(seed);
        (0..50).for_each(|_| duel.step());
        let entry = EntryId::from_sequence(sequence);
        let commands = [
            Command::Seek(TrackPosition::from_millis(millis)), Command::Remove(entry), Command::Restore(Some(entry)),
            Command::Vote(entry, Some(VoteDirection::Down)), Command::Skip(Some(entry)), Command::GiveUp(entry),
            Command::Add(track(sequence)), Command::Clear, Command::Restore(None),
        ];
        for role in [Role::Guest, Role::Member, Role::Host] {
            for command in &commands {
                let _ = duel.room.run(&person(3, role), command);
            }
        }
        duel.replay();
    }
}
