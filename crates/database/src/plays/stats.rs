//! Numbers about what was played: counted by the engine, over a bounded time, in one nest or in all.

use crate::query::queries;
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result};
use model::{MemberId, NestId, TrackId, TrackSource, WallTime};

/// The most people or songs of one answer.
pub const STATS_ROWS_MAX: u32 = 100;

row! {
    struct CountRow { slot: i64, plays: i64 }
}

row! {
    struct PersonRow { id: String, name: Option<String>, plays: i64 }
}

row! {
    struct JamsRow { fan: String, fan_name: Option<String>, adder: String, adder_name: Option<String>, jams: i64 }
}

row! {
    struct SongRow { track_id: String, source: Option<String>, title: String, artist: String, plays: i64, tally: i64 }
}

/// A time in which clocks kept one distance to UTC, as SQL takes it apart: beginning, end, and the distance and a day.
macro_rules! of_a_stretch {
    () => {
        "from (select cast(substr(value, 1, 20) as bigint) as beginning, cast(substr(value, 22, 20) as bigint) as ending,
                 cast(substr(value, 43, 20) as bigint) - 86400000000 as ahead from each($2)) as stretches
         cross join plays where plays.started_at >= stretches.beginning and plays.started_at < stretches.ending
           and ($1 = '' or plays.nest_id = $1)"
    };
}

macro_rules! of_a_time {
    () => {
        "plays.started_at >= $2 and plays.started_at < $3 and ($1 = '' or plays.nest_id = $1)"
    };
}

queries! {
    DAYS(Text, Text) -> CountRow =
        concat!("select (plays.started_at + stretches.ahead) / 86400000000 as slot, count(*) as plays ", of_a_stretch!(),
                " group by 1 order by 1");
    HOURS(Text, Text) -> CountRow =
        concat!("select (plays.started_at + stretches.ahead) / 3600000000 % 24 as slot, count(*) as plays ",
                of_a_stretch!(), " group by 1 order by 1");
    PEOPLE(Text, Int, Int, Int) -> PersonRow =
        concat!("select plays.added_by as id, coalesce(max(members.name), max(plays.added_name)) as name,
                   count(*) as plays
                 from plays left join members on members.id = plays.added_by
                 where ", of_a_time!(), " and plays.added_by is not null
                 group by plays.added_by order by count(*) desc, plays.added_by limit $4");
    JAMS(Text, Int, Int, Int) -> JamsRow =
        concat!("select play_reactions.member_id as fan, coalesce(max(fans.name), max(play_reactions.member_name)) as fan_name,
                   plays.added_by as adder, coalesce(max(adders.name), max(plays.added_name)) as adder_name, count(*) as jams
                 from plays join play_reactions on play_reactions.play_id = plays.id and play_reactions.kind = 'jam'
                   left join members fans on fans.id = play_reactions.member_id
                   left join members adders on adders.id = plays.added_by
                 where ", of_a_time!(), " and plays.added_by is not null and plays.added_by <> play_reactions.member_id
                 group by play_reactions.member_id, plays.added_by
                 order by count(*) desc, play_reactions.member_id, plays.added_by limit $4");
    SONGS(Text, Int, Int, Int) -> SongRow =
        concat!("select plays.track_id, max(plays.source) as source, max(plays.title) as title,
                   max(plays.artist) as artist, count(*) as plays, cast(sum(plays.tally) as bigint) as tally
                 from plays where ", of_a_time!(), " and plays.added_by is not null
                 group by plays.track_id order by sum(plays.tally) desc, count(*) desc, plays.track_id limit $4");
}

/// A time in which the clocks of a zone kept one distance to UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its beginning.
    pub beginning: WallTime,
    /// Its end, which is not part of it.
    pub ending: WallTime,
    /// How far the clocks are ahead of UTC, in seconds; at most a day, either way.
    pub ahead_s: i32,
}

/// What was played, in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// Plays of each day that has some: the day, counted from 1970-01-01 by the clocks of the zone, and how many.
    pub days: Vec<(i64, u64)>,
    /// Plays of each hour of the day, by the clocks of the zone.
    pub hours: [u64; 24],
    /// Who added what was played: id, name and how many, most first.
    pub people: Vec<(MemberId, String, u64)>,
    /// What people added, most loved first.
    pub songs: Vec<LovedSong>,
    /// Who jammed along to whose songs, most first.
    pub jams: Vec<JamsBetween>,
}

/// Jams of one person along to what another one had added; nobody's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JamsBetween {
    /// Who jammed along, with their name.
    pub by: (MemberId, String),
    /// Whose songs it were, with their name.
    pub of: (MemberId, String),
    /// How often.
    pub jams: u64,
}

/// A song that was played.
#[derive(Clone, Debug, PartialEq)]
pub struct LovedSong {
    /// Its id.
    pub track: TrackId,
    /// Where it comes from.
    pub source: TrackSource,
    /// Its title.
    pub title: String,
    /// Its artist.
    pub artist: String,
    /// How often it was played.
    pub plays: u64,
    /// Votes for it, less votes against it, over all these plays.
    pub tally: i64,
}

/// Counts what was played in a nest, or in all, over stretches that follow each other: at most `limit` (1 to
/// [`STATS_ROWS_MAX`]) people, songs and pairs.
///
/// # Errors
/// Whatever the engine says.
pub async fn stats(
    database: &Database,
    nest: Option<NestId>,
    stretches: &[Stretch],
    limit: u32,
) -> Result<Stats> {
    let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else {
        return Ok(Stats::default());
    };
    let nest = nest.map(|id| id.to_string()).unwrap_or_default();
    let list = Value::list(stretches.iter().map(stretch_text));
    let counted = DAYS.all(database, [nest.as_str().into(), list.clone()]).await?;
    let days = counted.into_iter().map(|row| (row.slot, row.plays.unsigned_abs())).collect();
    let mut hours = [0; 24];
    for row in HOURS.all(database, [nest.as_str().into(), list]).await? {
        if let Some(hour) = usize::try_from(row.slot).ok().and_then(|slot| hours.get_mut(slot)) {
            *hour = row.plays.unsigned_abs();
        }
    }
    let limit = limit.clamp(1, STATS_ROWS_MAX);
    let time = || [nest.as_str().into(), first.beginning.into(), last.ending.into(), limit.into()];
    let people = PEOPLE.all(database, time()).await?.into_iter().map(|row| {
        let id = row.id.parse().map_err(|error| Error::unreadable("plays.added_by", error))?;
        Ok((id, row.name.unwrap_or_default(), row.plays.unsigned_abs()))
    });
    let people = people.collect::<Result<_>>()?;
    let songs = SONGS.all(database, time()).await?.into_iter().map(SongRow::into_song);
    let songs = songs.collect::<Result<_>>()?;
    let jams = JAMS.all(database, time()).await?.into_iter().map(JamsRow::into_jams);
    Ok(Stats { days, hours, people, songs, jams: jams.collect::<Result<_>>()? })
}

impl JamsRow {
    fn into_jams(self) -> Result<JamsBetween> {
        let by = self.fan.parse().map_err(|error| Error::unreadable("play_reactions.member_id", error))?;
        let of = self.adder.parse().map_err(|error| Error::unreadable("plays.added_by", error))?;
        let name = Option::unwrap_or_default;
        let (by, of) = ((by, name(self.fan_name)), (of, name(self.adder_name)));
        Ok(JamsBetween { by, of, jams: self.jams.unsigned_abs() })
    }
}

impl SongRow {
    fn into_song(self) -> Result<LovedSong> {
        let source = self.source.map(|text| text.parse()).transpose();
        Ok(LovedSong {
            track: self.track_id.parse().map_err(|error| Error::unreadable("plays.track_id", error))?,
            source: source.map_err(|error| Error::unreadable("plays.source", error))?.unwrap_or_default(),
            title: self.title,
            artist: self.artist,
            plays: self.plays.unsigned_abs(),
            tally: self.tally,
        })
    }
}

/// Before 1970 nothing was played.
fn stretch_text(stretch: &Stretch) -> String {
    let ahead_us = i64::from(stretch.ahead_s) * 1_000_000 + 86_400_000_000;
    let [beginning, ending] = [stretch.beginning, stretch.ending].map(|at| at.micros().max(0));
    format!("{beginning:020}-{ending:020}-{:020}", ahead_us.max(0))
}
