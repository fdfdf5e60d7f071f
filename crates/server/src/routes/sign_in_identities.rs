//! The accounts elsewhere that sign one in: look, and unlink.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Path, Query, Signed};
use crate::sign_in::Fault;
use axum::Json;
use axum::extract::State;
use database::identities;
use http::StatusCode;
use identity::{AuditAction, LinkedIdentity, Scope};
use model::IdentityId;
use protocol::http::Identity;
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// One's own linked accounts, oldest first.
#[utoipa::path(get, operation_id = "list_identities", path = "/api/v1/session/identities", tag = "people", responses((status = 200, body = Vec<Identity>)))]
pub(crate) async fn list(State(app): State<App>, signed: Signed) -> Result<Json<Vec<Identity>>> {
    let caller = signed.with(Scope::Administer)?;
    let linked = identities::list(app.database(), caller.member.id).await?;
    Ok(Json(linked.iter().map(|identity| show(&app, identity)).collect()))
}

pub(crate) fn show(app: &App, identity: &LinkedIdentity) -> Identity {
    Identity {
        id: identity.id.to_string(),
        provider_name: app.sign_in().name_of(&identity.issuer).to_owned(),
        address: app.sign_in().address_of(identity),
        created_at_ms: identity.created_at.millis(),
        last_used_at_ms: identity.last_used_at.millis(),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnlinkQuery {
    /// Unlink it although it is the last one. Without that, `last_way_in` warns.
    #[serde(default)]
    even_if_last: bool,
}

/// Unlinks an account. The last one only on express wish: afterwards nothing but links and signed-in devices lead in.
#[utoipa::path(delete, operation_id = "unlink_identity", path = "/api/v1/session/identities/{id}", tag = "people", params(("id" = String, Path), UnlinkQuery), responses(
    (status = 204), (status = 404, body = Problem), (status = 409, body = Problem)
))]
pub(crate) async fn unlink(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<IdentityId>,
    ClientAddress(from): ClientAddress,
    Query(query): Query<UnlinkQuery>,
) -> Result<StatusCode> {
    let member = signed.with(Scope::Administer)?.member.id;
    let line = app.line(AuditAction::IdentityUnlinked).by(member).about(id).from(from);
    let outcome = database::transaction!(app.database(), |tx| {
        let linked = identities::list(&mut tx, member).await?;
        let Some(identity) = linked.iter().find(|identity| identity.id == id) else { return Ok(None) };
        if linked.len() == 1 && !query.even_if_last {
            return Ok(Some(Err(Fault::LastWayIn)));
        }
        identities::remove(&mut tx, id, member).await?;
        let line = line.clone().saying(app.sign_in().name_of(&identity.issuer));
        database::audit::record(&mut tx, &line).await?;
        Ok(Some(Ok(())))
    })?;
    match outcome {
        None => Err(Error::NotFound("linked account")),
        Some(Err(fault)) => Err(fault.into()),
        Some(Ok(())) => Ok(StatusCode::NO_CONTENT),
    }
}
