//! Members' own accounts and their devices.

use crate::scene::{REDIRECT, SpotifyScene, attempt};
use fakes::{SpotifyAccount, spotify_id};
use model::{Clock as _, TrackPosition};
use providers::spotify::{DEVICE_SCOPES, SpotifyAppOptions, SpotifyId};
use providers::{Callback, Error, Provider, Secret, SignInAttempt, Urgency};
use std::time::Duration;

const SPOTIFY: Provider = Provider::Spotify;

#[tokio::test]
async fn a_member_signs_in_and_controls_a_device() {
    let scene = SpotifyScene::begin();
    let tokens = scene.sign_in("ana").await;
    assert!(tokens.grants(&DEVICE_SCOPES) && tokens.refresh.is_some());
    let (app, access) = (scene.app(), &tokens.access);
    assert_eq!(app.profile(access).await.unwrap().id, "ana");
    assert_eq!(app.playback(access, Urgency::Person).await, Ok(None));
    let devices = app.devices(access).await.unwrap();
    assert_eq!(devices.iter().map(|device| device.name.as_str()).collect::<Vec<_>>(), ["ana's computer"]);
    let device = devices[0].id.clone().unwrap();

    let uri = format!("spotify:track:{}", spotify_id("track1"));
    app.play(access, &device, &uri, TrackPosition::from_millis(61_000)).await.unwrap();
    scene.clock.advance(Duration::from_secs(4));
    let state = app.playback(access, Urgency::Person).await.unwrap().unwrap();
    assert_eq!((state.is_playing, state.uri.as_deref()), (true, Some(uri.as_str())));
    assert_eq!((state.position.millis(), state.observed_at), (65_000, scene.clock.wall()));
    assert_eq!(state.track.unwrap().title, "Morning Roost");

    app.seek(access, &device, TrackPosition::from_millis(5_000)).await.unwrap();
    app.pause(access, &device).await.unwrap();
    scene.clock.advance(Duration::from_secs(9));
    assert_eq!(scene.fake.hears("ana"), Some((uri.clone(), false, TrackPosition::from_millis(5_000))));
    app.resume(access, &device).await.unwrap();
    app.set_volume(access, &device, 200).await.unwrap();
    assert_eq!(app.devices(access).await.unwrap()[0].volume_percent, Some(100));
    assert!(scene.fake.hears("ana").unwrap().1);
}

#[tokio::test]
async fn a_way_back_that_was_not_begun_here_is_refused_and_costs_nothing() {
    let scene = SpotifyScene::begin();
    let app = scene.app();
    let (ours, theirs) = (
        attempt(scene.clock.as_ref()),
        SignInAttempt { state: Secret::new("x"), ..attempt(scene.clock.as_ref()) },
    );
    let callback = scene.visit(&app, &theirs, Some("ana"));
    let refused = app.exchange(&ours, &callback, REDIRECT).await.unwrap_err();
    assert_eq!(refused, Error::StateMismatch { provider: SPOTIFY });
    assert!(scene.fake.server.seen().iter().all(|seen| seen.path != "/api/token"));
    let denied = scene.visit(&app, &ours, None);
    let refused = app.exchange(&ours, &denied, REDIRECT).await.unwrap_err();
    assert_eq!(refused, Error::SignInRefused { provider: SPOTIFY, detail: "access_denied".into() });
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing_without_the_verifier_and_a_code_works_once() {
    let scene = SpotifyScene::begin();
    let app = scene.app();
    let attempt = attempt(scene.clock.as_ref());
    let stolen = scene.visit(&app, &attempt, Some("ana"));
    let thief = SignInAttempt { verifier: Secret::new("a".repeat(43)), ..attempt.clone() };
    let refused = app.exchange(&thief, &stolen, REDIRECT).await.unwrap_err();
    assert_eq!(refused, Error::SignInAgain { provider: SPOTIFY });
    let callback = scene.visit(&app, &attempt, Some("ana"));
    assert!(app.exchange(&attempt, &callback, REDIRECT).await.is_ok());
    let again = app.exchange(&attempt, &callback, REDIRECT).await.unwrap_err();
    assert_eq!(again, Error::SignInAgain { provider: SPOTIFY });
    let elsewhere = scene.visit(&app, &attempt, Some("ana"));
    assert!(app.exchange(&attempt, &elsewhere, "http://127.0.0.1:1/other").await.is_err());
    let none = Callback::from_query(&format!("state={}", attempt.state.reveal()));
    assert!(matches!(app.exchange(&attempt, &none, REDIRECT).await, Err(Error::UnexpectedAnswer { .. })));
}

#[tokio::test]
async fn an_application_without_a_secret_signs_people_in_by_pkce_alone() {
    let scene = SpotifyScene::begin();
    let app = scene.client.add_app(SpotifyAppOptions { client_id: "app-1".into(), client_secret: None });
    let tokens = scene.sign_in("ana").await;
    assert!(app.refresh(tokens.refresh.as_ref().unwrap()).await.is_ok());
    let id = SpotifyId::parse(&spotify_id("track1")).unwrap();
    let search = scene.client.track(&id, Urgency::Person);
    assert!(matches!(search.await, Err(Error::Configuration { .. })));
}

#[tokio::test]
async fn an_expired_token_says_so_and_is_refreshed_and_a_withdrawn_one_asks_for_the_person() {
    let scene = SpotifyScene::begin();
    let app = scene.app();
    let tokens = scene.sign_in("ana").await;
    assert!(!tokens.is_stale(scene.clock.wall()));
    scene.clock.advance(Duration::from_secs(3600));
    assert!(tokens.is_stale(scene.clock.wall()));
    assert_eq!(app.devices(&tokens.access).await, Err(Error::ExpiredToken { provider: SPOTIFY }));
    let fresh = app.refresh(tokens.refresh.as_ref().unwrap()).await.unwrap();
    assert_eq!(fresh.refresh, tokens.refresh, "the old refresh token stays good");
    assert!(app.devices(&fresh.access).await.is_ok());
    scene.fake.withdraw("ana");
    assert_eq!(
        app.refresh(fresh.refresh.as_ref().unwrap()).await,
        Err(Error::SignInAgain { provider: SPOTIFY })
    );
}

#[tokio::test]
async fn a_missing_scope_a_free_account_a_sixth_person_and_a_missing_device_are_told_apart() {
    let scene = SpotifyScene::begin();
    let app = scene.app();
    let uri = format!("spotify:track:{}", spotify_id("track1"));
    let play =
        async |access: &Secret, device: &str| app.play(access, device, &uri, TrackPosition::ZERO).await;

    scene.fake.grant_only(&["user-read-private"]);
    let narrow = scene.sign_in("ana").await;
    assert!(!narrow.grants(&DEVICE_SCOPES));
    assert!(matches!(app.devices(&narrow.access).await, Err(Error::ScopeMissing { .. })));

    scene.fake.grant_only(&DEVICE_SCOPES);
    scene.clock.advance(Duration::from_secs(1));
    let ana = scene.sign_in("ana").await;
    assert_eq!(app.pause(&ana.access, "ana-computer").await, Err(Error::NoDevice));
    assert_eq!(play(&ana.access, "ana-phone").await, Err(Error::NoDevice), "it is switched off");

    let mut free = SpotifyAccount::new("ben");
    free.is_premium = false;
    scene.fake.add_account(free);
    scene.fake.register("app-1", "ben").unwrap();
    scene.clock.advance(Duration::from_secs(1));
    let ben = scene.sign_in("ben").await;
    assert_eq!(play(&ben.access, "ben-computer").await, Err(Error::PremiumRequired { provider: SPOTIFY }));

    scene.fake.add_account(SpotifyAccount::new("cleo"));
    scene.clock.advance(Duration::from_secs(1));
    let cleo = scene.sign_in("cleo").await;
    let refused = app.devices(&cleo.access).await.unwrap_err();
    assert!(
        matches!(&refused, Error::NotAllowed { detail, .. } if detail.contains("not registered")),
        "{refused}"
    );

    let track = format!("spotify:track:{}", spotify_id("track3"));
    let elsewhere = app.play(&ana.access, "ana-computer", &track, TrackPosition::ZERO).await;
    assert!(
        matches!(elsewhere, Err(Error::NotFound { .. })),
        "not in the market of the account: {elsewhere:?}"
    );
}

#[test]
fn the_sixth_person_is_sent_to_another_client_id() {
    let scene = SpotifyScene::with(crate::scene::http(), &[("app-1", "secret-of-app-1"), ("app-2", "x")]);
    let pick = |first: usize, second: usize| {
        let app = scene.client.app_for_new_person(|id| if id == "app-1" { first } else { second });
        app.map(|app| app.client_id().to_owned())
    };
    assert_eq!(pick(0, 0).as_deref(), Some("app-1"));
    assert_eq!(pick(3, 2).as_deref(), Some("app-2"));
    assert_eq!(pick(5, 4).as_deref(), Some("app-2"));
    assert_eq!(pick(5, 5), None);
    for name in ["b", "c", "d", "e"] {
        scene.fake.register("app-1", name).unwrap();
    }
    assert!(scene.fake.register("app-1", "f").is_err(), "the fake has five seats too");
}
