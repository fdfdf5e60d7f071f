//! The gate before an environment that is not for everybody: what strangers reach, and every way in.

use crate::program;
use ::access::{AllowList, Rules};
use fakes::{FakeGithub, HandClock, Issuer};
use identity::Admission;
use serde_json::{Value, json};
use server::{Config, GateConfig, GithubConfig, ProviderConfig, SignInConfig};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::{Actor, Options, Raw, Reply, Request, Rookery, Site, TestApp, run};

/// The key of servers in this process, as `testkit` has it.
const SECRET: &str = "0707070707070707070707070707070707070707070707070707070707070707";

pub fn gate(environment: &str) -> GateConfig {
    GateConfig {
        environment: environment.to_owned(),
        rules: Rules::with_bypasses(["/changelog"]).unwrap(),
        allow: AllowList::parse(["github:id:583231", "github:Ben", "github:our/team"]).unwrap(),
        pin: true,
        github: None,
        atproto: None,
    }
}

fn protected() -> TestApp {
    TestApp::with(program(), Config { gate: Some(gate("staging")), ..Config::default() })
}

/// The program beside a server in this process: the exit code, and all that was said.
fn beside(app: &TestApp, args: &[&str]) -> (Option<i32>, String) {
    let data = app.folder().display().to_string();
    let settings = ["--data", &data, "--secret-key", SECRET, "--environment", "staging"];
    let gate = ["--access-gate", "true", "--access-pin", "true", "--log", "off"];
    rookery(app.folder(), &[args, &settings, &gate].concat())
}

pub fn rookery(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = run(program(), args, folder);
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// A number that opens.
fn pin(app: &TestApp) -> String {
    let (code, said) = beside(app, &["access", "pin"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("for one person, once, within 10 minutes"), "{said}");
    said.lines().next().unwrap().to_owned()
}

/// A browser that keeps cookies, at the gate.
pub struct Visitor<'a> {
    site: &'a Site,
    pub cookies: Vec<(String, String)>,
}

impl<'a> Visitor<'a> {
    pub fn at(site: &'a Site) -> Self {
        Self { site, cookies: Vec::new() }
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub fn send(&mut self, request: Request) -> Reply {
        let reply = self.site.send(request.header("cookie", self.cookie()));
        for cookie in reply.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        reply
    }

    /// Goes to a page.
    pub fn go(&mut self, path: &str) -> Reply {
        self.send(Request::new("GET", path).header("accept", "text/html,*/*;q=0.8"))
    }

    /// Types a number at the gate, on the way to a page.
    fn type_pin(&mut self, pin: &str, to: &str) -> Reply {
        let form = format!("to={}&pin={}", to.replace('/', "%2F"), pin.replace(' ', "+"));
        let request = Request::new("POST", "/_access/pin").bytes(form);
        self.send(request.header("content-type", "application/x-www-form-urlencoded"))
    }

    fn come_in(app: &'a TestApp) -> Self {
        let mut visitor = Self::at(app.site());
        drop(visitor.type_pin(&pin(app), "/").expect(303));
        visitor
    }
}

/// What the server answers to a path as it is, which no decent client sends.
fn raw(site: &Site, request: &str) -> String {
    let (line, cookie) = request.split_once('\n').unwrap_or((request, ""));
    let head = Raw::connect(site.address())
        .send(format!("{line} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"))
        .head();
    head.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

/// What becomes of a socket's handshake.
fn handshake(site: &Site, path: &str, cookie: &str) -> String {
    let head = Raw::connect(site.address())
        .send(format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ))
        .head();
    head.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

#[track_caller]
pub fn kept_by_nobody(reply: &Reply) {
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("x-robots-tag"), "noindex");
}

#[test]
fn a_stranger_gets_the_gate_s_page_for_a_page() {
    let app = protected();
    for path in ["/", "/nest/main", "/library?q=x", "/api/v1/session"] {
        let reply = Visitor::at(app.site()).go(path).expect(401);
        kept_by_nobody(&reply);
        let page = reply.text();
        assert!(page.contains("Not open to everybody") && page.contains("lang=\"en\""), "{page}");
        assert!(page.contains("name=\"pin\"") && !page.contains("GitHub"), "{page}");
        assert!(!page.contains("<script") && !page.contains("_app/"), "{page}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(reply.headers.get("set-cookie").is_none());
    }
    let request =
        Request::new("GET", "/").header("sec-fetch-mode", "navigate").header("accept-language", "de-AT");
    let page = app.site().send(request).expect(401).text();
    assert!(page.contains("Nicht für alle offen") && page.contains("lang=\"de\""), "{page}");
    // What it wanted is where it goes afterwards, and nowhere else.
    let page = Visitor::at(app.site()).go("/nest/main?a=%22%3E").text();
    assert!(page.contains("name=\"to\" value=\"/nest/main?a=%22%3E\""), "{page}");
    assert!(Visitor::at(app.site()).go("/_access?to=//evil.test").text().contains("name=\"to\" value=\"/\""));
}

#[test]
fn staging_gate_matrix_a_stranger_gets_a_problem_for_anything_else_and_no_socket() {
    let app = protected();
    for path in
        ["/", "/api/v1/server", "/api/v1/session", "/queue/", "/metrics", "/_app/immutable/x.js", "/theme.js"]
    {
        let problem = app.anonymous().get(path);
        kept_by_nobody(&problem);
        let problem = problem.problem(401, "access_required");
        assert!(problem["hint"].as_str().unwrap().contains("Rookery-Access-Token"), "{problem}");
    }
    app.anonymous()
        .post("/api/v1/guests", json!({"name": "x", "nest": "main"}))
        .problem(401, "access_required");
    app.anonymous().upload("x.wav", &[0; 100_000]).problem(401, "access_required");
    app.anonymous().delete("/health").problem(401, "access_required");
    // A script's request is no page, whatever it would take.
    let script = Request::new("GET", "/").header("sec-fetch-mode", "cors").header("accept", "text/html");
    app.site().send(script).problem(401, "access_required");
    for path in ["/api/v1/socket", "/connection/websocket"] {
        assert_eq!(handshake(app.site(), path, ""), "401", "{path}");
    }
}

#[test]
fn oauth_metadata_public_on_staging_and_what_else_is_listed_and_nothing_that_looks_like_it() {
    let app = protected();
    for (path, status) in [
        ("/health", 200),
        ("/ready", 200),
        ("/docs", 200),
        ("/docs/problems", 200),
        ("/robots.txt", 200),
        ("/.well-known/security.txt", 404),
        ("/.well-known/acme-challenge/abc", 404),
        ("/.well-known/atproto-did", 404),
        ("/oauth-client-metadata.json", 404),
        ("/icons/none", 404),
        ("/changelog", 404),
    ] {
        kept_by_nobody(&app.anonymous().get(path).expect(status));
    }
    assert_ne!(app.anonymous().get("/manifest.webmanifest").status, 401);
    // A module that works in the background: browsers fetch it as strangers.
    assert_ne!(app.anonymous().get("/service-worker.js").status, 401);
    assert_eq!(app.anonymous().get("/robots.txt").text(), "User-agent: *\nDisallow: /\n");
    for path in [
        "/health/../api/v1/session",
        "/health/..",
        "/./health",
        "//health",
        "/health//",
        "/health/",
        "/health%2f..",
        "/health%2F..%2Fapi",
        "/%68ealth",
        "/Health",
        "/HEALTH",
        "/health.",
        "/health;x",
        "/health/x",
        "/icons/../api/v1/session",
        "/icons/%2e%2e/api/v1/session",
        "/.well-known/../metrics",
        "/.well-known",
        "/_access/other",
        "/changelog/x",
        "/api/v1/sign-in/google/callback",
        "http://x/api/v1/session",
        "http://x//health",
    ] {
        assert_eq!(raw(app.site(), &format!("GET {path}")), "401", "{path}");
    }
    assert_eq!(raw(app.site(), "GET http://x/health"), "200");
    assert_eq!(raw(app.site(), "POST /health"), "401");
}

#[test]
fn a_preflight_of_an_own_page_passes_and_others_do_not() {
    let app = protected();
    let ask = |origin: &str, asks: bool| {
        let request = Request::new("OPTIONS", "/api/v1/session").header("origin", origin);
        let request = if asks { request.header("access-control-request-method", "POST") } else { request };
        app.site().send(request)
    };
    ask(&app.site().base(), true).problem(405, "method_not_allowed");
    ask(&app.site().base(), false).problem(401, "access_required");
    ask("https://evil.test", true).problem(401, "access_required");
}

#[test]
fn a_number_lets_one_browser_in_once() {
    let app = protected();
    let number = pin(&app);
    let mut visitor = Visitor::at(app.site());
    let reply = visitor.type_pin(&number, "/nest/main").expect(303);
    assert_eq!(reply.header("location"), "/nest/main");
    let cookies: Vec<_> =
        reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let guarded = cookies.iter().find(|cookie| cookie.starts_with("__Host-rookery-gate-staging=")).unwrap();
    for part in ["Path=/", "Max-Age=604800", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(guarded.contains(part), "{guarded}");
    }
    for path in ["/", "/nest/main", "/docs", "/api/v1/server", "/api/v1/session"] {
        kept_by_nobody(&visitor.go(path).expect(200));
    }
    for path in ["/api/v1/socket", "/connection/websocket"] {
        assert_eq!(handshake(app.site(), path, &visitor.cookie()), "101", "{path}");
    }
    assert!(visitor.go("/_access").expect(200).text().contains("You are in."));
    // The number is used up.
    let mut other = Visitor::at(app.site());
    let page = other.type_pin(&number, "/").expect(403).text();
    assert!(page.contains("role=\"alert\"") && page.contains("opens nothing"), "{page}");
    drop(other.go("/").expect(401));
    // Whoever leaves is a stranger again.
    drop(visitor.send(Request::new("POST", "/_access/leave")).expect(303));
    drop(visitor.go("/").expect(401));
}

#[test]
fn a_number_opens_nothing_after_its_time_and_a_pass_ends() {
    let app = protected();
    let late = pin(&app);
    app.advance(Duration::from_secs(10 * 60));
    drop(Visitor::at(app.site()).type_pin(&late, "/").expect(403));
    let app = protected();
    let mut visitor = Visitor::come_in(&app);
    app.advance(Duration::from_secs(7 * 24 * 3600 - 120));
    drop(visitor.go("/").expect(200));
    app.advance(Duration::from_secs(121));
    drop(visitor.go("/").expect(401));
}

#[test]
fn guessing_numbers_is_bounded_and_disturbs_nobody_who_is_in() {
    let app = protected();
    let mut inside = Visitor::come_in(&app);
    let number = pin(&app);
    let mut guesser = Visitor::at(app.site());
    let tried = (0..30).map(|guess| guesser.type_pin(&format!("{guess:08}"), "/").status);
    let tried: Vec<u16> = tried.take_while(|status| *status == 403).collect();
    assert!((8..12).contains(&tried.len()), "{tried:?}");
    let page = guesser.type_pin(&number, "/").expect(429).text();
    assert!(page.contains("Too many numbers"), "{page}");
    for nonsense in ["", "12", "abcdefgh"] {
        drop(guesser.type_pin(nonsense, "/").expect(429));
    }
    drop(inside.go("/").expect(200));
}

#[test]
fn a_number_from_another_site_s_form_is_not_taken() {
    let app = protected();
    let number = pin(&app);
    let form = Request::new("POST", "/_access/pin").bytes(format!("to=%2F&pin={}", number.replace(' ', "")));
    let form = form
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.test");
    app.site().send(form).problem(403, "cross_site");
    drop(Visitor::at(app.site()).type_pin(&number, "//evil.test").expect(303));
}

#[test]
fn a_pass_of_another_environment_or_one_that_was_changed_opens_nothing() {
    let app = protected();
    let beta = TestApp::with(program(), Config { gate: Some(gate("beta")), ..Config::default() });
    let visitor = Visitor::come_in(&app);
    let value = &visitor.cookies[0].1;
    let with = |site: &Site, name: &str, value: &str| {
        site.send(Request::new("GET", "/api/v1/session").header("cookie", format!("{name}={value}"))).status
    };
    assert_eq!(with(app.site(), "__Host-rookery-gate-staging", value), 200);
    assert_eq!(with(beta.site(), "__Host-rookery-gate-staging", value), 401);
    assert_eq!(with(beta.site(), "__Host-rookery-gate-beta", value), 401);
    for at in [0, value.len() / 2, value.len() - 2] {
        let mut changed = value.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(with(app.site(), "__Host-rookery-gate-staging", &changed), 401, "{at}");
    }
    for value in ["", "x", "pin", &"A".repeat(4_000)] {
        assert_eq!(with(app.site(), "__Host-rookery-gate-staging", value), 401);
    }
}

#[test]
fn a_service_token_opens_until_it_is_revoked_and_leaves_bearers_alone() {
    let app = protected();
    let (code, said) = beside(&app, &["access", "token", "create", "checks"]);
    assert_eq!(code, Some(0), "{said}");
    let secret = said.trim().to_owned();
    assert!(secret.starts_with("rka_"), "{said}");
    let ask = |secret: &str| {
        let request = Request::new("GET", "/api/v1/session").header("rookery-access-token", secret);
        app.site().send(request)
    };
    kept_by_nobody(&ask(&secret).expect(200));
    // A token of rookery itself is neither needed nor enough.
    let setup =
        Request::new("POST", "/api/v1/setup").json(&json!({"token": app.setup_token(), "name": "Ada"}));
    let setup = app.site().send(setup.header("rookery-access-token", &*secret)).expect(200);
    let cookie = setup.header("set-cookie").split(';').next().unwrap().to_owned();
    let own = Request::new("POST", "/api/v1/tokens").json(&json!({"label": "x", "scopes": ["listen"]}));
    let own = app.site().send(own.header("rookery-access-token", &*secret).header("cookie", cookie)).ok();
    let bearer = format!("Bearer {}", own["secret"].as_str().unwrap());
    let tracks = |gate: &str| {
        let request = Request::new("GET", "/api/v1/tracks").header("authorization", &*bearer);
        app.site().send(if gate.is_empty() { request } else { request.header("rookery-access-token", gate) })
    };
    tracks("").problem(401, "access_required");
    drop(tracks(&secret).expect(200));
    for wrong in
        ["", "rka_", &secret[..20], &secret.replace("rka_", "rkt_"), &format!("rka_{}", "A".repeat(43))]
    {
        ask(wrong).problem(401, "access_required");
    }
    let (_, listed) = beside(&app, &["access", "token", "list"]);
    assert!(listed.starts_with("checks  since 20") && !listed.contains("rka_"), "{listed}");
    let (code, said) = beside(&app, &["access", "token", "create", "checks"]);
    assert!(code == Some(1) && said.contains("there is a token `checks`"), "{said}");
    assert_eq!(beside(&app, &["access", "token", "revoke", "checks"]).0, Some(0));
    app.advance(Duration::from_secs(4));
    ask(&secret).problem(401, "access_required");
    assert_eq!(beside(&app, &["access", "token", "revoke", "checks"]).0, Some(1));
}

#[test]
fn tokens_that_are_guessed_are_counted() {
    let app = protected();
    let statuses: Vec<u16> = (0..60)
        .map(|guess| {
            // Its last letter has no bits to spare, so each of these could be one.
            let secret = format!("rka_{guess:042}A");
            let request = Request::new("GET", "/api/v1/session").header("rookery-access-token", secret);
            app.site().send(request).status
        })
        .take_while(|status| *status == 401)
        .collect();
    assert!((25..45).contains(&statuses.len()), "{}", statuses.len());
}

/// A server whose gate asks a fake GitHub.
fn with_github() -> (TestApp, FakeGithub) {
    // GitHub wants to know our address first: so it is chosen beforehand, by a name that people would use.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://localhost:{free}");
    let fake = FakeGithub::start(Arc::new(HandClock::default()), &format!("{base}/_access/github/callback"));
    for (login, id) in [("octocat", 583_231), ("ben", 2), ("cem", 3), ("dot", 4), ("eve", 5)] {
        fake.add(login, id);
    }
    fake.add_to_team("our", "team", "cem", true);
    fake.add_to_team("our", "team", "dot", false);
    let github = GithubConfig {
        client_id: FakeGithub::CLIENT_ID.to_owned(),
        client_secret: providers::Secret::new(FakeGithub::CLIENT_SECRET),
        sign_in: fake.server.origin(),
        api: fake.server.origin(),
    };
    let gate = GateConfig { github: Some(github), ..gate("staging") };
    let config = Config { gate: Some(gate), public_url: Some(base), ..Config::default() };
    (TestApp::with(program(), config), fake)
}

/// Where GitHub sends a browser back to, without our origin.
fn back_from(page: &str, login: &str) -> String {
    let back = fakes::follow(&format!("{page}&login={login}"), "http://localhost:");
    let (_, rest) = back.split_once("//").unwrap();
    format!("/{}", rest.split_once('/').unwrap().1)
}

#[test]
fn people_of_github_who_are_on_the_list_come_in_and_others_do_not() {
    let (app, _fake) = with_github();
    let come = |login: &str| {
        let mut visitor = Visitor::at(app.site());
        let page = visitor.go("/nest/main").expect(401).text();
        assert!(page.contains("href=\"/_access/github?to=/nest/main\""), "{page}");
        let away = visitor.go("/_access/github?to=/nest/main").expect(303).header("location").to_owned();
        assert!(away.contains("code_challenge_method=S256") && away.contains("scope=read%3Aorg"), "{away}");
        let reply = visitor.go(&back_from(&away, login));
        kept_by_nobody(&reply);
        (visitor, reply)
    };
    // By number, by name, by team.
    for login in ["octocat", "ben", "cem"] {
        let (mut visitor, reply) = come(login);
        assert_eq!(reply.expect(303).header("location"), "/nest/main", "{login}");
        drop(visitor.go("/nest/main").expect(200));
        assert!(!visitor.cookies.iter().any(|(name, _)| name.contains("attempt")), "the attempt is over");
    }
    // Only invited to the team, and unknown.
    for login in ["dot", "eve"] {
        let (mut visitor, reply) = come(login);
        assert!(reply.expect(403).text().contains("not on the list"), "{login}");
        drop(visitor.go("/nest/main").expect(401));
    }
    let (_, refused) = come("nobody");
    assert!(refused.expect(410).text().contains("Begin again"));
}

#[test]
fn a_way_back_from_github_opens_only_in_the_browser_that_began() {
    let (app, _fake) = with_github();
    let mut visitor = Visitor::at(app.site());
    let away = visitor.go("/_access/github?to=//evil.test").expect(303).header("location").to_owned();
    let back = back_from(&away, "octocat");
    drop(Visitor::at(app.site()).go(&back).expect(410));
    assert_eq!(visitor.go(&back).expect(303).header("location"), "/");
    // The code is used up.
    visitor.cookies.clear();
    drop(visitor.go(&back).expect(410));
}

#[test]
fn a_github_that_is_away_is_told_and_nobody_gets_in() {
    let (app, fake) = with_github();
    let mut visitor = Visitor::at(app.site());
    let away = visitor.go("/_access/github").expect(303).header("location").to_owned();
    let back = back_from(&away, "octocat");
    fake.server.fail("/user", fakes::Fault::Status(502));
    assert!(visitor.go(&back).expect(502).text().contains("GitHub does not answer"));
    drop(visitor.go("/").expect(401));
}

#[test]
fn d10_the_own_sign_in_works_behind_the_gate() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://localhost:{free}");
    let callback = "/api/v1/sign-in/oidc/callback";
    let issuer = Issuer::start(&[format!("{base}{callback}")]);
    let provider = ProviderConfig {
        id: "oidc".into(),
        name: "The issuer".into(),
        issuer: issuer.origin().into(),
        client_id: Issuer::CLIENT_ID.into(),
        client_secret: Some(providers::Secret::new(Issuer::CLIENT_SECRET)),
        callback_path: callback.into(),
    };
    let sign_in = SignInConfig {
        providers: vec![provider],
        admission: Admission::parse("example.org"),
        ..SignInConfig::default()
    };
    let gate = Some(gate("staging"));
    let app = TestApp::with(program(), Config { gate, sign_in, public_url: Some(base), ..Config::default() });
    // What services ask of a stranger is answered: the metadata of a client, and a way back without an attempt.
    app.anonymous().get("/oauth-client-metadata.json").problem(404, "not_found");
    let strange = app.anonymous().get(&format!("{callback}?code=x&state=y")).expect(303);
    assert_eq!(strange.header("location"), "/sign-in?problem=sign_in_expired&return_to=/");
    app.anonymous().post("/api/v1/sign-in/oidc", json!({})).problem(401, "access_required");

    let mut visitor = Visitor::come_in(&app);
    let begun = visitor.send(Request::new("POST", "/api/v1/sign-in/oidc").json(&json!({}))).ok();
    let page = format!("{}&login_hint=ana", begun["url"].as_str().unwrap());
    let back = fakes::follow(&page, "http://localhost:");
    let path = format!("/{}", back.split_once("//").unwrap().1.split_once('/').unwrap().1);
    assert_eq!(visitor.go(&path).expect(303).header("location"), "/");
    let session = visitor.send(Request::new("GET", "/api/v1/session")).ok();
    assert_eq!(session["person"]["name"], "User ana");
    // Who signs out of rookery is inside the gate still; who leaves that is a stranger.
    visitor.cookies.retain(|(name, _)| !name.contains("gate"));
    visitor.send(Request::new("GET", "/api/v1/session")).problem(401, "access_required");
}

fn smoke(url: &str, args: &[&str]) -> (Option<i32>, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let output = run(program(), &[&["smoke", url, "--json"], args].concat(), folder.path());
    let lines = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn which<'a>(checks: &'a [Value], outcome: &str) -> Vec<&'a str> {
    let of = |check: &&Value| check["outcome"] == outcome;
    checks.iter().filter(of).filter_map(|check| check["check"].as_str()).collect()
}

#[test]
fn smoke_looks_at_the_gate_from_the_street_and_comes_in_with_a_token() {
    let app = protected();
    let (code, checks) = smoke(&app.site().base(), &["--protected"]);
    assert_eq!((code, which(&checks, "wrong")), (Some(0), Vec::<&str>::new()), "{checks:#?}");
    assert_eq!(which(&checks, "left_out"), ["what is behind the gate"]);
    assert!(which(&checks, "ok").contains(&"strangers are kept out of everything that is not open"));

    let (_, said) = beside(&app, &["access", "token", "create", "checks"]);
    let (code, checks) = smoke(&app.site().base(), &["--access-token", said.trim()]);
    assert_eq!((code, which(&checks, "wrong")), (Some(0), Vec::<&str>::new()), "{checks:#?}");
    assert!(which(&checks, "ok").contains(&"sockets come through: GET /api/v1/socket"), "{checks:#?}");

    let unknown = format!("rka_{}", "A".repeat(43));
    let (code, checks) = smoke(&app.site().base(), &["--access-token", &unknown]);
    assert_eq!((code, which(&checks, "wrong").len()), (Some(1), 1), "{checks:#?}");
}

#[test]
fn smoke_finds_out_that_what_should_be_protected_is_open() {
    let app = crate::app();
    let (code, checks) = smoke(&app.site().base(), &["--protected"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        which(&checks, "wrong"),
        ["strangers are kept out of everything that is not open"],
        "{checks:#?}"
    );
    let advice = checks.iter().find(|check| check["outcome"] == "wrong").unwrap()["advice"].to_string();
    assert!(advice.contains("rookery access test"), "{advice}");
}

#[test]
fn the_real_program_is_gated_where_access_is_declared_and_a_new_start_knows_old_passes() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("rookery.toml");
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let declared = format!(
        "[environments.staging]\nurl = \"http://{address}\"\naccess = {{ pin = true, bypass = [\"/changelog\"] }}\n\
         [environments.production]\nurl = \"https://music.example.org\"\ndata = \"production\"\n"
    );
    std::fs::write(&file, declared).unwrap();
    let args = ["--environment", "staging", "--config", file.to_str().unwrap()].map(str::to_owned);
    let options = Options { args: args.to_vec(), address: Some(address), ..Options::default() };
    let mut server = Rookery::with(program(), options);
    let data = server.data().display().to_string();
    let ask = |words: &[&str]| {
        let place =
            ["--data", &data, "--environment", "staging", "--config", file.to_str().unwrap(), "--log", "off"];
        rookery(home.path(), &[words, &place].concat())
    };
    let (code, said) = ask(&["access", "pin"]);
    assert_eq!(code, Some(0), "{said}");
    let site = server.site().clone();
    let mut visitor = Visitor::at(&site);
    drop(visitor.go("/").expect(401));
    drop(visitor.type_pin(said.lines().next().unwrap(), "/").expect(303));
    drop(visitor.go("/").expect(200));
    let cookies = visitor.cookies.clone();
    server.terminate();
    server.restart();
    let site = server.site().clone();
    let mut visitor = Visitor { site: &site, cookies };
    drop(visitor.go("/").expect(200));
    drop(Visitor::at(&site).go("/").expect(401));
}

#[test]
fn a_gate_that_nobody_gets_through_or_that_lets_everybody_in_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (settings, says) in [
        (vec!["--access-gate", "true"], "nobody would get through the gate"),
        (vec!["--access-gate", "true", "--access-allow", "github:ana"], "nobody would get through the gate"),
        (vec!["--access-gate", "true", "--access-allow", "ana"], "`ana` names nobody"),
        (vec!["--access-gate", "true", "--access-allow", "did:plc:abc"], "`did:plc:abc` is nobody"),
        (vec!["--access-gate", "true", "--access-allow", "at:ana.local"], "`at:ana.local` is nobody"),
        (vec!["--access-gate", "true", "--access-pin", "true", "--access-bypass", "/*"], "no protection"),
        (
            vec!["--access-gate", "true", "--access-pin", "true", "--access-bypass", "/docs,/api/*"],
            "no protection",
        ),
        (vec!["--access-gate", "true", "--access-github-client-id", "x"], "go together"),
    ] {
        let (code, said) =
            rookery(folder.path(), &[&["serve", "--listen", "127.0.0.1:0"], &settings[..]].concat());
        assert_eq!(code, Some(1), "{settings:?}: {said}");
        assert!(said.contains(says), "{settings:?}: {said}");
    }
    assert!(!folder.path().join("data").exists(), "nothing was touched");
}

#[test]
fn a_path_is_explained_from_the_declaration() {
    let folder = tempfile::tempdir().unwrap();
    let declared = "[environments.staging]\nurl = \"https://stg.example.org\"\ndata = \"stg\"\n\
        access = { pin = true, bypass = [\"/changelog/*\"] }\n\
        [environments.production]\nurl = \"https://example.org\"\ndata = \"prod\"\n";
    std::fs::write(folder.path().join("rookery.toml"), declared).unwrap();
    let test = |args: &[&str]| rookery(folder.path(), &[&["access", "test"], args].concat());
    for (path, by) in [
        ("/health", "decided by /health open for GET and HEAD (built in: monitors ask whether it lives)"),
        ("/changelog/2026?x=1", "decided by /changelog/* open (declared"),
        ("/_access/pin", "it is where people come in"),
    ] {
        let (code, said) = test(&[path, "--environment", "staging"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(by) && said.contains("less specific: /* closed"), "{said}");
    }
    let (code, said) = test(&["/api/v1/session", "--environment", "staging"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("decided by /* closed") && said.contains("`access.bypass`"), "{said}");
    assert_eq!(test(&["/api/v1/session", "--preflight", "--environment", "staging"]).0, Some(0));
    assert_eq!(test(&["/health", "--method", "post", "--environment", "staging"]).0, Some(1));
    let (code, said) = test(&["/health/../api", "--environment", "staging"]);
    assert!(code == Some(1) && said.contains("in two ways"), "{said}");
    let (code, said) = test(&["/api/v1/session", "--environment", "production"]);
    assert!(code == Some(0) && said.contains("production has no gate"), "{said}");
    let (code, said) = rookery(folder.path(), &["access", "pin", "--environment", "production"]);
    assert!(code == Some(1) && said.contains("no number opens production"), "{said}");
}
