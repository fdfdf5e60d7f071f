//! The public contract, spoken as any client speaks it: HTTP for the snapshot, the socket for what happens from there
//! on. Comes back for ever, a little later each time, and says what goes on meanwhile.
//!
//! Deliberately not here: what the news mean for what should sound (`follow`), and fetching songs (`output::sound`).

mod api;
mod backoff;
mod conversation;
mod socket;

pub(crate) use api::{Api, Identity};

use crate::ListenError;
use crate::clock::Sample;
use backoff::Backoff;
use conversation::Conversation;
use model::{Clock, Entropy, NestCode, Slug};
use protocol::http::{NestState, VoteDirection};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};

/// How the connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Being made.
    Connecting,
    /// In step with the nest.
    Connected,
    /// Lost; tried again after a wait.
    Waiting {
        /// How long.
        wait: Duration,
        /// Why.
        why: String,
    },
}

/// Somebody who listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listener {
    /// The person's id.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// What a connection tells.
#[derive(Debug)]
pub(crate) enum News {
    Link(Link),
    /// The nest is this now.
    Nest(Arc<NestState>),
    /// These listen now, each person once.
    Listeners(Vec<Listener>),
    /// The server told the time.
    Sample(Sample),
    /// What became of a wish that was refused.
    Refused(String),
}

/// What a listener wants done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    Vote { entry: u64, direction: VoteDirection },
}

/// Why a conversation ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// Nobody wants the news any more.
    Unwanted,
    /// Come back: after the usual wait, or soon if the server only restarts.
    Lost { why: String, soon: bool },
    /// Who we were is nobody any more: come back as somebody else.
    Forgotten,
    /// Do not come back.
    Refused(String),
}

/// Asks which nest a word leads to, for as long as it takes.
///
/// # Errors
/// [`ListenError::Refused`] if it leads to none.
pub(crate) async fn find(api: &Api, word: &Slug, entropy: &mut dyn Entropy) -> Result<NestCode, ListenError> {
    let mut backoff = Backoff::default();
    loop {
        match api.nest_called(word).await {
            Ok(nest) => return Ok(nest),
            Err(Ended::Refused(why)) => return Err(ListenError::Refused(why)),
            Err(ended) => tracing::info!(?ended, "the server is not there yet"),
        }
        tokio::time::sleep(backoff.next(entropy)).await;
    }
}

/// The local time in milliseconds.
pub(crate) fn local_ms(clock: &dyn Clock) -> f64 {
    clock.instant().micros() as f64 / 1000.0
}

/// A connection for ever.
pub(crate) struct Connection {
    pub(crate) api: Api,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Box<dyn Entropy>,
    pub(crate) news: Sender<News>,
    pub(crate) wishes: Receiver<Wish>,
}

impl Connection {
    /// Follows the nest until nobody wants the news.
    ///
    /// # Errors
    /// [`ListenError::Refused`] when coming back is of no use.
    pub(crate) async fn run(mut self) -> Result<(), ListenError> {
        let mut backoff = Backoff::default();
        let mut conversation =
            Conversation::new(self.api.clone(), Arc::clone(&self.clock), self.news.clone());
        loop {
            if self.news.send(News::Link(Link::Connecting)).await.is_err() {
                return Ok(());
            }
            let ended = conversation.hold(&mut self.wishes).await;
            if conversation.take_success() {
                backoff = Backoff::default();
            }
            let (wait, why) = match ended {
                Ended::Unwanted => return Ok(()),
                Ended::Refused(why) => return Err(ListenError::Refused(why)),
                Ended::Forgotten => {
                    self.api.forget();
                    (
                        backoff.next(&mut *self.entropy),
                        "the server does not know this guest any more".to_owned(),
                    )
                }
                Ended::Lost { why, soon: true } => (backoff.soon(&mut *self.entropy), why),
                Ended::Lost { why, soon: false } => (backoff.next(&mut *self.entropy), why),
            };
            tracing::debug!(?wait, why, "connecting again");
            if self.news.send(News::Link(Link::Waiting { wait, why })).await.is_err() {
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.news.closed() => return Ok(()),
            }
        }
    }
}
