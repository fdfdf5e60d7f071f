//! What Prometheus is told: where the numbers are, and rules that say when somebody has to look. Only numbers that the
//! server has are named; a test compares them with the code. What a machine itself tells (processor, disk) is asked of
//! the platform, not of the server.

use crate::process::METRICS_PORT;
use crate::yaml::{Node, map};
use operations::{Declaration, Environment, EnvironmentName, Target, Trigger, effective};

/// What the numbers are called together.
const JOB: &str = "rookery";
/// How often backups are made when nothing is said, seconds.
const BACKUP_EVERY_S: u64 = 3600;
const MIB: u64 = 1024 * 1024;

/// Environments that somebody watches: all but those of somebody's own machine.
pub(crate) fn watched(declaration: &Declaration) -> impl Iterator<Item = (&EnvironmentName, &Environment)> {
    let is_watched = |(_, environment): &(_, &Environment)| environment.trigger != Trigger::Local;
    declaration.environments.iter().filter(is_watched)
}

/// `prometheus.yml`: one target an environment, where its numbers can be reached from where it runs.
pub(crate) fn scraping(declaration: &Declaration, opening: &str) -> String {
    let of = |(name, environment): (&EnvironmentName, &Environment)| {
        let values = effective(declaration, name, environment);
        let at = match &environment.target {
            Target::Compose(_) => format!("rookery:{METRICS_PORT}"),
            Target::Fly(app) => format!("{app}.internal:{METRICS_PORT}"),
            Target::Digitalocean(_) => format!("{JOB}:{METRICS_PORT}"),
            Target::Local | Target::Ssh(_) => values
                .get("metrics_listen")
                .or_else(|| values.get("listen"))
                .map_or_else(|| "127.0.0.1:4533".to_owned(), |at| at.replace("0.0.0.0", "127.0.0.1")),
        };
        map([("targets", vec![at].into()), ("labels", map([("environment", name.as_str().into())]))])
    };
    let targets: Vec<Node> = watched(declaration).map(of).collect();
    let document = map([
        ("global", map([("scrape_interval", "15s".into()), ("evaluation_interval", "15s".into())])),
        ("rule_files", vec!["rules.yml"].into()),
        (
            "scrape_configs",
            Node::List(vec![map([("job_name", JOB.into()), ("static_configs", Node::List(targets))])]),
        ),
    ]);
    let opening = format!(
        "{opening}\nPrometheus runs beside what it asks: on the machine, or in the platform's own network."
    );
    document.document(&opening)
}

/// How bad it is.
#[derive(Clone, Copy)]
enum Urgency {
    /// Somebody is woken up.
    Page,
    /// Somebody looks in the morning.
    Ticket,
}

struct Rule {
    name: &'static str,
    environment: Option<String>,
    expression: String,
    lasts: &'static str,
    urgency: Urgency,
    summary: &'static str,
    /// The part of the runbooks that says what to do.
    runbook: &'static str,
}

impl Rule {
    fn node(self) -> Node {
        let urgency = match self.urgency {
            Urgency::Page => "page",
            Urgency::Ticket => "ticket",
        };
        let mut labels = map([("severity", urgency.into())]);
        if let Some(environment) = self.environment {
            labels = labels.with("environment", environment);
        }
        map([
            ("alert", self.name.into()),
            ("expr", self.expression.into()),
            ("for", self.lasts.into()),
            ("labels", labels),
            (
                "annotations",
                map([
                    ("summary", self.summary.into()),
                    ("runbook", format!("docs/operations/runbooks.md#{}", self.runbook).into()),
                ]),
            ),
        ])
    }
}

/// `rules.yml`.
pub(crate) fn rules(declaration: &Declaration, opening: &str) -> String {
    let mut rules: Vec<Rule> = everywhere().into_iter().chain(at_work()).chain(certificates()).collect();
    for (name, environment) in watched(declaration) {
        rules.extend(of_environment(declaration, name, environment));
    }
    let rules = rules.into_iter().map(Rule::node).collect();
    let group = map([("name", JOB.into()), ("rules", Node::List(rules))]);
    map([("groups", Node::List(vec![group]))]).document(opening)
}

fn rule(
    name: &'static str,
    expression: &str,
    lasts: &'static str,
    urgency: Urgency,
    summary: &'static str,
    runbook: &'static str,
) -> Rule {
    Rule { name, environment: None, expression: expression.to_owned(), lasts, urgency, summary, runbook }
}

/// Whether people are served.
fn everywhere() -> [Rule; 6] {
    use Urgency::{Page, Ticket};
    [
        rule(
            "RookeryDown",
            "up{job=\"rookery\"} == 0",
            "2m",
            Page,
            "The server does not answer.",
            "it-does-not-start",
        ),
        rule(
            "RookeryErrors",
            "sum by (environment) (rate(http_requests_total{job=\"rookery\",status=~\"5..\"}[5m])) / \
             sum by (environment) (rate(http_requests_total{job=\"rookery\"}[5m])) > 0.01",
            "5m",
            Page,
            "More than one request of a hundred fails.",
            "requests-fail",
        ),
        rule(
            "RookerySlow",
            "histogram_quantile(0.99, sum by (environment, le) \
             (rate(http_request_seconds_bucket{job=\"rookery\"}[5m]))) > 1",
            "10m",
            Ticket,
            "One request of a hundred takes longer than a second.",
            "it-is-slow",
        ),
        rule(
            "RookeryListenersLost",
            "sum by (environment) (sockets{job=\"rookery\"}) < 0.5 * \
             sum by (environment) (sockets{job=\"rookery\"} offset 10m) and \
             sum by (environment) (sockets{job=\"rookery\"} offset 10m) > 20",
            "3m",
            Page,
            "Half of the listeners are gone.",
            "sockets-do-not-come-through",
        ),
        rule(
            "RookeryPortBlocking",
            "increase(listener_blocking_total{job=\"rookery\"}[1h]) > 0",
            "0m",
            Ticket,
            "Somebody made the shared port blocking; it was put right.",
            "it-does-not-start",
        ),
        // It always says so: whoever it stops coming to knows that nobody watches.
        rule("RookeryHeartbeat", "vector(1)", "0m", Ticket, "Somebody watches.", "nobody-watches"),
    ]
}

/// Whether what runs beside serving is well.
fn at_work() -> [Rule; 8] {
    use Urgency::{Page, Ticket};
    [
        rule(
            "RookeryBackupFailed",
            "backup_last_result{job=\"rookery\"} == 0",
            "5m",
            Page,
            "The last backup was not all right everywhere.",
            "a-backup-fails",
        ),
        rule(
            "RookeryBackupNotShipping",
            "backup_shipping{job=\"rookery\"} == 0",
            "10m",
            Page,
            "A place of backups does not take the log.",
            "a-backup-fails",
        ),
        rule(
            "RookeryBackupOnlyHere",
            "backup_is_off_site{job=\"rookery\"} == 0",
            "1h",
            Ticket,
            "Every backup is on the disk of the data.",
            "a-backup-fails",
        ),
        rule(
            "RookeryBackupGivenUp",
            "delta(backup_segments_given_up{job=\"rookery\"}[1h]) > 0",
            "0m",
            Ticket,
            "Parts of the log never arrived somewhere; the next snapshot begins anew.",
            "a-backup-fails",
        ),
        rule(
            "RookeryDrillFailed",
            "backup_drill_result{job=\"rookery\"} == 0",
            "5m",
            Page,
            "The last time restoring was tried, it went wrong.",
            "a-backup-fails",
        ),
        rule(
            "RookeryDrillOld",
            "backup_drill_age_seconds{job=\"rookery\"} > 864000",
            "1h",
            Ticket,
            "Restoring has not been tried for ten days.",
            "a-backup-fails",
        ),
        rule(
            "RookeryPlayLogs",
            "increase(play_log_failures_total{job=\"rookery\"}[15m]) > 0",
            "15m",
            Ticket,
            "Play logs cannot be written.",
            "the-disk-is-full",
        ),
        rule(
            "RookeryWebhooks",
            "increase(webhook_failures_total{job=\"rookery\"}[1h]) > 10",
            "0m",
            Ticket,
            "Webhooks do not arrive.",
            "webhooks-do-not-arrive",
        ),
    ]
}

/// Whether certificates of servers that end TLS themselves are renewed.
fn certificates() -> [Rule; 2] {
    use Urgency::{Page, Ticket};
    [
        rule(
            "RookeryCertificateOld",
            &ending(0.25),
            "1h",
            Ticket,
            "A certificate should have been renewed by now.",
            "a-certificate-is-not-renewed",
        ),
        rule(
            "RookeryCertificateEnding",
            &ending(0.1),
            "10m",
            Page,
            "A certificate ends soon, and nobody gets in then.",
            "a-certificate-is-not-renewed",
        ),
    ]
}

/// Less than this part of a certificate's life is left; it is renewed when a third is.
fn ending(part: f64) -> String {
    format!(
        "(certificate_not_after_seconds{{job=\"rookery\"}} - time()) / \
         (certificate_not_after_seconds{{job=\"rookery\"}} - certificate_not_before_seconds{{job=\"rookery\"}}) < {part}"
    )
}

/// What depends on what is declared.
fn of_environment(declaration: &Declaration, name: &EnvironmentName, environment: &Environment) -> Vec<Rule> {
    let own = |alert, expression: String, lasts, urgency, summary, runbook| Rule {
        environment: Some(name.to_string()),
        ..rule(alert, &expression, lasts, urgency, summary, runbook)
    };
    let mut rules = Vec::new();
    if let Some(mib) = environment.budget.memory_mib {
        let bytes = u64::from(mib) * MIB;
        rules.push(own(
            "RookeryMemory",
            format!("process_resident_memory_bytes{{job=\"rookery\",environment=\"{name}\"}} > {bytes}"),
            "10m",
            Urgency::Ticket,
            "The server takes more memory than its budget.",
            "it-is-slow",
        ));
    }
    let values = operations::process_settings(declaration, name);
    if values.get("backup_to").is_some() {
        let every = environment.backups.as_ref().and_then(|backups| backups.every);
        let old = 2 * every.map_or(BACKUP_EVERY_S, |every| every.duration().as_secs());
        rules.push(own(
            "RookeryBackupOld",
            format!("backup_verified_age_seconds{{job=\"rookery\",environment=\"{name}\"}} > {old}"),
            "5m",
            Urgency::Page,
            "No recent backup has been restored and found sound.",
            "a-backup-fails",
        ));
        rules.push(own(
            "RookeryBackupMissing",
            format!("absent(backup_verified_age_seconds{{job=\"rookery\",environment=\"{name}\"}})"),
            "2h",
            Urgency::Page,
            "Backups are declared, and none is made.",
            "a-backup-fails",
        ));
    }
    rules
}
