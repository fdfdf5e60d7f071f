//! Crashes: whatever moment the process is killed at, what was acknowledged is there, once, and listeners heal.

use crate::program;
use database::{Database, Options, nests as log};
use model::NestCode;
use nest::{Event, EventKind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::{Actor, Browser, EventStream, Options as Start, Request, Rookery, Site, guest, member, sound};

/// People who send commands at once.
const PEOPLE: usize = 8;

/// What one person was told.
#[derive(Debug, Default)]
struct Told {
    /// Entries that were acknowledged, with the offset after them, and the keys they were added under.
    added: Vec<(u64, u64)>,
    keys: Vec<String>,
    /// Requests without an answer: they may have happened, or not.
    unanswered: Vec<String>,
}

impl Told {
    fn extend(&mut self, more: Self) {
        self.added.extend(more.added);
        self.keys.extend(more.keys);
        self.unanswered.extend(more.unanswered);
    }
}

struct Scene {
    rookery: Rookery,
    ada: Browser,
    people: Vec<Browser>,
    track: String,
}

fn scene() -> Scene {
    let rookery = Rookery::start(program());
    let ada = rookery.administrator();
    ada.command("configure", json!({"autofill": false, "queue_entries_max": 500})).ok();
    let track = ada.add_track("tone.wav", &sound::wav(440, 300_000));
    ada.add(&track);
    let mut people: Vec<_> = (1..PEOPLE).map(|at| guest(rookery.site(), &format!("Guest {at}"))).collect();
    people.push(member(&ada, "Ben"));
    Scene { rookery, ada, people, track }
}

fn add(person: &Browser, site: &Site, track: &str, key: &str) -> Result<(u16, Value), String> {
    let request = Request::new("POST", "/api/v1/nests/main/add").json(&json!({"track_id": track}));
    let reply = site.try_send(person.signed(request.header("idempotency-key", key)))?;
    Ok((reply.status, reply.json()))
}

/// Asks again under a key, as slowly as it may.
fn again(person: &Browser, site: &Site, track: &str, key: &str) -> Value {
    testkit::eventually("the key is answered", Duration::from_secs(30), || {
        match add(person, site, track, key).unwrap() {
            (200, answer) => Some(answer),
            (429, _) => None,
            (status, answer) => panic!("{status} {answer}"),
        }
    })
}

/// Everybody adds and removes as fast as they may, until the server is gone or the time is over.
fn storm(scene: &Scene, round: usize, stop: &AtomicBool) -> Vec<Told> {
    storm_of(&scene.people, &scene.track, round, stop)
}

fn storm_of(people: &[Browser], track: &str, round: usize, stop: &AtomicBool) -> Vec<Told> {
    std::thread::scope(|scope| {
        let one = |(at, person): (usize, &Browser)| {
            // Connections of their own: nobody waits for another.
            let (person, site) = (person.clone(), Site::new(person.site().address()));
            let track = track.to_owned();
            scope.spawn(move || {
                let mut told = Told::default();
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let key = format!("{round}-{at}-{number}");
                    match add(&person, &site, &track, &key) {
                        Ok((200, answer)) => {
                            let entry = answer["entry"].as_u64().unwrap();
                            told.added.push((entry, answer["offset"].as_u64().unwrap()));
                            told.keys.push(key);
                            let remove = Request::new("POST", "/api/v1/nests/main/remove");
                            let remove = person.signed(remove.json(&json!({"entry": entry})));
                            if site.try_send(remove).is_err() {
                                break;
                            }
                        }
                        Ok((429, _)) => std::thread::sleep(Duration::from_millis(50)),
                        Ok((status, answer)) => assert_eq!(status, 503, "{answer}"),
                        Err(_) => {
                            told.unanswered.push(key);
                            break;
                        }
                    }
                }
                told
            })
        };
        let threads: Vec<_> = people.iter().enumerate().map(one).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The main nest's log, read from the stopped server's file.
fn read_log(data: &Path) -> Vec<Event> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", data.join("rookery.db").display());
        let database = Database::open(&url, Options::default()).await.unwrap();
        let record = log::find_by_code(&database, NestCode::MAIN).await.unwrap().unwrap();
        let mut events: Vec<Event> = Vec::new();
        loop {
            let from = events.last().map_or(1, |event| event.sequence + 1);
            let page = log::read(&database, record.id, from, 1_000).await.unwrap();
            if page.is_empty() {
                database.close().await;
                return events;
            }
            events.extend(page);
        }
    })
}

/// Checks a log against what people were told.
fn check(events: &[Event], people: &[Browser], told: &[Told]) {
    let sequences: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=events.len() as u64).collect::<Vec<_>>(), "a hole, or an event twice");
    let mut added_by: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for event in events {
        if let EventKind::EntryAdded { entry, .. } = &event.kind {
            let by = event.by.map(|by| by.to_string()).unwrap_or_default();
            added_by.entry(by).or_default().push(entry.id.sequence());
        }
    }
    let nothing = Vec::new();
    for (person, told) in people.iter().zip(told) {
        let in_log = added_by.get(&person.person).unwrap_or(&nothing);
        for (entry, offset) in &told.added {
            assert!(in_log.contains(entry), "entry {entry} was acknowledged and is gone");
            assert!(*offset <= events.len() as u64 && entry <= offset);
        }
        // With every key asked for to the end, exactly what was told was done.
        let entries: BTreeSet<_> = told.added.iter().map(|(entry, _)| entry).collect();
        assert_eq!(entries.len(), told.added.len(), "two keys, one entry");
        assert!(
            in_log.len() <= told.added.len() + told.unanswered.len(),
            "{} asked {} times and added {}",
            person.person,
            told.added.len() + told.unanswered.len(),
            in_log.len()
        );
    }
}

#[test]
fn what_was_acknowledged_survives_being_killed_in_a_storm() {
    let mut scene = scene();
    let mut told: Vec<Told> = (0..PEOPLE).map(|_| Told::default()).collect();
    for round in 0..3 {
        let stop = AtomicBool::new(false);
        let pid = scene.rookery.pid();
        let heard = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(1_500));
                testkit::kill(pid);
            });
            storm(&scene, round, &stop)
        });
        for (all, new) in told.iter_mut().zip(heard) {
            all.extend(new);
        }
        scene.rookery.kill();
        check(&read_log(&scene.rookery.data()), &scene.people, &told);
        scene.rookery.restart();
    }
    let acknowledged: usize = told.iter().map(|told| told.added.len()).sum();
    assert!(acknowledged > 100, "no storm: {acknowledged}");
    // Everybody asks again under every key: who had an answer hears the same, who had none hears what was done, or has
    // it done now.
    let site = Site::new(scene.rookery.site().address());
    let unanswered: usize = told.iter().map(|told| told.unanswered.len()).sum();
    assert!(unanswered >= PEOPLE, "nobody was interrupted: {unanswered}");
    for (person, told) in scene.people.iter().zip(&mut told) {
        let again = |key: &String| {
            let answer = again(person, &site, &scene.track, key);
            (answer["entry"].as_u64().unwrap(), answer["offset"].as_u64().unwrap())
        };
        assert_eq!(told.keys.iter().map(again).collect::<Vec<_>>(), told.added);
        let late: Vec<_> = told.unanswered.drain(..).map(|key| again(&key)).collect();
        told.added.extend(late);
    }
    let nest = scene.ada.at(&site).main_nest();
    scene.rookery.terminate();
    let events = read_log(&scene.rookery.data());
    check(&events, &scene.people, &told);
    assert_eq!(nest["offset"], events.len(), "the server shows what is in the log");
}

#[test]
fn two_processes_on_one_database_keep_one_log() {
    let mut scene = scene();
    let options = Start { data: Some(scene.rookery.data()), is_set_up: true, ..Start::default() };
    let mut second = Rookery::with(program(), options);
    let stop = AtomicBool::new(false);
    let elsewhere: Vec<_> = scene.people.iter().map(|person| person.at(second.site())).collect();
    let (here, there) = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(2_000));
            stop.store(true, Ordering::Relaxed);
        });
        let there = scope.spawn(|| storm_of(&elsewhere, &scene.track, 1, &stop));
        (storm(&scene, 0, &stop), there.join().unwrap())
    });
    let together: Vec<Told> = here
        .into_iter()
        .zip(there)
        .map(|(mut one, other)| {
            one.extend(other);
            one
        })
        .collect();
    assert!(together.iter().map(|told| told.added.len()).sum::<usize>() > 60, "no storm");
    assert_eq!(second.terminate().code, Some(0));
    assert_eq!(scene.rookery.terminate().code, Some(0));
    check(&read_log(&scene.rookery.data()), &scene.people, &together);
}

#[test]
fn a_listener_heals_over_a_crash() {
    let mut scene = scene();
    let before = scene.ada.main_nest();
    let mut stream = EventStream::open(&scene.ada, None);
    stream.position();
    let stop = AtomicBool::new(false);
    let pid = scene.rookery.pid();
    let mut heard = std::thread::scope(|scope| {
        let listening = scope.spawn(move || {
            let mut heard = Vec::new();
            while let Some(event) = stream.next_event() {
                heard.push(event);
            }
            heard
        });
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(1_000));
            testkit::kill(pid);
        });
        storm(&scene, 0, &stop);
        listening.join().unwrap()
    });
    scene.rookery.kill();
    scene.rookery.restart();
    let ada = scene.ada.at(scene.rookery.site());
    ada.command("configure", json!({"name": "After the crash"})).ok();
    let after = ada.main_nest();
    let last = after["offset"].as_u64().unwrap();
    let id = heard.last().expect("something was heard").id.clone();
    let mut stream = EventStream::open(&ada, Some(&id));
    let offset = |id: &str| id.rsplit_once(':').unwrap().1.parse::<u64>().unwrap();
    while offset(&heard.last().unwrap().id) < last {
        heard.push(stream.next_event().expect("the stream goes on"));
    }
    let offsets: Vec<_> = heard.iter().map(|event| offset(&event.id)).collect();
    let from = before["offset"].as_u64().unwrap() + 1;
    assert_eq!(offsets, (from..=last).collect::<Vec<_>>(), "a hole, or an event twice");
    assert!(heard.iter().all(|event| event.name == "message"), "it was told to load again");
    // The queue, folded from what was heard, is the queue that the server shows.
    let mut queue = std::collections::BTreeSet::new();
    for event in &heard {
        let event: Value = serde_json::from_str(&event.data).unwrap();
        match event["event"]["type"].as_str().unwrap() {
            "entry_added" => drop(queue.insert(event["event"]["entry"]["id"].as_u64().unwrap())),
            "entry_removed" => drop(queue.remove(&event["event"]["entry"].as_u64().unwrap())),
            _ => {}
        }
    }
    let shown = after["state"]["queue"].as_array().unwrap();
    assert_eq!(queue, shown.iter().map(|entry| entry["id"].as_u64().unwrap()).collect());
    assert_eq!(after["state"]["settings"]["name"], "After the crash");
}

#[test]
fn being_asked_to_end_in_a_storm_loses_nothing_and_does_not_take_long() {
    let mut scene = scene();
    let stop = AtomicBool::new(false);
    let (heard, exit) = {
        let pid = scene.rookery.pid();
        let asked = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(1_000));
                testkit::ask_to_end(pid);
            });
            storm(&scene, 0, &stop)
        });
        (asked, scene.rookery.terminate())
    };
    assert_eq!(exit.code, Some(0), "{exit:?}");
    assert!(exit.took < Duration::from_secs(13), "{exit:?}");
    let events = read_log(&scene.rookery.data());
    check(&events, &scene.people, &heard);
    assert!(heard.iter().map(|told| told.added.len()).sum::<usize>() > 30, "no storm");
    scene.rookery.restart();
    assert_eq!(scene.ada.at(scene.rookery.site()).main_nest()["offset"], events.len());
}
