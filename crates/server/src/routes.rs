//! Every route, its description and its handler. A handler makes four moves: who, what, decide, answer.

mod artwork;
mod audit;
mod channels;
mod commands;
mod deep;
mod devices;
mod documents;
mod events;
mod following;
mod guests;
mod health;
mod history;
mod horns;
mod invitations;
mod look;
mod members;
mod nests;
mod operations;
mod outside_tracks;
mod plays;
mod server;
mod session;
mod setup;
mod sign_in;
mod sign_in_identities;
mod sources;
mod spotify;
mod stats;
mod stream;
mod table;
mod tokens;
mod tracks;
mod uploads;
mod webhooks;

pub(crate) use health::readiness;
pub(crate) use stream::Sound;

use crate::app::App;
use crate::error::Error;
use crate::{canary, gate, request_id, socket, web};
use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The head of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Rookery", description = "A community's own music, heard together. Errors are RFC 9457 problems \
        with a stable `code`. Sign in with the session cookie, or `Authorization: Bearer` with an API token. \
        Commands of a nest take an `Idempotency-Key`.", license(name = "MIT OR Apache-2.0")),
    components(schemas(
        protocol::problem::Problem, protocol::publication::NestPublication, protocol::publication::ServerPublication,
        protocol::publication::PersonPublication, protocol::publication::AppPublication, protocol::http::PlaySource, protocol::http::ChosenBy,
        protocol::publication::ListenerInfo, protocol::publication::ClockSample
    )),
    tags(
        (name = "server", description = "The server itself"), (name = "people", description = "Sessions, guests, invitations, tokens"),
        (name = "library", description = "Tracks, their sound and their pictures"),
        (name = "sources", description = "Songs of Spotify, YouTube and SoundCloud, and the accounts and devices that play them"), (name = "nests", description = "Rooms and what can be done in them"),
        (name = "channels", description = "What other applications tell by signed webhooks, for members to hear")
    )
)]
struct Head;

/// Songs of services elsewhere, and the accounts and devices that play them.
fn outside() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(outside_tracks::artwork))
        .routes(routes!(outside_tracks::picture))
        .routes(routes!(outside_tracks::outside_stream))
        .routes(routes!(outside_tracks::elsewhere))
        .routes(routes!(sources::list))
        .routes(routes!(sources::search))
        .routes(routes!(sources::open))
        .routes(routes!(sources::links))
        .routes(routes!(spotify::show, spotify::disconnect))
        .routes(routes!(spotify::connect))
        .routes(routes!(spotify::devices))
        .routes(routes!(spotify::token))
        .routes(routes!(spotify::bring_client_id, spotify::remove_client_id))
        .routes(routes!(following::show, following::follow, following::let_go))
        .routes(routes!(following::client_id, following::bring_client_id, following::remove_client_id))
}

/// What was played, and what is counted.
fn played() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plays::list))
        .routes(routes!(plays::throwback))
        .routes(routes!(plays::filtered))
        .routes(routes!(history::list))
        .routes(routes!(stats::show))
        .routes(routes!(table::table))
        .routes(routes!(table::whole_table))
        .routes(routes!(stats::providers))
        .routes(routes!(stats::sign_ins))
}

/// What people tell a nest.
fn commanded() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(commands::add))
        .routes(routes!(commands::remove))
        .routes(routes!(commands::restore))
        .routes(routes!(commands::clear))
        .routes(routes!(commands::vote))
        .routes(routes!(commands::jam))
        .routes(routes!(commands::comment))
        .routes(routes!(commands::remove_comment))
        .routes(routes!(commands::horn))
        .routes(routes!(commands::volume))
        .routes(routes!(commands::queue_preview))
        .routes(routes!(commands::filter_preview))
        .routes(routes!(commands::unfilter))
        .routes(routes!(commands::pause))
        .routes(routes!(commands::resume))
        .routes(routes!(commands::skip))
        .routes(routes!(commands::seek))
        .routes(routes!(commands::configure))
        .routes(routes!(commands::hand_over))
        .routes(routes!(commands::lock))
        .routes(routes!(commands::unlock))
        .routes(routes!(commands::kick))
        .routes(routes!(commands::let_in))
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Head::openapi())
        .merge(outside())
        .merge(played())
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(deep::deep))
        .routes(routes!(server::server))
        .routes(routes!(server::demo))
        .routes(routes!(setup::set_up))
        .routes(routes!(session::show, session::rename, session::sign_out))
        .routes(routes!(session::link))
        .routes(routes!(session::socket_token))
        .routes(routes!(sign_in::start))
        .routes(routes!(sign_in::callback))
        .routes(routes!(sign_in_identities::list, sign_in::link))
        .routes(routes!(sign_in_identities::unlink))
        .routes(routes!(members::list))
        .routes(routes!(members::change, members::remove))
        .routes(routes!(members::avatar))
        .routes(routes!(audit::list))
        .routes(routes!(operations::show))
        .routes(routes!(channels::secrets))
        .routes(routes!(devices::list))
        .routes(routes!(devices::sign_out))
        .routes(routes!(guests::join))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::preview))
        .routes(routes!(invitations::redeem))
        .routes(routes!(invitations::revoke))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(tracks::list))
        .routes(routes!(tracks::show, tracks::delete))
        .routes(routes!(tracks::waveform))
        .routes(routes!(stream::stream))
        .routes(routes!(artwork::artwork))
        .routes(routes!(uploads::upload))
        .routes(routes!(nests::list, nests::open))
        .routes(routes!(nests::show, nests::close))
        .routes(routes!(nests::kicked))
        .routes(routes!(look::look))
        .routes(routes!(look::cover))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::remove))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::resume))
        .routes(routes!(horns::list))
        .routes(routes!(horns::sound))
        .routes(routes!(events::events))
        .routes(routes!(channels::take))
        .routes(routes!(events::of_channel))
        .merge(commanded())
}

/// The OpenAPI document, as pretty JSON with a line break at its end.
pub fn openapi() -> String {
    let document = api().into_openapi();
    document.to_pretty_json().map(|text| text + "\n").unwrap_or_default()
}

/// The numbers alone, for a listener of their own.
pub fn metrics_router(app: &App) -> Router {
    let metrics = async |axum::extract::State(app): axum::extract::State<App>| health::render(&app);
    Router::new().route("/metrics", axum::routing::get(metrics)).with_state(app.clone())
}

/// Whether it lives and whether it can serve: for the plain port beside TLS.
pub(crate) fn alive() -> Router<App> {
    Router::new()
        .route("/health", axum::routing::get(health::health))
        .route("/ready", axum::routing::get(health::ready))
}

/// Whether it lives, whether it can serve, and its numbers: for the private door.
pub(crate) fn vital_signs() -> Router<App> {
    let metrics = async |axum::extract::State(app): axum::extract::State<App>| health::render(&app);
    alive().route("/metrics", axum::routing::get(metrics))
}

/// All routes of the server.
pub fn router(app: &App) -> Router {
    let (api, _) = api().split_for_parts();
    let own = app.gate().map_or_else(Router::new, |_| gate::router());
    let router = api
        .merge(crate::dialects::echonest::router())
        .merge(own)
        .route("/api/v1/socket", axum::routing::any(socket::upgrade))
        .route("/connection/websocket", axum::routing::any(socket::upgrade))
        .route("/api/v1/openapi.json", axum::routing::get(documents::openapi))
        .route("/api/v1/asyncapi.json", axum::routing::get(documents::asyncapi))
        .route("/authentication/callback", axum::routing::get(sign_in::known_callback))
        .route("/authentication/spotify_callback", axum::routing::get(sign_in::spotify_callback))
        .route("/authentication/spotify_callback/", axum::routing::get(sign_in::spotify_callback))
        .route("/docs", axum::routing::get(documents::page))
        .route("/docs/problems", axum::routing::get(documents::problems))
        .route("/metrics", axum::routing::get(health::metrics))
        .route("/api", axum::routing::any(async || Error::NotFound("address")))
        .route("/api/", axum::routing::any(async || Error::NotFound("address")))
        .route("/api/{*rest}", axum::routing::any(async || Error::NotFound("address")))
        .fallback(web::page)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed);
    let router = match app.gate() {
        Some(_) => router.layer(from_fn_with_state(app.clone(), gate::layer)),
        None => router,
    };
    router
        .layer(from_fn_with_state(app.clone(), request_id::layer))
        .layer(from_fn_with_state(app.clone(), canary::layer))
        .with_state(app.clone())
}
