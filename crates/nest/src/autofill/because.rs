//! Why the nest chose a track, in values that can be told to people: "because Ana played …".

use model::{Contributor, MemberId, TrackId, TrackSummary, WallTime};
use std::sync::Arc;

/// Why the nest chose a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// What speaks for it.
    pub reason: Reason,
    /// What it was chosen after; `None`: after nothing in particular.
    pub seed: Option<Seed>,
}

/// What speaks for a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is by the artist of the seed.
    SameArtist {
        /// The artist.
        artist: String,
    },
    /// It is of the genre of the seed, or of the nest.
    SameGenre {
        /// The genre.
        genre: String,
    },
    /// It is on the album of the seed.
    SameAlbum {
        /// The album.
        album: String,
    },
    /// It is by somebody who shares a credit with the artist of the seed.
    Collaborator {
        /// Whom.
        artist: String,
    },
    /// It is as loud as the seed.
    SimilarSound,
    /// People loved it, and it has not been played for long.
    Favourite {
        /// How many jams and votes were counted.
        jams: u32,
        /// Who had queued it, if that is known.
        by: Option<Person>,
    },
    /// It was played on such a day.
    Throwback {
        /// Who had queued it.
        by: Person,
        /// When.
        played_at: WallTime,
    },
    /// It is in the library.
    Library,
}

/// Somebody, with the name at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: MemberId,
    /// The name.
    pub name: String,
}

/// What was played here, and leads to what may come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// Which track.
    pub track: TrackId,
    /// Its title.
    pub title: String,
    /// Its artist as shown; may be empty.
    pub artist: String,
    /// Who had queued it.
    pub by: Contributor,
}

/// What the nest would choose next. Everybody sees the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The track.
    pub track: Arc<TrackSummary>,
    /// Why.
    pub because: Arc<Because>,
}

impl Preview {
    /// Who is to be credited with it: whoever queued it on that day.
    pub(crate) fn credit(&self) -> Option<&Person> {
        match &self.because.reason {
            Reason::Throwback { by, .. } => Some(by),
            _ => None,
        }
    }
}
