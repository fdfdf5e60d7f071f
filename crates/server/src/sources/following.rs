//! Devices that follow nests: one for each person, each with a task of its own that ends when the person leaves.
//!
//! Deliberately not here: what to command when (`providers::spotify::Follower`), and the task itself (`follow`). What
//! was chosen is kept, so that a restart is a pause and no end: who listened up to it is followed on at once, everybody
//! else when they come back to listen, within [`limits::FOLLOWING_AWAY_MAX`]. Of several processes one follows.

use super::SourceFault;
use super::follow::{self, Order};
use crate::app::App;
use crate::error::{Error, Result};
use crate::lifecycle::Stance;
use crate::limits;
use crate::nests::Room;
use crate::server_channel;
use crate::sources::account;
use database::followings::{self, FollowingRecord};
use model::{MemberId, NestCode, WallTime};
use protocol::http::{Following, FollowingState};
use providers::spotify::Device;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};

/// Who follows what.
#[derive(Default)]
pub(crate) struct Followings(Mutex<BTreeMap<MemberId, Handle>>);

/// The way to one task. Dropping it ends the task.
struct Handle {
    nest: NestCode,
    /// Tells this task from one before it.
    number: u64,
    orders: mpsc::Sender<Order>,
    state: watch::Receiver<Following>,
}

impl Followings {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<MemberId, Handle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the device of a member fares that follows this nest.
    pub(crate) fn of(&self, member: MemberId, nest: NestCode) -> Option<Following> {
        let known = self.lock();
        let handle = known.get(&member).filter(|handle| handle.nest == nest)?;
        Some(handle.state.borrow().clone())
    }

    /// Forgets a member's device that follows this nest (any, if it is not said), which ends its task; its number.
    fn forget(&self, member: MemberId, nest: Option<NestCode>) -> Option<u64> {
        let mut known = self.lock();
        known.get(&member).filter(|handle| nest.is_none_or(|nest| nest == handle.nest))?;
        known.remove(&member).map(|handle| handle.number)
    }

    /// A task has ended; whether no other had taken its place, and nobody had let its device go.
    fn ended(&self, member: MemberId, number: u64) -> bool {
        let mut known = self.lock();
        let is_last = known.get(&member).is_some_and(|handle| handle.number == number);
        if is_last {
            known.remove(&member);
        }
        is_last
    }
}

/// Lets a member's device go; whether one followed this nest (any, if it is not said).
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn let_go(app: &App, member: MemberId, nest: Option<NestCode>) -> Result<bool> {
    let Some(number) = app.followings().forget(member, nest) else { return Ok(false) };
    followings::remove(app.database(), member, &number.to_string()).await?;
    Ok(true)
}

/// Goes on with what was followed when the server stopped; in a process that waits, once it serves, for so long the
/// other one follows.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn start_when_serving(app: &App) -> Result<()> {
    if app.lifecycle().is_serving() {
        return start(app).await;
    }
    let app = app.clone();
    app.clone().lifecycle().spawn(async move {
        tokio::select! {
            () = app.lifecycle().stopping() => {}
            () = app.lifecycle().until(|stance| stance == Stance::Serving) => {
                if let Err(error) = start(&app).await {
                    tracing::warn!(%error, "devices that followed could not be followed on");
                }
            }
        }
    });
    Ok(())
}

async fn start(app: &App) -> Result<()> {
    let rooms = app.nests().all();
    for kept in followings::list(app.database(), limits::FOLLOWINGS_MAX as u32).await? {
        let FollowingRecord { member, device, device_name, .. } = kept.clone();
        let was_there = app.now().since(kept.seen_at) < limits::FOLLOWING_AWAY_MAX;
        let begun = match rooms.iter().find(|room| room.id == kept.nest) {
            Some(room) => begin(app, room, member, Order { device, device_name }, was_there).await.map(drop),
            None => Err(Error::NotFound("nest")),
        };
        if begun.is_err() {
            followings::remove(app.database(), member, &kept.number).await?;
        }
    }
    Ok(())
}

/// Has a device of a member follow a nest, in place of any other.
///
/// # Errors
/// [`Error::Source`]: the account is not connected, the device is not there, or takes no commands; [`Error::Busy`] if
/// too many follow already.
pub(crate) async fn follow(app: &App, room: &Room, member: MemberId, device: &str) -> Result<Following> {
    let devices =
        account::with(app, member, |client, access| async move { client.devices(&access).await }).await?;
    let found = devices.into_iter().find(|known| known.id.as_deref() == Some(device));
    let Device { name, is_restricted, .. } = found.ok_or(SourceFault::from(providers::Error::NoDevice))?;
    if is_restricted {
        let detail = "this device takes no commands from elsewhere: choose another".to_owned();
        let provider = providers::Provider::Spotify;
        return Err(SourceFault::from(providers::Error::NotAllowed { provider, detail }).into());
    }
    let order = Order { device: device.to_owned(), device_name: name };
    let mut state = begin(app, room, member, order, true).await?;
    // Whether the account may be steered at all shows with the first command: so long the asker waits.
    let is_known = |following: &Following| following.state != FollowingState::Waiting;
    // Whatever it says by then.
    let _ = tokio::time::timeout(limits::FOLLOWING_FIRST_TIME_MAX, state.wait_for(is_known)).await;
    let following = state.borrow().clone();
    if following.state == FollowingState::EndedPremiumRequired {
        let_go(app, member, Some(room.code)).await?;
        let provider = providers::Provider::Spotify;
        return Err(SourceFault::from(providers::Error::PremiumRequired { provider }).into());
    }
    Ok(following)
}

/// Begins to follow, or has the task that does follow another device. `is_there`: whether the person is known to listen,
/// or did a moment ago; else the device is left alone until they do.
async fn begin(
    app: &App,
    room: &Room,
    member: MemberId,
    order: Order,
    is_there: bool,
) -> Result<watch::Receiver<Following>> {
    let running = {
        let known = app.followings().lock();
        let handle = known.get(&member).filter(|handle| handle.nest == room.code);
        handle.map(|handle| (handle.orders.clone(), handle.state.clone(), handle.number))
    };
    if let Some((orders, mut state, number)) = running {
        state.mark_unchanged();
        if orders.send(order.clone()).await.is_ok() {
            keep(app, room, member, &order, number).await?;
            // What it said before was about before.
            let _ = tokio::time::timeout(limits::FOLLOWING_FIRST_TIME_MAX, state.changed()).await;
            return Ok(state);
        }
    }
    let (orders, received) = mpsc::channel(ORDERS_MAX);
    let first = follow::shown(&order, FollowingState::Waiting);
    let (shown, state) = watch::channel(first);
    let number = app.draw(|entropy| entropy.next_u64());
    {
        let mut known = app.followings().lock();
        if known.len() >= limits::FOLLOWINGS_MAX && !known.contains_key(&member) {
            return Err(Error::Busy);
        }
        known.insert(member, Handle { nest: room.code, number, orders, state: state.clone() });
    }
    if let Err(error) = keep(app, room, member, &order, number).await {
        app.followings().ended(member, number);
        return Err(error);
    }
    let task =
        follow::Task::new(app, room, member, order, follow::Ways { orders: received, shown }, is_there);
    let (ended, code) = (app.clone(), room.code);
    app.lifecycle().spawn(async move {
        let seen_at = task.run().await;
        over(&ended, member, code, number, seen_at).await;
    });
    Ok(state)
}

/// Writes down what was chosen.
async fn keep(app: &App, room: &Room, member: MemberId, order: &Order, number: u64) -> Result<()> {
    let Order { device, device_name } = order.clone();
    let (number, seen_at) = (number.to_string(), app.now());
    let kept = FollowingRecord { member, nest: room.id, device, device_name, number, seen_at };
    Ok(followings::put(app.database(), &kept).await?)
}

/// A task has ended: with the server, which goes on with it when it is back, or for good.
async fn over(app: &App, member: MemberId, nest: NestCode, number: u64, seen_at: Option<WallTime>) {
    let is_last = app.followings().ended(member, number);
    let text = number.to_string();
    let noted = if !app.lifecycle().is_stopping() {
        if app.followings().of(member, nest).is_none() {
            server_channel::device_changed(app, member, nest, None);
        }
        followings::remove(app.database(), member, &text).await.map(drop)
    } else {
        match seen_at.filter(|_| is_last) {
            Some(at) => followings::seen(app.database(), member, &text, at).await,
            None => Ok(()),
        }
    };
    if let Err(error) = noted {
        tracing::warn!(%member, %error, "what a device follows could not be written down");
    }
}

/// Orders that wait for one task; beyond, who orders waits.
const ORDERS_MAX: usize = 4;
