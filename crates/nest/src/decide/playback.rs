//! Decisions about what plays: pause, resume, skip, seek, and going on by itself.

use super::Decision;
use crate::{EventKind, Outcome, Playback, PlaybackChange, Playing, Refusal, limits};
use model::{Action, EntryId, TrackPosition, WallTime};

impl Decision<'_> {
    pub(super) fn pause(self) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Pause)?;
        let playing = self.playing()?;
        match playing.playback {
            Playback::Paused { .. } => self.done(),
            Playback::Running { .. } => {
                let position = playing.position(self.now).max(TrackPosition::ZERO);
                self.changed(PlaybackChange::Paused, Playback::Paused { position })
            }
        }
    }

    pub(super) fn resume(self) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Pause)?;
        match self.playing()?.playback {
            Playback::Running { .. } => self.done(),
            Playback::Paused { position } => {
                let started_at = self.now.plus(limits::CHANGE_LEAD).start_for(position);
                self.changed(PlaybackChange::Resumed, Playback::Running { started_at })
            }
        }
    }

    pub(super) fn seek(self, position: TrackPosition) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Seek)?;
        let playing = self.playing()?;
        let duration = playing.entry.track.duration;
        if position < TrackPosition::ZERO || position > duration {
            return Err(Refusal::PositionOutside { duration });
        }
        let playback = match playing.playback {
            Playback::Paused { .. } => Playback::Paused { position },
            Playback::Running { .. } => {
                Playback::Running { started_at: self.now.plus(limits::CHANGE_LEAD).start_for(position) }
            }
        };
        self.changed(PlaybackChange::Seeked, playback)
    }

    pub(super) fn skip(self, entry: Option<EntryId>) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Skip)?;
        let playing = self.playing()?.entry.id;
        match entry {
            Some(entry) if entry != playing => Err(Refusal::NotPlaying { entry }),
            _ => self.end(playing, Outcome::Skipped).start_next(None).done(),
        }
    }

    pub(super) fn give_up(self, entry: EntryId) -> Vec<EventKind> {
        match &self.nest.playing {
            Some(playing) if playing.entry.id == entry => {
                self.end(entry, Outcome::Unplayable).start_next(None).kinds
            }
            _ => self.kinds,
        }
    }

    /// A timer that fires twice, early, or on two replicas, decides nothing the second time.
    pub(super) fn advance(self) -> Vec<EventKind> {
        let Some(playing) = &self.nest.playing else { return self.start_next(None).kinds };
        match playing.ends_at() {
            Some(end) if end <= self.now => {
                let entry = playing.entry.id;
                self.end(entry, Outcome::Finished).start_next(Some(end)).kinds
            }
            _ => self.kinds,
        }
    }

    fn end(self, entry: EntryId, outcome: Outcome) -> Self {
        self.then(EventKind::PlaybackEnded { entry, outcome })
    }

    /// Starts the first of the queue: exactly where the one before it ended, so that nothing is heard between them,
    /// unless that is too long ago or it was cut short.
    fn start_next(self, previous_end: Option<WallTime>) -> Self {
        let Some(entry) = self.nest.queue.first().map(|entry| entry.id) else { return self };
        let started_at = match previous_end {
            Some(end) if self.now.since(end) <= limits::CATCH_UP_MAX => end,
            _ => self.now.plus(limits::START_LEAD),
        };
        self.then(EventKind::PlaybackStarted { entry, started_at })
    }

    fn playing(&self) -> Result<&Playing, Refusal> {
        self.nest.playing.as_ref().ok_or(Refusal::NothingPlaying)
    }

    fn changed(self, change: PlaybackChange, playback: Playback) -> Result<Vec<EventKind>, Refusal> {
        self.then(EventKind::PlaybackChanged { change, playback }).done()
    }
}
