//! Keeping backups beside a running server: ships the log without a pause, takes a snapshot when one is due, checks it,
//! lets go of old ones, and says in metrics and alarms how things are, when they go wrong and when they are right again.

use crate::check::verify;
use crate::content::lock;
use crate::drill::{self, drill};
use crate::error::{Error, Result};
use crate::files::Root;
use crate::lease::Lease;
use crate::manifest::NameKey;
use crate::prune::prune;
use crate::retention::Retention;
use crate::ship::{SHIP_EVERY, Shipper, Track};
use crate::snapshot::{Source, create};
use crate::utc;
use crate::vault::Vault;
use database::{Database, Engine};
use futures::FutureExt as _;
use futures::future::{Either, select};
use model::{Clock, Entropy, WallTime};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// After a failure, the first and the longest pause.
const PAUSE_FIRST: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_secs(600);
/// How often it is tried whether the process that has the lease has ended: what is written meanwhile is not shipped.
const LEASE_PAUSE: Duration = Duration::from_millis(250);
/// How often the numbers of metrics are made.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// What is left may take so long to be shipped at the end.
const FINISH_MAX: Duration = Duration::from_secs(3);

/// How often, and how long kept.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Between two snapshots.
    pub every: Duration,
    /// Which stay.
    pub retention: Retention,
}

/// Something people should hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// No backup counts that is younger than twice the time between two.
    Stale {
        /// What went wrong last, if that is known.
        because: String,
    },
    /// One does again.
    Fresh,
    /// Some instant could not be restored, or the copy was not sound.
    DrillFailed {
        /// What went wrong.
        because: String,
    },
    /// After that, one could.
    DrillPassed,
}

impl Alarm {
    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Stale { because } => format!("No recent backup was restored and found sound: {because}."),
            Self::Fresh => "A recent backup was restored and found sound.".to_owned(),
            Self::DrillFailed { because } => format!("The drill failed: {because}."),
            Self::DrillPassed => "The drill: some instant was restored and found sound.".to_owned(),
        }
    }
}

/// Everything that keeping backups needs, for a server and for commands.
pub struct Keeper {
    /// What is backed up.
    pub database: Database,
    /// Its address.
    pub url: String,
    /// The token of a libSQL server.
    pub token: Option<String>,
    /// Where to. At least one.
    pub vaults: Vec<Vault>,
    /// Folders.
    pub roots: Vec<Root>,
    /// A folder on the data's disk, for what is made on the way and for the lease.
    pub scratch: PathBuf,
    /// The environment.
    pub environment: String,
    /// The release.
    pub release: String,
    /// Under which key parts are named.
    pub names: NameKey,
    /// When.
    pub schedule: Schedule,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Known {
    /// When the newest snapshot that counts was taken.
    verified: Option<WallTime>,
    trouble: Option<String>,
    is_stale: bool,
    /// When the last drill was, and what was wrong.
    drilled: Option<(WallTime, Option<String>)>,
    has_failed_drill: bool,
}

impl Keeper {
    /// The file whose lock makes this the only process that ships, takes and deletes.
    #[must_use]
    pub fn lease_path(&self) -> PathBuf {
        self.scratch.join("backup.lock")
    }

    /// Works until `stopping`. What goes wrong is told by `alarm` and tried again.
    pub async fn run(
        &self,
        entropy: &mut dyn Entropy,
        stopping: impl Future<Output = ()> + Send,
        alarm: impl Fn(Alarm) + Send + Sync,
    ) {
        let stopping = stopping.shared();
        let known = Mutex::new(Known::default());
        let began = self.clock.wall();
        let telling = async {
            loop {
                self.tell(&known, began, &alarm);
                tokio::time::sleep(TELL_EVERY).await;
            }
        };
        let working = async {
            let mut pause = PAUSE_FIRST;
            loop {
                match self.work(&known, entropy, stopping.clone()).await {
                    Ok(()) => return,
                    // It has waited, and tries again.
                    Err(Error::Busy { .. }) => {}
                    Err(error) => {
                        tracing::error!(%error, "backups begin anew");
                        lock(&known).trouble = Some(error.to_string());
                        tokio::time::sleep(pause).await;
                        pause = (pause * 2).min(PAUSE_MAX);
                    }
                }
            }
        };
        // Work ends by itself when it should: what was read from the log must be sent.
        let (working, telling) = (pin!(working), pin!(telling));
        let late = async {
            stopping.clone().await;
            tokio::time::sleep(FINISH_MAX * 2).await;
        };
        select(select(working, telling), pin!(late)).await;
    }

    /// Ends well when it is time to stop, else with what makes it begin anew.
    async fn work<S>(&self, known: &Mutex<Known>, entropy: &mut dyn Entropy, stopping: S) -> Result<()>
    where
        S: Future<Output = ()> + Clone + Unpin + Send,
    {
        let lease = match Lease::take(&self.lease_path()) {
            Ok(lease) => lease,
            Err(error) => {
                // Waiting for the lease ends when everything does.
                let waiting = tokio::time::timeout(LEASE_PAUSE, stopping);
                return if waiting.await.is_ok() { Ok(()) } else { Err(error) };
            }
        };
        if self.database.engine() != Engine::Sqlite {
            let snapshots = pin!(self.snapshots(known, None, entropy));
            let ended = select(snapshots, stopping).await;
            drop(lease);
            return match ended {
                Either::Left((error, _)) => Err(error),
                Either::Right(_) => Ok(()),
            };
        }
        let mut shipper =
            Shipper::start(&self.database, &self.vaults, Arc::clone(&self.clock), entropy).await?;
        let track = shipper.track();
        let shipping = async {
            let mut stopping = stopping;
            loop {
                shipper.tick().await?;
                let mut given_up = metrics_of(&shipper);
                if let Either::Left(_) = select(&mut stopping, pin!(shipper.rest(SHIP_EVERY))).await {
                    return Ok(());
                }
                given_up = shipper.given_up().saturating_sub(given_up);
                if given_up > 0 {
                    tracing::warn!(
                        segments = given_up,
                        "segments never arrived: the next snapshot begins anew"
                    );
                }
            }
        };
        let snapshots = self.snapshots(known, Some(&track), entropy);
        let ended = match select(pin!(shipping), pin!(snapshots)).await {
            Either::Left((ended, _)) => ended,
            // A snapshot that finds the shipper gone astray.
            Either::Right((error, _)) => Err(error),
        };
        let finished = shipper.finish(FINISH_MAX).await;
        metrics::gauge!("backup_shipping").set(0.0);
        drop(lease);
        ended.and(finished)
    }

    /// Takes snapshots for ever. Ends only with an error that concerns the shipper too.
    async fn snapshots(
        &self,
        known: &Mutex<Known>,
        track: Option<&Track>,
        entropy: &mut dyn Entropy,
    ) -> Error {
        let mut pause = PAUSE_FIRST;
        // A lineage begins with a snapshot.
        let mut wait = if track.is_some() { Duration::ZERO } else { self.until_due().await };
        loop {
            tokio::time::sleep(wait).await;
            let began = self.clock.instant();
            wait = match self.one(known, track, entropy).await {
                Ok(()) => {
                    pause = PAUSE_FIRST;
                    if let Err(error) = self.drill_if_due(known, entropy).await {
                        tracing::error!(%error, "the drill failed");
                    }
                    self.schedule.every
                }
                Err(error @ Error::LostTrack { .. }) => return error,
                Err(error) => {
                    tracing::error!(%error, "the backup failed");
                    lock(known).trouble = Some(error.to_string());
                    pause = (pause * 2).min(PAUSE_MAX);
                    pause
                }
            };
            let result = f64::from(u8::from(lock(known).trouble.is_none()));
            metrics::gauge!("backup_last_result").set(result);
            let took = self.clock.instant().since(began);
            metrics::gauge!("backup_last_duration_seconds").set(took.as_secs_f64());
        }
    }

    async fn until_due(&self) -> Duration {
        let Some(vault) = self.vaults.first() else { return Duration::ZERO };
        let Ok(Some(last)) = vault.last_verified().await else { return Duration::ZERO };
        let Ok(manifest) = vault.manifest(&last.id).await else { return Duration::ZERO };
        self.schedule.every.saturating_sub(self.clock.wall().since(manifest.taken_at()))
    }

    /// Takes a snapshot, checks it everywhere, and lets go of old ones where it counts.
    async fn one(
        &self,
        known: &Mutex<Known>,
        track: Option<&Track>,
        entropy: &mut dyn Entropy,
    ) -> Result<()> {
        // A command may work on the same places.
        let _works_alone = Lease::take(&work_lease(&self.scratch))?;
        let source = self.source();
        let silent = |_| {};
        let created = create(&source, &self.vaults, track, entropy, &silent).await?;
        metrics::gauge!("backup_last_bytes").set(created.bytes as f64);
        let mut troubles: Vec<String> = created.failures.iter().flatten().map(ToString::to_string).collect();
        let (mut is_far, mut counts) = (false, false);
        for (vault, failure) in self.vaults.iter().zip(&created.failures) {
            if failure.is_some() {
                continue;
            }
            let verified = verify(vault, &created.id, &source, false, &silent).await;
            match verified.map(|verified| verified.mark.fault) {
                Ok(None) => {
                    counts = true;
                    is_far |= !vault.store.is_on_disk_of(&self.scratch);
                    if let Err(error) = prune(vault, &self.schedule.retention, self.clock.wall()).await {
                        troubles.push(error.to_string());
                    }
                }
                Ok(Some(fault)) => troubles.push(format!("{}: {fault}", vault.place())),
                Err(error) => troubles.push(error.to_string()),
            }
        }
        if !is_far {
            troubles.push("no backup is anywhere but on the disk of the data".to_owned());
        }
        metrics::gauge!("backup_is_off_site").set(f64::from(u8::from(is_far)));
        let mut known = lock(known);
        if counts {
            known.verified = Some(created.taken_at);
            tracing::info!(snapshot = %created.id, bytes = created.bytes, "a backup was restored and found sound");
        }
        known.trouble = (!troubles.is_empty()).then(|| troubles.join("; "));
        if let Some(trouble) = &known.trouble {
            tracing::warn!(snapshot = %created.id, trouble, "the backup is not all right");
        }
        Ok(())
    }

    /// Once a week some instant of each place is restored.
    async fn drill_if_due(&self, known: &Mutex<Known>, entropy: &mut dyn Entropy) -> Result<()> {
        let mut last: Option<(WallTime, Option<String>)> = None;
        for vault in &self.vaults {
            let entries = vault.snapshots().await?;
            let Some(first) = entries.iter().find(|entry| entry.counts()) else { continue };
            let first = vault.manifest(&first.id).await?.taken_at();
            if drill::is_due(first, vault.last_drill().await?.as_ref(), self.clock.wall()) {
                // A command may work on the same places.
                let _works_alone = Lease::take(&work_lease(&self.scratch))?;
                match drill(vault, None, &self.source(), entropy, &|_| {}).await {
                    Ok(done) => tracing::info!(
                        asked = utc(done.asked),
                        restored_ms = u64::try_from(done.restored_in.as_millis()).unwrap_or(u64::MAX),
                        faults = ?done.faults,
                        "a drill"
                    ),
                    Err(error) => tracing::error!(%error, "the drill failed"),
                }
            }
            if let Some(drilled) = vault.last_drill().await? {
                let fault = (!drilled.faults.is_empty())
                    .then(|| format!("{}: {}", vault.place(), drilled.faults.join("; ")));
                let at = WallTime::from_micros(drilled.at_us);
                // The worst of all places counts.
                let earliest = last.as_ref().map_or(at, |(other, _)| at.min(*other));
                last = Some((earliest, last.and_then(|(_, fault)| fault).or(fault)));
            }
        }
        lock(known).drilled = last;
        Ok(())
    }

    /// What is backed up.
    #[must_use]
    pub fn source(&self) -> Source<'_> {
        Source {
            database: &self.database,
            url: &self.url,
            token: self.token.as_deref(),
            roots: &self.roots,
            scratch: &self.scratch,
            environment: &self.environment,
            release: &self.release,
            names: &self.names,
            clock: &*self.clock,
        }
    }

    /// Age of the newest backup that counts, and alarms both ways.
    fn tell(&self, known: &Mutex<Known>, began: WallTime, alarm: &(impl Fn(Alarm) + Send + Sync)) {
        let now = self.clock.wall();
        let mut known = lock(known);
        // Without one, as old as this process: so that the number grows until there is one.
        let age = now.since(known.verified.unwrap_or(began));
        metrics::gauge!("backup_verified_age_seconds").set(age.as_secs_f64());
        if let Some((at, fault)) = known.drilled.clone() {
            metrics::gauge!("backup_drill_age_seconds").set(now.since(at).as_secs_f64());
            metrics::gauge!("backup_drill_result").set(f64::from(u8::from(fault.is_none())));
            if fault.is_some() != known.has_failed_drill {
                known.has_failed_drill = fault.is_some();
                alarm(fault.map_or(Alarm::DrillPassed, |because| Alarm::DrillFailed { because }));
            }
        }
        let is_stale = age > self.schedule.every * 2;
        if is_stale != known.is_stale {
            known.is_stale = is_stale;
            let because = known.trouble.clone().unwrap_or_else(|| "it is late".to_owned());
            alarm(if is_stale { Alarm::Stale { because } } else { Alarm::Fresh });
        }
    }
}

/// The file whose lock lets one process at a time take, check and delete.
#[must_use]
pub fn work_lease(scratch: &std::path::Path) -> PathBuf {
    scratch.join("backup-work.lock")
}

/// Says how shipping goes; how many segments were given up.
fn metrics_of(shipper: &Shipper) -> u64 {
    let in_trouble = shipper.troubles().flatten().count();
    metrics::gauge!("backup_shipping").set(f64::from(u8::from(in_trouble == 0)));
    metrics::gauge!("backup_shipping_lag_seconds").set(shipper.lag().as_secs_f64());
    metrics::gauge!("backup_turn_seconds_max").set(shipper.longest_turn().as_secs_f64());
    metrics::gauge!("backup_segments_given_up").set(shipper.given_up() as f64);
    shipper.given_up()
}
