//! EchoNest's desktop client and bots, as the requests they make; what they expect, and what was wrong there.

use crate::history::{import, line};
use crate::{app, program as binary};
use serde_json::{Value, json};
use server::{Config, EchonestConfig};
use std::collections::BTreeSet;
use std::time::Duration;
use testkit::{
    Actor, Anonymous, Browser, EventStream, Options, Program, Reply, Request, Rookery, TestApp, guest,
    member, program, sound,
};

pub const PIANO_MAN: &str = "spotify:track:3utq2FgD1pkmIoaWfjXWAU";
pub const VIENNA: &str = "spotify:track:4utq2FgD1pkmIoaWfjXWAU";

/// A nest without autofill, in a server that knows two songs of Spotify from old play logs.
pub fn stage() -> (TestApp, Browser) {
    let config = Config {
        echonest: EchonestConfig { invite_codes: vec!["futureofmusic".into(), "other-code".into()] },
        ..Config::default()
    };
    let app = TestApp::with(binary(), config);
    let logs = tempfile::tempdir().unwrap();
    let lines = [
        line("2020-01-01T23:30:00", PIANO_MAN, "ana@example.org", "Piano Man", 337),
        line("2020-01-02T00:30:00", VIENNA, "ana@example.org", "Vienna", 213),
    ];
    std::fs::write(logs.path().join("play_log_2020_01_01.json"), lines.join("\n")).unwrap();
    import(app.folder(), logs.path(), &[]);
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    (app, ada)
}

pub fn bot(ada: &Browser) -> Program {
    program(ada, &["control"])
}

pub fn added(by: &impl Actor, uri: &str) -> String {
    let done = by.post("/api/add_song", json!({"track_uri": uri})).ok();
    assert_eq!(done["ok"], true);
    done["id"].as_str().expect("ids are texts").to_owned()
}

/// Microseconds of a time as EchoNest writes it; it is the client's `datetime.fromisoformat` without a zone.
fn micros(time: &Value) -> i64 {
    let text = time.as_str().unwrap();
    let bytes = text.as_bytes();
    assert_eq!((text.len(), bytes[10], bytes[19]), (26, b'T', b'.'), "{text}");
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let days = number(8..10);
    (((days * 24 + number(11..13)) * 60 + number(14..16)) * 60 + number(17..19)) * 1_000_000 + number(20..26)
}

/// What the client seeks to, in seconds: `now` less `starttime`.
pub fn elapsed(playing: &Value) -> f64 {
    let elapsed = (micros(&playing["now"]) - micros(&playing["starttime"])) as f64 / 1e6;
    assert_eq!(playing["pos"].as_f64().unwrap(), elapsed.floor(), "{playing}");
    elapsed
}

/// The next event with this name, whatever comes before.
fn wait_for(stream: &mut EventStream, name: &str) -> Value {
    loop {
        let event = stream.next_event().expect("the stream goes on");
        if event.name == name {
            return serde_json::from_str(&event.data).unwrap();
        }
    }
}

fn follow(actor: &impl Actor) -> EventStream {
    EventStream::at(actor, "/api/events", None)
}

#[test]
fn the_desktop_client_hears_where_a_song_is_through_skips_and_pauses() {
    let (app, ada) = stage();
    let client = bot(&ada);
    let mut stream = follow(&client);
    assert_eq!(wait_for(&mut stream, "now_playing")["trackid"], "", "nothing plays yet");
    added(&client, PIANO_MAN);
    added(&client, VIENNA);
    let playing = wait_for(&mut stream, "now_playing");
    assert_eq!((&playing["src"], &playing["trackid"]), (&json!("spotify"), &json!(PIANO_MAN)));
    assert_eq!((&playing["duration"], &playing["paused"]), (&json!(337), &json!(false)));
    assert!(elapsed(&playing) < 2.0, "{playing}");
    let rows = wait_for(&mut stream, "queue_update");
    assert_eq!((&rows[0]["title"], &rows[0]["artist"]), (&json!("Vienna"), &json!("Billy Joel")));

    app.advance(Duration::from_secs(100));
    client.post("/api/queue/pause", json!({})).ok();
    let paused = wait_for(&mut stream, "now_playing");
    assert!(paused["paused"] == true && (98.0..110.0).contains(&elapsed(&paused)), "{paused}");
    // Longer than what is left of the song.
    app.advance(Duration::from_secs(1_000));
    let still = client.get("/api/playing").ok();
    assert!((elapsed(&still) - elapsed(&paused)).abs() < 0.1, "it has not moved: {still}");
    client.post("/api/queue/resume", json!({})).ok();
    let resumed = wait_for(&mut stream, "now_playing");
    assert!(resumed["paused"] == false && elapsed(&resumed) <= elapsed(&paused) + 1.0, "{resumed}");
    assert!(elapsed(&resumed) > elapsed(&paused) - 3.0, "{resumed}");

    app.advance(Duration::from_secs(50));
    client.post("/api/queue/skip", json!({})).ok();
    let next = wait_for(&mut stream, "now_playing");
    assert_eq!(next["trackid"], VIENNA);
    assert!(elapsed(&next) < 2.0, "a song that has just begun is at its beginning: {next}");
    assert_eq!(client.get("/api/playing").ok()["trackid"], VIENNA);
    assert_eq!(client.get("/api/queue").ok()["queue"], json!([]));
}

#[test]
fn a_position_follows_what_it_is_the_position_of_and_only_for_spotify() {
    let (_app, ada) = stage();
    let client = bot(&ada);
    let own = ada.add_track("own.wav", &sound::wav(440, 60_000));
    added(&client, PIANO_MAN);
    let mut stream = follow(&client);
    let mut current = Value::Null;
    let mut heard = 0;
    while heard < 2 {
        let event = stream.next_event().unwrap();
        let data: Value = serde_json::from_str(&event.data).unwrap();
        match event.name.as_str() {
            "now_playing" => current = data["trackid"].clone(),
            "player_position" => {
                assert_eq!((&data["src"], &data["trackid"]), (&json!("spotify"), &current));
                assert!(data["pos"].is_i64(), "{data}");
                heard += 1;
            }
            _ => {}
        }
    }
    // A song of the library: the client leaves the player alone, and no position tempts it to seek.
    added(&client, &format!("rookery:track:{own}"));
    client.post("/api/queue/skip", json!({})).ok();
    while wait_for(&mut stream, "now_playing")["src"] != "library" {}
    client.post("/api/queue/pause", json!({})).ok();
    loop {
        let event = stream.next_event().unwrap();
        assert_ne!(event.name, "player_position");
        if event.name == "now_playing" {
            break;
        }
    }
}

fn stops(reply: Reply) {
    let reply = reply.expect(401);
    assert_eq!(reply.header("www-authenticate"), "Bearer");
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.json()["error"], "not_signed_in");
}

#[test]
fn a_missing_or_wrong_token_means_stop_and_a_weak_one_says_so() {
    let (app, ada) = stage();
    stops(app.anonymous().get("/api/events"));
    let bad = Program::known(app.site(), "not-a-token".into());
    stops(bad.get("/api/events"));
    stops(bad.get("/api/playing"));
    stops(bad.post("/api/add_song", json!({"track_uri": PIANO_MAN})));
    let listener = program(&ada, &["listen"]);
    listener.get("/api/playing").ok();
    let refused = listener.post("/api/add_song", json!({"track_uri": PIANO_MAN})).expect(403).json();
    assert_eq!(refused["error"], "not_allowed");
    ada.delete(&format!("/api/v1/tokens/{}", listener.id)).ok();
    stops(listener.get("/api/playing"));
}

#[test]
fn an_invite_code_buys_listening_and_adding_and_nothing_more() {
    let (app, ada) = stage();
    let stranger = app.anonymous();
    let buy = |code: &str| stranger.post("/api/sync-token", json!({"invite_code": code}));
    let bought = buy("futureofmusic").expect(200).json();
    assert_eq!(bought["server"], app.site().base(), "the address the client goes on with");
    let client = Program::known(app.site(), bought["token"].as_str().unwrap().to_owned());
    added(&client, PIANO_MAN);
    client.get("/api/queue").ok();
    drop(follow(&client));
    for path in ["skip", "pause", "resume", "clear"] {
        client.post(&format!("/api/queue/{path}"), json!({})).expect(403).json();
    }
    drop(client.post("/api/nests", json!({"name": "Mine"})).expect(403));
    drop(client.delete("/api/nests/main").expect(403));
    drop(client.get("/api/v1/tokens").expect(403));
    // Part of a code, or two of them, is none.
    for wrong in ["f", "future", "futureofmusic,other-code", "FUTUREOFMUSIC", "'; --"] {
        assert_eq!(buy(wrong).expect(403).json()["error"], "invalid_code", "{wrong}");
    }
    assert_eq!(buy("").expect(400).json()["error"], "missing_code");
    while buy("guess").status == 403 {}
    let limited = buy("futureofmusic").expect(429);
    assert_eq!(limited.json()["error"], "rate_limited");
    assert_eq!(ada.main_nest()["state"]["playing"]["entry"]["added_by"]["name"], "Desktop client");
    let closed = crate::app();
    let none = closed.anonymous().post("/api/sync-token", json!({"invite_code": "futureofmusic"}));
    assert_eq!(none.expect(503).json()["error"], "server_not_configured");
}

fn shown_code(browser: &Browser) -> String {
    let page = browser.get("/sync/link").expect(200);
    assert_eq!(page.header("cache-control"), "no-store");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("style-src 'sha256-") && !policy.contains("unsafe-inline"), "{policy}");
    let text = page.text();
    let code = text.split_once("class=\"code-display\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
    code
}

#[test]
fn a_linking_code_makes_the_client_somebody_s_own_once_and_can_be_taken_back() {
    let (app, ada) = stage();
    let ben = member(&ada, "Ben");
    let shared = program(&ada, &["listen"]);
    let link = |code: &str| shared.post("/api/sync-link", json!({"code": code}));
    let asked = app.anonymous().get("/sync/link").expect(303);
    assert_eq!(asked.header("location"), "/sign-in?return_to=/sync/link");
    drop(guest(app.site(), "Gus").get("/sync/link").expect(403));
    let code = shown_code(&ben);
    stops(app.anonymous().post("/api/sync-link", json!({"code": code})));
    let linked = link(&code.to_lowercase()).ok();
    assert_eq!(linked["email"], "Ben", "a name, never an address");
    let client = Program::known(app.site(), linked["user_token"].as_str().unwrap().to_owned());
    added(&client, PIANO_MAN);
    assert_eq!(client.get("/api/playing").ok()["user"], "Ben");
    drop(client.post("/api/queue/skip", json!({})).expect(403));
    assert_eq!(link(&code).expect(404).json()["error"], "invalid_or_expired_code", "it works once");
    // A new code ends the one before, and time ends it too.
    let (first, second) = (shown_code(&ben), shown_code(&ben));
    drop(link(&first).expect(404));
    app.advance(Duration::from_secs(301));
    drop(link(&second).expect(404));
    // The code is not in the database as it is.
    let third = shown_code(&ben);
    let stored = ["rookery.db", "rookery.db-wal"];
    let stored = stored.map(|name| std::fs::read(app.folder().join(name)).unwrap_or_default()).concat();
    assert!(!stored.windows(third.len()).any(|bytes| bytes == third.as_bytes()));

    let tokens = ben.get("/api/v1/tokens").ok();
    let token = &tokens[0];
    assert_eq!(token["scopes"], json!(["listen", "add"]));
    assert!(token["expires_at_ms"].as_i64().is_some_and(|at| at > app.now().millis()), "it ends some day");
    let mut stream = follow(&client);
    wait_for(&mut stream, "now_playing");
    ben.delete(&format!("/api/v1/tokens/{}", token["id"].as_str().unwrap())).ok();
    while stream.next_event().is_some() {}
    stops(client.get("/api/playing"));
}

#[test]
fn onlookers_see_songs_and_names_where_guests_may_come_and_nothing_elsewhere() {
    let (app, ada) = stage();
    let stranger = app.anonymous();
    let bot = bot(&ada);
    assert_eq!(stranger.get("/last/").ok()["trackid"], VIENNA, "of the imported history");
    assert_eq!(stranger.get("/playing/").ok()["title"], "");
    let (first, second) = (added(&bot, PIANO_MAN), added(&bot, VIENNA));
    let playing_entry: u64 = first.parse().unwrap();
    ada.command("comment", json!({"entry": playing_entry, "text": "<script>alert(1)</script> || and more"}))
        .ok();
    ada.command("horn", json!({"sound": "gong"})).ok();
    let queue = stranger.get("/queue/").expect(200);
    assert_eq!(queue.header("content-type"), "application/json");
    assert_eq!(queue.header("x-content-type-options"), "nosniff");
    let row = queue.json()["queue"][0].clone();
    let keys: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys.join(" "), "artist big_img id img src title trackid user");
    assert_eq!((&row["id"], &row["user"], &row["trackid"]), (&json!(second), &json!("Ada"), &json!(VIENNA)));
    let playing = stranger.get("/playing/").ok();
    assert_eq!(playing["comments"][0]["body"], "<script>alert(1)</script> || and more", "as it was typed");
    assert_eq!(stranger.get(&format!("/queue/{second}")).ok()["duration"], 213);
    assert_eq!(stranger.get(&format!("/queue/{first}")).ok()["pos"], playing["pos"]);
    drop(stranger.get("/queue/999").expect(404));
    drop(stranger.get("/queue/x").expect(404));
    let horns = stranger.get("/airhorns/").ok();
    assert_eq!(
        (&horns["current_airhorns"][0]["name"], &horns["current_airhorns"][0]["user"]),
        (&json!("ilikeit"), &json!("Ada"))
    );
    assert_eq!(stranger.get("/airhorn_list").ok().as_array().unwrap().len(), 27);
    bot.post("/api/queue/skip", json!({})).ok();
    assert_eq!(stranger.get("/last/").ok()["trackid"], PIANO_MAN);
    assert_eq!(stranger.get("/history/main").expect(308).header("location"), "/nest/main/history");
    let history = stranger.get("/history/10").ok();
    assert_eq!((&history["n_requested"], &history["n_retrieved"]), (&json!(10), &json!(3)));
    assert_eq!(history["plays"][2]["trackid"], PIANO_MAN, "oldest first");
    assert_eq!(stranger.get("/user_history/Ada").ok()["n_retrieved"], 1);
    let paths = [
        "/queue/",
        "/playing/",
        "/last/",
        "/history/10",
        "/airhorns/",
        "/user_history/Ana",
        "/search/v2?q=piano",
    ];
    let all: String = paths.map(|path| stranger.get(path).expect(200).text()).concat();
    assert!(!all.to_lowercase().contains("@example"), "nobody's address: {all}");
    ada.command("configure", json!({"guests_allowed": false})).ok();
    for path in paths {
        stops(stranger.get(path));
        drop(bot.get(path).expect(200));
    }
}

#[test]
fn horns_sound_at_the_addresses_the_client_asks_and_only_known_ones() {
    let (app, ada) = stage();
    let stranger = app.anonymous();
    let bot = bot(&ada);
    added(&bot, PIANO_MAN);
    let mut stream = follow(&bot);
    ada.command("horn", json!({"sound": "winding_horn"})).ok();
    let horn = wait_for(&mut stream, "airhorn");
    assert_eq!(horn, json!({"volume": 0.4, "name": "reemix"}));
    drop(stranger.get("/static/audio/reemix.mp3").expect(404));
    let sound = stranger.get("/static/audio/reemix.wav").expect(200);
    assert_eq!((sound.header("content-type"), &sound.body[..4]), ("audio/wav", &b"RIFF"[..]));
    for name in ["evil", "..%2f..%2fevil", "winding_horn", "reemix.wav"] {
        drop(stranger.get(&format!("/static/audio/{name}.wav")).expect(404));
    }
    ada.command("horn", json!({"sound": "../../evil"})).problem(422, "unknown_sound");
}

#[test]
fn votes_may_be_repeated_and_entries_that_are_gone_are_not_found() {
    let (_app, ada) = stage();
    let (bot, ben) = (bot(&ada), program(&member(&ada, "Ben"), &["control"]));
    added(&bot, PIANO_MAN);
    let id = added(&bot, VIENNA);
    for _ in 0..2 {
        ben.post("/api/queue/vote", json!({"id": id, "up": true})).ok();
    }
    assert_eq!(bot.get("/api/queue").ok()["queue"][0]["vote"], "1");
    ben.post("/api/queue/vote", json!({"id": id.parse::<u64>().unwrap(), "up": false})).ok();
    let own = bot.post("/api/queue/vote", json!({"id": id}));
    assert!(own.status < 500, "{}", own.text());
    for body in [json!({"id": "999"}), json!({"id": "x"}), json!({"id": 999, "up": false})] {
        drop(ben.post("/api/queue/vote", body).expect(404));
    }
    drop(ben.post("/api/queue/vote", json!({})).expect(400));
    bot.post("/api/queue/remove", json!({"id": id})).ok();
    drop(bot.post("/api/queue/remove", json!({"id": id})).expect(404));
    bot.post("/api/queue/clear", json!({})).ok();
}

#[test]
fn a_song_nothing_is_known_of_is_refused_and_never_made_up() {
    let (_app, ada) = stage();
    let bot = bot(&ada);
    let own = ada.add_track("own.wav", &sound::wav(440, 60_000));
    for uri in
        [&PIANO_MAN.replace('3', "9"), "spotify:track:short", "", "library", "rookery:track:x", "https://x"]
    {
        let refused = bot.post("/api/add_song", json!({"track_uri": uri})).expect(400).json();
        assert_eq!(refused["error"], "unknown_track", "{uri}");
        assert!(refused["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    // The bare id, and what the search of the client answers.
    added(&bot, PIANO_MAN.strip_prefix("spotify:track:").unwrap());
    let found = bot.get("/search/v2?q=own").ok();
    assert_eq!(found[0]["track_name"], "own");
    let entry = added(&bot, found[0]["uri"].as_str().unwrap());
    assert_eq!(ada.main_nest()["state"]["queue"][0]["track"]["id"], own.as_str());
    assert_eq!(ada.main_nest()["state"]["queue"][0]["id"].to_string(), entry);
}

#[test]
fn the_forms_of_the_page_take_a_token_too() {
    let (app, ada) = stage();
    let bot = program(&ada, &["add"]);
    let form = |path: &str, body: &str| {
        let request = Request::new("POST", path).bytes(body);
        bot.send(request.header("content-type", "application/x-www-form-urlencoded"))
    };
    let uri = PIANO_MAN.replace(':', "%3A");
    assert_eq!(form("/add_song", &format!("track_uri={uri}")).ok(), json!({"success": true}));
    let id = bot.get("/api/playing").ok()["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        form("/jam", &format!("id={id}")).ok();
    }
    assert_eq!(bot.get("/api/playing").ok()["jam"][0]["user"], "Ada");
    form("/blast_airhorn", "name=reemix").ok();
    drop(form("/blast_airhorn", "name=../../evil").expect(400));
    drop(form("/jam", "id=999").expect(404));
    drop(form("/add_song", "nothing=here").expect(400));
    stops(app.anonymous().post("/jam", json!({})));
}

#[test]
fn the_server_controls_nobody_s_spotify() {
    let (_app, ada) = stage();
    let bot = bot(&ada);
    for path in ["devices", "status"] {
        assert_eq!(bot.get(&format!("/api/spotify/{path}")).expect(503).json()["error"], "not_configured");
    }
    let transfer = bot.post("/api/spotify/transfer", json!({"device_id": "x"}));
    assert_eq!(transfer.expect(503).json()["error"], "not_configured");
    stops(Anonymous(ada.site().clone()).get("/api/spotify/devices"));
}

#[test]
fn a_client_that_comes_back_is_told_what_it_missed() {
    let (_app, ada) = stage();
    let bot = bot(&ada);
    let mut stream = follow(&bot);
    wait_for(&mut stream, "now_playing");
    drop(stream);
    added(&bot, PIANO_MAN);
    added(&bot, VIENNA);
    ada.command("volume", json!({"percent": 33})).ok();
    let mut again = follow(&bot);
    assert_eq!(wait_for(&mut again, "now_playing")["trackid"], PIANO_MAN);
    assert_eq!(wait_for(&mut again, "queue_update")[0]["trackid"], VIENNA);
    assert_eq!(wait_for(&mut again, "volume"), json!({"volume": 33}));
}

#[test]
fn clients_and_bots_follow_any_nest_by_its_address() {
    let (_app, ada) = stage();
    let bot = bot(&ada);
    let nest = bot.post("/api/nests", json!({"name": "Attic"})).ok();
    let code = nest["code"].as_str().unwrap();
    ada.post(&format!("/api/v1/nests/{code}/configure"), json!({"autofill": false})).ok();
    assert_eq!(
        (&nest["name"], &nest["is_main"], &nest["creator"]),
        (&json!("Attic"), &json!(false), &json!("Ada"))
    );
    added(&bot, PIANO_MAN);
    // As the client appends paths to the address it was given.
    let mut stream = EventStream::at(&bot, &format!("/nest/{code}/api/events"), None);
    assert_eq!(wait_for(&mut stream, "now_playing")["trackid"], "");
    bot.post(&format!("/nest/{code}/api/add_song"), json!({"track_uri": VIENNA})).ok();
    assert_eq!(wait_for(&mut stream, "now_playing")["trackid"], VIENNA);
    for path in [
        format!("/playing/?nest={code}"),
        format!("/nest/{code}/playing/"),
        format!("/api/playing?nest={code}"),
    ] {
        assert_eq!(bot.get(&path).ok()["trackid"], VIENNA, "{path}");
    }
    assert_eq!(bot.get("/api/playing").ok()["trackid"], PIANO_MAN, "the main nest is another");
    drop(bot.get("/api/playing?nest=ZZZZZ").expect(404));
    drop(bot.get("/nest/ZZZZZ/api/playing").expect(404));
    drop(bot.get(&format!("/nest/{code}/static/audio/reemix.wav")).expect(200));
    assert_eq!(
        ada.get(&format!("/nest/{code}")).expect(200).header("content-type"),
        "text/html; charset=utf-8"
    );

    let listed = bot.get("/api/nests").ok();
    let codes: BTreeSet<_> =
        listed["nests"].as_array().unwrap().iter().map(|nest| nest["code"].as_str().unwrap()).collect();
    assert_eq!(codes, BTreeSet::from(["main", code]));
    assert_eq!(listed["nests"][1]["now_playing"], json!({"title": "Vienna", "artist": "Billy Joel"}));
    let ben = program(&member(&ada, "Ben"), &["administer"]);
    drop(ben.delete(&format!("/api/nests/{code}")).expect(403));
    drop(bot.delete("/api/nests/main").expect(403));
    let renamed =
        bot.send(Request::new("PATCH", format!("/api/nests/{code}")).json(&json!({"name": "Cellar"}))).ok();
    assert_eq!(renamed["name"], "Cellar");
    bot.delete(&format!("/api/nests/{code}")).ok();
    assert_eq!(bot.get(&format!("/api/nests/{code}")).expect(404).json()["error"], "not_found");
}

#[test]
fn addresses_that_lead_nowhere_are_answered_kindly() {
    let app = app();
    let ada = app.administrator();
    for path in
        ["/nobody-knows-this", "/ABCDE", "/queue", "/api/nonsense", "/nest/ABCDE/api/nonsense", "/history/x"]
    {
        let status = ada.get(path).status;
        assert!(status == 200 || status == 404, "{path}: {status}");
    }
    assert_eq!(ada.get("/spotify_connect/").expect(303).header("location"), "/settings");
    assert_eq!(ada.get("/get_volume/").expect(200).text(), "95");
    drop(ada.get("/logout/").expect(303));
    ada.get("/api/v1/session").ok();
    assert!(
        ada.get("/api/v1/session").ok()["person"].is_object(),
        "a link that is followed signs nobody out"
    );
}

#[test]
fn variables_of_echonest_are_understood_or_named_with_what_stands_in_their_place() {
    let set = [
        "ECHONEST_SYNC_INVITE_CODES=[\"one-code\", \"another\"]",
        "ECHONEST_API_TOKEN=very-secret",
        "REDIS_HOST=redis.example",
    ];
    let wrapper = ["env"].into_iter().chain(set).map(str::to_owned).collect();
    let rookery = Rookery::with(binary(), Options { wrapper, ..Options::default() });
    let buy =
        |code: &str| Anonymous(rookery.site().clone()).post("/api/sync-token", json!({"invite_code": code}));
    assert_eq!(buy("another").expect(200).json()["server"], rookery.site().base());
    drop(buy("one-code, another").expect(403));
    assert!(
        Anonymous(rookery.site().clone()).get("/metrics").text().contains("process_resident_memory_bytes")
    );
    let log = rookery.log();
    assert!(
        log.contains("ECHONEST_API_TOKEN means nothing here: programs have tokens of their own"),
        "{log}"
    );
    assert!(log.contains("REDIS_HOST means nothing here"), "{log}");
    assert!(!log.contains("very-secret") && !log.contains("redis.example"), "values are not told: {log}");
}

#[test]
fn an_address_is_answered_with_a_slash_at_its_end_and_without() {
    let (_app, ada) = stage();
    let bot = bot(&ada);
    for path in [
        "/playing",
        "/queue",
        "/last",
        "/airhorns",
        "/airhorn_list",
        "/history/3",
        "/user_history/Ada",
        "/search/v2",
        "/api/playing",
        "/api/queue",
        "/api/nests",
        "/api/nests/main",
        "/nest/main/queue",
    ] {
        for path in [path.to_owned(), format!("{path}/")] {
            let asked = if path.starts_with("/search") { format!("{path}?q=vienna") } else { path };
            let answer = bot.get(&asked).expect(200);
            assert!(
                answer.header("content-type").starts_with("application/json"),
                "{asked}: {}",
                answer.text()
            );
        }
    }
    assert_eq!(bot.get("/get_volume").expect(200).text(), "95");
}

#[test]
fn a_nest_is_found_by_its_word_too_and_a_client_that_came_for_one_stays_with_it() {
    let (app, ada) = stage();
    let opened = ada.post("/api/v1/nests", json!({"name": "Jazz", "slug": "jazz-corner"})).expect(201).json();
    let code = opened["state"]["code"].as_str().unwrap();
    let bot = bot(&ada);
    for path in ["/api/playing?nest=jazz-corner", "/nest/jazz-corner/api/playing", "/queue/?nest=jazz-corner"]
    {
        drop(bot.get(path).expect(200));
    }
    assert_eq!(bot.get("/api/nests/jazz-corner").ok()["code"], code);
    drop(bot.get("/api/playing?nest=nowhere-at-all").expect(404));
    let buy = |at: &str| {
        let body = json!({"invite_code": "futureofmusic"});
        app.anonymous().post(&format!("{at}/api/sync-token"), body).expect(200).json()["server"].clone()
    };
    assert_eq!(buy(""), app.site().base());
    assert_eq!(buy(&format!("/nest/{code}")), format!("{}/nest/{code}", app.site().base()));
}
