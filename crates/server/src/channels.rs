//! Channels that other applications feed: what comes in is in the log of its channel before anybody hears of it, and every
//! listener hears what is in the log, in its order, whichever process took it in.
//!
//! The hub has such a channel open while somebody listens. It is brought on from the log alone: after a webhook was taken
//! here, and when another process may have written. Publications are read from where the hub stands and offered in their
//! order; the hub leaves aside what it has, so several may do that at once.
//!
//! Deliberately not here: whether a webhook is believed (`take`), and the log itself (`database::app_channels`).

mod take;

pub use take::WebhookFault;
pub(crate) use take::{Taken, take};

use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use database::app_channels::{self as log, Head, Publication as Logged};
use model::{Channel, ChannelName, WallTime};
use protocol::publication::AppPublication;
use protocol::socket::Publication;
use realtime::{Frame, Position};
use serde_json::value::{RawValue, to_raw_value};
use standard_webhooks::Signer;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::{Mutex, Notify, Semaphore};

/// Publications that are read at once to bring a channel on.
const PAGE: u32 = 100;
/// What a publication's frame has beside its body, in bytes: enough.
const FRAME_BYTES: usize = 512;

/// What this process knows of channels beside the hub and the log.
pub(crate) struct Channels {
    /// Webhooks are written one after the other: they would only make each other wait in the database.
    writing: Mutex<()>,
    waiting: Semaphore,
    behind: Notify,
    /// When a webhook was last signed with the secret that holds, and with the one before, in microseconds; 0: not yet.
    used: [AtomicI64; 2],
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            writing: Mutex::default(),
            waiting: Semaphore::new(limits::WEBHOOKS_AT_ONCE_MAX),
            behind: Notify::default(),
            used: Default::default(),
        }
    }
}

impl Channels {
    /// Resolves when a channel here may be behind its log.
    pub(crate) async fn behind(&self) {
        self.behind.notified().await;
    }

    /// When this process last took a webhook that was signed with this secret.
    pub(crate) fn used_at(&self, signer: Signer) -> Option<WallTime> {
        let at = self.used[signer as usize].load(Ordering::Relaxed);
        (at > 0).then(|| WallTime::from_micros(at))
    }

    /// Notes that one was; when one was before.
    fn use_now(&self, signer: Signer, now: WallTime) -> Option<WallTime> {
        let before = self.used[signer as usize].swap(now.micros(), Ordering::Relaxed);
        (before > 0).then(|| WallTime::from_micros(before))
    }
}

/// Where a channel's stream stands.
pub(crate) async fn position(app: &App, name: ChannelName) -> Result<Position> {
    let head = log::head(app.database(), name).await?.ok_or(Error::NotFound("channel"))?;
    Ok(at(&head))
}

/// Opens a channel in the hub, or brings it on to where its log is.
///
/// # Errors
/// [`Error::NotFound`] if there is no such channel: it begins with its first webhook.
pub(crate) async fn catch_up(app: &App, name: ChannelName) -> Result<()> {
    let channel = Channel::App(name);
    if app.hub().position(channel).is_none() {
        app.hub().open(channel, position(app, name).await?);
    }
    // Read when it is open: who writes from now on finds it so, and what was written before is in what is read.
    let Some(head) = log::head(app.database(), name).await? else {
        // It was there, and nothing came for long: whoever listens is told so when they come back.
        app.hub().reset(channel, Position { epoch: String::new(), offset: 0 });
        return Err(Error::NotFound("channel"));
    };
    bring_on(app, &head).await
}

/// Brings on every channel that is open here. Which were behind, and where they are now.
pub(crate) async fn level(app: &App) -> Result<BTreeMap<ChannelName, u64>> {
    let open: Vec<ChannelName> = app.hub().names().into_iter().filter_map(name_of).collect();
    let mut moved = BTreeMap::new();
    if open.is_empty() {
        return Ok(moved);
    }
    let heads = log::heads(app.database(), &open).await?;
    for name in open {
        let Some(here) = app.hub().position(Channel::App(name)) else { continue };
        match heads.iter().find(|head| head.name == name) {
            Some(head) if here == at(head) => {}
            Some(head) => {
                bring_on(app, head).await?;
                moved.insert(name, head.sequence);
            }
            None if here.epoch.is_empty() => {}
            None => app.hub().reset(Channel::App(name), Position { epoch: String::new(), offset: 0 }),
        }
    }
    Ok(moved)
}

/// Publishes what the log has beyond the hub.
async fn bring_on(app: &App, head: &Head) -> Result<()> {
    let channel = Channel::App(head.name);
    while let Some(here) = app.hub().position(channel) {
        if here.epoch != head.epoch {
            app.hub().reset(channel, at(head));
            return Ok(());
        }
        if here.offset >= head.sequence {
            return Ok(());
        }
        let next = here.offset + 1;
        let read = log::read(app.database(), head.name, next, head.sequence, PAGE).await?;
        if read.first().is_none_or(|first| first.sequence != next) {
            // More came than is kept: nobody is given the rest as if nothing were missing.
            app.hub().reset(channel, at(head));
            return Ok(());
        }
        for logged in &read {
            let position = Position { epoch: head.epoch.clone(), offset: logged.sequence };
            app.hub().append(channel, &position, data(logged)?);
        }
    }
    Ok(())
}

/// What came after offset `from`, up to `until`; `None`: not all of it is kept, or it is more than one answer holds.
pub(crate) async fn older(
    app: &App,
    name: ChannelName,
    from: u64,
    until: u64,
) -> Result<Option<Vec<Arc<Frame>>>> {
    let limit = limits::RECOVERY_EVENTS_MAX as u32;
    let Some(head) = log::head(app.database(), name).await? else { return Ok(None) };
    let read = log::read(app.database(), name, from + 1, until, limit).await?;
    let bytes: usize = read.iter().map(weight).sum();
    let is_whole = read.len() as u64 == until - from;
    if !is_whole || bytes > limits::RECOVERY_BYTES_MAX {
        return Ok(None);
    }
    let frame = |logged: &Logged| {
        let data = data(logged)?;
        Ok(Arc::new(Frame::publication(Channel::App(name), &head.epoch, Some(logged.sequence), data)))
    };
    read.iter().map(frame).collect::<Result<_>>().map(Some)
}

/// What is kept from offset `from` on, `count` at most and as much as one answer holds. `is_reverse`: the same `count`
/// offsets from the last to the first.
pub(crate) async fn history(
    app: &App,
    name: ChannelName,
    from: u64,
    count: u64,
    is_reverse: bool,
) -> Result<Vec<Publication>> {
    let limit = u32::try_from(count).unwrap_or(u32::MAX);
    let until = if is_reverse { from.saturating_add(count).saturating_sub(1) } else { u64::MAX };
    let mut read = log::read(app.database(), name, from, until, limit).await?;
    if is_reverse {
        read.reverse();
    }
    let mut bytes = 0;
    let mut fits = |logged: &&Logged| {
        bytes += weight(logged);
        bytes <= limits::RECOVERY_BYTES_MAX
    };
    let shown = read.iter().take_while(|logged| fits(logged));
    shown.map(|logged| Ok(Publication { data: data(logged)?, offset: Some(logged.sequence) })).collect()
}

fn name_of(channel: Channel) -> Option<ChannelName> {
    match channel {
        Channel::App(name) => Some(name),
        Channel::Nest(_) | Channel::Server | Channel::Person(_) => None,
    }
}

fn at(head: &Head) -> Position {
    Position { epoch: head.epoch.clone(), offset: head.sequence }
}

fn weight(logged: &Logged) -> usize {
    logged.body.len() + FRAME_BYTES
}

fn data(logged: &Logged) -> Result<Box<RawValue>> {
    const DAMAGED: Error = Error::Fault("a publication in the log is no JSON");
    let body = RawValue::from_string(logged.body.clone()).map_err(|_| DAMAGED)?;
    let id = logged.webhook_id.clone();
    to_raw_value(&AppPublication { id, at_ms: logged.at.millis(), body }).map_err(|_| DAMAGED)
}
