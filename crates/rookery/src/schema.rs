//! The schema while a server serves: it says that it is there, so that nothing is taken away that it needs, and brings
//! rows along, batch by batch.

use crate::compose;
use crate::failure::Failure;
use crate::settings::Settings;
use database::backfill::{Backfill, Step};
use database::backfill_worker::{Pace, Turn, Worker};
use database::migrate::Migrations;
use database::processes::{self, BEAT_EVERY, Process};
use database::{Database, Error};
use futures::FutureExt as _;
use model::Clock;
use server::{Lifecycle, MayServe, Parts, Stance};
use std::sync::Arc;

/// The migrations of this program.
///
/// # Errors
/// `Failure::Trial`, in a build for tests alone.
#[cfg_attr(
    not(feature = "fakes"),
    expect(clippy::unnecessary_wraps, reason = "a build for tests may have others")
)]
pub fn own(settings: &Settings) -> Result<Migrations, Failure> {
    #[cfg(feature = "fakes")]
    if let Some(file) = &settings.trial_migrations {
        return crate::trial::read(file);
    }
    let _ = settings;
    Ok(database::migrate::OWN)
}

/// A name that no other process has.
///
/// # Errors
/// [`Failure::Randomness`].
pub fn unique_name() -> Result<String, Failure> {
    Ok(format!("{:016x}", compose::entropy()?.next_u64()))
}

/// Says that this process is there, and brings rows along, for as long as the server runs. A process that waits is not
/// there: what it gets to serve with is looked at when it is to serve, as when one starts.
///
/// # Errors
/// [`Failure::Database`] if the database does not take this release any more.
pub async fn attend(settings: &Settings, parts: &Parts) -> Result<Arc<MayServe>, Failure> {
    let (database, clock) = (parts.database.clone(), Arc::clone(&parts.clock));
    let attending = Arc::new(Attending { own: own(settings)?, database, clock, id: unique_name()? });
    attending.say().await?;
    let life = &parts.lifecycle;
    if !attending.own.backfills.is_empty() {
        let (clock, id) = (Arc::clone(&parts.clock), attending.id.clone());
        let worker = Worker::new(&parts.database, attending.own.backfills, id, clock, Pace::SERVING);
        life.spawn(bring_along(worker, life.clone()));
    }
    let (present, life) = (Arc::clone(&attending), life.clone());
    parts.lifecycle.spawn(async move { present.be_there(life).await });
    Ok(Arc::new(move || {
        let attending = Arc::clone(&attending);
        async move { attending.say().await.map_err(|error| error.to_string()) }.boxed()
    }))
}

/// A process that is there.
struct Attending {
    own: Migrations,
    database: Database,
    clock: Arc<dyn Clock>,
    id: String,
}

impl Attending {
    async fn say(&self) -> Result<(), Error> {
        let process = Process {
            id: self.id.clone(),
            release: env!("CARGO_PKG_VERSION").to_owned(),
            known: self.own.range().0,
            seen_at: self.clock.wall(),
        };
        processes::enter(&self.database, &self.own, &process).await
    }

    async fn be_there(&self, life: Lifecycle) {
        loop {
            let waits = life.stance() == Stance::Waiting;
            if waits {
                self.leave().await;
            }
            tokio::select! {
                () = life.stopping() => break,
                () = life.until(|stance| (stance == Stance::Waiting) != waits) => continue,
                () = tokio::time::sleep(BEAT_EVERY), if !waits => {}
            }
            match self.say().await {
                Err(error @ Error::DatabaseNewer { .. }) => {
                    tracing::error!(%error, "the database has changed under this process: end it");
                }
                Err(error) => tracing::warn!(%error, "could not say that this process is there"),
                Ok(()) => {}
            }
        }
        self.leave().await;
    }

    async fn leave(&self) {
        if let Err(error) = processes::leave(&self.database, &self.id).await {
            tracing::debug!(%error, "could not say that this process is gone");
        }
    }
}

async fn bring_along(mut worker: Worker, life: Lifecycle) {
    loop {
        let turn = async {
            life.until(|stance| stance == Stance::Serving).await;
            worker.turn().await
        };
        let turn = tokio::select! {
            () = life.stopping() => break,
            turn = turn => turn,
        };
        tell(&worker, &turn).await;
        tokio::select! {
            () = life.stopping() => break,
            () = tokio::time::sleep(turn.rest) => {}
        }
    }
    if let Err(error) = worker.let_go().await {
        tracing::debug!(%error, "a backfill could not be let go of");
    }
}

async fn tell(worker: &Worker, turn: &Turn) {
    let Some((Backfill { name, .. }, done)) = &turn.done else { return };
    match done {
        Err(error) => {
            metrics::counter!("backfill_failures_total", "name" => *name).increment(1);
            let again = format!("{:?}", turn.rest);
            tracing::warn!(backfill = name, %error, again, "a batch failed and is tried again");
        }
        Ok(Step::Again) => {
            tracing::info!(backfill = name, "rows were written that lack something: another round")
        }
        Ok(_) => {}
    }
    let Ok(progress) = worker.progress().await else { return };
    for progress in progress {
        let name = progress.name;
        metrics::gauge!("backfill_rows_seen", "name" => name.clone()).set(progress.seen as f64);
        metrics::gauge!("backfill_rows_expected", "name" => name.clone()).set(progress.expected as f64);
        metrics::gauge!("backfill_is_finished", "name" => name)
            .set(f64::from(u8::from(progress.is_finished)));
    }
}
