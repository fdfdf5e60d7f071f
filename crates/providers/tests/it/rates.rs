//! Manners: our own pace, what a service asks for, and what is done while one is down.

use crate::scene::SpotifyScene;
use fakes::{Fault, HandClock, spotify_id};
use providers::spotify::{AppHealth, SpotifyId};
use providers::{Error, Urgency};
use std::time::Duration;

fn track() -> SpotifyId {
    SpotifyId::parse(&spotify_id("track1")).unwrap()
}

/// Requests of the catalogue that reached the service.
fn asked(scene: &SpotifyScene) -> usize {
    scene.fake.server.seen().iter().filter(|seen| seen.path.starts_with("/v1/")).count()
}

fn pass(clock: &HandClock, seconds: u64) {
    clock.advance(Duration::from_secs(seconds));
}

#[tokio::test]
async fn a_service_that_says_when_to_come_back_is_left_alone_until_then() {
    let scene = SpotifyScene::begin();
    scene.fake.server.fail("/v1/", Fault::TooMany { retry_after: Some(7) });
    let refused = scene.client.track(&track(), Urgency::Person).await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(asked(&scene), 1);
    pass(&scene.clock, 6);
    let refused = scene.client.track(&track(), Urgency::Person).await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(1)), "only what is left of the wait");
    assert_eq!(asked(&scene), 1, "nothing was asked meanwhile");
    pass(&scene.clock, 1);
    assert!(scene.client.track(&track(), Urgency::Person).await.is_ok());
    scene.fake.server.fail("/v1/", Fault::TooMany { retry_after: None });
    let refused = scene.client.track(&track(), Urgency::Person).await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn our_own_pace_stays_below_what_the_service_counts() {
    let scene = SpotifyScene::begin();
    let mut answered = 0;
    for _ in 0..600 {
        answered += usize::from(scene.client.track(&track(), Urgency::Person).await.is_ok());
        scene.clock.advance(Duration::from_millis(100));
    }
    assert_eq!(asked(&scene), answered, "the service never said 429");
    assert!((145..=150).contains(&answered), "30 at once and two a second for a minute: {answered}");
}

#[tokio::test]
async fn background_work_leaves_half_of_the_pace_to_people() {
    let scene = SpotifyScene::begin();
    let mut background = 0;
    while scene.client.track(&track(), Urgency::Background).await.is_ok() {
        background += 1;
    }
    assert_eq!(background, 15);
    assert!(scene.client.track(&track(), Urgency::Person).await.is_ok());
}

#[tokio::test]
async fn a_second_client_id_takes_over_while_the_first_has_to_wait() {
    let scene =
        SpotifyScene::with(crate::scene::http(), &[("app-1", "secret-of-app-1"), ("app-2", "second")]);
    scene.fake.add_app("app-2", "second", "http://127.0.0.1:21800/auth/spotify/callback");
    scene.fake.server.fail("/v1/", Fault::TooMany { retry_after: Some(60) });
    assert!(scene.client.track(&track(), Urgency::Person).await.is_ok());
    assert_eq!(asked(&scene), 2);
    let health: Vec<_> = scene.client.apps().iter().map(|app| app.health()).collect();
    assert_eq!(health[0], AppHealth::Waiting { retry_after: Duration::from_secs(60) });
    assert!(matches!(health[1], AppHealth::Ready { .. }));
    assert!(scene.client.track(&track(), Urgency::Person).await.is_ok());
    assert_eq!(asked(&scene), 3, "the waiting one was not asked again");
}

#[tokio::test]
async fn a_client_id_with_a_wrong_secret_is_reported_and_left_alone() {
    let scene = SpotifyScene::with(crate::scene::http(), &[("app-1", "wrong")]);
    let refused = scene.client.track(&track(), Urgency::Person).await.unwrap_err();
    assert!(matches!(refused, Error::CredentialsRefused { .. }), "{refused}");
    assert!(!refused.to_string().contains("wrong"), "{refused}");
    assert!(matches!(scene.app().health(), AppHealth::Refused { .. }));
    for _ in 0..10 {
        assert!(scene.client.track(&track(), Urgency::Person).await.is_err());
    }
    assert_eq!(scene.fake.server.seen().len(), 1);
}

#[tokio::test]
async fn a_service_that_is_down_is_asked_less_and_less_often() {
    let scene = SpotifyScene::begin();
    for _ in 0..500 {
        scene.fake.server.fail("/", Fault::Status(503));
    }
    for _ in 0..600 {
        let error = scene.client.track(&track(), Urgency::Background).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error}");
        pass(&scene.clock, 1);
    }
    let asked = scene.fake.server.seen().len();
    assert!((15..=30).contains(&asked), "{asked} requests in ten minutes");
}
