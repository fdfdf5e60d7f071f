//! The fold. Applying never refuses: an event that does not fit (an unknown entry, say) changes nothing but the position.

use crate::{
    Entry, Event, EventKind, Nest, Playback, Playing, Removal, Standing, Vote, VoteDirection, limits,
};
use model::{Contributor, EntryId, MemberId, WallTime};
use std::collections::VecDeque;
use std::sync::Arc;

impl Nest {
    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) {
        self.sequence = event.sequence;
        self.last_event_at = event.at;
        if event.by.is_some() {
            self.last_person_at = event.at;
        }
        match &event.kind {
            EventKind::Opened { settings, host } => {
                self.settings = settings.clone();
                self.host = *host;
            }
            EventKind::EntryAdded { entry, rescored } => {
                self.rescore(rescored);
                self.insert(Arc::new(entry.clone()));
            }
            EventKind::EntryRemoved { entry } => {
                if let Some(entry) = self.take(*entry) {
                    self.autofill_waits |= event.by.is_some() && entry.added_by == Contributor::Autofill;
                    self.remember_removal(Removal {
                        entry,
                        at: event.at,
                        by: event.by,
                        cleared_by_event: None,
                    });
                }
            }
            EventKind::EntryRestored { entry } => {
                self.removals.retain(|removal| removal.entry.id != entry.id);
                self.insert(Arc::new(entry.clone()));
            }
            EventKind::QueueCleared => {
                self.autofill_waits |= event.by.is_some();
                self.clear(event);
            }
            EventKind::VoteCast { entry, voter, direction, counted, rescored, .. } => {
                self.record_vote(*entry, *voter, *direction, *counted);
                self.rescore(rescored);
            }
            EventKind::PlaybackStarted { entry, started_at } => self.start(*entry, *started_at),
            EventKind::PlaybackChanged { playback, .. } => {
                if let Some(playing) = &mut self.playing {
                    playing.playback = *playback;
                }
            }
            EventKind::PlaybackEnded { .. } => self.playing = None,
            EventKind::SettingsChanged { settings } => {
                // Whoever turns it on wants to see it work.
                self.autofill_waits &= self.settings.autofill;
                self.settings = settings.clone();
            }
            EventKind::HostChanged { host } => self.host = Some(*host),
            EventKind::Closed => {
                self.closed = true;
                self.playing = None;
                self.queue.clear();
            }
        }
    }

    fn insert(&mut self, entry: Arc<Entry>) {
        let at = self.queue.partition_point(|other| {
            other.score.total_cmp(&entry.score).then(other.id.cmp(&entry.id)).is_lt()
        });
        self.queue.insert(at, entry);
    }

    fn take(&mut self, entry: EntryId) -> Option<Arc<Entry>> {
        let at = self.queue.iter().position(|queued| queued.id == entry)?;
        Some(self.queue.remove(at))
    }

    fn remember_removal(&mut self, removal: Removal) {
        self.removals.push_back(removal);
        drop_oldest(&mut self.removals, limits::REMOVALS_MAX);
    }

    fn clear(&mut self, event: &Event) {
        for entry in std::mem::take(&mut self.queue) {
            self.remember_removal(Removal {
                entry,
                at: event.at,
                by: event.by,
                cleared_by_event: Some(event.sequence),
            });
        }
    }

    fn record_vote(
        &mut self,
        entry: EntryId,
        voter: MemberId,
        direction: Option<VoteDirection>,
        counted: bool,
    ) {
        let Some(entry) = self.queue.iter_mut().find(|queued| queued.id == entry) else { return };
        // The adder's own vote moves the entry and is never counted.
        if entry.is_of(voter) {
            return;
        }
        let votes = &mut Arc::make_mut(entry).votes;
        match direction {
            Some(direction) => drop(votes.insert(voter, Vote { direction, counted })),
            None => drop(votes.remove(&voter)),
        }
    }

    fn rescore(&mut self, standings: &[Standing]) {
        if standings.is_empty() {
            return;
        }
        for standing in standings {
            if let Some(entry) = self.queue.iter_mut().find(|queued| queued.id == standing.entry) {
                Arc::make_mut(entry).score = standing.score;
            }
        }
        self.queue.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.id.cmp(&b.id)));
    }

    fn start(&mut self, entry: EntryId, started_at: WallTime) {
        let Some(entry) = self.take(entry) else { return };
        self.recent.push_back(entry.track.id);
        drop_oldest(&mut self.recent, limits::RECENT_TRACKS_MAX);
        self.autofill_waits = false;
        self.playing = Some(Playing { entry, playback: Playback::Running { started_at } });
    }
}

fn drop_oldest<T>(items: &mut VecDeque<T>, items_max: usize) {
    while items.len() > items_max {
        items.pop_front();
    }
}
