//! Tracks: what the library holds and what became of an upload.

use super::OutsideTrack;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How a file's sound is encoded, found from its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the formats")]
pub enum AudioFormat {
    Mp3,
    Flac,
    Vorbis,
    Opus,
    Aac,
    Alac,
    Wav,
    Aiff,
}

/// Whether a browser can play the track now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Playable {
    /// Yes.
    Ready,
    /// Not yet: it is being transcoded in the background.
    Pending,
    /// No, and this is why.
    Failed {
        /// A sentence for the person who uploaded it.
        reason: String,
    },
}

/// A track of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Track {
    /// Its id.
    pub id: String,
    /// Title; never empty.
    pub title: String,
    /// Artist; may be empty.
    pub artist: String,
    /// Album; may be empty.
    pub album: String,
    /// Genre; may be empty.
    pub genre: String,
    /// Year of release.
    pub year: Option<i32>,
    /// Number on its disc.
    pub track_number: Option<u32>,
    /// Disc of its album.
    pub disc_number: Option<u32>,
    /// Length.
    pub duration_ms: i64,
    /// How the original file is encoded.
    pub format: AudioFormat,
    /// Size of the original file, in bytes.
    pub size_bytes: u64,
    /// Whether a browser can play it now.
    pub playable: Playable,
    /// Where its cover is served (`?size=96|320|640`); absent without one.
    pub artwork_url: Option<String>,
    /// Where its sound is served.
    pub stream_url: String,
    /// Integrated loudness by EBU R 128, in LUFS; absent until measured.
    pub loudness_lufs: Option<f32>,
    /// When it was added.
    pub added_at_ms: i64,
}

/// A track of the library, or a song from elsewhere: only the latter has a `source`. `GET /api/v1/tracks/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum AnyTrack {
    /// Of the library.
    Library(Box<Track>),
    /// From elsewhere.
    Outside(Box<OutsideTrack>),
}

/// What a nest shows of a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackSummary {
    /// Its id.
    pub id: String,
    /// Title; never empty.
    pub title: String,
    /// Artist; may be empty.
    pub artist: String,
    /// Album; may be empty.
    pub album: String,
    /// Length.
    pub duration_ms: i64,
    /// Where its cover is served (`?size=96|320|640`); absent without one. Of a song from elsewhere it may be 404.
    pub artwork_url: Option<String>,
    /// Where its sound is served. Of a song from elsewhere: the same song of the library, or `plays_elsewhere`.
    pub stream_url: String,
    /// Which song of which service it is, `spotify:track:…`, `spotify:episode:…`, `youtube:…` or `soundcloud:…`; absent for
    /// a track of the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Of a song from elsewhere: the track of the library that was the same song when it was added.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub library_match: Option<String>,
}

/// One page of tracks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackPage {
    /// The tracks, in the order asked for.
    pub tracks: Vec<Track>,
    /// Give this as `cursor` to get the next page; absent on the last.
    pub next_cursor: Option<String>,
}

/// The shape of a track's loudness over its length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Waveform {
    /// Peaks from 0 to 255, spread evenly over the track. Empty until it has been measured.
    pub peaks: Vec<u8>,
}

/// What became of an upload. `POST /api/v1/uploads`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UploadOutcome {
    /// The track.
    pub track: Track,
    /// Whether these very bytes were in the library already.
    pub duplicate: bool,
}

/// The size of a cover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArtworkSize {
    /// Edge length in pixels: 96, 320 or 640 (the default).
    pub size: Option<u32>,
}
