//! Snapshots: taken while others write, restored beside, compared, damaged and found out, and let go of.

use crate::stage::{Stage, keys, read, tree, write};
use backup::{
    Error, NameKey, Outlook, Retention, SnapshotId, Target, Vault, create, drill, prune, restore, verify,
};
use model::SeededEntropy;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn folder(path: &Path) -> Target<'_> {
    Target { folder: path, postgres: None, with_files: true }
}

/// The files of parts, largest first.
fn parts(stage: &Stage) -> Vec<PathBuf> {
    let content = stage.backups().join("content");
    let mut files: Vec<_> = tree(&content).into_iter().collect();
    files.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.len()));
    files.into_iter().map(|(path, _)| content.join(path)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn restore_every_snapshot() {
    let mut stage = Stage::sqlite().await;
    let mut taken = Vec::new();
    for round in 0..4_u8 {
        stage.write("round", &[round]).await;
        std::fs::write(stage.data().join(format!("blobs/original/ab/{round}")), vec![round; 100_000])
            .unwrap();
        taken.push(stage.snapshot().await);
        assert_eq!(stage.check(&taken[usize::from(round)].id).await, None);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for (round, created) in taken.iter().enumerate() {
        let to = stage.home.path().join(format!("restored-{round}"));
        let restored =
            restore(&stage.vaults[0], Some(created.taken_at), &folder(&to), &|_| {}).await.unwrap();
        assert_eq!(restored.id, created.id);
        assert_eq!(read(&to, "round").await, Some(vec![u8::try_from(round).unwrap()]));
        assert_eq!(std::fs::read(to.join("secret.key")).unwrap(), "0".repeat(64).as_bytes());
        let files = tree(&to.join("blobs"));
        assert_eq!(files.len(), 2 + round, "{files:?}");
        assert!(
            files
                .iter()
                .all(|(path, bytes)| std::fs::read(stage.data().join("blobs").join(path)).unwrap() == *bytes)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_snapshot_stores_only_what_changed() {
    let mut stage = Stage::sqlite().await;
    stage.snapshot().await;
    let before = parts(&stage).len();
    stage.write("small", b"change").await;
    let second = stage.snapshot().await;
    let added = parts(&stage).len() - before;
    assert!(added <= 2, "{added} parts for one changed page");
    assert_eq!(stage.check(&second.id).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_missing_part_is_found_whatever_it_is() {
    let mut stage = Stage::sqlite().await;
    stage.write("a", &[1; 5000]).await;
    let created = stage.snapshot().await;
    assert_eq!(stage.check(&created.id).await, None);
    let all = parts(&stage);
    assert!(all.len() >= 4, "database, log, music, key");
    for part in all {
        let whole = std::fs::read(&part).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 0x40;
        std::fs::write(&part, &changed).unwrap();
        assert!(stage.check(&created.id).await.is_some(), "a changed byte in {}", part.display());
        std::fs::write(&part, &whole[..whole.len() - 1]).unwrap();
        assert!(stage.check(&created.id).await.is_some(), "a lost byte in {}", part.display());
        std::fs::remove_file(&part).unwrap();
        let fault = stage.check(&created.id).await;
        assert!(fault.is_some_and(|fault| fault.contains("content/")), "{}", part.display());
        std::fs::write(&part, whole).unwrap();
    }
    assert_eq!(stage.check(&created.id).await, None);
    let entries = stage.vaults[0].snapshots().await.unwrap();
    assert!(entries.len() == 1 && entries[0].counts());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_was_exchanged_for_another_is_found() {
    let mut stage = Stage::sqlite().await;
    let created = stage.snapshot().await;
    let all = parts(&stage);
    // Sealed to the right key, and not what belongs there.
    std::fs::copy(&all[0], &all[1]).unwrap();
    let fault = stage.check(&created.id).await.unwrap();
    assert!(fault.contains("other bytes than its name says"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_key_nothing_opens_and_nothing_is_condemned() {
    let mut stage = Stage::sqlite().await;
    let created = stage.snapshot().await;
    let (wrong, _) = keys();
    let vault = Vault::new(stage.vaults[0].store().clone(), wrong);
    let roots = stage.roots();
    let refused = verify(&vault, &created.id, &stage.source(&roots), false, &|_| {}).await;
    assert!(matches!(refused, Err(Error::WrongKey { .. })), "{refused:?}");
    let to = stage.home.path().join("restored");
    assert!(matches!(restore(&vault, None, &folder(&to), &|_| {}).await, Err(Error::WrongKey { .. })));
    assert!(!to.exists() && vault.snapshots().await.unwrap()[0].mark.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_what_is_stored_can_be_read_or_recognised() {
    let mut stage = Stage::sqlite().await;
    stage.write("confession", b"nobody-should-read-this").await;
    let created = stage.snapshot().await;
    stage.check(&created.id).await;
    let song = std::fs::read(stage.data().join("blobs/original/ab/abcd")).unwrap();
    for (path, bytes) in tree(&stage.backups()) {
        let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!has(b"nobody-should-read-this") && !has(&song[..64]) && !has(b"secret.key"), "{path:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_before_the_first_backup_is_refused() {
    let mut stage = Stage::sqlite().await;
    let to = stage.home.path().join("restored");
    let none = restore(&stage.vaults[0], None, &folder(&to), &|_| {}).await;
    assert!(matches!(none, Err(Error::NothingBefore { .. })), "{none:?}");
    let created = stage.snapshot().await;
    let before = created.taken_at.minus(Duration::from_micros(1));
    let early = restore(&stage.vaults[0], Some(before), &folder(&to), &|_| {}).await;
    assert!(matches!(early, Err(Error::NothingBefore { .. })), "{early:?}");
    assert!(!to.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_or_dead_place_does_not_keep_a_snapshot_from_the_other() {
    let mut stage = Stage::sqlite().await;
    let (fake, options) = crate::stage::bucket(&stage.clock);
    stage.add(&"s3:nest-egg".parse().unwrap(), Some(&options)).await;
    fake.set_room(1000);
    let roots = stage.roots();
    let mut entropy = SeededEntropy::from_seed(1);
    let created = create(&stage.source(&roots), &stage.vaults, None, &mut entropy, &|_| {}).await.unwrap();
    assert!(created.failures[0].is_none());
    assert!(matches!(created.failures[1], Some(Error::Full { .. })), "{:?}", created.failures);
    assert_eq!(stage.check(&created.id).await, None);
    assert!(stage.vaults[1].snapshots().await.unwrap().is_empty());
    fake.set_room(usize::MAX);
    let second = stage.snapshot().await;
    let verified = verify(&stage.vaults[1], &second.id, &stage.source(&roots), true, &|_| {}).await.unwrap();
    assert_eq!(verified.mark.fault, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_lets_go_of_old_ones_and_keeps_what_they_share() {
    let mut stage = Stage::sqlite().await;
    let mut ids: Vec<SnapshotId> = Vec::new();
    for round in 0..3_u8 {
        stage.write("round", &[round]).await;
        let created = stage.snapshot().await;
        assert_eq!(stage.check(&created.id).await, None);
        ids.push(created.id);
    }
    let all = parts(&stage).len();
    let few = Retention { hourly: 0, daily: 1, weekly: 0, monthly: 0 };
    let pruned = prune(&stage.vaults[0], &few, stage.clock.wall()).await.unwrap();
    assert_eq!(pruned.snapshots, ids[..2]);
    assert!(pruned.parts > 0 && parts(&stage).len() == all - pruned.parts);
    assert_eq!(stage.check(&ids[2]).await, None, "what stays is whole");
    let again = prune(&stage.vaults[0], &few, stage.clock.wall()).await.unwrap();
    assert_eq!(again, backup::Pruned::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_deletes_nothing_while_a_manifest_that_stays_cannot_be_read() {
    let mut stage = Stage::sqlite().await;
    for _ in 0..2 {
        let created = stage.snapshot().await;
        stage.check(&created.id).await;
    }
    let before = tree(&stage.backups());
    let (wrong, _) = keys();
    let vault = Vault::new(stage.vaults[0].store().clone(), wrong);
    let none = Retention { hourly: 0, daily: 0, weekly: 0, monthly: 0 };
    prune(&vault, &none, stage.clock.wall()).await.unwrap_err();
    assert_eq!(tree(&stage.backups()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_restores_some_instant_and_says_how_long_it_took() {
    let mut stage = Stage::sqlite().await;
    let created = stage.snapshot().await;
    let roots = stage.roots();
    let mut chance = SeededEntropy::from_seed(1);
    let done = drill(&stage.vaults[0], None, &stage.source(&roots), &mut chance, &|_| {}).await.unwrap();
    assert_eq!((&done.id, done.faults), (&created.id, vec![]));
    assert!(done.restored_in > Duration::ZERO && done.asked >= created.taken_at);
    let kept = stage.vaults[0].last_drill().await.unwrap().unwrap();
    // Whoever looks at the place sees both, and that the snapshot was not checked yet.
    let vault = &stage.vaults[0];
    let seen = vault.outlook(&Outlook::default()).await.unwrap();
    assert_eq!((seen.count, seen.sound.is_none(), seen.drill.as_ref()), (1, true, Some(&kept)));
    assert_eq!(seen.newest.as_ref().map(|copied| copied.taken_at), Some(created.taken_at));
    assert_eq!(stage.check(&created.id).await, None);
    let again = vault.outlook(&seen).await.unwrap();
    let sound = again.sound.unwrap();
    assert_eq!((&sound.id, sound.bytes), (&created.id, created.bytes));
    assert!(sound.mark.is_some_and(|mark| mark.fault.is_none()));
    assert_eq!((kept.asked_us, kept.faults), (done.asked.micros(), vec![]));
    let left: Vec<_> =
        std::fs::read_dir(stage.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".backup-")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_in_a_storm_shows_one_instant() {
    let mut stage = Stage::sqlite().await;
    let stop = Arc::new(AtomicBool::new(false));
    let (database, stopped) = (stage.database.clone(), Arc::clone(&stop));
    let storm = async move {
        let mut number = 0_u32;
        while !stopped.load(Ordering::Relaxed) {
            // A new row each time: the counts of two instants differ.
            write(&database, &format!("n{number}"), &number.to_be_bytes()).await;
            number += 1;
        }
        number
    };
    let work = async {
        for _ in 0..5 {
            let created = stage.snapshot().await;
            assert_eq!(stage.check(&created.id).await, None, "rows are those counted at that instant");
        }
        stop.store(true, Ordering::Relaxed);
    };
    let (written, ()) = futures::future::join(storm, work).await;
    assert!(written > 20, "{written}");
}

#[test]
fn other_recipients_get_parts_of_their_own() {
    let names = |who: &[&str]| NameKey::derive(&[3; 32], who.iter().map(|who| (*who).to_owned()));
    assert_eq!(names(&["a", "b"]), names(&["a", "b"]));
    assert_ne!(names(&["a", "b"]), names(&["a"]));
    assert_ne!(NameKey::derive(&[4; 32], []), NameKey::derive(&[3; 32], []));
}
