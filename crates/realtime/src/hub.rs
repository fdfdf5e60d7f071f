//! All channels of this process.

use crate::channel::Channel as State;
use crate::{Frame, Outbox};
use bytes::Bytes;
use model::Channel;
use protocol::socket::{ClientInfo, Publication};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Channels and who listens to them.
#[derive(Debug, Default)]
pub struct Hub {
    channels: Mutex<BTreeMap<Channel, Arc<Mutex<State>>>>,
    next_listener: AtomicU64,
}

/// Somebody who listens to a channel.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Where to send.
    pub outbox: Arc<Outbox>,
    /// How presence lists them; `None`: not at all.
    pub info: Option<Arc<ClientInfo>>,
    /// Whether they want to hear who joins and leaves.
    pub hears_joins: bool,
}

/// A place in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The stream's epoch.
    pub epoch: String,
    /// The offset of a publication; 0: before the first.
    pub offset: u64,
}

/// What can be given to a listener who was away.
#[derive(Debug)]
pub enum Recovery {
    /// Everything that was missed.
    Complete(Vec<Arc<Frame>>),
    /// The channel does not remember back so far; publications up to this offset must come from elsewhere.
    Older {
        /// Publications after this offset are remembered.
        remembered_from: u64,
    },
    /// The position is not of this stream.
    Impossible,
}

/// A subscription that was made.
#[derive(Debug)]
pub struct Subscribed {
    /// Give this to [`Hub::unsubscribe`].
    pub listener: u64,
    /// The channel's position at that moment.
    pub position: Position,
}

/// Why there is no subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// No such channel is open.
    #[error("the channel is not open")]
    UnknownChannel,
    /// What was missed is older than the channel remembers: get it from the log and try again with it.
    #[error("the channel remembers only what came after offset {remembered_from}")]
    NeedsOlder {
        /// See there.
        remembered_from: u64,
    },
}

/// Who listens to a channel.
#[derive(Clone, Debug)]
pub struct Presence {
    /// The clients, at most [`crate::limits::PRESENCE_CLIENTS_MAX`].
    pub clients: Vec<ClientInfo>,
    /// How many clients there are.
    pub client_count: u32,
    /// How many different people.
    pub person_count: u32,
}

impl Hub {
    /// Opens a channel at a position of its stream. An open channel stays as it is.
    pub fn open(&self, channel: Channel, position: Position) {
        lock(&self.channels)
            .entry(channel)
            .or_insert_with(|| Arc::new(Mutex::new(State::new(channel, position.epoch, position.offset))));
    }

    /// Closes a channel: nobody hears of it any more.
    pub fn close(&self, channel: Channel) {
        lock(&self.channels).remove(&channel);
    }

    /// Sends `data` to everybody who listens. With an offset it becomes part of the stream; an offset that was already
    /// published is ignored, so that a publication that comes twice is heard once.
    pub fn publish(&self, channel: Channel, offset: Option<u64>, data: Box<serde_json::value::RawValue>) {
        let Some(state) = self.channel(channel) else { return };
        let mut state = lock(&state);
        let frame = Frame::publication(channel, &state.epoch, offset, data);
        state.publish(Arc::new(frame), offset);
    }

    /// The same for a publication of this stream: if the channel has another by now, nothing is sent.
    pub fn append(&self, channel: Channel, at: &Position, data: Box<serde_json::value::RawValue>) {
        let Some(state) = self.channel(channel) else { return };
        let mut state = lock(&state);
        if state.epoch == at.epoch {
            let frame = Frame::publication(channel, &at.epoch, Some(at.offset), data);
            state.publish(Arc::new(frame), Some(at.offset));
        }
    }

    /// Has a channel go on from elsewhere: whoever listens is closed like one that is slow, so that they come back, and
    /// hear what they can be given of what they missed, or that it is too much.
    pub fn reset(&self, channel: Channel, position: Position) {
        let Some(state) = self.channel(channel) else { return };
        lock(&state).reset(position);
    }

    /// Closes a channel if nobody listens: it is opened again for the next who comes.
    pub fn close_if_idle(&self, channel: Channel) {
        let mut channels = lock(&self.channels);
        let Some(state) = channels.get(&channel).cloned() else { return };
        let mut state = lock(&state);
        if !state.has_listeners() {
            state.is_closed = true;
            channels.remove(&channel);
        }
    }

    /// Adds a listener. `reply` is given what the listener missed since `since` and the position, and answers the
    /// bytes that must reach the listener before any later publication.
    ///
    /// `older`: publications that come before what the channel remembers, from the log, ending where
    /// [`SubscribeError::NeedsOlder`] said.
    ///
    /// # Errors
    /// [`SubscribeError`]; nothing was sent then.
    pub fn subscribe(
        &self,
        channel: Channel,
        listener: Listener,
        since: Option<&Position>,
        older: &[Arc<Frame>],
        reply: impl FnOnce(&Position, Option<&[Arc<Frame>]>) -> Bytes,
    ) -> Result<Subscribed, SubscribeError> {
        let state = self.channel(channel).ok_or(SubscribeError::UnknownChannel)?;
        let mut state = lock(&state);
        // It was closed for want of listeners since it was found.
        if state.is_closed {
            return Err(SubscribeError::UnknownChannel);
        }
        let recovered = match since {
            Some(since) if since.epoch == state.epoch => missed(&state, since.offset, older)?,
            _ => None,
        };
        let position = Position { epoch: state.epoch.clone(), offset: state.offset };
        listener.outbox.send_bytes(reply(&position, recovered.as_deref()));
        let id = self.next_listener.fetch_add(1, Ordering::Relaxed);
        state.join(id, listener);
        Ok(Subscribed { listener: id, position })
    }

    /// Removes a listener.
    pub fn unsubscribe(&self, channel: Channel, listener: u64) {
        if let Some(state) = self.channel(channel) {
            lock(&state).leave(listener);
        }
    }

    /// The position of a channel and the publications after `offset` that it remembers.
    pub fn history(&self, channel: Channel, offset: u64) -> Option<(Position, Recovery)> {
        let state = self.channel(channel)?;
        let state = lock(&state);
        Some((Position { epoch: state.epoch.clone(), offset: state.offset }, state.since(offset)))
    }

    /// The position of a channel.
    pub fn position(&self, channel: Channel) -> Option<Position> {
        let state = self.channel(channel)?;
        let state = lock(&state);
        Some(Position { epoch: state.epoch.clone(), offset: state.offset })
    }

    /// Every channel that is open.
    pub fn names(&self) -> Vec<Channel> {
        lock(&self.channels).keys().copied().collect()
    }

    /// Who listens to a channel.
    pub fn presence(&self, channel: Channel) -> Option<Presence> {
        let state = self.channel(channel)?;
        let state = lock(&state);
        let clients = state.infos().cloned().collect();
        Some(Presence { clients, client_count: state.client_count(), person_count: state.person_count() })
    }

    /// How many different people listen to a channel.
    pub fn person_count(&self, channel: Channel) -> u32 {
        self.channel(channel).map_or(0, |state| lock(&state).person_count())
    }

    /// The people who listen to a channel, each once.
    pub fn people(&self, channel: Channel) -> Vec<String> {
        self.channel(channel).map_or_else(Vec::new, |state| lock(&state).people())
    }

    /// Whether this person listens to a channel on any client.
    pub fn listens(&self, channel: Channel, person: &str) -> bool {
        self.channel(channel).is_some_and(|state| lock(&state).listens(person))
    }

    /// Whether anybody listens to a channel.
    pub fn has_listeners(&self, channel: Channel) -> bool {
        self.channel(channel).is_some_and(|state| lock(&state).has_listeners())
    }

    fn channel(&self, channel: Channel) -> Option<Arc<Mutex<State>>> {
        lock(&self.channels).get(&channel).cloned()
    }
}

fn missed(
    state: &State,
    offset: u64,
    older: &[Arc<Frame>],
) -> Result<Option<Vec<Arc<Frame>>>, SubscribeError> {
    match state.since(offset) {
        Recovery::Complete(frames) => Ok(Some(frames)),
        Recovery::Impossible => Ok(None),
        Recovery::Older { remembered_from } => {
            let reaches =
                |frame: &&Arc<Frame>| offset_of(frame).is_some_and(|at| at > offset && at <= remembered_from);
            let mut frames: Vec<_> = older.iter().filter(reaches).cloned().collect();
            if frames.len() as u64 != remembered_from - offset {
                return Err(SubscribeError::NeedsOlder { remembered_from });
            }
            if let Recovery::Complete(rest) = state.since(remembered_from) {
                frames.extend(rest);
            }
            Ok(Some(frames))
        }
    }
}

fn offset_of(frame: &Frame) -> Option<u64> {
    frame.as_publication().and_then(|publication| publication.offset)
}

impl Frame {
    /// The publication in it, for a recovery or history list.
    pub fn to_publication(&self) -> Option<Publication> {
        self.as_publication().cloned()
    }
}

/// The state behind these locks is changed in single steps, so a poisoned lock is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
