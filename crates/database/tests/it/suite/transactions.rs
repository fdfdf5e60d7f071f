//! What a transaction promises, whatever the engine.

use crate::sample::{NOW, member};
use database::{Database, Error, members, settings, transaction};
use model::{MemberId, ServerRole};
use std::time::Duration;

pub async fn contended_transactions_lose_no_update(database: &Database) {
    settings::set(database, "count", &0_u32.to_be_bytes()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let database = database.clone();
        tasks.spawn(async move {
            for _ in 0..10 {
                let counted: Result<(), Error> = transaction!(&database, |tx| {
                    let value = settings::get(&mut tx, "count").await?.unwrap_or_default();
                    let count = u32::from_be_bytes(value.try_into().unwrap());
                    settings::set(&mut tx, "count", &(count + 1).to_be_bytes()).await
                });
                counted.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let value = settings::get(database, "count").await.unwrap().unwrap();
    assert_eq!(u32::from_be_bytes(value.try_into().unwrap()), 60);
}

pub async fn a_cancelled_transaction_is_undone_and_blocks_nobody(database: &Database) {
    settings::set(database, "name", b"before").await.unwrap();
    let (begun, is_begun) = tokio::sync::oneshot::channel();
    let other = database.clone();
    let mut slow = tokio::task::JoinSet::new();
    slow.spawn(async move {
        let mut tx = other.begin().await.unwrap();
        settings::set(&mut tx, "name", b"during").await.unwrap();
        begun.send(()).unwrap();
        std::future::pending::<()>().await;
        tx.commit().await.unwrap();
    });
    is_begun.await.unwrap();
    slow.shutdown().await;
    let started = tokio::time::Instant::now();
    assert_eq!(settings::get(database, "name").await.unwrap(), Some(b"before".to_vec()));
    settings::set(database, "name", b"after").await.unwrap();
    let waited = started.elapsed();
    assert!(waited < Duration::from_secs(3), "the next writer waited {waited:?}");

    // Dropped in the middle of a statement, many times over: the pool still serves.
    for _ in 0..20 {
        let attempt = async {
            let mut tx = database.begin().await?;
            settings::set(&mut tx, "name", b"never").await?;
            tx.commit().await
        };
        tokio::select! { biased; _ = tokio::task::yield_now() => {}, _ = attempt => {} }
    }
    transaction!(database, |tx| { settings::set(&mut tx, "name", b"last").await }).unwrap();
    assert_eq!(settings::get(database, "name").await.unwrap(), Some(b"last".to_vec()));
}

pub async fn a_caller_that_leaves_while_it_begins_holds_up_nobody(database: &Database) {
    settings::set(database, "name", b"before").await.unwrap();
    for step in 0..120_u32 {
        // Later and later: before the server hears of it, while it answers, after. Timers are too coarse for that.
        let leave = async {
            let came = tokio::time::Instant::now();
            while came.elapsed() < Duration::from_micros(25) * step {
                tokio::task::yield_now().await;
            }
        };
        let attempt = async {
            let mut tx = database.begin().await?;
            settings::set(&mut tx, "name", b"never").await?;
            std::future::pending::<Result<(), Error>>().await
        };
        tokio::select! { _ = attempt => {}, () = leave => {} }
        let started = tokio::time::Instant::now();
        settings::set(database, "name", b"after").await.unwrap();
        let waited = started.elapsed();
        assert!(waited < Duration::from_secs(2), "the next writer waited {waited:?} in step {step}");
        assert_eq!(settings::get(database, "name").await.unwrap(), Some(b"after".to_vec()));
    }
}

pub async fn errors_mean_the_same_everywhere(database: &Database) {
    let ada = member(1, "Ada", ServerRole::Member);
    members::insert(database, &ada).await.unwrap();
    assert!(members::insert(database, &ada).await.unwrap_err().is_unique());
    let stray = crate::sample::device(1, MemberId::from_u128(77));
    let secret = identity::SecretHash::from_bytes([1; 32]);
    let missing = database::devices::insert(database, &stray, secret).await.unwrap_err();
    assert_eq!(missing, Error::ForeignKey);

    // A failed transaction leaves nothing, and takes no further statement on any engine.
    let mut tx = database.begin().await.unwrap();
    settings::set(&mut tx, "name", b"x").await.unwrap();
    assert!(tx.run_script("select * from nowhere").await.is_err());
    assert_eq!(settings::set(&mut tx, "name", b"y").await, Err(Error::TransactionOver));
    assert_eq!(tx.commit().await, Err(Error::TransactionOver));
    assert_eq!(settings::get(database, "name").await.unwrap(), None);
    let refused: Result<(), Error> = transaction!(database, |tx| {
        settings::set(&mut tx, "name", b"x").await?;
        Err(Error::StorageFull)
    });
    assert_eq!(refused, Err(Error::StorageFull));
    assert_eq!(settings::get(database, "name").await.unwrap(), None);
    database.ping().await.unwrap();
    assert_eq!(members::get(database, ada.id).await.unwrap(), Some(members_as_stored(ada)));
}

fn members_as_stored(member: identity::Member) -> identity::Member {
    identity::Member { created_at: NOW, ..member }
}

pub async fn a_value_is_replaced_only_as_it_was_read(database: &Database) {
    let replace = async |read: Option<&[u8]>, value: &[u8]| {
        settings::replace(database, "post", read, value).await.unwrap()
    };
    assert!(!replace(Some(b"none"), b"one").await, "there is nothing to replace");
    assert!(replace(None, b"one").await);
    assert!(!replace(None, b"two").await, "somebody was faster");
    assert!(replace(Some(b"one"), b"two").await);
    assert!(!replace(Some(b"one"), b"three").await);
    assert_eq!(settings::get(database, "post").await.unwrap(), Some(b"two".to_vec()));
}
