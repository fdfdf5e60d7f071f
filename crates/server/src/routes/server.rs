//! The server as a whole, and its demo.

use crate::app::App;
use crate::error::Result;
use crate::extract::Signed;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::http::{ServerInfo, SignInProvider};
use protocol::problem::Problem;

/// What a visitor may know before signing in.
#[utoipa::path(get, operation_id = "get_server", path = "/api/v1/server", tag = "server", responses((status = 200, body = ServerInfo)))]
pub(crate) async fn server(State(app): State<App>) -> Result<Json<ServerInfo>> {
    Ok(Json(ServerInfo {
        name: app.config().name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: protocol::VERSION,
        needs_setup: database::members::count_administrators(app.database()).await? == 0,
        track_count: database::tracks::count(app.database()).await?,
        has_demo: crate::intake::has_demo(&app).await?,
        sign_in: app
            .sign_in()
            .offered()
            .map(|(id, name)| SignInProvider { id: id.to_owned(), name: name.to_owned() })
            .collect(),
        upload_bytes_max: app.config().upload_bytes_max,
    }))
}

/// Puts the demo pieces, which rookery synthesises, into the library. They appear one by one.
#[utoipa::path(post, operation_id = "add_demo", path = "/api/v1/demo", tag = "server", responses(
    (status = 202, description = "Under way"), (status = 403, body = Problem)
))]
pub(crate) async fn demo(State(app): State<App>, signed: Signed) -> Result<StatusCode> {
    let caller = signed.administrator()?;
    crate::intake::demo(&app, Some(caller.member.id)).await?;
    Ok(StatusCode::ACCEPTED)
}
