//! Channels that other applications feed by signed webhooks: believed or refused, on disk before the answer, published once,
//! heard by members over the socket and as events, at every process, from where they were.

use crate::program;
use crate::sockets::play;
use serde_json::{Value, json};
use server::Config;
use standard_webhooks::{Keyring, Secret};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use testkit::{
    Actor, Browser, EventStream, Options, Postgres, Reply, Request, Rookery, Site, TestApp, eventually,
    guest, kill, member, run, since_1970,
};

/// Drawn once, for tests alone.
const NEW: &str = "whsec_o1n5T7r0dC9bX2mQ8vLk4jHs6gPzYwEuIaRtFqNiDxM=";
const OLD: &str = "whsec_kM3m8m5M0cU1lq0nH0c2yq5m3w8s4Xv9bJ7tQzR1LpE=";
const STRANGE: &str = "whsec_Zr8wQ1xN5vB3kM7jH2gF9dS4aP6oI0uYtReWqLzXcVc=";
const PATIENCE: Duration = Duration::from_secs(60);
const EVENTS: &str = "/api/v1/channels/orders/events";

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

/// A server that believes both secrets.
fn stage() -> (TestApp, Browser) {
    let keyring = Keyring::new(secret(NEW), Some(secret(OLD))).unwrap();
    let config = Config { webhook_secrets: Some(keyring), ..Config::default() };
    let app = TestApp::with(program(), config);
    let ada = app.administrator();
    (app, ada)
}

/// A webhook as its sender writes it.
struct Sent<'a> {
    secret: &'a str,
    channel: &'a str,
    id: &'a str,
    at_s: i64,
    body: &'a str,
}

impl Sent<'_> {
    fn signature(&self) -> String {
        secret(self.secret).sign(self.id, &self.at_s.to_string(), self.body.as_bytes())
    }

    fn request(&self) -> Request {
        self.request_with(&self.signature())
    }

    fn request_with(&self, signature: &str) -> Request {
        Request::new("POST", format!("/api/v1/channels/{}/webhooks", self.channel))
            .header("content-type", "application/json")
            .header("webhook-id", self.id)
            .header("webhook-timestamp", self.at_s.to_string())
            .header("webhook-signature", signature)
            .bytes(self.body)
    }
}

fn now_s() -> i64 {
    i64::try_from(since_1970().as_secs()).unwrap()
}

fn order<'a>(id: &'a str, body: &'a str) -> Sent<'a> {
    Sent { secret: NEW, channel: "orders", id, at_s: now_s(), body }
}

fn send(site: &Site, id: &str, body: &str) -> Reply {
    site.send(order(id, body).request())
}

fn offset(id: &str) -> u64 {
    id.rsplit_once(':').unwrap().1.parse().unwrap()
}

fn data(event: &testkit::Event) -> Value {
    serde_json::from_str(&event.data).unwrap()
}

#[test]
fn a_signed_webhook_is_published_once_and_members_hear_it() {
    let (app, ada) = stage();
    let first = send(app.site(), "m1", "{\"total\": 1}").expect(201).json();
    assert_eq!(first, json!({"offset": 1, "repeated": false}));
    let mut stream = EventStream::at(&member(&ada, "Ben"), EVENTS, None);
    let position = stream.position();
    assert_eq!(offset(&position), 1);
    // Numbers, the order of keys and what stands in texts stay as they are; line breaks between them go.
    let body = "{ \"z\" : 1.50,\n \"a\" : \"b\\nc: \\u00e4 ä\",\r\n\"n\": 12345678901234567890 }";
    assert_eq!(send(app.site(), "m2", body).expect(201).json()["offset"], 2);
    let event = stream.next_event().unwrap();
    assert_eq!(event.id, position.replace(":1", ":2"));
    assert!(
        event.data.contains("\"body\":{\"z\":1.50,\"a\":\"b\\nc: \\u00e4 ä\",\"n\":12345678901234567890}"),
        "{event:?}"
    );
    assert_eq!(data(&event)["id"], "m2");
    // The sender did not hear the answer, and signs anew.
    let again = Sent { at_s: now_s() + 7, ..order("m2", body) };
    assert_eq!(app.site().send(again.request()).expect(200).json(), json!({"offset": 2, "repeated": true}));
    // The same message may go to another channel, and Svix writes the headers otherwise.
    let other = Sent { channel: "deploys.eu-1", ..order("m2", "[]") };
    let request = Request::new("POST", "/api/v1/channels/deploys.eu-1/webhooks")
        .header("svix-id", "m2")
        .header("svix-timestamp", other.at_s.to_string())
        .header("svix-signature", other.signature())
        .bytes("[]");
    assert_eq!(app.site().send(request).expect(201).json()["offset"], 1);
    send(app.site(), "m3", "{}").expect(201).ok();
    let event = stream.next_event().unwrap();
    assert_eq!((offset(&event.id), data(&event)["id"].clone()), (3, json!("m3")), "nothing in between");
    // And what was missed comes again, from the log.
    let mut again = EventStream::at(&ada, EVENTS, Some(&position));
    let ids: Vec<Value> = again.take(2).iter().map(|event| data(event)["id"].clone()).collect();
    assert_eq!(ids, [json!("m2"), json!("m3")]);
}

#[test]
fn what_is_not_signed_just_now_with_the_secret_is_refused_and_told_what_to_do() {
    let (app, _) = stage();
    let good = order("m1", "{\"a\":1}");
    let refused = |request: Request, code: &str| {
        let problem = app.site().send(request).problem(401, code);
        let told = problem.to_string();
        for text in [NEW, OLD, "current", "previous"] {
            assert!(!told.contains(text), "{told}");
        }
        assert!(problem["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{told}");
        told
    };
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut request = Request::new("POST", "/api/v1/channels/orders/webhooks").bytes(good.body);
        let headers = [
            ("webhook-id", good.id.to_owned()),
            ("webhook-timestamp", good.at_s.to_string()),
            ("webhook-signature", good.signature()),
        ];
        for (name, value) in headers.into_iter().filter(|(name, _)| *name != missing) {
            request = request.header(name, value);
        }
        assert!(refused(request, "webhook_unsigned").contains(missing));
    }
    for at_s in [now_s() - 400, now_s() + 400] {
        refused(Sent { at_s, ..order("m1", "{}") }.request(), "webhook_time_outside");
    }
    refused(Sent { secret: STRANGE, ..order("m1", "{}") }.request(), "webhook_signature_wrong");
    refused(order("m2", good.body).request_with(&good.signature()), "webhook_signature_wrong");
    refused(order("m1", "{\"a\":2}").request_with(&good.signature()), "webhook_signature_wrong");
    for signature in ["", "v1,", &good.signature()[3..], &good.signature().replace("v1,", "v1a,")] {
        refused(good.request_with(signature), "webhook_signature_wrong");
    }
    // Whoever goes on guessing is not told any more; whoever is right is not concerned.
    let wrong = || app.site().send(Sent { secret: STRANGE, ..order("m1", "{}") }.request());
    let last = (0..40).map(|_| wrong()).find(|reply| reply.status != 401).unwrap();
    last.problem(429, "rate_limited");
    let several = format!("v1a,AAAA v2,x {}", good.signature());
    app.site().send(good.request_with(&several)).expect(201).ok();
}

#[test]
fn a_body_is_small_and_json_and_a_channel_has_a_plain_name() {
    let (app, _) = stage();
    let post = |body: &str| send(app.site(), "m1", body);
    for body in ["", "1", "\"x\"", "null", "{", "{}{}", "[1 2]", "{\"a\":\"line\nbreak\"}"] {
        post(body).problem(422, "invalid_input");
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    post(&deep).problem(422, "invalid_input");
    let large = |bytes: usize| format!("[\"{}\"]", "x".repeat(bytes - 4));
    post(&large(64 * 1024 + 1)).problem(413, "too_large");
    for channel in ["Orders", "-a", "a%20b", "a:b", "%C3%A9", &"x".repeat(65)] {
        // A name that is none is only told to somebody who is believed.
        let sent = Sent { channel, ..order("m1", "{}") };
        app.site().send(sent.request()).problem(422, "invalid_input");
        app.site().send(sent.request_with("v1,AAAA")).problem(401, "webhook_signature_wrong");
    }
    assert_eq!(post(&large(64 * 1024)).expect(201).json()["offset"], 1, "nothing else was published");
}

#[test]
fn without_a_secret_no_webhook_is_taken_and_it_is_told_what_to_set() {
    let app = crate::app();
    let problem = send(app.site(), "m1", "{}").problem(404, "webhooks_not_set_up");
    let told = problem["detail"].as_str().unwrap();
    assert!(told.contains("ROOKERY_WEBHOOK_SECRET") && told.contains("openssl rand -base64 32"), "{told}");
    let found = app.administrator().get("/api/v1/operations/webhook-secrets").ok();
    assert_eq!(found["secrets"], json!([]));
}

#[test]
fn channels_are_for_members_and_begin_with_their_first_webhook() {
    let (app, ada) = stage();
    ada.get(EVENTS).problem(404, "not_found");
    send(app.site(), "m1", "{}").expect(201).ok();
    app.anonymous().get(EVENTS).problem(401, "not_signed_in");
    guest(app.site(), "Gus").get(EVENTS).problem(403, "not_allowed");
    let bot = testkit::program(&ada, &["listen"]);
    let mut stream = EventStream::at(&bot, EVENTS, None);
    assert_eq!(offset(&stream.position()), 1);
    bot.delete(&format!("/api/v1/tokens/{}", bot.id)).problem(403, "not_allowed");
    ada.delete(&format!("/api/v1/tokens/{}", bot.id)).expect(204).ok();
    assert_eq!(stream.next_event(), None, "its token was revoked");
}

#[test]
fn a_position_that_is_too_old_or_of_another_stream_is_told_so() {
    let (app, ada) = stage();
    let large = format!("[\"{}\"]", "x".repeat(60_000));
    send(app.site(), "m0", "{}").expect(201).ok();
    let begun = EventStream::at(&ada, EVENTS, None).position();
    for at in 1..=20 {
        send(app.site(), &format!("m{at}"), &large).expect(201).ok();
    }
    // Twenty of them are more than one answer holds.
    let now = begun.replace(":1", ":21");
    for id in [begun.as_str(), "other:3", &begun.replace(":1", ":999")] {
        let event = EventStream::at(&ada, EVENTS, Some(id)).next_event().unwrap();
        assert_eq!((event.name.as_str(), &event.id), ("resync", &now), "{id}");
    }
    let recent = begun.replace(":1", ":18");
    let ids: Vec<u64> =
        EventStream::at(&ada, EVENTS, Some(&recent)).take(3).iter().map(|event| offset(&event.id)).collect();
    assert_eq!(ids, [19, 20, 21]);
}

#[test]
fn while_a_secret_takes_over_both_are_believed_and_both_sides_can_compare_fingerprints() {
    let (app, ada) = stage();
    let found = || ada.get("/api/v1/operations/webhook-secrets").ok();
    let before = found();
    let command = before["command"].as_str().unwrap().replace("$SECRET", OLD);
    let there = run(Path::new("sh"), &["-c", &command], app.folder());
    let of_old = String::from_utf8(there.stdout).unwrap().trim().to_owned();
    let known = |at: usize, key: &str| before["secrets"][at][key].clone();
    assert_eq!((known(0, "role"), known(1, "role")), (json!("current"), json!("previous")));
    assert_eq!((known(1, "fingerprint"), known(1, "used_at_ms")), (json!(of_old), Value::Null));
    assert_eq!(known(0, "fingerprint"), secret(NEW).fingerprint());
    assert!(!before.to_string().contains("whsec_"), "{before}");
    app.site().send(Sent { secret: OLD, ..order("m1", "{}") }.request()).expect(201).ok();
    let used = found();
    assert!(used["secrets"][1]["used_at_ms"].as_i64().unwrap() > 0, "{used}");
    assert_eq!(used["secrets"][0]["used_at_ms"], Value::Null);
    send(app.site(), "m2", "{}").expect(201).ok();
    assert!(found()["secrets"][0]["used_at_ms"].as_i64().unwrap() > 0);
    member(&ada, "Ben").get("/api/v1/operations/webhook-secrets").problem(403, "not_allowed");
}

/// The program with a secret, and its administrator.
fn started(data: Option<&Path>, more: &[&str], known: Option<&Browser>) -> (Rookery, Browser) {
    let args = ["--webhook-secret", NEW].iter().chain(more).map(|&word| word.to_owned()).collect();
    let data = data.map(Path::to_owned);
    let options = Options { args, data, is_set_up: known.is_some(), ..Options::default() };
    let rookery = Rookery::with(program(), options);
    let ada = known.map_or_else(|| rookery.administrator(), |known| known.at(rookery.site()));
    (rookery, ada)
}

#[test]
fn senders_and_listeners_that_others_wrote_understand_it() {
    let (rookery, ada) = started(None, &["--previous-webhook-secret", OLD], None);
    let people = json!({
        "ada": {"cookie": ada.cookie, "person": ada.person},
        "gus": {"cookie": guest(rookery.site(), "Gus").cookie},
        "secrets": [NEW, OLD], "strange": STRANGE,
    });
    play("channels", rookery.site(), &people, |_| String::new());
    let numbers = rookery.site().send(Request::new("GET", "/metrics")).text();
    for number in [
        "webhooks_received_total{signed_with=\"previous\"} 1",
        "webhooks_repeated_total 1",
        "webhooks_refused_total{reason=\"signature\"} 1",
    ] {
        assert!(numbers.lines().any(|line| line == number), "{number} is not in\n{numbers}");
    }
    assert_eq!(rookery.log().matches("signed with the previous secret").count(), 1, "{}", rookery.log());
    assert!(!rookery.log().contains("whsec_"));
}

#[test]
fn what_was_answered_is_there_after_kill_9_and_nothing_is_there_twice() {
    const SENDERS: usize = 4;
    let (mut rookery, ada) = started(None, &[], None);
    send(rookery.site(), "first", "{}").expect(201).ok();
    let begun = EventStream::at(&ada, EVENTS, None).position();
    let (site, pid) = (rookery.site().clone(), rookery.pid());
    let attempt = |id: &str| site.try_send(order(id, "{\"a\":1}").request()).ok().map(|reply| reply.status);
    // Each sends until nobody answers: what was answered, and what was only tried.
    let send_on = |sender: usize| {
        let tried = (0..1_000).map(|at| format!("m{sender}-{at}")).map(|id| (attempt(&id), id));
        let mut ended = false;
        let until_end = tried.take_while(move |(status, _)| !std::mem::replace(&mut ended, status.is_none()));
        until_end.collect::<Vec<_>>()
    };
    let tried: Vec<(Option<u16>, String)> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|sender| scope.spawn(move || send_on(sender))).collect();
        eventually("some were taken", PATIENCE, || {
            let known = EventStream::at(&ada, EVENTS, None).position();
            (offset(&known) > 20).then(|| kill(pid))
        });
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    });
    assert_eq!(tried.iter().filter(|(status, _)| status.is_none()).count(), SENDERS, "killed in the middle");
    rookery.kill();
    rookery.restart();
    for (before, id) in &tried {
        // As fast as it may be.
        let status = eventually("it is taken", PATIENCE, || attempt(id).filter(|status| *status != 429));
        let fits = if *before == Some(201) { status == 200 } else { [200, 201].contains(&status) };
        assert!(fits, "{id}: {before:?}, then {status}");
    }
    let heard = EventStream::at(&ada.at(rookery.site()), EVENTS, Some(&begun)).take(tried.len());
    let offsets: Vec<u64> = heard.iter().map(|event| offset(&event.id)).collect();
    assert_eq!(offsets, (2..tried.len() as u64 + 2).collect::<Vec<_>>());
    let published: BTreeSet<String> =
        heard.iter().map(|event| data(event)["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(published, tried.into_iter().map(|(_, id)| id).collect(), "each once");
}

/// What comes in at one process is heard at the other, once and in its order, and a listener who moves misses nothing.
fn two_processes(postgres: Option<&Postgres>) {
    let url = postgres.map(|server| server.url().to_owned());
    let more: Vec<&str> = url.iter().flat_map(|url| ["--database-url", url.as_str()]).collect();
    let (here, ada) = started(None, &more, None);
    let (there, ada_there) = started(Some(&here.data()), &more, Some(&ada));
    let (sites, sides) = ([here.site(), there.site()], [&ada, &ada_there]);
    send(here.site(), "m0", "{}").expect(201).ok();
    let mut stays = EventStream::at(&ada_there, EVENTS, None);
    stays.position();
    let mut moves = EventStream::at(&ada, EVENTS, None);
    let mut position = moves.position();
    for at in 1..=30_usize {
        let id = format!("m{at}");
        let body = json!({"at": at}).to_string();
        assert_eq!(send(sites[at % 2], &id, &body).expect(201).json()["offset"], at + 1);
        // Tried again at the other one.
        assert_eq!(send(sites[(at + 1) % 2], &id, &body).expect(200).json()["offset"], at + 1);
        for stream in [&mut stays, &mut moves] {
            let event = stream.next_event().expect("the stream goes on");
            assert_eq!((offset(&event.id), data(&event)["body"]["at"].clone()), (at as u64 + 1, json!(at)));
            position.clone_from(&event.id);
        }
        moves = EventStream::at(sides[at % 2], EVENTS, Some(&position));
    }
}

#[test]
fn what_comes_in_at_one_process_is_heard_at_the_other_on_sqlite() {
    two_processes(None);
}

#[test]
fn what_comes_in_at_one_process_is_heard_at_the_other_on_postgres() {
    two_processes(Some(&Postgres::start()));
}

#[test]
fn a_webhook_secret_that_is_none_is_refused_before_anything_starts_and_the_doctor_tells_fingerprints() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("previous");
    std::fs::write(&file, format!("{OLD}\n")).unwrap();
    let file = file.display().to_string();
    for (variables, name) in [
        (vec!["ROOKERY_WEBHOOK_SECRET=whsec_changeme".to_owned()], "ROOKERY_WEBHOOK_SECRET cannot be used"),
        (vec!["WEBHOOK_SECRET=ws_secret_xxxx".to_owned()], "WEBHOOK_SECRET cannot be used"),
        (
            vec![format!("WEBHOOK_SECRET={OLD}"), format!("ROOKERY_PREVIOUS_WEBHOOK_SECRET_FILE={file}")],
            "ROOKERY_PREVIOUS_WEBHOOK_SECRET cannot be used",
        ),
    ] {
        let mut words: Vec<&str> = variables.iter().map(String::as_str).collect();
        words.extend([program().to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"]);
        let output = run(Path::new("env"), &words, home.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(name), "{said}");
        assert!(said.contains("openssl rand -base64 32") && !said.contains("changeme"), "{said}");
        assert!(!home.path().join("data").exists(), "nothing was begun");
    }
    let words = [
        &format!("WEBHOOK_SECRET={NEW}"),
        &format!("ROOKERY_PREVIOUS_WEBHOOK_SECRET_FILE={file}"),
        program().to_str().unwrap(),
        "doctor",
        "--json",
    ];
    let output = run(Path::new("env"), &words, home.path());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let checks = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut own = checks.filter(|check| check["check"] == "webhooks that come in have a secret");
    let seen = own.next().unwrap()["seen"].as_str().unwrap().to_owned();
    for secret in [secret(NEW), secret(OLD)] {
        assert!(seen.contains(secret.fingerprint()), "{seen}");
    }
    assert!(seen.contains("sha256sum") && !said.contains("whsec_"), "{said}");
}
