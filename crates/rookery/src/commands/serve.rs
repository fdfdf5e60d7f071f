//! `rookery serve`: binds or takes the ports that were handed over, opens, serves, and ends without losing anything.

use super::admin_link;
use super::slots::{Gate, SlotArgs};
use crate::backups;
use crate::bus_settings;
use crate::compose::{self, Stores};
use crate::failure::Failure;
use crate::moved_environment;
use crate::otlp_settings::Pushing;
use crate::process;
use crate::schema;
use crate::secret_key;
use crate::settings::Settings;
use crate::supervisor::{Inherited, Notify, Supervisor};
use crate::surroundings;
use backup::{Alarm, Keeper};
use identity::Sealer;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use server::{App, Lifecycle, MayServe, Parts, Port, SignIn, Sources, Stance};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};

/// The name of a port that serves the numbers and nothing else.
const METRICS_PORT: &str = "metrics";
/// The name of the door beside the private one at which those come on whom a release is tried.
const CHOSEN_DOOR: &str = "chosen.sock";
/// How long the last spans may take at the end.
const FLUSH_MAX: Duration = Duration::from_secs(2);
/// The name of the port of https.
const TLS_PORT: &str = "tls";

pub async fn run(
    settings: &Settings,
    demo: bool,
    slot: &SlotArgs,
    supervisor: Supervisor,
) -> Result<(), Failure> {
    // What was set wrongly is said before anything is touched.
    let mut config = settings.server()?;
    let tls = settings.tls.read(settings)?;
    let pushing = settings.otlp.pushing(settings)?;
    config.traces = pushing.spans.as_ref().map(|sender| sender.traces());
    config.tls = tls.as_ref().map(|parts| parts.tls.clone());
    if slot.gate == Gate::Closed && slot.admin_socket.is_none() {
        return Err(Failure::NoDoor);
    }
    let Supervisor { ports, notify, watchdog } = supervisor;
    // The port first: whoever starts it twice should hear that before the database is touched.
    let doors = bind(settings, ports, slot.admin_socket.as_deref()).await?;
    let address = doors.address;
    let Stores { clock, database, blobs, workers } = compose::stores(settings).await?;
    let secret = secret_key::open(settings, &database).await?;
    let numbers = metrics()?;
    let lifecycle = lifecycle(settings, slot.gate);
    let sign_in = SignIn::new(config.sign_in.clone(), &clock, Sealer::new(&secret))?;
    #[cfg(feature = "fakes")]
    let _cast = settings.fakes.unwrap_or(false).then(|| {
        let base = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let (cast, sources) = crate::rehearsal::start(&clock, &base);
        tracing::warn!("the services outside are fakes");
        config.sources = sources;
        cast
    });
    let sources = Sources::new(config.sources.clone(), &clock, config.outside.clone())?;
    let webhooks = server::webhooks(&config)?;
    let gate = config.gate.clone().map(|gate| server::Gate::new(gate, &secret)).transpose()?;
    let base = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let closing = database.clone();
    let keeper = backups::open(settings, &database, &secret, &clock).await?;
    config.surroundings = surroundings::of(settings, slot.admin_socket.as_deref(), keeper.as_ref(), &clock)?;
    let certificates =
        tls.map(|parts| certificates::Keeper::new(parts.certificates, parts.authority, Arc::clone(&clock)));
    let parts = Parts {
        config,
        clock,
        entropy: compose::entropy()?,
        bus: bus_settings::open(settings, &database).await?,
        database,
        blobs,
        workers,
        socket_tokens: secret_key::socket_tokens(&secret),
        sign_in,
        sources,
        webhooks,
        gate,
        lifecycle: lifecycle.clone(),
        metrics: numbers.clone(),
    };
    let may_serve = schema::attend(settings, &parts).await?;
    let app = App::new(parts);
    app.start().await?;
    announce(settings, &app, &base).await?;
    if demo && app.library_is_empty().await? {
        add_demo(&app, &lifecycle);
    }
    server::watch(&app).map_err(|error| Failure::Alerts(error.to_string()))?;
    let spans = push(pushing, numbers, &lifecycle);
    keep_backups(keeper, &lifecycle)?;
    doors.attend(&app, may_serve);
    keep_certificates(certificates, &lifecycle);
    let notify = Arc::new(notify);
    notify.ready(lifecycle.stance().as_str());
    lifecycle.spawn(keep_told(app.clone(), Arc::clone(&notify), watchdog));
    lifecycle.spawn(process::watch(lifecycle.clone()));
    asked_to_end()?.await;
    notify.stopping();
    end(app, closing, spans).await
}

/// Where a process begins that takes connections from the start, or waits to be told.
fn lifecycle(settings: &Settings, gate: Gate) -> Lifecycle {
    let lifecycle = Lifecycle::default();
    #[cfg(feature = "fakes")]
    if settings.trial_panic.unwrap_or(false) {
        lifecycle.spawn(crate::trial::panic());
    }
    let _ = settings;
    if gate == Gate::Closed {
        lifecycle.take(Stance::Waiting);
    }
    lifecycle
}

/// Lets what runs finish, then closes the database.
async fn end(
    app: App,
    database: database::Database,
    spans: Option<Arc<otlp::Sender>>,
) -> Result<(), Failure> {
    tracing::info!("stopping");
    let finished = app.lifecycle().shut_down().await;
    if let Some(spans) = spans {
        spans.flush(FLUSH_MAX).await;
    }
    drop(app);
    database.close().await;
    if finished { Ok(()) } else { Err(Failure::Hurried) }
}

/// Where people come in.
struct Doors {
    /// Of the first public port.
    address: SocketAddr,
    public: Vec<(TcpListener, Port)>,
    /// Where https is spoken, if TLS ends here; the public ones then send people there.
    tls: Vec<(TcpListener, Port)>,
    /// Where only the numbers are served.
    numbers: Vec<(TcpListener, Port)>,
    private: Option<UnixListener>,
    /// Where those come whom a process that serves sends here, to try this release.
    chosen: Option<UnixListener>,
}

impl Doors {
    /// Serves whoever comes, until the lifecycle stops. The private door last: whoever asks there finds all others open.
    fn attend(self, app: &App, may_serve: Arc<MayServe>) {
        let life = app.lifecycle();
        let tls = app.config().tls.as_ref();
        let router = server::router(app);
        for (listener, port) in self.public {
            let router = tls.map_or_else(|| router.clone(), |tls| server::plain_router(app, tls));
            life.spawn(server::serve(listener, port, router, life.clone()));
        }
        for ((listener, port), tls) in self.tls.into_iter().zip(tls.into_iter().cycle()) {
            life.spawn(server::serve_tls(listener, port, router.clone(), tls.clone(), life.clone()));
        }
        for (listener, port) in self.numbers {
            life.spawn(server::serve(listener, port, server::metrics_router(app), life.clone()));
        }
        if let Some(door) = self.chosen {
            life.spawn(server::serve_chosen(door, router, life.clone()));
        }
        if let Some(door) = self.private {
            life.spawn(server::serve_private(door, server::private_router(app, may_serve), life.clone()));
        }
    }
}

/// The ports that were handed over; its own, where there are none; and the private door, if there is to be one.
async fn bind(
    settings: &Settings,
    inherited: Vec<Inherited>,
    admin_socket: Option<&Path>,
) -> Result<Doors, Failure> {
    let (mut public, mut tls, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for port in inherited {
        let listener = TcpListener::from_std(port.listener)
            .map_err(|source| Failure::Inherited { name: port.name.clone(), source })?;
        let ports = match port.name.as_str() {
            METRICS_PORT => &mut numbers,
            TLS_PORT => &mut tls,
            _ => &mut public,
        };
        ports.push((listener, Port::Shared));
    }
    if let Some(detail) = unfit(settings.tls.is_here(), !public.is_empty(), !tls.is_empty()) {
        return Err(Failure::Tls(detail.to_owned()));
    }
    let own = async |address| match TcpListener::bind(address).await {
        Ok(listener) => Ok((listener, Port::Own)),
        Err(source) => Err(Failure::Listen { address, source }),
    };
    if public.is_empty() {
        public.push(own(settings.listen()).await?);
    }
    if settings.tls.is_here() && tls.is_empty() {
        tls.push(own(settings.tls.listen()).await?);
    }
    if let Some(address) = settings.metrics_listen.filter(|_| numbers.is_empty()) {
        numbers.push(own(address).await?);
    }
    let address = settings.listen();
    let first = public.first().map(|(listener, _)| listener.local_addr());
    let address = first.unwrap_or(Ok(address)).map_err(|source| Failure::Listen { address, source })?;
    let private = admin_socket.map(private_door).transpose()?;
    let chosen = admin_socket.map(|path| private_door(&path.with_file_name(CHOSEN_DOOR))).transpose()?;
    Ok(Doors { address, public, tls, numbers, private, chosen })
}

/// Why ports that were handed over do not fit where TLS ends. Both or neither: two processes cannot bind one by themselves.
const fn unfit(is_here: bool, has_public: bool, has_tls: bool) -> Option<&'static str> {
    match (is_here, has_public, has_tls) {
        (false, _, true) => Some("a port `tls` was handed over, and TLS does not end here: say --tls"),
        (true, true, false) | (true, false, true) => Some(
            "TLS ends here, and of its two ports the service manager handed over one: write the units anew with \
             `rookery slots units`",
        ),
        _ => None,
    }
}

/// Makes the private door, in place of one that a process before left behind. Only its own user may come in.
fn private_door(path: &Path) -> Result<UnixListener, Failure> {
    let failed = |source| Failure::AdminSocket { path: path.to_owned(), source };
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let door = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(door)
}

/// Tells the service manager what the process does, and that it lives: while tasks run and the database answers.
async fn keep_told(app: App, notify: Arc<Notify>, watchdog: Option<Duration>) {
    let lifecycle = app.lifecycle().clone();
    let every = watchdog.map_or(Duration::from_secs(3600), |patience| patience / 3);
    let mut told = lifecycle.stance();
    loop {
        tokio::select! {
            () = lifecycle.stopping() => return,
            () = lifecycle.until(|stance| stance != told) => {
                told = lifecycle.stance();
                notify.status(told.as_str());
            }
            () = tokio::time::sleep(every), if watchdog.is_some() => {
                match tokio::time::timeout(every, app.database().ping()).await {
                    Ok(Ok(())) => notify.alive(),
                    Ok(Err(error)) => tracing::warn!(%error, "no sign of life: the database does not answer"),
                    Err(_) => tracing::warn!("no sign of life: the database takes too long"),
                }
            }
        }
    }
}

/// Says where the server is, and how the first visitor gets in.
async fn announce(settings: &Settings, app: &App, base: &str) -> Result<(), Failure> {
    super::print(&format!("Rookery listens at {base}\n"));
    if let Some(link) =
        admin_link::first(app.database(), app.clock(), &mut *compose::entropy()?, base).await?
    {
        super::print(&format!("Open this once to become its administrator:\n  {link}\n"));
    }
    secret_key::tell_age(app.database()).await?;
    for ignored in moved_environment::ignored(settings) {
        tracing::warn!(name = ignored.name, "{} means nothing here: {}", ignored.name, ignored.words);
    }
    tracing::info!(base, "ready");
    Ok(())
}

/// Renders the demo while the server serves.
fn add_demo(app: &App, lifecycle: &Lifecycle) {
    let app = app.clone();
    lifecycle.spawn(async move {
        if let Err(error) = server::intake::add_demo(&app).await {
            tracing::error!(%error, "the demo could not be added");
        }
    });
}

/// Ships, takes and checks while this process is the one that serves.
fn keep_backups(keeper: Option<Keeper>, lifecycle: &Lifecycle) -> Result<(), Failure> {
    let Some(keeper) = keeper else { return Ok(()) };
    let (life, mut entropy) = (lifecycle.clone(), compose::entropy()?);
    lifecycle.spawn(async move {
        let serves = |stance| stance == Stance::Serving;
        loop {
            tokio::select! {
                () = life.stopping() => return,
                () = life.until(serves) => {}
            }
            let over = async {
                tokio::select! {
                    () = life.stopping() => {}
                    () = life.until(|stance| !serves(stance)) => {}
                }
            };
            keeper.run(&mut *entropy, over, sound_alarm).await;
        }
    });
    Ok(())
}

/// Pushes numbers and spans for as long as the server runs; whoever takes them slowly, or not at all, holds nobody up. What
/// sends the last spans at the end.
fn push(pushing: Pushing, numbers: PrometheusHandle, lifecycle: &Lifecycle) -> Option<Arc<otlp::Sender>> {
    if let Some(exporter) = pushing.numbers {
        let life = lifecycle.clone();
        let render = move || {
            numbers.run_upkeep();
            numbers.render()
        };
        lifecycle.spawn(async move {
            let clock = crate::clock::SystemClock::start();
            exporter.run(render, &clock, otlp::Pace::SERVING, life.stopping()).await;
        });
    }
    let spans = pushing.spans?;
    let (sender, life) = (Arc::clone(&spans), lifecycle.clone());
    lifecycle.spawn(async move { sender.run(otlp::Pace::SPANS, life.stopping()).await });
    Some(spans)
}

/// Orders and renews for as long as the server runs; while another process takes over, only one of the two.
fn keep_certificates(keeper: Option<certificates::Keeper>, lifecycle: &Lifecycle) {
    let Some(keeper) = keeper else { return };
    let life = lifecycle.clone();
    lifecycle.spawn(async move {
        keeper.run(|| life.stance() == Stance::Serving, life.stopping()).await;
    });
}

/// For whoever reads the log; the numbers are in the metrics.
fn sound_alarm(alarm: Alarm) {
    match alarm {
        Alarm::Stale { .. } | Alarm::DrillFailed { .. } => {
            tracing::error!(alarm = "backups", "{}", alarm.text());
        }
        Alarm::Fresh | Alarm::DrillPassed => tracing::info!(alarm = "backups", "{}", alarm.text()),
    }
}

fn metrics() -> Result<PrometheusHandle, Failure> {
    let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| Failure::Metrics(error.to_string()))?;
    // Prometheus sees how much a number grew only if it was told before.
    metrics::counter!("panics_total").absolute(0);
    Ok(handle)
}

/// What resolves when somebody asks this process to end; from now on nothing else happens then.
///
/// # Errors
/// [`Failure::Runtime`].
pub fn asked_to_end() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
