//! The stored form of a track.

use crate::row::row;
use crate::value::Value;
use crate::{Error, Result};
use library::{AudioFormat, Blob, Loudness, Origin, Playable, Track, fold};
use model::{TrackPosition, WallTime};

row! {
    #[derive(Debug)]
    struct Columns {
        id: String,
        title: String,
        artist: String,
        album: String,
        album_artist: String,
        genre: String,
        year: Option<i64>,
        track_number: Option<i64>,
        disc_number: Option<i64>,
        isrc: Option<String>,
        duration_ms: i64,
        format: String,
        original_hash: String,
        original_bytes: i64,
        playable: String,
        playable_hash: Option<String>,
        playable_bytes: Option<i64>,
        playable_format: Option<String>,
        playable_reason: Option<String>,
        artwork: Option<String>,
        loudness_lufs: Option<f64>,
        true_peak: Option<f64>,
        added_by: Option<String>,
        added_at: i64,
        origin: String,
        number: i64,
    }
}

/// A row of `tracks`.
pub(crate) type TrackRow = Columns;

/// The columns of [`TrackRow`], as SQL.
macro_rules! track_columns {
    () => {
        "tracks.id, tracks.title, tracks.artist, tracks.album, tracks.album_artist, tracks.genre, tracks.year, \
         tracks.track_number, tracks.disc_number, tracks.isrc, tracks.duration_ms, tracks.format, tracks.original_hash, \
         tracks.original_bytes, tracks.playable, tracks.playable_hash, tracks.playable_bytes, \
         tracks.playable_format, tracks.playable_reason, tracks.artwork, tracks.loudness_lufs, tracks.true_peak, \
         tracks.added_by, tracks.added_at, tracks.origin, tracks.number"
    };
}
pub(crate) use track_columns;

fn read<T: std::str::FromStr<Err: ToString>>(column: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|error: T::Err| Error::unreadable(column, error))
}

fn read_format(name: &str) -> Result<AudioFormat> {
    AudioFormat::from_name(name).ok_or_else(|| Error::unreadable("tracks.format", name))
}

impl Columns {
    /// The place in insertion order, which the search index knows the track by.
    pub(crate) const fn number(&self) -> i64 {
        self.number
    }

    pub(crate) fn into_track(self) -> Result<Track> {
        let playable = self.playable()?;
        let number = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
        Ok(Track {
            id: read("tracks.id", &self.id)?,
            year: self.year.and_then(|year| i32::try_from(year).ok()),
            track_number: number(self.track_number),
            disc_number: number(self.disc_number),
            isrc: self.isrc.map(|isrc| read("tracks.isrc", &isrc)).transpose()?,
            duration: TrackPosition::from_millis(self.duration_ms),
            format: read_format(&self.format)?,
            original: Blob {
                hash: read("tracks.original_hash", &self.original_hash)?,
                size_bytes: self.original_bytes.unsigned_abs(),
            },
            playable,
            artwork: self.artwork.map(|hash| read("tracks.artwork", &hash)).transpose()?,
            loudness: self
                .loudness_lufs
                .zip(self.true_peak)
                .map(|(lufs, peak)| Loudness { integrated_lufs: lufs as f32, true_peak: peak as f32 }),
            added_by: self.added_by.map(|id| read("tracks.added_by", &id)).transpose()?,
            added_at: WallTime::from_micros(self.added_at),
            origin: Origin::from_name(&self.origin)
                .ok_or_else(|| Error::unreadable("tracks.origin", &self.origin))?,
            title: self.title,
            artist: self.artist,
            album: self.album,
            album_artist: self.album_artist,
            genre: self.genre,
        })
    }

    fn playable(&self) -> Result<Playable> {
        match (self.playable.as_str(), &self.playable_hash, self.playable_bytes, &self.playable_format) {
            ("original", ..) => Ok(Playable::Original),
            ("pending", ..) => Ok(Playable::Pending),
            ("failed", ..) => {
                Ok(Playable::Failed { reason: self.playable_reason.clone().unwrap_or_default() })
            }
            ("transcoded", Some(hash), Some(bytes), Some(format)) => Ok(Playable::Transcoded {
                blob: Blob { hash: read("tracks.playable_hash", hash)?, size_bytes: bytes.unsigned_abs() },
                format: read_format(format)?,
            }),
            (other, ..) => Err(Error::unreadable("tracks.playable", other)),
        }
    }
}

/// The five columns of what listeners are given: state, hash, bytes, format, reason.
pub(super) fn playable_values(playable: &Playable) -> [Value; 5] {
    let none = || Value::Null;
    match playable {
        Playable::Original => ["original".into(), none(), none(), none(), none()],
        Playable::Pending => ["pending".into(), none(), none(), none(), none()],
        Playable::Failed { reason } => ["failed".into(), none(), none(), none(), reason.into()],
        Playable::Transcoded { blob, format } => {
            ["transcoded".into(), blob.hash.into(), blob.size_bytes.into(), format.name().into(), none()]
        }
    }
}

/// The columns lists are ordered by: title, artist, album, place in the album. What has no name comes last.
pub(super) fn sort_values(track: &Track) -> [Value; 4] {
    let key = |text: &str| match fold(text) {
        folded if folded.is_empty() => Value::from("\u{10ffff}"),
        folded => Value::from(folded),
    };
    let artist = if track.album_artist.is_empty() { &track.artist } else { &track.album_artist };
    let position =
        i64::from(track.disc_number.unwrap_or(0)) * 10_000 + i64::from(track.track_number.unwrap_or(0));
    [key(&track.title), key(artist), key(&track.album), position.into()]
}
