//! A release is tried on some people first, on their machine: what does well goes on to everybody, and what dies, says
//! nothing or is cut off never does. No request fails in any of it.

use crate::changes::{STEP_MAX, WORKERS, bring, gate, journal, open, said, serves, steps};
use crate::cook::{DYING, GOOD, PANICKING};
use crate::load::{Load, Outcome};
use crate::releases::runtime;
use crate::stage::{self, Stage};
use operations::SlotName;
use std::sync::Arc;
use testkit::{Browser, eventually};

/// Somebody asks all the while; what they saw.
fn under_load<T>(stage: &Stage, ada: &Browser, work: impl FnOnce() -> T) -> (T, Arc<Outcome>) {
    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::begin(stage.site.address(), WORKERS, &ada.cookie);
    let done = work();
    let load = runtime.block_on(load.end());
    drop(entered);
    (done, load)
}

fn declared(hold: &str, samples_min: u32) -> String {
    format!(
        "soak = \"2s\"\n\
         canary = {{ steps = [1, 100], hold = \"{hold}\", samples_min = {samples_min}, always = [\"Ada\"] }}"
    )
}

fn said_while_trying(stage: &Stage) -> Vec<String> {
    let lines = journal(stage).into_iter().filter(|line| line["step"] == "trying");
    lines.map(|line| line["said"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_release_is_tried_on_some_people_and_then_serves_everybody_and_no_request_fails() {
    let (stage, ada, cook) = open(&declared("4s", 5));
    let one = cook.put(&stage, 1, GOOD);
    let (done, load) = under_load(&stage, &ada, || {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                eventually("somebody is answered by the release that is tried", STEP_MAX, || {
                    let metrics =
                        stage.machine.ask(&stage.layout.admin_socket(SlotName::Green), "GET", "/metrics");
                    let answered = "http_requests_total{route=\"/api/v1/nests/{code}\",status=\"200\"}";
                    metrics.ok()?.body.contains(answered).then_some(())
                });
                let waits = stage.ask(SlotName::Green, "GET", "/slot");
                assert!(waits.contains("waiting"), "{waits}");
            });
            bring(&stage, &format!("deploy {one} --without-backup"), 1)
        })
    });
    assert!(done.status.success(), "{}", said(&done));
    let tried = said_while_trying(&stage);
    assert_eq!(tried[1..], ["on 1 of 100 for 4 s", "on 100 of 100 for 4 s"], "{tried:?}");
    assert_eq!(steps(&stage, 1).iter().filter(|step| *step == "switching").count(), 1);
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    serves(&stage, one.as_str());
}

#[test]
fn what_says_nothing_does_not_pass_and_people_may_decide_to_do_without() {
    let (stage, _ada, cook) = open(&declared("1s", 50));
    let one = cook.put(&stage, 1, GOOD);
    let refused = bring(&stage, &format!("deploy {one} --without-backup"), 1);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("inconclusive: 0 requests of the 50"), "{}", said(&refused));
    assert_eq!(steps(&stage, 1).last().unwrap(), "abandoned");
    serves(&stage, stage::GOOD);
    let done = bring(&stage, &format!("deploy {one} --without-backup --without-canary"), 2);
    assert!(done.status.success(), "{}", said(&done));
    assert!(!steps(&stage, 2).contains(&"trying".to_owned()));
    serves(&stage, one.as_str());
}

#[test]
fn a_release_that_dies_while_it_is_tried_is_given_up_and_no_request_fails() {
    let (stage, ada, cook) = open(&declared("40s", 5));
    let dying = cook.put(&stage, 1, DYING);
    let (refused, load) =
        under_load(&stage, &ada, || bring(&stage, &format!("deploy {dying} --without-backup"), 1));
    assert!(!refused.status.success());
    let words = said(&refused);
    assert!(words.contains("tried on some people"), "{words}");
    assert_eq!(steps(&stage, 1).last().unwrap(), "abandoned");
    assert!(!steps(&stage, 1).contains(&"switching".to_owned()));
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    serves(&stage, stage::GOOD);
}

#[test]
fn a_release_that_panics_while_it_is_tried_is_given_up_and_no_request_fails() {
    let (stage, ada, cook) = open(&declared("40s", 5));
    let panicking = cook.put(&stage, 1, PANICKING);
    let (refused, load) =
        under_load(&stage, &ada, || bring(&stage, &format!("deploy {panicking} --without-backup"), 1));
    assert!(!refused.status.success());
    let words = said(&refused);
    assert!(words.contains("it panicked 1 times, and what serves did not"), "{words}");
    assert_eq!(steps(&stage, 1).last().unwrap(), "abandoned");
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    serves(&stage, stage::GOOD);
}

#[test]
fn a_trial_whose_process_is_killed_ends_and_no_request_fails() {
    let (stage, ada, cook) = open(&declared("40s", 5));
    let one = cook.put(&stage, 1, GOOD);
    let ((), load) = under_load(&stage, &ada, || {
        std::thread::scope(|scope| {
            scope.spawn(|| gate(&stage, &format!("deploy {one} --without-backup")));
            eventually("it is tried", STEP_MAX, || (said_while_trying(&stage).len() > 1).then_some(()));
            let unit = stage.layout.deploy_unit();
            stage.machine.systemctl(&["kill", "--signal=KILL", "--kill-who=main", &unit]);
        });
        eventually("it is undone", STEP_MAX, || {
            steps(&stage, 1).last().is_some_and(|last| last == "abandoned").then_some(())
        });
    });
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    serves(&stage, stage::GOOD);
}
