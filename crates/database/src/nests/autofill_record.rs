//! The private JSON form of what a nest plays by itself: its rules, its preview and why, what it remembers.

use super::record::{
    ContributorRecord, TrackRecord, Unread, contributor_record, read_contributor, read_member,
};
use model::{TrackId, WallTime};
use nest::{
    AutofillState, Because, Genre, Person, Preview, Reason, Refused, Rules, Seed, Strategy, Streak, Weights,
    limits,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

#[derive(Serialize, Deserialize)]
pub(super) struct RulesRecord {
    depth: u32,
    streak_minutes_max: u32,
    filter_days: u32,
    #[serde(default)]
    genre: String,
    /// A strategy that did not exist when this was written has its default weight.
    weights: BTreeMap<String, u8>,
}

impl Default for RulesRecord {
    fn default() -> Self {
        Self::from(&Rules::DEFAULT)
    }
}

impl From<&Rules> for RulesRecord {
    fn from(rules: &Rules) -> Self {
        let weight = |strategy| (strategy_name(strategy).to_owned(), rules.weights.of(strategy));
        Self {
            depth: rules.depth,
            streak_minutes_max: rules.streak_minutes_max,
            filter_days: rules.filter_days,
            genre: rules.genre.to_string(),
            weights: Strategy::ALL.into_iter().map(weight).collect(),
        }
    }
}

impl From<RulesRecord> for Rules {
    fn from(record: RulesRecord) -> Self {
        let weight = |strategy| {
            let written = record.weights.get(strategy_name(strategy)).copied();
            written.unwrap_or(Weights::DEFAULT.of(strategy)).min(limits::AUTOFILL_WEIGHT_MAX)
        };
        Self {
            depth: record.depth,
            streak_minutes_max: record.streak_minutes_max,
            filter_days: record.filter_days,
            genre: Genre::parse(&record.genre).unwrap_or_default(),
            weights: Weights::from_each(weight),
        }
    }
}

const fn strategy_name(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Genre => "genre",
        Strategy::Artist => "artist",
        Strategy::Album => "album",
        Strategy::Collaborators => "collaborators",
        Strategy::Sound => "sound",
        Strategy::Favourites => "favourites",
        Strategy::Throwback => "throwback",
        Strategy::Library => "library",
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct PersonRecord {
    id: String,
    name: String,
}

impl From<&Person> for PersonRecord {
    fn from(person: &Person) -> Self {
        Self { id: person.id.to_string(), name: person.name.clone() }
    }
}

impl TryFrom<PersonRecord> for Person {
    type Error = Unread;

    fn try_from(record: PersonRecord) -> Result<Self, Unread> {
        Ok(Self { id: read_member(&record.id)?, name: record.name })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ReasonRecord {
    SameArtist { artist: String },
    SameGenre { genre: String },
    SameAlbum { album: String },
    Collaborator { artist: String },
    SimilarSound,
    Favourite { jams: u32, by: Option<PersonRecord> },
    Throwback { by: PersonRecord, played_at: i64 },
    Library,
}

impl From<&Reason> for ReasonRecord {
    fn from(reason: &Reason) -> Self {
        match reason {
            Reason::SameArtist { artist } => Self::SameArtist { artist: artist.clone() },
            Reason::SameGenre { genre } => Self::SameGenre { genre: genre.clone() },
            Reason::SameAlbum { album } => Self::SameAlbum { album: album.clone() },
            Reason::Collaborator { artist } => Self::Collaborator { artist: artist.clone() },
            Reason::SimilarSound => Self::SimilarSound,
            Reason::Favourite { jams, by } => {
                Self::Favourite { jams: *jams, by: by.as_ref().map(PersonRecord::from) }
            }
            Reason::Throwback { by, played_at } => {
                Self::Throwback { by: by.into(), played_at: played_at.micros() }
            }
            Reason::Library => Self::Library,
        }
    }
}

impl TryFrom<ReasonRecord> for Reason {
    type Error = Unread;

    fn try_from(record: ReasonRecord) -> Result<Self, Unread> {
        Ok(match record {
            ReasonRecord::SameArtist { artist } => Self::SameArtist { artist },
            ReasonRecord::SameGenre { genre } => Self::SameGenre { genre },
            ReasonRecord::SameAlbum { album } => Self::SameAlbum { album },
            ReasonRecord::Collaborator { artist } => Self::Collaborator { artist },
            ReasonRecord::SimilarSound => Self::SimilarSound,
            ReasonRecord::Favourite { jams, by } => {
                Self::Favourite { jams, by: by.map(TryInto::try_into).transpose()? }
            }
            ReasonRecord::Throwback { by, played_at } => {
                Self::Throwback { by: by.try_into()?, played_at: WallTime::from_micros(played_at) }
            }
            ReasonRecord::Library => Self::Library,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct SeedRecord {
    track: String,
    title: String,
    artist: String,
    by: Option<ContributorRecord>,
}

impl From<&Seed> for SeedRecord {
    fn from(seed: &Seed) -> Self {
        Self {
            track: seed.track.to_string(),
            title: seed.title.clone(),
            artist: seed.artist.clone(),
            by: contributor_record(&seed.by),
        }
    }
}

impl TryFrom<SeedRecord> for Seed {
    type Error = Unread;

    fn try_from(record: SeedRecord) -> Result<Self, Unread> {
        Ok(Self {
            track: read_track(&record.track)?,
            title: record.title,
            artist: record.artist,
            by: read_contributor(record.by)?,
        })
    }
}

pub(super) fn read_track(id: &str) -> Result<TrackId, Unread> {
    id.parse().map_err(|error: model::IdError| error.to_string())
}

#[derive(Serialize, Deserialize)]
pub(super) struct BecauseRecord {
    reason: ReasonRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<SeedRecord>,
}

impl BecauseRecord {
    /// The version of this form where it stands alone.
    pub(super) const FORMAT: u32 = 1;
}

impl From<&Because> for BecauseRecord {
    fn from(because: &Because) -> Self {
        Self { reason: (&because.reason).into(), seed: because.seed.as_ref().map(SeedRecord::from) }
    }
}

impl TryFrom<BecauseRecord> for Because {
    type Error = Unread;

    fn try_from(record: BecauseRecord) -> Result<Self, Unread> {
        let seed = record.seed.map(Seed::try_from).transpose()?;
        Ok(Self { reason: record.reason.try_into()?, seed })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct PreviewRecord {
    track: TrackRecord,
    because: BecauseRecord,
}

impl From<&Preview> for PreviewRecord {
    fn from(preview: &Preview) -> Self {
        Self { track: TrackRecord::from(&*preview.track), because: BecauseRecord::from(&*preview.because) }
    }
}

impl TryFrom<PreviewRecord> for Preview {
    type Error = Unread;

    fn try_from(record: PreviewRecord) -> Result<Self, Unread> {
        Ok(Self { track: Arc::new(record.track.try_into()?), because: Arc::new(record.because.try_into()?) })
    }
}

/// What the state remembers; a snapshot of before there was this says nothing.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct AutofillRecord {
    rests: bool,
    preview: Option<PreviewRecord>,
    seed: Option<SeedRecord>,
    heard_us: u64,
    heard_since: Option<i64>,
    /// Time and track.
    filtered: Vec<(i64, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refused: Vec<RefusedRecord>,
}

#[derive(Serialize, Deserialize)]
struct RefusedRecord {
    track: TrackRecord,
    at: i64,
    by: Option<String>,
}

impl From<&Refused> for RefusedRecord {
    fn from(refused: &Refused) -> Self {
        Self {
            track: TrackRecord::from(&*refused.track),
            at: refused.at.micros(),
            by: refused.by.map(|id| id.to_string()),
        }
    }
}

impl TryFrom<RefusedRecord> for Refused {
    type Error = Unread;

    fn try_from(record: RefusedRecord) -> Result<Self, Unread> {
        Ok(Self {
            track: Arc::new(record.track.try_into()?),
            at: WallTime::from_micros(record.at),
            by: record.by.as_deref().map(read_member).transpose()?,
        })
    }
}

impl From<&AutofillState> for AutofillRecord {
    fn from(state: &AutofillState) -> Self {
        let filtered = state.filtered.iter().map(|(at, track)| (at.micros(), track.to_string()));
        Self {
            rests: state.rests,
            preview: state.preview.as_deref().map(PreviewRecord::from),
            seed: state.seed.as_deref().map(SeedRecord::from),
            heard_us: u64::try_from(state.streak.heard.as_micros()).unwrap_or(u64::MAX),
            heard_since: state.streak.since.map(WallTime::micros),
            filtered: filtered.collect(),
            refused: state.refused.iter().map(RefusedRecord::from).collect(),
        }
    }
}

impl AutofillRecord {
    /// The state, of which `waits` is written elsewhere.
    pub(super) fn read(self, waits: bool) -> Result<AutofillState, Unread> {
        let filtered = |(at, track): (i64, String)| Ok((WallTime::from_micros(at), read_track(&track)?));
        Ok(AutofillState {
            waits,
            rests: self.rests,
            preview: self.preview.map(Preview::try_from).transpose()?.map(Arc::new),
            seed: self.seed.map(Seed::try_from).transpose()?.map(Arc::new),
            streak: Streak {
                heard: Duration::from_micros(self.heard_us),
                since: self.heard_since.map(WallTime::from_micros),
            },
            filtered: Arc::new(self.filtered.into_iter().map(filtered).collect::<Result<_, Unread>>()?),
            refused: Arc::new(
                self.refused.into_iter().map(Refused::try_from).collect::<Result<_, Unread>>()?,
            ),
        })
    }
}
