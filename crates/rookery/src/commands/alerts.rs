//! `rookery alerts`: which rules there are and what is bad now, and whether messages arrive.

use super::print;
use crate::compose;
use crate::failure::Failure;
use crate::settings::Settings;
use alerts::{Bulletin, Shown, span, timestamp};
use clap::Subcommand;
use model::Clock as _;
use server::{Kept, WATCHING_STATE};

#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// Lists the rules, and what is bad now as whoever watches wrote it down last.
    List {
        /// Prints one JSON object a line, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Sends a test message by every way that is set, and says what came back; exit code 1 if one does not work.
    Test,
}

/// # Errors
/// [`Failure::Alerts`] for settings that cannot be used, [`Failure::NotTold`] if a test message did not arrive.
pub async fn run(settings: &Settings, command: &AlertsCommand) -> Result<(), Failure> {
    match command {
        AlertsCommand::List { json } => list(settings, *json).await,
        AlertsCommand::Test => test(settings).await,
    }
}

async fn list(settings: &Settings, json: bool) -> Result<(), Failure> {
    let watching = settings.alerts.watching(settings, settings.outside())?;
    let database = compose::database(settings).await?;
    let bytes = database::settings::get(&database, WATCHING_STATE).await;
    database.close().await;
    // One that is not migrated yet has no such row: nothing is known of it.
    let kept = bytes.ok().flatten().and_then(|bytes| Kept::read(&bytes).ok());
    let shown: Vec<Shown> = kept.iter().flat_map(|kept| kept.watch.shown()).collect();
    for rule in watching.rules() {
        let of_rule: Vec<&Shown> = shown.iter().filter(|shown| shown.rule == rule.name).collect();
        let asked = rule.expression(None);
        if json {
            let state = |shown: &&Shown| {
                serde_json::json!({
                    "about": shown.about, "state": if shown.is_firing { "firing" } else { "pending" },
                    "since": timestamp(shown.since), "value": shown.value,
                })
            };
            let line = serde_json::json!({
                "rule": rule.name, "severity": rule.urgency.as_str(), "summary": rule.summary, "expression": asked,
                "for": span(rule.lasts), "runbook": rule.runbook, "alerts": of_rule.iter().map(state).collect::<Vec<_>>(),
            });
            print(&format!("{line}\n"));
            continue;
        }
        print(&format!(
            "{:<6} {}: {}\n       {asked}, for {}\n",
            rule.urgency.as_str(),
            rule.name,
            rule.summary,
            span(rule.lasts)
        ));
        for shown in of_rule {
            let about = if shown.about.is_empty() { String::new() } else { format!("{}: ", shown.about) };
            let state = if shown.is_firing { "BAD" } else { "pending" };
            print(&format!("       {state} {about}{}, since {}\n", shown.value, timestamp(shown.since)));
        }
    }
    Ok(())
}

async fn test(settings: &Settings) -> Result<(), Failure> {
    let ways = settings.alerts.ways(settings.outside())?;
    let unusable = |error: sinks::Error| Failure::Alerts(error.to_string());
    let sinks = sinks::open(&ways).map_err(unusable)?;
    let heartbeat = sinks::Heartbeat::open(&ways).map_err(unusable)?;
    if sinks.is_empty() && heartbeat.is_none() {
        return Err(Failure::Alerts(
            "nobody is told: set ROOKERY_ALERT_WEBHOOK, ROOKERY_ALERT_EMAIL and ROOKERY_ALERT_SMTP, or \
             ROOKERY_ALERT_BLUESKY"
                .to_owned(),
        ));
    }
    let now = crate::clock::SystemClock::start().wall();
    let server = settings.public_url.as_deref().or(settings.name.as_deref()).unwrap_or("Rookery");
    let bulletin = Bulletin::test(server, now);
    let mut failed = 0;
    let mut say = |name: &str, sent: Result<(), sinks::Error>| match sent {
        Ok(()) => print(&format!("ok     {name}: it was taken\n")),
        Err(error) => {
            failed += 1;
            print(&format!("WRONG  {name}: {error}\n"));
        }
    };
    for sink in &sinks {
        say(sink.name(), sink.send(&bulletin, now).await);
    }
    if let Some(heartbeat) = &heartbeat {
        say(&format!("heartbeat at {}", heartbeat.host()), heartbeat.beat().await);
    }
    let all = sinks.len() + usize::from(heartbeat.is_some());
    if failed > 0 { Err(Failure::NotTold { failed, all }) } else { Ok(()) }
}
