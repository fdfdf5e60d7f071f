//! What is kept of those who come into a protected environment.

use database::{Database, access};
use model::WallTime;
use std::time::Duration;

const NOW: WallTime = WallTime::from_micros(1_000_000);

pub async fn a_pin_opens_once_and_not_after_its_time(database: &Database) {
    let minute = Duration::from_secs(60);
    for hash in ["aa", "bb", "cc"] {
        access::add_pin(database, hash, NOW, NOW.plus(minute)).await.unwrap();
    }
    assert!(!access::take_pin(database, "dd", NOW).await.unwrap());
    assert!(access::take_pin(database, "aa", NOW).await.unwrap());
    assert!(!access::take_pin(database, "aa", NOW).await.unwrap(), "it is used up");
    assert!(!access::take_pin(database, "bb", NOW.plus(minute)).await.unwrap(), "its time is over");
    let (one, other) =
        tokio::join!(access::take_pin(database, "cc", NOW), access::take_pin(database, "cc", NOW));
    assert!(one.unwrap() ^ other.unwrap(), "of two at once one is let in");
    // Those whose time is over are forgotten with the next one.
    access::add_pin(database, "ee", NOW, NOW.plus(minute)).await.unwrap();
    access::add_pin(database, "ff", NOW.plus(minute), NOW.plus(2 * minute)).await.unwrap();
    assert_eq!(database::settings::get(database, "access pin ee").await.unwrap(), None);
    assert!(access::take_pin(database, "ff", NOW.plus(minute)).await.unwrap());
}

pub async fn service_tokens_are_found_listed_and_revoked(database: &Database) {
    assert!(access::add_token(database, "checks", "aa", NOW).await.unwrap());
    assert!(!access::add_token(database, "checks", "bb", NOW).await.unwrap(), "the name is taken");
    assert!(
        access::add_token(database, "the other one", "bb", NOW.plus(Duration::from_secs(1))).await.unwrap()
    );
    let names =
        |tokens: Vec<access::ServiceToken>| tokens.into_iter().map(|token| token.name).collect::<Vec<_>>();
    assert_eq!(names(access::tokens(database).await.unwrap()), ["checks", "the other one"]);
    assert!(access::knows_token(database, "aa").await.unwrap());
    assert!(!access::knows_token(database, "cc").await.unwrap());
    assert!(access::remove_token(database, "checks").await.unwrap());
    assert!(!access::remove_token(database, "checks").await.unwrap());
    assert!(!access::knows_token(database, "aa").await.unwrap());
    assert_eq!(names(access::tokens(database).await.unwrap()), ["the other one"]);
    // A PIN is no token, and the other way round.
    access::add_pin(database, "bb", NOW, NOW.plus(Duration::from_secs(1))).await.unwrap();
    assert!(access::take_pin(database, "bb", NOW).await.unwrap());
    assert!(access::knows_token(database, "bb").await.unwrap());
}
