//! One file a command.

mod admin_link;
pub mod audio_worker;
mod import;
mod migrate;
mod serve;

use crate::failure::Failure;
use crate::settings::{Command, Settings};
use crate::{compose, secret_key};

/// Runs a command.
///
/// # Errors
/// A [`Failure`] that says what to do.
pub async fn run(command: Command, settings: Settings) -> Result<(), Failure> {
    match command {
        Command::Serve { demo } => serve::run(&settings, demo).await,
        Command::Import { folder } => import::run(&settings, &folder).await,
        Command::AdminLink => admin_link::run(&settings).await,
        Command::AcceptKey => accept_key(&settings).await,
        Command::Migrate { direction } => migrate::run(&settings, &direction).await,
        Command::Openapi => {
            print(&server::openapi());
            Ok(())
        }
        Command::Asyncapi => {
            print(&server::asyncapi());
            Ok(())
        }
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

/// Writes to standard output, which programs may read.
#[expect(clippy::print_stdout, reason = "this is the command line")]
fn print(text: &str) {
    print!("{text}");
}
