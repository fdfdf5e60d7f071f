//! The shipped log: any instant, whatever happens meanwhile, and a loss of the disk loses a second at most.

use crate::stage::{Stage, bucket, read, write};
use backup::{Error, Progress, SHIP_EVERY, Shipper, Source, Target, Track, Vault, create, restore};
use database::Database;
use model::{Clock, Entropy, SeededEntropy, WallTime};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a loss of the disk may lose.
const LOST_MAX: Duration = Duration::from_secs(1);

/// A write: its number, when it began, and when it was acknowledged.
type Acknowledged = (u32, WallTime, WallTime);

/// Writes numbers, one after the other, until it is told to stop.
async fn storm(
    database: Database,
    clock: Arc<dyn Clock>,
    stop: Arc<AtomicBool>,
    bytes: usize,
) -> Vec<Acknowledged> {
    let mut acknowledged = Vec::new();
    let mut value = vec![0; bytes];
    while !stop.load(Ordering::Relaxed) {
        let number = u32::try_from(acknowledged.len()).unwrap();
        value[..4].copy_from_slice(&number.to_be_bytes());
        let began = clock.wall();
        write(&database, "number", &value).await;
        acknowledged.push((number, began, clock.wall()));
    }
    acknowledged
}

async fn start(stage: &Stage) -> Shipper {
    let mut chance = SeededEntropy::from_seed(9);
    Shipper::start(&stage.database, &stage.vaults, Arc::clone(&stage.clock), &mut chance).await.unwrap()
}

async fn snapshot_on(source: Source<'_>, vaults: &[Vault], track: &Track) -> WallTime {
    let mut chance = SeededEntropy::from_seed(u64::try_from(source.clock.wall().micros()).unwrap());
    let created = create(&source, vaults, Some(track), &mut chance, &|_| {}).await.unwrap();
    assert!(created.failures.iter().all(Option::is_none), "{:?}", created.failures);
    created.taken_at
}

/// Ships until `stop`, then for the last time if it ends well. `turned`: the log has begun again.
async fn ship(mut shipper: Shipper, stop: &AtomicBool, turned: &AtomicBool, ends_well: bool) {
    while !stop.load(Ordering::Relaxed) {
        shipper.tick().await.unwrap();
        turned.fetch_or(shipper.longest_turn() > Duration::ZERO, Ordering::Relaxed);
        shipper.rest(SHIP_EVERY).await;
    }
    if ends_well {
        shipper.finish(Duration::from_secs(5)).await.unwrap();
    }
}

/// The number that stands in what is restored of an instant.
async fn number_at(stage: &Stage, vault: &Vault, at: Option<WallTime>, name: &str) -> Option<u32> {
    let to = stage.home.path().join(name);
    let target = Target { folder: &to, postgres: None, with_files: false };
    restore(vault, at, &target, &|_| {}).await.unwrap();
    let value = read(&to, "number").await;
    std::fs::remove_dir_all(&to).unwrap();
    value.map(|value| u32::from_be_bytes(value[..4].try_into().unwrap()))
}

/// What was acknowledged a second before an instant is in it, and nothing that began after it. For how long the disk
/// held up a write, it may hold up each of the three steps of shipping too.
fn judge(acknowledged: &[Acknowledged], at: WallTime, found: Option<u32>) {
    let held_up = acknowledged.iter().map(|(_, began, done)| done.since(*began)).max().unwrap_or_default();
    let sure_at = at.minus(LOST_MAX + 3 * held_up);
    let sure = acknowledged.iter().rfind(|(_, _, done)| *done <= sure_at).map(|(number, ..)| *number);
    let possible = acknowledged.iter().rfind(|(_, began, _)| *began <= at).map(|(number, ..)| *number);
    assert!(found >= sure && found <= possible, "at {at:?}: {sure:?} <= {found:?} <= {possible:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pitr_random_instant() {
    let stage = Stage::sqlite().await;
    let turned = AtomicBool::new(false);
    let (stop, stop_storm) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let shipper = start(&stage).await;
    let track = shipper.track();
    let storm = storm(stage.database.clone(), Arc::clone(&stage.clock), Arc::clone(&stop_storm), 40_000);
    let roots = stage.roots();
    let bases = async {
        let first = snapshot_on(stage.source(&roots), &stage.vaults, &track).await;
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(2500)).await;
            snapshot_on(stage.source(&roots), &stage.vaults, &track).await;
        }
        // The last instants have no snapshot behind them.
        tokio::time::sleep(Duration::from_millis(2500)).await;
        for _ in 0..1200 {
            if turned.load(Ordering::Relaxed) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop_storm.store(true, Ordering::Relaxed);
        tokio::time::sleep(LOST_MAX).await;
        stop.store(true, Ordering::Relaxed);
        first
    };
    let (acknowledged, (), first) =
        futures::future::join3(storm, ship(shipper, &stop, &turned, true), bases).await;
    let last = acknowledged.last().unwrap().2;
    assert!(turned.load(Ordering::Relaxed), "the log never began again in {} writes", acknowledged.len());
    let mut chance = SeededEntropy::from_seed(20);
    let span = u64::try_from(last.since(first).as_micros()).unwrap();
    for round in 0..20 {
        let at = first.plus(Duration::from_micros(chance.next_u64() % span));
        let found = number_at(&stage, &stage.vaults[0], Some(at), &format!("at-{round}")).await;
        judge(&acknowledged, at, found);
    }
    let newest = number_at(&stage, &stage.vaults[0], None, "newest").await;
    assert_eq!(newest, acknowledged.last().map(|(number, ..)| *number), "all of it was shipped at the end");
}

/// Where all of the log is in the file, nobody who reads keeps it from beginning again with the next write.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_whole_though_the_log_begins_again_while_it_is_taken() {
    let stage = Stage::sqlite().await;
    let mut shipper = start(&stage).await;
    let track = shipper.track();
    let mut number = 0_u8;
    while shipper.longest_turn() == Duration::ZERO {
        for _ in 0..4 {
            number += 1;
            write(&stage.database, "number", &vec![number; 400_000]).await;
        }
        shipper.tick().await.unwrap();
    }
    let (stop, turned) = (AtomicBool::new(false), AtomicBool::new(false));
    let is_written = AtomicBool::new(false);
    let snapshot = async {
        let meanwhile = |progress: Progress| {
            if matches!(progress, Progress::Found(_)) && !is_written.swap(true, Ordering::Relaxed) {
                let writes = async {
                    write(&stage.database, "number", &vec![number + 1; 400_000]).await;
                    write(&stage.database, "number", &vec![number + 2; 400_000]).await;
                };
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(writes));
            }
        };
        let roots = stage.roots();
        let mut chance = SeededEntropy::from_seed(3);
        let source = stage.source(&roots);
        let created = create(&source, &stage.vaults, Some(&track), &mut chance, &meanwhile).await.unwrap();
        stop.store(true, Ordering::Relaxed);
        created
    };
    let ((), created) = futures::future::join(ship(shipper, &stop, &turned, true), snapshot).await;
    assert!(created.failures.iter().all(Option::is_none), "{:?}", created.failures);
    assert!(is_written.load(Ordering::Relaxed));
    let newest = number_at(&stage, &stage.vaults[0], None, "newest").await;
    assert_eq!(newest, Some(u32::from_be_bytes([number + 2; 4])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_of_the_disk_in_a_storm_loses_a_second_at_most() {
    let mut stage = Stage::sqlite().await;
    let (_fake, options) = bucket(&stage.clock);
    stage.vaults.clear();
    stage.add(&"s3:nest-egg".parse().unwrap(), Some(&options)).await;
    let (stop, stop_storm) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let shipper = start(&stage).await;
    let track = shipper.track();
    let storm = storm(stage.database.clone(), Arc::clone(&stage.clock), Arc::clone(&stop_storm), 4000);
    let roots = stage.roots();
    let lost_at = Mutex::new(WallTime::from_micros(0));
    let scene = async {
        snapshot_on(stage.source(&roots), &stage.vaults, &track).await;
        tokio::time::sleep(Duration::from_millis(2700)).await;
        *lost_at.lock().unwrap() = stage.clock.wall();
        stop.store(true, Ordering::Relaxed);
    };
    // Nothing is shipped any more from then on, and nothing is finished.
    let shipping = async {
        let turned = AtomicBool::new(false);
        let shipping = ship(shipper, &stop, &turned, false);
        futures::future::select(std::pin::pin!(shipping), std::pin::pin!(scene)).await;
        stop_storm.store(true, Ordering::Relaxed);
    };
    let (acknowledged, ()) = futures::future::join(storm, shipping).await;
    let at = *lost_at.lock().unwrap();
    let found = number_at(&stage, &stage.vaults[0], None, "newest").await;
    judge(&acknowledged, at, found);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_another_process_takes_nothing_away() {
    let stage = Stage::sqlite().await;
    let mut shipper = start(&stage).await;
    let roots = stage.roots();
    snapshot_on(stage.source(&roots), &stage.vaults, &shipper.track()).await;
    let mut last = stage.clock.wall();
    for round in 0..30_u32 {
        stage.write("number", &round.to_be_bytes()).await;
        last = stage.clock.wall();
        // A stranger does what it can to begin the log again before it is shipped.
        let file = stage.data().join("rookery.db");
        let done = Command::new("sqlite3")
            .arg(&file)
            .args([
                "pragma busy_timeout=50",
                "pragma wal_checkpoint(truncate)",
                "pragma wal_checkpoint(restart)",
            ])
            .output()
            .expect("sqlite3 runs");
        assert!(done.status.success(), "{done:?}");
        stage.write("beside", &round.to_be_bytes()).await;
        if round % 3 == 0 {
            shipper.tick().await.unwrap();
        }
    }
    shipper.tick().await.unwrap();
    shipper.rest(SHIP_EVERY).await;
    let at = stage.clock.wall();
    assert!(at > last);
    assert_eq!(number_at(&stage, &stage.vaults[0], Some(at), "restored").await, Some(29));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_began_again_without_the_shipper_is_noticed() {
    let stage = Stage::sqlite().await;
    let mut shipper = start(&stage).await;
    stage.write("number", &[1]).await;
    shipper.tick().await.unwrap();
    // Somebody puts a log of other salts there, as a process would that saw nobody hold it.
    let wal = stage.data().join("rookery.db-wal");
    let mut bytes = std::fs::read(&wal).unwrap();
    let other = tempfile::tempdir().unwrap();
    let elsewhere = Database::open(
        &format!("sqlite:{}", other.path().join("x.db").display()),
        database::Options::default(),
    )
    .await
    .unwrap();
    elsewhere.run_script("create table x (a); insert into x values (1)").await.unwrap();
    let foreign = std::fs::read(other.path().join("x.db-wal")).unwrap();
    bytes[..foreign.len().min(4096)].copy_from_slice(&foreign[..foreign.len().min(4096)]);
    std::fs::write(&wal, bytes).unwrap();
    let lost = shipper.tick().await;
    assert!(matches!(lost, Err(Error::LostTrack { .. })), "{lost:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_place_stops_nobody_and_gets_everything_when_it_has_room() {
    let mut stage = Stage::sqlite().await;
    let (fake, options) = bucket(&stage.clock);
    stage.add(&"s3:nest-egg".parse().unwrap(), Some(&options)).await;
    let mut shipper = start(&stage).await;
    let roots = stage.roots();
    snapshot_on(stage.source(&roots), &stage.vaults, &shipper.track()).await;
    fake.set_room(0);
    let mut slowest = Duration::ZERO;
    for round in 0..20_u32 {
        let began = stage.clock.instant();
        stage.write("number", &round.to_be_bytes()).await;
        slowest = slowest.max(stage.clock.instant().since(began));
        shipper.tick().await.unwrap();
    }
    let troubles: Vec<bool> = shipper.troubles().map(|trouble| trouble.is_some()).collect();
    assert_eq!(troubles, [false, true]);
    assert!(shipper.lag() > Duration::ZERO, "what the full place has not waits");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let near = number_at(&stage, &stage.vaults[0], None, "near").await;
    assert_eq!(near, Some(19), "the other place has it all");
    fake.set_room(usize::MAX);
    shipper.finish(Duration::from_secs(40)).await.unwrap();
    assert_eq!(number_at(&stage, &stage.vaults[1], None, "far").await, Some(19));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_damaged_segment_is_found_on_the_way() {
    let stage = Stage::sqlite().await;
    let mut shipper = start(&stage).await;
    let roots = stage.roots();
    snapshot_on(stage.source(&roots), &stage.vaults, &shipper.track()).await;
    for round in 0..4_u32 {
        stage.write("number", &round.to_be_bytes()).await;
        shipper.tick().await.unwrap();
    }
    shipper.finish(Duration::from_secs(5)).await.unwrap();
    let store = stage.vaults[0].store();
    let segments = store.list("wal/").await.unwrap();
    assert!(segments.len() >= 4, "{segments:?}");
    let to = stage.home.path().join("restored");
    let target = Target { folder: &to, postgres: None, with_files: false };
    for segment in &segments[..segments.len() - 1] {
        let whole = store.get(&segment.key).await.unwrap();
        let mut damaged = whole.to_vec();
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        for bytes in [None, Some(damaged)] {
            match bytes {
                None => store.delete(&segment.key).await.unwrap(),
                Some(bytes) => store.put(&segment.key, bytes.into()).await.unwrap(),
            }
            let error = restore(&stage.vaults[0], None, &target, &|_| {}).await.unwrap_err();
            assert!(matches!(error, Error::Damaged { .. }), "{error}");
            assert!(!to.exists(), "nothing half restored is left");
        }
        store.put(&segment.key, whole).await.unwrap();
    }
    assert_eq!(number_at(&stage, &stage.vaults[0], None, "whole").await, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_over_becomes_one_segment() {
    let stage = Stage::sqlite().await;
    let mut shipper = start(&stage).await;
    let roots = stage.roots();
    snapshot_on(stage.source(&roots), &stage.vaults, &shipper.track()).await;
    let mut instants = Vec::new();
    for round in 0..60_u32 {
        // Pages that do not change are not written.
        let mut value = vec![u8::try_from(round).unwrap(); 400_000];
        value[..4].copy_from_slice(&round.to_be_bytes());
        stage.write("number", &value).await;
        shipper.tick().await.unwrap();
        instants.push(stage.clock.wall());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    shipper.finish(Duration::from_secs(10)).await.unwrap();
    let segments = stage.vaults[0].store().list("wal/").await.unwrap();
    let names: Vec<&str> = segments.iter().map(|segment| segment.key.name()).collect();
    assert!(segments.len() < 40, "{} segments of 60 ticks: {names:#?}", segments.len());
    for round in [0, 7, 30, 58, 59] {
        let found = number_at(&stage, &stage.vaults[0], Some(instants[round]), &format!("at-{round}")).await;
        assert_eq!(found, Some(u32::try_from(round).unwrap()));
    }
}
