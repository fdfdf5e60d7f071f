//! What takes room on this machine: the database, other data, play logs, backups, releases, none counted twice. Walking
//! through folders takes a while: it is done every ten minutes at most, aside, and until it is done nothing is claimed.

use crate::failure::Failure;
use crate::settings::Settings;
use backup::Destination;
use model::{Clock, ServerInstant};
use operations::Layout;
use server::surroundings::RoomTaken;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For how long what was measured is shown again.
const KEPT: Duration = Duration::from_secs(600);
/// How long somebody who looks waits for it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Files and folders beyond which a place is not measured.
const ENTRIES_MAX: usize = 1_000_000;
/// Bytes of a block, as the system counts what a file takes.
const BLOCK_BYTES: u64 = 512;

pub struct Room {
    places: Vec<(&'static str, Vec<PathBuf>)>,
    clock: Arc<dyn Clock>,
    measured: Arc<Mutex<Measured>>,
}

#[derive(Default)]
struct Measured {
    at: Option<ServerInstant>,
    is_under_way: bool,
    used: Vec<RoomTaken>,
}

impl Room {
    pub fn of(settings: &Settings, layout: &Layout, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let data = settings.data();
        let embedded = settings.embedded_database().map(|file| {
            let beside = ["-wal", "-shm"].map(|end| PathBuf::from(format!("{}{end}", file.display())));
            [vec![file], beside.to_vec()].concat()
        });
        let backups = settings.backup.places()?.into_iter().filter_map(|place| match place {
            Destination::Folder(path) => Some(path),
            Destination::S3 { .. } => None,
        });
        let logs = settings.play_log_dir.clone().filter(|folder| !folder.as_os_str().is_empty());
        let releases = PathBuf::from(layout.releases());
        let places = [
            ("database", embedded.unwrap_or_default()),
            ("data", vec![data]),
            ("play_logs", logs.into_iter().collect()),
            ("backups", backups.collect()),
            ("releases", if releases.exists() { vec![releases] } else { Vec::new() }),
        ];
        let places = places.into_iter().filter(|(_, paths)| !paths.is_empty()).collect();
        Ok(Self { places, clock, measured: Arc::default() })
    }

    pub async fn look(&self) -> Vec<RoomTaken> {
        let now = self.clock.instant();
        let is_due = {
            let mut measured = self.measured();
            let is_old = measured.at.is_none_or(|at| now.since(at) >= KEPT);
            let is_due = is_old && !measured.is_under_way;
            measured.is_under_way |= is_due;
            is_due
        };
        if is_due {
            let (places, measured) = (self.places.clone(), Arc::clone(&self.measured));
            let walk = tokio::task::spawn_blocking(move || {
                let used = measure(&places);
                let mut measured = measured.lock().unwrap_or_else(PoisonError::into_inner);
                *measured = Measured { at: Some(now), is_under_way: false, used };
            });
            // Whoever comes later sees it.
            let _seen_in_time = tokio::time::timeout(PATIENCE, walk).await;
        }
        let measured = self.measured();
        if measured.at.is_some() {
            return measured.used.clone();
        }
        let unknown = |(what, _): &(&str, _)| RoomTaken { what: (*what).to_owned(), bytes: None };
        self.places.iter().map(unknown).collect()
    }

    fn measured(&self) -> std::sync::MutexGuard<'_, Measured> {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Measures every place; what belongs to another one is left out.
fn measure(places: &[(&'static str, Vec<PathBuf>)]) -> Vec<RoomTaken> {
    // One spelling of each path, so that one inside another is recognised.
    let plain = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    let plain: Vec<(&str, Vec<PathBuf>)> =
        places.iter().map(|(what, paths)| (*what, paths.iter().map(plain).collect())).collect();
    let of = |(what, paths): &(&str, Vec<PathBuf>)| {
        let others: Vec<&PathBuf> =
            plain.iter().filter(|(other, _)| other != what).flat_map(|(_, paths)| paths).collect();
        let bytes = paths.iter().map(|path| taken(path, &others)).sum();
        RoomTaken { what: (*what).to_owned(), bytes }
    };
    plain.iter().map(of).collect()
}

/// Bytes that a file or folder takes on its disk; `None` if that cannot be found out.
fn taken(path: &Path, others: &[&PathBuf]) -> Option<u64> {
    let (mut waiting, mut bytes, mut seen) = (vec![path.to_owned()], 0_u64, 0_usize);
    while let Some(path) = waiting.pop() {
        seen += 1;
        if seen > ENTRIES_MAX {
            return None;
        }
        // What goes while somebody walks takes nothing.
        let Ok(found) = fs::symlink_metadata(&path) else { continue };
        bytes = bytes.saturating_add(found.blocks().saturating_mul(BLOCK_BYTES));
        if found.is_dir() {
            let inside = fs::read_dir(&path).ok()?;
            let inside = inside.filter_map(Result::ok).map(|entry| entry.path());
            waiting.extend(inside.filter(|path| !others.contains(&path)));
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_another_place_is_counted_there_alone() {
        let home = tempfile::tempdir().unwrap();
        let inside = |name: &str| home.path().join(name);
        fs::create_dir_all(inside("backups")).unwrap();
        fs::write(inside("song"), vec![1; 300_000]).unwrap();
        fs::write(inside("backups/copy"), vec![2; 900_000]).unwrap();
        fs::write(inside("rookery.db"), vec![3; 100_000]).unwrap();
        let places = [
            ("database", vec![inside("rookery.db"), inside("rookery.db-wal")]),
            ("data", vec![home.path().to_owned()]),
            ("backups", vec![inside("backups")]),
        ];
        let found: Vec<u64> = measure(&places).iter().map(|taken| taken.bytes.unwrap()).collect();
        for (found, least) in found.iter().zip([100_000, 300_000, 900_000]) {
            assert!((least..least + 60_000).contains(found), "{found} of {least}");
        }
    }
}
