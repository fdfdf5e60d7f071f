//! Channels that other applications feed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A webhook that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenWebhook {
    /// Its offset in the channel's stream.
    pub offset: u64,
    /// Whether it had been taken before: then nothing was published now.
    pub repeated: bool,
}

/// The secrets that webhooks may be signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecrets {
    /// Each; none: no webhooks are taken.
    pub secrets: Vec<WebhookSecret>,
    /// What prints the fingerprint on the other side, where the variable `SECRET` holds the secret.
    pub command: String,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecret {
    /// What it is.
    pub role: WebhookSecretRole,
    /// The first 16 hexadecimal digits of the SHA-256 of its text.
    pub fingerprint: String,
    /// When this process last took a webhook that was signed with it; nothing: not since it started.
    pub used_at_ms: Option<i64>,
}

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookSecretRole {
    /// The one that holds.
    Current,
    /// The one before, which is believed until it is taken out.
    Previous,
}
