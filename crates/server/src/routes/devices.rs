//! The browsers and apps a person is signed in on.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Path, Signed};
use crate::revocation::Revoked;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use identity::{AuditAction, Proof, Scope};
use model::DeviceId;
use protocol::http::Device;
use protocol::problem::Problem;

/// One's own devices, the last used first.
#[utoipa::path(get, operation_id = "list_devices", path = "/api/v1/session/devices", tag = "people", responses((status = 200, body = Vec<Device>)))]
pub(crate) async fn list(State(app): State<App>, signed: Signed) -> Result<Json<Vec<Device>>> {
    let caller = signed.with(Scope::Administer)?;
    let devices = database::devices::list(app.database(), caller.member.id).await?;
    let show = |device: identity::Device| Device {
        id: device.id.to_string(),
        current: caller.proof == Proof::Device(device.id),
        label: device.label,
        created_at_ms: device.created_at.millis(),
        last_seen_at_ms: device.last_seen_at.millis(),
    };
    Ok(Json(devices.into_iter().map(show).collect()))
}

/// Signs a device out; its sockets are closed.
#[utoipa::path(delete, operation_id = "sign_out_device", path = "/api/v1/session/devices/{id}", tag = "people", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = Problem)
))]
pub(crate) async fn sign_out(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(id): Path<DeviceId>,
) -> Result<StatusCode> {
    let caller = signed.with(Scope::Administer)?;
    let line = app.line(AuditAction::SignedOut).by(caller.member.id).about(id).from(from);
    let removed = database::transaction!(app.database(), |tx| {
        let removed = database::devices::remove(&mut tx, id, caller.member.id).await?;
        if removed {
            database::audit::record(&mut tx, &line).await?;
        }
        Ok(removed)
    })?;
    if !removed {
        return Err(Error::NotFound("device"));
    }
    app.revoke(Revoked::Device(id));
    Ok(StatusCode::NO_CONTENT)
}
