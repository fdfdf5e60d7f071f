//! Finding plays: by who queued them, where they came from, when, and by words, which the engines fold differently and
//! are therefore compared here.

use crate::nests::{PLAYS_PAGE_MAX, Play, PlayCursor, PlayRow, play_columns, read_reactions};
use crate::query::queries;
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result};
use model::{MemberId, MusicService, NestId, PlayId, WallTime};

/// How many plays are looked through for words in one answer; the next page goes on from there.
pub const PLAYS_SCANNED_MAX: usize = 20_000;
/// How many of them are read at once.
const SCAN_ROWS: u32 = 2_000;

row! {
    struct WordsRow { id: String, started_at: i64, title: String, artist: String, album: String }
}

macro_rules! that_match {
    () => {
        " from plays where ($2 = '' or nest_id = $2) and nest_id not in (select value from each($3))
            and ($4 = '' or added_by = $4)
            and ($5 = '' or ($5 = 'library' and source is null)
              or (source is not null and substr(source, 1, length($5) + 1) = $5 || ':'))
            and ($6 = '' or ($6 = 'people' and added_by is not null) or ($6 = 'autofill' and added_by is null))
            and started_at >= $7 and (started_at, id) < ($8, $9)
          order by started_at desc, id desc limit $1"
    };
}

queries! {
    FIND(Int, Text, Text, Text, Text, Text, Int, Int, Text) -> PlayRow =
        concat!("select ", play_columns!(), that_match!());
    SCAN(Int, Text, Text, Text, Text, Text, Int, Int, Text) -> WordsRow =
        concat!("select id, started_at, title, artist, album", that_match!());
    OF_IDS(Text) -> PlayRow =
        concat!("select ", play_columns!(), " from plays where id in (select value from each($1))
                 order by started_at desc, id desc");
}

/// Where what was played came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaySource {
    /// The library.
    Library,
    /// A service.
    Service(MusicService),
}

/// Who chose what was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBy {
    /// Somebody.
    People,
    /// The nest itself.
    Autofill,
}

/// Which plays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlayFilter {
    /// Of this nest alone.
    pub nest: Option<NestId>,
    /// Not of these nests.
    pub without: Vec<NestId>,
    /// Queued by this person.
    pub by: Option<MemberId>,
    /// From there.
    pub source: Option<PlaySource>,
    /// Chosen by people, or by nests.
    pub chosen_by: Option<ChosenBy>,
    /// Begun at this time or later.
    pub since: Option<WallTime>,
    /// Begun before.
    pub until: Option<WallTime>,
    /// With all of these words, or what begins with them, in title, artist or album.
    pub words: String,
}

/// One page of what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundPlays {
    /// Latest first.
    pub plays: Vec<Play>,
    /// Where to go on; `None`: that was all.
    pub next: Option<PlayCursor>,
}

/// Plays that match, latest first: at most `limit` (1 to [`PLAYS_PAGE_MAX`]) before `before`. With words a page may hold
/// fewer although more follow, because no more than [`PLAYS_SCANNED_MAX`] are looked through at a time.
///
/// # Errors
/// Whatever the engine says.
pub async fn find(
    database: &Database,
    filter: &PlayFilter,
    before: Option<PlayCursor>,
    limit: u32,
) -> Result<FoundPlays> {
    let limit = limit.clamp(1, PLAYS_PAGE_MAX) as usize;
    let terms = library::terms(&filter.words);
    if !terms.is_empty() {
        return with_words(database, filter, &terms, before, limit).await;
    }
    let rows = FIND.all(database, values(filter, before, limit as u32 + 1)).await?;
    let mut plays = rows.into_iter().map(PlayRow::into_play).collect::<Result<Vec<_>>>()?;
    let more = plays.len() > limit;
    plays.truncate(limit);
    let next = plays.last().filter(|_| more).map(cursor);
    read_reactions(database, &mut plays).await?;
    Ok(FoundPlays { plays, next })
}

async fn with_words(
    database: &Database,
    filter: &PlayFilter,
    terms: &[String],
    before: Option<PlayCursor>,
    limit: usize,
) -> Result<FoundPlays> {
    let (mut before, mut found, mut scanned) = (before, Vec::new(), 0);
    let next = loop {
        let rows = SCAN.all(database, values(filter, before, SCAN_ROWS)).await?;
        let is_last = rows.len() < SCAN_ROWS as usize;
        scanned += rows.len();
        for row in rows {
            if found.len() == limit {
                break;
            }
            before = Some(row.cursor()?);
            if row.has(terms) {
                found.push(row.id);
            }
        }
        if found.len() == limit || scanned >= PLAYS_SCANNED_MAX {
            break before;
        }
        if is_last {
            break None;
        }
    };
    let rows = OF_IDS.all(database, [Value::list(found)]).await?;
    let mut plays = rows.into_iter().map(PlayRow::into_play).collect::<Result<Vec<_>>>()?;
    read_reactions(database, &mut plays).await?;
    Ok(FoundPlays { plays, next })
}

fn cursor(play: &Play) -> PlayCursor {
    PlayCursor { started_at: play.started_at, id: play.id }
}

fn values(filter: &PlayFilter, before: Option<PlayCursor>, limit: u32) -> [Value; 9] {
    let source = match filter.source {
        None => "",
        Some(PlaySource::Library) => "library",
        Some(PlaySource::Service(MusicService::Spotify)) => "spotify",
        Some(PlaySource::Service(MusicService::YouTube)) => "youtube",
        Some(PlaySource::Service(MusicService::SoundCloud)) => "soundcloud",
    };
    let chosen_by = match filter.chosen_by {
        None => "",
        Some(ChosenBy::People) => "people",
        Some(ChosenBy::Autofill) => "autofill",
    };
    // No play begins at the end and has an id below all.
    let end = filter.until.unwrap_or(WallTime::from_micros(i64::MAX));
    let end = PlayCursor { started_at: end, id: PlayId::from_u128(0) };
    let before = before.filter(|before| before.started_at < end.started_at).unwrap_or(end);
    [
        limit.into(),
        filter.nest.map(|id| id.to_string()).unwrap_or_default().into(),
        Value::list(&filter.without),
        filter.by.map(|id| id.to_string()).unwrap_or_default().into(),
        source.into(),
        chosen_by.into(),
        filter.since.unwrap_or(WallTime::from_micros(i64::MIN)).into(),
        before.started_at.into(),
        before.id.into(),
    ]
}

impl WordsRow {
    fn cursor(&self) -> Result<PlayCursor> {
        let id = self.id.parse().map_err(|error| Error::unreadable("plays.id", error))?;
        Ok(PlayCursor { started_at: WallTime::from_micros(self.started_at), id })
    }

    /// Whether each term begins a word of it.
    fn has(&self, terms: &[String]) -> bool {
        let Self { title, artist, album, .. } = self;
        let folded = library::fold(&format!("{title} {artist} {album}"));
        terms.iter().all(|term| folded.split(' ').any(|word| word.starts_with(term.as_str())))
    }
}
