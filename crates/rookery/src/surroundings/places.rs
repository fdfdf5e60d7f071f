//! Places of backups at a glance. Looking may mean asking another machine: it is done once a minute at most, and what does
//! not answer in time is said not to.

use backup::{Copied, Drilled, Keeper, Outlook, Vault};
use futures::future::join_all;
use model::{Clock, ServerInstant, WallTime};
use server::surroundings::{BackupCopy, BackupPlace, BackupsState, DrillState};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For how long what was seen is shown again.
const KEPT: Duration = Duration::from_secs(60);
/// How long a place may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(8);
/// Faults of a drill that are shown.
const FAULTS_MAX: usize = 5;

pub struct Places {
    vaults: Vec<Vault>,
    /// On the disk of the data.
    near: PathBuf,
    every: Option<Duration>,
    clock: Arc<dyn Clock>,
    last: Mutex<Last>,
}

#[derive(Clone, Default)]
struct Last {
    at: Option<ServerInstant>,
    outlooks: Vec<Outlook>,
    shown: BackupsState,
}

impl Places {
    pub fn of(keeper: Option<&Keeper>, clock: Arc<dyn Clock>) -> Self {
        Self {
            vaults: keeper.map(|keeper| keeper.vaults.clone()).unwrap_or_default(),
            near: keeper.map(|keeper| keeper.scratch.clone()).unwrap_or_default(),
            every: keeper.map(|keeper| keeper.schedule.every),
            clock,
            last: Mutex::default(),
        }
    }

    pub async fn look(&self) -> BackupsState {
        let now = self.clock.instant();
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if last.at.is_some_and(|at| now.since(at) < KEPT) {
            return last.shown;
        }
        let nothing = Outlook::default();
        let looks = self.vaults.iter().enumerate().map(|(at, vault)| {
            let before = last.outlooks.get(at).unwrap_or(&nothing);
            async move {
                let looked = tokio::time::timeout(ANSWER_MAX, vault.outlook(before)).await;
                match looked {
                    Ok(Ok(outlook)) => (outlook, None),
                    Ok(Err(error)) => (before.clone(), Some(error.to_string())),
                    Err(_) => (before.clone(), Some("it does not answer".to_owned())),
                }
            }
        });
        let looked = join_all(looks).await;
        let places = self.vaults.iter().zip(&looked);
        let places = places.map(|(vault, (outlook, fault))| BackupPlace {
            place: vault.place().to_owned(),
            off_site: !vault.store().is_on_disk_of(&self.near),
            copies: u32::try_from(outlook.count).unwrap_or(u32::MAX),
            newest: outlook.newest.as_ref().map(copy),
            newest_sound: outlook.sound.as_ref().map(copy),
            drill: outlook.drill.as_ref().map(drill),
            fault: fault.clone(),
        });
        let shown = BackupsState {
            places: places.collect(),
            every_s: self.every.map(|every| every.as_secs()),
            looked_at_ms: (!self.vaults.is_empty()).then(|| self.clock.wall().millis()),
            ..BackupsState::default()
        };
        let outlooks = looked.into_iter().map(|(outlook, _)| outlook).collect();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
            Last { at: Some(now), outlooks, shown: shown.clone() };
        shown
    }
}

fn millis(us: i64) -> i64 {
    WallTime::from_micros(us).millis()
}

fn copy(copied: &Copied) -> BackupCopy {
    BackupCopy {
        id: copied.id.to_string(),
        taken_at_ms: copied.taken_at.millis(),
        bytes: Some(copied.bytes),
        checked_at_ms: copied.mark.as_ref().map(|mark| millis(mark.at_us)),
        fault: copied.mark.as_ref().and_then(|mark| mark.fault.clone()),
    }
}

fn drill(drilled: &Drilled) -> DrillState {
    DrillState {
        at_ms: millis(drilled.at_us),
        asked_ms: millis(drilled.asked_us),
        took_ms: drilled.took_ms,
        faults: drilled.faults.iter().take(FAULTS_MAX).cloned().collect(),
    }
}
