//! Moving from EchoNest: what was wrong there and is tested nowhere else. `docs/from-echonest.md` has the list.

use crate::evening::come;
use crate::history::wait_for;
use crate::sources::{Stage, VIDEO, stage, track};
use crate::{app, program};
use fakes::Issuer;
use serde_json::json;
use server::play_log::PlayLogConfig;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use testkit::{Actor, Options, Rookery, TestApp, member, sound};

#[test]
fn a_look_at_the_queue_asks_no_service() {
    let Stage { app, ada, spotify, .. } = &stage();
    for _ in 0..2 {
        ada.command("add", json!({"source": track("track1")})).ok();
    }
    spotify.server.forget();
    let stranger = app.anonymous();
    for path in ["/queue/", "/playing/", "/queue/", "/playing/"] {
        assert!(stranger.get(path).expect(200).text().contains("Morning Roost"));
    }
    assert!(spotify.server.seen().is_empty(), "{:?}", spotify.server.seen());
}

#[test]
fn keys_of_the_services_are_on_no_page_and_in_no_answer() {
    let Stage { app, ada, .. } = &stage();
    ada.command("add", json!({"source": format!("youtube:{VIDEO}")})).ok();
    let paths = [
        "/",
        "/nest/main",
        "/config.js",
        "/api/v1/server",
        "/api/v1/sources",
        "/api/v1/openapi.json",
        "/api/v1/nests/main",
        "/api/v1/session",
        "/playing/",
    ];
    let ours: String = paths.map(|path| ada.get(path).text()).concat();
    let everybody_s: String = paths.map(|path| app.anonymous().get(path).text()).concat();
    assert!(ours.contains("Rooks at dawn"), "there is something to see");
    for key in ["youtube-key", "secret-of-app-1", "soundcloud-secret"] {
        assert!(!format!("{ours}{everybody_s}").contains(key), "{key}");
    }
}

#[test]
fn ways_in_by_which_anybody_became_anybody_are_not_there() {
    let app = app();
    let ada = app.administrator();
    let track = ada.add_track("song.wav", &sound::wav(440, 60_000));
    ada.command("configure", json!({"autofill": false})).ok();
    ada.add(&track);
    let before = ada.main_nest()["offset"].clone();
    let stranger = app.anonymous();
    let form = json!({"email": "ceo@bigcorp.example", "password": "secret", "confirm": "secret"});
    let signed_up = stranger.post("/signup/", form);
    assert!([404, 405].contains(&signed_up.status), "{}", signed_up.status);
    for path in ["/signup/", "/api/jammit/", "/z/", "/user_jam_history/ada@example.org"] {
        let reply = stranger.get(path);
        assert!(!reply.headers.contains_key("set-cookie"), "{path}");
        assert!(reply.status != 500 && !reply.text().contains("@example.org"), "{path}");
    }
    assert_eq!(stranger.get("/api/jammit/").status, 404);
    assert_eq!(ada.main_nest()["offset"], before, "nothing was jammed");
    assert_eq!(ada.get("/api/v1/members").ok()["members"].as_array().unwrap().len(), 1, "and nobody came in");
}

#[test]
fn allowed_domains_are_heeded_when_the_environment_names_them() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://localhost:{}", address.port());
    let issuer = Issuer::start(&[format!("{base}/api/v1/sign-in/oidc/callback")]);
    let wrapper = ["env", "ALLOWED_EMAIL_DOMAINS=club.example"].map(str::to_owned).into();
    let args =
        ["--public-url", &base, "--oidc-issuer", issuer.origin(), "--oidc-client-id", Issuer::CLIENT_ID];
    let secret = ["--oidc-client-secret", Issuer::CLIENT_SECRET];
    let args = args.into_iter().chain(secret).map(str::to_owned).collect();
    let rookery =
        Rookery::with(program(), Options { args, wrapper, address: Some(address), ..Options::default() });
    rookery.administrator();
    let (place, cookies) = come(rookery.site(), "ana@club.example");
    assert_eq!(place, "/");
    assert!(!cookies.is_empty());
    for other in ["eve@other.example", "eve@notclub.example", "eve@club.example.org"] {
        let (place, cookies) = come(rookery.site(), other);
        assert!(
            place != "/" && !cookies.iter().any(|(name, _)| name.ends_with("rookery")),
            "{other}: {place}"
        );
    }
}

/// Seconds of the day of a time in a play log.
fn seconds(line: &serde_json::Value, field: &str) -> f64 {
    let time = line[field].as_str().unwrap();
    let number = |range: std::ops::Range<usize>| time[range].parse::<f64>().unwrap();
    number(11..13) * 3600.0 + number(14..16) * 60.0 + number(17..26)
}

#[test]
fn a_play_log_has_the_times_that_the_clock_on_the_wall_showed_through_pauses() {
    let logs = tempfile::tempdir().unwrap();
    let play_log = Some(PlayLogConfig { folder: logs.path().to_owned(), addresses: false });
    let app = TestApp::with(program(), server::Config { play_log, ..server::Config::default() });
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let track = ada.add_track("song.wav", &sound::wav(440, 60_000));
    let began = app.now();
    let entry = ada.add(&track);
    app.advance(Duration::from_secs(20));
    ada.command("pause", json!({})).ok();
    app.advance(Duration::from_secs(400));
    ada.command("resume", json!({})).ok();
    app.advance(Duration::from_secs(10));
    let ended = app.now();
    ada.command("skip", json!({"entry": entry})).ok();
    let line = &wait_for(logs.path(), 1)[0];
    let took = (seconds(line, "endtime") - seconds(line, "starttime")).rem_euclid(86_400.0);
    let expected = ended.since(began).as_secs_f64();
    assert!((took - expected).abs() < 10.0, "{took} s of {expected} s: {line}");
    let of_day = (ended.micros().rem_euclid(86_400_000_000)) as f64 / 1e6;
    assert!((seconds(line, "endtime") - of_day).abs() < 10.0, "{line}");
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).unwrap();
        }
    }
}

#[test]
fn a_copy_of_the_data_folder_is_the_whole_server_and_leaves_the_other_as_it_is() {
    let mut rookery = Rookery::start(program());
    let ada = rookery.administrator();
    ada.command("configure", json!({"autofill": false, "name": "Copied"})).ok();
    let song = sound::wav(440, 2_000);
    let track = ada.add_track("song.wav", &song);
    let ben = member(&ada, "Ben");
    ada.command("volume", json!({"percent": 12})).ok();
    let before = ada.main_nest();
    assert_eq!(rookery.terminate().code, Some(0));
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    copy(&rookery.data(), &data);
    let options = Options { data: Some(data), is_set_up: true, ..Options::default() };
    let mut copied = Rookery::with(program(), options);
    let (ada, ben) = (ada.at(copied.site()), ben.at(copied.site()));
    let after = ada.main_nest();
    assert_eq!((&after["epoch"], &after["offset"]), (&before["epoch"], &before["offset"]));
    assert_eq!(after["state"], before["state"]);
    let heard = ben.get(&format!("/api/v1/tracks/{track}/stream")).expect(200);
    assert!(heard.body == song, "the sound came along");
    ada.command("volume", json!({"percent": 34})).ok();
    copied.terminate();
    rookery.restart();
    assert_eq!(ada.at(rookery.site()).main_nest()["state"]["volume_percent"], 12, "two servers, two nests");
}
