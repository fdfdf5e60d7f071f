//! Uploads: one file a request, streamed to disk while it is hashed, looked at in a worker process.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Query as Asked, Signed};
use crate::{intake, library_wire, limits};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use identity::Scope;
use protocol::http::UploadOutcome;
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// The file's name: the title, if its tags have none. Never used as a path.
    name: String,
}

/// Adds a file to the library. The body is the file.
#[utoipa::path(post, operation_id = "upload_track", path = "/api/v1/uploads", tag = "library", params(UploadQuery),
    request_body(content_type = "application/octet-stream", content = Vec<u8>), responses(
    (status = 201, body = UploadOutcome), (status = 200, body = UploadOutcome, description = "It was there already"),
    (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 507, body = Problem)
))]
pub(crate) async fn upload(
    State(app): State<App>,
    signed: Signed,
    Asked(query): Asked<UploadQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<UploadOutcome>)> {
    let caller = signed.member(Scope::Control)?;
    let bytes_max = app.config().upload_bytes_max;
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > bytes_max) {
        return Err(Error::TooLarge { what: "file", bytes_max });
    }
    let _place = app.uploads().try_acquire().map_err(|_| Error::Busy)?;
    let mut writer = app.blobs().writer(bytes_max).await?;
    let mut chunks = body.into_data_stream();
    loop {
        match tokio::time::timeout(limits::UPLOAD_SILENCE_MAX, chunks.next()).await {
            Err(_) => return Err(Error::TooSlow),
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(Error::Incomplete),
            Ok(Some(Ok(chunk))) => writer.write(chunk).await?,
        }
    }
    if announced.is_some_and(|bytes| bytes != writer.bytes()) {
        return Err(Error::Incomplete);
    }
    let (track, duplicate) = intake::upload(&app, writer, &query.name, caller.member.id).await?;
    let status = if duplicate { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(UploadOutcome { track: library_wire::track(&track), duplicate })))
}
