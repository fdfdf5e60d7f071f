//! Alerts and the dashboard name numbers that the server has, and alerts go off when they should, and not before.

use crate::{content, example, made, root, text, written};
use std::collections::BTreeSet;
use std::path::Path;

/// Words of the query language, and labels, beside the numbers' names.
const OTHER_WORDS: [&str; 26] = [
    "absent",
    "and",
    "by",
    "code",
    "delta",
    "environment",
    "histogram_quantile",
    "increase",
    "instance",
    "job",
    "le",
    "offset",
    "or",
    "rate",
    "rookery",
    "route",
    "status",
    "sum",
    "time",
    "topk",
    "unless",
    "up",
    "vector",
    "without",
    "m",
    "h",
];

/// The names of all numbers in the code, as they stand in its macros.
fn counted() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in std::fs::read_dir(root().join("crates")).unwrap() {
        look(&folder.unwrap().path().join("src"), &mut names);
    }
    names
}

fn look(folder: &Path, names: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, names);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let code = std::fs::read_to_string(&path).unwrap();
            for (kind, endings) in [
                ("counter!(", &[""][..]),
                ("gauge!(", &[""][..]),
                ("histogram!(", &["_bucket", "_sum", "_count"][..]),
            ] {
                for rest in code.split(kind).skip(1) {
                    let name = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                    names.extend(endings.iter().filter_map(|ending| Some(format!("{}{ending}", name?))));
                }
            }
        }
    }
}

/// The words of a query that are not in quotation marks.
fn words(query: &str) -> BTreeSet<String> {
    let unquoted: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let parts = unquoted.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    parts
        .map(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn alerts_and_the_dashboard_name_only_numbers_that_the_server_has() {
    let made = made(&example());
    let counted = counted();
    assert!(
        counted.contains("http_requests_total") && counted.contains("http_request_seconds_bucket"),
        "{counted:?}"
    );
    let rules = text(&made, "prometheus/rules.yml");
    let mut queries: Vec<String> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect();
    queries.iter_mut().for_each(|query| {
        if query.starts_with('"') {
            *query = serde_json::from_str(query).unwrap();
        }
    });
    assert!(queries.len() >= 16, "{queries:?}");
    let dashboard: serde_json::Value = serde_json::from_str(text(&made, "grafana.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let of = |panel: &serde_json::Value| panel["targets"].as_array().unwrap().clone();
    queries.extend(panels.iter().flat_map(of).map(|target| target["expr"].as_str().unwrap().to_owned()));
    let mut used = BTreeSet::new();
    for query in &queries {
        for word in words(query) {
            if counted.contains(&word) {
                used.insert(word);
            } else {
                assert!(OTHER_WORDS.contains(&word.as_str()), "`{word}` is no number of the server: {query}");
            }
        }
    }
    assert!(used.len() >= 18, "most of what is counted is looked at: {used:?}");
}

#[test]
fn every_alert_leads_to_a_part_of_the_runbooks_that_is_there() {
    let made = made(&example());
    let runbooks = std::fs::read_to_string(root().join("docs/operations/runbooks.md")).unwrap();
    let anchor =
        |title: &str| title.trim().to_lowercase().replace(' ', "-").replace([',', '.', '\'', '`', ':'], "");
    let there: BTreeSet<String> =
        runbooks.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
    let leads: Vec<&str> = text(&made, "prometheus/rules.yml")
        .lines()
        .filter_map(|line| line.split_once("runbooks.md#"))
        .map(|(_, part)| part.trim_matches('"'))
        .collect();
    assert!(leads.len() >= 16, "{leads:?}");
    for part in leads {
        assert!(there.contains(part), "{part} is not among {there:?}");
    }
}

#[test]
fn prometheus_understands_what_it_is_told() {
    let folder = written(&made(&example()));
    content("promtool", &["check", "config", "prometheus/prometheus.yml"], folder.path());
    let said = content("promtool", &["check", "rules", "prometheus/rules.yml"], folder.path());
    assert!(said.contains("rules found"), "{said}");
}

#[test]
fn alerts_go_off_when_they_should_and_not_before() {
    let folder = written(&made(&example()));
    let test = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alerts.yml");
    std::fs::copy(test, folder.path().join("prometheus/alerts.yml")).unwrap();
    let said = content("promtool", &["test", "rules", "alerts.yml"], &folder.path().join("prometheus"));
    assert!(said.contains("SUCCESS"), "{said}");
}
