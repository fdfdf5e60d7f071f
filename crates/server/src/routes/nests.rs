//! Nests: list, open, look, close.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Body, Path, Signed, Site};
use crate::nests::{self as rooms, Opening, wire};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use identity::Scope;
use model::NestCode;
use nest::NestName;
use protocol::http::{Kicked, NestSnapshot, NestSummary, OpenNestBody};
use protocol::problem::Problem;

/// The nests the caller may enter, the main one first.
#[utoipa::path(get, operation_id = "list_nests", path = "/api/v1/nests", tag = "nests", responses((status = 200, body = Vec<NestSummary>)))]
pub(crate) async fn list(
    State(app): State<App>,
    site: Site,
    signed: Signed,
) -> Result<Json<Vec<NestSummary>>> {
    let caller = signed.with(Scope::Listen)?;
    let mut rooms: Vec<_> =
        app.nests().all().into_iter().filter(|room| room.admits(&caller).is_ok()).collect();
    rooms.sort_by_key(|room| (!room.code.is_main(), room.created_at));
    let show = |room: &rooms::Room| wire::summary(room, &site.base, app.hub().person_count(room.channel()));
    Ok(Json(rooms.iter().map(show).collect()))
}

/// Opens a temporary nest; the caller is its host.
#[utoipa::path(post, operation_id = "open_nest", path = "/api/v1/nests", tag = "nests", request_body = OpenNestBody, responses(
    (status = 201, body = NestSnapshot), (status = 403, body = Problem), (status = 409, body = Problem)
))]
pub(crate) async fn open(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<OpenNestBody>,
) -> Result<(StatusCode, Json<NestSnapshot>)> {
    let caller = signed.member(Scope::Control)?;
    app.rates().opening(caller.member.id)?;
    let name = body.name.as_deref().map(NestName::parse).transpose();
    let opening = Opening {
        name: name.map_err(|error| Error::invalid("name", error))?,
        slug: body.slug.as_deref().map(wire::slug).transpose()?.flatten(),
        seed: match &body.seed_track_id {
            Some(id) => Some(crate::command::playable(&app, id).await?),
            None => None,
        },
    };
    let room = rooms::open(&app, &caller, opening).await?;
    Ok((StatusCode::CREATED, Json(wire::snapshot(&room, app.now()))))
}

/// A nest and the position of that state in its stream.
#[utoipa::path(get, operation_id = "get_nest", path = "/api/v1/nests/{code}", tag = "nests", params(("code" = String, Path)), responses(
    (status = 200, body = NestSnapshot), (status = 403, body = Problem), (status = 404, body = Problem)
))]
pub(crate) async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<Json<NestSnapshot>> {
    let caller = signed.with(Scope::Listen)?;
    let room = rooms::admitted(&app, code, &caller)?;
    Ok(Json(wire::snapshot(&room, app.now())))
}

/// Who was put out of a nest and not let in again, in order of time. For its host.
#[utoipa::path(get, operation_id = "list_kicked", path = "/api/v1/nests/{code}/kicked", tag = "nests", params(("code" = String, Path)), responses(
    (status = 200, body = Vec<Kicked>), (status = 403, body = Problem), (status = 404, body = Problem)
))]
pub(crate) async fn kicked(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<Json<Vec<Kicked>>> {
    let caller = signed.with(Scope::Control)?;
    let room = rooms::admitted(&app, code, &caller)?;
    if !room.is_hosted_by(&caller) {
        return Err(Error::NotAllowed("only the host may see who was put out"));
    }
    let show = |person: &nest::Person| Kicked { id: person.id.to_string(), name: person.name.clone() };
    Ok(Json(room.state().door().kicked.iter().map(show).collect()))
}

/// Closes a nest for good. Only its host; the main nest stays.
#[utoipa::path(delete, operation_id = "close_nest", path = "/api/v1/nests/{code}", tag = "nests", params(("code" = String, Path)), responses(
    (status = 204), (status = 403, body = Problem), (status = 409, body = Problem)
))]
pub(crate) async fn close(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<NestCode>,
) -> Result<StatusCode> {
    let caller = signed.with(Scope::Control)?;
    let room = rooms::admitted(&app, code, &caller)?;
    rooms::close(&room, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
