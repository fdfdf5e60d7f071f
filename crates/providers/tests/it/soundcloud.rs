//! SoundCloud.

use crate::scene::soundcloud;
use fakes::Fault;
use model::TrackPosition;
use providers::soundcloud::{Resolved, SoundcloudId, SoundcloudLink, StreamFormat};
use providers::{Availability, Error, Link, Provider, Urgency, parse_links};
use std::time::Duration;

fn link(name: &str) -> SoundcloudLink {
    match parse_links(&format!("https://soundcloud.com/forss/{name}")).pop() {
        Some(Ok(Link::Soundcloud(link))) => link,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_link_leads_to_a_track_or_a_set() {
    let (_clock, fake, client) = soundcloud();
    fake.add(293, "flickermood", 213_886, "playable");
    fake.add(294, "journeyman", 300_000, "preview");
    fake.add_set(7, "soulhack", &[293, 294]);
    let Ok(Resolved::Track(track)) = client.resolve(&link("flickermood"), Urgency::Person).await else {
        panic!("a track")
    };
    assert_eq!(
        (track.id.as_str(), track.title.as_str(), track.artist_line().as_str()),
        ("293", "flickermood", "Forss")
    );
    assert_eq!(track.duration, Some(TrackPosition::from_millis(213_886)));
    assert!(track.artwork[0].url.contains("-t500x500."));
    let Ok(Resolved::Set(set)) = client.resolve(&link("sets/soulhack"), Urgency::Person).await else {
        panic!("a set")
    };
    assert_eq!((set.collection.title.as_str(), set.tracks.len()), ("soulhack", 2));
    assert!(matches!(set.tracks[1].availability, Availability::Refused { .. }), "only a preview");
    for nothing in ["about", "nothing"] {
        let missing = client.resolve(&link(nothing), Urgency::Person).await;
        assert!(matches!(missing, Err(Error::NotFound { .. })), "{nothing}: {missing:?}");
    }
    assert_eq!(client.track(SoundcloudId(293), Urgency::Person).await.as_ref(), Ok(&*track));
}

#[tokio::test]
async fn the_best_sound_comes_first_and_a_preview_is_marked() {
    let (_clock, fake, client) = soundcloud();
    fake.add(1, "full", 1000, "playable");
    fake.add(2, "part", 1000, "preview");
    fake.add(3, "none", 1000, "blocked");
    let full = client.streams(SoundcloudId(1)).await.unwrap();
    assert_eq!((full[0].format, full[0].is_preview), (StreamFormat::HlsAac160, false));
    assert!(!format!("{full:?}").contains("http"), "whoever has the address can listen");
    let part = client.streams(SoundcloudId(2)).await.unwrap();
    assert!(part.iter().all(|stream| stream.is_preview));
    assert!(matches!(client.streams(SoundcloudId(3)).await, Err(Error::NotPlayable { .. })));
    assert!(matches!(client.streams(SoundcloudId(9)).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_day_of_use_takes_one_token_by_the_secret() {
    let (clock, fake, client) = soundcloud();
    fake.add(1, "song", 1000, "playable");
    for hour in 0..24 {
        assert!(client.track(SoundcloudId(1), Urgency::Person).await.is_ok(), "hour {hour}");
        clock.advance(Duration::from_secs(3600));
    }
    fake.end_access();
    assert!(
        client.track(SoundcloudId(1), Urgency::Person).await.is_ok(),
        "a token that ended early is renewed"
    );
    assert_eq!(fake.tokens_given(), 1, "the others came by refreshing");
}

#[tokio::test]
async fn a_redirect_to_elsewhere_is_not_followed_with_our_token() {
    let (_clock, fake, client) = soundcloud();
    let (_other_clock, elsewhere, _other) = soundcloud();
    fake.server.fail("/resolve", Fault::Redirect(format!("{}/tracks/1", elsewhere.server.origin())));
    let refused = client.resolve(&link("song"), Urgency::Person).await.unwrap_err();
    assert!(matches!(refused, Error::UnexpectedAnswer { provider: Provider::Soundcloud, .. }), "{refused}");
    assert_eq!(elsewhere.server.seen(), []);
}

#[tokio::test]
async fn too_many_requests_are_answered_by_waiting() {
    let (clock, fake, client) = soundcloud();
    fake.add(1, "song", 1000, "playable");
    fake.server.fail("/tracks", Fault::TooMany { retry_after: Some(20) });
    assert!(client.track(SoundcloudId(1), Urgency::Person).await.is_err());
    let asked = fake.server.seen().len();
    let waiting = client.track(SoundcloudId(1), Urgency::Person).await.unwrap_err();
    assert_eq!(waiting.retry_after(), Some(Duration::from_secs(20)));
    assert_eq!(fake.server.seen().len(), asked);
    clock.advance(Duration::from_secs(20));
    assert!(client.track(SoundcloudId(1), Urgency::Person).await.is_ok());
}
