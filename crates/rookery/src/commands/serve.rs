//! `rookery serve`: binds, opens, serves, and ends without losing anything.

use super::admin_link;
use crate::compose::{self, Stores};
use crate::failure::Failure;
use crate::secret_key;
use crate::settings::Settings;
use identity::Sealer;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use server::{App, Lifecycle, Parts, SignIn};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

pub async fn run(settings: &Settings, demo: bool) -> Result<(), Failure> {
    // What was set wrongly is said before anything is touched.
    let config = settings.server()?;
    // The port first: whoever starts it twice should hear that before the database is touched.
    let address = settings.listen();
    let listener = TcpListener::bind(address).await.map_err(|source| Failure::Listen { address, source })?;
    let address = listener.local_addr().map_err(|source| Failure::Listen { address, source })?;
    let Stores { clock, database, blobs, workers } = compose::stores(settings).await?;
    let entropy = compose::entropy()?;
    let secret = secret_key::open(settings, &database).await?;
    let socket_tokens = secret_key::socket_tokens(&secret);
    let metrics = metrics()?;
    let lifecycle = Lifecycle::default();
    let sign_in = SignIn::new(config.sign_in.clone(), &clock, Sealer::new(&secret))?;
    let base = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let closing = database.clone();
    let parts = Parts {
        config,
        clock,
        entropy,
        database,
        blobs,
        workers,
        socket_tokens,
        sign_in,
        lifecycle: lifecycle.clone(),
        metrics,
    };
    let app = App::new(parts);
    app.start().await?;
    if let Some(address) = settings.metrics_listen {
        let listener =
            TcpListener::bind(address).await.map_err(|source| Failure::Listen { address, source })?;
        let served = server::serve(listener, server::metrics_router(&app), lifecycle.clone());
        lifecycle.spawn(served);
    }
    announce(&app, &base).await?;
    if demo && app.library_is_empty().await? {
        let app = app.clone();
        lifecycle.spawn(async move {
            if let Err(error) = server::intake::add_demo(&app).await {
                tracing::error!(%error, "the demo could not be added");
            }
        });
    }
    let serving = server::serve(listener, server::router(&app), lifecycle.clone());
    lifecycle.spawn(serving);
    wait_for_the_end().await?;
    tracing::info!("stopping");
    let finished = lifecycle.shut_down().await;
    drop(app);
    closing.close().await;
    if finished { Ok(()) } else { Err(Failure::Hurried) }
}

/// Says where the server is, and how the first visitor gets in.
async fn announce(app: &App, base: &str) -> Result<(), Failure> {
    super::print(&format!("Rookery listens at {base}\n"));
    if let Some(link) =
        admin_link::first(app.database(), app.clock(), &mut *compose::entropy()?, base).await?
    {
        super::print(&format!("Open this once to become its administrator:\n  {link}\n"));
    }
    tracing::info!(base, "ready");
    Ok(())
}

fn metrics() -> Result<PrometheusHandle, Failure> {
    let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| Failure::Metrics(error.to_string()))
}

async fn wait_for_the_end() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
