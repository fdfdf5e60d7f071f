//! Searching and looking things up.

use crate::scene::SpotifyScene;
use fakes::spotify_id;
use model::TrackPosition;
use providers::spotify::{SpotifyId, SpotifyKind, SpotifySearch};
use providers::{Availability, CollectionKind, Error, Link, Provider, TrackKind, Urgency, parse_links};

fn id(name: &str) -> SpotifyId {
    SpotifyId::parse(&spotify_id(name)).unwrap()
}

fn search<'a>(text: &'a str, kinds: &'a [SpotifyKind]) -> SpotifySearch<'a> {
    SpotifySearch { text, kinds, limit: 50, offset: 0, urgency: Urgency::Person }
}

#[tokio::test]
async fn a_track_comes_with_everything_that_is_needed_to_queue_it() {
    let scene = SpotifyScene::begin();
    let track = scene.client.track(&id("track2"), Urgency::Person).await.unwrap();
    assert_eq!((track.source, track.kind), (Provider::Spotify, TrackKind::Track));
    assert_eq!((track.title.as_str(), track.artist_line().as_str()), ("Corvid Blues", "The Rooks"));
    assert_eq!(track.album.as_deref(), Some("Colony"));
    assert_eq!(track.duration, Some(TrackPosition::from_millis(210_000)));
    assert_eq!(track.isrc.as_deref(), Some("DEAAA2600002"));
    assert!(track.explicit);
    assert_eq!(track.availability, Availability::Playable);
    assert_eq!(track.artwork.first().unwrap().width, Some(640));
    assert_eq!(track.link, format!("https://open.spotify.com/track/{}", id("track2")));
    assert!(track.require_playable().is_ok());
}

#[tokio::test]
async fn a_search_never_asks_for_more_than_spotify_gives() {
    let scene = SpotifyScene::begin();
    let found = scene.client.search(&search("part long", &[SpotifyKind::Track])).await.unwrap();
    assert_eq!(found.tracks.len(), 10);
    let seen = scene.fake.server.seen();
    let asked = seen.iter().find(|seen| seen.path == "/v1/search").unwrap();
    assert!(asked.query.contains(&("limit".into(), "10".into())), "{asked:?}");
    assert_eq!(asked.status, 200);
}

#[tokio::test]
async fn a_search_finds_every_kind() {
    let scene = SpotifyScene::begin();
    let kinds = [SpotifyKind::Track, SpotifyKind::Album, SpotifyKind::Artist];
    let found = scene.client.search(&search("rooks", &kinds)).await.unwrap();
    assert_eq!(found.tracks.len(), 4);
    let kinds: Vec<_> = found.collections.iter().map(|found| (found.kind, found.title.as_str())).collect();
    assert!(kinds.contains(&(CollectionKind::Album, "Colony")));
    assert!(kinds.contains(&(CollectionKind::Artist, "The Rooks")));
    let found =
        scene.client.search(&search("bird", &[SpotifyKind::Episode, SpotifyKind::Show])).await.unwrap();
    assert!(found.tracks.iter().all(|track| track.kind == TrackKind::Episode) && !found.tracks.is_empty());
    assert_eq!(found.collections[0].kind, CollectionKind::Show);
    assert_eq!(scene.client.search(&search("  ", &[SpotifyKind::Track])).await.unwrap().tracks, []);
}

#[tokio::test]
async fn a_track_of_another_market_says_so_and_is_not_queued() {
    let scene = SpotifyScene::begin();
    let track = scene.client.track(&id("track3"), Urgency::Person).await.unwrap();
    assert_eq!(track.availability, Availability::WrongMarket { market: "DE".into() });
    assert!(matches!(track.require_playable(), Err(Error::WrongMarket { .. })));
}

#[tokio::test]
async fn a_track_of_no_length_is_not_queued() {
    let scene = SpotifyScene::begin();
    let track = scene.client.track(&id("track4"), Urgency::Person).await.unwrap();
    assert_eq!(track.duration, None);
    assert!(matches!(track.require_playable(), Err(Error::NotPlayable { .. })));
}

#[tokio::test]
async fn what_is_not_there_is_not_found_by_name() {
    let scene = SpotifyScene::begin();
    let error = scene.client.track(&id("nothing"), Urgency::Person).await.unwrap_err();
    let what = format!("track {}", id("nothing"));
    assert_eq!(error, Error::NotFound { provider: Provider::Spotify, what });
}

#[tokio::test]
async fn an_episode_is_known_as_one_and_carries_its_show() {
    let scene = SpotifyScene::begin();
    let episode = scene.client.episode(&id("episode7"), Urgency::Person).await.unwrap();
    assert_eq!(episode.kind, TrackKind::Episode);
    assert_eq!((episode.title.as_str(), episode.album.as_deref()), ("Talk number 7", Some("Bird Talk")));
    assert!(episode.link.contains("/episode/"));
    let show = scene.client.show(&id("BirdTalk"), Urgency::Person).await.unwrap();
    assert_eq!((show.tracks.len(), show.left_out), (60, 0));
    assert!(
        show.tracks.iter().all(|track| track.kind == TrackKind::Episode && track.artists == ["Bird Talk"])
    );
}

#[tokio::test]
async fn an_album_longer_than_a_page_comes_whole_and_in_order() {
    let scene = SpotifyScene::begin();
    let album = scene.client.album(&id("LongPlayer"), Urgency::Person).await.unwrap();
    let titles: Vec<_> = album.tracks.iter().map(|track| track.title.clone()).collect();
    assert_eq!(titles, (1..=70).map(|n| format!("Part {n}")).collect::<Vec<_>>());
    assert!(
        album
            .tracks
            .iter()
            .all(|track| track.album.as_deref() == Some("Long Player") && !track.artwork.is_empty())
    );
}

#[tokio::test]
async fn what_an_artist_is_known_for_is_found_without_the_removed_list() {
    let scene = SpotifyScene::begin();
    let top = scene.client.artist_top(&id("TheRooks"), Urgency::Background).await.unwrap();
    assert_eq!(top.collection.title, "The Rooks");
    assert_eq!(top.tracks.len(), 4);
    assert!(top.tracks.iter().all(|track| track.artists.iter().any(|artist| artist == "The Rooks")));
    assert!(scene.fake.server.seen().iter().all(|seen| seen.status == 200), "{:?}", scene.fake.server.seen());
}

#[tokio::test]
async fn the_same_recording_is_found_by_its_code() {
    let scene = SpotifyScene::begin();
    let found = scene.client.by_isrc("de-aaa-26-00005", Urgency::Background).await.unwrap().unwrap();
    assert_eq!(found.title, "Rooks and Ravens");
    assert_eq!(scene.client.by_isrc("DEAAA2699999", Urgency::Background).await, Ok(None));
    assert_eq!(scene.client.by_isrc("nonsense", Urgency::Background).await, Ok(None));
}

#[tokio::test]
async fn a_playlist_is_read_by_its_owner_and_refused_with_a_way_on_to_others() {
    let scene = SpotifyScene::begin();
    let link = format!("https://open.spotify.com/playlist/{}", id("mine"));
    let Some(Ok(Link::Spotify(link))) = parse_links(&link).pop() else { panic!("a link") };
    let refused = scene.client.tracks_of(&link, Urgency::Person).await.unwrap_err();
    assert!(matches!(&refused, Error::NotAllowed { detail, .. } if detail.contains("owner")), "{refused}");

    let ana = scene.sign_in("ana").await;
    let list = scene.app().playlist(&ana.access, &link.id, Urgency::Person).await.unwrap();
    assert_eq!((list.collection.title.as_str(), list.tracks.len(), list.left_out), ("Ana's evening", 63, 1));

    scene.fake.add_account(fakes::SpotifyAccount::new("ben"));
    scene.fake.register("app-1", "ben").unwrap();
    scene.clock.advance(std::time::Duration::from_secs(1));
    let ben = scene.sign_in("ben").await;
    let refused = scene.app().playlist(&ben.access, &link.id, Urgency::Person).await.unwrap_err();
    assert!(matches!(&refused, Error::NotAllowed { detail, .. } if detail.contains("owner")), "{refused}");
}

#[tokio::test]
async fn many_requests_at_once_fetch_one_token_and_it_is_renewed_before_it_ends() {
    let scene = SpotifyScene::begin();
    let (one, two) = (id("track1"), id("track2"));
    let asked = tokio::join!(
        scene.client.track(&one, Urgency::Person),
        scene.client.track(&two, Urgency::Person),
        scene.client.track(&one, Urgency::Person),
    );
    assert!(asked.0.is_ok() && asked.1.is_ok() && asked.2.is_ok());
    let tokens = || scene.fake.server.seen().iter().filter(|seen| seen.path == "/api/token").count();
    assert_eq!(tokens(), 1);
    scene.clock.advance(std::time::Duration::from_secs(3600 - 30));
    scene.client.track(&one, Urgency::Person).await.unwrap();
    assert_eq!(tokens(), 2);
    scene.fake.end_access();
    scene.client.track(&one, Urgency::Person).await.unwrap();
    assert_eq!(tokens(), 3, "a token that ended early is replaced without anybody noticing");
}
