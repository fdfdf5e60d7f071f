//! Measures a backup of a database of 500 MB under a steady writer: how long its commits take while nothing happens,
//! while the log is shipped, and while snapshots are taken; and how long a restore of one takes.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]

use backup::{
    Destination, Keys, NameKey, SHIP_EVERY, Shipper, Source, Store, Target, Vault, create, restore, verify,
};
use database::{Database, Options, migrate};
use model::{Clock, SeededEntropy, ServerInstant, WallTime};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const MEGABYTES: u32 = 500;
/// Between two commits of the writer.
const WRITER_PAUSE: Duration = Duration::from_millis(2);
const PHASE: Duration = Duration::from_secs(10);

#[derive(Debug)]
struct RealClock(Instant);

impl Clock for RealClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(self.0.elapsed().as_micros() as u64)
    }

    fn wall(&self) -> WallTime {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        WallTime::from_micros(now.as_micros() as i64)
    }
}

#[tokio::main]
async fn main() {
    let home = tempfile::tempdir_in(".").expect("a folder");
    let clock: Arc<dyn Clock> = Arc::new(RealClock(Instant::now()));
    let path = home.path().join("rookery.db");
    let url = format!("sqlite:{}", path.display());
    let database = Database::open(&url, Options::default()).await.expect("a database");
    migrate::up(&database, clock.wall()).await.expect("migrations");
    fill(&database).await;
    let (file, _) = Keys::generate();
    let keys = Keys::read(&[], &[("bench".into(), file)]).expect("keys");
    let names = NameKey::derive(&[1; 32], keys.recipients());
    let place = Destination::Folder(home.path().join("backups"));
    let store = Store::open(&place, None, &clock).await.expect("a store");
    let vaults = vec![Vault::new(store, keys)];
    let source = Source {
        database: &database,
        url: &url,
        token: None,
        roots: &[],
        scratch: home.path(),
        environment: "bench",
        release: "0",
        names: &names,
        clock: &*clock,
    };
    println!("  database of {:.0} MB", std::fs::metadata(&path).map_or(0.0, |data| data.len() as f64 / 1e6));
    let (quiet, ()) = under_writer(&database, tokio::time::sleep(PHASE)).await;
    say("writer alone", quiet);
    let mut chance = SeededEntropy::from_seed(1);
    let mut shipper =
        Shipper::start(&database, &vaults, Arc::clone(&clock), &mut chance).await.expect("a shipper");
    let shipping = async {
        let until = Instant::now() + PHASE * 2;
        while Instant::now() < until {
            shipper.tick().await.expect("a tick");
            shipper.rest(SHIP_EVERY).await;
        }
    };
    let (shipped, ()) = under_writer(&database, shipping).await;
    say("log shipped", shipped);
    for round in ["first snapshot, log shipped", "second snapshot, log shipped"] {
        snapshot(round, &source, &vaults, &mut shipper, &mut chance).await;
    }
    shipper.finish(Duration::from_secs(10)).await.expect("the end");
    let to = home.path().join("restored");
    let target = Target { folder: &to, postgres: None, with_files: true };
    let began = Instant::now();
    let restored = restore(&vaults[0], None, &target, &|_| {}).await.expect("a restore");
    println!(
        "  restore of {:.0} MB, with {} frames of the log: {:.1} s",
        restored.bytes as f64 / 1e6,
        restored.frames,
        began.elapsed().as_secs_f64()
    );
    database.close().await;
}

/// Takes a snapshot while the log is shipped and somebody writes, and checks it.
async fn snapshot(
    round: &str,
    source: &Source<'_>,
    vaults: &[Vault],
    shipper: &mut Shipper,
    chance: &mut SeededEntropy,
) {
    let track = shipper.track();
    let done = AtomicBool::new(false);
    let work = async {
        let shipping = async {
            while !done.load(Ordering::Relaxed) {
                shipper.tick().await.expect("a tick");
                shipper.rest(SHIP_EVERY).await;
            }
        };
        let taking = async {
            let began = Instant::now();
            let created = create(source, vaults, Some(&track), chance, &|_| {}).await.expect("a snapshot");
            done.store(true, Ordering::Relaxed);
            (created, began.elapsed())
        };
        futures::future::join(shipping, taking).await.1
    };
    let (stalls, (created, took)) = under_writer(source.database, work).await;
    say(round, stalls);
    println!("    taken in {:.1} s, {:.0} MB", took.as_secs_f64(), created.bytes as f64 / 1e6);
    let began = Instant::now();
    let verified = verify(&vaults[0], &created.id, source, false, &|_| {}).await.expect("a check");
    assert_eq!(verified.mark.fault, None);
    println!("    restored and compared in {:.1} s", began.elapsed().as_secs_f64());
}

/// Rows of 900 bytes by chance, and an index.
async fn fill(database: &Database) {
    database
        .run_script("create table ballast (id integer primary key, a blob, b text)")
        .await
        .expect("a table");
    for _ in 0..MEGABYTES / 10 {
        let rows = "insert into ballast (a, b) with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
                    select randomblob(900), hex(randomblob(8)) from n";
        database.run_script(rows).await.expect("rows");
    }
    database
        .run_script("create index ballast_b on ballast (b); pragma wal_checkpoint(truncate)")
        .await
        .expect("an index");
}

/// How long each commit of a writer took while something was done.
async fn under_writer<T>(database: &Database, work: impl Future<Output = T>) -> (Vec<Duration>, T) {
    let stop = AtomicBool::new(false);
    let writing = async {
        let mut took = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let began = Instant::now();
            database::settings::set(database, "written", &took.len().to_be_bytes()).await.expect("a commit");
            took.push(began.elapsed());
            tokio::time::sleep(WRITER_PAUSE).await;
        }
        took
    };
    let work = async {
        let done = work.await;
        stop.store(true, Ordering::Relaxed);
        done
    };
    futures::future::join(writing, work).await
}

fn say(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: f64| {
        let place = ((took.len() as f64 * share) as usize).min(took.len().saturating_sub(1));
        took.get(place).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    };
    println!(
        "  {what}: {} commits, median {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        took.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
