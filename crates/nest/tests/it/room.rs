//! A nest with people in it, for tests: commands by name, time that only moves when told.

use model::{EntryId, MemberId, Role, TrackId, TrackPosition, TrackSummary, WallTime};
use nest::{
    Actor, Because, Command, Event, EventKind, Nest, NestName, Preview, Reason, Refusal, Settings,
    VoteDirection,
};
use std::sync::Arc;
use std::time::Duration;

pub const SONG: Duration = Duration::from_secs(180);

pub fn track(number: u64) -> TrackSummary {
    TrackSummary {
        id: TrackId::from_u128(u128::from(number)),
        title: format!("Song {number}"),
        artist: format!("Artist {}", number % 7),
        album: String::new(),
        duration: TrackPosition::from_millis(180_000),
        artwork: None,
        source: model::TrackSource::Library,
        library_match: None,
    }
}

/// What autofill may find: a track like the last.
pub fn preview(number: u64) -> Preview {
    let because = Because { reason: Reason::Library, seed: None };
    Preview { track: Arc::new(track(number)), because: Arc::new(because) }
}

pub fn person(number: u64, role: Role) -> Actor {
    Actor::Person { id: MemberId::from_u128(u128::from(number)), name: format!("Person {number}"), role }
}

pub struct Room {
    pub nest: Nest,
    pub now: WallTime,
    pub log: Vec<Event>,
}

impl Room {
    pub fn open() -> Self {
        let now = WallTime::from_micros(1_700_000_000_000_000);
        let name = NestName::parse("Test").expect("a name");
        let (nest, event) = Nest::open(Settings::new(name), Some(MemberId::from_u128(1)), now);
        Self { nest, now, log: vec![event] }
    }

    /// A room whose queue does not move: a track plays and is paused.
    pub fn with_something_paused() -> Self {
        let mut room = Self::open();
        room.add_as(&person(999, Role::Host), 999);
        room.must(&person(999, Role::Host), &Command::Pause);
        room
    }

    pub fn run(&mut self, by: &Actor, command: &Command) -> Result<Vec<Event>, Refusal> {
        let events = self.nest.decide(command, by, self.now)?;
        for event in &events {
            self.nest.apply(event);
        }
        self.log.extend(events.iter().cloned());
        Ok(events)
    }

    pub fn must(&mut self, by: &Actor, command: &Command) -> Vec<Event> {
        self.run(by, command).unwrap_or_else(|refusal| panic!("{command:?} was refused: {refusal}"))
    }

    pub fn add_as(&mut self, by: &Actor, song: u64) -> EntryId {
        let events = self.must(by, &Command::Add(track(song)));
        match &events[0].kind {
            EventKind::EntryAdded { entry, .. } => entry.id,
            other => panic!("expected an entry, got {other:?}"),
        }
    }

    pub fn add(&mut self, member: u64, song: u64) -> EntryId {
        self.add_as(&person(member, Role::Member), song)
    }

    pub fn vote(
        &mut self,
        member: u64,
        entry: EntryId,
        direction: Option<VoteDirection>,
    ) -> Result<Vec<Event>, Refusal> {
        self.run(&person(member, Role::Member), &Command::Vote(entry, direction))
    }

    pub fn pass(&mut self, duration: Duration) {
        self.now = self.now.plus(duration);
    }

    pub fn order(&self) -> Vec<EntryId> {
        self.nest.queue().iter().map(|entry| entry.id).collect()
    }

    pub fn scores(&self) -> Vec<f64> {
        self.nest.queue().iter().map(|entry| entry.score).collect()
    }

    pub fn playing(&self) -> Option<EntryId> {
        self.nest.playing().map(|playing| playing.entry.id)
    }
}
