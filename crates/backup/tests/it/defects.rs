//! What is wrong with the ways of backing up that rookery replaces, D1 to D5: each is a test.

use crate::stage::{Stage, bucket, read, tree};
use backup::{Error, Retention, Target, prune, restore, verify};
use std::time::Duration;

/// A restore over a running system destroys the backup's content, or is undone by what the system still holds.
#[tokio::test(flavor = "multi_thread")]
async fn d1_a_restore_goes_beside_what_is_there_and_never_over_it() {
    let mut stage = Stage::sqlite().await;
    stage.write("state", b"then").await;
    stage.snapshot().await;
    stage.write("state", b"now").await;
    let before = tree(&stage.backups());
    let over = Target { folder: &stage.data(), postgres: None, with_files: true };
    let refused = restore(&stage.vaults[0], None, &over, &|_| {}).await;
    assert!(matches!(refused, Err(Error::Exists { .. })), "{refused:?}");
    assert_eq!(database::settings::get(&stage.database, "state").await.unwrap().unwrap(), b"now");
    let beside = stage.home.path().join("restored");
    let target = Target { folder: &beside, postgres: None, with_files: true };
    restore(&stage.vaults[0], None, &target, &|_| {}).await.unwrap();
    assert_eq!(read(&beside, "state").await.unwrap(), b"then");
    // Reading it back changed nothing of the backup.
    assert_eq!(tree(&stage.backups()), before);
    let again = restore(&stage.vaults[0], None, &target, &|_| {}).await;
    assert!(matches!(again, Err(Error::Exists { .. })), "{again:?}");
}

/// Backups on the disk of the data are lost with it.
#[tokio::test(flavor = "multi_thread")]
async fn d2_a_folder_on_the_disk_of_the_data_is_not_off_site() {
    let mut stage = Stage::sqlite().await;
    let (_fake, options) = bucket(&stage.clock);
    stage.add(&"s3:nest-egg/prod".parse().unwrap(), Some(&options)).await;
    assert!(stage.vaults[0].store().is_on_disk_of(&stage.data()));
    assert!(!stage.vaults[1].store().is_on_disk_of(&stage.data()));
    let created = stage.snapshot().await;
    // The disk is gone, with the data and the folder.
    let (vault, roots) = (stage.vaults[1].clone(), stage.roots());
    stage.write("after", b"lost").await;
    std::fs::remove_dir_all(stage.backups()).unwrap();
    let verified = verify(&vault, &created.id, &stage.source(&roots), true, &|_| {}).await.unwrap();
    assert_eq!(verified.mark.fault, None);
}

/// `save; sleep; copy` copies what the save has not finished.
#[tokio::test(flavor = "multi_thread")]
async fn d3_what_was_acknowledged_before_a_snapshot_is_in_it_without_waiting() {
    let mut stage = Stage::sqlite().await;
    for round in 0..8_u8 {
        stage.write("round", &vec![round; 60_000]).await;
        let created = stage.snapshot().await;
        let to = stage.home.path().join(format!("restored-{round}"));
        let target = Target { folder: &to, postgres: None, with_files: false };
        restore(&stage.vaults[0], Some(created.taken_at), &target, &|_| {}).await.unwrap();
        assert_eq!(read(&to, "round").await.unwrap(), vec![round; 60_000]);
    }
}

/// Deleting by age deletes the folder of all backups after a week in which none succeeded.
#[tokio::test(flavor = "multi_thread")]
async fn d4_after_a_year_of_failures_the_last_good_backup_is_still_there() {
    let mut stage = Stage::sqlite().await;
    stage.write("state", b"good").await;
    let good = stage.snapshot().await;
    assert_eq!(stage.check(&good.id).await, None);
    let bad = stage.snapshot().await;
    // Nothing of ours, and whatever else people put there.
    std::fs::write(stage.backups().join("snapshots/README"), "ours").unwrap();
    std::fs::create_dir(stage.backups().join("other")).unwrap();
    let manifest = stage.backups().join("snapshots").join(bad.id.as_str());
    let sealed = std::fs::read(&manifest).unwrap();
    let in_a_year = stage.clock.wall().plus(Duration::from_secs(366 * 86_400));
    let none = Retention { hourly: 0, daily: 0, weekly: 0, monthly: 0 };
    for _ in 0..3 {
        prune(&stage.vaults[0], &none, in_a_year).await.unwrap();
    }
    assert_eq!(std::fs::read(&manifest).unwrap(), sealed, "it was never checked and may be good");
    assert_eq!(stage.check(&good.id).await, None);
    assert!(stage.backups().is_dir() && stage.backups().join("other").is_dir());
    assert_eq!(std::fs::read(stage.backups().join("snapshots/README")).unwrap(), b"ours");
}

/// A cache that evicts is no place for a queue, votes and sessions: all that is durable is in the database, and a
/// restored database needs nothing else to go on.
#[tokio::test(flavor = "multi_thread")]
async fn d5_everything_durable_is_in_the_database_that_is_backed_up() {
    let mut stage = Stage::sqlite().await;
    for number in 0..500_u32 {
        stage.write(&format!("session-{number}"), &number.to_be_bytes()).await;
    }
    stage.snapshot().await;
    let to = stage.home.path().join("restored");
    let target = Target { folder: &to, postgres: None, with_files: true };
    restore(&stage.vaults[0], None, &target, &|_| {}).await.unwrap();
    for number in [0, 250, 499_u32] {
        assert_eq!(read(&to, &format!("session-{number}")).await.unwrap(), number.to_be_bytes());
    }
    let names: Vec<_> = std::fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let mut names: Vec<_> = names.iter().map(|name| name.to_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["blobs", "rookery.db", "secret.key"]);
}
