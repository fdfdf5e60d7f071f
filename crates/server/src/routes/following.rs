//! A nest and Spotify: a device of one's own that follows it, and a client id that its host brings.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Path, Signed};
use crate::nests::{Room, admitted};
use crate::perhaps::Perhaps;
use crate::sources::{client_ids, following};
use axum::Json;
use axum::extract::State;
use database::client_ids::BroughtBy;
use http::StatusCode;
use identity::{AuditAction, Caller, Scope};
use model::NestCode;
use protocol::http::{FollowBody, Following, SpotifyClientId, SpotifyClientIdBody};
use protocol::problem::Problem;

/// The device of mine that follows the nest, and how it fares.
#[utoipa::path(get, operation_id = "get_nest_device", path = "/api/v1/nests/{code}/device", tag = "sources", params(("code" = String, Path)), responses(
    (status = 200, body = Following), (status = 204, description = "None follows it")
))]
pub(crate) async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<Perhaps<Following>> {
    let caller = signed.member(Scope::Control)?;
    admitted(&app, code, &caller)?;
    Ok(Perhaps(app.followings().of(caller.member.id, code)))
}

/// Has a device of mine follow the nest: it starts, seeks and pauses as the nest does, as long as I listen to the nest,
/// by socket or event stream, and on after a restart of the server. How it fares is published on my channel `person:ID`. Again after I took over by hand: it goes on.
#[utoipa::path(put, operation_id = "follow_on_device", path = "/api/v1/nests/{code}/device", tag = "sources", params(("code" = String, Path)), request_body = FollowBody, responses(
    (status = 200, body = Following), (status = 403, body = Problem, description = "`premium_required`"),
    (status = 409, body = Problem, description = "`no_device`, `account_not_connected`, `account_ended`"),
    (status = 429, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn follow(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
    Body(body): Body<FollowBody>,
) -> Result<Json<Following>> {
    let caller = signed.member(Scope::Control)?;
    let room = admitted(&app, code, &caller)?;
    app.rates().outside(caller.member.id)?;
    following::follow(&app, &room, caller.member.id, &body.device).await.map(Json)
}

/// Lets the device go: it is left as it is.
#[utoipa::path(delete, operation_id = "let_device_go", path = "/api/v1/nests/{code}/device", tag = "sources", params(("code" = String, Path)), responses(
    (status = 204), (status = 404, body = Problem)
))]
pub(crate) async fn let_go(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<StatusCode> {
    let caller = signed.member(Scope::Control)?;
    admitted(&app, code, &caller)?;
    if !following::let_go(&app, caller.member.id, Some(code)).await? {
        return Err(Error::NotFound("device that follows"));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The nest, if the caller hosts it.
fn hosted(app: &App, code: NestCode, caller: &Caller) -> Result<Room> {
    let room = admitted(app, code, caller)?;
    if !room.is_hosted_by(caller) {
        return Err(Error::NotAllowed("only who hosts the nest may bring it a client id"));
    }
    Ok(room)
}

/// The client id that the host brought. Hosts.
#[utoipa::path(get, operation_id = "get_nest_spotify_client_id", path = "/api/v1/nests/{code}/spotify-client-id", tag = "sources", params(("code" = String, Path)), responses(
    (status = 200, body = SpotifyClientId), (status = 204, description = "None was brought"), (status = 403, body = Problem)
))]
pub(crate) async fn client_id(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<Perhaps<SpotifyClientId>> {
    let caller = signed.member(Scope::Control)?;
    let room = hosted(&app, code, &caller)?;
    client_ids::brought(&app, BroughtBy::Nest(room.id)).await.map(Perhaps)
}

/// Brings a client id with which people of this nest can connect their accounts. Hosts.
#[utoipa::path(put, operation_id = "bring_nest_spotify_client_id", path = "/api/v1/nests/{code}/spotify-client-id", tag = "sources", params(("code" = String, Path)), request_body = SpotifyClientIdBody, responses(
    (status = 200, body = SpotifyClientId), (status = 403, body = Problem), (status = 409, body = Problem, description = "`client_id_taken`"), (status = 422, body = Problem)
))]
pub(crate) async fn bring_client_id(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(code): Path<NestCode>,
    Body(body): Body<SpotifyClientIdBody>,
) -> Result<Json<SpotifyClientId>> {
    let caller = signed.member(Scope::Control)?;
    let room = hosted(&app, code, &caller)?;
    app.rates().opening(caller.member.id)?;
    let line = app.line(AuditAction::ClientIdBrought).by(caller.member.id).about(room.id);
    let line = line.saying(format!("Spotify, for {code}")).from(from);
    client_ids::bring(&app, BroughtBy::Nest(room.id), &body, &line).await.map(Json)
}

/// Takes the nest's client id away. Accounts that were connected with it have to be connected again. Hosts.
#[utoipa::path(delete, operation_id = "remove_nest_spotify_client_id", path = "/api/v1/nests/{code}/spotify-client-id", tag = "sources", params(("code" = String, Path)), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem)
))]
pub(crate) async fn remove_client_id(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(code): Path<NestCode>,
) -> Result<StatusCode> {
    let caller = signed.member(Scope::Control)?;
    let room = hosted(&app, code, &caller)?;
    let line = app.line(AuditAction::ClientIdRemoved).by(caller.member.id).about(room.id);
    let line = line.saying(format!("Spotify, for {code}")).from(from);
    if !client_ids::remove(&app, BroughtBy::Nest(room.id), &line).await? {
        return Err(Error::NotFound("client id"));
    }
    Ok(StatusCode::NO_CONTENT)
}
