//! Channels of other applications: published once, without holes, and kept for a while.

use database::Database;
use database::app_channels::{
    self as channels, Appended, Arrived, CHANNEL_SILENT_MAX, Head, PUBLICATIONS_KEPT,
    PUBLICATIONS_KEPT_BYTES_MAX, PUBLICATIONS_KEPT_MAX, WEBHOOK_IDS_KEPT,
};
use model::{ChannelName, WallTime};
use std::time::Duration;

const NOW: WallTime = WallTime::from_micros(1_700_000_000_000_000);

fn named(name: &str) -> ChannelName {
    name.parse().unwrap()
}

fn arrived(channel: &str, id: &str, body: &str) -> Arrived {
    Arrived {
        channel: named(channel),
        epoch: "first".to_owned(),
        at: NOW,
        webhook_id: id.to_owned(),
        body: body.to_owned(),
    }
}

async fn head(database: &Database, channel: &str) -> Option<Head> {
    channels::head(database, named(channel)).await.unwrap()
}

/// The numbers of what is kept.
async fn kept(database: &Database, channel: &str) -> Vec<u64> {
    let read = channels::read(database, named(channel), 1, u64::MAX, 10_000).await.unwrap();
    read.iter().map(|publication| publication.sequence).collect()
}

pub async fn a_webhook_is_published_once_however_often_it_is_sent(database: &Database) {
    assert_eq!(head(database, "orders").await, None);
    let first = arrived("orders", "m1", "{\"a\":\"\u{e4}\\u0000\"}");
    assert_eq!(channels::append(database, &first).await.unwrap(), Appended::Published(1));
    assert_eq!(channels::append(database, &first).await.unwrap(), Appended::Known(1));
    let other = Arrived { epoch: "second".to_owned(), ..arrived("orders", "m2", "[]") };
    assert_eq!(channels::append(database, &other).await.unwrap(), Appended::Published(2));
    // The same message may go to several channels.
    let elsewhere = arrived("deploys", "m1", "{}");
    assert_eq!(channels::append(database, &elsewhere).await.unwrap(), Appended::Published(1));
    let expected = Head { name: named("orders"), epoch: "first".to_owned(), sequence: 2 };
    assert_eq!(head(database, "orders").await, Some(expected.clone()));
    let heads = channels::heads(database, &[named("orders"), named("nothing")]).await.unwrap();
    assert_eq!(heads, [expected]);
    let read = channels::read(database, named("orders"), 1, 1, 10).await.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!((read[0].webhook_id.as_str(), &read[0].body, read[0].at), ("m1", &first.body, NOW));
}

pub async fn of_many_who_send_at_once_each_is_published_once_and_without_holes(database: &Database) {
    let send = |sender: usize| {
        let database = database.clone();
        async move {
            let mut published = 0;
            for at in 0..12 {
                // Each message comes from two senders.
                let id = format!("m{}-{at}", sender / 2);
                let done = channels::append(&database, &arrived("busy", &id, "{}")).await.unwrap();
                published += u32::from(matches!(done, Appended::Published(_)));
            }
            published
        }
    };
    let published = tokio::join!(send(0), send(1), send(2), send(3));
    assert_eq!(published.0 + published.1 + published.2 + published.3, 24);
    assert_eq!(kept(database, "busy").await, (1..=24).collect::<Vec<_>>());
}

pub async fn a_channel_keeps_its_last_publications_and_no_more(database: &Database) {
    let large = format!("\"{}\"", "x".repeat(60_000));
    let large = format!("[{large}]");
    let fit = PUBLICATIONS_KEPT_BYTES_MAX / large.len() as u64;
    let count = (fit / 16 + 2) * 16;
    for at in 1..=count {
        channels::append(database, &arrived("heavy", &format!("m{at}"), &large)).await.unwrap();
    }
    assert_eq!(kept(database, "heavy").await, (count - fit + 1..=count).collect::<Vec<_>>());
    // The number is bounded however small they are: this one stands in for a thousand before it.
    let script =
        format!("update app_channels set sequence = {PUBLICATIONS_KEPT_MAX} + {count} where name = 'heavy'");
    super::script(database, &script).await;
    channels::append(database, &arrived("heavy", "last", "{}")).await.unwrap();
    assert_eq!(kept(database, "heavy").await, [PUBLICATIONS_KEPT_MAX + count + 1]);
}

pub async fn what_is_over_goes_and_a_channel_that_comes_again_has_another_epoch(database: &Database) {
    let later = |time: Duration| NOW.plus(time).plus(Duration::from_secs(1));
    channels::append(database, &arrived("orders", "m1", "{}")).await.unwrap();
    channels::sweep(database, NOW.plus(PUBLICATIONS_KEPT)).await.unwrap();
    assert_eq!(kept(database, "orders").await, [1]);
    channels::sweep(database, later(PUBLICATIONS_KEPT)).await.unwrap();
    assert_eq!(kept(database, "orders").await, [0_u64; 0]);
    let again = arrived("orders", "m1", "{}");
    assert_eq!(
        channels::append(database, &again).await.unwrap(),
        Appended::Known(1),
        "its id is kept longer"
    );
    channels::sweep(database, later(WEBHOOK_IDS_KEPT)).await.unwrap();
    assert_eq!(channels::append(database, &again).await.unwrap(), Appended::Published(2));
    channels::sweep(database, later(CHANNEL_SILENT_MAX)).await.unwrap();
    assert_eq!(head(database, "orders").await, None);
    let anew = Arrived { epoch: "second".to_owned(), ..again };
    assert_eq!(channels::append(database, &anew).await.unwrap(), Appended::Published(1));
    assert_eq!(head(database, "orders").await.map(|head| head.epoch).as_deref(), Some("second"));
}
