//! A webhook that comes in: believed, written down, published. Nothing of its body is read before its signature is known to
//! be right, and it is on disk before its sender is told so.

use super::catch_up;
use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use bytes::Bytes;
use database::app_channels::{self as log, Appended, Arrived};
use http::HeaderMap;
use model::{Channel, ChannelName, ClientId};
use serde_json::value::RawValue;
use standard_webhooks::{Message, MessageError, NEW_SECRET_COMMAND, Refusal, Signer, compact};
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::oneshot;

/// How often at most it is told that a sender still signs with the secret before.
const PREVIOUS_TOLD_EVERY: Duration = Duration::from_secs(3600);

/// Why a webhook is not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookFault {
    /// No secret is set.
    #[error(
        "this server takes no webhooks: it has no ROOKERY_WEBHOOK_SECRET; `{NEW_SECRET_COMMAND}` prints one"
    )]
    NotSetUp,
    /// It is not signed.
    #[error("the webhook is not signed after Standard Webhooks: {0}")]
    Unsigned(MessageError),
    /// It was signed at another time.
    #[error("the webhook is too old or too early: {0}")]
    Time(Refusal),
    /// It was signed by somebody else, or changed on its way.
    #[error(
        "the webhook's signature is not right: its secret is another, or its body was changed on the way"
    )]
    Signature,
    /// There are as many channels as there may be.
    #[error("there are {} channels already, and no more", log::CHANNELS_MAX)]
    TooManyChannels,
}

/// A webhook that was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Its offset in the channel's stream.
    pub(crate) offset: u64,
    /// Whether it had been taken before: then nothing was published now.
    pub(crate) is_repeated: bool,
}

/// Takes a webhook.
pub(crate) async fn take(
    app: &App,
    name: &str,
    headers: &HeaderMap,
    body: &Bytes,
    from: IpAddr,
) -> Result<Taken> {
    let keyring = app.config().webhook_secrets.as_ref().ok_or(WebhookFault::NotSetUp)?;
    let message = Message::read(|name| headers.get(name).and_then(|value| value.to_str().ok()));
    let message =
        message.map_err(|error| disbelieved(app, from, "unsigned", WebhookFault::Unsigned(error)))?;
    let now = app.now();
    let signer = keyring.verify(&message, body, now.micros().div_euclid(1_000_000));
    let signer = signer.map_err(|refusal| match refusal {
        Refusal::TooOld(_) | Refusal::TooNew(_) => {
            disbelieved(app, from, "time", WebhookFault::Time(refusal))
        }
        Refusal::WrongSignature => disbelieved(app, from, "signature", WebhookFault::Signature),
    })?;
    metrics::counter!("webhooks_received_total", "signed_with" => signer.as_str()).increment(1);
    let channel =
        name.parse::<ChannelName>().map_err(|error| refused("channel", Error::invalid("name", error)))?;
    told(app, signer, channel);
    app.rates().webhook(channel).map_err(|error| refused("rate", error))?;
    let body = json(body).map_err(|error| refused("body", error))?;
    let epoch = app.generate(ClientId::generate).to_string();
    write(app, Arrived { channel, epoch, at: now, webhook_id: message.id.to_owned(), body }).await
}

/// The body, in one line; it is JSON.
fn json(body: &[u8]) -> Result<String> {
    let line = compact(body).map_err(|error| Error::invalid("body", error))?;
    // Kept as it was written: numbers as they are, keys in their order.
    let read = RawValue::from_string(line).map_err(|error| Error::invalid("body", error))?;
    Ok(Box::<str>::from(read).into())
}

/// Writes it down and publishes it, whether or not its sender stays to hear of that.
async fn write(app: &App, arrived: Arrived) -> Result<Taken> {
    let (answer, answered) = oneshot::channel();
    let task = app.clone();
    app.lifecycle().spawn(async move {
        let _gone = answer.send(write_down(&task, &arrived).await);
    });
    let answered = tokio::time::timeout(limits::COMMAND_TIME_MAX, answered).await;
    answered.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?
}

async fn write_down(app: &App, arrived: &Arrived) -> Result<Taken> {
    let channels = app.channels();
    let _place = channels.waiting.try_acquire().map_err(|_| Error::Busy)?;
    let appended = {
        let _writing = channels.writing.lock().await;
        log::append(app.database(), arrived).await?
    };
    match appended {
        Appended::Known(offset) => {
            metrics::counter!("webhooks_repeated_total").increment(1);
            Ok(Taken { offset, is_repeated: true })
        }
        Appended::TooManyChannels => Err(refused("channels", WebhookFault::TooManyChannels.into())),
        Appended::Published(offset) => {
            app.wrote();
            let is_open = app.hub().position(Channel::App(arrived.channel)).is_some();
            if is_open && let Err(error) = catch_up(app, arrived.channel).await {
                tracing::warn!(%error, channel = %arrived.channel, "what came in is told a moment later");
                channels.behind.notify_one();
            }
            Ok(Taken { offset, is_repeated: false })
        }
    }
}

/// Says so when a sender has not got the new secret yet.
fn told(app: &App, signer: Signer, channel: ChannelName) {
    let now = app.now();
    let before = app.channels().use_now(signer, now);
    let is_due = before.is_none_or(|before| now.since(before) >= PREVIOUS_TOLD_EVERY);
    if signer == Signer::Previous && is_due {
        tracing::warn!(
            %channel,
            "a webhook was signed with the previous secret: leave that until its sender has the new one"
        );
    }
}

/// A webhook that nobody believes; too many of them from one address are not even told why.
fn disbelieved(app: &App, from: IpAddr, reason: &'static str, fault: WebhookFault) -> Error {
    let fault = app.rates().wrong_webhook(from).err().unwrap_or(fault.into());
    refused(reason, fault)
}

fn refused(reason: &'static str, error: Error) -> Error {
    metrics::counter!("webhooks_refused_total", "reason" => reason).increment(1);
    error
}
