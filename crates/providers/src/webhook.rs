//! Webhooks: telling a service outside that something happened. Two forms: Slack's incoming webhooks (Mattermost, Discord's
//! `/slack` address and others take them too), and signed JSON after Standard Webhooks 1.0 for programs.
//!
//! Deliberately not here: what is told and when, and trying again (the server decides): one call is one attempt.

use crate::guard::{Guard, Outside};
use crate::http::{Answer, Http, HttpOptions};
use crate::{Error, Provider, Result, Secret};
use http::header;
use reqwest::Url;
use std::sync::Arc;

/// The longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// Where a message goes: an address that has been read and may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAddress(Url);

impl WebhookAddress {
    /// The host, for people: the rest of the address is often a secret.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or("")
    }

    /// The address itself.
    pub fn reveal(&self) -> &str {
        self.0.as_str()
    }
}

/// A message, ready to be sent.
#[derive(Clone, Debug)]
pub struct WebhookMessage<'a> {
    /// The same for every attempt to deliver it: the other side can tell a repetition.
    pub id: &'a str,
    /// When this attempt is made, in seconds since 1970.
    pub attempt_at_s: i64,
    /// JSON.
    pub body: &'a [u8],
    /// What it is signed with (`whsec_` and base64); `None`: not signed, as Slack's form is.
    pub secret: Option<&'a Secret>,
}

/// Sends webhooks.
#[derive(Clone, Debug)]
pub struct Webhooks {
    http: Http,
    outside: Arc<Outside>,
}

impl Webhooks {
    /// A pool of connections of its own, which reaches only what is outside.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn new(options: &HttpOptions, outside: Outside) -> Result<Self> {
        let outside = Arc::new(outside);
        let http = Http::guarded(options, Guard(Arc::clone(&outside)))?;
        Ok(Self { http, outside })
    }

    /// Reads an address that somebody gave.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for what is no https address, is not public, names a user, or is longer than 2,048 bytes.
    pub fn address(&self, text: &str) -> Result<WebhookAddress> {
        let refused = |why: &str| Error::NotAllowed {
            provider: Provider::Webhook,
            detail: format!("the address {why}"),
        };
        if text.len() > ADDRESS_BYTES_MAX {
            return Err(refused("is longer than 2,048 bytes"));
        }
        let url = Url::parse(text.trim()).map_err(|_| refused("cannot be read: it begins with https://"))?;
        if !self.outside.may_ask(&url) {
            return Err(refused("must begin with https:// and lead to the public network"));
        }
        Ok(WebhookAddress(url))
    }

    /// Delivers a message, once.
    ///
    /// # Errors
    /// [`Error::Gone`] if the other side wants no more (410, or 404 as Slack says it), [`Error::RateLimited`],
    /// [`Error::Unreachable`], [`Error::UnexpectedAnswer`] for any other answer that is no success.
    pub async fn deliver(&self, to: &WebhookAddress, message: &WebhookMessage<'_>) -> Result<()> {
        let mut request = self
            .http
            .post(to.0.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.attempt_at_s);
        if let Some(secret) = message.secret {
            request = request.header("webhook-signature", signature(secret, message)?);
        }
        Self::judge(&self.http.send(Provider::Webhook, request.body(message.body.to_vec())).await?)
    }

    /// Says that this server is well, once: a request without a body, as monitors outside expect it of a heartbeat.
    ///
    /// # Errors
    /// As [`Webhooks::deliver`].
    pub async fn knock(&self, at: &WebhookAddress) -> Result<()> {
        Self::judge(&self.http.send(Provider::Webhook, self.http.get(at.0.clone())).await?)
    }

    fn judge(answer: &Answer) -> Result<()> {
        match answer.status.as_u16() {
            200..300 => Ok(()),
            404 | 410 => Err(Error::Gone { provider: Provider::Webhook }),
            408 => Err(Error::Unreachable { provider: Provider::Webhook, detail: "status 408".to_owned() }),
            429 | 500.. => Err(answer.failure()),
            _ => Err(answer.unexpected("a webhook's message is answered with 200")),
        }
    }
}

/// The signature of Standard Webhooks 1.0.
fn signature(secret: &Secret, message: &WebhookMessage<'_>) -> Result<String> {
    let secret = standard_webhooks::Secret::lenient(secret.reveal())
        .map_err(|error| Error::Configuration { provider: Provider::Webhook, detail: error.to_string() })?;
    Ok(secret.sign(message.id, &message.attempt_at_s.to_string(), message.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_standard() {
        // The example of the Standard Webhooks specification and its libraries.
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let message = WebhookMessage {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            attempt_at_s: 1_614_265_330,
            body: br#"{"test": 2432232314}"#,
            secret: None,
        };
        let signed = signature(&secret, &message).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_address_is_public_https() {
        let webhooks = Webhooks::new(&HttpOptions::default(), Outside::default()).unwrap();
        let good = webhooks.address(" https://hooks.slack.com/services/T0/B0/x ").unwrap();
        assert_eq!(good.host(), "hooks.slack.com");
        let long = format!("https://example.org/{}", "x".repeat(3_000));
        for bad in
            ["", "hooks.slack.com", "http://example.org/", "https://127.0.0.1/", "https://a:b@c.org/", &long]
        {
            assert!(matches!(webhooks.address(bad), Err(Error::NotAllowed { .. })), "{bad}");
        }
    }
}
