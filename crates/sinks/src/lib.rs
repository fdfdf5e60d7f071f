//! The ways out of alerts: webhooks (Slack's and Discord's form, signed JSON for programs), e-mail, posts on Bluesky, and the
//! heartbeat to a monitor outside, which notices that it stops.
//!
//! One call is one attempt. [`Desk`] remembers when a way that failed is tried again; what there is to tell each receiver
//! stands in [`alerts::Watch`], so that nothing is queued here and nothing can overflow.
//!
//! Deliberately not here: what an alert is (`alerts`), and when somebody looks (`server`, `rookery monitor`).

mod bluesky;
mod desk;
mod mail;
mod webhook;

pub use bluesky::BlueskyOptions;
pub use desk::Desk;
pub use mail::{MailOptions, Security};

use alerts::Bulletin;
use bluesky::Bluesky;
use mail::Mail;
use model::WallTime;
use providers::{HttpOptions, Outside, Secret, WebhookAddress, Webhooks};
use std::time::Duration;
use webhook::Webhook;

/// How long one attempt may take.
const ATTEMPT_TIME_MAX: Duration = Duration::from_secs(20);
/// Webhooks that may be set.
const WEBHOOKS_MAX: usize = 10;

/// Where alerts go.
#[derive(Clone, Default)]
pub struct Options {
    /// Addresses of webhooks.
    pub webhooks: Vec<String>,
    /// What messages to programs are signed with (`whsec_…`).
    pub secret: Option<Secret>,
    /// E-mail.
    pub mail: Option<MailOptions>,
    /// An account on Bluesky.
    pub bluesky: Option<BlueskyOptions>,
    /// The address that is asked each minute while all is well.
    pub heartbeat: Option<String>,
    /// What beside the public network may be reached.
    pub outside: Outside,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Addresses of webhooks and heartbeats are secrets.
        formatter
            .debug_struct("Options")
            .field("mail", &self.mail)
            .field("bluesky", &self.bluesky)
            .finish_non_exhaustive()
    }
}

/// Why there is no way out, or why a message did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting cannot be used.
    #[error("{what}: {detail}")]
    Setting {
        /// Which.
        what: &'static str,
        /// Why; never a secret.
        detail: String,
    },
    /// It did not arrive.
    #[error(transparent)]
    Webhook(#[from] providers::Error),
    /// It was not taken.
    #[error("the mail server did not take it: {0}")]
    Mail(String),
    /// It was not posted.
    #[error("it was not posted: {0}")]
    Bluesky(#[from] atproto::Error),
    /// Nobody answered in time.
    #[error("no answer in {} s", ATTEMPT_TIME_MAX.as_secs())]
    TooSlow,
}

/// One way out.
#[derive(Debug)]
pub struct Sink {
    name: String,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Webhook(Webhook),
    Mail(Mail),
    Bluesky(Box<Bluesky>),
}

impl Sink {
    /// Its name for people, which is the same in every process, and holds no secret.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes one attempt.
    ///
    /// # Errors
    /// [`Error`] if it did not arrive.
    pub async fn send(&self, bulletin: &Bulletin, now: WallTime) -> Result<(), Error> {
        let sent = async {
            match &self.way {
                Way::Webhook(webhook) => webhook.send(bulletin, now).await,
                Way::Mail(mail) => mail.send(bulletin, now).await,
                Way::Bluesky(bluesky) => bluesky.send(bulletin, now).await,
            }
        };
        tokio::time::timeout(ATTEMPT_TIME_MAX, sent).await.unwrap_or(Err(Error::TooSlow))
    }
}

/// The ways that are set, ready to be used.
///
/// # Errors
/// [`Error::Setting`] for what cannot be one.
pub fn open(options: &Options) -> Result<Vec<Sink>, Error> {
    if options.webhooks.len() > WEBHOOKS_MAX {
        let detail = format!("at most {WEBHOOKS_MAX} can be set");
        return Err(Error::Setting { what: "webhooks of alerts", detail });
    }
    let mut sinks = Vec::new();
    let http = http(options)?;
    for address in &options.webhooks {
        let address = address_of(&http, "a webhook of alerts", address)?;
        let webhook = Webhook::new(http.clone(), address, options.secret.clone());
        sinks.push(Sink { name: webhook.name(), way: Way::Webhook(webhook) });
    }
    if let Some(mail) = &options.mail {
        sinks.push(Sink {
            name: format!("e-mail to {}", mail.to.join(", ")),
            way: Way::Mail(Mail::new(mail)?),
        });
    }
    if let Some(bluesky) = &options.bluesky {
        let bluesky = Bluesky::new(bluesky, options.outside.clone())?;
        sinks.push(Sink { name: bluesky.name(), way: Way::Bluesky(Box::new(bluesky)) });
    }
    Ok(sinks)
}

fn http(options: &Options) -> Result<Webhooks, Error> {
    Ok(Webhooks::new(&HttpOptions::default(), options.outside.clone())?)
}

fn address_of(http: &Webhooks, what: &'static str, text: &str) -> Result<WebhookAddress, Error> {
    http.address(text).map_err(|error| Error::Setting { what, detail: error.to_string() })
}

/// Says to a monitor outside that this server is well.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    http: Webhooks,
    address: WebhookAddress,
}

impl Heartbeat {
    /// How often it is said.
    pub const EVERY: Duration = Duration::from_secs(60);

    /// `None`: no address is set.
    ///
    /// # Errors
    /// [`Error::Setting`] if it cannot be asked.
    pub fn open(options: &Options) -> Result<Option<Self>, Error> {
        let Some(address) = &options.heartbeat else { return Ok(None) };
        let http = http(options)?;
        let address = address_of(&http, "the address of the heartbeat", address)?;
        Ok(Some(Self { http, address }))
    }

    /// To whom.
    #[must_use]
    pub fn host(&self) -> &str {
        self.address.host()
    }

    /// Says it once.
    ///
    /// # Errors
    /// [`Error`] if nobody heard it.
    pub async fn beat(&self) -> Result<(), Error> {
        let beat = async { Ok(self.http.knock(&self.address).await?) };
        tokio::time::timeout(ATTEMPT_TIME_MAX, beat).await.unwrap_or(Err(Error::TooSlow))
    }
}

/// The same for the same news, however often it is tried to tell them: the other side can tell a repetition.
fn id_of(bulletin: &Bulletin) -> String {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    hash.update(bulletin.server.as_bytes());
    for item in &bulletin.items {
        hash.update(format!("\n{}\n{}\n{:?}\n{}", item.rule, item.about, item.state, item.since.micros()));
    }
    // A reminder and a test are news.
    let hour = bulletin.at.micros() / 3_600_000_000;
    hash.update(if bulletin.is_test { bulletin.at.micros() } else { hour }.to_be_bytes());
    format!("msg_{}", short(&hash.finalize()))
}

/// The first bytes of a hash, in hexadecimal digits.
fn short(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
