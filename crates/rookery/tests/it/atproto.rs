//! Coming through the gate by AT Protocol: with a real PDS and its real OAuth server, which is signed in at as its own page
//! does it.

mod front;

use crate::access::{Visitor, gate, kept_by_nobody, rookery};
use crate::program;
use ::access::AllowList;
use ::atproto::{NameServer, SignInOptions};
use fakes::{Pds, Reply as FakeReply, Server};
use front::Front;
use providers::Outside;
use serde_json::{Value, json};
use server::{AtprotoConfig, Config, GateConfig};
use std::net::{IpAddr, Ipv4Addr};
use testkit::{Actor as _, Dns, Options, Reply, Request, Rookery, TestApp};

const BEGIN: &str = "/_access/atproto";
const CALLBACK: &str = "/_access/atproto/callback";

/// A gate for these people, whose handles are looked up by the PDS or by somebody else.
fn gate_for(pds: &Pds, allow: &[&str], resolver: &str) -> GateConfig {
    let resolver = Some(resolver.to_owned());
    let options = SignInOptions { directory: pds.directory(), resolver, dns: NameServer::Nobody };
    let outside = Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] };
    let allow = AllowList::parse(allow.iter().copied()).unwrap();
    GateConfig { allow, pin: false, atproto: Some(AtprotoConfig { options, outside }), ..gate("staging") }
}

fn protected(gate: GateConfig) -> TestApp {
    TestApp::with(program(), Config { gate: Some(gate), ..Config::default() })
}

/// Somebody types their handle, on the way to a page.
fn type_handle(visitor: &mut Visitor<'_>, handle: &str) -> Reply {
    let form = format!("to=%2Fnest%2Fmain&handle={}", handle.replace('@', "%40"));
    let request = Request::new("POST", BEGIN).bytes(form);
    visitor.send(request.header("content-type", "application/x-www-form-urlencoded"))
}

/// Where the gate sends a browser on to.
fn onward(reply: Reply) -> String {
    let page = reply.expect(200).text();
    let (_, rest) =
        page.split_once("http-equiv=\"refresh\" content=\"0;url=").unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

/// The path and query of an address.
fn path_of(url: &str) -> String {
    let (_, rest) = url.split_once("//").unwrap();
    format!("/{}", rest.split_once('/').unwrap().1)
}

/// Types a handle, signs in at the PDS, and comes back.
fn come<'a>(app: &'a TestApp, pds: &mut Pds, handle: &str, agrees: bool) -> (Visitor<'a>, Reply) {
    let mut visitor = Visitor::at(app.site());
    let page = onward(type_handle(&mut visitor, handle));
    let handle = handle.trim_start_matches('@').to_lowercase();
    let handle = if handle.starts_with("did:") { "bob.test".to_owned() } else { handle };
    let back = pds.sign_in(&page, &handle, agrees);
    assert!(
        back.starts_with(&format!("http://127.0.0.1:{}{CALLBACK}?", app.site().address().port())),
        "{back}"
    );
    let reply = visitor.go(&path_of(&back));
    kept_by_nobody(&reply);
    (visitor, reply)
}

#[test]
fn people_of_at_protocol_who_are_on_the_list_come_in_and_others_do_not() {
    let mut pds = Pds::start();
    let alice = pds.did("alice.test");
    let app = protected(gate_for(&pds, &[&alice, "at:Bob.test"], &pds.origin()));
    let page = Visitor::at(app.site()).go("/nest/main").expect(401).text();
    assert!(page.contains("action=\"/_access/atproto\"") && page.contains("name=\"handle\""), "{page}");
    assert!(page.contains("name=\"to\" value=\"/nest/main\"") && !page.contains("name=\"pin\""), "{page}");
    // Alice by her identity, Bob by his handle, whatever they type.
    for typed in ["@Alice.test", "bob.test", &pds.did("bob.test")] {
        let (mut visitor, reply) = come(&app, &mut pds, typed, true);
        assert_eq!(reply.expect(303).header("location"), "/nest/main", "{typed}");
        drop(visitor.go("/nest/main").expect(200));
        assert!(!visitor.cookies.iter().any(|(name, _)| name.contains("attempt")), "the attempt is over");
    }
    // Who does not agree at their server.
    let (mut visitor, refused) = come(&app, &mut pds, "alice.test", false);
    assert!(refused.expect(410).text().contains("Begin again"));
    drop(visitor.go("/nest/main").expect(401));

    // Who is not on the list.
    let others =
        protected(gate_for(&pds, &["did:plc:z72i7hdynmk6r22z27h6tvur", "at:carl.test"], &pds.origin()));
    let (mut visitor, refused) = come(&others, &mut pds, "alice.test", true);
    assert!(refused.expect(403).text().contains("not on the list"));
    drop(visitor.go("/nest/main").expect(401));
    // What the PDS had given was given back, each time.
    assert_eq!(pds.tokens(), 0);
    let in_german =
        Request::new("GET", "/").header("sec-fetch-mode", "navigate").header("accept-language", "de");
    assert!(app.site().send(in_german).expect(401).text().contains("Mit deinem Handle hereinkommen"));
}

#[test]
fn a_handle_has_to_lead_to_an_account_that_calls_itself_so() {
    let mut pds = Pds::start();
    let (alice, origin) = (pds.did("alice.test"), pds.origin());
    // Somebody's name server says that they are Alice; and that they have a handle that is Alice's no more.
    let (liar, truth) = (alice.clone(), pds.did("bob.test"));
    let resolver = Server::of(move |request| {
        let did = match request.parameter("handle") {
            Some("mallory.test") => &liar,
            Some("alice.test" | "bob.test") => &truth,
            _ => return FakeReply::json(400, &json!({"error": "HandleNotFound"})),
        };
        FakeReply::json(200, &json!({"did": did}))
    });
    let app = protected(gate_for(&pds, &["at:alice.test"], &resolver.origin()));
    let mut visitor = Visitor::at(app.site());
    for typed in ["mallory.test", "nobody.test", "alice.test", "no handle", "10.0.0.1", "", "did:plc:x"] {
        let page = type_handle(&mut visitor, typed).expect(403).text();
        assert!(page.contains("role=\"alert\"") && page.contains("by this handle"), "{typed}: {page}");
    }
    // The identity calls itself `alice.test`; whoever looks that up finds somebody else: it opens nothing.
    let page = onward(type_handle(&mut visitor, &alice));
    let back = pds.sign_in(&page, "alice.test", true);
    assert!(visitor.go(&path_of(&back)).expect(403).text().contains("not on the list"));
    // And with somebody who looks it up rightly it does.
    let app = protected(gate_for(&pds, &["at:alice.test"], &origin));
    let (mut visitor, reply) = come(&app, &mut pds, "alice.test", true);
    drop(reply.expect(303));
    drop(visitor.go("/").expect(200));
}

#[test]
fn a_way_back_opens_once_in_the_browser_that_began_and_from_the_server_that_was_asked() {
    let mut pds = Pds::start();
    let app = protected(gate_for(&pds, &[&pds.did("alice.test")], &pds.origin()));
    let mut visitor = Visitor::at(app.site());
    let page = onward(type_handle(&mut visitor, "alice.test"));
    let back = path_of(&pds.sign_in(&page, "alice.test", true));
    let cookies = visitor.cookies.clone();
    let with = |name: &str, value: &str| {
        let changed = back.split('&').map(|pair| match pair.split_once('=') {
            Some((known, _)) if known.ends_with(name) => format!("{known}={value}"),
            _ => pair.to_owned(),
        });
        changed.collect::<Vec<_>>().join("&")
    };
    for wrong in [
        with("iss", "http%3A%2F%2Flocalhost%3A1"),
        with("iss", ""),
        with("state", "other"),
        with("code", "cod-other"),
        format!("{CALLBACK}?error=server_error"),
        CALLBACK.to_owned(),
    ] {
        assert_ne!(wrong, back);
        visitor.cookies.clone_from(&cookies);
        drop(visitor.go(&wrong).expect(410));
        drop(visitor.go("/").expect(401));
    }
    // Another browser: it may have begun under this machine's other name, and did not.
    let port = app.site().address().port();
    let other = Visitor::at(app.site()).go(&back).expect(303);
    assert_eq!(other.header("location"), format!("http://localhost:{port}{back}"));
    let named = Request::new("GET", &*back).header("host", format!("localhost:{port}"));
    assert!(app.site().send(named).expect(410).text().contains("Begin again"));
    // A wrong code ended what the server had given out, so this browser begins once more.
    let (mut visitor, reply) = come(&app, &mut pds, "alice.test", true);
    drop(reply.expect(303));
    drop(visitor.go("/").expect(200));

    // From another site's form nothing is begun.
    let form = Request::new("POST", BEGIN).bytes("handle=alice.test");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    app.site().send(form.header("origin", "https://evil.test")).problem(403, "cross_site");
    // A server that goes away in between is told, and one that is away from the beginning.
    let mut visitor = Visitor::at(app.site());
    let page = onward(type_handle(&mut visitor, "alice.test"));
    let back = path_of(&pds.sign_in(&page, "alice.test", true));
    pds.stop();
    assert!(visitor.go(&back).expect(502).text().contains("does not answer as it should"));
    assert!(type_handle(&mut visitor, &pds.did("alice.test")).expect(502).text().contains("role=\"alert\""));
    drop(visitor.go("/").expect(401));
}

#[test]
fn d10_an_authorization_server_reads_the_metadata_of_a_protected_environment_as_a_stranger() {
    // Behind TLS under a name of its own, as in the open: the PDS fetches what the client says of itself, through the gate.
    let front = Front::start("staging.rookery.dev");
    let mut pds = Pds::trusting(front.root());
    let gate = gate_for(&pds, &[&pds.did("alice.test")], &pds.origin());
    let public_url = Some(front.base());
    let app = TestApp::with(program(), Config { gate: Some(gate), public_url, ..Config::default() });
    front.lead_to(app.site().address());
    let metadata = app.anonymous().get("/oauth-client-metadata.json");
    kept_by_nobody(&metadata);
    let metadata = metadata.ok();
    assert_eq!(metadata["client_id"], format!("{}/oauth-client-metadata.json", front.base()));
    assert_eq!(metadata["redirect_uris"], json!([format!("{}{CALLBACK}", front.base())]));
    assert_eq!(
        (&metadata["scope"], &metadata["token_endpoint_auth_method"]),
        (&json!("atproto"), &json!("none"))
    );

    let mut visitor = Visitor::at(app.site());
    let page = onward(type_handle(&mut visitor, "alice.test"));
    let back = pds.sign_in(&page, "alice.test", true);
    assert!(back.starts_with(&format!("{}{CALLBACK}?", front.base())), "{back}");
    assert_eq!(front.asked(), ["/oauth-client-metadata.json"], "as a stranger, and nothing else");
    drop(visitor.go(&path_of(&back)).expect(303));
    drop(visitor.go("/").expect(200));
}

#[test]
fn the_real_program_lets_people_of_at_protocol_in_and_posts_alerts_there() {
    let mut pds = Pds::start();
    let (directory, resolver) = (pds.directory(), pds.origin());
    let own = ["--access-atproto-directory", &directory, "--access-atproto-resolver", &resolver];
    let gate = ["--access-gate", "true", "--access-allow", "github:octocat,at:alice.test"];
    let inside = ["--access-atproto-dns", "none", "--outside-also", "127.0.0.1"];
    let args = [&gate[..], &own[..], &inside].concat();
    let args = args.into_iter().map(str::to_owned).collect();
    let server = Rookery::with(program(), Options { args, ..Options::default() });
    let metadata: Value = server.site().send(Request::new("GET", "/oauth-client-metadata.json")).ok();
    let back = "http%3A%2F%2F127.0.0.1%2F_access%2Fatproto%2Fcallback";
    assert_eq!(metadata["client_id"], format!("http://localhost?redirect_uri={back}&scope=atproto"));
    let mut visitor = Visitor::at(server.site());
    let page = onward(type_handle(&mut visitor, "alice.test"));
    drop(visitor.go(&path_of(&pds.sign_in(&page, "alice.test", true))).expect(303));
    drop(visitor.go("/nest/main").expect(200));

    let folder = tempfile::tempdir().unwrap();
    let password = pds.app_password("bob.test");
    let posts = |password: &str| {
        let account = ["--alert-bluesky", "bob.test", "--alert-bluesky-password", password];
        let place = ["--alert-bluesky-service", &resolver, "--outside-also", "127.0.0.1", "--log", "off"];
        rookery(folder.path(), &[&["alerts", "test"], &account[..], &place[..]].concat())
    };
    let (code, said) = posts(&password);
    assert_eq!((code, said.as_str()), (Some(0), "ok     Bluesky as bob.test: it was taken\n"));
    let query = format!("repo={}&collection=app.bsky.feed.post", pds.did("bob.test"));
    let told = fakes::visit("GET", &format!("{resolver}/xrpc/com.atproto.repo.listRecords?{query}"), &[], "");
    assert_eq!(told.json["records"].as_array().map(Vec::len), Some(1), "{}", told.json);
    assert!(told.json["records"][0]["value"]["text"].as_str().unwrap().contains("alerts arrive here"));
    let (code, said) = posts("hunter2-hunter2");
    assert!(code == Some(1) && said.contains("bob.test is not known there"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    let (code, said) = rookery(folder.path(), &["alerts", "test", "--alert-bluesky", "bob.test"]);
    assert!(code == Some(1) && said.contains("go together"), "{said}");
}

#[test]
fn a_handle_that_stands_in_dns_comes_in_through_the_real_program() {
    let mut pds = Pds::start();
    let stands = |handle: &str, did: &str| (format!("_atproto.{handle}"), format!("did={did}"));
    let (alice, bob) = (pds.did("alice.test"), pds.did("bob.test"));
    // Bob's name says that it is Alice's: the account does not.
    let records = [stands("alice.test", &alice), stands("bob.test", &alice), stands("two.test", &alice)];
    let mut records: Vec<_> = records.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let second = format!("did={bob}");
    records.push(("_atproto.two.test", &second));
    let dns = Dns::with(&records);
    let (directory, address) = (pds.directory(), dns.address().to_string());
    let gate = ["--access-gate", "true", "--access-allow", "at:alice.test", "--outside-also", "127.0.0.1"];
    let own = ["--access-atproto-directory", &directory, "--access-atproto-resolver", "none"];
    let args = [&gate[..], &own, &["--access-atproto-dns", &address]].concat();
    let options = |args: &[&str]| {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Options { args, ..Options::default() }
    };
    let server = Rookery::with(program(), options(&args));
    let mut visitor = Visitor::at(server.site());
    for nobody in ["bob.test", "two.test", "carl.test"] {
        assert!(type_handle(&mut visitor, nobody).expect(403).text().contains("by this handle"), "{nobody}");
    }
    let page = onward(type_handle(&mut visitor, "Alice.test"));
    drop(visitor.go(&path_of(&pds.sign_in(&page, "alice.test", true))).expect(303));
    drop(visitor.go("/nest/main").expect(200));
    drop(server);

    // Without DNS nobody knows Alice here.
    let args = [&gate[..], &own, &["--access-atproto-dns", "none"]].concat();
    let server = Rookery::with(program(), options(&args));
    drop(type_handle(&mut Visitor::at(server.site()), "alice.test").expect(403));
    let folder = tempfile::tempdir().unwrap();
    let mistyped = [&gate[..], &["--access-atproto-dns", "ns.example.org", "serve"]].concat();
    let (code, said) = rookery(folder.path(), &mistyped);
    assert!(code == Some(1) && said.contains("`ns.example.org` is no name server"), "{said}");
}

#[test]
fn where_a_server_is_not_reached_by_https_the_way_is_not_offered() {
    let allow = AllowList::parse(["at:ana.example.org"]).unwrap();
    let directory = ::atproto::PLC_DIRECTORY.to_owned();
    let options = SignInOptions { directory, resolver: None, dns: NameServer::Nobody };
    let atproto = Some(AtprotoConfig { options, outside: Outside::default() });
    let gate = GateConfig { allow, pin: false, atproto, ..gate("staging") };
    let offers = |base: &str| {
        let public_url = Some(base.to_owned());
        let config = Config { gate: Some(gate.clone()), public_url, ..Config::default() };
        let app = TestApp::with(program(), config);
        let page = Visitor::at(app.site()).go("/").expect(401).text();
        assert_eq!(page.contains("name=\"handle\""), !page.contains("No way in"), "{page}");
        page.contains("name=\"handle\"")
    };
    // No server sends anybody back there.
    assert!(!offers("http://music.example.org"));
    assert!(offers("https://music.example.org"));
}
