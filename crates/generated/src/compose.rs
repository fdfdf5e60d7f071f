//! Containers on a machine: `compose.yaml` with the server and the Caddy in front of it. The server's container can write
//! nothing but the folder that stays and a small folder in memory, has no rights and a limit for everything.
//!
//! No database and no Redis is run beside it: what is declared elsewhere stays there. Source: the Compose Specification.

use crate::plain::Image;
use crate::process::{DATA, METRICS_PORT, PORT, Place, Process, USER, process};
use crate::site::Site;
use crate::yaml::{Node, map};

/// Memory of a server nobody gave a budget, MiB.
const MEMORY_MIB: u32 = 256;
/// Memory of Caddy, MiB.
const CADDY_MEMORY_MIB: u32 = 128;
/// The image of Caddy.
const CADDY: &str = "docker.io/library/caddy:2.10.2-alpine";
/// The variable that says which release runs.
pub(crate) const DIGEST: &str = "ROOKERY_DIGEST";

/// The folder on the machine that the files of an environment are in.
pub(crate) fn folder(site: &Site<'_>) -> String {
    format!("/srv/rookery/{}", site.name)
}

/// `compose.yaml`, or nothing if something stands in the way.
pub(crate) fn compose(site: &mut Site<'_>, image: &Image, opening: &str) -> String {
    let process = process(site, Place::Machine);
    site.warn(
        "target",
        "containers are replaced one by one: for some seconds nobody is served while a release changes",
        "take `target = { ssh = \"…\" }` where that must not be: there two slots share the port",
    );
    let volume = process.data.clone().unwrap_or_else(|| "data".to_owned());
    let mut document = map([
        ("name", format!("rookery-{}", site.name).into()),
        ("services", map([("rookery", server(site, image, &process, &volume)), ("caddy", caddy())])),
    ]);
    let mut volumes =
        vec![("caddy-data".to_owned(), map::<&str, 0>([])), ("caddy-config".to_owned(), map::<&str, 0>([]))];
    if process.data.is_none() {
        volumes.insert(0, ("data".to_owned(), map::<&str, 0>([])));
    }
    document = document.with("volumes", Node::Map(volumes));
    if !process.secret_files.is_empty() {
        let files = process.secret_files.iter();
        let files = files.map(|(name, path)| (name.to_lowercase(), map([("file", path.as_str().into())])));
        document = document.with("secrets", Node::Map(files.collect()));
    }
    let opening = format!(
        "{opening}\nWhich release runs is said by digest in .env beside it: {DIGEST}=sha256:…{}",
        to_be_set(&process)
    );
    document.document(&opening)
}

/// What somebody has to put beside it.
fn to_be_set(process: &Process) -> String {
    if process.secrets.is_empty() {
        return String::new();
    }
    let names = process.secrets.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    format!("\nSecrets are in secrets.env beside it, readable by root alone: {names}")
}

fn server(site: &Site<'_>, image: &Image, process: &Process, volume: &str) -> Node {
    let mib = site.environment.budget.memory_mib.map_or(MEMORY_MIB, |mib| mib + mib / 4);
    let mut variables: Vec<(String, Node)> =
        process.variables.iter().map(|(name, value)| (name.clone(), literal(value).into())).collect();
    let file = |name: &str| format!("/run/secrets/{}", name.to_lowercase());
    variables.extend(process.secret_files.keys().map(|name| (name.clone(), file(name).into())));
    let mut volumes = vec![format!("{volume}:{DATA}")];
    volumes.extend(process.folders.iter().map(|folder| format!("{folder}:{folder}")));
    let mut service = map([
        ("image", format!("{}@${{{DIGEST}:?the digest of a release}}", image.whole()).into()),
        ("user", USER.into()),
        ("read_only", true.into()),
        ("tmpfs", vec!["/tmp:size=256m,mode=1777"].into()),
        ("cap_drop", vec!["ALL"].into()),
        ("security_opt", vec!["no-new-privileges:true"].into()),
        ("environment", Node::Map(variables)),
    ]);
    if !process.secrets.is_empty() {
        service = service.with("env_file", vec!["secrets.env"]);
    }
    if !process.secret_files.is_empty() {
        let names: Vec<String> = process.secret_files.keys().map(|name| name.to_lowercase()).collect();
        service = service.with("secrets", names);
    }
    service = service
        .with("volumes", volumes)
        .with("expose", vec![PORT.to_string(), METRICS_PORT.to_string()])
        .with("healthcheck", healthcheck());
    limited(service, mib)
}

/// The server's own program looks: there is no other in its image.
fn healthcheck() -> Node {
    let address = format!("http://127.0.0.1:{PORT}");
    map([
        ("test", vec!["CMD", "/rookery", "smoke", "--brief", address.as_str()].into()),
        ("interval", "10s".into()),
        ("timeout", "5s".into()),
        ("retries", 3.into()),
        ("start_period", "60s".into()),
    ])
}

fn caddy() -> Node {
    let service = map([
        ("image", CADDY.into()),
        ("depends_on", map([("rookery", map([("condition", "service_healthy".into())]))])),
        ("read_only", true.into()),
        ("tmpfs", vec!["/tmp:size=16m,mode=1777"].into()),
        ("cap_drop", vec!["ALL"].into()),
        ("cap_add", vec!["NET_BIND_SERVICE"].into()),
        ("security_opt", vec!["no-new-privileges:true"].into()),
        ("ports", vec!["80:80", "443:443", "443:443/udp"].into()),
        (
            "volumes",
            vec!["./Caddyfile:/etc/caddy/Caddyfile:ro", "caddy-data:/data", "caddy-config:/config"].into(),
        ),
    ]);
    limited(service, CADDY_MEMORY_MIB)
}

/// What every container has: limits, logs that do not grow for ever, and a start after every end.
fn limited(service: Node, memory_mib: u32) -> Node {
    service
        .with("mem_limit", format!("{memory_mib}m"))
        .with("pids_limit", 512)
        .with("ulimits", map([("nofile", 65536.into())]))
        .with(
            "logging",
            map([
                ("driver", "json-file".into()),
                ("options", map([("max-size", "10m".into()), ("max-file", "3".into())])),
            ]),
        )
        .with("restart", "unless-stopped")
        .with("stop_grace_period", "30s")
}

/// A value that Compose does not fill anything into.
fn literal(value: &str) -> String {
    value.replace('$', "$$")
}
