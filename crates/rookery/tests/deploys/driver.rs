//! `rookery slots`, run on the machine as an administrator runs it.

use crate::changes::goes_well;
use crate::load::Load;
use crate::releases::runtime;
use crate::stage::{GOOD, NEXT, STUCK, Stage};
use operations::SlotName;
use std::fs;
use std::process::Output;
use testkit::Actor as _;

const WORKERS: usize = 8;
/// After how long a change is killed, in seconds: some before the new slot is ready, some while people move.
const KILLED_AFTER: [&str; 10] = ["0.03", "0.1", "0.25", "0.5", "0.8", "1.2", "1.7", "2.3", "3", "4"];

fn slots(stage: &Stage, words: &[&str]) -> Output {
    stage.machine.run(&[&["/machine/rookery", "--environment", "test", "slots"], words].concat())
}

/// The one slot that serves, with nothing left of a change; the other stands by, or does not run.
#[track_caller]
fn settled(stage: &Stage) -> SlotName {
    let said = goes_well(&slots(stage, &["status"]));
    let of = |how: &str| said.lines().filter(|line| line.contains(how)).collect::<Vec<_>>();
    let (serving, waiting, idle) = (of("active, serving, "), of("active, waiting, "), of(", inactive"));
    assert_eq!((serving.len(), waiting.len() + idle.len()), (1, 1), "{said}");
    let serving = if serving[0].starts_with("blue") { SlotName::Blue } else { SlotName::Green };
    let has_orders = |slot| stage.machine.path(&stage.layout.orders(slot)).exists();
    assert!(!has_orders(serving), "whoever serves starts open, should it die");
    assert_eq!(has_orders(serving.other()), !waiting.is_empty(), "{said}");
    serving
}

fn release_of(stage: &Stage, slot: SlotName) -> String {
    let link = fs::read_link(stage.machine.path(&stage.layout.slot_link(slot))).unwrap();
    link.file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_change_of_slots_brings_the_named_release_and_one_that_is_stuck_is_undone() {
    let (stage, ada) = Stage::open();
    goes_well(&slots(&stage, &["switch", "--release", NEXT]));
    assert_eq!(settled(&stage), SlotName::Green);
    let said = goes_well(&slots(&stage, &["status"]));
    assert!(said.contains(&format!("blue: release {GOOD}, active, waiting, 0 connections")), "{said}");
    // Whichever slot is started next by somebody who knocks: it is this release.
    assert_eq!(SlotName::ALL.map(|slot| release_of(&stage, slot)), [NEXT, NEXT]);
    ada.main_nest();
    let refused = slots(&stage, &["switch", "--release", "../../bin"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no release"), "{refused:?}");
    assert_eq!(settled(&stage), SlotName::Green);

    // Given up sooner than an administrator would wait.
    let cut_off =
        ["timeout", "-s", "KILL", "2", "/machine/rookery", "--environment", "test", "slots", "switch"];
    stage.machine.run(&[&cut_off[..], &["--release", STUCK]].concat());
    assert!(goes_well(&slots(&stage, &["repair"])).contains("undone"));
    assert_eq!(settled(&stage), SlotName::Green);
    goes_well(&slots(&stage, &["switch", "--release", GOOD]));
    assert_eq!((settled(&stage), release_of(&stage, SlotName::Blue)), (SlotName::Blue, GOOD.to_owned()));
    ada.main_nest();
}

#[test]
fn a_change_killed_at_any_moment_is_finished_or_undone_by_the_next_run_and_no_request_fails() {
    let (stage, ada) = Stage::open();
    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::gentle(stage.site.address(), WORKERS, &ada.cookie);
    for after in KILLED_AFTER {
        let words =
            ["timeout", "-s", "KILL", after, "/machine/rookery", "--environment", "test", "slots", "switch"];
        stage.machine.run(&words);
        goes_well(&slots(&stage, &["repair"]));
        settled(&stage);
    }
    let before = settled(&stage);
    goes_well(&slots(&stage, &["switch"]));
    assert_eq!(settled(&stage), before.other());
    let load = runtime.block_on(load.end());
    drop(entered);
    assert!(load.answered() > 1_000);
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
}
