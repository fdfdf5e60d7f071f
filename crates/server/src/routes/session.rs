//! This browser's session: who it is, its name, signing out, and links for other devices.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Signed, Site, Visitor};
use crate::revocation::Revoked;
use crate::{arrival, cookie};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use identity::{
    AuditAction, Caller, Invitation, MemberName, Proof, Purpose, SIGN_IN_LIFETIME, SOCKET_TOKEN_LIFETIME,
    Scope, Secret, SecretKind, SocketTokenClaims,
};
use model::InvitationId;
use protocol::http::{Session, SignInLink, SocketToken};
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

/// Who this browser is signed in as.
#[utoipa::path(get, operation_id = "get_session", path = "/api/v1/session", tag = "people", responses((status = 200, body = Session)))]
pub(crate) async fn show(State(app): State<App>, Visitor(caller): Visitor) -> Result<Json<Session>> {
    let mut session = arrival::session(caller.as_ref());
    if let Some(Caller { member, .. }) = caller
        && let Some(picture) = database::avatars::get(app.database(), member.id).await?
    {
        // Another picture has another address, so that a browser does not go on showing the old one.
        session.avatar_url = Some(format!("/api/v1/members/{}/avatar?of={picture}", member.id));
    }
    Ok(Json(session))
}

/// `PATCH /api/v1/session`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameBody {
    /// The new name, 1 to 40 characters.
    name: String,
}

/// Changes one's name.
#[utoipa::path(patch, operation_id = "rename_me", path = "/api/v1/session", tag = "people", request_body = RenameBody, responses(
    (status = 200, body = Session), (status = 422, body = Problem)
))]
pub(crate) async fn rename(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<RenameBody>,
) -> Result<Json<Session>> {
    let mut caller = signed.with(Scope::Administer)?;
    let name = MemberName::parse(&body.name).map_err(|error| Error::invalid("name", error))?;
    database::members::rename(app.database(), caller.member.id, &name).await?;
    caller.member.name = name;
    Ok(Json(arrival::session(Some(&caller))))
}

/// Signs this browser out.
#[utoipa::path(delete, operation_id = "sign_out", path = "/api/v1/session", tag = "people", responses((status = 204)))]
pub(crate) async fn sign_out(
    State(app): State<App>,
    site: Site,
    signed: Signed,
    ClientAddress(from): ClientAddress,
) -> Result<Response> {
    let Proof::Device(device) = signed.0.proof else {
        return Err(Error::NotAllowed("a token is revoked, not signed out"));
    };
    let member = signed.0.member.id;
    let line = app.line(AuditAction::SignedOut).by(member).about(device).from(from);
    database::transaction!(app.database(), |tx| {
        if database::devices::remove(&mut tx, device, member).await? {
            database::audit::record(&mut tx, &line).await?;
        }
        Ok(())
    })?;
    app.revoke(Revoked::Device(device));
    let mut response = StatusCode::NO_CONTENT.into_response();
    for cookie in cookie::sign_out(&site) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Makes a link that signs the same person in on another device. Good once, for ten minutes.
#[utoipa::path(post, operation_id = "create_sign_in_link", path = "/api/v1/session/links", tag = "people", responses((status = 200, body = SignInLink)))]
pub(crate) async fn link(
    State(app): State<App>,
    site: Site,
    signed: Signed,
    ClientAddress(from): ClientAddress,
) -> Result<Json<SignInLink>> {
    let caller = signed.with(Scope::Administer)?;
    app.rates().opening(caller.member.id)?;
    let secret = app.draw(|entropy| Secret::generate(SecretKind::Link, entropy));
    let now = app.now();
    let invitation = Invitation {
        id: app.generate(InvitationId::generate),
        purpose: Purpose::SignIn(caller.member.id),
        created_by: Some(caller.member.id),
        created_at: now,
        expires_at: now.plus(SIGN_IN_LIFETIME),
        uses_left: 1,
    };
    let line = app.line(AuditAction::SignInLinkMade).by(caller.member.id).about(invitation.id).from(from);
    database::transaction!(app.database(), |tx| {
        database::invitations::insert(&mut tx, &invitation, secret.hash()).await?;
        database::audit::record(&mut tx, &line).await
    })?;
    Ok(Json(SignInLink {
        url: format!("{}/join#{}", site.base, secret.reveal()),
        expires_at_ms: invitation.expires_at.millis(),
    }))
}

/// A token for a socket client that sends no cookie. It ends after ten minutes; refresh it on the live socket.
#[utoipa::path(post, operation_id = "create_socket_token", path = "/api/v1/session/socket-token", tag = "people", responses((status = 200, body = SocketToken)))]
pub(crate) async fn socket_token(State(app): State<App>, signed: Signed) -> Result<Json<SocketToken>> {
    let caller = signed.with(Scope::Listen)?;
    let expires_at = app.now().plus(SOCKET_TOKEN_LIFETIME);
    let claims = SocketTokenClaims { member: caller.member.id, proof: caller.proof, expires_at };
    let token = app.socket_tokens().sign(claims);
    Ok(Json(SocketToken { token, expires_in_s: SOCKET_TOKEN_LIFETIME.as_secs() }))
}
