//! The task of one nest. One loop names what woke it; a batch of commands is decided on a copy of the replica, appended
//! to the log in one transaction with the answers to those that have a key, and only then applied, published and
//! answered.
//!
//! If another process was first, the log's key says so: the room catches up and decides again. What a nest does by itself
//! is done by a process that serves; one that waits or leaves only follows.

use super::batch::{Asked, Batch};
use super::idle::{Due, Idle};
use super::{Nests, autofill, wire};
use crate::app::App;
use crate::error::{Error, Result};
use crate::idempotency::{KeptAnswer, Key};
use crate::lifecycle::Stance;
use crate::revocation::Revoked;
use crate::{limits, server_channel};
use database::nests::{self as log, Play, Projection};
use model::{Channel, EntryId, NestCode, NestId, PlayId, WallTime};
use nest::{Actor, Command, Event, EventKind, Nest, Preview};
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
    /// The log may hold what this process does not know.
    Behind,
    /// This process may be the one to act now, or not any more.
    StanceTaken,
    Chosen(Result<Option<Preview>>),
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
    pub(super) preview_after: WallTime,
    /// What autofill is looking for.
    pub(super) choosing: Option<autofill::Looking>,
    /// Told when somebody came to listen, or left.
    pub(super) attendance: Arc<Notify>,
    /// Told when another process has written into the log.
    pub(super) behind: Arc<Notify>,
    pub(super) stance: watch::Receiver<Stance>,
    pub(super) idle: Idle,
}

impl Task {
    pub(super) async fn run(mut self) {
        while !self.nest.is_closed() {
            match self.sleep().await {
                Wake::Asked(request) => self.batch(*request).await,
                Wake::Deadline => self.advance().await,
                Wake::SomebodyMoved => self.idle.moved(self.app.now()),
                Wake::LibraryChanged => {
                    self.look_again();
                }
                Wake::Chosen(found) => self.chosen(found).await,
                Wake::Behind => self.follow().await,
                Wake::StanceTaken => {}
                Wake::Stopping => break,
            }
            self.end_if_idle().await;
            if self.app.lifecycle().is_serving() {
                self.autofill().await;
                self.look_for_preview();
            }
        }
        if self.nest.is_closed() {
            self.app.nests().remove(self.code);
            self.app.hub().close(Channel::Nest(self.code));
            server_channel::nest_closed(&self.app, self.code);
            crate::sources::client_ids::nest_closed(&self.app, self.id).await;
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
        let choosing = &mut self.choosing;
        let chosen = async {
            match choosing {
                Some(looking) => looking.found().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.app.lifecycle().stopping() => Wake::Stopping,
            request = self.mailbox.recv() => request.map_or(Wake::Stopping, |request| Wake::Asked(Box::new(request))),
            found = chosen => Wake::Chosen(found),
            () = deadline => Wake::Deadline,
            () = self.attendance.notified() => Wake::SomebodyMoved,
            () = self.behind.notified() => Wake::Behind,
            changed = self.stance.changed() => if changed.is_ok() { Wake::StanceTaken } else { Wake::Stopping },
            changed = self.library.changed() => if changed.is_ok() { Wake::LibraryChanged } else { Wake::Stopping },
        }
    }

    fn next_wake(&self) -> Option<WallTime> {
        if !self.app.lifecycle().is_serving() {
            return None;
        }
        let (now, listens) = (self.app.now(), self.somebody_listens());
        let autofill = self.nest.autofill_at(now, listens).map(|at| at.max(self.autofill_after));
        let lacks_preview = self.choosing.is_none() && self.nest.preview_is_wanted(now, listens);
        let preview = lacks_preview.then_some(self.preview_after);
        let due = self.nest.next_deadline().into_iter().chain(autofill).chain(preview);
        let due = due.chain(self.idle.next()).min()?;
        // What could not be done (no database) is tried again, but not in a circle.
        Some(if self.suspect { due.max(self.app.now().plus(RETRY)) } else { due })
    }

    pub(super) fn somebody_listens(&self) -> bool {
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
        match self.decide_and_append(&asked).await {
            Ok(answers) => answer(requests, answers),
            // One of them wants an address that another process has just given away; the others want no part in that.
            Err(Error::SlugTaken) => {
                let mut answers = Vec::with_capacity(asked.len());
                for one in &asked {
                    let alone = self.decide_and_append(std::slice::from_ref(one)).await;
                    answers.push(alone.and_then(|mut answers| answers.pop().unwrap_or(Err(Error::Busy))));
                }
                answer(requests, answers);
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
    pub(super) async fn by_itself(&mut self, command: &Command) -> Result<()> {
        let asked = [Asked { by: &Actor::Nest, command, key: None }];
        self.decide_and_append(&asked).await.map(drop)
    }

    async fn advance(&mut self) {
        let is_ours = self.app.lifecycle().is_serving();
        if is_ours
            && self.nest.next_deadline().is_some_and(|at| at <= self.app.now())
            && let Err(error) = self.by_itself(&Command::Advance).await
        {
            tracing::warn!(nest = %self.code, %error, "the nest could not go on");
        }
    }

    /// Ends a temporary nest that nobody has listened to for too long, and notes that somebody listens.
    async fn end_if_idle(&mut self) {
        let listens = self.somebody_listens();
        let done = match self.idle.look(self.app.now(), listens) {
            Due::Nothing => Ok(()),
            Due::Note(at) => log::listened(self.app.database(), self.id, at).await.map_err(Error::from),
            Due::End(_) if !self.app.lifecycle().is_serving() => Ok(()),
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
                    Ok(()) => self.app.wrote(),
                    Err(database::Error::LogMoved { .. }) => {
                        metrics::counter!("nest_conflicts_total").increment(1);
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

    /// Another process has written: what it wrote is told here too.
    async fn follow(&mut self) {
        if let Err(error) = self.catch_up().await {
            self.suspect = true;
            tracing::warn!(nest = %self.code, %error, "what another process did could not be read");
        }
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
        let changes_what_may_come = |event: &Event| {
            matches!(
                event.kind,
                EventKind::PlaybackEnded { .. }
                    | EventKind::PlaybackChanged { .. }
                    | EventKind::SettingsChanged { .. }
                    | EventKind::TrackFiltered { .. }
                    | EventKind::TrackUnfiltered { .. }
            )
        };
        if events.iter().any(changes_what_may_come) {
            self.look_again();
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
            use EventKind as Kind;
            !matches!(
                event.kind,
                Kind::VoteCast { .. }
                    | Kind::Jammed { .. }
                    | Kind::Commented { .. }
                    | Kind::CommentRemoved { .. }
                    | Kind::FreeHornEarned { .. }
                    | Kind::HornBlown { .. }
                    | Kind::VolumeChanged { .. }
                    | Kind::AutofillPreviewed { .. }
                    | Kind::AutofillRested
                    | Kind::TrackFiltered { .. }
                    | Kind::TrackUnfiltered { .. }
                    | Kind::PlaybackChanged { .. }
            )
        };
        self.app.nests().happenings.send_modify(|count| *count += 1);
        if events.iter().any(|event| matches!(event.kind, EventKind::PlaybackEnded { .. })) {
            self.app.nests().endings.notify_one();
        }
        if events.iter().any(shows) {
            server_channel::nest_changed(&self.app, self.code);
        }
        let turns_away = |event: &Event| match event.kind {
            EventKind::SettingsChanged { .. } => !self.nest.settings().guests_allowed,
            EventKind::HostChanged { .. } | EventKind::Kicked { .. } => true,
            _ => false,
        };
        if events.iter().any(turns_away) {
            self.app.revocations().announce(Revoked::Door(self.code));
        }
    }

    /// What changes beside the log: the plays, the registry's row, and now and then a snapshot.
    fn projections(&self, events: &[Event]) -> Vec<Projection> {
        let mut nest = self.nest.clone();
        let mut projections = Vec::new();
        for event in events {
            projections.extend(reactions(event, &nest));
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
                Projection::PlayStarted(Box::new(Play {
                    id: self.app.generate(PlayId::generate),
                    nest: self.id,
                    entry: playing.entry.id,
                    track: (*playing.entry.track).clone(),
                    added_by: playing.entry.added_by.clone(),
                    because: playing.entry.because.clone(),
                    tally: playing.entry.tally(),
                    started_at: *started_at,
                    ended: None,
                    jams: Vec::new(),
                    comments: Vec::new(),
                }))
            }),
            EventKind::PlaybackEnded { entry, outcome } => {
                Some(Projection::PlayEnded { entry: *entry, at: event.at, outcome: *outcome })
            }
            EventKind::SettingsChanged { settings, .. } => {
                Some(Projection::Renamed(settings.name.to_string(), settings.slug.clone()))
            }
            EventKind::Closed => Some(Projection::Closed(event.at)),
            _ => None,
        }
    }
}

fn answer(requests: Vec<Request>, answers: Vec<Result<Done>>) {
    for (request, answer) in requests.into_iter().zip(answers) {
        let _ = request.answer.send(answer);
    }
}

/// What people thought of what plays, if this event ends it.
fn reactions(event: &Event, before: &Nest) -> Option<Projection> {
    let ends = matches!(event.kind, EventKind::PlaybackEnded { .. } | EventKind::Closed);
    let entry = &before.playing().filter(|_| ends)?.entry;
    let some = !entry.jams.is_empty() || !entry.comments.is_empty();
    some.then(|| Projection::PlayReactions(Arc::clone(entry)))
}

impl Nests {
    pub(super) fn library(&self) -> watch::Receiver<u64> {
        self.library_changes.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{MemberId, Role, TrackId, TrackPosition, TrackSource, TrackSummary};
    use nest::{NestName, Outcome, Settings};

    #[test]
    fn what_people_thought_of_a_song_is_kept_however_it_ends() {
        let track = TrackSummary {
            id: TrackId::from_u128(1),
            title: "Song".to_owned(),
            artist: String::new(),
            album: String::new(),
            duration: TrackPosition::from_millis(1_000),
            artwork: None,
            source: TrackSource::Library,
            library_match: None,
        };
        let host = MemberId::from_u128(1);
        let by = Actor::Person { id: host, name: "Ada".to_owned(), role: Role::Host };
        let settings = Settings::new(NestName::parse("Attic").unwrap());
        let now = WallTime::from_micros(1);
        let (mut nest, _) = Nest::open(settings, Some(host), now);
        let mut run = |command: &Command| {
            let events = nest.decide(command, &by, now).unwrap();
            events.iter().for_each(|event| nest.apply(event));
            nest.clone()
        };
        let quiet = run(&Command::Add(track));
        let entry = quiet.playing().unwrap().entry.id;
        let loved = run(&Command::Jam(entry, true));
        let ended = EventKind::PlaybackEnded { entry, outcome: Outcome::Finished };
        for (kind, kept) in [(ended, true), (EventKind::Closed, true), (EventKind::QueueCleared, false)] {
            let event = Event { sequence: 9, at: now, by: None, kind };
            assert!(reactions(&event, &quiet).is_none(), "there was nothing to keep");
            let projection = reactions(&event, &loved);
            let found = matches!(projection, Some(Projection::PlayReactions(of)) if of.id == entry);
            assert_eq!(found, kept, "{event:?}");
        }
    }
}
