//! What can come over the wire, whatever the service: too much, too slow, nonsense, redirects. And what must not be
//! said of it.

use crate::scene::{SpotifyScene, http};
use fakes::{Fault, spotify_id};
use providers::spotify::{SpotifyAppOptions, SpotifyEndpoints, SpotifyId, SpotifyOptions};
use providers::{ANSWER_BYTES_MAX, Error, Http, HttpOptions, Provider, Secret, Urgency};
use std::time::Duration;

async fn ask(scene: &SpotifyScene) -> Error {
    let id = SpotifyId::parse(&spotify_id("track1")).unwrap();
    scene.client.track(&id, Urgency::Person).await.unwrap_err()
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let scene = SpotifyScene::begin();
    scene.fake.server.fail("/v1/", Fault::Huge(ANSWER_BYTES_MAX + 1));
    assert_eq!(
        ask(&scene).await,
        Error::AnswerTooLarge { provider: Provider::Spotify, bytes_max: ANSWER_BYTES_MAX }
    );
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for() {
    let quick =
        Http::new(&HttpOptions { timeout: Duration::from_millis(300), ..HttpOptions::default() }).unwrap();
    let scene = SpotifyScene::with(quick, &[("app-1", "secret-of-app-1")]);
    scene.fake.server.fail("/v1/", Fault::Slow(Duration::from_secs(2)));
    let began = tokio::time::Instant::now();
    assert!(matches!(ask(&scene).await, Error::Unreachable { .. }));
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn nonsense_is_an_unexpected_answer() {
    let scene = SpotifyScene::begin();
    scene.fake.server.fail("/v1/", Fault::Garbage);
    assert!(matches!(ask(&scene).await, Error::UnexpectedAnswer { .. }));
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let scene = SpotifyScene::begin();
    let elsewhere = SpotifyScene::begin();
    scene.fake.server.fail("/v1/", Fault::Redirect(elsewhere.fake.api()));
    assert!(matches!(ask(&scene).await, Error::UnexpectedAnswer { .. }));
    assert_eq!(elsewhere.fake.server.seen(), []);
}

#[tokio::test]
async fn a_service_that_nobody_runs_is_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let origin = format!("http://127.0.0.1:{port}");
    let options = SpotifyOptions {
        apps: vec![SpotifyAppOptions {
            client_id: "a".into(),
            client_secret: Some(Secret::new("opensesame")),
        }],
        market: crate::scene::market("DE"),
        endpoints: SpotifyEndpoints::new(&origin, &origin).unwrap(),
    };
    let client =
        providers::spotify::Spotify::new(http(), std::sync::Arc::new(fakes::HandClock::default()), options);
    let id = SpotifyId::parse(&spotify_id("track1")).unwrap();
    let error = client.track(&id, Urgency::Person).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(!format!("{error:?}").contains(&port.to_string()), "no address: {error:?}");
}

#[tokio::test]
async fn no_secret_is_in_anything_that_could_be_logged() {
    let scene = SpotifyScene::begin();
    let tokens = scene.sign_in("ana").await;
    let app = scene.app();
    scene.fake.server.fail("/v1/", Fault::Garbage);
    let mut said = format!("{:?} {:?} {:?} {tokens:?}", scene.client, app, scene.client.apps());
    said += &format!("{:?}", app.devices(&tokens.access).await);
    scene.fake.withdraw("ana");
    said += &format!("{:?}", app.refresh(tokens.refresh.as_ref().unwrap()).await);
    said += &format!("{:?}", app.devices(&tokens.access).await);
    for secret in ["secret-of-app-1", tokens.access.reveal(), tokens.refresh.as_ref().unwrap().reveal()] {
        assert!(!said.contains(secret), "{said}");
    }
}
