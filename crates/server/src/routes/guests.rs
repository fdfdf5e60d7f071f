//! Guests: people who follow a nest's link and give a name.

use crate::app::App;
use crate::arrival::{self, Door, SignedIn};
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Site, same_site};
use axum::extract::State;
use http::HeaderMap;
use identity::MemberName;
use model::NestCode;
use nest::Refusal;
use protocol::http::{GuestBody, Session};
use protocol::problem::Problem;

/// Joins a nest as a guest.
#[utoipa::path(post, operation_id = "join_as_guest", path = "/api/v1/guests", tag = "people", request_body = GuestBody, responses(
    (status = 200, body = Session), (status = 403, body = Problem, description = "The nest takes no guests")
))]
pub(crate) async fn join(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    headers: HeaderMap,
    Body(body): Body<GuestBody>,
) -> Result<SignedIn> {
    if !same_site(&headers, &app) {
        return Err(Error::CrossSite);
    }
    app.rates().arrival(from)?;
    let name = MemberName::parse(&body.name).map_err(|error| Error::invalid("name", error))?;
    let code: NestCode = body.nest.parse().map_err(|_| Error::NotFound("nest"))?;
    let nest = app.nests().get(code)?.state();
    if !nest.is_open_to_strangers() {
        let taken = nest.settings().guests_allowed;
        return Err(if taken { Refusal::Locked } else { Refusal::GuestsNotAllowed }.into());
    }
    arrival::welcome_guest(&app, &Door { site: &site, headers: &headers, from }, name).await
}
