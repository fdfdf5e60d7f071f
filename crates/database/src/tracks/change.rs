//! Adding, changing and deleting tracks.

use super::record::{TrackRow, playable_values, sort_values, track_columns};
use crate::blobs::{self, Owner};
use crate::jobs::{self, NewJob};
use crate::query::queries;
use crate::{Database, Result, Transaction, audit, search, transaction};
use identity::AuditEntry;
use library::{Blob, Loudness, Playable, Track, TrackTags};
use model::{BlobHash, TrackId, WallTime};

queries! {
    INSERT(
        Text, Text, Text, Text, Text, Text, Int, Int, Int, Int, Text, Text, Int, Text, Text, Int, Text, Text, Text,
        Real, Real, Text, Int, Text, Text, Text, Text, Int, Text
    ) -> i64 =
        "insert into tracks (id, title, artist, album, album_artist, genre, year, track_number, disc_number,
           duration_ms, format, original_hash, original_bytes, playable, playable_hash, playable_bytes,
           playable_format, playable_reason, artwork, loudness_lufs, true_peak, added_by, added_at, origin,
           title_sort, artist_sort, album_sort, album_position, isrc)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
           $23, $24, $25, $26, $27, $28, $29)
         on conflict (original_hash) do nothing
         returning number";
    BY_ORIGINAL(Text) -> TrackRow = concat!("select ", track_columns!(), " from tracks where original_hash = $1");
    GET(Text) -> TrackRow = concat!("select ", track_columns!(), " from tracks where id = $1");
    TAGS(Text, Text, Text, Text, Text, Text, Int, Int, Int, Text, Text, Text, Int) =
        "update tracks set title = $2, artist = $3, album = $4, album_artist = $5, genre = $6, year = $7,
           track_number = $8, disc_number = $9, title_sort = $10, artist_sort = $11, album_sort = $12,
           album_position = $13
         where id = $1";
    PLAYABLE(Text, Text, Text, Int, Text, Text) =
        "update tracks set playable = $2, playable_hash = $3, playable_bytes = $4, playable_format = $5,
           playable_reason = $6
         where id = $1";
    ARTWORK(Text, Text) = "update tracks set artwork = $2 where id = $1";
    LOUDNESS(Text, Real, Real) = "update tracks set loudness_lufs = $2, true_peak = $3 where id = $1";
    WAVEFORM(Text, Blob) =
        "insert into track_waveforms (track_id, peaks) select tracks.id, $2 from tracks where tracks.id = $1
         on conflict (track_id) do update set peaks = excluded.peaks";
    DELETE(Text) = "delete from tracks where id = $1";
}

/// Adds those tracks whose original bytes are new. For each of `tracks` the one that was there, in its place; `None`: it
/// was added. A fault adds none. Give a long import in pieces of some hundreds.
///
/// # Errors
/// [`Error::Unique`](crate::Error::Unique) if an id is taken; whatever the engine says.
pub async fn insert(database: &Database, tracks: &[Track]) -> Result<Vec<Option<Track>>> {
    insert_with_jobs(database, tracks, |_| Vec::new()).await
}

/// [`insert`], together with the work that each new track needs: there is never one without the other.
///
/// # Errors
/// As [`insert`].
pub async fn insert_with_jobs(
    database: &Database,
    tracks: &[Track],
    jobs_of: impl Fn(&Track) -> Vec<NewJob> + Send + Sync,
) -> Result<Vec<Option<Track>>> {
    transaction!(database, |tx| {
        let mut numbered = Vec::with_capacity(tracks.len());
        let mut there = Vec::with_capacity(tracks.len());
        for track in tracks {
            if let Some(number) = insert_row(&mut tx, track).await? {
                numbered.push((number, track));
                let id = track.id.to_string();
                for (blob, owner) in blobs_of(track) {
                    blobs::refer(&mut tx, blob, owner, &id, track.added_at).await?;
                }
                for job in jobs_of(track) {
                    jobs::enqueue(&mut tx, &job, track.added_at).await?;
                }
                there.push(None);
            } else {
                let row = BY_ORIGINAL.one(&mut tx, [track.original.hash.into()]).await?;
                there.push(Some(row.into_track()?));
            }
        }
        search::index(&mut tx, &numbered).await?;
        Ok(there)
    })
}

/// The number of the new row; `None`: its bytes have a track.
async fn insert_row(tx: &mut Transaction, track: &Track) -> Result<Option<i64>> {
    let [playable, playable_hash, playable_bytes, playable_format, playable_reason] =
        playable_values(&track.playable);
    let [title_sort, artist_sort, album_sort, album_position] = sort_values(track);
    let values = [
        track.id.into(),
        (&track.title).into(),
        (&track.artist).into(),
        (&track.album).into(),
        (&track.album_artist).into(),
        (&track.genre).into(),
        track.year.into(),
        track.track_number.into(),
        track.disc_number.into(),
        track.duration.into(),
        track.format.name().into(),
        track.original.hash.into(),
        track.original.size_bytes.into(),
        playable,
        playable_hash,
        playable_bytes,
        playable_format,
        playable_reason,
        track.artwork.into(),
        track.loudness.map(|loudness| loudness.integrated_lufs).into(),
        track.loudness.map(|loudness| loudness.true_peak).into(),
        track.added_by.into(),
        track.added_at.into(),
        track.origin.name().into(),
        title_sort,
        artist_sort,
        album_sort,
        album_position,
        track.isrc.map(|isrc| isrc.to_string()).into(),
    ];
    INSERT.find(tx, values).await
}

/// The bytes a track refers to. The size of artwork is known to whoever stored it.
fn blobs_of(track: &Track) -> Vec<(Blob, Owner)> {
    let mut blobs = vec![(track.original, Owner::Original)];
    blobs.extend(rendition(&track.playable).map(|blob| (blob, Owner::Rendition)));
    blobs.extend(track.artwork.map(|hash| (Blob { hash, size_bytes: 0 }, Owner::Artwork)));
    blobs
}

const fn rendition(playable: &Playable) -> Option<Blob> {
    match playable {
        Playable::Transcoded { blob, .. } => Some(*blob),
        Playable::Original | Playable::Pending | Playable::Failed { .. } => None,
    }
}

async fn find(tx: &mut Transaction, id: TrackId) -> Result<Option<(i64, Track)>> {
    let Some(row) = GET.find(tx, [id.into()]).await? else { return Ok(None) };
    Ok(Some((row.number(), row.into_track()?)))
}

/// Changes the tags, which must be clean. The track as it is then; `None`: there is no such track.
///
/// # Errors
/// Whatever the engine says.
pub async fn set_tags(database: &Database, id: TrackId, tags: &TrackTags) -> Result<Option<Track>> {
    transaction!(database, |tx| {
        let Some((number, mut track)) = find(&mut tx, id).await? else { return Ok(None) };
        track.set_tags(tags.clone());
        let [title_sort, artist_sort, album_sort, album_position] = sort_values(&track);
        let values = [
            id.into(),
            (&track.title).into(),
            (&track.artist).into(),
            (&track.album).into(),
            (&track.album_artist).into(),
            (&track.genre).into(),
            track.year.into(),
            track.track_number.into(),
            track.disc_number.into(),
            title_sort,
            artist_sort,
            album_sort,
            album_position,
        ];
        TAGS.run(&mut tx, values).await?;
        search::unindex(&mut tx, number).await?;
        search::index(&mut tx, &[(number, &track)]).await?;
        Ok(Some(track))
    })
}

/// Changes what listeners are given; whether there is such a track.
///
/// # Errors
/// Whatever the engine says.
pub async fn set_playable(
    database: &Database,
    id: TrackId,
    playable: &Playable,
    now: WallTime,
) -> Result<bool> {
    transaction!(database, |tx| {
        let Some((_, track)) = find(&mut tx, id).await? else { return Ok(false) };
        let [state, hash, bytes, format, reason] = playable_values(playable);
        PLAYABLE.run(&mut tx, [id.into(), state, hash, bytes, format, reason]).await?;
        let (before, after) = (rendition(&track.playable), rendition(playable));
        replace(&mut tx, before.map(|blob| blob.hash), after, Owner::Rendition, id, now).await?;
        Ok(true)
    })
}

/// Changes the cover picture; whether there is such a track.
///
/// # Errors
/// Whatever the engine says.
pub async fn set_artwork(
    database: &Database,
    id: TrackId,
    artwork: Option<Blob>,
    now: WallTime,
) -> Result<bool> {
    transaction!(database, |tx| {
        let Some((_, track)) = find(&mut tx, id).await? else { return Ok(false) };
        ARTWORK.run(&mut tx, [id.into(), artwork.map(|blob| blob.hash).into()]).await?;
        replace(&mut tx, track.artwork, artwork, Owner::Artwork, id, now).await?;
        Ok(true)
    })
}

/// The new reference first: bytes that stay are never without one.
async fn replace(
    tx: &mut Transaction,
    before: Option<BlobHash>,
    after: Option<Blob>,
    owner: Owner,
    id: TrackId,
    now: WallTime,
) -> Result<()> {
    let id = id.to_string();
    if let Some(blob) = after {
        blobs::refer(tx, blob, owner, &id, now).await?;
    }
    match before.filter(|&hash| after.is_none_or(|blob| blob.hash != hash)) {
        Some(hash) => blobs::release(tx, hash, owner, &id, now).await,
        None => Ok(()),
    }
}

/// Stores the loudness; whether there is such a track.
///
/// # Errors
/// Whatever the engine says.
pub async fn set_loudness(database: &Database, id: TrackId, loudness: Loudness) -> Result<bool> {
    let values = [id.into(), loudness.integrated_lufs.into(), loudness.true_peak.into()];
    Ok(LOUDNESS.run(database, values).await? > 0)
}

/// Stores the peaks of the waveform; whether there is such a track.
///
/// # Errors
/// Whatever the engine says.
pub async fn set_waveform(database: &Database, id: TrackId, peaks: &[u8]) -> Result<bool> {
    Ok(WAVEFORM.run(database, [id.into(), peaks.into()]).await? > 0)
}

/// Deletes a track and lets go of its bytes, with a line for the audit log; the track as it was.
///
/// # Errors
/// Whatever the engine says.
pub async fn delete(
    database: &Database,
    id: TrackId,
    now: WallTime,
    line: Option<&AuditEntry>,
) -> Result<Option<Track>> {
    transaction!(database, |tx| {
        let Some((number, track)) = find(&mut tx, id).await? else { return Ok(None) };
        search::unindex(&mut tx, number).await?;
        DELETE.run(&mut tx, [id.into()]).await?;
        if let Some(line) = line {
            audit::record(&mut tx, line).await?;
        }
        let text = id.to_string();
        for (blob, owner) in blobs_of(&track) {
            blobs::release(&mut tx, blob.hash, owner, &text, now).await?;
        }
        Ok(Some(track))
    })
}
