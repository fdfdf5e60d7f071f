//! Everything that the page of operations shows, looked at at once: the close look, the machine, the schema, and what the
//! program around the server knows. It is kept for a few seconds, and one look at a time is under way.

use super::glance::Glance;
use super::machine::Machine;
use super::{WatchingConfig, capacity, look_at_machine};
use crate::app::App;
use crate::limits;
use crate::surroundings::{BackupsState, Seen};
use database::schema_history::Applied;
use database::{Engine, migrate, schema_history};
use protocol::http::{
    ActiveAlert, AlertsState, DeepHealth, DiskState, OpenAlert, Operations, PartState, ProcessState,
    SchemaState, SchemaStep, SchemaStepState,
};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A disk with less than this free is not well.
pub(super) const DISK_FREE_SHARE_MIN: f64 = 0.1;
/// Where the runbooks are, in the project's own pages.
const RUNBOOKS: &str = "docs/operations/runbooks.md";

/// What was found when somebody last looked.
#[derive(Debug, Default)]
pub(crate) struct Page(Glance<Operations>);

impl Page {
    /// Looks, unless somebody did a moment ago.
    pub(crate) async fn look(&self, app: &App) -> Arc<Operations> {
        self.0.or(app.clock().instant(), look(app)).await
    }
}

async fn look(app: &App) -> Operations {
    let deep = app.deep().look(app).await;
    let (machine, seen) = tokio::join!(look_at_machine(app), app.config().surroundings.look());
    app.metrics().run_upkeep();
    let numbers = app.metrics().render();
    let DeepHealth { parts, alerts, .. } = &*deep;
    Operations {
        at_ms: app.now().millis(),
        process: process(app, &seen, &machine, &numbers),
        parts: parts.clone(),
        alerts: watched(&app.config().watching, alerts),
        schema: schema(app).await,
        backups: shipping(seen.backups, &numbers),
        releases: seen.releases,
        environments: seen.environments,
        used: seen.used,
        disks: disks(&machine),
        capacity: capacity::report(app).await,
    }
}

fn process(app: &App, seen: &Seen, machine: &Machine, numbers: &str) -> ProcessState {
    let life = app.lifecycle();
    let engine = match app.database().engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
        Engine::Libsql => "libsql",
    };
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let used =
        Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0));
    let lived = app.now().since(app.started_at());
    ProcessState {
        environment: seen.environment.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        release: seen.release.clone(),
        commit: seen.commit.clone(),
        slot: seen.slot.clone(),
        stance: life.stance().as_str().to_owned(),
        started_at_ms: app.started_at().millis(),
        engine: engine.to_owned(),
        visitors: life.visitor_count() as u64,
        memory_bytes: machine.resident_bytes,
        processor_share: (!lived.is_zero()).then(|| used.as_secs_f64() / lived.as_secs_f64()),
        machine_memory_share: machine.memory_share,
        machine_processor_share: gauge(numbers, "machine_processor_share"),
    }
}

/// A number of this process without labels, as Prometheus gets it.
fn gauge(numbers: &str, name: &str) -> Option<f64> {
    numbers.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

fn watched(config: &WatchingConfig, active: &[ActiveAlert]) -> AlertsState {
    let rules = config.rules();
    let open = active.iter().map(|alert| {
        // One of a rule that is no more is over at the next look.
        let rule = rules.iter().find(|rule| rule.name == alert.rule);
        OpenAlert {
            rule: alert.rule.clone(),
            about: alert.about.clone(),
            firing: alert.firing,
            since_ms: alert.since_ms,
            value: alert.value.clone(),
            summary: rule.map_or_else(String::new, |rule| rule.summary.to_owned()),
            urgency: rule.map_or("ticket", |rule| rule.urgency.as_str()).to_owned(),
            runbook: rule.map_or_else(|| RUNBOOKS.to_owned(), |rule| format!("{RUNBOOKS}#{}", rule.runbook)),
        }
    });
    AlertsState { rules: u32::try_from(rules.len()).unwrap_or(u32::MAX), open: open.collect() }
}

async fn schema(app: &App) -> SchemaState {
    let (known, min_reader) = migrate::range();
    let database = app.database();
    let asked = async {
        let status = migrate::status(database).await?;
        Ok::<_, database::Error>((status, schema_history::read(database).await?))
    };
    let empty = SchemaState { known, min_reader, database_min_reader: None, steps: Vec::new(), fault: None };
    match timeout(limits::DATABASE_ANSWER_TIME_MAX, asked).await {
        Ok(Ok((status, applied))) => SchemaState {
            database_min_reader: applied.iter().map(|step| step.min_reader).max(),
            steps: steps(&status, applied),
            ..empty
        },
        Ok(Err(error)) => SchemaState { fault: Some(error.to_string()), ..empty },
        Err(_) => SchemaState { fault: Some("the database does not answer".to_owned()), ..empty },
    }
}

fn steps(status: &migrate::Status, applied: Vec<Applied>) -> Vec<SchemaStep> {
    let there = applied.into_iter().map(|step| SchemaStep {
        state: match status.unknown.contains(&step.name) {
            true => SchemaStepState::Unknown,
            false => SchemaStepState::Applied,
        },
        applied_at_ms: Some(step.at.millis()),
        name: step.name,
    });
    let missing = status.pending.iter().map(|name| SchemaStep {
        name: name.clone(),
        state: SchemaStepState::Pending,
        applied_at_ms: None,
    });
    there.chain(missing).collect()
}

/// The process that ships the log knows how that goes.
fn shipping(backups: BackupsState, numbers: &str) -> BackupsState {
    let is_shipping = gauge(numbers, "backup_shipping").map(|value| value > 0.0);
    let lag = gauge(numbers, "backup_shipping_lag_seconds");
    match backups.places.is_empty() {
        true => backups,
        false => BackupsState { shipping: is_shipping, shipping_lag_s: lag, ..backups },
    }
}

fn disks(machine: &Machine) -> Vec<DiskState> {
    let of = |disk: &super::machine::Disk| DiskState {
        name: disk.name.clone(),
        free_bytes: disk.free_bytes,
        total_bytes: disk.total_bytes,
        state: if disk.free_share >= DISK_FREE_SHARE_MIN { PartState::Well } else { PartState::Wrong },
    };
    machine.disks.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_its_whole_name() {
        let numbers = "# TYPE backup_shipping gauge\nbackup_shipping_lag_seconds 3.5\nbackup_shipping 1\n\
                       disk_free_share{place=\"data\"} 0.4\n";
        assert_eq!(gauge(numbers, "backup_shipping"), Some(1.0));
        assert_eq!(gauge(numbers, "backup_shipping_lag_seconds"), Some(3.5));
        assert_eq!(gauge(numbers, "backup"), None);
        assert_eq!(gauge(numbers, "disk_free_share"), None, "there are several");
    }

    #[test]
    fn migrations_of_later_releases_and_missing_ones_are_told_apart() {
        let status = migrate::Status {
            applied: vec!["0001_people".into(), "0099_later".into()],
            pending: vec!["0002_library".into()],
            contracts: Vec::new(),
            unknown: vec!["0099_later".into()],
            known_at_least: 1,
        };
        let at = model::WallTime::from_micros(5_000);
        let applied =
            ["0001_people", "0099_later"].map(|name| Applied { name: name.into(), min_reader: 1, at });
        let found: Vec<_> = steps(&status, applied.into())
            .into_iter()
            .map(|step| (step.name, step.state, step.applied_at_ms))
            .collect();
        assert_eq!(
            found,
            [
                ("0001_people".to_owned(), SchemaStepState::Applied, Some(5)),
                ("0099_later".to_owned(), SchemaStepState::Unknown, Some(5)),
                ("0002_library".to_owned(), SchemaStepState::Pending, None),
            ]
        );
    }
}
