//! The people of a server as administrators see them: when they were heard of, and removing them.

use crate::app;
use crate::echonest_socket::Socket;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, Request, TestApp, guest, member, program, sound};

fn listed(ada: &Browser) -> Vec<Value> {
    ada.get("/api/v1/members").ok()["members"].as_array().unwrap().clone()
}

fn seen_at_ms(ada: &Browser, person: &str) -> i64 {
    let members = listed(ada);
    let found = members.iter().find(|member| member["id"] == person).expect("a member");
    found["last_seen_at_ms"].as_i64().expect("a time")
}

fn remove(by: &impl Actor, person: &str) -> testkit::Reply {
    by.delete(&format!("/api/v1/members/{person}"))
}

#[test]
fn the_list_says_when_somebody_was_heard_of_last_even_after_they_signed_out() {
    let app = app();
    let ada = app.administrator();
    let ben = member(&ada, "Ben");
    assert!((app.now().millis() - seen_at_ms(&ada, &ben.person)).abs() < 5_000, "whoever comes is seen");
    app.advance(Duration::from_secs(600));
    ben.get("/api/v1/nests").ok();
    let then = seen_at_ms(&ada, &ben.person);
    assert!((app.now().millis() - then).abs() < 5_000, "{then}");
    // Not every request is written down.
    app.advance(Duration::from_secs(30));
    ben.get("/api/v1/nests").ok();
    assert_eq!(seen_at_ms(&ada, &ben.person), then);
    app.advance(Duration::from_secs(31));
    let bot = program(&ben, &["listen"]);
    bot.get("/api/v1/nests").ok();
    let by_program = seen_at_ms(&ada, &ben.person);
    assert!(by_program > then);
    drop(ben.delete("/api/v1/session").expect(204));
    bot.get("/api/v1/nests").ok();
    assert_eq!(seen_at_ms(&ada, &ben.person), by_program);
}

struct Stage {
    app: TestApp,
    ada: Browser,
    ben: Browser,
}

fn stage() -> Stage {
    let app = app();
    let ada = app.administrator();
    ada.command("configure", json!({"autofill": false})).ok();
    let ben = member(&ada, "Ben");
    Stage { app, ada, ben }
}

#[test]
fn whoever_is_removed_is_out_at_once_wherever_they_were_in() {
    let Stage { app, ada, ben } = stage();
    let bot = program(&ben, &["control"]);
    let link = ben.post("/api/v1/session/links", json!({})).ok()["url"].as_str().unwrap().to_owned();
    let song = ben.add_track("ben.wav", &sound::wav(440, 60_000));
    ben.add(&song);
    let mut events = EventStream::open(&ben, None);
    events.position();
    let mut of_bot = EventStream::open(&bot, None);
    of_bot.position();
    let mut socket = Socket::open(&ben, "/api/v1/socket");
    socket.send_text(&json!({"id": 1, "connect": {}}).to_string());
    assert!(socket.text().unwrap().contains("\"connect\""));
    let avatar = format!("/api/v1/members/{}/avatar", ben.person);
    drop(ada.get(&avatar).expect(200));

    drop(remove(&ada, &ben.person).expect(204));
    ben.get("/api/v1/nests").problem(401, "not_signed_in");
    bot.get("/api/v1/nests").problem(401, "not_signed_in");
    let token = link.split_once('#').unwrap().1;
    let redeem = Request::new("POST", "/api/v1/invitations/redeem").json(&json!({"token": token}));
    app.site().send(redeem).problem(410, "link_not_valid");
    while events.next_event().is_some() {}
    while of_bot.next_event().is_some() {}
    while socket.text().is_some() {}
    ada.get(&avatar).problem(404, "not_found");
    assert!(!listed(&ada).iter().any(|member| member["id"] == *ben.person));
    // What they played stays, with their name; and the log says who removed whom.
    let plays = ada.get("/api/v1/nests/main/plays").ok();
    assert_eq!(plays["plays"][0]["added_by"]["name"], "Ben");
    let audit = ada.get("/api/v1/audit?action=member_removed").ok();
    let line = &audit["entries"][0];
    assert_eq!((&line["by_name"], &line["detail"]), (&json!("Ada"), &json!("Ben")));
    assert_eq!(audit["entries"].as_array().unwrap().len(), 1);
    remove(&ada, &ben.person).problem(404, "not_found");
}

#[test]
fn nobody_removes_themselves_and_the_last_administrator_stays() {
    let Stage { app, ada, ben } = stage();
    let gus = guest(app.site(), "Gus");
    remove(&ada, &ada.person).problem(403, "not_allowed");
    for nobody in [&ben.person, &ada.person] {
        remove(&ben, nobody).problem(403, "not_allowed");
        remove(&gus, nobody).problem(403, "not_allowed");
    }
    drop(ada.patch(&format!("/api/v1/members/{}", ben.person), json!({"role": "administrator"})).expect(204));
    drop(remove(&ben, &ada.person).expect(204));
    ada.get("/api/v1/nests").problem(401, "not_signed_in");
    remove(&ben, &ben.person).problem(403, "not_allowed");
    assert_eq!(ben.get("/api/v1/session").ok()["person"]["role"], "administrator");
    drop(remove(&ben, &gus.person).expect(204));
    gus.get("/api/v1/nests").problem(401, "not_signed_in");
}
