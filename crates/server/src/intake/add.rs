//! One stored file becomes a track: known already, or looked at, given a cover, and written down with its jobs.

use super::Intake;
use crate::error::{Error, Result};
use audio::{AudioError, Inspection, Picture};
use blobs::{BlobKey, Stored};
use database::jobs::NewJob;
use library::{AudioFormat, Blob, Origin, Playable, Track, TrackTags};
use model::{JobId, MemberId, TrackId, TrackPosition};
use std::time::Duration;

/// A file that is in the library now.
#[derive(Clone, Debug)]
pub struct Added {
    /// The track.
    pub track: Track,
    /// Whether it was there before.
    pub duplicate: bool,
}

/// A file that is not.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// Something is wrong with the file.
    #[error(transparent)]
    File(#[from] AudioError),
    /// Something is wrong with us.
    #[error(transparent)]
    Fault(#[from] Error),
}

impl From<database::Error> for Rejection {
    fn from(error: database::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// The kinds of background work on a track.
pub(super) const MEASURE: &str = "track.measure";
pub(super) const CONVERT: &str = "track.convert";

impl Intake {
    /// Takes a stored file into the library. `stem` is its title if its tags have none.
    pub(super) async fn add(
        &self,
        stored: Stored,
        stem: &str,
        by: Option<MemberId>,
        origin: Origin,
    ) -> Result<Added, Rejection> {
        self.claim(Blob { hash: stored.hash, size_bytes: stored.bytes }).await?;
        if let Some(track) = database::tracks::find_by_original(&self.database, stored.hash).await? {
            return Ok(Added { track, duplicate: true });
        }
        let track = match self.look_at(&stored, stem, by, origin, None).await {
            Ok(track) => track,
            Err(rejection) => {
                self.drop_unused(&stored).await;
                return Err(rejection);
            }
        };
        // The same bytes may have become a track meanwhile, here or in another process.
        let there = self.insert(std::slice::from_ref(&track)).await?;
        match there.into_iter().next().flatten() {
            Some(track) => Ok(Added { track, duplicate: true }),
            None => Ok(Added { track, duplicate: false }),
        }
    }

    /// Writes tracks down together with the background work they need. In the place of each, the track that was there.
    pub(super) async fn insert(&self, tracks: &[Track]) -> Result<Vec<Option<Track>>> {
        let there =
            database::tracks::insert_with_jobs(&self.database, tracks, |track| self.jobs_of(track)).await?;
        self.added.notify_one();
        Ok(there)
    }

    /// Says that these bytes are in use, so that the collector leaves them alone for a while.
    pub(super) async fn claim(&self, blob: Blob) -> Result<()> {
        const ATTEMPTS_MAX: u32 = 20;
        for _ in 0..ATTEMPTS_MAX {
            if database::blobs::claim(&self.database, blob, self.now()).await? {
                return Ok(());
            }
            // Being collected at this very moment: soon it is gone, or was not.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(Error::Busy)
    }

    /// What a stored file is, as a track that is not written down yet. `beside`: a picture to use if it has none inside.
    pub(super) async fn look_at(
        &self,
        stored: &Stored,
        stem: &str,
        by: Option<MemberId>,
        origin: Origin,
        beside: Option<&[u8]>,
    ) -> Result<Track, Rejection> {
        let Inspection { format, duration_ms, browser_playable, tags, picture, .. } =
            self.workers.inspect(&self.blobs.path(BlobKey::Original(stored.hash))).await?;
        let picture = picture.map(|Picture { bytes, .. }| bytes);
        let artwork = match picture.as_deref().or(beside) {
            Some(bytes) => self.cover(bytes).await?,
            None => None,
        };
        let isrc = tags.isrc.as_deref().and_then(|text| text.parse().ok());
        let TrackTags { title, artist, album, album_artist, genre, year, track_number, disc_number } =
            clean(tags, stem);
        Ok(Track {
            id: self.generate(TrackId::generate),
            title,
            artist,
            album,
            album_artist,
            genre,
            year,
            track_number,
            disc_number,
            isrc,
            duration: TrackPosition::from_millis(i64::try_from(duration_ms).unwrap_or(i64::MAX).max(1)),
            format: format_of(format),
            original: Blob { hash: stored.hash, size_bytes: stored.bytes },
            playable: if browser_playable { Playable::Original } else { Playable::Pending },
            artwork,
            loudness: None,
            added_by: by,
            added_at: self.now(),
            origin,
        })
    }

    /// Background work a new track needs.
    fn jobs_of(&self, track: &Track) -> Vec<NewJob> {
        let convert = (track.playable == Playable::Pending).then_some(CONVERT);
        let job = |kind: &str| NewJob {
            id: self.generate(JobId::generate),
            kind: kind.to_owned(),
            payload: track.id.to_string(),
            run_at: track.added_at,
            dedupe_key: Some(track.id.to_string()),
        };
        [convert, Some(MEASURE)].into_iter().flatten().map(job).collect()
    }

    /// Bytes of a rejected file take up room at once no more, unless something else uses them.
    pub(super) async fn drop_unused(&self, stored: &Stored) {
        if stored.existed || !matches!(database::blobs::references(&self.database, stored.hash).await, Ok(0))
        {
            return;
        }
        if let Err(error) = self.blobs.remove(stored.key).await {
            tracing::warn!(%error, "a rejected file could not be removed; the collector will try again");
        }
    }
}

fn clean(tags: audio::Tags, stem: &str) -> TrackTags {
    TrackTags {
        title: tags.title.unwrap_or_default(),
        artist: tags.artist.unwrap_or_default(),
        album: tags.album.unwrap_or_default(),
        album_artist: tags.album_artist.unwrap_or_default(),
        genre: tags.genre.unwrap_or_default(),
        year: tags.year.map(i32::from),
        track_number: tags.track.map(u32::from),
        disc_number: tags.disc.map(u32::from),
    }
    .cleaned(stem)
}

const fn format_of(format: audio::AudioFormat) -> AudioFormat {
    match format {
        audio::AudioFormat::Mp3 => AudioFormat::Mp3,
        audio::AudioFormat::Flac => AudioFormat::Flac,
        audio::AudioFormat::Vorbis => AudioFormat::Vorbis,
        audio::AudioFormat::Opus => AudioFormat::Opus,
        audio::AudioFormat::Aac => AudioFormat::Aac,
        audio::AudioFormat::Alac => AudioFormat::Alac,
        audio::AudioFormat::Wav => AudioFormat::Wav,
        audio::AudioFormat::Aiff => AudioFormat::Aiff,
    }
}
