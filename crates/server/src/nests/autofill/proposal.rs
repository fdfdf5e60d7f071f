//! Looking for what a nest would choose next: strategies are drawn by their weights, and asked until one finds something.

use super::{draw_unfiltered, outside};
use crate::app::App;
use crate::error::Result;
use crate::throwback::throwback;
use database::autofill;
use database::external_tracks::{self, Song};
use database::nests::Play;
use library::{ExternalTrack, Track, credits};
use model::{Contributor, NestId, TrackId, TrackSummary, WallTime};
use nest::{Because, Nest, Person, Preview, Reason, Seed, Strategy, limits};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Plays of the past that are looked at for one whose song can be played.
const THROWBACK_PLAYS: usize = 12;
/// Of a nest with a genre of its own, every so many genres asked for is that one.
const OWN_GENRE_EVERY: u64 = 3;

/// Looks for a track; `None`: there is none that was not just played, added or filtered.
pub(in crate::nests) async fn propose(app: &App, id: NestId, nest: &Nest) -> Result<Option<Preview>> {
    let search = Search::of(app, id, nest).await?;
    let weights = nest.settings().autofill_rules.weights;
    let mut tried = Vec::new();
    while let Some(strategy) = app.draw(|entropy| weights.draw(&tried, entropy)) {
        tried.push(strategy);
        if let Some(found) = search.ask(strategy).await? {
            return Ok(Some(found));
        }
    }
    if let Some(found) = search.ask(Strategy::Library).await? {
        return Ok(Some(found));
    }
    draw_unfiltered(app, nest).await
}

/// A track that a strategy found, and what speaks for it.
struct Candidate {
    track: TrackSummary,
    reason: Reason,
    /// The song of Spotify that it is; it becomes known here when it is chosen.
    outside: Option<ExternalTrack>,
}

struct Search<'a> {
    app: &'a App,
    id: NestId,
    nest: &'a Nest,
    now: WallTime,
    avoid: BTreeSet<TrackId>,
    seed: Option<Seed>,
    /// What the library knows of the seed.
    known: Option<Track>,
    /// The seed, if only Spotify has it.
    outside: Option<ExternalTrack>,
}

impl<'a> Search<'a> {
    async fn of(app: &'a App, id: NestId, nest: &'a Nest) -> Result<Self> {
        let now = app.now();
        let seed = nest.autofill().seed.as_deref().cloned().or_else(|| {
            nest.playing().map(|playing| Seed {
                track: playing.entry.track.id,
                title: playing.entry.track.title.clone(),
                artist: playing.entry.track.artist.clone(),
                by: playing.entry.added_by.clone(),
            })
        });
        let known = match &seed {
            Some(seed) => of_library(app, seed.track).await?,
            None => None,
        };
        // Of a small library, everything was played lately.
        let known_count =
            usize::try_from(database::tracks::count(app.database()).await?).unwrap_or(usize::MAX);
        let recent = nest.tracks_to_avoid(limits::RECENT_TRACKS_MAX.min(known_count / 2));
        let avoid = recent.chain(nest.filtered(now)).collect();
        let outside = match (&seed, &known) {
            (Some(seed), None) => outside::seed(app, seed.track).await?,
            _ => None,
        };
        Ok(Self { app, id, nest, now, avoid, seed, known, outside })
    }

    /// What a strategy finds, of which the nest's rule takes one.
    async fn ask(&self, strategy: Strategy) -> Result<Option<Preview>> {
        metrics::counter!("autofill_draws_total").increment(1);
        let mut candidates = self.candidates(strategy).await?;
        candidates.retain(|candidate| !self.avoid.contains(&candidate.track.id));
        let chosen = self.app.draw(|entropy| {
            nest::autofill::choose(self.nest, &candidates, |candidate| &candidate.track, entropy)
        });
        let Some(chosen) = chosen else { return Ok(None) };
        let track = match &chosen.outside {
            Some(song) => outside::keep(self.app, song).await?,
            None => chosen.track.clone(),
        };
        Ok(Some(Preview {
            track: Arc::new(track),
            because: Arc::new(Because {
                reason: chosen.reason.clone(),
                seed: self.seed.clone().filter(|_| self.follows_seed(&chosen.reason)),
            }),
        }))
    }

    fn follows_seed(&self, reason: &Reason) -> bool {
        match reason {
            Reason::SameArtist { .. }
            | Reason::SameAlbum { .. }
            | Reason::Collaborator { .. }
            | Reason::SimilarSound => true,
            Reason::SameGenre { genre } => self.known.as_ref().is_some_and(|known| known.genre == *genre),
            Reason::Favourite { .. } | Reason::Throwback { .. } | Reason::Library => false,
        }
    }

    async fn candidates(&self, strategy: Strategy) -> Result<Vec<Candidate>> {
        match strategy {
            Strategy::Genre => self.same_genre().await,
            Strategy::Artist => self.same_artist().await,
            Strategy::Album => self.same_album().await,
            Strategy::Collaborators => self.collaborators().await,
            Strategy::Sound => self.similar_sound().await,
            Strategy::Favourites => self.favourites().await,
            Strategy::Throwback => self.throwback().await,
            Strategy::Library => {
                let tracks = autofill::any(self.app.database(), self.chance()).await?;
                Ok(with_reason(&tracks, &Reason::Library))
            }
        }
    }

    async fn same_genre(&self) -> Result<Vec<Candidate>> {
        let own = self.nest.settings().autofill_rules.genre.as_str();
        let genre = self.known.as_ref().map_or("", |known| known.genre.as_str());
        let own_turn = !own.is_empty() && self.app.draw(|entropy| entropy.below(OWN_GENRE_EVERY)) == 0;
        let genre = if genre.is_empty() || own_turn { own } else { genre };
        let tracks = autofill::of_genre(self.app.database(), genre, self.chance()).await?;
        Ok(with_reason(&tracks, &Reason::SameGenre { genre: genre.to_owned() }))
    }

    async fn same_artist(&self) -> Result<Vec<Candidate>> {
        let Some(artist) = self.artist() else { return Ok(Vec::new()) };
        let tracks = autofill::of_artist(self.app.database(), &artist, self.chance()).await?;
        if tracks.is_empty() && self.outside.is_some() {
            let songs = outside::of_artist(self.app, &artist).await?;
            return Ok(from_outside(songs, &Reason::SameArtist { artist }));
        }
        Ok(with_reason(&tracks, &Reason::SameArtist { artist }))
    }

    async fn same_album(&self) -> Result<Vec<Candidate>> {
        if let (Some(seed), Some(artist)) = (&self.outside, self.artist()) {
            let songs = outside::of_album(self.app, seed, &artist).await?;
            return Ok(from_outside(songs, &Reason::SameAlbum { album: seed.album.clone() }));
        }
        let Some(known) = &self.known else { return Ok(Vec::new()) };
        let tracks = autofill::of_album(self.app.database(), known).await?;
        Ok(with_reason(&tracks, &Reason::SameAlbum { album: known.album.clone() }))
    }

    async fn collaborators(&self) -> Result<Vec<Candidate>> {
        let (Some(seed), Some(artist)) = (&self.seed, self.artist()) else { return Ok(Vec::new()) };
        let tracks = autofill::of_collaborators(self.app.database(), &seed.artist, self.chance()).await?;
        Ok(with_reason(&tracks, &Reason::Collaborator { artist }))
    }

    async fn similar_sound(&self) -> Result<Vec<Candidate>> {
        let loudness = self.known.as_ref().and_then(|known| known.loudness);
        let Some(loudness) = loudness else { return Ok(Vec::new()) };
        let lufs = loudness.integrated_lufs;
        let tracks = autofill::as_loud(self.app.database(), lufs, self.chance()).await?;
        Ok(with_reason(&tracks, &Reason::SimilarSound))
    }

    async fn favourites(&self) -> Result<Vec<Candidate>> {
        let loved = autofill::favourites(self.app.database(), self.now, self.chance()).await?;
        let candidate = |favourite: autofill::Favourite| Candidate {
            track: favourite.track.summary(),
            outside: None,
            reason: Reason::Favourite {
                jams: favourite.loves,
                by: favourite.by.map(|(id, name)| Person { id, name }),
            },
        };
        Ok(loved.into_iter().map(candidate).collect())
    }

    /// The first song of such days that the library has: the days of past years come first. What only another service
    /// has is left out, because not everybody would hear it.
    async fn throwback(&self) -> Result<Vec<Candidate>> {
        for Play { track, added_by, started_at, .. } in throwback(self.app, self.id, THROWBACK_PLAYS).await? {
            let Contributor::Person { id, name } = added_by else { continue };
            let found = of_library(self.app, track.id).await?;
            let found = found.filter(|found| found.is_playable() && !self.avoid.contains(&found.id));
            if let Some(found) = found {
                let reason = Reason::Throwback { by: Person { id, name }, played_at: started_at };
                return Ok(vec![Candidate { track: found.summary(), reason, outside: None }]);
            }
        }
        Ok(Vec::new())
    }

    /// The first of the artists of the seed.
    fn artist(&self) -> Option<String> {
        credits(&self.seed.as_ref()?.artist).into_iter().next()
    }

    fn chance(&self) -> u64 {
        self.app.draw(|entropy| entropy.next_u64())
    }
}

/// What the library knows of a song, which may be another service's.
async fn of_library(app: &App, track: TrackId) -> Result<Option<Track>> {
    Ok(match external_tracks::song(app.database(), track).await? {
        Some(Song::Library(track)) => Some(*track),
        Some(Song::External(song)) => external_tracks::library_match(app.database(), &song).await?,
        None => None,
    })
}

fn with_reason(tracks: &[Track], reason: &Reason) -> Vec<Candidate> {
    let candidate =
        |track: &Track| Candidate { track: track.summary(), reason: reason.clone(), outside: None };
    tracks.iter().map(candidate).collect()
}

fn from_outside(songs: Vec<ExternalTrack>, reason: &Reason) -> Vec<Candidate> {
    let candidate = |song: ExternalTrack| Candidate {
        track: song.summary(None),
        reason: reason.clone(),
        outside: Some(song),
    };
    songs.into_iter().map(candidate).collect()
}
