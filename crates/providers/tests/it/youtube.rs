//! YouTube.

use crate::scene::youtube;
use fakes::{FakeVideo, Fault};
use model::TrackPosition;
use providers::youtube::{YoutubeId, YoutubeListId};
use providers::{Availability, Error, Provider};
use std::time::Duration;

fn id(text: &str) -> YoutubeId {
    YoutubeId::parse(text).unwrap()
}

#[tokio::test]
async fn a_video_has_its_true_length_however_it_is_written() {
    let (_clock, fake, client) = youtube();
    for (n, (duration, seconds)) in
        [("PT4M", 240), ("PT1H", 3600), ("P1DT1S", 86_401), ("PT3M21S", 201), ("P1W", 604_800)]
            .iter()
            .enumerate()
    {
        let name = format!("video00000{n}");
        fake.add(FakeVideo::new(&name, "Song", duration));
        let track = client.video(&id(&name)).await.unwrap();
        assert_eq!(track.duration, Some(TrackPosition::from_millis(seconds * 1000)), "{duration}");
        assert_eq!((track.title.as_str(), track.artist_line().as_str()), ("Song", "Rook Films"));
        assert_eq!(track.artwork[0].width, Some(480));
    }
}

#[tokio::test]
async fn a_live_stream_has_no_end_and_is_not_queued() {
    let (_clock, fake, client) = youtube();
    fake.add(FakeVideo::new("live0000000", "Radio", "P0D"));
    let track = client.video(&id("live0000000")).await.unwrap();
    assert_eq!(track.duration, None);
    assert!(matches!(track.require_playable(), Err(Error::NotPlayable { .. })));
}

#[tokio::test]
async fn what_may_not_be_shown_here_says_why() {
    let (_clock, fake, client) = youtube();
    let video = |name: &str| FakeVideo::new(name, "Song", "PT1M");
    fake.add(FakeVideo { is_embeddable: false, ..video("noembed0000") });
    fake.add(FakeVideo { blocked: vec!["DE".into()], ..video("blocked0000") });
    fake.add(FakeVideo { blocked: vec!["SE".into()], ..video("elsewhere00") });
    fake.add(FakeVideo { is_age_restricted: true, ..video("adults00000") });
    let availability = async |name: &str| client.video(&id(name)).await.unwrap().availability;
    assert!(matches!(availability("noembed0000").await, Availability::Refused { .. }));
    assert_eq!(availability("blocked0000").await, Availability::WrongMarket { market: "DE".into() });
    assert_eq!(availability("elsewhere00").await, Availability::Playable);
    assert!(matches!(availability("adults00000").await, Availability::Refused { .. }));
    let missing = client.video(&id("nothing0000")).await.unwrap_err();
    assert_eq!(missing, Error::NotFound { provider: Provider::Youtube, what: "video nothing0000".into() });
}

#[tokio::test]
async fn a_playlist_comes_whole_in_order_and_without_what_is_gone() {
    let (_clock, fake, client) = youtube();
    let names: Vec<_> = (0..120).map(|n| format!("listed{n:05}")).collect();
    for name in names.iter().filter(|name| !name.ends_with('7')) {
        fake.add(FakeVideo::new(name, name, "PT2M"));
    }
    fake.add_playlist("PL0123456789", &names.iter().map(String::as_str).collect::<Vec<_>>());
    let list = client.playlist(&YoutubeListId::parse("PL0123456789").unwrap()).await.unwrap();
    let found: Vec<_> = list.tracks.iter().map(|track| track.id.as_str()).collect();
    let expected: Vec<_> = names.iter().map(String::as_str).filter(|name| !name.ends_with('7')).collect();
    assert_eq!(found, expected);
    assert_eq!(list.collection.tracks_total, Some(120));
    assert_eq!(fake.units(), 7, "one for the list, three for its pages, three for the videos");
    let missing = client.playlist(&YoutubeListId::parse("PL9999999999").unwrap()).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_search_finds_what_can_be_embedded_with_its_length() {
    let (_clock, fake, client) = youtube();
    fake.add(FakeVideo::new("found000000", "Morning roost (live)", "PT5M"));
    fake.add(FakeVideo { is_embeddable: false, ..FakeVideo::new("hidden00000", "Morning roost", "PT5M") });
    let found = client.search("morning ROOST", 10).await.unwrap();
    assert_eq!(found.iter().map(|track| track.id.as_str()).collect::<Vec<_>>(), ["found000000"]);
    assert!(found[0].duration.is_some());
    assert_eq!(fake.units(), 101);
    assert_eq!(client.search(" ", 10).await, Ok(vec![]));
}

#[tokio::test]
async fn an_allowance_that_is_used_up_is_not_asked_again_before_its_day_ends() {
    let (clock, fake, client) = youtube();
    fake.add(FakeVideo::new("found000000", "Song", "PT5M"));
    fake.limit(1);
    assert!(client.video(&id("found000000")).await.is_ok());
    let used_up = client.video(&id("found000000")).await.unwrap_err();
    // It is noon; the day in California ends at eight in the morning, UTC.
    assert_eq!(used_up.retry_after(), Some(Duration::from_secs(20 * 3600)));
    assert!(matches!(used_up, Error::QuotaUsedUp { .. }));
    assert!(client.video(&id("found000000")).await.is_err());
    assert_eq!(fake.server.seen().len(), 2);
    clock.advance(Duration::from_secs(20 * 3600));
    assert!(client.video(&id("found000000")).await.is_ok());
}

#[tokio::test]
async fn a_wrong_key_and_too_many_requests_are_told_apart_and_the_key_is_in_no_address() {
    let (clock, fake, _client) = youtube();
    let options = providers::youtube::YoutubeOptions {
        api_key: providers::Secret::new("stolen-key"),
        market: crate::scene::market("DE"),
        api: providers::BaseUrl::parse(Provider::Youtube, &fake.api()).unwrap(),
    };
    let client = providers::youtube::Youtube::new(crate::scene::http(), clock, options);
    let refused = client.video(&id("found000000")).await.unwrap_err();
    assert!(matches!(refused, Error::CredentialsRefused { .. }), "{refused}");
    fake.server.fail("/", Fault::TooMany { retry_after: Some(9) });
    let refused = client.video(&id("found000000")).await.unwrap_err();
    assert_eq!(
        refused,
        Error::RateLimited { provider: Provider::Youtube, retry_after: Duration::from_secs(9) }
    );
    let seen = format!("{:?} {client:?}", fake.server.seen());
    assert!(!seen.contains("stolen-key"), "{seen}");
}
