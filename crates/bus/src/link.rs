//! The handle on the bus, and the task behind it: connected, away, connected again, with growing pauses between.

use crate::address::Address;
use crate::connection::{Connection, Error, is_text, trust};
use crate::wire::{Frame, Part, command, read};
use crate::{ANSWER_TIME_MAX, ASKED_EVERY, PAUSE_MAX, PAUSE_MIN, SAID_EVERY_MIN};
use model::Entropy;
use rustls::ClientConfig;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, timeout, timeout_at};

/// What a word begins with; who says it follows.
const LOOK: &str = "look ";

/// The channel of a database: nobody hears the words of another, though both use one Redis.
#[must_use]
pub fn channel(environment: &str, database: &[u8]) -> String {
    let id: String = database.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("rookery:{environment}:{id}")
}

/// Whether words go and come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// They do.
    Connected,
    /// They do not, and why.
    Away(String),
}

/// The way to say and hear words. Clones are the same way; [`Bus::run`] is what moves them.
#[derive(Clone)]
pub struct Bus(Arc<Inner>);

struct Inner {
    address: Address,
    trusted: Option<Arc<ClientConfig>>,
    channel: String,
    /// What our words are, so that we do not hear ourselves.
    word: String,
    /// Something is to be said. At most one word waits: it stands for all.
    unsaid: Notify,
    /// Something was heard. At most one.
    heard: Notify,
    state: Mutex<State>,
    /// Whether it was logged that it is away.
    is_told: AtomicBool,
    entropy: Mutex<Box<dyn Entropy>>,
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Bus").field("address", &self.0.address).finish_non_exhaustive()
    }
}

impl Bus {
    /// A bus on which nothing moves before [`Bus::run`].
    ///
    /// # Errors
    /// [`Error::Roots`] if TLS is wanted and this machine's roots of trust cannot be read.
    pub fn new(address: Address, channel: String, mut entropy: Box<dyn Entropy>) -> Result<Self, Error> {
        let trusted = address.is_tls().then(trust).transpose()?;
        let word = format!("{LOOK}{:016x}", entropy.next_u64());
        metrics::gauge!("bus_connected").set(0.0);
        Ok(Self(Arc::new(Inner {
            address,
            trusted,
            channel,
            word,
            unsaid: Notify::new(),
            heard: Notify::new(),
            state: Mutex::new(State::Away("not connected yet".to_owned())),
            is_told: AtomicBool::new(false),
            entropy: Mutex::new(entropy),
        })))
    }

    /// Tells the others to look. Never waits: what cannot be said now is said once when it can.
    pub fn say(&self) {
        self.0.unsaid.notify_one();
    }

    /// Resolves when another process has said something since the last time, or may have while the bus was away. It may be
    /// dropped and asked again without missing anything.
    pub async fn heard(&self) {
        self.0.heard.notified().await;
    }

    /// Whether words go and come.
    #[must_use]
    pub fn state(&self) -> State {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where it is, without who asks.
    #[must_use]
    pub fn place(&self) -> String {
        self.0.address.to_string()
    }

    /// Moves words until `stopping`.
    pub async fn run(&self, stopping: impl Future<Output = ()>) {
        tokio::select! {
            () = stopping => {}
            () = self.go_on() => {}
        }
    }

    async fn go_on(&self) {
        let mut failed = 0;
        loop {
            let began = Instant::now();
            let error =
                match Connection::open(&self.0.address, self.0.trusted.as_ref(), &self.0.channel).await {
                    Ok(connection) => {
                        self.connected();
                        self.attend(connection).await
                    }
                    Err(error) => error,
                };
            self.away(&error);
            // One that lasted is no sign of trouble.
            failed = if began.elapsed() > PAUSE_MAX { 0 } else { failed + 1 };
            tokio::time::sleep(self.pause(failed)).await;
        }
    }

    fn connected(&self) {
        *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Connected;
        self.0.is_told.store(false, Ordering::Relaxed);
        metrics::gauge!("bus_connected").set(1.0);
        tracing::info!(bus = %self.0.address, "the bus is connected: processes tell each other when they write");
        // What was said in the meantime was not heard here, and what happened here not there.
        self.0.heard.notify_one();
        self.0.unsaid.notify_one();
    }

    /// Told once, however often it fails after that.
    fn away(&self, error: &Error) {
        if self.0.is_told.swap(true, Ordering::Relaxed) {
            tracing::debug!(%error, "the bus is still away");
        } else {
            tracing::warn!(%error, "the bus is away: other processes are heard by the database alone");
        }
        *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Away(error.to_string());
        metrics::gauge!("bus_connected").set(0.0);
    }

    /// Between half of it and all: processes that lost one Redis together do not come back together.
    fn pause(&self, failed: u32) -> Duration {
        let longest = PAUSE_MIN.saturating_mul(1 << failed.clamp(1, 10)).min(PAUSE_MAX);
        let half_us = longest.as_micros() as u64 / 2;
        let mut entropy = self.0.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_micros(half_us + entropy.below(half_us))
    }

    /// Says and hears until the connection breaks.
    async fn attend(&self, connection: Connection) -> Error {
        let Connection { mut from, mut to } = connection;
        // One command is under way at a time; an answer that nobody waits for is nobody's.
        let (answer, mut answers) = mpsc::channel(1);
        let hear = async {
            loop {
                match read(&mut from).await {
                    Ok(Frame::Pushed(parts)) => self.hear(&parts),
                    Ok(Frame::Refused(code)) => break Error::refused(&self.0.address, code),
                    Ok(Frame::Answer) => {
                        if answer.try_send(()).is_err() {
                            let detail = "it answers what was not asked".to_owned();
                            break Error::Garbled { address: self.0.address.to_string(), detail };
                        }
                    }
                    Err(error) => break Error::wire(&self.0.address, error),
                }
            }
        };
        let publish = command(&["PUBLISH", &self.0.channel, &self.0.word]);
        let ping = command(&["PING"]);
        let say = async {
            loop {
                let is_word = timeout(ASKED_EVERY, self.0.unsaid.notified()).await.is_ok();
                let due = Instant::now() + ANSWER_TIME_MAX;
                let sent = timeout_at(due, to.write_all(if is_word { &publish } else { &ping })).await;
                let answered = match sent {
                    Ok(Ok(())) => timeout_at(due, answers.recv()).await.is_ok(),
                    Ok(Err(source)) => {
                        break Error::Unreachable { address: self.0.address.to_string(), source };
                    }
                    Err(_) => false,
                };
                if !answered {
                    break Error::Silent { address: self.0.address.to_string() };
                }
                if is_word {
                    metrics::counter!("bus_words_total", "way" => "said").increment(1);
                    tokio::time::sleep(SAID_EVERY_MIN).await;
                }
            }
        };
        tokio::select! {
            error = hear => error,
            error = say => error,
        }
    }

    /// A message. Whoever may publish there can have said it: it is a word of ours, or nothing.
    fn hear(&self, parts: &[Part]) {
        let [kind, channel, Part::Text(word)] = parts else {
            metrics::counter!("bus_words_total", "way" => "ignored").increment(1);
            return;
        };
        let is_here = is_text(Some(kind), "message") && is_text(Some(channel), &self.0.channel);
        let way = match is_here.then(|| said_by(word)).flatten() {
            Some(_) if word == self.0.word.as_bytes() => return,
            Some(_) => {
                self.0.heard.notify_one();
                "heard"
            }
            None => "ignored",
        };
        metrics::counter!("bus_words_total", "way" => way).increment(1);
    }
}

/// Who says a word, if it is one.
fn said_by(word: &[u8]) -> Option<&[u8]> {
    let name = word.strip_prefix(LOOK.as_bytes())?;
    let is_name = name.len() == 16 && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    fn bus() -> Bus {
        let entropy = Box::new(SeededEntropy::from_seed(1));
        Bus::new("redis://127.0.0.1:1".parse().unwrap(), channel("beta", &[1, 255]), entropy).unwrap()
    }

    fn is_heard(bus: &Bus) -> bool {
        let mut heard = std::pin::pin!(bus.heard());
        let waker = std::task::Waker::noop();
        heard.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_ready()
    }

    #[test]
    fn a_word_of_another_process_is_heard_once_and_nothing_else() {
        let bus = bus();
        let text = |text: &str| Part::Text(text.as_bytes().to_vec());
        let message = |channel: &str, word: &str| [text("message"), text(channel), text(word)];
        let other = "look 0123456789abcdef";
        bus.hear(&message("rookery:beta:01ff", other));
        bus.hear(&message("rookery:beta:01ff", other));
        assert!(is_heard(&bus), "a word");
        assert!(!is_heard(&bus), "two words are one look");
        let own = bus.0.word.clone();
        let ignored = [
            message("rookery:beta:01ff", &own),
            message("rookery:beta:01fe", other),
            message("rookery:production:01ff", other),
            message("rookery:beta:01ff", "look"),
            message("rookery:beta:01ff", "look 0123456789ABCDEF"),
            message("rookery:beta:01ff", "look 0123456789abcdef "),
            [text("pmessage"), text("rookery:beta:01ff"), text(other)],
            [text("message"), text("rookery:beta:01ff"), Part::Long],
        ];
        for parts in &ignored {
            bus.hear(parts);
            assert!(!is_heard(&bus), "{parts:?}");
        }
        bus.hear(&[]);
        assert!(!is_heard(&bus));
    }

    #[test]
    fn pauses_grow_to_a_bound_and_are_never_the_same() {
        let bus = bus();
        let pauses: Vec<_> = [1, 1, 2, 3, 9, 4_000_000_000].map(|failed| bus.pause(failed)).into();
        assert!(pauses[0] != pauses[1]);
        for (failed, pause) in [1, 1, 2, 3].into_iter().zip(&pauses) {
            let longest = PAUSE_MIN * (1 << failed);
            assert!(*pause >= longest / 2 && *pause <= longest, "{failed}: {pause:?}");
        }
        assert!(pauses[4..].iter().all(|pause| *pause >= PAUSE_MAX / 2 && *pause <= PAUSE_MAX));
    }
}
