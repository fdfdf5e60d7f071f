//! What may come next, as each strategy finds it in the library and in what was played. Every answer is a handful, drawn by
//! chance through an index: none grows with the library.
//!
//! Deliberately not here: which strategy is asked and what is taken (`nest::autofill`), and throwback (`plays`).

use crate::engine::Engine;
use crate::query::queries;
use crate::row::row;
use crate::tracks::{TrackRow, track_columns};
use crate::value::Value;
use crate::{Database, Error, Result};
use library::{Track, credits, fold, terms};
use model::{Entropy as _, MemberId, SeededEntropy, TrackId, WallTime};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How many tracks are read on from the place that was drawn, and from the beginning.
const DRAWN_MAX: i64 = 24;
/// How far the loudness of a similar track may lie apart, in loudness units.
const LOUDNESS_APART: f32 = 1.0;
/// Tracks with an artist's name whose other artists are looked at.
const SHARED_MAX: i64 = 500;
/// Artists who share a credit and are looked for.
const COLLABORATORS_MAX: usize = 4;
/// Jams, and plays that were voted for, that are looked at for favourites.
const LOVES_MAX: i64 = 200;
/// How much love makes a favourite.
const FAVOURITE_LOVES_MIN: u32 = 2;
/// For how long a forgotten favourite has not been played.
pub const FORGOTTEN_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);

row! {
    struct LoveRow { track_id: String, added_by: Option<String>, added_name: Option<String>, loves: i64 }
}

/// Playable tracks that `$condition` holds for, in the order of the chance in their ids: on from `$2`, and from the
/// beginning, so that there are enough wherever that is.
macro_rules! drawn {
    ($condition:literal) => {
        concat!(
            "select ",
            track_columns!(),
            " from tracks where id in (select id from (select id from tracks where ",
            $condition,
            " and playable in ('original', 'transcoded') and substr(id, 11) >= $2 order by substr(id, 11) limit $3)
              as onwards union all select id from (select id from tracks where ",
            $condition,
            " and playable in ('original', 'transcoded') and substr(id, 11) < $2 order by substr(id, 11) limit $3)
              as again)"
        )
    };
}

queries! {
    ANY(Text, Text, Int) -> TrackRow = drawn!("$1 = ''");
    OF_GENRE(Text, Text, Int) -> TrackRow = drawn!("lower(genre) = lower($1)");
    OF_ARTIST(Text, Text, Int) -> TrackRow = drawn!("artist_sort = $1");
    SONG(Text, Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where artist_sort = $1 and title_sort = $2
                   and playable in ('original', 'transcoded') order by id limit 1");
    OF_ALBUM(Text, Text, Int) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where album_sort = $1 and artist_sort = $2
                   and playable in ('original', 'transcoded') order by album_position, id limit $3");
    AS_LOUD(Real, Real, Int) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where loudness_lufs >= $1 and loudness_lufs <= $2
                   and playable in ('original', 'transcoded') order by loudness_lufs limit $3");
    SHARED_SQLITE[Sqlite](Text, Text, Int) -> String =
        "select distinct artist from tracks where artist_sort <> $2 and number in (
           select rowid from track_search where track_search match $1 order by rowid desc limit $3)";
    SHARED_POSTGRES[Postgres](Text, Text, Int) -> String =
        "select distinct artist from tracks where artist_sort <> $2 and number in (
           select rowid from track_search where document @@ cast(cast($1 as text) as tsquery) limit $3)";
    FIRST_JAM() -> Option<i64> = "select min(at) from play_reactions where kind = 'jam'";
    JAMS(Int, Int, Int) -> LoveRow =
        "select plays.track_id, plays.added_by, plays.added_name, count(*) as loves from (
           select play_id from play_reactions where kind = 'jam' and at >= $1 and at < $2 order by at limit $3) as jams
         join plays on plays.id = jams.play_id where plays.source is null
         group by plays.id, plays.track_id, plays.added_by, plays.added_name";
    FIRST_VOTED() -> Option<i64> = "select min(started_at) from plays where tally > 0";
    VOTED(Int, Int, Int) -> LoveRow =
        "select track_id, added_by, added_name, loves from (
           select track_id, added_by, added_name, source, tally as loves from plays
           where tally > 0 and started_at >= $1 and started_at < $2 order by started_at limit $3) as voted
         where source is null";
    PLAYED_SINCE(Text, Int) -> String =
        "select distinct track_id from plays where track_id in (select value from each($1)) and started_at >= $2";
}

/// A track that people loved.
#[derive(Clone, Debug, PartialEq)]
pub struct Favourite {
    /// The track.
    pub track: Track,
    /// How many jams and votes were counted.
    pub loves: u32,
    /// Who queued it when it was loved most, and the name then.
    pub by: Option<(MemberId, String)>,
}

/// Playable tracks, drawn by `chance`.
///
/// # Errors
/// Whatever the engine says.
pub async fn any(database: &Database, chance: u64) -> Result<Vec<Track>> {
    read(ANY.all(database, ["".into(), place(chance), DRAWN_MAX.into()]).await?)
}

/// Playable tracks of a genre, whatever its case, drawn by `chance`. None of no genre.
///
/// # Errors
/// Whatever the engine says.
pub async fn of_genre(database: &Database, genre: &str, chance: u64) -> Result<Vec<Track>> {
    if genre.is_empty() {
        return Ok(Vec::new());
    }
    read(OF_GENRE.all(database, [genre.into(), place(chance), DRAWN_MAX.into()]).await?)
}

/// Playable tracks of an artist, whose name is folded here, drawn by `chance`. None of no name.
///
/// # Errors
/// Whatever the engine says.
pub async fn of_artist(database: &Database, artist: &str, chance: u64) -> Result<Vec<Track>> {
    let artist = fold(artist);
    if artist.is_empty() {
        return Ok(Vec::new());
    }
    read(OF_ARTIST.all(database, [artist.into(), place(chance), DRAWN_MAX.into()]).await?)
}

/// The playable track of this name by this artist, however they are written.
///
/// # Errors
/// Whatever the engine says.
pub async fn song(database: &Database, artist: &str, title: &str) -> Result<Option<Track>> {
    let rows = SONG.all(database, [fold(artist).into(), fold(title).into()]).await?;
    Ok(read(rows)?.pop())
}

/// Playable tracks of the album of `track`.
///
/// # Errors
/// Whatever the engine says.
pub async fn of_album(database: &Database, track: &Track) -> Result<Vec<Track>> {
    let artist = if track.album_artist.is_empty() { &track.artist } else { &track.album_artist };
    let (album, artist) = (fold(&track.album), fold(artist));
    if album.is_empty() || artist.is_empty() {
        return Ok(Vec::new());
    }
    read(OF_ALBUM.all(database, [album.into(), artist.into(), (4 * DRAWN_MAX).into()]).await?)
}

/// Playable tracks about as loud as `lufs`, drawn by `chance`.
///
/// # Errors
/// Whatever the engine says.
pub async fn as_loud(database: &Database, lufs: f32, chance: u64) -> Result<Vec<Track>> {
    let share = (chance >> 40) as f32 / (1_u64 << 24) as f32;
    let (low, high) = (lufs - LOUDNESS_APART, lufs + LOUDNESS_APART);
    let from = LOUDNESS_APART.mul_add(2.0 * share, low);
    let mut rows = AS_LOUD.all(database, [from.into(), high.into(), DRAWN_MAX.into()]).await?;
    if rows.len() < DRAWN_MAX as usize {
        rows.extend(AS_LOUD.all(database, [low.into(), from.into(), DRAWN_MAX.into()]).await?);
    }
    read(rows)
}

/// Playable tracks of artists who share a credit with the first artist of `artist`, drawn by `chance`.
///
/// # Errors
/// Whatever the engine says.
pub async fn of_collaborators(database: &Database, artist: &str, chance: u64) -> Result<Vec<Track>> {
    let named = credits(artist);
    let Some(lead) = named.first().map(|name| fold(name)).filter(|lead| !lead.is_empty()) else {
        return Ok(Vec::new());
    };
    let mut others: BTreeSet<String> = named.iter().skip(1).map(|name| fold(name)).collect();
    for line in shared(database, &lead).await? {
        let together: Vec<String> = credits(&line).iter().map(|name| fold(name)).collect();
        if together.contains(&lead) {
            others.extend(together);
        }
    }
    others.remove(&lead);
    let mut others: Vec<String> = others.into_iter().collect();
    let mut chance = SeededEntropy::from_seed(chance);
    let mut tracks = Vec::new();
    for _ in 0..COLLABORATORS_MAX.min(others.len()) {
        let other = others.swap_remove(chance.below(others.len() as u64) as usize);
        tracks.extend(of_artist(database, &other, chance.next_u64()).await?);
    }
    Ok(tracks)
}

/// The artist lines that name `artist` (folded) among others.
async fn shared(database: &Database, artist: &str) -> Result<Vec<String>> {
    let words = terms(artist);
    let postgres = database.engine() == Engine::Postgres;
    let expression = if postgres {
        words.iter().map(|word| format!("'{word}':B")).collect::<Vec<_>>().join(" <-> ")
    } else {
        format!("artist : \"{}\"", words.join(" "))
    };
    let query = if postgres { &SHARED_POSTGRES } else { &SHARED_SQLITE };
    query.all(database, [expression.into(), artist.into(), SHARED_MAX.into()]).await
}

/// Playable tracks that people loved, and that were not played within [`FORGOTTEN_AFTER`] before `now`: the most loved of a
/// time drawn by `chance`, first.
///
/// # Errors
/// Whatever the engine says.
pub async fn favourites(database: &Database, now: WallTime, chance: u64) -> Result<Vec<Favourite>> {
    let mut chance = SeededEntropy::from_seed(chance);
    let until = now.minus(FORGOTTEN_AFTER).micros();
    let mut rows = Vec::new();
    for (first, loves) in [(&FIRST_JAM, &JAMS), (&FIRST_VOTED, &VOTED)] {
        let Some(first) = first.one(database, []).await?.filter(|&first| first < until) else { continue };
        let from = first + i64::try_from(chance.below(until.abs_diff(first))).unwrap_or(0);
        rows.extend(loves.all(database, [from.into(), until.into(), LOVES_MAX.into()]).await?);
        rows.extend(loves.all(database, [first.into(), from.into(), LOVES_MAX.into()]).await?);
    }
    let mut loved: BTreeMap<String, (u32, Option<(i64, LoveRow)>)> = BTreeMap::new();
    for row in rows {
        let known = loved.entry(row.track_id.clone()).or_default();
        known.0 += u32::try_from(row.loves).unwrap_or(0);
        if known.1.as_ref().is_none_or(|(most, _)| row.loves > *most) {
            known.1 = Some((row.loves, row));
        }
    }
    loved.retain(|_, (loves, _)| *loves >= FAVOURITE_LOVES_MIN);
    let lately = PLAYED_SINCE.all(database, [Value::list(loved.keys()), until.into()]).await?;
    for track in lately {
        loved.remove(&track);
    }
    most_loved(database, loved).await
}

async fn most_loved(
    database: &Database,
    loved: BTreeMap<String, (u32, Option<(i64, LoveRow)>)>,
) -> Result<Vec<Favourite>> {
    let mut loved: Vec<_> = loved.into_iter().collect();
    loved.sort_by_key(|(_, (loves, _))| std::cmp::Reverse(*loves));
    loved.truncate(DRAWN_MAX as usize);
    let unreadable = |column: &'static str| move |error: model::IdError| Error::unreadable(column, error);
    let id = |text: &String| text.parse::<TrackId>().map_err(unreadable("plays.track_id"));
    let ids = loved.iter().map(|(track, _)| id(track)).collect::<Result<Vec<_>>>()?;
    let mut favourites = Vec::new();
    for track in crate::tracks::get_many(database, &ids).await? {
        let of = ids.iter().position(|&id| id == track.id).and_then(|at| loved.get(at));
        let Some((_, (loves, row))) = of.filter(|_| track.is_playable()) else { continue };
        let by = row.as_ref().and_then(|(_, row)| row.added_by.as_ref().zip(row.added_name.clone()));
        let read = |(id, name): (&String, String)| {
            id.parse().map(|id| (id, name)).map_err(unreadable("plays.added_by"))
        };
        favourites.push(Favourite { track, loves: *loves, by: by.map(read).transpose()? });
    }
    Ok(favourites)
}

/// A place among the chance in ids, as their text has it.
fn place(chance: u64) -> Value {
    let spread = TrackId::from_u128(u128::from(chance) << 16).to_string();
    spread[10..].to_owned().into()
}

fn read(rows: Vec<TrackRow>) -> Result<Vec<Track>> {
    rows.into_iter().map(TrackRow::into_track).collect()
}
