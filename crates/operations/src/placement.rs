//! What an environment has that no other may have too, each with the place it is at, so that two spellings of one place
//! are one: letters' case of hosts, ports that go without saying, paths with `..`, users and options of addresses.

use crate::declaration::{Declaration, Environment, Target};
use crate::difference::effective;
use crate::name::EnvironmentName;
use crate::secret::{Fingerprints, is_secret};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use url::Url;

/// One thing an environment has.
pub(crate) struct Holding {
    /// What kind of thing: only the same kinds are compared.
    pub(crate) kind: &'static str,
    /// Where it is, comparable.
    pub(crate) place: String,
    /// The key it is declared by.
    pub(crate) key: String,
    /// What to do when another environment has it too.
    pub(crate) advice: &'static str,
}

/// Everything an environment has for itself.
pub(crate) fn holdings(
    declaration: &Declaration,
    name: &EnvironmentName,
    environment: &Environment,
    fingerprints: &Fingerprints,
) -> Vec<Holding> {
    let machine = environment.target.machine();
    let values = effective(declaration, name, environment);
    let value = |key: &str| values.get(key).map(String::as_str);
    let data = value("data").unwrap_or("data").to_owned();
    let mut held = Vec::new();
    let mut hold = |kind, place: String, key: &str, advice| {
        held.push(Holding { kind, place, key: key.to_owned(), advice });
    };
    let database = value("database").map_or_else(|| format!("sqlite:{data}/rookery.db"), str::to_owned);
    hold("database", store(&machine, &database), "database", "give each a database of its own");
    if let Some(direct) = value("database_direct_url") {
        hold("database", store(&machine, direct), "database_direct_url", "give each a database of its own");
    }
    hold("data folder", on(&machine, &data), "data", "give each a folder of its own");
    if let Some(bus) = value("bus") {
        hold("bus", store(&machine, bus), "bus", "give each a Redis, or a number in it, of its own");
    }
    for (use_, bucket) in &environment.buckets {
        let key = format!("buckets.{use_}");
        hold("bucket", store(&machine, bucket), &key, "give each buckets of its own");
    }
    for to in environment.backups.iter().flat_map(|backups| &backups.to) {
        hold(
            "place of backups",
            store(&machine, to),
            "backups.to",
            "give each a place of its own, or a prefix in it",
        );
    }
    let own = std::iter::once(("url", &environment.url))
        .chain(environment.aliases.iter().map(|url| ("aliases", url)));
    for (key, url) in own {
        hold("address", url.authority(), key, "give each a host of its own");
        // Cookies do not know ports.
        let host = url.host().to_owned();
        hold(
            "host of cookies",
            host,
            key,
            "browsers send a host's cookies to all its ports: give each a host of its own",
        );
    }
    for host in &environment.redirects {
        hold("address", host.to_lowercase(), "redirects", "give each a host of its own");
    }
    for recipient in &environment.recipients {
        let advice = "make a key on each machine: who has one of two could open the secrets of the other";
        hold("recipient of secrets", recipient.trim().to_owned(), "recipients", advice);
    }
    if let Some(namespace) = &environment.namespace {
        let advice =
            "give each a namespace of its own: records of one would be taken for records of the other";
        hold("namespace", namespace.to_lowercase(), "namespace", advice);
    }
    if let (Some(user), true) =
        (&environment.user, matches!(environment.target, Target::Ssh(_) | Target::Compose(_)))
    {
        hold("user", format!("{user} on {machine}"), "user", "give each a user of its own");
    }
    if matches!(environment.target, Target::Fly(_) | Target::Digitalocean(_)) {
        hold("app", machine.clone(), "target", "give each an app of its own");
    }
    if let Some(listen) = value("listen") {
        hold("port", on(&machine, listen), "listen", "give each a port of its own");
    }
    held.extend(of_settings(&machine, &values, fingerprints));
    held
}

/// Files that everybody may read.
const PUBLIC_FILES: [&str; 2] = ["acme_root_file", "tls_certificate_file"];

/// The port of https, where TLS ends in the server.
fn https(machine: &str, values: &BTreeMap<String, String>) -> Option<Holding> {
    values.get("tls").filter(|mode| *mode != "off")?;
    let listen = values.get("tls_listen").map_or("0.0.0.0:443", String::as_str);
    let advice = "give each a port of its own";
    Some(Holding { kind: "port", place: on(machine, listen), key: "tls_listen".to_owned(), advice })
}

/// The port of https, and client ids and secrets among the settings.
fn of_settings(
    machine: &str,
    values: &BTreeMap<String, String>,
    fingerprints: &Fingerprints,
) -> Vec<Holding> {
    let own = "give each a secret of its own";
    let apps = "register an app for each: their redirect addresses and people differ";
    let holding = |(key, text): (&String, &String)| {
        let (kind, place, advice) = if PUBLIC_FILES.contains(&key.as_str()) {
            return None;
        } else if key.starts_with("alert_") && !key.contains("secret") {
            // The same people may hear of all environments.
            return None;
        } else if key.ends_with("_file") {
            ("file of a secret", on(machine, text), own)
        } else if key.ends_with("client_id") {
            ("client id", text.trim().to_owned(), apps)
        } else if is_secret(key) {
            ("secret", fingerprints.of(text.trim()), own)
        } else {
            return None;
        };
        Some(Holding { kind, place, key: key.clone(), advice })
    };
    values.iter().filter_map(holding).chain(https(machine, values)).collect()
}

/// A database, a bus or a bucket, without who asks and how.
fn store(machine: &str, address: &str) -> String {
    let address = address.trim();
    if let Some(path) = ["sqlite:", "file:"].iter().find_map(|scheme| address.strip_prefix(scheme)) {
        let path = path.split('?').next().unwrap_or(path);
        return on(machine, path.strip_prefix("//").unwrap_or(path));
    }
    let Ok(url) = Url::parse(address) else { return address.to_lowercase() };
    let Some(host) = url.host_str() else { return address.to_lowercase() };
    let (scheme, port) = match url.scheme() {
        "postgres" | "postgresql" => ("postgres", Some(5432)),
        "redis" | "rediss" => ("redis", Some(6379)),
        "libsql" | "https" | "http" => ("libsql", None),
        other => (other, None),
    };
    let host = host.to_lowercase();
    // A loopback address is another one on each machine.
    let is_near = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    let host = if is_near { format!("{machine}/loopback") } else { host };
    let port = url.port().or(port).map_or_else(String::new, |port| format!(":{port}"));
    let path = url.path().trim_matches('/');
    let path = if scheme == "redis" && path.is_empty() { "0" } else { path };
    format!("{scheme}://{host}{port}/{path}")
}

/// A path or a port of one machine.
fn on(machine: &str, path: &str) -> String {
    let mut plain = PathBuf::new();
    for component in Path::new(path.trim()).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    format!("{} on {machine}", plain.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_one_place_are_one() {
        for (one, other) in [
            (
                "postgres://ana:x@DB.example.org/rookery",
                "postgresql://bo@db.example.org:5432/rookery?sslmode=require",
            ),
            ("redis://cache.example.org", "rediss://:pw@cache.example.org:6379/0"),
            ("sqlite:/srv/a/../a/rookery.db", "sqlite:///srv/a/./rookery.db?mode=rwc"),
            ("redis://127.0.0.1/1", "redis://localhost:6379/1"),
            ("s3:audio", "S3:Audio"),
        ] {
            assert_eq!(store("m", one), store("m", other));
        }
    }

    #[test]
    fn places_of_two_machines_are_two() {
        assert_ne!(store("one", "sqlite:data/rookery.db"), store("two", "sqlite:data/rookery.db"));
        assert_ne!(store("one", "redis://127.0.0.1/0"), store("two", "redis://127.0.0.1/0"));
        assert_eq!(store("one", "redis://cache.example.org/0"), store("two", "redis://cache.example.org/0"));
        assert_ne!(store("one", "redis://127.0.0.1/0"), store("one", "redis://127.0.0.1/1"));
    }

    #[test]
    fn a_path_does_not_climb_out_of_what_it_began_with() {
        assert_eq!(on("m", "../x"), "../x on m");
        assert_eq!(on("m", "a/../../x"), "../x on m");
    }
}
