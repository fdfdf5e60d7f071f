//! The way of segments to one place. Each place has its own, so that a slow or dead one holds up no other; what waits for
//! it is bounded, and beyond that the oldest is given up: the next snapshot begins anew there.

use crate::error::{Error, Result};
use crate::store::{Key, Store};
use crate::vault::Vault;
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Bytes that wait for a place at most.
pub(crate) const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// After a failure, the first and the longest pause.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// What is to be done at a place.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    pub(crate) key: Key,
    pub(crate) bytes: Bytes,
    /// What the object takes the place of.
    pub(crate) replaces: Vec<Key>,
    /// When it was given.
    pub(crate) given_at: Instant,
}

pub(crate) struct Lane {
    store: Store,
    waiting: VecDeque<Errand>,
    waiting_bytes: usize,
    /// Goes on where it was when whoever waits for it stops waiting.
    under_way: Option<BoxFuture<'static, Result<()>>>,
    pause: Duration,
    trouble: Option<String>,
    given_up: u64,
}

impl Lane {
    pub(crate) fn to(vault: &Vault) -> Self {
        Self {
            store: vault.store.clone(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            under_way: None,
            pause: Duration::ZERO,
            trouble: None,
            given_up: 0,
        }
    }

    pub(crate) fn push(&mut self, errand: Errand) {
        self.waiting_bytes += errand.bytes.len();
        self.waiting.push_back(errand);
        // The first is under way.
        while self.waiting_bytes > WAITING_BYTES_MAX && self.waiting.len() > 1 {
            if let Some(oldest) = self.waiting.remove(usize::from(self.under_way.is_some())) {
                self.waiting_bytes -= oldest.bytes.len();
                self.given_up += 1;
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// For how long the oldest has been waiting; zero if nothing does.
    pub(crate) fn lag(&self) -> Duration {
        self.waiting.front().map_or(Duration::ZERO, |errand| errand.given_at.elapsed())
    }

    /// What went wrong last; nothing since it worked again.
    pub(crate) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// How many segments never arrived.
    pub(crate) const fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Does what waits, until nothing does. Dropping this future loses nothing.
    pub(crate) async fn run(&mut self) {
        while let Some(errand) = self.waiting.front() {
            let (store, errand, pause) = (&self.store, errand, self.pause);
            let under_way = self.under_way.get_or_insert_with(|| {
                let (store, errand) = (store.clone(), errand.clone());
                async move { carry_out(&store, errand, pause).await }.boxed()
            });
            let done = under_way.await;
            self.under_way = None;
            match done {
                Ok(()) => {
                    if let Some(done) = self.waiting.pop_front() {
                        self.waiting_bytes -= done.bytes.len();
                    }
                    (self.pause, self.trouble) = (Duration::ZERO, None);
                }
                Err(error) => {
                    self.pause = (self.pause * 2).clamp(PAUSE_FIRST, PAUSE_MAX);
                    if self.trouble.is_none() {
                        tracing::warn!(place = self.store.place(), %error, "the log cannot be shipped");
                    }
                    self.trouble = Some(error.to_string());
                }
            }
        }
    }
}

async fn carry_out(store: &Store, errand: Errand, pause: Duration) -> Result<()> {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    if errand.replaces.is_empty() {
        return store.put(&errand.key, errand.bytes).await;
    }
    store.put_and_check(&errand.key, errand.bytes).await?;
    for key in &errand.replaces {
        match store.delete(key).await {
            // What a policy of the bucket keeps does no harm.
            Ok(()) | Err(Error::Store { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
