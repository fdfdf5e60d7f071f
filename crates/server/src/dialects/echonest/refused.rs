//! How a refusal looks to EchoNest's clients: `{"error", "message"}`, and 401 for whoever must stop asking.

use crate::error::Error;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use protocol::echonest as wire;

/// A result whose error is told in EchoNest's shape.
pub(super) type Answer<T> = Result<T, Refused>;

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Refused {
    error: Error,
    /// EchoNest's own status and code, where a client looks at them.
    said: Option<(StatusCode, &'static str)>,
}

impl Refused {
    pub(super) const fn with(error: Error, status: StatusCode, code: &'static str) -> Self {
        Self { error, said: Some((status, code)) }
    }
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self { error: error.into(), said: None }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = self.error.to_problem();
        let mut answer = self.error.into_response();
        let status = match answer.status() {
            // What cannot be done, or makes no sense, has one status there.
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT => StatusCode::BAD_REQUEST,
            status => status,
        };
        let (status, code) = self.said.unwrap_or((status, ""));
        let error = if code.is_empty() { problem.code } else { code.to_owned() };
        let message = problem.detail;
        let body = serde_json::to_vec(&wire::Refused { error, message }).unwrap_or_default();
        *answer.status_mut() = status;
        *answer.body_mut() = body.into();
        let headers = answer.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}
