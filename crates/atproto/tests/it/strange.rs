//! One server is directory, resolver, server of the account and whoever signs people in; each test changes what it says.

use atproto::{Begun, Client, Error, Handle, NameServer, Named, Network, SignIn, SignInOptions};
use fakes::{Fault, Reply, Request, Server};
use model::{SeededEntropy, WallTime};
use providers::{Callback, HttpOptions, Outside, SignInAttempt};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

pub(crate) const DID: &str = "did:plc:z72i7hdynmk6r22z27h6tvur";
pub(crate) const OTHER: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const HANDLE: &str = "ana.test";
const NOW: WallTime = WallTime::from_micros(1_795_000_000_000_000);

/// Where in which answer, and what stands there.
pub(crate) type Change = (&'static str, &'static str, Value);

pub(crate) struct World {
    pub(crate) server: Server,
    sign_in: SignIn,
    /// Proofs that came, as they are.
    proofs: Arc<Mutex<Vec<String>>>,
}

fn answer(request: &Request, here: &str) -> Option<(u16, Value)> {
    let form: std::collections::BTreeMap<String, String> = request.form().into_iter().collect();
    Some(match request.path.as_str() {
        "/xrpc/com.atproto.identity.resolveHandle" => (200, json!({"did": DID})),
        path if path == format!("/{DID}") => (
            200,
            json!({
                "id": DID, "alsoKnownAs": [format!("at://{HANDLE}")],
                "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": here}],
            }),
        ),
        "/.well-known/oauth-protected-resource" => {
            (200, json!({"resource": here, "authorization_servers": [here]}))
        }
        "/.well-known/oauth-authorization-server" => (
            200,
            json!({
                "issuer": here, "authorization_endpoint": format!("{here}/authorize"),
                "token_endpoint": format!("{here}/token"),
                "pushed_authorization_request_endpoint": format!("{here}/par"),
                "revocation_endpoint": format!("{here}/revoke"),
                "authorization_response_iss_parameter_supported": true,
                "client_id_metadata_document_supported": true,
                "dpop_signing_alg_values_supported": ["ES256"], "scopes_supported": ["atproto"],
            }),
        ),
        "/par" => (201, json!({"request_uri": format!("urn:{}", form["login_hint"]), "expires_in": 60})),
        "/token" => {
            (200, json!({"access_token": "opensesame", "token_type": "DPoP", "sub": DID, "scope": "atproto"}))
        }
        "/revoke" => (200, json!({})),
        _ => return None,
    })
}

fn world(changes: Vec<Change>) -> World {
    world_with(changes, NameServer::Nobody)
}

/// With somebody who answers for DNS.
pub(crate) fn world_with(changes: Vec<Change>, dns: NameServer) -> World {
    let proofs = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&proofs);
    let server = Server::of(move |request| {
        if matches!(request.path.as_str(), "/par" | "/token" | "/revoke") {
            seen.lock().unwrap().push(request.header("dpop").to_owned());
        }
        let here = format!("http://{}", request.header("host"));
        let Some((mut status, mut body)) = answer(request, &here) else { return Reply::empty(404) };
        for (_, at, value) in changes.iter().filter(|(path, ..)| request.path.ends_with(path)) {
            match *at {
                "status" => status = u16::try_from(value.as_u64().unwrap()).unwrap(),
                "" => body = value.clone(),
                at => body[at] = value.clone(),
            }
        }
        Reply::json(status, &body).with("dpop-nonce", "word".to_owned())
    });
    let outside = Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] };
    let network = Network::new(&HttpOptions::default(), outside).unwrap();
    let options = SignInOptions { directory: server.origin(), resolver: Some(server.origin()), dns };
    World { sign_in: SignIn::new(network, &options).unwrap(), server, proofs }
}

impl World {
    pub(crate) async fn begin(&self, who: &str) -> Result<Begun, Error> {
        let attempt = SignInAttempt::begin(&mut SeededEntropy::from_seed(1));
        self.sign_in.begin(&client(), &Named::parse(who)?, attempt, NOW).await
    }

    async fn come_back(&self, begun: &Begun) -> Result<String, Error> {
        let state = begun.attempt.oauth.state.reveal();
        let query = format!("code=x&state={state}&iss={}", self.server.origin());
        let callback = Callback::from_query(&query);
        Ok(self.sign_in.finish(&client(), &begun.attempt, &callback, NOW).await?.to_string())
    }
}

fn client() -> Client {
    Client::at("https://stg.music.example.org", "/back")
}

#[tokio::test]
async fn with_servers_that_do_as_they_should_it_is_known_who_it_is() {
    let world = world(Vec::new());
    for who in [HANDLE, DID] {
        world.server.forget();
        let begun = world.begin(who).await.unwrap();
        let escaped = who.replace(':', "%3A");
        let page = format!(
            "{}/authorize?client_id=https%3A%2F%2Fstg.music.example.org%2Foauth-client-metadata.json&request_uri=urn%3A{escaped}",
            world.server.origin()
        );
        assert_eq!(begun.page, page);
        assert_eq!(world.come_back(&begun).await.as_deref(), Ok(DID));
        let last = world.server.seen().pop().unwrap();
        assert_eq!((last.path.as_str(), last.status), ("/revoke", 200), "the token is given back");
    }
    let handles = [HANDLE, "ben.test"].map(|handle| Handle::parse(handle).unwrap());
    let did = atproto::Did::parse(DID).unwrap();
    assert_eq!(world.sign_in.which_of(&did, &handles).await, Ok(Some(handles[0].clone())));
    assert_eq!(world.sign_in.which_of(&did, &handles[1..]).await, Ok(None));
}

#[tokio::test]
async fn a_server_that_wants_its_word_gets_it_once() {
    let world = world(vec![("/par", "status", json!(400)), ("/par", "", json!({"error": "use_dpop_nonce"}))]);
    assert_eq!(world.begin(DID).await.unwrap_err(), Error::Refused("use_dpop_nonce".to_owned()));
    let proofs = world.proofs.lock().unwrap();
    assert_eq!(proofs.len(), 2);
    assert_ne!(proofs[0], proofs[1]);
}

#[tokio::test]
async fn nobody_is_sent_on_by_what_cannot_be_trusted() {
    let no_service = json!([]);
    let inside = |address: &str| json!([{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": address}]);
    let (resource, issuer) = ("oauth-protected-resource", "oauth-authorization-server");
    let cases: Vec<(Change, &str)> = vec![
        ((DID, "id", json!(OTHER)), "its document is another's"),
        ((DID, "service", no_service), "it names no server"),
        ((DID, "service", inside("https://10.0.0.1")), "is not asked"),
        ((DID, "service", inside("https://169.254.169.254")), "is not asked"),
        ((DID, "service", inside("http://pds.example.org")), "is not asked"),
        ((DID, "service", inside("https://[::1]:443")), "is not asked"),
        ((DID, "service", inside("https://u:p@pds.example.org")), "is not asked"),
        ((DID, "service", inside("https://pds.example.org/x")), "no origin"),
        ((DID, "service", inside("file:///etc/passwd")), "is not asked"),
        ((DID, "status", json!(404)), "there is none"),
        ((DID, "status", json!(503)), "cannot be reached"),
        ((DID, "alsoKnownAs", json!(["at://ben.test"])), "does not call itself ana.test"),
        (("resolveHandle", "did", json!("nonsense")), "nobody has the handle"),
        (("resolveHandle", "status", json!(400)), "nobody has the handle"),
        ((resource, "resource", json!("https://other.example.org")), "describes another one"),
        ((resource, "authorization_servers", json!([])), "names not one"),
        (
            (resource, "authorization_servers", json!(["https://a.example", "https://b.example"])),
            "names not one",
        ),
        ((resource, "authorization_servers", json!(["https://192.168.0.1"])), "is not asked"),
        ((resource, "status", json!(404)), "says not who signs people in"),
        ((issuer, "issuer", json!("https://evil.example.org")), "describes another one"),
        (
            (issuer, "authorization_response_iss_parameter_supported", json!(false)),
            "as the protocol wants it",
        ),
        ((issuer, "client_id_metadata_document_supported", json!(false)), "as the protocol wants it"),
        ((issuer, "dpop_signing_alg_values_supported", json!(["RS256"])), "as the protocol wants it"),
        ((issuer, "pushed_authorization_request_endpoint", json!(null)), "cannot be pushed"),
        ((issuer, "pushed_authorization_request_endpoint", json!("http://10.0.0.1/par")), "is not asked"),
        ((issuer, "authorization_endpoint", json!("javascript:alert(1)")), "is not asked"),
        ((issuer, "", json!("<html>")), "answered what cannot be used"),
        (("/par", "status", json!(500)), "cannot be reached"),
        (("/par", "", json!({})), "answered what cannot be used"),
    ];
    for (change, says) in cases {
        let shown = format!("{change:?}");
        // A handle is looked up in the open first, which takes its time here.
        let who = if shown.contains("resolveHandle") || shown.contains("alsoKnownAs") { HANDLE } else { DID };
        let told = world(vec![change]).begin(who).await.unwrap_err().to_string();
        assert!(told.contains(says), "{shown}: {told}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_or_leads_elsewhere_is_not_followed() {
    let world = world(Vec::new());
    world.server.fail("/did", Fault::Huge(3 << 20));
    assert!(world.begin(DID).await.unwrap_err().to_string().contains("more than"));
    world.server.fail("/did", Fault::Redirect(format!("{}/other", world.server.origin())));
    assert!(world.begin(DID).await.is_err());
    assert!(!world.server.seen().iter().any(|seen| seen.path == "/other"), "a redirect is not followed");
}

#[tokio::test]
async fn nobody_comes_back_as_somebody_else() {
    for (change, says) in [
        (("/token", "sub", json!(OTHER)), "somebody else signed in"),
        (("/token", "token_type", json!("Bearer")), "not one of this protocol"),
        (("/token", "scope", json!("other")), "not one of this protocol"),
        (("/token", "", json!({"error": "invalid_grant"})), "answered what cannot be used"),
        (("oauth-authorization-server", "token_endpoint", json!("https://10.0.0.1/token")), "is not asked"),
    ] {
        let shown = format!("{change:?}");
        let mut begun = world(Vec::new()).begin(DID).await.unwrap();
        let world = world(vec![change]);
        begun.attempt.issuer = world.server.origin();
        let told = world.come_back(&begun).await.unwrap_err().to_string();
        assert!(told.contains(says), "{shown}: {told}");
    }
    let world = world(Vec::new());
    let begun = world.begin(DID).await.unwrap();
    let state = begun.attempt.oauth.state.reveal();
    for query in [
        "code=x&state=other".to_owned(),
        format!("code=x&state={state}"),
        format!("code=x&state={state}&iss=https://evil.example.org"),
    ] {
        let callback = Callback::from_query(&query);
        let refused = world.sign_in.finish(&client(), &begun.attempt, &callback, NOW).await;
        assert!(refused.unwrap_err().to_string().contains("was not begun here"), "{query}");
    }
    assert!(!world.server.seen().iter().any(|seen| seen.path == "/token"), "no code is spent on them");
}

#[test]
fn settings_that_lead_inside_are_refused() {
    let network = Network::new(&HttpOptions::default(), Outside::default()).unwrap();
    for directory in ["http://plc.directory", "https://127.0.0.1", "nonsense"] {
        let options =
            SignInOptions { directory: directory.to_owned(), resolver: None, dns: NameServer::Nobody };
        let told = SignIn::new(network.clone(), &options).unwrap_err().to_string();
        assert!(told.starts_with("the directory of AT Protocol"), "{told}");
    }
}
