//! The task of one nest. One loop names what woke it; a batch of commands is decided on a copy of the replica, appended
//! to the log in one transaction with the answers to those that have a key, and only then applied, published and
//! answered.
//!
//! If another process was first, the log's key says so: the room catches up and decides again.

use super::batch::{Asked, Batch};
use super::idle::{Due, Idle};
use super::{Nests, autofill, wire};
use crate::app::App;
use crate::error::{Error, Result};
use crate::idempotency::{KeptAnswer, Key};
use crate::revocation::Revoked;
use crate::{limits, server_channel};
use database::nests::{self as log, Play, Projection};
use model::{Channel, EntryId, NestCode, NestId, PlayId, WallTime};
use nest::{Actor, Command, Event, EventKind, Nest};
use protocol::http::Accepted;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot, watch};

/// A command on its way to a room.
pub(crate) struct Request {
    pub(crate) by: Actor,
    pub(crate) command: Command,
    pub(crate) key: Option<Key>,
    pub(crate) answer: oneshot::Sender<Result<Done>>,
}

/// A command that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// The nest's sequence number after it.
    pub(crate) sequence: u64,
    /// The entry it added.
    pub(crate) entry: Option<EntryId>,
}

impl Done {
    /// As the network hears it.
    pub(crate) fn accepted(self) -> Accepted {
        Accepted { offset: self.sequence, entry: self.entry.map(EntryId::sequence) }
    }
}

/// How long a room whose log could not be written waits before it tries again by itself.
const RETRY: Duration = Duration::from_secs(1);

/// What wakes a room.
enum Wake {
    Asked(Box<Request>),
    Deadline,
    SomebodyMoved,
    LibraryChanged,
    Stopping,
}

pub(super) struct Task {
    pub(super) app: App,
    pub(super) id: NestId,
    pub(super) code: NestCode,
    pub(super) nest: Nest,
    pub(super) mailbox: mpsc::Receiver<Request>,
    pub(super) state: watch::Sender<Arc<Nest>>,
    pub(super) library: watch::Receiver<u64>,
    /// After a fault nobody knows what the log holds: catch up first.
    pub(super) suspect: bool,
    pub(super) autofill_after: WallTime,
    /// Told when somebody came to listen, or left.
    pub(super) attendance: Arc<Notify>,
    pub(super) idle: Idle,
}

impl Task {
    pub(super) async fn run(mut self) {
        while !self.nest.is_closed() {
            match self.sleep().await {
                Wake::Asked(request) => self.batch(*request).await,
                Wake::Deadline => self.advance().await,
                Wake::SomebodyMoved => self.idle.moved(self.app.now()),
                Wake::LibraryChanged => self.autofill_after = self.app.now(),
                Wake::Stopping => break,
            }
            self.end_if_idle().await;
            self.autofill().await;
        }
        if self.nest.is_closed() {
            self.app.nests().remove(self.code);
            self.app.hub().close(Channel::Nest(self.code));
            server_channel::nest_closed(&self.app, self.code);
        }
    }

    async fn sleep(&mut self) -> Wake {
        let wait = self.next_wake().map(|at| at.since(self.app.now()));
        let deadline = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.app.lifecycle().stopping() => Wake::Stopping,
            request = self.mailbox.recv() => request.map_or(Wake::Stopping, |request| Wake::Asked(Box::new(request))),
            () = deadline => Wake::Deadline,
            () = self.attendance.notified() => Wake::SomebodyMoved,
            changed = self.library.changed() => if changed.is_ok() { Wake::LibraryChanged } else { Wake::Stopping },
        }
    }

    fn next_wake(&self) -> Option<WallTime> {
        let autofill = self.nest.autofill_at(self.app.now(), self.somebody_listens());
        let autofill = autofill.map(|at| at.max(self.autofill_after));
        let due = self.nest.next_deadline().into_iter().chain(autofill).chain(self.idle.next()).min()?;
        // What could not be done (no database) is tried again, but not in a circle.
        Some(if self.suspect { due.max(self.app.now().plus(RETRY)) } else { due })
    }

    fn somebody_listens(&self) -> bool {
        self.app.hub().has_listeners(Channel::Nest(self.code))
    }

    /// Decides the request and all that wait with it, together.
    async fn batch(&mut self, first: Request) {
        let mut requests = vec![first];
        while requests.len() < limits::NEST_BATCH_MAX {
            match self.mailbox.try_recv() {
                Ok(request) => requests.push(request),
                Err(_) => break,
            }
        }
        let asked: Vec<_> = requests
            .iter()
            .map(|Request { by, command, key, .. }| Asked { by, command, key: key.as_ref() })
            .collect();
        let answers = self.decide_and_append(&asked).await;
        match answers {
            Ok(answers) => {
                for (request, answer) in requests.into_iter().zip(answers) {
                    let _ = request.answer.send(answer);
                }
            }
            Err(error) => {
                tracing::warn!(nest = %self.code, %error, "commands could not be carried out");
                let mut error = Some(error);
                for request in requests {
                    let error = error.take().unwrap_or(Error::Busy);
                    let _ = request.answer.send(Err(error));
                }
            }
        }
    }

    /// Carries out what the nest itself wants.
    async fn by_itself(&mut self, command: &Command) -> Result<()> {
        let asked = [Asked { by: &Actor::Nest, command, key: None }];
        self.decide_and_append(&asked).await.map(drop)
    }

    async fn advance(&mut self) {
        if self.nest.next_deadline().is_some_and(|at| at <= self.app.now())
            && let Err(error) = self.by_itself(&Command::Advance).await
        {
            tracing::warn!(nest = %self.code, %error, "the nest could not go on");
        }
    }

    async fn autofill(&mut self) {
        let now = self.app.now();
        let due = self.nest.autofill_at(now, self.somebody_listens()).is_some_and(|at| at <= now);
        if self.autofill_after > now || !due {
            return;
        }
        match autofill::choose(&self.app, &self.nest).await {
            Ok(Some(track)) => {
                if let Err(error) = self.by_itself(&Command::Add(track)).await {
                    tracing::warn!(nest = %self.code, %error, "autofill could not add a track");
                    self.autofill_after = now.plus(limits::AUTOFILL_RETRY);
                }
            }
            Ok(None) => {
                // What plays may be played again, once it is about to end.
                let needed_at = self.nest.next_needed_at().filter(|&at| at > now);
                let retry_at = now.plus(limits::AUTOFILL_RETRY);
                self.autofill_after = needed_at.map_or(retry_at, |at| at.min(retry_at));
            }
            Err(error) => {
                tracing::warn!(nest = %self.code, %error, "autofill could not look into the library");
                self.autofill_after = now.plus(limits::AUTOFILL_RETRY);
            }
        }
    }

    /// Ends a temporary nest that nobody has listened to for too long, and notes that somebody listens.
    async fn end_if_idle(&mut self) {
        let listens = self.somebody_listens();
        let done = match self.idle.look(self.app.now(), listens) {
            Due::Nothing => Ok(()),
            Due::Note(at) => log::listened(self.app.database(), self.id, at).await.map_err(Error::from),
            Due::End(heard_at) => self.end_unless_heard_after(heard_at).await,
        };
        if let Err(error) = done {
            self.suspect = true;
            tracing::warn!(nest = %self.code, %error, "who listens could not be looked up or noted");
        }
    }

    async fn end_unless_heard_after(&mut self, heard_at: WallTime) -> Result<()> {
        match log::listened_at(self.app.database(), self.id).await? {
            Some(at) if at > heard_at => self.idle.heard_elsewhere(at),
            _ => {
                tracing::info!(nest = %self.code, "nobody listens any more: the nest ends");
                self.by_itself(&Command::Close).await?;
            }
        }
        Ok(())
    }

    /// Decides commands together and appends all their events at once, with the answers to those that have a key.
    async fn decide_and_append(&mut self, asked: &[Asked<'_>]) -> Result<Vec<Result<Done>>> {
        const ATTEMPTS_MAX: u32 = 8;
        let mut known = Vec::new();
        for _ in 0..ATTEMPTS_MAX {
            if self.suspect {
                self.catch_up().await?;
                // What came into the log unheard may be what these keys stand for.
                known = self.kept(asked).await?;
            }
            let mut batch = Batch::decide(&self.nest, asked, &known, self.app.now())?;
            if !batch.is_empty() {
                let mut projections = self.projections(&batch.events);
                projections.extend(batch.kept.drain(..).map(Projection::Answered));
                match log::append(self.app.database(), self.id, &batch.events, &projections).await {
                    Ok(()) => {}
                    Err(database::Error::LogMoved { .. }) => {
                        self.suspect = true;
                        continue;
                    }
                    Err(database::Error::KeyTaken) => {
                        known = self.kept(asked).await?;
                        continue;
                    }
                    Err(error) => {
                        self.suspect = true;
                        return Err(error.into());
                    }
                }
                self.nest = batch.nest;
                self.happened(&batch.events);
            }
            return Ok(self.reconsidered(asked, batch.answers).await);
        }
        Err(Error::Busy)
    }

    /// What was done before under the keys of these commands.
    async fn kept(&self, asked: &[Asked<'_>]) -> Result<Vec<Option<KeptAnswer>>> {
        let mut known = Vec::with_capacity(asked.len());
        for one in asked {
            known.push(match one.key {
                Some(key) => key.kept(&self.app).await?,
                None => None,
            });
        }
        Ok(known)
    }

    /// A command may be refused because it was carried out a moment ago, under the same key: that is its answer.
    async fn reconsidered(&self, asked: &[Asked<'_>], mut answers: Vec<Result<Done>>) -> Vec<Result<Done>> {
        for (one, answer) in asked.iter().zip(&mut answers) {
            if let (Some(key), Err(Error::Refused(_))) = (one.key, &answer) {
                match key.kept(&self.app).await {
                    Ok(Some(kept)) => *answer = kept.into(),
                    Ok(None) => {}
                    Err(error) => *answer = Err(error),
                }
            }
        }
        answers
    }

    /// Folds in what is in the log and not in the replica, and tells the listeners here.
    async fn catch_up(&mut self) -> Result<()> {
        loop {
            let events =
                log::read(self.app.database(), self.id, self.nest.sequence() + 1, log::EVENTS_READ_MAX)
                    .await?;
            if events.is_empty() {
                self.suspect = false;
                return Ok(());
            }
            for event in &events {
                self.nest.apply(event);
            }
            self.happened(&events);
        }
    }

    /// After events were folded in.
    fn happened(&mut self, events: &[Event]) {
        let moves_the_end = |event: &Event| {
            matches!(event.kind, EventKind::PlaybackEnded { .. } | EventKind::PlaybackChanged { .. })
        };
        if events.iter().any(moves_the_end) {
            self.autofill_after = self.app.now();
        }
        if !events.is_empty() {
            self.announce(events);
        }
    }

    /// Tells everybody. The state is shown before the publications, so that a snapshot never lags behind them.
    fn announce(&self, events: &[Event]) {
        self.state.send_replace(Arc::new(self.nest.clone()));
        for event in events {
            match serde_json::value::to_raw_value(&wire::publication(event)) {
                Ok(data) => self.app.hub().publish(Channel::Nest(self.code), Some(event.sequence), data),
                Err(error) => tracing::error!(%error, "an event could not be encoded"),
            }
        }
        metrics::counter!("nest_events_total").increment(events.len() as u64);
        let shows = |event: &Event| {
            !matches!(event.kind, EventKind::VoteCast { .. } | EventKind::PlaybackChanged { .. })
        };
        if events.iter().any(shows) {
            server_channel::nest_changed(&self.app, self.code);
        }
        let turns_away = |event: &Event| {
            matches!(event.kind, EventKind::SettingsChanged { .. } | EventKind::HostChanged { .. })
        };
        if !self.nest.settings().guests_allowed && events.iter().any(turns_away) {
            self.app.revocations().announce(Revoked::Guests(self.code));
        }
    }

    /// What changes beside the log: the plays, the registry's row, and now and then a snapshot.
    fn projections(&self, events: &[Event]) -> Vec<Projection> {
        let mut nest = self.nest.clone();
        let mut projections = Vec::new();
        for event in events {
            nest.apply(event);
            projections.extend(self.projection(event, &nest));
        }
        if log::snapshot_is_due(self.nest.sequence(), nest.sequence()) {
            projections.push(Projection::Snapshot(Box::new(nest.snapshot())));
        }
        projections
    }

    fn projection(&self, event: &Event, after: &Nest) -> Option<Projection> {
        match &event.kind {
            EventKind::PlaybackStarted { started_at, .. } => after.playing().map(|playing| {
                Projection::PlayStarted(Play {
                    id: self.app.generate(PlayId::generate),
                    nest: self.id,
                    entry: playing.entry.id,
                    track: (*playing.entry.track).clone(),
                    added_by: playing.entry.added_by.clone(),
                    started_at: *started_at,
                    ended: None,
                })
            }),
            EventKind::PlaybackEnded { entry, outcome } => {
                Some(Projection::PlayEnded { entry: *entry, at: event.at, outcome: *outcome })
            }
            EventKind::SettingsChanged { settings } => Some(Projection::Renamed(settings.name.to_string())),
            EventKind::Closed => Some(Projection::Closed(event.at)),
            _ => None,
        }
    }
}

impl Nests {
    pub(super) fn library(&self) -> watch::Receiver<u64> {
        self.library_changes.subscribe()
    }
}
