//! What holds in an environment once everything is put together, and where two differ.

use crate::declaration::{Declaration, Environment};
use crate::name::EnvironmentName;
use crate::secret::{Fingerprints, is_secret};
use std::collections::BTreeMap;

/// One key that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub key: String,
    /// In the first environment; a secret is shown as its fingerprint.
    pub first: Option<String>,
    /// In the second.
    pub second: Option<String>,
}

/// Settings that an environment's own keys stand for, when the settings do not say them.
const STANDS_FOR: [(&str, &str); 3] =
    [("database", "database_url"), ("bus", "bus_url"), ("url", "public_url")];

/// Every value of an environment by its key: its own keys, its settings, and the settings of all.
#[must_use]
pub fn effective(
    declaration: &Declaration,
    name: &EnvironmentName,
    environment: &Environment,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (key, value) in declaration.common.iter().chain(&environment.settings) {
        values.insert(key.clone(), plain(value));
    }
    for (key, setting) in STANDS_FOR {
        if let Some(value) = values.remove(setting) {
            values.insert(key.to_owned(), value);
        }
    }
    values.insert("environment".to_owned(), name.to_string());
    values.insert("url".to_owned(), environment.url.to_string());
    values.insert("target".to_owned(), format!("{:?}", environment.target).to_lowercase());
    values.insert("trigger".to_owned(), format!("{:?}", environment.trigger).to_lowercase());
    let own = [
        ("database", environment.database.clone()),
        ("bus", environment.bus.clone()),
        ("image", environment.image.clone()),
        ("region", environment.region.clone()),
        ("data", environment.data.clone()),
        ("user", environment.user.clone()),
        ("namespace", environment.namespace.clone()),
        ("promote_from", environment.promote_from.as_ref().map(ToString::to_string)),
        ("soak", environment.soak.map(|span| format!("{} s", span.duration().as_secs()))),
        ("usd_month", environment.budget.usd_month.map(|dollars| dollars.to_string())),
        ("memory_mib", environment.budget.memory_mib.map(|mib| mib.to_string())),
    ];
    values.extend(own.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    let joined = |all: Vec<String>| (!all.is_empty()).then(|| all.join(", "));
    let lists = [
        ("aliases", joined(environment.aliases.iter().map(ToString::to_string).collect())),
        ("redirects", joined(environment.redirects.clone())),
        ("approve", joined(environment.approve.iter().map(|who| who.0.clone()).collect())),
        ("access", environment.access.as_ref().map(|access| format!("{} allowed", access.allow.len()))),
        ("recipients", joined(environment.recipients.clone())),
        ("canary", environment.canary.as_ref().map(|canary| format!("{:?} %", canary.steps))),
        ("backups.to", environment.backups.as_ref().and_then(|backups| joined(backups.to.clone()))),
    ];
    values.extend(lists.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    for (what, least) in environment.expect.each() {
        values.insert(format!("expect.{what}"), least.to_string());
    }
    for (use_, bucket) in &environment.buckets {
        values.insert(format!("buckets.{use_}"), bucket.clone());
    }
    values
}

/// Where two environments differ, key by key.
#[must_use]
pub fn differences(
    first: &BTreeMap<String, String>,
    second: &BTreeMap<String, String>,
    fingerprints: &Fingerprints,
) -> Vec<Difference> {
    let keys: std::collections::BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let shown = |key: &str, value: &String| {
        if is_secret(key) { format!("secret {}", fingerprints.of(value)) } else { without_password(value) }
    };
    keys.into_iter()
        .filter(|key| first.get(*key) != second.get(*key))
        .map(|key| Difference {
            key: key.clone(),
            first: first.get(key).map(|value| shown(key, value)),
            second: second.get(key).map(|value| shown(key, value)),
        })
        .collect()
}

/// An address without its password; other texts as they are.
pub(crate) fn without_password(text: &str) -> String {
    match url::Url::parse(text) {
        Ok(mut url) if url.password().is_some() => {
            if url.set_password(Some("…")).is_err() {
                return "…".to_owned();
            }
            url.to_string().replace("%E2%80%A6", "…")
        }
        _ => text.to_owned(),
    }
}

fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
