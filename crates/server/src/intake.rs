//! How sound comes into the library: uploads, folders of the server, and the demo. All take the same steps.
//!
//! ```text
//! bytes ─▶ blob store (hashed) ─▶ known already? ─▶ inspect (worker process) ─▶ cover ─▶ track ─▶ jobs: measure, convert
//! ```
//!
//! Deliberately not here: parsing of files (`audio`, in processes of their own) and the tracks' rules (`library`).

mod add;
mod collect;
mod cover;
mod demo;
mod folder;
mod work;

pub use add::{Added, Rejection};
pub use folder::{Import, Progress, Summary};

use crate::app::App;
use crate::error::{Error, Result};
use crate::server_channel;
use blobs::{BlobKey, BlobWriter, Blobs};
use cover::Covers;
use database::Database;
use library::{Origin, Track};
use model::{Clock, Entropy, MemberId, WallTime};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Everything the intake works with. Clones share it. The command line uses it without a server.
#[derive(Clone)]
pub struct Intake {
    database: Database,
    blobs: Blobs,
    workers: audio::Workers,
    clock: Arc<dyn Clock>,
    entropy: Arc<Mutex<Box<dyn Entropy>>>,
    covers: Arc<Covers>,
    /// Told when a job was added, so that the runner need not wait for its next look.
    added: Arc<Notify>,
}

impl Intake {
    /// An intake over these stores.
    pub fn new(
        database: Database,
        blobs: Blobs,
        workers: audio::Workers,
        clock: Arc<dyn Clock>,
        entropy: Arc<Mutex<Box<dyn Entropy>>>,
    ) -> Self {
        Self { database, blobs, workers, clock, entropy, covers: Arc::default(), added: Arc::default() }
    }

    fn now(&self) -> WallTime {
        self.clock.wall()
    }

    fn generate<T>(&self, generate: impl FnOnce(WallTime, &mut dyn Entropy) -> T) -> T {
        let mut entropy = self.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        generate(self.clock.wall(), &mut **entropy)
    }
}

/// Takes an uploaded file in. `true`: these bytes were in the library already.
pub(crate) async fn upload(app: &App, writer: BlobWriter, name: &str, by: MemberId) -> Result<(Track, bool)> {
    let stored = writer.commit(BlobKey::Original).await?;
    let name = clean_name(name);
    let stem = Path::new(&name).file_stem().map_or(name.clone(), |stem| stem.to_string_lossy().into_owned());
    match app.intake().add(stored, &stem, Some(by), Origin::Upload).await {
        Ok(Added { track, duplicate }) => {
            if !duplicate {
                tracing::info!(track = %track.id, by = %by, "a track was uploaded");
                server_channel::track_changed(app, &track);
            }
            Ok((track, duplicate))
        }
        Err(Rejection::File(error)) => Err(rejected(&error)),
        Err(Rejection::Fault(error)) => Err(error),
    }
}

/// The last part of a file name, cut to its limit. Only ever shown.
fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    let cut = name
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|&end| end <= crate::limits::FILE_NAME_BYTES_MAX);
    name[..cut.last().unwrap_or(0)].to_owned()
}

/// What is wrong with a file, for the person who sent it.
fn rejected(error: &audio::AudioError) -> Error {
    use audio::AudioError as A;
    match error {
        A::NotAudio { .. } => Error::UnsupportedFormat("this is not a music file".to_owned()),
        A::Unsupported { what } => {
            Error::UnsupportedFormat(format!("this kind of file cannot be played: {what}"))
        }
        A::NotRegular => Error::UnsupportedFormat("this is not a file".to_owned()),
        A::Damaged { what } => Error::DamagedFile(format!("the file is damaged: {what}")),
        A::TooLarge { what, found, limit } => {
            Error::DamagedFile(format!("{what} is {found}, and may be {limit} at most"))
        }
        A::Crashed { .. } | A::TimedOut { .. } | A::OutOfMemory => {
            Error::DamagedFile("the file could not be read; it seems to be damaged".to_owned())
        }
        A::Io { .. } => Error::Fault("a stored file could not be read"),
        A::NoWorker { .. } => Error::Busy,
    }
}

/// Puts the demo pieces into the library, in the background. Pieces that are there stay.
pub(crate) async fn demo(app: &App, by: Option<MemberId>) -> Result<()> {
    demo::start(app, by).await
}

/// Puts the demo pieces into the library and waits for them.
///
/// # Errors
/// Whatever the stores say.
pub async fn add_demo(app: &App) -> Result<()> {
    demo::add_all(app, None).await
}

/// Whether the demo was put into the library.
pub(crate) async fn has_demo(app: &App) -> Result<bool> {
    demo::is_there(app).await
}

/// Starts the background work: jobs, and collecting bytes that nobody refers to.
pub(crate) fn start(app: &App) {
    app.lifecycle().spawn(work::run(app.clone()));
    app.lifecycle().spawn(collect::run(app.clone()));
}
