//! What a nest plays by itself: its rules, what it would choose next, and why.

use super::{Contributor, TrackSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a nest plays on by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutofillRules {
    /// How many entries are kept ready, 0 to 10. 0: one, when it is needed.
    pub depth: u32,
    /// After how many minutes without an entry of a person the nest falls silent, 0 to 10,080. 0: never.
    pub streak_minutes_max: u32,
    /// For how many days what a person added or filtered is not chosen, 0 to 365.
    pub filter_days: u32,
    /// The genre it starts from before anything was played, at most 60 characters; empty: none.
    pub genre: String,
    /// How often each strategy is asked.
    pub weights: AutofillWeights,
}

/// How often each strategy is asked, relative to the others: 0 (never) to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutofillWeights {
    /// Of the same genre.
    pub genre: u8,
    /// By the same artist.
    pub artist: u8,
    /// On the same album.
    pub album: u8,
    /// By artists who share a credit.
    pub collaborators: u8,
    /// About as loud.
    pub sound: u8,
    /// Loved, and not played for long.
    pub favourites: u8,
    /// Played on the same weekday, in past years first.
    pub throwback: u8,
    /// Anything. What is drawn when the others find nothing, whatever its weight.
    pub library: u8,
}

/// What a nest is doing by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Autofill {
    /// Whether it would play on. Whether it is turned on at all is in the settings.
    pub state: AutofillState,
    /// What it would choose next; the same for everybody.
    pub preview: Option<Preview>,
}

/// Whether a nest plays on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutofillState {
    /// It plays on when the queue runs dry.
    Ready,
    /// It has played for as long as it may without an entry of a person: once what is queued has played it is silent,
    /// until a person adds something.
    Resting,
}

/// What a nest would choose next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// The track.
    pub track: TrackSummary,
    /// Why.
    pub because: Because,
}

/// Why a nest chose a track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Because {
    /// What speaks for it.
    pub reason: Reason,
    /// What it was chosen after: "because Ana played …". Absent: after nothing in particular.
    pub seed: Option<Seed>,
}

/// What speaks for a track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
        /// The artist of the seed.
        artist: String,
    },
    /// It is about as loud as the seed.
    SimilarSound,
    /// People loved it, and it has not been played for long.
    Favourite {
        /// How many jams and votes were counted.
        jams: u32,
        /// Who had queued it, if that is known.
        by: Option<Credit>,
    },
    /// It was played on such a day.
    Throwback {
        /// Who had queued it: they jam along.
        by: Credit,
        /// When it was played.
        played_at_ms: i64,
    },
    /// It is in the library.
    Library,
}

/// Somebody, with the name at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credit {
    /// Id.
    pub id: String,
    /// The name at that moment.
    pub name: String,
}

/// What was played in the nest and led to a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seed {
    /// Id of the track.
    pub track_id: String,
    /// Its title.
    pub title: String,
    /// Its artist as shown; may be empty.
    pub artist: String,
    /// Who had queued it.
    pub by: Contributor,
}

/// `POST /api/v1/nests/{code}/queue-preview`, `…/filter-preview` and `…/unfilter`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutofillTrackBody {
    /// Id of the track that is meant. If the preview is another by then, nothing happens and `other_preview` is answered;
    /// `unfilter` takes any track, and does nothing if nobody filtered it.
    pub track_id: String,
}

/// A track that somebody filtered. `GET /api/v1/nests/{code}/filtered`, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FilteredTrack {
    /// The track.
    pub track: TrackSummary,
    /// Who filtered it, if they are still known.
    pub by: Option<Credit>,
    /// When.
    pub at_ms: i64,
    /// Until when it is not chosen.
    pub until_ms: i64,
}
