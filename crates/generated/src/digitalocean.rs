//! An app of DigitalOcean's App Platform: `app.ENVIRONMENT.yaml`. Source: the AppSpec of DigitalOcean's OpenAPI
//! description; keys it does not name are refused in the tests.

use crate::compose::DIGEST;
use crate::fly::no_disk;
use crate::plain::{Image, is_region};
use crate::process::{METRICS_PORT, PORT, Place, Process, process};
use crate::site::Site;
use crate::yaml::{Node, map};

/// Sizes of instances: memory in MiB, and what they are called.
const SIZES: [(u32, &str); 3] =
    [(512, "apps-s-1vcpu-0.5gb"), (1024, "apps-s-1vcpu-1gb"), (2048, "apps-s-1vcpu-2gb")];

/// The file. The name of the app has been looked at.
pub(crate) fn app(site: &mut Site<'_>, app: &str, image: &Image, opening: &str) -> String {
    let process = told(site);
    if process.is_embedded {
        let detail = "this platform keeps no files: an embedded database is lost with every release";
        site.refuse("database", detail, "use postgres: or libsql:");
    }
    if process.data.is_some() {
        let detail = "this platform keeps no files: the folder is empty after every release";
        site.refuse("data", detail, "leave it out, or take a target with a disk");
    }
    no_disk(site);
    if process.variables.values().any(|value| value.contains("${")) {
        let detail = "a value has `${` in it, which this platform would fill in";
        site.refuse("settings", detail, "write it otherwise");
    }
    let mut document = map([("name", app.into())]);
    if let Some(region) = site.environment.region.clone() {
        if !is_region(&region) {
            site.refuse("region", "it is no region of App Platform", "write its three letters: fra");
        }
        document = document.with("region", region);
    }
    let source = source(site, image);
    document = document
        // Events that come one by one must not be gathered on their way.
        .with("disable_edge_cache", true)
        .with("domains", domains(site))
        .with("services", Node::List(vec![service(site, source.clone(), &process)]))
        .with("jobs", Node::List(vec![migration(source, &process)]));
    let names: String = process.secrets.iter().map(|name| format!(" {name}")).collect();
    let opening = format!(
        "{opening}\nFilled in when a release comes: {DIGEST}{names}. The commands are in digitalocean.md."
    );
    document.document(&opening)
}

/// What a process here is told: its own secret too, since no file of it would stay.
fn told(site: &mut Site<'_>) -> Process {
    let mut process = process(site, Place::Platform);
    let own = site.variable("secret_key");
    process.secrets.extend(own);
    process
}

/// The secrets that are filled in.
pub(crate) fn secrets(site: &mut Site<'_>) -> std::collections::BTreeSet<String> {
    told(site).secrets
}

fn domains(site: &Site<'_>) -> Node {
    let kinds = std::iter::once("PRIMARY").chain(std::iter::repeat("ALIAS"));
    let of = |(host, kind): (&str, &str)| map([("domain", host.into()), ("type", kind.into())]);
    Node::List(site.hosts().into_iter().zip(kinds).map(of).collect())
}

fn source(site: &mut Site<'_>, image: &Image) -> Node {
    let (kind, registry) = match image.registry.as_str() {
        "ghcr.io" => ("GHCR", Some(image.owner.as_str())),
        "docker.io" => ("DOCKER_HUB", Some(image.owner.as_str())),
        "registry.digitalocean.com" => ("DOCR", None),
        _ => {
            let detail = "this platform takes images of ghcr.io, docker.io and registry.digitalocean.com";
            site.refuse("image", detail, "put the image there");
            ("GHCR", None)
        }
    };
    let mut source = map([("registry_type", kind.into())]);
    if let Some(registry) = registry {
        source = source.with("registry", registry);
    }
    source.with("repository", image.name.as_str()).with("digest", format!("${{{DIGEST}}}"))
}

fn variables(process: &Process) -> Node {
    let open = process.variables.iter().map(|(name, value)| {
        map([("key", name.as_str().into()), ("scope", "RUN_TIME".into()), ("value", value.as_str().into())])
    });
    let secret = process.secrets.iter().map(|name| {
        map([
            ("key", name.as_str().into()),
            ("scope", "RUN_TIME".into()),
            ("type", "SECRET".into()),
            ("value", format!("${{{name}}}").into()),
        ])
    });
    Node::List(open.chain(secret).collect())
}

fn service(site: &Site<'_>, source: Node, process: &Process) -> Node {
    let budget = site.environment.budget.memory_mib.unwrap_or(0);
    let size = SIZES.iter().find(|(mib, _)| budget <= *mib).map_or("apps-s-2vcpu-4gb", |(_, name)| name);
    let check = |path: &str, failures: i64| {
        map([
            ("http_path", path.into()),
            ("initial_delay_seconds", 10.into()),
            ("period_seconds", 10.into()),
            ("timeout_seconds", 5.into()),
            ("success_threshold", 1.into()),
            ("failure_threshold", failures.into()),
        ])
    };
    map([
        ("name", "rookery".into()),
        ("image", source),
        ("instance_count", 1.into()),
        ("instance_size_slug", size.into()),
        ("http_port", i64::from(PORT).into()),
        ("internal_ports", Node::List(vec![i64::from(METRICS_PORT).into()])),
        ("health_check", check("/ready", 3)),
        ("liveness_health_check", check("/health", 6)),
        ("termination", map([("drain_seconds", 15.into()), ("grace_period_seconds", 30.into())])),
        ("envs", variables(process)),
    ])
}

/// The schema is changed before the new release is started; if that fails, the old one serves on.
fn migration(source: Node, process: &Process) -> Node {
    map([
        ("name", "migrate".into()),
        ("kind", "PRE_DEPLOY".into()),
        ("image", source),
        ("instance_size_slug", "apps-s-1vcpu-0.5gb".into()),
        ("run_command", "/rookery migrate up".into()),
        ("envs", variables(process)),
    ])
}
