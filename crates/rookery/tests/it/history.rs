//! What was played before rookery came: play logs taken in and written, songs of other services, throwback.

use crate::program;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use testkit::{Actor, Anonymous, Browser, Options, Rookery, TestApp, eventually, guest, run, sound};

const PIANO_MAN: &str = "spotify:track:3utq2FgD1pkmIoaWfjXWAU";
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Imports play logs into the data of a server, which may run, and answers what was printed.
pub fn import(data: &Path, logs: &Path, more: &[&str]) -> String {
    let (data, logs) = (data.to_str().unwrap(), logs.to_str().unwrap());
    // The key of servers in this process.
    let key = "07".repeat(32);
    let args = ["import", "play-logs", logs, "--data", data, "--timezone", "UTC", "--secret-key", &key];
    let output = run(program(), &[&args, more].concat(), Path::new("/"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A line as EchoNest writes it.
pub fn line(start: &str, track: &str, user: &str, title: &str, seconds: u32) -> String {
    json!({
        "airhorn": [], "artist": "Billy Joel", "auto": false, "comments": [{"time": 1.0, "user": user, "body": "!"}],
        "duration": seconds, "id": "7", "jam": [{"user": "cleo@example.org", "time": start}], "paused": false, "pos": 0,
        "src": "spotify", "starttime": start, "title": title, "trackid": track, "user": user, "vote": "1",
    })
    .to_string()
}

fn write(folder: &Path, day: &str, lines: &[String]) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(format!("play_log_{day}.json")), lines.join("\n") + "\n").unwrap();
}

fn played(browser: &Browser) -> Vec<Value> {
    browser.get("/api/v1/nests/main/plays?limit=100").ok()["plays"].as_array().unwrap().clone()
}

#[test]
fn play_logs_become_the_history_of_a_nest_once_and_show_no_address() {
    let home = tempfile::tempdir().unwrap();
    let (data, logs) = (home.path().join("data"), home.path().join("logs"));
    write(
        &logs,
        "2026_11_20",
        &[
            line("2026-11-20T21:44:22.732347", PIANO_MAN, "Ana.Lu@example.org", "Piano Man", 337),
            "{\"user\": \"torn@exam".to_owned(),
            line("2026-11-20T21:50:00", &PIANO_MAN.replace('3', "4"), "the@echonest.com", "Vienna", 213),
            "x".repeat(300_000),
            line("2026-11-20T21:55:00", "spotify:track:short", "ben@example.org", "Lost", 200),
        ],
    );
    let old = r#"{"src":"youtube","trackid":"dQw4w9WgXcQ","title":"Video","artist":"Channel@youtube","user":"BEN@example.org",
        "starttime":"2017-11-20 10:00:00","duration":200,"vote":"0","jam":["ana@example.org"]}"#;
    write(&logs, "2017_11_20", &[old.replace('\n', " ")]);
    fs::write(logs.join("notes.txt"), "no log").unwrap();
    let first = import(&data, &logs, &[]);
    assert!(first.starts_with("3 plays added, 0 known already, 3 lines passed over: 2 files"), "{first}");
    assert!(first.contains("play_log_2026_11_20.json:2: not JSON"), "{first}");
    assert!(first.contains("play_log_2026_11_20.json:4: longer than"), "{first}");
    assert!(first.contains("play_log_2026_11_20.json:5: not a valid Spotify track id"), "{first}");
    // Ana with two addresses, Ben, and Cleo, who only jammed along.
    assert!(first.contains("4 people who were not known yet") && !first.contains("left out"), "{first}");
    assert!(!first.contains("torn"), "what stands in a bad line is not printed: {first}");
    let again = import(&data, &logs, &[]);
    assert!(again.starts_with("0 plays added, 3 known already"), "{again}");
    assert!(!again.contains("people"), "{again}");

    let key = home.path().join("key");
    fs::write(&key, "07".repeat(32)).unwrap();
    let args = vec!["--secret-key-file".into(), key.to_str().unwrap().to_owned()];
    let rookery = Rookery::with(program(), Options { data: Some(data.clone()), args, ..Options::default() });
    let ada = rookery.administrator();
    let plays = played(&ada);
    let shown: Vec<_> =
        plays.iter().map(|play| (&play["track"]["title"], &play["added_by"]["name"])).collect();
    assert_eq!(
        shown,
        [
            (&json!("Vienna"), &Value::Null),
            (&json!("Piano Man"), &json!("Ana Lu")),
            (&json!("Video"), &json!("Ben"))
        ]
    );
    let jams = |play: &Value| play["jams"][0]["name"].as_str().map(str::to_owned);
    assert_eq!(jams(&plays[1]).as_deref(), Some("Cleo"));
    assert_eq!(plays[1]["jams"][0]["at_ms"], 1_795_211_062_732_i64);
    assert_eq!(
        (&plays[1]["comments"][0]["text"], &plays[1]["comments"][0]["at_ms"]),
        (&json!("!"), &json!(1_000))
    );
    assert_eq!(plays[1]["comments"][0]["by"], plays[1]["added_by"]["id"]);
    // An old log says who jammed along and not when.
    assert_eq!(jams(&plays[2]).as_deref(), Some("Ana"));
    assert_eq!(plays[2]["jams"][0]["at_ms"], plays[2]["started_at_ms"]);
    assert_eq!(plays[0]["added_by"]["kind"], "autofill");
    assert_eq!(plays[1]["track"]["source"], PIANO_MAN);
    assert_eq!(plays[1]["started_at_ms"], 1_795_211_062_732_i64);
    assert_eq!(plays[2]["track"]["source"], "youtube:dQw4w9WgXcQ");
    assert_eq!(plays[2]["track"]["artist"], "Channel");
    let people = ada.get("/api/v1/members").ok().to_string();
    let all = format!("{plays:?}{people}{}", rookery.log());
    assert!(!all.to_lowercase().contains("@example"), "{all}");
    assert!(!people.contains("Ana Lu"), "nobody of them has come: {people}");
    let stored =
        ["rookery.db", "rookery.db-wal"].map(|name| fs::read(data.join(name)).unwrap_or_default()).concat();
    let stored = String::from_utf8_lossy(&stored).to_lowercase();
    assert!(stored.contains("piano man"), "this is where it would be");
    assert!(!stored.contains("ana.lu@example.org"), "an address lies open in the database");
    into_another_nest(&ada, &data, &plays[1]["added_by"]);
}

fn into_another_nest(ada: &Browser, data: &Path, ana: &Value) {
    // A nest of its own, while the server runs; and one that is not there.
    let code = ada.post("/api/v1/nests", json!({"name": "Attic"})).expect(201).json()["state"]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = tempfile::tempdir().unwrap();
    write(
        other.path(),
        "2026_11_19",
        &[line("2026-11-19T10:00:00", PIANO_MAN, "ana.lu@example.org", "Piano Man", 9)],
    );
    let attic = import(data, other.path(), &["--nest", &code]);
    assert!(attic.starts_with("1 plays added"), "{attic}");
    let listed = ada.get(&format!("/api/v1/nests/{code}/plays")).ok();
    assert_eq!(listed["plays"][0]["added_by"], *ana, "the same person");
    let (data, key) = (data.to_str().unwrap(), "07".repeat(32));
    let missing = ["import", "play-logs", "/", "--nest", "ZZZZZ", "--data", data, "--secret-key", &key];
    let refused = run(program(), &missing, Path::new("/"));
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no such nest"));
}

/// A sound whose file names its artist.
pub fn by(artist: &str, file: Vec<u8>) -> Vec<u8> {
    let text = [artist.as_bytes(), &[0][..]].concat();
    let padded = text.len() + text.len() % 2;
    let mut list = b"INFOIART".to_vec();
    list.extend((text.len() as u32).to_le_bytes());
    list.extend(&text);
    list.resize(12 + padded, 0);
    let mut file = file;
    file.extend(b"LIST");
    file.extend((list.len() as u32).to_le_bytes());
    file.extend(list);
    let size = (file.len() - 8) as u32;
    file[4..8].copy_from_slice(&size.to_le_bytes());
    file
}

#[test]
fn a_song_from_elsewhere_plays_its_time_and_sounds_where_the_library_has_it() {
    let app = TestApp::start(program());
    let ada = app.administrator();
    let logs = tempfile::tempdir().unwrap();
    let (title, start) = ("Piano Man - 2011 Remaster", "2026-11-20T21:44:22");
    write(logs.path(), "2026_11_20", &[line(start, PIANO_MAN, "ana@example.org", title, 2)]);
    import(app.folder(), logs.path(), &[]);
    let song = played(&ada)[0]["track"].clone();
    let (id, stream) = (song["id"].as_str().unwrap(), song["stream_url"].as_str().unwrap());
    let problem = ada.get(stream).problem(404, "plays_elsewhere");
    assert!(problem["detail"].as_str().unwrap().contains("Spotify"), "{problem}");
    ada.add(id);
    let playing = ada.main_nest()["state"]["playing"]["entry"]["track"].clone();
    assert_eq!((&playing["source"], &playing["match"]), (&json!(PIANO_MAN), &Value::Null));
    app.advance(Duration::from_secs(3));
    eventually("it ends by itself", WAIT_MAX, || {
        (played(&ada)[0]["outcome"] == "finished" && played(&ada).len() == 2).then_some(())
    });
    let file = by("Billy Joel", sound::wav(300, 1_500));
    let ours = ada.add_track("Piano%20Man.wav", &file);
    let found = eventually("the library has it", WAIT_MAX, || {
        let reply = ada.get(stream);
        (reply.status == 200).then_some(reply)
    });
    assert!(found.body == file, "another sound");
    ada.add(id);
    let nest = ada.main_nest()["state"].clone();
    let entries = [&nest["playing"]["entry"]].into_iter().chain(nest["queue"].as_array().unwrap());
    let matched: Vec<_> = entries.filter(|entry| entry["track"]["match"] == ours.as_str()).collect();
    assert_eq!(matched.len(), 1, "{nest}");
    ada.command("add", json!({"track_id": "0".repeat(26)})).problem(404, "not_found");
}

/// The lines of every play log of a folder.
fn lines(folder: &Path) -> Vec<Value> {
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let names =
        files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "json"));
    let mut names: Vec<_> = names.filter(|path| path.is_file()).collect();
    names.sort();
    let read = |path| fs::read_to_string(path).unwrap();
    names
        .iter()
        .map(read)
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
        .collect()
}

/// The lines of a folder's logs, once there are so many.
pub fn wait_for(folder: &Path, count: usize) -> Vec<Value> {
    eventually("the log has it", WAIT_MAX, || Some(lines(folder)).filter(|lines| lines.len() >= count))
}

#[test]
fn every_song_that_ends_is_written_down_once_through_kills_and_restarts() {
    let logs = tempfile::tempdir().unwrap();
    let folder = logs.path().to_str().unwrap().to_owned();
    let args = ["--play-log-dir", &folder, "--timezone", "UTC"].map(str::to_owned).into();
    let mut rookery = Rookery::with(program(), Options { args, ..Options::default() });
    let ada = rookery.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let tracks: Vec<_> =
        (0..3).map(|at| ada.add_track(&format!("{at}.wav"), &sound::wav(300 + at, 60_000))).collect();
    let play = |ada: &Browser, track: &str| {
        let entry = ada.add(track);
        ada.command("skip", json!({"entry": entry})).ok();
    };
    play(&ada, &tracks[0]);
    let first = wait_for(logs.path(), 1);
    let keys: Vec<_> = first[0].as_object().unwrap().keys().cloned().collect();
    let shape = "airhorn artist auto comments duration endtime id jam paused play pos src starttime title trackid user vote";
    assert_eq!(keys.join(" "), shape);
    assert_eq!((&first[0]["title"], &first[0]["user"]), (&json!("0"), &json!("Ada")));
    assert_eq!((&first[0]["duration"], &first[0]["src"]), (&json!(60), &json!("library")));
    // Killed with a play that may or may not have been written, several times.
    for track in tracks.iter().cycle().take(4) {
        play(&ada, track);
        rookery.kill();
        rookery.restart();
    }
    wait_for(logs.path(), 5);
    play(&ada, &tracks[1]);
    let ended = wait_for(logs.path(), 6);
    let starts: BTreeSet<_> = ended.iter().map(|line| line["starttime"].as_str().unwrap()).collect();
    assert_eq!((starts.len(), ended.len()), (6, 6), "{ended:#?}");
    // What rookery wrote itself is no news to it.
    assert_eq!(rookery.terminate().code, Some(0));
    let import_in = |data: &Path, zone: &str| {
        let args = ["import", "play-logs", &folder, "--timezone", zone, "--data", data.to_str().unwrap()];
        String::from_utf8(run(program(), &args, Path::new("/")).stdout).unwrap()
    };
    for zone in ["UTC", "America/New_York", "UTC"] {
        let said = import_in(&rookery.data(), zone);
        assert!(said.starts_with("0 plays added, 6 known already, 0 lines passed over"), "{zone}: {said}");
        assert!(!said.contains("moved") && !said.contains("people"), "{zone}: {said}");
    }
    // To another server it is a log like any, whose time zone can be said rightly later.
    let other = tempfile::tempdir().unwrap();
    assert!(import_in(other.path(), "America/New_York").starts_with("6 plays added"));
    let said = import_in(other.path(), "UTC");
    assert!(said.starts_with("0 plays added") && said.contains("6 known plays moved"), "{said}");
}

#[test]
fn a_play_of_the_future_is_passed_over_and_a_database_that_was_not_there_is_told() {
    let home = tempfile::tempdir().unwrap();
    let (data, logs) = (home.path().join("data"), home.path().join("logs"));
    write(
        &logs,
        "2099_01_01",
        &[line("2099-01-01T10:00:00", PIANO_MAN, "ana@example.org", "Piano Man", 337)],
    );
    let first = import(&data, &logs, &[]);
    assert!(first.starts_with("0 plays added, 0 known already, 1 lines passed over"), "{first}");
    assert!(first.contains("play_log_2099_01_01.json:1: it ends in the future"), "{first}");
    assert!(first.contains("a new database"), "{first}");
    let second = import(&data, &logs, &[]);
    assert!(!second.contains("a new database"), "{second}");
}

#[test]
fn a_line_says_who_jammed_along_what_was_said_and_who_blew_horns() {
    let logs = tempfile::tempdir().unwrap();
    let folder = logs.path().to_str().unwrap().to_owned();
    let args = ["--play-log-dir", &folder, "--timezone", "UTC"].map(str::to_owned).into();
    let rookery = Rookery::with(program(), Options { args, ..Options::default() });
    let ada = rookery.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let gus = guest(rookery.site(), "Gus");
    let tracks = [300, 400].map(|tone| ada.add_track(&format!("{tone}.wav"), &sound::wav(tone, 60_000)));
    let entries = tracks.map(|track| ada.add(&track));
    gus.command("jam", json!({"entry": entries[1], "on": true})).ok();
    gus.command("comment", json!({"entry": entries[0], "text": "left || right"})).ok();
    gus.command("horn", json!({"sound": "gong"})).ok();
    for entry in entries {
        ada.command("skip", json!({"entry": entry})).ok();
    }
    let lines = wait_for(logs.path(), 2);
    let comment = &lines[0]["comments"][0];
    assert_eq!((&comment["user"], &comment["body"]), (&json!("Gus"), &json!("left || right")));
    assert!(comment["time"].as_f64().is_some_and(|seconds| seconds > 1.7e9));
    let horn = &lines[0]["airhorn"][0];
    assert_eq!((&horn["user"], &horn["free"]), (&json!("Gus"), &json!(false)));
    assert!(horn["when"].as_str().is_some_and(|when| when.len() == 26));
    assert_eq!((&lines[0]["jam"], &lines[1]["jam"][0]["user"]), (&json!([]), &json!("Gus")));
    assert_eq!((&lines[1]["airhorn"], &lines[1]["comments"]), (&json!([]), &json!([])));
}

/// The civil date of a day since 1970 (Howard Hinnant's algorithm).
pub fn date(days: i64) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[test]
fn a_full_disk_holds_up_the_log_and_nothing_else() {
    let logs = tempfile::tempdir().unwrap();
    // A device on which there is never any room; the day may change meanwhile.
    let today = testkit::since_1970().as_secs() as i64 / 86_400;
    let file = |day: i64| logs.path().join(format!("play_log_{}.json", date(day).replace('-', "_")));
    let files = [file(today), file(today + 1)];
    for file in &files {
        std::os::unix::fs::symlink("/dev/full", file).unwrap();
    }
    let folder = logs.path().to_str().unwrap().to_owned();
    let args = ["--play-log-dir", &folder, "--timezone", "UTC"].map(str::to_owned).into();
    let rookery = Rookery::with(program(), Options { args, ..Options::default() });
    let ada = rookery.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let track = ada.add_track("a.wav", &sound::wav(300, 60_000));
    let failures = || {
        let metrics = Anonymous(rookery.site().clone()).get("/metrics").text();
        let line = metrics.lines().find(|line| line.starts_with("play_log_failures_total"))?;
        line.rsplit(' ').next()?.parse::<u32>().ok()
    };
    for _ in 0..5 {
        let entry = ada.add(&track);
        ada.command("skip", json!({"entry": entry})).ok();
    }
    eventually("it is tried, and noticed", WAIT_MAX, failures);
    assert!(rookery.log().contains("play logs cannot be written"));
    assert_eq!(played(&ada).len(), 5, "the songs did not wait");
    assert!(failures().is_some_and(|count| count <= 5), "it is tried again and again without a pause");
    for file in &files {
        fs::remove_file(file).unwrap();
    }
    assert_eq!(wait_for(logs.path(), 5).len(), 5);
}

#[test]
fn throwback_is_what_people_played_on_such_days_and_says_who() {
    let app = TestApp::start(program());
    let ada = app.administrator();
    let today = app.now().micros() / 86_400_000_000;
    let logs = tempfile::tempdir().unwrap();
    let song = |number: i64| format!("spotify:track:{number:022}");
    let mut log = Vec::new();
    for (days, number, user) in [
        (7 * 104, 1, "ana@example.org"),
        (7 * 52, 2, "ben@example.org"),
        (7 * 52, 3, "the@echonest.com"),
        (7 * 52 - 1, 4, "ana@example.org"),
        (14, 5, "ana@example.org"),
        (14, 1, "ben@example.org"),
        (6, 6, "ana@example.org"),
        (0, 7, "ana@example.org"),
    ] {
        // At the first moment of the day: that of a week ago is out of the last seven days.
        let start = format!("{}T00:00:00", date(today - days));
        log.push(line(&start, &song(number), user, &format!("Song {number}"), 200));
    }
    write(logs.path(), "2020_01_01", &log);
    import(app.folder(), logs.path(), &[]);
    let ask = |limit: u32| {
        let page = ada.get(&format!("/api/v1/nests/main/throwback?limit={limit}")).ok();
        let name = |play: &Value| {
            format!("{} {}", play["track"]["title"], play["added_by"]["name"]).replace('"', "")
        };
        page["plays"].as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    let all = ask(20);
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(
        BTreeSet::from_iter(&all[..2]),
        BTreeSet::from_iter(&["Song 1 Ana".into(), "Song 2 Ben".into()])
    );
    assert_eq!(all[2], "Song 5 Ana");
    assert!(ask(1)[0] != "Song 5 Ana", "past years come first");
    let code = ada.post("/api/v1/nests", json!({"name": "New"})).expect(201).json()["state"]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(ada.get(&format!("/api/v1/nests/{code}/throwback")).ok()["plays"], json!([]));
    ada.get("/api/v1/nests/main/throwback?limit=x").problem(422, "invalid_input");
    app.anonymous().get("/api/v1/nests/main/throwback").problem(401, "not_signed_in");
    let gus = guest(app.site(), "Gus");
    ada.command("configure", json!({"guests_allowed": false})).ok();
    gus.get("/api/v1/nests/main/throwback").problem(403, "guests_not_allowed");
}

#[test]
fn members_see_numbers_and_tables_and_nobody_s_address() {
    let app = TestApp::start(program());
    let ada = app.administrator();
    let logs = tempfile::tempdir().unwrap();
    let song = |number: u32| format!("spotify:track:{number:022}");
    let log = [
        line("2020-01-01T23:30:00", &song(1), "ana@example.org", "=HYPERLINK(\"x\")", 200),
        line("2020-01-02T00:30:00", &song(1), "ben@example.org", "=HYPERLINK(\"x\")", 200),
        line("2020-01-02T00:40:00", &song(2), "the@echonest.com", "Song 2", 200),
    ];
    write(logs.path(), "2020_01_01", &log);
    import(app.folder(), logs.path(), &[]);
    let range = "from_ms=1577836800000&to_ms=1580000000000";
    let stats = ada.get(&format!("/api/v1/stats?{range}&nest=main")).ok();
    let days = json!([{"date": "2020-01-01", "plays": 1}, {"date": "2020-01-02", "plays": 2}]);
    assert_eq!(stats["days"], days);
    assert_eq!(
        (&stats["hours"][0], &stats["hours"][23], stats["hours"].as_array().unwrap().len()),
        (&json!(2), &json!(1), 24)
    );
    // Both as often: in no order.
    let people = stats["people"].as_array().unwrap();
    let names: BTreeSet<_> = people.iter().filter_map(|person| person["name"].as_str()).collect();
    assert_eq!(names, BTreeSet::from(["Ana", "Ben"]));
    assert_eq!((&stats["songs"][0]["plays"], &stats["songs"][0]["tally"]), (&json!(2), &json!(2)));
    assert_eq!(ada.get(&format!("/api/v1/stats?{range}")).ok()["days"], days);
    assert_eq!(ada.get("/api/v1/stats").ok()["days"], json!([]), "the last thirty days");

    let table = ada.get(&format!("/api/v1/nests/main/plays.csv?{range}")).expect(200);
    assert!(table.header("content-type").starts_with("text/csv"));
    let text = table.text();
    let rows: Vec<_> = text.split("\r\n").collect();
    assert_eq!(rows.len(), 5, "{text}");
    assert!(rows[0].starts_with("started_at,ended_at,title"));
    assert!(
        rows[1]
            .starts_with("2020-01-02T00:40:00.000000,2020-01-02T00:43:20.000000,\"Song 2\",\"Billy Joel\",")
    );
    assert!(
        rows[3].contains("\"'=HYPERLINK(\"\"x\"\")\"")
            && rows[3].contains("\"Ana\",finished,1,spotify:track:"),
        "{text}"
    );
    assert!(!format!("{text}{stats}").contains("@example"), "{text}");

    for path in ["/api/v1/stats", "/api/v1/nests/main/plays.csv"] {
        ada.get(&format!("{path}?from_ms=0&to_ms=1577836800000")).problem(422, "invalid_input");
        ada.get(&format!("{path}?from_ms=2&to_ms=1")).problem(422, "invalid_input");
        guest(app.site(), "Gus").get(path).problem(403, "not_allowed");
        app.anonymous().get(path).problem(401, "not_signed_in");
    }
    ada.get("/api/v1/stats?nest=ZZZZZ").problem(404, "not_found");
}
