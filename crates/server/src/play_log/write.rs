//! Writing play logs: a reader of the nests' logs, which no song waits for. How far it has come is noted in the database
//! after the lines are on disk, and a line that stands there already is not written again: so nothing is lost and nothing
//! doubled by a crash. A folder that cannot be written is tried again, ever less often.

use super::append::append;
use super::{file_name, line};
use crate::app::App;
use crate::error::{Error, Result};
use database::log_readers::{self, Unread};
use database::nests::Play;
use database::{identities, past_members};
use identity::PastAddress;
use line::Names;
use model::MemberId;
use nest::Horn;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name of this reader in the database.
pub const READER: &str = "play_log";
/// The file that says which process writes here.
const LOCK: &str = ".play_log.lock";
/// How often is looked for what other processes played.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After a failure, the first and the longest pause.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// Nests and plays of one step.
const NESTS_MAX: u32 = 50;
const PLAYS_MAX: u32 = 100;

/// Where play logs are written, and what of people.
#[derive(Clone, Debug)]
pub struct PlayLogConfig {
    /// The folder.
    pub folder: PathBuf,
    /// Whether people are named by their addresses, as EchoNest does, instead of their names.
    pub addresses: bool,
}

/// Why a step did not go on.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{}: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Server(#[from] Error),
}

impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        Self::Server(error.into())
    }
}

struct Writer {
    app: App,
    config: PlayLogConfig,
    /// Held while this process is the one that writes.
    lock: Option<File>,
    /// Whether the database knows this reader.
    has_begun: bool,
}

/// Starts writing, if it is wanted.
pub(crate) fn start(app: &App) {
    if let Some(config) = app.config().play_log.clone() {
        let writer = Writer { app: app.clone(), config, lock: None, has_begun: false };
        app.lifecycle().spawn(writer.run());
    }
}

impl Writer {
    async fn run(mut self) {
        let app = self.app.clone();
        let mut pause = PAUSE_FIRST;
        while !app.lifecycle().is_stopping() {
            let wait = match self.catch_up().await {
                Ok(()) => {
                    pause = PAUSE_FIRST;
                    None
                }
                Err(error) => {
                    metrics::counter!("play_log_failures_total").increment(1);
                    tracing::warn!(%error, retry_in_s = pause.as_secs(), "play logs cannot be written");
                    let wait = pause;
                    pause = (pause * 2).min(PAUSE_MAX);
                    Some(wait)
                }
            };
            let woken = async {
                match wait {
                    // Songs that end meanwhile do not hurry it.
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => {
                        let _either = tokio::time::timeout(LOOK_EVERY, app.nests().song_ended()).await;
                    }
                }
            };
            tokio::select! {
                () = app.lifecycle().stopping() => {}
                () = woken => {}
            }
        }
    }

    /// Writes what has ended since the last time.
    async fn catch_up(&mut self) -> Result<(), Failure> {
        if !self.holds_folder()? {
            return Ok(());
        }
        let app = self.app.clone();
        if !self.has_begun {
            log_readers::begin(app.database(), READER).await?;
            self.has_begun = true;
        }
        while !app.lifecycle().is_stopping() {
            let unread = log_readers::unread(app.database(), READER, NESTS_MAX).await?;
            if unread.is_empty() {
                break;
            }
            for nest in unread {
                self.write(nest).await?;
            }
        }
        Ok(())
    }

    /// Whether this process writes in the folder: of several that share one, one does.
    fn holds_folder(&mut self) -> Result<bool, Failure> {
        if self.lock.is_some() {
            return Ok(true);
        }
        let path = self.config.folder.join(LOCK);
        let failed = |source| Failure::Folder { path: path.clone(), source };
        std::fs::create_dir_all(&self.config.folder).map_err(failed)?;
        let lock = File::options().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {
                self.lock = Some(lock);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    async fn write(&self, unread: Unread) -> Result<(), Failure> {
        let ended = log_readers::plays_ended(self.app.database(), unread, PLAYS_MAX).await?;
        let Some(last) = ended.last().map(|ended| ended.sequence) else { return Ok(()) };
        let mut days: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (play, horns) in ended.iter().filter_map(|ended| Some((ended.play.as_ref()?, &ended.horns))) {
            let zone = &self.app.config().zone;
            let at = play.ended.map_or(play.started_at, |(at, _)| at);
            let names = self.names(play, horns).await?;
            days.entry(zone.day(at)).or_default().push(line::write(play, horns, &names, zone));
        }
        for (day, lines) in days {
            let path = self.config.folder.join(file_name(&day));
            let written = append_in_background(path.clone(), lines).await;
            let written = written.map_err(|source| Failure::Folder { path, source })?;
            metrics::counter!("play_log_lines_total").increment(written as u64);
        }
        log_readers::advance(self.app.database(), READER, unread, last).await?;
        Ok(())
    }

    /// What the log calls the people of a play.
    async fn names(&self, play: &Play, horns: &[Horn]) -> Result<Names, Failure> {
        let mut names = Names::default();
        if self.config.addresses {
            let jams = play.jams.iter().map(|jam| jam.by);
            let comments = play.comments.iter().map(|comment| comment.by);
            let people = jams.chain(comments).chain(horns.iter().map(|horn| horn.by));
            let people: BTreeSet<_> = people.chain(play.added_by.member()).collect();
            for member in people {
                if let Some(address) = self.address(member).await? {
                    names.0.insert(member, address);
                }
            }
        }
        Ok(names)
    }

    async fn address(&self, member: MemberId) -> Result<Option<String>, Failure> {
        let (database, sign_in) = (self.app.database(), self.app.sign_in());
        let linked = identities::list(database, member).await?;
        let addresses = linked.iter().map(|identity| sign_in.address_of(identity));
        if let Some(address) = addresses.into_iter().find(|address| !address.is_empty()) {
            return Ok(Some(address));
        }
        let owner = member.to_string();
        let sealed = past_members::address(database, member).await?;
        Ok(sealed.and_then(|sealed| sign_in.sealer().open(PastAddress::of(&owner), &sealed).ok()))
    }
}

async fn append_in_background(path: PathBuf, lines: Vec<String>) -> io::Result<usize> {
    let written = tokio::task::spawn_blocking(move || append(Path::new(&path), &lines)).await;
    written.unwrap_or_else(|error| Err(io::Error::other(error)))
}
