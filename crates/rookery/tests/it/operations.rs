//! The page of operations, by its answer: what is true of a server that has backups, drills, a schema and a declaration, for
//! its administrators alone.

use crate::{app, program};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use testkit::{Actor, Rookery, eventually, member, program as token, run};

const PATIENCE: Duration = Duration::from_secs(120);
const SECRETS: [&str; 4] = ["very-secret-1", "very-secret-2", "very-secret-3", "very-secret-4"];

fn declaration(home: &Path, address: SocketAddr) -> String {
    format!(
        r#"
name = "The Old Oak"

[environments.staging]
url = "https://stg.example.org"
trigger = {{ push = "main" }}
target = {{ ssh = "deploy@203.0.113.5" }}
database = "postgres://rookery:very-secret-1@db.example.org/stg"
access = {{ allow = ["github:org/team"] }}
[environments.staging.settings]
soundcloud_client_secret = "very-secret-2"

[environments.beta]
url = "http://{address}"
promote_from = "staging"
trigger = {{ release = "published" }}
canary = {{ steps = [1, 10], hold = "10m" }}
backups = {{ to = ["file:{home}/copies"], every = "2h" }}
retention = {{ releases = 4, backups = [24, 7, 4, 6], logs_days = 30 }}
budget = {{ usd_month = 6, memory_mib = 4000 }}
[environments.beta.settings]
soundcloud_client_id = "known"
soundcloud_client_secret = "very-secret-3"
alert_webhook = "https://hooks.example.org/very-secret-4"
"#,
        home = home.display()
    )
}

#[test]
fn the_page_of_operations_is_for_administrators_alone_and_nobody_keeps_it() {
    let app = app();
    let admin = app.administrator();
    app.anonymous().get("/api/v1/operations").problem(401, "not_signed_in");
    member(&admin, "Ben").get("/api/v1/operations").problem(403, "not_allowed");
    token(&admin, &["control"]).get("/api/v1/operations").problem(403, "not_allowed");
    let reply = token(&admin, &["administer"]).get("/api/v1/operations");
    assert_eq!(reply.header("cache-control"), "no-store");
    let found = reply.json();
    // Nothing is claimed where nothing is known.
    assert_eq!(found["backups"]["places"], Value::Array(Vec::new()), "{found}");
    assert_eq!(found["releases"]["here"], false);
    assert_eq!(found["environments"], Value::Array(Vec::new()));
    assert_eq!(found["process"]["stance"], "serving");
    assert!(found["process"]["memory_bytes"].as_u64().unwrap() > 1_000_000, "{found}");
    let names: Vec<_> = found["parts"].as_array().unwrap().iter().map(|part| part["name"].clone()).collect();
    assert!(names.contains(&"database".into()) && names.contains(&"clock".into()), "{found}");
    assert!(found["alerts"]["rules"].as_u64().unwrap() > 15, "{found}");
}

#[test]
fn the_schema_is_told_with_the_moment_each_migration_was_applied() {
    let app = app();
    let found: Value = app.administrator().get("/api/v1/operations").ok();
    let schema = &found["schema"];
    let (known, min_reader) = database::migrate::range();
    assert_eq!((&schema["known"], &schema["min_reader"]), (&known.into(), &min_reader.into()), "{schema}");
    assert_eq!(schema["database_min_reader"], min_reader);
    let steps = schema["steps"].as_array().unwrap();
    assert_eq!(steps.len(), known as usize);
    assert_eq!((&steps[0]["name"], &steps[0]["state"]), (&"0001_people".into(), &"applied".into()));
    let now = found["at_ms"].as_i64().unwrap();
    for step in steps {
        let at = step["applied_at_ms"].as_i64().unwrap();
        assert!(at <= now && at > now - 600_000, "{step}");
    }
}

#[test]
fn how_close_the_machine_came_to_its_ends_is_kept_by_the_day() {
    use server::{Config, WatchingConfig};
    let places = vec![("data".to_owned(), std::env::temp_dir())];
    let watching = WatchingConfig { places, ..WatchingConfig::default() };
    let app = testkit::TestApp::with(program(), Config { watching, ..Config::default() });
    let admin = app.administrator();
    let capacity = || {
        app.advance(Duration::from_secs(60));
        let found: Value = admin.get("/api/v1/operations").ok();
        found["capacity"].clone()
    };
    assert_eq!(capacity(), serde_json::json!({"days": 30, "peaks": []}));
    app.watcher().turn();
    let peaks = capacity()["peaks"].as_array().unwrap().clone();
    let of: Vec<&str> = peaks.iter().map(|peak| peak["what"].as_str().unwrap()).collect();
    // How busy processors are shows from the second look on.
    assert_eq!(of, ["disk", "memory", "visitors"], "{peaks:?}");
    assert_eq!(peaks[0]["name"], "data");
    let share = peaks[1]["highest"].as_f64().unwrap();
    assert!(share > 0.0 && share <= 1.0, "{peaks:?}");
    assert_eq!(peaks[1]["full_in_days"], Value::Null);
    // Another process raises what was written, and lowers nothing.
    app.advance(Duration::from_secs(3600));
    app.watcher().turn();
    let later = capacity()["peaks"][1]["highest"].as_f64().unwrap();
    assert!(later >= share, "{later} after {share}");
}

#[test]
fn an_alert_is_told_with_what_to_do_once_it_is_seen() {
    use alerts::Bounds;
    use server::{Config, WatchingConfig};
    let bounds = Bounds { backup_age: Some(Duration::from_secs(7_200)), ..Bounds::default() };
    let watching = WatchingConfig { bounds, ..WatchingConfig::default() };
    let app = testkit::TestApp::with(program(), Config { watching, ..Config::default() });
    let admin = app.administrator();
    let mut watcher = app.watcher();
    watcher.turn();
    let open = |expected: bool| {
        app.advance(Duration::from_secs(60));
        let found: Value = admin.get("/api/v1/operations").ok();
        let alerts = found["alerts"]["open"].as_array().unwrap().clone();
        let alert = alerts.into_iter().find(|alert| alert["rule"] == "RookeryBackupMissing");
        let alert = alert.unwrap_or_else(|| panic!("{found}"));
        assert_eq!(alert["firing"], expected, "{alert}");
        alert
    };
    open(false);
    for _ in 0..150 {
        app.advance(Duration::from_secs(60));
        watcher.turn();
    }
    let alert = open(true);
    assert_eq!(alert["urgency"], "page");
    assert!(alert["runbook"].as_str().unwrap().starts_with("docs/operations/runbooks.md#"), "{alert}");
    assert!(alert["summary"].as_str().unwrap().ends_with('.'), "{alert}");
}

#[test]
fn backups_drills_environments_and_room_are_those_of_the_real_program_and_no_secret_is_among_them() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("rookery.toml");
    let address = SocketAddr::from(([127, 0, 0, 1], testkit::free_port()));
    std::fs::write(&config, declaration(home.path(), address)).unwrap();
    let config = config.display().to_string();
    let args = ["--config", &config, "--environment", "beta"].map(str::to_owned).to_vec();
    let server = Rookery::with(
        program(),
        testkit::Options { args, address: Some(address), ..testkit::Options::default() },
    );
    let admin = server.administrator();
    let data = server.data().display().to_string();
    let say = |words: &[&str]| {
        let base = ["--config", &config, "--environment", "beta", "--data", &data];
        let output = run(program(), &[&base, words].concat(), home.path());
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    eventually("a backup counts", PATIENCE, || {
        say(&["backup", "list", "--json"]).1.contains("\"counts\":true").then_some(())
    });
    // The first look may have been before the backup: the next is a minute later. A drill goes before it.
    let (is_sound, said) = say(&["backup", "drill", "--json"]);
    assert!(is_sound, "{said}");
    let found: Value = eventually("it is seen", PATIENCE, || {
        let found: Value = admin.get("/api/v1/operations").ok();
        let is_known = found["used"].as_array().unwrap().iter().all(|room| !room["bytes"].is_null());
        (is_known && !found["backups"]["places"][0]["drill"].is_null()).then_some(found)
    });
    let backups = &found["backups"];
    let place = &backups["places"][0];
    assert_eq!((&backups["every_s"], &backups["shipping"]), (&7_200.into(), &Value::Bool(true)), "{backups}");
    assert!(backups["shipping_lag_s"].as_f64().unwrap() < 60.0, "{backups}");
    assert_eq!(place["place"], format!("file:{}/copies", home.path().display()));
    assert_eq!((&place["off_site"], &place["fault"]), (&Value::Bool(false), &Value::Null), "{place}");
    let copy = &place["newest_sound"];
    assert!(copy["bytes"].as_u64().unwrap() > 50_000 && copy["checked_at_ms"].is_i64(), "{place}");
    assert_eq!(place["drill"]["faults"], Value::Array(Vec::new()), "{place}");

    let environments = found["environments"].as_array().unwrap();
    let [beta, staging] = environments.as_slice() else { panic!("{found}") };
    assert_eq!(
        (&beta["name"], &beta["here"], &beta["closed"]),
        (&"beta".into(), &true.into(), &false.into())
    );
    assert_eq!((&beta["promote_from"], &beta["canary"]), (&"staging".into(), &serde_json::json!([1, 10])));
    assert_eq!((&beta["usd_month"], &beta["memory_mib"]), (&6.0.into(), &4_000.into()));
    assert_eq!((&staging["machine"], &staging["closed"]), (&"203.0.113.5".into(), &true.into()));

    let process = &found["process"];
    assert_eq!((&process["environment"], &process["engine"]), (&"beta".into(), &"sqlite".into()));
    assert_eq!((&process["release"], &process["slot"]), (&Value::Null, &Value::Null));
    let room = |what: &str| {
        let used = found["used"].as_array().unwrap();
        used.iter().find(|room| room["what"] == what).unwrap()["bytes"].as_u64().unwrap()
    };
    assert!(room("database") > 50_000 && room("data") > 0 && room("backups") > 1_000, "{found}");
    let disk = &found["disks"][0];
    assert!(disk["total_bytes"].as_u64() > disk["free_bytes"].as_u64(), "{disk}");
    let text = found.to_string();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
}
