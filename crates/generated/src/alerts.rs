//! What Prometheus is told: where the numbers are, and rules that say when somebody has to look. The rules are those by
//! which a server watches itself (the crate `alerts`); only what nobody notices of themselves is added here. Only numbers
//! that the server has are named; a test compares them with the code.

use crate::process::METRICS_PORT;
use crate::yaml::{Node, map};
use ::alerts::{Bounds, Rule, span};
use operations::{Declaration, Environment, EnvironmentName, Target, Trigger, effective};
use std::time::Duration;

/// What the numbers are called together.
const JOB: &str = "rookery";
/// How often backups are made when nothing is said.
const BACKUP_EVERY: Duration = Duration::from_secs(3600);
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

/// A rule as Prometheus reads it; of one environment alone, if one is named.
fn node(rule: &Rule, environment: Option<&EnvironmentName>) -> Node {
    let mut labels = map([("severity", rule.urgency.as_str().into())]);
    if let Some(environment) = environment {
        labels = labels.with("environment", environment.to_string());
    }
    map([
        ("alert", rule.name.into()),
        ("expr", rule.expression(environment.map(EnvironmentName::as_str)).into()),
        ("for", span(rule.lasts).into()),
        ("labels", labels),
        ("annotations", annotations(rule.summary, rule.runbook)),
    ])
}

/// What only somebody beside the server can notice: the expression, for how long, and the words.
const FROM_BESIDE: [[&str; 6]; 2] = [
    [
        "RookeryDown",
        "up{job=\"rookery\"} == 0",
        "2m",
        "page",
        "The server does not answer.",
        "it-does-not-start",
    ],
    // It always says so: whoever it stops coming to knows that nobody watches.
    ["RookeryHeartbeat", "vector(1)", "0m", "ticket", "Somebody watches.", "nobody-watches"],
];

fn from_beside([name, expression, lasts, urgency, summary, runbook]: [&str; 6]) -> Node {
    map([
        ("alert", name.into()),
        ("expr", expression.into()),
        ("for", lasts.into()),
        ("labels", map([("severity", urgency.into())])),
        ("annotations", annotations(summary, runbook)),
    ])
}

fn annotations(summary: &str, runbook: &str) -> Node {
    let runbook = format!("docs/operations/runbooks.md#{runbook}");
    map([("summary", summary.into()), ("runbook", runbook.into())])
}

/// `rules.yml`.
pub(crate) fn rules(declaration: &Declaration, opening: &str) -> String {
    let mut rules: Vec<Node> = FROM_BESIDE.into_iter().map(from_beside).collect();
    rules.extend(::alerts::fixed().iter().map(|rule| node(rule, None)));
    for (name, environment) in watched(declaration) {
        let bounds = bounds(declaration, name, environment);
        rules.extend(::alerts::of_bounds(&bounds).iter().map(|rule| node(rule, Some(name))));
    }
    let group = map([("name", JOB.into()), ("rules", Node::List(rules))]);
    map([("groups", Node::List(vec![group]))]).document(opening)
}

/// What depends on what is declared.
fn bounds(declaration: &Declaration, name: &EnvironmentName, environment: &Environment) -> Bounds {
    let every = environment.backups.as_ref().and_then(|backups| backups.every);
    let every = every.map_or(BACKUP_EVERY, |every| every.duration());
    let values = operations::process_settings(declaration, name);
    Bounds {
        memory_bytes: environment.budget.memory_mib.map(|mib| u64::from(mib) * MIB),
        backup_age: values.get("backup_to").is_some().then_some(2 * every),
    }
}
