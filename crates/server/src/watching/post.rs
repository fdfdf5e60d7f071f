//! Who watches: one process of all that have the database, for as long as its lease lasts; and what it knows, which stands
//! in the same row, so that nobody can write down the one without having the other.

use crate::app::App;
use crate::limits;
use alerts::Watch;
use database::Database;
use model::WallTime;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

/// The name of the row.
pub const STATE: &str = "alerts";
/// How long a machine of which nothing is heard keeps the post.
const LEASE: Duration = Duration::from_secs(10 * 60);

/// What stands in the row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    holder: String,
    until: i64,
    /// What is bad, and who knows of it.
    pub watch: Watch,
}

impl Kept {
    /// Reads a row.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// A process's claim.
pub(crate) struct Post {
    database: Database,
    holder: String,
    lock: Option<PathBuf>,
    locked: Option<File>,
    /// What was last read or written, if this process has the post.
    held: Option<(Vec<u8>, Kept)>,
}

impl Post {
    pub(crate) fn new(app: &App) -> Self {
        let config = &app.config().watching;
        let holder = match config.holder.as_str() {
            "" => format!("{:016x}", app.draw(|entropy| entropy.next_u64())),
            named => named.to_owned(),
        };
        let database = app.database().clone();
        Self { database, holder, lock: config.lock.clone(), locked: None, held: None }
    }

    pub(crate) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Whether this process watches now. One that begins to takes over what the last one knew.
    pub(crate) async fn hold(&mut self, now: WallTime, watch: &mut Watch) -> bool {
        if !self.has_lock() {
            self.held = None;
            return false;
        }
        let read = database::settings::get(&self.database, STATE);
        let read = match tokio::time::timeout(limits::DATABASE_ANSWER_TIME_MAX, read).await {
            Ok(Ok(read)) => read,
            // Whoever watched before goes on: that the database does not answer is to be told.
            Ok(Err(_)) | Err(_) => return self.is_held(),
        };
        if read.is_some() && read.as_deref() == self.held.as_ref().map(|(bytes, _)| bytes.as_slice()) {
            return true;
        }
        let kept = read.as_deref().and_then(|bytes| Kept::read(bytes).ok());
        let is_free = |kept: &Kept| kept.holder == self.holder || kept.until <= now.micros();
        if !kept.as_ref().is_none_or(is_free) {
            self.held = None;
            return false;
        }
        // What this process wrote itself, without hearing that it was written, it knows better.
        let is_own = self.is_held() && kept.as_ref().is_some_and(|kept| kept.holder == self.holder);
        if !is_own {
            *watch = kept.map(|kept| kept.watch).unwrap_or_default();
        }
        let taken = self.claim(now, watch);
        self.replace(read.as_deref(), taken).await
    }

    /// Writes down what is known, if it is news or the lease is half over. Nothing is lost if that fails: it is news still.
    pub(crate) async fn write(&mut self, now: WallTime, watch: &Watch) {
        let Some((bytes, kept)) = &self.held else { return };
        let is_fresh = kept.until - now.micros() > i64::try_from(LEASE.as_micros() / 2).unwrap_or(i64::MAX);
        if is_fresh && kept.watch.says_as_much_as(watch) {
            return;
        }
        let (bytes, kept) = (bytes.clone(), self.claim(now, watch));
        self.replace(Some(&bytes), kept).await;
    }

    fn claim(&self, now: WallTime, watch: &Watch) -> Kept {
        Kept { holder: self.holder.clone(), until: now.plus(LEASE).micros(), watch: watch.clone() }
    }

    /// Puts this in the place of what was read, unless somebody was faster: then they have the post.
    async fn replace(&mut self, read: Option<&[u8]>, kept: Kept) -> bool {
        let Ok(bytes) = serde_json::to_vec(&kept) else { return false };
        let written = database::settings::replace(&self.database, STATE, read, &bytes);
        match tokio::time::timeout(limits::DATABASE_ANSWER_TIME_MAX, written).await {
            Ok(Ok(true)) => {
                self.held = Some((bytes, kept));
                true
            }
            Ok(Ok(false)) => {
                self.held = None;
                false
            }
            // Not known: what stands there is read at the next turn.
            Ok(Err(_)) | Err(_) => self.is_held(),
        }
    }

    /// Whether no other process of this machine watches.
    fn has_lock(&mut self) -> bool {
        let Some(path) = &self.lock else { return true };
        if self.locked.is_none() {
            let file = File::options().create(true).write(true).truncate(false).open(path);
            self.locked = file.ok().filter(|file| file.try_lock().is_ok());
        }
        self.locked.is_some()
    }

    /// Lets others of this machine watch.
    pub(crate) fn leave(&mut self) {
        self.locked = None;
        self.held = None;
    }
}
