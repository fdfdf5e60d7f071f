//! Keeps certificates fresh while a server runs: looks at what is stored, orders what is missing or due, and says what is
//! wrong once. Whatever fails, the last good certificate is served on.

use crate::acme::{Authority, order};
use crate::attempts::Attempts;
use crate::certificates::{Certificates, Source};
use crate::due::due;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::limits;
use crate::pair::Pair;
use crate::store::Store;
use model::{Clock, WallTime};
use std::future::Future;
use std::sync::Arc;
use tokio::time::{sleep, timeout};

/// Keeps them fresh.
pub struct Keeper {
    certificates: Certificates,
    /// `None`: they come from files.
    authority: Option<Authority>,
    clock: Arc<dyn Clock>,
}

impl Keeper {
    /// Of these certificates.
    pub fn new(certificates: Certificates, authority: Option<Authority>, clock: Arc<dyn Clock>) -> Self {
        Self { certificates, authority, clock }
    }

    /// Works until `stopping` resolves. `may_order` says whether this process is one that orders now: while one release
    /// takes over from another, only one of the two does.
    pub async fn run(self, may_order: impl Fn() -> bool, stopping: impl Future<Output = ()>) {
        let working = async {
            loop {
                for name in self.certificates.kept() {
                    self.attend(name, &may_order).await;
                }
                sleep(limits::LOOK_EVERY).await;
            }
        };
        tokio::select! {
            () = working => {}
            () = stopping => {}
        }
    }

    async fn attend(&self, name: &Host, may_order: impl Fn() -> bool) {
        self.look(name);
        if let (Source::Authority(store), Some(authority)) = (self.certificates.source(), &self.authority)
            && may_order()
        {
            match self.order_if_due(store, authority, name).await {
                Ok(true) => self.look(name),
                Ok(false) => {}
                Err(error) => self.complain(name, &error),
            }
        }
        if let Some(pair) = self.certificates.served(name) {
            let seconds = |time: WallTime| time.micros() as f64 / 1e6;
            let label = name.as_str().to_owned();
            metrics::gauge!("certificate_not_before_seconds", "name" => label.clone())
                .set(seconds(pair.not_before));
            metrics::gauge!("certificate_not_after_seconds", "name" => label).set(seconds(pair.not_after));
        }
    }

    /// Serves what is stored, if it is newer.
    fn look(&self, name: &Host) {
        match self.certificates.look(name) {
            Ok(true) => {
                self.certificates.note(name, None);
                let left = self.certificates.served(name).map(|pair| pair.not_after.since(self.clock.wall()));
                tracing::info!(%name, days_left = left.map(|left| left.as_secs() / 86_400), "a certificate is served");
            }
            Ok(false) => {}
            Err(error) => self.complain(name, &error),
        }
    }

    /// `true`: a certificate was issued and stored.
    async fn order_if_due(&self, store: &Store, authority: &Authority, name: &Host) -> Result<bool> {
        if !self.is_due(store, name)? {
            return Ok(false);
        }
        // Whoever does not get the lock finds what the other one obtained at a later look.
        let Some(_lock) = store.lock()? else { return Ok(false) };
        self.look(name);
        if !self.is_due(store, name)? {
            return Ok(false);
        }
        let attempts = store.attempts(name)?;
        // Written down before: a process that is killed on the way has made an attempt all the same.
        store.keep_attempts(name, attempts.failed(self.clock.wall(), false))?;
        tracing::info!(%name, directory = authority.directory, "a certificate is ordered");
        let too_slow = Error::TooSlow { seconds: limits::ORDER_TIME_MAX.as_secs() };
        let ordered = timeout(limits::ORDER_TIME_MAX, order(store, authority, name));
        let issued = match ordered.await.unwrap_or(Err(too_slow)) {
            Ok(pem) => Pair::read(pem, "what was issued"),
            Err(error) => Err(error),
        };
        let now = self.clock.wall();
        match issued {
            Ok(pair) => {
                store.keep_pair(name, &pair.pem)?;
                store.keep_attempts(name, Attempts::succeeded(now, pair.life()))?;
                metrics::counter!("certificate_orders_total", "result" => "issued").increment(1);
                Ok(true)
            }
            Err(error) => {
                let is_rate_limited = matches!(error, Error::RateLimited(_));
                store.keep_attempts(name, attempts.failed(now, is_rate_limited))?;
                metrics::counter!("certificate_orders_total", "result" => "failed").increment(1);
                Err(error)
            }
        }
    }

    /// Whether a certificate is to be ordered now: there is none, or it is time, and the last order was not just made.
    fn is_due(&self, store: &Store, name: &Host) -> Result<bool> {
        let now = self.clock.wall();
        let served = self.certificates.served(name);
        let has_certificate = served.is_some();
        let is_due = served.is_none_or(|pair| due(pair.not_before, pair.not_after, now).is_zero());
        Ok(is_due && store.attempts(name)?.allow(has_certificate, now))
    }

    /// Says what is wrong, once.
    fn complain(&self, name: &Host, error: &Error) {
        if self.certificates.note(name, Some(error.to_string())) {
            let is_served = self.certificates.served(name).is_some();
            let meanwhile = if is_served { "the last one is served" } else { "there is none to serve" };
            tracing::error!(%name, %error, meanwhile, "no new certificate");
        }
    }
}
