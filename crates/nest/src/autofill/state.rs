//! What a nest remembers of playing on by itself, and when it is to do what.

use super::{Because, Preview, Seed};
use crate::{Entry, Nest, Playback, Playing, limits};
use model::{Contributor, MemberId, TrackId, TrackSummary, WallTime};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// What a nest remembers of playing on by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AutofillState {
    /// A person took out what would have come next: it waits until something is needed.
    pub waits: bool,
    /// It has played for as long as it may without an entry of a person, and is silent until there is one.
    pub rests: bool,
    /// What it would choose next.
    pub preview: Option<Arc<Preview>>,
    /// What it starts from: what played last of a person's, or of its own while there was no person's.
    pub seed: Option<Arc<Seed>>,
    /// How long it has played since the last entry of a person.
    pub streak: Streak,
    /// What people added or filtered, oldest first; each track once, at most [`limits::AUTOFILL_FILTERED_MAX`].
    pub filtered: Arc<VecDeque<(WallTime, TrackId)>>,
    /// What of it people filtered, oldest first; each track once, at most [`limits::AUTOFILL_REFUSED_MAX`].
    pub refused: Arc<VecDeque<Refused>>,
}

/// A track that somebody filtered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The track, as it was then.
    pub track: Arc<TrackSummary>,
    /// When.
    pub at: WallTime,
    /// Who.
    pub by: Option<MemberId>,
}

/// How long the nest has been heard playing what it chose itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Streak {
    /// Until `since`, or altogether.
    pub heard: Duration,
    /// It plays and counts from here on.
    pub since: Option<WallTime>,
}

impl Streak {
    /// How long until `now`.
    pub fn at(&self, now: WallTime) -> Duration {
        self.heard + self.since.map_or(Duration::ZERO, |since| now.since(since))
    }

    /// Counts up to `until` and no further.
    fn stop(&mut self, until: WallTime) {
        *self = Self { heard: self.at(until), since: None };
    }

    /// Counts anew from `now` on, if it counts.
    fn restart(&mut self, now: WallTime) {
        *self = Self { heard: Duration::ZERO, since: self.since.map(|since| since.max(now)) };
    }
}

impl AutofillState {
    /// A person did what makes the nest play on.
    pub(crate) fn awaken(&mut self, now: WallTime) {
        self.rests = false;
        self.streak.restart(now);
    }

    /// A track that a person added is not to be chosen for a while: for that, not because somebody filtered it.
    pub(crate) fn filter(&mut self, track: TrackId, at: WallTime) {
        self.forget_refusal(track);
        let filtered = Arc::make_mut(&mut self.filtered);
        filtered.retain(|(_, other)| *other != track);
        filtered.push_back((at, track));
        while filtered.len() > limits::AUTOFILL_FILTERED_MAX {
            filtered.pop_front();
        }
    }

    /// A person does not want to hear what the nest would choose next.
    pub(crate) fn refuse(&mut self, track: TrackId, at: WallTime, by: Option<MemberId>) {
        self.filter(track, at);
        let Some(preview) = self.preview.as_ref().filter(|preview| preview.track.id == track) else { return };
        let refused = Arc::make_mut(&mut self.refused);
        refused.push_back(Refused { track: Arc::clone(&preview.track), at, by });
        while refused.len() > limits::AUTOFILL_REFUSED_MAX {
            refused.pop_front();
        }
    }

    /// Whether somebody filtered a track, as far as that is remembered.
    pub(crate) fn has_refused(&self, track: TrackId) -> bool {
        self.refused.iter().any(|refused| refused.track.id == track)
    }

    /// A track may be chosen again.
    pub(crate) fn unfilter(&mut self, track: TrackId) {
        if self.has_refused(track) {
            Arc::make_mut(&mut self.filtered).retain(|(_, other)| *other != track);
            self.forget_refusal(track);
        }
    }

    fn forget_refusal(&mut self, track: TrackId) {
        if self.has_refused(track) {
            Arc::make_mut(&mut self.refused).retain(|refused| refused.track.id != track);
        }
    }

    /// An entry begins to play.
    pub(crate) fn started(&mut self, entry: &Entry, started_at: WallTime) {
        self.waits = false;
        let by_person = entry.added_by.member().is_some();
        if by_person {
            self.rests = false;
            self.streak = Streak::default();
        } else {
            self.streak.since = Some(started_at);
        }
        let after_person = self.seed.as_ref().is_some_and(|seed| seed.by.member().is_some());
        if by_person || !after_person {
            self.seed = Some(Arc::new(Seed {
                track: entry.track.id,
                title: entry.track.title.clone(),
                artist: entry.track.artist.clone(),
                by: entry.added_by.clone(),
            }));
        }
    }

    /// The clock of what plays is about to change, or it ends.
    pub(crate) fn interrupted(&mut self, playing: &Playing, at: WallTime) {
        self.streak.stop(playing.ends_at().map_or(at, |end| end.min(at)));
    }

    /// The clock of what plays has changed.
    pub(crate) fn went_on(&mut self, playing: &Playing, at: WallTime) {
        let runs = matches!(playing.playback, Playback::Running { .. });
        self.streak.since = (runs && playing.entry.added_by == Contributor::Autofill).then_some(at);
    }
}

impl Nest {
    /// What the nest remembers of playing on by itself.
    pub const fn autofill(&self) -> &AutofillState {
        &self.autofill
    }

    /// Whether the nest may play on by itself: with nobody listening it stops some time after the last thing a person did.
    fn autofill_is_on(&self, now: WallTime, somebody_listens: bool) -> bool {
        let attended = somebody_listens || now.since(self.last_person_at) < limits::AUTOFILL_ALONE_MAX;
        !self.closed && self.settings.autofill && !self.autofill.rests && attended
    }

    /// From when on the driver should add a track as the nest itself ([`crate::Command::Fill`]), or, with a streak that
    /// [is over](Nest::autofill_streak_is_over), let it rest ([`crate::Command::Rest`]); `None`: not as things are.
    ///
    /// Usually at once, so that everybody sees what comes next. Where nothing is kept ready, or a person emptied the queue
    /// or took out what autofill had chosen, only when the next track is needed.
    pub fn autofill_at(&self, now: WallTime, somebody_listens: bool) -> Option<WallTime> {
        let depth = self.settings.autofill_rules.depth as usize;
        let waits = self.autofill.waits || depth == 0;
        // A queue that may hold less than that is full before.
        let ready = if waits { 1 } else { depth.min(self.settings.queue_entries_max as usize) };
        if !self.autofill_is_on(now, somebody_listens) || self.queue.len() >= ready {
            return None;
        }
        if waits { self.next_needed_at() } else { Some(self.last_event_at) }
    }

    /// Whether the nest lacks a preview, or has one after a song that is not the last a person queued: the driver should
    /// look for another ([`crate::Command::Preview`]).
    pub fn preview_is_wanted(&self, now: WallTime, somebody_listens: bool) -> bool {
        self.autofill_is_on(now, somebody_listens)
            && self.autofill.preview.as_ref().is_none_or(|preview| self.is_stale(&preview.because))
            && !self.autofill_streak_is_over(now)
    }

    /// Whether what was chosen follows another song than the last one of a person.
    pub(crate) fn is_stale(&self, because: &Because) -> bool {
        let seed = self.autofill.seed.as_ref().filter(|seed| seed.by.member().is_some());
        match (&because.seed, seed) {
            (Some(of), Some(now)) => of.track != now.track || of.by != now.by,
            _ => false,
        }
    }

    /// Whether, with all that is queued, the nest will have played for as long as it may without an entry of a person.
    pub fn autofill_streak_is_over(&self, now: WallTime) -> bool {
        let Some(streak_max) = self.settings.autofill_rules.streak_max() else { return false };
        // What has ended by now, though nobody has noticed, is not heard any longer.
        let heard_until = self.playing.as_ref().and_then(Playing::ends_at).map_or(now, |end| end.min(now));
        let mut streak = self.autofill.streak.at(heard_until);
        if let Some(playing) = &self.playing {
            let left = playing.entry.track.duration.as_duration();
            streak = after(streak, &playing.entry, left.saturating_sub(playing.position(now).as_duration()));
        }
        let streak = self
            .queue
            .iter()
            .fold(streak, |streak, entry| after(streak, entry, entry.track.duration.as_duration()));
        streak >= streak_max
    }

    /// Whether a track was added or filtered by a person so lately that it is not to be chosen.
    pub fn is_filtered(&self, track: TrackId, now: WallTime) -> bool {
        self.filtered(now).any(|other| other == track)
    }

    /// Until when a track that was filtered or added at this time is not chosen.
    pub fn filtered_until(&self, at: WallTime) -> WallTime {
        at.plus(self.settings.autofill_rules.filter_time())
    }

    /// The tracks that people filtered so lately that they are not to be chosen, newest first.
    pub fn refused(&self, now: WallTime) -> impl Iterator<Item = &Refused> {
        let time = self.settings.autofill_rules.filter_time();
        let newest_first = self.autofill.refused.iter().rev();
        newest_first.take_while(move |refused| now.since(refused.at) < time)
    }

    /// The tracks that a person added or filtered so lately that they are not to be chosen.
    pub fn filtered(&self, now: WallTime) -> impl Iterator<Item = TrackId> {
        let time = self.settings.autofill_rules.filter_time();
        let newest_first = self.autofill.filtered.iter().rev();
        newest_first.take_while(move |(at, _)| now.since(*at) < time).map(|(_, track)| *track)
    }
}

/// The streak once an entry has played for so long.
fn after(streak: Duration, entry: &Entry, time: Duration) -> Duration {
    match entry.added_by {
        Contributor::Person { .. } => Duration::ZERO,
        Contributor::Autofill => streak + time,
    }
}
