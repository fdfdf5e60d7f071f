//! Songs that other services have: what they say of them, under ids that stay; and finding the same song in the library.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::tracks::{TrackRow, track_columns};
use crate::value::Value;
use crate::{Database, Error, Result, Transaction, tracks};
use library::{DURATION_TOLERANCE_MS, ExternalTrack, Track, is_same_song, title_stem};
use model::{MusicService, TrackId, TrackPosition, TrackSource, TrackSummary, WallTime};
use serde_json::json;
use std::collections::BTreeMap;

/// The most tracks of the library that are compared with a song: they begin with its title and are as long.
const CANDIDATES_MAX: i64 = 100;

row! {
    struct ExternalRow {
        id: String, provider: String, provider_id: String, title: String, artist: String, album: String,
        duration_ms: i64, isrc: Option<String>, artwork_url: Option<String>, is_explicit: bool, fetched_at: i64,
    }
}

row! {
    struct IdRow { id: String, provider: String, provider_id: String }
}

macro_rules! columns {
    () => {
        "id, provider, provider_id, title, artist, album, duration_ms, isrc, artwork_url, is_explicit, fetched_at"
    };
}

queries! {
    PUT(Text, Text, Text, Text, Text, Text, Int, Text, Text, Bool, Int) -> String =
        "insert into external_tracks (id, provider, provider_id, title, artist, album, duration_ms, isrc, artwork_url,
           is_explicit, fetched_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (provider_id, provider) do update set title = excluded.title, artist = excluded.artist,
           album = excluded.album, duration_ms = excluded.duration_ms, isrc = excluded.isrc,
           artwork_url = excluded.artwork_url, is_explicit = excluded.is_explicit, fetched_at = excluded.fetched_at
         returning id";
    ADD_SQLITE[Sqlite](Text) =
        "insert into external_tracks (id, provider, provider_id, title, artist, album, duration_ms, isrc, artwork_url,
           is_explicit, fetched_at)
         select value ->> 'id', value ->> 'provider', value ->> 'provider_id', value ->> 'title', value ->> 'artist',
           value ->> 'album', value ->> 'duration_ms', value ->> 'isrc', value ->> 'artwork_url',
           value ->> 'is_explicit', value ->> 'fetched_at'
         from each($1) where true
         on conflict (provider_id, provider) do nothing";
    ADD_POSTGRES[Postgres](Text) =
        "insert into external_tracks (id, provider, provider_id, title, artist, album, duration_ms, isrc, artwork_url,
           is_explicit, fetched_at)
         select said ->> 'id', said ->> 'provider', said ->> 'provider_id', said ->> 'title', said ->> 'artist',
           said ->> 'album', cast(said ->> 'duration_ms' as bigint), said ->> 'isrc', said ->> 'artwork_url',
           cast(said ->> 'is_explicit' as boolean), cast(said ->> 'fetched_at' as bigint)
         from (select cast(value as json) as said from each($1)) as songs
         on conflict (provider_id, provider) do nothing";
    IDS(Text) -> IdRow =
        "select id, provider, provider_id from external_tracks where provider_id in (select value from each($1))";
    GET(Text) -> ExternalRow = concat!("select ", columns!(), " from external_tracks where id = $1");
    FIND(Text, Text) -> ExternalRow =
        concat!("select ", columns!(), " from external_tracks where provider_id = $2 and provider = $1");
    SAME_RECORDING(Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where isrc = $1 and playable in ('original', 'transcoded')
                 order by number limit 1");
    CANDIDATES(Text, Text, Int, Int, Int) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where title_sort >= $1 and title_sort < $2
                   and duration_ms between $3 and $4 and playable in ('original', 'transcoded')
                 order by number limit $5");
}

/// A song, wherever it comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Song {
    /// The community's own.
    Library(Box<Track>),
    /// Of another service.
    External(Box<ExternalTrack>),
}

impl ExternalRow {
    fn into_track(self) -> Result<ExternalTrack> {
        let service = read_service(&self.provider)?;
        Ok(ExternalTrack {
            id: self.id.parse().map_err(|error| Error::unreadable("external_tracks.id", error))?,
            source: TrackSource::of(service, &self.provider_id)
                .map_err(|error| Error::unreadable("external_tracks.provider_id", error))?,
            title: self.title,
            artist: self.artist,
            album: self.album,
            duration: TrackPosition::from_millis(self.duration_ms),
            isrc: self
                .isrc
                .map(|isrc| isrc.parse())
                .transpose()
                .map_err(|error| Error::unreadable("external_tracks.isrc", error))?,
            artwork_url: self.artwork_url,
            is_explicit: self.is_explicit,
            fetched_at: WallTime::from_micros(self.fetched_at),
        })
    }
}

fn read_service(name: &str) -> Result<MusicService> {
    let found = MusicService::ALL.into_iter().find(|service| service.name() == name);
    found.ok_or_else(|| Error::unreadable("external_tracks.provider", name))
}

/// The service and its id of a song; a track of the library is a fault of the caller.
fn there(source: TrackSource) -> Result<(MusicService, String)> {
    let parts = source.service().zip(source.id_there());
    parts.ok_or_else(|| Error::unreadable("the source of an external track", "it is the library's"))
}

/// Keeps what a service says now. The id under which the song is known here, which may be an older one than `track.id`.
///
/// # Errors
/// [`Error::Unreadable`] for a track of the library; whatever the engine says.
pub async fn put(on: impl Execute, track: &ExternalTrack) -> Result<TrackId> {
    let (service, id) = there(track.source)?;
    let values = [
        track.id.into(),
        service.name().into(),
        id.into(),
        (&track.title).into(),
        (&track.artist).into(),
        (&track.album).into(),
        track.duration.into(),
        track.isrc.map(|isrc| isrc.to_string()).into(),
        track.artwork_url.as_ref().into(),
        track.is_explicit.into(),
        track.fetched_at.into(),
    ];
    let id = PUT.one(on, values).await?;
    id.parse().map_err(|error| Error::unreadable("external_tracks.id", error))
}

/// Keeps those songs of which nothing is known yet; what is known stays. The ids under which all of them are known here.
pub(crate) async fn ensure(
    tx: &mut Transaction,
    songs: &BTreeMap<TrackSource, &ExternalTrack>,
) -> Result<BTreeMap<TrackSource, TrackId>> {
    let mut known = ids(&mut *tx, songs.keys()).await?;
    let fresh: Vec<_> = songs.values().filter(|song| !known.contains_key(&song.source)).collect();
    if !fresh.is_empty() {
        let records = fresh.iter().map(|song| record(song)).collect::<Result<Vec<_>>>()?;
        let added = match tx.engine() {
            crate::Engine::Postgres => &ADD_POSTGRES,
            crate::Engine::Sqlite | crate::Engine::Libsql => &ADD_SQLITE,
        };
        added.run(&mut *tx, [Value::Text(serde_json::Value::Array(records).to_string())]).await?;
        known.extend(ids(tx, fresh.iter().map(|song| &song.source)).await?);
    }
    Ok(known)
}

fn record(track: &ExternalTrack) -> Result<serde_json::Value> {
    let (service, id) = there(track.source)?;
    Ok(json!({
        "id": track.id.to_string(),
        "provider": service.name(),
        "provider_id": id,
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "duration_ms": track.duration.millis(),
        "isrc": track.isrc.map(|isrc| isrc.to_string()),
        "artwork_url": track.artwork_url,
        "is_explicit": track.is_explicit,
        "fetched_at": track.fetched_at.micros(),
    }))
}

async fn ids(
    on: impl Execute,
    sources: impl Iterator<Item = &TrackSource>,
) -> Result<BTreeMap<TrackSource, TrackId>> {
    let rows = IDS.all(on, [Value::list(sources.filter_map(TrackSource::id_there))]).await?;
    let read = |row: IdRow| {
        let source = TrackSource::of(read_service(&row.provider)?, &row.provider_id)
            .map_err(|error| Error::unreadable("external_tracks.provider_id", error))?;
        let id = row.id.parse().map_err(|error| Error::unreadable("external_tracks.id", error))?;
        Ok((source, id))
    };
    rows.into_iter().map(read).collect()
}

/// The song with this id, if another service has it.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(database: &Database, id: TrackId) -> Result<Option<ExternalTrack>> {
    GET.find(database, [id.into()]).await?.map(ExternalRow::into_track).transpose()
}

/// What is known of this song of another service.
///
/// # Errors
/// [`Error::Unreadable`] for the library; whatever the engine says.
pub async fn find(database: &Database, source: TrackSource) -> Result<Option<ExternalTrack>> {
    let (service, id) = there(source)?;
    FIND.find(database, [service.name().into(), id.into()]).await?.map(ExternalRow::into_track).transpose()
}

/// The song with this id, wherever it comes from.
///
/// # Errors
/// Whatever the engine says.
pub async fn song(database: &Database, id: TrackId) -> Result<Option<Song>> {
    if let Some(track) = tracks::get(database, id).await? {
        return Ok(Some(Song::Library(Box::new(track))));
    }
    Ok(get(database, id).await?.map(Box::new).map(Song::External))
}

/// The playable track of the library that is the same song: the same recording by its ISRC, else by
/// [`library::is_same_song`], and then the one closest in length.
///
/// # Errors
/// Whatever the engine says.
pub async fn library_match(database: &Database, song: &ExternalTrack) -> Result<Option<Track>> {
    if let Some(isrc) = song.isrc {
        let same = SAME_RECORDING.find(database, [isrc.to_string().into()]).await?;
        if let Some(row) = same {
            return row.into_track().map(Some);
        }
    }
    let stem = title_stem(&song.title);
    if stem.is_empty() {
        return Ok(None);
    }
    let duration = song.duration.millis();
    let values = [
        stem.as_str().into(),
        // The character after the space: titles that are the stem, or go on after it.
        format!("{stem}!").into(),
        (duration - DURATION_TOLERANCE_MS).into(),
        (duration + DURATION_TOLERANCE_MS).into(),
        CANDIDATES_MAX.into(),
    ];
    let mut same = Vec::new();
    for row in CANDIDATES.all(database, values).await? {
        let track = row.into_track()?;
        if is_same_song(song.facts(), track.facts()) {
            same.push(track);
        }
    }
    Ok(same.into_iter().min_by_key(|track| (track.duration.millis() - duration).abs()))
}

/// What a nest needs to know of a song of another service, with the library's own that stands for it.
///
/// # Errors
/// Whatever the engine says.
pub async fn summary(database: &Database, song: &ExternalTrack) -> Result<TrackSummary> {
    let same = library_match(database, song).await?;
    Ok(song.summary(same.map(|track| track.id)))
}
