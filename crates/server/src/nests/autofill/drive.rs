//! What the nest's own task does to play on by itself: looking for a preview in the background, taking it when it is time,
//! resting.

use super::{draw_at_once, is_playable, is_urgent, propose};
use crate::error::{Error, Result};
use crate::limits;
use crate::nests::room::Task;
use model::{EntryId, WallTime};
use nest::{Command, Preview, Rules};
use tokio::sync::oneshot;

/// A search that is under way.
pub(in crate::nests) struct Looking {
    answer: oneshot::Receiver<Result<Option<Preview>>>,
    /// The rules it goes by.
    rules: Rules,
    /// What it looks on from.
    playing: Option<EntryId>,
    /// There may be more to be found than when it began: that nothing was found means nothing.
    is_outdated: bool,
}

impl Looking {
    pub(in crate::nests) async fn found(&mut self) -> Result<Option<Preview>> {
        (&mut self.answer).await.unwrap_or(Err(Error::Busy))
    }
}

impl Task {
    /// Plays on with what was chosen, if it is time to; where nothing was, at once with anything.
    pub(in crate::nests) async fn autofill(&mut self) {
        let now = self.app.now();
        let due = self.nest.autofill_at(now, self.somebody_listens()).is_some_and(|at| at <= now);
        if self.autofill_after > now || !due {
            return;
        }
        let before = self.nest.sequence();
        let done = match self.next_by_itself(now).await {
            Ok(Some(command)) => self.by_itself(&command).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = &done {
            tracing::warn!(nest = %self.code, %error, "autofill could not play on");
        }
        if done.is_err() || self.nest.sequence() == before {
            // Not in a circle. What plays may be played again, once it is about to end.
            let needed_at = self.nest.next_needed_at().filter(|&at| at > now);
            let retry_at = now.plus(limits::AUTOFILL_RETRY);
            self.autofill_after = needed_at.map_or(retry_at, |at| at.min(retry_at));
        }
    }

    /// What the nest does now that it is to play on; `None`: nothing before something is found or needed.
    async fn next_by_itself(&self, now: WallTime) -> Result<Option<Command>> {
        if self.nest.autofill_streak_is_over(now) {
            return Ok(Some(Command::Rest));
        }
        if let Some(preview) = &self.nest.autofill().preview {
            let there = is_playable(&self.app, preview).await?;
            return Ok(Some(if there {
                Command::Fill(None)
            } else {
                Command::DropPreview(preview.track.id)
            }));
        }
        if is_urgent(&self.nest, now) {
            let drawn = draw_at_once(&self.app, &self.nest).await?;
            return Ok(drawn.map(|drawn| Command::Fill(Some(drawn))));
        }
        Ok(None)
    }

    /// Has a preview looked for, if the nest lacks one. In the background: no song change waits for it.
    pub(in crate::nests) fn look_for_preview(&mut self) {
        let now = self.app.now();
        let wanted = self.choosing.is_none() && self.nest.preview_is_wanted(now, self.somebody_listens());
        if !wanted || self.preview_after > now {
            return;
        }
        let (found, answer) = oneshot::channel();
        let rules = self.nest.settings().autofill_rules.clone();
        let playing = self.nest.playing().map(|playing| playing.entry.id);
        self.choosing = Some(Looking { answer, rules, playing, is_outdated: false });
        let (app, id, nest) = (self.app.clone(), self.id, self.nest.clone());
        self.app.lifecycle().spawn(async move {
            let proposal = propose(&app, id, &nest);
            let proposal = tokio::time::timeout(limits::AUTOFILL_SEARCH_TIME_MAX, proposal).await;
            let _ = found.send(proposal.unwrap_or(Err(Error::Busy)));
        });
    }

    /// There may be more to be found than a moment ago.
    pub(in crate::nests) fn look_again(&mut self) {
        self.autofill_after = self.app.now();
        self.preview_after = self.autofill_after;
        if let Some(looking) = &mut self.choosing {
            looking.is_outdated = true;
        }
    }

    /// What was looked for is found, or not.
    pub(in crate::nests) async fn chosen(&mut self, found: Result<Option<Preview>>) {
        let Some(looking) = self.choosing.take() else { return };
        let playing = self.nest.playing().map(|playing| playing.entry.id);
        let is_of_before = looking.rules != self.nest.settings().autofill_rules || looking.playing != playing;
        let done = match found {
            Ok(Some(_)) if is_of_before => return,
            Ok(Some(preview)) => self.by_itself(&Command::Preview(preview)).await.map(|()| true),
            Ok(None) => Ok(false),
            Err(error) => Err(error),
        };
        if let Err(error) = &done {
            tracing::warn!(nest = %self.code, %error, "autofill could not look into the library");
        }
        let now = self.app.now();
        match done {
            Ok(true) => self.autofill_after = now,
            Ok(false) if looking.is_outdated || is_of_before => {}
            _ => self.preview_after = now.plus(limits::AUTOFILL_RETRY),
        }
    }
}
