//! The parts, put together the same way for every command.

use crate::clock::SystemClock;
use crate::entropy::SystemEntropy;
use crate::failure::Failure;
use crate::required_data;
use crate::schema;
use crate::settings::Settings;
use crate::stamp;
use audio::{WorkerCommand, WorkerLimits, Workers};
use blobs::Blobs;
use database::{Database, Options};
use model::Clock;
use std::path::Path;
use std::sync::Arc;

/// What every command that works on a library has.
pub struct Stores {
    pub clock: Arc<dyn Clock>,
    pub database: Database,
    pub blobs: Blobs,
    pub workers: Workers,
}

/// Opens the stores and brings the schema up to date.
///
/// # Errors
/// A [`Failure`] that says what to do.
pub async fn stores(settings: &Settings) -> Result<Stores, Failure> {
    let data = settings.data();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    required_data::refuse_new(settings)?;
    create(&data)?;
    let folder = data.join("blobs");
    create(&folder)?;
    let database = database(settings).await?;
    if database.is_pooled() {
        tracing::info!("a pooler hands connections to PostgreSQL around");
    }
    stamp::refuse_other(settings, &database).await?;
    for migration in schema::own(settings)?.up(&database, clock.wall()).await? {
        tracing::info!(migration, "the database was migrated");
    }
    stamp::verify(settings, &database).await?;
    // Before the store makes folders of its own there.
    required_data::attend(settings, &database).await?;
    let blobs = Blobs::open(folder).await?;
    Ok(Stores { clock, database, blobs, workers: workers()? })
}

/// Opens the database as it is.
///
/// # Errors
/// A [`Failure`] that says what to do.
pub async fn database(settings: &Settings) -> Result<Database, Failure> {
    let postgres_direct = direct_url(settings).map(str::to_owned);
    let options = Options { token: settings.database_token.clone(), postgres_direct, ..Options::default() };
    Ok(Database::open(&settings.database_url(), options).await?)
}

/// The address of the database for what needs a session of its own: past a pooler, if there is one.
pub fn session_url(settings: &Settings) -> String {
    direct_url(settings).map_or_else(|| settings.database_url(), str::to_owned)
}

/// The way past a pooler. A variable that is empty is not set.
fn direct_url(settings: &Settings) -> Option<&str> {
    settings.database_direct_url.as_deref().filter(|url| !url.is_empty())
}

/// The system's chance.
///
/// # Errors
/// [`Failure::Randomness`].
pub fn entropy() -> Result<Box<dyn model::Entropy>, Failure> {
    Ok(Box::new(SystemEntropy::open()?))
}

fn create(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|source| Failure::Data { path: folder.to_owned(), source })
}

/// Processes of this same program that look at files from strangers.
///
/// # Errors
/// [`Failure::OwnPath`].
fn workers() -> Result<Workers, Failure> {
    workers_with(WorkerLimits::default())
}

/// The same with other limits.
///
/// # Errors
/// [`Failure::OwnPath`].
pub fn workers_with(limits: WorkerLimits) -> Result<Workers, Failure> {
    let program = std::env::current_exe().map_err(Failure::OwnPath)?;
    let count = std::thread::available_parallelism().map_or(2, |cores| cores.get().min(4));
    let command = WorkerCommand { program, args: vec!["audio-worker".into()] };
    Ok(Workers::new(command, count, limits))
}
