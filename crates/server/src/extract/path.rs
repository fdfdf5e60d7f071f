//! The parameters of a path, parsed. What cannot be an id names nothing.

use crate::error::{Error, Result};
use axum::extract::FromRequestParts;
use http::request::Parts;
use std::str::FromStr;

/// The only parameter of a path.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let axum::extract::Path(text) = axum::extract::Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::NotFound("address"))?;
        text.parse().map(Self).map_err(|_| Error::NotFound("thing with that id"))
    }
}

/// Several parameters of a path, in order, as texts.
pub(crate) struct Names<const N: usize>(pub(crate) [String; N]);

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for Names<N> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let none = || Error::NotFound("address");
        let found = axum::extract::Path::<Vec<String>>::from_request_parts(parts, state).await;
        let axum::extract::Path(texts) = found.map_err(|_| none())?;
        texts.try_into().map(Self).map_err(|_| none())
    }
}
