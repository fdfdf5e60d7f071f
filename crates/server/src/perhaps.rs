//! What may be there or not, where not being there is no fault: 200 with it, or 204. A browser prints each 404 as an
//! error, and whoever asks "is there one?" has made none.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

pub(crate) struct Perhaps<T>(pub(crate) Option<T>);

impl<T: Serialize> IntoResponse for Perhaps<T> {
    fn into_response(self) -> Response {
        self.0.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |there| Json(there).into_response())
    }
}
