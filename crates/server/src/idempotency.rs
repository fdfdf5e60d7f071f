//! `Idempotency-Key`: a request that is sent twice is carried out once, and both get the same answer.

use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use axum::Json;
use axum::response::{IntoResponse, Response};
use database::idempotency::{self as keys, Begun};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::MemberId;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::future::Future;
use tokio::sync::oneshot;

/// What tells one request from another.
pub(crate) fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Does the work, unless the request's key says that it was done. With a key the work goes on when the client hangs up:
/// it will ask again, and must then hear what became of it.
pub(crate) async fn once<T: Serialize + Send + 'static>(
    app: &App,
    member: MemberId,
    headers: &HeaderMap,
    digest: String,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<Response> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(Json(work.await?).into_response()) };
    let key = key.to_str().ok().filter(|key| (1..=limits::IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len()));
    let key = key.ok_or_else(|| Error::invalid("idempotency-key", "1 to 128 visible ASCII characters"))?;
    let (answered, answer) = oneshot::channel();
    let (task, key) = (app.clone(), key.to_owned());
    app.lifecycle().spawn(async move {
        // Nobody waits for it any more: it is kept for the next time.
        let _ = answered.send(keyed(&task, member, &key, &digest, work).await);
    });
    answer.await.map_err(|_| Error::Busy)?
}

async fn keyed<T: Serialize>(
    app: &App,
    member: MemberId,
    key: &str,
    digest: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<Response> {
    let now = app.now();
    match keys::begin(app.database(), member, key, digest, now, now.plus(limits::IDEMPOTENCY_KEPT)).await? {
        Begun::First => {}
        Begun::UnderWay => return Err(Error::UnderWay),
        Begun::Reused => return Err(Error::KeyReused),
        Begun::Answered { status, body } => return Ok(answer(status, body)),
    }
    match work.await {
        Ok(done) => {
            let body =
                serde_json::to_vec(&done).map_err(|_| Error::Fault("an answer could not be encoded"))?;
            keys::finish(app.database(), member, key, 200, &body).await?;
            Ok(answer(200, body))
        }
        // A refusal changed nothing; the same request may succeed later.
        Err(error) => {
            keys::abandon(app.database(), member, key).await?;
            Err(error)
        }
    }
}

fn answer(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, [json], body).into_response()
}
