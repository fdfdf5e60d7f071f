//! Uploads: files that are what they say, and files and requests that are not.

use crate::{app, program};
use serde_json::json;
use std::time::Duration;
use testkit::{Actor, Raw, Request, TestApp, eventually, sound};

fn small(upload_bytes_max: u64) -> TestApp {
    TestApp::with(program(), server::Config { upload_bytes_max, ..server::Config::default() })
}

/// Files below the server's blob folder.
fn stored_files(app: &TestApp) -> Vec<String> {
    fn walk(folder: &std::path::Path, files: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() { walk(&path, files) } else { files.push(path.display().to_string()) }
        }
    }
    let mut files = Vec::new();
    walk(&app.folder().join("blobs"), &mut files);
    files
}

#[test]
fn a_good_file_becomes_a_track_that_is_measured_and_plays() {
    let app = app();
    let ada = app.administrator();
    let file = sound::wav(440, 2_000);
    let outcome = ada.upload("My%20Tone.wav", &file).expect(201).json();
    assert_eq!(outcome["duplicate"], false);
    let track = &outcome["track"];
    assert_eq!(track["title"], "My Tone");
    assert_eq!(track["duration_ms"], 2_000);
    assert_eq!(track["format"], "wav");
    assert_eq!(track["size_bytes"], file.len());
    assert_eq!(track["playable"], json!({"state": "ready"}));
    let id = track["id"].as_str().unwrap();
    let peaks = eventually("the waveform is there", Duration::from_secs(30), || {
        let peaks =
            ada.get(&format!("/api/v1/tracks/{id}/waveform")).ok()["peaks"].as_array().unwrap().clone();
        (!peaks.is_empty()).then_some(peaks)
    });
    assert!(peaks.iter().any(|peak| peak.as_u64() > Some(50)), "{peaks:?}");
    let lufs = eventually("the loudness is there", Duration::from_secs(10), || {
        ada.get(&format!("/api/v1/tracks/{id}")).ok()["loudness_lufs"].as_f64()
    });
    assert!((-30.0..0.0).contains(&lufs), "{lufs}");
    assert_eq!(app.anonymous().get("/api/v1/server").ok()["track_count"], 1);
}

#[test]
fn the_same_bytes_are_one_track_whatever_their_name() {
    let app = app();
    let ada = app.administrator();
    let file = sound::wav(440, 500);
    let first = ada.upload("a.wav", &file).expect(201).json();
    let second = ada.upload("b.wav", &file).expect(200).json();
    assert_eq!(second["duplicate"], true);
    assert_eq!(second["track"]["id"], first["track"]["id"]);
    assert_eq!(ada.get("/api/v1/tracks").ok()["tracks"].as_array().unwrap().len(), 1);
}

#[test]
fn the_same_bytes_from_many_at_once_are_one_track() {
    let app = app();
    let ada = app.administrator();
    let file = sound::wav(440, 5_000);
    for round in 0..3 {
        let file = [file.clone(), vec![0; 2 * round]].concat();
        let replies = std::thread::scope(|scope| {
            let ask = || scope.spawn(|| ada.upload("same.wav", &file));
            let asked: Vec<_> = (0..6).map(|_| ask()).collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        let outcomes: Vec<_> = replies.into_iter().map(|reply| (reply.status, reply.ok())).collect();
        assert_eq!(outcomes.iter().filter(|(status, _)| *status == 201).count(), 1, "{outcomes:?}");
        assert!(outcomes.iter().all(|(_, outcome)| outcome["track"]["id"] == outcomes[0].1["track"]["id"]));
    }
    assert_eq!(app.anonymous().get("/api/v1/server").ok()["track_count"], 3);
}

#[test]
fn a_track_that_was_deleted_can_be_uploaded_again() {
    let app = app();
    let ada = app.administrator();
    let file = sound::wav(440, 500);
    let id = ada.add_track("a.wav", &file);
    ada.delete(&format!("/api/v1/tracks/{id}")).expect(204).ok();
    ada.get(&format!("/api/v1/tracks/{id}")).problem(404, "not_found");
    ada.get(&format!("/api/v1/tracks/{id}/stream")).problem(404, "not_found");
    let again = ada.upload("a.wav", &file).expect(201).json();
    assert_ne!(again["track"]["id"], id);
    let stream = ada.get(again["track"]["stream_url"].as_str().unwrap()).expect(200);
    assert_eq!(stream.body, file);
}

#[test]
fn what_is_no_music_is_refused_and_leaves_no_bytes() {
    let app = app();
    let ada = app.administrator();
    ada.upload("song.mp3", b"This is a text about a song.\n".repeat(100).as_slice())
        .problem(415, "unsupported_format");
    ada.upload("empty.mp3", b"").problem(415, "unsupported_format");
    ada.upload("page.wav", b"<!doctype html><script>alert(1)</script>").problem(415, "unsupported_format");
    let mut head_only = sound::wav(440, 500);
    head_only.truncate(20);
    let refused = ada.upload("cut.wav", &head_only);
    assert!(["damaged_file", "unsupported_format"].contains(&refused.json()["code"].as_str().unwrap()));
    assert_eq!(stored_files(&app), Vec::<String>::new());
    assert_eq!(app.anonymous().get("/api/v1/server").ok()["track_count"], 0);
}

#[test]
fn a_file_that_was_cut_off_is_told_from_a_whole_one() {
    let app = app();
    let ada = app.administrator();
    let whole = sound::wav(440, 4_000);
    // Cut after two of its four seconds: what is there plays, and its length is what is there.
    let reply = ada.upload("half.wav", &whole[..44 + 2 * 16_000]);
    if reply.status == 201 {
        assert_eq!(reply.json()["track"]["duration_ms"], 2_000);
    } else {
        reply.problem(422, "damaged_file");
    }
}

#[test]
fn ten_gigabytes_are_refused_before_they_are_sent() {
    let app = app();
    let ada = app.administrator();
    let (head, _) = ada.signed(Request::new("POST", "/api/v1/uploads?name=big.wav")).into_head();
    let mut raw = Raw::connect(app.site().address());
    raw.send(format!("{head}host: x\r\ncontent-length: 10737418240\r\n\r\n"));
    let answer = raw.head();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("too_large"), "{answer}");
    assert_eq!(stored_files(&app), Vec::<String>::new());
}

#[test]
fn who_is_still_sending_when_refused_hears_why() {
    let app = small(1_000_000);
    let ada = app.administrator();
    let file = vec![0; 8_000_000];
    for _ in 0..5 {
        ada.upload("big.wav", &file).problem(413, "too_large");
        app.anonymous().upload("big.wav", &file).problem(401, "not_signed_in");
    }
}

#[test]
fn more_than_the_limit_is_refused_also_when_its_size_was_not_announced() {
    let app = small(50_000);
    let ada = app.administrator();
    ada.upload("big.wav", &sound::wav(440, 10_000)).problem(413, "too_large");
    let (head, _) = ada.signed(Request::new("POST", "/api/v1/uploads?name=big.wav")).into_head();
    let mut raw = Raw::connect(app.site().address());
    raw.send(format!("{head}host: x\r\ntransfer-encoding: chunked\r\n\r\n"));
    let chunk = [b"8000\r\n".as_slice(), &[0; 0x8000], b"\r\n"].concat();
    for _ in 0..4 {
        raw.send(&chunk);
    }
    let answer = raw.head();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(stored_files(&app), Vec::<String>::new());
    ada.upload("small.wav", &sound::wav(440, 500)).expect(201).ok();
}

#[test]
fn fewer_bytes_than_announced_make_no_track() {
    let app = app();
    let ada = app.administrator();
    let file = sound::wav(440, 500);
    let (head, _) = ada.signed(Request::new("POST", "/api/v1/uploads?name=cut.wav")).into_head();
    let mut raw = Raw::connect(app.site().address());
    raw.send(format!("{head}host: x\r\ncontent-length: {}\r\n\r\n", file.len() + 1)).send(&file).finish();
    let answer = String::from_utf8_lossy(&raw.read_to_end()).into_owned();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    eventually("nothing is left", Duration::from_secs(10), || stored_files(&app).is_empty().then_some(()));
    assert_eq!(app.anonymous().get("/api/v1/server").ok()["track_count"], 0);
}

#[test]
fn more_bytes_than_announced_are_another_request_and_no_music() {
    let app = app();
    let ada = app.administrator();
    let file = sound::wav(440, 500);
    let (head, _) = ada.signed(Request::new("POST", "/api/v1/uploads?name=a.wav")).into_head();
    let mut raw = Raw::connect(app.site().address());
    raw.send(format!("{head}host: x\r\ncontent-length: {}\r\n\r\n", file.len())).send(&file);
    raw.send(b"and some more that nobody announced\r\n\r\n");
    let answers = String::from_utf8_lossy(&raw.read_to_end()).into_owned();
    assert!(answers.starts_with("HTTP/1.1 201"), "{answers}");
    assert!(answers.contains("HTTP/1.1 400"), "{answers}");
    assert_eq!(ada.get("/api/v1/tracks").ok()["tracks"][0]["size_bytes"], file.len());
}

#[test]
fn a_name_is_only_ever_shown() {
    let app = app();
    let ada = app.administrator();
    for (at, (name, title)) in [
        ("..%2F..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("C%3A%5CWindows%5Cevil.wav", "evil"),
        ("%2Fetc%2Fcron.d%2Fjob.wav", "job"),
        ("a%00b.wav", "ab"),
        ("%3Cscript%3E.wav", "<script>"),
        ("..", ".."),
    ]
    .into_iter()
    .enumerate()
    {
        let outcome = ada.upload(name, &sound::wav(300 + at as u32, 300)).expect(201).json();
        assert_eq!(outcome["track"]["title"], title, "{name}");
    }
    let outside =
        stored_files(&app).into_iter().filter(|path| path.contains("passwd") || path.contains("evil"));
    assert_eq!(outside.count(), 0);
    let long = "x".repeat(5_000);
    let outcome = ada.upload(&format!("{long}.wav"), &sound::wav(900, 300)).expect(201).json();
    assert!(outcome["track"]["title"].as_str().unwrap().len() <= 1_024);
    ada.send(Request::new("POST", "/api/v1/uploads").bytes(sound::wav(901, 300)))
        .problem(422, "invalid_input");
}

#[test]
fn a_ninth_upload_at_once_is_told_to_come_again() {
    let app = app();
    let ada = app.administrator();
    let (head, _) = ada.signed(Request::new("POST", "/api/v1/uploads?name=slow.wav")).into_head();
    let hold = || {
        let mut raw = Raw::connect(app.site().address());
        raw.send(format!("{head}host: x\r\ncontent-length: 1000\r\n\r\n")).send(b"RIFF");
        raw
    };
    let mut held: Vec<_> = (0..7).map(|_| hold()).collect();
    let refused = eventually("all places are taken", Duration::from_secs(10), || {
        held.push(hold());
        let reply = ada.upload("ninth.wav", &sound::wav(440, 300));
        (reply.status == 503).then_some(reply)
    });
    assert_eq!(refused.header("retry-after"), "1");
    refused.problem(503, "busy");
    held.clear();
    eventually("places are free again", Duration::from_secs(10), || {
        (ada.upload("again.wav", &sound::wav(441, 300)).status < 300).then_some(())
    });
}
