//! The nest plays by itself: the same preview for everybody, opened, queued and filtered; a throwback out of the old logs
//! with whoever queued it then; and then on from the library.

use super::cast::{ADA, BO, CLEO};
use super::stage::Evening;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Actor, eventually};

const SOON: Duration = Duration::from_secs(20);

impl Evening {
    /// The preview, once there is one that is not `other` and a song plays, so that it is not taken at once.
    fn preview(&self, other: &Value) -> Value {
        eventually("there is a preview", SOON, || {
            let state = self.cast.ada.main_nest()["state"].clone();
            let shown = state["autofill"]["preview"].clone();
            let stays = !state["playing"].is_null() && !shown.is_null();
            (stays && shown["track"]["id"] != *other).then_some(shown)
        })
    }

    fn weigh(&self, depth: u32, weigh: impl Fn(&str) -> u8) {
        let mut rules = self.cast.ada.main_nest()["state"]["settings"]["autofill_rules"].clone();
        for (name, weight) in rules["weights"].as_object_mut().unwrap() {
            *weight = json!(weigh(name));
        }
        rules["depth"] = json!(depth);
        self.cast.ada.command("configure", json!({"autofill": true, "autofill_rules": rules})).ok();
    }

    pub fn play_by_itself(&mut self) {
        if !self.state().queue.is_empty() {
            self.command(ADA, "clear", json!({}));
            self.ledger.told("cleared");
        }
        self.skip();
        self.observe();
        // Nothing is kept ready: what would come next is only shown.
        self.weigh(0, |name| if name == "throwback" { 100 } else { 0 });
        let shown = self.preview(&Value::Null);
        assert_eq!(shown["because"]["reason"]["kind"], "throwback", "{shown}");
        // Opened: it can be heard beforehand.
        drop(self.cast.people[CLEO].way.get(shown["track"]["stream_url"].as_str().unwrap()).expect(200));
        let cleo = &self.cast.people[CLEO];
        let (id, by) = (shown["track"]["id"].clone(), cleo.id.clone());
        assert_eq!(cleo.way.main_nest()["state"]["autofill"]["preview"], shown, "the same for everybody");
        let entry = self.command(CLEO, "queue-preview", json!({"track_id": id}))["entry"].as_u64().unwrap();
        self.ledger.added(entry, &by);
        self.observe();
        let playing = self.state().playing.iter().map(|playing| &playing.entry);
        let queued = self.state().queue.iter().chain(playing).find(|queued| queued.id == entry).unwrap();
        let jammed: Vec<_> = queued.jams.iter().map(|jam| (jam.by.as_str(), jam.name.as_str())).collect();
        let is_of_then = matches!(jammed[..], [(id, name)] if id == self.cast.people[BO].id || name == "Ana");
        assert!(is_of_then, "whoever queued it then: {jammed:?}");
        let next = self.preview(&id);
        let filtered = next["track"]["id"].clone();
        self.command(ADA, "filter-preview", json!({"track_id": filtered}));
        self.ledger.told("filtered");
        assert_ne!(self.preview(&filtered)["track"]["id"], filtered);
        self.weigh(1, |name| if name == "throwback" { 20 } else { 40 });
        self.observe();
    }

    pub fn stop_playing_by_itself(&mut self) {
        let chosen = self.ledger.events.iter().filter(|event| event.by.is_none());
        let chosen = chosen.filter(|event| super::ledger::name(&event.kind) == "added").count();
        assert!(chosen >= 8, "the nest chose {chosen} songs");
        self.command(ADA, "configure", json!({"autofill": false}));
        self.observe();
    }
}
