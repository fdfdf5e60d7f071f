//! The fold of jams, comments, horns and the volume.

use super::drop_oldest;
use crate::{Comment, Entry, Event, Horn, Jam, Nest, limits};
use model::{CommentId, EntryId, MemberId};
use std::sync::Arc;

impl Nest {
    /// The entry, queued or playing, to be changed.
    fn entry_mut(&mut self, id: EntryId) -> Option<&mut Entry> {
        let playing = self.playing.iter_mut().map(|playing| &mut playing.entry);
        self.queue.iter_mut().chain(playing).find(|entry| entry.id == id).map(Arc::make_mut)
    }

    pub(super) fn record_jam(
        &mut self,
        event: &Event,
        entry: EntryId,
        member: MemberId,
        name: &str,
        on: bool,
    ) {
        let Some(entry) = self.entry_mut(entry) else { return };
        if !on {
            entry.jams.retain(|jam| jam.by != member);
        } else if !entry.is_jammed_by(member) {
            entry.jams.push(Jam { by: member, name: name.to_owned(), at: event.at });
        }
    }

    pub(super) fn record_comment(&mut self, entry: EntryId, comment: &Comment) {
        self.comment_pace.note(comment.by, comment.at);
        if let Some(entry) = self.entry_mut(entry) {
            entry.comments.push(comment.clone());
        }
    }

    pub(super) fn forget_comment(&mut self, entry: EntryId, comment: CommentId) {
        if let Some(entry) = self.entry_mut(entry) {
            entry.comments.retain(|other| other.id != comment);
        }
    }

    pub(super) fn give_free_horn(&mut self, entry: EntryId, member: MemberId) {
        *self.free_horns.entry(member).or_default() += 1;
        if let Some(entry) = self.entry_mut(entry) {
            entry.free_horn_earned = true;
        }
    }

    pub(super) fn record_horn(&mut self, horn: &Horn) {
        if horn.free {
            let left = self.free_horns.get(&horn.by).copied().unwrap_or(0).saturating_sub(1);
            if left == 0 {
                self.free_horns.remove(&horn.by);
            } else {
                self.free_horns.insert(horn.by, left);
            }
        } else {
            self.horn_pace.note(horn.by, horn.at);
        }
        self.horns.push_back(Arc::new(horn.clone()));
        drop_oldest(&mut self.horns, limits::HORNS_KEPT_MAX);
    }
}
