//! JSON bodies and query strings, bounded in size and time, refused with a sentence that names the field.

use crate::error::{Error, Result};
use crate::limits;
use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http::header;
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

/// A JSON body. An empty body reads as `{}`.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let said =
            parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return from_slice(b"{}").map(Self);
        }
        // A form of another site can send text/plain without asking first; JSON it cannot.
        if !said.starts_with("application/json") {
            return Err(Error::invalid("content-type", "send the body as application/json"));
        }
        from_slice(&bytes).map(Self)
    }
}

pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // Serde would also take a list, its items for the fields in order: a form nobody documented.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::invalid("body", "a JSON object is expected"));
    }
    serde_json::from_slice(bytes).map_err(|error| Error::invalid("body", error))
}

/// A body as it came, whatever it is called: its signature is over its bytes.
pub(crate) struct Raw(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        read(request.into_body()).await.map(Self)
    }
}

async fn read(body: axum::body::Body) -> Result<Bytes> {
    let collected = Limited::new(body, limits::JSON_BYTES_MAX).collect();
    match tokio::time::timeout(limits::JSON_TIME_MAX, collected).await {
        Err(_) => Err(Error::TooSlow),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Error::TooLarge { what: "body", bytes_max: limits::JSON_BYTES_MAX as u64 })
        }
        Ok(Err(_)) => Err(Error::Incomplete),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
    }
}

/// A query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|error| Error::invalid("query", error.body_text()))
    }
}
