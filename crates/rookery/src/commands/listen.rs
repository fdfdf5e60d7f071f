//! `rookery listen`: puts a listener together and ends it when the person or the system wants.

use crate::clock::BootClock;
use crate::compose;
use crate::failure::Failure;
use crate::listen_settings::{ListenArgs, OutputName};
use audio::{Limits, WorkerLimits};
use listen::{Options, OutputChoice, Parts, Shown};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

pub async fn run(args: ListenArgs) -> Result<(), Failure> {
    let shown = match args.is_full_screen() {
        true => Shown::View { colour: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) },
        false if args.json => Shown::Json,
        false => Shown::Lines,
    };
    let output = match args.output {
        OutputName::Sound => {
            OutputChoice::Sound { device: args.device.unwrap_or_else(|| "default".to_owned()) }
        }
        OutputName::Mpris => OutputChoice::Mpris { player: args.device },
        OutputName::None => OutputChoice::None,
    };
    let options = Options {
        url: args.url,
        nest: args.nest,
        token: args.token.filter(|token| !token.is_empty()),
        guest_name: args.guest_name,
        output,
        volume_percent: args.volume,
        shown,
        scratch: args.scratch.unwrap_or_else(std::env::temp_dir),
    };
    let parts = Parts {
        clock: Arc::new(BootClock::start()),
        entropy: compose::entropy()?,
        workers: compose::workers_with(song_limits())?,
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    Ok(listen::run(options, parts, stop).await?)
}

/// What a song may cost: its samples lie in a file while it plays, 10 MB a minute.
fn song_limits() -> WorkerLimits {
    let file = Limits { file_bytes_max: 1 << 30, duration_ms_max: 4 * 3_600_000, ..Limits::default() };
    WorkerLimits { file, ..WorkerLimits::default() }
}
