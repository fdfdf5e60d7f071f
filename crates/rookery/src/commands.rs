//! One file a command.

mod about;
pub mod access;
mod admin_link;
pub mod alerts;
pub mod audio_worker;
mod backfill;
mod backup;
pub mod bootstrap;
mod contract;
mod deploy;
mod destroy;
pub mod doctor;
pub mod env;
pub mod env_example;
pub mod env_files;
mod gate;
mod import;
mod listen;
mod logs;
mod migrate;
pub mod monitor;
mod play_logs;
mod rehearse;
mod rehearse_server;
mod release;
pub mod restore;
pub mod secrets;
mod serve;
pub mod slots;
pub mod smoke;

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::settings::{Command, EnvCommand, ImportWhat, Settings};
use crate::supervisor::Supervisor;
use crate::{compose, secret_key};
use model::{Clock as _, NestCode};

/// Runs a command.
///
/// # Errors
/// A [`Failure`] that says what to do.
pub async fn run(command: Command, settings: Settings, supervisor: Supervisor) -> Result<(), Failure> {
    match command {
        Command::Serve { demo, slot } => serve::run(&settings, demo, &slot, supervisor).await,
        Command::Import { folder, what } => {
            if let Some(folder) = folder {
                import::run(&settings, &folder).await?;
            }
            match what {
                Some(ImportWhat::PlayLogs { folder, nest }) => {
                    play_logs::run(&settings, &folder, nest.unwrap_or(NestCode::MAIN)).await
                }
                None => Ok(()),
            }
        }
        Command::AdminLink => admin_link::run(&settings).await,
        Command::AcceptKey => accept_key(&settings).await,
        Command::Reseal => reseal(&settings).await,
        Command::Migrate { direction } => migrate::run(&settings, &direction).await,
        Command::Doctor(args) => doctor::run(settings, args).await,
        Command::Env { command: EnvCommand::Stamp } => env::stamp(&settings).await,
        Command::Env { command } => env::look(settings.config.as_deref(), &command),
        Command::Secrets { command } => secrets::run(&settings, &command),
        Command::Slots { command } => slots::run(&settings, &command),
        Command::Access { command } => access::run(settings, &command).await,
        Command::Backup { command } => backup::run(&settings, &command).await,
        Command::Restore(args) => restore::run(&settings, &args).await,
        Command::Release { command } => release::run(command),
        Command::Deploy(args) => deploy::deploy(&settings, &args).await,
        Command::Promote(args) => deploy::promote(&settings, &args).await,
        Command::Rollback(args) => deploy::rollback(&settings, &args),
        Command::Releases(args) => deploy::releases(&settings, &args),
        Command::Status(args) => deploy::status(&settings, &args),
        Command::Logs(args) => logs::run(&settings, &args),
        Command::Destroy(args) => destroy::run(&settings, &args),
        Command::Bootstrap(args) => bootstrap::run(&settings, &args),
        Command::Gate { words } => gate::run(&settings, &words).await,
        Command::Change { command } => gate::change(&settings, &command).await,
        Command::About => about::run(),
        Command::Openapi => {
            print(&server::openapi());
            Ok(())
        }
        Command::Asyncapi => {
            print(&server::asyncapi());
            Ok(())
        }
        Command::Listen(args) => listen::run(args).await,
        Command::Smoke(args) => smoke::run(args).await,
        Command::Alerts { command } => alerts::run(&settings, &command).await,
        Command::Monitor(args) => monitor::run(&settings, args).await,
        Command::AudioWorker => Ok(()),
    }
}

async fn accept_key(settings: &Settings) -> Result<(), Failure> {
    let stores = compose::stores(settings).await?;
    secret_key::accept(settings, &stores.database).await?;
    stores.database.close().await;
    print("The database goes on with this secret key.\n");
    Ok(())
}

async fn reseal(settings: &Settings) -> Result<(), Failure> {
    let stores = compose::stores(settings).await?;
    let done = secret_key::reseal(settings, &stores.database).await?;
    stores.database.close().await;
    let lost = match done.lost {
        0 => String::new(),
        lost => format!("; {lost} open with neither key, and were lost before"),
    };
    print(&format!(
        "{} values were sealed anew, {} were so already{lost}. Take ROOKERY_PREVIOUS_SECRET_KEY out now, and start the server \
         anew.\nWhat ends then: service tokens (`rookery access token`) and passes of the gate that are of the key before.\n",
        done.anew, done.before
    ));
    Ok(())
}

/// An instant that somebody typed, by the clocks here if no zone stands in it.
fn instant(settings: &Settings, text: &str) -> Result<model::WallTime, Failure> {
    let zone = settings.timezone.as_deref().filter(|name| !name.trim().is_empty());
    ::backup::parse_instant(text, zone).map_err(Failure::Instant)
}

/// The same, of something that was: what is still to come was typed by other clocks.
fn past(settings: &Settings, text: &str) -> Result<model::WallTime, Failure> {
    let at = instant(settings, text)?;
    if at <= SystemClock::start().wall() {
        return Ok(at);
    }
    Err(Failure::Instant(format!(
        "`{text}` is {} and still to come; by which clocks? --timezone Europe/Berlin, or write 2026-11-17T14:03:00Z",
        ::backup::utc(at)
    )))
}

/// Writes to standard output, which programs may read.
#[expect(clippy::print_stdout, reason = "this is the command line")]
fn print(text: &str) {
    print!("{text}");
}
