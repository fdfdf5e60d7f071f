//! How often somebody may do something: the generic cell rate algorithm, a key a person or address.

use crate::error::{Error, Result};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use model::{ChannelName, MemberId};
use std::net::IpAddr;
use std::num::NonZeroU32;

/// The limiters. Each says how many in a burst, and how many in the long run.
pub(crate) struct Rates {
    proofs: DefaultKeyedRateLimiter<IpAddr>,
    arrivals: DefaultKeyedRateLimiter<IpAddr>,
    commands: DefaultKeyedRateLimiter<MemberId>,
    openings: DefaultKeyedRateLimiter<MemberId>,
    searches: DefaultKeyedRateLimiter<MemberId>,
    outside: DefaultKeyedRateLimiter<MemberId>,
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    codes: DefaultKeyedRateLimiter<IpAddr>,
    looks: DefaultKeyedRateLimiter<IpAddr>,
    pins: DefaultKeyedRateLimiter<IpAddr>,
    all_pins: DefaultKeyedRateLimiter<()>,
    webhooks: DefaultKeyedRateLimiter<ChannelName>,
    wrong_webhooks: DefaultKeyedRateLimiter<IpAddr>,
}

const fn count(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            proofs: DefaultKeyedRateLimiter::keyed(Quota::per_minute(count(30))),
            arrivals: DefaultKeyedRateLimiter::keyed(Quota::per_minute(count(20))),
            commands: DefaultKeyedRateLimiter::keyed(Quota::per_second(count(40)).allow_burst(count(120))),
            openings: DefaultKeyedRateLimiter::keyed(Quota::per_hour(count(30))),
            searches: DefaultKeyedRateLimiter::keyed(Quota::per_second(count(30)).allow_burst(count(60))),
            outside: DefaultKeyedRateLimiter::keyed(Quota::per_second(count(1)).allow_burst(count(30))),
            strangers: DefaultKeyedRateLimiter::keyed(Quota::per_second(count(2)).allow_burst(count(20))),
            codes: DefaultKeyedRateLimiter::keyed(Quota::per_hour(count(30))),
            looks: DefaultKeyedRateLimiter::keyed(Quota::per_second(count(5)).allow_burst(count(60))),
            pins: DefaultKeyedRateLimiter::keyed(Quota::per_hour(count(10))),
            all_pins: DefaultKeyedRateLimiter::keyed(Quota::per_hour(count(100))),
            webhooks: DefaultKeyedRateLimiter::keyed(Quota::per_second(count(40)).allow_burst(count(200))),
            wrong_webhooks: DefaultKeyedRateLimiter::keyed(Quota::per_minute(count(30))),
        }
    }
}

impl Rates {
    /// A secret that was wrong: 30 a minute from one address.
    pub(crate) fn wrong_proof(&self, from: IpAddr) -> Result<()> {
        check(&self.proofs, &from)
    }

    /// A guest or new member who comes in: 20 a minute from one address.
    pub(crate) fn arrival(&self, from: IpAddr) -> Result<()> {
        check(&self.arrivals, &from)
    }

    /// A command: 40 a second, 120 at once.
    pub(crate) fn command(&self, member: MemberId) -> Result<()> {
        check(&self.commands, &member)
    }

    /// Something opened that lasts (a nest, an invitation, a token): 30 an hour.
    pub(crate) fn opening(&self, member: MemberId) -> Result<()> {
        check(&self.openings, &member)
    }

    /// A look into the database by somebody who need not say who they are: 2 a second, 20 at once from one address.
    pub(crate) fn stranger(&self, from: IpAddr) -> Result<()> {
        check(&self.strangers, &from)
    }

    /// A stranger's look at a nest: 5 a second, 60 at once from one address.
    pub(crate) fn look(&self, from: IpAddr) -> Result<()> {
        check(&self.looks, &from)
    }

    /// A short code that somebody may be guessing: 30 an hour from one address, behind which a whole office may be.
    pub(crate) fn code(&self, from: IpAddr) -> Result<()> {
        check(&self.codes, &from)
    }

    /// A PIN at the gate that somebody may be guessing: 10 an hour from one address, 100 an hour from all together.
    pub(crate) fn pin(&self, from: IpAddr) -> Result<()> {
        check(&self.pins, &from)?;
        check(&self.all_pins, &())
    }

    /// A webhook that is believed: 40 a second, 200 at once for one channel.
    pub(crate) fn webhook(&self, channel: ChannelName) -> Result<()> {
        check(&self.webhooks, &channel)
    }

    /// One that is not: 30 a minute from one address.
    pub(crate) fn wrong_webhook(&self, from: IpAddr) -> Result<()> {
        check(&self.wrong_webhooks, &from)
    }

    /// A question to a music service: one a second, 30 at once.
    pub(crate) fn outside(&self, member: MemberId) -> Result<()> {
        check(&self.outside, &member)
    }

    /// A search: 30 a second, 60 at once.
    pub(crate) fn search(&self, member: MemberId) -> Result<()> {
        check(&self.searches, &member)
    }
}

fn check<K: std::hash::Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<()> {
    // Keys that have been quiet long enough to have their full allowance again need not be remembered.
    const KEYS_BEFORE_SWEEP: usize = 10_000;
    if limiter.len() > KEYS_BEFORE_SWEEP {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| Error::RateLimited {
        retry_after: not_until.wait_time_from(DefaultClock::default().now()),
    })
}
