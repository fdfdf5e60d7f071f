//! Channels that other applications feed by signed webhooks, and the fingerprints by which both sides compare secrets.

use crate::app::App;
use crate::channels::{self, Taken};
use crate::error::Result;
use crate::extract::{ClientAddress, Path, Raw, Signed};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use model::WallTime;
use protocol::http::{TakenWebhook, WebhookSecret, WebhookSecretRole, WebhookSecrets};
use protocol::problem::Problem;
use standard_webhooks::{FINGERPRINT_COMMAND, Signer};

/// Takes a webhook after Standard Webhooks 1.0 and publishes its body on the channel `app:{name}`, which begins with the
/// first one. Signed with the server's webhook secret: headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, or
/// those of Svix. It is on disk before the answer; one that is sent again within seven days is answered 200 and publishes
/// nothing. The body is a JSON object or list of at most 64 KiB.
#[utoipa::path(post, operation_id = "take_webhook", path = "/api/v1/channels/{name}/webhooks", tag = "channels", params(
    ("name" = String, Path, description = "1 to 64 of a to z, digits, `-`, `_` and `.`"),
    ("webhook-id" = String, Header), ("webhook-timestamp" = String, Header), ("webhook-signature" = String, Header)
), request_body = serde_json::Value, responses(
    (status = 201, body = TakenWebhook), (status = 200, body = TakenWebhook), (status = 401, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem)
))]
pub(crate) async fn take(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(name): Path<String>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<(StatusCode, Json<TakenWebhook>)> {
    let Taken { offset, is_repeated } = channels::take(&app, &name, &headers, &body, from).await?;
    let status = if is_repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(TakenWebhook { offset, repeated: is_repeated })))
}

/// The fingerprints of the webhook secrets, to be compared with what the other side's command prints.
#[utoipa::path(get, operation_id = "get_webhook_secrets", path = "/api/v1/operations/webhook-secrets", tag = "server", responses(
    (status = 200, body = WebhookSecrets), (status = 403, body = Problem)
))]
pub(crate) async fn secrets(State(app): State<App>, signed: Signed) -> Result<Response> {
    signed.administrator()?;
    let known = app.config().webhook_secrets.iter().flat_map(|keyring| keyring.secrets());
    let secrets = known.map(|(signer, secret)| WebhookSecret {
        role: match signer {
            Signer::Current => WebhookSecretRole::Current,
            Signer::Previous => WebhookSecretRole::Previous,
        },
        fingerprint: secret.fingerprint().to_owned(),
        used_at_ms: app.channels().used_at(signer).map(WallTime::millis),
    });
    let found = WebhookSecrets { secrets: secrets.collect(), command: FINGERPRINT_COMMAND.to_owned() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(found)).into_response())
}
