//! Tokens that no honest issuer gives: an issuer made up for the test signs, or does not sign, whatever it is told.
//! The keys are for this file alone.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fakes::{HandClock, Reply, Request, Server};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use model::{Clock as _, SeededEntropy};
use providers::oidc::{Identity, Oidc, OidcOptions};
use providers::{BaseUrl, Callback, Error, IdTokenFault, Provider, Result, SignInAttempt};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

const OURS: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5XYzop7NODNhbLFE38VYUMHizZ1vCKXOnexGNCCaAnGhRANCAAS+mV1attuf/ycCJnLusuiSPMuvDddLqmYJ7ycn+a9Hq56E0RvQg8yv05FW5n1Mpo4Cxoo/M5aMhVFklBvRvzC0";
const THEIRS: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgt8aBqbWq/Dg/TSI9p4Zkji0haFwKeNcUCc/L3WF1x62hRANCAASAct6q0vwKZvRPqMVoahNv1eLdafC6M2ZSc7A20J4zmWyyIE5hZrhG5mFXgwlruTnhUmA1dNnuAUsCq6noDJIG";

struct Forger {
    clock: Arc<HandClock>,
    server: Server,
    client: Oidc,
    told: Arc<Mutex<Told>>,
    attempt: SignInAttempt,
}

/// What the issuer answers.
struct Told {
    id_token: String,
    userinfo: Value,
    keys: Vec<Value>,
}

fn key(text: &str) -> EncodingKey {
    EncodingKey::from_ec_der(&STANDARD.decode(text).unwrap())
}

fn jwk(text: &str, id: &str) -> Value {
    let mut jwk =
        serde_json::to_value(Jwk::from_encoding_key(&key(text), Algorithm::ES256).unwrap()).unwrap();
    jwk["kid"] = json!(id);
    jwk
}

impl Forger {
    fn begin() -> Self {
        let clock = Arc::new(HandClock::default());
        let keys = vec![json!({"kty": "strange"}), jwk(OURS, "k1")];
        let told = Arc::new(Mutex::new(Told { id_token: String::new(), userinfo: json!({}), keys }));
        let origin = Arc::new(OnceLock::<String>::new());
        let (telling, at) = (Arc::clone(&told), Arc::clone(&origin));
        let server = Server::of(move |request| answer(request, &telling.lock().unwrap(), at.get().unwrap()));
        origin.set(server.origin()).unwrap();
        let issuer = BaseUrl::parse(Provider::SignIn, &server.origin()).unwrap();
        let options = OidcOptions { issuer, client_id: "rookery".into(), client_secret: None };
        let client = Oidc::new(crate::scene::http(), clock.clone(), options);
        let attempt = SignInAttempt::begin(&mut SeededEntropy::from_seed(5));
        Self { clock, server, client, told, attempt }
    }

    /// Claims that are right.
    fn claims(&self) -> Value {
        let now = self.clock.wall().micros() / 1_000_000;
        json!({
            "iss": self.server.origin(), "aud": "rookery", "sub": "ana", "iat": now, "exp": now + 300,
            "nonce": self.attempt.nonce.reveal(), "email": "ana@example.org", "email_verified": true,
        })
    }

    fn claims_with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        claims[name] = value;
        claims
    }

    fn signed(&self, claims: &Value, by: &str, id: Option<&str>) -> String {
        let header = Header { kid: id.map(str::to_owned), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, &key(by)).unwrap()
    }

    async fn judge(&self, id_token: String) -> Result<Identity> {
        self.told.lock().unwrap().id_token = id_token;
        let callback = Callback::from_query(&format!("code=c&state={}", self.attempt.state.reveal()));
        self.client.finish(&self.attempt, &callback, "http://127.0.0.1/back").await
    }

    async fn fault(&self, id_token: String) -> IdTokenFault {
        match self.judge(id_token).await {
            Err(Error::IdToken { fault }) => fault,
            other => panic!("{other:?}"),
        }
    }
}

fn answer(request: &Request, told: &Told, origin: &str) -> Reply {
    let body = match request.path.as_str() {
        "/.well-known/openid-configuration" => json!({
            "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"),
            "token_endpoint": format!("{origin}/token"), "jwks_uri": format!("{origin}/keys"),
            "userinfo_endpoint": format!("{origin}/userinfo"),
        }),
        "/keys" => json!({"keys": told.keys}),
        "/token" => json!({"access_token": "a", "token_type": "Bearer", "id_token": told.id_token}),
        "/userinfo" => told.userinfo.clone(),
        _ => return Reply::empty(404),
    };
    Reply::json(200, &body)
}

#[tokio::test]
async fn a_right_token_is_accepted_beside_a_strange_key_and_with_one_audience_of_several() {
    let forger = Forger::begin();
    let token = forger.signed(&forger.claims(), OURS, Some("k1"));
    assert_eq!(forger.judge(token).await.unwrap().subject, "ana");
    let unnamed = forger.signed(&forger.claims(), OURS, None);
    assert!(forger.judge(unnamed).await.is_ok(), "the only key there is");
    let mut several = forger.claims_with("aud", json!(["other", "rookery"]));
    several["azp"] = json!("rookery");
    assert!(forger.judge(forger.signed(&several, OURS, Some("k1"))).await.is_ok());
    let text = forger.claims_with("email_verified", json!("true"));
    assert!(forger.judge(forger.signed(&text, OURS, Some("k1"))).await.is_ok());
}

#[tokio::test]
async fn each_wrong_claim_is_refused() {
    let forger = Forger::begin();
    let now = forger.clock.wall().micros() / 1_000_000;
    let origin = forger.server.origin();
    for (name, value, expected) in [
        ("iss", json!("https://accounts.google.com"), IdTokenFault::Issuer),
        ("iss", json!(format!("{origin}/")), IdTokenFault::Issuer),
        ("iss", Value::Null, IdTokenFault::Issuer),
        ("aud", json!("other"), IdTokenFault::Audience),
        ("aud", json!(["other"]), IdTokenFault::Audience),
        ("aud", Value::Null, IdTokenFault::Audience),
        ("aud", json!(["other", "rookery"]), IdTokenFault::AuthorizedParty),
        ("azp", json!("other"), IdTokenFault::AuthorizedParty),
        ("exp", json!(now - 61), IdTokenFault::Expired),
        ("exp", Value::Null, IdTokenFault::Expired),
        ("iat", json!(now + 61), IdTokenFault::IssuedAt),
        ("iat", json!(now - 3600), IdTokenFault::IssuedAt),
        ("iat", Value::Null, IdTokenFault::IssuedAt),
        ("nonce", json!("another"), IdTokenFault::Nonce),
        ("nonce", Value::Null, IdTokenFault::Nonce),
        ("sub", json!(""), IdTokenFault::Subject),
        ("sub", Value::Null, IdTokenFault::Subject),
    ] {
        let token = forger.signed(&forger.claims_with(name, value.clone()), OURS, Some("k1"));
        assert_eq!(forger.fault(token).await, expected, "{name} = {value}");
    }
    let within = forger.claims_with("exp", json!(now - 59));
    assert!(forger.judge(forger.signed(&within, OURS, Some("k1"))).await.is_ok(), "clocks differ a little");
}

#[tokio::test]
async fn a_token_that_the_issuer_did_not_sign_is_refused() {
    let forger = Forger::begin();
    // The keys are known from a first, right token.
    assert!(forger.judge(forger.signed(&forger.claims(), OURS, Some("k1"))).await.is_ok());
    let by_another = forger.signed(&forger.claims(), THEIRS, Some("k1"));
    assert!(matches!(forger.fault(by_another).await, IdTokenFault::Signature | IdTokenFault::UnknownKey));
    forger.clock.advance(Duration::from_secs(60));
    let by_another = forger.signed(&forger.claims(), THEIRS, Some("k1"));
    assert_eq!(forger.fault(by_another).await, IdTokenFault::Signature);

    let token = forger.signed(&forger.claims(), OURS, Some("k1"));
    let parts: Vec<_> = token.split('.').collect();
    let other = URL_SAFE_NO_PAD.encode(forger.claims_with("sub", json!("root")).to_string());
    forger.clock.advance(Duration::from_secs(60));
    assert_eq!(forger.fault(format!("{}.{other}.{}", parts[0], parts[2])).await, IdTokenFault::Signature);
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let unsigned = format!("{none}.{other}.");
    assert!(matches!(forger.fault(unsigned).await, IdTokenFault::Malformed | IdTokenFault::Algorithm));
    for text in ["", "a.b.c", "nonsense", &parts[..2].join(".")] {
        assert_eq!(forger.fault(text.to_owned()).await, IdTokenFault::Malformed, "{text}");
    }
}

#[tokio::test]
async fn a_public_key_cannot_be_used_as_a_shared_secret() {
    let forger = Forger::begin();
    let public = jwk(OURS, "k1");
    let point = URL_SAFE_NO_PAD.decode(public["x"].as_str().unwrap()).unwrap();
    let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS256) };
    let token = encode(&header, &forger.claims(), &EncodingKey::from_secret(&point)).unwrap();
    assert_eq!(forger.fault(token).await, IdTokenFault::Algorithm);
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it_but_not_at_will() {
    let forger = Forger::begin();
    let keys = || forger.server.seen().iter().filter(|seen| seen.path == "/keys").count();
    assert!(forger.judge(forger.signed(&forger.claims(), OURS, Some("k1"))).await.is_ok());
    forger.told.lock().unwrap().keys = vec![jwk(THEIRS, "k2")];
    let token = || forger.signed(&forger.claims(), THEIRS, Some("k2"));
    for _ in 0..20 {
        assert_eq!(forger.fault(token()).await, IdTokenFault::UnknownKey);
    }
    assert_eq!(keys(), 1);
    forger.clock.advance(Duration::from_secs(31));
    assert!(forger.judge(token()).await.is_ok());
    assert_eq!(keys(), 2);
    let old = forger.signed(&forger.claims(), OURS, Some("k1"));
    assert_eq!(forger.fault(old).await, IdTokenFault::UnknownKey, "a key that is gone signs nobody in");
}

#[tokio::test]
async fn what_the_userinfo_says_of_somebody_else_is_not_used() {
    let forger = Forger::begin();
    let mut claims = forger.claims();
    claims.as_object_mut().unwrap().remove("email");
    let token = || forger.signed(&claims, OURS, Some("k1"));
    let info = |sub: &str| json!({"sub": sub, "email": "ana@example.org", "email_verified": true});
    forger.told.lock().unwrap().userinfo = info("ben");
    assert_eq!(forger.fault(token()).await, IdTokenFault::Subject);
    forger.told.lock().unwrap().userinfo = info("ana");
    assert_eq!(forger.judge(token()).await.unwrap().email, "ana@example.org");
    for email in ["no address", "a@b@", "@example.org", "ana@localhost"] {
        forger.told.lock().unwrap().userinfo = json!({"sub": "ana", "email": email, "email_verified": true});
        assert_eq!(forger.judge(token()).await, Err(Error::EmailUnverified), "{email}");
    }
}

#[tokio::test]
async fn a_description_of_another_issuer_is_refused() {
    let forger = Forger::begin();
    let origin = forger.server.origin();
    let liar = Server::of(move |_| {
        Reply::json(
            200,
            &json!({
                "issuer": origin, "authorization_endpoint": "https://x/a", "token_endpoint": "https://x/t",
                "jwks_uri": "https://x/k",
            }),
        )
    });
    let issuer = BaseUrl::parse(Provider::SignIn, &liar.origin()).unwrap();
    let options = OidcOptions { issuer, client_id: "rookery".into(), client_secret: None };
    let client = Oidc::new(crate::scene::http(), Arc::new(HandClock::default()), options);
    let page = client.sign_in_page(&forger.attempt, "http://127.0.0.1/back", None).await;
    assert!(matches!(page, Err(Error::UnexpectedAnswer { .. })), "{page:?}");
}
