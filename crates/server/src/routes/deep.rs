//! How every part of the server is, looked at closely: for administrators, and for programs with a token that reaches as far.

use crate::app::App;
use crate::error::Result;
use crate::extract::Signed;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use protocol::http::DeepHealth;
use protocol::problem::Problem;

/// How each part is: the database written and read, the schema, disks, memory, backups, certificates, background work, the
/// clock, the bus; and which alerts are on. It is looked at again after 5 s.
#[utoipa::path(get, operation_id = "get_deep_health", path = "/health/deep", tag = "server", responses(
    (status = 200, body = DeepHealth), (status = 403, body = Problem),
    (status = 503, body = DeepHealth, description = "A part is not well")
))]
pub(crate) async fn deep(State(app): State<App>, signed: Signed) -> Result<Response> {
    signed.administrator()?;
    let found = app.deep().look(&app).await;
    let status = if found.well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, [(header::CACHE_CONTROL, "no-store")], Json(found.as_ref())).into_response())
}
