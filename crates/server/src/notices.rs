//! Telling others what happens in nests: webhooks, off until a host adds one. They are readers of the nests' logs, as play
//! logs are, so no song waits for them, a restart loses nothing, and what has become old is passed over.

mod message;
mod notice;
mod tell;

pub(crate) use message::greeting;
pub(crate) use tell::{SealedPart, start};

use crate::app::{App, Config};
use crate::error::{Error, Result};
use database::webhooks::Webhook;
use providers::{HttpOptions, Secret, WebhookAddress, WebhookMessage, Webhooks};

/// The way to webhooks: one pool of connections for all of them.
///
/// # Errors
/// [`Error::Outside`] if TLS cannot be set up.
pub fn webhooks(config: &Config) -> Result<Webhooks> {
    Ok(Webhooks::new(&HttpOptions::default(), config.outside.clone())?)
}

/// A message that is ready, whoever it goes to.
pub(crate) struct Ready {
    pub(crate) id: String,
    pub(crate) body: Vec<u8>,
}

/// Makes one attempt to deliver a message.
///
/// # Errors
/// [`Error::Outside`] if it did not arrive; [`Error::Fault`] if the webhook cannot be read.
pub(crate) async fn deliver(app: &App, webhook: &Webhook, message: &Ready) -> Result<()> {
    let owner = webhook.id.to_string();
    let open = |part: SealedPart, sealed| {
        let opened = app.sign_in().sealer().open(part.of(&owner), sealed);
        opened.map_err(|_| Error::Fault("a webhook was sealed with another key"))
    };
    let address: WebhookAddress = app.webhooks().address(&open(SealedPart::Address, &webhook.address)?)?;
    let secret = webhook.secret.as_ref().map(|secret| open(SealedPart::Secret, secret));
    let secret = secret.transpose()?.map(Secret::new);
    let message = WebhookMessage {
        id: &message.id,
        attempt_at_s: app.now().millis() / 1_000,
        body: &message.body,
        secret: secret.as_ref(),
    };
    Ok(app.webhooks().deliver(&address, &message).await?)
}
