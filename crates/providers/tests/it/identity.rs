//! Sign-in against a real OpenID provider, in node.

use fakes::{Issuer, IssuerOptions, follow};
use model::{Clock, SeededEntropy, ServerInstant, WallTime};
use providers::oidc::{Identity, Oidc, OidcOptions};
use providers::{BaseUrl, Callback, Error, IdTokenFault, Provider, Result, Secret, SignInAttempt};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const REDIRECT: &str = "http://127.0.0.1:21800/auth/callback";

/// The system's clock, moved by as much as a test likes: the provider in node lives by the system's.
#[derive(Default)]
pub struct MovedClock {
    ahead_us: AtomicI64,
}

impl MovedClock {
    fn set_ahead(&self, seconds: i64) {
        self.ahead_us.store(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(self.wall().micros().unsigned_abs())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that the client is given")]
    fn wall(&self) -> WallTime {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        WallTime::from_micros(now.as_micros() as i64 + self.ahead_us.load(Ordering::SeqCst))
    }
}

/// The provider, and a client of it.
struct Scene {
    issuer: Issuer,
    clock: Arc<MovedClock>,
    client: Oidc,
}

impl Scene {
    fn begin(algorithm: &'static str, claims: &'static str, authentication: &'static str) -> Self {
        let redirect_uris = vec![REDIRECT.to_owned()];
        let issuer = Issuer::with(&IssuerOptions { algorithm, claims, authentication, redirect_uris });
        let clock = Arc::new(MovedClock::default());
        let secret = (authentication != "public").then(|| Secret::new(Issuer::CLIENT_SECRET));
        let client = client(issuer.origin(), secret, clock.clone());
        Self { issuer, clock, client }
    }

    async fn visit(&self, attempt: &SignInAttempt, account: &str) -> Callback {
        let page = self.client.sign_in_page(attempt, REDIRECT, Some(account)).await.unwrap();
        let back = follow(&page, REDIRECT);
        Callback::from_query(back.split_once('?').unwrap().1)
    }

    async fn sign_in(&self, account: &str) -> Result<Identity> {
        let attempt = attempt(1);
        let callback = self.visit(&attempt, account).await;
        self.client.finish(&attempt, &callback, REDIRECT).await
    }
}

fn client(origin: &str, client_secret: Option<Secret>, clock: Arc<MovedClock>) -> Oidc {
    let issuer = BaseUrl::parse(Provider::SignIn, origin).unwrap();
    let options = OidcOptions { issuer, client_id: "rookery".into(), client_secret };
    Oidc::new(crate::scene::http(), clock, options)
}

fn attempt(seed: u64) -> SignInAttempt {
    SignInAttempt::begin(&mut SeededEntropy::from_seed(seed))
}

#[tokio::test]
async fn people_sign_in_whatever_the_issuer_signs_with_and_wherever_it_puts_the_address() {
    for (algorithm, claims, authentication) in
        [("rs256", "in-token", "post"), ("es256", "in-userinfo", "basic"), ("rs256", "in-userinfo", "public")]
    {
        let scene = Scene::begin(algorithm, claims, authentication);
        let ana = scene
            .sign_in("ana")
            .await
            .unwrap_or_else(|e| panic!("{algorithm} {claims} {authentication}: {e}"));
        assert_eq!((ana.issuer.as_str(), ana.subject.as_str()), (scene.issuer.origin(), "ana"));
        assert_eq!((ana.email.as_str(), ana.name.as_str()), ("ana@example.org", "User ana"));
        assert_eq!(ana.picture.as_deref(), Some("https://pictures.example.org/ana.png"));
        assert_eq!(scene.sign_in("ben").await.unwrap().email, "ben@example.org");
    }
}

#[tokio::test]
async fn an_address_that_the_issuer_does_not_vouch_for_signs_nobody_in() {
    for claims in ["in-token", "in-userinfo"] {
        let scene = Scene::begin("rs256", claims, "basic");
        assert_eq!(scene.sign_in("unverified").await, Err(Error::EmailUnverified), "{claims}");
    }
}

#[tokio::test]
async fn keys_may_change_between_two_people() {
    let mut scene = Scene::begin("rs256", "in-token", "post");
    scene.sign_in("ana").await.unwrap();
    scene.issuer.rotate();
    let too_soon = scene.sign_in("ana").await.unwrap_err();
    assert_eq!(too_soon, Error::IdToken { fault: IdTokenFault::UnknownKey }, "keys are not fetched at will");
    scene.clock.set_ahead(31);
    assert_eq!(scene.sign_in("ana").await.unwrap().subject, "ana");
}

#[tokio::test]
async fn a_person_who_refuses_is_not_signed_in() {
    let scene = Scene::begin("rs256", "in-token", "post");
    let refused = scene.sign_in("deny").await.unwrap_err();
    assert_eq!(refused, Error::SignInRefused { provider: Provider::SignIn, detail: "access_denied".into() });
}

#[tokio::test]
async fn every_part_of_an_attempt_has_to_fit() {
    let scene = Scene::begin("rs256", "in-token", "post");
    let ours = attempt(1);
    let finish = async |attempt: &SignInAttempt, callback: &Callback| {
        scene.client.finish(attempt, callback, REDIRECT).await.unwrap_err()
    };
    let mismatch = Error::StateMismatch { provider: Provider::SignIn };
    let callback = scene.visit(&ours, "ana").await;
    assert_eq!(finish(&attempt(2), &callback).await, mismatch, "another state");
    let stranger = Callback { issuer: Some("http://127.0.0.1:1".into()), ..callback.clone() };
    assert_eq!(finish(&ours, &stranger).await, mismatch, "another issuer");
    let nameless = Callback { issuer: None, ..callback.clone() };
    assert_eq!(finish(&ours, &nameless).await, mismatch, "it promised to name itself");

    let again = Error::SignInAgain { provider: Provider::SignIn };
    let other_verifier = SignInAttempt { verifier: attempt(3).verifier, ..ours.clone() };
    assert_eq!(finish(&other_verifier, &callback).await, again, "another verifier");

    let callback = scene.visit(&ours, "ana").await;
    let other_nonce = SignInAttempt { nonce: attempt(3).nonce, ..ours.clone() };
    assert_eq!(finish(&other_nonce, &callback).await, Error::IdToken { fault: IdTokenFault::Nonce });
    assert_eq!(finish(&ours, &callback).await, again, "a code works once");
}

#[tokio::test]
async fn a_token_is_judged_by_our_clock_within_a_minute() {
    let scene = Scene::begin("es256", "in-token", "post");
    for (ahead, expected) in
        [(50, None), (-50, None), (-70, Some(IdTokenFault::IssuedAt)), (1300, Some(IdTokenFault::Expired))]
    {
        scene.clock.set_ahead(ahead);
        let judged = scene.sign_in("ana").await.err();
        assert_eq!(judged, expected.map(|fault| Error::IdToken { fault }), "{ahead} s ahead");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_a_matter_of_the_settings_and_not_shown() {
    let scene = Scene::begin("rs256", "in-token", "basic");
    let clock = Arc::new(MovedClock::default());
    let wrong = client(scene.issuer.origin(), Some(Secret::new("hunter2")), clock);
    let ours = attempt(1);
    let callback = scene.visit(&ours, "ana").await;
    let refused = wrong.finish(&ours, &callback, REDIRECT).await.unwrap_err();
    assert!(matches!(refused, Error::CredentialsRefused { .. }), "{refused}");
    assert!(!format!("{refused} {refused:?} {wrong:?}").contains("hunter2"));
}

#[tokio::test]
async fn an_issuer_that_is_none_is_a_matter_of_the_settings() {
    let silent = fakes::Server::of(|_| fakes::Reply::empty(404));
    let nobody = client(&silent.origin(), None, Arc::new(MovedClock::default()));
    let page = nobody.sign_in_page(&attempt(1), REDIRECT, None).await.unwrap_err();
    assert!(matches!(page, Error::Configuration { .. }), "{page}");
}
