//! The nests this process serves. Each has a [`room`]: a task that owns its replica, decides commands in batches, and
//! appends what was decided to the log before anybody hears of it.
//!
//! Reading needs no task: the latest state of every nest stands in a watch.

mod autofill;
mod batch;
mod elsewhere;
mod idle;
mod open;
mod room;
pub(crate) mod wire;

pub(crate) use elsewhere::follow;
pub(crate) use open::{Opening, close, ensure_main, open, open_all};
pub(crate) use room::{Done, Request};

use crate::app::App;
use crate::error::{Error, Result};
use crate::idempotency::Key;
use crate::limits;
use identity::Caller;
use model::{Channel, MemberId, NestCode, NestId, Role, ServerRole, Slug, WallTime};
use nest::{Actor, Command, Nest};
use realtime::{Hub, Position};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot, watch};

/// The nests that are open here, by code.
#[derive(Default)]
pub(crate) struct Nests {
    rooms: RwLock<BTreeMap<NestCode, Room>>,
    library_changes: watch::Sender<u64>,
    endings: Notify,
    happenings: watch::Sender<u64>,
}

/// The way to one nest.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) id: NestId,
    pub(crate) code: NestCode,
    pub(crate) created_at: WallTime,
    mailbox: mpsc::Sender<Request>,
    state: watch::Receiver<Arc<Nest>>,
    attendance: Arc<Notify>,
    behind: Arc<Notify>,
}

impl Nests {
    pub(crate) fn get(&self, code: NestCode) -> Result<Room> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.get(&code).cloned().ok_or(Error::NotFound("nest"))
    }

    /// The nest that this word leads to.
    pub(crate) fn called(&self, slug: &Slug) -> Option<Room> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.values().find(|room| room.state.borrow().settings().slug.as_ref() == Some(slug)).cloned()
    }

    /// The nest with this code or word.
    pub(crate) fn named(&self, text: &str) -> Result<NestCode> {
        let code = text.parse().ok();
        let called = || self.called(&text.parse().ok()?).map(|room| room.code);
        code.or_else(called).ok_or(Error::NotFound("nest"))
    }

    pub(crate) fn all(&self) -> Vec<Room> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Adds a room, unless there is one of that code already: then that one.
    fn insert(&self, room: Room) -> Option<Room> {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = rooms.get(&room.code) {
            return Some(there.clone());
        }
        rooms.insert(room.code, room);
        None
    }

    fn remove(&self, code: NestCode) {
        self.rooms.write().unwrap_or_else(PoisonError::into_inner).remove(&code);
    }

    /// Resolves when a song has ended in any nest since the last call.
    pub(crate) async fn song_ended(&self) {
        self.endings.notified().await;
    }

    /// Changes whenever anything was written into a nest's log here.
    pub(crate) fn happenings(&self) -> watch::Receiver<u64> {
        self.happenings.subscribe()
    }

    /// Tells nests whose queue ran dry to look again.
    pub(crate) fn library_changed(&self) {
        self.library_changes.send_modify(|changes| *changes += 1);
    }
}

impl Room {
    pub(crate) fn channel(&self) -> Channel {
        Channel::Nest(self.code)
    }

    /// The stream of a nest is its log: it lives as long as the nest, through restarts.
    pub(crate) fn epoch(&self) -> String {
        self.id.to_string()
    }

    pub(crate) fn state(&self) -> Arc<Nest> {
        self.state.borrow().clone()
    }

    /// The state as it changes; it ends with the nest.
    pub(crate) fn watch(&self) -> watch::Receiver<Arc<Nest>> {
        self.state.clone()
    }

    pub(crate) fn position(&self) -> Position {
        Position { epoch: self.epoch(), offset: self.state.borrow().sequence() }
    }

    /// Waits for what another process has told somebody already, up to this offset: for a while, if there is no such
    /// thing.
    pub(crate) async fn reach(&self, hub: &Hub, offset: u64) {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        let is_there = || hub.position(self.channel()).is_none_or(|known| known.offset >= offset);
        if is_there() {
            return;
        }
        self.behind.notify_one();
        let reached = async {
            while !is_there() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let _ = tokio::time::timeout(limits::FOLLOW_TIME_MAX, reached).await;
    }

    /// To be told when somebody came to listen, or left.
    pub(crate) fn attendance(&self) -> Arc<Notify> {
        Arc::clone(&self.attendance)
    }

    /// Carries a command out: decided, in the log, and published. Once, if it has a key.
    pub(crate) async fn command(&self, by: Actor, command: Command, key: Option<Key>) -> Result<Done> {
        let (answer, answered) = oneshot::channel();
        let asked = async {
            let request = Request { by, command, key, answer };
            self.mailbox.send(request).await.map_err(|_| self.unattended())?;
            answered.await.map_err(|_| Error::Busy)?
        };
        tokio::time::timeout(limits::COMMAND_TIME_MAX, asked).await.map_err(|_| Error::Busy)?
    }

    /// Why nobody takes commands: the nest was closed, or this process ends and another will take them.
    fn unattended(&self) -> Error {
        if self.state.borrow().is_closed() { Error::NotFound("nest") } else { Error::Busy }
    }

    /// What the caller is in this nest.
    pub(crate) fn actor(&self, caller: &Caller) -> Actor {
        let role = self.role(caller.member.id, caller.member.role);
        Actor::Person { id: caller.member.id, name: caller.member.name.to_string(), role }
    }

    /// What somebody is in this nest, who is this on the server.
    pub(crate) fn role(&self, member: MemberId, on_server: ServerRole) -> Role {
        match on_server {
            ServerRole::Administrator => Role::Host,
            _ if self.state.borrow().host() == Some(member) => Role::Host,
            ServerRole::Member => Role::Member,
            ServerRole::Guest => Role::Guest,
        }
    }

    /// Whether this person is its host, or administers the server.
    pub(crate) fn is_hosted_by(&self, caller: &Caller) -> bool {
        self.role(caller.member.id, caller.member.role) == Role::Host
    }

    /// Whether this person may look at the nest at all.
    pub(crate) fn admits(&self, caller: &Caller) -> Result<()> {
        let (member, role) = (caller.member.id, self.role(caller.member.id, caller.member.role));
        Ok(self.state.borrow().admits(member, role)?)
    }
}

/// The nest with this code, if the caller may look at it.
pub(crate) fn admitted(app: &App, code: NestCode, caller: &Caller) -> Result<Room> {
    let room = app.nests().get(code)?;
    room.admits(caller)?;
    Ok(room)
}
