//! Every answer of the fake of Spotify against the published description, both ways: what is promised is there with
//! its type, and nothing is there that is not promised. And what the description forbids is refused.

use fakes::{FakeSpotify, HandClock, SpotifyTrack, spotify_id, visit};
use model::TrackPosition;
use serde_json::Value;
use std::sync::Arc;

struct Asking {
    spotify: FakeSpotify,
    /// A person's token, with every scope.
    person: String,
    /// The application's own.
    server: String,
}

const REDIRECT: &str = "http://127.0.0.1:21800/auth/spotify/callback";

impl Asking {
    fn begin() -> Self {
        let spotify = FakeSpotify::start(Arc::new(HandClock::default()));
        spotify.sign_in_as(Some("ana"));
        let scopes: Vec<_> = spotify.description().scopes().into_iter().collect();
        let page = format!(
            "{}/authorize?client_id=app-1&response_type=code&redirect_uri={REDIRECT}&scope={}&state=s",
            spotify.accounts(),
            scopes.join("%20")
        );
        let back = visit("GET", &page, &[], "").location.expect("a way back");
        let code = back.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code");
        let token = |form: &str| {
            let headers = [
                ("authorization", "Basic YXBwLTE6c2VjcmV0LW9mLWFwcC0x"),
                ("content-type", "application/x-www-form-urlencoded"),
            ];
            let url = format!("{}/api/token", spotify.accounts());
            let answer = visit("POST", &url, &headers, form).json;
            answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
        };
        let person = token(&format!("grant_type=authorization_code&code={code}&redirect_uri={REDIRECT}"));
        let server = token("grant_type=client_credentials");
        Self { person, server, spotify }
    }

    fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
        let bearer = format!("Bearer {token}");
        let url = format!("{}{path}", self.spotify.api());
        let page = visit(method, &url, &[("authorization", &bearer)], body);
        (page.status, page.json)
    }

    /// Asks, and holds the answer against the description.
    fn holds(&self, method: &str, path: &str, token: &str, body: &str) -> Value {
        let (status, answer) = self.ask(method, path, token, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        let parts: Vec<_> =
            path.split('?').next().unwrap().split('/').filter(|part| !part.is_empty()).collect();
        let parts: Vec<_> = parts.into_iter().map(str::to_owned).collect();
        let description = self.spotify.description();
        let operation = description.operation(method, &parts).expect("an operation of the description");
        match description.answer_schema(&operation, status) {
            Some(schema) => {
                let validator = jsonschema::validator_for(&schema).expect("a schema");
                let wrong: Vec<_> =
                    validator.iter_errors(&answer).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert!(wrong.is_empty(), "{method} {path}: {wrong:#?}\n{answer:#}");
            }
            None => assert_eq!(answer, Value::Null, "{method} {path} promises no body"),
        }
        answer
    }
}

#[test]
fn every_answer_has_the_shape_that_spotify_publishes() {
    let asking = Asking::begin();
    asking.spotify.plays_by_hand(
        "ana",
        "ana-computer",
        &format!("spotify:track:{}", spotify_id("track1")),
        TrackPosition::ZERO,
    );
    let id = spotify_id;
    for path in [
        format!("/tracks/{}?market=DE", id("track1")),
        format!("/tracks/{}", id("track1")),
        format!("/tracks/{}?market=DE", id("track3")),
        format!("/episodes/{}?market=DE", id("episode1")),
        format!("/albums/{}?market=DE", id("Colony")),
        format!("/albums/{}/tracks?market=DE&limit=50&offset=50", id("LongPlayer")),
        format!("/artists/{}", id("TheRooks")),
        format!("/shows/{}?market=DE", id("BirdTalk")),
        format!("/shows/{}/episodes?limit=50&offset=50&market=DE", id("BirdTalk")),
        format!("/playlists/{}", id("mine")),
        "/search?q=rooks&type=track,album,artist&limit=10&market=DE".to_owned(),
        "/search?q=talk&type=episode,show,playlist&limit=10&market=DE".to_owned(),
    ] {
        asking.holds("GET", &path, &asking.server, "");
        asking.holds("GET", &path, &asking.person, "");
    }
    for path in ["/me", "/me/player", "/me/player?additional_types=track,episode", "/me/player/devices"] {
        asking.holds("GET", path, &asking.person, "");
    }
    asking.holds("GET", &format!("/playlists/{}/items?limit=50&offset=50", id("mine")), &asking.person, "");
    let body = format!(r#"{{"uris":["spotify:track:{}"],"position_ms":1000}}"#, id("track1"));
    asking.holds("PUT", "/me/player/play?device_id=ana-computer", &asking.person, &body);
    asking.holds("PUT", "/me/player/seek?position_ms=5", &asking.person, "");
    asking.holds("PUT", "/me/player/volume?volume_percent=5", &asking.person, "");
    asking.holds("PUT", "/me/player/pause", &asking.person, "");
}

#[test]
fn the_check_itself_sees_a_field_too_many_and_one_too_few() {
    let asking = Asking::begin();
    let description = asking.spotify.description();
    let parts = ["albums".to_owned(), spotify_id("Colony")];
    let operation = description.operation("GET", &parts).unwrap();
    let validator = jsonschema::validator_for(&description.answer_schema(&operation, 200).unwrap()).unwrap();
    let (_, mut album) = asking.ask("GET", &format!("/albums/{}", parts[1]), &asking.server, "");
    assert!(validator.is_valid(&album));
    album["tracks"]["items"][0]["tempo"] = Value::from(120);
    assert!(!validator.is_valid(&album), "a field that Spotify does not have");
    album["tracks"]["items"][0].as_object_mut().unwrap().remove("tempo");
    album.as_object_mut().unwrap().remove("release_date");
    assert!(!validator.is_valid(&album), "a field that Spotify promises");
}

#[test]
fn what_spotify_refuses_is_refused() {
    let asking = Asking::begin();
    asking.spotify.add_track(SpotifyTrack::new("x", "X", "Y", "Z"));
    let track = format!("/tracks/{}", spotify_id("track1"));
    for (path, status) in [
        ("/search?q=rooks&type=track&limit=11", 400),
        ("/search?q=rooks&type=track&limit=0", 400),
        ("/search?q=rooks&type=song", 400),
        ("/search?type=track", 400),
        ("/search?q=rooks&type=track&offset=1001", 400),
        ("/search?q=rooks&type=track&page=2", 400),
        ("/tracks/short", 400),
        ("/tracks?ids=a,b", 403),
        ("/recommendations", 403),
        (&format!("/artists/{}/top-tracks", spotify_id("TheRooks")), 403),
        (&format!("/artists/{}/related-artists", spotify_id("TheRooks")), 403),
        (&format!("/audio-features/{}", spotify_id("track1")), 403),
        ("/me", 403),
        ("/me/player", 403),
        (&format!("/playlists/{}/items", spotify_id("mine")), 403),
        ("/nothing", 404),
        (&format!("/tracks/{}", spotify_id("nothing")), 404),
    ] {
        assert_eq!(asking.ask("GET", path, &asking.server, "").0, status, "{path}");
    }
    assert_eq!(asking.ask("GET", &track, "", "").0, 401);
    assert_eq!(asking.ask("GET", &track, "made-up", "").0, 401);
    for (path, body, status) in [
        ("/me/player/volume?volume_percent=300&device_id=ana-computer", "", 400),
        ("/me/player/volume", "", 400),
        ("/me/player/seek", "", 400),
        ("/me/player/play", r#"{"uris":"x"}"#, 400),
        ("/me/player/play", r#"{"tracks":[]}"#, 400),
        ("/me/player/play?device_id=nobody", r#"{"uris":["spotify:track:x"]}"#, 404),
        ("/me/player/pause", "", 404),
    ] {
        assert_eq!(asking.ask("PUT", path, &asking.person, body).0, status, "{path} {body}");
    }
}
