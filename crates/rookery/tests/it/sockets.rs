//! The socket, through the unmodified npm client `centrifuge` (and `ws` below it), in node. A scenario prints one JSON
//! line a check; each is asserted here.

use crate::{app, program};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use testkit::{Actor, Browser, Program, Rookery, Site, guest, member, sound};

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/peers")
}

/// Installs what the lock file says, once, whoever comes first.
pub fn install() {
    let lock = std::fs::File::create(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("peers.lock")).unwrap();
    lock.lock().unwrap();
    let changed = |name: &str| std::fs::metadata(folder().join(name)).and_then(|data| data.modified()).ok();
    if changed("node_modules/.package-lock.json") >= changed("package-lock.json") {
        return;
    }
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder())
        .output()
        .expect("these tests need node and npm");
    assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
}

/// Runs a scenario and asserts its checks. `interlude` is called when it hands over, and says what it is to know.
pub fn play(scenario: &str, site: &Site, people: &Value, mut interlude: impl FnMut(&str) -> String) {
    install();
    let mut node = Command::new("node")
        .args(["socket.mjs", scenario, &site.base(), &people.to_string()])
        .current_dir(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("these tests need node");
    let mut tell = node.stdin.take().unwrap();
    let mut failed = Vec::new();
    let mut finished = false;
    for line in BufReader::new(node.stdout.take().unwrap()).lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if let Some(what) = line["waiting"].as_str() {
            let told = interlude(what);
            tell.write_all(format!("{told}\n").as_bytes()).unwrap();
            continue;
        }
        finished |= line["check"] == "finished" && line["ok"] == true;
        if line["ok"] != true {
            failed.push(line.to_string());
        }
    }
    assert!(node.wait().unwrap().success());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(finished, "{scenario} did not come to its end");
}

fn person(browser: &Browser) -> Value {
    json!({"cookie": browser.cookie, "person": browser.person})
}

/// Two people and a program that only listens; a nest that does not play on by itself, and a long track.
fn people(site: &Site, ada: &Browser) -> Value {
    ada.command("configure", json!({"autofill": false})).ok();
    let ben = member(ada, "Ben");
    let bot: Program = testkit::program(ada, &["listen"]);
    let track = ada.add_track("tone.wav", &sound::wav(440, 300_000));
    assert_eq!(ben.site().address(), site.address());
    json!({"ada": person(ada), "ben": person(&ben), "bot": {"id": bot.id, "secret": bot.secret}, "track": track})
}

fn scene(scenario: &str) {
    let app = app();
    let ada = app.administrator();
    let people = people(app.site(), &ada);
    // The only thing that a scenario asks for: a token that it uses at once and that ends soon.
    play(scenario, app.site(), &people, |_| app.socket_token(&ada, Duration::from_secs(5)));
}

#[test]
fn a_client_connects_with_a_socket_token_and_with_an_api_token() {
    scene("connecting");
}

#[test]
fn publications_come_in_order_and_without_holes() {
    scene("publications");
}

#[test]
fn a_client_that_was_away_gets_exactly_what_it_missed() {
    scene("recovery");
}

#[test]
fn a_client_recovers_from_the_log_after_the_server_was_killed() {
    let mut rookery = Rookery::start(program());
    let ada = rookery.administrator();
    let people = people(rookery.site(), &ada);
    let site = rookery.site().clone();
    play("restart", &site, &people, |_| {
        rookery.kill();
        rookery.restart();
        String::new()
    });
}

#[test]
fn a_server_that_goes_away_says_so_and_its_clients_come_back() {
    let mut rookery = Rookery::start(program());
    let ada = rookery.administrator();
    let people = people(rookery.site(), &ada);
    let site = rookery.site().clone();
    let mut stream = testkit::EventStream::open(&ada, None);
    stream.position();
    play("shutdown", &site, &people, |_| {
        let exit = rookery.terminate();
        assert_eq!(exit.code, Some(0));
        assert!(exit.took < Duration::from_secs(8), "{exit:?}");
        rookery.restart();
        String::new()
    });
    while stream.next_event().is_some() {}
}

#[test]
fn a_position_that_cannot_be_recovered_is_told_so() {
    scene("unrecoverable");
}

#[test]
fn presence_tells_who_is_there_and_who_comes_and_goes() {
    scene("presence");
}

#[test]
fn history_can_be_read_in_both_directions() {
    scene("history");
}

#[test]
fn the_written_contract_is_valid_and_notices_what_is_not_as_written() {
    scene("written_contract");
}

#[test]
fn methods_on_the_socket_are_the_commands_of_the_nest() {
    scene("rpc");
}

#[test]
fn two_people_jam_comment_and_blow_horns_over_the_socket() {
    scene("reactions");
}

#[test]
fn a_token_is_refreshed_on_a_live_socket_or_closes_it() {
    scene("expiry");
}

#[test]
fn an_api_token_that_has_ended_ends_its_sockets() {
    scene("program_expiry");
}

#[test]
fn what_is_revoked_closes_its_sockets_for_good() {
    scene("revocation");
}

#[test]
fn nonsense_closes_with_the_right_code() {
    scene("nonsense");
}

#[test]
fn too_many_commands_are_refused_and_unknown_channels_too() {
    scene("limits");
}

#[test]
fn a_client_that_does_not_read_is_closed_and_heals() {
    let rookery = Rookery::start(program());
    let ada = rookery.administrator();
    let mut people = people(rookery.site(), &ada);
    // Long titles make large events: a full queue that is cleared and brought back is hundreds of kilobytes.
    let title = "x".repeat(500);
    let track = ada.add_track(&format!("{title}.wav"), &sound::wav(441, 300_000));
    people["track"] = track.as_str().into();
    ada.command("configure", json!({"queue_entries_max": 200})).ok();
    let crowd: Vec<_> = (0..4).map(|at| guest(rookery.site(), &format!("Guest {at}"))).collect();
    for at in 0..160 {
        crowd[at % 4].add(&track);
    }
    let closed = || {
        let numbers = ada.get("/metrics").text();
        numbers.lines().any(|line| line.starts_with("sockets_closed_total{code=\"3008\"}")).then_some(())
    };
    let site = rookery.site().clone();
    play("slow", &site, &people, |_| {
        testkit::eventually("the slow socket is closed", Duration::from_secs(40), || {
            ada.command("clear", json!({})).ok();
            ada.command("restore", json!({})).ok();
            closed()
        });
        String::new()
    });
}

#[test]
fn lists_are_kept_fresh_by_a_channel_of_the_server() {
    let app = app();
    let ada = app.administrator();
    let mut people = people(app.site(), &ada);
    people["gus"] = person(&guest(app.site(), "Gus"));
    play("server_channel", app.site(), &people, |_| String::new());
}

#[test]
fn a_person_holds_two_hundred_sockets_and_no_more() {
    scene("crowding");
}

#[test]
fn a_guest_who_is_not_allowed_any_more_is_taken_off_the_channel() {
    let app = app();
    let ada = app.administrator();
    let mut people = people(app.site(), &ada);
    people["gus"] = person(&guest(app.site(), "Gus"));
    play("turned_away", app.site(), &people, |_| String::new());
}
