//! Webhooks: a real receiver on loopback hears what happens in a nest, whatever goes wrong on the way.

use crate::{program, sockets};
use fakes::{Fault, Reply, Request as Received, Server};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Actor, Browser, Request, TestApp, eventually, guest, member, sound};

const PATIENCE: Duration = Duration::from_secs(20);

/// What came: headers and body.
type Mail = Arc<Mutex<Vec<(Value, String)>>>;

struct Stage {
    app: TestApp,
    ada: Browser,
    receiver: Server,
    mail: Mail,
    gate: Arc<Gate>,
}

/// Keeps whoever asks for `/slow` waiting.
#[derive(Default)]
struct Gate {
    knocked: AtomicBool,
    is_open: AtomicBool,
}

impl Gate {
    fn pass(&self) {
        self.knocked.store(true, Ordering::SeqCst);
        eventually("the gate opens", PATIENCE, || self.is_open.load(Ordering::SeqCst).then_some(()));
    }
}

fn stage() -> Stage {
    let outside = providers::Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] };
    let public_url = Some("https://music.example.org".to_owned());
    let config = server::Config { outside, public_url, ..server::Config::default() };
    let app = TestApp::with(program(), config);
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let mail = Mail::default();
    let inbox = Arc::clone(&mail);
    let gate = Arc::<Gate>::default();
    let door = Arc::clone(&gate);
    let receiver = Server::of(move |request: &Received| {
        if request.path == "/gone" {
            return Reply::empty(410);
        }
        if request.path == "/slow" {
            door.pass();
        }
        let headers = ["webhook-id", "webhook-timestamp", "webhook-signature", "content-type"];
        let headers: serde_json::Map<String, Value> =
            headers.iter().map(|name| ((*name).to_owned(), json!(request.header(name)))).collect();
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        inbox.lock().unwrap().push((Value::Object(headers), body));
        Reply::json(200, &json!({"ok": true}))
    });
    Stage { app, ada, receiver, mail, gate }
}

impl Stage {
    fn create(&self, path: &str, form: &str, events: &[&str]) -> Value {
        let url = format!("{}{path}", self.receiver.origin());
        let body = json!({"url": url, "form": form, "events": events});
        self.ada.send(Request::new("POST", "/api/v1/nests/main/webhooks").json(&body)).expect(201).json()
    }

    fn webhooks(&self) -> Value {
        self.ada.get("/api/v1/nests/main/webhooks").ok()
    }

    /// The messages, once there are as many.
    fn mail(&self, count: usize) -> Vec<Value> {
        eventually("messages arrive", PATIENCE, || (self.mail.lock().unwrap().len() >= count).then_some(()));
        self.mail.lock().unwrap().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    fn kinds(&self, count: usize) -> Vec<String> {
        self.mail(count).iter().map(|message| message["type"].as_str().unwrap().to_owned()).collect()
    }

    fn play(&self, name: &str) -> u64 {
        let track = self.ada.add_track(&format!("{name}.wav"), &sound::wav(440 + name.len() as u32, 300_000));
        self.ada.add(&track)
    }
}

fn verify(secret: &str, headers: &Value, body: &str) -> Value {
    sockets::install();
    let mut node = Command::new("node")
        .arg("webhook.mjs")
        .current_dir(sockets::folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("these tests need node");
    let asked = json!({"secret": secret, "headers": headers, "body": body}).to_string();
    node.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    serde_json::from_slice(&node.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_program_hears_what_happens_and_can_tell_that_it_was_us() {
    let stage = stage();
    let events = ["now_playing", "paused", "resumed", "skipped", "horn", "nest_opened"];
    let created = stage.create("/hook", "signed", &events);
    let secret = created["secret"].as_str().unwrap();
    stage.play("one");
    stage.ada.command("pause", json!({})).ok();
    stage.ada.command("resume", json!({})).ok();
    stage.ada.command("horn", json!({"sound": "goat"})).ok();
    stage.ada.command("vote", json!({"entry": 9_999, "direction": "up"})).problem(404, "unknown_entry");
    stage.ada.command("skip", json!({})).ok();
    assert_eq!(stage.kinds(5), ["now_playing", "paused", "resumed", "horn", "skipped"]);
    let (headers, body) = stage.mail.lock().unwrap()[0].clone();
    let heard = verify(secret, &headers, &body);
    let data = &heard["verified"]["data"];
    assert_eq!(
        (&data["added_by"]["name"], &data["nest"]["code"]),
        (&json!("Ada"), &json!("main")),
        "{heard}"
    );
    assert_eq!(data["nest"]["url"], "https://music.example.org/nest/main");
    assert!(!data["track"]["title"].as_str().unwrap().is_empty());
    assert!(verify(secret, &headers, &body.replace("Ada", "Eve"))["refused"].is_string(), "a changed body");
    assert!(verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &headers, &body)["refused"].is_string());
    let opened = stage.ada.send(Request::new("POST", "/api/v1/nests").json(&json!({"name": "Cellar"})));
    drop(opened.expect(201));
    stage.ada.command("configure", json!({"name": "Home"})).ok();
    let opened = &stage.mail(6)[5];
    assert_eq!((&opened["type"], &opened["data"]["nest"]["name"]), (&json!("nest_opened"), &json!("Cellar")));
    assert!(stage.webhooks()[0]["delivered_at_ms"].is_i64());
}

#[test]
fn slack_s_form_is_a_text_in_which_no_name_is_mark_up() {
    let stage = stage();
    stage.create("/services/T0/B0/x", "slack", &["now_playing", "paused"]);
    stage.ada.command("configure", json!({"name": "<!channel> | Attic"})).ok();
    stage.play("song");
    let message = stage.mail(1).remove(0);
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("added by Ada") && text.contains("&lt;!channel&gt;"), "{text}");
    assert!(!text.contains("<!channel>"), "{text}");
    assert_eq!(message["blocks"][0]["type"], "section");
    assert_eq!(message["blocks"][0]["text"], json!({"type": "mrkdwn", "text": text}));
    let (headers, _) = stage.mail.lock().unwrap()[0].clone();
    assert_eq!(headers["webhook-signature"], "", "Slack knows no signatures");
}

#[test]
fn what_did_not_arrive_is_sent_again_with_the_same_id_and_in_order() {
    let stage = stage();
    stage.create("/hook", "signed", &["now_playing", "paused", "resumed"]);
    stage.receiver.fail("/hook", Fault::Status(503));
    stage.receiver.fail("/hook", Fault::Garbage);
    stage.receiver.fail("/hook", Fault::TooMany { retry_after: Some(1) });
    stage.play("one");
    eventually("it fails", PATIENCE, || stage.webhooks()[0]["failure"].is_string().then_some(()));
    stage.ada.command("pause", json!({})).ok();
    stage.ada.command("resume", json!({})).ok();
    assert!(!stage.kinds(2).is_empty());
    assert_eq!(stage.kinds(2)[..2], ["paused", "resumed"], "200 with whatever body has arrived");
    let seen: Vec<u16> = stage.receiver.seen().iter().map(|seen| seen.status).collect();
    assert_eq!(seen[0], 503, "{seen:?}");
    eventually("it is well again", PATIENCE, || stage.webhooks()[0]["failure"].is_null().then_some(()));
}

#[test]
fn who_is_gone_is_told_no_more_until_a_host_says_so() {
    let stage = stage();
    let created = stage.create("/gone", "signed", &["paused"]);
    let id = created["webhook"]["id"].as_str().unwrap();
    stage.play("one");
    stage.ada.command("pause", json!({})).ok();
    eventually("it is given up", PATIENCE, || stage.webhooks()[0]["paused_at_ms"].is_i64().then_some(()));
    let tried = stage.receiver.seen().len();
    stage.ada.command("resume", json!({})).ok();
    stage.ada.command("pause", json!({})).ok();
    let test = Request::new("POST", format!("/api/v1/webhooks/{id}/test"));
    stage.ada.send(test).problem(502, "outside_failed");
    assert_eq!(stage.receiver.seen().len(), tried + 1, "only the test knocked");
    drop(stage.ada.send(Request::new("POST", format!("/api/v1/webhooks/{id}/resume"))).expect(204));
    assert!(stage.webhooks()[0]["paused_at_ms"].is_null());
    drop(stage.ada.send(Request::new("DELETE", format!("/api/v1/webhooks/{id}"))).expect(204));
    assert_eq!(stage.webhooks(), json!([]));
    stage.ada.send(Request::new("DELETE", format!("/api/v1/webhooks/{id}"))).problem(404, "not_found");
}

#[test]
fn a_receiver_that_never_answers_holds_up_no_song() {
    let stage = stage();
    stage.create("/slow", "signed", &["now_playing", "paused"]);
    stage.play("one");
    eventually("somebody knocks", PATIENCE, || stage.gate.knocked.load(Ordering::SeqCst).then_some(()));
    for _ in 0..5 {
        stage.ada.command("pause", json!({})).ok();
        stage.ada.command("resume", json!({})).ok();
    }
    assert!(
        stage.mail.lock().unwrap().is_empty(),
        "everything was accepted before the receiver had answered"
    );
}

#[test]
fn only_who_hosts_may_and_only_to_the_public_network() {
    let stage = stage();
    let path = "/api/v1/nests/main/webhooks";
    let body = |url: &str, events: &[&str]| json!({"url": url, "form": "signed", "events": events});
    let good = body("https://example.org/hook", &["paused"]);
    for other in [member(&stage.ada, "Ben"), guest(stage.app.site(), "Gus")] {
        other.get(path).problem(403, "not_allowed");
        other.send(Request::new("POST", path).json(&good)).problem(403, "not_allowed");
    }
    let post = |body: &Value| stage.ada.send(Request::new("POST", path).json(body));
    for url in
        ["http://example.org/", "https://192.168.1.1/", "https://[::1]/", "https://a:b@example.org/", "x", ""]
    {
        let problem = post(&body(url, &["paused"])).problem(422, "invalid_input");
        assert!(problem["detail"].as_str().unwrap().contains("url"), "{problem}");
    }
    post(&body("https://example.org/", &[])).problem(422, "invalid_input");
    drop(post(&body("https://example.org/", &["moon"])).expect(422));
    let cellar = stage.ada.send(Request::new("POST", "/api/v1/nests").json(&json!({"name": "Cellar"})));
    let code = cellar.expect(201).json()["state"]["code"].as_str().unwrap().to_owned();
    let of_cellar = Request::new("POST", format!("/api/v1/nests/{code}/webhooks"));
    stage
        .ada
        .send(of_cellar.json(&body("https://example.org/", &["nest_opened"])))
        .problem(422, "invalid_input");
    for _ in 0..10 {
        drop(post(&good).expect(201));
    }
    post(&good).problem(409, "too_many_webhooks");
    let shown = stage.webhooks().to_string();
    assert!(
        !shown.contains("/hook") && !shown.contains("whsec_"),
        "addresses and secrets are shown once: {shown}"
    );
}
