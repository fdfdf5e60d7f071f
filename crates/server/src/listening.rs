//! Listening to a nest or to an application's channel, by socket or event stream: who is told of whom, recovery from the
//! log, and leaving for sure.

use crate::app::App;
use crate::channels;
use crate::error::{Error, Result};
use crate::limits;
use crate::nests::{Room, admitted, wire};
use crate::revocation::Revoked;
use bytes::Bytes;
use identity::{Caller, Proof};
use model::{Channel, ChannelName, ClientId, MemberId, NestCode, WallTime};
use protocol::publication::ListenerInfo;
use protocol::socket::ClientInfo;
use realtime::{Frame, Hub, Listener, Outbox, Position, SubscribeError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, broadcast};

/// Who comes to listen, and how.
pub(crate) struct Arrival<'a> {
    pub(crate) caller: &'a Caller,
    /// The socket they come by; `None`: an event stream, which presence lists under an id of its own.
    pub(crate) client: Option<ClientId>,
    pub(crate) hears_joins: bool,
}

/// What is listened to: something with a log, from which the hub's memory is made up for.
#[derive(Clone, Copy)]
pub(crate) enum Heard<'a> {
    /// The events of a nest.
    Nest(&'a Room),
    /// What other applications tell.
    App(ChannelName),
}

/// A subscription. Dropping it leaves the channel.
pub(crate) struct Listening {
    hub: Arc<Hub>,
    channel: Channel,
    id: u64,
    caller: Caller,
    revoked: broadcast::Receiver<Revoked>,
    /// Of a nest: whom to tell that somebody came or left.
    attendance: Option<Arc<Notify>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.hub.unsubscribe(self.channel, self.id);
        match &self.attendance {
            Some(attendance) => attendance.notify_one(),
            // What nobody listens to need not be remembered: it is in the log.
            None => self.hub.close_if_idle(self.channel),
        }
    }
}

impl Listening {
    /// Resolves when the caller may not listen any more. What happens between two calls is not missed.
    pub(crate) async fn ended(&mut self, app: &App) {
        loop {
            match ending(&mut self.revoked, self.caller.proof).await {
                Ending::Proof => return,
                Ending::Door(code) => {
                    if self.channel == Channel::Nest(code) && admitted(app, code, &self.caller).is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// When a proof ends by itself: an API token's time. `None`: it does not.
pub(crate) async fn proof_ends_at(app: &App, caller: &Caller) -> Result<Option<WallTime>> {
    let Proof::Token(id, _) = caller.proof else { return Ok(None) };
    let tokens = database::tokens::list(app.database(), caller.member.id).await?;
    Ok(tokens.into_iter().find(|token| token.id == id).and_then(|token| token.expires_at))
}

/// Waits for a time; for ever, if there is none.
pub(crate) async fn until(app: &App, at: Option<WallTime>) {
    match at {
        Some(at) => tokio::time::sleep(at.since(app.now())).await,
        None => std::future::pending().await,
    }
}

/// What ends, or may end, listening.
pub(crate) enum Ending {
    /// The caller's proof was revoked, or so many were that this one may have been missed.
    Proof,
    /// Somebody may have to leave this nest.
    Door(NestCode),
}

/// The next ending that may concern whoever has this proof.
pub(crate) async fn ending(revoked: &mut broadcast::Receiver<Revoked>, proof: Proof) -> Ending {
    loop {
        match (revoked.recv().await, proof) {
            (Ok(Revoked::Device(gone)), Proof::Device(device)) if gone == device => return Ending::Proof,
            (Ok(Revoked::Token(gone)), Proof::Token(token, _)) if gone == token => return Ending::Proof,
            (Ok(Revoked::Door(code)), _) => return Ending::Door(code),
            (Ok(_), _) => {}
            (Err(_), _) => return Ending::Proof,
        }
    }
}

/// The caller as a listener.
pub(crate) fn listener(app: &App, outbox: &Arc<Outbox>, arrival: &Arrival<'_>) -> Result<Listener> {
    let member = &arrival.caller.member;
    let info = ListenerInfo { name: member.name.to_string() };
    let conn_info =
        serde_json::value::to_raw_value(&info).map_err(|_| Error::Fault("a name could not be encoded"))?;
    let client = arrival.client.unwrap_or_else(|| app.generate(ClientId::generate));
    let info = ClientInfo { user: member.id.to_string(), client: client.to_string(), conn_info };
    Ok(Listener { outbox: Arc::clone(outbox), info: Some(Arc::new(info)), hears_joins: arrival.hears_joins })
}

/// Subscribes. What the hub does not remember is read from the log, as far back as
/// [`limits::RECOVERY_EVENTS_MAX`].
pub(crate) async fn subscribe(
    app: &App,
    heard: Heard<'_>,
    caller: &Caller,
    listener: Listener,
    since: Option<&Position>,
    reply: impl Fn(&Position, Option<&[Arc<Frame>]>) -> Bytes,
) -> Result<Listening> {
    const ATTEMPTS_MAX: u32 = 4;
    let mut older = Vec::new();
    let mut since = since;
    heard.reach(app, since).await?;
    for _ in 0..ATTEMPTS_MAX {
        let revoked = app.revocations().listen();
        match app.hub().subscribe(heard.channel(), listener.clone(), since, &older, &reply) {
            Ok(subscribed) => {
                let (hub, channel) = (Arc::clone(app.hub()), heard.channel());
                let id = subscribed.listener;
                let attendance = heard.attendance();
                attendance.iter().for_each(|attendance| attendance.notify_one());
                return Ok(Listening { hub, channel, id, caller: caller.clone(), revoked, attendance });
            }
            Err(SubscribeError::UnknownChannel) => match heard {
                Heard::Nest(_) => return Err(Error::NotFound("nest")),
                // Whoever left a moment ago was the last who listened.
                Heard::App(name) => channels::catch_up(app, name).await?,
            },
            Err(SubscribeError::NeedsOlder { remembered_from }) => {
                let from = since.map_or(remembered_from, |since| since.offset);
                match heard.older(app, from, remembered_from).await? {
                    Some(frames) => older = frames,
                    None => since = None,
                }
            }
        }
    }
    Err(Error::Busy)
}

impl Heard<'_> {
    pub(crate) fn channel(self) -> Channel {
        match self {
            Self::Nest(room) => room.channel(),
            Self::App(name) => Channel::App(name),
        }
    }

    fn attendance(self) -> Option<Arc<Notify>> {
        match self {
            Self::Nest(room) => Some(room.attendance()),
            Self::App(_) => None,
        }
    }

    /// Has this process know what whoever comes has heard at another one.
    async fn reach(self, app: &App, since: Option<&Position>) -> Result<()> {
        match (self, since) {
            (Self::Nest(room), Some(since)) if since.epoch == room.epoch() => {
                room.reach(app.hub(), since.offset).await;
                Ok(())
            }
            (Self::Nest(_), _) => Ok(()),
            (Self::App(name), _) => channels::catch_up(app, name).await,
        }
    }

    /// What came after offset `from`, up to `until`, from the log; `None`: not all of it is there, or it is too much.
    async fn older(self, app: &App, from: u64, until: u64) -> Result<Option<Vec<Arc<Frame>>>> {
        if until.saturating_sub(from) > limits::RECOVERY_EVENTS_MAX {
            return Ok(None);
        }
        match self {
            Self::Nest(room) => from_log(app, room, from, until).await.map(Some),
            Self::App(name) => channels::older(app, name, from, until).await,
        }
    }
}

async fn from_log(app: &App, room: &Room, after: u64, until: u64) -> Result<Vec<Arc<Frame>>> {
    let events =
        database::nests::read(app.database(), room.id, after + 1, limits::RECOVERY_EVENTS_MAX as u32).await?;
    let epoch = room.epoch();
    let frame = |event: &nest::Event| {
        let data = serde_json::value::to_raw_value(&wire::publication(event)).ok()?;
        Some(Arc::new(Frame::publication(room.channel(), &epoch, Some(event.sequence), data)))
    };
    Ok(events.iter().take_while(|event| event.sequence <= until).filter_map(frame).collect())
}

/// How many sockets and event streams each person holds.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<BTreeMap<MemberId, u32>>);

impl Counts {
    /// Counts one more, unless there are too many.
    pub(crate) fn enter(self: &Arc<Self>, member: MemberId) -> Option<Counted> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(member).or_default();
        (*count < limits::LISTENERS_PER_PERSON_MAX).then(|| {
            *count += 1;
            Counted { counts: Arc::clone(self), member }
        })
    }
}

/// A place in the count, given back when dropped.
pub(crate) struct Counted {
    counts: Arc<Counts>,
    member: MemberId,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.member) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.member);
            }
        }
    }
}
