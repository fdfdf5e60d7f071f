//! Against a real Redis: words come through, only where they should, and again after it was away.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

use bus::{Address, Bus, Error, State, channel, probe};
use model::SeededEntropy;
use peers::Redis;
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// A busy machine does it within this.
const PATIENCE: Duration = Duration::from_secs(40);

fn bus_on(url: &str, environment: &str, seed: u64) -> Bus {
    let address: Address = url.parse().unwrap();
    Bus::new(address, channel(environment, b"db"), Box::new(SeededEntropy::from_seed(seed))).unwrap()
}

/// Runs a test while these buses run.
async fn while_running(buses: &[&Bus], test: impl Future<Output = ()>) {
    let running = async {
        let runs = buses.iter().map(|bus| bus.run(std::future::pending()));
        let mut runs: Vec<_> = runs.map(Box::pin).collect();
        std::future::poll_fn(|context| {
            for run in &mut runs {
                let _never = run.as_mut().poll(context);
            }
            std::task::Poll::<()>::Pending
        })
        .await;
    };
    tokio::select! {
        () = running => {}
        () = test => {}
    }
}

async fn until(what: &str, is: impl Fn() -> bool) {
    let looked = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(timeout(PATIENCE, looked).await.is_ok(), "{what}");
}

async fn is_connected(bus: &Bus) {
    until("it is connected", || bus.state() == State::Connected).await;
    // What may have been missed is one look.
    heard(bus).await;
}

async fn heard(bus: &Bus) {
    assert!(timeout(PATIENCE, bus.heard()).await.is_ok(), "nothing was heard: {:?}", bus.state());
}

/// Nothing is heard, until a stranger says a word.
async fn silence(bus: &Bus, redis: &Redis, environment: &str) {
    let heard_early = timeout(Duration::from_millis(300), bus.heard()).await;
    assert!(heard_early.is_err(), "something was heard");
    let channel = channel(environment, b"db");
    redis.ask(&[&format!("PUBLISH {channel} \"look 00000000000000ff\"")]).unwrap();
    heard(bus).await;
}

#[tokio::test]
async fn a_word_is_heard_by_the_others_of_its_database_and_by_nobody_else() {
    let redis = Redis::start();
    let (one, two) = (bus_on(&redis.url(), "beta", 1), bus_on(&redis.url(), "beta", 2));
    let other = bus_on(&redis.url(), "production", 3);
    while_running(&[&one, &two, &other], async {
        // Each says a word when it is connected: after these it is quiet.
        for bus in [&one, &two, &other] {
            is_connected(bus).await;
        }
        until("all hear", || redis.listeners() == 3).await;
        while timeout(Duration::from_millis(300), one.heard()).await.is_ok() {}
        while timeout(Duration::from_millis(300), two.heard()).await.is_ok() {}
        for _ in 0..20 {
            one.say();
            heard(&two).await;
        }
        silence(&one, &redis, "beta").await;
        silence(&other, &redis, "production").await;
    })
    .await;
}

#[tokio::test]
async fn after_redis_was_killed_words_flow_again_and_what_was_said_meanwhile_is_one_look() {
    let mut redis = Redis::start();
    let (one, two) = (bus_on(&redis.url(), "beta", 1), bus_on(&redis.url(), "beta", 2));
    while_running(&[&one, &two], async {
        is_connected(&one).await;
        is_connected(&two).await;
        redis.kill();
        until("it is noticed", || {
            matches!(one.state(), State::Away(_)) && matches!(two.state(), State::Away(_))
        })
        .await;
        (0..100).for_each(|_| one.say());
        redis.restart();
        is_connected(&one).await;
        is_connected(&two).await;
        until("both hear", || redis.listeners() == 2).await;
        while timeout(Duration::from_millis(300), two.heard()).await.is_ok() {}
        one.say();
        heard(&two).await;
    })
    .await;
}

#[tokio::test]
async fn what_strangers_say_is_passed_over_and_breaks_nothing() {
    let redis = Redis::start();
    let one = bus_on(&redis.url(), "beta", 1);
    while_running(&[&one], async {
        is_connected(&one).await;
        let channel = channel("beta", b"db");
        let long = "x".repeat(40_000);
        let garbage = ["", "look", "look 0123456789ABCDEF", "FLUSHALL", &long];
        let said: Vec<String> = garbage.iter().map(|word| format!("PUBLISH {channel} \"{word}\"")).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        for _ in 0..50 {
            redis.ask(&said).unwrap();
        }
        silence(&one, &redis, "beta").await;
        assert_eq!(one.state(), State::Connected);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_let_in_is_told_why_and_never_with_the_password() {
    let words = "--user default off --user bus on >hunter22 resetchannels &rookery:beta:* -@all +hello +publish +subscribe +ping";
    let acl: Vec<&str> = words.split_whitespace().collect();
    let redis = Redis::with(&acl);
    let port = redis.port();
    let at = |login: &str| format!("redis://{login}127.0.0.1:{port}").parse::<Address>().unwrap();
    let beta = channel("beta", b"db");
    let answered = probe(&at("bus:hunter22@"), &beta, "1").await.unwrap();
    assert!(answered.round_trip < PATIENCE);

    let refused = probe(&at("bus:hunter23@"), &beta, "1").await.unwrap_err();
    assert!(matches!(refused, Error::Login { .. }) && !refused.to_string().contains("hunter"), "{refused}");
    let nobody = probe(&at(""), &beta, "1").await.unwrap_err();
    assert!(matches!(nobody, Error::Login { .. }), "{nobody}");
    let elsewhere = probe(&at("bus:hunter22@"), &channel("production", b"db"), "1").await.unwrap_err();
    assert!(matches!(elsewhere, Error::Forbidden { .. }), "{elsewhere}");
}

#[tokio::test]
async fn what_is_no_redis_or_says_nothing_is_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: Address = format!("redis://{}", listener.local_addr().unwrap()).parse().unwrap();
    let answer = async |words: &'static [u8]| {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; 64];
        let _some = stream.read(&mut asked).await.unwrap();
        stream.write_all(words).await.unwrap();
        stream
    };
    let (error, _stream) =
        tokio::join!(probe(&address, "c", "1"), answer(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    assert!(matches!(error.unwrap_err(), Error::Garbled { .. }));
    let old = b"-ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`\r\n";
    let (error, _stream) = tokio::join!(probe(&address, "c", "1"), answer(old));
    assert!(matches!(error.unwrap_err(), Error::Old { .. }));
    drop(listener);
    assert!(matches!(probe(&address, "c", "1").await.unwrap_err(), Error::Unreachable { .. }));
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: Address = format!("redis://{}", silent.local_addr().unwrap()).parse().unwrap();
    assert!(matches!(probe(&address, "c", "1").await.unwrap_err(), Error::Silent { .. }));
}
