//! The name of a request: in its answer's `x-request-id`, in every log line about it, and in problems.

use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};
use model::{RequestId, WallTime};
use otlp::{Answered, Parent, Traces};
use tracing::Instrument as _;

/// The route of what fits none.
const OTHER: &str = "other";

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
        request.extensions().get::<MatchedPath>().map_or(OTHER, |matched| matched.as_str()).to_owned();
    let traced = Traced::begin(&app, &request);
    let span = tracing::info_span!("request", id, %method, path);
    let began = app.clock().instant();
    let mut response = REQUEST_ID.scope(id.clone(), next.run(request)).instrument(span.clone()).await;
    let took = app.clock().instant().since(began);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, took_us = took.as_micros() as u64, "answered"));
    if let Some(Traced { traces, began, parent }) = traced {
        let route = (route != OTHER).then_some(&*route);
        let (method, request_id) = (method.as_str(), &*id);
        let answered = Answered { method, route, status, request_id, parent, began, took };
        traces.record(&answered, || app.draw(|entropy| entropy.next_u64()));
    }
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

/// Where spans of requests go, if they go anywhere; when this one began, and what it belongs to.
struct Traced<'a> {
    traces: &'a Traces,
    began: WallTime,
    parent: Option<Parent>,
}

impl<'a> Traced<'a> {
    /// Who passes requests on says what they belong to, where there is somebody who is trusted with it.
    fn begin(app: &'a App, request: &Request) -> Option<Self> {
        let traces = app.config().traces.as_ref()?;
        let is_trusted = app.config().trusted_proxies > 0;
        let header = is_trusted.then(|| request.headers().get("traceparent")).flatten();
        let parent = header.and_then(|header| Parent::read(header.to_str().ok()?));
        Some(Self { traces, began: app.now(), parent })
    }
}
