//! The private door of a process: a socket in the file system at which whoever runs the machine asks how it is, opens and
//! closes its gate, and has it send everybody away. Who may open the file may do all of that; nobody else comes here.

use crate::app::App;
use crate::lifecycle::{Lifecycle, Stance};
use crate::local_socket;
use crate::routes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::future::BoxFuture;
use http::{StatusCode, header};
use protocol::http::{Canary, Slot};
use std::sync::Arc;
use tokio::net::UnixListener;

/// Asked before a process takes connections: it may have waited while the database changed. Why not, where it may not.
pub type MayServe = dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// What can be asked at the private door.
///
/// `GET /health`, `/ready`, `/metrics` are as in public; the numbers are here whatever is served there. `GET /slot` says
/// where the process stands and how many are there. `POST /accept/open` has it take connections, `/accept/close` take no
/// more and keep those it has, `/drain` send them away too; each answers as `/slot` does, 409 when the process is ending,
/// or may not serve (any more), with why.
/// `POST /canary` has some people answered by the process that is named, until `/canary/end` or its time is over.
pub fn private_router(app: &App, may_serve: Arc<MayServe>) -> Router {
    let opening = async move |State(app): State<App>| {
        // Whoever serves already goes on.
        let may = if app.lifecycle().is_serving() { Ok(()) } else { may_serve().await };
        match may {
            Ok(()) => take(&app, Stance::Serving),
            Err(why) => (StatusCode::CONFLICT, why).into_response(),
        }
    };
    let slot = async |State(app): State<App>| Json(described(&app));
    let taking = |wanted| async move |State(app): State<App>| take(&app, wanted);
    Router::new()
        .merge(routes::vital_signs())
        .route("/slot", get(slot))
        .route("/accept/open", post(opening))
        .route("/accept/close", post(taking(Stance::Waiting)))
        .route("/drain", post(taking(Stance::Leaving)))
        .route("/canary", post(try_on_some))
        .route("/canary/end", post(end_trial))
        .with_state(app.clone())
}

fn take(app: &App, wanted: Stance) -> Response {
    let taken = app.lifecycle().take(wanted);
    tracing::info!(wanted = wanted.as_str(), stance = taken.as_str(), "told at the private door");
    let status = if taken == wanted { StatusCode::OK } else { StatusCode::CONFLICT };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(described(app))).into_response()
}

async fn try_on_some(State(app): State<App>, Json(canary): Json<Canary>) -> Json<Slot> {
    app.trials().begin(canary, app.clock().instant());
    Json(described(&app))
}

async fn end_trial(State(app): State<App>) -> Json<Slot> {
    app.trials().end();
    Json(described(&app))
}

fn described(app: &App) -> Slot {
    let life = app.lifecycle();
    Slot {
        stance: life.stance().as_str().to_owned(),
        visitors: life.visitor_count() as u64,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        process: std::process::id(),
    }
}

/// Serves the private door until the lifecycle stops.
pub async fn serve_private(listener: UnixListener, router: Router, lifecycle: Lifecycle) {
    local_socket::serve(listener, router, lifecycle, false).await;
}
