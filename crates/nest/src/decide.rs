//! The decisions: what a command would make happen, without making it happen.

mod autofill;
mod playback;
mod queue;
mod reactions;
mod room;

use crate::{Actor, Command, Event, EventKind, Nest, Refusal};
use model::{Action, WallTime};

impl Nest {
    /// Decides a command at `now`. An empty answer means: accepted, and nothing changes (a repeated pause, say).
    ///
    /// The events continue the log at `self.sequence() + 1`. A `now` before the last event counts as that event's time,
    /// so that the log never runs backwards.
    ///
    /// # Errors
    /// [`Refusal`] if the rules of this nest say no.
    pub fn decide(&self, command: &Command, by: &Actor, now: WallTime) -> Result<Vec<Event>, Refusal> {
        let now = now.max(self.last_event_at);
        if self.closed {
            return Err(Refusal::Closed);
        }
        if let Actor::Person { id, role, .. } = by {
            self.admits(*id, *role)?;
        }
        let decision = Decision { nest: self, by, now, kinds: Vec::new() };
        let kinds = match command {
            Command::Add(track) => decision.add(track)?,
            Command::Remove(entry) => decision.remove(*entry)?,
            Command::Restore(entry) => decision.restore(*entry)?,
            Command::Clear => decision.clear()?,
            Command::Vote(entry, direction) => decision.vote(*entry, *direction)?,
            Command::Jam(entry, on) => decision.jam(*entry, *on)?,
            Command::Comment(entry, text) => decision.comment(*entry, text)?,
            Command::RemoveComment(entry, comment) => decision.remove_comment(*entry, *comment)?,
            Command::Horn(sound) => decision.horn(*sound)?,
            Command::Volume(percent) => decision.volume(*percent)?,
            Command::QueuePreview(track) => decision.queue_preview(*track)?,
            Command::FilterPreview(track) => decision.filter_preview(*track)?,
            Command::Unfilter(track) => decision.unfilter(*track)?,
            Command::Preview(preview) => decision.preview(preview),
            Command::DropPreview(track) => decision.drop_preview(*track),
            Command::Fill(preview) => decision.fill(preview.as_ref())?,
            Command::Rest => decision.rest(),
            Command::Pause => decision.pause()?,
            Command::Resume => decision.resume()?,
            Command::Skip(entry) => decision.skip(*entry)?,
            Command::Seek(position) => decision.seek(*position)?,
            Command::Advance => decision.advance(),
            Command::GiveUp(entry) => decision.give_up(*entry),
            Command::Configure(change) => decision.configure(change)?,
            Command::HandOver(member) => decision.hand_over(*member)?,
            Command::Lock(there) => decision.lock(there)?,
            Command::Unlock => decision.unlock()?,
            Command::Kick(person, role) => decision.kick(person, *role)?,
            Command::LetIn(member) => decision.let_in(*member)?,
            Command::Close => decision.close()?,
        };
        let by = by.member();
        let stamp = |(at, kind)| Event { sequence: self.sequence + 1 + at as u64, at: now, by, kind };
        Ok(kinds.into_iter().enumerate().map(stamp).collect())
    }
}

/// A decision being made: what is known, and the events so far.
struct Decision<'a> {
    nest: &'a Nest,
    by: &'a Actor,
    now: WallTime,
    kinds: Vec<EventKind>,
}

impl Decision<'_> {
    fn require(&self, action: Action) -> Result<(), Refusal> {
        match self.by {
            Actor::Nest => Ok(()),
            Actor::Person { role, .. } if self.nest.settings.permissions.allow(*role, action) => Ok(()),
            Actor::Person { .. } => Err(Refusal::NotAllowed { action }),
        }
    }

    fn then(mut self, kind: EventKind) -> Self {
        self.kinds.push(kind);
        self
    }

    /// The sequence number that the next event will have.
    fn next_sequence(&self) -> u64 {
        self.nest.sequence + 1 + self.kinds.len() as u64
    }

    fn done(self) -> Result<Vec<EventKind>, Refusal> {
        Ok(self.kinds)
    }
}
