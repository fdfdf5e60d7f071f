//! A whole server in this process: real database, real files, real workers, and a clock that can be put forward.

use crate::actor::{self, Anonymous, Browser};
use crate::clock::ShiftedClock;
use crate::http::Site;
use audio::{WorkerCommand, WorkerLimits, Workers};
use blobs::Blobs;
use database::{Database, invitations, migrate};
use identity::{
    Invitation, Proof, Purpose, Sealer, Secret, SecretKind, ServerSecret, SocketTokenClaims, SocketTokens,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use model::{Clock, DeviceId, Entropy, InvitationId, SeededEntropy, WallTime};
use server::{App, Config, Lifecycle, Parts, SignIn};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const SOCKET_KEY: [u8; 32] = [7; 32];

/// A server in this process. Dropping it ends it.
pub struct TestApp {
    runtime: Option<Runtime>,
    app: App,
    site: Site,
    clock: Arc<ShiftedClock>,
    setup_token: String,
    folder: TempDir,
}

impl TestApp {
    /// Starts a server with default settings; `program` is the built binary, whose workers look at files.
    pub fn start(program: &Path) -> Self {
        Self::with(program, Config::default())
    }

    /// Starts a server with these settings.
    pub fn with(program: &Path, config: Config) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ShiftedClock::start());
        let served = runtime.block_on(serve(program, config, folder.path(), Arc::clone(&clock)));
        let (app, site, setup_token) = served;
        Self { runtime: Some(runtime), app, site, clock, setup_token, folder }
    }

    /// How to reach it.
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Anonymous {
        Anonymous(self.site.clone())
    }

    /// The secret of the first-run link.
    pub fn setup_token(&self) -> &str {
        &self.setup_token
    }

    /// Sets the server up.
    pub fn administrator(&self) -> Browser {
        actor::administrator(&self.site, &self.setup_token)
    }

    /// Puts the server's clock forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The server's time.
    pub fn now(&self) -> WallTime {
        self.clock.wall()
    }

    /// Has the server fetch a picture of a person, as after signing in with a service that names one; whether it came.
    pub fn fetch_avatar(&self, browser: &Browser, address: &str) -> bool {
        let member = browser.person.parse().expect("a member id");
        let runtime = self.runtime.as_ref().expect("it runs");
        runtime.block_on(server::avatar::fetch(&self.app, member, address)).is_ok()
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A socket token of a browser that ends after `lifetime`; the server's own last ten minutes.
    pub fn socket_token(&self, browser: &Browser, lifetime: Duration) -> String {
        let member = browser.person.parse().expect("a member id");
        let device: DeviceId = browser.device.parse().expect("a device id");
        let claims =
            SocketTokenClaims { member, proof: Proof::Device(device), expires_at: self.now().plus(lifetime) };
        SocketTokens::with_key(SOCKET_KEY).sign(claims)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}

async fn serve(
    program: &Path,
    config: Config,
    folder: &Path,
    clock: Arc<ShiftedClock>,
) -> (App, Site, String) {
    let files = folder.join("blobs");
    std::fs::create_dir_all(&files).expect("a folder");
    let blobs = Blobs::open(files).await.expect("a blob store");
    let url = format!("sqlite:{}", folder.join("rookery.db").display());
    let database = Database::open(&url, database::Options::default()).await.expect("a database");
    migrate::up(&database, clock.wall()).await.expect("the schema");
    let mut entropy = SeededEntropy::from_seed(crate::since_1970().as_nanos() as u64);
    let setup_token = first_run_link(&database, clock.wall(), &mut entropy).await;
    let command = WorkerCommand { program: program.to_owned(), args: vec!["audio-worker".into()] };
    let lifecycle = Lifecycle::default();
    let sealer = Sealer::new(&ServerSecret::new(SOCKET_KEY));
    let shared: Arc<dyn Clock> = Arc::<ShiftedClock>::clone(&clock);
    let sign_in = SignIn::new(config.sign_in.clone(), &shared, sealer).expect("the services can be set up");
    let app = App::new(Parts {
        config,
        clock,
        entropy: Box::new(entropy),
        database,
        blobs,
        workers: Workers::new(command, 2, WorkerLimits::default()),
        socket_tokens: SocketTokens::with_key(SOCKET_KEY),
        sign_in,
        lifecycle: lifecycle.clone(),
        metrics: PrometheusBuilder::new().build_recorder().handle(),
    });
    app.start().await.expect("the server starts");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let site = Site::new(listener.local_addr().expect("an address"));
    let serving = server::serve(listener, server::router(&app), lifecycle.clone());
    lifecycle.spawn(serving);
    (app, site, setup_token)
}

async fn first_run_link(database: &Database, now: WallTime, entropy: &mut dyn Entropy) -> String {
    let secret = Secret::generate(SecretKind::Link, entropy);
    let invitation = Invitation {
        id: InvitationId::generate(now, entropy),
        purpose: Purpose::Setup,
        created_by: None,
        created_at: now,
        expires_at: now.plus(Duration::from_secs(3600)),
        uses_left: 1,
    };
    invitations::insert(database, &invitation, secret.hash()).await.expect("the first-run link");
    secret.reveal().to_owned()
}
