//! Going back: at once to the release that stands by, and to any other as soon as its process could serve.

use crate::changes::{SOAK, STEP_MAX, WORKERS, bring, gate, goes_well, open, serves};
use crate::cook::GOOD;
use crate::load::Load;
use crate::releases::runtime;
use crate::stage::Stage;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::{Actor as _, Browser, since_1970};

fn slots(stage: &Stage, word: &str) -> String {
    goes_well(&stage.machine.run(&["/machine/rookery", "--environment", "test", "slots", word]))
}

/// Until a release answers people.
struct Back {
    /// From the word on.
    word: Duration,
    /// From the last answer of the release before on.
    gap: Duration,
}

/// Goes back while somebody asks again and again who is there. Nothing they ask fails.
fn go_back(stage: &Stage, ada: &Browser, release: &str) -> Back {
    let is_over = AtomicBool::new(false);
    let began = since_1970();
    let (last, first) = std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut last_of_the_other = began;
            let mut first = None;
            while first.is_none() && !is_over.load(Ordering::Relaxed) {
                let page: Value = ada.get("/api/v1/operations").ok();
                match page["process"]["release"] == release {
                    true => first = Some(since_1970()),
                    false => last_of_the_other = since_1970(),
                }
            }
            (last_of_the_other, first)
        });
        goes_well(&gate(stage, &format!("rollback {release}")));
        serves(stage, release);
        // It serves, so the next answer is of it.
        std::thread::sleep(Duration::from_millis(500));
        is_over.store(true, Ordering::Relaxed);
        asking.join().unwrap()
    });
    let first = first.unwrap();
    Back { word: first.saturating_sub(began), gap: first.saturating_sub(last) }
}

#[expect(clippy::print_stderr, reason = "captured by the test's harness, and shown when asked for")]
fn report(what: &str, back: &Back) {
    eprintln!("{what}: {:?} after the word, {:?} after the last answer of the other", back.word, back.gap);
}

#[test]
fn rollback_under_1s_where_the_old_release_stands_by_and_sooner_than_by_starting_it() {
    let (stage, ada, cook) = open(SOAK);
    let [one, two] = [1, 2].map(|minute| cook.put(&stage, minute, GOOD));
    for (at, release) in [(1, &one), (2, &two)] {
        goes_well(&bring(&stage, &format!("deploy {release} --without-backup"), at));
    }
    let said = slots(&stage, "status");
    assert!(said.contains(&format!("release {one}, active, waiting, 0 connections")), "{said}");

    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::gentle(stage.site.address(), WORKERS, &ada.cookie);
    let warm = go_back(&stage, &ada, one.as_str());
    report("warm", &warm);
    // It is there for the way back, too; until somebody says that it should not be.
    assert!(slots(&stage, "status").contains(&format!("release {two}, active, waiting")));
    slots(&stage, "rest");
    let said = slots(&stage, "status");
    assert!(said.contains(", inactive"), "{said}");
    serves(&stage, one.as_str());

    let cold = go_back(&stage, &ada, two.as_str());
    report("cold", &cold);
    let load = runtime.block_on(load.end());
    drop(entered);
    assert!(load.answered() > 100);
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    assert!(warm.word < cold.word, "opening a gate is quicker than starting a process");
    ada.main_nest();
}

#[test]
fn a_process_that_stands_by_and_dies_takes_nobody_and_is_not_gone_back_to() {
    let (stage, ada, cook) = open(SOAK);
    let [one, two] = [1, 2].map(|minute| cook.put(&stage, minute, GOOD));
    for (at, release) in [(1, &one), (2, &two)] {
        goes_well(&bring(&stage, &format!("deploy {release} --without-backup"), at));
    }
    let unit = stage.layout.slot_unit(operations::SlotName::Green);
    stage.machine.systemctl(&["kill", "--signal=KILL", "--kill-who=main", &unit]);
    // What its link says is the release that serves, and its gate is closed.
    let again = format!("green: release {two}, active, waiting");
    testkit::eventually("systemd starts it again", STEP_MAX, || {
        slots(&stage, "status").contains(&again).then_some(())
    });
    serves(&stage, two.as_str());
    goes_well(&gate(&stage, "rollback"));
    serves(&stage, one.as_str());
    ada.main_nest();
}

#[test]
fn what_stands_by_is_not_opened_on_a_database_that_went_on_without_it() {
    let (stage, ada, cook) = open(SOAK);
    let [one, two] = [1, 2].map(|minute| cook.put(&stage, minute, GOOD));
    for (at, release) in [(1, &one), (2, &two)] {
        goes_well(&bring(&stage, &format!("deploy {release} --without-backup"), at));
    }
    // What a release to come would leave, that no older one may serve.
    let step = "insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at) \
                values (9002, 'future', 'unknown', 'select 1', 9002, 1)";
    let file = "/var/lib/rookery/test/rookery.db";
    let write =
        format!("import sqlite3; c = sqlite3.connect('{file}', 20); c.execute(\"{step}\"); c.commit()");
    goes_well(&stage.machine.run(&["python3", "-c", &write]));
    let refused = gate(&stage, &format!("rollback {one}"));
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stdout).contains("/accept/open with 409"), "{refused:?}");
    // Nothing is left of it: whoever served serves on, and the next word is heard.
    serves(&stage, two.as_str());
    ada.main_nest();
    assert!(slots(&stage, "repair").is_empty());
}
