//! Nobody starves: in fair order whoever had nothing queued and adds a song waits for one turn of each other person at
//! most, however many songs those have queued and whoever comes meanwhile.
//!
//! Votes, what is brought back, and another ordering move entries on purpose: a wait that one of them touched is not
//! measured further.

use protocol::http::{Contributor, Ordering};
use protocol::publication::{NestEvent, NestPublication};
use std::collections::BTreeMap;

/// Who has turns: a person by their id, or the nest itself.
type Owner = String;

#[derive(Default)]
pub struct Turns {
    ordering_is_fair: bool,
    /// Who added what waits.
    queued: BTreeMap<u64, Owner>,
    /// Whose only song waits since when they came: the turns that others had since.
    waits: BTreeMap<Owner, BTreeMap<Owner, u32>>,
    /// Waits that came to their end, and the turns of others during the longest.
    pub measured: u32,
    pub turns_max: usize,
}

fn owner(contributor: &Contributor) -> Owner {
    match contributor {
        Contributor::Person { id, .. } => id.clone(),
        Contributor::Autofill => "autofill".to_owned(),
    }
}

impl Turns {
    pub fn new(ordering: Ordering) -> Self {
        Self { ordering_is_fair: ordering == Ordering::Fair, ..Self::default() }
    }

    pub fn hear(&mut self, offset: u64, publication: &NestPublication) {
        match &publication.event {
            NestEvent::EntryAdded { entry, .. } => {
                let owner = owner(&entry.added_by);
                let has_others = self.queued.values().any(|other| *other == owner);
                self.queued.insert(entry.id, owner.clone());
                if self.ordering_is_fair && !has_others && entry.added_by != Contributor::Autofill {
                    self.waits.insert(owner, BTreeMap::new());
                }
            }
            NestEvent::EntryRestored { entry } => {
                self.queued.insert(entry.id, owner(&entry.added_by));
                self.waits.clear();
            }
            NestEvent::EntryRemoved { entry } => {
                if let Some(owner) = self.queued.remove(entry) {
                    self.waits.remove(&owner);
                }
            }
            NestEvent::QueueCleared => {
                self.queued.clear();
                self.waits.clear();
            }
            NestEvent::VoteCast { rescored, .. } if !rescored.is_empty() => self.waits.clear(),
            NestEvent::SettingsChanged { settings, .. } => {
                let is_fair = settings.ordering == Ordering::Fair;
                if self.ordering_is_fair != is_fair {
                    self.waits.clear();
                }
                self.ordering_is_fair = is_fair;
            }
            NestEvent::PlaybackStarted { entry, .. } => self.turn(offset, *entry),
            _ => {}
        }
    }

    fn turn(&mut self, offset: u64, entry: u64) {
        let owner = self.queued.remove(&entry).expect("what plays was queued");
        if let Some(others) = self.waits.remove(&owner) {
            self.measured += 1;
            self.turns_max = self.turns_max.max(others.len());
        }
        for (waiting, others) in &mut self.waits {
            let turns = others.entry(owner.clone()).or_default();
            *turns += 1;
            assert!(*turns <= 1, "{offset}: {owner} had {turns} turns while {waiting} waited for the first");
        }
    }
}
