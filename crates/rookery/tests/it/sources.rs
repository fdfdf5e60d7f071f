//! Songs of services elsewhere, against fakes that refuse what the services refuse.

use crate::program;
use fakes::{
    FakeSoundcloud, FakeSpotify, FakeVideo, FakeYoutube, Fault, Reply, Server, SpotifyTrack, spotify_id,
};
use model::Clock;
use providers::spotify::SpotifyAppOptions;
use providers::{Market, Outside, Secret};
use serde_json::{Value, json};
use server::{Config, SoundcloudConfig, SourceAddresses, SourcesConfig};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use testkit::{
    Actor, Browser, EventStream, ShiftedClock, TestApp, eventually, guest, member, program as bot,
    since_1970, sound,
};

/// Every service, a server that knows them, and its administrator.
pub struct Stage {
    pub app: TestApp,
    pub ada: Browser,
    pub spotify: FakeSpotify,
    pub youtube: FakeYoutube,
    pub soundcloud: FakeSoundcloud,
}

pub const VIDEO: &str = "dQw4w9WgXcQ";

pub fn stage() -> Stage {
    stage_with(|_| {})
}

pub fn stage_with(change: impl FnOnce(&mut Config)) -> Stage {
    let clock = Arc::new(ShiftedClock::start());
    let shared: Arc<dyn Clock> = clock.clone();
    let spotify = FakeSpotify::start(Arc::clone(&shared));
    let youtube = FakeYoutube::start(Arc::clone(&shared));
    let soundcloud = FakeSoundcloud::start(shared);
    youtube.add(FakeVideo::new(VIDEO, "Rooks at dawn", "PT4M"));
    soundcloud.add(293, "Flickermood", 213_000, "playable");
    soundcloud.add(294, "Snippet", 213_000, "preview");
    let sources = SourcesConfig {
        market: Market::parse("DE").unwrap(),
        spotify: Some(SpotifyAppOptions {
            client_id: "app-1".into(),
            client_secret: Some(Secret::new("secret-of-app-1")),
        }),
        youtube_key: Some(Secret::new("youtube-key")),
        soundcloud: Some(SoundcloudConfig {
            client_id: "soundcloud-app".into(),
            client_secret: Secret::new("soundcloud-secret"),
        }),
        addresses: SourceAddresses {
            spotify_api: spotify.api(),
            spotify_accounts: spotify.accounts(),
            youtube_api: youtube.api(),
            soundcloud_api: soundcloud.server.origin(),
            soundcloud_sign_in: soundcloud.server.origin(),
        },
    };
    // The address is chosen beforehand: Spotify wants to know where people come back to.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://127.0.0.1:{free}");
    spotify.add_app("app-1", "secret-of-app-1", &format!("{base}/authentication/spotify_callback"));
    spotify.register("app-1", "ana").unwrap();
    let outside = Outside { also: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)] };
    let mut config = Config { sources, outside, public_url: Some(base), ..Config::default() };
    change(&mut config);
    let app = TestApp::with_clock(program(), config, clock);
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    Stage { app, ada, spotify, youtube, soundcloud }
}

pub fn track(name: &str) -> String {
    format!("spotify:track:{}", spotify_id(name))
}

fn titles(page: &Value) -> Vec<&str> {
    page["tracks"].as_array().unwrap().iter().map(|track| track["title"].as_str().unwrap()).collect()
}

fn asked(server: &Server, path: &str) -> usize {
    server.seen().iter().filter(|seen| seen.path.starts_with(path)).count()
}

#[test]
fn what_is_not_set_up_is_not_listed_and_says_so() {
    let app = crate::app();
    let ada = app.administrator();
    assert_eq!(ada.get("/api/v1/sources").ok(), json!([]));
    for service in ["spotify", "youtube", "soundcloud"] {
        ada.get(&format!("/api/v1/sources/{service}/search?query=x")).problem(404, "source_not_set_up");
        ada.get(&format!("/api/v1/sources/{service}/track/x")).problem(404, "source_not_set_up");
    }
    ada.get("/api/v1/sources/tape/search?query=x").problem(404, "not_found");
    ada.command("add", json!({"source": track("track1")})).problem(404, "source_not_set_up");
    let text = format!("{} https://youtu.be/{VIDEO}\nhttps://soundcloud.com/a/b, nonsense", track("track1"));
    let links = ada.post("/api/v1/links", json!({"text": text})).ok();
    let codes: Vec<_> =
        links["links"].as_array().unwrap().iter().map(|link| &link["refused"]["code"]).collect();
    assert_eq!(
        json!(codes),
        json!(["source_not_set_up", "source_not_set_up", "source_not_set_up", "not_a_link"])
    );
    assert_eq!(links["links"][1]["refused"]["detail"], "YouTube is not set up here");
    let policy = app.anonymous().get("/").expect(200).header("content-security-policy").to_owned();
    assert!(!policy.contains("https://"), "{policy}");
}

#[test]
fn half_a_pair_of_settings_is_refused_before_anything_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let refused = testkit::run(program(), &["serve", "--spotify-client-id", "x"], folder.path());
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("SPOTIFY_CLIENT_SECRET"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_set_up_is_listed_with_what_it_can_and_pages_admit_its_players() {
    let stage = stage();
    let sources = stage.ada.get("/api/v1/sources").ok();
    let shown: Vec<_> = sources.as_array().unwrap().iter().map(|source| &source["service"]).collect();
    assert_eq!(json!(shown), json!(["spotify", "youtube", "soundcloud"]));
    assert_eq!((&sources[0]["playback"], &sources[0]["is_connected"]), (&json!("device"), &json!(false)));
    assert_eq!((&sources[1]["playback"], &sources[1]["search"]), (&json!("embed"), &json!(["track"])));
    assert_eq!((&sources[2]["playback"], &sources[2]["is_connected"]), (&json!("stream"), &Value::Null));
    let policy = stage.app.anonymous().get("/").expect(200).header("content-security-policy").to_owned();
    let origin = stage.soundcloud.server.origin();
    for part in [
        "script-src 'self'",
        " https://sdk.scdn.co;",
        "frame-src 'self' https://sdk.scdn.co https://www.youtube-nocookie.com;",
        &format!("media-src 'self' blob: {origin};"),
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn a_search_finds_what_the_service_has_and_asks_it_once() {
    let stage = stage();
    let Stage { ada, spotify, youtube, soundcloud, .. } = &stage;
    let found = ada.get("/api/v1/sources/spotify/search?query=rook").ok();
    assert!(titles(&found).contains(&"Rooks and Ravens"), "{found}");
    let song =
        found["tracks"].as_array().unwrap().iter().find(|it| it["title"] == "Rooks and Ravens").unwrap();
    assert_eq!((&song["source"], &song["artist"]), (&json!(track("track5")), &json!("Jackdaw, The Rooks")));
    assert_eq!((&song["refused"], &song["match"]), (&Value::Null, &Value::Null));
    assert!(song["artwork_url"].as_str().is_none_or(|url| url.starts_with("/api/v1/pictures/")), "{song}");
    let albums = ada.get("/api/v1/sources/spotify/search?query=colony&kinds=album&limit=3").ok();
    assert_eq!((&albums["tracks"], &albums["collections"][0]["title"]), (&json!([]), &json!("Colony")));
    let before = asked(&spotify.server, "/v1/search");
    ada.get("/api/v1/sources/spotify/search?query=rook").ok();
    assert_eq!(asked(&spotify.server, "/v1/search"), before, "the same question is not asked twice");
    let videos = ada.get("/api/v1/sources/youtube/search?query=dawn").ok();
    let video = &videos["tracks"][0];
    assert_eq!(
        (&video["source"], &video["duration_ms"]),
        (&json!(format!("youtube:{VIDEO}")), &json!(240_000))
    );
    assert_eq!(asked(&youtube.server, "/youtube/v3/search"), 1);
    let songs = ada.get("/api/v1/sources/soundcloud/search?query=flick").ok();
    assert_eq!(songs["tracks"][0]["source"], "soundcloud:293");
    assert_eq!(asked(&soundcloud.server, "/tracks"), 1);
    ada.get("/api/v1/sources/youtube/search?query=x&kinds=album").problem(422, "invalid_input");
    ada.get("/api/v1/sources/spotify/search?query=x&kinds=tape").problem(422, "invalid_input");
    ada.get("/api/v1/sources/spotify/search").problem(422, "invalid_input");
}

#[test]
fn a_list_is_opened_page_by_page() {
    let stage = stage();
    let Stage { ada, youtube, spotify, .. } = &stage;
    let found = ada.get("/api/v1/sources/spotify/search?query=long&kinds=album").ok();
    let album = found["collections"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/sources/spotify/album/{album}");
    let first = ada.get(&format!("{path}?limit=50")).ok();
    assert_eq!(
        (titles(&first).len(), &first["tracks_count"], &first["next_offset"]),
        (50, &json!(70), &json!(50))
    );
    let before = spotify.server.seen().len();
    let second = ada.get(&format!("{path}?limit=50&offset=50")).ok();
    assert_eq!((titles(&second).len(), &second["next_offset"]), (20, &Value::Null));
    assert_eq!(second["tracks"][0]["title"], "Part 51");
    assert_eq!(spotify.server.seen().len(), before, "the next page is there already");
    assert_eq!(titles(&ada.get(&format!("{path}?offset=4000000000")).ok()).len(), 0);
    youtube.add_playlist("PL0123456789", &[VIDEO, "gonegonegon"]);
    let list = ada.get("/api/v1/sources/youtube/playlist/PL0123456789").ok();
    assert_eq!((titles(&list), &list["left_out"]), (vec!["Rooks at dawn"], &json!(1)));
    let one = ada.get(&format!("/api/v1/sources/spotify/track/{}", spotify_id("track1"))).ok();
    assert_eq!((titles(&one), &one["collection"]), (vec!["Morning Roost"], &Value::Null));
    let mine = format!("/api/v1/sources/spotify/playlist/{}", spotify_id("mine"));
    ada.get(&mine).problem(409, "account_not_connected");
    for path in ["spotify/track/short", "youtube/track/x", "soundcloud/track/none", "spotify/album/..%2fme"] {
        ada.get(&format!("/api/v1/sources/{path}")).problem(404, "source_has_none");
    }
    ada.get("/api/v1/sources/spotify/tape/x").problem(404, "not_found");
}

#[test]
fn pasted_links_are_followed_each_on_its_own() {
    let stage = stage();
    let Stage { ada, soundcloud, youtube, .. } = &stage;
    soundcloud.add_set(77, "evening", &[293]);
    youtube
        .add(FakeVideo { blocked: vec!["DE".into()], ..FakeVideo::new("blocked0000", "Not here", "PT1M") });
    let text = format!(
        "hear this: https://open.spotify.com/track/{}?si=1 {}\nhttps://www.youtube.com/watch?v={VIDEO}&list=PLx, \
         https://soundcloud.com/forss/sets/evening https://youtu.be/blocked0000 https://youtu.be/nothing0000 \
         https://spotify.link/x",
        spotify_id("track1"),
        track("track3"),
    );
    let links = ada.post("/api/v1/links", json!({"text": text})).ok();
    let links: Vec<_> = links["links"].as_array().unwrap().clone();
    let links: Vec<_> = links
        .iter()
        .filter(|link| link["service"] != Value::Null || link["text"] == "https://spotify.link/x")
        .collect();
    let shown: Vec<_> = links
        .iter()
        .map(|link| {
            json!([link["tracks"][0]["title"], link["tracks"][0]["refused"]["code"], link["refused"]["code"]])
        })
        .collect();
    assert_eq!(
        json!(shown),
        json!([
            ["Morning Roost", null, null],
            ["Only in Sweden", "not_in_this_market", null],
            ["Rooks at dawn", null, null],
            ["Flickermood", null, null],
            ["Not here", "not_in_this_market", null],
            [null, null, "source_has_none"],
            [null, null, "not_a_link"],
        ])
    );
    assert_eq!(links[3]["collection"]["title"], "evening");
    let many = format!("{} ", track("track1")).repeat(22);
    let many = ada.post("/api/v1/links", json!({"text": many})).ok();
    assert_eq!(many["links"][19]["tracks"][0]["title"], "Morning Roost");
    assert_eq!(many["links"][20]["refused"]["code"], "too_many_links");
    ada.post("/api/v1/links", json!({"text": "x".repeat(20_001)})).problem(422, "invalid_input");
}

#[test]
fn a_song_is_added_by_its_name_and_what_is_shown_of_it_is_what_the_service_says() {
    let stage = stage();
    let Stage { app, ada, spotify, .. } = &stage;
    let gus = guest(app.site(), "Gus");
    gus.command("add", json!({"source": track("track5")})).ok();
    gus.command("add", json!({"source": format!("youtube:{VIDEO}")})).ok();
    gus.command("add", json!({"source": "soundcloud:293"})).ok();
    let nest = ada.main_nest();
    let playing = &nest["state"]["playing"]["entry"]["track"];
    assert_eq!(
        (&playing["title"], &playing["source"]),
        (&json!("Rooks and Ravens"), &json!(track("track5")))
    );
    let id = playing["id"].as_str().unwrap();
    let song = ada.get(&format!("/api/v1/tracks/{id}")).ok();
    assert_eq!((&song["source"], &song["artist"]), (&playing["source"], &json!("Jackdaw, The Rooks")));
    assert_eq!(song["page_url"], format!("https://open.spotify.com/track/{}", spotify_id("track5")));
    let queue: Vec<_> =
        nest["state"]["queue"].as_array().unwrap().iter().map(|it| &it["track"]["source"]).collect();
    assert_eq!(json!(queue), json!([format!("youtube:{VIDEO}"), "soundcloud:293"]));
    // Again: known, and not asked about.
    let before = spotify.server.seen().len();
    ada.command("add", json!({"source": track("track5")})).ok();
    assert_eq!(spotify.server.seen().len(), before);
    ada.command("add", json!({"source": track("track3")})).problem(409, "not_in_this_market");
    ada.command("add", json!({"source": track("track4")})).problem(409, "source_not_playable");
    ada.command("add", json!({"source": track("none")})).problem(404, "source_has_none");
    ada.command("add", json!({"source": "soundcloud:294"})).problem(409, "source_not_playable");
    for body in [
        json!({}),
        json!({"source": "library"}),
        json!({"source": "x"}),
        json!({"source": track("track1"), "track_id": id}),
    ] {
        ada.command("add", body).problem(422, "invalid_input");
    }
    let made_up = json!({"source": track("track1"), "title": "Something else"});
    ada.command("add", made_up).problem(422, "invalid_input");
}

#[test]
fn a_service_that_asks_to_wait_is_not_asked_and_the_nest_goes_on() {
    let stage = stage();
    let Stage { ada, spotify, .. } = &stage;
    ada.command("add", json!({"source": track("track1")})).ok();
    spotify.server.fail("/v1/tracks", Fault::TooMany { retry_after: Some(7) });
    let refused = ada.command("add", json!({"source": track("track5")})).expect(429);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=7).contains(&wait), "{wait}");
    refused.problem(429, "source_rate_limited");
    let before = spotify.server.seen().len();
    let found = ada.get("/api/v1/sources/spotify/search?query=rook");
    assert!(found.problem(429, "source_rate_limited")["retry_after_s"].as_u64().is_some());
    let links = ada.post("/api/v1/links", json!({"text": track("track2")})).ok();
    assert_eq!(links["links"][0]["refused"]["code"], "source_rate_limited");
    assert!(links["links"][0]["refused"]["retry_after_s"].as_u64().is_some_and(|wait| wait <= 7));
    assert_eq!(spotify.server.seen().len(), before, "it asked to be left alone");
    // What is known is added as ever, and other services are another matter.
    ada.command("add", json!({"source": track("track1")})).ok();
    ada.command("add", json!({"source": format!("youtube:{VIDEO}")})).ok();
    ada.command("skip", json!({})).ok();
}

#[test]
fn a_service_that_is_away_or_out_of_its_mind_is_a_clear_problem() {
    let stage = stage();
    let Stage { ada, spotify, youtube, soundcloud, .. } = &stage;
    spotify.server.fail("/v1/tracks", Fault::Status(503));
    ada.command("add", json!({"source": track("track1")})).problem(502, "source_away");
    youtube.server.fail("/youtube/v3", Fault::Garbage);
    ada.get("/api/v1/sources/youtube/search?query=x").problem(502, "source_away");
    soundcloud.server.fail("/tracks", Fault::Huge(3 << 20));
    ada.get("/api/v1/sources/soundcloud/search?query=x").problem(502, "source_away");
    youtube.limit(0);
    let used_up = ada.get("/api/v1/sources/youtube/search?query=y").expect(429);
    assert!(used_up.header("retry-after").parse::<u64>().is_ok_and(|wait| wait > 0));
    used_up.problem(429, "source_rate_limited");
    let stage = stage_with(|config| {
        config.sources.youtube_key = Some(Secret::new("wrong"));
    });
    let refused = stage.ada.get("/api/v1/sources/youtube/search?query=x").problem(502, "source_refuses");
    assert!(!refused.to_string().contains("wrong"), "{refused}");
}

#[test]
fn sound_of_soundcloud_is_where_the_server_found_it_and_nowhere_else() {
    let stage = stage();
    let Stage { app, ada, soundcloud, .. } = &stage;
    ada.command("add", json!({"source": "soundcloud:293"})).ok();
    ada.command("add", json!({"source": format!("youtube:{VIDEO}")})).ok();
    let nest = ada.main_nest();
    let song = &nest["state"]["playing"]["entry"]["track"];
    let (id, stream) = (song["id"].as_str().unwrap(), song["stream_url"].as_str().unwrap());
    let gus = guest(app.site(), "Gus");
    let sent = gus.get(stream).expect(302);
    let to = sent.header("location").to_owned();
    assert!(to.starts_with(&soundcloud.server.origin()) && to.contains("/media/293/"), "{to}");
    assert_eq!((sent.header("cache-control"), sent.header("referrer-policy")), ("no-store", "no-referrer"));
    let sound = fakes::visit("GET", &to, &[], "");
    assert_eq!(sound.status, 200, "nobody's token is needed there");
    let outside = gus.get(&format!("/api/v1/tracks/{id}/outside-stream")).expect(200);
    assert_eq!(outside.header("cache-control"), "no-store");
    let outside = outside.json();
    assert_eq!(
        (&outside["form"], &outside["media_type"]),
        (&json!("hls"), &json!("application/vnd.apple.mpegurl"))
    );
    app.anonymous().get(stream).problem(401, "not_signed_in");
    let video = nest["state"]["queue"][0]["track"]["stream_url"].as_str().unwrap();
    ada.get(video).problem(404, "plays_elsewhere");
    // A place that is not SoundCloud's is not handed on.
    soundcloud
        .server
        .fail("/tracks/soundcloud%3Atracks%3A293/streams/", Fault::Redirect("https://example.org/x".into()));
    soundcloud
        .server
        .fail("/tracks/soundcloud:tracks:293/streams/", Fault::Redirect("https://example.org/x".into()));
    ada.get(stream).problem(409, "source_not_playable");
}

#[test]
fn the_library_is_heard_before_a_service() {
    let stage = stage();
    let Stage { ada, soundcloud, .. } = &stage;
    soundcloud.add(500, "own", 60_000, "playable");
    let file = crate::history::by("Forss", sound::wav(440, 60_000));
    let ours = ada.add_track("own.wav", &file);
    let found = ada.get("/api/v1/sources/soundcloud/search?query=own").ok();
    assert_eq!(found["tracks"][0]["match"], ours, "{found}");
    ada.command("add", json!({"source": "soundcloud:500"})).ok();
    let song = ada.main_nest()["state"]["playing"]["entry"]["track"].clone();
    assert_eq!(song["match"], ours);
    let stream = ada.get(song["stream_url"].as_str().unwrap()).expect(200);
    assert_eq!(stream.header("content-type"), "audio/wav");
    let elsewhere = ada.get(&format!("/api/v1/tracks/{}/elsewhere", song["id"].as_str().unwrap())).ok();
    assert_eq!(elsewhere["library"], ours);
}

#[test]
fn the_same_song_is_found_at_other_services_and_only_the_same() {
    let stage = stage();
    let Stage { ada, spotify, soundcloud, youtube, .. } = &stage;
    spotify.add_track(SpotifyTrack::new("flick", "Flickermood (Remastered)", "Forss", "Soulhack"));
    spotify.add_track(SpotifyTrack::new("live", "Flickermood (Live)", "Forss", "Soulhack"));
    ada.command("add", json!({"source": "soundcloud:293"})).ok();
    let id = ada.main_nest()["state"]["playing"]["entry"]["track"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/tracks/{id}/elsewhere");
    let found = ada.get(&path).ok();
    assert_eq!(titles(&found), ["Flickermood (Remastered)"], "{found}");
    assert_eq!((&found["tracks"][0]["service"], &found["library"]), (&json!("spotify"), &Value::Null));
    let before = [&spotify.server, &youtube.server].map(|server| server.seen().len());
    ada.get(&path).ok();
    assert_eq!([&spotify.server, &youtube.server].map(|server| server.seen().len()), before);
    // Of a song of Spotify, at SoundCloud; with YouTube away the others are told all the same.
    soundcloud.add(600, "Morning Roost", 210_000, "playable");
    ada.command("add", json!({"source": track("track1")})).ok();
    ada.command("skip", json!({})).ok();
    let id = ada.main_nest()["state"]["playing"]["entry"]["track"]["id"].as_str().unwrap().to_owned();
    youtube.server.fail("/youtube", Fault::Status(503));
    let found = ada.get(&format!("/api/v1/tracks/{id}/elsewhere")).ok();
    assert_eq!(titles(&found), Vec::<&str>::new(), "by somebody else: {found}");
    ada.get("/api/v1/tracks/00000000000000000000000000/elsewhere").problem(404, "not_found");
}

#[test]
fn what_is_found_elsewhere_can_be_heard_by_its_id() {
    let stage = stage();
    let Stage { app, ada, spotify, .. } = &stage;
    spotify.add_track(SpotifyTrack::new("flick", "Flickermood", "Forss", "Soulhack"));
    ada.command("add", json!({"source": track("flick")})).ok();
    let id = ada.main_nest()["state"]["playing"]["entry"]["track"]["id"].as_str().unwrap().to_owned();
    let gus = guest(app.site(), "Gus");
    let found = gus.get(&format!("/api/v1/tracks/{id}/elsewhere")).ok();
    assert_eq!(titles(&found), ["Flickermood"], "{found}");
    let there = found["tracks"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(gus.get(&format!("/api/v1/tracks/{there}/outside-stream")).ok()["form"], "hls");
    let again = gus.get(&format!("/api/v1/tracks/{id}/elsewhere")).ok();
    assert_eq!(again["tracks"][0]["id"], json!(there), "it stays one song");
}

#[test]
fn a_slow_service_keeps_nobody_else_waiting() {
    let stage = stage();
    let Stage { ada, spotify, .. } = &stage;
    let own = ada.add_track("own.wav", &sound::wav(440, 60_000));
    spotify.server.fail("/v1/tracks", Fault::Slow(Duration::from_secs(3)));
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| ada.command("add", json!({"source": track("track1")})).ok());
        eventually("it is under way", Duration::from_secs(10), || {
            (asked(&spotify.server, "/api/token") > 0).then_some(())
        });
        let began = since_1970();
        ada.add(&own);
        ada.command("pause", json!({})).ok();
        ada.command("resume", json!({})).ok();
        assert!(since_1970() - began < Duration::from_secs(2));
        slow.join().unwrap();
    });
    assert_eq!(ada.main_nest()["state"]["queue"][0]["track"]["title"], "Morning Roost");
}

#[test]
fn a_nest_that_plays_songs_of_spotify_goes_on_with_songs_of_spotify() {
    let stage = stage();
    let Stage { ada, .. } = &stage;
    let _listens = EventStream::open(ada, None);
    ada.command("configure", json!({"autofill": true})).ok();
    ada.command("add", json!({"source": track("track1")})).ok();
    // On a busy machine the first search may be given up; the second comes half a minute later.
    let next = eventually("it goes on", Duration::from_secs(75), || {
        let state = ada.main_nest()["state"].clone();
        let queued = state["queue"].as_array().unwrap().iter().map(|entry| entry["track"].clone());
        queued.chain([state["preview"]["track"].clone()]).find(|track| track["source"].is_string())
    });
    // By the same artist, on the same album, to be had in this market, and not what plays.
    assert_eq!((&next["title"], &next["source"]), (&json!("Corvid Blues"), &json!(track("track2"))));
    let known = ada.get(&format!("/api/v1/tracks/{}", next["id"].as_str().unwrap())).ok();
    assert_eq!(known["album"], "Colony");
}

#[test]
fn autofill_without_an_answer_of_spotify_goes_on_with_the_library_and_does_not_spin() {
    let stage = stage();
    let Stage { ada, spotify, .. } = &stage;
    let own = ada.add_track("own.wav", &sound::wav(440, 60_000));
    ada.command("add", json!({"source": track("track1")})).ok();
    for _ in 0..50 {
        spotify.server.fail("/v1/search", Fault::TooMany { retry_after: Some(60) });
    }
    let _listens = EventStream::open(ada, None);
    ada.command("configure", json!({"autofill": true})).ok();
    eventually("the library carries on", Duration::from_secs(20), || {
        let state = ada.main_nest()["state"].clone();
        let queued = state["queue"].as_array().unwrap().iter().map(|entry| entry["track"]["id"].clone());
        queued.chain([state["preview"]["track"]["id"].clone()]).find(|id| *id == own.as_str())
    });
    assert!(asked(&spotify.server, "/v1/search") <= 1, "it asked to be left alone");
}

#[test]
fn pictures_are_fetched_for_listeners_and_only_where_the_server_said_so() {
    let stage = stage();
    let Stage { app, ada, .. } = &stage;
    const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3];
    let pictures = Server::of(|request| {
        let body = if request.path == "/page" { b"<svg onload=alert(1)>".to_vec() } else { PNG.to_vec() };
        Reply { body, ..Reply::empty(200) }
    });
    let path = app.picture(&format!("{}/cover", pictures.origin()));
    let gus = guest(app.site(), "Gus");
    for _ in 0..3 {
        let shown = gus.get(&path).expect(200);
        assert_eq!((shown.header("content-type"), shown.body.as_slice()), ("image/png", PNG));
        assert!(shown.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(pictures.seen().len(), 1, "it is remembered");
    gus.get(&app.picture(&format!("{}/page", pictures.origin()))).problem(502, "source_away");
    app.anonymous().get(&path).problem(401, "not_signed_in");
    let (name, proof) = path.split_once('.').unwrap();
    let other = app.picture("https://example.org/x");
    let forged = [
        name.to_owned(),
        format!("{name}."),
        format!("{name}.{}", "0".repeat(proof.len())),
        format!("{}.{proof}", other.split_once('.').unwrap().0),
        "/api/v1/pictures/%00".to_owned(),
    ];
    for path in forged {
        gus.get(&path).problem(404, "not_found");
    }
    assert_eq!(pictures.seen().len(), 2);
    ada.get("/api/v1/tracks/00000000000000000000000000/artwork").problem(404, "not_found");
}

#[test]
fn nobody_uses_up_what_the_services_allow() {
    let stage = stage();
    let Stage { ada, .. } = &stage;
    let ben = member(ada, "Ben");
    let tried: Vec<_> =
        (0..40).map(|n| ben.get(&format!("/api/v1/sources/soundcloud/search?query=x{n}"))).collect();
    let ours =
        tried.iter().filter(|reply| reply.status == 429 && reply.json()["code"] == "rate_limited").count();
    assert!(ours >= 5, "one person asks 30 at once at most: {ours}");
    let listener = bot(&ben, &["listen"]);
    listener.get("/api/v1/sources/spotify/search?query=x").problem(403, "not_allowed");
}

#[test]
fn clients_of_echonest_add_and_find_songs_of_services() {
    let stage = stage();
    let Stage { app, ada, spotify, .. } = &stage;
    let desktop = bot(ada, &["add"]);
    let added = desktop.post("/api/add_song", json!({"track_uri": track("track5")})).ok();
    assert_eq!(added["ok"], true);
    desktop.post("/api/add_song", json!({"track_uri": spotify_id("track1")})).ok();
    let found = app.anonymous().get("/search/v2?q=roost").ok();
    assert_eq!(
        (&found[0]["uri"], &found[0]["track_name"]),
        (&json!(track("track1")), &json!("Morning Roost"))
    );
    let refused = desktop.post("/api/add_song", json!({"track_uri": track("none")})).expect(404).json();
    assert_eq!(refused["error"], "source_has_none");
    spotify.server.fail("/v1/search", Fault::TooMany { retry_after: Some(9) });
    let refused = app.anonymous().get("/search/v2?q=raven").expect(429);
    assert!(refused.json()["error"].is_string() && !refused.header("retry-after").is_empty());
    let played = spotify.server.seen().iter().filter(|seen| seen.path.starts_with("/v1/me")).count();
    assert_eq!(played, 0);
}
