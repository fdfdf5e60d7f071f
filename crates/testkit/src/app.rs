//! A whole server in this process: real database, real files, real workers, and a clock that can be put forward.

use crate::actor::{self, Anonymous, Browser};
use crate::clock::ShiftedClock;
use crate::http::Site;
use audio::{WorkerCommand, WorkerLimits, Workers};
use blobs::Blobs;
use database::nests::NestRecord;
use database::{Database, invitations, migrate};
use identity::{
    Invitation, Proof, Purpose, Sealer, Secret, SecretKind, ServerSecret, SocketTokenClaims, SocketTokens,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use model::{Clock, DeviceId, Entropy, InvitationId, NestCode, NestId, SeededEntropy, WallTime};
use nest::{Nest, NestName, Settings};
use server::{App, Config, Gate, Lifecycle, Parts, Port, SignIn, Sources};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
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
    program: PathBuf,
}

impl TestApp {
    /// Starts a server with default settings; `program` is the built binary, whose workers look at files.
    pub fn start(program: &Path) -> Self {
        Self::with(program, Config::default())
    }

    /// Starts a server with these settings.
    pub fn with(program: &Path, config: Config) -> Self {
        Self::with_clock(program, config, Arc::new(ShiftedClock::start()))
    }

    /// Starts a server with these settings and a clock that others look at too.
    pub fn with_clock(program: &Path, config: Config, clock: Arc<ShiftedClock>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(program, folder.path(), &clock);
        let Served { app, site, setup_token, .. } = runtime.block_on(serve(place, config));
        let program = program.to_owned();
        Self { runtime: Some(runtime), app, site, clock, setup_token, folder, program }
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

    /// Ends the server in order and starts it again on the same data, at another address: see [`Browser::at`].
    pub fn restart(&mut self) {
        self.sleep(Duration::ZERO);
    }

    /// The same, with so much time in between.
    pub fn sleep(&mut self, time: Duration) {
        let config = self.app.config().clone();
        if let Some(runtime) = self.runtime.take() {
            assert!(runtime.block_on(self.app.lifecycle().shut_down()), "everything ends in time");
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
        self.clock.advance(time);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let place = place(&self.program, self.folder.path(), &self.clock);
        let Served { app, site, setup_token, .. } = runtime.block_on(serve(place, config));
        self.runtime = Some(runtime);
        (self.app, self.site, self.setup_token) = (app, site, setup_token);
    }

    /// Opens a nest for each of these words as another process would: this one does not hear of it.
    pub fn open_elsewhere(&self, words: &[String]) {
        let runtime = self.runtime.as_ref().expect("it runs");
        for word in words {
            let settings = Settings::new(NestName::parse(word).expect("a name"));
            let settings = Settings { slug: Some(word.parse().expect("a word")), ..settings };
            let (_, first) = Nest::open(settings, None, self.now());
            let record = NestRecord {
                id: self.app.generate(NestId::generate),
                code: self.app.draw(|entropy| NestCode::generate(entropy)),
                name: word.clone(),
                created_by: None,
                created_at: self.now(),
                closed_at: None,
                listened_at: None,
            };
            let opened = database::nests::open(self.app.database(), &record, &first);
            runtime.block_on(opened).expect("the word is free");
        }
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

    /// Somebody who watches it, as each process of the same database has one.
    pub fn watcher(&self) -> Watching<'_> {
        let watcher = server::Watcher::new(&self.app).expect("the ways can be used");
        Watching { runtime: self.runtime.as_ref().expect("it runs"), watcher }
    }

    /// Where it serves a picture that a service has at this address.
    pub fn picture(&self, address: &str) -> String {
        server::picture_address(&self.app, address)
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

/// Somebody who watches a server, and looks when the test says so.
pub struct Watching<'a> {
    runtime: &'a Runtime,
    watcher: server::Watcher,
}

impl Watching<'_> {
    /// Looks once, and tells what is to be told.
    pub fn turn(&mut self) {
        self.runtime.block_on(self.watcher.turn());
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}

/// Somewhere on this machine, by chance of its own.
fn place(program: &Path, folder: &Path, clock: &Arc<ShiftedClock>) -> Place {
    Place {
        program: program.to_owned(),
        folder: folder.to_owned(),
        clock: Arc::<ShiftedClock>::clone(clock),
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        seed: crate::since_1970().as_nanos() as u64,
    }
}

/// Where a server lives, and by what.
pub struct Place {
    /// The built program, whose workers look at files.
    pub program: PathBuf,
    /// Its data.
    pub folder: PathBuf,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Where it listens; port 0: anywhere.
    pub address: SocketAddr,
    /// What its chance comes from. Two runs on one folder must not have the same.
    pub seed: u64,
}

/// A server that serves.
pub(crate) struct Served {
    pub(crate) app: App,
    pub(crate) site: Site,
    pub(crate) setup_token: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) database: Database,
}

pub(crate) async fn serve(place: Place, config: Config) -> Served {
    let Place { program, folder, clock, address, seed } = place;
    let files = folder.join("blobs");
    std::fs::create_dir_all(&files).expect("a folder");
    let blobs = Blobs::open(files).await.expect("a blob store");
    let url = format!("sqlite:{}", folder.join("rookery.db").display());
    let database = Database::open(&url, database::Options::default()).await.expect("a database");
    migrate::up(&database, clock.wall()).await.expect("the schema");
    let mut entropy = SeededEntropy::from_seed(seed);
    let setup_token = first_run_link(&database, clock.wall(), &mut entropy).await;
    let command = WorkerCommand { program, args: vec!["audio-worker".into()] };
    let lifecycle = Lifecycle::default();
    let sealer = Sealer::new(&ServerSecret::new(SOCKET_KEY));
    let sign_in = SignIn::new(config.sign_in.clone(), &clock, sealer).expect("the services can be set up");
    let sources = Sources::new(config.sources.clone(), &clock, config.outside.clone());
    let sources = sources.expect("the services can be set up");
    let webhooks = server::webhooks(&config).expect("a way out");
    let secret = ServerSecret::new(SOCKET_KEY);
    let gate = config.gate.clone().map(|gate| Gate::new(gate, &secret).expect("the gate can be set up"));
    let app = App::new(Parts {
        config,
        clock,
        entropy: Box::new(entropy),
        database: database.clone(),
        blobs,
        workers: Workers::new(command, 2, WorkerLimits::default()),
        socket_tokens: SocketTokens::with_key(SOCKET_KEY),
        sign_in,
        sources,
        webhooks,
        bus: None,
        gate,
        lifecycle: lifecycle.clone(),
        metrics: PrometheusBuilder::new().build_recorder().handle(),
    });
    app.start().await.expect("the server starts");
    let listener = TcpListener::bind(address).await.expect("a port");
    let site = Site::new(listener.local_addr().expect("an address"));
    let serving = server::serve(listener, Port::Own, server::router(&app), lifecycle.clone());
    lifecycle.spawn(serving);
    Served { app, site, setup_token, lifecycle, database }
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
