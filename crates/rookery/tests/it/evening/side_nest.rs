//! A nest beside the main one: opened with a word that leads to it, locked, its people put out and let in, handed over,
//! and closed by its host alone. Nothing is played there.

use super::cast::{BO, CLEO, DAN, HAL};
use super::stage::Evening;
use serde_json::json;
use testkit::{Actor, EventStream};

impl Evening {
    pub fn opens_another_nest(&mut self) {
        let (hal, bo) = (self.cast.browser(HAL).clone(), self.cast.browser(BO).clone());
        let (dan, cleo) = (self.cast.browser(DAN).clone(), self.cast.browser(CLEO).clone());
        let opened =
            hal.post("/api/v1/nests", json!({"name": "Attic", "slug": "Attic-Room"})).expect(201).json();
        let code = opened["state"]["code"].as_str().unwrap().to_owned();
        let at = |verb: &str| format!("/api/v1/nests/{code}/{verb}");
        let look = format!("/api/v1/nests/{code}");
        let led = dan.get("/attic-room");
        assert!(led.status == 200 || led.header("location").contains(&code), "{} {}", led.status, led.text());
        let mut stream = EventStream::of_nest(&dan, &code, None);
        stream.position();
        dan.post(&at("lock"), json!({})).problem(403, "not_allowed");
        hal.post(&at("lock"), json!({})).ok();
        cleo.get(&look).problem(403, "nest_locked");
        dan.get(&look).ok();
        hal.post(&at("let-in"), json!({"member": cleo.person})).ok();
        cleo.get(&look).ok();
        hal.post(&at("kick"), json!({"member": dan.person})).ok();
        while stream.next_event().is_some() {}
        dan.get(&look).problem(403, "kicked");
        hal.post(&at("let-in"), json!({"member": dan.person})).ok();
        dan.get(&look).ok();
        hal.post(&at("unlock"), json!({})).ok();
        hal.post(&at("hand-over"), json!({"member": bo.person})).ok();
        hal.delete(&look).problem(403, "not_allowed");
        hal.post(&at("configure"), json!({"slug": "mine-again"})).problem(403, "not_allowed");
        // Bo's other device is Bo.
        self.cast.other_device.post(&at("configure"), json!({"slug": "the-attic"})).ok();
        assert_eq!(bo.get(&look).ok()["state"]["settings"]["slug"], "the-attic");
        drop(bo.delete(&look).expect(204));
        bo.get(&look).problem(404, "not_found");
        self.observe();
    }
}
