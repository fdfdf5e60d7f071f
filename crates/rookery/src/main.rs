//! The binary: reads the command line and the environment, puts the parts together, begins and ends.
//!
//! Deliberately not here: any rule of the domain.

mod clock;
mod commands;
mod compose;
mod entropy;
mod failure;
mod secret_key;
mod settings;
mod sign_in_settings;
mod telemetry;

use clap::Parser;
use settings::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::AudioWorker) {
        return commands::audio_worker::run();
    }
    let outcome = cli.settings.with_file().and_then(|settings| {
        telemetry::start(&settings);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(failure::Failure::Runtime)?;
        runtime.block_on(commands::run(cli.command, settings))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure::report(&failure);
            ExitCode::FAILURE
        }
    }
}
