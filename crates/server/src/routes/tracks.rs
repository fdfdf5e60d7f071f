//! Tracks: list, search, look, delete, waveform.

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Path, Query as Asked, Signed};
use crate::library_wire;
use crate::{limits, server_channel};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use database::external_tracks::{self, Song};
use database::tracks::TrackOrder;
use http::{StatusCode, header};
use identity::{AuditAction, Scope};
use library::SearchQuery;
use model::TrackId;
use protocol::http::{AnyTrack, TrackPage, Waveform};
use protocol::problem::Problem;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// What to look for: words (the last may be incomplete), `"a phrase"`, `artist:`, `album:`, `genre:`, `year:`.
    /// Accents do not matter and typing mistakes are forgiven. Best matches come first; no further pages.
    query: Option<String>,
    /// The order without a query; `newest` unless said.
    #[param(inline)]
    sort: Option<Sort>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// How many, 1 to 100; 50 unless said.
    limit: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// Newest first.
    Newest,
    /// By artist, album and number.
    Artist,
    /// By album and number.
    Album,
    /// By title.
    Title,
}

/// Tracks of the library.
#[utoipa::path(get, operation_id = "list_tracks", path = "/api/v1/tracks", tag = "library", params(ListQuery), responses(
    (status = 200, body = TrackPage), (status = 422, body = Problem)
))]
pub(crate) async fn list(
    State(app): State<App>,
    signed: Signed,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<TrackPage>> {
    let caller = signed.with(Scope::Listen)?;
    let limit = query.limit.unwrap_or(50).clamp(1, limits::PAGE_ITEMS_MAX);
    if let Some(text) = query.query.as_deref().filter(|text| !text.trim().is_empty()) {
        app.rates().search(caller.member.id)?;
        let found = database::search::tracks(app.database(), &SearchQuery::parse(text), limit).await?;
        return Ok(Json(TrackPage {
            tracks: found.tracks.iter().map(library_wire::track).collect(),
            next_cursor: None,
        }));
    }
    let order = match query.sort.unwrap_or(Sort::Newest) {
        Sort::Newest => TrackOrder::Newest,
        Sort::Artist => TrackOrder::Artist,
        Sort::Album => TrackOrder::Album,
        Sort::Title => TrackOrder::Title,
    };
    let cursor = query
        .cursor
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Error::invalid("cursor", "not a cursor"))?;
    let page = database::tracks::list(app.database(), order, cursor.as_ref(), limit).await?;
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(Json(TrackPage { tracks: page.tracks.iter().map(library_wire::track).collect(), next_cursor }))
}

/// One track of the library, or one song from elsewhere that is known here: the latter has a `source`.
#[utoipa::path(get, operation_id = "get_track", path = "/api/v1/tracks/{id}", tag = "library", params(("id" = String, Path)), responses(
    (status = 200, body = AnyTrack), (status = 404, body = Problem)
))]
pub(crate) async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<TrackId>,
) -> Result<Json<AnyTrack>> {
    signed.with(Scope::Listen)?;
    let song = external_tracks::song(app.database(), id).await?.ok_or(Error::NotFound("track"))?;
    Ok(Json(match song {
        Song::Library(track) => AnyTrack::Library(Box::new(library_wire::track(&track))),
        Song::External(song) => {
            let same = external_tracks::library_match(app.database(), &song).await?;
            AnyTrack::Outside(Box::new(library_wire::outside_track(&song, same.as_ref())))
        }
    }))
}

/// Deletes a track. Whoever added it, or an administrator.
#[utoipa::path(delete, operation_id = "delete_track", path = "/api/v1/tracks/{id}", tag = "library", params(("id" = String, Path)), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem)
))]
pub(crate) async fn delete(
    State(app): State<App>,
    signed: Signed,
    ClientAddress(from): ClientAddress,
    Path(id): Path<TrackId>,
) -> Result<StatusCode> {
    let caller = signed.member(Scope::Control)?;
    let track = database::tracks::get(app.database(), id).await?.ok_or(Error::NotFound("track"))?;
    if track.added_by != Some(caller.member.id) && !caller.administers() {
        return Err(Error::NotAllowed("only whoever added a track, or an administrator, may delete it"));
    }
    let line = app.line(AuditAction::TrackDeleted).by(caller.member.id).about(id);
    let line = line.saying(format!("{} · {}", track.artist, track.title)).from(from);
    database::tracks::delete(app.database(), id, app.now(), Some(&line)).await?;
    tracing::info!(track = %id, by = %caller.member.id, "a track was deleted");
    server_channel::track_deleted(&app, id);
    Ok(StatusCode::NO_CONTENT)
}

/// The shape of a track's loudness.
#[utoipa::path(get, operation_id = "get_waveform", path = "/api/v1/tracks/{id}/waveform", tag = "library", params(("id" = String, Path)), responses(
    (status = 200, body = Waveform)
))]
pub(crate) async fn waveform(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<TrackId>,
) -> Result<Response> {
    signed.with(Scope::Listen)?;
    let peaks = database::tracks::waveform(app.database(), id).await?.unwrap_or_default();
    let keep = if peaks.is_empty() { "no-store" } else { "private, max-age=31536000, immutable" };
    Ok(([(header::CACHE_CONTROL, keep)], Json(Waveform { peaks })).into_response())
}
