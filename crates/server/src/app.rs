//! What every request can reach: the parts of the server, put together once.

use crate::canary::Trials;
use crate::channels::Channels;
use crate::counts::SignIns;
use crate::dialects::echonest::{EchonestConfig, Kept};
use crate::gate::{Gate, GateConfig};
use crate::horns::Horns;
use crate::intake::Intake;
use crate::lifecycle::Lifecycle;
use crate::limits;
use crate::listening::Counts;
use crate::local_time::Zone;
use crate::nests::Nests;
use crate::play_log::PlayLogConfig;
use crate::rates::Rates;
use crate::recent::Recent;
use crate::revocation::{Revocations, Revoked};
use crate::routes::Sound;
use crate::sign_in::{SignIn, SignInConfig};
use crate::sources::{Followings, Sources, SourcesConfig};
use crate::surroundings::Surroundings;
use crate::tls::Tls;
use crate::watching::{Deep, Page, WatchingConfig};
use blobs::Blobs;
use bus::Bus;
use database::Database;
use identity::{AuditAction, AuditEntry, SocketTokens};
use metrics_exporter_prometheus::PrometheusHandle;
use model::{Clock, Entropy, TrackId, WallTime};
use providers::{Outside, Webhooks};
use realtime::Hub;
use standard_webhooks::Keyring;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// What an administrator can set about the server.
#[derive(Clone, Debug)]
pub struct Config {
    /// The community's name.
    pub name: String,
    /// The address people use, without a trailing slash (`https://music.example.org`); `None`: whatever they asked.
    pub public_url: Option<String>,
    /// The largest upload, in bytes.
    pub upload_bytes_max: u64,
    /// How many proxies in front of this process are trusted to say who asks (`X-Forwarded-For`, `-Proto`).
    pub trusted_proxies: u8,
    /// How long a temporary nest lasts with nobody listening.
    pub nest_idle_max: Duration,
    /// How many nests may be open at a time, at most [`limits::NESTS_MAX`].
    pub nests_max: usize,
    /// Whether `/metrics` is served on the public port.
    pub public_metrics: bool,
    /// Sign-in with other services.
    pub sign_in: SignInConfig,
    /// Services that have songs of their own.
    pub sources: SourcesConfig,
    /// What day and hour it is for the people here.
    pub zone: Zone,
    /// What beside the public network webhooks and services may be reached.
    pub outside: Outside,
    /// Where play logs are written; `None`: nowhere.
    pub play_log: Option<PlayLogConfig>,
    /// What clients of EchoNest may do.
    pub echonest: EchonestConfig,
    /// What webhooks that come in are signed with; `None`: none are taken.
    pub webhook_secrets: Option<Keyring>,
    /// The gate before an environment that is not for everybody.
    pub gate: Option<GateConfig>,
    /// TLS in this process; `None`: in front of it, or nowhere.
    pub tls: Option<Tls>,
    /// What is watched, and who is told.
    pub watching: WatchingConfig,
    /// What the program around the server knows of how it is run.
    pub surroundings: Surroundings,
    /// Where requests are kept as spans; `None`: nowhere.
    pub traces: Option<otlp::Traces>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "Rookery".to_owned(),
            public_url: None,
            upload_bytes_max: limits::UPLOAD_BYTES_DEFAULT,
            trusted_proxies: 0,
            nest_idle_max: limits::NEST_IDLE_DEFAULT,
            nests_max: limits::NESTS_DEFAULT,
            public_metrics: true,
            sign_in: SignInConfig::default(),
            sources: SourcesConfig::default(),
            zone: Zone::default(),
            outside: Outside::default(),
            play_log: None,
            echonest: EchonestConfig::default(),
            webhook_secrets: None,
            gate: None,
            tls: None,
            watching: WatchingConfig::default(),
            surroundings: Surroundings::default(),
            traces: None,
        }
    }
}

/// The parts an [`App`] is made of.
#[expect(missing_docs, reason = "each part is its type")]
pub struct Parts {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub entropy: Box<dyn Entropy>,
    pub database: Database,
    pub blobs: Blobs,
    pub workers: audio::Workers,
    pub socket_tokens: SocketTokens,
    pub sign_in: SignIn,
    pub sources: Sources,
    pub webhooks: Webhooks,
    pub bus: Option<Bus>,
    pub gate: Option<Gate>,
    pub lifecycle: Lifecycle,
    pub metrics: PrometheusHandle,
}

/// The server's parts. Clones are the same server.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    entropy: Arc<Mutex<Box<dyn Entropy>>>,
    database: Database,
    blobs: Blobs,
    hub: Arc<Hub>,
    nests: Nests,
    intake: Intake,
    socket_tokens: SocketTokens,
    sign_in: SignIn,
    sources: Sources,
    followings: Followings,
    sign_ins: SignIns,
    webhooks: Webhooks,
    channels: Channels,
    bus: Option<Bus>,
    gate: Option<Gate>,
    trials: Trials,
    revocations: Revocations,
    streamers: Recent<String, ()>,
    sounds: Recent<TrackId, Sound>,
    listener_counts: Arc<Counts>,
    rates: Rates,
    horns: Horns,
    echonest_queues: Kept,
    uploads: Arc<Semaphore>,
    lifecycle: Lifecycle,
    metrics: PrometheusHandle,
    deep: Deep,
    page: Page,
    started_at: WallTime,
}

impl App {
    /// Puts the server together. Nothing runs before [`App::start`].
    pub fn new(parts: Parts) -> Self {
        let Parts {
            config,
            clock,
            entropy,
            database,
            blobs,
            workers,
            socket_tokens,
            sign_in,
            sources,
            webhooks,
            bus,
            gate,
            lifecycle,
            metrics,
        } = parts;
        let started_at = clock.wall();
        let entropy = Arc::new(Mutex::new(entropy));
        let intake =
            Intake::new(database.clone(), blobs.clone(), workers, Arc::clone(&clock), Arc::clone(&entropy));
        Self(Arc::new(Inner {
            config,
            clock,
            entropy,
            database,
            blobs,
            hub: Arc::default(),
            nests: Nests::default(),
            intake,
            socket_tokens,
            sign_in,
            sources,
            followings: Followings::default(),
            sign_ins: SignIns::default(),
            webhooks,
            channels: Channels::default(),
            bus,
            gate,
            trials: Trials::default(),
            revocations: Revocations::default(),
            streamers: Recent::default(),
            sounds: Recent::default(),
            listener_counts: Arc::default(),
            rates: Rates::default(),
            horns: Horns::default(),
            echonest_queues: Kept::default(),
            uploads: Arc::new(Semaphore::new(limits::UPLOADS_AT_ONCE_MAX)),
            lifecycle,
            metrics,
            deep: Deep::default(),
            page: Page::default(),
            started_at,
        }))
    }

    /// Opens the nests and starts the background work.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn start(&self) -> crate::Result<()> {
        crate::server_channel::open(self);
        crate::nests::open_all(self).await?;
        crate::nests::follow(self);
        crate::sources::client_ids::start(self).await?;
        crate::intake::start(self);
        crate::play_log::start(self);
        crate::notices::start(self);
        crate::counts::start(self);
        crate::sources::following::start_when_serving(self).await
    }

    /// Settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Where time comes from.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// The time now.
    pub fn now(&self) -> WallTime {
        self.0.clock.wall()
    }

    /// Draws chance for something short: an id, a secret.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut dyn Entropy) -> T) -> T {
        let mut entropy = self.0.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        draw(&mut **entropy)
    }

    /// A new id: `app.generate(MemberId::generate)`.
    pub fn generate<T>(&self, generate: impl FnOnce(WallTime, &mut dyn Entropy) -> T) -> T {
        let now = self.now();
        self.draw(|entropy| generate(now, entropy))
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// Whether there is no track yet.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn library_is_empty(&self) -> crate::Result<bool> {
        Ok(database::tracks::count(self.database()).await? == 0)
    }

    /// The files.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// The channels.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    pub(crate) fn nests(&self) -> &Nests {
        &self.0.nests
    }

    /// How sound comes in.
    pub fn intake(&self) -> &Intake {
        &self.0.intake
    }

    pub(crate) fn socket_tokens(&self) -> &SocketTokens {
        &self.0.socket_tokens
    }

    /// Sign-in with other services.
    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.0.sign_in
    }

    /// Services that have songs of their own.
    pub(crate) fn sources(&self) -> &Sources {
        &self.0.sources
    }

    /// Devices that follow nests.
    pub(crate) fn followings(&self) -> &Followings {
        &self.0.followings
    }

    /// Sign-ins that are not written down yet.
    pub(crate) fn sign_ins(&self) -> &SignIns {
        &self.0.sign_ins
    }

    /// The way to webhooks.
    pub(crate) fn webhooks(&self) -> &Webhooks {
        &self.0.webhooks
    }

    /// Channels that other applications feed.
    pub(crate) fn channels(&self) -> &Channels {
        &self.0.channels
    }

    /// The way on which processes tell each other to look, if there is one beside the database.
    pub(crate) fn bus(&self) -> Option<&Bus> {
        self.0.bus.as_ref()
    }

    /// Other processes are to look into the database. Never waits.
    pub(crate) fn wrote(&self) {
        if let Some(bus) = self.bus() {
            bus.say();
        }
    }

    /// The gate, if this environment is not for everybody.
    pub(crate) fn gate(&self) -> Option<&Gate> {
        self.0.gate.as_ref()
    }

    /// The release that is tried on some people, if one is.
    pub(crate) fn trials(&self) -> &Trials {
        &self.0.trials
    }

    /// A line for the audit log, about now.
    pub(crate) fn line(&self, action: AuditAction) -> AuditEntry {
        self.generate(|now, entropy| AuditEntry::new(action, now, entropy))
    }

    /// Ends what hangs on a proof: its sockets, and what is remembered of it.
    pub(crate) fn revoke(&self, revoked: Revoked) {
        self.0.streamers.forget();
        self.0.revocations.announce(revoked);
    }

    /// Who streamed a moment ago, by the hash of their secret.
    pub(crate) fn streamers(&self) -> &Recent<String, ()> {
        &self.0.streamers
    }

    /// Where the sound of a track was a moment ago.
    pub(crate) fn sounds(&self) -> &Recent<TrackId, Sound> {
        &self.0.sounds
    }

    pub(crate) fn revocations(&self) -> &Revocations {
        &self.0.revocations
    }

    pub(crate) fn listener_counts(&self) -> &Arc<Counts> {
        &self.0.listener_counts
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    /// The sounds of horns.
    pub(crate) fn horns(&self) -> &Horns {
        &self.0.horns
    }

    /// Queues as clients of EchoNest get them.
    pub(crate) fn echonest_queues(&self) -> &Kept {
        &self.0.echonest_queues
    }

    pub(crate) fn uploads(&self) -> &Arc<Semaphore> {
        &self.0.uploads
    }

    /// Beginning and end.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.0.lifecycle
    }

    pub(crate) fn metrics(&self) -> &PrometheusHandle {
        &self.0.metrics
    }

    /// What was found when somebody last looked deeply.
    pub(crate) fn deep(&self) -> &Deep {
        &self.0.deep
    }

    /// What the page of operations showed last.
    pub(crate) fn page(&self) -> &Page {
        &self.0.page
    }

    /// When it was put together.
    pub(crate) fn started_at(&self) -> WallTime {
        self.0.started_at
    }
}
