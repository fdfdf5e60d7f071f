//! API tokens: made by members for programs, with scopes, shown once.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Path, Signed};
use crate::revocation::Revoked;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use identity::{AuditAction, Scope, ScopeSet, Secret, SecretKind, TOKEN_LABEL_CHARS_MAX, TOKEN_LIFETIME_MAX};
use model::TokenId;
use protocol::http as wire;
use protocol::http::{ApiToken, CreateTokenBody, CreatedToken};
use protocol::problem::Problem;
use std::time::Duration;

/// One's own tokens, newest first.
#[utoipa::path(get, operation_id = "list_tokens", path = "/api/v1/tokens", tag = "people", responses((status = 200, body = Vec<ApiToken>)))]
pub(crate) async fn list(State(app): State<App>, signed: Signed) -> Result<Json<Vec<ApiToken>>> {
    let caller = signed.member(Scope::Administer)?;
    let tokens = database::tokens::list(app.database(), caller.member.id).await?;
    Ok(Json(tokens.iter().map(show).collect()))
}

/// Makes a token. Its secret is shown once.
#[utoipa::path(post, operation_id = "create_token", path = "/api/v1/tokens", tag = "people", request_body = CreateTokenBody, responses(
    (status = 201, body = CreatedToken), (status = 422, body = Problem)
))]
pub(crate) async fn create(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Body(body): Body<CreateTokenBody>,
) -> Result<(StatusCode, Json<CreatedToken>)> {
    let caller = signed.member(Scope::Administer)?;
    app.rates().opening(caller.member.id)?;
    let label = body.label.trim().to_owned();
    if !(1..=TOKEN_LABEL_CHARS_MAX).contains(&label.chars().count()) || label.chars().any(char::is_control) {
        return Err(Error::invalid("label", format!("1 to {TOKEN_LABEL_CHARS_MAX} characters")));
    }
    let scopes: ScopeSet = body.scopes.iter().map(|&scope| scope_of(scope)).collect();
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", "choose at least one"));
    }
    let lifetime = body.expires_in_s.map(Duration::from_secs);
    if lifetime.is_some_and(|lifetime| lifetime.is_zero() || lifetime > TOKEN_LIFETIME_MAX) {
        return Err(Error::invalid("expires_in_s", "one second to 366 days"));
    }
    let now = app.now();
    let token = identity::ApiToken {
        id: app.generate(TokenId::generate),
        member: caller.member.id,
        label,
        scopes,
        created_at: now,
        last_used_at: None,
        expires_at: lifetime.map(|lifetime| now.plus(lifetime)),
    };
    let secret = app.draw(|entropy| Secret::generate(SecretKind::ApiToken, entropy));
    let line = app.line(AuditAction::TokenMade).by(caller.member.id).about(token.id);
    let line = line.saying(&token.label).from(from);
    database::transaction!(app.database(), |tx| {
        database::tokens::insert(&mut tx, &token, secret.hash()).await?;
        database::audit::record(&mut tx, &line).await
    })?;
    tracing::info!(by = %caller.member.id, token = %token.id, "an API token was made");
    Ok((StatusCode::CREATED, Json(CreatedToken { token: show(&token), secret: secret.reveal().to_owned() })))
}

/// Revokes a token; its sockets are closed.
#[utoipa::path(delete, operation_id = "revoke_token", path = "/api/v1/tokens/{id}", tag = "people", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = Problem)
))]
pub(crate) async fn revoke(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(id): Path<TokenId>,
) -> Result<StatusCode> {
    let caller = signed.with(Scope::Administer)?;
    let line = app.line(AuditAction::TokenRevoked).by(caller.member.id).about(id).from(from);
    let removed = database::transaction!(app.database(), |tx| {
        let removed = database::tokens::remove(&mut tx, id, caller.member.id).await?;
        if removed {
            database::audit::record(&mut tx, &line).await?;
        }
        Ok(removed)
    })?;
    if !removed {
        return Err(Error::NotFound("token"));
    }
    app.revoke(Revoked::Token(id));
    Ok(StatusCode::NO_CONTENT)
}

fn show(token: &identity::ApiToken) -> ApiToken {
    let scope = |scope| match scope {
        Scope::Listen => wire::Scope::Listen,
        Scope::Add => wire::Scope::Add,
        Scope::Control => wire::Scope::Control,
        Scope::Administer => wire::Scope::Administer,
    };
    ApiToken {
        id: token.id.to_string(),
        label: token.label.clone(),
        scopes: token.scopes.iter().map(scope).collect(),
        created_at_ms: token.created_at.millis(),
        last_used_at_ms: token.last_used_at.map(model::WallTime::millis),
        expires_at_ms: token.expires_at.map(model::WallTime::millis),
    }
}

const fn scope_of(scope: wire::Scope) -> Scope {
    match scope {
        wire::Scope::Listen => Scope::Listen,
        wire::Scope::Add => Scope::Add,
        wire::Scope::Control => Scope::Control,
        wire::Scope::Administer => Scope::Administer,
    }
}
