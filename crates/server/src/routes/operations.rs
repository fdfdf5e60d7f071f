//! How the server is run, on one page, for administrators.

use crate::app::App;
use crate::error::Result;
use crate::extract::Signed;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use protocol::http::Operations;
use protocol::problem::Problem;

/// How the server is run: the process, the parts of the close look, alerts, the schema, backups and drills, releases and
/// their changes, the environments that are declared, what takes room. It is looked at again after 5 s, places of backups
/// after a minute, sizes after ten.
#[utoipa::path(get, operation_id = "get_operations", path = "/api/v1/operations", tag = "server", responses(
    (status = 200, body = Operations), (status = 403, body = Problem)
))]
pub(crate) async fn show(State(app): State<App>, signed: Signed) -> Result<Response> {
    signed.administrator()?;
    let found = app.page().look(&app).await;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(found.as_ref())).into_response())
}
