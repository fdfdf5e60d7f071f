//! Songs of services elsewhere: which services there are, searching, opening, and links that were pasted.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{Body, Names, Path, Query as Asked, Signed};
use crate::limits;
use crate::sources::{self, Asker, Kind, Search, account};
use axum::Json;
use axum::extract::State;
use database::accounts;
use identity::{Caller, Scope};
use model::MusicService;
use protocol::http::{Links, LinksBody, Source, SourceKind, SourcePage, SourceResults};
use protocol::problem::Problem;
use providers::{SPOTIFY_SEARCH_MAX, Urgency};
use serde::Deserialize;
use utoipa::IntoParams;

/// The services that are set up here, and what each can.
#[utoipa::path(get, operation_id = "list_sources", path = "/api/v1/sources", tag = "sources", responses((status = 200, body = Vec<Source>)))]
pub(crate) async fn list(State(app): State<App>, signed: Signed) -> Result<Json<Vec<Source>>> {
    let caller = signed.with(Scope::Listen)?;
    let account = accounts::get(app.database(), caller.member.id, account::PROVIDER).await?;
    let is_connected = account.is_some_and(|account| account.ended_at.is_none());
    let sources = app.sources();
    Ok(Json(sources.set_up().map(|service| sources::source(sources, service, is_connected)).collect()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// What to look for, at most 250 characters. Of Spotify, `artist:`, `album:`, `isrc:` and the like work.
    query: String,
    /// Which kinds, separated by commas, as in `track,album`; all that the service searches for unless said.
    kinds: Option<String>,
    /// How many of each kind, 1 to 10; 10 unless said.
    limit: Option<u8>,
}

/// Looks for songs of a service. Answers are remembered for a while: services count what is asked.
#[utoipa::path(get, operation_id = "search_source", path = "/api/v1/sources/{source}/search", tag = "sources",
    params(("source" = protocol::http::MusicService, Path), SearchQuery), responses(
    (status = 200, body = SourceResults), (status = 404, body = Problem, description = "`source_not_set_up`"),
    (status = 429, body = Problem, description = "`source_rate_limited`, with `Retry-After`"), (status = 502, body = Problem)
))]
pub(crate) async fn search(
    State(app): State<App>,
    signed: Signed,
    Path(source): Path<String>,
    Asked(query): Asked<SearchQuery>,
) -> Result<Json<SourceResults>> {
    let caller = signed.with(Scope::Add)?;
    let service = service(&source)?;
    app.sources().require(service)?;
    app.rates().outside(caller.member.id)?;
    let text: String = query.query.trim().chars().take(limits::SOURCE_SEARCH_CHARS_MAX).collect();
    let search = Search {
        service,
        text,
        kinds: match query.kinds.as_deref() {
            Some(names) => names.split(',').map(kind).collect::<Result<_>>()?,
            None => app.sources().searches(service).to_vec(),
        },
        limit: query.limit.unwrap_or(SPOTIFY_SEARCH_MAX).clamp(1, SPOTIFY_SEARCH_MAX),
    };
    let found = app.sources().search(&search, Urgency::Person, app.clock().instant()).await?;
    sources::results(&app, &found).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Songs to pass over; 0 unless said.
    offset: Option<u32>,
    /// How many, 1 to 100; 50 unless said.
    limit: Option<u32>,
}

/// A song of a service, or a page of the songs of an album, an artist, a playlist or a show. At most 200 songs of a list
/// can be paged through.
#[utoipa::path(get, operation_id = "open_source", path = "/api/v1/sources/{source}/{kind}/{id}", tag = "sources",
    params(("source" = protocol::http::MusicService, Path), ("kind" = SourceKind, Path), ("id" = String, Path), PageQuery), responses(
    (status = 200, body = SourcePage), (status = 403, body = Problem, description = "`source_not_allowed`: only its owner may read it"),
    (status = 404, body = Problem, description = "`source_not_set_up`, `source_has_none`"), (status = 429, body = Problem), (status = 502, body = Problem)
))]
pub(crate) async fn open(
    State(app): State<App>,
    signed: Signed,
    names: Names<3>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<SourcePage>> {
    let caller = signed.with(Scope::Add)?;
    let [source, kind, id] = names.0;
    let service = service(&source)?;
    let kind = Kind::of_name(&kind).ok_or(Error::NotFound("kind of thing"))?;
    app.sources().require(service)?;
    app.rates().outside(caller.member.id)?;
    let asker = match (service, kind) {
        (MusicService::Spotify, Kind::Playlist) => Some(asker(&app, &caller).await?),
        _ => None,
    };
    let list = app.sources().open(service, kind, &id, asker.as_ref(), app.clock().instant()).await?;
    let limit = query.limit.unwrap_or(50).clamp(1, limits::SOURCE_PAGE_MAX);
    sources::page(&app, &list, query.offset.unwrap_or(0), limit).await.map(Json)
}

/// What pasted links lead to, each with its songs or why not.
#[utoipa::path(post, operation_id = "resolve_links", path = "/api/v1/links", tag = "sources", request_body = LinksBody, responses(
    (status = 200, body = Links), (status = 422, body = Problem)
))]
pub(crate) async fn links(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<LinksBody>,
) -> Result<Json<Links>> {
    let caller = signed.with(Scope::Add)?;
    if body.text.len() > limits::LINKS_TEXT_BYTES_MAX {
        return Err(Error::invalid("text", "too long: paste fewer links at once"));
    }
    app.rates().outside(caller.member.id)?;
    // Without an account playlists of Spotify are refused, and everything else goes on.
    let asker = asker(&app, &caller).await.ok();
    sources::resolve_links(&app, &body.text, asker.as_ref()).await.map(Json)
}

/// The account of whoever asks.
async fn asker(app: &App, caller: &Caller) -> Result<Asker> {
    let access = account::access(app, caller.member.id).await?;
    Ok(Asker { app: access.app, access: access.token })
}

/// The service with this name.
fn service(name: &str) -> Result<MusicService> {
    let found = MusicService::ALL.into_iter().find(|service| service.name() == name);
    found.ok_or(Error::NotFound("service"))
}

/// The kind with this name, as in `track`.
fn kind(name: &str) -> Result<Kind> {
    Kind::of_name(name.trim()).ok_or_else(|| Error::invalid("kinds", format!("`{name}` is no kind")))
}
