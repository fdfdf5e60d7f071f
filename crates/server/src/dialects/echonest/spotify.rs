//! `/api/spotify/…`: EchoNest controlled one account of its administrator's. Here nobody's device is moved by others: each
//! listener's client steers its own, so these routes say that there is no such account.

use super::ask::Proven;
use super::refused::{Answer, Refused};
use crate::error::Error;
use axum::Json;
use http::StatusCode;
use identity::Scope;
use protocol::echonest as wire;

pub(super) async fn absent(proven: Proven) -> Answer<(StatusCode, Json<wire::Refused>)> {
    proven.with(Scope::Listen)?;
    let error = Error::NotFound("account: the server controls no Spotify device");
    Err(Refused::with(error, StatusCode::SERVICE_UNAVAILABLE, "not_configured"))
}
