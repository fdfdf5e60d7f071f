//! Private JSON forms of what events and snapshots are made of. Fields that a later release added are ignored; what is
//! missing takes its default where there is one.

use super::autofill_record::BecauseRecord;
use super::reaction_record::{CommentRecord, JamRecord};
use crate::{Error, Result};
use model::{Contributor, EntryId, MemberId, TrackPosition, TrackSummary, WallTime};
use nest::{Entry, Playback, Standing, Vote, VoteDirection};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What cannot be read, in words.
pub(super) type Unread = String;

/// Every stored payload: the format's version beside the body.
#[derive(Serialize, Deserialize)]
pub(super) struct Envelope<T> {
    format: u32,
    body: T,
}

impl<T> Envelope<T> {
    pub(super) fn seal(format: u32, body: &T) -> Result<String>
    where
        T: Serialize,
    {
        serde_json::to_string(&Envelope { format, body })
            .map_err(|error| Error::unreadable("a record to be stored", error))
    }
}

impl Envelope<()> {
    pub(super) fn open<T: DeserializeOwned>(format: u32, payload: &str) -> Result<T, Unread> {
        // The version first: a body of another format is not looked at.
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let version: Version = serde_json::from_str(payload).map_err(|error| error.to_string())?;
        if version.format > format {
            return Err(format!("format {} is of a newer release; this one reads {format}", version.format));
        }
        let envelope: Envelope<T> = serde_json::from_str(payload).map_err(|error| error.to_string())?;
        Ok(envelope.body)
    }
}

pub(super) fn read_member(id: &str) -> Result<MemberId, Unread> {
    id.parse().map_err(|error: model::IdError| error.to_string())
}

#[derive(Serialize, Deserialize)]
pub(super) struct TrackRecord {
    id: String,
    title: String,
    artist: String,
    album: String,
    duration_ms: i64,
    artwork: Option<String>,
    /// Absent: the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    library_match: Option<String>,
}

impl From<&TrackSummary> for TrackRecord {
    fn from(track: &TrackSummary) -> Self {
        Self {
            id: track.id.to_string(),
            title: track.title.clone(),
            artist: track.artist.clone(),
            album: track.album.clone(),
            duration_ms: track.duration.millis(),
            artwork: track.artwork.map(|hash| hash.to_string()),
            source: track.source.service().map(|_| track.source.to_string()),
            library_match: track.library_match.map(|id| id.to_string()),
        }
    }
}

impl TryFrom<TrackRecord> for TrackSummary {
    type Error = Unread;

    fn try_from(record: TrackRecord) -> Result<Self, Unread> {
        let unread = |error: model::IdError| error.to_string();
        let source = record.source.map(|source| source.parse()).transpose().map_err(unread)?;
        let library_match = record.library_match.map(|id| id.parse()).transpose().map_err(unread)?;
        let artwork = record.artwork.map(|hash| hash.parse()).transpose();
        Ok(Self {
            id: record.id.parse().map_err(unread)?,
            title: record.title,
            artist: record.artist,
            album: record.album,
            duration: TrackPosition::from_millis(record.duration_ms),
            artwork: artwork.map_err(unread)?,
            source: source.unwrap_or_default(),
            library_match,
        })
    }
}

/// Nobody's name: the nest itself.
#[derive(Serialize, Deserialize)]
pub(super) struct ContributorRecord {
    id: String,
    name: String,
}

pub(super) fn contributor_record(contributor: &Contributor) -> Option<ContributorRecord> {
    match contributor {
        Contributor::Person { id, name } => {
            Some(ContributorRecord { id: id.to_string(), name: name.clone() })
        }
        Contributor::Autofill => None,
    }
}

pub(super) fn read_contributor(record: Option<ContributorRecord>) -> Result<Contributor, Unread> {
    match record {
        Some(record) => Ok(Contributor::Person { id: read_member(&record.id)?, name: record.name }),
        None => Ok(Contributor::Autofill),
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DirectionRecord {
    Up,
    Down,
}

impl From<VoteDirection> for DirectionRecord {
    fn from(direction: VoteDirection) -> Self {
        match direction {
            VoteDirection::Up => Self::Up,
            VoteDirection::Down => Self::Down,
        }
    }
}

impl From<DirectionRecord> for VoteDirection {
    fn from(record: DirectionRecord) -> Self {
        match record {
            DirectionRecord::Up => Self::Up,
            DirectionRecord::Down => Self::Down,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct VoteRecord {
    voter: String,
    direction: DirectionRecord,
    counted: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct EntryRecord {
    id: u64,
    track: TrackRecord,
    #[serde(default)]
    added_by: Option<ContributorRecord>,
    added_at: i64,
    score: f64,
    #[serde(default)]
    votes: Vec<VoteRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    jams: Vec<JamRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    comments: Vec<CommentRecord>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    free_horn_earned: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    because: Option<BecauseRecord>,
}

impl From<&Entry> for EntryRecord {
    fn from(entry: &Entry) -> Self {
        let votes = entry.votes.iter().map(|(voter, vote)| VoteRecord {
            voter: voter.to_string(),
            direction: vote.direction.into(),
            counted: vote.counted,
        });
        Self {
            id: entry.id.sequence(),
            track: TrackRecord::from(&*entry.track),
            added_by: contributor_record(&entry.added_by),
            added_at: entry.added_at.micros(),
            score: entry.score,
            votes: votes.collect(),
            jams: entry.jams.iter().map(JamRecord::from).collect(),
            comments: entry.comments.iter().map(CommentRecord::from).collect(),
            free_horn_earned: entry.free_horn_earned,
            because: entry.because.as_deref().map(BecauseRecord::from),
        }
    }
}

impl TryFrom<EntryRecord> for Entry {
    type Error = Unread;

    fn try_from(record: EntryRecord) -> Result<Self, Unread> {
        let vote = |vote: VoteRecord| {
            let direction = vote.direction.into();
            Ok((read_member(&vote.voter)?, Vote { direction, counted: vote.counted }))
        };
        Ok(Self {
            id: EntryId::from_sequence(record.id),
            track: Arc::new(record.track.try_into()?),
            added_by: read_contributor(record.added_by)?,
            added_at: WallTime::from_micros(record.added_at),
            score: record.score,
            votes: record.votes.into_iter().map(vote).collect::<Result<BTreeMap<_, _>, Unread>>()?,
            jams: record.jams.into_iter().map(TryInto::try_into).collect::<Result<_, Unread>>()?,
            comments: record.comments.into_iter().map(TryInto::try_into).collect::<Result<_, Unread>>()?,
            free_horn_earned: record.free_horn_earned,
            because: record.because.map(TryInto::try_into).transpose()?.map(Arc::new),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct StandingRecord {
    entry: u64,
    score: f64,
}

pub(super) fn standing_records(standings: &[Standing]) -> Vec<StandingRecord> {
    let record =
        |standing: &Standing| StandingRecord { entry: standing.entry.sequence(), score: standing.score };
    standings.iter().map(record).collect()
}

pub(super) fn read_standings(records: Vec<StandingRecord>) -> Vec<Standing> {
    let read = |record: StandingRecord| Standing {
        entry: EntryId::from_sequence(record.entry),
        score: record.score,
    };
    records.into_iter().map(read).collect()
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PlaybackRecord {
    Running { started_at: i64 },
    Paused { position_ms: i64 },
}

impl From<Playback> for PlaybackRecord {
    fn from(playback: Playback) -> Self {
        match playback {
            Playback::Running { started_at } => Self::Running { started_at: started_at.micros() },
            Playback::Paused { position } => Self::Paused { position_ms: position.millis() },
        }
    }
}

impl From<PlaybackRecord> for Playback {
    fn from(record: PlaybackRecord) -> Self {
        match record {
            PlaybackRecord::Running { started_at } => {
                Self::Running { started_at: WallTime::from_micros(started_at) }
            }
            PlaybackRecord::Paused { position_ms } => {
                Self::Paused { position: TrackPosition::from_millis(position_ms) }
            }
        }
    }
}
