//! The first visitor becomes the administrator, with the link that the server printed when it started.

use crate::app::App;
use crate::arrival::{self, Door, SignedIn};
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Site, same_site};
use axum::extract::State;
use http::HeaderMap;
use identity::{MemberName, Purpose};
use protocol::http::{Session, SetupBody};
use protocol::problem::Problem;

/// Makes the first administrator.
#[utoipa::path(post, operation_id = "set_up", path = "/api/v1/setup", tag = "people", request_body = SetupBody, responses(
    (status = 200, body = Session), (status = 409, body = Problem), (status = 410, body = Problem)
))]
pub(crate) async fn set_up(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    headers: HeaderMap,
    Body(body): Body<SetupBody>,
) -> Result<SignedIn> {
    if !same_site(&headers, &app) {
        return Err(Error::CrossSite);
    }
    let name = MemberName::parse(&body.name).map_err(|error| Error::invalid("name", error))?;
    if database::members::count_administrators(app.database()).await? > 0 {
        return Err(Error::AlreadySetUp);
    }
    app.rates().arrival(from)?;
    let invitation = arrival::look_up(&app, &body.token, from).await?;
    if invitation.purpose != Purpose::Setup {
        return Err(Error::LinkNotValid);
    }
    arrival::follow(&app, &Door { site: &site, headers: &headers, from }, &body.token, name).await
}
