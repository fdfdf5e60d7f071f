//! Songs of Spotify in what a nest plays on with: only where people queue songs of Spotify that the library has not got,
//! so that whoever listens can hear them. Asked in the background, with what people leave of the budget; when Spotify
//! does not answer, the library carries on.
//!
//! Since 2026 Spotify recommends nothing: what there is, are searches for an artist and for an album.

use crate::app::App;
use crate::error::Result;
use crate::sources::{self, Kind, Search};
use database::external_tracks;
use library::{ExternalTrack, credits};
use model::{MusicService, TrackId, TrackSource, TrackSummary};
use providers::{SPOTIFY_SEARCH_MAX, TrackKind, Urgency};

/// The song to go on from, if it is Spotify's alone and Spotify can be asked.
pub(super) async fn seed(app: &App, track: TrackId) -> Result<Option<ExternalTrack>> {
    if !app.sources().searches(MusicService::Spotify).contains(&Kind::Track) {
        return Ok(None);
    }
    let Some(song) = external_tracks::get(app.database(), track).await? else { return Ok(None) };
    let is_song = matches!(song.source, TrackSource::Spotify(_));
    let is_theirs_alone = is_song && external_tracks::library_match(app.database(), &song).await?.is_none();
    Ok(Some(song).filter(|_| is_theirs_alone))
}

/// Songs by an artist.
pub(super) async fn of_artist(app: &App, artist: &str) -> Result<Vec<ExternalTrack>> {
    found(app, format!("artist:\"{}\"", quoted(artist)), artist).await
}

/// Songs of the album that a song is on.
pub(super) async fn of_album(app: &App, seed: &ExternalTrack, artist: &str) -> Result<Vec<ExternalTrack>> {
    if seed.album.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("artist:\"{}\" album:\"{}\"", quoted(artist), quoted(&seed.album));
    let mut songs = found(app, text, artist).await?;
    songs.retain(|song| song.album == seed.album);
    Ok(songs)
}

/// A song that was chosen, known here from now on, as it is queued.
pub(super) async fn keep(app: &App, song: &ExternalTrack) -> Result<TrackSummary> {
    let id = external_tracks::put(app.database(), song).await?;
    let song = ExternalTrack { id, ..song.clone() };
    Ok(external_tracks::summary(app.database(), &song).await?)
}

async fn found(app: &App, text: String, artist: &str) -> Result<Vec<ExternalTrack>> {
    let (service, kinds) = (MusicService::Spotify, vec![Kind::Track]);
    let search = Search { service, text, kinds, limit: SPOTIFY_SEARCH_MAX };
    let now = app.clock().instant();
    let answer = match app.sources().search(&search, Urgency::Background, now).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::debug!(%error, "autofill goes on without Spotify");
            return Ok(Vec::new());
        }
    };
    let mut songs = Vec::new();
    for said in answer.tracks.iter().filter(|said| said.kind == TrackKind::Track) {
        let Ok(said) = said.clone().require_playable() else { continue };
        let Some(song) = sources::external(app, &said) else { continue };
        if credits(&song.artist).first().map(String::as_str) != Some(artist) {
            continue;
        }
        // Under the id it has here, so that what was just played is known again.
        let known = external_tracks::find(app.database(), song.source).await?;
        let id = known.map_or(song.id, |known| known.id);
        songs.push(ExternalTrack { id, ..song });
    }
    Ok(songs)
}

/// Inside quotes of a search.
fn quoted(text: &str) -> String {
    text.replace('"', " ")
}
