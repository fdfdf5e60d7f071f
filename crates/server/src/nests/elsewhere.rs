//! What other processes on the same database do: nests they open are opened here, and nests and channels they write into
//! are caught up with, so that who listens here hears it a moment later.
//!
//! A process hears of it by the database, and by the bus where there is one: whichever is first. The bus is not trusted: a
//! word leads to a look at most, and words that lead to nothing are waited with ever longer.
//!
//! Deliberately not here: how a process learns that something was written (`database::Changes`), and the catching up
//! itself, which is each room's own.

use super::open::start;
use crate::app::App;
use crate::channels;
use crate::error::{Error, Result};
use crate::limits;
use database::Changes;
use database::nests::{self as registry, Head};
use model::{ChannelName, NestId};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks: many writes in a moment are one.
const PAUSE: Duration = Duration::from_millis(10);
/// After a look that found a nest behind; doubled up to [`PAUSE_MAX`] while it stays where it was.
const PAUSE_BEHIND: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// After words of the bus that led to nothing: whoever may publish there makes nobody look more often.
const WORD_PAUSE_MAX: Duration = Duration::from_millis(200);

/// Follows what other processes write, until the lifecycle stops.
pub(crate) fn follow(app: &App) {
    if let Some(bus) = app.bus().cloned() {
        let life = app.lifecycle().clone();
        app.lifecycle().spawn(async move { bus.run(life.stopping()).await });
    }
    let task = app.clone();
    app.lifecycle().spawn(async move {
        tokio::select! {
            () = task.lifecycle().stopping() => {}
            () = follow_on(&task) => {}
        }
    });
}

/// When a word of the bus may lead to a look again.
struct Words {
    pause: Duration,
    next: Instant,
}

impl Words {
    fn new() -> Self {
        Self { pause: PAUSE, next: Instant::now() }
    }

    /// Resolves at a word, not before it is time for one. It may be dropped without missing any.
    async fn heard(&self, app: &App) {
        let Some(bus) = app.bus() else { return std::future::pending().await };
        tokio::time::sleep_until(self.next).await;
        bus.heard().await;
    }

    /// A word led to a look.
    fn led_to(&mut self, something: bool) {
        self.pause = if something { PAUSE } else { (self.pause * 2).min(WORD_PAUSE_MAX) };
        self.next = Instant::now() + self.pause;
    }
}

async fn follow_on(app: &App) {
    let mut words = Words::new();
    loop {
        let failed = match app.database().changes().await {
            Ok(mut changes) => {
                // The first look comes before the first change: nothing is missed in between.
                level(app).await;
                heed(app, &mut changes, &mut words).await
            }
            Err(error) => error,
        };
        tracing::warn!(error = %failed, "what other processes write cannot be heard; looking again");
        tokio::time::sleep(PAUSE_MAX).await;
    }
}

/// Looks whenever the database or the bus says so, until the database cannot say any more.
async fn heed(app: &App, changes: &mut Changes, words: &mut Words) -> database::Error {
    loop {
        tokio::select! {
            changed = changes.wait() => {
                if let Err(error) = changed {
                    return error;
                }
                tokio::time::sleep(PAUSE).await;
                level(app).await;
            }
            () = app.channels().behind() => {
                level(app).await;
            }
            () = words.heard(app) => {
                let something = level(app).await;
                words.led_to(something);
            }
        }
    }
}

/// Looks until nothing is behind. While something new is found the next look comes soon; what stays as it is, because it
/// cannot be read, is looked at ever more seldom. Whether anything was behind.
async fn level(app: &App) -> bool {
    let (mut pause, mut before) = (PAUSE_BEHIND, None);
    let mut found_any = false;
    loop {
        metrics::counter!("nest_looks_total").increment(1);
        let found = match look(app).await {
            Ok(behind) if behind.is_empty() => return found_any,
            Ok(behind) => Some(behind),
            Err(error) => {
                tracing::warn!(%error, "what other processes wrote could not be read");
                None
            }
        };
        found_any |= found.is_some();
        let is_new = found.is_some() && found != before;
        pause = if is_new { PAUSE_BEHIND } else { (pause * 2).min(PAUSE_MAX) };
        before = found;
        tokio::time::sleep(pause).await;
    }
}

/// What was found behind.
#[derive(Default, PartialEq)]
struct Found {
    /// Nests, and how far they had come.
    nests: BTreeMap<NestId, u64>,
    /// Channels of applications, and where they are now.
    channels: BTreeMap<ChannelName, u64>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.nests.is_empty() && self.channels.is_empty()
    }
}

/// Has everything that is behind catch up, and opens nests that are not open here.
async fn look(app: &App) -> Result<Found> {
    let channels = channels::level(app).await?;
    Ok(Found { nests: look_at_nests(app).await?, channels })
}

/// Has every nest that is behind catch up, and opens those that are not open here. Which those were, and how far they had
/// come.
async fn look_at_nests(app: &App) -> Result<BTreeMap<NestId, u64>> {
    let heads = registry::heads(app.database(), limits::NESTS_MAX as u32 + 1).await?;
    let by_id: BTreeMap<_, _> = heads.iter().map(|head| (head.id, head.sequence)).collect();
    let mut behind = BTreeMap::new();
    let rooms = app.nests().all();
    for room in &rooms {
        let here = room.state().sequence();
        // A nest that is not in the list was closed.
        if by_id.get(&room.id).is_none_or(|&there| there > here) {
            behind.insert(room.id, here);
            room.behind.notify_one();
        }
    }
    for Head { id, .. } in heads {
        if rooms.iter().all(|room| room.id != id) {
            behind.insert(id, 0);
            open_here(app, id).await?;
        }
    }
    Ok(behind)
}

/// Opens a nest that another process has opened. Its code may still be that of a nest whose end was not read here yet:
/// then a later look finds it free.
async fn open_here(app: &App, id: NestId) -> Result<()> {
    let Some(record) = registry::get(app.database(), id).await? else { return Ok(()) };
    let is_over = record.closed_at.is_some();
    if is_over || app.nests().get(record.code).is_ok() {
        return Ok(());
    }
    let nest = registry::load(app.database(), id).await?.ok_or(Error::Fault("a nest has no log"))?;
    let room = start(app, &record, nest);
    crate::server_channel::nest_changed(app, room.code);
    Ok(())
}
