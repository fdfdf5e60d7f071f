//! Folders and buckets do the same.

use crate::stage::{RealClock, bucket};
use backup::{Destination, Error, Key, S3Options, Store};
use bytes::Bytes;
use fakes::Fault;

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

async fn does_what_a_store_does(store: &Store) {
    assert!(matches!(store.get(&key("a/b")).await, Err(Error::Missing { .. })));
    store.try_out().await.unwrap();
    assert_eq!(store.list("").await.unwrap(), []);
    store.put_and_check(&key("a/b"), Bytes::from_static(b"one")).await.unwrap();
    store.put_and_check(&key("a/c/d"), Bytes::from_static(b"three")).await.unwrap();
    store.put_and_check(&key("ab"), Bytes::new()).await.unwrap();
    // Written over as a whole.
    store.put_and_check(&key("a/b"), Bytes::from_static(b"one more")).await.unwrap();
    assert_eq!(store.get(&key("a/b")).await.unwrap(), "one more");
    let listed = async |prefix: &str| {
        let listed = store.list(prefix).await.unwrap();
        listed.into_iter().map(|listed| format!("{} {}", listed.key, listed.bytes)).collect::<Vec<_>>()
    };
    assert_eq!(listed("a/").await, ["a/b 8", "a/c/d 5"]);
    assert_eq!(listed("a/c/").await, ["a/c/d 5"]);
    assert_eq!(listed("").await, ["a/b 8", "a/c/d 5", "ab 0"]);
    store.delete(&key("a/b")).await.unwrap();
    store.delete(&key("a/b")).await.unwrap();
    assert_eq!(listed("a").await, ["a/c/d 5", "ab 0"]);
}

#[tokio::test]
async fn a_folder_keeps_objects() {
    let home = tempfile::tempdir().unwrap();
    let place = Destination::Folder(home.path().join("backups"));
    let store = Store::open(&place, None, &RealClock::start()).await.unwrap();
    std::fs::write(home.path().join("backups/not a key"), "x").unwrap();
    does_what_a_store_does(&store).await;
    let missing = Destination::Folder(home.path().join("no/such"));
    assert!(matches!(Store::open(&missing, None, &RealClock::start()).await, Err(Error::Io { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_keeps_objects_page_by_page() {
    let clock = RealClock::start();
    let (fake, options) = bucket(&clock);
    fake.set_page(1);
    for place in ["s3:nest-egg", "s3:nest-egg/some/where"] {
        let store = Store::open(&place.parse().unwrap(), Some(&options), &clock).await.unwrap();
        does_what_a_store_does(&store).await;
        for listed in store.list("").await.unwrap() {
            store.delete(&listed.key).await.unwrap();
        }
    }
    assert_eq!(fake.refused(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_refuses_whoever_signs_wrongly() {
    let clock = RealClock::start();
    let (fake, options) = bucket(&clock);
    let place: Destination = "s3:nest-egg".parse().unwrap();
    let wrong = [
        S3Options { secret_access_key: "another".into(), ..options.clone() },
        S3Options { access_key_id: "another".into(), ..options.clone() },
    ];
    for wrong in wrong {
        let store = Store::open(&place, Some(&wrong), &clock).await.unwrap();
        let error = store.try_out().await.unwrap_err().to_string();
        assert!(error.contains("403") && !error.contains("another"), "{error}");
    }
    assert!(fake.keys().is_empty() && fake.refused() == 2);
    assert!(Store::open(&place, None, &clock).await.is_err());
    let open = S3Options { endpoint: "http://storage.example.org".into(), ..options };
    assert!(Store::open(&place, Some(&open), &clock).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_in_trouble_is_asked_again_and_a_full_one_is_not() {
    let clock = RealClock::start();
    let (fake, options) = bucket(&clock);
    let store = Store::open(&"s3:nest-egg".parse().unwrap(), Some(&options), &clock).await.unwrap();
    fake.server.fail("/nest-egg", Fault::Status(503));
    fake.server.fail("/nest-egg", Fault::TooMany { retry_after: None });
    store.put_and_check(&key("a"), Bytes::from_static(b"x")).await.unwrap();
    fake.set_room(10);
    assert!(matches!(store.put(&key("b"), vec![1; 100].into()).await, Err(Error::Full { .. })));
    fake.change("a", |bytes| bytes.push(0));
    // Somebody who answers with other bytes than were written is found out.
    fake.server.forget();
    assert_eq!(store.get(&key("a")).await.unwrap().len(), 2);
    assert_eq!(fake.server.seen().len(), 1);
}
