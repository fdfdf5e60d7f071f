//! Decisions about what the nest plays by itself: its preview, taking it, refusing it, and resting.

use super::Decision;
use crate::{Actor, EventKind, Person, Preview, Refusal};
use model::{Action, TrackId};
use std::sync::Arc;

impl Decision<'_> {
    /// Adds the preview as the person's own, jammed by them; a throwback is jammed by whoever queued it on that day.
    pub(super) fn queue_preview(self, track: TrackId) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Add)?;
        let preview = self.the_preview(track)?;
        let Actor::Person { id, name, .. } = self.by else { return self.done() };
        let jammer = preview.credit().cloned().unwrap_or_else(|| Person { id: *id, name: name.clone() });
        self.take(&preview, Some(jammer))
    }

    /// Filtering is keeping a song from being heard, as skipping is: who may do one may do the other.
    pub(super) fn filter_preview(self, track: TrackId) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Skip)?;
        self.the_preview(track)?;
        self.then(EventKind::TrackFiltered { track })
            .then(EventKind::AutofillPreviewed { preview: None })
            .done()
    }

    /// Who may filter may take it back, whoever did it.
    pub(super) fn unfilter(self, track: TrackId) -> Result<Vec<EventKind>, Refusal> {
        self.require(Action::Skip)?;
        if self.nest.autofill.has_refused(track) {
            self.then(EventKind::TrackUnfiltered { track }).done()
        } else {
            self.done()
        }
    }

    pub(super) fn preview(self, preview: &Preview) -> Vec<EventKind> {
        let wanted = self.by == &Actor::Nest
            && self.nest.settings.autofill
            && !self.nest.is_filtered(preview.track.id, self.now)
            && self.nest.autofill.preview.as_ref().is_none_or(|known| self.nest.is_stale(&known.because));
        if wanted {
            self.then(EventKind::AutofillPreviewed { preview: Some(preview.clone()) }).kinds
        } else {
            self.kinds
        }
    }

    pub(super) fn drop_preview(self, track: TrackId) -> Vec<EventKind> {
        match &self.nest.autofill.preview {
            Some(preview) if preview.track.id == track && self.by == &Actor::Nest => {
                self.then(EventKind::AutofillPreviewed { preview: None }).kinds
            }
            _ => self.kinds,
        }
    }

    /// On two replicas at once this adds one entry: the second finds that none is needed.
    pub(super) fn fill(self, chosen: Option<&Preview>) -> Result<Vec<EventKind>, Refusal> {
        let due = self.nest.autofill_at(self.now, true).is_some_and(|at| at <= self.now);
        if self.by != &Actor::Nest || !due || self.nest.autofill_streak_is_over(self.now) {
            return self.done();
        }
        match self.nest.autofill.preview.clone() {
            Some(preview) => {
                let credit = preview.credit().cloned();
                self.take(&preview, credit)
            }
            None => match chosen {
                Some(chosen) => Ok(self
                    .add_because(Arc::clone(&chosen.track), Some(Arc::clone(&chosen.because)))?
                    .0
                    .kinds),
                None => self.done(),
            },
        }
    }

    pub(super) fn rest(self) -> Vec<EventKind> {
        let over = self.nest.settings.autofill && self.nest.autofill_streak_is_over(self.now);
        if self.by == &Actor::Nest && over && !self.nest.autofill.rests {
            self.then(EventKind::AutofillRested).kinds
        } else {
            self.kinds
        }
    }

    /// Another preview is to be made.
    pub(super) fn without_preview(self) -> Self {
        match self.nest.autofill.preview {
            Some(_) => self.then(EventKind::AutofillPreviewed { preview: None }),
            None => self,
        }
    }

    /// Adds the preview, of which nothing is left then.
    fn take(self, preview: &Preview, jammer: Option<Person>) -> Result<Vec<EventKind>, Refusal> {
        let because = Some(Arc::clone(&preview.because));
        let (decision, entry) = self.add_because(Arc::clone(&preview.track), because)?;
        let decision = match jammer {
            Some(Person { id, name }) => {
                decision.then(EventKind::Jammed { entry, member: id, name, on: true })
            }
            None => decision,
        };
        decision.then(EventKind::AutofillPreviewed { preview: None }).done()
    }

    fn the_preview(&self, track: TrackId) -> Result<Arc<Preview>, Refusal> {
        let preview = self.nest.autofill.preview.as_ref().filter(|preview| preview.track.id == track);
        preview.cloned().ok_or(Refusal::OtherPreview { track })
    }
}
