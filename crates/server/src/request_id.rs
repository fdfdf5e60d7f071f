//! The name of a request: in its answer's `x-request-id`, in every log line about it, and in problems.

use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};
use model::{RequestId, ServerInstant, WallTime};
use otlp::{Answered, Parent};
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
    let kept = Kept::begin(&app, &request);
    let span = tracing::info_span!("request", id, %method, path);
    let began = app.clock().instant();
    let mut response = REQUEST_ID.scope(id.clone(), next.run(request)).instrument(span.clone()).await;
    let took = app.clock().instant().since(began);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, took_us = took.as_micros() as u64, "answered"));
    kept.end(&app, method.as_str(), (route != OTHER).then_some(&route), status, &id);
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

/// When a request began, and what it belongs to, for its span.
struct Kept {
    began: (WallTime, ServerInstant),
    parent: Option<Parent>,
}

impl Kept {
    /// Who passes requests on says what they belong to, where there is somebody who is trusted with it.
    fn begin(app: &App, request: &Request) -> Self {
        let is_wanted = app.config().traces.is_some() && app.config().trusted_proxies > 0;
        let header = is_wanted.then(|| request.headers().get("traceparent")).flatten();
        let parent = header.and_then(|header| Parent::read(header.to_str().ok()?));
        Self { began: (app.now(), app.clock().instant()), parent }
    }

    fn end(self, app: &App, method: &str, route: Option<&String>, status: u16, request_id: &str) {
        let Some(traces) = &app.config().traces else { return };
        let (parent, route) = (self.parent, route.map(String::as_str));
        let took = app.clock().instant().since(self.began.1);
        let answered = Answered { method, route, status, request_id, parent, began: self.began.0, took };
        let chance = app.draw(|entropy| [entropy.next_u64(), entropy.next_u64(), entropy.next_u64()]);
        traces.record(&answered, chance);
    }
}
