//! What a nest needs to know of a track to queue and show it. The whole track lives in `library`.

use crate::{BlobHash, TrackId, TrackPosition, TrackSource};

/// A track as a nest's log remembers it: complete even if the track is deleted later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackSummary {
    /// Which song.
    pub id: TrackId,
    /// Title; never empty.
    pub title: String,
    /// Artist as shown; may be empty.
    pub artist: String,
    /// Album; may be empty.
    pub album: String,
    /// How long it plays; at least a millisecond.
    pub duration: TrackPosition,
    /// The cover picture, if it has one.
    pub artwork: Option<BlobHash>,
    /// Where it comes from.
    pub source: TrackSource,
    /// Of a song from elsewhere: the track of the library that was the same song when it was added.
    pub library_match: Option<TrackId>,
}
