//! Plays of the past, taken into a nest's history. A play is known by its id, which is made of the line it stood in, or by
//! its moment and song: so a log may be taken in again, and one that rookery itself wrote adds nothing.

use crate::nests::{COMMENT, JAM, outcome_name};
use crate::query::queries;
use crate::row::row;
use crate::value::Value;
use crate::{Database, Engine, Error, Result, Transaction, external_tracks, transaction};
use library::ExternalTrack;
use model::{MemberId, NestId, PlayId, TrackId, TrackSource, WallTime};
use nest::{Comment, Jam, Outcome};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The most plays of one call.
pub const IMPORT_PLAYS_MAX: usize = 1_000;

row! {
    struct KnownRow { id: String, started_at: i64, track_id: String, source: Option<String> }
}

queries! {
    KNOWN(Text, Text) -> KnownRow =
        "select id, started_at, track_id, source from plays where id in (select value from each($1))
         union
         select id, started_at, track_id, source from plays
         where started_at in (select cast(value as bigint) from each($2))";
    RECORDED(Text) -> String =
        "select id from plays where entry > 0 and id in (select value from each($1))";
    MOVE(Text, Int, Int) = "update plays set started_at = $2, ended_at = $3 where id = $1";
    REACT_SQLITE[Sqlite](Text) =
        "insert into play_reactions (play_id, number, kind, member_id, member_name, at, comment_id, text)
         select value ->> 'play_id', value ->> 'number', value ->> 'kind', value ->> 'member_id',
           value ->> 'member_name', value ->> 'at', value ->> 'comment_id', value ->> 'text'
         from each($1) where true
         on conflict (play_id, number) do nothing";
    REACT_POSTGRES[Postgres](Text) =
        "insert into play_reactions (play_id, number, kind, member_id, member_name, at, comment_id, text)
         select said ->> 'play_id', cast(said ->> 'number' as bigint), said ->> 'kind', said ->> 'member_id',
           said ->> 'member_name', cast(said ->> 'at' as bigint), cast(said ->> 'comment_id' as bigint),
           said ->> 'text'
         from (select cast(value as json) as said from each($1)) as reactions
         on conflict (play_id, number) do nothing";
    ADD_SQLITE[Sqlite](Text, Text) =
        "insert into plays (id, nest_id, entry, track_id, title, artist, album, duration_ms, added_by, added_name,
           started_at, ended_at, outcome, source, tally)
         select value ->> 'id', $1, 0, value ->> 'track_id', value ->> 'title', value ->> 'artist', value ->> 'album',
           value ->> 'duration_ms', value ->> 'added_by', value ->> 'added_name', value ->> 'started_at',
           value ->> 'ended_at', value ->> 'outcome', value ->> 'source', value ->> 'tally'
         from each($2) where true
         on conflict (id) do nothing";
    ADD_POSTGRES[Postgres](Text, Text) =
        "insert into plays (id, nest_id, entry, track_id, title, artist, album, duration_ms, added_by, added_name,
           started_at, ended_at, outcome, source, tally)
         select said ->> 'id', $1, 0, said ->> 'track_id', said ->> 'title', said ->> 'artist', said ->> 'album',
           cast(said ->> 'duration_ms' as bigint), said ->> 'added_by', said ->> 'added_name',
           cast(said ->> 'started_at' as bigint), cast(said ->> 'ended_at' as bigint), said ->> 'outcome',
           said ->> 'source', cast(said ->> 'tally' as bigint)
         from (select cast(value as json) as said from each($2)) as played
         on conflict (id) do nothing";
}

/// What was played.
#[derive(Clone, Debug, PartialEq)]
pub enum PastSong {
    /// A song of another service; its id holds if it is new here.
    External(ExternalTrack),
    /// A track that the library has or had, with what it was called.
    Library {
        /// Its id.
        id: TrackId,
        /// What it was, as far as the log says; `source` is overruled.
        said: ExternalTrack,
    },
}

/// A play of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct PastPlay {
    /// Made of the line it stood in: the same line has the same.
    pub id: PlayId,
    /// What.
    pub song: PastSong,
    /// Who added it, with the name they have; nobody: autofill.
    pub added_by: Option<(MemberId, String)>,
    /// When it began.
    pub started_at: WallTime,
    /// When else it may have begun: a time of an hour that a clock put back showed twice.
    pub or_started_at: Option<WallTime>,
    /// When it ended.
    pub ended_at: WallTime,
    /// How it ended.
    pub outcome: Outcome,
    /// Votes for it, less votes against it.
    pub tally: i32,
    /// Who jammed along, in order of time.
    pub jams: Vec<Jam>,
    /// What was said about it, in order of time.
    pub comments: Vec<Comment>,
}

/// What became of plays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// New ones, in their order.
    pub added: Vec<PlayId>,
    /// Known ones.
    pub known: usize,
    /// Known ones whose time was another: they were imported with another time zone.
    pub moved: usize,
}

impl PastPlay {
    const fn facts(&self) -> &ExternalTrack {
        match &self.song {
            PastSong::External(song) => song,
            PastSong::Library { said, .. } => said,
        }
    }

    /// What tells songs apart: the source, or the id of a track of the library.
    fn song_key(&self) -> String {
        match &self.song {
            PastSong::External(song) => song.source.to_string(),
            PastSong::Library { id, .. } => id.to_string(),
        }
    }
}

/// Takes plays into a nest's history, all or none: at most [`IMPORT_PLAYS_MAX`].
///
/// # Errors
/// [`Error::Constraint`] if there are too many; [`Error::ForeignKey`] if there is no such nest; whatever the engine says.
pub async fn import(database: &Database, nest: NestId, plays: &[PastPlay]) -> Result<Imported> {
    if plays.len() > IMPORT_PLAYS_MAX {
        return Err(Error::Constraint { detail: format!("more than {IMPORT_PLAYS_MAX} plays at once") });
    }
    transaction!(database, |tx| { take_in(&mut tx, nest, plays).await })
}

/// Those of these plays that a nest itself recorded when they were: what was imported has no entry in a nest's log.
///
/// # Errors
/// Whatever the engine says.
pub async fn recorded(database: &Database, plays: &[PlayId]) -> Result<BTreeSet<PlayId>> {
    if plays.is_empty() {
        return Ok(BTreeSet::new());
    }
    let read = |id: String| id.parse().map_err(|error| Error::unreadable("plays.id", error));
    RECORDED.all(database, [Value::list(plays)]).await?.into_iter().map(read).collect()
}

async fn take_in(tx: &mut Transaction, nest: NestId, plays: &[PastPlay]) -> Result<Imported> {
    let ids = Value::list(plays.iter().map(|play| play.id));
    let moments = plays.iter().flat_map(|play| [Some(play.started_at), play.or_started_at]).flatten();
    let moments = Value::list(moments.map(WallTime::micros));
    let (mut times, mut songs) = (BTreeMap::new(), BTreeSet::new());
    for row in KNOWN.all(&mut *tx, [ids, moments]).await? {
        songs.insert((row.started_at, row.source.unwrap_or(row.track_id)));
        times.insert(row.id, row.started_at);
    }
    let mut outcome = Imported::default();
    let mut fresh = Vec::new();
    for play in plays {
        let key = play.song_key();
        let is_there = |at: WallTime| songs.contains(&(at.micros(), key.clone()));
        match times.insert(play.id.to_string(), play.started_at.micros()) {
            Some(at) if at != play.started_at.micros() => {
                let values = [play.id.into(), play.started_at.into(), play.ended_at.into()];
                MOVE.run(&mut *tx, values).await?;
                outcome.moved += 1;
            }
            Some(_) => outcome.known += 1,
            None if is_there(play.started_at) || play.or_started_at.is_some_and(is_there) => {
                outcome.known += 1
            }
            None => fresh.push(play),
        }
    }
    outcome.added = fresh.iter().map(|play| play.id).collect();
    add(tx, nest, &fresh).await?;
    Ok(outcome)
}

async fn add(tx: &mut Transaction, nest: NestId, plays: &[&PastPlay]) -> Result<()> {
    if plays.is_empty() {
        return Ok(());
    }
    let songs = plays.iter().filter_map(|play| match &play.song {
        PastSong::External(song) => Some((song.source, song)),
        PastSong::Library { .. } => None,
    });
    let ids = external_tracks::ensure(&mut *tx, &songs.collect()).await?;
    let records = plays.iter().filter_map(|play| record(play, &ids)).collect();
    let added = match tx.engine() {
        Engine::Postgres => &ADD_POSTGRES,
        Engine::Sqlite | Engine::Libsql => &ADD_SQLITE,
    };
    added.run(&mut *tx, [nest.into(), Value::Text(serde_json::Value::Array(records).to_string())]).await?;
    let reactions: Vec<_> = plays.iter().flat_map(|play| reactions(play)).collect();
    if reactions.is_empty() {
        return Ok(());
    }
    let react = match tx.engine() {
        Engine::Postgres => &REACT_POSTGRES,
        Engine::Sqlite | Engine::Libsql => &REACT_SQLITE,
    };
    react.run(tx, [Value::Text(serde_json::Value::Array(reactions).to_string())]).await.map(drop)
}

fn reactions(play: &PastPlay) -> Vec<serde_json::Value> {
    let jam = |jam: &Jam| {
        json!({"kind": JAM, "member_id": jam.by.to_string(), "member_name": jam.name, "at": jam.at.micros(),
            "comment_id": null, "text": ""})
    };
    let comment = |comment: &Comment| {
        json!({"kind": COMMENT, "member_id": comment.by.to_string(), "member_name": comment.name,
            "at": comment.at.micros(), "comment_id": comment.id.sequence(), "text": comment.text.as_str()})
    };
    let mut all: Vec<_> = play.jams.iter().map(jam).chain(play.comments.iter().map(comment)).collect();
    for (number, one) in all.iter_mut().enumerate() {
        one["play_id"] = play.id.to_string().into();
        one["number"] = number.into();
    }
    all
}

fn record(play: &PastPlay, ids: &BTreeMap<TrackSource, TrackId>) -> Option<serde_json::Value> {
    let (track, source) = match &play.song {
        PastSong::External(song) => (*ids.get(&song.source)?, song.source),
        PastSong::Library { id, .. } => (*id, TrackSource::Library),
    };
    let said = play.facts();
    Some(json!({
        "id": play.id.to_string(),
        "track_id": track.to_string(),
        "title": said.title,
        "artist": said.artist,
        "album": said.album,
        "duration_ms": said.duration.millis(),
        "added_by": play.added_by.as_ref().map(|(member, _)| member.to_string()),
        "added_name": play.added_by.as_ref().map(|(_, name)| name),
        "started_at": play.started_at.micros(),
        "ended_at": play.ended_at.micros(),
        "outcome": outcome_name(play.outcome),
        "source": source.service().map(|_| source.to_string()),
        "tally": play.tally,
    }))
}
