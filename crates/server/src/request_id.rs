//! The name of a request: in its answer's `x-request-id`, in every log line about it, and in problems.

use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};
use model::RequestId;
use tracing::Instrument as _;

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request being answered, if there is one.
pub(crate) fn current() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Names the request, counts it, and logs its answer.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.generate(RequestId::generate).to_string();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route =
        request.extensions().get::<MatchedPath>().map_or("other", |matched| matched.as_str()).to_owned();
    let span = tracing::info_span!("request", id, %method, path);
    let began = app.clock().instant();
    let mut response = REQUEST_ID.scope(id.clone(), next.run(request)).instrument(span.clone()).await;
    let took = app.clock().instant().since(began);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, took_us = took.as_micros() as u64, "answered"));
    metrics::counter!("http_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(took.as_secs_f64());
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !app.lifecycle().is_serving() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
