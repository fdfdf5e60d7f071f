//! Logs, on standard error: for people on a terminal, JSON otherwise. Lines that tell of errors are counted,
//! and so are panics.

use crate::settings::{LogFormat, Settings};
use std::io::IsTerminal as _;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

pub fn start(settings: &Settings) {
    let filter = settings.log.as_deref().unwrap_or("info,sqlx=warn");
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let is_terminal = std::io::stderr().is_terminal();
    let format = settings.log_format.unwrap_or(if is_terminal { LogFormat::Human } else { LogFormat::Json });
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_terminal);
    let lines = match format {
        LogFormat::Human => lines.compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    count_panics();
    tracing_subscriber::registry().with(filter).with(lines).with(ErrorCount).init();
}

/// Counts panics, and lets them be told as before: a task that panics ends alone, and nobody would notice.
fn count_panics() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        metrics::counter!("panics_total").increment(1);
        told(panic);
    }));
}

/// Counts what is logged as an error.
struct ErrorCount;

impl<S: tracing::Subscriber> Layer<S> for ErrorCount {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::ERROR {
            metrics::counter!("log_errors_total").increment(1);
        }
    }
}
