//! The contract, for programs and for people.

use super::openapi as document;
use crate::app::App;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::header;

/// The OpenAPI document.
pub(crate) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document()).into_response()
}

/// The AsyncAPI document.
pub(crate) async fn asyncapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], crate::asyncapi()).into_response()
}

/// The HTTP contract, to read.
pub(crate) async fn page(State(app): State<App>) -> Response {
    crate::web::secured(&app, Html(crate::reference::page(&super::api().into_openapi())).into_response())
}

/// Every problem code, to read.
pub(crate) async fn problems(State(app): State<App>) -> Response {
    crate::web::secured(&app, Html(crate::reference::problems()).into_response())
}
