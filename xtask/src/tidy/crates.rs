//! Which way the rooms look: forbidden dependencies, followed transitively where the wall is a pure crate.

use crate::step::{Outcome, output, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Crates that may not reach these, however far away.
const PURE: [(&str, &[&str]); 13] = [
    ("model", &["tokio", "serde", "serde_json", "sqlx", "axum", "reqwest", "tracing", "rand"]),
    ("nest", &["tokio", "serde", "serde_json", "sqlx", "axum", "reqwest", "tracing", "rand"]),
    ("bootstrap", &["tokio", "sqlx", "axum", "reqwest", "clap", "tracing", "server", "database"]),
    ("generated", &["tokio", "sqlx", "axum", "reqwest", "clap", "tracing", "server", "database"]),
    ("library", &["tokio", "serde", "sqlx", "axum", "reqwest", "tracing"]),
    ("identity", &["tokio", "serde", "sqlx", "axum", "reqwest", "tracing"]),
    ("protocol", &["tokio", "sqlx", "axum", "reqwest", "nest"]),
    ("release", &["tokio", "axum", "sqlx", "reqwest", "operations", "database", "server"]),
    ("realtime", &["axum", "sqlx", "reqwest", "nest", "database"]),
    ("access", &["tokio", "serde", "sqlx", "axum", "reqwest", "tracing"]),
    ("wal", &["tokio", "serde", "sqlx", "axum", "reqwest", "tracing", "database"]),
    ("alerts", &["tokio", "sqlx", "axum", "reqwest", "clap", "tracing", "rand"]),
    ("standard-webhooks", &["tokio", "serde", "sqlx", "axum", "reqwest", "tracing", "rand"]),
];

/// Crates that may not name these themselves.
const DIRECT: [(&str, &[&str]); 17] = [
    ("backup", &["sqlx", "axum", "clap", "server", "turso_serverless"]),
    ("database", &["axum", "reqwest", "hyper", "protocol", "realtime", "blobs", "audio", "server"]),
    ("blobs", &["sqlx", "axum", "database", "audio", "realtime"]),
    ("audio", &["sqlx", "axum", "database", "blobs", "realtime"]),
    ("providers", &["sqlx", "axum", "database", "server"]),
    ("server", &["sqlx", "reqwest", "clap", "turso_serverless"]),
    (
        "listen",
        &[
            "sqlx",
            "axum",
            "clap",
            "nest",
            "database",
            "realtime",
            "blobs",
            "identity",
            "library",
            "providers",
            "server",
        ],
    ),
    ("certificates", &["sqlx", "axum", "clap", "database", "server"]),
    ("secrets", &["tokio", "sqlx", "axum", "clap", "database", "server", "operations"]),
    ("doctor", &["sqlx", "axum", "clap", "database", "backup", "server"]),
    ("smoke", &["sqlx", "axum", "clap", "nest", "database", "realtime", "protocol", "server"]),
    ("rookery", &["axum", "sqlx", "nest", "realtime", "protocol"]),
    ("testkit", &["sqlx"]),
    ("otlp", &["sqlx", "axum", "clap", "database", "server", "providers"]),
    ("sinks", &["sqlx", "axum", "clap", "database", "server", "reqwest"]),
    ("atproto", &["sqlx", "axum", "clap", "database", "server", "access", "alerts"]),
    ("bus", &["sqlx", "axum", "clap", "nest", "database", "realtime", "server", "reqwest"]),
];

/// Crates that are never a normal dependency.
const FOR_TESTS: [&str; 3] = ["testkit", "fakes", "peers"];

pub fn check() -> Outcome<Vec<String>> {
    let metadata = output(".", "cargo", &["metadata", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let graph = Graph::read(&metadata);
    let mut wrong = Vec::new();
    for (name, forbidden) in PURE {
        let reached = graph.reachable(name);
        let found = forbidden.iter().filter(|other| reached.contains(**other));
        wrong.extend(found.map(|other| format!("crate {name} reaches {other}, which its wall forbids")));
    }
    for (name, forbidden) in DIRECT {
        let named = graph.direct.get(name).cloned().unwrap_or_default();
        let found = forbidden.iter().filter(|other| named.contains(**other));
        wrong.extend(found.map(|other| format!("crate {name} depends on {other}, which its wall forbids")));
    }
    for tool in FOR_TESTS {
        let of_the_product = graph.members.iter().filter(|name| !FOR_TESTS.contains(&name.as_str()));
        let used = of_the_product.filter(|name| graph.direct[*name].contains(tool));
        wrong.extend(used.map(|name| format!("crate {name} has {tool} as a normal dependency")));
    }
    wrong.extend(fakes_unasked(&metadata));
    wrong.extend(architecture(&graph.members));
    let locks = output(".", "git", &["ls-files", "*Cargo.lock"])?;
    if locks.lines().count() > 1 {
        wrong.push("there is more than one Cargo.lock".to_owned());
    }
    Ok(wrong)
}

/// A build that does not ask for fakes has none: no feature is on by itself.
fn fakes_unasked(metadata: &Value) -> Option<String> {
    let packages = metadata["packages"].as_array()?;
    let rookery = packages.iter().find(|package| package["name"] == "rookery")?;
    let own = &rookery["features"]["default"];
    let is_bare = own.as_array().is_none_or(Vec::is_empty);
    (!is_bare).then(|| format!("crate rookery has default features: {own}"))
}

struct Graph {
    members: BTreeSet<String>,
    /// Normal dependencies by name.
    direct: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(metadata: &Value) -> Self {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let member_ids: BTreeSet<_> = list(&metadata["workspace_members"]).iter().map(text).collect();
        let names: BTreeMap<_, _> = list(&metadata["packages"])
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let mut direct = BTreeMap::<String, BTreeSet<String>>::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            let of = direct.entry(names[&text(&node["id"])].clone()).or_default();
            let is_normal = |dep: &&Value| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            of.extend(
                list(&node["deps"]).iter().filter(is_normal).map(|dep| names[&text(&dep["pkg"])].clone()),
            );
        }
        let members = member_ids.iter().map(|id| names[id].clone()).collect();
        Self { members, direct }
    }

    fn reachable(&self, name: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![name.to_owned()];
        while let Some(name) = waiting.pop() {
            for next in self.direct.get(&name).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        reached
    }
}

/// The map and the land agree, both ways.
fn architecture(members: &BTreeSet<String>) -> Vec<String> {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap_or_default();
    let rows = map.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let named: BTreeSet<String> = rows.map(|(name, _)| name.to_owned()).collect();
    let missing =
        members.difference(&named).map(|name| format!("ARCHITECTURE.md does not name the crate {name}"));
    let gone =
        named.difference(members).map(|name| format!("ARCHITECTURE.md names {name}, which is no crate"));
    missing.chain(gone).collect()
}
