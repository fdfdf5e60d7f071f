//! The whole story of a change, on one machine with three environments, as whoever works on it types it: pushed, brought to
//! staging, promoted to beta, tried on some people of production, there for everybody; a bad one that goes by itself; a
//! step back that would lose something; and what was there at an instant before a mistake.

use crate::bare::{Bare, WAIT_MAX};
use crate::cook::GOOD;
use release::ReleaseId;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use testkit::eventually;

const PRODUCTION: &str = "http://10.77.0.2";
/// People who look at production all the while.
const VISITORS: usize = 4;

/// A release that does well in every environment but production, where it dies while it is watched.
const BAD: &str = "[ \"$4\" = production ] && (while sleep 0.2 && kill -0 $$; do\n\
    case $(tail -n 1 /srv/rookery/$4/deploys) in *'\"soaking\"'*) sleep 2; kill -9 $$ ;; esac\n\
    done) 2>/dev/null &\nexec /machine/rookery \"$@\"\n";

fn declaration() -> String {
    let mut text = String::new();
    for (name, port, more) in [
        ("staging", 8081, "trigger = { push = \"main\" }\nsoak = \"1s\""),
        ("beta", 8082, "trigger = { push = \"beta\" }\npromote_from = \"staging\"\nsoak = \"1s\""),
        (
            "production",
            80,
            "trigger = { release = \"published\" }\npromote_from = \"beta\"\nsoak = \"12s\"\n\
             canary = { steps = [1, 100], hold = \"4s\", samples_min = 5, always = [\"Ada\"] }",
        ),
    ] {
        let port_said = if port == 80 { String::new() } else { format!(":{port}") };
        write!(
            text,
            "[environments.{name}]\nurl = \"{PRODUCTION}{port_said}\"\ntarget = {{ ssh = \"deploy-{name}@10.77.0.2\" }}\n{more}\n\
             backups = {{ to = [\"file:/var/backups/rookery/{name}\"] }}\n\n[environments.{name}.settings]\n\
             listen = \"0.0.0.0:{port}\"\ntimezone = \"Europe/Berlin\"\n\n"
        )
        .unwrap();
    }
    text
}

struct Story {
    bare: Bare,
    /// What proves to production who asks.
    cookie: String,
}

impl Story {
    fn begin() -> Self {
        let bare = Bare::new();
        bare.declare(|_| declaration());
        bare.rookery(&bare.prepare(&[]));
        bare.rookery(&["env", "files", "--into", "deploy"]);
        Self { bare, cookie: String::new() }
    }

    /// What GitHub's runner does with the bytes of a run for an environment: its own steps, from its own file.
    fn workflow(&self, name: &str, folder: &Path) -> (bool, String) {
        let here = self.bare.laptop();
        let text =
            fs::read_to_string(here.join(format!("deploy/.github/workflows/deploy-{name}.yml"))).unwrap();
        let out = here.join("out");
        let _ = fs::remove_dir_all(&out);
        fs::create_dir_all(out.join("release")).unwrap();
        for file in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), out.join("release").join(file.file_name())).unwrap();
        }
        let program = format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_rookery"));
        fs::write(out.join("rookery"), program).unwrap();
        fs::set_permissions(out.join("rookery"), fs::Permissions::from_mode(0o644)).unwrap();
        let mut said = String::new();
        let summed = "cd out && sha256sum rookery > rookery.sha256".to_owned();
        for script in [summed, step(&text, "the bytes are whole"), step(&text, "release")] {
            let mut run = self.bare.command("bash", &["-c", &script]);
            run.env("GITHUB_STEP_SUMMARY", here.join("summary"));
            let done = run.output().unwrap();
            said.push_str(&String::from_utf8_lossy(&[&done.stdout[..], &done.stderr[..]].concat()));
            if !done.status.success() {
                return (false, said);
            }
        }
        (true, said)
    }

    #[track_caller]
    fn goes_out(&self, name: &str, folder: &Path) -> String {
        let (is_done, said) = self.workflow(name, folder);
        assert!(is_done, "{said}");
        said
    }

    #[track_caller]
    fn serves(&self, name: &str, release: &ReleaseId) {
        let status = self.bare.rookery(&["status", name]);
        assert!(status.starts_with(&format!("{release} serves in")), "{status}");
    }

    /// Asks production as Ada.
    fn asks(&self, method: &str, path: &str, body: &Value) -> Value {
        let (url, cookie) = (format!("{PRODUCTION}{path}"), format!("cookie: {}", self.cookie));
        let body = body.to_string();
        let mut words = vec!["--silent", "--show-error", "--fail-with-body", "-X", method, "-H", &cookie];
        if method != "GET" {
            words.extend(["-H", "content-type: application/json", "-d", &body]);
        }
        words.push(&url);
        let done = self.bare.types("curl", &words);
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{method} {path}: {said}");
        serde_json::from_str(&said).unwrap_or(Value::Null)
    }

    /// Ada sets production up.
    fn set_up(&mut self) {
        let link = self.as_service("admin-link");
        let token = link.trim().split_once("/welcome#").unwrap().1.to_owned();
        let body = json!({"token": token, "name": "Ada"}).to_string();
        let url = format!("{PRODUCTION}/api/v1/setup");
        let words = ["--silent", "--fail", "-i", "-H", "content-type: application/json", "-d", &body, &url];
        let done = self.bare.types("curl", &words);
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let cookies = said.lines().filter_map(|line| line.split_once(": "));
        let cookies = cookies.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let cookie = cookies.filter_map(|(_, value)| value.split(';').next()).next_back();
        self.cookie = cookie.unwrap().to_owned();
    }

    /// A command of production's program, as its service runs it.
    #[track_caller]
    fn as_service(&self, words: &str) -> String {
        self.bare.there(&format!("{} 2>&1", service_line(words)))
    }

    /// People who look at production until they are told to stop, some times a second each: whatever they take is not there for
    /// what they look at.
    fn visitors(&self) -> Visitors {
        let stop = self.bare.laptop().join("stop");
        let _ = fs::remove_file(&stop);
        let one = |number: usize| {
            let line = format!(
                "while [ ! -e stop ]; do curl --silent --max-time 20 -o /dev/null -w '%{{http_code}} %{{errormsg}}\\n' \
                 -H 'cookie: {}' {PRODUCTION}/api/v1/nests/main; sleep 0.1; done >answers-{number}",
                self.cookie
            );
            self.bare.command("bash", &["-c", &line]).stderr(Stdio::null()).spawn().unwrap()
        };
        Visitors((0..VISITORS).map(one).collect())
    }

    /// Whatever was no answer as it should be, and how many were.
    fn leave(&self, mut visitors: Visitors) -> (usize, Vec<String>) {
        fs::write(self.bare.laptop().join("stop"), "").unwrap();
        for visitor in &mut visitors.0 {
            visitor.wait().unwrap();
        }
        let read = |number| fs::read_to_string(self.bare.laptop().join(format!("answers-{number}"))).unwrap();
        let answers: Vec<String> = (0..VISITORS)
            .flat_map(|number| read(number).lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let (well, badly): (Vec<_>, Vec<_>) = answers.into_iter().partition(|line| line.starts_with("200"));
        (well.len(), badly)
    }
}

struct Visitors(Vec<Child>);

fn service_line(words: &str) -> String {
    format!(
        "cd / && runuser -u rookery-production -- /usr/local/bin/rookery --environment production \
         --config /etc/rookery/production/rookery.toml --data /var/lib/rookery/production {words}"
    )
}

/// The script of a workflow's step.
fn step(workflow: &str, name: &str) -> String {
    let mut lines = workflow.lines().skip_while(|line| line.trim() != format!("- name: {name}"));
    let run = lines.by_ref().find(|line| line.trim() == "run: |").unwrap();
    let depth = run.len() - run.trim_start().len();
    let script = lines.take_while(|line| line.is_empty() || line.len() - line.trim_start().len() > depth);
    script.map(|line| line.get(depth + 2..).unwrap_or("").to_owned() + "\n").collect()
}

#[test]
fn the_whole_story_from_a_push_to_an_instant_before_a_mistake() {
    let mut story = Story::begin();
    let first = |story: &mut Story| {
        let (folder, one) = story.bare.cook.release(1, GOOD, |_| {});
        // Nothing goes further than where it was proven.
        let (is_done, said) = story.workflow("production", &folder);
        assert!(!is_done && said.contains("takes what was proven in beta"), "{said}");
        story.goes_out("staging", &folder);
        story.bare.rookery(&["promote", "staging", "beta"]);
        story.goes_out("production", &folder);
        for name in ["staging", "beta", "production"] {
            story.serves(name, &one);
        }
        one
    };
    first(&mut story);
    story.set_up();

    let visitors = story.visitors();
    // A change is pushed, is looked at in staging, promoted, tried on some people, and is there for everybody.
    let (folder, two) = story.bare.cook.release(2, GOOD, |_| {});
    let said = story.goes_out("staging", &folder);
    assert!(said.contains("done: confirmed"), "{said}");
    let summary = fs::read_to_string(story.bare.laptop().join("summary")).unwrap();
    assert!(summary.ends_with(&format!("staging runs {two}\n")), "{summary}");
    story.bare.rookery(&["smoke", "http://10.77.0.2:8081"]);
    story.bare.rookery(&["promote", "staging", "beta"]);
    let said = story.goes_out("production", &folder);
    assert!(said.contains("trying it on some people; on 100 of 100 for 4 s"), "{said}");
    story.serves("production", &two);

    // One that is bad where nobody could know it before: it goes by itself, and the pipeline says so.
    let (folder, three) = story.bare.cook.release(3, BAD, |_| {});
    story.goes_out("staging", &folder);
    story.bare.rookery(&["promote", "staging", "beta"]);
    let refused = story.bare.refused(&["promote", "beta", "production", "--without-canary"]);
    assert!(refused.contains("Reverted"), "{refused}");
    story.serves("production", &two);
    story.serves("beta", &three);
    let (well, badly) = story.leave(visitors);
    // Whoever was being answered by the process that was killed is the only one who may have noticed.
    assert!(well > 500 && badly.len() <= VISITORS, "{well} answers, and {badly:?}");

    // A step back that would lose something asks first.
    let refused = story.bare.there(&format!("{} 2>&1 || true", service_line("migrate down 3")));
    assert!(refused.contains("--accept-loss"), "{refused}");
    assert!(story.asks("GET", "/api/v1/nests/main", &Value::Null)["state"].is_object());

    restored(&story);
}

/// A mistake, and what was there at an instant before it.
fn restored(story: &Story) {
    let title = |name: &str| {
        story.asks("POST", "/api/v1/nests/main/configure", &json!({"name": name}));
    };
    let named = |nest: &Value| nest["state"]["settings"]["name"].as_str().map(str::to_owned);
    title("As it was at three minutes past two");
    let there = "TZ=Europe/Berlin date '+%Y-%m-%d %H:%M:%S'";
    // What is shipped is told by when it was read from the log: twice a second, and later on a busy machine.
    let before = story.bare.there(&format!("sleep 5; {there}; sleep 1.1"));
    title("A mistake");
    let folder = "/var/tmp/story";
    story.bare.there(&format!("mkdir {folder} && chown rookery-production {folder}"));
    let restore = |to: &str, more: &str| {
        let from = "file:/var/backups/rookery/production";
        let line = service_line(&format!("restore --from {from} --at '{before}' --to {folder}/{to}{more}"));
        story.bare.there(&format!("{line} 2>&1 || true"))
    };
    // By clocks that are an hour or two behind this is still to come.
    let by_other_clocks = restore("none", " --timezone UTC");
    assert!(by_other_clocks.contains("still to come"), "{by_other_clocks}");
    // The log is shipped twice a second.
    let mut number = 0;
    eventually("the instant is in the backup", WAIT_MAX, || {
        number += 1;
        restore(&number.to_string(), "");
        let look = format!(
            "grep -qa 'three minutes past two' {folder}/{number}/rookery.db && mv {folder}/{number} {folder}/restored"
        );
        story.bare.machine.run(&["sh", "-c", &look]).status.success().then_some(())
    });
    // Beside what serves, and never over it.
    let nest = story.asks("GET", "/api/v1/nests/main", &Value::Null);
    assert_eq!(named(&nest).as_deref(), Some("A mistake"), "{nest}");
    story.bare.there(
        "systemd-run --quiet --unit=restored --uid=rookery-production --property=WorkingDirectory=/var/tmp/story \
         /usr/local/bin/rookery --data /var/tmp/story/restored serve --listen 127.0.0.1:4599",
    );
    let asked =
        format!("curl --silent --fail -H 'cookie: {}' http://127.0.0.1:4599/api/v1/nests/main", story.cookie);
    let nest = eventually("what was restored serves", WAIT_MAX, || {
        let done = story.bare.machine.run(&["sh", "-c", &asked]);
        done.status.success().then(|| serde_json::from_slice::<Value>(&done.stdout).unwrap())
    });
    assert_eq!(named(&nest).as_deref(), Some("As it was at three minutes past two"), "{before}: {nest}");
}
