//! Invitations: links that make members, and what happens to whoever follows one.

use crate::app::App;
use crate::arrival::{self, Door, SignedIn};
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Path, Signed, Site, same_site};
use crate::limits;
use axum::Json;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use identity::{
    AuditAction, INVITATION_LIFETIME_MAX, INVITATION_LIFETIME_MIN, INVITATION_USES_MAX, MemberName, Purpose,
    Secret, SecretKind,
};
use model::{InvitationId, ServerRole};
use protocol::http as wire;
use protocol::http::{
    CreateInvitationBody, CreatedInvitation, Invitation, InvitationPreview, RedeemBody, Session,
};
use protocol::problem::Problem;
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

/// Open invitations, newest first.
#[utoipa::path(get, operation_id = "list_invitations", path = "/api/v1/invitations", tag = "people", responses(
    (status = 200, body = Vec<Invitation>), (status = 403, body = Problem)
))]
pub(crate) async fn list(State(app): State<App>, signed: Signed) -> Result<Json<Vec<Invitation>>> {
    signed.administrator()?;
    let invitations = database::invitations::list(app.database(), app.now(), limits::PAGE_ITEMS_MAX).await?;
    Ok(Json(invitations.iter().filter_map(show).collect()))
}

fn show(invitation: &identity::Invitation) -> Option<Invitation> {
    let Purpose::Join(role) = invitation.purpose else { return None };
    Some(Invitation {
        id: invitation.id.to_string(),
        role: arrival::role(role),
        uses_left: invitation.uses_left,
        expires_at_ms: invitation.expires_at.millis(),
        created_at_ms: invitation.created_at.millis(),
    })
}

/// Makes an invitation. Its link is shown once.
#[utoipa::path(post, operation_id = "create_invitation", path = "/api/v1/invitations", tag = "people", request_body = CreateInvitationBody, responses(
    (status = 201, body = CreatedInvitation), (status = 403, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn create(
    State(app): State<App>,
    site: Site,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Body(body): Body<CreateInvitationBody>,
) -> Result<(StatusCode, Json<CreatedInvitation>)> {
    let caller = signed.administrator()?;
    app.rates().opening(caller.member.id)?;
    let role = match body.role {
        wire::ServerRole::Guest => {
            return Err(Error::invalid("role", "guests need no invitation: share a nest's link"));
        }
        wire::ServerRole::Member => ServerRole::Member,
        wire::ServerRole::Administrator => ServerRole::Administrator,
    };
    if !(1..=INVITATION_USES_MAX).contains(&body.uses_max) {
        return Err(Error::invalid("uses_max", format!("1 to {INVITATION_USES_MAX}")));
    }
    let lifetime = Duration::from_secs(body.expires_in_s);
    if !(INVITATION_LIFETIME_MIN..=INVITATION_LIFETIME_MAX).contains(&lifetime) {
        return Err(Error::invalid("expires_in_s", "one minute to 30 days"));
    }
    let now = app.now();
    let invitation = identity::Invitation {
        id: app.generate(InvitationId::generate),
        purpose: Purpose::Join(role),
        created_by: Some(caller.member.id),
        created_at: now,
        expires_at: now.plus(lifetime),
        uses_left: body.uses_max,
    };
    let secret = app.draw(|entropy| Secret::generate(SecretKind::Link, entropy));
    let line = app.line(AuditAction::InvitationMade).by(caller.member.id).about(invitation.id);
    let line = line.saying(format!("{role:?}, {} places", body.uses_max)).from(from);
    database::transaction!(app.database(), |tx| {
        database::invitations::insert(&mut tx, &invitation, secret.hash()).await?;
        database::audit::record(&mut tx, &line).await
    })?;
    tracing::info!(by = %caller.member.id, invitation = %invitation.id, ?role, "an invitation was made");
    let url = format!("{}/join#{}", site.base, secret.reveal());
    let invitation = show(&invitation).ok_or(Error::Fault("an invitation invites"))?;
    Ok((StatusCode::CREATED, Json(CreatedInvitation { invitation, url })))
}

/// Ends an invitation.
#[utoipa::path(delete, operation_id = "revoke_invitation", path = "/api/v1/invitations/{id}", tag = "people", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = Problem)
))]
pub(crate) async fn revoke(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(id): Path<InvitationId>,
) -> Result<StatusCode> {
    let caller = signed.administrator()?;
    let line = app.line(AuditAction::InvitationRevoked).by(caller.member.id).about(id).from(from);
    let removed = database::transaction!(app.database(), |tx| {
        let removed = database::invitations::remove(&mut tx, id).await?;
        if removed {
            database::audit::record(&mut tx, &line).await?;
        }
        Ok(removed)
    })?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound("invitation")) }
}

/// `POST /api/v1/invitations/preview`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// The secret of the link.
    token: String,
}

/// What a link leads to, before it is used.
#[utoipa::path(post, operation_id = "preview_invitation", path = "/api/v1/invitations/preview", tag = "people", request_body = PreviewBody, responses(
    (status = 200, body = InvitationPreview), (status = 410, body = Problem)
))]
pub(crate) async fn preview(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Body(body): Body<PreviewBody>,
) -> Result<Json<InvitationPreview>> {
    let invitation = arrival::look_up(&app, &body.token, from).await?;
    let name_of = async |id: Option<model::MemberId>| -> Result<Option<identity::Member>> {
        match id {
            Some(id) => Ok(database::members::get(app.database(), id).await?),
            None => Ok(None),
        }
    };
    let invited_by =
        name_of(invitation.created_by).await?.map_or(String::new(), |member| member.name.to_string());
    let (role, signs_in_as) = match invitation.purpose {
        Purpose::Setup => (ServerRole::Administrator, None),
        Purpose::Join(role) => (role, None),
        Purpose::SignIn(member) => {
            let member = name_of(Some(member)).await?.ok_or(Error::LinkNotValid)?;
            (member.role, Some(member.name.to_string()))
        }
    };
    let server_name = app.config().name.clone();
    Ok(Json(InvitationPreview { server_name, invited_by, role: arrival::role(role), signs_in_as }))
}

/// Uses a link: joins as a new member, or signs in on another device.
#[utoipa::path(post, operation_id = "redeem_invitation", path = "/api/v1/invitations/redeem", tag = "people", request_body = RedeemBody, responses(
    (status = 200, body = Session), (status = 410, body = Problem), (status = 422, body = Problem)
))]
pub(crate) async fn redeem(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    headers: HeaderMap,
    Body(body): Body<RedeemBody>,
) -> Result<SignedIn> {
    if !same_site(&headers, &app) {
        return Err(Error::CrossSite);
    }
    app.rates().arrival(from)?;
    let name = match arrival::look_up(&app, &body.token, from).await?.purpose {
        Purpose::Join(_) => body.name.unwrap_or_default(),
        // The link is for somebody who has a name.
        Purpose::SignIn(_) => "signed in".to_owned(),
        Purpose::Setup => return Err(Error::LinkNotValid),
    };
    let name = MemberName::parse(&name).map_err(|error| Error::invalid("name", error))?;
    arrival::follow(&app, &Door { site: &site, headers: &headers, from }, &body.token, name).await
}
