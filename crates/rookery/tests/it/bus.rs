//! Several processes of the real program, on one database, with a real Redis between them: they hear each other at once;
//! and when Redis is gone, wrong or hostile, nothing is lost and nobody is held up.

use crate::program;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use testkit::{
    Actor, Browser, EventStream, Libsql, Options, Redis, Request, Rookery, eventually, since_1970,
};

const PATIENCE: Duration = Duration::from_secs(60);
/// Nobody writes for so long: whoever has just found something looks again soon in any case.
const QUIET: Duration = Duration::from_millis(130);
const SECRET_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Two processes on one database behind libSQL, which can only be asked now and then.
struct Two {
    one: Rookery,
    two: Rookery,
    ada: Browser,
    _database: Libsql,
}

impl Two {
    fn start(args: &[&str]) -> Self {
        let database = Libsql::start();
        let common = ["--database-url", database.url(), "--database-token", database.token()];
        let common = common.iter().chain(&["--secret-key", SECRET_KEY]).chain(args);
        let args: Vec<String> = common.map(|&word| word.to_owned()).collect();
        let one = Rookery::with(program(), Options { args: args.clone(), ..Options::default() });
        let ada = one.administrator();
        let two = Rookery::with(program(), Options { args, is_set_up: true, ..Options::default() });
        ada.command("configure", json!({"autofill": false})).ok();
        Self { one, two, ada, _database: database }
    }

    /// Writes into the main nest at the first, so many times, with pauses, and how long each took to be heard at the second. Every one
    /// is heard once and in its order.
    fn lags(&self, count: u32) -> Vec<Duration> {
        let mut events = EventStream::open(&self.ada.at(self.two.site()), None);
        let mut offset = offset(&events.position());
        let behind = self.ada.main_nest()["offset"].as_u64();
        (0..behind.unwrap_or(offset).saturating_sub(offset)).for_each(|_| {
            events.next_event().unwrap();
            offset += 1;
        });
        let once = |at: u32| {
            std::thread::sleep(QUIET);
            self.ada.command("configure", json!({"queue_entries_max": 100 + at})).ok();
            let said_at = since_1970();
            let event = events.next_event().unwrap();
            offset += 1;
            assert_eq!(crate::bus::offset(&event.id), offset, "{event:?}");
            since_1970().saturating_sub(said_at)
        };
        let mut lags: Vec<Duration> = (0..count).map(once).collect();
        lags.sort();
        lags
    }
}

/// The last part of a position.
fn offset(id: &str) -> u64 {
    id.rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap().parse().unwrap()
}

fn metrics(rookery: &Rookery) -> String {
    rookery.site().send(Request::new("GET", "/metrics")).text()
}

/// A number, with its labels; 0 if it was never counted.
fn number(rookery: &Rookery, name: &str) -> f64 {
    let text = metrics(rookery);
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

fn is_connected(rookery: &Rookery) -> bool {
    metrics(rookery).lines().any(|line| line == "bus_connected 1")
}

fn connected(rookery: &Rookery) {
    eventually("the bus is connected", PATIENCE, || is_connected(rookery).then_some(()));
}

fn part(admin: &Browser, rookery: &Rookery) -> Value {
    let found = admin.at(rookery.site()).get("/health/deep").json();
    let parts = found["parts"].as_array().unwrap();
    parts.iter().find(|part| part["name"] == "bus").unwrap().clone()
}

#[test]
fn two_processes_on_libsql_hear_each_other_by_the_bus_long_before_they_would_look() {
    let alone = Two::start(&[]).lags(11);
    let redis = Redis::start();
    let together = Two::start(&["--bus-url", &redis.url()]);
    connected(&together.one);
    connected(&together.two);
    let lags = together.lags(21);
    let (with, without) = (lags[lags.len() / 2], alone[alone.len() / 2]);
    assert!(with * 2 < without, "with a bus {with:?}, without {without:?}: {lags:?} {alone:?}");
    assert!(number(&together.two, "bus_words_total{way=\"heard\"}") > 0.0);
    let seen = part(&together.ada, &together.two);
    assert!(
        seen["state"] == "well" && seen["value"].as_str().unwrap().contains("redis://127.0.0.1"),
        "{seen}"
    );
    // A nest that is opened there is here.
    let opened = together.ada.post("/api/v1/nests", json!({"name": "Attic"})).expect(201).json();
    let path = format!("/api/v1/nests/{}", opened["state"]["code"].as_str().unwrap().to_lowercase());
    let there = together.ada.at(together.two.site());
    eventually("it is opened here too", PATIENCE, || (there.get(&path).status == 200).then_some(()));
}

#[test]
fn redis_killed_in_the_middle_costs_nothing_but_time_and_words_flow_again_when_it_is_back() {
    let mut redis = Redis::start();
    let two = Two::start(&["--bus-url", &redis.url()]);
    connected(&two.one);
    connected(&two.two);
    assert_eq!(two.lags(3).len(), 3);
    redis.kill();
    // Each of these is heard once and in its order, or reading them fails.
    assert_eq!(two.lags(5).len(), 5);
    for rookery in [&two.one, &two.two] {
        eventually("it is noticed", PATIENCE, || (!is_connected(rookery)).then_some(()));
        assert_eq!(rookery.site().send(Request::new("GET", "/ready")).status, 200, "it serves all the same");
    }
    let seen = part(&two.ada, &two.two);
    assert_eq!(seen["state"], "wrong");
    assert!(seen["advice"].as_str().unwrap().contains("#the-bus-is-away"), "{seen}");
    redis.restart();
    connected(&two.one);
    connected(&two.two);
    let before = number(&two.two, "bus_words_total{way=\"heard\"}");
    assert_eq!(two.lags(3).len(), 3);
    eventually("words flow again", PATIENCE, || {
        (number(&two.two, "bus_words_total{way=\"heard\"}") > before).then_some(())
    });
    for rookery in [&two.one, &two.two] {
        let told = rookery.log().matches("the bus is away").count();
        assert_eq!(told, 1, "it is told once: {}", rookery.log());
    }
}

#[test]
fn a_flood_of_words_by_a_stranger_makes_nobody_look_much_more_often() {
    let redis = Redis::start();
    let two = Two::start(&["--bus-url", &redis.url()]);
    connected(&two.two);
    let said = redis.ask(&["PUBSUB CHANNELS rookery:*"]).unwrap();
    let channel = said.lines().find(|line| line.starts_with("rookery:")).unwrap().trim().to_owned();
    let word = format!("PUBLISH {channel} \"look 0123456789abcdef\"");
    let garbage = format!("PUBLISH {channel} \"{}\"", "x".repeat(5_000));
    let flood: Vec<&str> = (0..50).flat_map(|_| [word.as_str(), garbage.as_str()]).collect();
    let (looks, began) = (number(&two.two, "nest_looks_total"), since_1970());
    let mut said = 0_u32;
    while since_1970().saturating_sub(began) < Duration::from_secs(3) {
        redis.ask(&flood).unwrap();
        said += 50;
    }
    let looks = number(&two.two, "nest_looks_total") - looks;
    let took = since_1970().saturating_sub(began).as_secs_f64();
    // Five a second by words, after a few at first, and two by the database.
    assert!(looks <= took * 7.0 + 12.0, "{looks} looks in {took} s");
    assert!(f64::from(said) > looks * 2.0, "it was a flood: {said} words");
    assert!(number(&two.two, "bus_words_total{way=\"ignored\"}") > 0.0);
    assert!(is_connected(&two.two));
    assert_eq!(two.lags(3).len(), 3, "and what is written is heard");
}

#[test]
fn two_databases_that_share_a_redis_by_mistake_do_not_hear_each_other() {
    let redis = Redis::start();
    let start = |environment: &str| {
        let args = ["--bus-url", &redis.url(), "--environment", environment].map(str::to_owned).to_vec();
        let rookery = Rookery::with(program(), Options { args, ..Options::default() });
        let ada = rookery.administrator();
        connected(&rookery);
        (rookery, ada)
    };
    let all = [start("production"), start("production"), start("staging")];
    let said = |rookery: &Rookery| number(rookery, "bus_words_total{way=\"said\"}");
    // One after the other, so that what the first said has reached the others before they have said theirs.
    for (rookery, ada) in &all {
        let before = said(rookery);
        ada.command("configure", json!({"queue_entries_max": 77})).ok();
        eventually("it is said", PATIENCE, || (said(rookery) > before).then_some(()));
    }
    for (rookery, _) in &all {
        assert_eq!(number(rookery, "bus_words_total{way=\"heard\"}"), 0.0, "{}", metrics(rookery));
    }
    let channels = redis.ask(&["PUBSUB CHANNELS rookery:*"]).unwrap();
    let of = |environment: &str| channels.matches(&format!("rookery:{environment}:")).count();
    assert_eq!((of("production"), of("staging")), (2, 1), "{channels}");
}

/// What the doctor says of the bus, with variables set.
fn doctor(folder: &Path, variables: &[String], url: &str) -> Value {
    let mut words: Vec<&str> = variables.iter().map(String::as_str).collect();
    words.extend([program().to_str().unwrap(), "--bus-url", url, "doctor", "--json"]);
    let output = testkit::run(Path::new("env"), &words, folder);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains("hunter"), "{said}");
    let checks = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut of_bus = checks.filter(|check| check["check"] == "processes reach each other over the bus");
    of_bus.next().unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn the_doctor_says_what_is_wrong_with_a_bus() {
    let home = tempfile::tempdir().unwrap();
    let redis = Redis::with(&["--requirepass", "hunter22"]);
    let port = redis.port();
    let seen = |url: &str| {
        let check = doctor(home.path(), &[], url);
        (check["outcome"].as_str().unwrap().to_owned(), check["seen"].as_str().unwrap_or_default().to_owned())
    };
    let (outcome, said) = seen(&format!("redis://:hunter22@127.0.0.1:{port}"));
    assert!(outcome == "ok" && said.contains("a word came back"), "{said}");
    for (url, expected) in [
        (format!("redis://:hunter23@127.0.0.1:{port}"), "refuses the user or the password (WRONGPASS)"),
        (format!("redis://127.0.0.1:{port}"), "refuses the user or the password (NOAUTH)"),
        (format!("rediss://:hunter22@127.0.0.1:{port}"), "TLS with"),
        ("redis://127.0.0.1:9".to_owned(), "cannot be reached"),
    ] {
        let (outcome, said) = seen(&url);
        assert!(outcome == "wrong" && said.contains(expected), "{url}: {said}");
    }
    let (outcome, _) = seen("redis://127.0.0.1/queue");
    assert_eq!(outcome, "left_out", "that the setting does not hold is another check");
    assert_eq!(seen("").0, "left_out");
}

#[test]
fn tls_is_verified_and_a_wrong_certificate_is_refused() {
    let made = |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let (right, wrong) = (made("localhost"), made("localhost"));
    let redis = Redis::with_tls(&right.cert.pem(), &right.signing_key.serialize_pem());
    let url = format!("rediss://localhost:{}", redis.tls_port());
    let home = tempfile::tempdir().unwrap();
    let trusting = |name: &str, certificate: &rcgen::Certificate| {
        let path = home.path().join(name);
        std::fs::write(&path, certificate.pem()).unwrap();
        format!("SSL_CERT_FILE={}", path.display())
    };
    let (trusted, other) = (trusting("right", &right.cert), trusting("wrong", &wrong.cert));
    let found = doctor(home.path(), std::slice::from_ref(&trusted), &url);
    assert_eq!(found["outcome"], "ok", "{found}");
    let found = doctor(home.path(), std::slice::from_ref(&other), &url);
    assert!(found["outcome"] == "wrong" && found["seen"].as_str().unwrap().contains("TLS with"), "{found}");
    let by_address = format!("rediss://127.0.0.1:{}", redis.tls_port());
    let found = doctor(home.path(), std::slice::from_ref(&trusted), &by_address);
    assert_eq!(found["outcome"], "wrong", "the certificate names another: {found}");

    let args = vec!["--bus-url".to_owned(), url];
    let start = |variable: &str| {
        let wrapper = vec!["env".to_owned(), variable.to_owned()];
        Rookery::with(program(), Options { args: args.clone(), wrapper, ..Options::default() })
    };
    connected(&start(&trusted));
    let refused = start(&other);
    eventually("it is told", PATIENCE, || {
        refused.log().contains("TLS with rediss://localhost").then_some(())
    });
    assert!(!is_connected(&refused));
    assert_eq!(refused.site().send(Request::new("GET", "/ready")).status, 200);
}

#[test]
fn the_address_of_the_bus_comes_from_a_file_or_the_declaration_and_is_never_logged() {
    let redis = Redis::with(&["--requirepass", "hunter22"]);
    let home = tempfile::tempdir().unwrap();
    let url = format!("redis://:hunter22@127.0.0.1:{}", redis.port());
    let file = home.path().join("bus");
    std::fs::write(&file, format!("{url}\n")).unwrap();
    let declaration = home.path().join("rookery.toml");
    let address = SocketAddr::from(([127, 0, 0, 1], testkit::free_port()));
    let text = format!("[environments.beta]\nurl = \"http://{address}\"\nbus = \"{url}\"\n");
    std::fs::write(&declaration, text).unwrap();
    let ways = BTreeMap::from([
        ("a file", vec!["--bus-url-file".to_owned(), file.display().to_string()]),
        ("the declaration", vec!["--config".to_owned(), declaration.display().to_string()]),
    ]);
    for (way, mut args) in ways {
        args.extend(["--environment", "beta", "--log", "debug"].map(str::to_owned));
        let rookery =
            Rookery::with(program(), Options { args, address: Some(address), ..Options::default() });
        connected(&rookery);
        assert!(!rookery.log().contains("hunter"), "{way}: {}", rookery.log());
    }
    let words = ["--environment", "beta", "--bus-url", "http://:hunter22@h", "serve"];
    let refused = testkit::run(program(), &words, home.path());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        refused.status.code() == Some(1) && said.contains("redis://") && !said.contains("hunter"),
        "{said}"
    );
}
