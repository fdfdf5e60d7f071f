//! Pages of tracks, and the choice of one by chance.

use super::record::{TrackRow, sort_values, track_columns};
use crate::query::queries;
use crate::value::Value;
use crate::{Database, Result};
use library::Track;
use model::TrackId;
use std::fmt;
use std::str::FromStr;

/// The longest page.
pub const TRACKS_PAGE_MAX: u32 = 200;

queries! {
    NEWEST(Int) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks order by added_at desc, id desc limit $1");
    NEWEST_AFTER(Int, Int, Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where (added_at, id) < ($2, $3)
                 order by added_at desc, id desc limit $1");
    TITLE(Int) -> TrackRow = concat!("select ", track_columns!(), " from tracks order by title_sort, id limit $1");
    TITLE_AFTER(Int, Text, Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where (title_sort, id) > ($2, $3)
                 order by title_sort, id limit $1");
    ARTIST(Int) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks
                 order by artist_sort, album_sort, album_position, id limit $1");
    ARTIST_AFTER(Int, Text, Text, Int, Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks
                 where (artist_sort, album_sort, album_position, id) > ($2, $3, $4, $5)
                 order by artist_sort, album_sort, album_position, id limit $1");
    ALBUM(Int) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks order by album_sort, album_position, id limit $1");
    ALBUM_AFTER(Int, Text, Int, Text) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where (album_sort, album_position, id) > ($2, $3, $4)
                 order by album_sort, album_position, id limit $1");
    CHOICES(Text) -> i64 =
        "select count(*) from tracks where playable in ('original', 'transcoded')
         and id not in (select value from each($1))";
    CHOOSE(Text, Int) -> TrackRow =
        concat!("select ", track_columns!(), " from tracks where id = (
                   select id from tracks where playable in ('original', 'transcoded')
                   and id not in (select value from each($1)) order by id limit 1 offset $2)");
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackOrder {
    /// Latest added first.
    Newest,
    /// By folded title.
    Title,
    /// By artist of the album, or artist; then album, disc and track.
    Artist,
    /// By album, disc and track.
    Album,
}

/// Where a page ended. Its text is for URLs: letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackCursor {
    order: TrackOrder,
    texts: Vec<String>,
    number: i64,
    id: TrackId,
}

/// A text that is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of a list of tracks")]
pub struct TrackCursorError;

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackPage {
    /// The tracks.
    pub tracks: Vec<Track>,
    /// Where to go on; `None`: this was the end.
    pub next: Option<TrackCursor>,
}

/// A page of at most `limit` tracks (1 to [`TRACKS_PAGE_MAX`]) after `after`, or the first one. A cursor of another order
/// is ignored.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(
    database: &Database,
    order: TrackOrder,
    after: Option<&TrackCursor>,
    limit: u32,
) -> Result<TrackPage> {
    let limit = limit.clamp(1, TRACKS_PAGE_MAX);
    // One more than asked for tells whether there is more.
    let count = Value::from(limit + 1);
    let after = after.filter(|cursor| cursor.order == order);
    let text =
        |cursor: &TrackCursor, at: usize| Value::from(cursor.texts.get(at).cloned().unwrap_or_default());
    let rows = match (order, after) {
        (TrackOrder::Newest, None) => NEWEST.all(database, [count]).await?,
        (TrackOrder::Newest, Some(c)) => {
            NEWEST_AFTER.all(database, [count, c.number.into(), c.id.into()]).await?
        }
        (TrackOrder::Title, None) => TITLE.all(database, [count]).await?,
        (TrackOrder::Title, Some(c)) => TITLE_AFTER.all(database, [count, text(c, 0), c.id.into()]).await?,
        (TrackOrder::Artist, None) => ARTIST.all(database, [count]).await?,
        (TrackOrder::Artist, Some(c)) => {
            let values = [count, text(c, 0), text(c, 1), c.number.into(), c.id.into()];
            ARTIST_AFTER.all(database, values).await?
        }
        (TrackOrder::Album, None) => ALBUM.all(database, [count]).await?,
        (TrackOrder::Album, Some(c)) => {
            ALBUM_AFTER.all(database, [count, text(c, 0), c.number.into(), c.id.into()]).await?
        }
    };
    let mut tracks = rows.into_iter().map(TrackRow::into_track).collect::<Result<Vec<_>>>()?;
    let more = tracks.len() > limit as usize;
    tracks.truncate(limit as usize);
    let next = tracks.last().filter(|_| more).map(|track| TrackCursor::behind(order, track));
    Ok(TrackPage { tracks, next })
}

/// A playable track by chance, none of `excluded`. `chance` is 64 random bits; every track is as likely as any other.
///
/// # Errors
/// Whatever the engine says.
pub async fn random_playable(
    database: &Database,
    excluded: &[TrackId],
    chance: u64,
) -> Result<Option<Track>> {
    let excluded = Value::list(excluded);
    let choices = CHOICES.one(database, [excluded.clone()]).await?.unsigned_abs();
    let place = ((u128::from(chance) * u128::from(choices)) >> 64) as u64;
    let row = CHOOSE.find(database, [excluded, place.into()]).await?;
    row.map(TrackRow::into_track).transpose()
}

impl TrackCursor {
    fn behind(order: TrackOrder, track: &Track) -> Self {
        let sort = sort_values(track);
        let text = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            _ => String::new(),
        };
        let (title, artist, album) = (text(&sort[0]), text(&sort[1]), text(&sort[2]));
        let position = match sort[3] {
            Value::Int(position) => position,
            _ => 0,
        };
        let (texts, number) = match order {
            TrackOrder::Newest => (vec![], track.added_at.micros()),
            TrackOrder::Title => (vec![title], 0),
            TrackOrder::Artist => (vec![artist, album], position),
            TrackOrder::Album => (vec![album], position),
        };
        Self { order, texts, number, id: track.id }
    }

    /// How many texts a cursor of each order has.
    const fn shape(order: char) -> Option<(TrackOrder, usize)> {
        Some(match order {
            'n' => (TrackOrder::Newest, 0),
            't' => (TrackOrder::Title, 1),
            'r' => (TrackOrder::Artist, 2),
            'l' => (TrackOrder::Album, 1),
            _ => return None,
        })
    }
}

/// A letter for the order, the id, the number, then each text as hexadecimal bytes, with `_` between.
impl fmt::Display for TrackCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match self.order {
            TrackOrder::Newest => 'n',
            TrackOrder::Title => 't',
            TrackOrder::Artist => 'r',
            TrackOrder::Album => 'l',
        };
        write!(f, "{order}{}_{}", self.id, self.number)?;
        for text in &self.texts {
            f.write_str("_")?;
            text.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        Ok(())
    }
}

impl FromStr for TrackCursor {
    type Err = TrackCursorError;

    fn from_str(text: &str) -> Result<Self, TrackCursorError> {
        let mut letters = text.chars();
        let shape = letters.next().and_then(Self::shape);
        let (order, count) = shape.ok_or(TrackCursorError)?;
        let mut parts = letters.as_str().split('_');
        let mut part = || parts.next().ok_or(TrackCursorError);
        let id = part()?.parse().map_err(|_| TrackCursorError)?;
        let number = part()?.parse().map_err(|_| TrackCursorError)?;
        let texts: Vec<String> = parts.map(read_hex).collect::<Option<_>>().ok_or(TrackCursorError)?;
        if texts.len() == count { Ok(Self { order, texts, number, id }) } else { Err(TrackCursorError) }
    }
}

fn read_hex(text: &str) -> Option<String> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let bytes = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok());
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = TrackCursor {
            order: TrackOrder::Artist,
            texts: vec!["björk".into(), "\u{10ffff}".into()],
            number: -3,
            id: TrackId::from_u128(7),
        };
        let text = cursor.to_string();
        assert!(
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
            "{text}"
        );
        assert_eq!(text.parse(), Ok(cursor));
    }

    #[test]
    fn nonsense_is_no_cursor() {
        for text in [
            "",
            "n",
            "x0",
            "n_5",
            "tzz_1_ab",
            "é",
            "t00000000000000000000000007_1_é0",
            "t00000000000000000000000007_1_f",
        ] {
            assert_eq!(text.parse::<TrackCursor>(), Err(TrackCursorError), "{text}");
        }
    }
}
