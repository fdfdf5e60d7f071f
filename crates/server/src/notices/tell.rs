//! The task that tells: for every webhook it reads on in its nest's log, one message after the other. What does not arrive
//! is tried again, ever less often; a webhook that fails for a day, or whose other side says that it is gone, is given up
//! until a host resumes it.

use super::notice::{Notice, What, of, told_as};
use super::{deliver, message};
use crate::app::App;
use crate::error::{Error, Result};
use crate::lifecycle::Stance;
use crate::nests::Room;
use database::webhooks::{self, Webhook};
use futures::StreamExt as _;
use identity::SealFor;
use model::{WallTime, WebhookEvent, WebhookId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What happened longer ago is passed over: nobody wants to hear in the evening what played at noon.
const AGE_MAX: Duration = Duration::from_secs(10 * 60);
/// How often is looked for what other processes decided.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// After a failure, the first and the longest pause.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// A webhook that fails for so long is given up.
const FAILING_MAX: Duration = Duration::from_secs(24 * 3600);
/// Webhooks that are served at once, events that are read at once, and messages in one turn of one webhook.
const AT_ONCE: usize = 8;
const EVENTS_MAX: u32 = 100;
const MESSAGES_PER_TURN_MAX: usize = 10;
const NESTS_MAX: u32 = 10;
/// A start so soon after the last one is not told: a deploy may take two.
const STARTS_APART: Duration = Duration::from_secs(5 * 60);
const STARTED_AT: &str = "webhooks.started_at";

/// The sealed parts of a webhook.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SealedPart {
    Address,
    Secret,
}

impl SealedPart {
    /// For the webhook with this id.
    pub(crate) const fn of(self, id: &str) -> SealFor<'_> {
        let purpose = match self {
            Self::Address => "webhook address",
            Self::Secret => "webhook secret",
        };
        SealFor { purpose, owner: id }
    }
}

struct Teller {
    app: App,
    retries: Mutex<BTreeMap<WebhookId, Retry>>,
    /// Those that have not been told yet that the server started, and when it did.
    started: Mutex<(WallTime, BTreeSet<WebhookId>)>,
}

#[derive(Clone, Copy)]
struct Retry {
    at: Instant,
    pause: Duration,
}

/// What came of one webhook's turn.
enum Turn {
    /// There is nothing more to tell.
    Done,
    /// There is more: its next turn comes at once.
    More,
}

/// Starts telling.
pub(crate) fn start(app: &App) {
    let teller = Teller {
        app: app.clone(),
        retries: Mutex::default(),
        started: Mutex::new((app.now(), BTreeSet::new())),
    };
    app.lifecycle().spawn(teller.run());
}

impl Teller {
    async fn run(self) {
        let app = self.app.clone();
        let mut happenings = app.nests().happenings();
        if let Err(error) = self.note_start().await {
            tracing::warn!(%error, "webhooks are not told that the server started");
        }
        while !app.lifecycle().is_stopping() {
            // Of two processes on one database, the one that serves tells.
            tokio::select! {
                () = app.lifecycle().stopping() => break,
                () = app.lifecycle().until(|stance| stance == Stance::Serving) => {}
            }
            let more = match self.round().await {
                Ok(more) => more,
                Err(error) => {
                    tracing::warn!(%error, "webhooks cannot be served");
                    false
                }
            };
            if more {
                continue;
            }
            let next = Instant::now() + LOOK_EVERY;
            let next = self.retries().values().map(|retry| retry.at).min().map_or(next, |at| at.min(next));
            tokio::select! {
                () = app.lifecycle().stopping() => {}
                () = tokio::time::sleep_until(next) => {}
                _changed = happenings.changed() => {}
            }
        }
    }

    fn retries(&self) -> std::sync::MutexGuard<'_, BTreeMap<WebhookId, Retry>> {
        self.retries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One turn for every webhook that is due; whether one of them has more to tell.
    async fn round(&self) -> Result<bool> {
        let webhooks = webhooks::active(self.app.database()).await?;
        self.retries().retain(|id, _| webhooks.iter().any(|webhook| webhook.id == *id));
        let now = Instant::now();
        let is_due = |webhook: &Webhook| self.retries().get(&webhook.id).is_none_or(|retry| retry.at <= now);
        let due: Vec<Webhook> = webhooks.into_iter().filter(is_due).collect();
        let turns = futures::stream::iter(due).map(async |webhook| self.turn(&webhook).await);
        let more: Vec<bool> = turns.buffer_unordered(AT_ONCE).collect().await;
        Ok(more.into_iter().any(|more| more))
    }

    /// A webhook's turn, whatever comes of it.
    async fn turn(&self, webhook: &Webhook) -> bool {
        match self.tell(webhook).await {
            Ok(turn) => {
                self.retries().remove(&webhook.id);
                matches!(turn, Turn::More)
            }
            Err(error) => {
                self.note_failure(webhook, &error).await;
                false
            }
        }
    }

    async fn note_failure(&self, webhook: &Webhook, error: &Error) {
        metrics::counter!("webhook_failures_total").increment(1);
        let database = self.app.database();
        let now = self.app.now();
        let asked = match error {
            Error::Outside(error) => error.retry_after(),
            _ => None,
        };
        let pause = {
            let mut retries = self.retries();
            let pause =
                retries.get(&webhook.id).map_or(PAUSE_FIRST, |retry| (retry.pause * 2).min(PAUSE_MAX));
            let wait = asked.map_or(pause, |asked| asked.max(pause).min(PAUSE_MAX));
            retries.insert(webhook.id, Retry { at: Instant::now() + wait, pause });
            wait
        };
        tracing::info!(webhook = %webhook.id, host = webhook.host, %error, retry_in_s = pause.as_secs(), "a webhook's message did not arrive");
        let since = webhook.failing.as_ref().map_or(now, |failing| failing.since);
        let is_gone = matches!(error, Error::Outside(providers::Error::Gone { .. }));
        let noted = async {
            webhooks::failed(database, webhook.id, now, &error.to_string()).await?;
            if is_gone || now.since(since) >= FAILING_MAX {
                webhooks::pause(database, webhook.id, now).await?;
            }
            Ok::<_, database::Error>(())
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a webhook's failure could not be noted");
        }
    }

    async fn tell(&self, webhook: &Webhook) -> Result<Turn> {
        let Some(room) = self.app.nests().all().into_iter().find(|room| room.id == webhook.nest) else {
            // Closed, or not open here yet.
            return Ok(Turn::Done);
        };
        if webhook.events.contains(&WebhookEvent::ServerStarted) {
            self.tell_start(webhook, &room).await?;
        }
        if webhook.events.contains(&WebhookEvent::NestOpened) {
            self.tell_nests(webhook, &room).await?;
        }
        self.tell_events(webhook, &room).await
    }

    async fn tell_events(&self, webhook: &Webhook, room: &Room) -> Result<Turn> {
        let database = self.app.database();
        let from = webhooks::position(database, webhook).await?;
        if from >= room.state().sequence() {
            return Ok(Turn::Done);
        }
        let events = database::nests::read(database, room.id, from + 1, EVENTS_MAX).await?;
        let full = events.len() == EVENTS_MAX as usize;
        let somebody_listens = self.app.hub().person_count(room.channel()) > 0;
        let (mut noted, mut passed, mut sent) = (from, from, 0);
        for event in &events {
            let wanted = told_as(&event.kind).is_some_and(|told| webhook.events.contains(&told));
            let is_fresh = self.app.now().since(event.at) <= AGE_MAX;
            let notice = if wanted && is_fresh {
                of(&self.app, room.id, event, somebody_listens).await?
            } else {
                None
            };
            if let Some(notice) = notice {
                if sent == MESSAGES_PER_TURN_MAX {
                    break;
                }
                let number = event.sequence.to_string();
                if let Err(error) = self.send(webhook, room, &notice, &number).await {
                    // What was passed over need not be looked at again.
                    if passed > noted {
                        webhooks::advance(database, webhook, noted, passed).await?;
                    }
                    return Err(error);
                }
                sent += 1;
                if !webhooks::advance(database, webhook, noted, event.sequence).await? {
                    // Another process tells this one.
                    return Ok(Turn::Done);
                }
                noted = event.sequence;
            }
            passed = event.sequence;
        }
        if passed > noted {
            webhooks::advance(database, webhook, noted, passed).await?;
        }
        let more = full || events.last().is_some_and(|last| last.sequence > passed);
        Ok(if more { Turn::More } else { Turn::Done })
    }

    async fn send(&self, webhook: &Webhook, room: &Room, notice: &Notice, number: &str) -> Result<()> {
        let message = message::write(&self.app, webhook, room, notice, number)?;
        deliver(&self.app, webhook, &message).await?;
        metrics::counter!("webhook_messages_total").increment(1);
        webhooks::delivered(self.app.database(), webhook.id, self.app.now()).await?;
        Ok(())
    }

    async fn tell_nests(&self, webhook: &Webhook, room: &Room) -> Result<()> {
        let database = self.app.database();
        for (nest, at) in webhooks::nests_opened(database, webhook.nests_until, NESTS_MAX).await? {
            let opened = self.app.nests().all().into_iter().find(|room| room.id == nest);
            if let Some(opened) = opened.filter(|_| self.app.now().since(at) <= AGE_MAX) {
                let name = opened.state().settings().name.to_string();
                let what = What::NestOpened { name, code: opened.code.to_string() };
                self.send(webhook, room, &Notice { at, what }, &format!("nest_{nest}")).await?;
            }
            webhooks::nests_told(database, webhook.id, at).await?;
        }
        Ok(())
    }

    /// Notes who is to be told of this start: nobody, if the last one was a moment ago.
    async fn note_start(&self) -> Result<()> {
        let database = self.app.database();
        let now = self.app.now();
        let last = database::settings::get(database, STARTED_AT).await?;
        let last = last.and_then(|bytes| Some(i64::from_be_bytes(bytes.try_into().ok()?)));
        database::settings::set(database, STARTED_AT, &now.micros().to_be_bytes()).await?;
        if last.is_none_or(|last| now.since(WallTime::from_micros(last)) > STARTS_APART) {
            let told = webhooks::active(database).await?.into_iter();
            let told = told.filter(|webhook| webhook.events.contains(&WebhookEvent::ServerStarted));
            self.started.lock().unwrap_or_else(PoisonError::into_inner).1 =
                told.map(|webhook| webhook.id).collect();
        }
        Ok(())
    }

    async fn tell_start(&self, webhook: &Webhook, room: &Room) -> Result<()> {
        let (at, waits) = {
            let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
            (started.0, started.1.contains(&webhook.id))
        };
        if waits && self.app.now().since(at) <= AGE_MAX {
            let notice = Notice { at, what: What::ServerStarted };
            self.send(webhook, room, &notice, &format!("start_{}", at.micros())).await?;
        }
        self.started.lock().unwrap_or_else(PoisonError::into_inner).1.remove(&webhook.id);
        Ok(())
    }
}
