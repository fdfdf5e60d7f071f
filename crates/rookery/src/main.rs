//! The binary: reads the command line and the environment, puts the parts together, begins and ends.
//!
//! Deliberately not here: any rule of the domain.

mod access_settings;
mod alert_settings;
mod backup_settings;
mod backups;
mod bus_settings;
mod clock;
mod commands;
mod compose;
mod declared;
mod echonest_environment;
mod entropy;
mod failure;
mod listen_settings;
mod migrate_settings;
mod moved_environment;
mod otlp_settings;
mod previous_key;
mod process;
#[cfg(feature = "fakes")]
mod rehearsal;
mod release_build;
mod release_settings;
mod remote;
mod required_data;
mod schema;
mod sealed;
mod secret_key;
mod settings;
mod sign_in_settings;
mod slot_door;
mod slot_journal;
mod sources_settings;
mod stamp;
mod supervisor;
mod surroundings;
mod target;
mod telemetry;
mod tls_settings;
#[cfg(feature = "fakes")]
mod trial;
mod webhook_settings;

use clap::Parser;
use settings::{Cli, Command, EnvCommand};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::AudioWorker) {
        return commands::audio_worker::run();
    }
    // Before any thread there is: what was handed over is taken out of the environment.
    let supervisor = match supervisor::Supervisor::take() {
        Ok(supervisor) => supervisor,
        Err(failure) => {
            failure::report(&failure);
            return ExitCode::FAILURE;
        }
    };
    // A listener has nothing to do with the server's settings, whoever looks at environments looks at them all, and slots
    // are found by the environment's name.
    let is_apart = match &cli.command {
        Command::Listen(_)
        | Command::Access { .. }
        | Command::Secrets { .. }
        | Command::Slots { .. }
        | Command::Smoke(_)
        | Command::Monitor(_)
        | Command::Doctor(_)
        | Command::About
        | Command::Release { .. }
        | Command::Deploy(_)
        | Command::Promote(_)
        | Command::Rollback(_)
        | Command::Releases(_)
        | Command::Status(_)
        | Command::Logs(_)
        | Command::Destroy(_)
        | Command::Bootstrap(_)
        | Command::Gate { .. }
        | Command::Change { .. } => true,
        Command::Env { command } => !matches!(command, EnvCommand::Stamp),
        _ => false,
    };
    let settings = if is_apart { Ok(cli.settings) } else { cli.settings.with_file() };
    let outcome = settings.and_then(|settings| {
        // A log would be written over the view.
        if !matches!(&cli.command, Command::Listen(args) if args.is_full_screen()) {
            telemetry::start(&settings);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(failure::Failure::Runtime)?;
        runtime.block_on(commands::run(cli.command, settings, supervisor))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure::report(&failure);
            ExitCode::FAILURE
        }
    }
}
