//! Sign-in against a real OpenID provider, in node.

use fakes::follow;
use model::{Clock, SeededEntropy, ServerInstant, WallTime};
use providers::oidc::{Identity, Oidc, OidcOptions};
use providers::{BaseUrl, Callback, Error, IdTokenFault, Provider, Result, Secret, SignInAttempt};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const REDIRECT: &str = "http://127.0.0.1:21800/auth/callback";
const START_TIMEOUT: Duration = Duration::from_secs(40);

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
struct Issuer {
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
    origin: String,
    clock: Arc<MovedClock>,
    client: Oidc,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Issuer {
    fn begin(algorithm: &str, claims: &str, authentication: &str) -> Self {
        let folder = install();
        let mut child = Command::new("node")
            .args(["issuer.mjs", algorithm, claims, authentication])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need node");
        let input = child.stdin.take().unwrap();
        let output = lines(child.stdout.take().unwrap());
        let origin = output.recv_timeout(START_TIMEOUT).expect("the provider starts");
        let clock = Arc::new(MovedClock::default());
        let secret = (authentication != "public").then(|| Secret::new("secret of rookery: with + and %"));
        let client = client(&origin, secret, clock.clone());
        Self { child, input, output, origin, clock, client }
    }

    /// New keys.
    fn rotate(&mut self) {
        self.input.write_all(b"rotate\n").unwrap();
        assert_eq!(self.output.recv_timeout(START_TIMEOUT).as_deref(), Ok("rotated"));
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

/// Installs what the lock file says, once, whoever comes first.
fn install() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    let lock = std::fs::File::create(std::env::temp_dir().join("rookery-oidc-peer.lock")).unwrap();
    lock.lock().unwrap();
    if !folder.join("node_modules/.package-lock.json").exists() {
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("these tests need node and npm");
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    }
    folder
}

/// The lines a peer prints, each waited for with a bound.
fn lines(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = sync_channel(8);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[tokio::test]
async fn people_sign_in_whatever_the_issuer_signs_with_and_wherever_it_puts_the_address() {
    for (algorithm, claims, authentication) in
        [("rs256", "in-token", "post"), ("es256", "in-userinfo", "basic"), ("rs256", "in-userinfo", "public")]
    {
        let issuer = Issuer::begin(algorithm, claims, authentication);
        let ana = issuer
            .sign_in("ana")
            .await
            .unwrap_or_else(|e| panic!("{algorithm} {claims} {authentication}: {e}"));
        assert_eq!((ana.issuer.as_str(), ana.subject.as_str()), (issuer.origin.as_str(), "ana"));
        assert_eq!((ana.email.as_str(), ana.name.as_str()), ("ana@example.org", "User ana"));
        assert_eq!(ana.picture.as_deref(), Some("https://pictures.example.org/ana.png"));
        assert_eq!(issuer.sign_in("ben").await.unwrap().email, "ben@example.org");
    }
}

#[tokio::test]
async fn an_address_that_the_issuer_does_not_vouch_for_signs_nobody_in() {
    for claims in ["in-token", "in-userinfo"] {
        let issuer = Issuer::begin("rs256", claims, "basic");
        assert_eq!(issuer.sign_in("unverified").await, Err(Error::EmailUnverified), "{claims}");
    }
}

#[tokio::test]
async fn keys_may_change_between_two_people() {
    let mut issuer = Issuer::begin("rs256", "in-token", "post");
    issuer.sign_in("ana").await.unwrap();
    issuer.rotate();
    let too_soon = issuer.sign_in("ana").await.unwrap_err();
    assert_eq!(too_soon, Error::IdToken { fault: IdTokenFault::UnknownKey }, "keys are not fetched at will");
    issuer.clock.set_ahead(31);
    assert_eq!(issuer.sign_in("ana").await.unwrap().subject, "ana");
}

#[tokio::test]
async fn a_person_who_refuses_is_not_signed_in() {
    let issuer = Issuer::begin("rs256", "in-token", "post");
    let refused = issuer.sign_in("deny").await.unwrap_err();
    assert_eq!(refused, Error::SignInRefused { provider: Provider::SignIn, detail: "access_denied".into() });
}

#[tokio::test]
async fn every_part_of_an_attempt_has_to_fit() {
    let issuer = Issuer::begin("rs256", "in-token", "post");
    let ours = attempt(1);
    let finish = async |attempt: &SignInAttempt, callback: &Callback| {
        issuer.client.finish(attempt, callback, REDIRECT).await.unwrap_err()
    };
    let mismatch = Error::StateMismatch { provider: Provider::SignIn };
    let callback = issuer.visit(&ours, "ana").await;
    assert_eq!(finish(&attempt(2), &callback).await, mismatch, "another state");
    let stranger = Callback { issuer: Some("http://127.0.0.1:1".into()), ..callback.clone() };
    assert_eq!(finish(&ours, &stranger).await, mismatch, "another issuer");
    let nameless = Callback { issuer: None, ..callback.clone() };
    assert_eq!(finish(&ours, &nameless).await, mismatch, "it promised to name itself");

    let again = Error::SignInAgain { provider: Provider::SignIn };
    let other_verifier = SignInAttempt { verifier: attempt(3).verifier, ..ours.clone() };
    assert_eq!(finish(&other_verifier, &callback).await, again, "another verifier");

    let callback = issuer.visit(&ours, "ana").await;
    let other_nonce = SignInAttempt { nonce: attempt(3).nonce, ..ours.clone() };
    assert_eq!(finish(&other_nonce, &callback).await, Error::IdToken { fault: IdTokenFault::Nonce });
    assert_eq!(finish(&ours, &callback).await, again, "a code works once");
}

#[tokio::test]
async fn a_token_is_judged_by_our_clock_within_a_minute() {
    let issuer = Issuer::begin("es256", "in-token", "post");
    for (ahead, expected) in
        [(50, None), (-50, None), (-70, Some(IdTokenFault::IssuedAt)), (1300, Some(IdTokenFault::Expired))]
    {
        issuer.clock.set_ahead(ahead);
        let judged = issuer.sign_in("ana").await.err();
        assert_eq!(judged, expected.map(|fault| Error::IdToken { fault }), "{ahead} s ahead");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_a_matter_of_the_settings_and_not_shown() {
    let issuer = Issuer::begin("rs256", "in-token", "basic");
    let clock = Arc::new(MovedClock::default());
    let wrong = client(&issuer.origin, Some(Secret::new("hunter2")), clock);
    let ours = attempt(1);
    let callback = issuer.visit(&ours, "ana").await;
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
