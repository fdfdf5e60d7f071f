//! One's own account at Spotify: connecting and disconnecting it, its devices, a token for the player in the browser, and
//! a client id of one's own.

use crate::app::App;
use crate::cookie;
use crate::error::{Error, Result};
use crate::extract::{Body, ClientAddress, Signed, Site};
use crate::nests::admitted;
use crate::sources::account::{self, PROVIDER};
use crate::sources::{SourceFault, client_ids, connect, following};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use database::accounts;
use database::client_ids::BroughtBy;
use http::{HeaderValue, StatusCode, header};
use identity::{AuditAction, Caller, Proof, Scope};
use model::MusicService::Spotify;
use model::NestCode;
use protocol::http::{
    ConnectSpotifyBody, SignInStarted, SpotifyAccount, SpotifyClientId, SpotifyClientIdBody,
    SpotifyConnection, SpotifyDevice, SpotifyToken,
};
use protocol::problem::Problem;
use providers::spotify::{DEVICE_SCOPES, Device, REMOVE_ACCESS_PAGE};

/// What playing in the browser needs.
const BROWSER_SCOPE: &str = "streaming";

/// One's own connection with Spotify.
#[utoipa::path(get, operation_id = "get_spotify", path = "/api/v1/me/spotify", tag = "sources", responses(
    (status = 200, body = SpotifyConnection)
))]
pub(crate) async fn show(
    State(app): State<App>,
    signed: Signed,
    site: Site,
) -> Result<Json<SpotifyConnection>> {
    let member = signed.member(Scope::Control)?.member.id;
    let account = accounts::get(app.database(), member, PROVIDER).await?;
    let open = client_ids::open_to(&app, member, None).await?;
    let scopes = |account: &accounts::LinkedAccount| -> Vec<String> {
        account.scopes.split(' ').map(str::to_owned).collect()
    };
    Ok(Json(SpotifyConnection {
        account: account.map(|account| {
            let scopes = scopes(&account);
            let granted = |scope: &str| scopes.iter().any(|granted| granted == scope);
            SpotifyAccount {
                premium: account.is_premium,
                ended: account.ended_at.is_some(),
                can_use_devices: DEVICE_SCOPES.iter().all(|scope| granted(scope)),
                can_play_in_browser: granted(BROWSER_SCOPE),
                connected_at_ms: account.created_at.millis(),
                name: account.account_name,
            }
        }),
        own_client_id: client_ids::brought(&app, BroughtBy::Member(member)).await?,
        free_seats: open.iter().map(|(_, free)| *free as u32).sum(),
        redirect_uri: format!("{}{}", site.base, connect::CALLBACK),
        remove_access_url: REMOVE_ACCESS_PAGE.to_owned(),
    }))
}

/// Disconnects one's account: its tokens are forgotten, and a device that follows a nest is let go. What was granted is
/// withdrawn at Spotify alone, at `remove_access_url`.
#[utoipa::path(delete, operation_id = "disconnect_spotify", path = "/api/v1/me/spotify", tag = "sources", responses(
    (status = 204), (status = 409, body = Problem)
))]
pub(crate) async fn disconnect(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
) -> Result<StatusCode> {
    let member = signed.member(Scope::Administer)?.member.id;
    let line = app.line(AuditAction::AccountDisconnected).by(member).saying("Spotify").from(from);
    if !accounts::disconnect(app.database(), member, PROVIDER, &line).await? {
        return Err(SourceFault::NotConnected(Spotify).into());
    }
    following::let_go(&app, member, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins connecting one's account: send the browser to `url`. It comes back to `return_to`.
#[utoipa::path(post, operation_id = "connect_spotify", path = "/api/v1/me/spotify/connect", tag = "sources", request_body = ConnectSpotifyBody, responses(
    (status = 200, body = SignInStarted), (status = 404, body = Problem, description = "`source_not_set_up`"),
    (status = 409, body = Problem, description = "`no_seat_left`: bring a client id")
))]
pub(crate) async fn connect(
    State(app): State<App>,
    signed: Signed,
    site: Site,
    Body(body): Body<ConnectSpotifyBody>,
) -> Result<Response> {
    let caller = in_a_browser(signed.member(Scope::Administer)?)?;
    app.rates().opening(caller.member.id)?;
    let nest = match body.nest.as_deref() {
        Some(code) => {
            let code: NestCode = code.parse().map_err(|_| Error::NotFound("nest"))?;
            Some(admitted(&app, code, &caller)?)
        }
        None => None,
    };
    let return_to = body.return_to.as_deref().unwrap_or("/settings");
    let (url, pending) = connect::begin(&app, caller.member.id, nest.as_ref(), &site.base, return_to).await?;
    let sealed = app.draw(|entropy| pending.seal(app.sign_in().sealer(), entropy))?;
    let mut response = Json(SignInStarted { url }).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookie::keep_attempt(&site, &sealed) {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What is given to a browser is not given to a program.
fn in_a_browser(caller: Caller) -> Result<Caller> {
    if matches!(caller.proof, Proof::Device(_)) {
        Ok(caller)
    } else {
        Err(Error::NotAllowed("this is done in a browser, not with a token"))
    }
}

/// The devices of one's account that are switched on.
#[utoipa::path(get, operation_id = "list_spotify_devices", path = "/api/v1/me/spotify/devices", tag = "sources", responses(
    (status = 200, body = Vec<SpotifyDevice>), (status = 409, body = Problem, description = "`account_not_connected`, `account_ended`"),
    (status = 429, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn devices(State(app): State<App>, signed: Signed) -> Result<Json<Vec<SpotifyDevice>>> {
    let member = signed.member(Scope::Control)?.member.id;
    app.rates().outside(member)?;
    let found =
        account::with(&app, member, |client, access| async move { client.devices(&access).await }).await?;
    Ok(Json(found.into_iter().map(show_device).collect()))
}

fn show_device(device: Device) -> SpotifyDevice {
    SpotifyDevice {
        steerable: device.id.is_some() && !device.is_restricted,
        id: device.id,
        name: device.name,
        kind: device.kind,
        active: device.is_active,
        volume_percent: device.volume_percent,
    }
}

/// A token of one's own account for Spotify's player in this browser, good for minutes.
#[utoipa::path(post, operation_id = "create_spotify_token", path = "/api/v1/me/spotify/token", tag = "sources", responses(
    (status = 200, body = SpotifyToken),
    (status = 409, body = Problem, description = "`account_not_connected`, `account_ended`"), (status = 502, body = Problem)
))]
pub(crate) async fn token(State(app): State<App>, signed: Signed) -> Result<Response> {
    let caller = in_a_browser(signed.member(Scope::Administer)?)?;
    app.rates().outside(caller.member.id)?;
    let access = account::access(&app, caller.member.id).await?;
    if !access.grants(&[BROWSER_SCOPE]) {
        let (provider, detail) = (providers::Provider::Spotify, "playing in the browser".to_owned());
        return Err(SourceFault::from(providers::Error::ScopeMissing { provider, detail }).into());
    }
    let expires_at_ms = access.expires_at.millis();
    let token = SpotifyToken { access_token: access.token.reveal().to_owned(), expires_at_ms };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(token)).into_response())
}

/// Brings a client id of one's own, to connect one's account with.
#[utoipa::path(put, operation_id = "bring_spotify_client_id", path = "/api/v1/me/spotify/client-id", tag = "sources", request_body = SpotifyClientIdBody, responses(
    (status = 200, body = SpotifyClientId), (status = 409, body = Problem, description = "`client_id_taken`"), (status = 422, body = Problem)
))]
pub(crate) async fn bring_client_id(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Body(body): Body<SpotifyClientIdBody>,
) -> Result<Json<SpotifyClientId>> {
    let member = signed.member(Scope::Administer)?.member.id;
    app.rates().opening(member)?;
    let line = app.line(AuditAction::ClientIdBrought).by(member).saying("Spotify, for oneself").from(from);
    client_ids::bring(&app, BroughtBy::Member(member), &body, &line).await.map(Json)
}

/// Takes one's client id away. Accounts that were connected with it have to be connected again.
#[utoipa::path(delete, operation_id = "remove_spotify_client_id", path = "/api/v1/me/spotify/client-id", tag = "sources", responses(
    (status = 204), (status = 404, body = Problem)
))]
pub(crate) async fn remove_client_id(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
) -> Result<StatusCode> {
    let member = signed.member(Scope::Administer)?.member.id;
    let line = app.line(AuditAction::ClientIdRemoved).by(member).saying("Spotify, for oneself").from(from);
    if !client_ids::remove(&app, BroughtBy::Member(member), &line).await? {
        return Err(Error::NotFound("client id"));
    }
    Ok(StatusCode::NO_CONTENT)
}
