//! Whether the process lives, whether it can serve, and its numbers.

use crate::app::App;
use crate::error::{Error, Result};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use protocol::http::{Health, Readiness, ReadinessCheck};

/// Whether the process lives. Touches nothing.
#[utoipa::path(get, operation_id = "get_health", path = "/health", tag = "server", responses((status = 200, body = Health)))]
pub(crate) async fn health() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response()
}

/// Whether the server can serve: its database answers, its files can be written, and it is not going away.
// And it has a certificate, where it ends TLS itself.
#[utoipa::path(get, operation_id = "get_readiness", path = "/ready", tag = "server", responses(
    (status = 200, body = Readiness), (status = 503, body = Readiness, description = "Not now")
))]
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let checks = readiness(&app).await;
    let ready = checks.iter().all(|check| check.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(Readiness { ready, checks })).into_response()
}

/// What the server needs in order to serve, each with what is wrong.
pub(crate) async fn readiness(app: &App) -> Vec<ReadinessCheck> {
    let check = |name: &str, outcome: Result<(), String>| ReadinessCheck {
        name: name.to_owned(),
        ok: outcome.is_ok(),
        detail: outcome.err(),
    };
    let database = app.database().ping().await.map_err(|error| error.to_string());
    let files = app.blobs().writer(1).await.map(drop).map_err(|error| error.to_string());
    let staying =
        if app.lifecycle().is_draining() { Err("the server is going away".to_owned()) } else { Ok(()) };
    let mut checks = vec![check("database", database), check("files", files), check("lifecycle", staying)];
    if let Some(tls) = &app.config().tls {
        let (ok, detail) = tls.readiness(app.now(), app.lifecycle().is_serving());
        checks.push(ReadinessCheck { name: "certificates".to_owned(), ok, detail });
    }
    checks
}

/// Numbers for Prometheus (text format 0.0.4).
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response> {
    if !app.config().public_metrics {
        return Err(Error::NotFound("address"));
    }
    Ok(render(&app))
}

/// The numbers as text.
pub(crate) fn render(app: &App) -> Response {
    app.metrics().run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics().render())
        .into_response()
}
