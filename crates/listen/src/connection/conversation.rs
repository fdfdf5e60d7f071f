//! One connection's talk: say who we are, take up the nest where we left it, hear what happens, ask the time. What is
//! known of the nest outlives a connection, so that the next one only recovers what was missed.

use super::api::Api;
use super::socket::Socket;
use super::{Ended, Listener, News, Wish, local_ms};
use crate::clock::Sample;
use crate::fold::{Place, fold, place};
use crate::limits::{ANSWER_MAX, SILENCE_GRACE};
use model::Clock;
use protocol::http::NestState;
use protocol::publication::{ClockSample, ListenerInfo, NestPublication};
use protocol::socket::StreamPosition;
use protocol::socket_client::{
    ClientCommand, Connect, OfChannel, Present, Published, Pushed, Rpc, ServerFrame, Subscribe, Subscribed,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::Instant;

/// Questions for the time: a burst at the beginning, then smaller ones now and then.
const PROBE_SPACING: Duration = Duration::from_millis(50);
const PROBES_FIRST: u32 = 12;
const PROBES_AGAIN: u32 = 8;
const PROBES_EVERY: Duration = Duration::from_secs(10);
/// Of the server's, until it says another.
const PING: Duration = Duration::from_secs(25);
/// A server that says it does not ping is believed dead after this: our own questions for the time are answered.
const SILENCE_WITHOUT_PINGS: Duration = Duration::from_secs(60);
/// From this code on an ended subscription is to be taken up again.
const SUBSCRIBE_AGAIN_FROM: u32 = 2500;

/// What is known of a nest.
struct Known {
    state: Arc<NestState>,
    at: StreamPosition,
}

/// What a reply is to.
enum Asked {
    Connect,
    Subscribe,
    Presence,
    Clock { sent_ms: f64 },
    Wish,
}

pub(super) struct Conversation {
    api: Api,
    clock: Arc<dyn Clock>,
    news: Sender<News>,
    known: Option<Known>,
    present: BTreeMap<String, Listener>,
    asked: BTreeMap<u32, Asked>,
    last_id: u32,
    silence_max: Duration,
    succeeded: bool,
}

/// When the time is asked next.
struct Probes {
    at: Instant,
    left: u32,
}

impl Probes {
    fn now() -> Self {
        Self { at: Instant::now(), left: PROBES_FIRST }
    }

    fn next(&mut self) {
        self.left = self.left.saturating_sub(1);
        let pause = if self.left == 0 { PROBES_EVERY } else { PROBE_SPACING };
        if self.left == 0 {
            self.left = PROBES_AGAIN;
        }
        self.at = Instant::now() + pause;
    }
}

impl Conversation {
    pub(super) fn new(api: Api, clock: Arc<dyn Clock>, news: Sender<News>) -> Self {
        Self {
            api,
            clock,
            news,
            known: None,
            present: BTreeMap::new(),
            asked: BTreeMap::new(),
            last_id: 0,
            silence_max: PING + SILENCE_GRACE,
            succeeded: false,
        }
    }

    /// Whether the nest was heard since this was asked last.
    pub(super) fn take_success(&mut self) -> bool {
        std::mem::take(&mut self.succeeded)
    }

    /// Holds one connection as long as it lasts.
    pub(super) async fn hold(&mut self, wishes: &mut Receiver<Wish>) -> Ended {
        match self.talk(wishes).await {
            Ok(()) => Ended::Unwanted,
            Err(ended) => ended,
        }
    }

    async fn talk(&mut self, wishes: &mut Receiver<Wish>) -> Result<(), Ended> {
        self.api.arrive().await?;
        if self.known.is_none() {
            self.load().await?;
        }
        let mut socket = Socket::open(&self.api).await?;
        self.asked.clear();
        let connect = Connect { token: self.api.token().to_owned(), name: "rookery-listen".to_owned() };
        self.ask(&mut socket, Asked::Connect, |command| command.connect = Some(connect)).await?;
        let mut probes = None::<Probes>;
        let mut deadline = Instant::now() + ANSWER_MAX;
        loop {
            let probe_at = probes.as_ref().map_or_else(|| deadline + SILENCE_GRACE, |probes| probes.at);
            tokio::select! {
                biased;
                frame = socket.next() => {
                    let received_ms = local_ms(&*self.clock);
                    deadline = Instant::now() + self.silence_max;
                    self.take(&mut socket, frame?, received_ms).await?;
                    if self.succeeded && probes.is_none() {
                        probes = Some(Probes::now());
                    }
                }
                () = tokio::time::sleep_until(deadline) => {
                    return Err(Ended::Lost { why: "the server fell silent".to_owned(), soon: false });
                }
                () = tokio::time::sleep_until(probe_at), if probes.is_some() => {
                    let sent_ms = local_ms(&*self.clock);
                    let rpc = Rpc { method: "clock", data: json!({}) };
                    self.ask(&mut socket, Asked::Clock { sent_ms }, |command| command.rpc = Some(rpc)).await?;
                    probes.iter_mut().for_each(Probes::next);
                }
                wish = wishes.recv() => match wish {
                    Some(wish) => self.wish(&mut socket, wish).await?,
                    None => return Ok(()),
                },
                () = self.news.closed() => return Ok(()),
            }
        }
    }

    async fn ask(
        &mut self,
        socket: &mut Socket,
        what: Asked,
        part: impl FnOnce(&mut ClientCommand),
    ) -> Result<(), Ended> {
        self.last_id += 1;
        let mut command = ClientCommand { id: self.last_id, ..ClientCommand::default() };
        part(&mut command);
        self.asked.insert(self.last_id, what);
        socket.send(&command).await
    }

    async fn wish(&mut self, socket: &mut Socket, wish: Wish) -> Result<(), Ended> {
        let Wish::Vote { entry, direction } = wish;
        let nest = self.api.address.nest.to_string();
        let data = json!({"nest": nest, "entry": entry, "direction": direction});
        let rpc = Rpc { method: "nest.vote", data };
        self.ask(socket, Asked::Wish, |command| command.rpc = Some(rpc)).await
    }

    async fn take(&mut self, socket: &mut Socket, frame: ServerFrame, received_ms: f64) -> Result<(), Ended> {
        if let Some(push) = frame.push {
            return self.pushed(push).await;
        }
        if frame.id == 0 {
            return socket.send(&ClientCommand::default()).await;
        }
        let Some(asked) = self.asked.remove(&frame.id) else { return Ok(()) };
        if let Some(error) = &frame.error {
            return self.refused(&asked, error.code, &error.message).await;
        }
        match asked {
            Asked::Connect => {
                let ping_s = frame.connect.unwrap_or_default().ping;
                self.silence_max = if ping_s == 0 {
                    SILENCE_WITHOUT_PINGS
                } else {
                    Duration::from_secs(ping_s.into()) + SILENCE_GRACE
                };
                self.subscribe(socket).await
            }
            Asked::Subscribe => {
                if let Some(subscribed) = frame.subscribe {
                    self.subscribed(subscribed).await?;
                }
                let channel = self.channel();
                self.ask(socket, Asked::Presence, |command| command.presence = Some(OfChannel { channel }))
                    .await
            }
            Asked::Presence => {
                let everybody = frame.presence.map(|presence| presence.presence).unwrap_or_default();
                self.present =
                    everybody.into_values().map(|one| (one.client.clone(), listener(&one))).collect();
                self.tell_listeners().await
            }
            Asked::Clock { sent_ms } => {
                let Some(answer) = frame.rpc else { return Ok(()) };
                let Ok(answer) = serde_json::from_str::<ClockSample>(answer.data.get()) else {
                    return Ok(());
                };
                self.tell(News::Sample(Sample {
                    sent_ms,
                    received_ms,
                    server_received_ms: answer.received_us as f64 / 1000.0,
                    server_sent_ms: answer.sent_us as f64 / 1000.0,
                }))
                .await
            }
            Asked::Wish => Ok(()),
        }
    }

    async fn refused(&mut self, asked: &Asked, code: u32, message: &str) -> Result<(), Ended> {
        match asked {
            Asked::Wish => self.tell(News::Refused(message.to_owned())).await,
            // The close frame that follows says whether to come back.
            Asked::Connect if code == 101 => Ok(()),
            Asked::Connect => Err(Ended::Lost { why: message.to_owned(), soon: false }),
            Asked::Subscribe if matches!(code, 100 | 111) => {
                Err(Ended::Lost { why: message.to_owned(), soon: false })
            }
            Asked::Subscribe => Err(Ended::Refused(format!("the nest does not let us in: {message}"))),
            Asked::Presence | Asked::Clock { .. } => Ok(()),
        }
    }

    fn channel(&self) -> String {
        format!("nest:{}", self.api.address.nest)
    }

    async fn subscribe(&mut self, socket: &mut Socket) -> Result<(), Ended> {
        let since = self.known.as_ref().map(|known| known.at.clone()).unwrap_or_default();
        let subscribe =
            Subscribe { channel: self.channel(), recover: self.known.is_some(), since, join_leave: true };
        self.ask(socket, Asked::Subscribe, |command| command.subscribe = Some(subscribe)).await
    }

    async fn subscribed(&mut self, subscribed: Subscribed) -> Result<(), Ended> {
        if subscribed.was_recovering && !subscribed.recovered {
            self.load().await?;
        }
        for publication in subscribed.publications {
            self.hear(publication).await?;
        }
        self.succeeded = true;
        self.tell(News::Link(super::Link::Connected)).await
    }

    async fn pushed(&mut self, push: Pushed) -> Result<(), Ended> {
        if push.channel != self.channel() {
            return Ok(());
        }
        if let Some(publication) = push.publication {
            self.hear(publication).await?;
        }
        if let Some(end) = push.unsubscribe {
            return Err(if end.code >= SUBSCRIBE_AGAIN_FROM {
                Ended::Lost { why: end.reason, soon: true }
            } else {
                Ended::Refused(format!("the nest does not let us in any more: {}", end.reason))
            });
        }
        let (join, leave) = (push.join, push.leave);
        if join.is_none() && leave.is_none() {
            return Ok(());
        }
        if let Some(join) = join {
            self.present.insert(join.info.client.clone(), listener(&join.info));
        }
        if let Some(leave) = leave {
            self.present.remove(&leave.info.client);
        }
        self.tell_listeners().await
    }

    /// Folds a publication; one that does not fit makes the snapshot be loaded.
    async fn hear(&mut self, publication: Published) -> Result<(), Ended> {
        let Some(known) = &mut self.known else { return self.load().await };
        match place(known.at.offset, publication.offset) {
            Place::Old => return Ok(()),
            Place::Next => {}
            Place::Gap => {
                self.load().await?;
                let reached = self.known.as_ref().is_some_and(|known| known.at.offset >= publication.offset);
                let why = "the server's snapshot is older than its news".to_owned();
                return if reached { Ok(()) } else { Err(Ended::Lost { why, soon: false }) };
            }
        }
        let Ok(event) = serde_json::from_str::<NestPublication>(publication.data.get()) else {
            // A newer server may say what we do not understand; its snapshot we do.
            return self.load().await;
        };
        known.at.offset = publication.offset;
        fold(Arc::make_mut(&mut known.state), event);
        self.tell_nest().await
    }

    async fn load(&mut self) -> Result<(), Ended> {
        let snapshot = self.api.snapshot().await?;
        let at = StreamPosition { offset: snapshot.offset, epoch: snapshot.epoch };
        self.known = Some(Known { state: Arc::new(snapshot.state), at });
        self.tell_nest().await
    }

    async fn tell_nest(&mut self) -> Result<(), Ended> {
        let Some(known) = &self.known else { return Ok(()) };
        let is_closed = known.state.closed;
        self.tell(News::Nest(Arc::clone(&known.state))).await?;
        if is_closed { Err(Ended::Refused("the nest has been closed".to_owned())) } else { Ok(()) }
    }

    async fn tell_listeners(&mut self) -> Result<(), Ended> {
        let mut people: Vec<Listener> = self.present.values().cloned().collect();
        people.sort_by(|a, b| a.id.cmp(&b.id));
        people.dedup_by(|a, b| a.id == b.id);
        people.sort_by(|a, b| a.name.cmp(&b.name));
        self.tell(News::Listeners(people)).await
    }

    async fn tell(&self, news: News) -> Result<(), Ended> {
        self.news.send(news).await.map_err(|_| Ended::Unwanted)
    }
}

fn listener(present: &Present) -> Listener {
    let info =
        present.conn_info.as_ref().and_then(|info| serde_json::from_str::<ListenerInfo>(info.get()).ok());
    Listener { id: present.user.clone(), name: info.map(|info| info.name).unwrap_or_default() }
}
