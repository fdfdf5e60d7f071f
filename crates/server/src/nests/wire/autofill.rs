//! What the nest plays by itself: its words to the network's, and back.

use super::{contributor, track_summary};
use crate::error::{Error, Result};
use model::{MemberId, WallTime};
use nest::{AutofillState, Because, Genre, Person, Preview, Reason, Refused, Rules, Seed, Strategy, Weights};
use protocol::http as wire;

pub(super) fn autofill(autofill: &AutofillState) -> wire::Autofill {
    wire::Autofill {
        state: if autofill.rests { wire::AutofillState::Resting } else { wire::AutofillState::Ready },
        preview: autofill.preview.as_deref().map(preview),
    }
}

pub(super) fn preview(preview: &Preview) -> wire::Preview {
    wire::Preview { track: track_summary(&preview.track), because: because(&preview.because) }
}

pub(crate) fn because(because: &Because) -> wire::Because {
    let seed = |seed: &Seed| wire::Seed {
        track_id: seed.track.to_string(),
        title: seed.title.clone(),
        artist: seed.artist.clone(),
        by: contributor(&seed.by),
    };
    wire::Because { reason: reason(&because.reason), seed: because.seed.as_ref().map(seed) }
}

/// A track that somebody of this name filtered.
pub(crate) fn refused(refused: &Refused, by: Option<&str>, until: WallTime) -> wire::FilteredTrack {
    let credit = |(id, name): (MemberId, &str)| wire::Credit { id: id.to_string(), name: name.to_owned() };
    wire::FilteredTrack {
        track: track_summary(&refused.track),
        by: refused.by.zip(by).map(credit),
        at_ms: refused.at.millis(),
        until_ms: until.millis(),
    }
}

fn reason(reason: &Reason) -> wire::Reason {
    match reason {
        Reason::SameArtist { artist } => wire::Reason::SameArtist { artist: artist.clone() },
        Reason::SameGenre { genre } => wire::Reason::SameGenre { genre: genre.clone() },
        Reason::SameAlbum { album } => wire::Reason::SameAlbum { album: album.clone() },
        Reason::Collaborator { artist } => wire::Reason::Collaborator { artist: artist.clone() },
        Reason::SimilarSound => wire::Reason::SimilarSound,
        Reason::Favourite { jams, by } => {
            wire::Reason::Favourite { jams: *jams, by: by.as_ref().map(person) }
        }
        Reason::Throwback { by, played_at } => {
            wire::Reason::Throwback { by: person(by), played_at_ms: played_at.millis() }
        }
        Reason::Library => wire::Reason::Library,
    }
}

fn person(person: &Person) -> wire::Credit {
    wire::Credit { id: person.id.to_string(), name: person.name.clone() }
}

pub(super) fn rules(rules: &Rules) -> wire::AutofillRules {
    let of = |strategy| rules.weights.of(strategy);
    wire::AutofillRules {
        depth: rules.depth,
        streak_minutes_max: rules.streak_minutes_max,
        filter_days: rules.filter_days,
        genre: rules.genre.to_string(),
        weights: wire::AutofillWeights {
            genre: of(Strategy::Genre),
            artist: of(Strategy::Artist),
            album: of(Strategy::Album),
            collaborators: of(Strategy::Collaborators),
            sound: of(Strategy::Sound),
            favourites: of(Strategy::Favourites),
            throwback: of(Strategy::Throwback),
            library: of(Strategy::Library),
        },
    }
}

pub(super) fn rules_of(rules: &wire::AutofillRules) -> Result<Rules> {
    let weights = &rules.weights;
    Ok(Rules {
        depth: rules.depth,
        streak_minutes_max: rules.streak_minutes_max,
        filter_days: rules.filter_days,
        genre: Genre::parse(&rules.genre).map_err(|error| Error::invalid("genre", error))?,
        weights: Weights::from_each(|strategy| match strategy {
            Strategy::Genre => weights.genre,
            Strategy::Artist => weights.artist,
            Strategy::Album => weights.album,
            Strategy::Collaborators => weights.collaborators,
            Strategy::Sound => weights.sound,
            Strategy::Favourites => weights.favourites,
            Strategy::Throwback => weights.throwback,
            Strategy::Library => weights.library,
        }),
    })
}
