//! Signing in with another service, against a real OpenID provider, through the front doors of both.

use crate::{history, program};
use fakes::Issuer;
use identity::Admission;
use serde_json::{Value, json};
use server::{Config, ProviderConfig, SignInConfig};
use std::net::TcpListener;
use std::time::Duration;
use testkit::{Actor, Anonymous, Browser, Reply, Request, Site, TestApp, guest, member};

const NATIVE: &str = "/api/v1/sign-in/oidc/callback";
const KNOWN: &str = "/authentication/callback";

struct Scene {
    app: TestApp,
    issuer: Issuer,
}

/// A browser that keeps cookies and is sent from page to page.
struct Visit<'a> {
    scene: &'a Scene,
    cookies: Vec<(String, String)>,
}

fn scene(domains: &str) -> Scene {
    scene_with(domains, |_| {})
}

fn scene_with(domains: &str, change: impl FnOnce(&mut Config)) -> Scene {
    // The provider wants to know our address first, and we want to know its: so ours is chosen beforehand, by a name
    // that people would use.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://localhost:{free}");
    let issuer = Issuer::start(&[format!("{base}{NATIVE}"), format!("{base}{KNOWN}")]);
    let provider = |id: &str, callback: &str| ProviderConfig {
        id: id.into(),
        name: format!("The {id}"),
        issuer: issuer.origin().into(),
        client_id: Issuer::CLIENT_ID.into(),
        client_secret: Some(providers::Secret::new(Issuer::CLIENT_SECRET)),
        callback_path: callback.into(),
    };
    let sign_in = SignInConfig {
        providers: vec![provider("oidc", NATIVE), provider("google", KNOWN)],
        admission: Admission::parse(domains),
        ..SignInConfig::default()
    };
    let mut config = Config { public_url: Some(base), sign_in, ..Config::default() };
    change(&mut config);
    Scene { app: TestApp::with(program(), config), issuer }
}

impl Scene {
    fn site(&self) -> &Site {
        self.app.site()
    }

    fn visit(&self) -> Visit<'_> {
        Visit { scene: self, cookies: Vec::new() }
    }

    /// Somebody new comes in.
    #[track_caller]
    fn sign_in(&self, account: &str) -> Browser {
        let mut visit = self.visit();
        assert_eq!(visit.come(account), "/");
        visit.browser()
    }

    fn audit(&self, ada: &Browser) -> Vec<String> {
        let page = ada.get("/api/v1/audit").ok();
        let name = |line: &Value| {
            let who = line["by_name"].as_str().unwrap_or("-");
            format!("{} {who} {}", line["action"].as_str().unwrap(), line["detail"].as_str().unwrap())
        };
        page["entries"].as_array().unwrap().iter().map(name).collect()
    }
}

impl Visit<'_> {
    fn send(&mut self, request: Request) -> Reply {
        let cookie: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = self.scene.site().send(request.header("cookie", cookie.join("; ")));
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

    /// Begins; the address of the provider's page.
    #[track_caller]
    fn begin(&mut self, provider: &str, body: &Value) -> String {
        let path = format!("/api/v1/sign-in/{provider}");
        let reply = self.send(Request::new("POST", path).json(body));
        reply.ok()["url"].as_str().unwrap().to_owned()
    }

    /// Goes to the provider as `account`; where it sends the browser, without our origin.
    fn away(&self, page: &str, account: &str) -> String {
        let page = format!("{page}&login_hint={account}");
        let back = fakes::follow(&page, "http://localhost:");
        let (_, rest) = back.split_once("//").unwrap();
        format!("/{}", rest.split_once('/').unwrap().1)
    }

    /// Comes back; the page of ours that the browser is sent to.
    #[track_caller]
    fn back(&mut self, path: &str) -> String {
        let reply = self.send(Request::new("GET", path)).expect(303);
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        reply.header("location").to_owned()
    }

    fn come(&mut self, account: &str) -> String {
        let page = self.begin("oidc", &json!({}));
        let back = self.away(&page, account);
        self.back(&back)
    }

    fn session(&mut self) -> Value {
        self.send(Request::new("GET", "/api/v1/session")).ok()
    }

    fn browser(&mut self) -> Browser {
        let session = self.session();
        let (name, value) = self.cookies.iter().find(|(name, _)| name.starts_with("__Host-")).unwrap();
        let cookie = format!("{name}={value}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (person, device) = (text(&session["person"]["id"]), text(&session["device_id"]));
        Browser::known(self.scene.site(), cookie, person, device)
    }
}

#[test]
fn an_allowed_address_makes_a_member_once_who_comes_back_to_where_they_were() {
    let scene = scene("example.org");
    let mut visit = scene.visit();
    let page = visit.begin("oidc", &json!({"return_to": "/nest/main"}));
    for part in ["state=", "nonce=", "code_challenge_method=S256", "client_id=rookery"] {
        assert!(page.contains(part), "{page}");
    }
    let back = visit.away(&page, "ana");
    assert_eq!(visit.back(&back), "/nest/main");
    let session = visit.session();
    assert_eq!(
        (&session["person"]["name"], &session["person"]["role"]),
        (&json!("User ana"), &json!("member"))
    );
    assert!(!visit.cookies.iter().any(|(name, _)| name.contains("attempt")), "the attempt is over");
    // The same account in another browser is the same person.
    let again = scene.sign_in("ana");
    assert_eq!(json!(again.person), session["person"]["id"]);
    assert_ne!(json!(again.device), session["device_id"]);
    // And the way of other software leads in as well.
    let mut known = scene.visit();
    let page = known.begin("google", &json!({}));
    let back = known.away(&page, "ana");
    assert!(back.starts_with(KNOWN), "{back}");
    assert_eq!(known.back(&back), "/");
    assert_eq!(known.session()["person"]["id"], session["person"]["id"]);
}

#[test]
fn what_is_offered_is_said_to_everybody_and_nothing_that_is_not_there() {
    let scene = scene("");
    let server = scene.app.anonymous().get("/api/v1/server").ok();
    assert_eq!(
        server["sign_in"],
        json!([{"id": "oidc", "name": "The oidc"}, {"id": "google", "name": "The google"}])
    );
    for provider in ["nobody", "development"] {
        let path = format!("/api/v1/sign-in/{provider}");
        scene.app.anonymous().post(&path, json!({})).problem(404, "not_found");
    }
}

#[test]
fn nobody_unknown_comes_in_without_a_list_and_the_invited_do() {
    let scene = scene("");
    let ada = scene.app.administrator();
    let mut stranger = scene.visit();
    assert_eq!(stranger.come("eve"), "/sign-in?problem=not_on_the_list&return_to=/");
    assert_eq!(stranger.session()["person"], Value::Null);

    let invitation = json!({"role": "member", "uses_max": 1, "expires_in_s": 3600});
    let url = ada.post("/api/v1/invitations", invitation).ok()["url"].as_str().unwrap().to_owned();
    let secret = url.split_once('#').unwrap().1;
    let mut invited = scene.visit();
    let page = invited.begin("oidc", &json!({"invitation": secret}));
    let back = invited.away(&page, "ben");
    assert_eq!(invited.back(&back), "/");
    assert_eq!(invited.session()["person"]["role"], "member");
    // The link is used up, the account is known.
    let mut late = scene.visit();
    let page = late.begin("oidc", &json!({"invitation": secret}));
    let back = late.away(&page, "cleo");
    assert!(late.back(&back).contains("problem=not_on_the_list"));
    scene.sign_in("ben");
}

#[test]
fn a_wrong_domain_an_unverified_address_and_a_cancelled_login_sign_nobody_in_and_are_written_down() {
    let scene = scene("team.example");
    let ada = scene.app.administrator();
    for (account, code) in [
        ("ana", "not_on_the_list"),
        ("ana@sub.team.example", "not_on_the_list"),
        ("deny", "sign_in_cancelled"),
        ("unverified", "address_unverified"),
    ] {
        let mut visit = scene.visit();
        assert_eq!(visit.come(account), format!("/sign-in?problem={code}&return_to=/"), "{account}");
        assert_eq!(visit.session()["person"], Value::Null, "{account}");
        let newest = scene.audit(&ada).remove(0);
        assert_eq!(newest, format!("sign_in_failed - oidc: {code}"));
    }
    scene.sign_in("ana@team.example");
}

#[test]
fn an_attempt_belongs_to_one_browser_ten_minutes_and_one_service() {
    let scene = scene("*");
    let mut ours = scene.visit();
    let page = ours.begin("oidc", &json!({"return_to": "/library"}));
    let back = ours.away(&page, "ana");
    let expired = "/sign-in?problem=sign_in_expired&return_to=/";
    assert_eq!(scene.visit().back(&back), expired, "a browser that began nothing");
    let mut other = scene.visit();
    other.begin("oidc", &json!({}));
    assert_eq!(other.back(&back), expired, "a browser that began something else");
    let through = back.replace("/oidc/", "/google/");
    let mut crossed = scene.visit();
    crossed.cookies.clone_from(&ours.cookies);
    assert_eq!(crossed.back(&through), expired, "another service's way back");
    let mut forged = scene.visit();
    forged.cookies = vec![("__Host-rookery-attempt".into(), "AAAA".into())];
    assert_eq!(forged.back(&back), expired);

    let mut late = scene.visit();
    late.cookies.clone_from(&ours.cookies);
    // The provider lives by the real clock, so only our own limit can be tried by waiting.
    scene.app.advance(Duration::from_secs(601));
    assert_eq!(late.back(&back), expired, "eleven minutes later");
    assert_eq!(late.session()["person"], Value::Null);
}

#[test]
fn a_way_back_works_once() {
    let scene = scene("*");
    let mut visit = scene.visit();
    let page = visit.begin("oidc", &json!({}));
    let (back, kept) = (visit.away(&page, "ana"), visit.cookies.clone());
    assert_eq!(visit.back(&back), "/");
    let mut thief = scene.visit();
    thief.cookies = kept;
    assert!(thief.back(&back).contains("problem=sign_in_expired"));
    assert_eq!(thief.session()["person"], Value::Null);
}

#[test]
fn nobody_is_sent_to_another_site_or_begins_from_one() {
    let scene = scene("*");
    for wanted in ["https://evil.test/", "//evil.test", "/\\evil.test", "/api/v1/session"] {
        let mut visit = scene.visit();
        let page = visit.begin("oidc", &json!({"return_to": wanted}));
        let back = visit.away(&page, "ana");
        assert_eq!(visit.back(&back), "/", "{wanted}");
    }
    let request = Request::new("POST", "/api/v1/sign-in/oidc").json(&json!({}));
    let foreign = request.header("sec-fetch-site", "cross-site");
    scene.site().send(foreign).problem(403, "cross_site");
}

#[test]
fn a_member_links_several_accounts_and_keeps_one_way_in() {
    let scene = scene("");
    let ada = scene.app.administrator();
    let link = |browser: &Browser, account: &str| {
        let mut visit = scene.visit();
        let (name, value) = browser.cookie.split_once('=').unwrap();
        visit.cookies = vec![(name.into(), value.into())];
        let body = json!({"provider": "oidc"});
        let reply = visit.send(Request::new("POST", "/api/v1/session/identities").json(&body));
        let page = reply.ok()["url"].as_str().unwrap().to_owned();
        let back = visit.away(&page, account);
        visit.back(&back)
    };
    assert_eq!(link(&ada, "ada"), "/settings");
    assert_eq!(link(&ada, "ada.work"), "/settings");
    let linked = ada.get("/api/v1/session/identities").ok();
    let addresses: Vec<_> = linked.as_array().unwrap().iter().map(|one| one["address"].clone()).collect();
    assert_eq!(addresses, ["ada@example.org", "ada.work@example.org"]);
    assert_eq!(linked[0]["provider_name"], "The oidc");
    assert_eq!(scene.sign_in("ada.work").person, ada.person, "it signs her in");

    let ben = member(&ada, "Ben");
    assert_eq!(link(&ben, "ada"), "/sign-in?problem=identity_taken&return_to=/settings");
    ben.get("/api/v1/session/identities").ok().as_array().unwrap().is_empty().then_some(()).unwrap();

    let id = |at: usize| format!("/api/v1/session/identities/{}", linked[at]["id"].as_str().unwrap());
    ben.delete(&id(0)).problem(404, "not_found");
    assert_eq!(ada.delete(&id(0)).status, 204);
    ada.delete(&id(1)).problem(409, "last_way_in");
    assert_eq!(ada.delete(&format!("{}?even_if_last=true", id(1))).status, 204);
    let mut gone = scene.visit();
    assert!(gone.come("ada").contains("not_on_the_list"));
    let told = scene.audit(&ada);
    assert!(told.contains(&"identity_unlinked Ada The oidc".to_owned()), "{told:#?}");
    // Guests have nothing to link to, and programs no browser.
    let gus = guest(scene.site(), "Gus");
    gus.post("/api/v1/session/identities", json!({"provider": "oidc"})).problem(403, "not_allowed");
    let bot = testkit::program(&ada, &["administer"]);
    bot.post("/api/v1/session/identities", json!({"provider": "oidc"})).problem(403, "not_allowed");
}

#[test]
fn an_account_is_not_linked_to_whoever_signed_in_meanwhile() {
    let scene = scene("");
    let ada = scene.app.administrator();
    let ben = member(&ada, "Ben");
    let mut visit = scene.visit();
    visit.cookies = vec![pair(&ada.cookie)];
    let body = json!({"provider": "oidc"});
    let reply = visit.send(Request::new("POST", "/api/v1/session/identities").json(&body));
    let page = reply.ok()["url"].as_str().unwrap().to_owned();
    let back = visit.away(&page, "ada");
    visit.cookies.retain(|(name, _)| name.contains("attempt"));
    visit.cookies.push(pair(&ben.cookie));
    assert_eq!(visit.back(&back), "/sign-in?problem=sign_in_expired&return_to=/settings");
    assert_eq!(ben.get("/api/v1/session/identities").ok(), json!([]));
}

fn pair(cookie: &str) -> (String, String) {
    let (name, value) = cookie.split_once('=').unwrap();
    (name.to_owned(), value.to_owned())
}

#[test]
fn an_address_is_for_its_owner_and_administrators_alone_and_not_in_the_database_as_text() {
    let scene = scene("example.org");
    let ada = scene.app.administrator();
    let ana = scene.sign_in("ana");
    let ben = scene.sign_in("ben");
    ana.add_track("song.wav", &testkit::sound::wav(440, 300));
    for path in ["/api/v1/session", "/api/v1/nests", "/api/v1/nests/main", "/api/v1/tracks", "/api/v1/server"]
    {
        for browser in [&ana, &ben, &ada] {
            let text = browser.get(path).text();
            assert!(!text.contains("ana@") && !text.contains("example.org"), "{path}: {text}");
        }
    }
    ben.get("/api/v1/members").problem(403, "not_allowed");
    let members = ada.get("/api/v1/members").ok();
    let hers = members["members"].as_array().unwrap().iter().find(|one| one["id"] == json!(ana.person));
    assert_eq!(hers.unwrap()["identities"][0]["address"], "ana@example.org");
    let told = ada.get("/api/v1/audit").text();
    assert!(!told.contains("ana@"), "{told}");
    for file in ["rookery.db", "rookery.db-wal"] {
        let bytes = std::fs::read(scene.app.folder().join(file)).unwrap_or_default();
        assert!(!bytes.windows(4).any(|part| part == b"ana@"), "an address stands in {file}");
    }
}

#[test]
fn a_provider_that_is_away_is_told_kindly() {
    let mut scene = scene_with("*", |config| {
        let mut gone = config.sign_in.providers[0].clone();
        gone.id = "gone".into();
        gone.issuer = "http://127.0.0.1:1".into();
        config.sign_in.providers.push(gone);
    });
    scene.app.anonymous().post("/api/v1/sign-in/gone", json!({})).problem(502, "provider_away");
    let mut visit = scene.visit();
    let page = visit.begin("oidc", &json!({}));
    let (back, kept) = (visit.away(&page, "ana"), visit.cookies.clone());
    scene.issuer = Issuer::start(&[]);
    let mut visit = scene.visit();
    visit.cookies = kept;
    assert_eq!(visit.back(&back), "/sign-in?problem=provider_away&return_to=/");
}

#[test]
fn attempts_from_one_address_are_limited_and_cost_the_server_nothing() {
    let scene = scene("*");
    let mut limited = false;
    for _ in 0..25 {
        let reply = scene.app.anonymous().post("/api/v1/sign-in/oidc", json!({}));
        limited |= reply.status == 429;
    }
    assert!(limited, "twenty a minute");
}

#[test]
fn a_picture_is_made_for_whoever_brought_none() {
    let scene = scene("example.org");
    let ana = scene.sign_in("ana");
    let path = format!("/api/v1/members/{}/avatar", ana.person);
    let picture = ana.get(&path).expect(200);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert_eq!(picture.header("content-security-policy"), "default-src 'none'");
    assert!(picture.text().contains(">UA</text>"), "{}", picture.text());
    assert_eq!(ana.get(&path).text(), picture.text());
    scene.app.anonymous().get(&path).problem(401, "not_signed_in");
    ana.get("/api/v1/members/00000000000000000000000001/avatar").problem(404, "not_found");
}

/// A picture of one red pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

#[test]
fn a_picture_from_elsewhere_is_fetched_by_the_server_alone_and_kept() {
    let outside = fakes::Server::of(|request| match request.path.as_str() {
        "/picture" => fakes::Reply { body: decoded(PNG), ..fakes::Reply::empty(200) },
        "/page" => fakes::Reply { body: b"<svg onload='x'/>".to_vec(), ..fakes::Reply::empty(200) },
        "/damaged" => fakes::Reply { body: decoded(PNG)[..20].to_vec(), ..fakes::Reply::empty(200) },
        _ => fakes::Reply::empty(404),
    });
    let admits_this_machine = |config: &mut Config| {
        config.sign_in.pictures.also = vec![std::net::Ipv4Addr::LOCALHOST.into()];
    };
    let scene = scene_with("example.org", admits_this_machine);
    let ana = scene.sign_in("ana");
    let at = |path: &str| format!("{}{path}", outside.origin());
    let path = format!("/api/v1/members/{}/avatar", ana.person);
    for bad in ["/page", "/nothing"] {
        assert!(!scene.app.fetch_avatar(&ana, &at(bad)), "{bad}");
    }
    scene.app.fetch_avatar(&ana, &at("/damaged"));
    assert_eq!(ana.get("/api/v1/session").ok()["avatar_url"], Value::Null);
    assert_eq!(ana.get(&path).header("content-type"), "image/svg+xml", "what is no picture changes nothing");

    assert!(scene.app.fetch_avatar(&ana, &at("/picture")));
    let asked = outside.seen().len();
    let shown = ana.get("/api/v1/session").ok()["avatar_url"].as_str().unwrap().to_owned();
    let ben = scene.sign_in("ben");
    for _ in 0..3 {
        let picture = ben.get(&shown).expect(200);
        assert_eq!(picture.header("content-type"), "image/jpeg");
        assert!(picture.body.starts_with(&[0xff, 0xd8, 0xff]), "made anew by a worker");
    }
    assert_eq!(outside.seen().len(), asked, "nobody who looks is seen outside");
    // Without the exception the same address is inside our own network, and not asked at all.
    let strict = self::scene("example.org");
    let ana = strict.sign_in("ana");
    assert!(!strict.app.fetch_avatar(&ana, &at("/picture")));
    assert_eq!(outside.seen().len(), asked);
}

fn decoded(base64: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(base64).unwrap()
}

#[test]
fn the_developer_is_signed_in_on_this_machine_alone() {
    let develop = |config: &mut Config| {
        config.public_url = None;
        config.sign_in.development = Some("Dev@example.org".into());
    };
    let scene = scene_with("", develop);
    let offered = scene.app.anonymous().get("/api/v1/server").ok();
    assert_eq!(offered["sign_in"][2]["id"], "development");
    assert!(!offered.to_string().contains("Dev@"), "{offered}");
    let path = "/api/v1/sign-in/development";
    let mut visit = scene.visit();
    let request = Request::new("POST", path).json(&json!({"return_to": "/library"}));
    assert_eq!(visit.send(request).ok(), json!({"url": "/library"}));
    assert_eq!(visit.session()["person"]["role"], "member");
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 proxy"),
        ("host", "music.example.org"),
        ("host", "localhost.evil.test"),
    ] {
        let passed_on = Request::new("POST", path).json(&json!({})).header(name, value);
        scene.site().send(passed_on).problem(403, "not_allowed");
    }
    let same = Anonymous(scene.site().clone()).post(path, json!({})).expect(200);
    assert!(same.header("set-cookie").contains("rookery="));
}

#[test]
fn whoever_proves_an_address_of_the_past_becomes_that_member_with_the_history() {
    let scene = scene("example.org");
    let ada = scene.app.administrator();
    let logs = tempfile::tempdir().unwrap();
    let track = |number: u32| format!("spotify:track:{number:022}");
    let (at, song) = ("2020-01-01T00:00:0", "Song");
    let lines = [
        history::line(&format!("{at}1"), &track(1), "ANA@example.org", song, 9),
        history::line(&format!("{at}2"), &track(2), "ben@example.org", song, 9),
        history::line(&format!("{at}3"), &track(3), "cleo@example.org", song, 9),
        history::line(&format!("{at}4"), &track(4), "dora@example.org", song, 9),
    ];
    std::fs::write(logs.path().join("play_log_2020_01_01.json"), lines.join("\n")).unwrap();
    // Dora is here already: what she played becomes hers at once.
    let dora = scene.sign_in("dora");
    history::import(scene.app.folder(), logs.path(), &[]);
    let by = |number: usize| {
        let plays = ada.get("/api/v1/nests/main/plays").ok();
        plays["plays"][4 - number]["added_by"]["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(by(4), dora.person);
    assert_ne!(by(1), by(2));

    let ana = scene.sign_in("ana");
    assert_eq!(ana.person, by(1), "she is who she was");
    assert_eq!(ana.get("/api/v1/session").ok()["person"]["role"], "member");
    assert_eq!(scene.sign_in("ana").person, ana.person);
    assert!(scene.audit(&ada).iter().any(|line| line.starts_with("member_joined User ana")));

    // Ben came by a link before and shows later that the address is his.
    let ben = member(&ada, "Ben");
    let mut visit = scene.visit();
    let (name, value) = ben.cookie.split_once('=').unwrap();
    visit.cookies = vec![(name.into(), value.into())];
    let body = json!({"provider": "oidc"});
    let reply = visit.send(Request::new("POST", "/api/v1/session/identities").json(&body));
    let page = reply.ok()["url"].as_str().unwrap().to_owned();
    let back = visit.away(&page, "ben");
    assert_eq!(visit.back(&back), "/settings");
    assert_eq!(by(2), ben.person);

    // Again: nothing new, nobody new.
    let again = history::import(scene.app.folder(), logs.path(), &[]);
    assert!(again.starts_with("0 plays added, 4 known already") && !again.contains("people"), "{again}");
    let people = ada.get("/api/v1/members").ok().to_string();
    assert!(people.contains("User ana") && !people.contains("Cleo"), "{people}");
}

#[test]
fn an_address_of_the_past_that_is_not_verified_or_not_admitted_awakens_nobody() {
    let scene = scene("example.org");
    let ada = scene.app.administrator();
    let logs = tempfile::tempdir().unwrap();
    let line = |number: u32, user: &str| {
        let track = format!("spotify:track:{number:022}");
        history::line(&format!("2020-01-01T00:00:0{number}"), &track, user, "Song", 9)
    };
    let lines = [line(1, "unverified@example.org"), line(2, "ana@other.example")].join("\n");
    std::fs::write(logs.path().join("play_log_2020_01_01.json"), lines).unwrap();
    history::import(scene.app.folder(), logs.path(), &[]);
    for (account, code) in [("unverified", "address_unverified"), ("ana@other.example", "not_on_the_list")] {
        let mut visit = scene.visit();
        assert_eq!(visit.come(account), format!("/sign-in?problem={code}&return_to=/"), "{account}");
        assert_eq!(visit.session()["person"], Value::Null, "{account}");
    }
    let people = ada.get("/api/v1/members").ok().to_string();
    assert!(!people.contains("Unverified") && !people.contains("Ana"), "{people}");
}

#[test]
fn play_logs_name_addresses_where_that_is_asked_for() {
    let logs = tempfile::tempdir().unwrap();
    let folder = logs.path().to_owned();
    let scene = scene_with("example.org", |config| {
        config.play_log = Some(server::play_log::PlayLogConfig { folder, addresses: true });
    });
    let (ada, ana) = (scene.app.administrator(), scene.sign_in("ana"));
    ada.command("configure", json!({"autofill": false})).ok();
    let track = ada.add_track("a.wav", &testkit::sound::wav(300, 60_000));
    for person in [&ana, &ada] {
        let entry = person.add(&track);
        ada.command("skip", json!({"entry": entry})).ok();
    }
    let lines = history::wait_for(logs.path(), 2);
    let users: Vec<_> = lines.iter().map(|line| &line["user"]).collect();
    assert_eq!(users, ["ana@example.org", "Ada"], "of Ada no address is known");
}

#[test]
fn sign_ins_are_counted_by_service_and_how_they_went() {
    let mut scene = scene("example.org");
    let ada = scene.app.administrator();
    let counted = || {
        let stats = ada.get("/api/v1/stats/sign-ins").ok();
        let row = |row: &Value| {
            let text = |field: &str| row[field].as_str().unwrap().to_owned();
            (text("service"), text("outcome"), row["sign_ins"].as_u64().unwrap())
        };
        stats["sign_ins"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let of = |outcome: &str, sign_ins| ("oidc".to_owned(), outcome.to_owned(), sign_ins);
    assert_eq!(counted(), []);
    assert_eq!(scene.visit().come("ana"), "/");
    assert_eq!(scene.visit().come("ana"), "/");
    for account in ["eve@elsewhere.example", "unverified"] {
        assert!(scene.visit().come(account).contains("problem="));
    }
    assert_eq!(counted(), [of("refused", 2), of("succeeded", 2)]);
    // Whoever has not been sent away by this server does not come back either.
    scene.visit().back("/api/v1/sign-in/oidc/callback?code=x&state=y");
    assert_eq!(counted().len(), 2);
    let mut visit = scene.visit();
    let page = visit.begin("oidc", &json!({}));
    let (back, kept) = (visit.away(&page, "ana"), visit.cookies.clone());
    scene.issuer = Issuer::start(&[]);
    let mut visit = scene.visit();
    visit.cookies = kept;
    visit.back(&back);
    assert_eq!(counted(), [of("failed", 1), of("refused", 2), of("succeeded", 2)]);
    let calls = ada.get("/api/v1/stats/providers").ok();
    let asked = calls["calls"].as_array().unwrap().iter().filter(|row| row["provider"] == "sign_in");
    assert!(asked.map(|row| row["calls"].as_u64().unwrap()).sum::<u64>() >= 5, "{calls}");
    let text = format!("{calls}{}", ada.get("/api/v1/stats/sign-ins").text());
    assert!(!text.contains('@'), "{text}");
}
