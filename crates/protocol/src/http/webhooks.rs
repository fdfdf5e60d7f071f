//! Webhooks of nests: addresses outside that are told what happens.

use super::{Contributor, TrackSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookForm {
    /// As Slack's incoming webhooks take them.
    Slack,
    /// Signed JSON after Standard Webhooks 1.0: a [`WebhookMessage`].
    Signed,
}

/// What can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookEvent {
    /// A song began, and somebody listens or added it.
    NowPlaying,
    /// Somebody blew a horn.
    Horn,
    /// The music was paused.
    Paused,
    /// It goes on.
    Resumed,
    /// Somebody skipped a song.
    Skipped,
    /// A nest was opened; only from the main nest.
    NestOpened,
    /// The server started; only from the main nest.
    ServerStarted,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// Id.
    pub id: String,
    /// How messages are written.
    pub form: WebhookForm,
    /// The host of its address; the rest is not shown again.
    pub host: String,
    /// What is told.
    pub events: Vec<WebhookEvent>,
    /// When it was made.
    pub created_at_ms: i64,
    /// When a message last arrived.
    pub delivered_at_ms: Option<i64>,
    /// Since when messages do not arrive; absent if the last one did.
    pub failing_since_ms: Option<i64>,
    /// Why.
    pub failure: Option<String>,
    /// When it was given up, until somebody resumes it; absent while it is at work.
    pub paused_at_ms: Option<i64>,
}

/// `POST /api/v1/nests/{code}/webhooks`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookBody {
    /// Where messages go: https, on the public network.
    pub url: String,
    /// How they are written.
    pub form: WebhookForm,
    /// What is told; at least one.
    pub events: Vec<WebhookEvent>,
}

/// A webhook was made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreatedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// What messages are signed with (`whsec_…`); shown once, and only for the form `signed`.
    pub secret: Option<String>,
}

/// The body of a message in the form `signed`. Headers `webhook-id`, `webhook-timestamp` and `webhook-signature` are those
/// of Standard Webhooks 1.0. A message may come twice, with the same id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookMessage {
    /// What happened; `test` for the message that is sent on request.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened: RFC 3339, UTC.
    pub timestamp: String,
    /// More about it.
    pub data: WebhookData,
}

/// More about what happened. What does not apply is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookData {
    /// The community's name.
    pub server: String,
    /// The nest; absent for `server_started`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nest: Option<WebhookNest>,
    /// The name of whoever did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The song.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<TrackSummary>,
    /// Who added the song.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_by: Option<Contributor>,
    /// The horn's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<String>,
    /// The release that started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A nest, in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookNest {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its link, if the server knows its own address.
    pub url: Option<String>,
}

/// A message in Slack's form (`https://api.slack.com/messaging/webhooks`).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlackMessage {
    /// The text, in Slack's mark-up: what notifications and other services show.
    pub text: String,
    /// The same with a picture.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<SlackBlock>,
}

/// A part of a message in Slack's form.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SlackBlock {
    /// A text with something beside it.
    Section {
        /// The text.
        text: SlackText,
        /// The picture.
        #[serde(skip_serializing_if = "Option::is_none")]
        accessory: Option<SlackPicture>,
    },
}

/// A text in Slack's mark-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SlackText {
    /// With mark-up; at most 3,000 characters.
    Mrkdwn {
        /// The text.
        text: String,
    },
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SlackPicture {
    /// By its address.
    Image {
        /// The address; Slack fetches it.
        image_url: String,
        /// What it shows.
        alt_text: String,
    },
}
