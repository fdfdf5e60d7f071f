//! Decisions about jams, comments, horns and the volume.

use super::Decision;
use crate::{Actor, Comment, CommentText, Entry, EventKind, Horn, Refusal, limits};
use model::{Action, CommentId, EntryId, HornId, HornSound, MemberId, Role};

impl Decision<'_> {
    pub(super) fn jam(self, entry: EntryId, on: bool) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Jam)?;
        let jammed = self.entry(entry)?;
        let Actor::Person { id: member, name, .. } = self.by else { return self.done() };
        if jammed.is_jammed_by(*member) == on {
            return self.done();
        }
        if on && jammed.jams.len() >= limits::JAMS_MAX {
            return Err(Refusal::TooManyJams);
        }
        let earner = if on { self.earner(jammed, *member) } else { None };
        let decision = self.then(EventKind::Jammed { entry, member: *member, name: name.clone(), on });
        match earner {
            Some(member) => decision.then(EventKind::FreeHornEarned { entry, member }).done(),
            None => decision.done(),
        }
    }

    /// Who earns a free horn when `jammer` jams along to `entry`. Jams of one's own do not count.
    fn earner(&self, entry: &Entry, jammer: MemberId) -> Option<MemberId> {
        let adder = entry.added_by.member().filter(|adder| *adder != jammer)?;
        let needed = self.nest.settings.free_horn_jams as usize;
        let jams = 1 + entry.jams.iter().filter(|jam| jam.by != adder).count();
        let earned = needed > 0 && jams >= needed && !entry.free_horn_earned;
        let people = self.nest.free_horns.len();
        let room = match self.nest.free_horns.get(&adder) {
            Some(&horns) => horns < limits::FREE_HORNS_MAX,
            None => people < limits::FREE_HORN_PEOPLE_MAX,
        };
        Some(adder).filter(|_| earned && room)
    }

    pub(super) fn comment(self, entry: EntryId, text: &CommentText) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Comment)?;
        let commented = self.entry(entry)?;
        let Actor::Person { id: by, name, .. } = self.by else { return self.done() };
        if commented.comments.len() >= limits::COMMENTS_MAX {
            return Err(Refusal::TooManyComments);
        }
        if let Some(retry_after) = self.nest.comment_pace.wait(*by, self.now, limits::COMMENT_PACE) {
            return Err(Refusal::RateLimited { retry_after });
        }
        let comment = Comment {
            id: CommentId::from_sequence(self.next_sequence()),
            by: *by,
            name: name.clone(),
            at: self.now,
            text: text.clone(),
        };
        self.then(EventKind::Commented { entry, comment }).done()
    }

    pub(super) fn remove_comment(
        self,
        entry: EntryId,
        comment: CommentId,
    ) -> Result<Vec<EventKind>, Refusal> {
        let of = &self.entry(entry)?.comments;
        let found = of.iter().find(|other| other.id == comment).ok_or(Refusal::UnknownComment { comment })?;
        match self.by {
            Actor::Person { id, role, .. } if *id != found.by && *role != Role::Host => {
                Err(Refusal::NotAllowed { action: Action::Comment })
            }
            _ => self.then(EventKind::CommentRemoved { entry, comment }).done(),
        }
    }

    pub(super) fn horn(self, sound: HornSound) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Horn)?;
        let playing = self.nest.playing.as_ref().ok_or(Refusal::NothingPlaying)?;
        let Actor::Person { id: by, name, .. } = self.by else { return self.done() };
        let wait = self.nest.horn_pace.wait(*by, self.now, limits::HORN_PACE);
        if let Some(retry_after) = wait
            && !self.nest.free_horns.contains_key(by)
        {
            return Err(Refusal::RateLimited { retry_after });
        }
        let horn = Horn {
            id: HornId::from_sequence(self.next_sequence()),
            by: *by,
            name: name.clone(),
            at: self.now,
            sound,
            entry: playing.entry.id,
            title: playing.entry.track.title.clone(),
            free: wait.is_some(),
        };
        self.then(EventKind::HornBlown { horn }).done()
    }

    pub(super) fn volume(self, percent: u8) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Volume)?;
        if percent > limits::VOLUME_PERCENT_MAX {
            return Err(Refusal::VolumeOutside);
        }
        if percent == self.nest.volume_percent {
            return self.done();
        }
        self.then(EventKind::VolumeChanged { percent }).done()
    }

    fn entry(&self, entry: EntryId) -> Result<&Entry, Refusal> {
        self.nest.entry(entry).map(|found| &**found).ok_or(Refusal::UnknownEntry { entry })
    }
}
