//! Shipping the log of an SQLite database: every half second, what was committed since goes to every place as an
//! immutable segment. When the log has grown, and all of it is shipped, the shipper copies it into the database's file,
//! and SQLite begins it again with other salts: a new *run*. Runs that follow one another are a *lineage*; from any
//! snapshot of it the segments lead to any later instant.
//!
//! An instant is held all the time (`database::backups`), so that no other process can begin the log again. If the salts
//! change all the same, or frames are not what was read, track is lost: the caller starts anew, with a new lineage and
//! a new snapshot.
//!
//! Deliberately not here: being the only shipper ([`Lease`](crate::Lease)), and the loop ([`Keeper`](crate::Keeper)).

use crate::content::lock;
use crate::error::{Error, Result, blocking};
use crate::lane::{Errand, Lane, WAITING_BYTES_MAX};
use crate::manifest::{Position, SnapshotId};
use crate::segment::Segment;
use crate::vault::Vault;
use database::Database;
use database::backups::Held;
use futures::future::join_all;
use model::{Clock, Entropy};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use wal::{Cursor, Frames, Header, Wal};

/// How often is shipped. With the way to the store this is what a loss of the disk loses at most.
pub const SHIP_EVERY: Duration = Duration::from_millis(500);
/// Bytes of the log from which on it is copied into the file.
const TURN_BYTES: u64 = 8 * 1024 * 1024;
/// Bytes of the log from which on it is copied although some place has not everything yet.
const TURN_BYTES_MAX: u64 = WAITING_BYTES_MAX as u64;
/// After the log could not be copied whole, because somebody still reads what is older.
const TURN_PAUSE: Duration = Duration::from_secs(5);
/// Bytes of a segment from which on no more is put into it.
const SEGMENT_BYTES: usize = 4 * 1024 * 1024;
/// Segments that are read and sent before it is looked whether it is time to stop.
const SEGMENTS_A_TICK_MAX: usize = 8;
/// Bytes of a run that is put together to one segment when it is over.
const WHOLE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Where the shipper is: for snapshots, which note their place in it.
#[derive(Clone, Debug)]
pub struct Track(Arc<Mutex<Stand>>);

#[derive(Clone, Debug)]
struct Stand {
    lineage: String,
    run: u64,
    header: Option<Header>,
}

impl Track {
    /// The place of an instant at which the log had this cursor; `None` if the shipper has not noticed yet that the log
    /// began again.
    pub(crate) fn position(&self, cursor: Option<&Cursor>) -> Option<Position> {
        let stand = lock(&self.0);
        let is_same = match (&stand.header, cursor) {
            (None, None) => true,
            (Some(header), Some(cursor)) => cursor.is_in(header),
            _ => false,
        };
        let frames = cursor.map_or(0, Cursor::frames);
        is_same.then(|| Position { lineage: stand.lineage.clone(), run: stand.run, frames })
    }
}

/// Ships the log of one database.
pub struct Shipper {
    database: Database,
    keys: crate::Keys,
    clock: Arc<dyn Clock>,
    wal: Wal,
    track: Track,
    lanes: Vec<Lane>,
    held: Option<Held>,
    cursor: Option<Cursor>,
    frames_of_run_before: u32,
    /// The log is in the file: the next writer may begin it again.
    is_turned: bool,
    turn_not_before: Option<Instant>,
    /// What was shipped of this run so far, to be put together.
    whole: Option<Segment>,
    parts: Vec<crate::Key>,
    longest_turn: Duration,
    ticked_at: Instant,
}

impl std::fmt::Debug for Shipper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Shipper").field("track", &self.track).finish_non_exhaustive()
    }
}

/// Goes to the end of the log as it is now.
pub(crate) fn scan(wal: &Wal, from: Option<Cursor>) -> Result<Option<Cursor>> {
    let Some(header) = wal.header()? else { return Ok(None) };
    let mut cursor = from.filter(|cursor| cursor.is_in(&header)).unwrap_or_else(|| Cursor::start(header));
    while wal.read_on(&mut cursor, SEGMENT_BYTES)?.count > 0 {}
    Ok(Some(cursor))
}

impl Shipper {
    /// Begins a lineage with what is written from now on. A snapshot must follow at once: it leads here.
    ///
    /// # Errors
    /// [`Error::NotPossible`] unless it is an SQLite file; those of the database.
    pub async fn start(
        database: &Database,
        vaults: &[Vault],
        clock: Arc<dyn Clock>,
        entropy: &mut dyn Entropy,
    ) -> Result<Self> {
        let path =
            database.sqlite_path().ok_or(Error::NotPossible("only an SQLite file has a log to ship"))?;
        let keys = vaults.first().ok_or(Error::NotPossible("there is no place for backups"))?.keys.clone();
        let wal = Wal::of(&path);
        database.set_own_checkpoints(false).await?;
        // Most of it is read while others write.
        let before = blocking({
            let wal = wal.clone();
            move || scan(&wal, None)
        })
        .await?;
        let (held, cursor) = database.hold(|| scan(&wal, before)).await?;
        let cursor = cursor?;
        let lineage = SnapshotId::generate(clock.wall(), entropy).to_string();
        let header = cursor.map(|cursor| cursor.header());
        let track = Track(Arc::new(Mutex::new(Stand { lineage, run: 0, header })));
        Ok(Self {
            database: database.clone(),
            keys,
            clock,
            wal,
            track,
            lanes: vaults.iter().map(Lane::to).collect(),
            held: Some(held),
            cursor,
            frames_of_run_before: 0,
            is_turned: false,
            turn_not_before: None,
            whole: None,
            parts: Vec::new(),
            longest_turn: Duration::ZERO,
            ticked_at: Instant::now(),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn track(&self) -> Track {
        self.track.clone()
    }

    /// What is wrong with each place, in their order; nothing if it has everything or is about to.
    pub fn troubles(&self) -> impl Iterator<Item = Option<&str>> {
        self.lanes.iter().map(Lane::trouble)
    }

    /// For how long the oldest that some place has not yet has been waiting.
    #[must_use]
    pub fn lag(&self) -> Duration {
        self.lanes.iter().map(Lane::lag).max().unwrap_or_default()
    }

    /// Segments that never arrived somewhere: a new snapshot is due.
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.lanes.iter().map(Lane::given_up).sum()
    }

    /// The longest that writers waited for the log to be copied.
    #[must_use]
    pub const fn longest_turn(&self) -> Duration {
        self.longest_turn
    }

    /// Ships what is new. Places that do not take it are tried again while this is [`Shipper::rest`]ing.
    ///
    /// # Errors
    /// [`Error::LostTrack`] and those of the database: start anew. A place that fails is no error.
    pub async fn tick(&mut self) -> Result<()> {
        self.ticked_at = Instant::now();
        for _ in 0..SEGMENTS_A_TICK_MAX {
            // Each is sent before the next is read: whoever writes as fast as this reads would else keep all from it.
            let is_behind = self.read_new().await?;
            self.carry(SHIP_EVERY).await;
            let bytes = self.cursor.map_or(0, |cursor| cursor.bytes());
            let is_shipped = !is_behind && self.lanes.iter().all(Lane::is_empty);
            let may_turn = self.turn_not_before.is_none_or(|at| Instant::now() >= at);
            if !self.is_turned && may_turn && (bytes > TURN_BYTES && is_shipped || bytes > TURN_BYTES_MAX) {
                self.turn().await?;
                self.carry(SHIP_EVERY).await;
            }
            if !is_behind {
                break;
            }
        }
        Ok(())
    }

    /// Waits until so long after the last tick began, while what is under way goes on.
    pub async fn rest(&mut self, time: Duration) {
        let until = self.ticked_at + time;
        self.carry(until.saturating_duration_since(Instant::now())).await;
        tokio::time::sleep_until(until).await;
    }

    /// Ships what is left, for so long, and lets go of the database.
    ///
    /// # Errors
    /// As [`Shipper::tick`].
    pub async fn finish(mut self, time: Duration) -> Result<()> {
        let read = loop {
            match self.read_new().await {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.carry(time).await;
        if let Some(held) = self.held.take() {
            held.release().await?;
        }
        self.database.set_own_checkpoints(true).await?;
        read
    }

    async fn carry(&mut self, time: Duration) {
        let all = join_all(self.lanes.iter_mut().map(Lane::run));
        let _goes_on_later = tokio::time::timeout(time, all).await;
    }

    /// Reads what is new, up to a segment; whether there is more.
    async fn read_new(&mut self) -> Result<bool> {
        let Some(header) = self.wal.header()? else { return Ok(false) };
        match self.cursor {
            Some(cursor) if cursor.is_in(&header) => {}
            None => self.begin_run(header, 0),
            Some(cursor) if self.is_turned => {
                self.end_run().await?;
                self.frames_of_run_before = cursor.frames();
                self.begin_run(header, 1);
            }
            Some(_) => {
                let detail = "another process copied it and began it again".to_owned();
                return Err(Error::LostTrack { detail });
            }
        }
        let Some(mut cursor) = self.cursor else { return Ok(false) };
        let wal = self.wal.clone();
        let (cursor, frames) = blocking(move || {
            let frames = wal.read_on(&mut cursor, SEGMENT_BYTES)?;
            Ok((cursor, frames))
        })
        .await?;
        if frames.count == 0 {
            return Ok(false);
        }
        let is_behind = frames.bytes.len() >= SEGMENT_BYTES;
        self.ship(frames, cursor).await?;
        // It goes on in the same run: somebody's reading kept the log from beginning again.
        self.is_turned = false;
        Ok(is_behind)
    }

    /// Goes on with a round of the log, so many runs further. Number and header change at once: snapshots look at both.
    fn begin_run(&mut self, header: Header, further: u64) {
        self.cursor = Some(Cursor::start(header));
        self.is_turned = false;
        let mut stand = lock(&self.track.0);
        stand.run += further;
        stand.header = Some(header);
    }

    /// Moves the cursor only when the frames wait for their places, so that nothing is lost when this is dropped.
    async fn ship(&mut self, frames: Frames, cursor: Cursor) -> Result<()> {
        let (lineage, run) = {
            let stand = lock(&self.track.0);
            (stand.lineage.clone(), stand.run)
        };
        let at_us = self.clock.wall().micros();
        let segment = Segment::new(&lineage, run, self.frames_of_run_before, frames, at_us);
        let errand = Self::errand(self.keys.clone(), segment.clone(), Vec::new()).await?;
        self.cursor = Some(cursor);
        self.lanes.iter_mut().for_each(|lane| lane.push(errand.clone()));
        self.parts.push(segment.name().key(&lineage));
        match &mut self.whole {
            Some(whole) if whole.bytes.len() + segment.bytes.len() <= WHOLE_BYTES_MAX => {
                whole.append(&segment)
            }
            // A run that is joined in its middle, or is too long, stays in its parts.
            None if self.parts.len() == 1 => self.whole = Some(segment),
            _ => self.whole = None,
        }
        Ok(())
    }

    /// Puts the segments of a run that is over together.
    async fn end_run(&mut self) -> Result<()> {
        if let Some(whole) = self.whole.take().filter(|_| self.parts.len() > 1) {
            let errand = Self::errand(self.keys.clone(), whole, self.parts.clone()).await?;
            self.lanes.iter_mut().for_each(|lane| lane.push(errand.clone()));
        }
        self.parts.clear();
        Ok(())
    }

    async fn errand(keys: crate::Keys, segment: Segment, replaces: Vec<crate::Key>) -> Result<Errand> {
        let (key, bytes) = blocking(move || {
            let key = segment.name().key(&segment.head.lineage);
            Ok((key, bytes::Bytes::from(segment.seal(&keys)?)))
        })
        .await?;
        Ok(Errand { key, bytes, replaces, given_at: Instant::now() })
    }

    /// Copies the log into the file, so that it begins again.
    async fn turn(&mut self) -> Result<()> {
        let (Some(held), Some(mut cursor)) = (self.held.take(), self.cursor) else { return Ok(()) };
        let wal = self.wal.clone();
        let began = Instant::now();
        let rest = || wal.read_on(&mut cursor, usize::MAX);
        let (held, checkpoint, rest) = self.database.pass_on(held, rest).await?;
        self.longest_turn = self.longest_turn.max(began.elapsed());
        self.held = Some(held);
        let rest = rest?;
        if rest.count > 0 {
            self.ship(rest, cursor).await?;
        }
        if checkpoint.frames != u64::from(cursor.frames()) {
            let detail = format!("{} frames were read, {} are there", cursor.frames(), checkpoint.frames);
            return Err(Error::LostTrack { detail });
        }
        self.is_turned = checkpoint.copied == checkpoint.frames;
        self.turn_not_before = (!self.is_turned).then(|| Instant::now() + TURN_PAUSE);
        Ok(())
    }
}
