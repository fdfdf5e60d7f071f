//! Links that break, a server that is asked to end and one that is killed; and the end of the evening, when everything is
//! counted.

use super::cast::{ADA, BO, CAPITAL_BO, CLEO, DAN, HAL};
use super::listener::MAIN;
use super::stage::Evening;
use crate::history;
use nest::EventKind;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::{Actor, Browser, Request, Site, eventually};

const PATIENCE: Duration = Duration::from_secs(30);
/// Answers after which the server is killed.
const ANSWERED_BEFORE: usize = 8;

/// Adds under keys until the server is gone: what was answered, and the key without an answer.
fn add_on_and_on(
    person: &Browser,
    track: &str,
    answered: &AtomicUsize,
) -> (Vec<(String, u64)>, Option<String>) {
    // Connections of their own: nobody waits for another.
    let person = person.at(&Site::new(person.site().address()));
    let mut told = Vec::new();
    loop {
        let key = format!("{}-{}", person.person, told.len());
        match add(&person, track, &key) {
            Ok(entry) => {
                told.push((key, entry));
                answered.fetch_add(1, Ordering::SeqCst);
            }
            Err(_gone) => return (told, Some(key)),
        }
    }
}

fn add(person: &Browser, track: &str, key: &str) -> Result<u64, String> {
    let request = Request::new("POST", format!("{MAIN}/add")).json(&json!({"track_id": track}));
    let reply = person.site().try_send(person.signed(request.header("idempotency-key", key)))?;
    match reply.status {
        503 => Err("it is going away".to_owned()),
        _ => Ok(reply.ok()["entry"].as_u64().unwrap()),
    }
}

impl Evening {
    /// Two who listen lose their links for some minutes, and come back to everything they missed.
    pub fn lose_a_link(&mut self) {
        self.reader.lose_the_link();
        self.talker.lose_the_link();
        let recovered = self.talker.recovered;
        for who in [ADA, BO, HAL] {
            let track = self.pick(&self.library.clone());
            let entry = self.command(who, "add", json!({"track_id": track}))["entry"].as_u64().unwrap();
            let by = self.cast.people[who].id.clone();
            self.ledger.added(entry, &by);
        }
        let (bo, dan) = (self.cast.browser(BO).clone(), self.cast.browser(DAN).clone());
        self.reader.reconnect(&bo);
        self.talker.reconnect(&dan);
        assert!(self.talker.recovered >= recovered + 3, "what was missed was brought");
        self.observe();
    }

    /// The server is asked to end, and is away for a while.
    pub fn is_asked_to_end(&mut self) {
        self.observe();
        assert_eq!(self.house.terminate(), Some(0));
        self.reader.lose_the_link();
        self.talker.lose_the_link();
        let later = self.house.clock_in(Duration::from_secs(90));
        self.house.clock.set(later);
        self.come_back();
    }

    /// The server is killed at some moment while four people add songs. Who asks again under the same key hears what was
    /// done, or has it done now.
    pub fn is_killed_while_people_add(&mut self) {
        self.observe();
        let track = self.library[0].clone();
        let adding = [BO, CAPITAL_BO, CLEO, HAL];
        let people: Vec<Browser> = adding.iter().map(|who| self.cast.browser(*who).clone()).collect();
        let answered = AtomicUsize::new(0);
        let pid = self.house.pid();
        let told: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = people
                .iter()
                .map(|person| scope.spawn(|| add_on_and_on(person, &track, &answered)))
                .collect();
            eventually("songs are added", PATIENCE, || {
                (answered.load(Ordering::SeqCst) >= ANSWERED_BEFORE).then_some(())
            });
            testkit::kill(pid);
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        self.house.kill();
        self.reader.lose_the_link();
        self.talker.lose_the_link();
        self.house.start_again();
        self.cast.turn_to(&self.house.site);
        for (who, (kept, unanswered)) in adding.into_iter().zip(told) {
            let person = self.cast.browser(who).clone();
            let by = person.person.clone();
            for (key, entry) in kept {
                assert_eq!(add(&person, &track, &key).unwrap(), entry, "asked again, the same answer");
                self.ledger.added(entry, &by);
            }
            let key = unanswered.expect("the server went away");
            let entry = add(&person, &track, &key).unwrap();
            assert_eq!(add(&person, &track, &key).unwrap(), entry);
            self.ledger.added(entry, &by);
        }
        let (bo, dan) = (self.cast.browser(BO).clone(), self.cast.browser(DAN).clone());
        self.reader.reconnect(&bo);
        self.talker.reconnect(&dan);
        self.observe();
        self.ledger.check_done();
    }

    /// What plays is skipped, what waits is taken out, and everything is counted.
    pub fn ends(&mut self) {
        if !self.state().queue.is_empty() {
            self.command(ADA, "clear", json!({}));
            self.ledger.told("cleared");
            self.observe();
        }
        self.skip();
        self.observe();
        self.post_arrives();
        assert!(self.state().playing.is_none() && self.state().queue.is_empty());
        self.ledger.check_done();
        self.ledger.check_fates(&self.served.state);
        assert!(self.house.now_ms() - self.began_ms >= 4 * 3_600_000, "four hours");
        let (waits, turns_max) = (self.turns.measured, self.turns.turns_max);
        assert!(
            waits >= 30 && turns_max >= 2,
            "{waits} waits, {turns_max} turns at most: that shows nothing"
        );
        for what in
            ["skipped", "finished", "paused", "resumed", "seeked", "horn", "voted", "jammed", "removed"]
        {
            assert!(self.ledger.count(what) >= 1, "nothing was {what}: that shows nothing");
        }
        self.check_history();
        self.check_numbers();
        self.check_play_logs();
    }

    fn plays(&self) -> Vec<Value> {
        let (mut plays, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.cast.ada.get(&format!("{MAIN}/plays?limit=100{cursor}")).ok();
            plays.extend(page["plays"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return plays,
            }
        }
    }

    /// Every song that began is in the history, with what people thought of it.
    fn check_history(&self) {
        let plays = self.plays();
        assert_eq!(plays.len() as u64, self.imported as u64 + self.ledger.count("started"));
        let ours = &plays[..plays.len() - self.imported];
        let sum = |field: &str| ours.iter().map(|play| play[field].as_array().unwrap().len()).sum::<usize>();
        let ended = &self.reader.view.ended;
        assert_eq!(ended.len(), ours.len());
        assert_eq!(sum("jams"), ended.iter().map(|entry| entry.jams.len()).sum::<usize>());
        assert_eq!(sum("comments"), ended.iter().map(|entry| entry.comments.len()).sum::<usize>());
        assert!(sum("jams") > 0 && sum("comments") > 0);
    }

    /// The numbers are those of the log: plays, whose they were, and the votes on them.
    fn check_numbers(&self) {
        let range = format!("from_ms={}&to_ms={}", self.began_ms, self.house.now_ms() + 1);
        let stats = self.cast.ada.get(&format!("/api/v1/stats?{range}&nest=main")).ok();
        let all = |list: &Value| {
            list.as_array()
                .unwrap()
                .iter()
                .map(|it| it.as_u64().or_else(|| it["plays"].as_u64()).unwrap())
                .sum::<u64>()
        };
        assert_eq!((all(&stats["days"]), all(&stats["hours"])), {
            let started = self.ledger.count("started");
            (started, started)
        });
        let mut of_people = BTreeMap::<String, u64>::new();
        let mut owners = BTreeMap::new();
        for event in &self.ledger.events {
            match &event.kind {
                EventKind::EntryAdded { entry, .. } => drop(owners.insert(entry.id, entry.added_by.member())),
                EventKind::PlaybackStarted { entry, .. } => {
                    if let Some(Some(owner)) = owners.get(entry) {
                        *of_people.entry(owner.to_string()).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        let shown: BTreeMap<String, u64> = stats["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|person| (person["id"].as_str().unwrap().to_owned(), person["plays"].as_u64().unwrap()))
            .collect();
        assert_eq!(shown, of_people);
        let table = self.cast.ada.get(&format!("{MAIN}/plays.csv?{range}")).expect(200).text();
        assert_eq!(table.lines().count() as u64, 1 + self.ledger.count("started"), "{table}");
    }

    /// Every song that ended is a line of the play logs, once, with its horns.
    fn check_play_logs(&self) {
        let ended = self.ledger.count("finished") + self.ledger.count("skipped");
        let lines = history::wait_for(self.play_logs.path(), ended as usize);
        assert_eq!(lines.len() as u64, ended, "each once");
        let sum = |field: &str| lines.iter().map(|line| line[field].as_array().unwrap().len()).sum::<usize>();
        assert_eq!(sum("airhorn") as u64, self.ledger.count("horn"));
        let ended = &self.reader.view.ended;
        assert_eq!(sum("comments"), ended.iter().map(|entry| entry.comments.len()).sum::<usize>());
    }
}
