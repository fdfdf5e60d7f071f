//! A close look at every part, for whoever asks what is the matter: it writes, reads and measures, so it is kept for a few
//! seconds, and one look at a time is under way.

use super::glance::Glance;
use super::machine::Machine;
use super::page::DISK_FREE_SHARE_MIN;
use super::{Kept, STATE, look_at_machine};
use crate::app::App;
use crate::limits;
use alerts::{Numbers, span};
use bus::State;
use model::WallTime;
use protocol::http::{ActiveAlert, DeepHealth, HealthPart, PartState};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// The name of what is written and read again.
const WRITTEN: &str = "health.deep";
/// More memory taken than this is not well.
const MEMORY_SHARE_MAX: f64 = 0.95;
/// For so long nobody may do what is due.
const STALLED_MAX: Duration = Duration::from_secs(900);
/// So far the machine's clock may be from the process's.
const CLOCK_OFF_MAX: Duration = Duration::from_secs(2);

/// What was found when somebody last looked.
#[derive(Debug, Default)]
pub(crate) struct Deep(Glance<DeepHealth>);

impl Deep {
    /// Looks, unless somebody did a moment ago.
    pub(crate) async fn look(&self, app: &App) -> Arc<DeepHealth> {
        self.0.or(app.clock().instant(), look(app)).await
    }
}

async fn look(app: &App) -> DeepHealth {
    let at = app.now();
    let machine = look_at_machine(app).await;
    let rules = app.config().watching.rules();
    app.metrics().run_upkeep();
    let numbers = Numbers::read(&rules, &app.metrics().render());
    let mut parts = vec![database(app).await, schema(app).await];
    parts.extend(disks(&machine));
    parts.push(memory(&machine));
    parts.push(backups(app, &numbers));
    parts.push(certificate(app, at));
    parts.push(jobs(app).await);
    parts.push(clock(at));
    parts.extend(bus(app));
    let well = parts.iter().all(|part| part.state != PartState::Wrong);
    DeepHealth { well, at_ms: at.millis(), parts, alerts: active(app).await }
}

fn part(name: &str, state: PartState, value: String, advice: &str) -> HealthPart {
    let advice = (state == PartState::Wrong).then(|| advice.to_owned());
    HealthPart { name: name.to_owned(), state, value, advice }
}

const fn judged(is_well: bool) -> PartState {
    if is_well { PartState::Well } else { PartState::Wrong }
}

/// What was written is read again.
async fn database(app: &App) -> HealthPart {
    const ADVICE: &str = "docs/operations/runbooks.md#the-database-does-not-answer";
    let database = app.database();
    let began = app.clock().instant();
    let sign = app.now().micros().to_be_bytes();
    let round = async {
        database::settings::set(database, WRITTEN, &sign).await?;
        database::settings::get(database, WRITTEN).await
    };
    let (is_well, value) = match timeout(limits::DATABASE_ANSWER_TIME_MAX, round).await {
        // Another process may have written in between: something of this length stands there.
        Ok(Ok(Some(read))) if read.len() == sign.len() => {
            (true, format!("written and read in {} ms", app.clock().instant().since(began).as_millis()))
        }
        Ok(Ok(_)) => (false, "what was written is not there".to_owned()),
        Ok(Err(error)) => (false, error.to_string()),
        Err(_) => (false, format!("no answer in {}", span(limits::DATABASE_ANSWER_TIME_MAX))),
    };
    part("database", judged(is_well), value, ADVICE)
}

async fn schema(app: &App) -> HealthPart {
    const ADVICE: &str = "docs/operations/runbooks.md#a-migration-fails";
    let status = timeout(limits::DATABASE_ANSWER_TIME_MAX, database::migrate::status(app.database())).await;
    match status {
        Ok(Ok(status)) => {
            let is_well = status.pending.is_empty();
            let last = status.applied.last().map_or("nothing", String::as_str);
            let beyond = match status.unknown.len() {
                0 => String::new(),
                count => format!(", and {count} of a later release"),
            };
            let missing = match status.pending.len() {
                0 => String::new(),
                count => format!(", {count} are missing"),
            };
            part("schema", judged(is_well), format!("as of {last}{beyond}{missing}"), ADVICE)
        }
        Ok(Err(error)) => part("schema", PartState::Wrong, error.to_string(), ADVICE),
        Err(_) => part("schema", PartState::Wrong, "no answer".to_owned(), ADVICE),
    }
}

fn disks(machine: &Machine) -> Vec<HealthPart> {
    const ADVICE: &str = "docs/operations/runbooks.md#the-disk-is-full";
    let of = |disk: &super::machine::Disk| {
        let free_mib = disk.free_bytes / (1024 * 1024);
        let value = format!("{}: {:.0} % free, {free_mib} MiB", disk.name, disk.free_share * 100.0);
        part("disk", judged(disk.free_share >= DISK_FREE_SHARE_MIN), value, ADVICE)
    };
    if machine.disks.is_empty() {
        return vec![part("disk", PartState::Unknown, "no disk is watched here".to_owned(), "")];
    }
    machine.disks.iter().map(of).collect()
}

fn memory(machine: &Machine) -> HealthPart {
    match machine.memory_share {
        Some(share) => part(
            "memory",
            judged(share <= MEMORY_SHARE_MAX),
            format!("{:.0} % taken, of the machine or of what is allotted", share * 100.0),
            "docs/operations/runbooks.md#it-is-slow",
        ),
        None => part("memory", PartState::Unknown, "the system does not say".to_owned(), ""),
    }
}

fn backups(app: &App, numbers: &Numbers) -> HealthPart {
    let Some(age_max) = app.config().watching.bounds.backup_age else {
        return part("backups", PartState::Unknown, "none are set up: --backup-to".to_owned(), "");
    };
    let of = |number| numbers.series(number).next().map(|(_, value)| value);
    let Some(age) = of("backup_verified_age_seconds") else {
        return part("backups", PartState::Unknown, "this process has made none yet".to_owned(), "");
    };
    let has_failed = of("backup_last_result") == Some(0.0);
    let is_well = age <= age_max.as_secs_f64() && !has_failed;
    let last = if has_failed { "; the last was not all right everywhere" } else { "" };
    let value = format!(
        "the newest that was restored and found sound is of {} ago{last}",
        span(Duration::from_secs_f64(age.max(0.0)))
    );
    part("backups", judged(is_well), value, "docs/operations/runbooks.md#a-backup-fails")
}

fn certificate(app: &App, now: WallTime) -> HealthPart {
    let Some(tls) = &app.config().tls else {
        return part("certificate", PartState::Unknown, "TLS does not end in this process".to_owned(), "");
    };
    // As for one that serves: what it would be told to worry about.
    let (ok, detail) = tls.readiness(now, false);
    let is_well = ok && detail.is_none();
    let value = detail.unwrap_or_else(|| "good".to_owned());
    part("certificate", judged(is_well), value, "docs/operations/runbooks.md#a-certificate-is-not-renewed")
}

async fn jobs(app: &App) -> HealthPart {
    const ADVICE: &str = "docs/operations/runbooks.md#background-work-stands-still";
    let database = app.database();
    let asked = async {
        let stalled = database::jobs::stalled(database, app.now()).await?;
        Ok::<_, database::Error>((stalled, database::jobs::counts(database).await?))
    };
    match timeout(limits::DATABASE_ANSWER_TIME_MAX, asked).await {
        Ok(Ok((stalled, counts))) => {
            let stands =
                if stalled.is_zero() { String::new() } else { format!(", nobody for {}", span(stalled)) };
            let value = format!("{} to do, {} given up{stands}", counts.waiting, counts.failed);
            part("jobs", judged(stalled <= STALLED_MAX), value, ADVICE)
        }
        Ok(Err(error)) => part("jobs", PartState::Wrong, error.to_string(), ADVICE),
        Err(_) => part("jobs", PartState::Wrong, "no answer".to_owned(), ADVICE),
    }
}

/// Without it processes are as quick as their database.
fn bus(app: &App) -> Option<HealthPart> {
    const ADVICE: &str = "docs/operations/runbooks.md#the-bus-is-away";
    let bus = app.bus()?;
    Some(match bus.state() {
        State::Connected => part("bus", PartState::Well, format!("connected to {}", bus.place()), ""),
        State::Away(why) => part("bus", PartState::Wrong, why, ADVICE),
    })
}

/// A process's clock goes on from when it started; the machine's may have been set since.
fn clock(now: WallTime) -> HealthPart {
    let system = clock_gettime(ClockId::Realtime);
    let system_us = system.tv_sec.saturating_mul(1_000_000).saturating_add(system.tv_nsec / 1_000);
    let off = Duration::from_micros(system_us.abs_diff(now.micros()));
    part(
        "clock",
        judged(off <= CLOCK_OFF_MAX),
        format!("{} ms from the machine's", off.as_millis()),
        "the machine's clock was set after this process started: look whether time is kept (`timedatectl`), then restart",
    )
}

/// What whoever watches has written down.
async fn active(app: &App) -> Vec<ActiveAlert> {
    let read =
        timeout(limits::DATABASE_ANSWER_TIME_MAX, database::settings::get(app.database(), STATE)).await;
    let kept = read.ok().and_then(Result::ok).flatten().and_then(|bytes| Kept::read(&bytes).ok());
    let shown = |shown: alerts::Shown| ActiveAlert {
        rule: shown.rule,
        about: shown.about,
        firing: shown.is_firing,
        since_ms: shown.since.millis(),
        value: shown.value,
    };
    kept.iter().flat_map(|kept| kept.watch.shown()).map(shown).collect()
}
