//! The fold. Applying never refuses: an event that does not fit (an unknown entry, say) changes nothing but the position.

mod reactions;

use crate::{
    Entry, Event, EventKind, Nest, Playback, Playing, Removal, Settings, Standing, Vote, VoteDirection,
    limits,
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
            EventKind::Opened { settings, host, seed } => {
                self.settings = settings.clone();
                self.host = *host;
                self.autofill.seed = seed.clone().map(Arc::new);
            }
            EventKind::EntryAdded { entry, rescored } => self.add(event, entry, rescored),
            EventKind::EntryRemoved { entry } => self.remove(event, *entry),
            EventKind::EntryRestored { entry } => {
                self.removals.retain(|removal| removal.entry.id != entry.id);
                if entry.added_by != Contributor::Autofill {
                    self.autofill.awaken(event.at);
                }
                self.insert(Arc::new(entry.clone()));
            }
            EventKind::QueueCleared => {
                self.autofill.waits |= event.by.is_some();
                self.clear(event);
            }
            EventKind::VoteCast { entry, voter, direction, counted, rescored, .. } => {
                self.record_vote(*entry, *voter, *direction, *counted);
                self.rescore(rescored);
            }
            EventKind::Jammed { entry, member, name, on } => {
                self.record_jam(event, *entry, *member, name, *on);
            }
            EventKind::Commented { entry, comment } => self.record_comment(*entry, comment),
            EventKind::CommentRemoved { entry, comment } => self.forget_comment(*entry, *comment),
            EventKind::FreeHornEarned { entry, member } => self.give_free_horn(*entry, *member),
            EventKind::HornBlown { horn } => self.record_horn(horn),
            EventKind::VolumeChanged { percent } => self.volume_percent = *percent,
            EventKind::AutofillPreviewed { preview } => {
                self.autofill.preview = preview.clone().map(Arc::new);
            }
            EventKind::AutofillRested => self.autofill.rests = true,
            EventKind::TrackFiltered { track } => self.autofill.refuse(*track, event.at, event.by),
            EventKind::TrackUnfiltered { track } => self.autofill.unfilter(*track),
            EventKind::PlaybackStarted { entry, started_at } => self.start(*entry, *started_at),
            EventKind::PlaybackChanged { playback, .. } => {
                if let Some(playing) = &mut self.playing {
                    self.autofill.interrupted(playing, event.at);
                    playing.playback = *playback;
                    self.autofill.went_on(playing, event.at);
                }
            }
            EventKind::PlaybackEnded { .. } => self.stop(event),
            EventKind::SettingsChanged { settings, rescored } => self.configure(event, settings, rescored),
            EventKind::HostChanged { host } => self.host = Some(*host),
            EventKind::Locked { behind } => self.door.lock(behind),
            EventKind::Unlocked => self.door.unlock(),
            EventKind::Kicked { person } => self.door.kick(person),
            EventKind::LetIn { member } => self.door.let_in(*member),
            EventKind::Closed => {
                self.closed = true;
                self.stop(event);
                self.autofill.preview = None;
                self.queue.clear();
            }
        }
    }

    fn add(&mut self, event: &Event, entry: &Entry, rescored: &[Standing]) {
        self.rescore(rescored);
        if event.by.is_some() {
            self.autofill.filter(entry.track.id, event.at);
            self.autofill.awaken(event.at);
        }
        self.insert(Arc::new(entry.clone()));
    }

    fn remove(&mut self, event: &Event, entry: EntryId) {
        let Some(entry) = self.take(entry) else { return };
        self.autofill.waits |= event.by.is_some() && entry.added_by == Contributor::Autofill;
        self.remember_removal(Removal {
            entry,
            at: event.at,
            by: event.by,
            ordering: self.settings.ordering,
            cleared_by_event: None,
        });
    }

    fn configure(&mut self, event: &Event, settings: &Settings, rescored: &[Standing]) {
        // Whoever turns it on wants to see it work.
        if !self.settings.autofill && settings.autofill {
            self.autofill.waits = false;
            self.autofill.awaken(event.at);
        }
        // Whether it is too long is judged by the rules of now.
        self.autofill.rests = false;
        self.settings = settings.clone();
        self.rescore(rescored);
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
                ordering: self.settings.ordering,
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

    fn stop(&mut self, event: &Event) {
        if let Some(playing) = self.playing.take() {
            self.autofill.interrupted(&playing, event.at);
        }
    }

    fn start(&mut self, entry: EntryId, started_at: WallTime) {
        let Some(entry) = self.take(entry) else { return };
        self.recent.push_back(entry.track.id);
        drop_oldest(&mut self.recent, limits::RECENT_TRACKS_MAX);
        self.autofill.started(&entry, started_at);
        self.playing = Some(Playing { entry, playback: Playback::Running { started_at } });
    }
}

fn drop_oldest<T>(items: &mut VecDeque<T>, items_max: usize) {
    while items.len() > items_max {
        items.pop_front();
    }
}
