//! Tracks of the library: adding, changing, listing and choosing them. Their search index and their references to bytes
//! change in the same transaction.

mod change;
mod list;
mod record;

pub use change::{
    delete, insert, insert_with_jobs, set_artwork, set_loudness, set_playable, set_tags, set_waveform,
};
pub use list::{
    TRACKS_PAGE_MAX, TrackCursor, TrackCursorError, TrackOrder, TrackPage, list, random_playable,
};
pub(crate) use record::{TrackRow, track_columns};

use crate::query::{Statement, queries};
use crate::value::Value;
use crate::{Database, Error, Result};
use library::Track;
use model::{BlobHash, TrackId};
use std::collections::BTreeSet;

queries! {
    GET(Text) -> TrackRow = concat!("select ", track_columns!(), " from tracks where id = $1");
    GET_MANY(Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where id in (select value from each($1))");
    BY_ORIGINAL(Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where original_hash = $1");
    KNOWN(Text) -> String =
        "select original_hash from tracks where original_hash in (select value from each($1))";
    COUNT() -> i64 = "select count(*) from tracks";
    WAVEFORM(Text) -> Vec<u8> = "select peaks from track_waveforms where track_id = $1";
}

pub(crate) fn statements() -> impl Iterator<Item = &'static Statement> {
    [ALL, change::ALL, list::ALL].into_iter().flatten().copied()
}

/// The track with this id.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(database: &Database, id: TrackId) -> Result<Option<Track>> {
    GET.find(database, [id.into()]).await?.map(TrackRow::into_track).transpose()
}

/// The tracks with these ids that exist, in the order of `ids`.
///
/// # Errors
/// Whatever the engine says.
pub async fn get_many(database: &Database, ids: &[TrackId]) -> Result<Vec<Track>> {
    let rows = GET_MANY.all(database, [Value::list(ids)]).await?;
    let mut tracks = rows.into_iter().map(TrackRow::into_track).collect::<Result<Vec<_>>>()?;
    tracks.sort_by_key(|track| ids.iter().position(|&id| id == track.id));
    Ok(tracks)
}

/// The track that was made from these bytes.
///
/// # Errors
/// Whatever the engine says.
pub async fn find_by_original(database: &Database, hash: BlobHash) -> Result<Option<Track>> {
    BY_ORIGINAL.find(database, [hash.into()]).await?.map(TrackRow::into_track).transpose()
}

/// Those of the given bytes that a track was made from.
///
/// # Errors
/// Whatever the engine says.
pub async fn known_originals(database: &Database, hashes: &[BlobHash]) -> Result<BTreeSet<BlobHash>> {
    let known = KNOWN.all(database, [Value::list(hashes)]).await?;
    let parse = |hash: String| hash.parse().map_err(|error| Error::unreadable("tracks.original_hash", error));
    known.into_iter().map(parse).collect()
}

/// How many tracks there are.
///
/// # Errors
/// Whatever the engine says.
pub async fn count(database: &Database) -> Result<u64> {
    Ok(COUNT.one(database, []).await?.unsigned_abs())
}

/// The peaks of a track's waveform, as they were stored.
///
/// # Errors
/// Whatever the engine says.
pub async fn waveform(database: &Database, id: TrackId) -> Result<Option<Vec<u8>>> {
    WAVEFORM.find(database, [id.into()]).await
}
