//! One channel: its position, the publications it remembers, and who listens.

use crate::hub::{Listener, Position, Recovery};
use crate::{Frame, limits};
use model::Channel as Name;
use protocol::socket::{ClientInfo, InfoPush, Push};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Channel {
    name: Name,
    pub(crate) epoch: String,
    /// The offset of the last publication.
    pub(crate) offset: u64,
    /// The last publications, with consecutive offsets ending at `offset`.
    history: VecDeque<Arc<Frame>>,
    history_bytes: usize,
    listeners: BTreeMap<u64, Listener>,
    /// Listeners by person, so that counting people needs no walk.
    people: BTreeMap<String, u32>,
    /// Whether it was taken out of the hub: nobody may join what nobody publishes to.
    pub(crate) is_closed: bool,
}

impl Channel {
    pub(crate) fn new(name: Name, epoch: String, offset: u64) -> Self {
        Self {
            name,
            epoch,
            offset,
            history: VecDeque::new(),
            history_bytes: 0,
            listeners: BTreeMap::new(),
            people: BTreeMap::new(),
            is_closed: false,
        }
    }

    /// Goes on from elsewhere; those who listen come back and see what they missed.
    pub(crate) fn reset(&mut self, position: Position) {
        self.history.clear();
        self.history_bytes = 0;
        (self.epoch, self.offset) = (position.epoch, position.offset);
        for listener in self.listeners.values() {
            listener.outbox.lapse();
        }
    }

    pub(crate) fn publish(&mut self, frame: Arc<Frame>, offset: Option<u64>) {
        if let Some(offset) = offset {
            if offset <= self.offset {
                return;
            }
            if offset != self.offset + 1 {
                self.history.clear();
                self.history_bytes = 0;
            }
            self.offset = offset;
            self.history_bytes += frame.size_bytes();
            self.history.push_back(Arc::clone(&frame));
            while self.history.len() > limits::HISTORY_PUBLICATIONS_MAX
                || self.history_bytes > limits::HISTORY_BYTES_MAX
            {
                let Some(oldest) = self.history.pop_front() else { break };
                self.history_bytes -= oldest.size_bytes();
            }
        }
        for listener in self.listeners.values() {
            listener.outbox.send(&frame);
        }
    }

    /// The publications after `offset`, or that they are not all remembered.
    pub(crate) fn since(&self, offset: u64) -> Recovery {
        let missing = self.offset.saturating_sub(offset);
        if offset > self.offset {
            Recovery::Impossible
        } else if missing <= self.history.len() as u64 {
            let skip = self.history.len() - missing as usize;
            Recovery::Complete(self.history.iter().skip(skip).cloned().collect())
        } else {
            Recovery::Older { remembered_from: self.offset - self.history.len() as u64 }
        }
    }

    pub(crate) fn join(&mut self, id: u64, listener: Listener) {
        let info = listener.info.clone();
        if let Some(info) = &info {
            *self.people.entry(info.user.clone()).or_default() += 1;
        }
        if let Some(replaced) = self.listeners.insert(id, listener) {
            self.forget(&replaced);
        }
        self.tell(info.as_deref(), id, true);
    }

    pub(crate) fn leave(&mut self, id: u64) {
        if let Some(listener) = self.listeners.remove(&id) {
            self.forget(&listener);
            self.tell(listener.info.as_deref(), id, false);
        }
    }

    fn forget(&mut self, listener: &Listener) {
        let Some(info) = &listener.info else { return };
        if let Some(count) = self.people.get_mut(&info.user) {
            *count -= 1;
            if *count == 0 {
                self.people.remove(&info.user);
            }
        }
    }

    /// Tells those who asked for it who joined or left. In a large room that would be a storm; there nobody is told.
    fn tell(&self, info: Option<&ClientInfo>, id: u64, joined: bool) {
        let Some(info) = info.filter(|_| self.listeners.len() <= limits::JOIN_LEAVE_LISTENERS_MAX) else {
            return;
        };
        let name = self.name.to_string();
        let said = Some(InfoPush { info });
        let (join, leave) = if joined { (said, None) } else { (None, said) };
        let frame = Frame::push(Push { channel: &name, join, leave, ..Push::default() });
        for (other, listener) in &self.listeners {
            if *other != id && listener.hears_joins {
                listener.outbox.send(&frame);
            }
        }
    }

    pub(crate) fn infos(&self) -> impl Iterator<Item = &ClientInfo> {
        self.listeners
            .values()
            .filter_map(|listener| listener.info.as_deref())
            .take(limits::PRESENCE_CLIENTS_MAX)
    }

    pub(crate) fn client_count(&self) -> u32 {
        self.people.values().sum()
    }

    pub(crate) fn person_count(&self) -> u32 {
        self.people.len() as u32
    }

    pub(crate) fn listens(&self, person: &str) -> bool {
        self.people.contains_key(person)
    }

    pub(crate) fn people(&self) -> Vec<String> {
        self.people.keys().map(ToString::to_string).collect()
    }

    pub(crate) fn has_listeners(&self) -> bool {
        !self.listeners.is_empty()
    }
}
