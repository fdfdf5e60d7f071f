//! The rules: one row each. Everything else, for Prometheus and for the server itself, is made of these rows.

use crate::condition::{Condition, Than};
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// The age at which a secret should have been changed: a year.
const SECRET_AGE_MAX: Duration = Duration::from_secs(365 * 24 * HOUR);
/// Fewer requests than this in the time looked at say nothing about a share of them.
const REQUESTS_MIN: f64 = 50.0;
/// An alert that is over has been over for at least this long before anybody is told.
const CLEARS_MIN: Duration = Duration::from_secs(2 * MINUTE);
/// And at most for this long.
const CLEARS_MAX: Duration = Duration::from_secs(10 * MINUTE);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody is woken up.
    Page,
    /// Somebody looks in the morning.
    Ticket,
}

impl Urgency {
    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }

    /// After how long of no change it is told again.
    #[must_use]
    pub const fn repeats_after(self) -> Duration {
        match self {
            Self::Page => Duration::from_secs(4 * HOUR),
            Self::Ticket => Duration::from_secs(24 * HOUR),
        }
    }
}

/// When somebody has to look.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name, as Prometheus has it.
    pub name: &'static str,
    /// What is bad.
    pub condition: Condition,
    /// For how long without a break, before anybody is told.
    pub lasts: Duration,
    /// For how long without a break it must be well before it is said to be over: what comes and goes is told once.
    pub clears_after: Duration,
    /// How bad it is.
    pub urgency: Urgency,
    /// What is the matter, in a sentence.
    pub summary: &'static str,
    /// The part of the runbooks that says what to do.
    pub runbook: &'static str,
}

impl Rule {
    /// The condition as Prometheus asks for it, of all environments or of one.
    #[must_use]
    pub fn expression(&self, environment: Option<&str>) -> String {
        self.condition.expression(environment)
    }
}

/// What is different from server to server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The memory that one process may take.
    pub memory_bytes: Option<u64>,
    /// The age that no backup may reach: twice the time between two. `None`: none are made.
    pub backup_age: Option<Duration>,
}

/// All rules of a server.
#[must_use]
pub fn rules(bounds: &Bounds) -> Vec<Rule> {
    let mut rules = fixed();
    rules.extend(of_bounds(bounds));
    rules
}

/// The rules that are the same everywhere.
#[must_use]
pub fn fixed() -> Vec<Rule> {
    let mut rules = Vec::from(serving());
    rules.extend(machine());
    rules.extend(backups());
    rules.extend(beside());
    rules.extend(certificates());
    rules.push(secret());
    rules
}

/// A row, as short as it can be written.
fn row(
    name: &'static str,
    condition: Condition,
    lasts_minutes: u64,
    urgency: Urgency,
    summary: &'static str,
    runbook: &'static str,
) -> Rule {
    let lasts = Duration::from_secs(lasts_minutes * MINUTE);
    let clears_after = lasts.clamp(CLEARS_MIN, CLEARS_MAX);
    Rule { name, condition, lasts, clears_after, urgency, summary, runbook }
}

const fn level(number: &'static str, is: Than, bound: f64) -> Condition {
    Condition::Level { number, is, bound }
}

const fn growth(number: &'static str, within: u64, above: f64) -> Condition {
    Condition::Growth { number, within: Duration::from_secs(within), above }
}

/// Whether people are served.
fn serving() -> [Rule; 6] {
    use Urgency::{Page, Ticket};
    let failing = Condition::FailingShare {
        within: Duration::from_secs(5 * MINUTE),
        above: 0.01,
        of_at_least: REQUESTS_MIN,
    };
    let slow = Condition::Slow {
        quantile: 0.99,
        within: Duration::from_secs(5 * MINUTE),
        above: 1.0,
        of_at_least: REQUESTS_MIN,
    };
    let lost =
        Condition::Halved { number: "sockets", within: Duration::from_secs(10 * MINUTE), from_above: 20.0 };
    [
        row("RookeryErrors", failing, 5, Page, "More than one request of a hundred fails.", "requests-fail"),
        row(
            "RookerySlow",
            slow,
            10,
            Ticket,
            "One request of a hundred takes longer than a second.",
            "it-is-slow",
        ),
        row(
            "RookeryListenersLost",
            lost,
            3,
            Page,
            "Half of the listeners are gone.",
            "sockets-do-not-come-through",
        ),
        row(
            "RookeryPortBlocking",
            growth("listener_blocking_total", HOUR, 0.0),
            0,
            Ticket,
            "Somebody made the shared port blocking; it was put right.",
            "it-does-not-start",
        ),
        row(
            "RookeryPanic",
            growth("panics_total", HOUR, 0.0),
            0,
            Ticket,
            "Something in the server panicked, which is a defect.",
            "it-panicked",
        ),
        row(
            "RookeryDatabase",
            level("database_answers", Than::Is, 0.0),
            1,
            Page,
            "The database does not answer.",
            "the-database-does-not-answer",
        ),
    ]
}

/// What the server finds of its machine: how busy it is, and what is left.
fn machine() -> [Rule; 5] {
    use Urgency::{Page, Ticket};
    [
        row(
            "RookeryProcessor",
            level("machine_processor_share", Than::Above, 0.9),
            15,
            Ticket,
            "The machine's processors are busy nearly all the time.",
            "it-is-slow",
        ),
        row(
            "RookeryMachineMemory",
            level("machine_memory_share", Than::Above, 0.95),
            10,
            Page,
            "Hardly any memory is left, of the machine or of what is allotted.",
            "it-is-slow",
        ),
        row(
            "RookeryDisk",
            level("disk_free_share", Than::Below, 0.1),
            10,
            Ticket,
            "Less than a tenth of a disk is free.",
            "the-disk-is-full",
        ),
        row(
            "RookeryDiskFull",
            level("disk_free_share", Than::Below, 0.02),
            1,
            Page,
            "A disk is full, and nothing can be written soon.",
            "the-disk-is-full",
        ),
        row(
            "RookeryLogErrors",
            growth("log_errors_total", 5 * MINUTE, 20.0),
            0,
            Ticket,
            "The log fills with errors.",
            "requests-fail",
        ),
    ]
}

/// Whether backups can be counted on.
fn backups() -> [Rule; 6] {
    use Urgency::{Page, Ticket};
    const RUNBOOK: &str = "a-backup-fails";
    [
        row(
            "RookeryBackupFailed",
            level("backup_last_result", Than::Is, 0.0),
            5,
            Page,
            "The last backup was not all right everywhere.",
            RUNBOOK,
        ),
        row(
            "RookeryBackupNotShipping",
            level("backup_shipping", Than::Is, 0.0),
            10,
            Page,
            "A place of backups does not take the log.",
            RUNBOOK,
        ),
        row(
            "RookeryBackupOnlyHere",
            level("backup_is_off_site", Than::Is, 0.0),
            60,
            Ticket,
            "Every backup is on the disk of the data.",
            RUNBOOK,
        ),
        row(
            "RookeryBackupGivenUp",
            Condition::Change {
                number: "backup_segments_given_up",
                within: Duration::from_secs(HOUR),
                above: 0.0,
            },
            0,
            Ticket,
            "Parts of the log never arrived somewhere; the next snapshot begins anew.",
            RUNBOOK,
        ),
        row(
            "RookeryDrillFailed",
            level("backup_drill_result", Than::Is, 0.0),
            5,
            Page,
            "The last time restoring was tried, it went wrong.",
            RUNBOOK,
        ),
        row(
            "RookeryDrillOld",
            level("backup_drill_age_seconds", Than::Above, 864_000.0),
            60,
            Ticket,
            "Restoring has not been tried for ten days.",
            RUNBOOK,
        ),
    ]
}

/// Whether what runs beside serving is well.
fn beside() -> [Rule; 5] {
    use Urgency::Ticket;
    [
        row(
            "RookeryJobsStalled",
            level("jobs_stalled_seconds", Than::Above, 900.0),
            5,
            Ticket,
            "Background work is due, and nobody does it.",
            "background-work-stands-still",
        ),
        row(
            "RookeryBackfill",
            growth("backfill_failures_total", 15 * MINUTE, 0.0),
            15,
            Ticket,
            "Rows are not brought along after a migration: batches fail again and again.",
            "a-backfill-fails",
        ),
        row(
            "RookeryPlayLogs",
            growth("play_log_failures_total", 15 * MINUTE, 0.0),
            15,
            Ticket,
            "Play logs cannot be written.",
            "the-disk-is-full",
        ),
        row(
            "RookeryWebhooks",
            growth("webhook_failures_total", HOUR, 10.0),
            0,
            Ticket,
            "Webhooks do not arrive.",
            "webhooks-do-not-arrive",
        ),
        row(
            "RookeryBus",
            level("bus_connected", Than::Is, 0.0),
            5,
            Ticket,
            "The bus is away: processes hear each other only as fast as the database says it.",
            "the-bus-is-away",
        ),
    ]
}

/// Whether certificates of servers that end TLS themselves are renewed; it is done when a third of the life is left.
fn certificates() -> [Rule; 2] {
    use Urgency::{Page, Ticket};
    [
        row(
            "RookeryCertificateOld",
            Condition::LifeLeft { below: 0.25 },
            60,
            Ticket,
            "A certificate should have been renewed by now.",
            "a-certificate-is-not-renewed",
        ),
        row(
            "RookeryCertificateEnding",
            Condition::LifeLeft { below: 0.1 },
            10,
            Page,
            "A certificate ends soon, and nobody gets in then.",
            "a-certificate-is-not-renewed",
        ),
    ]
}

/// Whether the secret that everything is signed and sealed with is changed at times.
fn secret() -> Rule {
    let old = Condition::Older { number: "secret_key_since_seconds", than: SECRET_AGE_MAX };
    row(
        "RookerySecretOld",
        old,
        60,
        Urgency::Ticket,
        "The server's secret has not been changed for a year.",
        "a-secret-is-old",
    )
}

/// What somebody sees who looks at servers from another machine, so often: each must be seen twice in a row, and be well
/// twice in a row.
#[must_use]
pub fn from_outside(every: Duration) -> [Rule; 5] {
    use Urgency::{Page, Ticket};
    let rules = [
        row(
            "RookeryDown",
            level("up", Than::Is, 0.0),
            0,
            Page,
            "The server does not answer.",
            "it-does-not-start",
        ),
        row(
            "RookeryNotReady",
            level("probe_ready", Than::Is, 0.0),
            0,
            Page,
            "The server lives, and cannot serve.",
            "requests-fail",
        ),
        row(
            "RookerySocketsBlocked",
            level("probe_socket", Than::Is, 0.0),
            0,
            Ticket,
            "Sockets do not come through.",
            "sockets-do-not-come-through",
        ),
        row(
            "RookeryAnswersLate",
            level("probe_seconds", Than::Above, 2.0),
            0,
            Ticket,
            "An answer takes longer than two seconds.",
            "it-is-slow",
        ),
        row(
            "RookeryCertificateSoon",
            level("probe_certificate_well", Than::Is, 0.0),
            0,
            Ticket,
            "A certificate should have been renewed by now.",
            "a-certificate-is-not-renewed",
        ),
    ];
    rules.map(|rule| Rule { lasts: every, clears_after: every, ..rule })
}

/// The rules that depend on what is set.
#[must_use]
pub fn of_bounds(bounds: &Bounds) -> Vec<Rule> {
    let memory = bounds.memory_bytes.map(|bytes| {
        row(
            "RookeryMemory",
            level("process_resident_memory_bytes", Than::Above, bytes as f64),
            10,
            Urgency::Ticket,
            "The server takes more memory than its budget.",
            "it-is-slow",
        )
    });
    let old = bounds.backup_age.map(|age| {
        row(
            "RookeryBackupOld",
            level("backup_verified_age_seconds", Than::Above, age.as_secs_f64()),
            5,
            Urgency::Page,
            "No recent backup has been restored and found sound.",
            "a-backup-fails",
        )
    });
    let missing = bounds.backup_age.map(|_| {
        row(
            "RookeryBackupMissing",
            Condition::Absent { number: "backup_verified_age_seconds" },
            120,
            Urgency::Page,
            "Backups are declared, and none is made.",
            "a-backup-fails",
        )
    });
    memory.into_iter().chain(old).chain(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_says_what_is_the_matter() {
        let bounds = Bounds { memory_bytes: Some(1), backup_age: Some(Duration::from_secs(1)) };
        let rules = rules(&bounds);
        let names: BTreeSet<_> = rules.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), rules.len());
        assert_eq!(rules.len(), 28);
        for rule in &rules {
            assert!(rule.name.starts_with("Rookery") && rule.summary.ends_with('.'), "{rule:?}");
            assert!(rule.clears_after >= CLEARS_MIN && rule.clears_after <= CLEARS_MAX);
        }
    }

    #[test]
    fn what_is_not_set_has_no_rule() {
        assert!(of_bounds(&Bounds::default()).is_empty());
    }
}
