//! Jobs.

use crate::sample::NOW;
use database::Database;
use database::jobs::{self, NewJob};
use model::{JobId, WallTime};
use std::collections::BTreeSet;
use std::time::Duration;

fn job(number: u128, kind: &str, key: Option<&str>) -> NewJob {
    NewJob {
        id: JobId::from_u128(number),
        kind: kind.into(),
        payload: format!("{{\"number\":{number}}}"),
        run_at: NOW,
        dedupe_key: key.map(Into::into),
    }
}

fn seconds(count: u64) -> WallTime {
    NOW.plus(Duration::from_secs(count))
}

pub async fn jobs_are_claimed_by_one_worker_at_a_time(database: &Database) {
    for number in 1..=12 {
        assert!(jobs::enqueue(database, &job(number, "transcode", None), NOW).await.unwrap());
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let database = database.clone();
        workers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = jobs::claim(&database, &["transcode"], NOW, seconds(60), 1).await.unwrap();
                match claimed.first() {
                    Some(job) => mine.push(job.id),
                    None => return mine,
                }
            }
        });
    }
    let taken: Vec<JobId> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (12, 12));

    // The same key is refused while the first is unfinished, and welcome afterwards.
    assert!(jobs::enqueue(database, &job(20, "scan", Some("music")), NOW).await.unwrap());
    assert!(!jobs::enqueue(database, &job(21, "scan", Some("music")), NOW).await.unwrap());
    assert!(jobs::enqueue(database, &job(22, "scan", Some("other")), seconds(0)).await.unwrap());
    assert!(jobs::claim(database, &["none"], NOW, seconds(9), 5).await.unwrap().is_empty());
    let claimed = jobs::claim(database, &["scan"], NOW, seconds(10), 1).await.unwrap();
    assert_eq!((claimed[0].id, claimed[0].attempts), (JobId::from_u128(20), 1));
    assert!(!jobs::enqueue(database, &job(21, "scan", Some("music")), NOW).await.unwrap());

    // A lease that ran out: another worker takes over, and the first can do no more.
    assert!(jobs::renew(database, &claimed[0], seconds(20)).await.unwrap());
    let others = jobs::claim(database, &["scan"], seconds(15), seconds(30), 5).await.unwrap();
    assert_eq!(others.iter().map(|job| job.id).collect::<Vec<_>>(), [JobId::from_u128(22)]);
    let again = jobs::claim(database, &["scan"], seconds(20), seconds(40), 1).await.unwrap();
    assert_eq!((again[0].id, again[0].attempts), (JobId::from_u128(20), 2));
    assert!(!jobs::complete(database, &claimed[0], seconds(21)).await.unwrap());
    assert!(!jobs::renew(database, &claimed[0], seconds(99)).await.unwrap());

    assert!(jobs::retry(database, &again[0], seconds(50), "no disk").await.unwrap());
    assert_eq!(jobs::next_due(database, &["scan"]).await.unwrap(), Some(seconds(30)));
    assert!(jobs::complete(database, &others[0], seconds(22)).await.unwrap());
    assert_eq!(jobs::next_due(database, &["scan"]).await.unwrap(), Some(seconds(50)));
    assert_eq!(jobs::next_due(database, &["none"]).await.unwrap(), None);
    let third = jobs::claim(database, &["scan"], seconds(50), seconds(60), 1).await.unwrap();
    assert_eq!((third[0].attempts, third[0].last_error.as_deref()), (3, Some("no disk")));
    assert!(jobs::release(database, &third[0]).await.unwrap());
    let fourth = jobs::claim(database, &["scan"], seconds(51), seconds(60), 1).await.unwrap();
    assert_eq!(fourth[0].attempts, 3, "a shutdown is no attempt");
    assert!(jobs::fail(database, &fourth[0], seconds(52), "for good").await.unwrap());
    let failed = jobs::failed(database, 5).await.unwrap();
    assert_eq!((failed.len(), failed[0].last_error.as_deref()), (1, Some("for good")));
    let counts = jobs::counts(database).await.unwrap();
    assert_eq!((counts.waiting, counts.failed), (12, 1));
    assert!(jobs::enqueue(database, &job(23, "scan", Some("music")), NOW).await.unwrap());
    assert_eq!(jobs::sweep(database, seconds(100)).await.unwrap(), 2);
}

pub async fn work_that_nobody_does_is_noticed(database: &Database) {
    let stalled = async |at| jobs::stalled(database, at).await.unwrap().as_secs();
    assert_eq!(stalled(NOW).await, 0, "there is nothing to do");
    jobs::enqueue(database, &job(1, "scan", None), NOW).await.unwrap();
    assert_eq!(stalled(seconds(1_000)).await, 1_000);
    let first = jobs::claim(database, &["scan"], seconds(1_000), seconds(1_100), 1).await.unwrap();
    assert_eq!(stalled(seconds(1_050)).await, 0, "somebody is at it");
    assert_eq!(stalled(seconds(1_200)).await, 1_200, "whoever was at it is gone");
    assert!(jobs::complete(database, &first[0], seconds(1_210)).await.unwrap());
    assert_eq!(stalled(seconds(9_000)).await, 0);
    jobs::enqueue(database, &job(2, "scan", None), NOW).await.unwrap();
    assert_eq!(stalled(seconds(1_300)).await, 90, "something was done a moment ago");
}
