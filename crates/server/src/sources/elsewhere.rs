//! The same song at other services, for listeners without the one it is of: by its ISRC, else by artist, title and length,
//! by the same rule as in the library.

use super::catalog::{Kind, Search};
use super::song::{external, keep};
use crate::app::App;
use crate::limits;
use library::{ExternalTrack, is_same_song};
use model::{MusicService, ServerInstant, TrackId};
use providers::{ProviderTrack, Urgency};
use std::sync::Arc;

/// The same song at each of the other services that are set up, at most one each. A service that does not answer now is
/// left out, and asked again the next time.
pub(crate) async fn elsewhere(app: &App, song: &ExternalTrack) -> Vec<Arc<Same>> {
    let others = app.sources().set_up().filter(|service| Some(*service) != song.source.service());
    let mut found = Vec::new();
    for service in others.collect::<Vec<_>>() {
        if let Some(same) = same_at(app, song, service).await {
            found.push(same);
        }
    }
    found
}

/// The same song at another service.
pub(crate) struct Same {
    /// What is said of it there.
    pub(crate) said: ProviderTrack,
    /// Its id here, where it is known from now on: by it its sound is asked for.
    pub(crate) id: TrackId,
}

/// What was found, or not, of a song at a service.
pub(super) type Matches = crate::recent::Recent<(TrackId, MusicService), Option<Arc<Same>>>;

async fn same_at(app: &App, song: &ExternalTrack, service: MusicService) -> Option<Arc<Same>> {
    let (sources, now) = (app.sources(), app.clock().instant());
    let key = (song.id, service);
    if let Ok(known) = sources.matches.get(&key, now) {
        return known;
    }
    match find(app, song, service, now).await {
        Ok(same) => sources.matches.keep(key, same.map(Arc::new), now),
        Err(error) => {
            tracing::debug!(%error, service = service.name(), "the same song was not looked for");
            None
        }
    }
}

async fn find(
    app: &App,
    song: &ExternalTrack,
    service: MusicService,
    now: ServerInstant,
) -> crate::error::Result<Option<Same>> {
    let Some(said) = look(app, song, service, now).await? else { return Ok(None) };
    let id = keep(app, &said).await?.id;
    Ok(Some(Same { said, id }))
}

async fn look(
    app: &App,
    song: &ExternalTrack,
    service: MusicService,
    now: ServerInstant,
) -> crate::error::Result<Option<ProviderTrack>> {
    let sources = app.sources();
    if !sources.searches(service).contains(&Kind::Track) {
        return Ok(None);
    }
    if let (MusicService::Spotify, Some(isrc)) = (service, song.isrc) {
        let _place = sources.place()?;
        let same = sources.spotify().by_isrc(&isrc.to_string(), Urgency::Background).await;
        if let Some(same) = same.map_err(super::SourceFault::from)? {
            return Ok(same.require_playable().ok());
        }
    }
    let text = format!("{} {}", song.artist, song.title);
    let text = text.trim().chars().take(limits::SOURCE_SEARCH_CHARS_MAX).collect();
    let search = Search { service, text, kinds: vec![Kind::Track], limit: providers::SPOTIFY_SEARCH_MAX };
    let found = sources.search(&search, Urgency::Background, now).await?;
    let same = found.tracks.iter().filter_map(|said| {
        let said = said.clone().require_playable().ok()?;
        let candidate = external(app, &said)?;
        let same_recording = song.isrc.is_some() && song.isrc == candidate.isrc;
        let is_same = same_recording || is_same_song(song.facts(), candidate.facts());
        let apart = (candidate.duration.millis() - song.duration.millis()).abs();
        is_same.then_some((!same_recording, apart, said))
    });
    Ok(same.min_by_key(|(is_other, apart, _)| (*is_other, *apart)).map(|(_, _, said)| said))
}
