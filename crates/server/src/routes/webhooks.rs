//! Webhooks of a nest, for its host: an address outside is told what happens.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Path, Signed};
use crate::nests::{Room, admitted};
use crate::notices::{self, SealedPart};
use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use database::webhooks as stored;
use http::StatusCode;
use identity::{AuditAction, Caller, Scope};
use model::{NestCode, WallTime, WebhookEvent, WebhookForm, WebhookId};
use protocol::http as wire;
use protocol::http::{CreateWebhookBody, CreatedWebhook, Webhook};
use protocol::problem::Problem;
use standard_webhooks::SECRET_PREFIX;

/// Bytes of a signing secret: as many as Standard Webhooks recommends at least.
const SECRET_BYTES: usize = 32;

/// The nest, if the caller hosts it: where messages go is nobody else's business.
fn hosted(app: &App, code: NestCode, caller: &Caller) -> Result<Room> {
    let room = admitted(app, code, caller)?;
    if !room.is_hosted_by(caller) {
        return Err(Error::NotAllowed("only who hosts the nest may see and change its webhooks"));
    }
    Ok(room)
}

/// A webhook and its nest, if the caller hosts that.
async fn own(app: &App, id: WebhookId, caller: &Caller) -> Result<(stored::Webhook, Room)> {
    let webhook = stored::get(app.database(), id).await?.ok_or(Error::NotFound("webhook"))?;
    let room = app.nests().all().into_iter().find(|room| room.id == webhook.nest);
    let code = room.ok_or(Error::NotFound("webhook"))?.code;
    Ok((webhook, hosted(app, code, caller)?))
}

/// The webhooks of a nest, oldest first.
#[utoipa::path(get, operation_id = "list_webhooks", path = "/api/v1/nests/{code}/webhooks", tag = "nests", params(("code" = String, Path)), responses(
    (status = 200, body = Vec<Webhook>), (status = 403, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<Json<Vec<Webhook>>> {
    let caller = signed.member(Scope::Control)?;
    let room = hosted(&app, code, &caller)?;
    let webhooks = stored::list(app.database(), room.id).await?;
    Ok(Json(webhooks.iter().map(show).collect()))
}

/// Adds a webhook. The secret that messages in the form `signed` are signed with is shown once.
#[utoipa::path(post, operation_id = "create_webhook", path = "/api/v1/nests/{code}/webhooks", tag = "nests", params(("code" = String, Path)), request_body = CreateWebhookBody, responses(
    (status = 201, body = CreatedWebhook), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn create(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(code): Path<NestCode>,
    Body(body): Body<CreateWebhookBody>,
) -> Result<(StatusCode, Json<CreatedWebhook>)> {
    let caller = signed.member(Scope::Control)?;
    let room = hosted(&app, code, &caller)?;
    app.rates().opening(caller.member.id)?;
    let address = app.webhooks().address(&body.url).map_err(|error| Error::invalid("url", error))?;
    let events = events_of(&body.events, code)?;
    let secret = matches!(body.form, wire::WebhookForm::Signed).then(|| app.draw(signing_secret));
    let id = app.generate(WebhookId::generate);
    let owner = id.to_string();
    let seal = |part: SealedPart, text: &str| {
        let sealed = app.draw(|entropy| app.sign_in().sealer().seal(part.of(&owner), text, entropy));
        sealed.map_err(|_| Error::Fault("a webhook could not be sealed"))
    };
    let now = app.now();
    let webhook = stored::Webhook {
        id,
        nest: room.id,
        form: form_of(body.form),
        address: seal(SealedPart::Address, address.reveal())?,
        host: address.host().to_owned(),
        secret: secret.as_deref().map(|secret| seal(SealedPart::Secret, secret)).transpose()?,
        events,
        created_by: caller.member.id,
        created_at: now,
        nests_until: now,
        delivered_at: None,
        failing: None,
        paused_at: None,
    };
    let line = app.line(AuditAction::WebhookAdded).by(caller.member.id).about(id);
    let line = line.saying(format!("{code} → {}", webhook.host)).from(from);
    if !stored::insert(app.database(), &webhook, &line).await? {
        return Err(Error::TooManyWebhooks);
    }
    tracing::info!(by = %caller.member.id, webhook = %id, host = webhook.host, "a webhook was added");
    Ok((StatusCode::CREATED, Json(CreatedWebhook { webhook: show(&webhook), secret })))
}

/// Sends a message that only says that messages arrive, and waits for the answer.
#[utoipa::path(post, operation_id = "test_webhook", path = "/api/v1/webhooks/{id}/test", tag = "nests", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn test(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode> {
    let caller = signed.member(Scope::Control)?;
    let (webhook, room) = own(&app, id, &caller).await?;
    app.rates().opening(caller.member.id)?;
    notices::deliver(&app, &webhook, &notices::greeting(&app, &webhook, &room)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a webhook that was given up to work again, from now on.
#[utoipa::path(post, operation_id = "resume_webhook", path = "/api/v1/webhooks/{id}/resume", tag = "nests", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = Problem)
))]
pub(crate) async fn resume(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode> {
    let caller = signed.member(Scope::Control)?;
    let (webhook, _) = own(&app, id, &caller).await?;
    if !stored::resume(app.database(), &webhook).await? {
        return Err(Error::NotFound("webhook"));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a webhook.
#[utoipa::path(delete, operation_id = "delete_webhook", path = "/api/v1/webhooks/{id}", tag = "nests", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = Problem)
))]
pub(crate) async fn remove(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode> {
    let caller = signed.member(Scope::Control)?;
    let (webhook, room) = own(&app, id, &caller).await?;
    let line = app.line(AuditAction::WebhookRemoved).by(caller.member.id).about(id);
    let line = line.saying(format!("{} → {}", room.code, webhook.host)).from(from);
    if !stored::remove(app.database(), id, &line).await? {
        return Err(Error::NotFound("webhook"));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn events_of(asked: &[wire::WebhookEvent], code: NestCode) -> Result<Vec<WebhookEvent>> {
    let events: Vec<WebhookEvent> =
        WebhookEvent::ALL.iter().copied().filter(|event| asked.contains(&shown_event(*event))).collect();
    if events.is_empty() {
        return Err(Error::invalid("events", "choose at least one"));
    }
    if !code.is_main() && events.iter().any(|event| event.is_of_server()) {
        return Err(Error::invalid(
            "events",
            "nest_opened and server_started are told by the main nest alone",
        ));
    }
    Ok(events)
}

fn signing_secret(entropy: &mut dyn model::Entropy) -> String {
    let bytes: Vec<u8> = (0..SECRET_BYTES / 8).flat_map(|_| entropy.next_u64().to_be_bytes()).collect();
    format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes))
}

fn show(webhook: &stored::Webhook) -> Webhook {
    Webhook {
        id: webhook.id.to_string(),
        form: match webhook.form {
            WebhookForm::Slack => wire::WebhookForm::Slack,
            WebhookForm::Signed => wire::WebhookForm::Signed,
        },
        host: webhook.host.clone(),
        events: webhook.events.iter().copied().map(shown_event).collect(),
        created_at_ms: webhook.created_at.millis(),
        delivered_at_ms: webhook.delivered_at.map(WallTime::millis),
        failing_since_ms: webhook.failing.as_ref().map(|failing| failing.since.millis()),
        failure: webhook.failing.as_ref().map(|failing| failing.why.clone()),
        paused_at_ms: webhook.paused_at.map(WallTime::millis),
    }
}

const fn form_of(form: wire::WebhookForm) -> WebhookForm {
    match form {
        wire::WebhookForm::Slack => WebhookForm::Slack,
        wire::WebhookForm::Signed => WebhookForm::Signed,
    }
}

const fn shown_event(event: WebhookEvent) -> wire::WebhookEvent {
    match event {
        WebhookEvent::NowPlaying => wire::WebhookEvent::NowPlaying,
        WebhookEvent::Horn => wire::WebhookEvent::Horn,
        WebhookEvent::Paused => wire::WebhookEvent::Paused,
        WebhookEvent::Resumed => wire::WebhookEvent::Resumed,
        WebhookEvent::Skipped => wire::WebhookEvent::Skipped,
        WebhookEvent::NestOpened => wire::WebhookEvent::NestOpened,
        WebhookEvent::ServerStarted => wire::WebhookEvent::ServerStarted,
    }
}
