//! An app of Fly.io: `fly.ENVIRONMENT.toml`. Source: Fly's configuration reference; the keys are compared with those of
//! flyctl's own test data in the tests.

use crate::plain::is_region;
use crate::process::{DATA, METRICS_PORT, PORT, Place, process};
use crate::site::Site;
use toml::{Table, Value};

/// Memory steps of the machines, MiB.
const MEMORY_STEP_MIB: u32 = 256;

/// The file. The name of the app has been looked at.
pub(crate) fn fly(site: &mut Site<'_>, app: &str, opening: &str) -> String {
    let process = process(site, Place::Platform);
    let keeps = process.is_embedded || process.data.is_some();
    if keeps {
        site.warn(
            "target",
            "a volume belongs to one machine: a release replaces that machine, and until it is ready nobody is served",
            "take a machine of your own (`ssh`) where that must not be; without `data` and with postgres: or libsql: the \
             new machine is ready before the old one goes",
        );
    } else {
        no_disk(site);
    }
    let region = site.environment.region.clone();
    if region.as_deref().is_some_and(|region| !is_region(region)) {
        site.refuse("region", "it is no region of Fly.io", "write its three letters: fra");
    }
    let mut root = Table::new();
    let mut set = |key: &str, value: Value| root.insert(key.to_owned(), value);
    set("app", app.into());
    if let Some(region) = region {
        set("primary_region", region.into());
    }
    set("kill_signal", "SIGTERM".into());
    set("kill_timeout", "30s".into());
    let mut deploy = table([("strategy", if keeps { "rolling" } else { "bluegreen" }.into())]);
    if !process.is_embedded {
        // With the folder that stays this is not possible: it is not there when this runs.
        deploy.insert("release_command".to_owned(), "migrate up".into());
    }
    set("deploy", deploy.into());
    let variables = process.variables.iter().map(|(name, value)| (name.clone(), value.clone().into()));
    set("env", variables.collect::<Table>().into());
    set("http_service", service().into());
    set(
        "metrics",
        vec![Value::from(table([("port", i64::from(METRICS_PORT).into()), ("path", "/metrics".into())]))]
            .into(),
    );
    set("restart", vec![Value::from(table([("policy", "always".into())]))].into());
    let budget = site.environment.budget.memory_mib.unwrap_or(MEMORY_STEP_MIB);
    let memory = budget.max(1).div_ceil(MEMORY_STEP_MIB) * MEMORY_STEP_MIB;
    let machine = table([("size", "shared-cpu-1x".into()), ("memory_mb", i64::from(memory).into())]);
    set("vm", vec![Value::from(machine)].into());
    if keeps {
        let name = format!("rookery_{}", site.name.as_str().replace('-', "_"));
        let mount = table([
            ("source", name.into()),
            ("destination", DATA.into()),
            ("initial_size", "10gb".into()),
            ("snapshot_retention", 14.into()),
        ]);
        set("mounts", vec![Value::from(mount)].into());
    }
    let mut secrets: Vec<&str> = process.secrets.iter().map(String::as_str).collect();
    let own = site.variable_of("secret_key");
    if !keeps && !secrets.contains(&own.as_str()) {
        secrets.push(&own);
    }
    let mut text: String = opening.lines().map(|line| format!("# {line}\n")).collect();
    if !secrets.is_empty() {
        let names: String = secrets.iter().map(|name| format!(" {name}=…")).collect();
        text.push_str(&format!("# Set once: flyctl secrets set --app {app}{names}\n"));
    }
    text + "\n" + &root.to_string()
}

/// What follows from there being no disk.
pub(crate) fn no_disk(site: &mut Site<'_>) {
    site.warn(
        "data",
        "nothing that is uploaded here outlives a release: there is no disk",
        "use it for songs of services and for channels, or take a target with a disk",
    );
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Table {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn service() -> Table {
    let check = table([
        ("grace_period", "30s".into()),
        ("interval", "10s".into()),
        ("timeout", "5s".into()),
        ("method", "GET".into()),
        ("path", "/ready".into()),
    ]);
    let concurrency =
        table([("type", "connections".into()), ("soft_limit", 2000.into()), ("hard_limit", 4000.into())]);
    table([
        ("internal_port", i64::from(PORT).into()),
        ("force_https", true.into()),
        // Listeners are there though nothing is asked: it is never sent to sleep.
        ("auto_stop_machines", "off".into()),
        ("auto_start_machines", true.into()),
        ("min_machines_running", 1.into()),
        ("concurrency", concurrency.into()),
        ("checks", vec![Value::from(check)].into()),
    ])
}
