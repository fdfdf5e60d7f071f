//! The first visitor becomes the administrator, with the link that the server printed when it started.

use crate::app::App;
use crate::arrival::{self, SignedIn};
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Site};
use axum::extract::State;
use http::HeaderMap;
use identity::{MemberName, Purpose};
use model::ServerRole;
use protocol::http::{Session, SetupBody};
use protocol::problem::Problem;

/// Makes the first administrator.
#[utoipa::path(post, path = "/api/v1/setup", tag = "people", request_body = SetupBody, responses(
    (status = 200, body = Session), (status = 409, body = Problem), (status = 410, body = Problem)
))]
pub(crate) async fn set_up(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    site: Site,
    headers: HeaderMap,
    Body(body): Body<SetupBody>,
) -> Result<SignedIn> {
    let name = MemberName::parse(&body.name).map_err(|error| Error::invalid("name", error))?;
    let invitation = arrival::redeem(&app, &body.token, from, |purpose| *purpose == Purpose::Setup).await?;
    if database::members::administrator_count(app.database()).await? > 0 {
        return Err(Error::AlreadySetUp);
    }
    let member = arrival::create_member(&app, name, ServerRole::Administrator).await?;
    tracing::info!(member = %member.id, invitation = %invitation.id, "the first administrator was made");
    arrival::sign_in(&app, &site, &headers, member).await
}
