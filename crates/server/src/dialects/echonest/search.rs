//! `GET /search/v2?q=`: songs of the library, then of Spotify if it is set up. The desktop client asks without a token,
//! so these questions leave half of what Spotify allows to people who are known.

use super::ask::Onlooker;
use super::commands::LIBRARY;
use super::refused::Answer;
use crate::app::App;
use crate::error::Result;
use crate::extract::{ClientAddress, Query, Site};
use crate::limits;
use crate::sources::{Kind, Search};
use axum::Json;
use axum::extract::State;
use library::SearchQuery;
use model::{MusicService, SpotifyTrackId};
use protocol::echonest as wire;
use providers::{ProviderTrack, SPOTIFY_SEARCH_MAX, Urgency};
use serde::Deserialize;

/// The most songs of an answer.
const FOUND_MAX: u32 = 10;

#[derive(Debug, Deserialize)]
pub(super) struct Words {
    #[serde(default)]
    q: String,
}

pub(super) async fn search(
    State(app): State<App>,
    Onlooker(_): Onlooker,
    ClientAddress(from): ClientAddress,
    site: Site,
    Query(words): Query<Words>,
) -> Answer<Json<Vec<wire::Found>>> {
    app.rates().stranger(from)?;
    let found = database::search::tracks(app.database(), &SearchQuery::parse(&words.q), FOUND_MAX).await?;
    let show = |track: &library::Track| wire::Found {
        uri: format!("{LIBRARY}{}", track.id),
        track_name: track.title.clone(),
        artist: track.artist.clone(),
        images: wire::Image {
            height: None,
            width: None,
            url: track
                .artwork
                .map_or_else(String::new, |hash| format!("{}/api/v1/artwork/{hash}", site.base)),
        },
    };
    let mut shown: Vec<_> = found.tracks.iter().map(show).collect();
    match outside(&app, &words.q, FOUND_MAX as usize - shown.len()).await {
        Ok(more) => shown.extend(more),
        // What the library has is an answer as well.
        Err(error) if shown.is_empty() => return Err(error.into()),
        Err(error) => tracing::debug!(%error, "a search found only the library"),
    }
    Ok(Json(shown))
}

async fn outside(app: &App, text: &str, room: usize) -> Result<Vec<wire::Found>> {
    let service = MusicService::Spotify;
    let text: String = text.trim().chars().take(limits::SOURCE_SEARCH_CHARS_MAX).collect();
    let kinds = vec![Kind::Track];
    if room == 0 || text.is_empty() || !app.sources().searches(service).contains(&Kind::Track) {
        return Ok(Vec::new());
    }
    let search = Search { service, text, kinds, limit: SPOTIFY_SEARCH_MAX };
    let found = app.sources().search(&search, Urgency::Background, app.clock().instant()).await?;
    let show = |track: &ProviderTrack| wire::Found {
        uri: format!("{}{}", SpotifyTrackId::PREFIX, track.id),
        track_name: track.title.clone(),
        artist: track.artist_line(),
        images: wire::Image {
            height: None,
            width: None,
            // Whoever asks need not be known, and pictures are fetched only for people who are.
            url: String::new(),
        },
    };
    Ok(found.tracks.iter().take(room).map(show).collect())
}
