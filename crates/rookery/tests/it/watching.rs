//! Who is told when something is wrong: by the server itself, by its heartbeat that stops, and from a second machine.

use crate::{app, program};
use alerts::Bounds;
use fakes::{FakeCollector, Fault, Reply, Request as Received, Server};
use serde_json::Value;
use server::{Config, WatchingConfig};
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Actor, Options, Rookery, TestApp, eventually, member, program as token};

const PATIENCE: Duration = Duration::from_secs(90);
const MINUTE: Duration = Duration::from_secs(60);

/// What came, by path.
type Mail = Arc<Mutex<Vec<(String, Value)>>>;

fn receiver() -> (Server, Mail) {
    let mail = Mail::default();
    let inbox = Arc::clone(&mail);
    let server = Server::of(move |request: &Received| {
        let body = serde_json::from_slice(&request.body).unwrap_or_default();
        inbox.lock().unwrap().push((request.path.clone(), body));
        Reply::empty(200)
    });
    (server, mail)
}

/// How often this was told of this rule.
fn told(mail: &Mail, rule: &str, state: &str) -> usize {
    let mail = mail.lock().unwrap();
    let alerts =
        mail.iter().flat_map(|(_, body)| body["data"]["alerts"].as_array().cloned().unwrap_or_default());
    alerts.filter(|alert| alert["rule"] == rule && alert["state"] == state).count()
}

#[test]
fn what_the_server_finds_of_itself_is_told_once_by_whoever_watches() {
    let (receiver, mail) = receiver();
    let outside = providers::Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] };
    let ways = sinks::Options {
        webhooks: vec![format!("{}/hook", receiver.origin())],
        outside: outside.clone(),
        ..sinks::Options::default()
    };
    // Backups are meant to be made, and are not.
    let bounds = Bounds { backup_age: Some(Duration::from_secs(7_200)), ..Bounds::default() };
    let watching = WatchingConfig { bounds, ways, ..WatchingConfig::default() };
    let mut app = TestApp::with(program(), Config { outside, watching, ..Config::default() });
    let admin = app.administrator();
    const RULE: &str = "RookeryBackupMissing";
    {
        let (mut first, mut second) = (app.watcher(), app.watcher());
        for _ in 0..119 {
            app.advance(MINUTE);
            first.turn();
            second.turn();
        }
        assert_eq!(told(&mail, RULE, "firing"), 0, "it has not lasted for two hours");
        for _ in 0..30 {
            app.advance(MINUTE);
            second.turn();
            first.turn();
        }
        assert_eq!(told(&mail, RULE, "firing"), 1, "one of the two tells");
        // The first is gone: the second goes on when its lease is over, and knows what was told.
        for _ in 0..20 {
            app.advance(MINUTE);
            second.turn();
        }
        assert_eq!(told(&mail, RULE, "firing"), 1);
    }
    app.restart();
    let admin = admin.at(app.site());
    let found = admin.get("/health/deep").json();
    let shown = found["alerts"].as_array().unwrap().iter().find(|alert| alert["rule"] == RULE).unwrap();
    assert_eq!(shown["firing"], true, "{found}");
    let mut third = app.watcher();
    for _ in 0..60 {
        app.advance(MINUTE);
        third.turn();
    }
    assert_eq!(told(&mail, RULE, "firing"), 1, "a restart neither repeats nor forgets");
    for _ in 0..180 {
        app.advance(MINUTE);
        third.turn();
    }
    assert_eq!(told(&mail, RULE, "firing"), 2, "what lasts is told again after four hours");
}

#[test]
fn a_close_look_says_of_every_part_how_it_is_and_what_to_do() {
    let app = app();
    let admin = app.administrator();
    app.anonymous().get("/health/deep").problem(401, "not_signed_in");
    member(&admin, "Ben").get("/health/deep").problem(403, "not_allowed");
    let weak = token(&admin, &["control"]);
    weak.get("/health/deep").problem(403, "not_allowed");
    let found = token(&admin, &["administer"]).get("/health/deep").json();
    let state = |found: &Value, name: &str| {
        let parts = found["parts"].as_array().unwrap().clone();
        let part = parts.into_iter().find(|part| part["name"] == name);
        part.unwrap_or_else(|| panic!("{name} is not in {found}"))
    };
    for name in ["database", "schema", "jobs", "clock"] {
        assert_eq!(state(&found, name)["state"], "well", "{found}");
        assert_eq!(state(&found, name)["advice"], Value::Null);
    }
    for name in ["backups", "certificate", "disk"] {
        assert_eq!(state(&found, name)["state"], "unknown", "{found}");
    }
    state(&found, "memory");
    // The machine's clock is an hour behind the process's: one of them was set.
    app.advance(Duration::from_secs(3_600));
    let reply = admin.get("/health/deep").expect(503).json();
    let clock = state(&reply, "clock");
    assert_eq!((&reply["well"], &clock["state"]), (&Value::Bool(false), &Value::from("wrong")));
    assert!(clock["advice"].as_str().unwrap().contains("timedatectl"), "{clock}");
    // What others look at is as it was.
    assert_eq!(app.anonymous().get("/health").expect(200).text(), r#"{"status":"ok"}"#);
    assert_eq!(app.anonymous().get("/ready").expect(200).json()["ready"], true);
}

#[test]
fn a_server_that_is_ready_has_a_heartbeat_and_tells_its_numbers() {
    let (receiver, mail) = receiver();
    let beat = format!("{}/beat", receiver.origin());
    let hook = format!("{}/hook", receiver.origin());
    let args = ["--outside-also", "127.0.0.1", "--heartbeat-url", &beat, "--alert-webhook", &hook];
    let server =
        Rookery::with(program(), Options { args: args.map(str::to_owned).to_vec(), ..Options::default() });
    let heard = |path: &str| mail.lock().unwrap().iter().any(|(came, _)| came == path);
    eventually("the heart beats", PATIENCE, || heard("/beat").then_some(()));
    let numbers = eventually("it watches itself", PATIENCE, || {
        let text = server.site().try_send(testkit::Request::new("GET", "/metrics")).ok()?.text();
        text.contains("rookery_alert_firing").then_some(text)
    });
    for number in [
        "database_answers 1",
        "disk_free_share{place=\"data\"}",
        "machine_memory_share",
        "jobs_stalled_seconds 0",
        "rookery_alert_firing{rule=\"RookeryDatabase\"} 0",
    ] {
        assert!(numbers.contains(number), "{number} is not in {numbers}");
    }
    let folder = tempfile::tempdir().unwrap();
    let data = server.data();
    let run = |words: &[&str]| {
        let mut all = vec!["--data", data.to_str().unwrap()];
        all.extend(args);
        all.extend(words);
        testkit::run(program(), &all, folder.path())
    };
    let listed = run(&["alerts", "list", "--json"]);
    let lines = String::from_utf8(listed.stdout).unwrap();
    let rules: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let disk = rules.iter().find(|rule| rule["rule"] == "RookeryDisk").unwrap();
    assert_eq!((&disk["for"], &disk["severity"]), (&Value::from("10m"), &Value::from("ticket")));
    let tested = run(&["alerts", "test"]);
    let said = String::from_utf8(tested.stdout).unwrap();
    assert!(
        tested.status.success() && said.lines().filter(|line| line.starts_with("ok ")).count() == 2,
        "{said}"
    );
    assert!(!said.contains("/hook"), "a webhook's address is a secret: {said}");
    let is_test = |(path, body): &(String, Value)| path == "/hook" && body["data"]["test"] == true;
    assert!(mail.lock().unwrap().iter().any(is_test));
    drop(receiver);
    let failed = run(&["alerts", "test"]);
    assert!(!failed.status.success());
    assert!(String::from_utf8(failed.stdout).unwrap().contains("WRONG"));
}

/// A monitor that runs, and the lines it prints.
struct Monitor {
    process: Child,
    lines: Receiver<String>,
}

impl Monitor {
    fn start(args: &[&str]) -> Self {
        let mut process = Command::new(program())
            .arg("monitor")
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = process.stdout.take().unwrap();
        let (sender, lines) = sync_channel(1_000);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { process, lines }
    }

    fn says(&self, mark: &str) -> String {
        loop {
            let line =
                self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("it does not say `{mark}`"));
            if line.contains(mark) {
                return line;
            }
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_monitor_tells_when_a_server_is_away_and_when_it_is_back() {
    let (receiver, mail) = receiver();
    let mut server = Rookery::start(program());
    let url = format!("http://{}", server.site().address());
    let hook = format!("{}/hook", receiver.origin());
    // A name that leads nowhere is a finding, and keeps nobody from looking at the others.
    let nowhere = "http://nobody.invalid";
    let monitor = Monitor::start(&[
        &url,
        nowhere,
        "--every",
        "1s",
        "--alert-webhook",
        &hook,
        "--outside-also",
        "127.0.0.1",
    ]);
    monitor.says(&format!("ok    {url}"));
    server.kill();
    monitor.says(&format!("WRONG {url}"));
    let down = |state: &str| {
        let mail = mail.lock().unwrap();
        let alerts =
            mail.iter().flat_map(|(_, body)| body["data"]["alerts"].as_array().cloned().unwrap_or_default());
        let of_server = |alert: &Value| alert["rule"] == "RookeryDown" && alert["about"] == url.as_str();
        alerts.filter(|alert| of_server(alert) && alert["state"] == state).count()
    };
    eventually("somebody is told", PATIENCE, || (down("firing") == 1).then_some(()));
    server.restart();
    let back = monitor.says(&format!("BACK  {url}"));
    assert!(back.contains("it was not well for"), "{back}");
    eventually("somebody is told that it is back", PATIENCE, || (down("resolved") == 1).then_some(()));
    assert_eq!(down("firing"), 1, "once");
}

#[test]
fn a_monitor_for_cron_tells_once_what_it_wrote_down() {
    let (receiver, mail) = receiver();
    let folder = tempfile::tempdir().unwrap();
    let hook = format!("{}/hook", receiver.origin());
    let port = testkit::free_port();
    let url = format!("http://127.0.0.1:{port}");
    let look = |url: &str| {
        let args = ["monitor", url, "--once", "--state", "told.json", "--json", "--alert-webhook", &hook];
        testkit::run(program(), &[&args[..], &["--outside-also", "127.0.0.1"]].concat(), folder.path())
    };
    let first = look(&url);
    assert_eq!(first.status.code(), Some(1));
    let line: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!((&line["well"], line["url"].as_str().unwrap()), (&Value::Bool(false), url.as_str()));
    assert_eq!(told(&mail, "RookeryDown", "firing"), 1);
    assert_eq!(look(&url).status.code(), Some(1));
    assert_eq!(told(&mail, "RookeryDown", "firing"), 1, "it was told");
    let address = Some(([127, 0, 0, 1], port).into());
    let server = Rookery::with(program(), Options { address, ..Options::default() });
    assert!(look(&url).status.success());
    assert_eq!(told(&mail, "RookeryDown", "resolved"), 1);
    drop(server);
    let nothing = look("music.example.org");
    assert!(!nothing.status.success());
    assert!(String::from_utf8(nothing.stderr).unwrap().contains("no address of a server"));
}

#[test]
fn a_panic_is_counted_and_the_server_goes_on() {
    let count = |rookery: &Rookery| {
        let metrics = rookery.site().send(testkit::Request::new("GET", "/metrics")).text();
        let line = metrics.lines().find_map(|line| line.strip_prefix("panics_total ").map(str::to_owned));
        line.expect("it is told before the first, or nobody sees that it grew")
    };
    assert_eq!(count(&Rookery::with(program(), Options::default())), "0");
    let args = ["--trial-panic", "true"].map(str::to_owned).to_vec();
    let rookery = Rookery::with(program(), Options { args, ..Options::default() });
    eventually("the panic is counted", PATIENCE, || (count(&rookery) == "1").then_some(()));
    assert!(rookery.log().contains("a task panics, for a test"), "it is told as before");
    assert_eq!(rookery.site().send(testkit::Request::new("GET", "/ready")).status, 200);
}

#[test]
fn numbers_are_pushed_with_the_environment_while_people_are_served_whether_they_arrive_or_not() {
    let collector = FakeCollector::start("Bearer secret-of-otlp");
    let started = |endpoint: &str| {
        let words = ["--otlp-endpoint", endpoint, "--otlp-token", "Bearer secret-of-otlp"];
        let args = words.into_iter().chain(["--environment", "staging"]).map(str::to_owned).collect();
        Rookery::with(program(), Options { args, ..Options::default() })
    };
    let metrics = |rookery: &Rookery| rookery.site().send(testkit::Request::new("GET", "/metrics")).text();
    let rookery = started(&collector.origin());
    eventually("numbers are taken", PATIENCE, || (!collector.taken().is_empty()).then_some(()));
    assert_eq!(collector.refused(), Vec::<String>::new());
    let said = collector.taken()[0].to_string();
    for word in ["deployment.environment.name", "staging", "panics_total"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let delivered = "otlp_exports_total{outcome=\"delivered\"}";
    eventually("it is counted", PATIENCE, || metrics(&rookery).contains(delivered).then_some(()));

    // A receiver that does not answer: the server starts, serves, and ends.
    (0..9).for_each(|_| collector.fail(Fault::Slow(Duration::from_secs(30))));
    let mut slow = started(&collector.origin());
    assert_eq!(slow.site().send(testkit::Request::new("GET", "/ready")).status, 200);
    assert_eq!(slow.terminate().code, Some(0));
    // And one that is not there.
    let away = started("http://127.0.0.1:9");
    let failed = "otlp_exports_total{outcome=\"failed\"} 1";
    eventually("it is counted", PATIENCE, || metrics(&away).contains(failed).then_some(()));
    assert_eq!(away.site().send(testkit::Request::new("GET", "/ready")).status, 200);
    assert!(
        away.log().contains("numbers do not arrive") && !away.log().contains("secret-of-otlp"),
        "{}",
        away.log()
    );
}

#[test]
fn requests_are_traced_with_the_environment_and_without_what_is_secret() {
    let collector = FakeCollector::start("Bearer secret-of-otlp");
    let started = |more: &[&str]| {
        let own = ["--otlp-endpoint", &collector.origin(), "--otlp-token", "Bearer secret-of-otlp"];
        let words = [&own[..], &["--environment", "staging"], more].concat();
        let args = words.into_iter().map(str::to_owned).collect();
        Rookery::with(program(), Options { args, ..Options::default() })
    };
    let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let ask = |rookery: &Rookery, path: &str| {
        let request = testkit::Request::new("GET", path).header("traceparent", header);
        rookery.site().send(request).header("x-request-id").to_owned()
    };
    let has = |span: &serde_json::Value, key: &str, value: &str| {
        let attributes = span["attributes"].as_array().unwrap();
        attributes
            .iter()
            .any(|it| it["key"] == key && it["value"].as_object().unwrap().values().any(|it| it == value))
    };
    let span_of = |id: &str| collector.spans().into_iter().find(|span| has(span, "rookery.request.id", id));

    // What is left at the end is sent then; who is not trusted says nothing of a trace.
    let mut rookery = started(&["--otlp-traces", "1"]);
    let id = ask(&rookery, "/api/v1/nests/main?token=hush-hush");
    let lost = ask(&rookery, "/nowhere/sesame-open");
    assert_eq!(rookery.terminate().code, Some(0));
    let span = span_of(&id).unwrap();
    assert!(span["name"].as_str().unwrap().starts_with("GET /api/v1/nests/{"), "{span}");
    assert!(has(&span, "http.request.method", "GET") && span["parentSpanId"].is_null(), "{span}");
    assert_ne!(span["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(span_of(&lost).unwrap()["name"], "GET");
    let said = serde_json::to_string(&collector.traces()).unwrap();
    for word in ["deployment.environment.name", "staging", "service.version"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("hush-hush") && !said.contains("sesame"), "{said}");

    // Behind a proxy that is trusted they go on with its trace.
    let mut rookery = started(&["--otlp-traces", "1", "--trusted-proxies", "1"]);
    let id = ask(&rookery, "/ready");
    let span = eventually("a span is taken while it serves", PATIENCE, || span_of(&id));
    assert_eq!((&span["traceId"], &span["parentSpanId"]), (&header[3..35].into(), &header[36..52].into()));
    assert_eq!(rookery.terminate().code, Some(0));
    assert_eq!(collector.refused(), Vec::<String>::new());

    // None of it.
    let before = collector.traces().len();
    let mut rookery = started(&["--otlp-traces", "0"]);
    drop(ask(&rookery, "/ready"));
    assert_eq!(rookery.terminate().code, Some(0));
    assert_eq!(collector.traces().len(), before);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let refused = testkit::run(program(), &["--data", data, "--otlp-traces", "2", "serve"], folder.path());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("a part between 0 and 1"), "{said}");
}
