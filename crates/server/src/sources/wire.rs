//! What services said, in the network's words, with the library's own track where it has the same song.

use super::catalog::{Found, Kind, List};
use super::elsewhere::Same;
use super::song::{external, picture};
use super::{SourceFault, Sources};
use crate::app::App;
use crate::error::{Error, Result};
use crate::library_wire;
use database::external_tracks;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use model::MusicService;
use protocol::http as wire;
use providers::{Artwork, Collection, CollectionKind, ProviderTrack, TrackKind};
use std::sync::Arc;

/// Songs that are compared with the library at once.
const COMPARED_AT_ONCE: usize = 8;

/// A service that is set up. `is_connected`: whether the asker has connected an account.
pub(crate) fn source(sources: &Sources, service: MusicService, is_connected: bool) -> wire::Source {
    let kinds = |kinds: &[Kind]| kinds.iter().copied().map(kind).collect();
    wire::Source {
        service: library_wire::service(service),
        name: service.title().to_owned(),
        search: kinds(sources.searches(service)),
        opens: kinds(sources.opens(service)),
        playback: match service {
            MusicService::Spotify => wire::SourcePlayback::Device,
            MusicService::YouTube => wire::SourcePlayback::Embed,
            MusicService::SoundCloud => wire::SourcePlayback::Stream,
        },
        is_connected: (service == MusicService::Spotify).then_some(is_connected),
    }
}

pub(crate) async fn results(app: &App, found: &Found) -> Result<wire::SourceResults> {
    let collections = found.collections.iter().filter_map(|list| collection(app, list)).collect();
    Ok(wire::SourceResults { tracks: tracks(app, &found.tracks).await?, collections })
}

pub(crate) async fn page(app: &App, list: &List, offset: u32, limit: u32) -> Result<wire::SourcePage> {
    let count = list.tracks.len() as u32;
    let from = offset.min(count);
    let to = from.saturating_add(limit).min(count);
    Ok(wire::SourcePage {
        collection: list.collection.as_ref().and_then(|list| collection(app, list)),
        tracks: tracks(app, &list.tracks[from as usize..to as usize]).await?,
        tracks_count: count,
        left_out: list.left_out as u32,
        next_offset: (to < count).then_some(to),
    })
}

/// Songs, each compared with the library. What a queue cannot name is left out.
pub(super) async fn tracks(app: &App, tracks: &[ProviderTrack]) -> Result<Vec<wire::SourceTrack>> {
    let shown: Vec<_> = tracks.iter().map(|said| track(app, said)).collect();
    let shown = stream::iter(shown).buffered(COMPARED_AT_ONCE).try_collect::<Vec<_>>().await?;
    Ok(shown.into_iter().flatten().collect())
}

/// The same song at other services, with its id here.
pub(crate) async fn same_tracks(app: &App, found: &[Arc<Same>]) -> Result<Vec<wire::SourceTrack>> {
    let mut shown = Vec::with_capacity(found.len());
    for same in found {
        let song = track(app, &same.said).await?;
        shown.extend(song.map(|song| wire::SourceTrack { id: Some(same.id.to_string()), ..song }));
    }
    Ok(shown)
}

async fn track(app: &App, said: &ProviderTrack) -> Result<Option<wire::SourceTrack>> {
    let Some(service) = super::service_of(said.source) else { return Ok(None) };
    let Some(song) = external(app, said) else { return Ok(None) };
    let same = external_tracks::library_match(app.database(), &song).await?;
    let refused = said.clone().require_playable().err();
    Ok(Some(wire::SourceTrack {
        source: song.source.to_string(),
        service: library_wire::service(service),
        kind: match said.kind {
            TrackKind::Track => wire::SourceKind::Track,
            TrackKind::Episode => wire::SourceKind::Episode,
        },
        title: song.title,
        artist: song.artist,
        album: song.album,
        duration_ms: said.duration.map(model::TrackPosition::millis),
        artwork_url: artwork(app, &said.artwork),
        explicit: song.is_explicit,
        page_url: said.link.clone(),
        refused: refused.map(|error| refusal(&SourceFault::from(error).into())),
        library_match: same.map(|track| track.id.to_string()),
        id: None,
    }))
}

pub(super) fn collection(app: &App, list: &Collection) -> Option<wire::SourceCollection> {
    Some(wire::SourceCollection {
        service: library_wire::service(super::service_of(list.source)?),
        kind: match list.kind {
            CollectionKind::Album => wire::SourceKind::Album,
            CollectionKind::Artist => wire::SourceKind::Artist,
            CollectionKind::Playlist => wire::SourceKind::Playlist,
            CollectionKind::Show => wire::SourceKind::Show,
        },
        id: list.id.clone(),
        title: list.title.clone(),
        by: list.by.clone(),
        artwork_url: artwork(app, &list.artwork),
        tracks_total: list.tracks_total,
    })
}

fn artwork(app: &App, pictures: &[Artwork]) -> Option<String> {
    picture(pictures).map(|picture| super::picture_address(app, &picture.url))
}

const fn kind(kind: Kind) -> wire::SourceKind {
    match kind {
        Kind::Track => wire::SourceKind::Track,
        Kind::Episode => wire::SourceKind::Episode,
        Kind::Album => wire::SourceKind::Album,
        Kind::Artist => wire::SourceKind::Artist,
        Kind::Playlist => wire::SourceKind::Playlist,
        Kind::Show => wire::SourceKind::Show,
    }
}

/// An error inside an answer that is none itself.
pub(crate) fn refusal(error: &Error) -> wire::SourceRefusal {
    let problem = error.to_problem();
    wire::SourceRefusal { code: problem.code, detail: problem.detail, retry_after_s: problem.retry_after_s }
}
