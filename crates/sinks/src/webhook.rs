//! A webhook: one text for Slack and Discord, each in its form, and signed JSON after Standard Webhooks 1.0 with the text
//! in it for everybody else.

use crate::{Error, id_of, short};
use alerts::{Bulletin, timestamp};
use model::WallTime;
use providers::{Secret, WebhookAddress, WebhookMessage, Webhooks};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Discord takes no longer text.
const DISCORD_CHARS_MAX: usize = 2_000;

#[derive(Debug)]
pub(crate) struct Webhook {
    http: Webhooks,
    address: WebhookAddress,
    secret: Option<Secret>,
}

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Slack,
    Discord,
    Program,
}

impl Form {
    fn of(host: &str, address: &str) -> Self {
        let is = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        if is("discord.com") || is("discordapp.com") {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            if path.ends_with("/slack") { Self::Slack } else { Self::Discord }
        } else if is("slack.com") {
            Self::Slack
        } else {
            Self::Program
        }
    }

    fn body(self, bulletin: &Bulletin) -> Value {
        match self {
            Self::Slack => json!({"text": escaped(&bulletin.text())}),
            Self::Discord => {
                let text: String = bulletin.text().chars().take(DISCORD_CHARS_MAX).collect();
                json!({"content": text, "allowed_mentions": {"parse": []}})
            }
            Self::Program => json!({
                "type": "alerts", "timestamp": timestamp(bulletin.at), "data": bulletin.data(),
                "text": escaped(&bulletin.text()),
            }),
        }
    }
}

impl Webhook {
    pub(crate) const fn new(http: Webhooks, address: WebhookAddress, secret: Option<Secret>) -> Self {
        Self { http, address, secret }
    }

    /// Two of one host are told apart by a hash: the address itself is often a secret.
    pub(crate) fn name(&self) -> String {
        let hash = short(&Sha256::digest(self.address.reveal().as_bytes())[..4]);
        format!("webhook at {} ({hash})", self.address.host())
    }

    pub(crate) async fn send(&self, bulletin: &Bulletin, now: WallTime) -> Result<(), Error> {
        let form = Form::of(self.address.host(), self.address.reveal());
        let id = id_of(bulletin);
        let body = form.body(bulletin).to_string();
        let message = WebhookMessage {
            id: &id,
            attempt_at_s: now.millis() / 1_000,
            body: body.as_bytes(),
            secret: self.secret.as_ref().filter(|_| form == Form::Program),
        };
        Ok(self.http.deliver(&self.address, &message).await?)
    }
}

/// Slack's mark-up begins with three characters; nothing that a monitored server answers becomes a link or a call.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_has_its_form() {
        let of = |address: &str| {
            let host = address.split('/').nth(2).unwrap();
            Form::of(host, address)
        };
        assert_eq!(of("https://hooks.slack.com/services/T/B/x"), Form::Slack);
        assert_eq!(of("https://discord.com/api/webhooks/1/x"), Form::Discord);
        assert_eq!(of("https://discord.com/api/webhooks/1/x/slack?wait=true"), Form::Slack);
        assert_eq!(of("https://notslack.com/x"), Form::Program);
        let at = WallTime::from_micros(1_795_000_000_000_000);
        let bulletin = Bulletin::test("<!channel> & @everyone", at);
        assert_eq!(
            Form::Slack.body(&bulletin),
            json!({"text": "&lt;!channel&gt; &amp; @everyone: a test, alerts arrive here"})
        );
        let discord = Form::Discord.body(&bulletin);
        assert_eq!(discord["allowed_mentions"], json!({"parse": []}));
        let long = Bulletin::test(&"x".repeat(3_000), at);
        assert_eq!(Form::Discord.body(&long)["content"].as_str().unwrap().chars().count(), 2_000);
        let program = Form::Program.body(&bulletin);
        assert_eq!((&program["type"], &program["data"]["test"]), (&json!("alerts"), &json!(true)));
    }
}
