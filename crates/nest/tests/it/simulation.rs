//! Several servers and many listeners in virtual time. Servers share only the log, whose key (nest, sequence) makes one
//! of them the writer; their clocks disagree and stop. Listeners hear over links that delay, drop, duplicate and
//! reorder; they know only a snapshot and positions. After the storm everybody holds the same nest.

use crate::room::{Room, person, preview, track};
use model::{Entropy, EntryId, HornSound, Role, SeededEntropy, TrackId, TrackPosition, WallTime};
use nest::{Actor, Command, CommentText, Event, Nest, VoteDirection};
use std::collections::BTreeMap;
use std::time::Duration;

/// A history this short makes recovery fail often, so that snapshots are exercised as well.
const HISTORY_EVENTS_MAX: usize = 40;

struct Server {
    nest: Nest,
    skew: Duration,
}

struct Listener {
    nest: Nest,
    /// What is under way to it: arrival, event.
    inbox: Vec<(u64, Event)>,
    /// Asleep, or without a network, until this tick.
    away_until: u64,
}

struct World {
    log: Vec<Event>,
    servers: Vec<Server>,
    listeners: Vec<Listener>,
    chance: SeededEntropy,
    tick: u64,
    conflicts: u64,
    recoveries: u64,
    snapshots: u64,
}

impl World {
    fn with_seed(seed: u64) -> Self {
        let mut chance = SeededEntropy::from_seed(seed);
        let room = Room::open();
        let server = |chance: &mut SeededEntropy| Server {
            nest: room.nest.clone(),
            skew: Duration::from_millis(chance.below(700)),
        };
        Self {
            servers: (0..3).map(|_| server(&mut chance)).collect(),
            listeners: (0..12)
                .map(|_| Listener { nest: room.nest.clone(), inbox: Vec::new(), away_until: 0 })
                .collect(),
            log: room.log,
            chance,
            tick: 0,
            conflicts: 0,
            recoveries: 0,
            snapshots: 0,
        }
    }

    fn now(&self, server: usize) -> WallTime {
        let start = self.log[0].at;
        start.plus(Duration::from_millis(self.tick * 100)).plus(self.servers[server].skew)
    }

    /// One server decides on its replica and appends; if another was first it catches up and decides again.
    fn command(&mut self, at: usize, by: &Actor, command: &Command) {
        loop {
            let now = self.now(at);
            let server = &mut self.servers[at];
            let Ok(events) = server.nest.decide(command, by, now) else { return };
            let Some(first) = events.first() else { return };
            if first.sequence as usize == self.log.len() + 1 {
                for event in &events {
                    server.nest.apply(event);
                }
                self.log.extend(events.iter().cloned());
                self.publish(&events);
                return;
            }
            self.conflicts += 1;
            self.catch_up(at);
        }
    }

    fn catch_up(&mut self, at: usize) {
        let server = &mut self.servers[at];
        for event in &self.log[server.nest.sequence() as usize..] {
            server.nest.apply(event);
        }
    }

    fn publish(&mut self, events: &[Event]) {
        for listener in self.listeners.iter_mut().filter(|listener| listener.away_until <= self.tick) {
            for event in events {
                let fate = self.chance.below(100);
                let arrival = self.tick + self.chance.below(8);
                if fate >= 12 {
                    listener.inbox.push((arrival, event.clone()));
                }
                if fate >= 92 {
                    listener.inbox.push((arrival + self.chance.below(30), event.clone()));
                }
            }
        }
    }

    fn step(&mut self) {
        self.tick += 1 + self.chance.below(50);
        if self.chance.below(40) == 0 {
            let who = self.chance.below(self.listeners.len() as u64) as usize;
            self.listeners[who].away_until = self.tick + self.chance.below(4_000);
        }
        let at = self.chance.below(3) as usize;
        if self.chance.below(4) > 0 {
            self.catch_up(at);
        }
        let member = 1 + self.chance.below(6);
        let who = person(member, Role::Host);
        let entry = self.some_entry();
        let up = if self.chance.below(2) == 0 { VoteDirection::Up } else { VoteDirection::Down };
        let position = TrackPosition::from_millis(self.chance.below(170_000) as i64);
        let command = match self.chance.below(19) {
            0..=3 => Command::Add(track(self.chance.below(500))),
            4 | 5 => Command::Vote(entry, Some(up)),
            6 => Command::Remove(entry),
            7 => Command::Restore(Some(entry)),
            8 => {
                if up == VoteDirection::Up {
                    Command::Pause
                } else {
                    Command::Resume
                }
            }
            9 => Command::Skip(None),
            10 => Command::Seek(position),
            11 => Command::Jam(entry, up == VoteDirection::Up),
            12 => Command::Jam(self.playing(at).unwrap_or(entry), true),
            13 => Command::Comment(entry, CommentText::parse("Hear, hear").expect("a text")),
            14 => Command::Horn(HornSound::Frog),
            16 => Command::QueuePreview(self.shown(at)),
            17 => Command::FilterPreview(self.shown(at)),
            15 => Command::Volume(self.chance.below(101) as u8),
            _ => Command::Vote(entry, None),
        };
        self.command(at, &who, &command);
        if self.chance.below(3) == 0 {
            let found = preview(self.chance.below(500));
            self.command(at, &Actor::Nest, &Command::Preview(found));
        }
        for server in 0..3 {
            let due = self.servers[server].nest.next_deadline();
            if due.is_some_and(|due| due <= self.now(server)) {
                self.command(server, &Actor::Nest, &Command::Advance);
            }
            let now = self.now(server);
            if self.servers[server].nest.autofill_at(now, true).is_some_and(|due| due <= now) {
                let over = self.servers[server].nest.autofill_streak_is_over(now);
                self.command(
                    server,
                    &Actor::Nest,
                    &if over { Command::Rest } else { Command::Fill(Some(preview(7))) },
                );
            }
        }
        self.deliver();
    }

    fn playing(&self, server: usize) -> Option<EntryId> {
        self.servers[server].nest.playing().map(|playing| playing.entry.id)
    }

    fn shown(&self, server: usize) -> TrackId {
        let preview = self.servers[server].nest.autofill().preview.as_ref();
        preview.map_or(TrackId::from_u128(0), |preview| preview.track.id)
    }

    fn some_entry(&mut self) -> EntryId {
        EntryId::from_sequence(self.chance.below(self.log.len() as u64) + 1)
    }

    fn deliver(&mut self) {
        for at in 0..self.listeners.len() {
            let tick = self.tick;
            let inbox = std::mem::take(&mut self.listeners[at].inbox);
            let (mut arrived, waiting): (Vec<_>, Vec<_>) =
                inbox.into_iter().partition(|(when, _)| *when <= tick);
            self.listeners[at].inbox = waiting;
            arrived.sort_by_key(|(when, event)| (*when, event.sequence));
            for (_, event) in arrived {
                let listener = &mut self.listeners[at];
                let expected = listener.nest.sequence() + 1;
                if event.sequence == expected {
                    listener.nest.apply(&event);
                } else if event.sequence > expected {
                    self.recover(at);
                }
            }
        }
    }

    /// What a client does when it sees a gap: ask for everything since its position, or, if the history no longer
    /// reaches back so far, for a snapshot.
    fn recover(&mut self, at: usize) {
        let listener = &mut self.listeners[at];
        let since = listener.nest.sequence() as usize;
        if self.log.len() - since <= HISTORY_EVENTS_MAX {
            self.recoveries += 1;
            self.log[since..].iter().for_each(|event| listener.nest.apply(event));
        } else {
            self.snapshots += 1;
            let mut fresh = Nest::from_first(&self.log[0]).expect("a first event");
            self.log[1..].iter().for_each(|event| fresh.apply(event));
            listener.nest = Nest::from_snapshot(fresh.snapshot());
        }
    }

    fn settle(&mut self) {
        (0..3).for_each(|at| self.catch_up(at));
        // A publication after the storm shows every listener what it missed.
        self.tick += 1_000;
        let who = person(1, Role::Host);
        self.command(0, &who, &Command::Add(track(1)));
        let last = self.log.last().expect("a log").clone();
        for at in 0..self.listeners.len() {
            self.listeners[at].inbox.push((self.tick, last.clone()));
        }
        (0..3).for_each(|at| self.catch_up(at));
        self.tick += 100;
        self.deliver();
    }
}

fn simulate(seed: u64) -> BTreeMap<&'static str, u64> {
    let mut world = World::with_seed(seed);
    (0..600).for_each(|_| world.step());
    world.settle();
    for (at, event) in world.log.iter().enumerate() {
        assert_eq!(event.sequence, at as u64 + 1, "seed {seed}: the log has no hole and nothing twice");
    }
    let truth = &world.servers[0].nest;
    assert!(world.servers.iter().all(|server| server.nest == *truth), "seed {seed}: a server differs");
    for (number, listener) in world.listeners.iter().enumerate() {
        assert_eq!(listener.nest, *truth, "seed {seed}: listener {number} differs");
    }
    [("conflicts", world.conflicts), ("recoveries", world.recoveries), ("snapshots", world.snapshots)].into()
}

/// The committed corpus. Each seed replays exactly.
#[test]
fn every_server_and_listener_ends_with_the_same_nest() {
    let mut seen = BTreeMap::new();
    for seed in 0..150 {
        for (what, count) in simulate(seed) {
            *seen.entry(what).or_insert(0) += count;
        }
    }
    assert!(seen.values().all(|&count| count > 100), "the storm must exercise every way to heal: {seen:?}");
}
