//! Commands decided together, one after the other on a copy of the replica, each on what the ones before it made.

use super::room::Done;
use crate::error::{Error, Result};
use crate::idempotency::{KeptAnswer, Key};
use database::idempotency::Answer;
use model::WallTime;
use nest::{Actor, Command, Event, EventKind, Nest};

/// A command that waits for its decision.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) by: &'a Actor,
    pub(super) command: &'a Command,
    pub(super) key: Option<&'a Key>,
}

/// What was decided, and is not in the log yet.
pub(super) struct Batch {
    /// The nest with the events folded in.
    pub(super) nest: Nest,
    pub(super) events: Vec<Event>,
    /// One for each command.
    pub(super) answers: Vec<Result<Done>>,
    /// Of the commands with a key, to be kept with the events.
    pub(super) kept: Vec<Answer>,
}

impl Batch {
    /// Decides `asked` at `now`. `known` says of each what was done under its key before.
    pub(super) fn decide(
        nest: &Nest,
        asked: &[Asked<'_>],
        known: &[Option<KeptAnswer>],
        now: WallTime,
    ) -> Result<Self> {
        let answers = Vec::with_capacity(asked.len());
        let mut batch = Self { nest: nest.clone(), events: Vec::new(), answers, kept: Vec::new() };
        for (at, one) in asked.iter().enumerate() {
            let before = known.get(at).copied().flatten();
            let answer = match before.map(Into::into).or_else(|| batch.twin(asked, at)) {
                Some(answer) => answer,
                None => batch.carry_out(one, now)?,
            };
            batch.answers.push(answer);
        }
        Ok(batch)
    }

    /// Whether there is nothing to write down.
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.kept.is_empty()
    }

    /// The answer to the command `at`, if one of this batch was carried out under its key. One that was refused is no
    /// answer: the command may be asked for again.
    fn twin(&self, asked: &[Asked<'_>], at: usize) -> Option<Result<Done>> {
        let key = asked[at].key?;
        let earlier = asked[..at].iter().zip(&self.answers);
        let mut twins = earlier.filter_map(|(one, answer)| Some((one.key?, *answer.as_ref().ok()?)));
        let (twin, done) = twins.find(|(other, _)| other.collides(key))?;
        Some(if twin == key { Ok(done) } else { Err(Error::KeyReused) })
    }

    fn carry_out(&mut self, asked: &Asked<'_>, now: WallTime) -> Result<Result<Done>> {
        let decided = match self.nest.decide(asked.command, asked.by, now) {
            Ok(decided) => decided,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        let entry = decided.iter().find_map(|event| match &event.kind {
            EventKind::EntryAdded { entry, .. } => Some(entry.id),
            _ => None,
        });
        for event in &decided {
            self.nest.apply(event);
        }
        self.events.extend(decided);
        let done = Done { sequence: self.nest.sequence(), entry };
        if let Some(key) = asked.key {
            self.kept.push(key.answer(done, now)?);
        }
        Ok(Ok(done))
    }
}
